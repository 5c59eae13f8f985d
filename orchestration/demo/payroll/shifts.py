"""The true shifts of the quarter, and what the clocks were made to write of them."""

from __future__ import annotations

import datetime
from random import Random
from zoneinfo import ZoneInfo

from orchestration.demo.payroll import people
from orchestration.demo.payroll.people import GROUP_OF_NAME, PEOPLE, Person
from orchestration.demo.payroll.periods import Quarter
from orchestration.demo.payroll.punches import Punch, Shift
from orchestration.demo.payroll.truth import PayrollTruth

_ONE_DAY = datetime.timedelta(days=1)
_LUNCH = datetime.timedelta(minutes=30)
# Share of the weeks in which a day worker comes on Saturday too.
_SATURDAY_SHARE = 0.25
SECOND_JOB = "SETUP"
_FAST_CLOCK = "CLK-03"
_SECONDS_A_DAY = datetime.timedelta(seconds=50)


class Work:
    """The shifts of all people with a clock, with their plants; and the punches that belong to no shift."""

    def __init__(self, quarter: Quarter, random: Random, truth: PayrollTruth) -> None:
        self._quarter = quarter
        self._random = random
        self._truth = truth
        self.shifts: list[Shift] = []
        self.stray: list[Punch] = []
        self.hired_on = {people.NEW_HIRE: self._first_monday(46)}
        self.left_on = {people.LEAVER: self._first_monday(52) + 2 * _ONE_DAY}
        # The leaver's badge goes to another employee some days later.
        self.badge_passed_on = self.left_on[people.LEAVER] + 5 * _ONE_DAY
        weekly = quarter.periods_of(PEOPLE[0].pay_group)
        self.zero_net_period = weekly[4]
        self.two_jobs_period = weekly[6]
        self.vacation = [weekly[2].starts_on + offset * _ONE_DAY for offset in (3, 4)]
        self.sick_on = self._first_monday(31)
        for person in PEOPLE:
            if person.pattern:
                self._work(person)
        self._plant()

    def punches(self) -> list[Punch]:
        """Every punch, numbered by its device, in order."""
        punches = [punch for shift in self.shifts for punch in (shift.punch_in, shift.punch_out) if punch]
        punches = sorted(punches + self.stray, key=lambda punch: (punch.device_id, punch.at.timestamp()))
        first = {"CLK-01": 40_211, "CLK-02": 1, "CLK-03": 9_870}
        for punch in punches:
            punch.sequence = first[punch.device_id]
            first[punch.device_id] += 1
        self._drift(punches)
        return punches

    def _drift(self, punches: list[Punch]) -> None:
        """Let a clock run fast, more each day, until it is set right behind the first in of a morning."""
        from_on = self._first_monday(52)
        set_right_on = from_on + 9 * _ONE_DAY
        for punch in punches:
            day = punch.at.date()
            if punch.device_id != _FAST_CLOCK or not from_on <= day <= set_right_on:
                continue
            punch.at = _later(punch.at, _SECONDS_A_DAY * (day - from_on).days)
            if day == set_right_on and punch.direction == "in":
                break
        seconds = int(_SECONDS_A_DAY.total_seconds())
        self._truth.plant(
            "clock_drift",
            None,
            set_right_on,
            f"{_FAST_CLOCK} gains {seconds} seconds a day from {from_on} on, and is set right behind a punch",
        )

    def _first_monday(self, days: int) -> datetime.date:
        day = self._quarter.starts_on + days * _ONE_DAY
        return day + -day.weekday() % 7 * _ONE_DAY

    def is_employed(self, person: Person, day: datetime.date) -> bool:
        """Whether the person works for the company on the day."""
        return self.hired_on.get(person.employee_id, day) <= day <= self.left_on.get(person.employee_id, day)

    def is_absent(self, person: Person, day: datetime.date) -> bool:
        """Whether the person is paid for the day without working."""
        return (
            day in self._quarter.holidays
            or (person.employee_id == PEOPLE[0].employee_id and day in self.vacation)
            or (person.employee_id == people.SICK and day == self.sick_on)
        )

    def _work(self, person: Person) -> None:
        days = self._quarter.days_of(person.pay_group)
        # No period holds the end of a shift over the last midnight.
        for day in days[:-1] if person.pattern.is_overnight else days:
            # One number a day whatever happens, so that a plant moves nothing else.
            comes_on_saturday = self._random.random() < _SATURDAY_SHARE
            if not self.is_employed(person, day) or self.is_absent(person, day):
                continue
            if person.employee_id == people.ZERO_NET and self._is_unpaid(day):
                continue
            if day.weekday() in person.pattern.weekdays:
                self._shift(person, day)
            elif day.weekday() == 5 and comes_on_saturday and not person.pattern.has_lunch:
                self._shift(person, day, hours=5)

    def _is_unpaid(self, day: datetime.date) -> bool:
        period = self.zero_net_period
        return period.starts_on < day <= period.ends_on

    def _shift(self, person: Person, day: datetime.date, hours: int | None = None) -> None:
        pattern = person.pattern
        starts_at = self._wall(person, day, pattern.starts_at, -9, 3)
        if hours is None and person.employee_id == people.ZERO_NET and day == self.zero_net_period.starts_on:
            hours = 4
        if hours is not None:
            minutes = hours * 60 + self._random.randrange(-4, 6)
            ends_at = _later(starts_at, datetime.timedelta(minutes=minutes))
        else:
            last_day = day + pattern.is_overnight * _ONE_DAY
            ends_at = self._wall(person, last_day, pattern.ends_at, -2, 25)
        if self._is_two_jobs(person, day):
            change = _later(starts_at, datetime.timedelta(hours=4))
            self._add(person, day, starts_at, change)
            self._add(person, day, change + datetime.timedelta(seconds=20), ends_at + _LUNCH * 2, SECOND_JOB)
        elif pattern.has_lunch:
            noon = _later(starts_at, datetime.timedelta(hours=4, minutes=self._random.randrange(20)))
            self._add(person, day, starts_at, noon)
            self._add(person, day, noon + _LUNCH, ends_at)
        else:
            self._add(person, day, starts_at, ends_at)

    def _is_two_jobs(self, person: Person, day: datetime.date) -> bool:
        period = self.two_jobs_period
        return person.employee_id == people.TWO_JOBS and period.starts_on <= day <= period.ends_on

    def _wall(
        self, person: Person, day: datetime.date, time: datetime.time, low: int, high: int
    ) -> datetime.datetime:
        """About a time of the wall clock: between so many minutes before or after it."""
        zone = ZoneInfo(GROUP_OF_NAME[person.pay_group].time_zone)
        away = datetime.timedelta(seconds=self._random.randrange(low * 60, high * 60))
        return datetime.datetime.combine(day, time, zone) + away

    def _add(
        self,
        person: Person,
        day: datetime.date,
        starts_at: datetime.datetime,
        ends_at: datetime.datetime,
        job_code: str = "",
    ) -> None:
        badge = person.badge
        if person.employee_id == people.TAKES_BADGE and day >= self.badge_passed_on:
            badge = next(p.badge for p in PEOPLE if p.employee_id == people.LEAVER)
        punch_in = Punch(person.clock, badge, "in", starts_at, job_code)
        punch_out = Punch(person.clock, badge, "out", ends_at, job_code)
        self.shifts.append(Shift(person, day, punch_in, punch_out, job_code))

    def _plant(self) -> None:
        """What goes wrong with punches: forgotten, repeated, or of a badge that nobody holds."""
        for employee, index in (
            (people.FORGETS_OUT, 12),
            (people.FORGETS_OUT, 31),
            (people.NIGHT_WORKER, 20),
        ):
            shift = self._nth(employee, index)
            self._truth.set_aside("no_out", shift.punch_in, shift.person, shift.work_on)
            shift.punch_out = None
        shift = self._nth(people.FORGETS_IN, 17)
        self._truth.set_aside("no_in", shift.punch_out, shift.person, shift.work_on)
        shift.punch_in = None
        for index in (5, 22):
            shift = self._nth(people.DOUBLE_PUNCHER, index)
            first = shift.punch_in if index == 5 else shift.punch_out
            again = Punch(first.device_id, first.badge, first.direction, _later(first.at, _seconds(7)))
            self.stray.append(again)
            self._truth.set_aside("double_punch", again, shift.person, shift.work_on)
        leaver = next(p for p in PEOPLE if p.employee_id == people.LEAVER)
        day = self.left_on[people.LEAVER] + 2 * _ONE_DAY
        strangers = [
            ("badge_not_held", leaver.badge, self._wall(leaver, day, leaver.pattern.starts_at, -9, 3)),
            ("badge_unknown", "B9999", self._wall(leaver, day, leaver.pattern.starts_at, 4, 9)),
        ]
        for kind, badge, at in strangers:
            punch = Punch(leaver.clock, badge, "in", at)
            self.stray.append(punch)
            self._truth.set_aside(kind, punch, None, day)

    def _nth(self, employee_id: str, index: int) -> Shift:
        return [shift for shift in self.shifts if shift.person.employee_id == employee_id][index]


def _seconds(count: int) -> datetime.timedelta:
    return datetime.timedelta(seconds=count)


def _later(at: datetime.datetime, span: datetime.timedelta) -> datetime.datetime:
    """So much true time later, in the same time zone."""
    return (at.astimezone(datetime.UTC) + span).astimezone(at.tzinfo)
