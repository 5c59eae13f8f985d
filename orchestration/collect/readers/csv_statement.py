"""Reader of CSV statements by declared profile: how each bank writes its columns is a row of a seed.

Profiles live in seeds/reference/csv_profiles.csv. Nothing about a bank is guessed: a header that no
profile declares is refused.
"""

from __future__ import annotations

import codecs
import csv
import io
import itertools
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import BinaryIO, NamedTuple

from orchestration.collect.readers.common import (
    MAX_LINE_BYTES,
    UNNAMED,
    Named,
    at_line,
    listed_references,
    named_reference,
    original,
    parse_amount,
    parse_currency,
    parse_date,
    reference_or_none,
    rejoin,
    take_head,
    text_or_none,
    without_spaces,
)
from orchestration.collect.readers.payment_text import read_payment_text
from orchestration.lake.datasets import BankStatement, BankStatementLine
from orchestration.lake.errors import UnreadableFile

MAX_PREAMBLE_LINES = 20
MAX_ACCOUNTS = 10_000
HEAD_BYTES = 1 << 16
SEED = "seeds/reference/csv_profiles.csv"
SIGNS = {"credit_positive": 1, "debit_positive": -1}
HEADER_COLUMNS = (
    "account_number",
    "currency",
    "booked_on",
    "value_on",
    "amount",
    "debit",
    "credit",
    "reference",
    "bank_reference",
    "counterparty",
    "counterparty_account",
    "memo",
    "transaction_code",
    "creditor_reference",
    "end_to_end_id",
    "instruction_id",
    "customer_reference",
    "uetr",
    "mandate_id",
    "cheque_number",
    "balance",
    "original_amount",
    "original_currency",
)
_LATER = slice(HEADER_COLUMNS.index("creditor_reference"), HEADER_COLUMNS.index("balance"))
# Columns that a seed written for an earlier version need not have.
LATER_COLUMNS = set(HEADER_COLUMNS[_LATER])
_CODED = Named(transaction_code_scheme="csv")


class CsvProfile(NamedTuple):
    """How one bank writes its CSV: a row of the seed. A header is None where there is no such column.

    delimiter: one character, or \\t. date_format: for strptime. encoding: a Python codec name, which a
    byte order mark overrides. sign: of the amount column, "credit_positive" where money in is positive.
    With debit and credit columns it tells how the debit column is written: "debit_positive" where it
    holds unsigned amounts of money out, "credit_positive" where it holds them with a minus.
    original_amount, original_currency: what was paid in the currency of the transaction; its own sign
    does not count.
    """

    profile_code: str
    delimiter: str
    decimal_mark: str
    thousands_mark: str | None
    date_format: str
    encoding: str
    sign: str
    fixed_account_number: str | None
    fixed_currency: str | None
    account_number: str | None
    currency: str | None
    booked_on: str | None
    value_on: str | None
    amount: str | None
    debit: str | None
    credit: str | None
    reference: str | None
    bank_reference: str | None
    counterparty: str | None
    counterparty_account: str | None
    memo: str | None
    transaction_code: str | None
    balance: str | None
    original_amount: str | None
    original_currency: str | None
    creditor_reference: str | None = None
    end_to_end_id: str | None = None
    instruction_id: str | None = None
    customer_reference: str | None = None
    uetr: str | None = None
    mandate_id: str | None = None
    cheque_number: str | None = None

    def headers(self) -> list[str]:
        """The header names that a file of this profile carries."""
        return [header for column in HEADER_COLUMNS if (header := getattr(self, column))]


