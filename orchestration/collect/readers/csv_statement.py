"""Reader of CSV statements by declared profile: how each bank writes its columns is a row of a seed.

Nothing about a bank is guessed: a file that no profile declares, or that two declare, is refused. What a
profile may say stands in csv_profiles.py.
"""

from __future__ import annotations

import codecs
import contextlib
import csv
import datetime
import fnmatch
import functools
import io
import itertools
import operator
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import BinaryIO, NamedTuple

from orchestration.collect.readers.common import (
    DASHES,
    MAX_VALUE_LENGTH,
    UNNAMED,
    Named,
    at_line,
    decoded_lines,
    listed_references,
    named_reference,
    numbered_rows,
    original,
    parse_amount,
    parse_currency,
    reference_or_none,
    rejoin,
    take_head,
    text_or_none,
    to_line,
    without_spaces,
)
from orchestration.collect.readers.csv_dates import LATIN, DayOrder, day
from orchestration.collect.readers.csv_profiles import (
    ACCOUNT_IN_PATH,
    CURRENCY_MARK,
    CURRENCY_SIGNS,
    FIRST,
    HEADER_COLUMNS,
    SIDE,
    SIGNS,
    CsvProfile,
    header_names,
    words,
)
from orchestration.collect.readers.csv_unknown import unknown_csv
from orchestration.collect.readers.payment_text import (
    creditor_references_in_text,
    read_payment_text,
    symbols_in_text,
)
from orchestration.lake.datasets import BankStatement, BankStatementLine
from orchestration.lake.errors import UnreadableFile

MAX_PREAMBLE_LINES = 40
MAX_ACCOUNTS = 10_000
HEAD_BYTES = 1 << 16
_CODED = Named(transaction_code_scheme="csv")
_ZERO = Decimal(0)
_WITH_CURRENCY = re.compile(
    rf"(?P<before>[-+(]*)\s*(?:({CURRENCY_MARK})\s*(?P<first>[-+(]?\s*[0-9].*)"
    rf"|(?P<last>[0-9].*?)\s*({CURRENCY_MARK})\s*(?P<after>[-)]?))"
)
_CODE_IN_AMOUNT = re.compile(r"(?<![A-Za-z])[A-Za-z]{3}(?![A-Za-z])")
_BLANKS = " \u00a0\u202f"
_APOSTROPHES = "'\u2019"
# Other ways of writing a thousands mark; every third digit, in India also pairs before the last three.
_MARKS = {**dict.fromkeys(_BLANKS, f"[{_BLANKS}]"), **dict.fromkeys(_APOSTROPHES, f"[{_APOSTROPHES}]")}


class _Match(NamedTuple):
    """A profile that fits a file, and where. header_line: from 1; 0 where the file has no header. blanks:
    columns behind the others whose header is blank."""

    profile: CsvProfile
    encoding: str
    header_line: int
    headers: list[str]
    account_number: str
    currency: str
    has_account_column: bool
    opening: str | None
    closing: str | None
    blanks: int = 0

    def all_headers(self) -> list[str]:
        """What the columns are called: those whose header is blank or stands twice by their place."""
        counted = Counter(self.headers)
        called = [*self.headers, *[""] * self.blanks]
        return [
            header if header and counted[header] == 1 else str(place)
            for place, header in enumerate(called, start=1)
        ]


class _Row(NamedTuple):
    """The fields of one row by the profile's meaning; empty where the file has no such column."""

    account_number: str
    currency: str
    booked_on: str
    value_on: str
    amount: str
    debit: str
    credit: str
    direction: str
    reference: str
    bank_reference: str
    counterparty: str
    counterparty_account: str
    memo: str
    transaction_code: str
    creditor_reference: str
    end_to_end_id: str
    instruction_id: str
    customer_reference: str
    uetr: str
    mandate_id: str
    cheque_number: str
    balance: str
    fee: str
    status: str
    row_type: str
    original_amount: str
    original_currency: str


_to_row = functools.partial(tuple.__new__, _Row)
_NAMED = slice(HEADER_COLUMNS.index("creditor_reference"), HEADER_COLUMNS.index("cheque_number") + 1)


