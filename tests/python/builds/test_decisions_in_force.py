"""Decisions through the whole warehouse: each takes what it speaks of, and nothing else moves."""

from __future__ import annotations

import csv
import datetime
from dataclasses import replace
from pathlib import Path

import duckdb
import pyarrow.parquet
import pytest
from dbt_runs import BANK, MODELS_ONLY, run_dbt, warehouse_of
from independent_books import generate_books
from older_lakes import forget_chain

from orchestration.close.business_date import freeze
from orchestration.collect import collect
from orchestration.settings import Settings

Row = tuple
HEADER = "decision_id,decision,subjects,reason,decided_by,decided_at,until_on"
TESTED = (
    "int_items_matched",
    "int_items_available",
    "fct_decisions",
    "fct_matches",
    "fct_bank_reconciliations",
)


class Books:
    """Generated books, built, with a folder for decisions."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.landing = folder / "landing"

    def build(self, *, as_of: str = "") -> None:
        zone = self.folder / "zone"
        with pytest.MonkeyPatch.context() as patched:
            patched.setenv("TIEOUT_BUSINESS_DATE", as_of)
            run_dbt("build", *MODELS_ONLY, *BANK, zone=zone, landing=self.landing)

    def close(self, closed_on: str) -> None:
        self.build(as_of=closed_on)
        settings = replace(
            Settings.from_environment(),
            lake=self.folder / "zone" / "lake",
            warehouse=warehouse_of(self.folder / "zone"),
        )
        freeze(settings, datetime.date.fromisoformat(closed_on), "ana")

    def rows(self, query: str) -> list[Row]:
        with duckdb.connect(str(warehouse_of(self.folder / "zone")), read_only=True) as connection:
            return connection.execute(query).fetchall()

    def matches(self) -> set[Row]:
        return set(
            self.rows("select item_id, match_id from intermediate.int_items_matched where is_standing")
        )

    def decide(self, name: str, decisions: list[Row]) -> None:
        path = self.landing / "decisions" / f"{name}.csv"
        path.parent.mkdir(exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow([*HEADER.split(","), "difference", "unit"])
            for decision_id, decision, subjects, *rest in decisions:
                writer.writerow(
                    (
                        decision_id,
                        decision,
                        subjects,
                        "agreed",
                        "ana",
                        "2026-11-01T08:00:00Z",
                        *[*rest, "", "", ""][:3],
                    )
                )


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Books:
    books = Books(tmp_path_factory.mktemp("decisions"))
    generate_books(books.landing, books.folder / "truth.csv", seed=23, size=400)
    books.build()
    return books


def test_decisions_take_what_they_speak_of_and_nothing_else(books: Books) -> None:
    before = books.matches()
    pair = books.rows(
        """
        select bank.item_id, ledger.item_id
        from marts.fct_reconciliation_items as bank
        inner join marts.fct_reconciliation_items as ledger
            on bank.account_id = ledger.account_id and bank.amount <> ledger.amount
        where
            bank.status = 'open' and bank.item_kind = 'statement_line'
            and ledger.status = 'open' and ledger.item_kind = 'journal_line'
        order by bank.item_id, ledger.item_id
        limit 1
        """
    )[0]
    undone = min(match_id for _, match_id in before)
    spare = [
        item_id
        for (item_id,) in books.rows(
            "select item_id from marts.fct_reconciliation_items where status = 'open' order by item_id"
        )
        if item_id not in pair
    ]
    books.decide(
        "first",
        [
            ("D1", "match", " ".join(pair)),
            ("D2", "unmatch", undone),
            ("D3", "write_off", spare[0]),
            ("D4", "duplicate", spare[1]),
            ("D5", "explain", spare[2]),
            ("D6", "snooze", spare[3], "2079-01-01"),
            ("D7", "snooze", spare[4], "2020-01-01"),
            ("D8", "match", f"{spare[5]} no-such-item"),
            ("D9", "unmatch", "no-such-match"),
            ("D10", "explain", spare[6]),
        ],
    )
    books.decide("second", [("D10", "explain", spare[7])])
    books.build()

    after = books.matches()
    assert before - after == {row for row in before if row[1] == undone}
    assert {item_id for item_id, _ in after - before} == set(pair)
    statuses = dict(
        books.rows("select item_id, status from marts.fct_reconciliation_items where status <> 'matched'")
    )
    assert [statuses[item_id] for item_id in spare[:5]] == [
        "written_off",
        "marked_duplicate",
        "explained",
        "snoozed",
        "open",
    ]
    assert {statuses[item_id] for item_id, match_id in before if match_id == undone} == {"unmatched"}
    outcomes = dict(books.rows("select decision_id, outcome from marts.fct_decisions"))
    assert {name for name, outcome in outcomes.items() if outcome == "stale"} == {"D8", "D9"}
    assert outcomes["D10"] == "applied"
    assert {statuses[spare[6]], statuses[spare[7]]} == {"explained", "open"}  # the one that was read first
    red = books.rows("select scope from marts.fct_control_totals where status = 'red' order by 1")
    assert red == [("decision D10",), ("decision D8",), ("decision D9",)]
    differences = books.rows(
        "select amount, memo from marts.fct_reconciliation_items where item_kind = 'match_difference'"
        " and memo = 'decided'"
    )
    assert len(differences) == 1
    assert books.rows("select count(*) from marts.fct_bank_reconciliations where difference <> 0") == [(0,)]


def test_decisions_take_effect_on_the_first_open_date(books: Books) -> None:
    closed_on = "2026-09-30"
    red = books.rows("select control_total_id from marts.fct_control_totals where status = 'red' order by 1")
    subjects = " ".join(control_id for (control_id,) in red)
    books.decide("accepted", [("E0", "accept", subjects, "", "-1", "decisions")])
    books.close(closed_on)
    (undone,) = books.rows(
        "select min(match_id) from intermediate.int_items_matched where rule_code = 'reference'"
    )[0]
    pair = books.rows(
        """
        select one.item_id, other.item_id
        from marts.fct_reconciliation_items as one
        inner join marts.fct_reconciliation_items as other
            on one.account_id = other.account_id and one.item_id < other.item_id
        where one.status = 'open' and other.status = 'open'
        order by one.item_id, other.item_id
        limit 1
        """
    )[0]
    books.decide("third", [("E1", "unmatch", undone), ("E2", "match", " ".join(pair))])
    outcomes = (
        "select decision_id, outcome from marts.fct_decisions where decision_id in ('E1', 'E2') order by 1"
    )
    taken = f"select rule_code from intermediate.int_items_matched where is_standing and item_id in {pair}"

    books.build()
    run_dbt("test", "--select", *TESTED, zone=books.folder / "zone", landing=books.landing)
    assert books.rows(outcomes) == [("E1", "applied"), ("E2", "applied")]
    assert undone not in {match_id for _, match_id in books.matches()}
    assert books.rows(taken) == [("decision",), ("decision",)]
    assert books.rows("select count(*) from marts.fct_bank_reconciliations where difference <> 0") == [(0,)]

    books.build(as_of=closed_on)
    assert books.rows(outcomes) == [("E1", "later"), ("E2", "later")]
    assert undone in {match_id for _, match_id in books.matches()}
    assert books.rows(taken) == []


def test_staging_keeps_every_row_and_the_control_counts_them(settings: Settings, tmp_path: Path) -> None:
    """Also of a lake whose decisions were written before one of their columns existed."""
    lines = {
        "one.csv": [
            "D1,match,i1 i2  i3, same invoice ,anna,2026-03-02T10:00:00+02:00,",
            "D2,unmatch,m1,wrong payee,anna,2026-03-02T10:00:00,",
            "D6,snooze,i8,waits for the bank,anna,2026-03-02T10:00:00,2026-04-01",
        ],
        "bad.csv": ["D1,post,i1 i2  i3,same invoice,anna,2026-03-02T10:00:00+02:00,"],
    }
    (settings.landing / "decisions").mkdir()
    for name, decisions in lines.items():
        (settings.landing / "decisions" / name).write_text("\n".join([HEADER, *decisions]) + "\n")
    collect(settings)
    for file in (settings.lake / "decisions").glob("*.parquet"):
        pyarrow.parquet.write_table(pyarrow.parquet.read_table(file).drop_columns(["until_on"]), file)
    forget_chain(settings.lake, settings.warehouse)
    models = ["+int_controls_files", "stg_decisions__decisions"]
    run_dbt("build", *MODELS_ONLY, "--select", *models, zone=tmp_path, landing=settings.landing)
    with duckdb.connect(str(warehouse_of(tmp_path)), read_only=True) as connection:
        rows = connection.execute(
            "select decision_id, subjects, reason, until_on from staging.stg_decisions__decisions"
            " order by line_number"
        ).fetchall()
        controls = connection.execute(
            "select control_code, scope, measure, expected, actual from intermediate.int_controls_files"
            " order by all"
        ).fetchall()
    assert len(rows) == len(lines["one.csv"])
    assert rows[0] == ("D1", "i1 i2 i3", "same invoice", None)
    assert [(*texts, int(expected), int(actual)) for *texts, expected, actual in controls] == [
        ("file_read", "decisions/bad.csv", "files", 1, 0),
        ("file_read", "decisions/one.csv", "files", 1, 1),
        ("file_to_lake", "decisions/one.csv", "rows", 3, 3),
    ]
