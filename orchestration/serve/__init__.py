"""Pages for whoever holds the token, on this machine: a server on loopback, and its door."""

from orchestration.serve.door import Door
from orchestration.serve.server import ServeError, Server, until_stopped

__all__ = ["Door", "ServeError", "Server", "until_stopped"]
