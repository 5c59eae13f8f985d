"""A building supplier in Oregon: cheques, deposits, ACH with cut names, a bank that writes one description.

Its ledger has full names of payees and numbers of its own; checking pays, savings waits.
"""

from __future__ import annotations

import itertools
from decimal import Decimal
from functools import cache

from .books import Account, BankLine, LedgerLine, Plant, Scene, document, party
from .chance import digits, letters, stream, words
from .company import Company
from .statements import us_csv

CHECKING = Account("004410027731", "10100", "Checking", Decimal("184220.15"))
SAVINGS = Account("004410092219", "10200", "Savings", Decimal("250000.00"))
FIRST_WORDS = words(
    "Cascade,Harbor Point,Blue Heron,Willamette,Old Mill,Sterling,Three Rivers,Northgate,Juniper,"
    "Fort Vance,Ashland,Copper Kettle,Summit,Lakeside,Redwood,Pioneer,Quarry Road,Tillamook,Evergreen,"
    "Granite Bay,Hollis,Mercer,Bancroft,Delgado,Yamhill,Kessler,Rosewood,Ironwood,Sawtooth,Larkspur"
)
TRADES = words(
    "Millwork & Supply,Dental Group,Roofing,Property Management,Plumbing,Landscape Design,"
    "Veterinary Clinic,Cabinet Works,General Contractors,Hardware,Logistics,Glass,Concrete,Electric,"
    "Restaurant Holdings,Orchards,Storage,Homes,Paint & Drywall,Engineering"
)
FORMS = ("Inc.", "LLC", "Co.", "Corp", "LLC", "& Sons, Inc.")
SHOPS = (
    ("SQ *BLUE HERON COFF PORTLAND OR", "Blue Heron Coffee Roasters"),
    ("AMZN Mktp US*{} Amzn.com/bill WA", "Amazon"),
    ("TST* OLD MILL BREWI BEND OR", "Old Mill Brewing"),
    ("SHELL OIL 5744{} SALEM OR", "Shell"),
    ("THE HOME DEPOT #40{} EUGENE OR", "Home Depot"),
    ("INTUIT *QBOOKS ONLINE CL.INTUIT.COM CA", "QuickBooks subscription"),
    ("USPS PO 4073{} PORTLAND OR", "U.S. Postal Service"),
    ("SP RUGGED GEAR HTTPSRUGGEDGE UT", "Rugged Gear"),
)
# Words that mean something at a bank, inside names in which they do not.
WORDS_INSIDE = (
    ("COFFEE FEED & SEED SALEM OR", "Coffee Feed & Seed"),
    ("TAX RETURN PROS LLC BEND OR", "Tax Return Pros LLC"),
    ("VOIDWARE PAPER CO TIGARD OR", "Voidware Paper Co."),
    ("WIRE ROPE SUPPLY ASTORIA OR", "Wire Rope Supply"),
    ("INTEREST MEDIA 8005550142 NY", "Interest Media"),
    ("REVERSAL FILMS HOOD RIVER OR", "Reversal Films"),
)
CHEQUE_LAG = (0, 130)


@cache
def _names(company: str, seed: int) -> list[str]:
    """The other parties. Many begin alike, but no two once the bank has cut them."""
    chance = stream(seed, company, "names")
    pairs = list(itertools.product(FIRST_WORDS, TRADES))
    chance.shuffle(pairs)
    names = {_cut(f"{first} {trade}"): f"{first} {trade}, {chance.choice(FORMS)}" for first, trade in pairs}
    return list(names.values())[:200]


def _some_names(scene: Scene, count: int) -> list[str]:
    return scene.chance.sample(_names(scene.books.company, scene.books.seed), count)


def _name(scene: Scene) -> str:
    return _some_names(scene, 1)[0]


def _cut(name: str, width: int = 16) -> str:
    return "".join(c for c in name.upper() if c.isalnum() or c in " &")[:width].strip()


def _ach(scene: Scene, name: str, word: str = "PAYMENT") -> str:
    return f"{_cut(name)} {word} {scene.day:%y%m%d} {digits(scene.chance, 9)} CCD"


