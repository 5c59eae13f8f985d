"""Reader of BAI2 cash management balance reports (version 2 of the BAI specification).

Records 01 file, 02 group, 03 account, 16 transaction, 49, 98 and 99 trailers; 88 continues any of them.
The control totals and counts of the trailers are proved, never trusted.
"""

from __future__ import annotations

import datetime
import functools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain, pairwise
from typing import BinaryIO, NamedTuple

from orchestration.collect.readers.common import (
    MAX_INTEGER_DIGITS,
    MAX_VALUE_LENGTH,
    UNNAMED,
    at_line,
    both_references,
    cheque_number,
    currency_decimals,
    listed_balances,
    parse_currency,
    parse_date,
    reference_or_none,
    text_lines,
    text_or_none,
    to_line,
    to_named,
    without_spaces,
)
from orchestration.collect.readers.encodings import UTF8, Encoding
from orchestration.collect.readers.payment_text import cheque_in_text, read_payment_text
from orchestration.lake.datasets import BankStatement, BankStatementLine
from orchestration.lake.errors import UnreadableFile

DEFAULT_CURRENCY = "USD"
OPENING_LEDGER = "010"
CLOSING_LEDGER = "015"
# Codes below are balances (040 opens and 045 closes with what is available), from here on totals.
FIRST_TOTAL = "100"
NON_MONETARY = "890"
# Cheques that were certified, paid, and reversed.
CHEQUE_CODES = {"474", "475", "395"}
MAX_RECORD_LINES = 10_000
# So much tells how the lines of a file are broken.
_HEAD_CHARACTERS = 1 << 17
# Fields of a record in which a line may end with the comma of the field behind it.
MAX_CUT_FIELDS = 5_000
MAX_RECORD_FIELDS = MAX_RECORD_CHARACTERS = 1 << 20
MESSAGE_TYPES = {"": "statement", "1": "intraday", "2": "statement", "3": "intraday", "4": "statement"}
# Which record may follow which, continuations aside.
FOLLOWERS = {
    "start": {"01"},
    "01": {"02", "99"},
    "02": {"03", "98"},
    "03": {"16", "49"},
    "16": {"16", "49"},
    "49": {"03", "98"},
    "98": {"02", "99"},
    "99": {"01"},
}

# Where a record ends and the next one stands on the same line.
_NEXT_RECORD = re.compile(r"/ *(?=(?:01|02|03|16|88),|(?:49|98|99)[,/])")
FREE_TEXT = ("16", "88")
# What is not said of a transaction, from its document numbers on; but whose code its code is.
_UNSAID = (None, None, None, None, "bai2", None, None, None)

# The place of the bank's reference by the funds type before it. Type V brings a date and a time along.
_REFERENCE_AT = {"": 3, "Z": 3, "0": 3, "1": 3, "2": 3, "V": 5}
FUNDS_TYPES = {*_REFERENCE_AT, "S", "D"} - {""}
_INTEGER = re.compile(r"[+-]?[0-9]+")
_TYPE_CODE = re.compile(r"[0-9]{3}")


@dataclass(slots=True)
class _Record:
    """A record with its continuations: fields after the code. A field that starts a physical line after
    the first begins with a line feed, so that text can tell a break from a comma."""

    code: str
    fields: list[str]
    line_number: int
    line_count: int


class _Account(NamedTuple):
    account_number: str
    currency: str
    line_number: int
    balances: dict[str, Decimal]


class _Counter:
    """The control total of one level (in minor units), its parts and its physical records."""

    def __init__(self) -> None:
        self.total = 0
        self.parts = 0
        self.records = 0


def read_bai2(stream: BinaryIO, encoding: Encoding = UTF8) -> Iterator[BankStatement | BankStatementLine]:
    """Lines of each account, then its statement. Reads line by line.

    Integer amounts become decimals by the currency's minor units (the account's currency, else the
    group's, else USD). Type codes 100-399, 721-728 and 920-959 are credits, 400-699, 760 and 960-999
    debits. opening is the ledger balance 010, closing 015; nothing stands in for a missing one. Interim
    groups (as-of modifier 1 or 3) are "intraday". Raises UnreadableFile for a record out of place, a
    field that cannot be read, a false control total or count and a file without record 99.
    """
    return _Reader().rows(_records(stream, encoding))


