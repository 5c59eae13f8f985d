"""Books of many invented companies for suggestions: each with its own size, wording, dates and slips.

Items go straight into a table shaped like int_items_pool, one account a book, so that the models of
suggestions are tried and trained on them without a bank's file. Only the generator knows which belong
together."""

from __future__ import annotations

import datetime
import random
import re
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa

FIRST_ON = datetime.date(2026, 1, 5)
SCRIPTS = {
    "latin": (
        ["b", "br", "c", "d", "f", "g", "h", "k", "l", "m", "n", "p", "r", "st", "t", "v", "w"],
        "aeiou",
        ["n", "r", "s", "", "ck", "nd", "l", "tt", ""],
    ),
    "accents": (
        ["b", "ç", "d", "f", "gr", "h", "ł", "m", "ñ", "p", "r", "š", "t", "v"],
        "aéiöüeå",
        ["n", "r", "s", "", "ß", "nd"],
    ),
    "cyrillic": (
        ["б", "в", "г", "д", "ж", "к", "л", "м", "н", "п", "р", "с", "т", "ш"],
        "аеиоуя",
        ["н", "р", "к", "", "в", "ст"],
    ),
    "greek": (["β", "γ", "δ", "θ", "κ", "λ", "μ", "ν", "π", "ρ", "σ", "τ"], "αειο", ["ν", "σ", "", "ρ"]),
}
TRADES = [
    "systems",
    "holdings",
    "logistics",
    "supply",
    "consulting",
    "services",
    "trading",
    "partners",
    "bakery",
    "motors",
    "foods",
    "management",
    "international",
    "department",
    "networks",
    "print",
    "energy",
    "medical",
    "farms",
    "design",
]
SHORT = {
    "management": "mgmt",
    "international": "intl",
    "department": "dept",
    "services": "svcs",
    "logistics": "logist",
    "systems": "sys",
    "holdings": "hldgs",
    "consulting": "cons",
    "trading": "trdg",
    "networks": "netw",
    "medical": "med",
}
FORMS = ["Inc", "LLC", "Ltd", "GmbH", "AG", "B.V.", "S.A.", "Co", "", ""]
CHANNELS = [
    "",
    "",
    "ACH CREDIT",
    "ACH DEBIT",
    "SEPA TRANSFER",
    "WIRE IN",
    "CARD PURCHASE",
    "BILLPAY",
    "GIRO",
    "FASTER PAYMENT",
    "DIRECT DEBIT",
    "ONLINE TRANSFER",
    "CHECKCARD",
    "UEBERWEISUNG",
    "VIREMENT",
]
PURPOSES = [
    "Invoice payment",
    "Office supplies",
    "Rent",
    "Audit services",
    "Consulting fee",
    "Travel",
    "Software licence",
    "Goods received",
    "Maintenance",
    "Customer payment",
    "Advance",
    "Insurance",
    "Freight",
    "Deposit",
    "",
]


@dataclass(frozen=True)
class PoolItem:
    item_id: str
    account_id: str
    side: str
    reference: str | None
    counterparty: str | None
    memo: str | None
    amount: int
    item_on: datetime.date


@dataclass
class Book:
    """One account. pairs: the bank's and the ledger's item of each event that both sides show."""

    items: list[PoolItem] = field(default_factory=list)
    pairs: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Manner:
    """How one company and its bank write."""

    script: str
    channels: list[str]
    bank_has_party: bool
    ledger_has_party: bool
    is_upper: bool
    bank_cut: int
    shared_reference: float
    own_references: float
    reference_in_memo: bool
    shows_number: bool
    purposes: bool
    lag: int
    slip: float
    spread: float
    alone: float
    price_points: float
    is_left_over: bool
    aliased: float


