"""Which rows of an edited file were edited, removed, added or moved: told by the digests of its link."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path

import pyarrow
import pyarrow.parquet

from orchestration.contained import ChildDiedError, OverMemoryError, OverTimeError, contained
from orchestration.lake.chain import DIGEST_BYTES, Link, recorded_digests, row_digests
from orchestration.lake.spool import reserve_memory

_SHOWN = 20
# To read one file that somebody altered: of few bytes, it may hold any number of rows and of bytes in them.
_SECONDS = 600
_MEMORY_BYTES = 1 << 30


def altered_rows(lake: Path, path: str, link: Link, key: bytes | None) -> list[str]:
    """A line for each row of a file that is not as its link has it, counted from 1; twenty at most."""
    if link.body["is_keyed"] and key is None:
        return ["its rows can be told with TIEOUT_CHAIN_KEY"]
    digests = recorded_digests(lake, link, path)
    if digests is None:
        return ["its rows cannot be told: what the chain has of them was altered too"]
    compare = partial(_compared, lake / path, digests, key)
    try:
        return contained(compare, seconds=_SECONDS, memory_bytes=_MEMORY_BYTES, prepare=reserve_memory)
    except (ChildDiedError, OverMemoryError, OverTimeError) as error:
        return [f"its rows cannot be told: {error}"]


def _compared(file: Path, digests: bytes, key: bytes | None) -> list[str]:
    try:
        table = pyarrow.parquet.read_table(file, partitioning=None)
    except MemoryError:
        raise
    except (OSError, pyarrow.ArrowException):
        return ["its rows cannot be told: it is no Parquet file any more"]
    if table.num_columns == 0:
        return ["it has no columns any more"]
    try:
        return _told(_cut(digests), _cut(row_digests(table, key)), table)
    except MemoryError:
        raise
    except (ValueError, ArithmeticError, pyarrow.ArrowException):
        return ["its rows cannot be told: it has values that no row of the lake has"]


def _told(before: Sequence[bytes], now: Sequence[bytes], table: pyarrow.Table) -> list[str]:
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
    return f" (line {str(line)[:16]} of file {str(file_hash)[:16]})"


def _cut(digests: bytes) -> list[bytes]:
    return [digests[at : at + DIGEST_BYTES] for at in range(0, len(digests), DIGEST_BYTES)]
