"""The truth of a zone: one row per item, in a CSV file beside its landing folder."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple

from .books import BankLine, Books
from .knowable import alike
from .statements import Place

FILE = "truth.csv"
# Of two lines that nobody can tell apart and that are so few days apart, it does not matter which is which.
HARMLESS_DAYS = 4


class TrueItem(NamedTuple):
    """An item as planted, found again by file and line.

    group_id: what belongs together has one; empty where the item is truly open. chain_id: groups of one story
    have one, and what balances among their items is right. alike: items of one side that nobody can tell
    apart have one, and either is right where another is, as long as they are within alike_days of each other.
    is_decidable: 1 where a careful human could know the group from the files alone.
    """

    company: str
    side: str
    file: str
    line_number: int
    group_id: str
    chain_id: str
    kind: str
    is_decidable: int
    alike: str
    alike_days: int
    item_on: str
    amount: str
    text: str


def true_items(
    books: Books, bank_places: dict[int, Place], ledger_places: dict[int, Place]
) -> list[TrueItem]:
    """The rows of one company, whose items stand at these places by their number."""
    labels: dict[tuple, str] = {}
    found = []
    for item in books.items:
        place = (bank_places if item.side == "bank" else ledger_places)[item.number]
        label = labels.setdefault(alike(books, item), f"{books.company}:{len(labels)}")
        lag = item.group.lag if item.group else (0, 5)
        line = item.line
        texts = (
            (line.name, line.reference, line.creditor_reference, line.memo)
            if isinstance(line, BankLine)
            else (line.reference, line.counterparty, line.memo)
        )
        found.append(
            TrueItem(
                books.company,
                item.side,
                *place,
                f"{books.company}:{item.group.number}" if item.group else "",
                f"{books.company}:{item.group.chain}" if item.group and item.group.chain is not None else "",
                item.kind,
                int(item.is_decidable),
                label,
                max(abs(lag[0]), abs(lag[1]), HARMLESS_DAYS),
                line.on.isoformat(),
                str(line.amount),
                " | ".join(text for text in texts if text),
            )
        )
    return found


def save_truth(rows: list[TrueItem], zone: Path) -> None:
    """Write the truth of a zone."""
    with (zone / FILE).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(TrueItem._fields)
        writer.writerows(rows)


def load_truth(zone: Path) -> list[TrueItem]:
    """The truth that was written for a zone."""
    with (zone / FILE).open(encoding="utf-8", newline="") as file:
        return [
            TrueItem(**row)._replace(
                line_number=int(row["line_number"]),
                is_decidable=int(row["is_decidable"]),
                alike_days=int(row["alike_days"]),
            )
            for row in csv.DictReader(file)
        ]
