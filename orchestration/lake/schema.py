"""How rows are stored: the Arrow types of the lake, the limits of their values, and every row's lineage.

Amounts are decimals with five places, the most a CAMT message may carry. What a dataset holds is in datasets.
"""

from __future__ import annotations

import datetime
import typing
from decimal import Decimal

import pyarrow

MONEY = pyarrow.decimal128(28, 5)
INSTANT = pyarrow.timestamp("us", tz="UTC")

# The days that the warehouse's calendar knows (vars calendar_start and calendar_end of dbt_project.yml).
# A date outside them is a slip, and a file that holds one is not read.
FIRST_DATE = datetime.date(1980, 1, 1)
LAST_DATE = datetime.date(2079, 12, 31)

# The models compare amounts in cents as 64-bit integers and add up many of them. An amount of sixteen digits
# before the point is a barcode or an account number, and a file that holds one is not read.
AMOUNT_LIMIT = Decimal(10) ** 15

LINEAGE = [("file_hash", pyarrow.string()), ("load_id", pyarrow.string())]

_ARROW_TYPES = {
    str: pyarrow.string(),
    int: pyarrow.int64(),
    bool: pyarrow.bool_(),
    Decimal: MONEY,
    datetime.date: pyarrow.date32(),
    datetime.datetime: INSTANT,
}


def arrow_schema(row_type: type) -> pyarrow.Schema:
    """The Arrow schema of a row type's dataset, lineage columns last."""
    hints = typing.get_type_hints(row_type)
    fields = [(name, _ARROW_TYPES[_without_none(hint)]) for name, hint in hints.items()]
    return pyarrow.schema(fields + LINEAGE)


def _without_none(hint: object) -> type:
    return next(t for t in getattr(hint, "__args__", (hint,)) if t is not type(None))