def read_csv(
    stream: BinaryIO,
    csv_profiles: Sequence[CsvProfile],
    path: str | None,
    is_readable: Callable[[str], bool],
) -> Iterator[BankStatement | BankStatementLine]:
    """All lines as the file orders them, then one statement per account and currency.

    path: of the file in the landing zone, which may name the account. is_readable: whether the text can be
    read in a codec. A balance column is proved from line
    to line, oldest or newest first; opening and closing come from its ends. Text is data: a formula stays
    as it is written. Raises UnreadableFile for a file that no profile or more than one declares, for a row
    that does not fit its profile and for a balance that contradicts the amounts in both orders.
    """
    head = take_head(stream, HEAD_BYTES)
    match = _match(head, csv_profiles, path, is_readable)
    text = io.TextIOWrapper(rejoin(head, stream), encoding=match.encoding, newline="")
    lines = decoded_lines(text, match.encoding)
    for _ in range(match.header_line):
        next(lines)
    yield from _Table(match).rows(lines)


# Which profile


def _match(
    head: bytes, profiles: Sequence[CsvProfile], path: str | None, is_readable: Callable[[str], bool]
) -> _Match:
    """The one profile whose headers stand in one of the first lines. One that names the files it is for goes
    before those that do not, and one that knows the account before those that do not."""
    rows: dict[tuple[str, str], list[list[str]]] = {}
    found = []
    for profile in profiles:
        if not _is_for(profile, path):
            continue
        encoding = _encoding(head, profile.encoding, is_readable)
        if (encoding, profile.delimiter) not in rows:
            rows[encoding, profile.delimiter] = list(_first_rows(head, encoding, profile.delimiter))
        first_rows = rows[encoding, profile.delimiter]
        at = _header_at(first_rows, profile)
        if at is not None:
            found.append(_described(profile, encoding, at, first_rows, path))
    if not found:
        raise unknown_csv(head, profiles, _encoding(head, "utf-8 | cp1252", is_readable))
    if any(match.profile.file_pattern for match in found):
        found = [match for match in found if match.profile.file_pattern]
    named = [match for match in found if match.account_number or match.has_account_column]
    if len(named or found) > 1:
        codes = " and ".join(match.profile.profile_code for match in named or found)
        raise UnreadableFile(
            f"the profiles {codes} fit this file alike; next step: give each the files it is for in"
            " file_pattern, or remove the ones that are not meant",
            at_line(found[0].header_line or 1),
        )
    if not named:
        raise UnreadableFile(
            f"the profile {found[0].profile.profile_code} fits, but neither the file nor its path says which"
            " account it is about; next step: put it into a folder account=<number>, or fill"
            " fixed_account_number of the profile",
            at_line(found[0].header_line or 1),
        )
    (match,) = named
    declared = set(match.profile.headers())
    if any(count > 1 and header in declared for header, count in Counter(match.headers).items()):
        raise UnreadableFile("the header names a column twice", at_line(match.header_line))
    above = rows[match.encoding, match.profile.delimiter][: max(match.header_line - 1, 0)]
    for number, fields in enumerate(above, start=1):
        if len(fields) >= len(match.headers) and _is_row(fields, match.headers, match.profile):
            raise UnreadableFile(
                "a row of the table stands above its header, where nothing is read; next step: put the header"
                " before the rows, as the bank wrote it",
                at_line(number),
            )
    return match


def _is_for(profile: CsvProfile, path: str | None) -> bool:
    """Whether the profile's file_pattern, if it has one, matches the path: a name alone, or folders too."""
    pattern = profile.file_pattern
    if pattern is None:
        return True
    if path is None:
        return False
    ends = path.casefold().split("/")
    tails = ("/".join(ends[start:]) for start in range(len(ends)))
    return any(fnmatch.fnmatchcase(tail, pattern.casefold()) for tail in tails)


