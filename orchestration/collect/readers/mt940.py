"""Reader of SWIFT MT940 customer statements and MT942 interim reports.

Messages come bare or in a SWIFT envelope ({1:...}{4: ... -}), several in a file. Each page of a
statement (:60M:, :62M:) is a statement of its own; :28C: orders them. How banks fill :86: is read in
mt940_memo.py.
"""

from __future__ import annotations

import calendar
import datetime
import functools
import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import BinaryIO, NamedTuple

from orchestration.collect.readers.common import (
    MAX_DECIMALS,
    MAX_INTEGER_DIGITS,
    MIN_IBAN_LENGTH,
    UNNAMED,
    Named,
    at_line,
    cheque_number,
    is_iban,
    listed_balances,
    listed_references,
    looks_like_iban,
    named_reference,
    original,
    parse_comma_amount,
    reference_or_none,
    text_lines,
    text_or_none,
    to_line,
    to_named,
    without_spaces,
)
from orchestration.collect.readers.encodings import UTF8, Encoding
from orchestration.collect.readers.mt940_memo import Memo, original_amount, read_memo, read_notes
from orchestration.collect.readers.payment_text import (
    cheque_in_text,
    creditor_references_in_text,
    read_payment_text,
    symbols_in_text,
    uetr_in_text,
)
from orchestration.lake.datasets import BankStatement, BankStatementLine
from orchestration.lake.errors import UnreadableFile

MAX_FIELD_LINES = 200
MAX_FIELD_LENGTH = 1 << 20
# A customer reference that only says where in :86: the reference stands.
POINTERS = ("EREF", "PREF", "MARF", "KREF")
IGNORED_TAGS = {"21", "64", "65", "940", "942", "NS"}
KNOWN_TAGS = IGNORED_TAGS | {
    *("20", "25", "25P", "28", "28C", "60F", "60M", "61", "62F", "62M", "86"),
    *("34F", "13", "13D", "90C", "90D"),
}
# What belongs to the entry before it.
ENTRY_TAGS = {"86", "NS"}
# Text, in which a line of one dash need not be the end of the message.
TEXT_TAGS = {"61", "86", "NS"}
# How lines begin that are looked at twice.
_EDGES = ("-", "{")
# What starts the next message.
FIRST_TAGS = {"20", "940", "942"}
CHEQUE_TYPES = {"NCHK", "SCHK", "FCHK"}
# Cheques to bearer and to order, before SEPA and since.
CHEQUE_GVC = {"001", "002", "101", "102"}
# Places among the columns of Named.
CREDITOR_REFERENCE, END_TO_END, CUSTOMER_REFERENCE, UETR, CHEQUE_NUMBER = map(
    Named._fields.index,
    ("creditor_reference", "end_to_end_id", "customer_reference", "uetr", "cheque_number"),
)
CODE_SCHEME, OWN_CODE, OWN_CODE_SCHEME = map(
    Named._fields.index, ("transaction_code_scheme", "proprietary_code", "proprietary_code_scheme")
)
SIGNS = {"C": 1, "D": -1, "RC": -1, "RD": 1, "EC": 1, "ED": -1}

_TAG = re.compile(r":([0-9]{2,3}[A-Z]?|NS):")
# Between an envelope and what shares its line.
_ENVELOPE_EDGE = re.compile(r"(?<=\{4:)(?=.)|(?<=.)(?=-\}(?:\{|$))")
_ENVELOPE_MARK = re.compile(r"[{}]")
_ENVELOPE = re.compile(r"(?:\{[1235]:.*)?\{4:\s*$")
_BALANCE = re.compile(r"([CD])\s*([0-9]{6})([A-Z]{3})\s*([0-9]+(?:,[0-9]*)?|,[0-9]+)")
_ENTRY = re.compile(
    r"(?P<value>[0-9]{6})(?P<entry>[0-9]{4}|\s{4})?\s*(?P<mark>R[CD]|E[CD]|[CD])(?P<funds>[A-Z])?"
    # Without a comma an amount ends where the type starts: 1.50 and 1E9 are none.
    r"\s*(?P<amount>[0-9]+(?:,[0-9]*(?![.,0-9])|(?=[NSF][A-Z0-9 ]{3}|\s|$))|,[0-9]+(?![.,0-9]))"
    r"(?P<type>[A-Z][A-Z0-9 ]{3})?(?P<rest>.*)"
)
_STATEMENT_NUMBER = re.compile(r"([0-9]{1,18})(?:/([0-9]{1,18}))?")
_FLOOR = re.compile(r"([A-Z]{3})[CD]?\s*[0-9]+(?:,[0-9]*)?")
_TOTALS = re.compile(r"([0-9]{1,9})([A-Z]{3})\s*([0-9]+(?:,[0-9]*)?)")
_REPORT_TIME = re.compile(r"([0-9]{6})(?:\s*[0-9]{2}:?[0-9]{2})?\s*(?:[+-][0-9]{2}:?[0-9]{2})?")
_CHARGES = re.compile(r"/CHGS/\s*([A-Z]{3})\s*([0-9]+(?:,[0-9]*)?)")


