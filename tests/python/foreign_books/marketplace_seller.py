"""A British homeware shop that sells on marketplaces: a payout is many sales less refunds less fees.

Its bank shows one line a payout; its ledger, fed by connectors, shows every sale. The payout's id may stand
on both sides, on one or on none.
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from .books import Account, BankLine, LedgerLine, Plant, Says, Scene, document, party
from .chance import digits, letters, money, stream
from .company import Company
from .statements import uk_csv

CURRENT = Account("20441877310042", "090", "Business current", Decimal("15420.66"))


class Market(NamedTuple):
    """A marketplace: how the bank names it, how the ledger does, its fee in percent, how ids look."""

    bank: str
    ledger: str
    fee: Decimal
    payout: str


MARKETS = (
    Market("AMAZON PAYMENTS UK LTD", "Amazon Marketplace", Decimal("15.3"), "AMZ{}"),
    Market("EBAY COMMERCE UK L", "eBay", Decimal("12.8"), "P*{}"),
    Market("ETSY IRELAND UC", "Etsy", Decimal("9.5"), "ETS{}"),
    Market("STRIPE PAYMENTS UK", "Shopify Payments", Decimal("1.7"), "po{}"),
)
SUPPLIERS = (
    ("HOLLOWAY POTTERY LTD", "Holloway Pottery"),
    ("NORTHERN CRATE CO", "Northern Crate Co"),
    ("LINEN & LOOM LTD", "Linen & Loom"),
    ("PARCELFORCE", "Parcelforce Worldwide"),
    ("ROYAL MAIL GROUP LT", "Royal Mail"),
    ("BRISTOL BOX COMPANY", "Bristol Box Company"),
)


def _sale(scene: Scene, says: Says, market: Market, amount: Decimal, memo: str, kind: str) -> LedgerLine:
    return LedgerLine(
        posted_on=scene.day,
        amount=amount,
        reference=f"{digits(scene.chance, 3)}-{digits(scene.chance, 7)}-{digits(scene.chance, 7)}",
        counterparty=market.ledger,
        memo=memo,
        document_type=kind,
        says=says,
    )


def _payout(scene: Scene, kind: str, market: Market, *, at_bank: bool, in_ledger: bool) -> None:
    """A day's sales of one marketplace, paid out net some days on."""
    payout = market.payout.format(letters(scene.chance, 10))
    memo = f"Payout {payout}" if in_ledger else ""
    says = party(market.ledger) | (document(payout) if in_ledger else frozenset())
    sales = [
        _sale(scene, says, market, scene.amount(6, 120), memo, "Sale")
        for _ in range(scene.chance.randint(4, 14))
    ]
    refunds = [
        _sale(scene, says, market, -scene.chance.choice(sales).amount, memo, "Refund")
        for _ in range(scene.chance.choice((0, 0, 1, 1, 2)))
    ]
    gross = sum((line.amount for line in sales), Decimal(0))
    fee = (gross * market.fee / 100).quantize(Decimal("0.01"))
    fees = [_sale(scene, says, market, -fee, memo, "Fee")]
    lines = [*sales, *refunds, *fees]
    net = sum((line.amount for line in lines), Decimal(0))
    bank = BankLine(
        booked_on=scene.after(2, 3),
        amount=net,
        memo=f"{market.bank} {payout}" if at_bank else market.bank,
        code="BGC" if net > 0 else "DD",
        says=party(market.ledger) | (document(payout) if at_bank else frozenset()),
    )
    scene.books.add(kind, bank, *lines, is_decidable=True)


def _market(scene: Scene, kind: str) -> Market:
    """One marketplace a day and kind, so that no two payouts of a day are one marketplace's."""
    markets = list(MARKETS)
    stream(scene.books.seed, scene.books.company, "markets", scene.day).shuffle(markets)
    return markets[("both", "ledger", "bank", "neither").index(kind)]


def payout_with_id_on_both_sides(scene: Scene) -> None:
    """The easiest."""
    _payout(scene, "payout_with_id_on_both_sides", _market(scene, "both"), at_bank=True, in_ledger=True)


def payout_with_id_in_the_ledger(scene: Scene) -> None:
    """The ledger says which sales are one payout; the bank names the marketplace."""
    _payout(scene, "payout_with_id_in_the_ledger", _market(scene, "ledger"), at_bank=False, in_ledger=True)


