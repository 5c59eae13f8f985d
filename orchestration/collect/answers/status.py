"""What a bank's answer to a payment says, whatever the format it comes in."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import NamedTuple


class PaymentStatus(NamedTuple):
    """What a bank answers to a payment, or to all payments of a file.

    scheme: "nacha" or "sepa". level: "transaction"; in pain.002 also "payment" (one payment information
    block) and "group" (the whole message), which say something of every payment beneath that is not named
    itself. kind: "return" (the money came back), "change" (paid; the bank details are to be changed),
    "reject" (not paid), "accepted", "pending" or "partial" (see the rows beneath). reason_code: R, C or ISO
    code, a seed explains it; None where the bank gives none. status_code: ISO status as delivered, None in
    nacha.

    Of the payment: original_trace_number (nacha, 15 digits), end_to_end_id (sepa; in nacha the individual
    identification number, which banks may leave out), original_message_id and original_payment_id (sepa,
    the ids of the message and of the payment information). amount: unsigned, in currency, as the bank
    repeats it, or None. corrected_data: of a change, as delivered. information: the bank's free text.
    died_on: date of death. answered_on: the day on which the bank wrote the file.
    """

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
    corrected_data: str | None
    information: str | None
    currency: str | None
    amount: Decimal | None
    died_on: datetime.date | None
    answered_on: datetime.date | None
