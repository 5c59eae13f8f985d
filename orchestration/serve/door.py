"""The door of a web application: only its own host and origin get in, and only with the token.

Any page that is open in a browser on this machine can send requests to a server here, and under a name of its
own that resolves to 127.0.0.1 it can read the answers. So before the application sees a request:

- its Host is one that is served, which a page under another name cannot send;
- its Origin, where the browser gives one, is that host's, sockets and forms included;
- it is a GET or HEAD, which the application must let change nothing, or a POST of JSON, which no form or
  image can send, and a script of another origin only after a question that nobody answers here;
- it has the session's cookie, or the token as its bearer. The address with the token is exchanged for the
  cookie, so that the token stands in no history, Referer or log.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from urllib.parse import urlencode

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

TOKEN = "token"
# Of what a POST sends: a page of Dagster or of the desk sends some kilobytes.
MOST_BYTES = 16 << 20
# No frame of another page, no type guessed, no address told to another site, no reading by another site.
_HEADERS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
# Of two, a proxy before the server might have read the other.
_DECIDING = ("host", "origin", "content-type", "authorization", "sec-fetch-site")
# SameSite keeps the cookie from a request that a link on another site starts; from this page it goes along.
_LOCKED = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Locked</title>
<p>This page opens with the address that was printed when its server started: it holds the token.</p>
<p>Opened it before, and came by a link? <a href="">Open this page</a></p>
"""


class Door:
    """ASGI middleware that lets nobody in but the browser, or the program, that has the token."""

    def __init__(self, app: ASGIApp, token: str, origins: Mapping[str, str], cookie: str) -> None:
        """origins: by each Host that is served, its origin. cookie: name of the cookie, one for each server.

        Browsers send a cookie to every port of a host, so servers of one host must not share the name.
        """
        self._app = app
        self._token = token.encode()
        self._origins = dict(origins)
        self._cookie = cookie
        # Not the token itself: browsers send it to the other servers of the host too.
        self._session = hmac.digest(self._token, cookie.encode(), "sha256").hex()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer what is refused, and pass on what is not."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] in {"http.response.start", "websocket.http.response.start"}:
                headers = MutableHeaders(scope=message)
                headers.update(_HEADERS)
                # Policies add up: what the application forbids itself stays forbidden.
                headers.append("Content-Security-Policy", "frame-ancestors 'none'")
            await send(message)

        connection = HTTPConnection(scope)
        answer = self._stranger(connection) or self._changed(connection) or self._unknown(connection)
        await (answer or self._app)(scope, receive, send_guarded)

    def _stranger(self, connection: HTTPConnection) -> Response | None:
        """Refuse another host, another origin, and what another site sends that is not a visit."""
        headers = connection.headers
        for name in _DECIDING:
            if len(headers.getlist(name)) > 1:
                return _refused(f"A request has one {name}, and this one several.", 400)
        host = headers.get("host", "").lower()
        if host not in self._origins:
            return _refused(
                f"The host {host!r} is not served here, only {', '.join(self._origins)}."
                " The name of a reverse proxy goes into TIEOUT_UI_HOSTS.",
                421,
            )
        origin = headers.get("origin")
        if origin is not None and origin != self._origins[host]:
            return _refused(f"Requests of {origin!r} are not answered, only of {self._origins[host]}.", 403)
        is_visit = headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
        if headers.get("sec-fetch-site", "none") not in {"same-origin", "none"} and not is_visit:
            return _refused("Requests of other sites are not answered.", 403)
        return None

    @staticmethod
    def _changed(connection: HTTPConnection) -> Response | None:
        """Refuse what may change something and could be a form's."""
        method = connection.scope.get("method", "GET")
        if method in {"GET", "HEAD"}:
            return None
        if method != "POST":
            return _refused(f"{method} is not answered here, only GET, HEAD and POST.", 405)
        content_type = connection.headers.get("content-type", "")
        if content_type.partition(";")[0].strip().lower() != "application/json":
            return _refused(f"A POST must be of application/json, not of {content_type!r}.", 415)
        length = connection.headers.get("content-length", "")
        if "transfer-encoding" in connection.headers or not (length.isascii() and length.isdecimal()):
            return _refused("A POST says by its Content-Length how long it is.", 411)
        if int(length) > MOST_BYTES:
            return _refused(f"A POST has at most {MOST_BYTES:,} bytes.", 413)
        return None

    def _unknown(self, connection: HTTPConnection) -> Response | None:
        """Refuse who has neither cookie nor token; give the cookie for the token in the address."""
        given = connection.query_params.get(TOKEN)
        if given is not None and connection.scope.get("method") == "GET":
            return self._exchanged(connection) if _is_same(given, self._token) else _locked()
        scheme, _, bearer = connection.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and _is_same(bearer, self._token):
            return None
        if _is_same(connection.cookies.get(self._cookie, ""), self._session.encode()):
            return None
        return _locked()

    def _exchanged(self, connection: HTTPConnection) -> Response:
        """The cookie, and the same address without the token."""
        origin = self._origins[connection.headers["host"].lower()]
        rest = urlencode([each for each in connection.query_params.multi_items() if each[0] != TOKEN])
        path = connection.scope["raw_path"].decode("ascii")
        address = f"{origin}{path}{rest and '?'}{rest}"
        answer = RedirectResponse(address, 303, headers={"Cache-Control": "no-store"})
        answer.set_cookie(
            self._cookie,
            self._session,
            httponly=True,
            samesite="strict",
            secure=origin.startswith("https:"),
        )
        return answer


def _is_same(given: str, secret: bytes) -> bool:
    return hmac.compare_digest(given.encode(errors="replace"), secret)


def _refused(message: str, status: int) -> Response:
    return PlainTextResponse(f"{message}\n", status)


def _locked() -> Response:
    headers = {"Cache-Control": "no-store", "Content-Security-Policy": "default-src 'none'"}
    return HTMLResponse(_LOCKED, 403, headers=headers)
