"""Punches of time clocks: JSON lines, one object a line, in the columns of rows.Punch.

Arrow reads a block of lines at a time. Only a block that it refuses, or whose values are wrong, is read again
line by line, to say which line it is and why. No message repeats a value: a punch belongs to a person.
"""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple, NoReturn

import pyarrow
import pyarrow.compute as pc
import pyarrow.json

from orchestration.collect.casting import BadValueError, cast_column
from orchestration.collect.counted import Counted
from orchestration.collect.landing import PUNCHES
from orchestration.lake.datasets import required_columns
from orchestration.lake.errors import UnreadableFile
from orchestration.lake.schema import FIRST_DATE, INSTANT, LAST_DATE
from orchestration.lake.spool import Rows, with_lineage

log = logging.getLogger(__name__)

_BLOCK_BYTES = 4 << 20
# What follows it is still a number to the models.
_LAST_SEQUENCE = 10**18
# A punch has some 150 bytes.
_LINE_BYTES = 65_536
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_AS_WRITTEN = pyarrow.schema(
    [
        ("device_id", pyarrow.string()),
        ("sequence", pyarrow.int64()),
        ("badge", pyarrow.string()),
        ("direction", pyarrow.string()),
        ("job_code", pyarrow.string()),
        ("punched_at", pyarrow.string()),
    ]
)
_REQUIRED = required_columns(PUNCHES) - {"line_number"}
_PUNCHED_AT = (
    r"^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?"
    r"(Z|[+-](0[0-9]|1[0-4])(:?[0-5][0-9])?)$"
)
_PUNCHED_AT_IN_WORDS = "a timestamp as YYYY-MM-DDTHH:MM:SS with an offset"


class _Block(NamedTuple):
    """Whole lines of a file. lines: with text, trimmed. numbers: of these lines, from 1 in the file."""

    data: bytes
    lines: pyarrow.StringArray
    numbers: pyarrow.Int64Array


def read_punch_file(stream: BinaryIO, path: str, spool: Rows, file_hash: str, load_id: str) -> Counted:
    """Spool every punch of the file and count them. Raises UnreadableFile."""
    counted = Counted()
    unknown: dict[str, None] = {}
    for block in _blocks(stream):
        if not len(block.lines):
            continue
        unknown |= dict.fromkeys(_unknown_keys(block.lines[0].as_py()))
        columns = _columns(block)
        count = len(block.lines)
        spool.write(PUNCHES, with_lineage(PUNCHES, [block.numbers, *columns], count, file_hash, load_id))
        counted.record_count += count
    if unknown:
        log.info("%s: keys ignored: %s", path, ", ".join(unknown))
    return counted


def _blocks(stream: BinaryIO) -> Iterator[_Block]:
    first, rest = 1, b""
    is_start = True
    while data := stream.read(_BLOCK_BYTES):
        if is_start:
            data, is_start = data.removeprefix(_BYTE_ORDER_MARK), False
        end = data.rfind(b"\n") + 1
        if not end:
            rest += data
            if len(rest) > _LINE_BYTES:
                raise UnreadableFile(f"has more than {_LINE_BYTES} bytes", f"line {first}")
            continue
        block, first = _block(rest + data[:end], first)
        rest = data[end:]
        yield block
    yield _block(rest, first)[0]


