"""What every reader shares: a rejoined stream, numbered lines, amounts and dates read strictly.

Belongs here: rules that hold for all formats. What one format alone says belongs in its module.
"""

from __future__ import annotations

import codecs
import contextlib
import csv
import datetime
import functools
import io
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import BinaryIO, NamedTuple

from orchestration.collect.readers.encodings import Encoding
from orchestration.lake.datasets import BankStatementLine
from orchestration.lake.errors import UnreadableFile

MAX_LINE_BYTES = 1 << 20
BLOCK_BYTES = 1 << 16
MAX_DECIMALS = 5
MAX_INTEGER_DIGITS = 23
# Longer texts are no amount and no date, and patterns are not tried on them.
MAX_VALUE_LENGTH = 100
MIN_IBAN_LENGTH, MAX_IBAN_LENGTH = 15, 34

# What stands for nothing in a table.
DASHES = {"-", "--", "---", "\u2013", "\u2014"}

# ISO 4217 minor units other than two.
_DECIMALS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}

_AMOUNT = re.compile(r"[+-]?[0-9]{1,23}(?:\.[0-9]{0,5})?")
_LONG_AMOUNT = re.compile(r"([+-]?)0*([0-9]*)(?:\.([0-9]*?)0*)?")
# Banks also write a blank for T, a colon or comma before milliseconds, zones without a colon, and no marks.
_ISO_DATE = re.compile(
    r"([0-9]{4})(-?)([0-9]{2})\2([0-9]{2})"
    r"(?:[Tt ] ?[0-9]{2}:?[0-9]{2}(?::?[0-9]{2}(?:[.,:][0-9]+)?)?)? ?(?:[Zz]|[+-][0-9]{2}(?::?[0-9]{2})?)?"
)
_CURRENCY = re.compile(r"[A-Z]{3}")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_LETTER_OR_DIGIT = re.compile(r"[^\W0_]")
# What is written where a reference is asked for and there is none, as letters and digits.
_NO_REFERENCE = {"nonref", "noref", "noreference", "notprovided", "none", "null", "na"}
_LONGEST_WORD = 16
_DIGIT = re.compile(r"[0-9]")
_CHEQUE_REFERENCE = re.compile(
    r"(?:(?:CHECK|CHEQUE|CHQ|CHK|CK)(?:NO|NR)?[ .:#]*|#)?([0-9]{1,18})", re.IGNORECASE
)
_NOT_TEXT = dict.fromkeys([*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20)])


class Named(NamedTuple):
    """What a message calls by its name: the last columns of a BankStatementLine, in their order."""

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

    def filled(self, other: Named) -> Named:
        """With what the other says where this says nothing."""
        if other is UNNAMED:
            return self
        return to_named([mine or others for mine, others in zip(self, other, strict=True)])


UNNAMED = Named()
# From all values in their order: a third of the time of the constructor, which is a function in Python.
to_line = functools.partial(tuple.__new__, BankStatementLine)
to_named = functools.partial(tuple.__new__, Named)


class Rejoined(io.RawIOBase):
    """A stream whose first bytes were taken, made whole again without seeking."""

    def __init__(self, head: bytes, stream: BinaryIO) -> None:
        self._head = head
        self._stream = stream

    def readable(self) -> bool:
        """Always true."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """The taken bytes first, then the stream's."""
        if self._head:
            data, self._head = self._head[: len(buffer)], self._head[len(buffer) :]
        else:
            data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def rejoin(head: bytes, stream: BinaryIO) -> BinaryIO:
    """A buffered stream of head followed by what stream still holds."""
    return io.BufferedReader(Rejoined(head, stream), 1 << 18)


