"""The business date of a moment: orchestration's only use of the clock.

A date is a business date when it is no weekend and no bank holiday of every calendar of
seeds/reference/currency_calendars.csv: a day on which at least one of the banks works.
"""

from __future__ import annotations

import csv
import datetime
from functools import cache

from orchestration.settings import PROJECT_DIR

_SEEDS = PROJECT_DIR / "seeds" / "reference"


@cache
def common_holidays() -> frozenset[datetime.date]:
    """The dates on which every calendar has a bank holiday."""
    calendars = {row["calendar_code"] for row in _rows("currency_calendars")}
    closed: dict[datetime.date, set[str]] = {}
    for row in _rows("bank_holidays"):
        if row["calendar_code"] in calendars:
            closed.setdefault(datetime.date.fromisoformat(row["holiday_on"]), set()).add(row["calendar_code"])
    return frozenset(date for date, codes in closed.items() if codes == calendars)


def is_business_date(date: datetime.date) -> bool:
    """Whether at least one of the banks works."""
    return date.isoweekday() <= 5 and date not in common_holidays()


def business_date_on_or_before(date: datetime.date) -> datetime.date:
    """The date itself, or else the last business date before it."""
    while not is_business_date(date):
        date -= datetime.timedelta(days=1)
    return date


def last_business_date_of_month(date: datetime.date) -> datetime.date:
    """The last business date of the month that a date is in."""
    next_month = (date.replace(day=28) + datetime.timedelta(days=4)).replace(day=1)
    return business_date_on_or_before(next_month - datetime.timedelta(days=1))


def is_within(moment: datetime.time, window: tuple[datetime.time, datetime.time]) -> bool:
    """Whether a time of day is in a half-open window, which may pass midnight. Equal ends: the whole day."""
    start, end = window
    if start < end:
        return start <= moment < end
    return moment >= start or moment < end


def _rows(seed: str) -> list[dict[str, str]]:
    with (_SEEDS / f"{seed}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))
