"""The truth beside the payroll files: what was planted, the true shifts, and the punches that pay nothing."""

from __future__ import annotations

import csv
import datetime
from collections import Counter
from collections.abc import Iterable

from orchestration.demo.folder import GeneratedFolder
from orchestration.demo.payroll.people import Person
from orchestration.demo.payroll.periods import Quarter
from orchestration.demo.payroll.punches import Punch, Shift

PLANTED_COLUMNS = ("plant_id", "kind", "employee_id", "pay_period_id", "planted_on", "file", "description")
SHIFT_COLUMNS = (
    "employee_id",
    "job_code",
    "work_on",
    "started_at",
    "ended_at",
    "seconds",
    "device_id",
    "in_sequence",
    "out_sequence",
)
SET_ASIDE_COLUMNS = (
    "kind",
    "device_id",
    "sequence",
    "badge",
    "direction",
    "punched_at",
    "employee_id",
    "pay_period_id",
)


def instant(at: datetime.datetime) -> str:
    """In UTC, to the second."""
    return f"{at.astimezone(datetime.UTC):%Y-%m-%dT%H:%M:%SZ}"


class PayrollTruth:
    """Gathers facts, and writes payroll_planted.csv, payroll_shifts.csv and payroll_punches_set_aside.csv."""

    def __init__(self, folder: GeneratedFolder, quarter: Quarter) -> None:
        self._folder = folder
        self._quarter = quarter
        self._planted: list[tuple] = []
        self._set_aside: list[tuple[str, Punch, str, str]] = []
        self.planted_counts: Counter[str] = Counter()

    def plant(
        self,
        kind: str,
        person: Person | None,
        day: datetime.date | None,
        description: str,
        *,
        file: str = "",
        period: str | None = None,
    ) -> None:
        """A fact about a person on a day, in the person's pay period of the day unless another is given."""
        if period is None:
            period = self._period(person, day)
        self.planted_counts[kind] += 1
        number = f"Y{len(self._planted) + 1:04d}"
        employee_id = person.employee_id if person else ""
        self._planted.append(
            (number, kind, employee_id, period, day.isoformat() if day else "", file, description)
        )

    def set_aside(self, kind: str, punch: Punch, person: Person | None, day: datetime.date) -> None:
        """A punch that must not pay anything. The other half of its shift, if any, was never written."""
        self.plant(kind, person, day, f"Punch {punch.direction} of badge {punch.badge} on {punch.device_id}")
        self._set_aside.append((kind, punch, person.employee_id if person else "", self._period(person, day)))

    def _period(self, person: Person | None, day: datetime.date | None) -> str:
        period = self._quarter.period_on(person.pay_group, day) if person and day else None
        return period.pay_period_id if period else ""

    def write(self, shifts: list[Shift]) -> None:
        """Write the three files. Needs the sequences of the punches."""
        self._write("payroll_planted.csv", PLANTED_COLUMNS, self._planted)
        self._write(
            "payroll_shifts.csv",
            SHIFT_COLUMNS,
            (
                (
                    shift.person.employee_id,
                    shift.job_code or shift.person.job_code,
                    shift.work_on.isoformat(),
                    instant(shift.punch_in.at),
                    instant(shift.punch_out.at),
                    shift.seconds,
                    shift.punch_in.device_id,
                    shift.punch_in.sequence,
                    shift.punch_out.sequence,
                )
                for shift in shifts
                if shift.punch_in and shift.punch_out
            ),
        )
        self._write(
            "payroll_punches_set_aside.csv",
            SET_ASIDE_COLUMNS,
            (
                (
                    kind,
                    punch.device_id,
                    punch.sequence,
                    punch.badge,
                    punch.direction,
                    instant(punch.at),
                    employee_id,
                    period,
                )
                for kind, punch, employee_id, period in self._set_aside
            ),
        )

    def _write(self, name: str, columns: tuple[str, ...], rows: Iterable[tuple]) -> None:
        with self._folder.claim(name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(columns)
            writer.writerows(rows)
