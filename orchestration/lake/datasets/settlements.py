"""What payment processors report: the lines that a payout is made of.

Signs: what adds to the payout is positive; a fee is negative."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import NamedTuple


class SettlementLine(NamedTuple):
    """One line of a settlement report, in the currency that is paid out; net is gross plus fee.

    processor: who settles ("stripe"). payout_reference: of the payout that the line is part of; None where
    the report does not say: it is part of the next payout of the merchant and currency, if
    payouts_are_in_order, else of none yet. transaction_reference: what tells the line from others of the
    processor, in every report. kind: sale, refund, chargeback, fee, reserve, adjustment, payout (the report's
    own statement of what was paid out, negative), summary (a payout, or a part of it, in a report that lists
    payouts) or unsettled (not settled yet, or never). line_type: as
    delivered. reference: of the order or invoice. merchant: the account at the processor. original_currency,
    original_amount: what the customer paid, signed like gross, where that is another currency. balance: with
    the processor, after the line. occurred_on: the day as the report writes it, or in the profile's time
    zone; occurred_at: the moment, as exactly as it is known. paid_on: the payout's day.
    """

    line_number: int
    profile_code: str
    processor: str
    payout_reference: str | None
    transaction_reference: str
    kind: str
    line_type: str
    currency: str
    reference: str | None
    memo: str | None
    merchant: str | None
    original_currency: str | None
    payouts_are_in_order: bool
    gross: Decimal
    fee: Decimal
    net: Decimal
    original_amount: Decimal | None
    balance: Decimal | None
    occurred_on: datetime.date
    paid_on: datetime.date | None
    occurred_at: datetime.datetime