def _header_at(first_rows: list[list[str]], profile: CsvProfile) -> int | None:
    """The index of the header among the first rows, -1 for the profile of files without one, else None."""
    if profile.column_count is None:
        declared = set(profile.headers())
        return next((at for at, fields in enumerate(first_rows) if declared <= set(fields)), None)
    count = int(profile.column_count)
    fields = next((fields for fields in first_rows if any(fields)), [])
    if len(fields) < count or any(fields[count:]):
        return None
    return -1 if _is_row(fields, [str(number) for number in range(1, count + 1)], profile) else None


def _is_row(fields: list[str], headers: list[str], profile: CsvProfile) -> bool:
    """Whether a row of the table it is, by its date and its amount."""
    row = _picker(profile, headers)(fields[: len(headers)])
    try:
        _date(row.booked_on, profile, "")
        _signed(row, profile, "", "")
    except UnreadableFile:
        return False
    return True


def _described(
    profile: CsvProfile, encoding: str, at: int, first_rows: list[list[str]], path: str | None
) -> _Match:
    headers = (
        _without_blank_end(first_rows[at])
        if at >= 0
        else [str(place + 1) for place in range(int(profile.column_count or 0))]
    )
    preamble = first_rows[: max(at, 0)]
    account = profile.fixed_account_number or _labelled(preamble, profile.preamble_account)
    if not account and path is not None:
        found = re.search(profile.account_pattern or ACCOUNT_IN_PATH, path)
        account = found[1] if found else None
    currency = profile.fixed_currency or _labelled(preamble, profile.preamble_currency) or ""
    has_column = any(name.rstrip("?") in headers for name in header_names(profile.account_number))
    return _Match(
        profile,
        encoding,
        at + 1,
        headers,
        without_spaces(account or ""),
        currency,
        has_column,
        _labelled(preamble, profile.preamble_opening),
        _labelled(preamble, profile.preamble_closing),
        len(first_rows[at]) - len(headers) if at >= 0 else 0,
    )


def _without_blank_end(headers: list[str]) -> list[str]:
    """Without the blank header behind a delimiter that ends the line."""
    return headers[: max((at for at, header in enumerate(headers, start=1) if header), default=0)]


def _labelled(preamble: list[list[str]], label: str | None) -> str | None:
    """What stands behind the label before the table: in the next field, or after a colon in its own."""
    for fields in preamble if label else ():
        for at, field in enumerate(fields):
            if field.casefold().startswith((label or "").casefold()):
                rest = [field[len(label or "") :].lstrip(" :"), *fields[at + 1 :]]
                found = next((text for text in rest if text), "")
                return found.removeprefix("=").strip('" ') or None
    return None


def _encoding(head: bytes, declared: str, is_readable: Callable[[str], bool]) -> str:
    """That of the byte order mark, else the first of the declared ones in which the file can be read."""
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return "utf-16"
    *others, last = declared.split(FIRST)
    return next(filter(is_readable, others), last)


def _first_rows(head: bytes, encoding: str, delimiter: str) -> Iterator[list[str]]:
    """The first lines cut as the rows are: at line feeds and carriage returns alone. None where the encoding
    asks for a byte order mark that the file has not."""
    try:
        text = codecs.getincrementaldecoder(encoding)("replace").decode(head)
    except UnicodeError:
        return
    for line in itertools.islice(io.StringIO(text, newline=""), MAX_PREAMBLE_LINES + 1):
        try:
            yield [" ".join(field.split()) for field in next(csv.reader([line], delimiter=delimiter), [])]
        except csv.Error:
            yield []


# The rows


def _picker(profile: CsvProfile, headers: list[str]) -> Callable[[list[str]], _Row]:
    """From the fields of a row to what the profile calls them. A header that is absent gives blanks."""
    places = {header: at for at, header in reversed(list(enumerate(headers)))}
    absent = len(headers)
    single, several = [], []
    for place, column in enumerate(HEADER_COLUMNS):
        cell = getattr(profile, column)
        found = [places.get(name.rstrip("?"), places.get(name, absent)) for name in header_names(cell)]
        single.append(found[0] if found else absent)
        if len(found) > 1:
            several.append((place, found, FIRST in cell))

    take = operator.itemgetter(*single)

    def pick(fields: list[str]) -> _Row:
        fields = [*map(str.strip, fields), ""]
        if not several:
            return _to_row(take(fields))
        values = list(take(fields))
        for place, found, is_first in several:
            filled = [fields[at] for at in found if fields[at]]
            values[place] = " ".join(filled[:1] if is_first else filled)
        return _to_row(values)

    return pick