def _bill(
    scene: Scene, amount: Decimal, reference: str, name: str, memo: str = "", **more: object
) -> LedgerLine:
    return LedgerLine(
        posted_on=scene.day,
        amount=-amount,
        reference=reference,
        counterparty=name,
        memo=memo,
        document_type="Bill Pmt",
        says=more.pop("says", party(name)),
        **more,
    )


def _cheque_number(scene: Scene) -> str:
    return str(scene.next("cheque", 10400))


def _presented(scene: Scene, number: str, amount: Decimal, least: int, most: int) -> BankLine:
    text = scene.chance.choice(("CHECK {}", "CHECK # {}", "CHECK 000000{}", "Check Paid #{}"))
    return BankLine(
        booked_on=scene.after(least, most), amount=-amount, memo=text.format(number), says=document(number)
    )


def cheque(scene: Scene) -> None:
    """Written today, presented days to months later, under its number alone."""
    name, number, amount = _name(scene), _cheque_number(scene), scene.amount(60, 9000)
    late = scene.chance.random() < 0.2
    scene.books.add(
        "cheque",
        _bill(scene, amount, number, name, says=party(name) | document(number)),
        _presented(scene, number, amount, *((20, 80) if late else (3, 15))),
        lag=CHEQUE_LAG,
    )


def cheque_never_presented(scene: Scene) -> None:
    """Written and lost."""
    name, number = _name(scene), _cheque_number(scene)
    line = _bill(scene, scene.amount(60, 900), number, name, says=party(name) | document(number))
    scene.books.leave_open("cheque_never_presented", line)


def cheque_reissued(scene: Scene) -> None:
    """Lost, made void in the ledger, and written again under another number, which the bank pays."""
    name, lost, amount = _name(scene), _cheque_number(scene), scene.amount(100, 4000)
    void_on = scene.after(8, 14)
    scene.books.add(
        "cheque_voided",
        _bill(scene, amount, lost, name, says=document(lost)),
        LedgerLine(
            posted_on=void_on,
            amount=amount,
            reference=lost,
            counterparty=name,
            memo=f"VOID: check {lost}",
            document_type="Void",
            says=document(lost),
        ),
        is_decidable=True,
    )
    again = Scene(scene.books, void_on, scene.chance)
    number = _cheque_number(again)
    scene.books.add(
        "cheque_reissued",
        _bill(again, amount, number, name, f"Reissue of {lost}", says=party(name) | document(number)),
        _presented(again, number, amount, 3, 12),
        lag=CHEQUE_LAG,
    )


def cheque_with_digits_exchanged(scene: Scene) -> None:
    """The ledger says 1435.20 where the bank paid 1453.20."""
    name, number, hundreds = _name(scene), _cheque_number(scene), scene.chance.randint(10, 40) * 100
    first, second = scene.chance.sample(range(1, 10), 2)
    booked, paid = (
        Decimal(hundreds + 10 * a + b) + Decimal("0.20") for a, b in ((first, second), (second, first))
    )
    scene.books.add(
        "cheque_with_digits_exchanged",
        _bill(scene, booked, number, name, says=party(name) | document(number)),
        _presented(scene, number, paid, 3, 15),
        lag=CHEQUE_LAG,
        is_decidable=True,
    )


def deposit(scene: Scene) -> None:
    """Customers' cheques taken to the bank together: one line there, one a cheque in the ledger."""
    slip = scene.next("slip", 300)
    lines = []
    for _ in range(scene.chance.randint(2, 6)):
        name = _name(scene)
        lines.append(
            LedgerLine(
                posted_on=scene.day,
                amount=scene.amount(40, 2500),
                reference=digits(scene.chance, 4),
                counterparty=name,
                memo=f"Deposit {slip}",
                document_type="Payment",
                says=party(name),
            )
        )
    total = sum(line.amount for line in lines)
    bank = BankLine(
        booked_on=scene.after(0, 1), amount=total, memo=f"DEPOSIT ID NUMBER {digits(scene.chance, 6)}"
    )
    scene.books.add("deposit", bank, *lines, is_decidable=True)