class _Field(NamedTuple):
    """One field: its tag, its lines (the first without the tag) and where it starts."""

    tag: str
    lines: list[str]
    line_number: int


_to_field = functools.partial(tuple.__new__, _Field)


class _Balance(NamedTuple):
    amount: Decimal
    currency: str
    balance_on: datetime.date
    is_final: bool


class _Entry(NamedTuple):
    """A :61: that waits for its :86:."""

    line_number: int
    amount: Decimal
    booking_status: str
    is_reversal: bool
    reference: str | None
    counterparty_account: str | None
    bank_reference: str | None
    transaction_code: str | None
    supplement: str | None
    booked_on: datetime.date
    value_on: datetime.date


_to_entry = functools.partial(tuple.__new__, _Entry)
_NO_MEMO = Memo()


def read_mt940(stream: BinaryIO, encoding: Encoding = UTF8) -> Iterator[BankStatement | BankStatementLine]:
    """Lines of each message in order, each message's statement after them. Reads line by line.

    Amounts are in the statement's currency; RC (reversal of a credit) is negative, RD positive; EC and
    ED (expected) are pending. Raises UnreadableFile for a message without :62F: or :62M: (MT940), an
    envelope without its end, an unknown tag and a field that cannot be read.
    """
    statement_number = 0
    message: _Message | None = None
    for field in _fields(stream, encoding):
        tag = field[0]
        if message is not None and tag == "61":
            if message.entry is not None:
                yield message.finish_entry(message.entry)
            message.previous_tag = tag
            message.note_entry(field)
        elif message is not None and message.extend_entry(field):
            message.previous_tag = tag
        elif tag == "end":
            if message is not None:
                yield from message.close(field.line_number)
                message = None
        elif tag == "20":
            if message is not None:
                yield from message.close(field.line_number)
            statement_number += 1
            message = _Message(statement_number, field)
        elif message is not None:
            if message.entry is not None:
                yield message.finish_entry(message.entry)
            message.previous_tag = tag
            message.note(field)
        elif field.tag not in IGNORED_TAGS:
            raise UnreadableFile(
                f"the field :{field.tag}: stands before any :20:", at_line(field.line_number)
            )
    if statement_number == 0:
        raise UnreadableFile("the file holds no :20:, which starts a message")


def _fields(stream: BinaryIO, encoding: Encoding) -> Iterator[_Field]:
    """The fields of all messages; a field "end" closes each message."""
    field: _Field | None = None
    open_envelope: int | None = None
    number = length = 0
    lines = _Lines()
    for at, whole in text_lines(stream, encoding):
        start = whole[:1]
        if start in _EDGES or lines.held or (lines.is_enveloped and _ENVELOPE_MARK.search(whole)):
            found = lines.told(at, whole, field)
        elif start == ":" and (tag := _TAG.match(whole)) and tag[1] in KNOWN_TAGS:
            # As nearly all are: it starts the next field, whatever stands open.
            if field is not None:
                yield field
            number, length = at, len(whole)
            field = _to_field((tag[1], [whole[tag.end() :]], at))
            continue
        elif start == ":":
            found = ((at, whole, False),)
        else:
            number = at
            if field is not None and whole:
                length = _extend(field, whole, length, at)
            continue
        for number, line, is_end in found:
            tag = _TAG.match(line) if line[:1] == ":" else None
            if tag and field is not None and field[0] == "86" and tag[1] not in KNOWN_TAGS:
                tag = None  # text cut where a time stood: "T16" and ":26:37"
            if tag:
                if field is not None:
                    yield field
                field, length = _to_field((tag[1], [line[tag.end() :]], number)), len(line)
            elif is_end:
                if field is not None:
                    yield field
                yield _Field("end", [], number)
                field, open_envelope = None, number if line.endswith("{4:") else None
            elif line[:1] == "{" and _ENVELOPE.match(line):
                if field is not None:
                    raise UnreadableFile("a message starts before the last one has ended", at_line(number))
                open_envelope = number
            elif field is not None and line:
                length = _extend(field, line, length, number)
    if open_envelope is not None:
        raise UnreadableFile("the file ends inside a message: -} is missing", at_line(number))
    if field is not None:
        yield field
    yield _Field("end", [], number)


