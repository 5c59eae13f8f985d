"""What the payment files share: the refusal of a payment, the bank's answer to one, dates and text.

Names, accounts, tax identifiers and single amounts never appear in an error: it names the payment and the
field.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Container
from decimal import Decimal
from typing import Literal, NamedTuple

# A refusal names the payment, whose id may be as long as its sender likes.
MAX_SHOWN_ID = 60

# Letters that Unicode does not take apart into a base letter and its marks.
_LETTERS = str.maketrans(
    {"Æ": "AE", "æ": "ae", "Œ": "OE", "œ": "oe", "Ø": "O", "ø": "o", "Ł": "L", "ł": "l", "Đ": "D", "đ": "d"}
    | {"Þ": "TH", "þ": "th", "Ð": "D", "ð": "d", "ß": "ss", "ẞ": "SS", "ı": "i"}
    | {"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-"}
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


class PaymentRefused(Exception):
    """A payment cannot be written, so no file is. payment_id is None where the whole file is meant.

    field: what is wrong, as its attribute is called. reason: why, in words that hold no value of the payment.
    """

    def __init__(self, payment_id: str | None, field: str, reason: str) -> None:
        subject = "the file" if payment_id is None else f"payment {payment_id[:MAX_SHOWN_ID]!r}"
        super().__init__(f"{subject}: {field} {reason}")
        self.payment_id = payment_id
        self.field = field
        self.reason = reason


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
    died_on: date of death.
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


def is_banking_day(day: datetime.date, bank_holidays: Container[datetime.date]) -> bool:
    """Whether banks settle on the day: no Saturday, no Sunday, no bank holiday."""
    return day.weekday() < 5 and day not in bank_holidays


def banking_day(
    day: datetime.date,
    bank_holidays: Container[datetime.date],
    when_closed: Literal["refuse", "before", "after"] = "refuse",
) -> datetime.date:
    """The day itself where banks settle, or the nearest banking day before or after it.

    bank_holidays: the days of the scheme's settlement calendar (seed bank_holidays: US for NACHA, TARGET
    for SEPA). Raises PaymentRefused for a closed day where when_closed is "refuse".
    """
    if when_closed == "refuse" and not is_banking_day(day, bank_holidays):
        raise PaymentRefused(None, "the settlement date", f"{day} is not a banking day")
    step = datetime.timedelta(days=-1 if when_closed == "before" else 1)
    while not is_banking_day(day, bank_holidays):
        day += step
    return day


def folded(text: str, payment_id: str | None, field: str) -> str:
    """The text in printable ASCII: letters without their marks, anything else a blank, blanks collapsed.

    Raises PaymentRefused for a control character and where nothing is left.
    """
    if _CONTROL.search(text):
        raise PaymentRefused(payment_id, field, "holds a control character")
    apart = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    letters = "".join(character for character in apart if not unicodedata.combining(character))
    ascii_only = " ".join("".join(c if " " <= c <= "~" else " " for c in letters).split())
    if not any(character.isalnum() for character in ascii_only):
        raise PaymentRefused(payment_id, field, "holds no letter or digit that can be written")
    return ascii_only


def in_cents(amount: Decimal, payment_id: str | None, limit: Decimal) -> int:
    """An amount above zero as whole cents.

    Raises PaymentRefused for any other and for one above the limit.
    """
    if not isinstance(amount, Decimal) or not amount.is_finite():
        raise PaymentRefused(payment_id, "amount", "is not a decimal number")
    if amount <= 0:
        raise PaymentRefused(payment_id, "amount", "is not above zero")
    if amount > limit:
        raise PaymentRefused(payment_id, "amount", f"is above the limit of {limit:,}")
    cents = amount * 100
    if cents != cents.to_integral_value():
        raise PaymentRefused(payment_id, "amount", "has more than two decimals")
    return int(cents)
