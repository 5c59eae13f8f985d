"""What lies in the landing folder: a listing, classified by place, and the way to open what it lists.

Whoever delivers is trusted with nothing: names, kinds of file and what lies where may change at any moment.
"""

from __future__ import annotations

import datetime
import os
import re
import stat
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import BinaryIO

from orchestration.outside import shown
from orchestration.settings import PROJECT_DIR

# How banks and payment processors write their CSV: when it is newer than the quarantine of a CSV, the file is
# read again.
CSV_PROFILES = PROJECT_DIR / "seeds" / "reference" / "csv_profiles.csv"
DECISION_POLICIES = PROJECT_DIR / "seeds" / "reference" / "decision_policies.csv"
SETTLEMENT_PROFILES = PROJECT_DIR / "seeds" / "reference" / "settlement_profiles.csv"
BANK = "bank_statements"
JOURNAL = "journal_lines"
ACCOUNTS = "ledger_accounts"
DECISIONS = "decisions"
PUNCHES = "punches"
ANSWERS = "payment_answers"
SETTLEMENTS = "settlement_lines"
CASH_LETTERS = "cash_letters"
DOCUMENT_PAGES = "document_pages"
DOCUMENT_FACTS = "document_facts"
# Whose files hold pictures, which are measured again when the steps that measure them change.
PICTURED = (CASH_LETTERS, DOCUMENT_PAGES)
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
# What only files bring: an HR system that was there before it need not answer for it.
HR_FILES = (*HR_ENTITIES, "opening_balances")
UNKNOWN = "unknown"

_LEDGER_NAMES = {
    "journal_lines*.csv": JOURNAL,
    "journal_lines*.parquet": JOURNAL,
    "accounts*.csv": ACCOUNTS,
    "accounts*.parquet": ACCOUNTS,
}
_HR_NAMES = {
    f"{entity}*.{suffix}": f"{HR_PREFIX}{entity}" for entity in HR_FILES for suffix in ("csv", "parquet")
}
# Folders below landing/: names that decide the source, and what a file with another name is not.
_FOLDERS = {
    "bank": ({"*": BANK}, ""),
    "cash_letters": ({"*": CASH_LETTERS}, ""),
    "decisions": ({"*.csv": DECISIONS}, "is not a decision file: decisions/ takes *.csv"),
    "documents": ({"*.csv": DOCUMENT_FACTS, "*": DOCUMENT_PAGES}, ""),
    "hr": (
        _HR_NAMES,
        "is not an HR file: hr/ takes .csv and .parquet files whose names start with " + ", ".join(HR_FILES),
    ),
    "ledger": (_LEDGER_NAMES, f"is not a ledger export: ledger/ takes {', '.join(_LEDGER_NAMES)}"),
    "payments": ({"*": ANSWERS}, ""),
    "punches": ({"*.jsonl": PUNCHES}, "is not a file of punches: punches/ takes *.jsonl"),
    "settlements": ({"*": SETTLEMENTS}, ""),
}
FOLDERS = tuple(_FOLDERS)
# Of these, only the folder itself is looked at.
_FLAT = {"hr", "ledger"}
# Folders below landing/, and bytes of a path in it. Banks' own trees are three or four folders deep.
_DEEPEST = 32
_LONGEST_PATH = 1024
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
# What a path may say of a bank's or a processor's file, by whose readers each is explained.
SAID_IN_PATH = re.compile(r"(account|currency|dates|encoding)=([^/_]+?)(?=[/_]|\.\w+$|$)")
_SPAN = re.compile(r"_complete_([0-9]{4}-[0-9]{2}-[0-9]{2})_([0-9]{4}-[0-9]{2}-[0-9]{2})(?=[_.])")


@dataclass(frozen=True, slots=True)
class Delivery:
    """One file as listed. path: relative to the landing folder, with forward slashes, fit to be shown; bytes
    of a name that are not UTF-8 appear as \\xNN. parts: the names as they are, of folders and file. source:
    the dataset of its rows (BANK for all of a bank file's) or UNKNOWN. byte_count and modified_ns as listed.
    refusal: why the file must not be opened, or None. complete_from, complete_to: the posting dates of which
    the file's name says that it holds every line, or None."""

    path: str
    parts: tuple[str, ...]
    source: str
    byte_count: int
    modified_ns: int
    refusal: str | None = None
    complete_from: datetime.date | None = None
    complete_to: datetime.date | None = None


