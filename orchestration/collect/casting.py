"""Strict conversion of delivered columns to the lake's types: exactly, or an error that names the value."""

from __future__ import annotations

from decimal import Decimal

import pyarrow
import pyarrow.compute as pc

from orchestration.errors import TieoutError
from orchestration.lake.schema import INSTANT, MONEY

_FORMS = {
    MONEY: (r"^[+-]?[0-9]{1,23}(\.[0-9]{1,5})?$", "a plain decimal with at most 5 decimals"),
    pyarrow.int64(): (r"^-?[0-9]{1,18}$", "a whole number"),
    pyarrow.bool_(): (r"^(true|false)$", "true or false"),
    pyarrow.date32(): (r"^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}$", "a date as YYYY-MM-DD"),
    INSTANT: (
        r"^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?"
        r"(Z|[+-][0-9]{2}(:?[0-9]{2})?)?$",
        "a timestamp as YYYY-MM-DDTHH:MM:SS, with an offset or in UTC",
    ),
}
_OFFSET = r"(Z|[+-][0-9]{2}(:?[0-9]{2})?)$"


class BadValueError(TieoutError, ValueError):
    """A value that cannot become the column's type. index: its place in the array, from 0.

    wanted: what it should be, without the value."""

    def __init__(self, index: int, value: object, wanted: str) -> None:
        super().__init__(f"{value!r} is not {wanted}")
        self.index = index
        self.wanted = wanted


class BadTypeError(TieoutError, ValueError):
    """The whole column has a type that cannot become the wanted one without guessing."""


def cast_column(values: pyarrow.Array, wanted: pyarrow.DataType) -> pyarrow.Array:
    """The column in the wanted type, without loss. An empty string is null.

    Raises BadValueError for the first value that is not one of the type, BadTypeError for the column.
    """
    if pyarrow.types.is_dictionary(values.type):
        values = values.cast(values.type.value_type)
    if _is_text(values.type):
        return _from_text(values.cast(pyarrow.string()), wanted)
    return _from_typed(values, wanted)


def _is_text(kind: pyarrow.DataType) -> bool:
    return (
        pyarrow.types.is_string(kind)
        or pyarrow.types.is_large_string(kind)
        or pyarrow.types.is_string_view(kind)
    )


def _from_text(values: pyarrow.StringArray, wanted: pyarrow.DataType) -> pyarrow.Array:
    values = pc.if_else(pc.equal(values, ""), None, values)
    if wanted == pyarrow.string():
        return values
    pattern, form = _FORMS[wanted]
    matches = pc.match_substring_regex(values, pattern)
    if pc.all(matches).as_py() is False:
        index = pc.index(matches, False).as_py()
        raise BadValueError(index, values[index].as_py(), form)
    delivered = values
    if wanted == INSTANT:
        has_offset = pc.match_substring_regex(values, _OFFSET)
        values = pc.if_else(has_offset, values, pc.binary_join_element_wise(values, "Z", ""))
    try:
        return values.cast(wanted)
    except pyarrow.ArrowInvalid:
        index = _first_failure(values, wanted)
        raise BadValueError(index, delivered[index].as_py(), form) from None


def _first_failure(values: pyarrow.Array, wanted: pyarrow.DataType) -> int:
    low, high = 0, len(values)
    while high - low > 1:
        middle = (low + high) // 2
        try:
            values[low:middle].cast(wanted)
            low = middle
        except pyarrow.ArrowInvalid:
            high = middle
    return low


def _from_typed(values: pyarrow.Array, wanted: pyarrow.DataType) -> pyarrow.Array:
    if pyarrow.types.is_null(values.type):
        return values.cast(wanted)
    if wanted == MONEY and pyarrow.types.is_floating(values.type):
        return _from_text(_shortest_decimals(values), wanted)
    if not _is_convertible(values.type, wanted):
        raise BadTypeError(f"is of type {values.type}, which cannot become {wanted}")
    try:
        result = values.cast(wanted)
    except pyarrow.ArrowInvalid:
        index = _first_failure(values, wanted)
        raise BadValueError(index, _shown(values[index]), f"exactly representable as {wanted}") from None
    same = pc.equal(result.cast(values.type, safe=False), values)
    if pc.all(same).as_py() is False:
        index = pc.index(same, False).as_py()
        raise BadValueError(index, _shown(values[index]), f"exactly representable as {wanted}")
    return result


def _shown(value: pyarrow.Scalar) -> str:
    """The value as text: Python has no object for nanoseconds."""
    return str(value.cast(pyarrow.string()))


def _shortest_decimals(values: pyarrow.Array) -> pyarrow.StringArray:
    """Floats as the shortest decimals that stand for them: Arrow's own casts round both ways."""
    texts = [None if value is None else format(Decimal(repr(value)), "f") for value in values.to_pylist()]
    return pyarrow.array(texts, pyarrow.string())


def _is_convertible(kind: pyarrow.DataType, wanted: pyarrow.DataType) -> bool:
    types = pyarrow.types
    if wanted == pyarrow.string():
        return types.is_integer(kind)
    if wanted == MONEY:
        return types.is_integer(kind) or types.is_decimal(kind)
    if wanted == pyarrow.int64():
        return types.is_integer(kind) or types.is_decimal(kind) or types.is_floating(kind)
    if wanted == pyarrow.bool_():
        return types.is_boolean(kind)
    if wanted == pyarrow.date32():
        return types.is_date(kind) or types.is_timestamp(kind)
    return types.is_timestamp(kind)
