"""The general ledger as delivered: one file of journal lines a month, by the day they were recorded."""

from __future__ import annotations

import csv
import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO, Literal, Protocol

import pyarrow
import pyarrow.parquet

from orchestration.demo.calendars import Calendars
from orchestration.demo.company import ACCOUNT_OF_GL_ACCOUNT, BankAccount, GeneralLedgerAccount
from orchestration.demo.folder import GeneratedFolder
from orchestration.demo.money import as_decimal, plain
from orchestration.demo.numbers import Numbers
from orchestration.lake.schema import INSTANT, MONEY

LedgerFormat = Literal["csv", "parquet"]
JOURNAL_COLUMNS = (
    "entry_id",
    "line_no",
    "posted_on",
    "gl_account",
    "amount",
    "currency",
    "reference",
    "counterparty",
    "memo",
    "document_type",
    "original_currency",
    "original_amount",
    "recorded_at",
)
_JOURNAL_SCHEMA = pyarrow.schema(
    [
        ("entry_id", pyarrow.string()),
        ("line_no", pyarrow.int64()),
        ("posted_on", pyarrow.date32()),
        ("gl_account", pyarrow.string()),
        ("amount", MONEY),
        ("currency", pyarrow.string()),
        ("reference", pyarrow.string()),
        ("counterparty", pyarrow.string()),
        ("memo", pyarrow.string()),
        ("document_type", pyarrow.string()),
        ("original_currency", pyarrow.string()),
        ("original_amount", MONEY),
        ("recorded_at", INSTANT),
    ]
)
_DAY_START_SECONDS = 8 * 3600
_DAY_SECONDS = 10 * 3600
_ROWS_PER_GROUP = 50_000


@dataclass(slots=True)
class JournalEntry:
    """One journal entry, or a newer version of it. legs: (gl_account, signed minor units), sum zero.

    original: the currency of the document and the entry's amount in it, unsigned, in minor units. Only
    entries of two legs have one.
    """

    number: int
    posted_on: datetime.date
    recorded_on: datetime.date
    document_type: str
    reference: str
    counterparty: str
    memo: str
    currency: str
    legs: tuple[tuple[str, int], ...]
    replaces: JournalEntry | None = None
    original: tuple[str, int] | None = None

    @property
    def entry_id(self) -> str:
        """The number as the books write it."""
        return f"JE-{self.number:07d}"


@dataclass(slots=True)
class CashItem:
    """The line of a journal entry that moves a bank account. amount: in minor units, as finally corrected."""

    entry: JournalEntry
    line_no: int
    account: BankAccount
    amount: int


@lru_cache(maxsize=1024)
def _month_path(recorded_on: datetime.date, ledger_format: LedgerFormat) -> str:
    return f"ledger/journal_lines_{recorded_on:%Y-%m}.{ledger_format}"


Row = tuple[JournalEntry, int, str, int, str]


def _original(entry: JournalEntry, amount: int) -> tuple[str, int] | None:
    """The original currency, and the original amount of a line, signed like its amount."""
    if entry.original is None:
        return None
    currency, size = entry.original
    return currency, size if amount >= 0 else -size


class _MonthFile(Protocol):
    def add(self, rows: list[Row]) -> None: ...

    def close(self) -> None: ...


