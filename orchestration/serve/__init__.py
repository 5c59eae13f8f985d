"""What a browser is shown on this machine, for whoever holds the token: the door of each page, and its server."""

from orchestration.serve.door import Door
from orchestration.serve.server import ServeError, Server, until_stopped

__all__ = ["Door", "ServeError", "Server", "until_stopped"]
