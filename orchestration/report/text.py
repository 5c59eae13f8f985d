"""How figures and other people's text are written on the page."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from markupsafe import Markup

from orchestration.collect.readers.common import currency_decimals
from orchestration.outside import shown

MINUS = "\N{MINUS SIGN}"
NOTHING = "\N{EN DASH}"


def visible(value: Any) -> Any:
    """What a template prints. Characters that hide or reorder text stand as their code point, as [U+202E]."""
    if value is None:
        return NOTHING
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    return shown(value, lines=True)


def amount(value: Decimal | None, currency: str | None = None) -> str:
    """An amount with all its decimals, at least those of its currency: nothing is rounded away."""
    return NOTHING if value is None else _decimal(value, currency_decimals(currency or ""))


def quantity(value: Decimal | int | None, measure: str = "") -> str:
    """A number of a control: money with cents, anything else with the decimals it has."""
    is_money = "amount" in measure or "balance" in measure
    return NOTHING if value is None else _decimal(Decimal(value), 2 if is_money else 0)


def count(value: int | None) -> str:
    return NOTHING if value is None else f"{value:,}".replace("-", MINUS)


def hours(value: Decimal | None) -> str:
    return NOTHING if value is None else f"{value:,.1f}".replace("-", MINUS)


def duration(seconds: Decimal | None) -> str:
    """Seconds as people say them: 0.8 s, 42 s, 3 min 05 s, 1 h 12 min."""
    if seconds is None:
        return NOTHING
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02} s"
    return f"{whole // 3600:,} h {whole % 3600 // 60:02} min"


def size(byte_count: int | None) -> str:
    """Bytes with a decimal unit."""
    if byte_count is None:
        return NOTHING
    for unit, factor in (("TB", 10**12), ("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if abs(byte_count) >= factor:
            return f"{byte_count / factor:,.1f} {unit}".replace("-", MINUS)
    return f"{byte_count:,} B".replace("-", MINUS)


def day(value: datetime.date | None) -> str:
    return NOTHING if value is None else value.isoformat()


def long_day(value: datetime.date) -> str:
    """A date in words: Thursday 26 March 2026."""
    return f"{value:%A} {value.day} {value:%B %Y}"


def short_day(value: datetime.date) -> str:
    """A date below an axis: 26 Mar."""
    return f"{value.day} {value:%b}"


def moment(value: datetime.datetime | None) -> str:
    return NOTHING if value is None else f"{value:%Y-%m-%d %H:%M} UTC"


def plural(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun: 1 control, 2 controls."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def _decimal(value: Decimal, least: int) -> str:
    digits = -value.normalize().as_tuple().exponent if value else 0
    return f"{value:,.{max(least, digits)}f}".replace("-", MINUS)