class Ledger:
    """The company's books. Entries wait for the day they are recorded, then go to that month's file."""

    def __init__(
        self, folder: GeneratedFolder, ledger_format: LedgerFormat, calendars: Calendars, numbers: Numbers
    ) -> None:
        self._folder = folder
        self._numbers = numbers
        self.format = ledger_format
        self._calendars = calendars
        self._waiting: dict[datetime.date, list[JournalEntry]] = {}
        self._month = ""
        self._file: _MonthFile | None = None
        self.line_count = 0
        self.file_count = 0
        self.cash_line_counts = {account.alias: 0 for account in ACCOUNT_OF_GL_ACCOUNT.values()}
        self.cash_balances = {account.alias: 0 for account in ACCOUNT_OF_GL_ACCOUNT.values()}

    def post(
        self,
        posted_on: datetime.date,
        document_type: str,
        currency: str,
        legs: tuple[tuple[str, int], ...],
        *,
        reference: str = "",
        counterparty: str = "",
        memo: str = "",
        recorded_on: datetime.date | None = None,
        original: tuple[str, int] | None = None,
    ) -> CashItem:
        """Book an entry and return its cash line. recorded_on: when late; posted_on otherwise."""
        entry = JournalEntry(
            self._numbers.next("JE"),
            posted_on,
            recorded_on or posted_on,
            document_type,
            reference,
            counterparty,
            memo,
            currency,
            legs,
            original=original,
        )
        self._wait(entry)
        for item in self.cash_items(entry):
            return item
        raise ValueError(f"{entry.entry_id} moves no bank account")

    def cash_items(self, entry: JournalEntry) -> Iterator[CashItem]:
        """The lines of an entry that move a bank account, in order."""
        for line_no, (gl_account, amount) in enumerate(entry.legs, start=1):
            account = ACCOUNT_OF_GL_ACCOUNT.get(gl_account)
            if account is not None:
                yield CashItem(entry, line_no, account, amount)

    def post_without_cash(
        self,
        posted_on: datetime.date,
        document_type: str,
        currency: str,
        legs: tuple[tuple[str, int], ...],
        memo: str,
    ) -> None:
        """Book an entry that moves no bank account."""
        number = self._numbers.next("JE")
        self._wait(JournalEntry(number, posted_on, posted_on, document_type, "", "", memo, currency, legs))

    def correct(
        self,
        item: CashItem,
        recorded_on: datetime.date,
        *,
        memo: str | None = None,
        legs: tuple[tuple[str, int], ...] | None = None,
    ) -> CashItem:
        """Record a newer version of an entry: all its lines again. Returns the cash line as corrected."""
        old = item.entry
        corrected_legs = legs or old.legs
        self._wait(
            JournalEntry(
                old.number,
                old.posted_on,
                recorded_on,
                old.document_type,
                old.reference,
                old.counterparty,
                old.memo if memo is None else memo,
                old.currency,
                corrected_legs,
                replaces=old,
            )
        )
        return CashItem(old, item.line_no, item.account, corrected_legs[item.line_no - 1][1])

    def is_delivered(self, item: CashItem) -> bool:
        """Whether the entry is recorded by the last day."""
        return item.entry.recorded_on <= self._calendars.last_on

    def file_of(self, item: CashItem) -> str:
        """The file of the entry's first delivery, relative to the landing folder."""
        return _month_path(item.entry.recorded_on, self.format)

    def _wait(self, entry: JournalEntry) -> None:
        assert sum(amount for _, amount in entry.legs) == 0, f"{entry.entry_id} does not balance"
        if entry.recorded_on <= self._calendars.last_on:
            self._waiting.setdefault(entry.recorded_on, []).append(entry)

    def write_day(self, day: datetime.date) -> None:
        """Write every entry recorded on the day."""
        entries = self._waiting.pop(day, [])
        if not entries:
            return
        month = f"{day:%Y-%m}"
        if month != self._month or self._file is None:
            self.close()
            self._month = month
            self._file = self._open(_month_path(day, self.format))
            self.file_count += 1
        rows: list[Row] = []
        for entry in sorted(entries, key=self._recorded_seconds):
            seconds = self._recorded_seconds(entry)
            clock = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
            recorded_at = f"{day.isoformat()}T{clock}Z"
            for line_no, (gl_account, amount) in enumerate(entry.legs, start=1):
                rows.append((entry, line_no, gl_account, amount, recorded_at))
                account = ACCOUNT_OF_GL_ACCOUNT.get(gl_account)
                if account is not None:
                    self._add_cash(account.alias, entry, line_no, amount)
        self._file.add(rows)
        self.line_count += len(rows)

    def _recorded_seconds(self, entry: JournalEntry) -> int:
        """The second of the day at which an entry is recorded, by its number alone."""
        numbers = self._numbers
        return _DAY_START_SECONDS + numbers.place_in_day(entry.number) * _DAY_SECONDS // numbers.block_size

    def _add_cash(self, alias: str, entry: JournalEntry, line_no: int, amount: int) -> None:
        if entry.replaces is None:
            self.cash_line_counts[alias] += 1
            self.cash_balances[alias] += amount
        else:
            self.cash_balances[alias] += amount - entry.replaces.legs[line_no - 1][1]

    def _open(self, relative: str) -> _MonthFile:
        path = self._folder.claim(relative)
        return _CsvMonth(path) if self.format == "csv" else _ParquetMonth(path)

    def close(self) -> None:
        """Finish the month's file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def write_accounts(self, chart: list[GeneralLedgerAccount]) -> None:
        """Write the chart of accounts."""
        path = self._folder.claim(f"ledger/accounts.{self.format}")
        self.file_count += 1
        if self.format == "parquet":
            columns = zip(*chart, strict=True)
            table = pyarrow.table(
                {
                    name: pyarrow.array(list(values), pyarrow.string())
                    for name, values in zip(GeneralLedgerAccount._fields, columns, strict=True)
                }
            )
            pyarrow.parquet.write_table(table, path)
            return
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\r\n")
            writer.writerow(GeneralLedgerAccount._fields)
            writer.writerows(chart)


class _CsvMonth:
    """A month's journal lines as RFC 4180 CSV."""

    def __init__(self, path: Path) -> None:
        self._file: IO[str] = path.open("w", encoding="utf-8", newline="")
        self._writer = csv.writer(self._file, lineterminator="\r\n")
        self._writer.writerow(JOURNAL_COLUMNS)

    def add(self, rows: list[Row]) -> None:
        self._writer.writerows(
            (
                entry.entry_id,
                line_no,
                entry.posted_on.isoformat(),
                gl_account,
                plain(amount),
                entry.currency,
                entry.reference,
                entry.counterparty,
                entry.memo,
                entry.document_type,
                *(("", "") if original is None else (original[0], plain(original[1]))),
                recorded_at,
            )
            for entry, line_no, gl_account, amount, recorded_at in rows
            for original in (_original(entry, amount),)
        )

    def close(self) -> None:
        self._file.close()


