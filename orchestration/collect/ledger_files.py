"""Ledger exports, CSV and Parquet: columns found by name, every value converted strictly.

Decision files and HR files are tables too and are read by the same functions. What is said of an HR file
never repeats a value of it, not even the header's: a file in disorder may hold a name or an account anywhere.
"""

from __future__ import annotations

import csv
import functools
import io
import logging
from collections.abc import Collection, Iterator
from decimal import Decimal
from typing import BinaryIO, NamedTuple

import pyarrow
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from orchestration.collect.casting import BadTypeError, BadValueError, cast_column
from orchestration.collect.counted import Counted
from orchestration.collect.landing import ACCOUNTS, DECISIONS, DOCUMENT_FACTS, JOURNAL
from orchestration.lake.datasets import DATASETS, is_private, required_columns
from orchestration.lake.errors import UnreadableFile
from orchestration.lake.schema import LINEAGE
from orchestration.lake.spool import Rows, with_lineage
from orchestration.outside import shown

log = logging.getLogger(__name__)

# An export made before these columns existed need not have them.
_MAY_BE_ABSENT = {
    JOURNAL: {"original_currency", "original_amount", "company", "fiscal_year", "bank_account"},
    ACCOUNTS: {"bank_id", "closed_on"},
    DECISIONS: {"until_on", "difference", "unit"},
    "hr_employees": {"home_state"},
    "hr_pay_groups": {"workday_starts_hour"},
    "hr_pay_periods": {"kind", "items"},
    "hr_tax_elections": {"form_year"},
    "hr_recurring_items": {"order_id", "order_kind", "supports_another_family", "is_in_arrears"},
    DOCUMENT_FACTS: {"handed_in_by", "merchant", "document_number", "tax_amount", "handed_in_on"},
}
# Columns at the end of a dataset that no file may give, because collection notes them.
_NOTED = {DECISIONS: ("decider", "not_red", "signed_with")}
# Whose unknown columns refuse the file: its author means something by each.
_READ_WHOLE = {DECISIONS}
_HEADER_BYTES = 65_536
_BLOCK_BYTES = 8 << 20
_PARQUET_BATCH_ROWS = 65_536
_SHOWN = 20


class Chunk(NamedTuple):
    """Some records as delivered. line_numbers: int64. columns: by the contract's name, any type; optional
    ones may be missing."""

    line_numbers: pyarrow.Array
    columns: dict[str, pyarrow.Array]


def contract_columns(source: str) -> list[str]:
    """The names a ledger table or export may have, in the dataset's order."""
    own = DATASETS[source].names[: -len(LINEAGE)]
    return [name for name in own if name != "line_number" and name not in _NOTED.get(source, ())]


def delivered_columns(names: Collection[str], source: str) -> list[str]:
    """The contract's columns that stand among the names, in the dataset's order."""
    return [name for name in contract_columns(source) if name in names]


def ledger_format(stream: BinaryIO) -> str:
    """ "parquet" or "csv", by content. Leaves the stream at its start."""
    head = stream.read(4)
    stream.seek(0)
    return "parquet" if head == b"PAR1" else "csv"


def read_ledger_file(
    stream: BinaryIO, path: str, source: str, spool: Rows, file_hash: str, load_id: str
) -> Counted:
    """Spool every record of the export and count them. Raises UnreadableFile."""
    chunks, unit = table_chunks(stream, path, source)
    counted = Counted()
    for chunk in chunks:
        batch = convert(chunk, source, unit, file_hash, load_id)
        tally(batch, source, counted)
        spool.write(source, batch)
    return counted


def table_chunks(stream: BinaryIO, path: str, source: str) -> tuple[Iterator[Chunk], str]:
    """The records of a CSV or Parquet file, and what is numbered. The iterator raises UnreadableFile."""
    if ledger_format(stream) == "parquet":
        return _parquet_chunks(stream, path, source), "row"
    return csv_chunks(stream, path, source), "line"


