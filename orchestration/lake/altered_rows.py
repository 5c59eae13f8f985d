"""Which rows of an edited file were edited, removed, added or moved: told by the digests of its link."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import pyarrow
import pyarrow.parquet

from orchestration.lake.chain import DIGEST_BYTES, Link, recorded_digests, row_digests

_SHOWN = 20


def altered_rows(lake: Path, path: str, link: Link, key: bytes | None) -> list[str]:
    """A line for each row of a file that is not as its link has it, counted from 1; twenty at most."""
    if link.body["is_keyed"] and key is None:
        return ["its rows can be told with TIEOUT_CHAIN_KEY"]
    digests = recorded_digests(lake, link, path)
    if digests is None:
        return ["its rows cannot be told: what the chain has of them was altered too"]
    try:
        table = pyarrow.parquet.read_table(lake / path, partitioning=None)
    except (OSError, pyarrow.ArrowException):
        return ["its rows cannot be told: it is no Parquet file any more"]
    if table.num_columns == 0:
        return ["it has no columns any more"]
    before, now = _cut(digests), _cut(row_digests(table, key))
    lines = list(islice(_changes(before, now, table), _SHOWN + 1))
    if not lines:
        return ["its rows are the same: it was written again"]
    return lines if len(lines) <= _SHOWN else [*lines[:_SHOWN], "and more"]


def _changes(before: Sequence[bytes], now: Sequence[bytes], table: pyarrow.Table) -> Iterator[str]:
    gone, new = Counter(before) - Counter(now), Counter(now) - Counter(before)
    if len(before) == len(now):
        for row, (old, digest) in enumerate(zip(before, now, strict=True)):
            if old != digest:
                what = "was edited" if digest in new else "stood elsewhere"
                yield f"row {row + 1} {what}{_origin(table, row)}"
        return
    for row, digest in enumerate(before):
        if gone[digest]:
            gone[digest] -= 1
            yield f"row {row + 1} as it was appended is gone"
    for row, digest in enumerate(now):
        if new[digest]:
            new[digest] -= 1
            yield f"row {row + 1} was added{_origin(table, row)}"


def _origin(table: pyarrow.Table, row: int) -> str:
    """The delivery and the line that a row says it is from."""
    if not {"file_hash", "line_number"} <= set(table.column_names):
        return ""
    file_hash, line = (table[name][row].as_py() for name in ("file_hash", "line_number"))
    return f" (line {line} of file {str(file_hash)[:16]})"


def _cut(digests: bytes) -> list[bytes]:
    return [digests[at : at + DIGEST_BYTES] for at in range(0, len(digests), DIGEST_BYTES)]
