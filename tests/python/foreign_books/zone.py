"""Companies' books as a landing zone with its truth beside it."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from pathlib import Path

from . import (
    brazilian_retailer,
    charity,
    greek_company,
    indian_trader,
    japan_company,
    korean_trader,
    law_firm,
    marketplace_seller,
    norwegian_landlord,
    polish_workshop,
    sepa_structured,
    uk_wholesaler,
    us_business,
    us_card,
)
from .books import Books
from .company import Company
from .ledgers import write_ledger
from .statements import Place
from .truth import TrueItem, save_truth, true_items

COMPANIES: dict[str, Company] = {
    module.COMPANY.name: module.COMPANY
    for module in (
        us_business,
        us_card,
        sepa_structured,
        marketplace_seller,
        charity,
        japan_company,
        greek_company,
        uk_wholesaler,
        indian_trader,
        norwegian_landlord,
        law_firm,
        brazilian_retailer,
        polish_workshop,
        korean_trader,
    )
}


def write_zone(zone: Path, names: Iterable[str], item_count: int, seed: int) -> list[TrueItem]:
    """Write landing/ and the truth of these companies, each of about so many items; the truth."""
    rows: list[TrueItem] = []
    for name in names:
        company = COMPANIES[name]
        for books in company.branches(seed, item_count):
            ledger = [item.number for item in books.items if item.side == "ledger"]
            ledger_places = dict(zip(ledger, write_ledger(books, zone / "landing"), strict=True))
            rows += true_items(books, _write_statements(books, company, zone / "landing"), ledger_places)
    save_truth(rows, zone)
    return rows


def _write_statements(books: Books, company: Company, landing: Path) -> dict[int, Place]:
    bank = sorted(
        (item for item in books.items if item.side == "bank"),
        key=lambda item: (books.account_of(item.line).number, item.line.on),
    )
    places: dict[int, Place] = {}
    of_accounts = {
        number: list(items)
        for number, items in itertools.groupby(bank, key=lambda item: books.account_of(item.line).number)
    }
    for account in books.accounts:
        items = of_accounts.get(account.number, [])
        found = company.writer(books, account, [item.line for item in items], landing)
        places |= dict(zip((item.number for item in items), found, strict=True))
    return places
