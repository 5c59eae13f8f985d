"""The company that `make parity` builds on both engines: the demo as people and commands go on with it.

PYTHONPATH=. python tests/python/parity_company.py

What `make build` left of the demo goes into the places that TIEOUT_LANDING, TIEOUT_LAKE, TIEOUT_WAREHOUSE
and TIEOUT_PAYMENTS name. Then two persons accept its reds and the questions of a pay period, a few items are
decided, the last date but one is closed, the period is closed and paid, and a closed entry of the ledger is
changed. What a processor paid out has come as well. So no mart of it is empty.
"""

from __future__ import annotations

import csv
import datetime
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
from dbt_runs import CLOSABLE

from orchestration.close.business_date import freeze
from orchestration.close.pay_period import close_period
from orchestration.collect import collect
from orchestration.payroll.pay import pay
from orchestration.settings import PROJECT_DIR, Settings
from orchestration.warehouse.dbt_process import UNTESTED, run_dbt

CLOSED_ON = datetime.date(2026, 3, 25)
PERIOD = "US-WEEKLY-2026-03"
_DECISIONS = [
    *("decision_id", "decision", "subjects", "reason", "decided_by", "decided_at"),
    *("until_on", "difference", "unit"),
]
_REDS = """
    select control_total_id, actual - expected, coalesce(currency, measure)
    from marts.fct_control_totals where status = 'red'
    union all
    select question_id, null, null from payroll.int_period_questions where pay_period_id = $period
"""
# What is decided, about what, in the columns of a decision.
_ITEMS = """
    (
        select 'unmatch', match_id, null from marts.fct_matches
        where bank_amount <> 0 order by match_id limit 1
    )
    union all
    (
        select 'snooze', item_id, $closed_on + 10 from marts.fct_reconciliation_items
        where match_id is null and not is_frozen order by item_id limit 1
    )
    union all
    (
        select 'explain', item_id, null from marts.fct_reconciliation_items
        where match_id is null and not is_frozen order by item_id desc limit 1
    )
"""
_PAYOUT = """
    select item_id, currency, amount, item_on from marts.fct_reconciliation_items
    where side = 'bank' and match_id is null and amount > 100 and currency = 'USD'
    order by item_on desc, item_id limit 1
"""
_CHANGED = """
    select
        entry_id, line_no, posted_on, gl_account, amount, currency, reference, counterparty, memo,
        document_type
    from intermediate.int_journal_lines_cleaned
    where
        gl_account in (select gl_account from marts.dim_accounts)
        and document_type = 'supplier_payment' and posted_on < $closed_on
    order by entry_id, line_no limit 1
"""


def main() -> None:
    """Make the company."""
    settings = Settings.from_environment()
    now = datetime.datetime.now(datetime.UTC)
    for source, place in (
        (PROJECT_DIR / "landing", settings.landing),
        (PROJECT_DIR / "lake", settings.lake),
        (PROJECT_DIR / "warehouse" / "tieout.duckdb", settings.warehouse),
    ):
        place.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if source.is_dir() else shutil.copy)(source, place)
    with duckdb.connect(str(settings.warehouse), read_only=True) as warehouse:
        _decide(settings.landing, warehouse, now)
        _deliver_payout(settings.landing, warehouse)
        changed = warehouse.execute(_CHANGED, {"closed_on": CLOSED_ON}).fetchone()
        columns = [column for column, *_ in warehouse.description]
    collect(settings)
    run_dbt(["build", *UNTESTED, *CLOSABLE], str(CLOSED_ON))
    freeze(settings, CLOSED_ON, "controller")
    close_period(settings, PERIOD, "payroll")
    pay(settings, PERIOD, "payroll")
    line = dict(zip(columns, changed, strict=True))
    with (settings.landing / "ledger" / "journal_lines_changed.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, [*columns, "recorded_at"])
        writer.writeheader()
        writer.writerow(line | {"amount": line["amount"] + 1, "recorded_at": now.isoformat()})
    collect(settings)


def _decide(landing: Path, warehouse: duckdb.DuckDBPyConnection, now: datetime.datetime) -> None:
    def rows() -> Iterator[tuple[object, ...]]:
        reds = warehouse.execute(_REDS, {"period": PERIOD}).fetchall()
        for number, (subject, difference, unit) in enumerate(reds):
            yield f"R{number}", "accept", subject, "as agreed", "ann", now.isoformat(), "", difference, unit
            yield f"A{number}", "approve", f"R{number}", "seen", "bert", now.isoformat(), "", "", ""
        items = warehouse.execute(_ITEMS, {"closed_on": CLOSED_ON}).fetchall()
        for number, (decision, subject, until_on) in enumerate(items):
            yield f"I{number}", decision, subject, "as agreed", "ann", now.isoformat(), until_on, "", ""

    (landing / "decisions").mkdir(exist_ok=True)
    with (landing / "decisions" / "parity.csv").open("w", newline="") as file:
        csv.writer(file).writerows([_DECISIONS, *rows()])


def _deliver_payout(landing: Path, warehouse: duckdb.DuckDBPyConnection) -> None:
    """A report of Stripe: what a line of the bank received is two orders, less a fee."""
    _, currency, amount, paid_on = warehouse.execute(_PAYOUT).fetchone()
    header = (
        "id,Type,Source,Amount,Fee,Destination Platform Fee,Net,Currency,Created (UTC),Available On (UTC),"
        "Description,Customer Facing Amount,Customer Facing Currency,Transfer,Transfer Date (UTC),"
        "Transfer Group,order_id (metadata)"
    )
    day = f"{paid_on} 00:00"
    ends = f"{currency.lower()},{day},{day},{{}},,,po_1,{day},,{{}}"
    (landing / "settlements").mkdir(exist_ok=True)
    (landing / "settlements" / "payout.csv").write_text(
        "\n".join(
            [
                header,
                f"txn_1,charge,ch_1,{amount - 50:.2f},3.00,,{amount - 53:.2f},{ends.format('Order', 'SO-1')}",
                f"txn_2,charge,ch_2,53.00,0.00,,53.00,{ends.format('Order', 'SO-2')}",
                f"txn_3,payout,po_1,-{amount:.2f},0.00,,-{amount:.2f},{ends.format('STRIPE PAYOUT', '')}",
                "",
            ]
        )
    )


if __name__ == "__main__":
    main()
