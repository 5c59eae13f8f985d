"""What proves a payment on paper: banks' cash letters, pictures of receipts, and what is known of these."""

from __future__ import annotations

import datetime
import importlib.util
from decimal import Decimal
from typing import NamedTuple

# The version of the steps that measure a picture (collect/pictures.py). A change of what they say is a new
# one, and the next collect measures every picture again.
STEP_VERSION = 2
# The same of what reads text (collect/picture_text.py), which is an extra.
TEXT_VERSION = 1


def page_version() -> int:
    """The version of all steps that make a DocumentPage here, whether text is read or not."""
    return 10 * STEP_VERSION + (TEXT_VERSION if is_text_read() else 0)


def is_text_read() -> bool:
    """Whether the extra is installed that reads text off pictures."""
    return importlib.util.find_spec("rapidocr") is not None


class CashLetter(NamedTuple):
    """One cash letter inside a file, with the totals that its records declare. Yielded after its cheques.

    cash_letter_number counts from 1 within the file. line_number: of its header, counted in records.
    collection_type: as delivered, 01 forward, 03 returns. amount_total: of cheques and returns.
    """

    line_number: int
    cash_letter_number: int
    cash_letter_reference: str | None
    collection_type: str
    origin_routing: str
    destination_routing: str
    currency: str
    bundle_count: int
    item_count: int
    image_count: int
    amount_total: Decimal
    business_on: datetime.date
    settles_on: datetime.date | None


class Cheque(NamedTuple):
    """One cheque of a cash letter, presented (record 25) or returned (31). amount is above zero or zero.

    line_number: of its record. account_number and cheque_number: as the MICR line names them; None where it
    has none. endorsement_count: of records 26 and 28, or 32 and 35. payee: as the bank of first deposit wrote
    it. deposit_account: into which it was deposited. return_reason: coded, of a return.
    """

    line_number: int
    cash_letter_number: int
    bundle_reference: str | None
    kind: str
    payor_routing: str
    account_number: str | None
    cheque_number: str | None
    sequence_number: str | None
    payee: str | None
    deposit_account: str | None
    return_reason: str | None
    currency: str
    endorsement_count: int
    image_count: int
    amount: Decimal
    deposited_on: datetime.date | None


class ChequeImage(NamedTuple):
    """One picture of a cheque. line_number: of its record 52; cheque_line_number: of its cheque.

    side: front or rear. byte_offset: where the picture starts in the file. fault: why it cannot be read, or
    None; then what was measured is None. The measures are those of a DocumentPage. thumbnail: of the front.
    """

    line_number: int
    cheque_line_number: int
    side: str
    image_hash: str
    fault: str | None
    byte_offset: int
    byte_count: int
    width: int | None
    height: int | None
    sharpness: Decimal | None
    brightness: Decimal | None
    coverage: Decimal | None
    thumbnail: str | None
    step_version: int


class DocumentPage(NamedTuple):
    """One page of a picture in documents/, as it was measured. line_number: the page, from 1.

    width and height: in pixels, upright. turned: degrees clockwise by which the picture says that it must be
    turned. skew: degrees by which its lines lean, clockwise. sharpness: how much neighbours differ, 0 in a
    blank or blurred page. brightness: mean grey, 0 black, 255 white. coverage: share of the page, of 1, that
    is darker than the paper around it. frequency_hash, gradient_hash: what the page looks like, 64 bits each,
    for pages that look alike. thumbnail: a JPEG, base64. step_version: their page_version.

    text_lines: the lines of text, each with its confidence and its place, left, top, right and bottom, in
    JSON. read_*: what the text states. is_proved: whether the paper's own arithmetic comes to read_amount.
    None where no text is read. text_fault: why it could not be, where it was tried.
    """

    line_number: int
    page_count: int
    image_format: str
    turned: int
    width: int
    height: int
    frequency_hash: int
    gradient_hash: int
    skew: Decimal
    sharpness: Decimal
    brightness: Decimal
    coverage: Decimal
    thumbnail: str
    step_version: int
    text_lines: str | None
    read_merchant: str | None
    read_number: str | None
    read_currency: str | None
    read_amount: Decimal | None
    read_tax_amount: Decimal | None
    is_proved: bool | None
    read_on: datetime.date | None
    text_fault: str | None


class DocumentFact(NamedTuple):
    """What a CSV beside pictures says of one. file_name: of the picture, in the folder of the CSV.

    handed_in_by: who handed it in, and handed_in_on: when. amount: the total, as printed.
    """

    line_number: int
    file_name: str
    handed_in_by: str | None
    merchant: str | None
    document_number: str | None
    currency: str
    amount: Decimal
    tax_amount: Decimal | None
    document_on: datetime.date
    handed_in_on: datetime.date | None
