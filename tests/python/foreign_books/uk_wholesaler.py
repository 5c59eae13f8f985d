"""A wholesaler in Leeds: Faster Payments with a cut reference, BACS runs, direct debits that come back.

Its bank writes one description per line and a code for its kind; its ledger has full names and numbers of
its own.
"""

from __future__ import annotations

from decimal import Decimal

from .books import Account, BankLine, LedgerLine, Plant, Says, Scene, document, party
from .chance import digits, words
from .company import Company
from .statements import uk_csv

CURRENT = Account("20784413559921", "C200", "Current account", Decimal("61240.18"))
FIRST = words(
    "Ashworth,Hebden,Calder,Wharfe,Pennine,Roundhay,Ilkley,Kirkstall,Aire,Saltaire,Otley,Bramley,Headingley,"
    "Castleford,Ripon,Skipton,Malham,Thirsk"
)
TRADES = words(
    "Catering Supplies,Fruit & Veg,Bakery Wholesale,Butchers,Dairy,Farm Shops,Coffee House,"
    "Public House Group,Nurseries,Primary Academy,Care Homes,Deli"
)
FORMS = ("Ltd", "Limited", "LLP", "plc", "")
NAMES = [
    f"{one} {trade} {FORMS[(n * 7 + m) % 5]}".strip()
    for n, one in enumerate(FIRST)
    for m, trade in enumerate(TRADES)
]
SUPPLIERS = (
    ("BRITISH GAS", "British Gas Business"),
    ("YORKSHIRE WATER", "Yorkshire Water Services"),
    ("LEEDS CC NNDR", "Leeds City Council"),
    ("BT GROUP PLC", "BT Business"),
    ("LEX AUTOLEASE", "Lex Autolease Limited"),
)
TWINS = (
    ("Calder Smith & Sons Ltd", "Calder Smith & Son Builders Ltd"),
    ("Aire Foods North Ltd", "Aire Foods South Ltd"),
)


def _cut(name: str, width: int = 18) -> str:
    return "".join(each for each in name.upper() if each.isalnum() or each in " &")[:width].strip()


def _name(scene: Scene) -> str:
    return scene.chance.choice(NAMES)


def _bank(scene: Scene, amount: Decimal, memo: str, says: Says, code: str = "FPI") -> BankLine:
    return BankLine(booked_on=scene.day, amount=amount, memo=memo, code=code, says=says)


def _booked(scene: Scene, amount: Decimal, name: str, reference: str, memo: str, says: Says) -> LedgerLine:
    return LedgerLine(
        posted_on=scene.day, amount=amount, reference=reference, counterparty=name, memo=memo, says=says
    )


def faster_payment(scene: Scene) -> None:
    """A customer names the invoice, its own order, or nothing; the name is cut at eighteen letters."""
    name, amount, number = _name(scene), scene.amount(40, 6000), f"SI{scene.next('invoice', 40310)}"
    told = scene.chance.choice((f"INV {number[2:]}", number, f"PO {digits(scene.chance, 5)}", ""))
    names_it = number[2:] in told
    bank_says = party(_cut(name)) | (document(number) if names_it else frozenset())
    later = Scene(scene.books, scene.after(0, 4), scene.chance)
    scene.books.add(
        "faster_payment",
        _booked(scene, amount, name, number, "Sales receipt", party(_cut(name)) | document(number)),
        _bank(later, amount, f"{_cut(name)} {told[:18]}".strip(), bank_says),
        lag=(0, 6),
    )


def wrong_way_round(scene: Scene) -> None:
    """The bank has it first; the ledger is a day or two behind."""
    name, amount, number = _name(scene), scene.amount(40, 3000), f"SI{scene.next('invoice', 40310)}"
    later = Scene(scene.books, scene.after(1, 2), scene.chance)
    scene.books.add(
        "wrong_way_round",
        _bank(scene, amount, f"{_cut(name)} ON ACCOUNT", party(_cut(name))),
        _booked(later, amount, name, number, "Sales receipt", party(_cut(name)) | document(number)),
        lag=(-4, 0),
    )


def exchanged_numbers(scene: Scene) -> None:
    """Two invoices of one customer and one amount, whose numbers differ by two digits exchanged."""
    name, amount, first = _name(scene), scene.amount(100, 900, "5"), scene.next("twins", 710) * 100
    for number in (f"SI{first + 12}", f"SI{first + 21}"):
        later = Scene(scene.books, scene.after(1, 4), scene.chance)
        says = party(_cut(name)) | document(number)
        scene.books.add(
            "exchanged_numbers",
            _booked(scene, amount, name, number, "Sales receipt", says),
            _bank(later, amount, f"{_cut(name)} {number}", says),
            lag=(0, 6),
        )


