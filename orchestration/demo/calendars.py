"""Business days: of the company, and of the banks of each currency."""

from __future__ import annotations

import datetime

from orchestration.calendars.bank_holidays import bank_holidays
from orchestration.demo import company

_ONE_DAY = datetime.timedelta(days=1)
# Calendar days known past the last business day: more than the longest lag of any event.
_MARGIN_DAYS = 60


class Calendars:
    """The days of one run. company_days: weekdays on which the banks of at least one currency are open."""

    def __init__(self, start_on: datetime.date, days: int) -> None:
        span = days * 2 + _MARGIN_DAYS * 2
        years = range(start_on.year, (start_on + datetime.timedelta(days=span)).year + 1)
        closed: dict[str, set[datetime.date]] = {"US": set(), "TARGET": set()}
        for holiday in bank_holidays(years):
            if holiday.calendar_code in closed:
                closed[holiday.calendar_code].add(holiday.holiday_on)
        weekdays = [
            day for offset in range(span) if (day := start_on + datetime.timedelta(days=offset)).weekday() < 5
        ]
        self._open_days = {
            currency: [day for day in weekdays if day not in closed[calendar]]
            for currency, calendar in company.CALENDAR_OF_CURRENCY.items()
        }
        self._open_sets = {currency: frozenset(days) for currency, days in self._open_days.items()}
        open_anywhere = [day for day in weekdays if any(day in days for days in self._open_sets.values())]
        self.company_days = open_anywhere[:days]
        self.last_on = self.company_days[-1]
        self._company_index = _next_indexes(open_anywhere, start_on, span)
        self._all_company_days = open_anywhere
        self._bank_index = {
            currency: _next_indexes(days, start_on, span) for currency, days in self._open_days.items()
        }

    def is_open(self, currency: str, day: datetime.date) -> bool:
        """Whether the banks of the currency settle on the day."""
        return day in self._open_sets[currency]

    def bank_day(self, currency: str, day: datetime.date, later: int = 0) -> datetime.date:
        """The first open bank day on or after the day, and so many open days later."""
        return self._open_days[currency][self._bank_index[currency][day] + later]

    def company_day(self, day: datetime.date, later: int = 0) -> datetime.date:
        """The first company day on or after the day, and so many company days later."""
        return self._all_company_days[self._company_index[day] + later]

    def bank_days(self, currency: str) -> list[datetime.date]:
        """The open bank days of the run."""
        return [day for day in self._open_days[currency] if self.company_days[0] <= day <= self.last_on]


def _next_indexes(days: list[datetime.date], start_on: datetime.date, span: int) -> dict[datetime.date, int]:
    """For each calendar day, the index of the first of the days on or after it."""
    indexes: dict[datetime.date, int] = {}
    index = 0
    for offset in range(span):
        day = start_on + offset * _ONE_DAY
        while index < len(days) and days[index] < day:
            index += 1
        indexes[day] = index
    return indexes


def week_start(day: datetime.date) -> datetime.date:
    """The Monday of the day's week."""
    return day - datetime.timedelta(days=day.weekday())


def has_holiday_between(
    calendars: Calendars, currency: str, first: datetime.date, last: datetime.date
) -> bool:
    """Whether a weekday on which the currency's banks are closed lies between the two days."""
    day = min(first, last)
    while day < max(first, last):
        if day.weekday() < 5 and not calendars.is_open(currency, day):
            return True
        day += _ONE_DAY
    return False
