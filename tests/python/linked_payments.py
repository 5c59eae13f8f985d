"""Linked payments of an invented bank: what was sent, what arrived, and which belongs to which.

Nothing but the generator knows the truth: items carry no common id. Amounts spread over five powers of
ten, payers come back, names are abbreviated to initials, memos lose words or are cut at 15 characters,
three payments of four arrive with another amount (fees, exchange rates), and dates lag by hours or
weeks.
"""

from __future__ import annotations

import csv
import datetime
import math
import random
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

ACCOUNT = "9900000017"
FIRST_ON = datetime.date(2022, 1, 1)
DAYS = 130
CUT_AT = 15


@dataclass(frozen=True)
class Noise:
    """How much of a payment is lost on its way.

    different_amount: share that arrives with another amount. amount_spread: standard deviation of its ratio.
    dropped: chance that a memo loses its purpose, and its bank code. cut: chance that a memo is cut.
    long_lag: share that takes longer than four days.
    """

    different_amount: float = 0.75
    amount_spread: float = 0.029
    dropped: float = 0.15
    cut: float = 0.3
    long_lag: float = 0.145


@dataclass(frozen=True)
class Payment:
    sent_on: datetime.date
    arrived_on: datetime.date
    sent: int
    arrived: int
    sent_memo: str
    arrived_memo: str


VOWELS = ["A", "E", "I", "O", "U", "AU", "IE", "EI"]
ONSETS = [
    "B",
    "BR",
    "C",
    "D",
    "F",
    "G",
    "GR",
    "H",
    "J",
    "K",
    "L",
    "M",
    "N",
    "P",
    "R",
    "S",
    "SCH",
    "ST",
    "T",
    "V",
    "W",
]
CODAS = ["", "N", "R", "L", "S", "TT", "NN", "CK", "SON", "MANN", "TON", "LEY", "RD", "LL"]
PURPOSES = ["payment", "money", "donation", "", None]
CODES = ["BGC"] * 14 + ["CSH", "CHQ", "WRE", "DDR", "FPI", "SO"]


def linked_payments(count: int, seed: int, noise: Noise | None = None) -> list[Payment]:
    """count payments in no particular order; the same seed gives the same payments."""
    chance = random.Random(seed)
    noise = noise or Noise()
    first_names = [_word(chance, 1 + (place % 2)) for place in range(400)]
    surnames = [_word(chance, 2 + (place % 2)) for place in range(6000)]
    payers = [
        [_skewed(chance, first_names)]
        + ([_skewed(chance, first_names)] if chance.random() < 0.25 else [])
        + [_skewed(chance, surnames)]
        for _ in range(max(1, count // 8))
    ]
    return [_payment(chance, _skewed(chance, payers, 1.6), noise) for _ in range(count)]


def _payment(chance: random.Random, payer: list[str], noise: Noise) -> Payment:
    sent = max(1, round(100 * math.exp(chance.gauss(math.log(90), 1.6))))
    ratio = chance.gauss(1, noise.amount_spread) if chance.random() < noise.different_amount else 1
    sent_on = FIRST_ON + datetime.timedelta(days=int(DAYS * math.sqrt(chance.random())))
    if chance.random() < noise.long_lag:
        lag = min(30, 5 + int(chance.expovariate(1 / 5)))
    else:
        lag = chance.choice([0, 1, 1, 1, 1, 2, 2, 2, 3, 3, 4])
    name = " ".join(part[0] if chance.random() < 0.5 else part for part in payer)
    purpose = chance.choice(PURPOSES)
    if purpose is None:
        purpose = f"{chance.getrandbits(32):08x}"
    code = chance.choice(CODES)
    return Payment(
        sent_on=sent_on,
        arrived_on=sent_on + datetime.timedelta(days=lag),
        sent=sent,
        arrived=max(1, round(sent * ratio)),
        sent_memo=_memo(chance, name, purpose, code, noise),
        arrived_memo=_memo(chance, name, purpose, code, noise),
    )


def _memo(chance: random.Random, name: str, purpose: str, code: str, noise: Noise) -> str:
    words = [name]
    if chance.random() >= noise.dropped:
        words.append(purpose)
    if chance.random() >= noise.dropped:
        words.append(code)
    memo = " ".join(words)
    return memo[:CUT_AT] if chance.random() < noise.cut else memo


def _word(chance: random.Random, syllables: int) -> str:
    return "".join(chance.choice(ONSETS) + chance.choice(VOWELS) for _ in range(syllables)) + chance.choice(
        CODAS
    )


def _skewed(chance: random.Random, values: list[T], power: float = 2.0) -> T:
    """A value, the first ones far more often than the last ones."""
    return values[int(len(values) * chance.random() ** power)]


def write_landing(payments: list[Payment], landing: Path) -> None:
    """The payments as a landing zone: what was sent as the books, what arrived as the bank's statement.

    The memo of every item is unique to neither side, and no file, line or id says which belong together: both
    are sorted by their own dates, amounts and memos.
    """
    (landing / "bank").mkdir(parents=True)
    (landing / "ledger").mkdir()
    arrived = sorted((payment.arrived_on, payment.arrived, payment.arrived_memo) for payment in payments)
    header = [
        "Account Number",
        "Currency",
        "Posting Date",
        "Value Date",
        "Amount",
        "Reference",
        "Bank Reference",
    ]
    with (landing / "bank" / "arrived.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([*header, "Counterparty", "Description", "Running Balance"])
        balance = 0
        for arrived_on, amount, memo in arrived:
            balance += amount
            on = arrived_on.strftime("%m/%d/%Y")
            writer.writerow([ACCOUNT, "USD", on, on, _plain(amount), "", "", "", memo, _plain(balance)])
    sent = sorted((payment.sent_on, payment.sent, payment.sent_memo) for payment in payments)
    with (landing / "ledger" / "journal_lines.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(
            [
                "entry_id",
                "line_no",
                "posted_on",
                "gl_account",
                "amount",
                "currency",
                "reference",
                "counterparty",
                "memo",
                "document_type",
                "recorded_at",
            ]
        )
        for place, (sent_on, amount, memo) in enumerate(sent, start=1):
            for line_number, account, signed in ((1, "1010", amount), (2, "1200", -amount)):
                writer.writerow(
                    [
                        f"JE-{place:06}",
                        line_number,
                        sent_on,
                        account,
                        _plain(signed),
                        "USD",
                        "",
                        "",
                        memo,
                        "receipt",
                        f"{sent_on}T08:00:00Z",
                    ]
                )
    with (landing / "ledger" / "accounts.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["gl_account", "name", "type", "currency", "bank_account"])
        writer.writerow(["1010", "Operating account", "asset", "USD", ACCOUNT])
        writer.writerow(["1200", "Receivables", "asset", "USD", ""])


def _plain(cents: int) -> str:
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02}"