def twins(scene: Scene) -> None:
    """Two customers called almost the same pay one amount on one day; cut names are told apart by little."""
    amount = scene.amount(100, 900, "25")
    for name in scene.chance.choice(TWINS):
        later = Scene(scene.books, scene.after(0, 2), scene.chance)
        number = f"SI{scene.next('invoice', 40310)}"
        scene.books.add(
            "twins",
            _booked(scene, amount, name, number, "Sales receipt", party(_cut(name)) | document(number)),
            _bank(later, amount, _cut(name), party(_cut(name))),
            lag=(0, 4),
        )


def bacs_run(scene: Scene) -> None:
    """Suppliers paid together: one debit with the number of the run, a line each in the ledger."""
    run = f"{scene.next('run', 300):06}"
    lines = [
        _booked(
            scene,
            -scene.amount(50, 4000),
            name,
            f"PP{scene.next('payment', 9000)}",
            f"BACS run {run}",
            document(run),
        )
        for name in scene.chance.sample(NAMES, scene.chance.randint(3, 9))
    ]
    later = Scene(scene.books, scene.after(2, 2), scene.chance)
    total = sum(line.amount for line in lines)
    bank = _bank(later, total, f"BACS PAYMENTS {run} {len(lines)} ITEMS", document(run), "DD")
    scene.books.add("bacs_run", bank, *lines, is_decidable=True)


def direct_debits(scene: Scene) -> None:
    """Collected together, and one of them comes back by its mandate."""
    batch = f"F{scene.next('batch', 1200)}"
    debtors = [
        (name, f"WH{scene.next('mandate', 52000)}")
        for name in scene.chance.sample(NAMES, scene.chance.randint(2, 6))
    ]
    lines = [
        _booked(scene, scene.amount(30, 700), name, mandate, f"DD collection {batch}", document(batch))
        for name, mandate in debtors
    ]
    later = Scene(scene.books, scene.after(1, 3), scene.chance)
    bank = _bank(
        later, sum(line.amount for line in lines), f"DD COLL SUN 481920 {batch}", document(batch), "BGC"
    )
    collected = scene.books.add("direct_debits", bank, *lines, is_decidable=True)
    (name, mandate), amount = debtors[0], lines[0].amount
    back = Scene(scene.books, scene.after(5, 8), scene.chance)
    says = document(mandate) | party(_cut(name))
    returned = scene.books.add(
        "direct_debit_returned",
        _bank(back, -amount, f"UNPAID DD {_cut(name)} {mandate}", says, "DD"),
        _booked(
            Scene(back.books, back.after(0, 2), back.chance),
            -amount,
            name,
            mandate,
            "ARUDD refer to payer",
            says,
        ),
        lag=(-4, 0),
    )
    scene.books.chain(collected, returned)


def direct_debit_paid(scene: Scene) -> None:
    """A utility takes what its bill says, some days after or before it is booked."""
    (text, name), amount = scene.chance.choice(SUPPLIERS), -scene.amount(30, 900)
    booked_on = Scene(scene.books, scene.after(0, 3), scene.chance)
    taken_on = Scene(scene.books, scene.after(0, 4), scene.chance)
    scene.books.add(
        "direct_debit_paid",
        _booked(booked_on, amount, name, f"PI{scene.next('bill', 6100)}", "Direct debit", party(name)),
        _bank(taken_on, amount, f"{text} {digits(scene.chance, 10)}", party(name), "DD"),
        lag=(-5, 6),
    )


def rent(scene: Scene) -> None:
    """A standing order of one amount each month."""
    scene.books.add(
        "rent",
        _booked(scene, Decimal("-2350"), "Kirkgate Estates Ltd", "", "Warehouse rent", party("Kirkgate")),
        _bank(
            Scene(scene.books, scene.after(0, 1), scene.chance),
            Decimal("-2350"),
            "KIRKGATE ESTATES UNIT 4",
            party("Kirkgate"),
            "SO",
        ),
        lag=(0, 3),
    )


def card_takings(scene: Scene) -> None:
    """The till's day, paid by the acquirer a day or two later; the bank names that day."""
    amount, told = scene.amount(200, 4000), f"{scene.day:%d%m}"
    says = party("Worldpay") | document(f"takings {told}")
    scene.books.add(
        "card_takings",
        _booked(scene, amount, "", f"TILL-{scene.day:%y%m%d}", "Card takings Worldpay", party("Worldpay")),
        _bank(
            Scene(scene.books, scene.after(1, 2), scene.chance),
            amount,
            f"WORLDPAY {told} MID 77123450",
            says,
            "BGC",
        ),
        lag=(1, 4),
    )


