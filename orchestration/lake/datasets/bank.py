"""What banks deliver: statements, their lines, and the transactions inside a line.

Signs: money into the account is positive, money out is negative."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import NamedTuple


class BankStatement(NamedTuple):
    """One statement inside a file: its balances and period. Yielded after its lines.

    statement_number counts from 1 within the file. line_number: where the statement starts in the
    file, from 1. message_type: "statement" (booked: CAMT.053, MT940, BAI2, OFX, CSV), "intraday"
    (CAMT.052, MT942) or "notification" (CAMT.054). opening_balance and closing_balance are None
    where the format does not carry them (OFX has no opening balance). sequence_number and
    page_number order several statements of one day; page_number is None for a one-page statement.
    owner_name: the account's owner, where the statement names it.
    bank_id: the bank's national code (routing number, sort code), where the message has one and the account
    number is no IBAN: two banks may give the same number.
    other_balances: what else the message calls a balance, each as kind, currency and amount, separated by
    semicolons ("CLAV EUR 90.00; 045 USD 12.00"); None where there is none. rows_left_out: rows of a CSV that
    its profile says are no entries, counted by what they say ("REVERTED 2").
    """

    statement_number: int
    line_number: int
    message_type: str
    account_number: str
    currency: str
    statement_reference: str | None
    sequence_number: int | None
    page_number: int | None
    opening_balance: Decimal | None
    closing_balance: Decimal | None
    period_start_on: datetime.date | None
    opening_on: datetime.date | None
    closing_on: datetime.date | None
    owner_name: str | None = None
    bank_id: str | None = None
    other_balances: str | None = None
    rows_left_out: str | None = None


class BankStatementLine(NamedTuple):
    """One entry of a statement, in the account's currency. entry_number counts from 1 in its statement.

    amount is signed: a credit is positive. booking_status: "booked" or "pending". booked_on falls back
    to value_on where the bank gives only one date. reference: the customer's or end-to-end reference, one of
    the columns below that the reader chose; ids of lines hang on it. bank_reference: the bank's own.
    counterparty: the other party, never the account's owner.
    charges_amount: bank charges contained in amount, signed like amount's effect on the account.
    original_currency, original_amount: what was paid in the currency of the transaction, signed like
    amount; both None where that is the account's currency or the message does not say.

    What the message calls by its name stands in a column of its own, None where it says nothing:
    creditor_reference: of the one who is paid, structured (RF, QRR, KID, OCR, betalingskenmerk, +++): each
    without blanks, several separated by one. end_to_end_id, instruction_id, uetr, mandate_id: as in ISO
    20022. customer_reference: the account owner's number of the order or batch (PmtInfId, KREF, the
    reference of :61:, of BAI2 and of OFX). document_numbers: invoices that the structured remittance
    lists, written like creditor_reference. debtor_name, creditor_name: who pays and who is paid, where the
    message says which is which. ultimate_counterparty: on whose behalf the counterparty acts.
    transaction_code: the bank's code for the kind of entry, in the scheme transaction_code_scheme:
    "iso20022" (domain-family-subfamily), "swift" (:61:), "bai2", "ofx", "csv", or "proprietary".
    proprietary_code: another code beside it or the same, by proprietary_code_scheme: "gvc" (three digits),
    "swift", "bai2", or the issuer as delivered. return_reason: why a payment came back, coded.
    entry_reference: the bank's running number of the entry (NtryRef). It tells entries apart where there is
    no reference, and is nobody's reference.
    """

    statement_number: int
    entry_number: int
    line_number: int
    account_number: str
    currency: str
    amount: Decimal
    booking_status: str
    is_reversal: bool
    reference: str | None
    bank_reference: str | None
    counterparty: str | None
    counterparty_account: str | None
    memo: str | None
    transaction_code: str | None
    charges_amount: Decimal | None
    original_currency: str | None
    original_amount: Decimal | None
    booked_on: datetime.date
    value_on: datetime.date | None
    creditor_reference: str | None = None
    end_to_end_id: str | None = None
    instruction_id: str | None = None
    customer_reference: str | None = None
    uetr: str | None = None
    mandate_id: str | None = None
    cheque_number: str | None = None
    document_numbers: str | None = None
    debtor_name: str | None = None
    creditor_name: str | None = None
    ultimate_counterparty: str | None = None
    transaction_code_scheme: str | None = None
    proprietary_code: str | None = None
    proprietary_code_scheme: str | None = None
    return_reason: str | None = None
    entry_reference: str | None = None


class BankStatementLineDetail(NamedTuple):
    """One transaction inside a batch entry (CAMT TxDtls). detail_number counts from 1 in its entry.

    amount: None of one among several that states none. The other columns are as of a BankStatementLine.
    """

    statement_number: int
    entry_number: int
    detail_number: int
    line_number: int
    currency: str
    amount: Decimal | None
    reference: str | None
    bank_reference: str | None
    counterparty: str | None
    counterparty_account: str | None
    memo: str | None
    charges_amount: Decimal | None
    original_currency: str | None
    original_amount: Decimal | None
    creditor_reference: str | None = None
    end_to_end_id: str | None = None
    instruction_id: str | None = None
    customer_reference: str | None = None
    uetr: str | None = None
    mandate_id: str | None = None
    cheque_number: str | None = None
    document_numbers: str | None = None
    debtor_name: str | None = None
    creditor_name: str | None = None
    ultimate_counterparty: str | None = None
    transaction_code_scheme: str | None = None
    proprietary_code: str | None = None
    proprietary_code_scheme: str | None = None
    return_reason: str | None = None
    transaction_code: str | None = None
