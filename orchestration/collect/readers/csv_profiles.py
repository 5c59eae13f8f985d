"""How each bank writes its CSV: the rows of seeds/reference/csv_profiles.csv, checked.

Belongs here: what a profile may say. docs/csv_profiles.md explains every column to who adds a bank.
"""

from __future__ import annotations

import codecs
import csv
import functools
import re
import zoneinfo
from pathlib import Path
from typing import NamedTuple

SEED = "seeds/reference/csv_profiles.csv"
SIGNS = {"credit_positive": 1, "debit_positive": -1}
FEE_KINDS = ("on_top", "contained")
# Cells that name headers of the file, in the order of a _Row.
HEADER_COLUMNS = (
    *("account_number", "currency", "booked_on", "value_on", "amount", "debit", "credit", "direction"),
    *("reference", "bank_reference", "counterparty", "counterparty_account", "memo", "transaction_code"),
    *("creditor_reference", "end_to_end_id", "instruction_id", "customer_reference", "uetr", "mandate_id"),
    *("cheque_number", "balance", "fee", "status", "row_type", "original_amount", "original_currency"),
)
# Where a bank's file does not say whose it is, its path does: bank/account=0044123/january.csv.
ACCOUNT_IN_PATH = r"account=([^/_]+?)(?=[/_]|\.\w+$|$)"
# What amounts are written with besides digits, marks and a sign: the signs of one currency, and others.
CURRENCY_SIGNS = dict(
    pair.split()
    for pair in (
        *("€ EUR", "£ GBP", "₹ INR", "₺ TRY", "TL TRY", "₪ ILS", "₩ KRW", "원 KRW", "円 JPY", "zł PLN"),
        *("Kč CZK", "Ft HUF", "R$ BRL", "RM MYR", "₫ VND", "₴ UAH", "₽ RUB", "฿ THB", "₱ PHP"),
    )
)
CURRENCY_MARK = (
    r"(?:[A-Za-z]{1,2}\$|[A-Za-z]{3}(?![A-Za-z])|kr\.?|Rs\.?|R(?![A-Za-z])|[$¥]|"
    + "|".join(map(re.escape, CURRENCY_SIGNS))
    + ")"
)
# Behind an amount: a credit or a debit.
SIDE = re.compile(r"(.*[^A-Za-z])(?:([Cc][Rr]?)|[Dd][RrBb]?)\.?")
JOINED, FIRST = " + ", " | "


class CsvProfile(NamedTuple):
    """How one bank writes its CSV: a row of the seed. A cell is None where it is blank.

    A cell that names headers may join the values of several ("Text + Note") or take the first that is
    filled ("Booked | Started"); a header with a question mark behind it may be absent. encoding and
    date_format may also list several with " | ". Lists of words are separated by "|".
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
    file_pattern: str | None = None
    account_pattern: str | None = None
    preamble_account: str | None = None
    preamble_currency: str | None = None
    column_count: str | None = None
    time_zone: str | None = None
    direction: str | None = None
    debit_words: str | None = None
    credit_words: str | None = None
    credit_sign: str | None = None
    balance_sign: str | None = None
    fee: str | None = None
    fee_kind: str | None = None
    fee_sign: str | None = None
    status: str | None = None
    booked_words: str | None = None
    pending_words: str | None = None
    left_out_words: str | None = None
    row_type: str | None = None
    row_type_words: str | None = None
    balance_words: str | None = None
    footer_words: str | None = None
    preamble_opening: str | None = None
    preamble_closing: str | None = None

    def headers(self) -> list[str]:
        """The header names that a file of this profile carries."""
        named = (name for column in HEADER_COLUMNS for name in header_names(getattr(self, column)))
        return list(dict.fromkeys(name for name in named if not name.endswith("?")))


# Columns that a seed written for an earlier version need not have.
LATER_COLUMNS = set(CsvProfile._field_defaults)
COLUMNS = CsvProfile._fields


class CsvProfiles(list[CsvProfile]):
    """The profiles of a seed file, and its columns in their order, in which a row for it is written."""

    columns: tuple[str, ...] = COLUMNS


def header_names(cell: str | None) -> list[str]:
    """The headers that a cell names, an optional one still with its question mark."""
    if cell is None:
        return []
    return [" ".join(name.split()) for name in re.split(r" [+|] ", cell)]


@functools.lru_cache(maxsize=256)
def words(cell: str | None) -> tuple[str, ...]:
    """The words of a list, in lower case."""
    return tuple(word.strip().casefold() for word in cell.split("|")) if cell else ()


def load_csv_profiles(path: Path) -> CsvProfiles:
    """The profiles of a seed file. Raises ValueError naming the profile and what is wrong with it."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, strict=True)
        rows = list(reader)
    profiles = CsvProfiles()
    profiles.columns = tuple(reader.fieldnames or COLUMNS)
    for row in rows:
        if not set(COLUMNS) - LATER_COLUMNS <= set(row) <= set(COLUMNS):
            raise ValueError(f"{path}: the columns must be {', '.join(COLUMNS)}")
        profile = CsvProfile(**{name: value or None for name, value in row.items()})
        profiles.append(
            _checked(profile._replace(delimiter=(profile.delimiter or "").replace("\\t", "\t")), path)
        )
    codes = [profile.profile_code for profile in profiles]
    for code in codes:
        if codes.count(code) > 1:
            raise ValueError(f"{path}: profile {code} stands there twice")
    return profiles


