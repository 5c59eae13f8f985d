"""The door of the pages that are served here, request by request, and the settings behind it."""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import socket
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from orchestration.serve import Door, ServeError, Server
from orchestration.settings import Settings, SettingsError

TOKEN = "a-token-of-more-than-twenty-letters"
ORIGINS = {
    "127.0.0.1:3000": "http://127.0.0.1:3000",
    "localhost:3000": "http://localhost:3000",
    "tieout.example.com": "https://tieout.example.com",
}
JSON = {"content-type": "application/json", "content-length": "2"}


class Answer(dict):
    """The status of an answer, and its headers by name."""

    status: int


async def _reached(scope: Mapping[str, Any], receive: Any, send: Any) -> None:
    """An application that lets everybody in."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        return
    await send(
        {
            "type": "http.response.start",
            "status": 200,
            "headers": [(b"content-security-policy", b"base-uri 'none'")],
        }
    )
    await send({"type": "http.response.body", "body": b"secret"})


def ask(
    headers: Mapping[str, str],
    method: str = "GET",
    path: str = "/",
    query: str = "",
    kind: str = "http",
    more: Mapping[str, str] | None = None,
) -> Answer:
    """What the door answers to a request: 200 is the application's own answer, 101 its socket. more: headers
    that may come a second time."""
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    async def receive() -> dict[str, Any]:
        return {"type": f"{kind}.connect" if kind == "websocket" else "http.request"}

    scope = {
        "type": kind,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [
            (name.encode(), value.encode())
            for name, value in [*({"host": "127.0.0.1:3000"} | headers).items(), *(more or {}).items()]
        ],
        "extensions": {"websocket.http.response": {}},
    }
    if kind == "http":
        scope["method"] = method
    asyncio.run(Door(_reached, TOKEN, ORIGINS, "tieout_3000")(scope, receive, send))
    if sent[0]["type"] == "websocket.accept":
        answer = Answer()
        answer.status = 101
        return answer
    answer = Answer((name.decode(), value.decode()) for name, value in sent[0]["headers"])
    answer.status = sent[0]["status"]
    return answer


def session(host: str = "127.0.0.1:3000") -> dict[str, str]:
    """The headers of a browser that has opened the address with the token."""
    cookie = ask({"host": host}, query=f"token={TOKEN}")["set-cookie"].partition(";")[0]
    return {"host": host, "cookie": cookie}


def test_the_token_is_exchanged_for_a_cookie_at_the_first_visit() -> None:
    answer = ask({}, path="/runs/1", query=f"a=%26b&token={TOKEN}&c=d")
    assert answer.status == 303
    assert answer["location"] == "http://127.0.0.1:3000/runs/1?a=%26b&c=d"
    cookie, *how = answer["set-cookie"].split("; ")
    assert {each.lower() for each in how} == {"httponly", "path=/", "samesite=strict"}
    assert TOKEN not in str(dict(answer)) and cookie.startswith("tieout_3000=")
    assert answer["cache-control"] == "no-store"


def test_who_has_the_cookie_or_the_token_gets_in() -> None:
    own = {"origin": "http://127.0.0.1:3000", "sec-fetch-site": "same-origin"}
    assert ask(session()).status == 200
    assert ask(session() | own | JSON, method="POST").status == 200
    assert ask(session() | own, kind="websocket").status == 101
    assert ask({"authorization": f"Bearer {TOKEN}"} | JSON, method="POST").status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"cookie": "tieout_3000="},
        {"cookie": f"tieout_3000={TOKEN}"},
        {"cookie": f"other={TOKEN}"},
        {"authorization": "Bearer "},
        {"authorization": f"Basic {TOKEN}"},
        {"authorization": f"Bearer {TOKEN}x"},
        {"authorization": "Bearer \u00e9\u00e9"},
    ],
    ids=str,
)
def test_nobody_else_gets_in(headers: dict[str, str]) -> None:
    assert ask(headers).status == 403
    assert ask(headers, kind="websocket").status == 403
    assert ask(headers | JSON, method="POST").status == 403


@pytest.mark.parametrize(
    "query", ["token=", "token=wrong", f"token={TOKEN}x", f"token=wrong&token={TOKEN[1:]}"]
)
def test_a_wrong_token_gives_no_cookie(query: str) -> None:
    answer = ask({}, query=query)
    assert answer.status == 403 and "set-cookie" not in answer


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (421, {"host": "rebound.example:3000"}),
        (421, {"host": "127.0.0.1:8080"}),
        (421, {"host": "127.0.0.1"}),
        (421, {"host": ""}),
        (421, {"host": "evil.tieout.example.com"}),
        (403, {"origin": "http://evil.example"}),
        (403, {"origin": "http://127.0.0.1:8080"}),
        (403, {"origin": "https://127.0.0.1:3000"}),
        (403, {"origin": "http://localhost:3000"}),
        (403, {"origin": "null"}),
        (403, {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"}),
        (403, {"sec-fetch-site": "same-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"}),
        (403, {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"}),
    ],
    ids=str,
)
def test_another_host_or_origin_is_refused_though_the_browser_has_the_cookie(
    status: int, headers: dict[str, str]
) -> None:
    assert ask(session() | headers).status == status
    assert ask(session() | headers, kind="websocket").status == status
    assert ask(session() | headers | JSON, method="POST").status == status


def test_a_link_on_another_site_opens_the_page() -> None:
    visit = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    assert ask(session() | visit).status == 200
    assert ask(session() | visit | {"origin": "http://evil.example"} | JSON, method="POST").status == 403


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/plain; application/json",
        "application/jsonp",
    ],
)
def test_what_a_form_can_send_is_refused(content_type: str | None) -> None:
    headers = {"content-type": content_type} if content_type else {}
    assert ask(session() | headers, method="POST").status == 415


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"])
def test_other_methods_are_refused(method: str) -> None:
    assert ask(session() | JSON, method=method).status == 405


def test_every_answer_forbids_frames_guesses_and_other_readers() -> None:
    for answer in (ask({}), ask(session()), ask({"host": "evil.example"}), ask({}, query=f"token={TOKEN}")):
        assert answer["content-security-policy"] == "frame-ancestors 'none'"
        assert answer["x-frame-options"] == "DENY"
        assert answer["cross-origin-resource-policy"] == answer["referrer-policy"] == "same-origin"
        assert not any(name.startswith("access-control") for name in answer)


def test_behind_a_reverse_proxy_the_origin_is_https_and_so_is_the_cookie() -> None:
    answer = ask({"host": "Tieout.example.com"}, query=f"token={TOKEN}")
    assert answer["location"] == "https://tieout.example.com/" and "Secure" in answer["set-cookie"]
    proxied = session("tieout.example.com")
    assert ask(proxied | {"origin": "https://tieout.example.com"} | JSON, method="POST").status == 200
    assert ask(proxied | {"origin": "http://tieout.example.com"} | JSON, method="POST").status == 403


def test_a_path_that_looks_like_a_host_is_no_way_out() -> None:
    assert (
        ask({}, path="//evil.example", query=f"token={TOKEN}")["location"]
        == "http://127.0.0.1:3000//evil.example"
    )


def test_a_cookie_is_one_servers_own() -> None:
    """Browsers send it to every port of the host."""
    elsewhere = session()["cookie"].replace("tieout_3000", "tieout_8080")
    scope = {"type": "http", "method": "GET", "path": "/", "raw_path": b"/", "query_string": b""}
    scope["headers"] = [(b"host", b"127.0.0.1:3000"), (b"cookie", elsewhere.encode())]
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    asyncio.run(Door(_reached, TOKEN, ORIGINS, "tieout_8080")(scope, None, send))
    assert sent[0]["status"] == 403


@pytest.mark.parametrize(
    "more",
    [
        {"host": "evil.example"}, {"origin": "http://evil.example"}, {"content-type": "text/plain"},
        {"authorization": f"Bearer {TOKEN}"}, {"sec-fetch-site": "cross-site"},
    ],
    ids=str,
)  # fmt: skip
def test_what_decides_comes_once(more: dict[str, str]) -> None:
    headers = {"authorization": f"Bearer {TOKEN}", "origin": ORIGINS["127.0.0.1:3000"], **JSON}
    headers |= {"sec-fetch-site": "same-origin"}
    assert ask(headers, "POST").status == 200
    assert ask(headers, "POST", more=more).status == 400


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"content-length": str(16 << 20)}, 200),
        ({"content-length": str((16 << 20) + 1)}, 413),
        ({"content-length": "9" * 4000}, 413),
        ({"content-length": "-1"}, 411),
        ({"content-length": "4", "transfer-encoding": "chunked"}, 411),
    ],
    ids=["most", "more", "endless", "negative", "chunked"],
)
def test_what_is_sent_has_an_end(headers: dict[str, str], status: int) -> None:
    assert ask(session() | JSON | headers, "POST").status == status


def test_who_asks_for_nothing_keeps_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orchestration.serve.server._SECONDS_TO_ASK", 1)
    with _served() as port:
        silent = [socket.create_connection(("127.0.0.1", port), 10) for _ in range(20)]
        silent[0].sendall(b"GET / HTTP/1.1\r\n")  # and never the rest
        opened = socket.create_connection(("127.0.0.1", port), 10)
        origin = f"http://127.0.0.1:{port}"
        opened.sendall(
            f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: {origin}\r\nConnection: Upgrade\r\n"
            f"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nAuthorization: Bearer {TOKEN}\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
        )
        assert opened.recv(12) == b"HTTP/1.1 101"
        assert [each.recv(1) for each in silent] == [b""] * 20
        opened.settimeout(1)
        with pytest.raises(TimeoutError):  # still open
            while opened.recv(1000):
                pass


@contextlib.contextmanager
def _served() -> Iterator[int]:
    """A port that is served by another process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TIEOUT_UI_TOKEN", TOKEN)
        server = Server(Settings.from_environment(), 0)
    port = int(server.address.partition("/?")[0].rpartition(":")[2])
    serving = multiprocessing.get_context("fork").Process(target=server.run, args=(_stays,), daemon=True)
    serving.start()
    try:
        yield port
    finally:
        serving.terminate()
        serving.join()