def payout_with_id_at_the_bank(scene: Scene) -> None:
    """The ledger has a day's sales of a marketplace, which add up."""
    _payout(scene, "payout_with_id_at_the_bank", _market(scene, "bank"), at_bank=True, in_ledger=False)


def payout_without_id(scene: Scene) -> None:
    """A marketplace's name and a sum."""
    _payout(scene, "payout_without_id", _market(scene, "neither"), at_bank=False, in_ledger=False)


def payout_with_reserve(scene: Scene) -> None:
    """The marketplace holds a part back and does not say how much: nobody can know."""
    market, amount = MARKETS[3], scene.amount(200, 900)
    sale = _sale(scene, party(market.ledger), market, amount, "Daily summary", "Sale")
    bank = BankLine(
        booked_on=scene.after(2, 3),
        amount=(amount * Decimal("0.87")).quantize(Decimal("0.01")),
        memo=market.bank,
        code="BGC",
        says=party(market.ledger),
    )
    scene.books.add("payout_with_reserve", bank, sale, is_decidable=False)


def supplier(scene: Scene) -> None:
    """A faster payment to a supplier."""
    bank_name, name = scene.chance.choice(SUPPLIERS)
    amount, number = -scene.amount(40, 1800), f"PO{scene.next('order', 5100)}"
    tells = scene.chance.random() < 0.6
    says = party(name) | (document(number) if tells else frozenset())
    scene.books.add(
        "supplier",
        _paid(scene, name, amount, number),
        BankLine(
            booked_on=scene.after(0, 1),
            amount=amount,
            memo=f"{bank_name} {number} FP {scene.day:%d/%m/%y}"
            if tells
            else f"{bank_name} FP {scene.day:%d/%m/%y}",
            code="FPO",
            says=says,
        ),
    )


def _paid(scene: Scene, name: str, amount: Decimal, reference: str) -> LedgerLine:
    return LedgerLine(
        posted_on=scene.day,
        amount=amount,
        reference=reference,
        counterparty=name,
        document_type="Spend",
        says=party(name) | document(reference),
    )


def equal_suppliers(scene: Scene) -> None:
    """Two suppliers, one amount, one day."""
    amount = -scene.amount(100, 800, "10")
    for bank_name, name in scene.chance.sample(SUPPLIERS, 2):
        scene.books.add(
            "equal_suppliers",
            _paid(scene, name, amount, f"PO{scene.next('order', 5100)}"),
            BankLine(
                booked_on=scene.after(0, 1), amount=amount, memo=bank_name, code="FPO", says=party(name)
            ),
        )


def private_sale(scene: Scene) -> None:
    """A trade customer pays by transfer, for as much as some payout's sale."""
    name = scene.chance.choice(("CAFE ROSSO", "THE TEAL HOUSE", "M J HARGREAVES", "OAKLEY INTERIORS"))
    number, amount = f"SI-{scene.next('sale', 880)}", money(scene.chance, 20, 400)
    says = party(name) | document(number)
    scene.books.add(
        "private_sale",
        BankLine(booked_on=scene.day, amount=amount, memo=f"{name} {number}", code="FPI", says=says),
        LedgerLine(
            posted_on=scene.after(0, 1),
            amount=amount,
            reference=number,
            counterparty=name.title(),
            document_type="Receive",
            says=says,
        ),
        lag=(-3, 0),
    )


def advertising(scene: Scene) -> None:
    """Fees that a marketplace takes by direct debit and nobody books, and a bank charge."""
    scene.books.leave_open(
        "advertising",
        BankLine(
            booked_on=scene.day,
            amount=-scene.amount(5, 60),
            memo="AMAZON ADVERTISING",
            code="DD",
            says=party("advertising"),
        ),
        BankLine(
            booked_on=scene.day, amount=Decimal("-7.50"), memo="ACCOUNT FEE", code="PAY", says=party("fee")
        ),
    )


PLANTS = (
    Plant(payout_with_id_on_both_sides, 12, 20),
    Plant(payout_with_id_in_the_ledger, 12, 17),
    Plant(payout_with_id_at_the_bank, 12, 17),
    Plant(payout_without_id, 12, 13),
    Plant(payout_with_reserve, 2, 2),
    Plant(supplier, 2, 14),
    Plant(equal_suppliers, 4, 5),
    Plant(private_sale, 2, 10),
    Plant(advertising, 2, 2),
)
COMPANY = Company("marketplace_seller", "GB", "GBP", "429", (CURRENT,), uk_csv, PLANTS)
