"""Reader of NACHA files: what is written, what a bank sends back, and every total in them proved.

Source: Nacha Operating Rules, appendix "ACH record format specifications". The layout is written out here
and, on purpose, once more in nacha, so that the two prove each other. Any entry class but ADV (the
operators' accounting advice, another layout) is read; of IAT entries the account and the name stand
elsewhere and are left out.

A refusal names the line, the field and the reason, never what an entry holds: names, accounts and amounts.
"""

from __future__ import annotations

import contextlib
import datetime
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import BinaryIO, NamedTuple

from orchestration.collect.readers.common import text_or_none
from orchestration.lake.errors import UnreadableFile

LENGTH = 94
PADDING = "9" * LENGTH
# Read at once; a multiple of 94, so that a file without line ends is cut at its records.
PIECE_BYTES = LENGTH * 1_000
MAX_ADDENDA = 9_999

# Which record type may follow which. A delivery may hold several files, one after the other.
FOLLOWERS = {
    "start": "1",
    "1": "59",
    "5": "6",
    "6": "678",
    "7": "678",
    "8": "59",
    "9": "1",
}
RECORD_NAMES = {
    "1": "file header",
    "5": "batch header",
    "6": "entry",
    "7": "addenda",
    "8": "batch control",
    "9": "file control",
}
SERVICE_CLASSES = {"200": "both", "220": "credits", "225": "debits"}
ACCOUNT_KINDS = {"2": "checking", "3": "savings", "4": "ledger", "5": "loan"}
# The second digit of a transaction code: 1 to 4 pay the account, 5 to 9 take from it.
TRANSACTION_CODE = re.compile(r"[234][1-46-9]|5[1-6]")
PRENOTES = ("23", "28", "33", "38", "43", "48", "53")
RETURN, CHANGE = "99", "98"
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
# R01 to R85; C01 to C14, and C61 to C69 for changes that were refused.
REASON_CODES = {
    RETURN: re.compile(r"R(?:0[1-9]|[1-7][0-9]|8[0-5])"),
    CHANGE: re.compile(r"C(?:0[1-9]|1[0-4]|6[1-9])"),
}
DEATHS = ("R14", "R15")


class NachaAddendum(NamedTuple):
    """One addenda record of an entry.

    type_code: 05 remittance text, 98 notification of change, 99 return, 02 and 10 to 18 others.
    reason_code: R- or C-code, with original_trace_number (15 digits) and original_rdfi (8 digits) of the
    entry that comes back, all None but in types 98 and 99. corrected_data: of a change. died_on: of returns
    R14 and R15. information: the remaining text.
    """

    line_number: int
    type_code: str
    reason_code: str | None
    original_trace_number: str | None
    original_rdfi: str | None
    corrected_data: str | None
    information: str | None
    died_on: datetime.date | None


class NachaEntry(NamedTuple):
    """One entry with its addenda. Yielded before its batch.

    amount: dollars, unsigned; direction: "credit" pays the account, "debit" takes from it. routing_number
    has nine digits, account_kind is one of ACCOUNT_KINDS. created_on: the date of its file.
    """

    file_number: int
    batch_number: int
    line_number: int
    transaction_code: str
    direction: str
    account_kind: str
    routing_number: str
    account_number: str | None
    individual_id: str | None
    name: str | None
    trace_number: str
    amount: Decimal
    is_prenote: bool
    addenda: tuple[NachaAddendum, ...]
    created_on: datetime.date


class NachaBatch(NamedTuple):
    """One batch, yielded after its entries. Totals in dollars, proved; entry_count counts addenda too.

    discretionary_data: what the company wants to see again; payment files have their reference there.
    """

    file_number: int
    batch_number: int
    line_number: int
    service_class: str
    entry_class: str
    company_name: str | None
    discretionary_data: str | None
    company_id: str | None
    entry_description: str | None
    odfi: str
    entry_count: int
    entry_hash: int
    debit_total: Decimal
    credit_total: Decimal
    effective_on: datetime.date | None


class NachaFile(NamedTuple):
    """One file, yielded after its batches.

    Totals as of a batch. file_number counts from 1 in the delivery.
    """

    file_number: int
    line_number: int
    immediate_destination: str
    immediate_origin: str
    file_id_modifier: str
    batch_count: int
    block_count: int
    entry_count: int
    entry_hash: int
    debit_total: Decimal
    credit_total: Decimal
    created_on: datetime.date


