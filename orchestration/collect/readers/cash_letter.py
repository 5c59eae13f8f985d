"""Reader of image cash letters (X9.37 and X9.100-187): what a bank writes of cheques, with their pictures.

Records of 80 characters, EBCDIC or ASCII, each behind its length in four bytes; some banks end lines instead.
01 file, 10 cash letter, 20 bundle, 25 cheque with endorsements 26 to 28, 31 return with 32 to 35, 50, 52, 54
picture, 61 and 62 credit, 70, 90 and 99 controls. Their counts and totals are proved, never trusted.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import BinaryIO, NamedTuple

from orchestration.collect.readers.common import parse_date, rejoin, take_head, text_or_none
from orchestration.lake.datasets import CashLetter, Cheque
from orchestration.lake.errors import UnreadableFile

RECORD_BYTES = 80
# A picture of a cheque has some ten kilobytes, one in grey a hundred.
MAX_IMAGE_BYTES = 8 << 20
MAX_RECORD_BYTES = 4096
# Between the reference key, the signature and the picture of record 52 stand their lengths, in digits.
_IMAGE_HEAD, _KEY, _SIGNATURE, _SIZE = 101, 4, 5, 7
_LENGTH_BYTES = 4
_LINE_ENDS = b"\r\n"
_CODES = {b"01": "ascii", "01".encode("cp037"): "cp037"}
_CURRENCIES = {"CA": "CAD"}
_SIDES = {"0": "front", "1": "rear"}
# Which records may follow which, by the place in the file; what belongs to an item may stand in any order.
_OF_CHEQUE = {"26", "27", "28", "50", "52", "54"}
_OF_RETURN = {"32", "33", "34", "35", "50", "52", "54"}
_OF_CREDIT = {"50", "52", "54"}
_FOLLOWERS = {
    "start": {"01"},
    "file": {"10", "99"},
    "letter": {"20", "61", "62", "90"},
    "bundle": {"25", "31", "61", "62", "70"},
    "end": set(),
}


class ChequePicture(NamedTuple):
    """The bytes of one picture, before the cheque that it shows. line_number: of record 52."""

    line_number: int
    cheque_line_number: int
    side: str
    byte_offset: int
    content: bytes


@dataclass(slots=True)
class _Record:
    code: str
    text: str
    number: int
    offset: int
    picture: bytes = b""
    picture_offset: int = 0

    @property
    def position(self) -> str:
        return f"record {self.number}, byte {self.offset}"

    def field(self, first: int, last: int) -> str:
        """What stands at these places, from 1, without blanks around it."""
        return self.text[first - 1 : last].strip()

    def number_of(self, first: int, last: int, name: str, default: int | None = None) -> int:
        text = self.field(first, last)
        if not text and default is not None:
            return default
        if not (text.isascii() and text.isdigit()):
            raise UnreadableFile(f"{name} {text!r} is not a number", self.position)
        return int(text)

    def day(self, first: int, last: int) -> datetime.date:
        return parse_date(self.field(first, last), "%Y%m%d", self.position)

    def day_or_none(self, first: int, last: int) -> datetime.date | None:
        text = self.field(first, last)
        return self.day(first, last) if text.strip("0") else None


@dataclass(slots=True)
class _Totals:
    """What a control has to prove. credits are told apart, since a control says whether it counts them."""

    parts: int = 0
    items: int = 0
    images: int = 0
    amount: int = 0
    credits: int = 0
    credit_amount: int = 0

    def add(self, other: _Totals) -> None:
        self.parts += 1
        self.items += other.items
        self.images += other.images
        self.amount += other.amount
        self.credits += other.credits
        self.credit_amount += other.credit_amount


@dataclass(slots=True)
class _Item:
    """A cheque, a return or a credit while its records come. values: of a Cheque."""

    allowed: set[str]
    line_number: int
    values: dict[str, object] = field(default_factory=dict)
    side: str = ""
    images: int = 0


def is_cash_letter(head: bytes) -> bool:
    """Whether a file starts like a cash letter."""
    return _layout(head) is not None


def read_cash_letters(stream: BinaryIO) -> Iterator[CashLetter | Cheque | ChequePicture]:
    """Of each cheque its pictures and then the cheque, and of each cash letter, last, its own row.

    Reads record by record. Raises UnreadableFile for a record out of place, a field that cannot be read, a
    control that does not prove and a file without record 99.
    """
    reader = _Reader()
    for record in _records(stream):
        yield from reader.take(record)
    if reader.place != "end":
        raise UnreadableFile("ends without its file control, record 99", f"record {reader.records}")


def _layout(head: bytes) -> tuple[int, str] | None:
    """How many bytes of length stand before each record, none where lines end, and the encoding."""
    if int.from_bytes(head[:_LENGTH_BYTES]) == RECORD_BYTES and head[_LENGTH_BYTES:][:2] in _CODES:
        return _LENGTH_BYTES, _CODES[head[_LENGTH_BYTES:][:2]]
    start = head[: RECORD_BYTES + 1]
    if start[:2] == b"01" and start[2:4].isdigit() and start[4:5] in b"TP" and start[80:] in (b"\r", b"\n"):
        return 0, "ascii"
    return None


def _records(stream: BinaryIO) -> Iterator[_Record]:
    head = take_head(stream, RECORD_BYTES + _LENGTH_BYTES)
    layout = _layout(head)
    if layout is None:
        raise UnreadableFile(
            "is no image cash letter: its first record is not 01, in ASCII or EBCDIC, behind its length"
        )
    length_bytes, encoding = layout
    stream = rejoin(head, stream)
    offset, number = 0, 0
    while True:
        number += 1
        position = f"record {number}, byte {offset}"
        if length_bytes:
            raw = stream.read(length_bytes)
            if not raw.strip(b"\0\r\n\x1a "):
                _only_padding(stream, position)
                return
            size = int.from_bytes(raw)
            if len(raw) < length_bytes or not RECORD_BYTES <= size <= MAX_IMAGE_BYTES:
                raise UnreadableFile(f"{raw.hex()} is not the length of a record", position)
            start = stream.read(2)
            if _decoded(start, encoding, position) != "52" and size > MAX_RECORD_BYTES:
                raise UnreadableFile(f"a record has {size} bytes, more than {MAX_RECORD_BYTES}", position)
            data = start + stream.read(size - 2)
            if len(data) < size:
                raise UnreadableFile(f"the file ends in a record of {size} bytes", position)
            record = _record(data, encoding, number, offset, offset + length_bytes)
            offset += length_bytes + size
        else:
            data = _line(stream, position)
            if data is None:
                _only_padding(stream, position)
                return
            record = _record(data, encoding, number, offset, offset)
            offset += len(data)
            while (end := stream.peek(1)[:1]) and end in _LINE_ENDS:
                offset += len(stream.read(1))
        yield record


def _line(stream: BinaryIO, position: str) -> bytes | None:
    """The next record of a file whose lines end. A picture may hold anything: it is read by its length."""
    start = stream.read(2)
    if not start.strip(b"\0\r\n\x1a "):
        return None
    if start != b"52":
        line = start + stream.readline(MAX_RECORD_BYTES)
        if len(line) > MAX_RECORD_BYTES:
            raise UnreadableFile(f"a record is longer than {MAX_RECORD_BYTES} bytes", position)
        return line
    data = start + stream.read(_IMAGE_HEAD - 2)
    for digits in (_KEY, _SIGNATURE, _SIZE):
        text = stream.read(digits)
        data += text + stream.read(_length(text, "ascii", position))
    return data


def _only_padding(stream: BinaryIO, position: str) -> None:
    if stream.read(MAX_RECORD_BYTES).strip(b"\0\r\n\x1a "):
        raise UnreadableFile("holds something that is no record", position)


def _record(data: bytes, encoding: str, number: int, offset: int, data_offset: int) -> _Record:
    position = f"record {number}, byte {offset}"
    code = _decoded(data[:2], encoding, position)
    if code != "52":
        text = _decoded(data.rstrip(_LINE_ENDS), encoding, position)
        if len(text) < RECORD_BYTES:
            raise UnreadableFile(f"record {code} has {len(text)} characters, not {RECORD_BYTES}", position)
        return _Record(code, text, number, offset)
    at = _IMAGE_HEAD
    size = 0
    for digits in (_KEY, _SIGNATURE, _SIZE):
        at += size
        size = _length(data[at : at + digits], encoding, position)
        at += digits
    if at + size != len(data):
        raise UnreadableFile(
            f"record 52 declares a picture of {size} bytes and holds {len(data) - at}", position
        )
    text = _decoded(data[:_IMAGE_HEAD], encoding, position)
    return _Record(code, text, number, offset, data[at:], data_offset + at)


def _length(text: bytes, encoding: str, position: str) -> int:
    digits = _decoded(text, encoding, position).strip()
    if not (digits.isascii() and digits.isdigit()):
        raise UnreadableFile(f"record 52 says {digits!r} where a length must stand", position)
    if int(digits) > MAX_IMAGE_BYTES:
        raise UnreadableFile(f"record 52 declares {int(digits)} bytes, more than {MAX_IMAGE_BYTES}", position)
    return int(digits)


def _decoded(data: bytes, encoding: str, position: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableFile(f"byte 0x{data[error.start]:02X} is no character", position) from None


class _Reader:
    """place: where in the file the records stand. records: so far."""

    def __init__(self) -> None:
        self.place = "start"
        self.records = 0
        self._currency = ""
        self._file, self._letter, self._bundle = _Totals(), _Totals(), _Totals()
        self._letter_header: _Record | None = None
        self._bundle_reference: str | None = None
        self._letter_number = 0
        self._item: _Item | None = None

    def take(self, record: _Record) -> Iterator[CashLetter | Cheque | ChequePicture]:
        """The rows that the record completes."""
        self.records += 1
        if self._item is not None and record.code in self._item.allowed:
            yield from self._of_item(record)
            return
        if record.code not in _FOLLOWERS[self.place]:
            raise UnreadableFile(f"record {record.code!r} must not stand here", record.position)
        yield from self._completed()
        if record.code == "01":
            self._currency = _CURRENCIES.get(record.field(74, 75), "USD")
            self.place = "file"
        elif record.code == "10":
            self._letter_header, self._letter = record, _Totals()
            self._letter_number += 1
            self.place = "letter"
        elif record.code == "20":
            self._bundle, self._bundle_reference = _Totals(), text_or_none(record.field(39, 48))
            self.place = "bundle"
        elif record.code in ("25", "31", "61", "62"):
            self._begin(record)
        elif record.code == "70":
            self._prove(record, self._bundle, items=(3, 6), amount=(7, 18), images=(31, 35), credits=56)
            self._letter.add(self._bundle)
            self.place = "letter"
        elif record.code == "90":
            counted = self._letter
            self._equal(record, "bundles", record.number_of(3, 8, "the number of bundles"), counted.parts)
            self._prove(record, counted, items=(9, 16), amount=(17, 30), images=(31, 39), credits=66)
            self._file.add(counted)
            yield self._cash_letter(record)
            self.place = "file"
        else:
            counted = self._file
            letters = record.number_of(3, 8, "the number of cash letters")
            self._equal(record, "cash letters", letters, counted.parts)
            self._equal(record, "records", record.number_of(9, 16, "the number of records"), self.records)
            self._prove(record, counted, items=(17, 24), amount=(25, 40), images=None, credits=65)
            self.place = "end"

    def _begin(self, record: _Record) -> None:
        totals = self._bundle if self.place == "bundle" else self._letter
        if record.code in ("61", "62"):
            last = 57 if record.code == "61" else 61
            totals.credits += 1
            totals.credit_amount += record.number_of(48, last, "the amount")
            self._item = _Item(_OF_CREDIT, record.number)
            return
        is_return = record.code == "31"
        cents = record.number_of(*((32, 41) if is_return else (48, 57)), "the amount")
        totals.items += 1
        totals.amount += cents
        on_us = record.field(*((12, 31) if is_return else (28, 47)))
        auxiliary = "" if is_return else record.field(3, 17)
        account, cheque = _micr(on_us, auxiliary)
        self._item = _Item(
            _OF_RETURN if is_return else _OF_CHEQUE,
            record.number,
            {
                "kind": "return" if is_return else "cheque",
                "payor_routing": record.field(*((3, 11) if is_return else (19, 27))),
                "account_number": account,
                "cheque_number": cheque,
                "sequence_number": text_or_none(record.field(*((54, 68) if is_return else (58, 72)))),
                "return_reason": text_or_none(record.field(42, 42)) if is_return else None,
                "amount": Decimal(cents).scaleb(-2),
                "payee": None,
                "deposit_account": None,
                "deposited_on": None,
                "endorsement_count": 0,
            },
        )

    def _of_item(self, record: _Record) -> Iterator[ChequePicture]:
        item = self._item
        assert item is not None
        values = item.values
        if record.code in ("26", "32"):
            values["endorsement_count"] += 1
            # The bank of first deposit endorses first.
            if values["deposited_on"] is None:
                values["deposited_on"] = record.day_or_none(13, 20)
                values["deposit_account"] = text_or_none(record.field(36, 53))
                values["payee"] = text_or_none(record.field(59, 73))
        elif record.code in ("28", "35"):
            values["endorsement_count"] += 1
        elif record.code == "33":
            number = _digits(record.field(21, 35))
            values["cheque_number"] = number or values["cheque_number"]
        elif record.code == "50":
            side = record.field(32, 32)
            if side not in _SIDES:
                raise UnreadableFile(f"{side!r} is no side of a cheque: 0 is front, 1 rear", record.position)
            item.side = _SIDES[side]
        elif record.code == "52":
            if not item.side:
                raise UnreadableFile("record 52 stands without record 50", record.position)
            item.images += 1
            totals = self._bundle if self.place == "bundle" else self._letter
            totals.images += 1
            if values and record.picture:
                yield ChequePicture(
                    record.number, item.line_number, item.side, record.picture_offset, record.picture
                )
            item.side = ""

    def _completed(self) -> Iterator[Cheque]:
        """The cheque whose records have all come."""
        item, self._item = self._item, None
        if item is None or not item.values:
            return
        yield Cheque(
            line_number=item.line_number,
            cash_letter_number=self._letter_number,
            bundle_reference=self._bundle_reference,
            currency=self._currency,
            image_count=item.images,
            **item.values,
        )

    def _cash_letter(self, control: _Record) -> CashLetter:
        header, counted = self._letter_header, self._letter
        assert header is not None
        return CashLetter(
            line_number=header.number,
            cash_letter_number=self._letter_number,
            cash_letter_reference=text_or_none(header.field(45, 52)),
            collection_type=header.field(3, 4),
            origin_routing=header.field(14, 22),
            destination_routing=header.field(5, 13),
            currency=self._currency,
            bundle_count=counted.parts,
            item_count=counted.items,
            image_count=counted.images,
            amount_total=Decimal(counted.amount).scaleb(-2),
            business_on=header.day(23, 30),
            settles_on=control.day_or_none(58, 65),
        )

    def _prove(
        self,
        record: _Record,
        counted: _Totals,
        *,
        items: tuple[int, int],
        amount: tuple[int, int],
        images: tuple[int, int] | None,
        credits: int,
    ) -> None:
        """Compare a control with what was counted. Credits count where it says so, pictures where it does."""
        with_credits = record.field(credits, credits) == "1"
        self._equal(
            record,
            "items",
            record.number_of(*items, "the number of items"),
            counted.items + with_credits * counted.credits,
        )
        self._equal(
            record,
            "cents",
            record.number_of(*amount, "the total amount"),
            counted.amount + with_credits * counted.credit_amount,
        )
        if images is not None and (declared := record.number_of(*images, "the number of pictures", 0)):
            self._equal(record, "pictures", declared, counted.images)

    def _equal(self, record: _Record, name: str, declared: int, counted: int) -> None:
        if declared != counted:
            raise UnreadableFile(
                f"record {record.code} declares {declared} {name}, and {counted} are there", record.position
            )


def _micr(on_us: str, auxiliary: str) -> tuple[str | None, str | None]:
    """The account and the number of a cheque. A business cheque has its number before the routing number, in
    the auxiliary field, a personal one behind the account, which the symbol / ends."""
    account, _, serial = on_us.partition("/")
    return account.replace("-", "").replace(" ", "") or None, _digits(auxiliary) or _digits(serial)


def _digits(text: str) -> str | None:
    """A cheque's number without the symbols around it and zeros before it."""
    return text.strip("/- ").lstrip("0") or None
