"""Rows on their way to the lake: Arrow streams on disk, one per dataset, cut back when a file fails.

Only whole files reach the lake, so a file's rows are written here first; when the file turns out to be
unreadable the streams are truncated to where they were before it. Memory holds one batch per dataset.
"""

from __future__ import annotations

import re
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import BinaryIO

import pyarrow
import pyarrow.compute as pc

from orchestration.lake.datasets import DATASETS, is_private
from orchestration.lake.errors import UnreadableFile
from orchestration.lake.schema import AMOUNT_LIMIT, FIRST_DATE, LAST_DATE, LINEAGE, MONEY

# Rows in one Parquet row group: small files are gathered up to it. Their bytes bound the memory.
ROW_GROUP_ROWS = 250_000
ROW_GROUP_BYTES = 256 << 20
# A text above this is a document in a value's place.
MAX_TEXT_BYTES = 1 << 18


class Rows(ABC):
    """Rows of datasets, checked on their way out: each batch leaves as one message of an Arrow stream."""

    @abstractmethod
    def put(self, dataset: str, message: bytes | memoryview, count: int) -> None:
        """Take a batch of so many rows, as the message that an Arrow stream of the dataset has of it."""

    def write(self, dataset: str, batch: pyarrow.RecordBatch) -> None:
        """Take a batch in the dataset's schema, lineage included. Raises UnreadableFile for a date that no
        calendar here knows, an amount that the models cannot calculate with, and a text as long as a file or
        with a NUL, which PostgreSQL takes in no text."""
        _check_dates(batch)
        _check_amounts(dataset, batch)
        _check_texts(batch)
        self.put(dataset, memoryview(batch.serialize()), batch.num_rows)

    def write_rows(self, dataset: str, rows: Sequence[tuple], file_hash: str | None, load_id: str) -> None:
        """Take rows of the dataset's row type that share one lineage."""
        columns = pyarrow.array(rows, _row_struct(dataset)).flatten()
        self.write(dataset, with_lineage(dataset, columns, len(rows), file_hash, load_id))


class Spool(Rows):
    """Streams under `folder`. rows: rows per dataset so far."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self._folder = folder
        self._streams: dict[str, BinaryIO] = {}
        self._mark: dict[str, tuple[int, int]] | None = None
        self.rows = dict.fromkeys(DATASETS, 0)

    def scratch_file(self) -> BinaryIO:
        """A file without a name, on the disk of the streams."""
        return tempfile.TemporaryFile(dir=self._folder)

    def begin(self) -> None:
        """Mark where `rollback` returns to."""
        self._mark = {name: (file.tell(), self.rows[name]) for name, file in self._streams.items()}

    def commit(self) -> None:
        """Keep what was written since `begin`."""
        self._mark = None

    def rollback(self) -> None:
        """Remove what was written since `begin`. Nothing when there was no `begin`, or it has ended."""
        if self._mark is None:
            return
        for name in list(self._streams):
            if name in self._mark:
                position, self.rows[name] = self._mark[name]
                file = self._streams[name]
                file.flush()
                file.seek(position)
                file.truncate()
            else:
                self._streams.pop(name).close()
                self._file(name).unlink()
                self.rows[name] = 0
        self._mark = None

    def put(self, dataset: str, message: bytes | memoryview, count: int) -> None:
        """Append the batch to the dataset's stream."""
        file = self._streams.get(dataset)
        if file is None:
            file = self._streams[dataset] = self._file(dataset).open("wb")
            file.write(DATASETS[dataset].serialize())
        file.write(message)
        self.rows[dataset] += count

    def tables(self, dataset: str) -> Iterator[pyarrow.Table]:
        """The dataset's rows as tables of about ROW_GROUP_ROWS rows, or of fewer that take ROW_GROUP_BYTES;
        one empty table when it has none."""
        schema = DATASETS[dataset]
        if not self.rows[dataset]:
            yield schema.empty_table()
            return
        with pyarrow.ipc.open_stream(self._file(dataset).open("rb")) as reader:
            gathered: list[pyarrow.RecordBatch] = []
            count = size = 0
            for batch in reader:
                gathered.append(batch)
                count += batch.num_rows
                size += batch.nbytes
                if count >= ROW_GROUP_ROWS or size >= ROW_GROUP_BYTES:
                    yield pyarrow.Table.from_batches(gathered, schema).combine_chunks()
                    gathered, count, size = [], 0, 0
            if gathered:
                yield pyarrow.Table.from_batches(gathered, schema).combine_chunks()

    def close(self) -> None:
        """End the streams, so that they can be read."""
        for file in self._streams.values():
            file.close()
        self._streams.clear()

    def _file(self, dataset: str) -> Path:
        return self._folder / f"{dataset}.arrow"