def _records(stream: BinaryIO, encoding: Encoding) -> Iterator[_Record]:
    """Each record with its continuations; several may stand on one line.

    The free text of 16 and 88 may hold what looks like the start of a record ("paid 12/16, thanks"), so
    a line is cut only once a record without free text was followed by another one on its line.
    """
    record: _Record | None = None
    size = width = 0
    is_joined = is_cut = is_wrapped = False
    before = ""
    lines = text_lines(stream, encoding)
    head = _head(lines)
    for number, whole in chain(head, lines):
        parts: Iterable[str] = (whole,)
        if is_joined or whole[:2] not in FREE_TEXT:
            whole = whole.lstrip()
            is_free = whole[:2] in FREE_TEXT
            is_joined = is_joined or (not is_free and _NEXT_RECORD.search(whole) is not None)
            parts = _NEXT_RECORD.split(whole) if is_joined else (whole,)
        for line in parts:
            code, _, body = line.partition(",")
            if len(code) == 3 and code in ("49/", "98/", "99/", "88/"):
                code = code[:2]
            fields = (body[:-1] if body[-1:] == "/" else body).split(",")
            if code != "88":
                if not line:
                    continue
                if record is not None:
                    yield record
                record, size = _Record(code, fields, number, 1), len(body)
                if code == "01":
                    width = _width(fields)
                    is_wrapped = _is_wrapped(head, width)
            elif record is None:
                raise UnreadableFile("record 88 continues nothing", at_line(number))
            elif (size := size + len(body)) > MAX_RECORD_CHARACTERS:
                raise UnreadableFile(
                    f"a record has more than {MAX_RECORD_CHARACTERS} characters", at_line(number)
                )
            elif len(record.fields) + len(fields) > MAX_RECORD_FIELDS:
                raise UnreadableFile(f"a record has more than {MAX_RECORD_FIELDS} fields", at_line(number))
            elif record.line_count == MAX_RECORD_LINES:
                raise UnreadableFile(f"a record has more than {MAX_RECORD_LINES} lines", at_line(number))
            else:
                if is_cut:
                    record.fields[-1] += fields.pop(0)
                else:
                    if before[-1:] == "," and _is_next_field(record, fields):
                        del record.fields[-1]
                    fields[0] = "\n" + fields[0]
                record.fields += fields
                record.line_count += 1
            before = line
        # A line that is as long as a record may be is cut wherever that is, or between words.
        is_cut = len(whole) == width > 0 and whole[-1] != "/" and not is_wrapped
    if record is not None:
        yield record


def _width(fields: list[str]) -> int:
    """How long a physical record is, as a record 01 says; 0 where it does not."""
    text = fields[5].strip() if len(fields) > 5 else ""
    return int(text) if text.isdigit() and len(text) < 6 else 0


def _head(lines: Iterator[tuple[int, str]]) -> list[tuple[int, str]]:
    """The first lines, taken from these."""
    head, size = [], 0
    for line in lines:
        head.append(line)
        size += len(line[1])
        if size > _HEAD_CHARACTERS:
            break
    return head


def _is_wrapped(lines: Sequence[tuple[int, str]], width: int) -> bool:
    """Whether texts are broken between words: one line ends where only the next word is too long for it.

    A line that was cut at its width may have lost a blank there: one that lacks a letter tells nothing.
    """
    for (_, line), (_, following) in pairwise(lines):
        if line[:3] in ("16,", "88,") and following.startswith("88,") and line[-1] not in "/,":
            word = following[3:].split(" ", 1)[0]
            if len(line) < width - 1 <= len(line) + len(word):
                return True
    return False


def _is_next_field(record: _Record, fields: list[str]) -> bool:
    """Whether the comma that ends a line without a slash only ends a field, which record 88 follows with the
    next one, and says no blank one. Where a free text follows, as the fields come out even."""
    at, first = len(record.fields) - 1, fields[0].strip()
    if at > MAX_CUT_FIELDS:
        return False
    if record.code == "03":
        return _are_summaries([*record.fields[:-1], *fields]) or not _are_summaries([*record.fields, *fields])
    if record.code != "16":
        return True
    if at <= 2:
        return bool(_INTEGER.fullmatch(first)) if at == 1 else first.upper() in FUNDS_TYPES
    references = _REFERENCE_AT.get(record.fields[2].strip().upper())
    text_at = references + 2 if references else {"S": 8}.get(record.fields[2].strip().upper(), 0)
    return at < text_at < at + len(fields)


