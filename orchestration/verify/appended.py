"""Rows of the lake, read while it may be altered: those of files that are as they were appended."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet

from orchestration.lake.proof import Proof


def is_file(path: Path) -> bool:
    """Whether a file stands there itself: a pipe has no end, and what a link leads to others may change."""
    return path.is_file() and not path.is_symlink()


def rows_as_appended(
    lake: Path, proof: Proof, dataset: str, columns: Sequence[str]
) -> Iterator[dict[str, Any]]:
    """Some columns of the dataset's rows, in the order they were appended, without those that a file lacks.

    A file that somebody altered is left out, unless that was accepted and it can be read: it is named, and
    what it says proves nothing.
    """
    altered = {finding.subject for finding in proof.open}
    for path in sorted(file["path"] for link in proof.links for file in link.body["files"]):
        if path.startswith(f"{dataset}/") and path not in altered and (lake / path).is_file():
            try:
                yield from pyarrow.parquet.ParquetFile(lake / path).read(list(columns)).to_pylist()
            except pyarrow.ArrowException:
                continue
