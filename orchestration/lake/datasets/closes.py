"""What the close of a business date freezes."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import NamedTuple


class Close(NamedTuple):
    """One recorded end of a business date. Its load id is its close_id, and ties the rows of the other
    three datasets to it: without this row they do not count.

    closed_on: everything counted up to and including this date is closed. item_count and match_count:
    what ClosedItem and ClosedMatch must hold. note: the accepted red controls it was closed over, or None.
    reviewed_by: the other persons who reviewed it, separated by commas, or None.
    chain_head: the hash of the lake's newest link at that moment.
    """

    close_id: str
    closed_on: datetime.date
    closed_by: str
    closed_at: datetime.datetime
    item_count: int
    match_count: int
    note: str | None
    reviewed_by: str | None
    chain_head: str | None = None


class ClosedItem(NamedTuple):
    """One item that a close froze and no earlier valid close did.

    origin_item_id: the item as the files give it, where item_id stands for a correction of it. source_hash
    and source_line: the file and line of the item, where it has one. item_on: the item's own date.
    counted_on: the date whose close it belongs to, later than item_on for an item that came late.
    """

    item_id: str
    origin_item_id: str
    account_id: str
    side: str
    item_kind: str
    currency: str
    reference: str | None
    counterparty: str | None
    memo: str | None
    reference_key: str | None
    counterparty_key: str | None
    source_hash: str | None
    source_line: int | None
    original_currency: str | None
    original_amount: Decimal | None
    amount: Decimal
    item_on: datetime.date
    counted_on: datetime.date


class ClosedMatch(NamedTuple):
    """One member item of a match that a close completed, or that it records as undone. difference_kind: what
    a difference is called. undone_on: the date from which the match does not count any more, or None."""

    match_id: str
    item_id: str
    rule_code: str
    difference_kind: str | None
    cleared_on: datetime.date
    undone_on: datetime.date | None


class ClosedBalance(NamedTuple):
    """The bank reconciliation statement of one account and newly closed business date."""

    account_id: str
    currency: str
    open_item_count: int
    balance_per_bank: Decimal
    deposits_in_transit: Decimal
    outstanding_payments: Decimal
    unbooked_bank_items: Decimal
    unbooked_opening_balance: Decimal
    statement_gaps: Decimal
    balance_per_books: Decimal
    as_of_on: datetime.date
