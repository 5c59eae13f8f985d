"""What a company's books are made of: lines of the bank and of the ledger, and groups that belong together.

Belongs here: the lines as every format and ledger can write them, and the scene in which a plant adds them.
What can be known of a group is in knowable.py; how lines become files is in statements.py and ledgers.py.
"""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from . import days
from .chance import money, stream

Says = frozenset[str]
NOTHING: Says = frozenset()
NUMBERS_A_DAY = 40


def party(name: str) -> Says:
    """A line that tells its other party."""
    return frozenset({f"party:{name}"})


def document(*numbers: str) -> Says:
    """A line that names documents both sides know."""
    return frozenset(f"document:{number}" for number in numbers)


class Detail(NamedTuple):
    """One payment inside a batch entry of a bank."""

    amount: Decimal
    name: str
    reference: str = ""
    memo: str = ""
    mandate: str = ""
    creditor_reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BankLine:
    """An entry of a statement. says: what it tells a reader of the other party and of documents."""

    booked_on: datetime.date
    amount: Decimal
    account: str = ""
    memo: str = ""
    name: str = ""
    reference: str = ""
    bank_reference: str = ""
    creditor_reference: str = ""
    code: str = ""
    charges: Decimal | None = None
    is_reversal: bool = False
    details: tuple[Detail, ...] = ()
    says: Says = NOTHING

    @property
    def on(self) -> datetime.date:
        """The day it counts."""
        return self.booked_on


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerLine:
    """A line of the cash account of a journal entry; its contra line is written with it."""

    posted_on: datetime.date
    amount: Decimal
    account: str = ""
    reference: str = ""
    counterparty: str = ""
    memo: str = ""
    document_type: str = ""
    contra: str = ""
    says: Says = NOTHING

    @property
    def on(self) -> datetime.date:
        """The day it counts."""
        return self.posted_on


Line = BankLine | LedgerLine


@dataclass(slots=True, eq=False)
class Item:
    """A line with its place in the truth. group: None where it is truly open."""

    line: Line
    kind: str
    number: int
    group: Group | None = None
    is_decidable: bool = False

    @property
    def side(self) -> str:
        """bank or ledger."""
        return "bank" if isinstance(self.line, BankLine) else "ledger"


@dataclass(slots=True, eq=False)
class Group:
    """Items that belong together.

    lag: calendar days from the ledger's date to the bank's that are usual for it. is_decidable: as the plant
    knows it, or None where knowable.py finds out. chain: the first of the groups with which it is one story.
    """

    kind: str
    number: int
    lag: tuple[int, int]
    items: list[Item]
    is_decidable: bool | None = None
    chain: int | None = None


class Account(NamedTuple):
    """An own account at a bank, and the ledger account that mirrors it."""

    number: str
    gl_account: str
    name: str
    opening: Decimal
    type: str = "asset"


@dataclass(slots=True)
class Books:
    """All lines of one company, or of the branch whose suffix its accounts bear.

    Lines that name no account are of the first.
    """

    company: str
    country: str
    currency: str
    contra: str
    accounts: Sequence[Account]
    suffix: str
    seed: int
    items: list[Item] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    taken: set[tuple[str, int]] = field(default_factory=set)

    def add(
        self,
        kind: str,
        *lines: Line,
        lag: tuple[int, int] = (0, 5),
        is_decidable: bool | None = None,
    ) -> Group | None:
        """Lines that belong together, as a group where they are all there.

        What would come after the last day is not there yet: of a pair the other line stays open, a larger
        group has not happened.
        """
        there = [line for line in lines if line.on <= days.LAST_DAY]
        if len(there) < len(lines) and len(lines) > 2:
            return None
        if len(there) < 2:
            self.leave_open(f"{kind}, under way", *there)
            return None
        group = Group(kind, len(self.groups), lag, [], is_decidable)
        self.groups.append(group)
        group.items = [self._item(kind, line, group) for line in there]
        return group

    def chain(self, *groups: Group | None) -> None:
        """Groups of one story, as money that came and went back: what balances among them is right too."""
        there = [group for group in groups if group]
        for group in there:
            group.chain = there[0].number

    def leave_open(self, kind: str, *lines: Line) -> None:
        """Lines of which the other side knows nothing."""
        for line in lines:
            if line.on <= days.LAST_DAY:
                self._item(kind, line, None)

    def _item(self, kind: str, line: Line, group: Group | None) -> Item:
        item = Item(line, kind, len(self.items), group)
        self.items.append(item)
        return item

    def account_of(self, line: Line) -> Account:
        """The account that the line stands on."""
        number = line.account + self.suffix
        return next((each for each in self.accounts if each.number == number), self.accounts[0])


@dataclass(slots=True)
class Scene:
    """A day on which something happens, with chance of its own."""

    books: Books
    day: datetime.date
    chance: random.Random

    def after(self, least: int, most: int) -> datetime.date:
        """A banking day from so many to so many business days on."""
        return days.later(self.day, self.chance.randint(least, most), self.books.country)

    def amount(self, low: float, high: float, step: str = "0.01") -> Decimal:
        """An amount between the two."""
        return money(self.chance, low, high, step)

    def next(self, series: str, first: int) -> int:
        """A number of a series that grows by the day, and that nothing else has.

        A counter would give every later number to someone else when one more thing happens.
        """
        number = (
            first + NUMBERS_A_DAY * (self.day - days.FIRST_DAY).days + self.chance.randrange(NUMBERS_A_DAY)
        )
        while (series, number) in self.books.taken:
            number += 1
        self.books.taken.add((series, number))
        return number


class Plant(NamedTuple):
    """Something that happens in a company. items: how many it makes; share: of all items, in percent.

    days_of_month: on which alone it happens, or None.
    """

    make: Callable[[Scene], None]
    items: float
    share: float
    days_of_month: range | None = None


def happen(books: Books, plants: Sequence[Plant], item_count: int) -> None:
    """Everything of a period: each plant on its own, so that another one changes nothing of it."""
    for plant in plants:
        kind = plant.make.__name__
        wanted = days.business_days(books.country)
        if plant.days_of_month:
            wanted = [day for day in wanted if day.day in plant.days_of_month]
        rate = item_count * plant.share / 100 / plant.items / len(wanted)
        due = stream(books.seed, books.company, kind).random()
        for day in wanted:
            due += rate
            for number in range(int(due)):
                plant.make(Scene(books, day, stream(books.seed, books.company, kind, day, number)))
            due -= int(due)