def take_head(stream: BinaryIO, size: int) -> bytes:
    """Up to size bytes; fewer only at the end of the stream, also when its reads come short."""
    parts = []
    while size and (part := stream.read(size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def at_line(number: int) -> str:
    """The position of a line, counted from 1, as UnreadableFile words it."""
    return f"line {number}"


def text_lines(stream: BinaryIO, encoding: Encoding) -> Iterator[tuple[int, str]]:
    """Number (from 1) and text of each line, without its end, trailing blanks and control characters.

    A line ends with a line feed, a carriage return or both. UTF-16 is known by its byte order mark; any
    other line is in the encoding. Raises UnreadableFile for a line above 1 MiB and for bytes that are no text
    in it.
    """
    for first, lines in _line_blocks(stream, encoding):
        yield from enumerate(lines, first)


def _line_blocks(stream: BinaryIO, encoding: Encoding) -> Iterator[tuple[int, list[str]]]:
    """Lines, many at once, and the number of the first."""
    head = take_head(stream, 4)
    if head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        yield from _utf16_lines(rejoin(head, stream))
        return
    number = 1
    for block in _blocks(rejoin(head.removeprefix(codecs.BOM_UTF8), stream)):
        text = None
        if len(block) <= MAX_LINE_BYTES:
            with contextlib.suppress(UnicodeDecodeError):
                text = block.decode(encoding.codecs[0]).replace("\r\n", "\n")
        if text is not None and text.replace("\n", "").isprintable():
            # As nearly all is: no line needs more than its end cut off.
            lines = [*map(str.rstrip, text.removesuffix("\n").split("\n"))]
            yield number, lines
            number += len(lines)
            continue
        for raw in block.removesuffix(b"\n").split(b"\n"):
            if len(raw) >= MAX_LINE_BYTES:
                raise UnreadableFile(f"a line is longer than {MAX_LINE_BYTES} bytes", at_line(number))
            parts = _parts(_decoded(raw, encoding, number).rstrip())
            yield number, parts
            number += len(parts)


def _blocks(stream: BinaryIO) -> Iterator[bytes]:
    """Whole lines, many at once; a line that is too long comes as it is."""
    rest = b""
    while chunk := stream.read(BLOCK_BYTES):
        block, mark, tail = chunk.rpartition(b"\n")
        if mark:
            yield rest + block + mark
            rest = tail
        else:
            rest += chunk
            if len(rest) > MAX_LINE_BYTES:
                break
    if rest:
        yield rest


def _decoded(line: bytes, encoding: Encoding, number: int) -> str:
    try:
        return encoding.decode(line)
    except UnicodeDecodeError as error:
        raise UnreadableFile(
            f"the byte {line[error.start]:02X} is no text in {encoding.codecs[-1]}",
            f"line {number}, byte {error.start + 1} of it",
        ) from None


def _utf16_lines(stream: BinaryIO) -> Iterator[tuple[int, list[str]]]:
    reader = io.TextIOWrapper(stream, encoding="utf-16", newline="\n")
    number = 1
    try:
        while line := reader.readline(MAX_LINE_BYTES + 1):
            if len(line) > MAX_LINE_BYTES:
                raise UnreadableFile(f"a line is longer than {MAX_LINE_BYTES} characters", at_line(number))
            parts = _parts(line.rstrip())
            yield number, parts
            number += len(parts)
    except UnicodeError as error:
        raise UnreadableFile("the bytes are not valid UTF-16", f"after line {number - 1}") from error


def _parts(line: str) -> list[str]:
    """The lines in it: one, or several where carriage returns alone end them."""
    return [part.translate(_NOT_TEXT).rstrip() for part in line.split("\r")]


def parse_amount(text: str, position: str) -> Decimal:
    """A decimal written with a point, sign optional: at most 23 integer digits and 5 decimals.

    Zeros beyond the fifth decimal are dropped. Raises UnreadableFile for anything else, exponents,
    NaN and Infinity included.
    """
    if _AMOUNT.fullmatch(text):
        return Decimal(text)
    match = _LONG_AMOUNT.fullmatch(text) if len(text) <= MAX_VALUE_LENGTH else None
    if match is None or not any(character.isdigit() for character in text):
        raise UnreadableFile(f"{text!r} is not an amount", position)
    sign, integer, fraction = match[1], match[2] or "0", match[3] or ""
    if len(fraction) > MAX_DECIMALS:
        raise UnreadableFile(f"the amount {text!r} has more than {MAX_DECIMALS} decimals", position)
    if len(integer) > MAX_INTEGER_DIGITS:
        raise UnreadableFile(
            f"the amount {text!r} has more than {MAX_INTEGER_DIGITS} integer digits", position
        )
    return Decimal(f"{sign}{integer}.{fraction or '0'}")


def parse_comma_amount(text: str, position: str) -> Decimal:
    """A decimal written with a comma, as SWIFT does; otherwise like parse_amount."""
    return parse_amount(text.replace(",", ".", 1), position)


def parse_iso_date(text: str, position: str) -> datetime.date:
    """The day of an XML date or date-time, as written: a time zone does not move it."""
    found = _iso_day(text) if len(text) <= MAX_VALUE_LENGTH else None
    if found is None:
        raise UnreadableFile(f"{text!r} is not a date", position)
    return found


def parse_date(text: str, date_format: str, position: str) -> datetime.date:
    """The day that text states in a strptime format."""
    found = _strptime(text, date_format) if len(text) <= MAX_VALUE_LENGTH else None
    if found is None:
        raise UnreadableFile(f"{text!r} is not a date", position)
    return found


@functools.lru_cache(maxsize=4096)
def _iso_day(text: str) -> datetime.date | None:
    match = _ISO_DATE.fullmatch(text)
    return _strptime("".join(match.group(1, 3, 4)), "%Y%m%d") if match else None


@functools.lru_cache(maxsize=4096)
def _strptime(text: str, date_format: str) -> datetime.date | None:
    try:
        return datetime.datetime.strptime(text, date_format).date()
    except ValueError:
        return None


def parse_currency(text: str, position: str) -> str:
    """A currency code of three capital letters."""
    if _CURRENCY.fullmatch(text) is None:
        raise UnreadableFile(f"{text!r} is not a currency code", position)
    return text


def original(
    currency: str | None, amount: Decimal | None, account_currency: str, booked: Decimal
) -> tuple[str | None, Decimal | None]:
    """The original currency and amount of a booked amount, signed like it: both, or both None.

    None where either is missing, the amount is zero or the currency is the account's own.
    """
    if not currency or not amount or currency == account_currency:
        return None, None
    return currency, -abs(amount) if booked < 0 else abs(amount)


@functools.lru_cache(maxsize=4096)
def currency_decimals(currency: str) -> int:
    """How many decimals a currency's minor unit has."""
    return next((count for count, codes in _DECIMALS.items() if currency in codes), 2)


def without_spaces(text: str) -> str:
    """The text without any blank, as account numbers are stored."""
    return "".join(text.split())


def text_or_none(text: str | None) -> str | None:
    """The text with its blanks collapsed, or None when nothing is left."""
    return " ".join(text.split()) or None if text else None


def reference_or_none(text: str | None) -> str | None:
    """A reference, or None for what banks write when there is none: a word, a full stop, zeros."""
    if not text:
        return None
    if text.isalnum():
        return text if text.strip("0") and text not in ("NONREF", "NOTPROVIDED") else None
    found = text_or_none(text)
    if found in ("NONREF", "NOTPROVIDED", "NOT PROVIDED"):
        return None
    return found if found and _LETTER_OR_DIGIT.search(found) else None


def named_reference(text: str | None) -> str | None:
    """A reference for a column of its own: like reference_or_none, but whatever the case of the word."""
    found = reference_or_none(text)
    if found is None or len(found) > _LONGEST_WORD or _DIGIT.search(found):
        return found
    return None if plain_text(found) in _NO_REFERENCE else found


def both_references(text: str) -> tuple[str | None, str | None]:
    """As reference_or_none and as named_reference have it."""
    found = reference_or_none(text)
    return found, found if found is None or _DIGIT.search(found) else named_reference(found)


@functools.lru_cache(maxsize=4096)
def plain_text(text: str) -> str:
    """Letters and digits alone, whatever their case."""
    return "".join(filter(str.isalnum, text.casefold()))


def listed_references(texts: Iterable[str | None]) -> str | None:
    """References, each once and without its blanks, separated by a blank; None when there is none."""
    found = [reference for text in texts if text and (reference := named_reference(text))]
    return " ".join(dict.fromkeys(map(without_spaces, found))) or None if found else None


def listed_balances(balances: Iterable[tuple[str, str | None, object]]) -> str | None:
    """Balances as kind, currency and amount, as BankStatement keeps those that it has no column for."""
    named = (" ".join(filter(None, (kind, currency, str(amount)))) for kind, currency, amount in balances)
    return "; ".join(named) or None


def cheque_number(reference: str | None) -> str | None:
    """The digits of a reference that is a cheque's number, bare or after a word for cheque."""
    if not reference:
        return None
    match = _CHEQUE_REFERENCE.fullmatch(reference)
    return match[1] if match and match[1].strip("0") else None


def is_iban(text: str) -> bool:
    """Whether text is an IBAN whose check digits hold (ISO 13616, modulo 97)."""
    # Most texts are told from one by their length and their first two letters.
    return MIN_IBAN_LENGTH <= len(text) <= MAX_IBAN_LENGTH and text[:2].isalpha() and _has_check_digits(text)


@functools.lru_cache(maxsize=4096)
def _has_check_digits(text: str) -> bool:
    if _IBAN.fullmatch(text) is None:
        return False
    return int("".join(str(int(character, 36)) for character in text[4:] + text[:4])) % 97 == 1


def looks_like_iban(text: str) -> bool:
    """Whether text has the shape of an IBAN, check digits aside."""
    return _IBAN.fullmatch(text) is not None


def bank_id_of(account: str, code: str | None) -> str | None:
    """The bank's national code where the account number needs it: an IBAN says which bank it is of. None for
    the zeros that stand for no code."""
    return code if code and code.strip("0 ") and not looks_like_iban(account) else None


def decoded_lines(text: io.TextIOWrapper, encoding: str) -> Iterator[str]:
    """The lines of a text. Raises UnreadableFile where one is too long, or no text in this encoding."""
    number = 0
    try:
        while line := text.readline(MAX_LINE_BYTES + 1):
            number += 1
            if len(line) > MAX_LINE_BYTES:
                raise UnreadableFile(f"a line is longer than {MAX_LINE_BYTES} characters", at_line(number))
            yield line
    except UnicodeError as error:
        raise UnreadableFile(f"the text is not valid {encoding}", f"after line {number}") from error


def numbered_rows(rows: Iterator[list[str]], lines_before: int) -> Iterator[tuple[int, list[str]]]:
    """Each row of csv.reader that is not blank, with the line it starts in. Raises UnreadableFile."""
    starts_at = lines_before + 1
    try:
        for fields in rows:
            if "".join(fields).strip():
                yield starts_at, fields
            starts_at = lines_before + rows.line_num + 1  # type: ignore[attr-defined]
    except csv.Error as error:
        raise UnreadableFile(f"the row is not valid CSV: {error}", at_line(starts_at)) from error
