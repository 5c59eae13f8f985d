"""Writer of NACHA files of wages: PPD credits, whose company entry description is PAYROLL since 2026-03-20.

Source: Nacha Operating Rules, appendix "ACH record format specifications": records of 94 characters, blocks
of ten. The layout is written out here and, on purpose, once more in nacha_reader, which proves what is
written.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from orchestration.payroll.payment_rows import PaymentRefused, folded, in_cents

LINE_END = "\r\n"
RECORD_LENGTH = 94
BLOCKING_FACTOR = 10
ENTRY_LIMIT = Decimal("99999999.99")
# Since 2022-03-18, for each entry.
SAME_DAY_LIMIT = Decimal(1_000_000)
MAX_TOTAL_CENTS = 10**12 - 1
MAX_BATCH_ENTRIES = 999_999
MAX_SEQUENCE = 9_999_999
HASH_MODULUS = 10**10

CREDITS_ONLY = "220"
ENTRY_CLASS = "PPD"
ENTRY_DESCRIPTION = "PAYROLL"
# By kind of account: a credit, and a prenote.
TRANSACTION_CODES = {"checking": ("22", "23"), "savings": ("32", "33")}

_ROUTING_NUMBER = re.compile(r"[0-9]{9}")
_ACCOUNT_NUMBER = re.compile(r"[0-9A-Z-]{1,17}")
_MODIFIER = re.compile(r"[A-Z0-9]")


class NachaOriginator(NamedTuple):
    """Who pays, through which bank. The bank assigns all of it.

    odfi_routing_number: nine digits. immediate_destination: the routing number that the file goes to, nine
    digits. immediate_origin and company_id: at most ten letters or digits, often 1 and the employer's tax
    id.
    """

    odfi_routing_number: str
    immediate_destination: str
    immediate_destination_name: str
    immediate_origin: str
    immediate_origin_name: str
    company_id: str
    company_name: str
    company_discretionary_data: str = ""


class NachaCredit(NamedTuple):
    """One payment, or a prenote of amount zero that tries the account. amount: dollars, at most two
    decimals.

    payment_id names the payment in errors and results. individual_id: at most 15 characters that the
    receiver and a return repeat; None leaves it blank. account_kind: "checking" or "savings".
    """

    payment_id: str
    individual_id: str | None
    name: str
    routing_number: str
    account_number: str
    account_kind: str
    amount: Decimal
    is_prenote: bool = False


class NachaCredits(NamedTuple):
    """One batch: what settles on one date."""

    effective_on: datetime.date
    credits: Sequence[NachaCredit]


class WrittenNacha(NamedTuple):
    """A file and what a ledger of files keeps of it.

    trace_numbers: by payment id; a return names the trace.
    """

    content: bytes
    trace_numbers: dict[str, str]
    entry_count: int
    entry_hash: int
    credit_total: Decimal


def write_nacha(
    originator: NachaOriginator,
    batches: Sequence[NachaCredits],
    created_at: datetime.datetime,
    *,
    file_id_modifier: str = "A",
    first_sequence: int = 1,
    is_same_day: bool = False,
) -> WrittenNacha:
    """One file of the batches, in their order; the same arguments give the same bytes.

    created_at: as the bank's local time. file_id_modifier: A to Z, then 0 to 9, for files of one day.
    first_sequence: of the trace numbers, so that files of one originator do not repeat them.
    Raises PaymentRefused, naming payment and field, for what the layout or a limit does not allow.
    """
    writer = _Writer(originator, first_sequence, is_same_day)
    if _MODIFIER.fullmatch(file_id_modifier) is None:
        raise PaymentRefused(None, "file_id_modifier", "is not one of A to Z and 0 to 9")
    if not batches:
        raise PaymentRefused(None, "batches", "are none")
    writer.open_file(created_at, file_id_modifier)
    for number, batch in enumerate(batches, start=1):
        if batch.effective_on < created_at.date():
            raise PaymentRefused(None, "effective_on", f"{batch.effective_on} is before the file's date")
        writer.batch(batch, number)
    return writer.close_file(len(batches))


class _Totals:
    """What a control record declares."""

    def __init__(self) -> None:
        self.entries = 0
        self.hash = 0
        self.cents = 0

    def add(self, entries: int, routing: int, cents: int) -> None:
        self.entries += entries
        self.hash = (self.hash + routing) % HASH_MODULUS
        self.cents += cents
        if self.cents > MAX_TOTAL_CENTS:
            raise PaymentRefused(None, "the total", "does not fit into twelve digits")


class _Writer:
    """The records so far and their totals."""

    def __init__(self, originator: NachaOriginator, first_sequence: int, is_same_day: bool) -> None:
        self.originator = originator
        self.odfi = _routing_number(originator.odfi_routing_number, None, "odfi_routing_number")[:8]
        self.company_id = _text(originator.company_id, 10, "company_id")
        self.sequence = first_sequence
        self.is_same_day = is_same_day
        self.records: list[str] = []
        self.trace_numbers: dict[str, str] = {}
        self.totals = _Totals()

    def open_file(self, created_at: datetime.datetime, modifier: str) -> None:
        originator = self.originator
        destination = _routing_number(originator.immediate_destination, None, "immediate_destination")
        self._put(
            "1",
            "01",
            destination.rjust(10),
            _text(originator.immediate_origin, 10, "immediate_origin").rstrip().rjust(10),
            f"{created_at:%y%m%d%H%M}",
            modifier,
            f"{RECORD_LENGTH:03}",
            f"{BLOCKING_FACTOR}",
            "1",
            _cut(originator.immediate_destination_name, 23, None, "immediate_destination_name"),
            _cut(originator.immediate_origin_name, 23, None, "immediate_origin_name"),
            " " * 8,
        )

    def batch(self, batch: NachaCredits, number: int) -> None:
        if not 0 < len(batch.credits) <= MAX_BATCH_ENTRIES:
            raise PaymentRefused(None, "credits", f"are {len(batch.credits)}, not 1 to {MAX_BATCH_ENTRIES:,}")
        data = self.originator.company_discretionary_data
        self._put(
            "5",
            CREDITS_ONLY,
            _cut(self.originator.company_name, 16, None, "company_name"),
            _text(data, 20, "company_discretionary_data") if data else " " * 20,
            self.company_id,
            ENTRY_CLASS,
            ENTRY_DESCRIPTION.ljust(10),
            " " * 6,
            f"{batch.effective_on:%y%m%d}",
            " " * 3,
            "1",
            self.odfi,
            f"{number:07}",
        )
        totals = _Totals()
        for credit in batch.credits:
            self._entry(credit, totals)
        self._put(
            "8",
            CREDITS_ONLY,
            f"{totals.entries:06}",
            f"{totals.hash:010}",
            f"{0:012}",
            f"{totals.cents:012}",
            self.company_id,
            " " * 25,
            self.odfi,
            f"{number:07}",
        )
        self.totals.add(totals.entries, totals.hash, totals.cents)

    def _entry(self, credit: NachaCredit, totals: _Totals) -> None:
        payment_id = credit.payment_id
        if payment_id in self.trace_numbers:
            raise PaymentRefused(payment_id, "payment_id", "is in the file twice")
        routing_number = _routing_number(credit.routing_number, payment_id, "routing_number")
        account_number = credit.account_number.replace(" ", "").upper()
        if _ACCOUNT_NUMBER.fullmatch(account_number) is None:
            raise PaymentRefused(payment_id, "account_number", "is not 1 to 17 letters, digits or hyphens")
        if credit.account_kind not in TRANSACTION_CODES:
            raise PaymentRefused(payment_id, "account_kind", "is neither checking nor savings")
        if self.sequence > MAX_SEQUENCE:
            raise PaymentRefused(payment_id, "the trace number", "has no sequence number left")
        cents = self._cents(credit)
        trace_number = f"{self.odfi}{self.sequence:07}"
        self._put(
            "6",
            TRANSACTION_CODES[credit.account_kind][credit.is_prenote],
            routing_number,
            account_number.ljust(17),
            f"{cents:010}",
            _individual_id(credit),
            _cut(credit.name, 22, payment_id, "name"),
            " " * 2,
            "0",
            trace_number,
        )
        totals.add(1, int(routing_number[:8]), cents)
        self.trace_numbers[payment_id] = trace_number
        self.sequence += 1

    def _cents(self, credit: NachaCredit) -> int:
        if credit.is_prenote:
            if credit.amount != 0:
                raise PaymentRefused(credit.payment_id, "amount", "of a prenote is not zero")
            return 0
        return in_cents(credit.amount, credit.payment_id, SAME_DAY_LIMIT if self.is_same_day else ENTRY_LIMIT)

    def close_file(self, batch_count: int) -> WrittenNacha:
        block_count = -(-(len(self.records) + 1) // BLOCKING_FACTOR)
        totals = self.totals
        self._put(
            "9",
            f"{batch_count:06}",
            f"{block_count:06}",
            f"{totals.entries:08}",
            f"{totals.hash:010}",
            f"{0:012}",
            f"{totals.cents:012}",
            " " * 39,
        )
        padding = ["9" * RECORD_LENGTH] * (block_count * BLOCKING_FACTOR - len(self.records))
        content = "".join(record + LINE_END for record in self.records + padding).encode("ascii")
        return WrittenNacha(
            content, self.trace_numbers, totals.entries, totals.hash, Decimal(totals.cents).scaleb(-2)
        )

    def _put(self, *fields: str) -> None:
        record = "".join(fields)
        assert len(record) == RECORD_LENGTH, "a record is not of 94 characters"
        self.records.append(record)


def _routing_number(text: str, payment_id: str | None, field: str) -> str:
    """The nine digits of an ABA routing number whose weighted sum (3, 7, 1) is a multiple of ten."""
    if _ROUTING_NUMBER.fullmatch(text) is None:
        raise PaymentRefused(payment_id, field, "is not nine digits")
    if sum(int(digit) * weight for digit, weight in zip(text, (3, 7, 1) * 3, strict=True)) % 10:
        raise PaymentRefused(payment_id, field, "has a false check digit")
    return text


def _individual_id(credit: NachaCredit) -> str:
    if credit.individual_id is None:
        return " " * 15
    return _text(credit.individual_id, 15, "individual_id", credit.payment_id)


def _text(text: str, length: int, field: str, payment_id: str | None = None) -> str:
    """An identifier, filled with blanks: it is never cut nor changed, but for its case."""
    found = text.upper()
    if folded(text, payment_id, field).upper() != found or len(found) > length:
        raise PaymentRefused(payment_id, field, f"is not 1 to {length} plain characters")
    return found.ljust(length)


def _cut(text: str, length: int, payment_id: str | None, field: str) -> str:
    return folded(text, payment_id, field).upper()[:length].ljust(length)