def ach_payment(scene: Scene) -> None:
    """A vendor paid by ACH: the bank cuts the name at 16 characters."""
    name, amount = _name(scene), scene.amount(80, 12000)
    scene.books.add(
        "ach_payment",
        _bill(scene, amount, "ACH", name),
        BankLine(booked_on=scene.after(1, 2), amount=-amount, memo=_ach(scene, name), says=party(name)),
    )


def ach_receipt(scene: Scene) -> None:
    """A customer pays by ACH, now and then with the invoice in the addenda; it is booked when it is seen."""
    name, amount, invoice = _name(scene), scene.amount(150, 15000), str(scene.next("invoice", 20400))
    tells = scene.chance.random() < 0.4
    memo = (
        f"ORIG CO NAME:{_cut(name)} ORIG ID:{digits(scene.chance, 10)} DESC DATE:{scene.day:%y%m%d} "
        f"CO ENTRY DESCR:PAYABLES SEC:CCD TRACE#:{digits(scene.chance, 15)}"
        + (f" IND ID:INV{invoice}" if tells else "")
    )
    says = party(name) | (document(invoice) if tells else frozenset())
    scene.books.add(
        "ach_receipt",
        BankLine(booked_on=scene.day, amount=amount, memo=memo, says=says),
        _receipt(scene, amount, name, invoice),
        lag=(-4, 0),
    )


def _receipt(scene: Scene, amount: Decimal, name: str, invoice: str) -> LedgerLine:
    return LedgerLine(
        posted_on=scene.after(0, 2),
        amount=amount,
        reference=f"INV-{invoice}",
        counterparty=name,
        memo="Invoice payment",
        document_type="Payment",
        says=party(name) | document(invoice),
    )


def equal_receipts(scene: Scene) -> None:
    """Two customers pay the same on the same day: only names tell them apart."""
    amount = scene.amount(500, 5000, "25")
    for name in _some_names(scene, 2):
        scene.books.add(
            "equal_receipts",
            BankLine(
                booked_on=scene.day, amount=amount, memo=_ach(scene, name, "VENDOR PMT"), says=party(name)
            ),
            _receipt(scene, amount, name, str(scene.next("invoice", 20400))),
            lag=(-4, 0),
        )


def names_that_begin_alike(scene: Scene) -> None:
    """Two customers whose cut names are one: either line may be either's, unless the amounts differ."""
    first = scene.chance.choice(("Three Rivers Valley", "Fort Vance Builders", "Willamette Vista"))
    names = (f"{first} Masonry, Inc.", f"{first} Paving LLC")
    same = scene.chance.random() < 0.5
    amount = scene.amount(500, 3000)
    for name in names:
        paid = amount if same else amount + scene.chance.randint(1, 900)
        scene.books.add(
            "names_that_begin_alike",
            BankLine(booked_on=scene.day, amount=paid, memo=_ach(scene, name, "INV PAY"), says=party(first)),
            LedgerLine(
                posted_on=scene.after(0, 1),
                amount=paid,
                counterparty=name,
                reference=f"INV-{scene.next('invoice', 20400)}",
                document_type="Payment",
                says=party(first) | party(name),
            ),
            lag=(-3, 0),
        )


def nearly_equal_invoices(scene: Scene) -> None:
    """Invoices one digit apart, or with a zero elsewhere, of one amount: one is paid, one is expected."""
    amount, name = scene.amount(200, 2000, "5"), _name(scene)
    number = scene.next("nearly equal", 310)
    first, second = scene.chance.choice(
        ((f"{number}17", f"{number}71"), (f"{number}05", f"{number}50"), (f"{number}03", f"{number}003"))
    )
    scene.books.add(
        "nearly_equal_invoices",
        BankLine(
            booked_on=scene.day,
            amount=amount,
            memo=f"{_cut(name)} ACH PMT INV {first}",
            says=party(name) | document(first),
        ),
        _receipt(scene, amount, name, first),
        lag=(-4, 0),
    )
    scene.books.leave_open("nearly_equal_invoices, unpaid", _receipt(scene, amount, name, second))


