"""HR exports: employees, badges, pay groups, periods, rates, elections, accounts, items, leave and
opening balances.

They are tables like ledger exports. What is checked here needs no other record; whether an employee exists or
an account can be paid is for the models. No message repeats a value.
"""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import BinaryIO, NamedTuple

import pyarrow
import pyarrow.compute as pc

from orchestration.collect.counted import Counted
from orchestration.collect.landing import HR_PREFIX
from orchestration.collect.ledger_files import Chunk, convert, table_chunks, tally
from orchestration.lake.datasets import required_columns
from orchestration.lake.errors import UnreadableFile
from orchestration.lake.schema import MONEY
from orchestration.lake.spool import Rows
from orchestration.outside import PLAIN_NAME, PLAIN_NAME_IN_WORDS


class _Rule(NamedTuple):
    """What each value of a column must be; a blank one is right. is_right: values to booleans."""

    expected: str
    is_right: Callable[[pyarrow.Array], pyarrow.Array]


def _one_of(*values: str) -> _Rule:
    return _Rule(f"one of {', '.join(values)}", lambda array: pc.is_in(array, pyarrow.array(values)))


def _like(pattern: str, expected: str) -> _Rule:
    return _Rule(expected, lambda array: pc.match_substring_regex(array, pattern))


def _between(lowest: int, highest: int, expected: str | None = None) -> _Rule:
    def is_right(array: pyarrow.Array) -> pyarrow.Array:
        low, high = (pyarrow.scalar(Decimal(bound), MONEY).cast(array.type) for bound in (lowest, highest))
        return pc.and_(pc.greater_equal(array, low), pc.less_equal(array, high))

    return _Rule(expected or f"from {lowest:,} to {highest:,}", is_right)


@lru_cache(maxsize=1)
def _time_zones() -> pyarrow.Array:
    return pyarrow.array(sorted(zoneinfo.available_timezones()))


# What pay is calculated with: its products, and its sums over a year of 8,784 hours, are held exactly.
_AMOUNT = _between(0, 10**10)
_SIGNED_AMOUNT = _between(-(10**10), 10**10)
_HOURS = _between(0, 10_000)
_COUNT = _between(0, 1_000_000)
_MOST_PERCENT = 1_000
_STATE = _like("^[A-Z]{2}$", "a state's code of two capital letters")
_RULES: dict[str, dict[str, _Rule]] = {
    "employees": {"work_state": _STATE, "home_state": _STATE},
    "badges": {},
    "pay_groups": {
        "frequency": _one_of("weekly", "biweekly", "semimonthly", "monthly"),
        "time_zone": _Rule("an IANA time zone", lambda array: pc.is_in(array, _time_zones())),
        "workweek_starts_on": _between(1, 7, "a weekday from 1 for Monday to 7 for Sunday"),
        "workday_starts_hour": _between(0, 23, "an hour from 0 to 23"),
    },
    # The period names its payment files.
    "pay_periods": {
        "pay_period_id": _like(f"^{PLAIN_NAME}$", PLAIN_NAME_IN_WORDS),
        "kind": _one_of("regular", "bonus", "final", "correction", "reissue"),
    },
    "pay_rates": {"rate_kind": _one_of("hourly", "salary"), "rate": _AMOUNT},
    "tax_elections": {
        "jurisdiction": _like("^[A-Z]{2}$", "US or a state's code of two capital letters"),
        "filing_status": _one_of("single", "married_jointly", "head_of_household"),
        "dependents_amount": _AMOUNT,
        "other_income_amount": _AMOUNT,
        "deductions_amount": _AMOUNT,
        "extra_withholding_amount": _AMOUNT,
        "allowances": _COUNT,
        "form_year": _between(1987, 2100, "a year from 1987 to 2100"),
    },
    "bank_details": {
        "priority": _COUNT,
        "account_kind": _one_of("checking", "savings"),
        "split_kind": _one_of("amount", "percentage", "remainder"),
        "split_value": _AMOUNT,
    },
    "recurring_items": {
        "calculation": _one_of("amount", "percentage"),
        "value": _AMOUNT,
        "yearly_limit": _AMOUNT,
        "total_limit": _AMOUNT,
        "order_kind": _one_of("support", "tax_levy", "student_loan", "creditor"),
    },
    "one_time_items": {"amount": _SIGNED_AMOUNT, "hours": _between(-10_000, 10_000)},
    "leave": {"hours": _HOURS},
    "opening_balances": {
        "tax_year": _between(2000, 2100, "a year from 2000 to 2100"),
        "balance_kind": _one_of("wages", "item", "leave"),
        "jurisdiction": _like("^[A-Z]{2}$", "US or a state's code of two capital letters"),
        "amount": _SIGNED_AMOUNT,
    },
}


# The columns that say that another one is a percentage.
_PERCENTAGES = {
    "recurring_items": {"calculation": "value"},
    "bank_details": {"split_kind": "split_value"},
}


def read_hr_file(
    stream: BinaryIO, path: str, source: str, spool: Rows, file_hash: str, load_id: str
) -> Counted:
    """Spool every record of the export and count them. Raises UnreadableFile."""
    chunks, unit = table_chunks(stream, path, source)
    counted = Counted()
    for chunk in chunks:
        batch = convert_hr(chunk, source, unit, file_hash, load_id)
        tally(batch, source, counted)
        spool.write(source, batch)
    return counted


def convert_hr(chunk: Chunk, source: str, unit: str, file_hash: str, load_id: str) -> pyarrow.RecordBatch:
    """The chunk in the dataset's types. Raises UnreadableFile naming the unit's number and the column."""
    batch = convert(chunk, source, unit, file_hash, load_id)

    def refuse_where(is_wrong: pyarrow.Array, reason: str) -> None:
        index = pc.index(is_wrong, True).as_py()
        if index >= 0:
            raise UnreadableFile(reason, f"{unit} {batch.column('line_number')[index]}")

    for name in batch.schema.names:
        if name in required_columns(source) and pyarrow.types.is_string(batch.schema.field(name).type):
            blank = pc.equal(pc.utf8_trim_whitespace(batch.column(name)), "")
            refuse_where(blank, f"{name} is blank")
    entity = source.removeprefix(HR_PREFIX)
    for name, rule in _RULES[entity].items():
        values = batch.column(name)
        is_wrong = pc.and_(pc.is_valid(values), pc.invert(rule.is_right(values)))
        refuse_where(is_wrong, f"{name} is not {rule.expected}")
    if entity == "pay_periods":
        refuse_where(
            pc.less(batch.column("ends_on"), batch.column("starts_on")), "ends_on is before starts_on"
        )
    for kind, value in _PERCENTAGES.get(entity, {}).items():
        is_percentage = pc.equal(batch.column(kind), "percentage")
        is_too_much = pc.greater(batch.column(value), pyarrow.scalar(Decimal(_MOST_PERCENT), MONEY))
        refuse_where(pc.and_(is_percentage, is_too_much), f"{value} is more than {_MOST_PERCENT:,} percent")
    if entity == "bank_details":
        has_value = pc.is_valid(batch.column("split_value"))
        needs_value = pc.not_equal(batch.column("split_kind"), "remainder")
        refuse_where(
            pc.xor(has_value, needs_value),
            "split_value must be given for an amount or a percentage, and only then",
        )
    return batch
