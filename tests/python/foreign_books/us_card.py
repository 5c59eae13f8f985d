"""A design studio's credit card: charges, refunds, tips, foreign fees, and coffee for 4.75 each time.

Its ledger is an expense tool's: merchants by plain names, its own numbers, booked on the day of purchase.
"""

from __future__ import annotations

from decimal import Decimal

from .books import Account, BankLine, LedgerLine, Plant, Says, Scene, party
from .chance import digits, letters
from .company import Company
from .statements import ofx_card

CARD = Account("5412750109384471", "21500", "Company card", Decimal("-3120.44"), "liability")
MERCHANTS = (
    ("ADOBE *CREATIVE CLD", "Adobe"),
    ("UBER *TRIP {}", "Uber"),
    ("DELTA AIR 0062{}", "Delta Air Lines"),
    ("WEWORK {} SEATTLE", "WeWork"),
    ("GOOGLE *GSUITE_studio", "Google Workspace"),
    ("PY *FERNHILL FLORIST", "Fernhill Florist"),
    ("SQ *JAY'S TACO CART", "Jay's Taco Cart"),
    ("STAPLES 0011{}", "Staples"),
    ("MARRIOTT SEATTLE AIR", "Marriott"),
    ("PAYPAL *FONTFOUNDRY", "Font Foundry"),
    ("DNH*DOMAIN {}", "Domain Name Host"),
    ("BEST BUY 0000{}", "Best Buy"),
    ("CHARGEPOINT INC {}", "ChargePoint"),
    ("FEEDLY PRO {}", "Feedly"),
    ("REFUNDO TAX RETURN SVC", "Refundo Tax Return Service"),
    ("PAYMENT GALLERY NYC", "Payment Gallery"),
)
RESTAURANTS = (("TST* LARK AND OWL", "Lark and Owl"), ("TST* HARBOR OYSTER BAR", "Harbor Oyster Bar"))
PEOPLE = ("Nadia Brandt", "Tom Okafor", "Priya Raman", "Luis Ortega", "Wen Zhao", "Ida Holm")


def _bank(
    scene: Scene, text: str, amount: Decimal, says: Says, least: int = 1, most: int = 3, **more: object
) -> BankLine:
    return BankLine(
        booked_on=scene.after(least, most),
        amount=amount,
        name=text.format(digits(scene.chance, 4))[:32],
        bank_reference=f"{scene.day:%Y%m%d}{letters(scene.chance, 10)}",
        code="CREDIT" if amount > 0 else "DEBIT",
        says=says,
        **more,
    )


def _expense(
    scene: Scene, name: str, amount: Decimal, memo: str = "", says: Says | None = None
) -> LedgerLine:
    return LedgerLine(
        posted_on=scene.day,
        amount=amount,
        reference=f"EXP{scene.next('expense', 7000)}",
        counterparty=name,
        memo=memo or scene.chance.choice(PEOPLE),
        document_type="Card expense",
        says=party(name) if says is None else says,
    )


def charge(scene: Scene) -> None:
    """A purchase."""
    text, name = scene.chance.choice(MERCHANTS)
    amount = -scene.amount(8, 1400)
    scene.books.add("charge", _expense(scene, name, amount), _bank(scene, text, amount, party(name)))


def coffee(scene: Scene) -> None:
    """The same small amount at one merchant, again and again."""
    amount, name = Decimal("-4.75"), "Corner Perk Coffee"
    bank = _bank(scene, "SQ *CORNER PERK COFFEE", amount, party(name))
    scene.books.add("coffee", _expense(scene, name, amount), bank, lag=(0, 5))


def subscription(scene: Scene) -> None:
    """The same amount at the same merchants once a month."""
    for text, name, amount in (
        ("SLACK T0{} DUBLIN", "Slack", "87.50"),
        ("ZOOM.US 888-799-{}", "Zoom", "87.50"),
        ("DROPBOX*{}", "Dropbox", "19.99"),
    ):
        says, paid = party(name), -Decimal(amount)
        scene.books.add("subscription", _expense(scene, name, paid), _bank(scene, text, paid, says))


def refund(scene: Scene) -> None:
    """A purchase and its return in full: two charges of one merchant that cancel, and are booked each."""
    text, name = scene.chance.choice(MERCHANTS)
    amount = -scene.amount(20, 600)
    charged = scene.books.add(
        "refund, charge", _expense(scene, name, amount), _bank(scene, text, amount, party(name))
    )
    back = Scene(scene.books, scene.after(4, 9), scene.chance)
    says = party(name)
    ledger = _expense(back, name, -amount, "Returned", says)
    scene.books.chain(charged, scene.books.add("refund", ledger, _bank(back, text, -amount, says)))