def _are_summaries(fields: list[str]) -> bool:
    """Whether the fields of a record 03 are, as far as they go, an account, a currency and summaries."""
    values = [field.strip() for field in fields[2:]]
    while values:
        code, amount, count, funds_type = [*values[:4], "", "", "", ""][:4]
        if not all(not text or _INTEGER.fullmatch(text) for text in (amount, count)):
            return False
        if (code and _TYPE_CODE.fullmatch(code) is None) or funds_type.upper() not in {*FUNDS_TYPES, ""}:
            return False
        more = {"V": 2, "S": 3}.get(funds_type.upper(), 0)
        if funds_type.upper() == "D" and len(values) > 4 and _is_plain(values[4]):
            more = 1 + 2 * min(int(values[4]), len(values))
        values = values[4 + more :]
    return True


class _Fields:
    """The fields of a record, taken one after the other; past the end they are blank."""

    def __init__(self, record: _Record) -> None:
        self.record = record
        self._fields, self._count, self._next = record.fields, len(record.fields), 0

    @property
    def position(self) -> str:
        """Where the record starts."""
        return at_line(self.record.line_number)

    def take(self) -> str:
        """The next field without blanks around it."""
        at = self._next
        self._next = at + 1
        return self._fields[at].strip() if at < self._count else ""

    def is_filled(self) -> bool:
        """Whether the next field says anything."""
        return self._next < len(self.record.fields) and bool(self.record.fields[self._next].strip())

    def is_at_end(self) -> bool:
        """Whether nothing but blank fields is left."""
        return self._next >= self._end

    @functools.cached_property
    def _end(self) -> int:
        fields = self.record.fields
        return next((at for at in range(len(fields), 0, -1) if fields[at - 1].strip()), 0)

    def is_at_line_start(self) -> bool:
        """Whether the next field opens a continuation line."""
        return self._next < len(self.record.fields) and self.record.fields[self._next].startswith("\n")

    def rest(self) -> str:
        """What is left as text: its commas stand, a line break becomes a blank."""
        if self._next + 1 == self._count:
            return self._fields[self._next]
        return ",".join(self._fields[self._next :]).replace(",\n", " ")

    def integer(self, name: str, default: int | None = None) -> int:
        """The next field as an integer with an optional sign."""
        text = self.take()
        if not text and default is not None:
            return default
        if _INTEGER.fullmatch(text) is None or len(text) > MAX_VALUE_LENGTH:
            raise UnreadableFile(
                f"record {self.record.code}: {name} is {text!r}, not an integer", self.position
            )
        return int(text)

    def skip_funds(self) -> datetime.date | None:
        """Take the funds type and what it brings along; the value date of type V, else None."""
        funds_type = self.take().upper()
        if funds_type in ("", "Z", "0", "1", "2"):
            return None
        if funds_type == "V":
            value_date = self.take()
            self.take()
            return _date(value_date, self.position) if value_date else None
        if funds_type == "S":
            for name in ("immediate", "one-day", "two-day"):
                self.integer(f"the {name} availability", 0)
            return None
        if funds_type == "D":
            for _ in range(min(self.integer("the number of distributions"), len(self.record.fields))):
                self.integer("the days of a distribution")
                self.integer("the amount of a distribution")
            return None
        raise UnreadableFile(
            f"record {self.record.code}: the funds type is {funds_type!r}, none of Z, 0, 1, 2, V, S, D",
            self.position,
        )


