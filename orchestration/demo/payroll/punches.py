"""What a clock writes, and the work that lies between two punches."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from orchestration.demo.payroll.people import Person


@dataclass(slots=True)
class Punch:
    """What a clock wrote. at: in the clock's own time zone. sequence: given when all punches are known."""

    device_id: str
    badge: str
    direction: str
    at: datetime.datetime
    job_code: str = ""
    sequence: int = 0


@dataclass(slots=True)
class Shift:
    """Work between two punches. work_on: the local date on which it starts. job_code: empty for the own job.

    punch_in, punch_out: None when it was forgotten, so that nobody can know the hours.
    """

    person: Person
    work_on: datetime.date
    punch_in: Punch | None
    punch_out: Punch | None
    job_code: str = ""

    @property
    def seconds(self) -> int:
        """True time between the instants."""
        return round(self.punch_out.at.timestamp() - self.punch_in.at.timestamp())
