"""Seconds and memory of a year of payroll, from punches to payments: python benchmarks/payroll.py

Writes the lake of a company (payroll_company.sql, payroll_period.sql): HR, and the punches of all its
biweekly periods but the last. Then, each in a process of its own and without tests:

    year    the payroll models over those periods for the first time, nothing closed
    paid    all of them closed (payroll_closes.sql): from the closed payslips to payments and journal
    night   the punches of the last period have come: the models again, all earlier periods closed and paid
    payday  the last period closed: its payments

The rival of payroll_by_hand.py, which needs pandas beside the lock, calculates the same year from the same
lake, and its payslips are compared to the cent. On a machine that does other work, compare the processor
seconds.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb
import yaml
from dbt_cost import cost_of_dbt

ROOT = Path(__file__).parents[1]
BY_HAND = ROOT / "benchmarks" / "payroll_by_hand.py"
CALCULATION = [
    "+fct_payslips",
    "+fct_payslip_lines",
    "+fct_timesheets",
    "+int_period_questions",
    "int_bank_details_current",
]
PAYMENTS = [
    "int_pay_periods_closed",
    "int_closed_payday_batches",
    "int_closed_payslips",
    "int_closed_payslip_lines",
    "int_payslip_candidates",
    "fct_payslip_lines",
    "fct_payslips",
    "int_payslip_splits",
    "int_payment_attempts",
    "int_payments_due",
    "int_payment_file_parts",
    "int_payment_files_due",
    "fct_payroll_journal_lines",
]
RIVALS = ("pandas",)
COUNTED = (
    "int_punches",
    "int_shift_days",
    "int_worked_days",
    "fct_payslips",
    "fct_payslip_lines",
    "int_payments_due",
    "fct_payroll_journal_lines",
)


class Company:
    """The lake and the warehouse of one company in a folder."""

    def __init__(self, folder: Path, memory: str) -> None:
        self.folder, self.memory = folder, memory
        self.lake, self.warehouse = folder / "lake", folder / "warehouse.duckdb"
        profiles = yaml.safe_load((ROOT / "profiles.yml").read_text())
        profiles["tieout"]["outputs"]["duckdb"]["settings"]["memory_limit"] = memory
        (folder / "profiles.yml").write_text(yaml.safe_dump(profiles))
        (folder / "landing").mkdir(exist_ok=True)

    def run(self, name: str, arguments: list[str], collect: str = "off") -> dict:
        """Run dbt in a process of its own and return what it cost."""
        environment = os.environ | {
            "TIEOUT_TARGET": "duckdb",
            "TIEOUT_COLLECT": collect,
            "TIEOUT_LANDING": str(self.folder / "landing"),
            "TIEOUT_LAKE": str(self.lake),
            "TIEOUT_WAREHOUSE": str(self.warehouse),
            "TIEOUT_PSEUDONYM_KEY": "of the benchmarks",
        }
        places = ["--project-dir", str(ROOT), "--profiles-dir", str(self.folder)]
        places += ["--target-path", str(self.folder / "target"), "--log-path", str(self.folder / "logs")]
        return cost_of_dbt(self.folder / f"{name}.json", [*arguments, *places], environment)

    def write(self, script: str, **values: object) -> None:
        """Run one of the SQL files beside this one, over the warehouse, and write to the lake."""
        sql = (ROOT / "benchmarks" / script).read_text().format(lake=self.lake, **values)
        with duckdb.connect(str(self.warehouse)) as connection:
            connection.execute(f"set memory_limit = '{self.memory}'")
            connection.execute("set schema = 'benchmark'")
            connection.execute(sql)

    def counts(self) -> dict[str, int]:
        """Rows of the tables that a reader knows the size by."""
        with duckdb.connect(str(self.warehouse), read_only=True) as connection:
            return {
                model: connection.execute(f"select count(*) from payroll.{model}").fetchone()[0]
                for model in COUNTED
            }


def tell(name: str, cost: dict, dearest: int) -> None:
    """Print what a run cost, and its dearest models."""
    print(
        f"\n{name}: models {sum(cost['models'].values()):.1f} s, command {cost['command']:.1f} s, "
        f"processor {cost['processor']:.1f} s, peak {cost['peak']:,.0f} MB",
        flush=True,
    )
    for model, seconds in sorted(cost["models"].items(), key=lambda item: -item[1])[:dearest]:
        print(f"| {model} | {seconds:.1f} |", flush=True)


def run_rival(company: Company, rival: str, periods: int) -> None:
    """Have a rival calculate the year, print its cost, and compare its payslips with the models'."""
    payslips, report = company.folder / f"{rival}.parquet", company.folder / f"{rival}.json"
    command = [sys.executable, BY_HAND, rival, company.lake, str(periods), payslips, report]
    if subprocess.run(command, cwd=ROOT, check=False).returncode:
        print(f"{rival}: failed", flush=True)
        return
    cost = json.loads(report.read_text())
    with duckdb.connect(str(company.warehouse), read_only=True) as connection:
        compared, equal = connection.execute(
            """
            select
                count(*),
                count(*) filter (
                    models.gross_amount = cast(by_hand.gross_amount as decimal(28, 5))
                    and models.pretax_amount = cast(by_hand.pretax_amount as decimal(28, 5))
                    and models.employee_tax_amount = cast(by_hand.employee_tax_amount as decimal(28, 5))
                    and models.net_amount = cast(by_hand.net_amount as decimal(28, 5))
                )
            from payroll.fct_payslips as models
            full outer join read_parquet(?) as by_hand using (payslip_id)
            """,
            [str(payslips)],
        ).fetchone()
    print(
        f"\n{rival}: {cost['seconds']:.1f} s, processor {cost['processor']:.1f} s, "
        f"peak {cost['peak']:,.0f} MB, "
        f"{equal:,} of {compared:,} payslips equal to the cent",
        flush=True,
    )


