"""What was paid, and what banks answered to it."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import NamedTuple


class PaymentFile(NamedTuple):
    """One payment file as it was written. Its load id ties the paid payments to it.

    content: the file itself, so that it can be written again, byte for byte. scheme: nacha or sepa.
    """

    payment_file_id: str
    pay_period_id: str
    file_reference: str
    file_name: str
    scheme: str
    currency: str
    content: str
    written_by: str
    payment_count: int
    amount_total: Decimal
    effective_on: datetime.date
    written_at: datetime.datetime


class PaidPayment(NamedTuple):
    """One payment in a payment file. attempt counts from 1: a payment that came back is paid again under a
    new payment_id. trace_number: of NACHA; the payment_id is the end-to-end id of SEPA.
    """

    payment_id: str
    payment_file_id: str
    file_reference: str
    payslip_id: str
    pay_period_id: str
    employee_id: str
    currency: str
    trace_number: str | None
    priority: int
    attempt: int
    amount: Decimal
    effective_on: datetime.date


class SentPrenote(NamedTuple):
    """One prenote in a payment file: an entry of amount zero that tries an account before it is paid to.
    prenote_id: of the employee and the account, which is tried once.
    """

    prenote_id: str
    payment_file_id: str
    pay_period_id: str
    employee_id: str
    trace_number: str
    priority: int
    effective_on: datetime.date


class PaymentAnswer(NamedTuple):
    """What a bank answered to a payment: payment_rows.PaymentStatus, without the free text."""

    line_number: int
    scheme: str
    level: str
    kind: str
    status_code: str | None
    reason_code: str | None
    original_trace_number: str | None
    original_message_id: str | None
    original_payment_id: str | None
    end_to_end_id: str | None
    currency: str | None
    amount: Decimal | None
    answered_on: datetime.date | None