async def _stays(scope: Mapping[str, Any], receive: Any, send: Any) -> None:
    """An application that keeps a socket open."""
    await _reached(scope, receive, send)
    while scope["type"] == "websocket" and (await receive())["type"] != "websocket.disconnect":
        pass


def test_headers_have_an_end() -> None:
    with _served() as port:
        answers = []
        for size in (10_000, 5_000_000):
            with socket.create_connection(("127.0.0.1", port), 10) as connection:
                request = f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nX: {'x' * size}\r\n\r\n"
                with contextlib.suppress(ConnectionError):
                    connection.sendall(request.encode())
                with contextlib.suppress(ConnectionError):
                    answers.append(connection.recv(12))
        assert answers[0] == b"HTTP/1.1 403" and answers[1:] in ([], [b""], [b"HTTP/1.1 400"])


def test_a_port_that_is_taken_is_told() -> None:
    first = Server(Settings.from_environment(), 0)
    port = int(first.address.partition("/?")[0].rpartition(":")[2])
    with pytest.raises(ServeError, match=f"port {port} of 127.0.0.1 cannot be had.*--port"):
        Server(Settings.from_environment(), port)


def test_the_token_is_new_at_each_start_unless_it_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TIEOUT_UI_TOKEN", raising=False)
    one, two = (Server(Settings.from_environment(), 0).address.partition("token=")[2] for _ in range(2))
    assert one != two and len(one) > 40
    monkeypatch.setenv("TIEOUT_UI_TOKEN", TOKEN)
    settings = Settings.from_environment()
    assert TOKEN not in Server(settings, 0).address and TOKEN not in repr(settings)


@pytest.mark.parametrize(
    "value", ["short", "has a space in its twenty letters", "has&two=meanings-in-an-address"]
)
def test_a_token_that_is_none_is_refused_and_not_shown(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIEOUT_UI_TOKEN", value)
    with pytest.raises(SettingsError, match="TIEOUT_UI_TOKEN") as refused:
        Settings.from_environment()
    assert value not in str(refused.value)


@pytest.mark.parametrize("value", ["https://tieout.example.com", "*", "a.example *.b.example", "a/b"])
def test_hosts_are_names(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIEOUT_UI_HOSTS", value)
    with pytest.raises(SettingsError, match="TIEOUT_UI_HOSTS"):
        Settings.from_environment()
