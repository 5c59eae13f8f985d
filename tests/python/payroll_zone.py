"""A company of payroll alone, to which HR delivers a file after another."""

from __future__ import annotations

import csv
import datetime
import json
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from dbt_runs import MODELS_ONLY, dbt_of_closes, run_dbt, warehouse_of

from orchestration.close import pay_period
from orchestration.collect.ledger_files import contract_columns
from orchestration.settings import Settings

MODELS = ("+fct_payslips", "+int_period_questions", "+fct_payroll_controls")


def instant(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.UTC)


class Zone:
    """A landing zone to which HR delivers a file after another."""

    models: tuple[str, ...] = MODELS

    def __init__(self, folder: Path) -> None:
        self.landing, self.folder = folder / "landing", folder / "zone"
        self.punches = self.deliveries = 0
        for name in ("hr", "punches", "decisions"):
            (self.landing / name).mkdir(parents=True)
        self.settings = Settings.from_environment()

    def deliver(self, entity: str, *rows: str) -> None:
        """One file of HR. rows: what stands in it, blank at the end where nothing does."""
        self.deliveries += 1
        header = contract_columns(f"hr_{entity}")
        with (self.landing / "hr" / f"{entity}_{self.deliveries:03}.csv").open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(header)
            for row in rows:
                values = row.split(",")
                writer.writerow(values + [""] * (len(header) - len(values)))

    def work(self, employee_id: str, *days: str, hours: int = 8) -> None:
        lines = []
        for day in days:
            for direction, hour in (("in", 8), ("out", 8 + hours)):
                self.punches += 1
                lines.append(
                    json.dumps(
                        {
                            "device_id": "D1",
                            "sequence": self.punches,
                            "badge": f"B{employee_id}",
                            "direction": direction,
                            "punched_at": f"{day}T{hour:02}:00:00-05:00",
                        }
                    )
                )
        (self.landing / "punches" / f"{self.punches}.jsonl").write_text("\n".join(lines) + "\n")

    def decide(self, decision: str, subjects: str, decided_by: str) -> str:
        """A decision, delivered; its id."""
        self.deliveries += 1
        decision_id = f"D{self.deliveries}"
        (self.landing / "decisions" / f"{decision_id}.csv").write_text(
            "decision_id,decision,subjects,reason,decided_by,decided_at\n"
            f"{decision_id},{decision},{subjects},looked at,{decided_by},2026-09-30T10:00:00\n"
        )
        return decision_id

    def build(self) -> None:
        run_dbt("build", *MODELS_ONLY, "--select", *self.models, zone=self.folder, landing=self.landing)

    def rows(self, query: str) -> list[tuple]:
        with duckdb.connect(str(self.settings.warehouse), read_only=True) as connection:
            return connection.execute(query).fetchall()

    def questions(self, pay_period_id: str) -> list[str]:
        return [
            question
            for (question,) in self.rows(
                f"select question from payroll.int_period_questions where pay_period_id = '{pay_period_id}'"
                " order by question"
            )
        ]

    def lines(self, payslip_id: str) -> dict[str, Decimal]:
        return dict(
            self.rows(
                "select pay_item_code, sum(amount) from payroll.fct_payslip_lines"
                f" where payslip_id = '{payslip_id}' and line_kind <> 'employer_tax'"
                " group by 1 having sum(amount) <> 0"
            )
        )

    def red(self) -> set[tuple[str, str]]:
        return set(
            self.rows(
                "select control_code, scope from marts.fct_payroll_controls"
                " where status = 'red' and control_code in ('hours_paid', 'amounts_paid', 'hours_placed')"
            )
        )


@contextmanager
def payroll_zone(folder: Path, business_date: str) -> Iterator[Zone]:
    """A zone in this folder, where every place and the closes of pay periods are meanwhile."""
    places = {
        "TIEOUT_LANDING": folder / "landing",
        "TIEOUT_LAKE": folder / "zone" / "lake",
        "TIEOUT_WAREHOUSE": warehouse_of(folder / "zone"),
        "TIEOUT_PAYMENTS": folder / "payments",
        "TIEOUT_REPORTS": folder / "reports",
        "TIEOUT_PSEUDONYM_KEY": "5f" * 32,
        "TIEOUT_BUSINESS_DATE": business_date,
    }
    with pytest.MonkeyPatch.context() as patched:
        for name, path in places.items():
            patched.setenv(name, str(path))
        patched.setattr(pay_period, "run_dbt", dbt_of_closes(folder / "zone", folder / "landing"))
        yield Zone(folder)
