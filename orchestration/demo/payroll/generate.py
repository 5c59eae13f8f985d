"""Payroll's part of the landing zone and of the truth, with a stream of random numbers of its own."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from random import Random

from orchestration.demo.folder import GeneratedFolder
from orchestration.demo.payroll.clocks import write_punches
from orchestration.demo.payroll.hr import write_hr
from orchestration.demo.payroll.people import PEOPLE
from orchestration.demo.payroll.periods import Quarter
from orchestration.demo.payroll.shifts import Work
from orchestration.demo.payroll.truth import PayrollTruth


@dataclass(frozen=True)
class PayrollSummary:
    """What was written. punches: each once, however often delivered. planted: facts by kind, sorted."""

    employees: int
    punches: int
    punch_files: int
    hr_files: int
    planted: dict[str, int]


def write_payroll(
    landing: GeneratedFolder, truth_folder: GeneratedFolder, seed: int, start_on: datetime.date
) -> PayrollSummary:
    """Write punches and HR files of the quarter of the day, whatever the days of the bank files."""
    random = Random(f"payroll {seed}")
    quarter = Quarter(start_on)
    truth = PayrollTruth(truth_folder, quarter)
    work = Work(quarter, random, truth)
    punches = work.punches()
    punch_files = write_punches(landing, punches, random, truth)
    hr_files = write_hr(landing, quarter, work, truth)
    truth.write(work.shifts)
    return PayrollSummary(
        employees=len(PEOPLE),
        punches=len(punches),
        punch_files=punch_files,
        hr_files=hr_files,
        planted=dict(sorted(truth.planted_counts.items())),
    )
