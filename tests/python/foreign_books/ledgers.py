"""The general ledger's export and its chart of accounts, and where in the export each line stands."""

from __future__ import annotations

import csv
import datetime
from decimal import Decimal
from pathlib import Path

from . import days
from .books import Books, Item, LedgerLine
from .chance import words
from .statements import Place

JOURNAL_COLUMNS = words(
    "entry_id,line_no,posted_on,gl_account,amount,currency,reference,counterparty,memo,document_type,"
    "recorded_at"
)
ACCOUNT_COLUMNS = words("gl_account,name,type,currency,bank_account")
EQUITY = "EQ"


def write_ledger(books: Books, landing: Path) -> list[Place]:
    """Both files of a company; the places of its ledger items, in their order, and of no opening balance."""
    folder = landing / "ledger"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"accounts_{books.company}.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(ACCOUNT_COLUMNS)
        for account in books.accounts:
            rows.writerow((account.gl_account, account.name, account.type, books.currency, account.number))
        rows.writerow((books.contra, "Clearing", "expense", books.currency, ""))
        rows.writerow((books.contra + EQUITY, "Equity", "equity", books.currency, ""))
    return _write_journal(books, folder / f"journal_lines_{books.company}.csv", landing)


def _write_journal(books: Books, path: Path, landing: Path) -> list[Place]:
    ledger = [item for item in books.items if item.side == "ledger"]
    places: dict[int, Place] = {}
    number = 1
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(JOURNAL_COLUMNS)

        def entry(entry_id: str, line: LedgerLine, contra: str) -> None:
            texts = (line.reference, line.counterparty, line.memo, line.document_type)
            recorded = f"{line.posted_on + datetime.timedelta(days=1)}T03:10:00"
            sides: list[tuple[str, Decimal]] = [
                (books.account_of(line).gl_account, line.amount),
                (contra, -line.amount),
            ]
            for line_no, (gl_account, amount) in enumerate(sides, start=1):
                rows.writerow(
                    (entry_id, line_no, line.posted_on, gl_account, amount, books.currency, *texts, recorded)
                )

        for account in books.accounts:
            opening = LedgerLine(
                posted_on=days.OPENING_DAY,
                amount=account.opening,
                account=account.number,
                memo="Opening balance",
                document_type="OPENING",
            )
            if opening.amount:
                entry(f"{books.company}-OB-{account.gl_account}", opening, books.contra + EQUITY)
                number += 2
        for item in sorted(ledger, key=_when):
            places[item.number] = Place(path.relative_to(landing).as_posix(), number + 1)
            entry(f"{books.company}-{item.number:07}", item.line, books.contra)
            number += 2
    return [places[item.number] for item in ledger]


def _when(item: Item) -> datetime.date:
    return item.line.on
