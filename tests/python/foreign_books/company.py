"""What a company is: its accounts, its bank's way of writing, and what happens in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from .books import Account, Books, Plant, happen
from .knowable import decide
from .statements import Writer

# More items than this in one company's quarter and nothing is rare: further ones are another branch's.
BRANCH_ITEMS = 3000


class Company(NamedTuple):
    """A company: contra is the ledger account that stands against its cash accounts."""

    name: str
    country: str
    currency: str
    contra: str
    accounts: Sequence[Account]
    writer: Writer
    plants: Sequence[Plant]

    def branches(self, seed: int, item_count: int) -> list[Books]:
        """Its books of about so many items, each branch with accounts of its own."""
        count = -(-item_count // BRANCH_ITEMS)
        return [self._books(seed, item_count // count, number) for number in range(count)]

    def _books(self, seed: int, item_count: int, branch: int) -> Books:
        suffix = f"{branch:02}" if branch else ""
        accounts = [
            account._replace(number=account.number + suffix, gl_account=account.gl_account + suffix)
            for account in self.accounts
        ]
        books = Books(
            self.name + suffix, self.country, self.currency, self.contra + suffix, accounts, suffix, seed
        )
        happen(books, self.plants, item_count)
        decide(books)
        return books