def with_lineage(
    dataset: str, columns: list[pyarrow.Array], count: int, file_hash: str | None, load_id: str
) -> pyarrow.RecordBatch:
    """A batch of the dataset from its own columns, in order, and the lineage they share."""
    lineage = [
        pyarrow.repeat(pyarrow.scalar(value, pyarrow.string()), count) for value in (file_hash, load_id)
    ]
    return pyarrow.record_batch(columns + lineage, schema=DATASETS[dataset])


def reserve_memory() -> None:
    """Let Arrow take the addresses that it takes at once, a gigabyte, whatever it needs of them. A limit that
    is set afterwards leaves as much for all else."""
    pyarrow.array([0])


def _check_dates(batch: pyarrow.RecordBatch) -> None:
    for name in _columns_of(batch.schema, pyarrow.date32()):
        dates = batch.column(name)
        low, high = pc.min_max(dates).as_py().values()
        if low is not None and (low < FIRST_DATE or high > LAST_DATE):
            is_outside = pc.or_(pc.less(dates, FIRST_DATE), pc.greater(dates, LAST_DATE))
            row = pc.index(is_outside, True).as_py()
            raise UnreadableFile(
                f"{name} {dates[row].as_py()} is not between {FIRST_DATE} and {LAST_DATE}", _line(batch, row)
            )


def _check_amounts(dataset: str, batch: pyarrow.RecordBatch) -> None:
    """Only of what is delivered: sums that are counted here may be larger."""
    if not _is_delivered(batch):
        return
    for name in _columns_of(batch.schema, MONEY):
        amounts = batch.column(name)
        low, high = pc.min_max(amounts).as_py().values()
        if low is not None and (low <= -AMOUNT_LIMIT or high >= AMOUNT_LIMIT):
            limit = pyarrow.scalar(AMOUNT_LIMIT, MONEY)
            row = pc.index(pc.greater_equal(pc.abs(amounts), limit), True).as_py()
            value = "" if is_private(dataset) else f" {amounts[row].as_py()}"
            raise UnreadableFile(f"{name}{value} has more than 15 digits before the point", _line(batch, row))


def _check_texts(batch: pyarrow.RecordBatch) -> None:
    """Only of what is delivered. A batch that is smaller than one text that is too long holds none."""
    if not _is_delivered(batch):
        return
    for name in _columns_of(batch.schema, pyarrow.string()):
        content = batch.column(name).buffers()[2]
        # Of the whole buffer, as fast as memory is read; the column may be a part of it.
        if content is not None and re.search(b"\0", content):
            row = pc.index(pc.match_substring(batch.column(name), "\0"), True).as_py()
            if row >= 0:
                raise UnreadableFile(f"{name} holds a NUL", _line(batch, row))
    if batch.nbytes <= MAX_TEXT_BYTES:
        return
    for name in _columns_of(batch.schema, pyarrow.string()):
        row = pc.index(pc.greater(pc.binary_length(batch.column(name)), MAX_TEXT_BYTES), True).as_py()
        if row >= 0:
            raise UnreadableFile(f"{name} has more than {MAX_TEXT_BYTES} bytes", _line(batch, row))


def _is_delivered(batch: pyarrow.RecordBatch) -> bool:
    return "line_number" in batch.schema.names


def _line(batch: pyarrow.RecordBatch, row: int) -> str:
    return f"line {batch.column('line_number')[row].as_py()}"


@cache
def _row_struct(dataset: str) -> pyarrow.StructType:
    """A row without its lineage: rows become columns in one call, which for a few is twice as fast."""
    return pyarrow.struct(list(DATASETS[dataset])[: -len(LINEAGE)])


@cache
def _columns_of(schema: pyarrow.Schema, kind: pyarrow.DataType) -> list[str]:
    return [field.name for field in schema if field.type == kind]
