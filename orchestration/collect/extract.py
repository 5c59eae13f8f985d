"""Extracts: records taken from a system instead of a file, kept on disk until they are whole."""

from __future__ import annotations

import hashlib
import json
import resource
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import NamedTuple, Self

import pyarrow

from orchestration.collect.counted import Counted
from orchestration.collect.ledger_files import tally
from orchestration.contained import ChildDiedError, OverMemoryError, OverTimeError, contained
from orchestration.errors import TieoutError
from orchestration.lake.datasets import DATASETS
from orchestration.lake.errors import UnreadableFile
from orchestration.lake.spool import reserve_memory
from orchestration.settings import Settings


@dataclass
class Extract:
    """Records of one dataset, in an Arrow stream on disk, without lineage yet. file_hash: of their text."""

    file: Path
    byte_count: int = 0
    counted: Counted = field(default_factory=Counted)
    file_hash: str = ""

    def batches(self, source: str, load_id: str) -> Iterator[pyarrow.RecordBatch]:
        """The records in the dataset's schema, lineage included."""
        with pyarrow.ipc.open_stream(self.file.open("rb")) as reader:
            for batch in reader:
                lineage = [pyarrow.array([text] * batch.num_rows) for text in (self.file_hash, load_id)]
                yield pyarrow.record_batch(batch.columns[:-2] + lineage, schema=DATASETS[source])


class Limits(NamedTuple):
    """What one extract may take: of time in all, of memory to read it, and of the disk for its rows."""

    seconds: float
    memory_bytes: int
    row_bytes: int

    @classmethod
    def of(cls, settings: Settings, seconds: float) -> Self:
        """The limits that the settings give, and so many seconds."""
        return cls(max(seconds, 0), settings.max_read_bytes, settings.max_rows_bytes)


def take_within(
    take: Callable[[Path], Extract], limits: Limits, path: str, failure: type[TieoutError], file: Path
) -> Extract:
    """The extract, taken in a process of its own: a server may answer a byte a minute, or without an end.

    path: what is read. Raises failure where it goes beyond the limits, and what take raises.
    """
    try:
        return contained(
            partial(_take, take, file, limits.row_bytes),
            seconds=limits.seconds,
            memory_bytes=limits.memory_bytes,
            prepare=reserve_memory,
        )
    except OverTimeError:
        raise failure(
            f"{path} takes longer to read than TIEOUT_SOURCE_SECONDS allows; the next collect tries again"
        ) from None
    except OverMemoryError:
        raise failure(
            f"{path} takes more than the {limits.memory_bytes} bytes of memory to read that"
            " TIEOUT_MAX_READ_MB allows; the next collect tries again"
        ) from None
    except ChildDiedError as error:
        raise failure(f"{path} cannot be read: {error}; the next collect tries again") from None


def _take(take: Callable[[Path], Extract], file: Path, row_bytes: int) -> Extract:
    """In a process of its own, whose files may not grow beyond a size."""
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (row_bytes, hard))
    try:
        return take(file)
    except Exception:
        if file.exists() and file.stat().st_size >= row_bytes:
            raise UnreadableFile(
                f"its rows take more than the {row_bytes} bytes that TIEOUT_MAX_ROWS_MB allows"
            ) from None
        raise


def write_extract(file: Path, source: str, batches: Iterable[pyarrow.RecordBatch]) -> Extract:
    """Write the batches to the file, with line numbers from 1, and count and hash their records."""
    extract = Extract(file)
    content = hashlib.sha256()
    with file.open("wb") as sink, pyarrow.ipc.new_stream(sink, DATASETS[source]) as writer:
        for batch in batches:
            first = extract.counted.record_count + 1
            numbers = pyarrow.arange(first, first + batch.num_rows)
            batch = batch.set_column(0, "line_number", numbers)
            tally(batch, source, extract.counted)
            for row in zip(*(column.to_pylist() for column in batch.columns[:-2]), strict=True):
                line = json.dumps(row, default=str).encode() + b"\n"
                content.update(line)
                extract.byte_count += len(line)
            writer.write_batch(batch)
    extract.file_hash = content.hexdigest()
    return extract