class _Table:
    """The rows of a file under one profile, and what became of each."""

    def __init__(self, match: _Match) -> None:
        self.profile = match.profile
        self.match = match
        self.accounts: dict[tuple[str, str], _Account] = {}
        # By number and currency as the rows write them.
        self.written: dict[tuple[str, str], _Account] = {}
        self.left_out: Counter[str] = Counter()
        self.pick = _picker(match.profile, match.all_headers())
        cells = (getattr(match.profile, column) for column in HEADER_COLUMNS)
        self.named = {name.rstrip("?") for cell in cells for name in header_names(cell)}
        self.booked = words(match.profile.booked_words)
        self.pending = words(match.profile.pending_words)
        self.left_out_words = words(match.profile.left_out_words)
        self.row_types = words(match.profile.row_type_words)
        self.balance_words = words(match.profile.balance_words)
        self.footer_words = words(match.profile.footer_words)
        self.order, self.last_date = DayOrder(match.profile.date_format), ""

    def rows(self, lines: Iterator[str]) -> Iterator[BankStatement | BankStatementLine]:
        """A line for each row that is an entry, then the statements. lines: those behind the header."""
        width, blanks = len(self.match.headers), self.match.blanks
        rows = csv.reader(lines, delimiter=self.profile.delimiter, strict=True)
        for number, fields in numbered_rows(rows, self.match.header_line):
            if self.footer_words and _starts(next(filter(None, map(str.strip, fields))), self.footer_words):
                self.left_out["footer"] += 1
                self._see_the_end(lines, number)
                break
            if len(fields) != width or blanks:
                fields = self._in_width(fields, width, at_line(number))
            line = self._line(self.pick(fields), number)
            if line is not None:
                yield line
        if self.order.is_wrong():
            raise UnreadableFile(
                "the days of the rows go to and fro, and run in one direction with day and month exchanged;"
                f" next step: see date_format of the profile {self.profile.profile_code}",
                f"after line {self.match.header_line}",
            )
        left_out = "; ".join(f"{what} {count}" for what, count in sorted(self.left_out.items())) or None
        stated = self._stated()
        statements = [account.statement(*stated) for account in self.accounts.values()]
        if left_out and not statements:
            raise UnreadableFile(f"the file holds no entry, only what its profile leaves out ({left_out})")
        for statement in statements:
            yield statement._replace(rows_left_out=left_out)
            left_out = None

    def _in_width(self, fields: list[str], width: int, position: str) -> list[str]:
        """The fields of a row as wide as all columns. What stands under no header must be named by its place,
        or is not passed over."""
        blanks = self.match.blanks
        if any(field.strip() for field in fields[width + blanks :]) or len(fields) < width:
            raise UnreadableFile(f"the row has {len(fields)} columns, the header {width}", position)
        for place, field in enumerate(fields[width : width + blanks], start=width + 1):
            if field.strip() and str(place) not in self.named:
                raise UnreadableFile(
                    f"the column {place} has no header and holds {field.strip()!r}; next step: name it by its"
                    f" place in the profile {self.profile.profile_code}, such as memo: Text + {place}?",
                    position,
                )
        return (fields + [""] * blanks)[: width + blanks]

    def _see_the_end(self, lines: Iterator[str], number: int) -> None:
        """What follows the table may be any text, but no row of it. number: of the line that ends it."""
        for at, line in enumerate(lines, start=number + 1):
            with contextlib.suppress(csv.Error):
                fields = next(csv.reader([line], delimiter=self.profile.delimiter), [])
                if len(fields) >= len(self.match.headers) and _is_row(
                    fields, self.match.headers, self.profile
                ):
                    raise UnreadableFile(
                        f"a row of the table stands behind line {number}, which ends it",
                        at_line(at),
                    )

    def _stated(self) -> tuple[Decimal | None, Decimal | None]:
        """The opening and the closing balance before the table, which are about one account."""
        texts = self.match.opening, self.match.closing
        position = f"before line {self.match.header_line}"
        if len(self.accounts) > 1 and any(texts):
            raise UnreadableFile(
                "a balance stands before the table, and the table is of several accounts", position
            )
        currency = next((account.currency for account in self.accounts.values()), "")
        sign = SIGNS[self.profile.balance_sign or "credit_positive"]
        opening, closing = (
            _sided(text, sign, self.profile, position, currency) if text else None for text in texts
        )
        if not self.accounts and None not in (opening, closing) and opening != closing:
            raise UnreadableFile(
                f"the balances before the table are {opening} and {closing}, and the table has no entry",
                position,
            )
        return opening, closing

    def _line(self, row: _Row, number: int) -> BankStatementLine | None:
        """The row as a line, or None where it is a balance or left out, which is counted."""
        position, profile = at_line(number), self.profile
        if not (row.booked_on or row.amount or row.debit or row.credit or row.balance):
            self.left_out["without date and amount"] += 1
            return None
        status = self._status(row, position) if profile.status or profile.row_type else "booked"
        if status is None:
            return None
        account = self.written.get((row.account_number, row.currency))
        if account is None:
            account = self._account(row, number, position)
        currency = account.currency
        balance = _balance(row, profile, position, currency)
        if self.balance_words and _starts(row.memo, self.balance_words):
            if balance is None or row.amount or row.debit or row.credit:
                raise UnreadableFile("the row of a balance has an amount, or no balance", position)
            account.prove(_ZERO, balance, position)
            return None
        amount, fee = _signed(row, profile, position, currency), _fee(row, profile, position, currency)
        if fee and profile.fee_kind != "contained":
            amount += fee
        counterparty, named = _named(row, amount > 0)
        line: BankStatementLine = to_line(
            (
                account.statement_number,
                account.count + 1,
                number,
                account.account_number,
                currency,
                amount,
                status,
                False,
                reference_or_none(row.reference.strip("'")),
                reference_or_none(row.bank_reference.strip("'")),
                counterparty,
                without_spaces(row.counterparty_account).strip("'") or None,
                text_or_none(row.memo),
                text_or_none(row.transaction_code),
                fee or None,
                *_original(row, profile, currency, amount, position),
                _date(row.booked_on, profile, position),
                _date(row.value_on, profile, position) if row.value_on else None,
                *named,
                None,
            )
        )
        account.add(line)
        if row.booked_on != self.last_date and self.order.is_open:
            self.last_date = row.booked_on
            self.order.see(row.booked_on)
        if status == "booked":
            account.booked += amount
            account.prove(amount, balance, position)
        return line

    def _account(self, row: _Row, line_number: int, position: str) -> _Account:
        number = without_spaces(row.account_number).strip("'") or self.match.account_number
        if not number:
            raise UnreadableFile("the row names no account", position)
        currency = _currency(row, self.match, position)
        account = self.accounts.get((number, currency))
        if account is None:
            if len(self.accounts) == MAX_ACCOUNTS:
                raise UnreadableFile(f"the file holds more than {MAX_ACCOUNTS} accounts", position)
            account = _Account(len(self.accounts) + 1, number, currency, line_number)
            self.accounts[number, currency] = account
        if len(self.written) < MAX_ACCOUNTS:
            self.written[row.account_number, row.currency] = account
        return account

    def _status(self, row: _Row, position: str) -> str | None:
        """booked or pending; None of a row that is to be left out, which is counted by its word."""
        if self.row_types and row.row_type.casefold() not in self.row_types:
            self.left_out[row.row_type or "blank"] += 1
            return None
        word = row.status.casefold()
        if not self.profile.status or _is_one_of(word, self.booked):
            return "booked"
        if _is_one_of(word, self.pending):
            return "pending"
        if _is_one_of(word, self.left_out_words):
            self.left_out[row.status or "blank"] += 1
            return None
        if "*" in self.booked:
            return "booked"
        raise UnreadableFile(f"the status {row.status!r} is none that the profile knows", position)