def refund_never_booked(scene: Scene) -> None:
    """Part of a purchase comes back, and nobody books it."""
    text, name = scene.chance.choice(MERCHANTS)
    scene.books.leave_open("refund_never_booked", _bank(scene, text, scene.amount(5, 80), party(name)))


def foreign(scene: Scene) -> None:
    """A purchase abroad and the card's fee on it, booked as one."""
    name = scene.chance.choice(("Hotel Mirador Lisboa", "Trattoria Da Enzo", "Maison Brunel Paris"))
    amount = -scene.amount(40, 900)
    fee = (amount * Decimal("0.03")).quantize(Decimal("0.01"))
    charged = _bank(scene, name.upper(), amount, party(name), memo=f"EUR {-amount * 9 / 10:.2f}")
    fee_line = BankLine(
        booked_on=charged.booked_on,
        amount=fee,
        name="FOREIGN TRANSACTION FEE",
        bank_reference=f"{scene.day:%Y%m%d}{letters(scene.chance, 10)}",
        code="FEE",
        says=party("foreign fee"),
    )
    if scene.chance.random() < 0.5:
        scene.books.add(
            "foreign, with fee", _expense(scene, name, amount + fee), charged, fee_line, is_decidable=True
        )
    else:
        scene.books.add("foreign", _expense(scene, name, amount), charged)
        scene.books.leave_open("foreign_fee", fee_line)


def tip(scene: Scene) -> None:
    """The ledger has the bill, the card has the bill with the tip."""
    text, name = scene.chance.choice(RESTAURANTS)
    amount = -scene.amount(30, 200)
    with_tip = (amount * Decimal("1.2")).quantize(Decimal("0.01"))
    scene.books.add(
        "tip", _expense(scene, name, amount), _bank(scene, text, with_tip, party(name)), is_decidable=False
    )


def shipped_in_parts(scene: Scene) -> None:
    """One order, charged as its parts are shipped."""
    first, second = scene.amount(15, 200), scene.amount(15, 200)
    order = f"112-{digits(scene.chance, 7)}-{digits(scene.chance, 7)}"
    says = party("Amazon")
    scene.books.add(
        "shipped_in_parts",
        _expense(scene, "Amazon", -first - second, f"Order {order}"),
        _bank(scene, "AMZN MKTP US*{}", -first, says, 1, 2, memo=order),
        _bank(scene, "AMZN MKTP US*{}", -second, says, 2, 4, memo=order),
        is_decidable=True,
    )


def equal_charges(scene: Scene) -> None:
    """Two merchants, one amount, one day."""
    amount = -scene.amount(20, 90, "5")
    for text, name in scene.chance.sample(MERCHANTS, 2):
        scene.books.add(
            "equal_charges", _expense(scene, name, amount), _bank(scene, text, amount, party(name))
        )


def private(scene: Scene) -> None:
    """A charge that nobody hands in."""
    text, name = scene.chance.choice(MERCHANTS)
    scene.books.leave_open("private", _bank(scene, text, -scene.amount(8, 200), party(name)))


def handed_in_twice(scene: Scene) -> None:
    """Two people hand in one receipt; one of the two is taken back."""
    text, name = scene.chance.choice(MERCHANTS)
    amount = -scene.amount(20, 300)
    scene.books.add("handed_in_twice", _expense(scene, name, amount), _bank(scene, text, amount, party(name)))
    later = Scene(scene.books, scene.after(3, 8), scene.chance)
    scene.books.add(
        "handed_in_twice, taken back",
        _expense(scene, name, amount),
        _expense(later, name, -amount, "Duplicate, reversed"),
        is_decidable=True,
    )


def payment(scene: Scene) -> None:
    """The card is paid from another bank; interest on what is late is not booked."""
    amount = scene.amount(3000, 9000)
    says = party("payment")
    scene.books.add(
        "payment",
        LedgerLine(
            posted_on=scene.day, amount=amount, memo="Card payment", document_type="Transfer", says=says
        ),
        _bank(scene, "PAYMENT THANK YOU - WEB", amount, says, 0, 2),
    )
    scene.books.leave_open(
        "interest",
        _bank(scene, "INTEREST CHARGE ON PURCHASES", -scene.amount(4, 40), party("interest"), 1, 2),
    )


PLANTS = (
    Plant(charge, 2, 38),
    Plant(coffee, 2, 16),
    Plant(subscription, 6, 6, range(1, 8)),
    Plant(refund, 4, 7),
    Plant(refund_never_booked, 1, 1),
    Plant(foreign, 3, 7),
    Plant(tip, 2, 4),
    Plant(shipped_in_parts, 3, 5),
    Plant(equal_charges, 4, 6),
    Plant(private, 1, 2),
    Plant(handed_in_twice, 4, 4),
    Plant(payment, 3, 4, range(18, 23)),
)
COMPANY = Company("us_card", "US", "USD", "61000", (CARD,), ofx_card, PLANTS)