def read_nacha(stream: BinaryIO) -> Iterator[NachaEntry | NachaBatch | NachaFile]:
    """Entries, then their batch, then their file. Read forwards in pieces; memory does not grow with the
    entries.

    Lines may end with a line feed, with or without carriage return, or not at all (records of 94 characters
    in a row); trailing blanks and the padding of the last block may be missing; letters may be small.
    Raises UnreadableFile with the line (or the record, in a file without line ends) for a record out of
    place, a field that cannot be read, a false check digit, count, hash or total, and a file without its
    control record.
    """
    return _Reader().rows(_records(stream))


class _Record:
    """A record of 94 characters and where it stands; columns count from 1, as in the rules."""

    def __init__(self, text: str, line_number: int, position: str) -> None:
        self.text = text
        self.kind = text[0]
        self.line_number = line_number
        self.position = position

    def raw(self, first: int, last: int) -> str:
        return self.text[first - 1 : last]

    def value(self, first: int, last: int) -> str | None:
        return text_or_none(self.raw(first, last))

    def digits(self, first: int, last: int, name: str) -> str:
        found = self.raw(first, last)
        if not (found.isascii() and found.isdigit()):
            raise self.refusal(f"{name} is not all digits")
        return found

    def number(self, first: int, last: int, name: str) -> int:
        return int(self.digits(first, last, name))

    def date(self, first: int, last: int, name: str) -> datetime.date | None:
        """A date YYMMDD, or None for blanks or zeros."""
        found = self.raw(first, last)
        if not found.strip(" 0"):
            return None
        try:
            return datetime.datetime.strptime(self.digits(first, last, name), "%y%m%d").date()
        except ValueError:
            raise self.refusal(f"{name} is not a date") from None

    def refusal(self, reason: str) -> UnreadableFile:
        return UnreadableFile(f"{RECORD_NAMES[self.kind]}: {reason}", self.position)


def _records(stream: BinaryIO) -> Iterator[_Record]:
    """Each record that is not blank, padding among them, as delivered but for missing trailing blanks."""
    line_number = record_number = 0
    is_new_line, has_lines = True, False
    while piece := stream.readline(PIECE_BYTES):
        line_number += is_new_line
        is_new_line = piece.endswith(b"\n")
        if line_number == 1 and record_number == 0:
            piece = piece.removeprefix(b"\xef\xbb\xbf")
        text = _decoded(piece).rstrip(" \t\r\n\x00\x1a")
        has_lines = has_lines or (line_number == 1 and is_new_line and len(text) <= LENGTH)
        if has_lines and len(text) > LENGTH:
            raise UnreadableFile(f"the line has more than {LENGTH} columns", f"line {line_number}")
        for start in range(0, len(text), LENGTH):
            record_number += 1
            is_unbroken = len(text) > LENGTH or (line_number == 1 and record_number > 1)
            position = f"record {record_number}" if is_unbroken else f"line {line_number}"
            part = text[start : start + LENGTH].ljust(LENGTH)
            if _CONTROL.search(part):
                raise UnreadableFile("the record holds a control character", position)
            if part[0] not in RECORD_NAMES:
                raise UnreadableFile("the record starts with none of 1, 5, 6, 7, 8 and 9", position)
            yield _Record(part, record_number if is_unbroken else line_number, position)


def _decoded(piece: bytes) -> str:
    for encoding in ("utf-8", "cp1252"):
        with contextlib.suppress(UnicodeDecodeError):
            return piece.decode(encoding)
    return piece.decode("latin-1")


class _Totals:
    """Counted so far, in cents."""

    def __init__(self) -> None:
        self.entries = 0
        self.hash = 0
        self.debits = 0
        self.credits = 0

    def add(self, other: _Totals) -> None:
        self.entries += other.entries
        self.hash += other.hash
        self.debits += other.debits
        self.credits += other.credits

    def prove(self, record: _Record, count: tuple[int, int]) -> None:
        """The four totals of a control record; count is where the first stands, the others follow it.

        What stands in the record is not told: a total may be one person's pay, and so may a count where
        columns have slipped.
        """
        at = count[1]
        if record.number(*count, "the entry count") != self.entries:
            raise record.refusal(f"the entry count is not {self.entries}, as counted")
        if record.number(at + 1, at + 10, "the entry hash") != self.hash % 10**10:
            raise record.refusal("the entry hash is not that of the entries")
        if record.number(at + 11, at + 22, "the debit total") != self.debits:
            raise record.refusal("the debit total is not the sum of the debits")
        if record.number(at + 23, at + 34, "the credit total") != self.credits:
            raise record.refusal("the credit total is not the sum of the credits")