@functools.lru_cache(maxsize=4096)
def _is_one_of(word: str, meant: tuple[str, ...]) -> bool:
    """Whether it is one of the words, or fits one in which an asterisk stands for anything; one alone is not
    asked, since it means what no other word does."""
    return word in meant or any(
        re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), word)
        for pattern in meant
        if "*" in pattern and pattern != "*"
    )


def _starts(text: str, starts: tuple[str, ...]) -> bool:
    return text.casefold().startswith(starts)


class _Account:
    """One account's rows so far: its first and last are kept, and the running balance both ways.

    Rows without a balance are added up until the next one that has it.
    """

    def __init__(self, statement_number: int, account_number: str, currency: str, line_number: int) -> None:
        self.statement_number = statement_number
        self.account_number = account_number
        self.currency = currency
        self.line_number = line_number
        self.count = 0
        self.booked = _ZERO
        self.has_booked = False
        self.first: BankStatementLine | None = None
        self.last: BankStatementLine | None = None
        self.first_balance: Decimal | None = None
        self.last_balance: Decimal | None = None
        # Amounts up to and with the row of the first balance, and up to but without it.
        self.through_first = self.before_first = _ZERO
        # Amounts since the last balance without its row, and with it.
        self.after_last = self.from_last = _ZERO
        self.holds_oldest_first = self.holds_newest_first = True

    def add(self, line: BankStatementLine) -> None:
        """Take the account's next entry. Pending ones are first and last where none is booked."""
        self.count += 1
        is_booked = line.booking_status == "booked"
        if self.first is None or (is_booked and not self.has_booked):
            self.first = self.last = line
        elif is_booked or not self.has_booked:
            self.last = line
        self.has_booked |= is_booked

    def prove(self, amount: Decimal, balance: Decimal | None, position: str) -> None:
        """Prove the balance after an amount against the one before it. Raises UnreadableFile where it
        holds neither with the rows above as the older nor as the newer ones."""
        if balance is None:
            self.after_last += amount
            self.from_last += amount
            if self.first_balance is None:
                self.through_first += amount
                self.before_first += amount
            return
        if self.last_balance is None:
            self.first_balance = balance
            self.through_first += amount
        else:
            oldest_first = self.last_balance + self.after_last + amount
            newest_first = self.last_balance - self.from_last
            self.holds_oldest_first &= oldest_first == balance
            self.holds_newest_first &= newest_first == balance
            if not (self.holds_oldest_first or self.holds_newest_first):
                raise UnreadableFile(
                    f"the balance is {balance}; it would be {oldest_first} if the rows above are older, and"
                    f" {newest_first} if they are newer",
                    position,
                )
        self.last_balance = balance
        self.after_last, self.from_last = _ZERO, amount

    def _agree(self, name: str, stated: Decimal | None, by_rows: Decimal | None) -> None:
        if stated is not None and by_rows is not None and stated != by_rows:
            raise UnreadableFile(
                f"the {name} balance before the table is {stated}, by the rows it is {by_rows}",
                at_line(self.line_number),
            )

    def statement(self, opening_stated: Decimal | None, closing_stated: Decimal | None) -> BankStatement:
        """The account's statement, its rows put oldest first; balances that the file states besides are
        proved. Raises UnreadableFile where they contradict the rows."""
        first, last = self.first, self.last
        if self.holds_oldest_first == self.holds_newest_first:
            is_newest_first = bool(first and last and first.booked_on > last.booked_on)
        else:
            is_newest_first = self.holds_newest_first
            # A wrong sign turns the order round where amounts are alike: the dates tell.
            earlier, later = (last, first) if is_newest_first else (first, last)
            if earlier and later and earlier.booked_on > later.booked_on:
                raise UnreadableFile(
                    "the running balance holds only against the order of the dates",
                    at_line(self.line_number),
                )
        opening = closing = None
        if self.first_balance is not None and self.last_balance is not None:
            if is_newest_first:
                closing = self.first_balance + self.before_first
                opening = self.last_balance - self.from_last
            else:
                opening = self.first_balance - self.through_first
                closing = self.last_balance + self.after_last
        if opening_stated is not None and closing_stated is not None:
            self._agree("closing", closing_stated, opening_stated + self.booked)
        self._agree("opening", opening_stated, opening)
        self._agree("closing", closing_stated, closing)
        opening = opening_stated if opening is None else opening
        closing = closing_stated if closing is None else closing
        oldest, newest = (last, first) if is_newest_first else (first, last)
        return BankStatement(
            self.statement_number,
            self.line_number,
            "statement",
            self.account_number,
            self.currency,
            None,
            None,
            None,
            opening,
            closing,
            None,
            oldest.booked_on if oldest else None,
            newest.booked_on if newest else None,
        )