def scan(landing: Path, folders: Collection[str] | None = None) -> list[Delivery]:
    """Every file of these folders, or of all, by path, without dotfiles and README*. None without landing.

    No link is followed, and a folder is listed as it was opened: nothing outside of landing is ever seen.
    """
    wanted = FOLDERS if folders is None else folders
    if not landing.exists():
        return []
    root = os.open(landing, os.O_RDONLY | os.O_DIRECTORY)
    try:
        found = list(_listed(root, (), lambda name: name in wanted))
    finally:
        os.close(root)
    paths = {delivery.path for delivery in found}
    delivered = (each for each in found if not _is_signature(each.path, paths))
    return sorted(delivered, key=lambda delivery: delivery.path)


def _is_signature(path: str, paths: set[str]) -> bool:
    """Whether the file signs a decision file that lies beside it, with which it is read."""
    return path.startswith("decisions/") and path.endswith(".sig") and path.removesuffix(".sig") in paths


def open_delivery(landing: Path, delivery: Delivery) -> BinaryIO:
    """The file, opened without following a link and without waiting for whoever writes to a pipe.

    Raises OSError: ELOOP or ENOTDIR where a link has taken a place since it was listed. What was opened need
    not be what was listed, and not even a file: its status tells.
    """
    folder = os.open(landing, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for name in delivery.parts[:-1]:
            inner = os.open(name, _FOLDER, dir_fd=folder)
            os.close(folder)
            folder = inner
        return os.fdopen(os.open(delivery.parts[-1], _FILE, dir_fd=folder), "rb")
    finally:
        os.close(folder)


def _listed(folder: int, above: tuple[str, ...], is_wanted: Callable[[str], bool]) -> Iterator[Delivery]:
    """What lies in an open folder and below it. above: the names that lead to it."""
    with os.scandir(folder) as listing:
        entries = [entry for entry in listing if is_wanted(entry.name)]
    for entry in entries:
        parts = (*above, entry.name)
        try:
            status = entry.stat(follow_symlinks=False)
        except FileNotFoundError:
            continue  # gone since the folder was read: not delivered
        if stat.S_ISDIR(status.st_mode):
            yield from _folder(folder, parts, status)
        else:
            refusal = _not_a_file(status) or (None if above else "is a file where a folder must be")
            yield _describe(parts, status, refusal)


def _folder(above: int, parts: tuple[str, ...], status: os.stat_result) -> Iterator[Delivery]:
    if len(parts) > _DEEPEST:
        yield _describe(parts, status, f"lies deeper than {_DEEPEST} folders: deliver the files further up")
        return
    try:
        folder = os.open(parts[-1], _FOLDER, dir_fd=above)
    except FileNotFoundError:
        return
    except OSError as error:
        yield _describe(parts, status, f"cannot be read: {error.strerror}")
        return
    try:
        yield from _listed(folder, parts, lambda name: not name.startswith((".", "README")))
    finally:
        os.close(folder)


def _not_a_file(status: os.stat_result) -> str | None:
    if stat.S_ISREG(status.st_mode):
        return None
    if stat.S_ISLNK(status.st_mode):
        return "is a link, and links are not followed: deliver the file itself"
    return "is no file but a pipe, a socket or a device: deliver a file"


def _describe(parts: tuple[str, ...], status: os.stat_result, refusal: str | None = None) -> Delivery:
    name = os.fsencode("/".join(parts))
    if refusal is None and len(name) > _LONGEST_PATH:
        refusal = f"has a path of {len(name)} bytes, more than {_LONGEST_PATH}: shorten the names"
    source = _source(parts)
    if source == UNKNOWN and refusal is None:
        refusal = _FOLDERS[parts[0]][1]
    span = (None, None)
    if source == JOURNAL and "_complete" in parts[-1].lower() and refusal is None:
        try:
            span = _complete_span(parts[-1].lower())
        except ValueError:
            refusal = (
                "says that it is complete, but not of which posting dates: name it"
                " journal_lines_complete_<from>_<to>, with dates as YYYY-MM-DD"
            )
    path = shown(name.decode("utf-8", "backslashreplace"))
    return Delivery(path, parts, source, status.st_size, status.st_mtime_ns, refusal, *span)


def _complete_span(name: str) -> tuple[datetime.date, datetime.date]:
    """First and last posting date. Raises ValueError for a name without two dates in order."""
    match = _SPAN.search(name)
    if match is None:
        raise ValueError(name)
    first, last = (datetime.date.fromisoformat(text) for text in match.groups())
    if first > last:
        raise ValueError(name)
    return first, last


def _source(parts: tuple[str, ...]) -> str:
    folder = parts[0]
    if folder in _FLAT and len(parts) != 2:
        return UNKNOWN
    for pattern, source in _FOLDERS[folder][0].items():
        if fnmatch(parts[-1].lower(), pattern):
            return source
    return UNKNOWN
