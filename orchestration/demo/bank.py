"""What the banks hold: lines waiting for their day, and the running balance of each account."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath
from typing import NamedTuple

from orchestration.demo import mix
from orchestration.demo.calendars import Calendars, week_start
from orchestration.demo.company import ACCOUNTS, BankAccount, Counterparty
from orchestration.demo.numbers import Numbers

_FILE_NAMES = {
    "bai2": ("operating_", ".bai"),
    "ofx": ("payroll_", ".ofx"),
    "csv": ("deposits_", ".csv"),
    "camt": ("camt053_", ".xml"),
    "mt940": ("mt940_", ".sta"),
}


@dataclass(slots=True)
class Detail:
    """One transaction of a batch line. amount: in minor units, signed like the line."""

    amount: int
    reference: str
    counterparty: Counterparty
    memo: str


class Exchange(NamedTuple):
    """A payment in a foreign currency. amount: unsigned, in minor units of that currency.

    rate: what one unit of unit_currency costs in the other of the two currencies.
    """

    currency: str
    amount: int
    unit_currency: str
    rate: str


@dataclass(slots=True)
class BankLine:
    """One line of a bank statement. amount: in minor units, positive into the account.

    activity: a key of statements.codes.CODES. reference: what the bank passes on, often nothing.
    charges: what the bank kept of the amount, and states where its format can. is_late: the line
    comes in a second statement of its day, delivered days later.
    """

    account: BankAccount
    booked_on: datetime.date
    value_on: datetime.date
    amount: int
    activity: str
    reference: str
    memo: str
    counterparty: Counterparty
    bank_reference: str
    is_return: bool = False
    details: tuple[Detail, ...] = ()
    exchange: Exchange | None = None
    charges: int = 0
    is_late: bool = False


@dataclass(slots=True)
class Statement:
    """One statement of one account. Balances in minor units. sequence_number: None on overlapping extras."""

    account: BankAccount
    sequence_number: int | None
    period_start_on: datetime.date
    period_end_on: datetime.date
    opening_balance: int
    closing_balance: int
    lines: list[BankLine]


@lru_cache(maxsize=1024)
def statement_path(account: BankAccount, booked_on: datetime.date) -> str:
    """Where the first delivery of a line booked on the day stands, relative to the landing folder."""
    prefix, suffix = _FILE_NAMES[account.file_format]
    period_start_on = week_start(booked_on) if account.is_weekly else booked_on
    # A week belongs to the year of its Friday.
    year = (period_start_on + datetime.timedelta(days=4)).year if account.is_weekly else booked_on.year
    return f"bank/{account.alias}/{year}/{prefix}{period_start_on:%Y%m%d}{suffix}"


def path_of(line: BankLine) -> str:
    """The file of a line's first delivery, relative to the landing folder."""
    path = statement_path(line.account, line.booked_on)
    return late_path(path) if line.is_late else path


def late_path(path: str) -> str:
    """The second statement of the day whose first stands at the path."""
    first = PurePosixPath(path)
    return str(first.with_stem(f"{first.stem}_late"))


class Banks:
    """The company's accounts as its banks see them."""

    def __init__(
        self, calendars: Calendars, numbers: Numbers, scale: int, corrupt_days: frozenset[datetime.date]
    ) -> None:
        """scale: multiplies the opening balances. corrupt_days: when the eur-main statement is unreadable."""
        self._calendars = calendars
        self._waiting: dict[datetime.date, dict[str, list[BankLine]]] = {}
        self._numbers = numbers
        self._corrupt_days = corrupt_days
        self.opening_balances = {a.alias: mix.OPENING_BALANCES[a.alias] * scale for a in ACCOUNTS}
        # As booked by the bank so far, and with everything that waits.
        self.balances = dict(self.opening_balances)
        self.expected_balances = dict(self.opening_balances)

    def next_reference(self, account: BankAccount) -> str:
        """A bank reference no other line of the company has."""
        return f"{account.reference_prefix}{self._numbers.next(account.reference_prefix):09d}"

    def schedule(self, line: BankLine) -> BankLine:
        """Keep a line for its day. Lines past the last day never reach a statement."""
        self.expected_balances[line.account.alias] += line.amount
        if line.booked_on <= self._calendars.last_on:
            day = self._waiting.setdefault(line.booked_on, {})
            day.setdefault(line.account.alias, []).append(line)
        return line

    def is_readable(self, line: BankLine) -> bool:
        """Whether the line is delivered in a file that can be read."""
        if line.booked_on > self._calendars.last_on:
            return False
        return not self.is_lost(line)

    def is_lost(self, line: BankLine) -> bool:
        """Whether the line stands in the corrupt file."""
        return line.account.alias == "eur-main" and line.booked_on in self._corrupt_days

    def waiting_on(self, account: BankAccount, day: datetime.date) -> list[BankLine]:
        """The lines known so far that will be booked on the day."""
        return self._waiting.get(day, {}).get(account.alias, [])

    def book(self, account: BankAccount, day: datetime.date) -> list[BankLine]:
        """Take the day's lines of an account and add them to its balance."""
        lines = self._waiting.get(day, {}).pop(account.alias, [])
        self.balances[account.alias] += sum(line.amount for line in lines)
        return lines

    def forget(self, day: datetime.date) -> None:
        """Drop the day, all of whose lines are booked."""
        left = self._waiting.pop(day, {})
        assert not left, f"lines of {sorted(left)} on {day} were never booked"
