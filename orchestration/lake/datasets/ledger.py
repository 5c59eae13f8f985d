"""What the general ledger delivers: journal lines and accounts. A debit is positive."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import NamedTuple


class JournalLine(NamedTuple):
    """One line of a journal entry. amount is signed: a debit is positive. line_number: in the file.

    original_currency, original_amount: the document's own currency and its amount, signed like amount.
    company, fiscal_year: what makes entry_id unique, where the number alone does not. bank_account: which one
    the line is about, where the ledger account mirrors several. An export need not have these five columns.
    """

    line_number: int
    entry_id: str
    line_no: int
    gl_account: str
    currency: str
    amount: Decimal
    reference: str | None
    counterparty: str | None
    memo: str | None
    document_type: str | None
    original_currency: str | None
    original_amount: Decimal | None
    posted_on: datetime.date
    recorded_at: datetime.datetime
    company: str | None = None
    fiscal_year: str | None = None
    bank_account: str | None = None


class LedgerAccount(NamedTuple):
    """One general ledger account. bank_account: the statement account it mirrors, if it is a cash account.

    bank_id: the bank's national code, where two banks gave the same number. closed_on: the last day of the
    bank account. An export need not have these two columns.
    """

    line_number: int
    gl_account: str
    name: str
    type: str
    currency: str
    bank_account: str | None
    bank_id: str | None = None
    closed_on: datetime.date | None = None