def load_csv_profiles(path: Path) -> list[CsvProfile]:
    """The profiles of a seed file. Raises ValueError naming the profile and what is wrong with it."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, strict=True))
    profiles = []
    for row in rows:
        if not set(CsvProfile._fields) - LATER_COLUMNS <= set(row) <= set(CsvProfile._fields):
            raise ValueError(f"{path}: the columns must be {', '.join(CsvProfile._fields)}")
        profile = CsvProfile(**{name: value or None for name, value in row.items()})
        profiles.append(
            _checked(profile._replace(delimiter=(profile.delimiter or "").replace("\\t", "\t")), path)
        )
    return profiles


def _checked(profile: CsvProfile, path: Path) -> CsvProfile:
    problems = {
        "profile_code is missing": not profile.profile_code,
        "delimiter is not one character": len(profile.delimiter) != 1,
        "decimal_mark is neither . nor ,": profile.decimal_mark not in (".", ","),
        "thousands_mark equals decimal_mark": profile.thousands_mark == profile.decimal_mark,
        "date_format is missing": not profile.date_format,
        "encoding is unknown": not _is_codec(profile.encoding),
        "sign is neither credit_positive nor debit_positive": profile.sign not in SIGNS,
        "booked_on is missing": not profile.booked_on,
        "amount, or debit and credit, must be given": (profile.amount is None)
        != (profile.debit is not None and profile.credit is not None),
        "account_number or fixed_account_number must be given": not (
            profile.account_number or profile.fixed_account_number
        ),
        "currency or fixed_currency must be given": not (profile.currency or profile.fixed_currency),
    }
    for problem, holds in problems.items():
        if holds:
            raise ValueError(f"{path}: profile {profile.profile_code}: {problem}")
    return profile


def _is_codec(name: str | None) -> bool:
    try:
        codecs.lookup(name or "")
    except LookupError:
        return False
    return True


def read_csv(
    stream: BinaryIO, csv_profiles: Sequence[CsvProfile]
) -> Iterator[BankStatement | BankStatementLine]:
    """All lines as the file orders them, then one statement per account and currency.

    With a balance column, opening and closing come from the first and last row, in the order in which
    the running balance holds (newest first is common). Text is data: a formula stays as it is written.
    Raises UnreadableFile for a header no profile declares and for a row that does not fit its profile.
    """
    head = take_head(stream, HEAD_BYTES)
    profile, encoding, header_line, headers = _match(head, csv_profiles)
    text = io.TextIOWrapper(rejoin(head, stream), encoding=encoding, newline="")
    lines = _lines(text, profile.encoding)
    for _ in range(header_line):
        next(lines)
    rows = csv.reader(lines, delimiter=profile.delimiter, strict=True)
    columns = [
        headers.index(header) if (header := getattr(profile, name)) else None for name in HEADER_COLUMNS
    ]
    accounts: dict[tuple[str, str], _Account] = {}
    for number, fields in _numbered(rows, header_line):
        if len(fields) != len(headers):
            raise UnreadableFile(
                f"the row has {len(fields)} columns, the header {len(headers)}", at_line(number)
            )
        row = _Row(*["" if index is None else fields[index].strip() for index in columns])
        yield _line(row, profile, accounts, number)
    for account in accounts.values():
        yield account.statement()


def _match(head: bytes, profiles: Sequence[CsvProfile]) -> tuple[CsvProfile, str, int, list[str]]:
    """The profile whose headers stand in one of the first lines, with the encoding, the header's line
    (from 1) and the header. The most declared headers win, then the profile code."""
    found = []
    for profile in profiles:
        encoding = _encoding(head, profile.encoding)
        for number, fields in enumerate(_first_rows(head, encoding, profile.delimiter), start=1):
            if set(profile.headers()) <= set(fields):
                found.append(
                    (-len(profile.headers()), profile.profile_code, profile, encoding, number, fields)
                )
                break
    if not found:
        shown = next((line for line in _first_lines(head, _encoding(head, "latin-1")) if line.strip()), "")
        raise UnreadableFile(
            f"no profile declares the header {shown.strip()[:500]!r}; next step: add a row to {SEED}",
            at_line(1),
        )
    _, _, profile, encoding, number, fields = min(found, key=lambda candidate: candidate[:2])
    if len(set(fields)) != len(fields) and any(fields.count(header) > 1 for header in profile.headers()):
        raise UnreadableFile("the header names a column twice", at_line(number))
    return profile, encoding, number, fields


def _encoding(head: bytes, declared: str) -> str:
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return "utf-16"
    return declared


def _first_lines(head: bytes, encoding: str) -> list[str]:
    """Cut where the rows are cut: at line feeds and carriage returns alone."""
    text = codecs.getincrementaldecoder(encoding)("replace").decode(head)
    return list(itertools.islice(io.StringIO(text, newline=""), MAX_PREAMBLE_LINES + 1))


def _first_rows(head: bytes, encoding: str, delimiter: str) -> Iterator[list[str]]:
    for line in _first_lines(head, encoding):
        try:
            yield [field.strip() for field in next(csv.reader([line], delimiter=delimiter), [])]
        except csv.Error:
            yield []


def _lines(text: io.TextIOWrapper, encoding: str) -> Iterator[str]:
    number = 0
    try:
        while line := text.readline(MAX_LINE_BYTES + 1):
            number += 1
            if len(line) > MAX_LINE_BYTES:
                raise UnreadableFile(f"a line is longer than {MAX_LINE_BYTES} characters", at_line(number))
            yield line
    except UnicodeError as error:
        raise UnreadableFile(f"the text is not valid {encoding}", f"after line {number}") from error


def _numbered(rows: Iterator[list[str]], lines_before: int) -> Iterator[tuple[int, list[str]]]:
    """Each row that is not blank, with the line it starts in."""
    starts_at = lines_before + 1
    try:
        for fields in rows:
            if "".join(fields).strip():
                yield starts_at, fields
            starts_at = lines_before + rows.line_num + 1  # type: ignore[attr-defined]
    except csv.Error as error:
        raise UnreadableFile(f"the row is not valid CSV: {error}", at_line(starts_at)) from error


class _Row(NamedTuple):
    """The fields of one row by the profile's meaning; empty where the file has no such column."""

    account_number: str
    currency: str
    booked_on: str
    value_on: str
    amount: str
    debit: str
    credit: str
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
    original_amount: str
    original_currency: str


