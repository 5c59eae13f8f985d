"""Rows on their way to the lake: Arrow streams on disk, one per dataset, cut back when a file fails.

Only whole files reach the lake, so a file's rows are written here first; when the file turns out to be
unreadable the streams are truncated to where they were before it. Memory holds one batch per dataset.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple

import pyarrow
import pyarrow.compute as pc

from orchestration.lake.datasets import DATASETS, is_private
from orchestration.lake.errors import UnreadableFile
from orchestration.lake.schema import AMOUNT_LIMIT, FIRST_DATE, LAST_DATE, MONEY

# Rows in one Parquet row group: small files are gathered up to it, and it bounds memory at some 100 MB.
ROW_GROUP_ROWS = 250_000


class _Stream(NamedTuple):
    file: BinaryIO
    writer: pyarrow.RecordBatchStreamWriter


class Spool:
    """Streams under `folder`. rows: rows per dataset so far."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self._folder = folder
        self._streams: dict[str, _Stream] = {}
        self._mark: dict[str, tuple[int, int]] | None = None
        self.rows = dict.fromkeys(DATASETS, 0)

    def begin(self) -> None:
        """Mark where `rollback` returns to."""
        self._mark = {name: (s.file.tell(), self.rows[name]) for name, s in self._streams.items()}

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
                file = self._streams[name].file
                file.flush()
                file.seek(position)
                file.truncate()
            else:
                self._streams.pop(name).file.close()
                self._file(name).unlink()
                self.rows[name] = 0
        self._mark = None

    def write(self, dataset: str, batch: pyarrow.RecordBatch) -> None:
        """Append a batch in the dataset's schema, lineage included. Raises UnreadableFile for a date that no
        calendar here knows and for an amount that the models cannot calculate with."""
        _check_dates(batch)
        _check_amounts(dataset, batch)
        stream = self._streams.get(dataset)
        if stream is None:
            file = self._file(dataset).open("wb")
            stream = _Stream(file, pyarrow.ipc.new_stream(file, DATASETS[dataset]))
            self._streams[dataset] = stream
        stream.writer.write_batch(batch)
        self.rows[dataset] += batch.num_rows

    def write_rows(self, dataset: str, rows: Sequence[tuple], file_hash: str | None, load_id: str) -> None:
        """Append rows of the dataset's row type that share one lineage."""
        schema = DATASETS[dataset]
        columns = [
            pyarrow.array(values, field.type)
            for values, field in zip(zip(*rows, strict=True), schema, strict=False)
        ]
        self.write(dataset, with_lineage(dataset, columns, len(rows), file_hash, load_id))

    def tables(self, dataset: str) -> Iterator[pyarrow.Table]:
        """The dataset's rows as tables of about ROW_GROUP_ROWS rows; one empty table when it has none."""
        schema = DATASETS[dataset]
        if not self.rows[dataset]:
            yield schema.empty_table()
            return
        with pyarrow.ipc.open_stream(self._file(dataset).open("rb")) as reader:
            gathered: list[pyarrow.RecordBatch] = []
            count = 0
            for batch in reader:
                gathered.append(batch)
                count += batch.num_rows
                if count >= ROW_GROUP_ROWS:
                    yield pyarrow.Table.from_batches(gathered, schema).combine_chunks()
                    gathered, count = [], 0
            if gathered:
                yield pyarrow.Table.from_batches(gathered, schema).combine_chunks()

    def close(self) -> None:
        """End the streams, so that they can be read."""
        for stream in self._streams.values():
            stream.writer.close()
            stream.file.close()
        self._streams.clear()

    def _file(self, dataset: str) -> Path:
        return self._folder / f"{dataset}.arrow"


def with_lineage(
    dataset: str, columns: list[pyarrow.Array], count: int, file_hash: str | None, load_id: str
) -> pyarrow.RecordBatch:
    """A batch of the dataset from its own columns, in order, and the lineage they share."""
    lineage = [pyarrow.array([value] * count, pyarrow.string()) for value in (file_hash, load_id)]
    return pyarrow.record_batch(columns + lineage, schema=DATASETS[dataset])


def _check_dates(batch: pyarrow.RecordBatch) -> None:
    for name in (field.name for field in batch.schema if pyarrow.types.is_date32(field.type)):
        dates = batch.column(name)
        is_outside = pc.or_(pc.less(dates, FIRST_DATE), pc.greater(dates, LAST_DATE))
        row = pc.index(is_outside, True).as_py()
        if row >= 0:
            line_number = batch.column("line_number")[row].as_py()
            raise UnreadableFile(
                f"{name} {dates[row].as_py()} is not between {FIRST_DATE} and {LAST_DATE}",
                f"line {line_number}",
            )


def _check_amounts(dataset: str, batch: pyarrow.RecordBatch) -> None:
    """Only of what is delivered: sums that are counted here may be larger."""
    if "line_number" not in batch.schema.names:
        return
    limit = pyarrow.scalar(AMOUNT_LIMIT, MONEY)
    for name in (field.name for field in batch.schema if field.type == MONEY):
        amounts = batch.column(name)
        row = pc.index(pc.greater_equal(pc.abs(amounts), limit), True).as_py()
        if row >= 0:
            line_number = batch.column("line_number")[row].as_py()
            value = "" if is_private(dataset) else f" {amounts[row].as_py()}"
            raise UnreadableFile(
                f"{name}{value} has more than 15 digits before the point", f"line {line_number}"
            )
