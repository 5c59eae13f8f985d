"""The HR system's API, on a real HTTP server that pages, authenticates, limits rates and fails at times."""

from __future__ import annotations

import contextlib
import json
import logging
import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import duckdb
import pytest

from orchestration.collect import HrUnavailableError, LedgerUnavailableError, collect, hr_api
from orchestration.collect.landing import HR_ENTITIES
from orchestration.settings import Settings, SettingsError

# Found again easily in messages and files.
TOKEN = "correct-horse-battery-token"
CANARY = "CANARY7731"
PAGE = 3

Answer = tuple[int, dict[str, str], bytes]


@dataclass
class HrSystem:
    """What the server holds and does. before: may answer a request of a path instead of the items."""

    items: dict[str, list[object]] = field(default_factory=dict)
    before: Callable[[str, int], Answer | None] = lambda path, count: None
    requests: list[tuple[str, str | None]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    url: str = ""

    def answer(self, target: str, authorization: str | None) -> Answer:
        path = urlsplit(target).path
        self.requests.append((target, authorization))
        self.times.append(time.monotonic())
        given = self.before(path, Counter(urlsplit(t).path for t, _ in self.requests)[path])
        if given is not None:
            return given
        if authorization != f"Bearer {TOKEN}":
            return 401, {}, f"no entry for {authorization}".encode()
        entity = path.removeprefix("/api/v1/")
        query = parse_qs(urlsplit(target).query)
        start = int(query.get("after", ["0"])[0])
        items = self.items.get(entity, [])
        page = {"items": items[start : start + PAGE], "next": None}
        if start + PAGE < len(items):
            page["next"] = f"{self.url}/{entity}?after={start + PAGE}"
        return 200, {"Content-Type": "application/json"}, json.dumps(page).encode()


@pytest.fixture
def system() -> Iterator[HrSystem]:
    """A running HR system without data."""
    system = HrSystem()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, body = system.answer(self.path, self.headers.get("Authorization"))
            self.send_response(status)
            for name, value in ({"Content-Length": str(len(body))} | headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    system.url = f"http://127.0.0.1:{server.server_port}/api/v1"
    yield system
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def zone(settings: Settings, system: HrSystem, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A zone that reads the HR system, and waits little between attempts."""
    monkeypatch.setattr(hr_api, "_FIRST_WAIT_SECONDS", 0.02)
    return replace(settings, hr_url=system.url, hr_token=TOKEN)


def employee(number: int, **changes: object) -> dict[str, object]:
    return {
        "employee_id": f"E{number}",
        "effective_on": "2026-01-01",
        "name": f"{CANARY} {number}",
        "tax_id": f"000-10-{number:04d}",
        "department": "Assembly",
        "pay_group": "US-WEEKLY",
        "work_state": "IL",
        "hired_on": "2025-01-01",
        "left_on": None,
        "job_code": "ASSEMBLY",
    } | changes


def rows(settings: Settings, dataset: str, columns: str = "*") -> list[tuple]:
    return duckdb.execute(
        f"select {columns} from read_parquet(?) order by load_id, line_number",
        [str(settings.lake / dataset / "*.parquet")],
    ).fetchall()


def deliveries(settings: Settings) -> list[tuple]:
    return duckdb.execute(
        "select path, status, source, format, record_count, reason, position"
        " from read_parquet(?) order by load_id, path",
        [str(settings.lake / "collected_files" / "*.parquet")],
    ).fetchall()


def test_every_page_of_every_entity_is_read(zone: Settings, system: HrSystem) -> None:
    system.items["employees"] = [employee(n) for n in range(8)]
    system.items["leave"] = [
        {"employee_id": 7, "leave_on": "2026-01-01", "pay_item_code": "HOL", "hours": 7.6, "extra": 1}
    ]
    system.items["pay_rates"] = [
        {
            "employee_id": "E1",
            "job_code": "SETUP",
            "effective_on": "2026-01-01",
            "rate_kind": "hourly",
            "rate": 30,
            "is_overtime_eligible": True,
        }
    ]
    summary = collect(zone)
    assert (summary.rows["hr_employees"], summary.rows["hr_leave"], summary.loaded) == (8, 1, 3)
    assert rows(zone, "hr_employees", "employee_id, line_number") == [(f"E{n}", n + 1) for n in range(8)]
    assert rows(zone, "hr_leave", "employee_id, leave_on, hours") == [("7", date(2026, 1, 1), Decimal("7.6"))]
    assert rows(zone, "hr_pay_rates", "rate, is_overtime_eligible") == [(30, True)]
    asked = {urlsplit(target).path for target, _ in system.requests}
    assert asked == {f"/api/v1/{entity}" for entity in HR_ENTITIES}
    host = urlsplit(system.url).netloc
    assert deliveries(zone)[0][:5] == (f"api:{host}/employees", "loaded", "hr_employees", "api", 8)


def test_an_unchanged_extract_loads_nothing(zone: Settings, system: HrSystem) -> None:
    system.items["employees"] = [employee(n) for n in range(4)]
    collect(zone)
    assert collect(zone).is_nothing_new
    system.items["employees"][2] = employee(2, department="Shipping")
    assert collect(zone).rows["hr_employees"] == 4
    assert len(rows(zone, "hr_employees")) == 8


def test_rate_limits_and_errors_of_the_server_are_waited_out(zone: Settings, system: HrSystem) -> None:
    system.items["employees"] = [employee(n) for n in range(8)]
    problems: dict[int, Answer] = {
        1: (429, {"Retry-After": "1"}, b""),
        3: (503, {}, b"<html>"),
        4: (500, {}, b""),
        6: (429, {}, b""),
    }
    system.before = lambda path, count: problems.get(count) if path.endswith("/employees") else None
    assert collect(zone).rows["hr_employees"] == 8
    assert system.times[1] - system.times[0] >= 1


def test_a_system_that_fails_half_of_its_calls_gives_every_row_once(zone: Settings, system: HrSystem) -> None:
    system.items["employees"] = [employee(n) for n in range(30)]
    draw = random.Random(11)
    failures = [(500, {}, b""), (503, {}, b"<html>"), (429, {}, b"")]
    system.before = lambda path, count: draw.choice(failures) if draw.random() < 0.5 else None
    nights = 0
    while nights < 20:
        nights += 1
        try:
            collect(zone)
            break
        except HrUnavailableError:
            continue
    else:
        pytest.fail("no night in twenty got through")
    system.before = lambda path, count: None
    assert collect(zone).is_nothing_new
    assert sorted(rows(zone, "hr_employees", "employee_id")) == sorted((f"E{n}",) for n in range(30))
    assert len(system.requests) > 2 * len(HR_ENTITIES)


def test_a_cut_answer_is_asked_for_again(
    zone: Settings, system: HrSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    system.items["badges"] = [{"badge": "B1", "employee_id": "E1", "effective_on": "2026-01-01"}]
    system.before = lambda path, count: (
        (200, {"Content-Length": "900"}, b'{"items": [') if path.endswith("/badges") and count == 1 else None
    )
    monkeypatch.setattr(hr_api, "_READ_SECONDS", 0.5)
    assert collect(zone).rows["hr_badges"] == 1


FAILURES: dict[str, tuple[Answer, str]] = {
    "always 500": ((500, {}, CANARY.encode()), "it answers 500"),
    "always 429": ((429, {}, CANARY.encode()), "it answers 429"),
    "not allowed": ((403, {}, CANARY.encode()), "it answers 403"),
    "not there": ((404, {}, CANARY.encode()), "it answers 404"),
    "no JSON": ((200, {}, f"<html>{CANARY}".encode()), "an answer is not JSON"),
    "another shape": ((200, {}, b'{"error": "CANARY7731"}'), "a page has no list of items"),
    "a list": ((200, {}, b'["CANARY7731"]'), "a page has no list of items"),
    "an odd link": ((200, {}, b'{"items": [], "next": {"a": 1}}'), "the link to the next page is not text"),
    "another server": (
        (200, {}, b'{"items": [], "next": "http://169.254.169.254/latest"}'),
        "an answer leads to another server",
    ),
    "another port": (
        (200, {}, b'{"items": [], "next": "//127.0.0.1:1/x"}'),
        "an answer leads to another server",
    ),
    "a file": ((200, {}, b'{"items": [], "next": "file:///etc/passwd"}'), "InvalidSchema"),
    "a redirect": ((302, {"Location": "http://localhost:1/"}, b""), "an answer leads to another server"),
}


@pytest.mark.parametrize("kind", FAILURES)
def test_a_failure_says_what_to_do_after_the_files(
    zone: Settings, system: HrSystem, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    answer, reason = FAILURES[kind]
    system.items["employees"] = [employee(1)]
    system.before = lambda path, count: answer if path.endswith("/badges") else None
    (zone.landing / "ledger" / "accounts.csv").write_text(
        "gl_account,name,type,currency,bank_account\n1000,Bank,asset,EUR,\n"
    )
    with caplog.at_level(logging.DEBUG), pytest.raises(HrUnavailableError) as caught:
        collect(zone)
    assert reason in str(caught.value) and "TIEOUT_HR_TOKEN" in str(caught.value)
    told = str(caught.value) + caplog.text
    assert TOKEN not in told and CANARY not in told
    assert len(rows(zone, "ledger_accounts")) == len(rows(zone, "hr_employees")) == 1
    system.before = lambda path, count: None
    assert collect(zone).is_nothing_new


def test_a_wrong_token_is_never_shown(zone: Settings, caplog: pytest.LogCaptureFixture) -> None:
    wrong = replace(zone, hr_token="wrong-" + TOKEN)
    with caplog.at_level(logging.DEBUG), pytest.raises(HrUnavailableError, match="it answers 401") as caught:
        collect(wrong)
    assert TOKEN not in str(caught.value) + caplog.text + repr(wrong)


def test_nobody_answers(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(hr_api, "_FIRST_WAIT_SECONDS", 0.01)
    alone = replace(settings, hr_url="http://127.0.0.1:9/api", hr_token=TOKEN)
    with pytest.raises(HrUnavailableError, match="the connection fails"):
        collect(alone)
    with pytest.raises(LedgerUnavailableError):
        collect(replace(alone, ledger_url=f"sqlite:///{settings.lake}/none.db"))
    assert "the connection fails" in caplog.text


@pytest.mark.parametrize(
    ("bound", "limit", "reason"),
    [
        ("_MAX_PAGES", 2, "it has more than 2 pages"),
        ("_MAX_ROWS", 7, "it has more than 7 rows"),
        ("_MAX_PAGE_BYTES", 200, "a page has more than 200 bytes"),
    ],
)
def test_size_is_bounded(
    zone: Settings, system: HrSystem, bound: str, limit: int, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    system.items["employees"] = [employee(n) for n in range(9)]
    monkeypatch.setattr(hr_api, "_CHUNK_ROWS", 4)
    monkeypatch.setattr(hr_api, bound, limit)
    with pytest.raises(HrUnavailableError, match=reason):
        collect(zone)


def test_pages_without_end_are_left(
    zone: Settings, system: HrSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hr_api, "_MAX_PAGES", 20)
    page = json.dumps({"items": [employee(1)], "next": f"{system.url}/employees?after=0"}).encode()
    system.before = lambda path, count: (200, {}, page)
    with pytest.raises(HrUnavailableError, match="it has more than 20 pages"):
        collect(zone)
    assert len(system.requests) == 20


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (employee(2, name=None), "name is blank"),
        (employee(2, name={"first": CANARY}), "name is not a plain value"),
        (employee(2, hired_on=CANARY), "hired_on is not a date as YYYY-MM-DD"),
        (employee(2, work_state="Illinois"), "work_state is not a state's code of two capital letters"),
        (CANARY, "is not an object"),
    ],
)
def test_a_bad_record_refuses_the_entity_and_no_other(
    zone: Settings, system: HrSystem, item: object, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    system.items["employees"] = [employee(n) for n in range(4)] + [item]
    system.items["leave"] = [
        {"employee_id": "E1", "leave_on": "2026-01-01", "pay_item_code": "HOL", "hours": "8"}
    ]
    with caplog.at_level(logging.INFO):
        summary = collect(zone)
    assert (summary.quarantined, summary.loaded) == (1, 1)
    refused = next(row for row in deliveries(zone) if row[1] == "quarantined")
    assert refused[5:] == (reason, "record 5")
    assert CANARY not in caplog.text + str(refused)
    assert collect(zone).is_nothing_new
    system.items["employees"][-1] = employee(4)
    assert collect(zone).rows["hr_employees"] == 5


@pytest.mark.parametrize(
    ("url", "token", "message"),
    [
        ("ftp://hr.example.com", TOKEN, "TIEOUT_HR_URL cannot be used"),
        ("hr.example.com/api", TOKEN, "TIEOUT_HR_URL cannot be used"),
        ("https://user:secret@hr.example.com/api", TOKEN, "TIEOUT_HR_URL cannot be used"),
        ("https://hr.example.com/api?key=secret", TOKEN, "TIEOUT_HR_URL cannot be used"),
        ("http://hr.example.com/api", TOKEN, "must start with https://"),
        ("https://hr.example.com/api", None, "TIEOUT_HR_TOKEN is missing"),
    ],
)
def test_unusable_settings(settings: Settings, url: str, token: str | None, message: str) -> None:
    with pytest.raises(SettingsError, match=message) as caught:
        collect(replace(settings, hr_url=url, hr_token=token))
    assert "secret" not in str(caught.value)


def test_settings_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIEOUT_HR_URL", "https://hr.example.com/api/v1")
    monkeypatch.setenv("TIEOUT_HR_TOKEN", TOKEN)
    settings = Settings.from_environment()
    assert (settings.hr_url, settings.hr_token) == ("https://hr.example.com/api/v1", TOKEN)
    assert TOKEN not in repr(settings)


def dripping(first: bytes) -> Iterator[str]:
    """The URL of a server that says this, and then a byte every tenth of a second for ever."""

    def drip(listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                with contextlib.suppress(OSError), connection:
                    connection.recv(65536)
                    connection.sendall(first)
                    while True:
                        connection.sendall(b" ")
                        time.sleep(0.1)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=drip, args=(listener,), daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/api/v1"
        listener.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize(
    "first",
    [b"", b"HTTP/1.1 200 OK\r\nX-Slow: ", b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"],
    ids=["status", "header", "body"],
)
def test_a_server_that_drips_ends_at_the_deadline(settings: Settings, first: bytes) -> None:
    with contextlib.contextmanager(dripping)(first) as url:
        started = time.monotonic()
        with pytest.raises(HrUnavailableError, match="longer to read than TIEOUT_SOURCE_SECONDS allows"):
            collect(replace(settings, hr_url=url, hr_token=TOKEN, source_seconds=2))
    assert time.monotonic() - started < 30


def test_a_page_that_takes_all_memory_is_left(zone: Settings, system: HrSystem) -> None:
    """A JSON of 60 MB, within the bound of a page, becomes two million dictionaries."""
    page = b'{"items": [' + b",".join([b'{"employee_id": {"a": [1]}}'] * 2_000_000) + b"]}"
    system.before = lambda path, count: (200, {}, page)
    with pytest.raises(HrUnavailableError, match="bytes of memory to read that TIEOUT_MAX_READ_MB allows"):
        collect(replace(zone, max_read_bytes=300 << 20))
