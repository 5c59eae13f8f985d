"""Money as whole minor units (cents), and its text. Exact by construction: no fractions occur."""

from __future__ import annotations

from decimal import Decimal


def plain(minor_units: int) -> str:
    """Signed, with a decimal point and two places: -1254.00."""
    sign, size = ("-", -minor_units) if minor_units < 0 else ("", minor_units)
    return f"{sign}{size // 100}.{size % 100:02d}"


def decimal_comma(minor_units: int) -> str:
    """Unsigned, with a decimal comma, as SWIFT messages write it: 1254,00."""
    size = abs(minor_units)
    return f"{size // 100},{size % 100:02d}"


def as_decimal(minor_units: int) -> Decimal:
    """The amount in whole currency units, with two places."""
    return Decimal(minor_units).scaleb(-2)
