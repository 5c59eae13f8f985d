"""Reader of QIF: bank, card and cash accounts, one record of lettered lines after the other.

A QIF says no currency, often no account, and its dates have the order of the computer that wrote it. So the
path says the first two (bank/account=0044/currency=USD/export.qif), and the dates their order: one day above
the twelfth is enough, otherwise the path does (dates=mdy). Nothing of it is guessed.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import BinaryIO, NamedTuple

from orchestration.collect.readers.common import (
    MAX_DECIMALS,
    MAX_VALUE_LENGTH,
    Named,
    at_line,
    cheque_number,
    currency_decimals,
    named_reference,
    parse_amount,
    parse_currency,
    text_lines,
    text_or_none,
    without_spaces,
)
from orchestration.collect.readers.csv_profiles import ACCOUNT_IN_PATH
from orchestration.collect.readers.encodings import UTF8, Encoding
from orchestration.collect.readers.payment_text import read_payment_text
from orchestration.lake.datasets import BankStatement, BankStatementLine
from orchestration.lake.errors import UnreadableFile

MAX_RECORDS = 1_000_000
TRANSACTIONS = {"bank", "ccard", "cash", "oth a", "oth l", "otha", "othl"}
# Lists that hold no transactions.
PASSED_OVER = {"cat", "class", "memorized", "prices", "security", "tag", "budget", "template"}
ORDERS = {"mdy": (2, 0, 1), "dmy": (2, 1, 0), "ymd": (0, 1, 2)}

_CURRENCY_IN_PATH = re.compile(r"currency=([A-Za-z]{3})(?![A-Za-z])")
_ORDER_IN_PATH = re.compile(rf"dates=({'|'.join(ORDERS)})(?![a-z])")
# Quicken writes an apostrophe before the years from 2000 on, and blanks for leading zeros.
_DATE = re.compile(r" ?([0-9]{1,4})[/.\-] ?([0-9]{1,2})(?:[/.\-]|(')) ?([0-9]{1,4})")
_DECIMALS_IN_PATH = re.compile(r"decimals=(point|comma)(?![a-z])")
_MARKS = {"point": ".", "comma": ","}
# By decimal mark: with groups of three before it and digits behind it.
_AMOUNTS = {
    ".": re.compile(r"[+-]?(?:[0-9]+|[1-9][0-9]{0,2}(?:,[0-9]{3})+)(?:\.([0-9]*))?"),
    ",": re.compile(r"[+-]?(?:[0-9]+|[1-9][0-9]{0,2}(?:\.[0-9]{3})+)(?:,([0-9]*))?"),
}
_ONE_GROUP = re.compile(r"[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}")


class _Record(NamedTuple):
    """One transaction: its first line for each letter, the amounts of its splits and where it starts."""

    line_number: int
    account: str | None
    values: dict[str, str]
    splits: list[str]

    @property
    def amount(self) -> str:
        """The amount as written; T is what every version writes."""
        return self.values.get("T") or self.values.get("U") or ""


def read_qif(
    stream: BinaryIO, path: str | None = None, encoding: Encoding = UTF8
) -> Iterator[BankStatement | BankStatementLine]:
    """The lines of each account, then its statement. A record "Opening Balance" is the opening balance: the
    first one, or in any place one whose category is an account.

    Splits are proved against their transaction. Raises UnreadableFile for an investment account, a record
    without date or amount, and a file whose account, currency or order of dates nothing tells.
    """
    records = list(_records(stream, encoding))
    if not records:
        raise UnreadableFile("the file holds no transaction of a bank, card or cash account")
    currency = _CURRENCY_IN_PATH.search(path or "")
    if currency is None:
        raise UnreadableFile("a QIF says no currency; next step: put the file into a folder currency=<code>")
    order = _order(records, path)
    code = parse_currency(currency[1].upper(), at_line(1))
    mark = _decimal_mark(records, currency_decimals(code), path)
    in_path = re.search(ACCOUNT_IN_PATH, path or "")
    accounts: dict[str, list[_Record]] = {}
    for record in records:
        account = without_spaces(record.account or (in_path[1] if in_path else ""))
        if not account:
            raise UnreadableFile(
                "neither the file nor its path names the account; next step: put it into a folder"
                " account=<number>",
                at_line(record.line_number),
            )
        accounts.setdefault(account, []).append(record)
    for number, (account, of_account) in enumerate(accounts.items(), start=1):
        yield from _statement(number, account, code, of_account, order, mark)


def _records(stream: BinaryIO, encoding: Encoding) -> Iterator[_Record]:
    section, account, count = "", None, 0
    values: dict[str, str] = {}
    splits: list[str] = []
    starts_at = last = 0
    for last, line in text_lines(stream, encoding):
        if not line.strip():
            continue
        if line.startswith("!"):
            if values:
                raise UnreadableFile("a record ends without ^", at_line(starts_at))
            section = _section(line, section, last)
            continue
        starts_at = starts_at or last
        if line[0] == "^":
            if section == "account":
                account = values.get("N") or account
            elif section in TRANSACTIONS and values:
                count += 1
                if count > MAX_RECORDS:
                    raise UnreadableFile(f"the file holds more than {MAX_RECORDS} records", at_line(last))
                yield _Record(starts_at, account, values, splits)
            values, splits, starts_at = {}, [], 0
        elif line[0] == "$":
            splits.append(line[1:].strip())
        else:
            values.setdefault(line[0].upper(), line[1:].strip())
    if values and section in TRANSACTIONS:
        raise UnreadableFile("the file ends within a record: ^ is missing", at_line(last))


def _section(line: str, before: str, number: int) -> str:
    word = line[1:].strip().casefold()
    if word.startswith(("option:", "clear:")):
        return before
    kind = word.removeprefix("type:").strip()
    if kind == "account" or kind in TRANSACTIONS or kind in PASSED_OVER:
        return kind
    raise UnreadableFile(f"{line.strip()!r} is not a bank, card or cash account", at_line(number))


def _order(records: list[_Record], path: str | None) -> tuple[int, int, int]:
    """The order of year, month and day in which all dates of the file are dates, or the path's."""
    declared = _ORDER_IN_PATH.search(path or "")
    names = [declared[1]] if declared else list(ORDERS)
    for record in records:
        text, position = record.values.get("D", ""), at_line(record.line_number)
        match = _DATE.fullmatch(text)
        names = [name for name in names if match and _day(match, ORDERS[name])]
        if not names:
            raise UnreadableFile(f"{text!r} is not a date, or not in the order of those above", position)
    if len(names) > 1:
        raise UnreadableFile(
            f"the dates may be {' or '.join(names)}; next step: put the file into a folder dates=<order>",
            at_line(records[0].line_number),
        )
    return ORDERS[names[0]]


