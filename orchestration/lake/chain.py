"""The chain of the lake: a link for each thing that was appended, which proves it and every link before.

Link number n is `<lake>/_chain/<n, in eight digits>.json`, of two lines: its body, and the SHA-256 of that
line without its end, or its HMAC-SHA256 under TIEOUT_CHAIN_KEY where the body says that it is keyed. A body
names the hash of the link before, and the path, bytes, SHA-256 and number of rows of each file that it is
about. Beside a link with rows stands `<n>.rows`: eight bytes for each row of its files, in order, so that an
edited row is named.

A lake of before there was a chain gets a first link of the kind `found`, which proves nothing of what was
before it. docs/proof.md has the whole format; docs/verify_lake.py reads it without Tieout.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import shutil
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from orchestration.lake.disk import sync
from orchestration.lake.errors import LakeDamagedError
from orchestration.settings import SettingsError

if TYPE_CHECKING:
    import pyarrow

CHAIN = "_chain"
# The hash before the first link.
NOTHING = "0" * 64
DIGEST_BYTES = 8


class Link(NamedTuple):
    """One link. hash: as its file states it. is_whole: whether that is the hash of its body."""

    number: int
    body: dict[str, Any]
    hash: str
    is_whole: bool


class Head(NamedTuple):
    """Where a chain ends: an anchor for everything before. number: 0 before the first link."""

    number: int
    hash: str

    def __str__(self) -> str:
        return f"{self.hash} (link {self.number})"


def link_numbers(lake: Path) -> list[int]:
    """The numbers of the links that there are, the lowest first."""
    files = (lake / CHAIN).glob("*.json")
    return sorted(
        int(file.stem) for file in files if file.stem == file.stem.zfill(8) and file.stem.isdecimal()
    )


def read_link(lake: Path, number: int, key: bytes | None) -> Link | None:
    """A link, or None where its file is none. Without its key, the hash of a keyed one is taken as stated."""
    try:
        line, stated, rest = (lake / CHAIN / f"{_name(number)}.json").read_bytes().split(b"\n")
        body = json.loads(line)
        is_unknown = body["is_keyed"] and key is None
        found = stated.decode() if is_unknown else _hash(line, key if body["is_keyed"] else None)
        is_whole = not rest and hmac.compare_digest(found, stated.decode()) and body["number"] == number
        return Link(number, body, stated.decode(), is_whole)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def head(lake: Path, key: bytes | None) -> Head:
    """The newest link, for whoever appends the next. Raises LakeDamagedError and SettingsError."""
    numbers = link_numbers(lake)
    if not numbers:
        return Head(0, NOTHING)
    link = read_link(lake, numbers[-1], key)
    if link is None or not link.is_whole:
        raise LakeDamagedError(
            f"link {numbers[-1]} of the lake's chain was edited, or is of another TIEOUT_CHAIN_KEY:"
            " `tieout verify` says what else was (docs/runbook.md, The lake was altered)"
        )
    if link.body["is_keyed"] and key is None:
        raise SettingsError("TIEOUT_CHAIN_KEY is not set, and the chain of this lake is keyed: set it")
    return Head(link.number, link.hash)


def append_link(lake: Path, kind: str, at: datetime, key: bytes | None, **facts: Any) -> None:
    """Append a link, all of it or nothing. facts: as `write_link` takes them. Needs the lake's lock.

    Raises LakeDamagedError and SettingsError.
    """
    folder = lake / "_loads" / "link"
    shutil.rmtree(folder, ignore_errors=True)
    write_link(lake, folder, kind, at, key, **facts)
    for file in folder.iterdir():
        sync(file)
    move_link(folder, lake)
    folder.rmdir()


def move_link(folder: Path, lake: Path) -> None:
    """Move what `write_link` wrote to its place: the link last, so that it has what it names."""
    files = sorted(folder.iterdir(), reverse=True) if folder.is_dir() else []
    for file in files:
        (lake / CHAIN).mkdir(exist_ok=True)
        file.rename(lake / CHAIN / file.name)
        sync(lake / CHAIN)


def write_link(
    lake: Path,
    folder: Path,
    kind: str,
    at: datetime,
    key: bytes | None,
    *,
    files: Sequence[Mapping[str, Any]] = (),
    digests: bytes = b"",
    **facts: object,
) -> None:
    """Write what is to be the next link into a folder, which `move_link` takes to its place.

    files: as `stated` gives them. digests: of their rows, where rows of them shall be named one day. facts:
    of its kind. Needs the lake's lock. Raises LakeDamagedError and SettingsError.
    """
    last = head(lake, key)
    body = {
        "kind": kind,
        "number": last.number + 1,
        "previous": last.hash,
        "at": at.isoformat(),
        "is_keyed": key is not None,
        "files": list(files),
        "rows_sha256": hashlib.sha256(digests).hexdigest(),
        **facts,
    }
    line = json.dumps(body, sort_keys=True).encode()
    folder.mkdir(parents=True)
    name = _name(last.number + 1)
    if digests:
        (folder / f"{name}.rows").write_bytes(digests)
    (folder / f"{name}.json").write_bytes(b"\n".join([line, _hash(line, key).encode(), b""]))


def stated(file: Path, path: str, row_count: int = 0) -> dict[str, Any]:
    """What a link states of a file. path: its place in the lake. row_count: of the rows that have digests."""
    return {"path": path, "bytes": file.stat().st_size, "sha256": sha256(file), "rows": row_count}


def row_digests(rows: pyarrow.RecordBatch | pyarrow.Table, key: bytes | None) -> bytes:
    """Eight bytes for each row, of all its values."""
    import pyarrow
    import pyarrow.compute as pc

    columns = [
        pc.cast(column.cast(pyarrow.int64()) if pyarrow.types.is_timestamp(column.type) else column, "string")
        for column in rows.columns
    ]
    lines = pc.binary_join_element_wise(*columns, "\x1f", null_handling="replace", null_replacement="\0")
    return b"".join(
        hashlib.blake2b(line, digest_size=DIGEST_BYTES, key=(key or b"")[:64]).digest()
        for line in lines.cast(pyarrow.binary()).to_pylist()
    )


def recorded_digests(lake: Path, link: Link, path: str) -> bytes | None:
    """The digests that a link has of the rows of one of its files, or None where they were altered too."""
    try:
        digests = (lake / CHAIN / f"{_name(link.number)}.rows").read_bytes()
    except OSError:
        return None
    if hashlib.sha256(digests).hexdigest() != link.body["rows_sha256"]:
        return None
    position = 0
    for file in link.body["files"]:
        end = position + DIGEST_BYTES * file["rows"]
        if file["path"] == path:
            return digests[position:end]
        position = end
    return None


def sha256(file: Path) -> str:
    """The hash of a file's bytes."""
    with file.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _name(number: int) -> str:
    return f"{number:08d}"


def _hash(body: bytes, key: bytes | None) -> str:
    return (hmac.new(key, body, "sha256") if key else hashlib.sha256(body)).hexdigest()
