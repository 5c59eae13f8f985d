"""The days of the books: when the banks work, and where a delay ends."""

from __future__ import annotations

import datetime
from functools import cache

FIRST_DAY = datetime.date(2026, 1, 5)
LAST_DAY = datetime.date(2026, 3, 31)
OPENING_DAY = datetime.date(2026, 1, 2)
# Month and day, in the quarter of the books.
HOLIDAYS: dict[str, set[tuple[int, int]]] = {
    "US": {(1, 19), (2, 16)},
    "EU": set(),
    "GB": set(),
    "NO": set(),
    "BR": {(2, 16), (2, 17)},
    "JP": {(1, 12), (2, 11), (2, 23), (3, 20)},
    "IN": {(1, 26), (3, 4)},
    "GR": {(1, 6), (2, 23), (3, 25)},
    "PL": {(1, 6)},
    "KR": {(2, 16), (2, 17), (2, 18), (3, 2)},
}


@cache
def business_days(country: str) -> list[datetime.date]:
    """The days from the first to the last on which the country's banks book."""
    span = (LAST_DAY - FIRST_DAY).days + 1
    days = [FIRST_DAY + datetime.timedelta(days=number) for number in range(span)]
    return [day for day in days if is_business_day(day, country)]


def is_business_day(day: datetime.date, country: str) -> bool:
    """Neither a weekend nor a holiday."""
    return day.weekday() < 5 and (day.month, day.day) not in HOLIDAYS[country]


def later(day: datetime.date, count: int, country: str) -> datetime.date:
    """The day so many business days on."""
    while count > 0:
        day += datetime.timedelta(days=1)
        count -= is_business_day(day, country)
    return day


def not_before(day: datetime.date, country: str) -> datetime.date:
    """The day itself, or the next on which banks book."""
    return day if is_business_day(day, country) else later(day, 1, country)