def _extend(field: _Field, line: str, length: int, number: int) -> int:
    """Give the field one more line, and say how long it is then; length: without that line."""
    _, lines, _ = field
    if len(lines) == MAX_FIELD_LINES:
        raise UnreadableFile(f"a field has more than {MAX_FIELD_LINES} lines", at_line(number))
    length += len(line)
    if length > MAX_FIELD_LENGTH:
        raise UnreadableFile(f"a field is longer than {MAX_FIELD_LENGTH} characters", at_line(number))
    lines.append(line)
    return length


class _Lines:
    """Which lines end a message, and envelopes taken off the lines that they share.

    A dash alone ends a message where the next one or nothing follows. Where a field of the same message
    follows, it is a line of the text that it stands in: so it is held until that is known.
    """

    def __init__(self) -> None:
        self.held: list[tuple[int, str]] = []
        self.is_enveloped = False

    def told(self, number: int, line: str, field: _Field | None) -> Iterable[tuple[int, str, bool]]:
        """The lines that are known now, each with whether it ends its message. field: the open one."""
        self.is_enveloped = self.is_enveloped or line.startswith(("{", "-}"))
        parts = _ENVELOPE_EDGE.split(line) if self.is_enveloped else [line]
        found: list[tuple[int, str, bool]] = []
        for part in parts:
            is_text = field is not None and field.tag in TEXT_TAGS and not found
            match = _TAG.match(part)
            tag = match[1] if match and (not is_text or match[1] in KNOWN_TAGS) else None
            is_mark = part.startswith(("{", "-}"))
            if self.held and (tag or is_mark or len(self.held) == MAX_FIELD_LINES):
                is_end = tag is None or tag in FIRST_TAGS
                found += [(at, text, is_end and text == "-") for at, text in self.held]
                self.held = []
            if self.held or (part == "-" and is_text):
                self.held.append((number, part))
            else:
                found.append((number, part, part == "-" or part.startswith("-}")))
        return found


