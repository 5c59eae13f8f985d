"""What the desk shows: marts of the newest file that is free. What is open is read once into memory.

No lock is held between two readings, so that neither a page keeps a build waiting nor a build a page. What
is done, which is any number of rows, is asked for a page at a time. No mart of persons is ever read.
"""

from __future__ import annotations

import datetime
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from orchestration.errors import TieoutError
from orchestration.lake.lock import is_free
from orchestration.report.answers import ReportError, read_answers, reading
from orchestration.settings import Settings

_QUERIES = Path(__file__).parent / "queries"
_ASKED = _QUERIES / "asked"
# What a company without payroll, or a build of the bank alone, does not have.
_OF_PAYROLL = ("payroll_controls", "periods")

Row = dict[str, Any]


class DeskError(TieoutError):
    """What was asked of the desk is not done. The message says why and what to do."""


@dataclass(frozen=True, eq=False)
class Suggestion:
    """Items that probably belong together. rivals: other suggestions that want one of them."""

    suggestion_id: str
    account_id: str
    probability: Decimal
    evidence_for: str
    evidence_against: str
    item_ids: tuple[str, ...]
    rivals: list[Suggestion] = field(default_factory=list)


@dataclass(frozen=True)
class Books:
    """One state of the books. version: tells it from any other state; a page names the one that it shows."""

    path: Path
    version: str
    accounts: list[Row]
    items: list[Row]
    controls: list[Row]
    decisions: list[Row]
    suggestion_rows: list[Row]
    periods: list[Row]
    reopenings: list[Row]

    @cached_property
    def item(self) -> dict[str, Row]:
        """The open items by their ids."""
        return {row["item_id"]: row for row in self.items}

    @cached_property
    def items_of_row(self) -> dict[str, list[str]]:
        """The open items of each row of a file, and of each file, as `exclude` names them."""
        found: dict[str, list[str]] = defaultdict(list)
        for row in self.items:
            if row["file_hash"] is not None:
                found[row["file_hash"]].append(row["item_id"])
                found[row_of(row)].append(row["item_id"])
        return found

    @cached_property
    def period(self) -> dict[str, Row]:
        """The pay periods by their ids."""
        return {row["pay_period_id"]: row for row in self.periods}

    @property
    def as_of_on(self) -> datetime.date | None:
        """The business date that they are as of."""
        return max((row["as_of_on"] for row in self.accounts if row["as_of_on"]), default=None)

    @cached_property
    def account_names(self) -> dict[str, str]:
        """What the accounts are called, by their ids."""
        return {row["account_id"]: row["account_name"] or row["account_id"] for row in self.accounts}

    @cached_property
    def control(self) -> dict[str, Row]:
        """The red controls by their ids."""
        return {row["control_total_id"]: row for row in self.controls}

    @cached_property
    def decision(self) -> dict[str, Row]:
        """The decisions by their ids."""
        return {row["decision_id"]: row for row in self.decisions}

    @cached_property
    def suggestions(self) -> list[Suggestion]:
        """The suggestions, the most probable first, whose items are all open."""
        rows: dict[str, list[Row]] = defaultdict(list)
        for row in self.suggestion_rows:
            rows[row["suggestion_id"]].append(row)
        found = [
            Suggestion(
                *(of_one[0][name] for name in ("suggestion_id", "account_id", "probability")),
                *(of_one[0][name] or "" for name in ("evidence_for", "evidence_against")),
                tuple(dict.fromkeys(row[f"{side}_item_id"] for side in ("bank", "ledger") for row in of_one)),
            )
            for of_one in rows.values()
        ]
        found = [each for each in found if self.item.keys() >= set(each.item_ids)]
        wanting: dict[str, list[Suggestion]] = defaultdict(list)
        for each in found:
            for item_id in each.item_ids:
                wanting[item_id].append(each)
        for each in found:
            rivals = dict.fromkeys(rival for item_id in each.item_ids for rival in wanting[item_id])
            each.rivals.extend(rival for rival in rivals if rival is not each)
        return found

    def items_of(self, suggestion: Suggestion) -> list[Row]:
        """Its items, the bank's first."""
        return [self.item[item_id] for item_id in suggestion.item_ids]


class Shelf:
    """Where the books are taken from: the warehouse or the published copy, whichever is newer and free."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._books: Books | None = None
        self._lock = threading.Lock()

    def newest(self) -> tuple[Books, str | None]:
        """The books, and why they are not the newest, or None when they are. Raises DeskError without any."""
        with self._lock:
            problems = []
            for path, version in self._candidates():
                if self._books and self._books.version == version:
                    break
                try:
                    self._books = self._read(path, version)
                    break
                except ReportError as error:
                    problems.append(str(error))
                    if self._books and self._books.path == path:
                        break  # what was read of it is newer than any other file
            if self._books is None:
                raise DeskError(
                    "; ".join(problems)
                    or f"there are no books yet: {self._settings.warehouse} is not there. Run `tieout build`"
                )
            return self._books, "; ".join(problems) or None

    def asked(self, books: Books, name: str, **values: Any) -> list[Row]:
        """The answer to a query of queries/asked/ for these values. Raises DeskError or ReportError."""
        with self._opened(books.path) as connection:
            if _version(books.path) != books.version:
                raise DeskError("The books were built again since this page was loaded: look at it again")
            sql = (_ASKED / f"{name}.sql").read_text(encoding="utf-8")
            answer = connection.execute(sql, values)
            columns = [column[0] for column in answer.description]
            return [dict(zip(columns, row, strict=True)) for row in answer.fetchall()]

    def _candidates(self) -> list[tuple[Path, str]]:
        """The files that hold books, the newest first, each with the version of its state."""
        states = []
        for file in (self._settings.warehouse, self._settings.published_copy):
            if file.is_file():
                states.append((file.stat().st_mtime_ns, file.resolve(), _version(file)))
        return [(path, version) for _, path, version in sorted(states, reverse=True)]

    @contextmanager
    def _opened(self, path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
        # Between two steps of a night the warehouse looks free, and a reader would keep the next one out.
        if path == self._settings.warehouse and not is_free(self._settings.night_lock):
            raise ReportError(f"{path} is being written by a night")
        with reading(path, wait_seconds=0) as connection:
            yield connection

    def _read(self, path: Path, version: str) -> Books:
        with self._opened(path) as connection:
            answers = read_answers(connection, _QUERIES)
        problems = dict.fromkeys(
            answer.problem for name, answer in answers.items() if answer.problem and name not in _OF_PAYROLL
        )
        if problems:
            raise ReportError(f"{path}: {'; '.join(problems)}. Run `tieout build`")
        names = (
            *("accounts", "items", "controls", "decisions", "suggestions"),
            *("periods", "reopenings"),
        )
        books = Books(path, version, *(answers[name].rows for name in names))
        books.controls.extend(answers["payroll_controls"].rows)
        return books


def row_of(item: Row) -> str:
    """The row of a file that an item is, as `exclude` names it."""
    return f"{item['file_hash']}:{item['line_number']}"


def _version(file: Path) -> str:
    state = file.stat()
    return f"{state.st_ino:x}-{state.st_mtime_ns:x}-{state.st_size:x}"