def measure(company: Company, employees: int, periods: int, rivals: list[str], dearest: int) -> None:
    """Calculate the year and the night after its last period, and print what each cost."""
    everything = [*CALCULATION, "+int_payment_files_due", "+fct_payroll_journal_lines"]
    untested = ["--exclude", "resource_type:test", "resource_type:unit_test"]
    company.run("empty", ["build", "--select", *everything, *untested], collect="on")
    with duckdb.connect(str(company.warehouse)) as connection:
        connection.execute("create schema benchmark")
    company.write("payroll_company.sql", employees=employees)
    for period in range(periods - 1):
        company.write("payroll_period.sql", period=period, number=period + 1)
    costs = {}

    def step(name: str, models: list[str]) -> None:
        costs[name] = company.run(name, ["run", "--select", *models])
        tell(name, costs[name], dearest)

    step("year", CALCULATION)
    for rival in rivals:
        run_rival(company, rival, periods - 1)
    for period in range(periods - 1):
        company.write("payroll_closes.sql", period=period)
    step("paid", PAYMENTS)
    print(" · ".join(f"{model} {rows:,}" for model, rows in company.counts().items()))
    company.write("payroll_paid.sql")
    company.write("payroll_period.sql", period=periods - 1, number=periods)
    step("night", CALCULATION)
    company.write("payroll_closes.sql", period=periods - 1)
    step("payday", PAYMENTS)
    print(" · ".join(f"{model} {rows:,}" for model, rows in company.counts().items()))
    for what in ("processor", "command"):
        whole = costs["year"][what] + costs["paid"][what]
        last = costs["night"][what] + costs["payday"][what]
        print(
            f"{what}: one more period {last:.1f} s against {whole:.1f} s for {periods - 1} at once, "
            f"{last / whole:.3f} (the share of its punches: {1 / (periods - 1):.3f})"
        )


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--employees", type=int, default=100_000, help="half of them punch (default 100,000)")
    parser.add_argument("--periods", type=int, default=26, help="biweekly, 2 to 26, the last one as a night")
    parser.add_argument("--quick", action="store_true", help="1,000 employees")
    parser.add_argument("--memory", default="4GB", help="DuckDB's memory_limit (default 4GB)")
    parser.add_argument("--rivals", nargs="*", choices=RIVALS, default=list(RIVALS), help="by hand")
    parser.add_argument("--dearest", type=int, default=12, help="models shown of each run")
    parser.add_argument("--work", type=Path, help="folder for lake and warehouse (default: a temporary one)")
    options = parser.parse_args()
    if not 2 <= options.periods <= 26:
        parser.error("--periods is 2 to 26: the tax tables are those of one year")
    with tempfile.TemporaryDirectory(prefix="payroll-") as name:
        if options.work is not None:
            shutil.rmtree(options.work, ignore_errors=True)
            options.work.mkdir(parents=True)
        company = Company(options.work or Path(name), options.memory)
        employees = 1_000 if options.quick else options.employees
        measure(company, employees, options.periods, options.rivals, options.dearest)


if __name__ == "__main__":
    main()
