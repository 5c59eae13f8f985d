"""What lies in the landing folder: a listing, classified by place, with nothing opened."""

from __future__ import annotations

import datetime
import os
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from orchestration.settings import PROJECT_DIR

# How banks write their CSV: when it is newer than the quarantine of a CSV, the file is read again.
CSV_PROFILES = PROJECT_DIR / "seeds" / "reference" / "csv_profiles.csv"
BANK = "bank_statements"
JOURNAL = "journal_lines"
ACCOUNTS = "ledger_accounts"
DECISIONS = "decisions"
PUNCHES = "punches"
ANSWERS = "payment_answers"
HR_PREFIX = "hr_"
# What an HR system delivers: each entity is a lake dataset, with the prefix.
HR_ENTITIES = (
    "employees",
    "badges",
    "pay_groups",
    "pay_periods",
    "pay_rates",
    "tax_elections",
    "bank_details",
    "recurring_items",
    "one_time_items",
    "leave",
)
UNKNOWN = "unknown"

_LEDGER_NAMES = {
    "journal_lines*.csv": JOURNAL,
    "journal_lines*.parquet": JOURNAL,
    "accounts*.csv": ACCOUNTS,
    "accounts*.parquet": ACCOUNTS,
}
_HR_NAMES = {
    f"{entity}*.{suffix}": f"{HR_PREFIX}{entity}" for entity in HR_ENTITIES for suffix in ("csv", "parquet")
}
# Folders below landing/: names that decide the source, and what a file with another name is not.
_FOLDERS = {
    "bank": ({"*": BANK}, ""),
    "decisions": ({"*.csv": DECISIONS}, "is not a decision file: decisions/ takes *.csv"),
    "hr": (
        _HR_NAMES,
        "is not an HR file: hr/ takes .csv and .parquet files whose names start with "
        + ", ".join(HR_ENTITIES),
    ),
    "ledger": (_LEDGER_NAMES, f"is not a ledger export: ledger/ takes {', '.join(_LEDGER_NAMES)}"),
    "payments": ({"*": ANSWERS}, ""),
    "punches": ({"*.jsonl": PUNCHES}, "is not a file of punches: punches/ takes *.jsonl"),
}
FOLDERS = tuple(_FOLDERS)
# Of these, only the folder itself is looked at.
_FLAT = {"hr", "ledger"}
_SPAN = re.compile(r"_complete_([0-9]{4}-[0-9]{2}-[0-9]{2})_([0-9]{4}-[0-9]{2}-[0-9]{2})(?=[_.])")


@dataclass(frozen=True, slots=True)
class Delivery:
    """One file as listed. path: relative to the landing folder, with forward slashes; bytes of a name that
    are not UTF-8 appear as \\xNN. source: the dataset of its rows (BANK for all of a bank file's) or UNKNOWN.
    byte_count and modified_ns as listed. refusal: why the file must not be opened, or None. complete_from,
    complete_to: the posting dates of which the file's name says that it holds every line, or None."""

    path: str
    file: Path
    source: str
    byte_count: int
    modified_ns: int
    refusal: str | None = None
    complete_from: datetime.date | None = None
    complete_to: datetime.date | None = None


def scan(landing: Path, folders: Collection[str] | None = None) -> list[Delivery]:
    """Every file of these folders, or of all, by path, without dotfiles and README*."""
    found = [
        delivery
        for folder in FOLDERS
        if (folders is None or folder in folders) and os.path.lexists(landing / folder)
        for delivery in _walk(landing, landing / folder)
    ]
    paths = {delivery.path for delivery in found}
    delivered = (each for each in found if not _is_signature(each.path, paths))
    return sorted(delivered, key=lambda delivery: delivery.path)


def _is_signature(path: str, paths: set[str]) -> bool:
    """Whether the file signs a decision file that lies beside it, with which it is read."""
    return path.startswith("decisions/") and path.endswith(".sig") and path.removesuffix(".sig") in paths


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
        refusal = _FOLDERS[relative.parts[0]][1]
    name = os.fsencode(relative.as_posix()).decode("utf-8", "backslashreplace")
    span = (None, None)
    if source == JOURNAL and "_complete" in relative.name.lower() and refusal is None:
        try:
            span = _complete_span(relative.name.lower())
        except ValueError:
            refusal = (
                "says that it is complete, but not of which posting dates: name it"
                " journal_lines_complete_<from>_<to>, with dates as YYYY-MM-DD"
            )
    return Delivery(name, path, source, status.st_size, status.st_mtime_ns, refusal, *span)


def _complete_span(name: str) -> tuple[datetime.date, datetime.date]:
    """First and last posting date. Raises ValueError for a name without two dates in order."""
    match = _SPAN.search(name)
    if match is None:
        raise ValueError(name)
    first, last = (datetime.date.fromisoformat(text) for text in match.groups())
    if first > last:
        raise ValueError(name)
    return first, last


def _source(relative: Path) -> str:
    folder = relative.parts[0]
    if folder in _FLAT and len(relative.parts) != 2:
        return UNKNOWN
    for pattern, source in _FOLDERS[folder][0].items():
        if fnmatch(relative.name.lower(), pattern):
            return source
    return UNKNOWN