class _Reader:
    """The state between records: the open file, batch and entry."""

    def __init__(self) -> None:
        self.file_number = 0
        self.header: _Record | None = None
        self.batch_header: _Record | None = None
        self.entry: _Record | None = None
        self.addenda: list[NachaAddendum] = []
        self.file_totals, self.batch_totals = _Totals(), _Totals()
        self.traces: set[str] = set()
        self.batch_count = self.record_count = self.padding = 0

    def rows(self, records: Iterator[_Record]) -> Iterator[NachaEntry | NachaBatch | NachaFile]:
        """Every record in turn; each must be allowed where it stands."""
        previous, record = "start", None
        for record in records:
            if previous == "9" and record.text == PADDING:
                self._pad(record)
                continue
            if record.kind not in FOLLOWERS[previous]:
                after = RECORD_NAMES.get(previous, "the start")
                raise record.refusal(f"it cannot follow {after}")
            previous = record.kind
            self.record_count += 1
            if self.entry is not None and record.kind != "7":
                yield self._finished_entry(self.entry)
            if record.kind == "1":
                self._open_file(record)
            elif record.kind == "5":
                self._open_batch(record)
            elif record.kind == "6":
                self._open_entry(record)
            elif record.kind == "7":
                self._addendum(record)
            elif record.kind == "8":
                yield self._closed_batch(record)
            else:
                yield self._closed_file(record)
        if record is None:
            raise UnreadableFile("the file is empty")
        if previous != "9":
            raise UnreadableFile("the file ends without its file control record", record.position)

    def _pad(self, record: _Record) -> None:
        self.padding += 1
        if self.padding > 9:
            raise record.refusal("more than nine lines of padding follow it")

    def _open_file(self, record: _Record) -> None:
        for first, last, name, expected in (
            (2, 3, "the priority code", "01"),
            (35, 37, "the record size", "094"),
            (38, 39, "the blocking factor", "10"),
            (40, 40, "the format code", "1"),
        ):
            if record.raw(first, last) != expected:
                raise record.refusal(f"{name} is not {expected}")
        self.file_number += 1
        self.header, self.file_totals = record, _Totals()
        self.batch_count, self.record_count, self.padding = 0, 1, 0

    def _open_batch(self, record: _Record) -> None:
        if record.raw(2, 4) == "280" or record.raw(51, 53).upper() == "ADV":
            raise record.refusal("ADV, the accounting advice of the operators, is not read")
        if record.raw(2, 4) not in SERVICE_CLASSES:
            raise record.refusal("the service class is none of 200, 220 and 225")
        if re.fullmatch(r"[A-Z]{3}", record.raw(51, 53).upper()) is None:
            raise record.refusal("the entry class is not three letters")
        record.digits(80, 87, "the originating bank")
        self.batch_header, self.batch_totals, self.traces = record, _Totals(), set()

    def _open_entry(self, record: _Record) -> None:
        if TRANSACTION_CODE.fullmatch(record.raw(2, 3)) is None:
            raise record.refusal("the transaction code is not one of a payment")
        routing_number = record.digits(4, 12, "the routing number")
        weights = (3, 7, 1, 3, 7, 1, 3, 7, 1)
        if sum(weight * int(digit) for weight, digit in zip(weights, routing_number, strict=True)) % 10:
            raise record.refusal("the check digit of the routing number is false")
        trace_number = record.digits(80, 94, "the trace number")
        if trace_number in self.traces:
            raise record.refusal("the trace number stands in the batch twice")
        self.traces.add(trace_number)
        cents = record.number(30, 39, "the amount")
        totals, service = self.batch_totals, SERVICE_CLASSES[_of(self.batch_header).raw(2, 4)]
        if _direction(record) == "credit":
            totals.credits += cents
        else:
            totals.debits += cents
        if service not in ("both", f"{_direction(record)}s"):
            raise record.refusal(f"a {_direction(record)} stands in a batch of {service}")
        if record.raw(79, 79) not in "01":
            raise record.refusal("the addenda indicator is neither 0 nor 1")
        totals.entries += 1
        totals.hash += int(routing_number[:8])
        self.entry, self.addenda = record, []

    def _addendum(self, record: _Record) -> None:
        entry = _of(self.entry)
        if entry.raw(79, 79) == "0":
            raise record.refusal("the entry before it says that it has none")
        if len(self.addenda) == MAX_ADDENDA:
            raise record.refusal(f"the entry has more than {MAX_ADDENDA:,}")
        type_code = record.digits(2, 3, "the type")
        if type_code == "05":
            if record.number(84, 87, "the sequence number") != len(self.addenda) + 1:
                raise record.refusal("the sequence number does not continue the one before it")
            if record.raw(88, 94) != entry.raw(88, 94):
                raise record.refusal("it names another entry than the one before it")
        if type_code in (RETURN, CHANGE) and any(a.type_code == type_code for a in self.addenda):
            raise record.refusal(f"the entry has one of type {type_code} before it")
        self.batch_totals.entries += 1
        self.addenda.append(_read_addendum(record, type_code))

    def _finished_entry(self, record: _Record) -> NachaEntry:
        if record.raw(79, 79) == "1" and not self.addenda:
            raise record.refusal("the addenda that it announces are missing")
        header = _of(self.batch_header)
        entry_class = header.raw(51, 53).upper()
        # Changes to IAT entries come in the class COR, with this mark instead of the company's name.
        is_international = entry_class == "IAT" or header.raw(5, 10).upper() == "IATCOR"
        self.entry = None
        return NachaEntry(
            self.file_number,
            header.number(88, 94, "the batch number"),
            record.line_number,
            record.raw(2, 3),
            _direction(record),
            ACCOUNT_KINDS[record.raw(2, 2)],
            record.raw(4, 12),
            None if is_international else record.value(13, 29),
            None if is_international else record.value(40, 54),
            None if is_international else record.value(59 if entry_class == "CTX" else 55, 76),
            record.raw(80, 94),
            _dollars(record.number(30, 39, "the amount")),
            record.raw(2, 3) in PRENOTES,
            tuple(self.addenda),
            self._created_on(),
        )

    def _closed_batch(self, record: _Record) -> NachaBatch:
        header, totals = _of(self.batch_header), self.batch_totals
        totals.prove(record, (5, 10))
        entry_class = header.raw(51, 53).upper()
        for name, own, headers in (
            ("the service class", record.raw(2, 4), header.raw(2, 4)),
            ("the originating bank", record.raw(80, 87), header.raw(80, 87)),
            ("the batch number", record.raw(88, 94), header.raw(88, 94)),
        ):
            if own != headers:
                raise record.refusal(f"{name} is not that of the batch header")
        # Banks align it differently in the two records, and leave it out of IAT controls.
        company = record.raw(45, 54).strip().upper()
        if company and company != header.raw(41, 50).strip().upper():
            raise record.refusal("the company is not that of the batch header")
        self.file_totals.add(totals)
        self.batch_count += 1
        return NachaBatch(
            self.file_number,
            header.number(88, 94, "the batch number"),
            header.line_number,
            header.raw(2, 4),
            entry_class,
            header.value(5, 20),
            header.value(21, 40),
            header.value(41, 50),
            header.value(54, 63),
            header.raw(80, 87),
            totals.entries,
            totals.hash % 10**10,
            _dollars(totals.debits),
            _dollars(totals.credits),
            header.date(70, 75, "the effective date"),
        )

    def _closed_file(self, record: _Record) -> NachaFile:
        header, totals = _of(self.header), self.file_totals
        blocks = -(-self.record_count // 10)
        for first, last, name, counted in (
            (2, 7, "the batch count", self.batch_count),
            (8, 13, "the block count", blocks),
        ):
            if record.number(first, last, name) != counted:
                raise record.refusal(f"{name} is not {counted}, as counted")
        totals.prove(record, (14, 21))
        return NachaFile(
            self.file_number,
            header.line_number,
            header.raw(4, 13).strip(),
            header.raw(14, 23).strip(),
            header.raw(34, 34),
            self.batch_count,
            blocks,
            totals.entries,
            totals.hash % 10**10,
            _dollars(totals.debits),
            _dollars(totals.credits),
            self._created_on(),
        )

    def _created_on(self) -> datetime.date:
        header = _of(self.header)
        created_on = header.date(24, 29, "the creation date")
        if created_on is None:
            raise header.refusal("the creation date is missing")
        return created_on


def _read_addendum(record: _Record, type_code: str) -> NachaAddendum:
    if type_code not in (RETURN, CHANGE):
        text = record.value(4, 83 if type_code == "05" else 79)
        return NachaAddendum(record.line_number, type_code, None, None, None, None, text, None)
    reason_code = record.raw(4, 6).upper()
    if REASON_CODES[type_code].fullmatch(reason_code) is None:
        raise record.refusal(f"the reason code is none of type {type_code}")
    return NachaAddendum(
        record.line_number,
        type_code,
        reason_code,
        record.digits(7, 21, "the original trace number"),
        record.digits(28, 35, "the original receiving bank"),
        record.value(36, 64) if type_code == CHANGE else None,
        record.value(36, 79) if type_code == RETURN else None,
        record.date(22, 27, "the date of death") if reason_code in DEATHS else None,
    )


def _of(record: _Record | None) -> _Record:
    """The open record of the kind; the order of records, checked before, guarantees it."""
    assert record is not None
    return record


def _direction(record: _Record) -> str:
    return "debit" if record.raw(3, 3) > "4" else "credit"


def _dollars(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)