def _currency(row: _Row, match: _Match, position: str) -> str:
    """The row's own currency, also where it stands in the amount or in small letters, else the file's."""
    text = row.currency
    if text and match.profile.currency == match.profile.amount:
        found = _CODE_IN_AMOUNT.search(text)
        text = found[0] if found else ""
    if not text and not match.currency:
        raise UnreadableFile(
            f"the profile {match.profile.profile_code} fits, but neither the row nor what stands before the"
            " table says which currency it is in; next step: fill fixed_currency of the profile",
            position,
        )
    return parse_currency((text or match.currency).upper(), position)


def _named(row: _Row, is_credit: bool) -> tuple[str | None, Named]:
    """The other party's name and the references, of their columns or else of labels in the text."""
    labelled, of_text = read_payment_text(row.memo, is_credit)
    counterparty = text_or_none(row.counterparty) or labelled
    if not any(row[_NAMED]):
        return counterparty, (_CODED if row.transaction_code else UNNAMED).filled(of_text)
    proved = creditor_references_in_text(row.creditor_reference)
    if "VS" in row.creditor_reference or "VS" in row.end_to_end_id:
        proved += symbols_in_text(f"{row.creditor_reference} {row.end_to_end_id}")
    of_columns = Named(
        creditor_reference=listed_references(proved or [row.creditor_reference]),
        end_to_end_id=named_reference(row.end_to_end_id),
        instruction_id=named_reference(row.instruction_id),
        customer_reference=named_reference(row.customer_reference),
        uetr=named_reference(row.uetr),
        mandate_id=named_reference(row.mandate_id),
        cheque_number=named_reference(row.cheque_number),
        transaction_code_scheme="csv" if row.transaction_code else None,
    )
    return counterparty, of_columns.filled(of_text)