def _day(match: re.Match[str], order: tuple[int, int, int]) -> datetime.date | None:
    parts = match.group(1, 2, 4)
    year, month, day = (parts[at] for at in order)
    if len(day) > 2 or len(month) > 2 or len(year) not in ((4,) if order[0] == 0 else (1, 2, 4)):
        return None
    if len(year) < 4:
        century = "20" if match[3] or year.zfill(2) < "80" else "19"
        year = century + year.zfill(2)
    try:
        return datetime.date(int(year), int(month), int(day))
    except ValueError:
        return None


def _statement(
    number: int, account: str, currency: str, records: list[_Record], order: tuple[int, int, int], mark: str
) -> Iterator[BankStatement | BankStatementLine]:
    opening: Decimal | None = None
    days: list[datetime.date] = []
    for record in records:
        values, position = record.values, at_line(record.line_number)
        amount = _amount(record.amount, mark, position)
        if record.splits and sum(_amount(split, mark, position) for split in record.splits) != amount:
            raise UnreadableFile(f"the splits do not add up to {amount}", position)
        match = _DATE.fullmatch(values["D"])
        day = _day(match, order) if match else None
        if day is None:
            raise UnreadableFile(f"{values['D']!r} is not a date", position)
        is_opening = values.get("P", "").casefold() == "opening balance"
        if is_opening and (values.get("L", "").startswith("[") or not (days or opening)):
            if opening is not None:
                raise UnreadableFile("a second opening balance", position)
            opening = amount
            continue
        days.append(day)
        labelled, named = read_payment_text(f"{values.get('P', '')} {values.get('M', '')}", amount > 0)
        yield BankStatementLine(
            number,
            len(days),
            record.line_number,
            account,
            currency,
            amount,
            "booked",
            False,
            named_reference(values.get("N")),
            None,
            labelled or text_or_none(values.get("P")),
            None,
            text_or_none(values.get("M")),
            None,
            None,
            None,
            None,
            day,
            None,
            *Named(cheque_number=cheque_number(values.get("N"))).filled(named),
        )
    yield BankStatement(
        number,
        records[0].line_number,
        "statement",
        account,
        currency,
        None,
        None,
        None,
        opening,
        None,
        min(days, default=None),
        None,
        max(days, default=None),
    )


def _decimal_mark(records: list[_Record], decimals: int, path: str | None) -> str:
    """The mark with which all amounts of the file are amounts, or the path's; a point where all are whole
    numbers. A mark before three digits is one of thousands where the file shows the other one behind, or
    itself twice in a number: else it may be either."""
    declared = _DECIMALS_IN_PATH.search(path or "")
    marks = [_MARKS[declared[1]]] if declared else list(_AMOUNTS)
    decimals = MAX_DECIMALS if declared else max(decimals, 2)
    amounts = [(record, text) for record in records for text in (record.amount, *record.splits)]
    unsure: tuple[str, int] | None = None
    for record, text in amounts:
        fitting = [mark for mark in marks if _fits(text, mark, decimals)]
        if not fitting:
            raise UnreadableFile(
                f"{text!r} is not an amount, or not in the marks of those above",
                at_line(record.line_number),
            )
        marks = fitting
        if unsure is None and _ONE_GROUP.fullmatch(text):
            unsure = text, record.line_number
    if unsure is not None and not declared and not any(_shows_mark(text) for _, text in amounts):
        raise UnreadableFile(
            f"the mark of {unsure[0]!r} may be of thousands or of decimals, and no other amount tells; next"
            " step: put the file into a folder decimals=point or decimals=comma",
            at_line(unsure[1]),
        )
    return marks[0]


def _fits(text: str, mark: str, decimals: int) -> bool:
    """Whether it is an amount with no more decimals."""
    match = _AMOUNTS[mark].fullmatch(text) if len(text) <= MAX_VALUE_LENGTH else None
    return match is not None and len(match[1] or "") <= decimals


def _shows_mark(text: str) -> bool:
    """Whether it can be read in one way alone, with a mark."""
    marks = [mark for mark in text if mark in ".,"]
    return len(marks) > 1 or (len(marks) == 1 and _ONE_GROUP.fullmatch(text) is None)


def _amount(text: str, mark: str, position: str) -> Decimal:
    plain = text.replace("," if mark == "." else ".", "")
    return parse_amount(plain.replace(",", "."), position)
