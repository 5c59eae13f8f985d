"""What the payment files share: the refusal of a payment, its text and its amount.

Names, accounts, tax identifiers and single amounts never appear in an error: it names the payment and the
field.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from orchestration.errors import TieoutError

# A refusal names the payment, whose id may be as long as its sender likes.
MAX_SHOWN_ID = 60

# Letters that Unicode does not take apart into a base letter and its marks.
_LETTERS = str.maketrans(
    {"Æ": "AE", "æ": "ae", "Œ": "OE", "œ": "oe", "Ø": "O", "ø": "o", "Ł": "L", "ł": "l", "Đ": "D", "đ": "d"}
    | {"Þ": "TH", "þ": "th", "Ð": "D", "ð": "d", "ß": "ss", "ẞ": "SS", "ı": "i"}
    | {"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-"}
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


class PaymentRefused(TieoutError):
    """A payment cannot be written, so no file is. payment_id is None where the whole file is meant.

    field: what is wrong, as its attribute is called. reason: why, in words that hold no value of the payment.
    """

    def __init__(self, payment_id: str | None, field: str, reason: str) -> None:
        subject = "the file" if payment_id is None else f"payment {payment_id[:MAX_SHOWN_ID]!r}"
        super().__init__(f"{subject}: {field} {reason}")
        self.payment_id = payment_id
        self.field = field
        self.reason = reason


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
