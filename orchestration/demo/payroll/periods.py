"""Pay periods of a quarter, and the days on which nobody works."""

from __future__ import annotations

import datetime
from collections import Counter
from typing import NamedTuple

from orchestration.calendars.bank_holidays import bank_holidays
from orchestration.demo.payroll.people import PAY_GROUPS

_ONE_DAY = datetime.timedelta(days=1)
# Days from the end of a period of hours to its payday, a Friday.
_DAYS_TO_FRIDAY = {"weekly": 5, "biweekly": 6}


class Period(NamedTuple):
    """One pay period. ends_on: its last day."""

    pay_period_id: str
    pay_group: str
    starts_on: datetime.date
    ends_on: datetime.date
    paid_on: datetime.date


class Quarter:
    """The quarter of a day. holidays: the days on which US banks are closed."""

    def __init__(self, day: datetime.date) -> None:
        self.starts_on = datetime.date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
        self.ends_on = _month_start(self.starts_on, 3) - _ONE_DAY
        self.holidays = frozenset(
            holiday.holiday_on
            for holiday in bank_holidays(range(day.year - 1, day.year + 2))
            if holiday.calendar_code == "US"
        )
        self.periods = self._periods()

    def _periods(self) -> list[Period]:
        """Those that end within the quarter, group by group in order."""
        periods = []
        for group in PAY_GROUPS:
            if group.frequency in _DAYS_TO_FRIDAY:
                spans = self._weeks(group.frequency, group.workweek_starts_on)
            else:
                spans = self._months(group.frequency)
            numbers: Counter[int] = Counter()
            for starts_on, ends_on in spans:
                paid_on = self.bank_day(ends_on + datetime.timedelta(_DAYS_TO_FRIDAY.get(group.frequency, 0)))
                numbers[paid_on.year] += 1
                period_id = f"{group.pay_group}-{paid_on.year}-{numbers[paid_on.year]:02d}"
                periods.append(Period(period_id, group.pay_group, starts_on, ends_on, paid_on))
        return periods

    def _weeks(self, frequency: str, first_weekday: int) -> list[tuple[datetime.date, datetime.date]]:
        days = 7 if frequency == "weekly" else 14
        start = self.starts_on - (self.starts_on.isoweekday() - first_weekday) % 7 * _ONE_DAY
        spans = []
        while (end := start + (days - 1) * _ONE_DAY) <= self.ends_on:
            spans.append((start, end))
            start = end + _ONE_DAY
        return spans

    def _months(self, frequency: str) -> list[tuple[datetime.date, datetime.date]]:
        spans = []
        for index in range(3):
            first, after = _month_start(self.starts_on, index), _month_start(self.starts_on, index + 1)
            middle = first.replace(day=16)
            spans += (
                [(first, after - _ONE_DAY)]
                if frequency == "monthly"
                else [(first, middle - _ONE_DAY), (middle, after - _ONE_DAY)]
            )
        return spans

    def bank_day(self, day: datetime.date) -> datetime.date:
        """The last open bank day on or before the day."""
        while day.weekday() > 4 or day in self.holidays:
            day -= _ONE_DAY
        return day

    def periods_of(self, pay_group: str) -> list[Period]:
        """The group's periods in order."""
        return [period for period in self.periods if period.pay_group == pay_group]

    def period_on(self, pay_group: str, day: datetime.date) -> Period | None:
        """The group's period that holds the day."""
        return next((p for p in self.periods_of(pay_group) if p.starts_on <= day <= p.ends_on), None)

    def days_of(self, pay_group: str) -> list[datetime.date]:
        """The days of the group's periods."""
        first, last = self.periods_of(pay_group)[0].starts_on, self.periods_of(pay_group)[-1].ends_on
        return [first + offset * _ONE_DAY for offset in range((last - first).days + 1)]


def _month_start(day: datetime.date, later: int) -> datetime.date:
    month = day.month - 1 + later
    return datetime.date(day.year + month // 12, month % 12 + 1, 1)
