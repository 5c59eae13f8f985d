"""A morning at the desk in a real browser, by keyboard alone, and the same rows delivered as a CSV file."""

from __future__ import annotations

import csv
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest
from browser import CHROMIUM, Browser, browser
from dbt_runs import BANK, leave_parsed, run_dbt, warehouse_of

from orchestration.desk.acts import decided_match_id
from orchestration.settings import PROJECT_DIR

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
    """Match, explain, accept a suggestion and a red, take the explanation back. Returns the items matched."""
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
    _turn_to(page, "2", "Suggestions")
    page.press("j", "Enter")
    _say(page, "")
    _turn_to(page, "3", "Red controls")
    page.press("j", "Enter")
    _say(page, "The bank sends it again")
    assert [row["decision"] for row in zone.decisions()].count("explain") == 1
    _turn_to(page, "4", "Decisions")
    page.press(*"jjj", "Enter")  # the latest first: acceptance, suggestion, explanation, match
    _say(page, "")
    assert sorted(row["decision"] for row in zone.decisions()) == ["accept", "match", "match"]
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
        assert page.run("document.body.innerText").count("applied") == 3
        assert "Nothing waits." in page.run("document.body.innerText")
    items = ", ".join(f"'{item_id}'" for item_id in picked)
    found = at_desk.rows(
        f"select status, match_id from marts.fct_reconciliation_items where item_id in ({items})"
    )
    assert [status for status, _ in found] == ["matched"] * 2 and len(set(found)) == 1
    assert found[0][1] in {decided_match_id(row["decision_id"]) for row in at_desk.decisions()}
    assert at_desk.rows(
        "select count(*) from marts.fct_control_totals where status = 'red' and is_accepted"
    ) == [(1,)]

    (by_file.landing / "decisions").mkdir()
    with (by_file.landing / "decisions" / "mail.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(at_desk.decisions()[0]))
        writer.writeheader()
        writer.writerows(at_desk.decisions())
    run_dbt("build", *BANK, zone=by_file.folder, landing=by_file.landing)
    assert by_file.marts() == at_desk.marts()