class _Reader:
    """The state between records: the open file, group and account."""

    def __init__(self) -> None:
        self.previous = "start"
        self.statement_number = 0
        self.entry_number = 0
        self.file_reference: str | None = None
        self.file, self.group, self.section = _Counter(), _Counter(), _Counter()
        self.group_currency = ""
        self.as_of_on = datetime.date.min
        self.message_type = "statement"
        self.account = _Account("", "", 0, {})

    def rows(self, records: Iterator[_Record]) -> Iterator[BankStatement | BankStatementLine]:
        """Every record in turn; each must be allowed where it stands."""
        handlers = {"01": self._file, "02": self._group, "98": self._close_group, "99": self._close_file}
        record = None
        for record in records:
            if record.code not in FOLLOWERS[self.previous]:
                raise UnreadableFile(
                    f"record {record.code!r} cannot follow {self.previous}", at_line(record.line_number)
                )
            self.previous = record.code
            if record.code == "16":
                yield self._transaction(record)
                continue
            fields = _Fields(record)
            if record.code == "03":
                self._open_account(fields)
            elif record.code == "49":
                yield self._close_account(fields)
            else:
                handlers[record.code](fields)
        if self.previous != "99":
            last = record.line_number + record.line_count - 1 if record else 1
            raise UnreadableFile("the file ends without record 99", at_line(last))

    def _file(self, fields: _Fields) -> None:
        self.file = _Counter()
        self.file.records = fields.record.line_count
        values = [fields.take() for _ in range(8)]
        self.file_reference = text_or_none(values[4])
        if values[7] not in ("", "2"):
            raise UnreadableFile(f"the file is of BAI version {values[7]!r}, not 2", fields.position)

    def _group(self, fields: _Fields) -> None:
        self.group = _Counter()
        self.group.records = fields.record.line_count
        _, _, status, as_of, _, currency, modifier = (fields.take() for _ in range(7))
        if status not in ("", "1", "3"):
            raise UnreadableFile(
                f"the group status is {status!r}; only updates (1) and corrections (3) are read",
                fields.position,
            )
        if modifier not in MESSAGE_TYPES:
            raise UnreadableFile(f"the as-of-date modifier is {modifier!r}, none of 1 to 4", fields.position)
        self.as_of_on = _date(as_of, fields.position)
        self.group_currency = currency
        self.message_type = MESSAGE_TYPES[modifier]

    def _open_account(self, fields: _Fields) -> None:
        self.section = _Counter()
        self.section.records = fields.record.line_count
        self.statement_number += 1
        self.entry_number = 0
        number = without_spaces(fields.take())
        if not number:
            raise UnreadableFile("record 03 names no account", fields.position)
        currency = parse_currency(fields.take() or self.group_currency or DEFAULT_CURRENCY, fields.position)
        self.account = _Account(number, currency, fields.record.line_number, {})
        while not fields.is_at_end():
            code = fields.take()
            if not code and fields.is_at_line_start():
                continue  # a bank that writes ",,,/" before 88 closes the last group with one comma too many
            text = fields.take()
            if text:
                amount = _minor(text, "the amount of a summary", fields)
                self.section.total += amount
                self.account.balances.setdefault(code.zfill(3), _scaled(amount, currency))
            fields.integer("the item count", 0)
            fields.skip_funds()

    def _transaction(self, record: _Record) -> BankStatementLine:
        section, account, values = self.section, self.account, record.fields
        section.records += record.line_count
        self.entry_number += 1
        at = _REFERENCE_AT.get(values[2].strip()) if len(values) > 2 else None
        if at is None or len(values) < at + 3:
            code, amount, value_on, bank_reference, reference, text = _uncommon(record)
        else:
            code, minor = values[0].strip(), values[1].strip() or "0"
            amount = int(minor) if _is_plain(minor) else _minor(minor, "the amount", _Fields(record))
            value_on = _value_date(values[3].strip(), record.line_number) if at == 5 else None
            bank_reference, reference, text = values[at].strip(), values[at + 1].strip(), values[at + 2]
            if len(values) > at + 3:
                text = ",".join(values[at + 2 :]).replace(",\n", " ")
        section.total += amount
        direction, number = _sign(code) or _direction(code, amount, record), None
        if code in CHEQUE_CODES:
            number = cheque_number(reference) or cheque_in_text(text) or cheque_number(bank_reference)
        counterparty, said = read_payment_text(text, direction > 0)
        reference, own = both_references(reference) if reference else (None, None)
        named = (None, None, None, own, None, None, number, *_UNSAID)
        return to_line(
            (
                self.statement_number,
                self.entry_number,
                record.line_number,
                account.account_number,
                account.currency,
                _scaled(direction * amount, account.currency),
                "booked",
                False,
                reference,
                reference_or_none(bank_reference) if bank_reference else None,
                counterparty,
                None,
                text_or_none(text),
                code,
                None,
                None,
                None,
                self.as_of_on,
                value_on,
                *(named if said is UNNAMED else to_named(named).filled(said)),
                None,
            )
        )

    def _close_account(self, fields: _Fields) -> BankStatement:
        self.section.records += fields.record.line_count
        _prove(fields, "the control total", self.section.total)
        _prove(fields, "the number of records", self.section.records)
        self.group.total += self.section.total
        self.group.records += self.section.records
        self.group.parts += 1
        account = self.account
        return BankStatement(
            self.statement_number,
            account.line_number,
            self.message_type,
            account.account_number,
            account.currency,
            self.file_reference,
            None,
            None,
            account.balances.get(OPENING_LEDGER),
            account.balances.get(CLOSING_LEDGER),
            None,
            self.as_of_on,
            self.as_of_on,
            other_balances=listed_balances(
                (code, account.currency, amount)
                for code, amount in account.balances.items()
                if code < FIRST_TOTAL and code not in (OPENING_LEDGER, CLOSING_LEDGER)
            ),
        )

    def _close_group(self, fields: _Fields) -> None:
        self.group.records += fields.record.line_count
        _prove(fields, "the control total", self.group.total)
        _prove(fields, "the number of accounts", self.group.parts)
        _prove(fields, "the number of records", self.group.records)
        self.file.total += self.group.total
        self.file.records += self.group.records
        self.file.parts += 1

    def _close_file(self, fields: _Fields) -> None:
        self.file.records += fields.record.line_count
        _prove(fields, "the control total", self.file.total)
        _prove(fields, "the number of groups", self.file.parts)
        _prove(fields, "the number of records", self.file.records)


