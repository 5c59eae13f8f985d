"""Rows as a spreadsheet opens them by double click: every decimal of an amount, and no text that runs."""

from __future__ import annotations

import csv
import datetime
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, TextIO

from orchestration.report import text

# The last four are wide, and Excel takes them for the first.
_FORMULA = ("=", "+", "-", "@", "\t", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def write_csv(stream: TextIO, columns: Sequence[str], rows: Iterable[Iterable[Any]]) -> int:
    """Write a heading and rows, the lines ending in a line feed. Returns the number of rows."""
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    row_count = 0
    for row in rows:
        writer.writerow([_cell(value) for value in row])
        row_count += 1
    return row_count


def _cell(value: Any) -> Any:
    """A value as a CSV file holds it. Text that a spreadsheet would run as a formula gets an apostrophe."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return text.quantity(value, "amount").replace(",", "").replace(text.MINUS, "-")
    if isinstance(value, datetime.datetime):
        return f"{value:%Y-%m-%dT%H:%M:%SZ}"
    if isinstance(value, str):
        # A carriage return, which csv does not quote, would begin a row, and a formula with it.
        value = value.replace("\r\n", "\n").replace("\r", "\n")
        return f"'{value}" if value.startswith(_FORMULA) else value
    return value