class _Message:
    """One message under way: what its fields said so far."""

    def __init__(self, statement_number: int, field: _Field) -> None:
        self.statement_number = statement_number
        self.line_number = field.line_number
        self.statement_reference = reference_or_none(field.lines[0])
        self.account = ""
        self.sequence_number: int | None = None
        self.page_number: int | None = None
        self.opening: _Balance | None = None
        self.closing: _Balance | None = None
        self.other_balances: list[tuple[str, str | None, object]] = []
        self.report_currency: str | None = None
        self.reported_on: datetime.date | None = None
        self.is_interim = False
        self.totals: dict[str, tuple[int, Decimal]] = {}
        self.entry: _Entry | None = None
        self.entry_memo: list[str] | None = None
        self.entry_notes: list[str] | None = None
        self.previous_tag = field.tag
        self.entry_count = 0
        self.net = Decimal(0)

    def extend_entry(self, field: _Field) -> bool:
        """Whether the field belongs to the entry before it, which then keeps it."""
        tag, lines, _ = field
        if tag not in ENTRY_TAGS or self.entry is None or self.previous_tag not in ("61", "86"):
            return False
        if tag == "NS":
            self.entry_notes = lines
        else:
            self.entry_memo = self.entry_memo + lines if self.entry_memo else lines
        return True

    def close(self, line_number: int) -> Iterator[BankStatement | BankStatementLine]:
        """The last entry and the statement; line_number is where the message ended."""
        if self.entry is not None:
            yield self.finish_entry(self.entry)
        if not self.account:
            raise UnreadableFile("the message has no account field :25:", at_line(self.line_number))
        if self.closing is None and not self.is_interim:
            raise UnreadableFile(
                f"the message of line {self.line_number} ends without its closing balance :62F: or :62M:",
                at_line(line_number),
            )
        self._prove_totals(line_number)
        opening, closing = self.opening, self.closing
        is_interim = self.is_interim and (opening is None or closing is None)
        is_whole = (opening is None or opening.is_final) and (closing is None or closing.is_final)
        yield BankStatement(
            self.statement_number,
            self.line_number,
            "intraday" if is_interim else "statement",
            self.account_number,
            self.currency,
            self.statement_reference,
            self.sequence_number,
            None if is_whole and self.page_number in (0, 1) else self.page_number,
            opening.amount if opening else None,
            closing.amount if closing else None,
            None,
            opening.balance_on if opening else None,
            closing.balance_on if closing else self.reported_on,
            other_balances=listed_balances(self.other_balances),
        )

    @functools.cached_property
    def currency(self) -> str:
        """The currency of the opening balance, or else of the closing one or of the floor limit in an MT942.
        Asked for once it is known."""
        balance = self.opening or self.closing
        found = balance.currency if balance else self.report_currency
        if found is None:
            raise UnreadableFile(
                "the message names no currency: :60F:, :60M: and :34F: are missing", at_line(self.line_number)
            )
        return found

    @functools.cached_property
    def account_number(self) -> str:
        """The account, without the bank's code before an IBAN and the currency code some banks append to it.
        Asked for once it is known."""
        number = self.account.rpartition("/")[2]
        base, suffix = number[:-3], number[-3:]
        if is_iban(number):
            return number
        if is_iban(base) and suffix.isalpha():
            return base
        return base if looks_like_iban(base) and suffix == self.currency else self.account

    def note(self, field: _Field) -> None:
        """Note a field that is no entry and belongs to none before it."""
        tag, text, position = field.tag, field.lines[0].strip(), at_line(field.line_number)
        if tag in ("25", "25P"):
            self._note_account(without_spaces(text).removeprefix("/"), position)
        elif tag in ("28", "28C"):
            self._note_number(text, position)
        elif tag in ("60F", "60M"):
            if self.opening is not None or self.entry_count:
                raise UnreadableFile(f"a second or late opening balance :{tag}:", position)
            if self.closing is not None:
                raise UnreadableFile(f"the opening balance :{tag}: stands after the closing one", position)
            self.opening = _balance(text, tag, position)
        elif tag in ("62F", "62M"):
            if self.closing is not None:
                raise UnreadableFile(f"a second closing balance :{tag}:", position)
            self.closing = _balance(text, tag, position)
            if self.closing.currency != self.currency:
                raise UnreadableFile(
                    f"the statement opens in {self.currency} and closes in {self.closing.currency}", position
                )
            opening = self.opening
            if opening and self.entry_count and self.closing.balance_on < opening.balance_on:
                raise UnreadableFile(
                    f"the statement closes on {self.closing.balance_on},"
                    f" before it opens on {opening.balance_on}",
                    position,
                )
        elif tag in ("64", "65"):
            match = _BALANCE.fullmatch(text)
            balance = _balance(text, tag, position) if match else None
            self.other_balances.append(
                (tag, balance and balance.currency, balance.amount if balance else text)
            )
        elif tag in ("34F", "13", "13D", "90C", "90D"):
            self._note_interim(tag, text, position)
        elif tag not in IGNORED_TAGS and tag != "86":
            raise UnreadableFile(f"the field :{tag}: is not part of an MT940 or MT942", position)

    def _note_account(self, account: str, position: str) -> None:
        if self.account and account != self.account:
            raise UnreadableFile(
                f"a second account :25: {account!r} in the message of the account {self.account!r}", position
            )
        self.account = account

    def _note_number(self, text: str, position: str) -> None:
        match = _STATEMENT_NUMBER.fullmatch(text)
        if match is None:
            raise UnreadableFile(f"{text!r} is not a statement number", position)
        self.sequence_number = int(match[1])
        self.page_number = int(match[2]) if match[2] else None

    def _note_interim(self, tag: str, text: str, position: str) -> None:
        if tag in ("34F", "13D") and self.opening is None:
            self.is_interim = True
        if tag == "34F":
            match = _FLOOR.fullmatch(text)
            if match is None:
                raise UnreadableFile(f"{text!r} is not a floor limit", position)
            if self.report_currency not in (None, match[1]):
                raise UnreadableFile(
                    f"a second floor limit :34F: is in {match[1]}, the first in {self.report_currency}",
                    position,
                )
            self.report_currency = match[1]
        elif tag in ("13", "13D"):
            match = _REPORT_TIME.fullmatch(text)
            if match is None:
                raise UnreadableFile(f"{text!r} is not a date and time", position)
            self.reported_on = _date(match[1], position)
        else:
            match = _TOTALS.fullmatch(text)
            if match is None:
                raise UnreadableFile(f"{text!r} is not a number and sum of entries", position)
            self.totals[tag] = int(match[1]), parse_comma_amount(match[3], position)

    def note_entry(self, field: _Field) -> None:
        """Open the entry of a :61:."""
        if self.closing is not None:
            raise UnreadableFile("an entry :61: stands after the closing balance", at_line(field.line_number))
        if not self.account:
            raise UnreadableFile("an entry :61: stands before the account :25:", at_line(field.line_number))
        if self.opening is None and not self.is_interim:
            raise UnreadableFile(
                "an entry :61: stands before the opening balance :60F: or :60M:", at_line(field.line_number)
            )
        self.entry = _entry(field)
        self.entry_memo = self.entry_notes = None
        self.entry_count += 1
        self.net += self.entry.amount

    def finish_entry(self, entry: _Entry) -> BankStatementLine:
        """The entry that was open, as a row."""
        lines = self.entry_memo
        joined = "" if not lines else lines[0] if len(lines) == 1 else "".join(lines)
        (
            line_number,
            amount,
            status,
            is_reversal,
            reference,
            account,
            bank_reference,
            code,
            supplement,
            booked_on,
            value_on,
        ) = entry
        is_credit = (amount > 0) != is_reversal
        if lines:
            memo = read_memo(lines, joined, is_credit)
        else:
            memo = read_notes(self.entry_notes) if self.entry_notes else _NO_MEMO
        said_reference, counterparty, said_account, text, _, is_plain = memo
        named = self._named(entry, memo, joined, is_credit)
        currency, charges = self.currency, None
        original_currency = original_amount = None
        if supplement:
            charges = _charges(entry, currency)
            if is_iban(supplement):
                said_account, supplement = said_account or supplement, None
            elif account and (is_plain or counterparty in (None, supplement)):
                counterparty, supplement = supplement, None
            text = f"{text} {supplement}" if text and supplement else text or supplement
        if "/" in joined or entry.supplement:
            original_currency, original_amount = _original(entry, joined, currency)
        self.entry = None
        return to_line(
            (
                self.statement_number,
                self.entry_count,
                line_number,
                self.account_number,
                currency,
                amount,
                status,
                is_reversal,
                said_reference or reference,
                bank_reference,
                counterparty,
                said_account or account,
                text or None,
                code,
                charges,
                original_currency,
                original_amount,
                booked_on,
                value_on,
                *named,
                None,
            )
        )

    def _named(self, entry: _Entry, memo: Memo, joined: str, is_credit: bool) -> Sequence[str | None]:
        """What :86: calls by its name, with what :61: says: the columns of Named."""
        _, _, _, _, reference, _, bank_reference, transaction_code, _, _, _ = entry
        text, named = memo.memo, [*memo.named]
        if transaction_code:
            named[CODE_SCHEME] = "swift"
        if transaction_code in CHEQUE_TYPES:
            named[CHEQUE_NUMBER] = (
                cheque_number(reference) or cheque_in_text(text) or cheque_number(bank_reference)
            )
        elif named[OWN_CODE] in CHEQUE_GVC and named[OWN_CODE_SCHEME] == "gvc":
            named[CHEQUE_NUMBER] = cheque_in_text(text)
        if reference and not named[CUSTOMER_REFERENCE] and reference.rstrip("+") not in POINTERS:
            named[CUSTOMER_REFERENCE] = named_reference(reference)
        if not named[UETR] and "UETR" in joined.upper():
            named[UETR] = uetr_in_text(joined)
        end_to_end = named[END_TO_END]
        if end_to_end and "VS" in end_to_end and not named[CREDITOR_REFERENCE]:
            named[CREDITOR_REFERENCE] = listed_references(symbols_in_text(end_to_end))
        if memo.is_plain:
            # A line of text may be cut within a reference.
            proved = creditor_references_in_text(text or "") or creditor_references_in_text(joined)
            more = Named(creditor_reference=listed_references(proved)) if proved else UNNAMED
        else:
            more = read_payment_text(text, is_credit)[1]
        return named if more is UNNAMED else to_named(named).filled(more)

    def _prove_totals(self, line_number: int) -> None:
        """Number and net of the entries against :90D: and :90C:, where an MT942 states them."""
        if not self.totals:
            return
        nothing = (0, Decimal(0))
        debits, credits = self.totals.get("90D", nothing), self.totals.get("90C", nothing)
        count, net = debits[0] + credits[0], credits[1] - debits[1]
        if (count, net) != (self.entry_count, self.net):
            raise UnreadableFile(
                f":90D: and :90C: declare {count} entries of net {net}, "
                f"the message holds {self.entry_count} of net {self.net}",
                at_line(line_number),
            )