class _Account:
    """One account's rows so far: only its first and last are kept."""

    def __init__(self, statement_number: int, line: BankStatementLine, balance: Decimal | None) -> None:
        self.statement_number = statement_number
        self.count = 0
        self.first = self.last = (line, balance)
        self.holds_oldest_first = self.holds_newest_first = True

    def add(self, line: BankStatementLine, balance: Decimal | None) -> None:
        """Take the account's next row."""
        before_line, before_balance = self.last
        if self.count and balance is not None and before_balance is not None:
            self.holds_oldest_first &= before_balance + line.amount == balance
            self.holds_newest_first &= balance + before_line.amount == before_balance
        self.count += 1
        self.last = (line, balance)

    def statement(self) -> BankStatement:
        """The account's statement, its rows put oldest first."""
        first, last = self.first, self.last
        if self.holds_oldest_first == self.holds_newest_first:
            is_newest_first = first[0].booked_on > last[0].booked_on
        else:
            is_newest_first = self.holds_newest_first
        oldest, newest = (last, first) if is_newest_first else (first, last)
        line = self.first[0]
        return BankStatement(
            self.statement_number,
            line.line_number,
            "statement",
            line.account_number,
            line.currency,
            None,
            None,
            None,
            None if oldest[1] is None else oldest[1] - oldest[0].amount,
            newest[1],
            None,
            oldest[0].booked_on,
            newest[0].booked_on,
        )


def _line(
    row: _Row, profile: CsvProfile, accounts: dict[tuple[str, str], _Account], number: int
) -> BankStatementLine:
    position = at_line(number)
    account_number = without_spaces(row.account_number or profile.fixed_account_number or "")
    if not account_number:
        raise UnreadableFile("the row names no account", position)
    currency = parse_currency(row.currency or profile.fixed_currency or "", position)
    account = accounts.get((account_number, currency))
    amount = _signed(row, profile, position)
    counterparty, named = _named(row, amount > 0)
    line = BankStatementLine(
        account.statement_number if account else len(accounts) + 1,
        account.count + 1 if account else 1,
        number,
        account_number,
        currency,
        amount,
        "booked",
        False,
        reference_or_none(row.reference),
        reference_or_none(row.bank_reference),
        counterparty,
        without_spaces(row.counterparty_account) or None,
        text_or_none(row.memo),
        text_or_none(row.transaction_code),
        None,
        *_original(row, profile, currency, amount, position),
        parse_date(row.booked_on, profile.date_format, position),
        parse_date(row.value_on, profile.date_format, position) if row.value_on else None,
        *named,
    )
    balance = _number(row.balance, profile, position) if row.balance else None
    if account is None:
        if len(accounts) == MAX_ACCOUNTS:
            raise UnreadableFile(f"the file holds more than {MAX_ACCOUNTS} accounts", position)
        account = accounts[account_number, currency] = _Account(len(accounts) + 1, line, balance)
    account.add(line, balance)
    return line


def _named(row: _Row, is_credit: bool) -> tuple[str | None, Named]:
    """The other party's name and the references, of their columns or else of labels in the text."""
    labelled, of_text = read_payment_text(row.memo, is_credit)
    counterparty = text_or_none(row.counterparty) or labelled
    if not any(row[_LATER]):
        return counterparty, (_CODED if row.transaction_code else UNNAMED).filled(of_text)
    of_columns = Named(
        creditor_reference=listed_references([row.creditor_reference]),
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
    original_amount = _number(row.original_amount, profile, position)
    return original(parse_currency(row.original_currency, position), original_amount, currency, amount)


def _signed(row: _Row, profile: CsvProfile, position: str) -> Decimal:
    """The amount from the account's view: money in is positive."""
    sign = SIGNS[profile.sign]
    if profile.amount:
        return sign * _number(row.amount, profile, position)
    if not row.debit and not row.credit:
        raise UnreadableFile("the row has neither a debit nor a credit", position)
    debit = _number(row.debit, profile, position) if row.debit else Decimal(0)
    credit = _number(row.credit, profile, position) if row.credit else Decimal(0)
    if debit and credit:
        raise UnreadableFile(f"the row has a debit {row.debit!r} and a credit {row.credit!r}", position)
    return credit + sign * debit


def _number(text: str, profile: CsvProfile, position: str) -> Decimal:
    """An amount in the profile's marks; a minus may lead or trail, brackets mean minus."""
    plain, is_negative = text, False
    if text.startswith("(") and text.endswith(")"):
        plain, is_negative = text[1:-1], True
    elif text.endswith("-"):
        plain, is_negative = text[:-1].rstrip(), True
    mark = profile.thousands_mark
    if mark and mark in plain:
        decimals = re.escape(profile.decimal_mark)
        if (
            re.fullmatch(rf"[+-]?[0-9]{{1,3}}(?:{re.escape(mark)}[0-9]{{3}})+(?:{decimals}[0-9]*)?", plain)
            is None
        ):
            raise UnreadableFile(f"{text!r} is not an amount", position)
        plain = plain.replace(mark, "")
    if profile.decimal_mark == ",":
        if "." in plain:
            raise UnreadableFile(f"{text!r} is not an amount", position)
        plain = plain.replace(",", ".", 1)
    if is_negative and plain[:1] in ("+", "-"):
        raise UnreadableFile(f"{text!r} is not an amount", position)
    amount = parse_amount(plain, position)
    return -amount if is_negative else amount