def mixed_book(account_id: str, size: int, seed: int) -> Book:
    """A book of so many pairs, and what stands on one side only; the same seed gives the same book."""
    chance = random.Random(f"{seed} {size}")
    manner = Manner(
        script=chance.choice(["latin", "latin", "latin", "accents", "cyrillic", "greek"]),
        channels=chance.sample(CHANNELS, 5),
        bank_has_party=chance.random() < 0.45,
        ledger_has_party=chance.random() < 0.7,
        is_upper=chance.random() < 0.7,
        bank_cut=chance.choice([0, 0, 18, 24, 35, 35]),
        shared_reference=chance.choice([0, 0, 0.2, 0.5, 0.9]),
        own_references=chance.choice([0, 0, 0.5, 1]),
        reference_in_memo=chance.random() < 0.5,
        shows_number=chance.random() < 0.3,
        purposes=chance.random() < 0.6,
        lag=chance.choice([-1, 0, 0, 1, 1, 2, 3]),
        slip=chance.choice([0.05, 0.12, 0.25]),
        spread=chance.choice([0, 0, 0, 0.05, 0.4]),
        alone=chance.choice([0.02, 0.1, 0.3, 0.5, 0.8]),
        price_points=chance.choice([0, 0.1, 0.4]),
        # What rules leave of a book: hardly a pair of one amount near in date.
        is_left_over=chance.random() < 0.4,
        # Of so many parties the bank has a name that the books do not know.
        aliased=chance.choice([0, 0, 0, 0.02]),
    )
    parties = [_party(chance, manner.script) for _ in range(max(3, size // chance.choice([2, 5, 9])))]
    aliases = {party: _party(chance, manner.script) for party in parties if chance.random() < manner.aliased}
    prices = [round(100 * chance.uniform(10, 900)) // 500 * 500 + 500 for _ in range(8)]
    book = Book()
    days = max(20, min(180, size // 3))
    for place in range(size):
        party = parties[int(len(parties) * chance.random() ** 1.4)]
        amount = (
            chance.choice(prices)
            if chance.random() < manner.price_points
            else max(100, round(100 * chance.lognormvariate(6, 1.6)))
        )
        amount *= chance.choice([1, -1])
        posted_on = FIRST_ON + datetime.timedelta(days=int(days * chance.random()))
        invoice = f"{chance.choice(['INV', 'RE', 'AR', 'F'])}-{chance.randrange(1000, 99999)}"
        sides = ["bank", "ledger"]
        if chance.random() < manner.alone:
            sides = [chance.choice(sides)]
        made = {}
        for side in sides:
            made[side] = _item(
                chance,
                manner,
                f"{account_id}-{side}-{place}",
                account_id,
                side,
                aliases.get(party, party) if side == "bank" else party,
                amount,
                posted_on,
                invoice,
            )
        if (
            len(made) == 2
            and manner.is_left_over
            and made["bank"].amount == made["ledger"].amount
            and abs(made["bank"].item_on - made["ledger"].item_on).days <= 4
            and chance.random() < 0.9
        ):
            continue
        book.items += made.values()
        if len(made) == 2:
            book.pairs.append((made["bank"].item_id, made["ledger"].item_id))
        elif chance.random() < 0.06:
            # What only looks like the partner: the amount and another party, or the party and another amount.
            other = "ledger" if "bank" in made else "bank"
            if chance.random() < 0.5:
                like = (chance.choice(parties), amount)
            else:
                like = (party, round(amount * chance.uniform(0.88, 1.13)))
            day = posted_on + datetime.timedelta(days=chance.randrange(-5, 6))
            book.items.append(
                _item(
                    chance,
                    manner,
                    f"{account_id}-{other}-{place}",
                    account_id,
                    other,
                    *like,
                    day,
                    f"X-{chance.randrange(1000, 99999)}",
                )
            )
    return book


def _item(chance, manner, item_id, account_id, side, party, amount, posted_on, invoice) -> PoolItem:
    slips = chance.random() < manner.slip
    item_on, name, shown = posted_on, party, amount
    kind = chance.choice(["date", "name", "name", "amount"]) if slips else None
    if side == "bank":
        item_on += datetime.timedelta(
            days=max(-2, round(chance.gauss(manner.lag, 0.3 + abs(manner.lag) / 2)))
        )
        if kind == "date":
            item_on += datetime.timedelta(days=chance.choice([-12, -8, -5, -3, 5, 8, 12, 20]))
        if kind == "amount":
            shown = _slip_of_amount(chance, amount)
        elif chance.random() < manner.spread:
            shown = max(1, round(abs(amount) * chance.gauss(1, 0.02))) * (1 if amount > 0 else -1)
    if kind == "name":
        name = _slip_of_name(chance, party)
    reference = invoice if chance.random() < manner.shared_reference else None
    if reference and slips and chance.random() < 0.15:
        reference = _mistyped(chance, reference)
    in_memo = bool(reference) and manner.reference_in_memo and side == "bank"
    field_reference = None if in_memo else reference
    if field_reference is None and chance.random() < manner.own_references:
        field_reference = f"{'AP' if side == 'ledger' else 'B'}-{chance.randrange(1000, 99999)}"
    has_party = manner.bank_has_party if side == "bank" else manner.ledger_has_party
    parts = [] if has_party and chance.random() < 0.5 else [name]
    if side == "bank":
        channel = chance.choice(manner.channels)
        if manner.shows_number:
            channel += f" {chance.randrange(10**6, 10**7)}"
        parts = [channel, *parts]
    elif manner.purposes:
        parts.append(f"- {chance.choice(PURPOSES)}, {chance.choice(['January', 'February', 'March'])}")
    if in_memo:
        parts.append(reference)
    memo = " ".join(part for part in parts if part)
    if side == "bank" and manner.bank_cut:
        memo = memo[: manner.bank_cut]
    if side == "bank" and manner.is_upper:
        memo = memo.upper()
    return PoolItem(
        item_id, account_id, side, field_reference, name if has_party else None, memo or None, shown, item_on
    )


def _party(chance: random.Random, script: str) -> str:
    if chance.random() < 0.3:
        return f"{_word(chance, script)} {_word(chance, script)}"
    trade = (
        chance.choice(TRADES).title()
        if script in ("latin", "accents") or chance.random() < 0.2
        else _word(chance, script)
    )
    return f"{_word(chance, script)} {trade} {chance.choice(FORMS)}".strip()


def _word(chance: random.Random, script: str) -> str:
    onsets, vowels, codas = SCRIPTS[script]
    return (
        "".join(chance.choice(onsets) + chance.choice(vowels) for _ in range(chance.choice([1, 2, 2, 3])))
        + chance.choice(codas)
    ).title()


def _slip_of_name(chance: random.Random, name: str) -> str:
    words = name.split(" ")
    kind = chance.random()
    if kind < 0.45:
        place = max(range(len(words)), key=lambda each: len(words[each]))
        words[place] = _mistyped(chance, words[place])
    elif kind < 0.65:
        words = [SHORT.get(word.lower(), word) for word in words]
    elif kind < 0.8:
        words[0] = words[0][:1]
    elif kind < 0.9:
        return ""
    else:
        return name[: max(4, int(len(name) * chance.uniform(0.4, 0.8)))]
    return " ".join(words)


def _mistyped(chance: random.Random, word: str) -> str:
    place = chance.randrange(len(word) - 1)
    letter = chance.choice(word)
    return chance.choice(
        [
            word[:place] + word[place + 1 :],
            word[:place] + letter + word[place:],
            word[:place] + letter + word[place + 1 :],
            word[:place] + word[place + 1] + word[place] + word[place + 2 :],
        ]
    )


def _slip_of_amount(chance: random.Random, amount: int) -> int:
    digits, sign = list(str(abs(amount))), 1 if amount > 0 else -1
    kind = chance.random()
    if kind < 0.4:
        places = [
            place
            for place in range(len(digits) - 1)
            if digits[place] != digits[place + 1] and digits[place + 1] != "0"
        ]
        if places:
            place = chance.choice(places)
            digits[place], digits[place + 1] = digits[place + 1], digits[place]
            return sign * int("".join(digits))
    if kind < 0.7:
        return sign * max(1, abs(amount) + chance.choice([1, -1]) * chance.randrange(1, 3000))
    if kind < 0.85:
        return sign * max(1, abs(amount) - chance.choice([500, 1500, 2500]))
    return sign * max(1, round(abs(amount) * chance.uniform(0.96, 1.04)))


def write_pool(books: list[Book], warehouse: Path) -> None:
    """Create int_items_pool and the table truth in a new warehouse."""
    parties = [
        {_words(item.counterparty) for item in book.items if item.side == "ledger" and item.counterparty}
        for book in books
    ]
    rows = [
        {
            "item_id": item.item_id,
            "account_id": item.account_id,
            "side": item.side,
            "item_kind": "statement_line" if item.side == "bank" else "journal_line",
            "currency": "USD",
            "reference": item.reference,
            "counterparty": item.counterparty,
            "memo": item.memo,
            "reference_key": _reference_key(item.reference),
            "counterparty_key": _party_key(item, parties[place]),
            "name_words": _words(item.counterparty) or None,
            "amount": Decimal(item.amount) / 100,
            "item_on": item.item_on,
            "is_held": False,
        }
        for place, book in enumerate(books)
        for item in book.items
    ]
    truth = [
        {"bank_item_id": bank, "ledger_item_id": ledger} for book in books for bank, ledger in book.pairs
    ]
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("create schema intermediate")
        connection.register("rows", pa.Table.from_pylist(rows))
        connection.register("pairs", pa.Table.from_pylist(truth))
        connection.execute(
            "create table intermediate.int_items_pool as"
            " select * replace (amount::decimal(28, 5) as amount) from rows"
        )
        connection.execute("create table truth as select * from pairs")


def _reference_key(reference: str | None) -> str | None:
    return re.sub("[^A-Z0-9]", "", reference.upper()) if reference else None


def _words(text: str | None) -> str:
    return " ".join(re.findall(r"\w+", (text or "").upper()))


def _party_key(item: PoolItem, parties: set[str]) -> str | None:
    """Whom the item names: in the field for it, or a party of the books whose whole name its text has."""
    text = f" {_words(item.memo)} "
    named = (
        [_words(item.counterparty)]
        if item.counterparty
        else [name for name in parties if f" {name} " in text]
    )
    return max(named, key=lambda name: (len(name), name)).replace(" ", "") if named else None