def _balance(text: str, tag: str, position: str) -> _Balance:
    match = _BALANCE.fullmatch(text)
    if match is None:
        raise UnreadableFile(f"{text!r} is not a balance", position)
    amount = SIGNS[match[1]] * parse_comma_amount(match[4], position)
    return _Balance(amount, match[3], _date(match[2], position), tag.endswith("F"))


def _entry(field: _Field) -> _Entry:
    match = _ENTRY.fullmatch(field.lines[0])
    if match is None:
        raise UnreadableFile(f"{field.lines[0]!r} is not a statement line :61:", at_line(field.line_number))
    value_digits, entry_digits, mark, _, text, transaction_type, rest = match.groups("")
    value_on, booked_on = _dates(value_digits, entry_digits)
    if value_on is None or booked_on is None:
        digits = value_digits if value_on is None else entry_digits
        raise UnreadableFile(f"{digits!r} is not a date", at_line(field.line_number))
    if len(text) <= MAX_INTEGER_DIGITS and ("," in text[-MAX_DECIMALS - 1 :] or "," not in text):
        amount = Decimal(text.replace(",", "."))
    else:
        amount = parse_comma_amount(text, at_line(field.line_number))
    customer, _, bank = rest.partition("//")
    customer = customer.strip()
    # ASN and SNS name the other side's account here.
    account = customer if len(customer) >= MIN_IBAN_LENGTH and is_iban(customer) else None
    return _to_entry(
        (
            field.line_number,
            amount if SIGNS[mark] > 0 else -amount,
            "pending" if mark[0] == "E" else "booked",
            mark[0] == "R",
            None if account or customer in POINTERS else reference_or_none(customer),
            account,
            reference_or_none(bank) if bank else None,
            transaction_type.strip() or None,
            text_or_none(" ".join(field.lines[1:])) if len(field.lines) > 1 else None,
            booked_on,
            value_on,
        )
    )