def _original(
    row: _Row, profile: CsvProfile, currency: str, amount: Decimal, position: str
) -> tuple[str | None, Decimal | None]:
    if not row.original_amount:
        return None, None
    if not row.original_currency:
        raise UnreadableFile(f"the original amount {row.original_amount!r} has no currency", position)
    original_currency = parse_currency(row.original_currency.upper(), position)
    original_amount = _number(row.original_amount, profile, position, original_currency)
    return original(original_currency, original_amount, currency, amount)


def _signed(row: _Row, profile: CsvProfile, position: str, currency: str) -> Decimal:
    """The amount from the account's view: money in is positive."""
    sign = SIGNS[profile.sign]
    if profile.direction:
        amount, word = _number(row.amount, profile, position, currency), row.direction.casefold()
        if amount < 0:
            raise UnreadableFile(
                f"the amount {row.amount!r} is negative; the direction {row.direction!r} gives its sign",
                position,
            )
        if word in words(profile.credit_words):
            return amount
        if word in words(profile.debit_words):
            return -amount
        raise UnreadableFile(f"the direction {row.direction!r} is none that the profile knows", position)
    if profile.amount:
        return _sided(row.amount, sign, profile, position, currency)
    has_debit, has_credit = ((text and text not in DASHES) for text in (row.debit, row.credit))
    if not has_debit and not has_credit:
        raise UnreadableFile("the row has neither a debit nor a credit", position)
    credit_sign = SIGNS[profile.credit_sign or "credit_positive"]
    debit = _sided(row.debit, sign, profile, position, currency) if has_debit else _ZERO
    credit = _sided(row.credit, credit_sign, profile, position, currency) if has_credit else _ZERO
    if debit and credit:
        raise UnreadableFile(f"the row has a debit {row.debit!r} and a credit {row.credit!r}", position)
    return credit + debit


