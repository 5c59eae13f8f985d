"""Extracts: records taken from a system instead of a file, kept on disk until they are whole."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow

from orchestration.collect.counted import Counted
from orchestration.collect.ledger_files import tally
from orchestration.lake.datasets import DATASETS


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