def _uncommon(record: _Record) -> tuple[str, int, datetime.date | None, str, str, str]:
    """Type code, amount, value date, the bank's reference, the customer's and the text of any transaction."""
    fields = _Fields(record)
    code = fields.take()
    amount = _minor(fields.take() or "0", "the amount", fields)
    value_on = fields.skip_funds()
    return code, amount, value_on, fields.take(), fields.take(), fields.rest()


def _is_plain(text: str) -> bool:
    return len(text) <= MAX_INTEGER_DIGITS and text.isdigit() and text.isascii()


def _value_date(text: str, line_number: int) -> datetime.date | None:
    return _day(text) or _date(text, at_line(line_number)) if text else None


@functools.lru_cache(maxsize=1024)
def _day(text: str) -> datetime.date | None:
    """The day, or None where it is none; not asked twice."""
    try:
        return _date(text, "")
    except UnreadableFile:
        return None


def _date(text: str, position: str) -> datetime.date:
    """YYMMDD, or with the century as some banks write it."""
    return parse_date(text, "%Y%m%d" if len(text) == 8 else "%y%m%d", position)


def _prove(fields: _Fields, name: str, counted: int) -> None:
    if counted and not fields.is_filled():
        raise UnreadableFile(
            f"record {fields.record.code}: {name} is missing, so that the {counted} counted cannot be proved",
            fields.position,
        )
    declared = fields.integer(name, 0)
    if declared != counted:
        raise UnreadableFile(
            f"record {fields.record.code}: {name} is declared as {declared} and counted as {counted}",
            fields.position,
        )


def _minor(text: str, name: str, fields: _Fields) -> int:
    if (
        _INTEGER.fullmatch(text) is None
        or len(text) > MAX_VALUE_LENGTH
        or len(text.lstrip("+-0")) > MAX_INTEGER_DIGITS
    ):
        raise UnreadableFile(
            f"record {fields.record.code}: {name} is {text!r}, not an integer", fields.position
        )
    return int(text)


def _scaled(minor: int, currency: str) -> Decimal:
    return Decimal(minor).scaleb(-currency_decimals(currency))


def _direction(code: str, amount: int, record: _Record) -> int:
    """The direction where the type code of a transaction does not tell: it is non-monetary, or refused."""
    if code == NON_MONETARY and amount == 0:
        return 1
    position = at_line(record.line_number)
    if _TYPE_CODE.fullmatch(code) is None:
        raise UnreadableFile(f"record 16: the type code is {code!r}, not three digits", position)
    raise UnreadableFile(f"record 16: the type code {code} is neither a credit nor a debit", position)


@functools.lru_cache(maxsize=1024)
def _sign(code: str) -> int | None:
    """1 for a credit and -1 for a debit; None where the code does not tell."""
    number = int(code) if _TYPE_CODE.fullmatch(code) else 0
    if 100 <= number <= 399 or 720 <= number <= 759 or 920 <= number <= 959:
        return 1
    if 400 <= number <= 699 or 760 <= number <= 799 or 960 <= number <= 999:
        return -1
    return None
