"""Closing day by day: the same as all at once, frozen for good, refused while a control is red."""

from __future__ import annotations

import csv
import datetime
import multiprocessing
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from dbt_runs import CLOSABLE, MODELS_ONLY, dbt_of_closes, run_dbt, warehouse_of
from independent_books import generate_books

from orchestration.close import business_date as closing
from orchestration.close.business_date import CloseRefusedError, close, freeze, list_closes
from orchestration.collect import collect
from orchestration.publish import publish
from orchestration.settings import Settings

CLOSED = [datetime.date(2026, 9, 18), datetime.date(2026, 10, 9)]
DECISION_COLUMNS = "decision_id,decision,subjects,reason,decided_by,decided_at,until_on,difference,unit"
STATE = "select item_id, match_id, rule_code, cleared_on from intermediate.int_items_matched order by all"
BALANCES = "select * from marts.fct_bank_reconciliations where as_of_on <= '{}' order by account_id, as_of_on"


class Zone:
    """A company's landing zone, lake and warehouse."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.landing = folder / "landing"
        self.settings = replace(
            Settings.from_environment(),
            landing=self.landing,
            lake=folder / "zone" / "lake",
            warehouse=warehouse_of(folder / "zone"),
            ledger_url=None,
        )

    def build(self) -> None:
        run_dbt(
            "build",
            *MODELS_ONLY,
            *CLOSABLE,
            "+fct_tampering",
            zone=self.folder / "zone",
            landing=self.landing,
        )

    def freeze(self, closed_on: datetime.date) -> None:
        """Build as of the date, then freeze, as the night does it."""
        with pytest.MonkeyPatch.context() as patched:
            patched.setenv("TIEOUT_BUSINESS_DATE", str(closed_on))
            self.build()
        freeze(self.settings, closed_on, "controller")

    def close(self, closed_on: datetime.date) -> None:
        close(self.settings, closed_on, "controller")

    def rows(self, query: str) -> list[tuple]:
        with duckdb.connect(str(self.settings.warehouse), read_only=True) as connection:
            return connection.execute(query).fetchall()

    def decide(self, number: int, *rows: tuple[str, ...]) -> None:
        """Deliver a file of decisions: what is decided, about what, and the difference and unit accepted."""
        path = self.landing / "decisions" / f"decision_{number}.csv"
        path.parent.mkdir(exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(DECISION_COLUMNS.split(","))
            for place, (decision, subjects, *figures) in enumerate(rows):
                said = ("as agreed", "controller", datetime.datetime.now(datetime.UTC).isoformat(), "")
                writer.writerow((f"D{number}-{place}", decision, subjects, *said, *(figures or ("", ""))))

    def post(self, name: str, rows: list[tuple]) -> None:
        columns = (
            "entry_id,line_no,posted_on,gl_account,amount,currency,reference,counterparty,memo,document_type"
        )
        with (self.landing / "ledger" / f"journal_lines_{name}.csv").open("w", encoding="utf-8") as file:
            file.write(f"{columns},recorded_at\n")
            file.writelines(",".join(map(str, row)) + "\n" for row in rows)


@pytest.fixture(scope="module")
def zone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zone]:
    """Books closed on two dates, one after the other."""
    zone = Zone(tmp_path_factory.mktemp("close"))
    generate_books(zone.landing, zone.folder / "truth.csv", seed=5, size=300)
    zone.build()
    zone.at_once = zone.rows(STATE)
    for closed_on in CLOSED:
        zone.freeze(closed_on)
    zone.build()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(closing, "run_dbt", dbt_of_closes(zone.folder / "zone", zone.landing))
        yield zone


def test_day_by_day_equals_all_at_once(zone: Zone) -> None:
    assert len(zone.at_once) > 200
    assert zone.rows(STATE) == zone.at_once
    assert [row[0] for row in list_closes(zone.settings)] == CLOSED


def test_a_closed_date_is_not_closed_again(zone: Zone) -> None:
    with pytest.raises(CloseRefusedError, match="2026-10-09 is the last closed date"):
        zone.close(CLOSED[-1])
    with pytest.raises(CloseRefusedError, match="the statements delivered so far end on"):
        zone.close(datetime.date(2030, 1, 1))


def test_what_moves_under_a_closed_date_counts_on_the_first_open_one(zone: Zone) -> None:
    before = zone.rows(BALANCES.format(CLOSED[-1]))
    ((gl_account, currency),) = zone.rows(
        "select gl_account, currency from marts.dim_accounts where gl_account is not null order by 1 limit 1"
    )
    (entry_id, line_no, amount, posted_on, contra) = zone.rows(
        f"""
        select entry_id, line_no, amount, posted_on, gl_account
        from intermediate.int_journal_lines_classified
        where gl_account = '{gl_account}' and disposition = 'kept' and posted_on < '2026-10-01'
        order by entry_id limit 1
        """
    )[0]
    recorded_at = "2026-12-01T09:00:00Z"
    zone.post(
        "late",
        [
            (
                "LATE",
                1,
                "2026-09-15",
                gl_account,
                "77.77",
                currency,
                "L-1",
                "Late Ltd",
                "late",
                "x",
                recorded_at,
            ),
            (
                "LATE",
                2,
                "2026-09-15",
                "9999",
                "-77.77",
                currency,
                "L-1",
                "Late Ltd",
                "late",
                "x",
                recorded_at,
            ),
            (entry_id, line_no, posted_on, contra, amount + 5, currency, "", "", "changed", "x", recorded_at),
        ],
    )
    zone.build()
    assert zone.rows(BALANCES.format(CLOSED[-1])) == before
    moved = zone.rows(
        """
        select item_kind, amount, item_on, counted_on
        from marts.fct_reconciliation_items
        where counted_on > item_on and item_kind in ('journal_line', 'change_after_close')
        order by amount
        """
    )
    first_open_on = CLOSED[-1] + datetime.timedelta(days=1)
    assert [(kind, float(amount), counted_on) for kind, amount, _, counted_on in moved] == [
        ("change_after_close", 5.0, first_open_on),
        ("journal_line", 77.77, first_open_on),
    ]
    assert zone.rows("select count(*) from marts.fct_bank_reconciliations where difference <> 0") == [(0,)]


def test_what_is_given_another_account_or_date_under_a_closed_date_is_told(zone: Zone) -> None:
    before = zone.rows(BALANCES.format(CLOSED[-1]))
    (first_account, gl_account, currency), (other_account, other_gl_account, _) = zone.rows(
        """
        select account_id, gl_account, currency
        from marts.dim_accounts
        where gl_account is not null
        qualify count(*) over (partition by currency) > 1
        order by currency, account_id
        limit 2
        """
    )
    lines = zone.rows(
        f"""
        select entry_id, line_no, amount, posted_on
        from intermediate.int_journal_lines_classified
        where gl_account = '{gl_account}' and disposition = 'kept'
            and posted_on between '2026-09-20' and '2026-10-01'
        order by entry_id limit 2
        """
    )
    (elsewhere, line_no, amount, posted_on), (dated, dated_line_no, dated_amount, _) = lines
    told = ("", "", "moved", "x", "2026-12-01T10:00:00Z")
    zone.post(
        "moved",
        [
            (elsewhere, line_no, posted_on, other_gl_account, amount, currency, *told),
            (dated, dated_line_no, "2026-10-12", gl_account, dated_amount, currency, *told),
        ],
    )
    zone.build()
    assert zone.rows(BALANCES.format(CLOSED[-1])) == before
    first_open_on = CLOSED[-1] + datetime.timedelta(days=1)
    told = zone.rows(
        """
        select tampering_kind, account_id, account_id_now, amount_moved, item_on_now, counted_on
        from marts.fct_tampering where tampering_kind in ('reassigned', 'redated')
        order by tampering_kind, amount_moved = 0 desc, account_id
        """
    )
    assert told == [
        ("reassigned", first_account, other_account, -amount, posted_on, first_open_on),
        ("reassigned", other_account, other_account, amount, posted_on, first_open_on),
        ("redated", first_account, first_account, 0, datetime.date(2026, 10, 12), lines[1][-1]),
    ]
    assert zone.rows("select count(*) from marts.fct_bank_reconciliations where difference <> 0") == [(0,)]
    assert (
        zone.rows(
            """
            select scope from marts.fct_control_totals
            where status = 'red' and control_code in ('items_to_counted', 'closed_balance')
            """
        )
        == []
    )


def test_a_red_control_refuses_until_it_is_accepted_and_a_decision_reopens(zone: Zone) -> None:
    (zone.landing / "bank" / "cut.xml").write_text("<Document><BkToCstmrStmt>")
    closed_on = datetime.date(2026, 10, 16)
    with pytest.raises(CloseRefusedError, match=r"red controls? (is|are) not accepted[\s\S]*bank/cut\.xml"):
        zone.freeze(closed_on)
    red = zone.rows(
        """
        select control_total_id, actual - expected, coalesce(currency, measure)
        from marts.fct_control_totals where status = 'red'
        """
    )
    zone.decide(1, *(("accept", *map(str, control)) for control in red))
    zone.close(closed_on)
    assert "file_read bank/cut.xml" in list_closes(zone.settings)[-1][5]
    # A close builds and tests everything as of its date, so what it leaves can be published.
    published = replace(zone.settings, published=zone.folder / "published")
    done = publish(published, "controller")
    assert done.as_of_on == closed_on and "file_read bank/cut.xml" in done.note
    with duckdb.connect(str(done.folder / "tieout.duckdb"), read_only=True) as copy:
        assert copy.execute("select max(as_of_on) from marts.fct_bank_reconciliations").fetchone() == (
            closed_on,
        )

    zone.decide(2, ("reopen", str(closed_on)))
    # A close asks what has landed, not what the last build knew.
    with pytest.raises(CloseRefusedError, match="the statements delivered so far end on"):
        zone.close(datetime.date(2030, 1, 1))
    assert [row[-1] for row in list_closes(zone.settings)] == [True, True, False]
    zone.build()
    assert zone.rows("select last_closed_on from intermediate.int_first_open_date") == [(CLOSED[-1],)]


def close_until(settings: Settings, renames: int) -> None:
    """Close without building again, in a process that ends at the given move of a file into the lake."""
    done = 0
    rename = Path.rename

    def counted(path: Path, target: Path) -> Path:
        nonlocal done
        if done == renames:
            os._exit(9)
        done += 1
        return rename(path, target)

    def built(closed_on: datetime.date, _: list[str]) -> None:
        with duckdb.connect(str(settings.warehouse)) as warehouse:
            warehouse.execute("update intermediate.int_as_of_date set as_of_on = ?", [closed_on])

    closing._build = built
    Path.rename = counted
    close(settings, datetime.date(2026, 10, 12 + renames), "controller")


@pytest.mark.parametrize("renames", [0, 1, 2, 3])
def test_a_close_that_is_killed_is_finished_by_the_next_collect(zone: Zone, renames: int) -> None:
    before = len(zone.rows("select close_id from staging.stg_closes__closes"))
    process = multiprocessing.get_context("fork").Process(target=close_until, args=(zone.settings, renames))
    process.start()
    process.join()
    assert process.exitcode == 9
    assert len(zone.rows("select close_id from staging.stg_closes__closes")) == before
    collect(zone.settings)
    assert len(zone.rows("select close_id from staging.stg_closes__closes")) == before + 1
    counted, recorded = zone.rows(
        """
        select
            (select count(*) from staging.stg_closes__items as items where items.close_id = closes.close_id),
            item_count
        from staging.stg_closes__closes as closes
        order by closed_at desc
        limit 1
        """
    )[0]
    assert counted == recorded