def _fee(row: _Row, profile: CsvProfile, position: str, currency: str) -> Decimal:
    """What the row says the entry cost besides, negative."""
    if not row.fee or row.fee in DASHES:
        return _ZERO
    return SIGNS[profile.fee_sign or "debit_positive"] * _number(row.fee, profile, position, currency)


def _balance(row: _Row, profile: CsvProfile, position: str, currency: str) -> Decimal | None:
    if not row.balance or row.balance in DASHES:
        return None
    return _sided(row.balance, SIGNS[profile.balance_sign or "credit_positive"], profile, position, currency)


def _sided(text: str, sign: int, profile: CsvProfile, position: str, currency: str) -> Decimal:
    """An amount by its sign, or by Cr or Dr behind it, whatever the profile says of signs."""
    side = None if text[-1:].isdigit() or len(text) > MAX_VALUE_LENGTH else SIDE.fullmatch(text)
    if side is None:
        return sign * _number(text, profile, position, currency)
    amount = _number(side[1].rstrip(), profile, position, currency)
    if amount < 0:
        raise UnreadableFile(f"the amount {text!r} has a minus and a side", position)
    return amount if side[2] else -amount


def _number(text: str, profile: CsvProfile, position: str, currency: str = "") -> Decimal:
    """An amount in the profile's marks; a minus may lead or trail, brackets mean minus, and the mark or code
    of the currency may stand on either side."""
    if text.isascii() and text.lstrip("-").replace(".", "", 1).isdigit() and profile.decimal_mark == ".":
        return parse_amount(text, position)
    plain, is_negative = text.translate(LATIN), False
    if len(plain) <= MAX_VALUE_LENGTH and (match := _WITH_CURRENCY.fullmatch(plain)):
        mark = match[2] or match[5]
        code = CURRENCY_SIGNS.get(mark, mark).upper()
        if currency and len(code) == 3 and code.isalpha() and code != currency:
            raise UnreadableFile(f"the amount {text!r} is not in {currency}", position)
        plain = match["before"] + (match["first"] or match["last"] + match["after"])
    if plain.startswith("(") and plain.endswith(")"):
        plain, is_negative = plain[1:-1].strip(), True
    elif plain.endswith("-"):
        plain, is_negative = plain[:-1].rstrip(), True
    if plain[:1] in ("+", "-"):
        plain = plain[:1] + plain[1:].lstrip()
    mark = profile.thousands_mark
    if mark and len(plain) <= MAX_VALUE_LENGTH and re.search(_mark(mark), plain):
        if _grouped(mark, profile.decimal_mark).fullmatch(plain) is None:
            raise UnreadableFile(f"{text!r} is not an amount", position)
        plain = re.sub(_mark(mark), "", plain)
    if profile.decimal_mark == ",":
        if "." in plain:
            raise UnreadableFile(f"{text!r} is not an amount", position)
        plain = plain.replace(",", ".", 1)
    if is_negative and plain[:1] in ("+", "-"):
        raise UnreadableFile(f"{text!r} is not an amount", position)
    amount = parse_amount(plain, position)
    return -amount if is_negative else amount


def _mark(mark: str) -> str:
    return _MARKS.get(mark, re.escape(mark))


@functools.lru_cache(maxsize=64)
def _grouped(mark: str, decimal_mark: str) -> re.Pattern[str]:
    marks = _mark(mark)
    return re.compile(
        rf"[+-]?[0-9]{{1,3}}(?:(?:{marks}[0-9]{{3}})+|(?:{marks}[0-9]{{2}})+{marks}[0-9]{{3}})"
        rf"(?:{re.escape(decimal_mark)}[0-9]*)?"
    )


def _date(text: str, profile: CsvProfile, position: str) -> datetime.date:
    """The day that text states in one of the profile's formats, in its time zone."""
    found = day(text, profile.date_format, profile.time_zone) if len(text) <= MAX_VALUE_LENGTH else None
    if found is None:
        raise UnreadableFile(f"{text!r} is not a date", position)
    return found
