"""Packs against the files whose rows they have: a link that anybody could append may state another copy."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import pyarrow
import pyarrow.parquet

from orchestration.contained import ChildDiedError, OverMemoryError, OverTimeError, contained
from orchestration.lake.chain import Link, recorded_digests, row_digests
from orchestration.lake.disk import plain_bytes
from orchestration.lake.proof import Finding, Proof
from orchestration.lake.spool import reserve_memory

# What anybody could have appended is read with no more than a pack of ten million rows takes.
_SECONDS = 3600
_MEMORY_BYTES = 4 << 30


def other_packs(lake: Path, proof: Proof, behind: int) -> Iterator[Finding]:
    """Packs that are as their link states them, but not what the files are that they stand for.

    behind: the number of the newest link that an anchor proves. Packs up to it are what Tieout wrote, and so
    are those of keyed links: a million rows take ten seconds. The rows of files are known by the digests of
    their links, so that a pack is all that is read, and files that lack a column of it.
    """
    altered = {finding.subject for finding in proof.findings}
    stating = {file["path"]: link for link in proof.links for file in link.body["files"]}
    for path, link in sorted(stating.items()):
        pack, listing = lake / path, (lake / path).with_suffix(".json")
        if not path.startswith("_packs/") or pack.suffix != ".parquet":
            continue
        if link.number <= behind or link.body["is_keyed"]:
            continue
        if path in altered or not pack.is_file() or not listing.is_file():
            continue
        try:
            files = [f"{pack.parent.name}/{name}" for name in json.loads(plain_bytes(listing))]
            is_copy = altered.isdisjoint(files) and _is_copy(lake, pack, files, stating)
        except (OSError, ValueError, TypeError, KeyError, RecursionError, pyarrow.ArrowException):
            is_copy = False
        if not is_copy:
            yield Finding(path, "has other rows than the files that it is a copy of")


def _is_copy(lake: Path, pack: Path, files: Sequence[str], stating: dict[str, Link]) -> bool:
    """Whether a pack has the rows of its files, told by a process that takes no more than a pack needs."""
    compare = partial(_has_rows_of, lake, pack, files, stating)
    try:
        return contained(compare, seconds=_SECONDS, memory_bytes=_MEMORY_BYTES, prepare=reserve_memory)
    except (ChildDiedError, OverMemoryError, OverTimeError):
        return False


def _has_rows_of(lake: Path, pack: Path, files: Sequence[str], stating: dict[str, Link]) -> bool:
    # Counted first: of few bytes it may have any number of rows.
    if pyarrow.parquet.read_metadata(pack).num_rows != sum(_row_count(lake, path, stating) for path in files):
        return False
    return _rows(pack) == _expected(lake, pack, files, stating)


def _row_count(lake: Path, path: str, stating: dict[str, Link]) -> int:
    count = next(file["rows"] for file in stating[path].body["files"] if file["path"] == path)
    return count or pyarrow.parquet.read_metadata(lake / path).num_rows


def _rows(pack: Path) -> pyarrow.Array:
    with pyarrow.parquet.ParquetFile(pack) as file:
        return _in_order(row_digests(batch, None) for batch in file.iter_batches())


def _expected(lake: Path, pack: Path, files: Sequence[str], stating: dict[str, Link]) -> pyarrow.Array:
    schema = pyarrow.parquet.read_schema(pack)
    return _in_order(_of_file(lake, path, stating[path], schema) for path in files)


def _of_file(lake: Path, path: str, link: Link, schema: pyarrow.Schema) -> bytes:
    if pyarrow.parquet.read_schema(lake / path).names == schema.names and not link.body["is_keyed"]:
        digests = recorded_digests(lake, link, path)
        if digests is not None:
            return digests
    table = pyarrow.parquet.read_table(lake / path, partitioning=None)
    columns = [
        table[field.name] if field.name in table.column_names else pyarrow.nulls(len(table), field.type)
        for field in schema
    ]
    return row_digests(pyarrow.table(columns, schema.names), None)


def _in_order(digests: Iterator[bytes]) -> pyarrow.Array:
    """Digests as numbers, the smallest first."""
    content = b"".join(digests)
    return pyarrow.Array.from_buffers(
        pyarrow.uint64(), len(content) // 8, [None, pyarrow.py_buffer(content)]
    ).sort()