def _charges(entry: _Entry, currency: str) -> Decimal | None:
    """Charges the supplementary details state in the statement's currency: they cost, so negative."""
    match = _CHARGES.search(entry.supplement or "")
    if match is None or match[1] != currency:
        return None
    return -parse_comma_amount(match[2], at_line(entry.line_number))


def _original(entry: _Entry, memo: str, currency: str) -> tuple[str | None, Decimal | None]:
    """What the supplementary details or else the memo state as the amount in its own currency."""
    found = original_amount(entry.supplement) if entry.supplement else None
    found = found or original_amount(memo)
    if found is None:
        return None, None
    amount = parse_comma_amount(found[1], at_line(entry.line_number))
    return original(found[0], amount, currency, entry.amount)


def _date(digits: str, position: str) -> datetime.date:
    """YYMMDD; 80 and above is the last century, as SWIFT defines."""
    century = "19" if digits[:2] >= "80" else "20"
    return _known(_day(century + digits), digits, position)


@functools.lru_cache(maxsize=4096)
def _dates(value_digits: str, entry_digits: str) -> tuple[datetime.date | None, datetime.date | None]:
    """The value date, and MMDD of the entry in the year that brings it closest to it. None is no date."""
    century = "19" if value_digits[:2] >= "80" else "20"
    value_on = _day(century + value_digits)
    if value_on is None or not entry_digits.strip():
        return value_on, value_on
    days = [_day(f"{year}{entry_digits}") for year in (value_on.year, value_on.year - 1, value_on.year + 1)]
    return value_on, min((day for day in days if day), key=lambda day: abs(day - value_on), default=None)


def _known(day: datetime.date | None, shown: str, position: str) -> datetime.date:
    if day is None:
        raise UnreadableFile(f"{shown!r} is not a date", position)
    return day


@functools.lru_cache(maxsize=4096)
def _day(digits: str) -> datetime.date | None:
    """YYYYMMDD; 29 and 30 February, which banks that count 30 days a month write, is its last day."""
    year, month, day = int(digits[:4]), int(digits[4:6]), int(digits[6:])
    if month == 2 and day in (29, 30):
        day = calendar.monthrange(year, 2)[1]
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return None