class _ParquetMonth:
    """A month's journal lines as Parquet, empty texts as nulls."""

    def __init__(self, path: Path) -> None:
        self._writer = pyarrow.parquet.ParquetWriter(path, _JOURNAL_SCHEMA)
        self._rows: list[Row] = []

    def add(self, rows: list[Row]) -> None:
        self._rows += rows
        if len(self._rows) >= _ROWS_PER_GROUP:
            self._flush()

    def _flush(self) -> None:
        records = [
            {
                "entry_id": entry.entry_id,
                "line_no": line_no,
                "posted_on": entry.posted_on,
                "gl_account": gl_account,
                "amount": as_decimal(amount),
                "currency": entry.currency,
                "reference": entry.reference or None,
                "counterparty": entry.counterparty or None,
                "memo": entry.memo or None,
                "document_type": entry.document_type,
                "original_currency": original[0] if original else None,
                "original_amount": as_decimal(original[1]) if original else None,
                "recorded_at": datetime.datetime.fromisoformat(recorded_at),
            }
            for entry, line_no, gl_account, amount, recorded_at in self._rows
            for original in (_original(entry, amount),)
        ]
        self._writer.write_table(pyarrow.Table.from_pylist(records, schema=_JOURNAL_SCHEMA))
        self._rows = []

    def close(self) -> None:
        if self._rows:
            self._flush()
        self._writer.close()
