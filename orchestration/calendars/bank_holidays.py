"""The bank holidays seed, written from the `holidays` library: `tieout bank-holidays`.

A calendar is a settlement calendar, not a country: a US bank holiday that falls on a Saturday is not
moved to the Friday before, one that falls on a Sunday is observed on the Monday after.
Source: Federal Reserve Financial Services holiday schedule; ECB TARGET calendar; gov.uk bank holidays.
"""

from __future__ import annotations

import csv
import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import holidays

from orchestration.settings import PROJECT_DIR

SEED = PROJECT_DIR / "seeds" / "reference" / "bank_holidays.csv"
YEARS = range(2000, 2041)


class BankHoliday(NamedTuple):
    """One day on which a calendar's banks do not settle."""

    calendar_code: str
    holiday_on: datetime.date
    holiday_name: str


def bank_holidays(years: range = YEARS) -> Iterator[BankHoliday]:
    """Every bank holiday of every calendar, ordered by calendar and date."""
    for day, name in sorted(holidays.country_holidays("GB", subdiv="ENG", years=years).items()):
        yield BankHoliday("GB", day, name)
    for day, name in sorted(holidays.financial_holidays("ECB", years=years).items()):
        yield BankHoliday("TARGET", day, name)
    yield from sorted(_federal_reserve(years))


def _federal_reserve(years: range) -> Iterator[BankHoliday]:
    for day, name in holidays.country_holidays("US", years=years, observed=False).items():
        if day.weekday() == 6:
            yield BankHoliday("US", day + datetime.timedelta(days=1), f"{name} (observed)")
        elif day.weekday() != 5:
            yield BankHoliday("US", day, name)


def write_seed(path: Path = SEED) -> int:
    """Write the seed and return its number of rows."""
    rows = list(bank_holidays())
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(BankHoliday._fields)
        writer.writerows(rows)
    return len(rows)
