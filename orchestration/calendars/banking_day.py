"""The days on which banks settle, by the holidays of one settlement calendar."""

from __future__ import annotations

import datetime
from collections.abc import Container
from typing import Literal


def is_banking_day(day: datetime.date, bank_holidays: Container[datetime.date]) -> bool:
    """Whether banks settle on the day: no Saturday, no Sunday, no bank holiday."""
    return day.weekday() < 5 and day not in bank_holidays


def banking_day(
    day: datetime.date, bank_holidays: Container[datetime.date], when_closed: Literal["before", "after"]
) -> datetime.date:
    """The day itself where banks settle, or the nearest banking day before or after it.

    bank_holidays: the days of the scheme's settlement calendar (seed bank_holidays: US for NACHA, TARGET
    for SEPA).
    """
    step = datetime.timedelta(days=-1 if when_closed == "before" else 1)
    while not is_banking_day(day, bank_holidays):
        day += step
    return day