def _checked(profile: CsvProfile, path: Path) -> CsvProfile:
    problems = {
        "profile_code is missing": not profile.profile_code,
        "delimiter is not one character": len(profile.delimiter) != 1,
        "decimal_mark is neither . nor ,": profile.decimal_mark not in (".", ","),
        "thousands_mark equals decimal_mark": profile.thousands_mark == profile.decimal_mark,
        "date_format is missing": not profile.date_format,
        "encoding is unknown": not all(map(_is_codec, (profile.encoding or "").split(FIRST))),
        **{
            f"{name} is neither credit_positive nor debit_positive": (getattr(profile, name) or default)
            not in SIGNS
            for name, default in (
                *(("sign", ""), ("credit_sign", "credit_positive")),
                *(("balance_sign", "credit_positive"), ("fee_sign", "debit_positive")),
            )
        },
        "booked_on is missing": not profile.booked_on,
        "amount, or debit and credit, must be given": (profile.amount is None)
        != (profile.debit is not None and profile.credit is not None),
        "direction needs amount, debit_words and credit_words": profile.direction is not None
        and not (profile.amount and profile.debit_words and profile.credit_words),
        "status needs booked_words": profile.status is not None and not profile.booked_words,
        "row_type needs row_type_words": profile.row_type is not None and not profile.row_type_words,
        "fee_kind is neither on_top nor contained": (profile.fee_kind or "on_top") not in FEE_KINDS,
        "balance_words need balance and memo": profile.balance_words is not None
        and not (profile.balance and profile.memo),
        "currency, fixed_currency or preamble_currency must be given": not (
            profile.currency or profile.fixed_currency or profile.preamble_currency
        ),
        "account_pattern is not a regular expression with one group": not _has_one_group(
            profile.account_pattern or ACCOUNT_IN_PATH
        ),
        "column_count is not a number": profile.column_count is not None
        and not re.fullmatch(r"[1-9][0-9]?", profile.column_count),
        "time_zone is unknown": profile.time_zone is not None
        and profile.time_zone not in zoneinfo.available_timezones(),
    }
    for problem, holds in problems.items():
        if holds:
            raise ValueError(f"{path}: profile {profile.profile_code}: {problem}")
    if profile.column_count and not all(
        name.isdecimal() and 1 <= int(name) <= int(profile.column_count) for name in profile.headers()
    ):
        raise ValueError(
            f"{path}: profile {profile.profile_code}: without a header, columns are named 1 to column_count"
        )
    return profile


def _is_codec(name: str) -> bool:
    try:
        codecs.lookup(name)
    except LookupError:
        return False
    return True


def _has_one_group(pattern: str) -> bool:
    try:
        return re.compile(pattern).groups == 1
    except re.error:
        return False