def paying_in(scene: Scene) -> None:
    """Customers' cheques on one slip."""
    slip = f"{scene.next('slip', 500):06}"
    lines = [
        _booked(
            scene,
            scene.amount(30, 1500),
            _name(scene),
            f"SI{scene.next('invoice', 40310)}",
            f"Cheque, slip {slip}",
            document(slip),
        )
        for _ in range(scene.chance.randint(2, 5))
    ]
    later = Scene(scene.books, scene.after(0, 2), scene.chance)
    bank = _bank(later, sum(line.amount for line in lines), f"COUNTER CREDIT {slip}", document(slip), "CR")
    scene.books.add("paying_in", bank, *lines, is_decidable=True)


def cheque(scene: Scene) -> None:
    """Written, and presented days or weeks later."""
    name, number, amount = _name(scene), f"{scene.next('cheque', 1010):06}", -scene.amount(30, 2500)
    later = Scene(scene.books, scene.after(3, 35), scene.chance)
    scene.books.add(
        "cheque",
        _booked(scene, amount, name, number, "Cheque", party(name) | document(number)),
        _bank(later, amount, f"CHQ {number}", document(number), "CHQ"),
        lag=(0, 130),
    )


def tax(scene: Scene) -> None:
    """Two taxes to one office, which the ledger tells by its number there."""
    text, memo, number = scene.chance.choice(
        (("HMRC VAT", "VAT quarter", "GB418823971"), ("HMRC PAYE NIC", "PAYE month", "120PD00318845"))
    )
    amount, says = -scene.amount(800, 9000), party("HMRC") | document(number)
    scene.books.add(
        "tax",
        _booked(scene, amount, "HM Revenue & Customs", number, memo, says),
        _bank(Scene(scene.books, scene.after(0, 2), scene.chance), amount, f"{text} {number}", says, "FPO"),
        lag=(0, 4),
    )


def refund(scene: Scene) -> None:
    """Money sent back, and the same amount paid again by somebody else that week."""
    name, other = scene.chance.sample(NAMES, 2)
    amount, number = scene.amount(40, 900), f"CN{scene.next('credit', 770)}"
    says = party(_cut(name)) | document(number)
    scene.books.add(
        "refund",
        _booked(scene, -amount, name, number, "Customer refund", says),
        _bank(
            Scene(scene.books, scene.after(0, 1), scene.chance),
            -amount,
            f"{_cut(name)} REFUND {number}",
            says,
            "FPO",
        ),
        lag=(0, 3),
    )
    again = Scene(scene.books, scene.after(1, 3), scene.chance)
    scene.books.add(
        "refund, somebody else",
        _booked(
            again, amount, other, f"SI{again.next('invoice', 40310)}", "Sales receipt", party(_cut(other))
        ),
        _bank(Scene(again.books, again.after(0, 2), again.chance), amount, _cut(other), party(_cut(other))),
        lag=(0, 4),
    )


def unplaced(scene: Scene) -> None:
    """A receipt of nobody's, and charges that are not booked."""
    scene.books.leave_open(
        "unplaced",
        _bank(scene, scene.amount(20, 900), f"{_cut(_name(scene))} THANKS", party("unplaced")),
        _bank(scene, -scene.amount(4, 30), "ACCOUNT CHARGES", party("charge"), "CHG"),
    )


def not_paid(scene: Scene) -> None:
    """Booked as received, and never paid."""
    name = _name(scene)
    scene.books.leave_open(
        "not_paid",
        _booked(
            scene,
            scene.amount(40, 900),
            name,
            f"SI{scene.next('invoice', 40310)}",
            "Sales receipt",
            party(_cut(name)),
        ),
    )


PLANTS = (
    Plant(faster_payment, 2, 32),
    Plant(wrong_way_round, 2, 8),
    Plant(exchanged_numbers, 4, 4),
    Plant(twins, 4, 2),
    Plant(bacs_run, 7, 9),
    Plant(direct_debits, 7, 10),
    Plant(direct_debit_paid, 2, 6),
    Plant(rent, 2, 0.5, range(1, 5)),
    Plant(card_takings, 2, 7),
    Plant(paying_in, 4.5, 7),
    Plant(cheque, 2, 5),
    Plant(tax, 2, 1.5),
    Plant(refund, 4, 4),
    Plant(unplaced, 2, 2),
    Plant(not_paid, 1, 2),
)
COMPANY = Company("uk_wholesaler", "GB", "GBP", "S400", (CURRENT,), uk_csv, PLANTS)