def _block(data: bytes, first: int) -> tuple[_Block, int]:
    """The lines of the bytes, of which the first has the number given, and the number after the last."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        number = first + data.count(b"\n", 0, error.start)
        raise UnreadableFile(f"is not UTF-8: byte 0x{data[error.start]:02X}", f"line {number}") from None
    lines = pc.split_pattern(pyarrow.array([text]), "\n").values
    numbers = pyarrow.arange(first, first + len(lines))
    too_long = pc.index(pc.greater(pc.binary_length(lines), _LINE_BYTES), True).as_py()
    if too_long >= 0:
        raise UnreadableFile(f"has more than {_LINE_BYTES} bytes", f"line {numbers[too_long]}")
    after = first + len(lines) - 1
    lines = pc.ascii_trim_whitespace(lines)
    is_filled = pc.not_equal(lines, "")
    return _Block(data, lines.filter(is_filled), numbers.filter(is_filled)), after


def _columns(block: _Block) -> list[pyarrow.Array]:
    """The block's columns in the dataset's types and order."""
    # Whatever starts and ends like an object and gives as many objects as there are lines is one a line.
    is_object = pc.and_(pc.starts_with(block.lines, "{"), pc.ends_with(block.lines, "}"))
    if not pc.all(is_object).as_py():
        _explain(block)
    try:
        table = _parse(block.data)
    except pyarrow.ArrowMemoryError:
        raise
    except pyarrow.ArrowException:
        _explain(block)
    if table.num_rows != len(block.lines):
        _explain(block)
    columns = {name: table.column(name).combine_chunks() for name in _AS_WRITTEN.names}
    for name in _REQUIRED:
        if columns[name].null_count:
            _explain(block)
    for name in ("device_id", "badge"):
        if pc.any(pc.equal(pc.utf8_trim_whitespace(columns[name]), "")).as_py():
            _explain(block)
    if not (
        pc.all(pc.is_in(columns["direction"], pyarrow.array(["in", "out"]))).as_py()
        and pc.all(pc.greater_equal(columns["sequence"], 0)).as_py()
        and pc.all(pc.less_equal(columns["sequence"], _LAST_SEQUENCE)).as_py()
        and pc.all(pc.match_substring_regex(columns["punched_at"], _PUNCHED_AT)).as_py()
    ):
        _explain(block)
    try:
        columns["punched_at"] = cast_column(columns["punched_at"], INSTANT)
    except BadValueError as error:
        raise UnreadableFile(
            f"punched_at is not {_PUNCHED_AT_IN_WORDS}", f"line {block.numbers[error.index]}"
        ) from None
    _check_instants(columns["punched_at"], block.numbers)
    return list(columns.values())


def _parse(data: bytes) -> pyarrow.Table:
    """Objects one after the other, with the known keys in the types of _AS_WRITTEN."""
    return pyarrow.json.read_json(
        io.BytesIO(data),
        read_options=pyarrow.json.ReadOptions(use_threads=False, block_size=len(data) + 1),
        parse_options=pyarrow.json.ParseOptions(
            explicit_schema=_AS_WRITTEN, unexpected_field_behavior="ignore"
        ),
    )


def _check_instants(instants: pyarrow.Array, numbers: pyarrow.Int64Array) -> None:
    years = pc.year(instants)
    is_outside = pc.or_(pc.less(years, FIRST_DATE.year), pc.greater(years, LAST_DATE.year))
    index = pc.index(is_outside, True).as_py()
    if index >= 0:
        raise UnreadableFile(
            f"punched_at is not between {FIRST_DATE} and {LAST_DATE}", f"line {numbers[index]}"
        )


def _explain(block: _Block) -> NoReturn:
    """Raises UnreadableFile for the first line that is no punch."""
    numbered = list(zip(block.lines.to_pylist(), block.numbers.to_pylist(), strict=True))
    for line, number in numbered:
        wrong = _fault(line)
        if wrong is not None:
            raise UnreadableFile(wrong, f"line {number}")
    for line, number in numbered:  # Python's JSON forgives more than Arrow's
        try:
            _parse(line.encode())
        except pyarrow.ArrowException:
            raise UnreadableFile("is not a punch as JSON", f"line {number}") from None
    raise UnreadableFile("is not a file of punches")


def _fault(line: str) -> str | None:
    """What is wrong with a line, without any of its values."""
    try:
        pairs = json.loads(line, object_pairs_hook=_Pairs)
    except json.JSONDecodeError as error:
        return f"is not one JSON object: {error.msg} at character {error.colno}"
    except RecursionError:
        return "is not one JSON object: it is nested too deeply"
    except ValueError:  # a number of more digits than Python converts
        return "is not one JSON object: a number is too long"
    if not isinstance(pairs, _Pairs):
        return "is not a JSON object"
    names = [name for name, _ in pairs]
    twice = next((name for name in _AS_WRITTEN.names if names.count(name) > 1), None)
    if twice:
        return f"{twice} is given twice"
    return next(
        filter(None, (_wrong_value(field, dict(pairs).get(field.name)) for field in _AS_WRITTEN)), None
    )


class _Pairs(list):
    """A JSON object as its pairs, so that a key given twice is seen."""


def _wrong_value(field: pyarrow.Field, value: object) -> str | None:
    name = field.name
    if value is None:
        return f"{name} is missing" if name in _REQUIRED else None
    if name == "sequence":
        is_right = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _LAST_SEQUENCE
        return None if is_right else f"{name} is not a whole number from 0 to {_LAST_SEQUENCE:,}"
    if not isinstance(value, str):
        return f"{name} is not text"
    if any("\ud800" <= character <= "\udfff" for character in value):
        return f"{name} holds half a character"
    if name in ("device_id", "badge") and not value.strip():
        return f"{name} is blank"
    if name == "direction" and value not in ("in", "out"):
        return f"{name} is not in or out"
    if name == "punched_at" and not pc.match_substring_regex(pyarrow.array([value]), _PUNCHED_AT)[0].as_py():
        return f"{name} is not {_PUNCHED_AT_IN_WORDS}"
    return None


def _unknown_keys(line: str) -> list[str]:
    """The keys of a block's first line that no column takes: a device writes all its lines alike."""
    try:
        punch = json.loads(line)
    except (ValueError, RecursionError):
        return []
    names = punch if isinstance(punch, dict) else []
    return [ascii(name[:40]) for name in names if name not in _AS_WRITTEN.names]
