"""Seconds of the automatic matching passes on generated books: python benchmarks/matching.py

Builds an empty warehouse, fills the tables that the passes read with both sides of 20 accounts over 250
business days (matching_books.sql), and runs the matching models only, each case in a process of its own. The
cases:

    mixed         1,000,000 items a side, 95 to 98 % with a planted partner of every kind
    noise         50,000 a side with nothing in common
    counterparty  the same in one account, with one counterparty on every item
    reference     the same in one account, with one reference on every item
    amount        the same in one account, with one amount on every item
    memo          the same in one account, with one name in every text and no counterparty
    number        the same in one account, with one number in every text and no reference
    names         the same with a counterparty of its own on every item, of the bank's in a text

The mixed case is matched by the rivals of matching_rivals.py as well. On a machine that does other work,
compare the processor seconds.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb
from dbt_cost import cost_of_dbt

ROOT = Path(__file__).parents[1]
BOOKS = ROOT / "benchmarks" / "matching_books.sql"
RIVAL = ROOT / "benchmarks" / "matching_rivals.py"
PASSES = ["int_rules_by_account", "int_matches_undone", "int_items_delivered+,+int_items_matched"]
# The books fill what details of bank lines name; it reads deliveries, which they have not.
PASSES += ["--exclude", "int_bank_line_references"]
EXPLANATIONS = ["int_items_counted+,+fct_match_explanations", "--exclude", "+int_items_matched"]
RIVALS = ("by_hand", "spark", "polars", "splink")
OWN_REFERENCE = "left(kind, 1) || '-' || number"
MEMO = "'Payment ' || own_number || ' of ' || counterparty"
CENTS = "direction * cents"
# Share with a partner, accounts, counterparty, reference, memo and cents of the rest.
CASES = {
    "mixed": (1, 20, "counterparty", OWN_REFERENCE, MEMO, CENTS),
    "noise": (0, 20, "counterparty", OWN_REFERENCE, MEMO, CENTS),
    "counterparty": (0, 1, "'ONE CUSTOMER'", OWN_REFERENCE, MEMO, CENTS),
    "reference": (0, 1, "counterparty", "'ONE-1'", MEMO, CENTS),
    "amount": (0, 1, "counterparty", OWN_REFERENCE, MEMO, "100000"),
    "memo": (0, 1, "null", "null", "'Payment ROBINSON'", CENTS),
    "number": (0, 1, "null", "null", "'Payment 77001234'", CENTS),
    "names": (0, 20, "case when side = 'ledger' then name end", "null", "'Payment of ' || name", CENTS),
}


def run_dbt(folder: Path, warehouse: Path, report: Path, arguments: list[str]) -> None:
    """Run dbt in a process of its own, which writes its cost to the report."""
    (folder / "landing").mkdir(exist_ok=True)
    environment = os.environ | {
        "TIEOUT_TARGET": "duckdb",
        "TIEOUT_LANDING": str(folder / "landing"),
        "TIEOUT_LAKE": str(folder / "lake"),
        "TIEOUT_WAREHOUSE": str(warehouse),
    }
    places = ["--project-dir", str(ROOT), "--profiles-dir", str(ROOT)]
    places += ["--target-path", str(folder / "target"), "--log-path", str(folder / "logs")]
    cost_of_dbt(report, [*arguments, *places], environment)


def measure(folder: Path, empty: Path, case: str, rows: int, rivals: list[str]) -> None:
    """Fill a copy of the empty warehouse with the books of a case, match them, and print the cost."""
    mixed, accounts, counterparty, reference, memo, cents = CASES[case]
    # Of the same name: views of the empty warehouse name their catalog, which is called after the file.
    warehouse, report = folder / case / empty.name, folder / f"{case}.json"
    warehouse.parent.mkdir()
    shutil.copy(empty, warehouse)
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(
            BOOKS.read_text().format(
                rows=rows,
                mixed=mixed,
                accounts=accounts,
                counterparty=counterparty,
                reference=reference,
                memo=memo,
                cents=cents,
            )
        )
    for what, models in {"passes": PASSES, "explanations": EXPLANATIONS}.items():
        run_dbt(folder, warehouse, report, ["run", "--select", *models])
        cost = json.loads(report.read_text())
        print(
            f"\n{case}, {rows:,} items a side, {what}: run {cost['run']:.0f} s, "
            f"command {cost['command']:.0f} s, processor {cost['processor']:.0f} s, "
            f"peak {cost['peak']:,.0f} MB"
        )
        for model, seconds in sorted(cost["models"].items(), key=lambda item: -item[1])[:8]:
            print(f"| {model} | {seconds:.1f} |")
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        print("\n| rule | items | matches |\n|---|---|---|")
        for rule, items, matches in connection.execute("""
            select rule_code, count(*), count(distinct match_id)
            from intermediate.int_items_matched group by rule_code order by 2 desc
        """).fetchall():
            print(f"| {rule} | {items:,} | {matches:,} |", flush=True)
    for rival in rivals:
        began = resource.getrusage(resource.RUSAGE_CHILDREN)
        outcome = subprocess.run([sys.executable, RIVAL, rival, warehouse, report], cwd=ROOT, check=False)
        ended = resource.getrusage(resource.RUSAGE_CHILDREN)
        if outcome.returncode == 0:
            cost = json.loads(report.read_text())
            processor = ended.ru_utime + ended.ru_stime - began.ru_utime - began.ru_stime
            told = f"{rival}: {cost['seconds']:.0f} s, processor {processor:.0f} s, {cost['pairs']:,} pairs"
            print(told, flush=True)


def main() -> None:
    """Run the cases."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000, help="items a side of the mixed case")
    parser.add_argument("--tail-rows", type=int, default=50_000, help="items a side of the other cases")
    parser.add_argument("--quick", action="store_true", help="100,000 items a side of the mixed case")
    parser.add_argument("--only", nargs="+", choices=CASES, default=list(CASES), help="cases to run")
    parser.add_argument(
        "--rivals", nargs="*", choices=RIVALS, default=["by_hand", "spark"], help="of the mixed case"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="matching-") as name:
        folder = Path(name)
        empty = folder / "empty.duckdb"
        build = ["build", "--select", "+fct_match_explanations"]
        build += ["--exclude", "resource_type:test", "resource_type:unit_test"]
        run_dbt(folder, empty, folder / "build.json", build)
        for case in options.only:
            rows = (100_000 if options.quick else options.rows) if case == "mixed" else options.tail_rows
            measure(folder, empty, case, rows, options.rivals if case == "mixed" else [])


if __name__ == "__main__":
    main()
