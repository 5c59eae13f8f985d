"""A web server on loopback, behind the door, until somebody stops it."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import signal
import socket
from collections.abc import Iterator

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from orchestration.errors import TieoutError
from orchestration.serve.door import TOKEN, Door
from orchestration.settings import Settings

LOOPBACK = "127.0.0.1"
# What a browser still reads, the socket of a run's log among it, does not keep the server from ending.
_SECONDS_TO_END = 2
# Whoever connects and asks for nothing takes one of the connections that a process may have.
_SECONDS_TO_ASK = 10


class ServeError(TieoutError):
    """The server cannot start. The message says why and what to do."""


class _Protocol(H11Protocol):
    """HTTP by h11, which takes 64 KB of headers, where the other takes any; and they come in time."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for a request."""
        super().connection_made(transport)
        self.loop.call_later(_SECONDS_TO_ASK, self._end_unless_asked)

    def _end_unless_asked(self) -> None:
        # A socket that was opened meanwhile is another protocol's.
        is_ours = self.transport.get_protocol() is self
        if is_ours and self.cycle is None and not self.transport.is_closing():
            self.transport.close()


class Server:
    """A port of 127.0.0.1 that is held from here on, and the token that opens what is served there."""

    def __init__(self, settings: Settings, port: int) -> None:
        """port: 0 for one that is free. Raises ServeError when it cannot be had."""
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._socket.bind((LOOPBACK, port))
            self._socket.listen()
        except OSError as error:
            raise ServeError(
                f"port {port} of {LOOPBACK} cannot be had: {error.strerror}."
                " End what uses it, or give another with --port"
            ) from error
        self._port = self._socket.getsockname()[1]
        self._token = settings.ui_token or secrets.token_urlsafe(32)
        # A token of the environment stays where it is: what is printed may go to a log.
        self._shown = "$TIEOUT_UI_TOKEN" if settings.ui_token else self._token
        self._hosts = settings.ui_hosts

    @property
    def address(self) -> str:
        """What a person opens first."""
        return f"http://{LOOPBACK}:{self._port}/?{TOKEN}={self._shown}"

    def run(self, app: ASGIApp) -> None:
        """Serve the application until Ctrl-C or SIGTERM."""
        port = "" if self._port == 80 else f":{self._port}"
        own = [f"{name}{port}" for name in (LOOPBACK, "localhost")]
        origins = {host: f"http://{host}" for host in own} | {host: f"https://{host}" for host in self._hosts}
        door = Door(app, self._token, origins, cookie=f"tieout_{self._port}")
        config = uvicorn.Config(
            door,
            http=_Protocol,
            log_level="warning",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=_SECONDS_TO_END,
        )
        with contextlib.suppress(KeyboardInterrupt):  # which uvicorn raises when it has ended
            uvicorn.Server(config).run(sockets=[self._socket])


@contextlib.contextmanager
def until_stopped() -> Iterator[None]:
    """Ctrl-C, SIGTERM and the end of the terminal alike end what runs inside, by its own exits."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if signal.getsignal(signal.SIGHUP) == signal.SIG_DFL:  # nohup ignores it
        signal.signal(signal.SIGHUP, lambda *_: signal.raise_signal(signal.SIGTERM))
    with contextlib.suppress(KeyboardInterrupt):
        yield
