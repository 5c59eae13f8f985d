"""How each processor writes its reports: the rows of seeds/reference/settlement_profiles.csv, checked.

Belongs here: what a profile may say. docs/settlements.md explains every column to who adds a processor.
"""

from __future__ import annotations

import csv
import re
import zoneinfo
from pathlib import Path
from typing import NamedTuple

SEED = "seeds/reference/settlement_profiles.csv"
# What a line of a report is. A payout is the report's own statement of what was paid out; a summary is a
# payout in one line (or a part of it), of a report that lists payouts; unsettled is what the processor has
# not settled (pending, denied, an authorization).
KINDS = ("sale", "refund", "chargeback", "fee", "reserve", "adjustment", "payout", "summary", "unsettled")
FEE_SIGNS = ("cost_positive", "cost_negative", "by_net")
FIRST = " | "
# Cells that name headers of the file.
TEXT_CELLS = (
    *(
        "payout_reference",
        "payout_row_reference",
        "transaction_reference",
        "line_type",
        "currency",
        "reference",
        "memo",
    ),
    *(
        "merchant",
        "occurred_on",
        "time_zone_name",
        "paid_on",
        "status",
        "record_type",
        "gross_direction",
        "fee_direction",
    ),
    "original_currency",
)
AMOUNT_CELLS = ("gross", "fee", "net", "balance", "original_amount")


class SettlementProfile(NamedTuple):
    """How one processor writes one of its reports: a row of the seed. A cell is None where it is blank.

    A cell that names headers may join several ("Date + Time"), or take the first that is filled
    ("order_id | description"); of amounts " + " adds and " - " subtracts. A header with a question mark
    behind it may be absent. Lists of words are separated by "|", and * in a word stands for anything.
    """

    profile_code: str
    processor: str
    bank_words: str
    date_format: str
    decimal_mark: str
    amount_unit: str
    fee_sign: str
    kinds: str
    payouts_are_in_order: str | None
    fixed_currency: str | None
    time_zone: str | None
    unsettled_words: str | None
    record_words: str | None
    payout_reference: str | None
    payout_row_reference: str | None
    transaction_reference: str
    line_type: str | None
    currency: str | None
    reference: str | None
    memo: str | None
    merchant: str | None
    occurred_on: str
    time_zone_name: str | None
    paid_on: str | None
    status: str | None
    record_type: str | None
    gross: str | None
    gross_direction: str | None
    fee: str | None
    fee_direction: str | None
    net: str | None
    balance: str | None
    original_currency: str | None
    original_amount: str | None

    def headers(self) -> set[str]:
        """The headers that a file of this profile carries, in small letters."""
        cells = (getattr(self, cell) for cell in (*TEXT_CELLS, *AMOUNT_CELLS))
        terms = [term for cell in cells for term in terms_of(cell)]
        return {name for _, name, is_optional in terms if not is_optional}

    def kind_patterns(self) -> list[tuple[str, str]]:
        """Pattern of a line's type in small letters, and its kind; the first that fits counts."""
        pairs = (pair.rpartition("=")[::2] for pair in self.kinds.split("|"))
        return [(pattern.strip().casefold(), kind.strip()) for pattern, kind in pairs]


COLUMNS = SettlementProfile._fields


def terms_of(cell: str | None) -> list[tuple[int, str, bool]]:
    """The headers that a cell names: sign, name in small letters, and whether it may be absent."""
    if cell is None:
        return []
    parts = re.split(r" ([+|-]) ", cell)
    signs = [1, *(-1 if mark == "-" else 1 for mark in parts[1::2])]
    names = [" ".join(name.casefold().split()) for name in parts[::2]]
    return [
        (sign, name.removesuffix("?"), name.endswith("?")) for sign, name in zip(signs, names, strict=True)
    ]


def patterns(cell: str | None) -> list[str]:
    """The words of a list, in small letters."""
    return [word.strip().casefold() for word in cell.split("|")] if cell else []


def load_settlement_profiles(path: Path) -> list[SettlementProfile]:
    """The profiles of a seed file. Raises ValueError naming the profile and what is wrong with it."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, strict=True))
    profiles = []
    for row in rows:
        if set(row) != set(COLUMNS):
            raise ValueError(f"{path}: the columns must be {', '.join(COLUMNS)}")
        profiles.append(
            _checked(SettlementProfile(**{name: value or None for name, value in row.items()}), path)
        )
    codes = [profile.profile_code for profile in profiles]
    for code in codes:
        if codes.count(code) > 1:
            raise ValueError(f"{path}: profile {code} stands there twice")
    return profiles


def _checked(profile: SettlementProfile, path: Path) -> SettlementProfile:
    needed = ("profile_code", "processor", "bank_words", "date_format", "kinds")
    needed += ("transaction_reference", "occurred_on")
    problems = {
        **{f"{name} is missing": not getattr(profile, name) for name in needed},
        "decimal_mark is neither . nor ,": profile.decimal_mark not in (".", ","),
        "amount_unit is neither major nor minor": profile.amount_unit not in ("major", "minor"),
        f"fee_sign is none of {', '.join(FEE_SIGNS)}": profile.fee_sign not in FEE_SIGNS,
        "fee_sign by_net needs gross, fee and net": profile.fee_sign == "by_net"
        and not (profile.gross and profile.fee and profile.net),
        "line_type is missing, and kinds is not one kind for all": not profile.line_type
        and bool(profile.kinds)
        and not profile.kinds.startswith("*="),
        "gross and fee, or net, must be given": not profile.net and not (profile.gross and profile.fee),
        "currency or fixed_currency must be given": not (profile.currency or profile.fixed_currency),
        "payout_reference must be given, unless payouts_are_in_order": not profile.payout_reference
        and not profile.payouts_are_in_order,
        "payouts_are_in_order is neither true nor blank": profile.payouts_are_in_order not in (None, "true"),
        "status needs unsettled_words": bool(profile.status) != bool(profile.unsettled_words),
        "record_type needs record_words": bool(profile.record_type) != bool(profile.record_words),
        "time_zone is unknown": profile.time_zone is not None
        and profile.time_zone not in zoneinfo.available_timezones(),
    }
    for problem, holds in problems.items():
        if holds:
            raise ValueError(f"{path}: profile {profile.profile_code}: {problem}")
    for pattern, kind in profile.kind_patterns():
        if kind not in KINDS or not pattern:
            raise ValueError(
                f"{path}: profile {profile.profile_code}: kinds must be type=kind, separated by |, where a"
                f" kind is one of {', '.join(KINDS)}; {pattern}={kind} is not"
            )
    return profile
