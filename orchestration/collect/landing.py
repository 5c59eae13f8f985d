"""What lies in the landing folder: a listing, classified by place, with nothing opened."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

BANK = "bank_statements"
JOURNAL = "journal_lines"
ACCOUNTS = "ledger_accounts"
DECISIONS = "decisions"
UNKNOWN = "unknown"

_LEDGER_NAMES = {
    "journal_lines*.csv": JOURNAL,
    "journal_lines*.parquet": JOURNAL,
    "accounts*.csv": ACCOUNTS,
    "accounts*.parquet": ACCOUNTS,
}


@dataclass(frozen=True, slots=True)
class Delivery:
    """One file as listed. path: relative to the landing folder, with forward slashes; bytes of a name that
    are not UTF-8 appear as \\xNN. source: BANK, JOURNAL, ACCOUNTS, DECISIONS or UNKNOWN. byte_count and
    modified_ns as listed. refusal: why the file must not be opened, or None."""

    path: str
    file: Path
    source: str
    byte_count: int
    modified_ns: int
    refusal: str | None = None


def scan(landing: Path) -> list[Delivery]:
    """Every file of bank/, ledger/ and decisions/, in the order of its path, without dotfiles and README*."""
    found = [
        delivery
        for folder in ("bank", "ledger", "decisions")
        if os.path.lexists(landing / folder)
        for delivery in _walk(landing, landing / folder)
    ]
    return sorted(found, key=lambda delivery: delivery.path)


def _walk(landing: Path, folder: Path) -> Iterator[Delivery]:
    if folder.is_symlink():
        yield from _link(landing, folder)
        return
    try:
        with os.scandir(folder) as listing:
            entries = list(listing)
    except FileNotFoundError:
        return  # gone since its parent was read: not delivered
    except OSError as error:
        yield _describe(landing, folder, folder.lstat(), f"cannot be read: {error.strerror}")
        return
    for entry in entries:
        path = Path(entry.path)
        if entry.name.startswith((".", "README")):
            continue
        if entry.is_symlink():
            yield from _link(landing, path)
        elif entry.is_dir():
            yield from _walk(landing, path)
        elif entry.is_file():
            try:
                yield _describe(landing, path, entry.stat())
            except FileNotFoundError:
                continue  # gone since the folder was read


def _link(landing: Path, path: Path) -> Iterator[Delivery]:
    refusal = None
    try:
        target = path.resolve(strict=True)
    except FileNotFoundError:
        refusal = "is a link to nothing"
    except (OSError, RuntimeError):  # which of them a loop raises depends on Python's version
        refusal = "is a link that leads nowhere"
    else:
        if not target.is_relative_to(landing.resolve()):
            refusal = "is a link that leaves the landing folder"
        elif target.is_dir():
            refusal = "is a link to a folder: deliver the files themselves"
        elif not target.is_file():
            return
    yield _describe(landing, path, path.lstat() if refusal else path.stat(), refusal)


def _describe(landing: Path, path: Path, status: os.stat_result, refusal: str | None = None) -> Delivery:
    relative = path.relative_to(landing)
    source = _source(relative)
    if source == UNKNOWN and refusal is None:
        refusal = (
            "is not a decision file: decisions/ takes *.csv"
            if relative.parts[0] == "decisions"
            else f"is not a ledger export: ledger/ takes {', '.join(_LEDGER_NAMES)}"
        )
    name = os.fsencode(relative.as_posix()).decode("utf-8", "backslashreplace")
    return Delivery(name, path, source, status.st_size, status.st_mtime_ns, refusal)


def _source(relative: Path) -> str:
    if relative.parts[0] == "bank":
        return BANK
    if relative.parts[0] == "decisions":
        return DECISIONS if fnmatch(relative.name.lower(), "*.csv") else UNKNOWN
    if len(relative.parts) == 2:
        for pattern, source in _LEDGER_NAMES.items():
            if fnmatch(relative.name.lower(), pattern):
                return source
    return UNKNOWN
