"""The desk in a real browser: a morning by keyboard alone, the same rows in a file, and other pages."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import duckdb
import pytest
from browser import CHROMIUM, Browser, browser
from dbt_runs import BANK, leave_parsed, run_dbt, warehouse_of
from desk_books import write_books

from orchestration.desk import desk
from orchestration.desk.acts import decided_match_id
from orchestration.desk.books import Shelf
from orchestration.serve import Server
from orchestration.settings import PROJECT_DIR, Settings

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium (apt-get install chromium)")
# What decisions change, as a reader sees it.
MARTS = (
    "select * from marts.fct_matches",
    "select * exclude (file_hash, line_number) from marts.fct_reconciliation_items",
    "select * from marts.fct_match_explanations",
    "select * from marts.fct_match_suggestions",
    "select * from marts.fct_bank_reconciliations",
    "select * from marts.fct_control_totals where status = 'red'",
    "select * from marts.fct_decisions",
)


# What a page sends to the desk at `target`: JSON, a form, and a visit, with the cookie where it is sent.
SENT = """(async (target, wanted) => {
  const body = JSON.stringify(wanted);
  const sent = (type, mode) => fetch(`${target}/decide`, {
    method: 'POST', headers: {'content-type': type}, body, mode, credentials: 'include'
  }).then(answer => answer.text());
  const element = (tag, path) => new Promise(done => {
    const it = document.createElement(tag);
    it.onload = it.onerror = done;
    it.src = `${target}${path}`;
    document.body.append(it);
  });
  const form = new Promise(done => {
    const frame = document.createElement('iframe');
    frame.name = 'sent';
    frame.onload = done;
    const it = document.createElement('form');
    Object.assign(it, {method: 'POST', enctype: 'text/plain', action: `${target}/decide`, target: 'sent'});
    const field = document.createElement('input');
    Object.assign(field, {name: body.slice(0, -1) + ',"x":"', value: '"}'});
    it.append(field);
    document.body.append(frame, it);
    it.submit();
  });
  const attempts = [
    sent('application/json', 'cors'), sent('text/plain', 'no-cors'), form,
    element('img', `/decide?wanted=${encodeURIComponent(body)}`), element('script', '/start-build'),
  ];
  await Promise.race([Promise.allSettled(attempts), new Promise(done => setTimeout(done, 5000))]);
})"""


class Zone:
    """A copy of the demo company, to decide in."""

    def __init__(self, folder: Path, demo: Path) -> None:
        self.folder, self.landing = folder, folder / "landing"
        shutil.copytree(PROJECT_DIR / "landing", self.landing)
        for name in ("lake", "warehouse"):
            shutil.copytree(demo / name, folder / name)

    def rows(self, query: str) -> list[tuple]:
        with duckdb.connect(str(warehouse_of(self.folder)), read_only=True) as connection:
            return connection.execute(query).fetchall()

    def marts(self) -> list[list[tuple]]:
        return [sorted(self.rows(query), key=repr) for query in MARTS]

    def decisions(self) -> list[dict[str, str]]:
        rows = []
        for file in sorted((self.landing / "decisions").rglob("*.csv")):
            with file.open(encoding="utf-8", newline="") as opened:
                rows += csv.DictReader(opened)
        return rows

    @contextmanager
    def desk(self) -> Iterator[str]:
        """`tieout desk`, by the address that it prints."""
        places = ("LANDING", "LAKE", "PAYMENTS", "PUBLISHED", "REPORTS")
        environment = os.environ | {
            "PYTHONPATH": str(PROJECT_DIR),
            "TIEOUT_USER": "Ann Keller",
            "TIEOUT_WAREHOUSE": str(warehouse_of(self.folder)),
            "DBT_TARGET_PATH": str(self.folder / "target"),
            "DBT_LOG_PATH": str(self.folder / "logs"),
            **{f"TIEOUT_{place}": str(self.folder / place.lower()) for place in places},
        }
        leave_parsed(self.folder / "target", environment)
        command = [sys.executable, "-c", "from orchestration.cli import main; main()", "desk", "--port", "0"]
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
            yield re.search(r"http://\S+", process.stdout.readline())[0]
            process.send_signal(signal.SIGINT)
            assert process.wait(60) == 0


def _say(page: Browser, reason: str) -> None:
    """Answer the question why, and wait until it is told that it was done."""
    page.wait_for("document.activeElement.id === 'ask-reason'")
    page.press(*reason, "Enter")
    page.wait_for(
        "!document.getElementById('ask').open && document.getElementById('told').textContent !== ''"
    )


def _turn_to(page: Browser, key: str, title: str) -> None:
    page.press(key)
    page.wait_for(f"document.title.startsWith({title!r}) && document.readyState === 'complete'")


def _work_off(page: Browser, address: str, zone: Zone) -> list[str]:
    """Match, explain, undo a match, accept a suggestion and a red, take the explanation back.

    Returns the items matched.
    """
    page.visit(address)
    page.wait_for("document.title.startsWith('Accounts')")
    page.press("j", "j", "Enter")
    page.wait_for("document.title.startsWith('Main account') && document.readyState === 'complete'")
    page.press("l", "Space", "h", "j", "j", "k", "Space")
    picks = "[...document.querySelectorAll('#bank input')].map(input => input.checked).indexOf(true)"
    assert page.run(picks) == 1
    assert page.run("document.getElementById('sum').value").startswith(
        "Picked 1 of the bank, 1 of the books."
    )
    picked = page.run("[...document.querySelectorAll('tr.picked input')].map(input => input.dataset.item)")
    page.press("m")
    _say(page, "Paid in one, booked in another")
    page.press("h", "Space", "e")
    _say(page, "Ask the bank")
    _turn_to(page, "u", "Matches of")
    page.press("j", "j", "Enter")
    _say(page, "Of another invoice")
    _turn_to(page, "2", "Suggestions")
    page.press("j", "Enter")
    _say(page, "")
    _turn_to(page, "3", "Red controls")
    page.press("j", "Enter")
    _say(page, "The bank sends it again")
    assert [row["decision"] for row in zone.decisions()].count("explain") == 1
    _turn_to(page, "4", "Decisions")
    page.press(*"jjjj", "Enter")  # the latest first: acceptance, suggestion, undoing, explanation, match
    _say(page, "")
    assert sorted(row["decision"] for row in zone.decisions()) == ["accept", "match", "match", "unmatch"]
    return picked


@pytest.mark.long
def test_a_morning_by_keyboard_and_the_same_by_a_file(demo_zone: Path, tmp_path: Path) -> None:
    at_desk, by_file = (Zone(tmp_path / name, demo_zone) for name in ("desk", "file"))
    with at_desk.desk() as address, browser(tmp_path / "profile", {}) as page:
        picked = _work_off(page, address, at_desk)
        page.press("b")
        page.wait_for("!document.getElementById('progress').hidden")
        for _ in range(10):  # each waits a minute
            try:
                page.wait_for("document.getElementById('told').textContent === 'Built.'")
                break
            except AssertionError:
                continue
        assert "Nothing waits." in page.run("document.body.innerText")
    decided = {row["decision_id"]: row for row in at_desk.decisions()}
    outcomes = dict(at_desk.rows("select decision_id, outcome from marts.fct_decisions"))
    assert [outcomes[decision_id] for decision_id in decided] == ["applied"] * 4
    items = ", ".join(f"'{item_id}'" for item_id in picked)
    found = at_desk.rows(
        f"select status, match_id from marts.fct_reconciliation_items where item_id in ({items})"
    )
    assert [status for status, _ in found] == ["matched"] * 2 and len(set(found)) == 1
    assert found[0][1] in set(map(decided_match_id, decided))
    assert at_desk.rows(
        "select count(*) from marts.fct_control_totals where status = 'red' and is_accepted"
    ) == [(1,)]

    (by_file.landing / "decisions").mkdir()
    with (by_file.landing / "decisions" / "mail.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(next(iter(decided.values()))))
        writer.writeheader()
        writer.writerows(decided.values())
    run_dbt("build", *BANK, zone=by_file.folder, landing=by_file.landing)
    assert by_file.marts() == at_desk.marts()


def test_what_is_done_is_undone_by_keyboard(settings: Settings, tmp_path: Path) -> None:
    settings = replace(settings, published=tmp_path / "published", ui_token=None)
    write_books(settings.warehouse)
    server = Server(settings, 0)
    threading.Thread(target=server.run, args=(desk(settings, "Ann Keller"),), daemon=True).start()
    with browser(tmp_path / "profile", {}) as page:
        page.visit(server.address)
        page.press("j", "Enter")
        page.wait_for("document.title.startsWith('Main account') && document.readyState === 'complete'")
        _turn_to(page, "u", "Matches of")
        page.press("j", "Enter")
        _say(page, "Of another invoice")
        _turn_to(page, "r", "Statements of")
        page.press("j", "j", "Enter")  # the second of the day, instead of which the first stands
        page.wait_for("document.getElementById('ask-what').textContent.includes('Instead stands: bank/')")
        _say(page, "The bank corrected it")
        _turn_to(page, "5", "Closes")
        page.press("j", "Enter")
        _say(page, "Looked at it")
        _turn_to(page, "4", "Decisions")
        page.press("j", "Enter")  # the latest: the review
        _say(page, "")
    rows = []
    for file in (settings.landing / "decisions" / "desk").iterdir():
        with file.open(encoding="utf-8", newline="") as opened:
            rows += csv.DictReader(opened)
    statement = "b" * 64
    assert sorted((row["decision"], row["subjects"]) for row in rows) == [
        ("replace", f"{statement}-2 {statement}-1"),
        ("unmatch", "M1"),
    ]


def test_a_page_of_another_site_decides_nothing(settings: Settings, tmp_path: Path) -> None:
    settings = replace(settings, published=tmp_path / "published")
    write_books(settings.warehouse)
    shelf = Shelf(settings)
    server = Server(replace(settings, ui_token=None), 0)
    threading.Thread(target=server.run, args=(desk(settings, "Ann Keller"),), daemon=True).start()
    origin = server.address.partition("/?")[0]
    port = origin.rpartition(":")[2]
    wanted = {
        "books": shelf.newest()[0].version,
        "decision": "match",
        "subjects": ["b1", "l1"],
        "sums": {"EUR": "0"},
        "reason": "nobody asked for this",
    }
    delivered = settings.landing / "decisions" / "desk"
    names = {"foreign.test": "127.0.0.1", "rebound.test": "127.0.0.1"}
    with _foreign() as foreign, browser(tmp_path / "profile", names) as page:
        page.visit(server.address)
        page.wait_for("document.title.startsWith('Accounts')")
        assert page.run("document.cookie") == ""
        for host in ("foreign.test", "127.0.0.1"):
            page.visit(f"http://{host}:{foreign}/")
            page.run(f"{SENT}({json.dumps(origin)}, {json.dumps(wanted)})")
        page.visit(f"http://rebound.test:{port}/")
        page.run(f"{SENT}('', {json.dumps(wanted)})")
        assert "not served here" in page.run("document.body.innerText")
        assert not delivered.exists()
        page.visit(f"{origin}/controls")
        assert page.run("document.querySelectorAll('script').length") == 1
        page.run(
            f"{SENT}('', {json.dumps(wanted)})"
        )  # from the desk's own page, so that the others could have failed
    assert len(list(delivered.iterdir())) == 1


@contextmanager
def _foreign() -> Iterator[int]:
    """The port of somebody else's server."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>foreign</title><body>foreign</body>")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