def convert(chunk: Chunk, source: str, unit: str, file_hash: str, load_id: str) -> pyarrow.RecordBatch:
    """The chunk in the dataset's types.

    Raises UnreadableFile naming the unit's number, the column and, unless the source is private, the value.
    """
    columns = [chunk.line_numbers]
    required = required_columns(source)
    for name in contract_columns(source):
        wanted = DATASETS[source].field(name).type
        if name not in chunk.columns:
            columns.append(pyarrow.nulls(len(chunk.line_numbers), wanted))
            continue
        try:
            values = cast_column(chunk.columns[name], wanted)
        except BadValueError as error:
            wrong = f"is not {error.wanted}" if is_private(source) else str(error)
            raise UnreadableFile(f"{name} {wrong}", f"{unit} {chunk.line_numbers[error.index]}") from None
        except BadTypeError as error:
            raise UnreadableFile(f"{name} {error}") from None
        if values.null_count and name in required:
            index = pc.index(pc.is_null(values), True).as_py()
            raise UnreadableFile(f"{name} is blank", f"{unit} {chunk.line_numbers[index]}")
        if name in ("currency", "original_currency"):
            _check_currencies(values, name, chunk.line_numbers, unit, source)
        columns.append(values)
    for name in _NOTED.get(source, ()):
        columns.append(pyarrow.nulls(len(chunk.line_numbers), DATASETS[source].field(name).type))
    return with_lineage(source, columns, len(chunk.line_numbers), file_hash, load_id)


def _check_currencies(
    values: pyarrow.StringArray, name: str, line_numbers: pyarrow.Array, unit: str, source: str
) -> None:
    """Three letters each; staging takes small ones and blanks around them."""
    index = pc.index(pc.match_substring_regex(values, r"^ *[A-Za-z]{3} *$"), False).as_py()
    if index >= 0:
        shown = name if is_private(source) else f"{name} {values[index].as_py()!r}"
        raise UnreadableFile(f"{shown} is not a currency code", f"{unit} {line_numbers[index]}")


def tally(batch: pyarrow.RecordBatch, source: str, counted: Counted) -> None:
    """Count the batch's records and, of journal lines, the sum of their amounts."""
    has_amounts = batch.num_rows and source == JOURNAL
    counted.add(batch.num_rows, pc.sum(batch.column("amount")).as_py() if has_amounts else Decimal(0))


def check_columns(names: list[str], source: str, path: str) -> None:
    """Raises UnreadableFile naming the missing columns; names the ones that are ignored in the log, or, when
    the source is private, their places."""
    wanted = contract_columns(source)
    missing = [name for name in wanted if name not in names and name not in _MAY_BE_ABSENT.get(source, ())]
    if missing:
        given = "" if is_private(source) else f"; given: {', '.join(names)[:200]!r}"
        raise UnreadableFile(f"columns missing: {', '.join(missing)}{given}")
    twice = [name for name in wanted if names.count(name) > 1]
    if twice:
        raise UnreadableFile(f"columns given twice: {', '.join(twice)}")
    ignored = [
        f"number {number}" if is_private(source) else shown(name[:40])
        for number, name in enumerate(names, start=1)
        if name not in wanted
    ]
    if ignored and source in _READ_WHOLE:
        raise UnreadableFile(f"columns unknown: {', '.join(ignored)[:200]!r}; known: {', '.join(wanted)}")
    if ignored:
        more = f" and {len(ignored) - _SHOWN} more" if len(ignored) > _SHOWN else ""
        log.info("%s: columns ignored: %s%s", path, ", ".join(ignored[:_SHOWN]), more)


def _parquet_chunks(stream: BinaryIO, path: str, source: str) -> Iterator[Chunk]:
    try:
        file = pyarrow.parquet.ParquetFile(stream)
        names = file.schema_arrow.names
        check_columns(names, source, path)
        first = 1
        delivered = delivered_columns(names, source)
        for batch in file.iter_batches(_PARQUET_BATCH_ROWS, columns=delivered, use_threads=False):
            batch.validate(full=True)  # texts of a damaged file need not be UTF-8
            numbers = pyarrow.arange(first, first + batch.num_rows)
            first += batch.num_rows
            yield Chunk(numbers, {name: batch.column(name) for name in batch.schema.names})
    except pyarrow.ArrowMemoryError:
        raise  # the file's budget, not its form
    except (pyarrow.ArrowException, OSError, UnicodeDecodeError) as error:
        detail = type(error).__name__ if is_private(source) else error
        raise UnreadableFile(f"is not a readable Parquet file: {detail}") from error


