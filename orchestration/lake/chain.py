"""The chain of the lake: a link for each thing that was appended, which proves it and every link before.

Link number n is `<lake>/_chain/<n, in eight digits>.json`: a line with its body, one with the SHA-256 of
that line without its end, and one with its HMAC-SHA256 under TIEOUT_CHAIN_KEY where the body says that it is
keyed. A body names the hash of the link before, and the path, bytes, SHA-256 and number of rows of each file
that it is about. Beside a link with rows stands `<n>.rows`: eight bytes for each row of its files, in order,
so that an edited row is named.

A lake of before there was a chain gets a first link of the kind `found`, which proves nothing of what was
before it. docs/proof.md has the whole format; docs/verify_lake.py reads it without Tieout.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from orchestration.lake.disk import open_plain, plain_bytes, sync
from orchestration.lake.errors import LakeDamagedError
from orchestration.settings import SettingsError

if TYPE_CHECKING:
    import pyarrow

CHAIN = "_chain"
# The hash before the first link.
NOTHING = "0" * 64
DIGEST_BYTES = 8
_DIGITS = 8
_EDITED = "was edited, or is another one"
# What a body has, and what that of a kind has besides.
_FACTS: dict[str, type] = {
    "kind": str, "number": int, "previous": str, "at": str, "is_keyed": bool, "files": list,
    "rows_sha256": str,
}  # fmt: skip
_FACTS_OF_KIND: dict[str, dict[str, type]] = {
    "publication": {"version": str, "copies": dict},
    "rollback": {"version": str},
    "removal": {"versions": list},
    "acceptance": {"findings": list, "reason": str, "by": str},
}
# Of these each member is a text.
_TEXTS = ("copies", "findings", "versions")
_FACTS_OF_FILE: dict[str, type] = {"path": str, "bytes": int, "sha256": str, "rows": int}


class Link(NamedTuple):
    """One link. hash: as its file states it. fault: what is wrong with it, or None."""

    number: int
    body: dict[str, Any]
    hash: str
    fault: str | None


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
        int(file.stem)
        for file in files
        if len(file.stem) == _DIGITS and file.stem.isascii() and file.stem.isdecimal()
    )


def read_link(lake: Path, number: int, key: bytes | None) -> Link:
    """A link, whose body is empty where its file is none. Without the key, who wrote it nobody can tell."""
    file = lake / CHAIN / f"{_name(number)}.json"
    try:
        line, hash_, *codes = plain_bytes(file).decode("ascii").split("\n")
        body = json.loads(line)
        if not _has(body, _FACTS) or not _has(body, _FACTS_OF_KIND.get(body["kind"], {})):
            raise ValueError("no body")
        if not all(isinstance(each, str) for name in _TEXTS for each in _members(body.get(name, ()))):
            raise ValueError("no texts")
        if not all(_has(each, _FACTS_OF_FILE) for each in body["files"]):
            raise ValueError("no files")
    except (OSError, ValueError, RecursionError):
        return Link(number, {}, "", _EDITED)
    return Link(number, body, hash_, _fault(number, line, body, [hash_, *codes], key))


def _fault(
    number: int, line: str, body: Mapping[str, Any], proofs: Sequence[str], key: bytes | None
) -> str | None:
    """What is wrong with a link. proofs: what stands behind its body, line by line."""
    text, is_keyed = line.encode(), body["is_keyed"]
    if is_keyed and len(proofs) == 2:
        # As they were written first: their hash is the code itself.
        if key is None:
            return "is of an older form, which TIEOUT_CHAIN_KEY alone proves"
        expected = [_code(text, key), ""]
    elif is_keyed:
        expected = [hashlib.sha256(text).hexdigest(), proofs[1] if key is None else _code(text, key), ""]
    else:
        expected = [hashlib.sha256(text).hexdigest(), ""]
    is_right = hmac.compare_digest("\n".join(proofs), "\n".join(expected))
    return None if is_right and body["number"] == number else _EDITED


def _members(texts: Any) -> Iterable[object]:
    """What a list holds, or the values of a dictionary, whose keys are texts in JSON."""
    return texts.values() if isinstance(texts, dict) else texts


def _has(facts: object, types: Mapping[str, type]) -> bool:
    return isinstance(facts, dict) and all(type(facts.get(name)) is kind for name, kind in types.items())


def head(lake: Path, key: bytes | None) -> Head:
    """The newest link, for whoever appends the next. Raises LakeDamagedError and SettingsError."""
    numbers = link_numbers(lake)
    if not numbers:
        return Head(0, NOTHING)
    link = read_link(lake, numbers[-1], key)
    if key is None and link.body.get("is_keyed"):
        raise SettingsError("TIEOUT_CHAIN_KEY is not set, and the chain of this lake is keyed: set it")
    if link.fault is not None:
        raise LakeDamagedError(
            f"link {numbers[-1]} of the lake's chain was edited, or is of another TIEOUT_CHAIN_KEY:"
            " `tieout verify` says what else was (docs/runbook.md, The lake was altered)"
        )
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
    proofs = [hashlib.sha256(line).hexdigest(), *([_code(line, key)] if key else [])]
    (folder / f"{name}.json").write_bytes(b"\n".join([line, *(each.encode() for each in proofs), b""]))


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
    if not has_its_rows(lake, link):
        return None
    position = 0
    for file in link.body["files"]:
        size = DIGEST_BYTES * file["rows"]
        if file["path"] == path:
            return _part(rows_file(lake, link), position, size)
        position += size
    return None


def rows_file(lake: Path, link: Link) -> Path:
    """Where the digests of a link's rows stand, if it has any."""
    return lake / CHAIN / f"{_name(link.number)}.rows"


def has_its_rows(lake: Path, link: Link) -> bool:
    """Whether the digests of a link's rows are as it states them."""
    size = DIGEST_BYTES * sum(file["rows"] for file in link.body["files"])
    try:
        with open_plain(rows_file(lake, link)) as digests:
            # One of another size, however large, is not read.
            is_whole = os.fstat(digests.fileno()).st_size == size
            return is_whole and hashlib.file_digest(digests, "sha256").hexdigest() == link.body["rows_sha256"]
    except FileNotFoundError:
        return link.body["rows_sha256"] == hashlib.sha256(b"").hexdigest()
    except OSError:
        return False


def _part(file: Path, position: int, size: int) -> bytes:
    try:
        with open_plain(file) as digests:
            digests.seek(position)
            return digests.read(size)
    except FileNotFoundError:
        return b""


def sha256(file: Path) -> str:
    """The hash of a file's bytes."""
    with file.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _name(number: int) -> str:
    return f"{number:0{_DIGITS}d}"


def _code(body: bytes, key: bytes) -> str:
    return hmac.new(key, body, "sha256").hexdigest()