def account_number_like_an_invoice(scene: Scene) -> None:
    """The payer's account number is the invoice number of another customer, who owes as much."""
    amount = scene.amount(200, 4000)
    name, other = _some_names(scene, 2)
    number = str(scene.next("invoice", 20400))
    scene.books.add(
        "account_number_like_an_invoice",
        BankLine(
            booked_on=scene.day,
            amount=amount,
            memo=f"{_cut(name)} ACH PMT ACCT {number}",
            says=party(name),
        ),
        _receipt(scene, amount, name, str(scene.next("invoice", 20400))),
        lag=(-4, 0),
    )
    scene.books.leave_open("account_number_like_an_invoice, unpaid", _receipt(scene, amount, other, number))


def card(scene: Scene) -> None:
    """Bought with the debit card: a merchant's descriptor at the bank, a plain name in the ledger."""
    _buy(scene, "card", *scene.chance.choice(SHOPS))


def word_inside(scene: Scene) -> None:
    """A merchant whose name has a word in it that banks use for something else."""
    _buy(scene, "word_inside", *scene.chance.choice(WORDS_INSIDE))


def _buy(scene: Scene, kind: str, descriptor: str, name: str) -> None:
    amount = scene.chance.choice((scene.amount(6, 400), scene.amount(6, 400), Decimal(30), Decimal(50)))
    text = descriptor.format(letters(scene.chance, 4))
    bank = BankLine(
        booked_on=scene.after(1, 3),
        amount=-amount,
        memo=f"CHECKCARD {scene.day:%m%d} {text}",
        says=party(name),
    )
    ledger = LedgerLine(
        posted_on=scene.day, amount=-amount, counterparty=name, document_type="Expense", says=party(name)
    )
    scene.books.add(kind, ledger, bank)


def wire(scene: Scene) -> None:
    """A wire, and its fee that nobody books."""
    name, amount = _name(scene), scene.amount(4000, 60000, "100")
    on = scene.day
    scene.books.add(
        "wire",
        _bill(scene, amount, "WIRE", name),
        BankLine(
            booked_on=on,
            amount=-amount,
            memo=f"WIRE TYPE:WIRE OUT DATE:{on:%y%m%d} TRN:{digits(scene.chance, 16)} BNF:{name.upper()}",
            says=party(name),
        ),
    )
    scene.books.leave_open(
        "wire_fee",
        BankLine(booked_on=on, amount=Decimal("-30.00"), memo="WIRE TRANSFER FEE", says=party("wire fee")),
    )


def returned_cheque(scene: Scene) -> None:
    """A customer's cheque is deposited, comes back and is reversed in the ledger; its fee is not booked."""
    name, amount, number = _name(scene), scene.amount(80, 1500), digits(scene.chance, 4)
    back_on = scene.after(3, 6)
    deposited = scene.books.add(
        "returned_cheque, deposit",
        LedgerLine(
            posted_on=scene.day,
            amount=amount,
            reference=number,
            counterparty=name,
            document_type="Payment",
            says=party(name),
        ),
        BankLine(booked_on=scene.day, amount=amount, memo="DEPOSIT"),
    )
    later = Scene(scene.books, back_on, scene.chance)
    returned = scene.books.add(
        "returned_cheque",
        BankLine(
            booked_on=back_on,
            amount=-amount,
            memo=f"DEPOSITED ITEM RETURNED NSF CK {number}",
            says=document(f"{number} returned"),
        ),
        LedgerLine(
            posted_on=later.after(0, 3),
            amount=-amount,
            reference=number,
            counterparty=name,
            memo=f"NSF check {number} {name}",
            document_type="Journal",
            says=party(name) | document(f"{number} returned"),
        ),
        lag=(-5, 0),
    )
    scene.books.chain(deposited, returned)
    scene.books.leave_open(
        "returned_cheque_fee",
        BankLine(
            booked_on=back_on, amount=Decimal("-12.00"), memo="RETURNED ITEM FEE", says=party("return fee")
        ),
    )


def booked_twice(scene: Scene) -> None:
    """A bill booked twice and taken back once."""
    name, amount = _name(scene), scene.amount(80, 4000)
    bill = _bill(scene, amount, "ACH", name)
    scene.books.add(
        "booked_twice",
        bill,
        BankLine(booked_on=scene.after(1, 2), amount=-amount, memo=_ach(scene, name), says=party(name)),
    )
    scene.books.add(
        "booked_twice, taken back",
        bill,
        LedgerLine(
            posted_on=scene.after(2, 6),
            amount=amount,
            reference="ACH",
            counterparty=name,
            memo="Reverse duplicate",
            document_type="Journal",
            says=party(name),
        ),
        is_decidable=True,
    )