def csv_chunks(stream: BinaryIO, path: str, source: str) -> Iterator[Chunk]:
    """The records of a CSV file, a block at a time. Raises UnreadableFile."""
    names = _header(stream)
    try:
        check_columns(names, source, path)
    except UnreadableFile:
        _explain(stream, len(names))
        raise
    try:
        next_line, batch = 1, None
        for batch in _open_csv(stream, len(names)):
            lines, after = _line_numbers(batch, next_line)
            if next_line == 1:
                batch, lines = batch.slice(1), lines[1:]
            next_line = after
            records = pc.invert(_all_blank(batch))
            batch, lines = batch.filter(records), lines.filter(records)
            delivered = delivered_columns(names, source)
            yield Chunk(lines, {name: batch.column(names.index(name)) for name in delivered})
    except pyarrow.ArrowInvalid as error:
        _explain(stream, len(names))
        detail = type(error).__name__ if is_private(source) else error
        raise UnreadableFile(f"is not a readable CSV file: {detail}") from error
    if _may_end_inside_quotes(stream, batch):
        _explain(stream, len(names))


def _header(stream: BinaryIO) -> list[str]:
    """The first record's values, without byte order mark and surrounding space. Rewinds the stream."""
    head = stream.read(_HEADER_BYTES).decode("utf-8-sig", "replace")
    stream.seek(0)
    return [name.strip() for name in next(csv.reader(io.StringIO(head, newline="")), [])]


def _open_csv(stream: BinaryIO, width: int) -> pyarrow.csv.CSVStreamingReader:
    """Every record, the header too, as strings: the header may hold any names, even the same one twice."""
    names = [str(index) for index in range(width)]
    return pyarrow.csv.open_csv(
        stream,
        read_options=pyarrow.csv.ReadOptions(use_threads=False, block_size=_BLOCK_BYTES, column_names=names),
        parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
        convert_options=pyarrow.csv.ConvertOptions(
            column_types=dict.fromkeys(names, pyarrow.string()), strings_can_be_null=False
        ),
    )


def _line_numbers(batch: pyarrow.RecordBatch, first: int) -> tuple[pyarrow.Array, int]:
    """The physical line each record starts on, and the line after the batch."""
    lines = pyarrow.arange(first, first + batch.num_rows)
    breaks = None
    for column in batch.columns:
        counts = pc.count_substring(column, "\n")
        if pc.max(counts).as_py():
            breaks = counts if breaks is None else pc.add(breaks, counts)
    if breaks is None:
        return lines, first + batch.num_rows
    passed = pc.cumulative_sum(breaks.cast(pyarrow.int64()))
    before = pc.subtract(passed, breaks)
    return pc.add(lines, before), first + batch.num_rows + passed[-1].as_py()


def _all_blank(batch: pyarrow.RecordBatch) -> pyarrow.Array:
    """True for the records that hold nothing: empty lines."""
    return functools.reduce(pc.and_, (pc.equal(column, "") for column in batch.columns))


def _may_end_inside_quotes(stream: BinaryIO, last: pyarrow.RecordBatch | None) -> bool:
    """Whether the end of the file may have closed a quoted value: a sign of a file cut short."""
    if last is not None and last.num_rows and "\n" in last.column(last.num_columns - 1)[-1].as_py():
        return True
    stream.seek(0)
    return sum(block.count(b'"') for block in iter(lambda: stream.read(_BLOCK_BYTES), b"")) % 2 == 1


def _explain(stream: BinaryIO, width: int) -> None:
    """Raises UnreadableFile for a line longer than a block, for bytes that are not UTF-8, for a quoted value
    that is never closed and for a record of more or fewer values than the header has."""
    stream.seek(0)
    offset = 0
    for number, line in enumerate(iter(lambda: stream.readline(_BLOCK_BYTES + 1), b""), start=1):
        if len(line) > _BLOCK_BYTES:
            raise UnreadableFile(f"has more than {_BLOCK_BYTES} bytes", f"line {number}")
        try:
            line.decode("utf-8")
        except UnicodeDecodeError as error:
            raise UnreadableFile(
                f"is not UTF-8: byte 0x{line[error.start]:02X} at byte {offset + error.start}",
                f"line {number}",
            ) from None
        offset += len(line)
    stream.seek(0)
    text = io.TextIOWrapper(stream, encoding="utf-8", errors="replace", newline="")
    reader = csv.reader(text, strict=True)
    start, ragged = 1, None
    try:
        for record in reader:
            if record and len(record) != width and ragged is None:
                ragged = len(record), start
            start = reader.line_num + 1
    except csv.Error as error:
        raise UnreadableFile(f"a quoted value is broken: {error}", f"line {start}") from None
    finally:
        text.detach()
    if ragged:
        count, line = ragged
        raise UnreadableFile(f"a record has {count} values where the header has {width}", f"line {line}")
