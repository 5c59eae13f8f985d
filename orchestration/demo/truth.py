"""The truth beside a landing zone: what belongs together, what stays open, and what was planted."""

from __future__ import annotations

import csv
import datetime
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import IO, Any, Protocol

from orchestration.demo.bank import BankLine, Banks, path_of
from orchestration.demo.company import BankAccount
from orchestration.demo.folder import GeneratedFolder
from orchestration.demo.ledger import CashItem, Ledger
from orchestration.demo.money import plain
from orchestration.demo.numbers import Numbers

MATCH_COLUMNS = (
    "truth_match_id",
    "kind",
    "side",
    "account_number",
    "item_on",
    "amount",
    "currency",
    "file",
    "bank_reference",
    "entry_id",
    "line_no",
)
PLANTED_COLUMNS = (
    "plant_id",
    "kind",
    "account_number",
    "item_on",
    "amount",
    "currency",
    "file",
    "entry_id",
    "description",
    "side",
    "line_no",
    "bank_reference",
    "is_open",
)


class Writer(Protocol):
    """The part of the csv module's writer that is used here."""

    def writerow(self, row: Iterable[Any], /) -> Any: ...

    def writerows(self, rows: Iterable[Iterable[Any]], /) -> None: ...


class Truth:
    """Writes matches.csv and planted.csv as events happen.

    Rows of one truth_match_id belong together; where several stand on both sides (identical payments)
    any pairing among them is right. An item is either in matches.csv or, with is_open true, in
    planted.csv, and never twice.
    """

    def __init__(self, folder: GeneratedFolder, numbers: Numbers, banks: Banks, ledger: Ledger) -> None:
        self._numbers = numbers
        self._banks = banks
        self._ledger = ledger
        self._files: list[IO[str]] = []
        self._matches = self._open(folder, "matches.csv", MATCH_COLUMNS)
        self._planted = self._open(folder, "planted.csv", PLANTED_COLUMNS)
        self.match_count = 0
        self.planted_counts: Counter[str] = Counter()

    def _open(self, folder: GeneratedFolder, name: str, columns: tuple[str, ...]) -> Writer:
        file = folder.claim(name).open("w", encoding="utf-8", newline="")
        self._files.append(file)
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        return writer

    def close(self) -> None:
        """Finish both files."""
        for file in self._files:
            file.close()

    def together(self, kind: str, lines: Sequence[BankLine], items: Sequence[CashItem]) -> bool:
        """Record that these items belong together, or which of them stay open. True when matched.

        Items not delivered by the end, or only in the corrupt file, leave the rest open.
        """
        readable = [line for line in lines if self._banks.is_readable(line)]
        delivered = [item for item in items if self._ledger.is_delivered(item)]
        complete = len(readable) == len(lines) and len(delivered) == len(items)
        if complete and len(readable) + len(delivered) > 1:
            self._match(kind, readable, delivered)
            return True
        lost = any(self._banks.is_lost(line) for line in lines)
        for line in readable:
            self.open_line(
                "not_booked_by_the_end", line, "On the bank's side; the books follow after the end"
            )
        for item in delivered:
            self._open_item(item, lost)
        return False

    def _match(self, kind: str, lines: list[BankLine], items: list[CashItem]) -> None:
        self.match_count += 1
        match_id = f"M{self._numbers.next('M'):06d}"
        self._matches.writerows(
            (
                match_id,
                kind,
                "bank",
                line.account.number,
                line.booked_on.isoformat(),
                plain(line.amount),
                line.account.currency,
                path_of(line),
                line.bank_reference,
                "",
                "",
            )
            for line in lines
        )
        self._matches.writerows(
            (
                match_id,
                kind,
                "ledger",
                item.account.number,
                item.entry.posted_on.isoformat(),
                plain(item.amount),
                item.account.currency,
                self._ledger.file_of(item),
                "",
                item.entry.entry_id,
                item.line_no,
            )
            for item in items
        )

    def _open_item(self, item: CashItem, lost: bool) -> None:
        if lost:
            self.open_item("statement_missing", item, "Its bank line stands only in the corrupt file")
        elif item.amount > 0:
            self.open_item("deposit_in_transit", item, "Booked; the bank credits it after the end")
        else:
            self.open_item("payment_in_transit", item, "Booked; the bank debits it after the end")

    def open_item(self, kind: str, item: CashItem, description: str) -> None:
        """Plant a ledger line that stays open at the end."""
        self.plant_item(kind, item, description, is_open=True)

    def open_line(self, kind: str, line: BankLine, description: str) -> None:
        """Plant a bank line that stays open at the end."""
        self.plant_line(kind, line, description, is_open=True)

    def plant_item(self, kind: str, item: CashItem, description: str, *, is_open: bool = False) -> None:
        """Plant a fact about a ledger line. Nothing is written when the line is not delivered."""
        if self._ledger.is_delivered(item):
            self._plant(
                kind,
                item.account,
                item.entry.posted_on,
                item.amount,
                self._ledger.file_of(item),
                description,
                side="ledger",
                entry_id=item.entry.entry_id,
                line_no=str(item.line_no),
                is_open=is_open,
            )

    def plant_line(self, kind: str, line: BankLine, description: str, *, is_open: bool = False) -> None:
        """Plant a fact about a bank line. Nothing is written when no readable file holds the line."""
        if self._banks.is_readable(line):
            self._plant(
                kind,
                line.account,
                line.booked_on,
                line.amount,
                path_of(line),
                description,
                side="bank",
                bank_reference=line.bank_reference,
                is_open=is_open,
            )

    def plant_file(
        self,
        kind: str,
        account: BankAccount,
        day: datetime.date,
        amount: int | None,
        file: str,
        description: str,
    ) -> None:
        """Plant a fact about a statement file. amount: in minor units, where one says something."""
        self._plant(kind, account, day, amount, file, description, side="file")

    def _plant(
        self,
        kind: str,
        account: BankAccount,
        day: datetime.date,
        amount: int | None,
        file: str,
        description: str,
        *,
        side: str,
        entry_id: str = "",
        line_no: str = "",
        bank_reference: str = "",
        is_open: bool = False,
    ) -> None:
        self.planted_counts[kind] += 1
        self._planted.writerow(
            (
                f"P{self._numbers.next('P'):06d}",
                kind,
                account.number,
                day.isoformat(),
                "" if amount is None else plain(amount),
                account.currency,
                file,
                entry_id,
                description,
                side,
                line_no,
                bank_reference,
                "true" if is_open else "false",
            )
        )