def standing_payment(scene: Scene) -> None:
    """The same round amount to the same vendor each week."""
    amount, name = Decimal(500), "Quarry Road Storage, LLC"
    if scene.day.weekday() == 1:
        scene.books.add(
            "standing_payment",
            _bill(scene, amount, "ACH", name, "Yard rent"),
            BankLine(booked_on=scene.after(1, 2), amount=-amount, memo=_ach(scene, name), says=party(name)),
            lag=(0, 4),
        )


def transfer(scene: Scene) -> None:
    """To savings, while a vendor is paid and a customer pays the same amount on the same days."""
    amount, name, payer = scene.amount(2000, 20000, "500"), _name(scene), _name(scene)
    own = party("own accounts")
    for account, signed, memo in (
        (CHECKING, -amount, f"Online Transfer to SAV ...2219 transaction#: {digits(scene.chance, 10)}"),
        (SAVINGS, amount, f"Online Transfer from CHK ...7731 transaction#: {digits(scene.chance, 10)}"),
    ):
        scene.books.add(
            "transfer",
            BankLine(booked_on=scene.day, amount=signed, account=account.number, memo=memo, says=own),
            LedgerLine(
                posted_on=scene.day,
                amount=signed,
                account=account.number,
                memo="Transfer between accounts",
                document_type="Transfer",
                says=own,
            ),
            lag=(-3, 3),
        )
    scene.books.add(
        "transfer, equal payment",
        _bill(scene, amount, "ACH", name),
        BankLine(booked_on=scene.after(0, 1), amount=-amount, memo=_ach(scene, name), says=party(name)),
    )
    scene.books.leave_open(
        "transfer, equal receipt",
        BankLine(
            booked_on=scene.after(0, 1),
            amount=amount,
            account=SAVINGS.number,
            memo=f"REMOTE ONLINE DEPOSIT {payer.upper()[:20]}",
            says=party(payer),
        ),
    )


def service_charge(scene: Scene) -> None:
    """The bank's monthly charge, which nobody books, and interest on the savings."""
    scene.books.leave_open(
        "service_charge",
        BankLine(
            booked_on=scene.day, amount=Decimal("-18.00"), memo="MONTHLY SERVICE FEE", says=party("charge")
        ),
        BankLine(
            booked_on=scene.day,
            amount=scene.amount(80, 120),
            account=SAVINGS.number,
            memo="INTEREST PAYMENT",
            says=party("interest"),
        ),
    )


def never_arrived(scene: Scene) -> None:
    """A receipt that the ledger expects and nobody sent."""
    line = _receipt(scene, scene.amount(100, 3000), _name(scene), str(scene.next("invoice", 20400)))
    scene.books.leave_open("never_arrived", line)


PLANTS = (
    Plant(cheque, 2, 22),
    Plant(cheque_never_presented, 1, 1),
    Plant(cheque_reissued, 4, 4),
    Plant(cheque_with_digits_exchanged, 2, 1.5),
    Plant(deposit, 5, 15),
    Plant(ach_payment, 2, 10),
    Plant(ach_receipt, 2, 10),
    Plant(equal_receipts, 4, 4),
    Plant(names_that_begin_alike, 4, 3),
    Plant(nearly_equal_invoices, 3, 4),
    Plant(card, 2, 8),
    Plant(word_inside, 2, 4),
    Plant(wire, 3, 2),
    Plant(returned_cheque, 5, 4),
    Plant(booked_twice, 4, 3),
    Plant(standing_payment, 0.4, 2),  # a pair on one day of five
    Plant(transfer, 7, 5),
    Plant(service_charge, 2, 1.5, range(27, 32)),
    Plant(never_arrived, 1, 1),
    Plant(account_number_like_an_invoice, 3, 3),
)
COMPANY = Company("us_business", "US", "USD", "60000", (CHECKING, SAVINGS), us_csv, PLANTS)
