"""A workshop in Gdańsk: invoices counted anew each month, whose numbers look like days, and split payments.

Its bank writes titles of transfers as the payer typed them, without accents and short. Titles of split
payments name the part that goes to the account for VAT, which is no amount of the line.
"""

from __future__ import annotations

from decimal import Decimal

from .books import Account, BankLine, LedgerLine, Plant, Says, Scene, document, party
from .chance import digits
from .company import Company
from .statements import mt940_plain

CURRENT = Account("61109010140000071219812874", "PL1300", "Rachunek bieżący", Decimal("184220.17"))
FIRMS = (
    ("Stolarnia Kowalczyk Sp. z o.o.", "STOLARNIA KOWALCZYK SP Z O O", "5261040567"),
    ("Stolmeb Kowalski s.c.", "STOLMEB KOWALSKI", "9512120077"),
    ("Przedsiębiorstwo Handlowo-Usługowe „Żuraw” Jan Żurawski", "PHU ZURAW JAN ZURAWSKI", "5842751979"),
    ("Zakład Remontowy Łódź S.A.", "ZAKLAD REMONTOWY LODZ SA", "7250018312"),
    ("Gdańska Stocznia Remontowa S.A.", "GDANSKA STOCZNIA REMONTOWA", "5830004498"),
    ("Gdańskie Wodociągi Sp. z o.o.", "GDANSKIE WODOCIAGI", "5840303021"),
    ("Elektro-Instal Wiśniewski", "ELEKTRO-INSTAL WISNIEWSKI", "1132853869"),
    ("Bud-Mar Sp. k.", "BUD-MAR SPOLKA KOMANDYTOWA", "6762442921"),
    ("Budimex Dom Sp. z o.o.", "BUDIMEX DOM", "5272702411"),
    ("Hurtownia Śrub Metalzbyt", "HURTOWNIA SRUB METALZBYT", "6751234561"),
)
PEOPLE = tuple(
    (f"{surname} {given}", f"{given} {surname}".upper().translate(str.maketrans("ĄĆĘŁŃÓŚŹŻ", "ACELNOSZZ")))
    for given in ("Anna", "Łukasz", "Małgorzata", "Paweł")
    for surname in ("Wójcik", "Zając", "Dąbrowska", "Nowak", "Kozłowski", "Wieczorek")
)


def _bank(scene: Scene, amount: Decimal, memo: str, says: Says, least: int = 0, most: int = 0) -> BankLine:
    return BankLine(booked_on=scene.after(least, most), amount=amount, memo=memo, code="TRF", says=says)


def _booked(scene: Scene, amount: Decimal, name: str, reference: str, memo: str, says: Says) -> LedgerLine:
    return LedgerLine(
        posted_on=scene.day, amount=amount, reference=reference, counterparty=name, memo=memo, says=says
    )


def _number(scene: Scene, kind: str = "FV") -> str:
    """An invoice of the month: FV 12/03/2026. It counts from one each month, some six a day."""
    taken, series = scene.books.taken, f"{kind} {scene.day:%m}"
    number = 6 * (scene.day.day - 1) + scene.chance.randint(1, 6)
    while (series, number) in taken:
        number += 1
    taken.add((series, number))
    return f"{kind} {number}/{scene.day:%m/%Y}"


def receipt(scene: Scene) -> None:
    """A customer's transfer that names the invoice, as typed."""
    name, written, _ = scene.chance.choice(FIRMS)
    number, amount = _number(scene), scene.amount(90, 18000)
    bare = number.removeprefix("FV ")
    title = scene.chance.choice((number, f"FAKTURA {bare}", f"ZA FV NR {bare}", f"FV{bare}", bare))
    says = party(name) | document(number)
    scene.books.add(
        "receipt",
        _booked(scene, amount, name, number, "Wpłata", says),
        _bank(scene, amount, f"PRZELEW PRZYCHODZACY {written} TYT. {title}", says, 0, 2),
        lag=(0, 5),
    )


def several_invoices(scene: Scene) -> None:
    """One transfer for some invoices, the month and the year said once."""
    name, written, _ = scene.chance.choice(FIRMS)
    numbers = [_number(scene) for _ in range(scene.chance.randint(2, 4))]
    says = party(name) | document(*numbers)
    lines = [
        _booked(scene, scene.amount(60, 5000), name, number, "Wpłata", party(name) | document(number))
        for number in numbers
    ]
    firsts = [number.removeprefix("FV ").split("/")[0] for number in numbers]
    title = scene.chance.choice(
        (
            "FV " + ", ".join(number.removeprefix("FV ") for number in numbers),
            f"FV {', '.join(firsts[:-1])} I {firsts[-1]}/{scene.day:%m/%Y}",
        )
    )
    bank = _bank(scene, sum(line.amount for line in lines), f"PRZELEW {written} ZA {title}", says, 0, 2)
    scene.books.add("several_invoices", bank, *lines, is_decidable=True)


def split_payment(scene: Scene) -> None:
    """The title has the part of it that is VAT, the payer's tax number and the invoice."""
    name, _, tax_number = scene.chance.choice(FIRMS)
    number, net = _number(scene), scene.amount(4000, 60000)
    tax = (net * Decimal("0.23")).quantize(Decimal("0.01"))
    says = party(name) | document(number)
    title = f"/VAT/{tax}/IDC/{tax_number}/INV/{number}".replace(".", ",")
    scene.books.add(
        "split_payment",
        _booked(scene, net + tax, name, number, "Wpłata MPP", says),
        _bank(scene, net + tax, title, says, 0, 2),
        lag=(0, 5),
    )


def supplier(scene: Scene) -> None:
    """A supplier's own number of an invoice, which the books have in the memo."""
    name, written, _ = scene.chance.choice(FIRMS)
    amount, number = -scene.amount(50, 9000), f"{digits(scene.chance, 3)}/MAG/{scene.day:%m/%Y}"
    says = party(name) | document(number)
    scene.books.add(
        "supplier",
        _booked(
            scene, amount, name, f"PZ/{scene.next('receipt in', 3100)}", f"Zapłata za fakturę {number}", says
        ),
        _bank(scene, amount, f"PRZELEW WYCHODZACY {written[:18]} FAKTURA {number}", says, 0, 1),
        lag=(0, 4),
    )


def salary(scene: Scene) -> None:
    """Salaries, surname first in the books; some earn the same."""
    name, written = scene.chance.choice(PEOPLE)
    amount, says = -Decimal(scene.chance.choice(("4242.00", "4806.31", "5120.75"))), party(name)
    scene.books.add(
        "salary",
        _booked(scene, amount, name, "", f"Wynagrodzenie {scene.day:%m/%Y}", says),
        _bank(scene, amount, f"WYNAGRODZENIE {scene.day:%m/%Y} {written}", says),
        lag=(0, 3),
    )


def terminal(scene: Scene) -> None:
    """A day at the card terminal less its commission."""
    sales = [scene.amount(15, 700) for _ in range(scene.chance.randint(3, 8))]
    rate = -(sum(sales) * Decimal("0.0069")).quantize(Decimal("0.01"))
    batch = f"{scene.next('batch', 40200000)}"
    lines = [
        _booked(scene, sale, "", f"PAR {digits(scene.chance, 5)}", "Karta", document(batch)) for sale in sales
    ]
    lines.append(_booked(scene, rate, "Elavon", "", "Prowizja terminal", document(batch)))
    bank = _bank(
        scene,
        sum(sales) + rate,
        f"ELAVON ROZLICZENIE {batch} KW {sum(sales)} PROW {-rate}".replace(".", ","),
        document(batch),
        1,
        2,
    )
    scene.books.add("terminal", bank, *lines, is_decidable=True)


def correction_taken(scene: Scene) -> None:
    """An invoice less the correction that the customer got for it."""
    name, written, _ = scene.chance.choice(FIRMS)
    number, correction, amount = _number(scene), _number(scene, "FVK"), scene.amount(400, 9000)
    less = (amount * Decimal("0.15")).quantize(Decimal("0.01"))
    bare = [each.split(" ")[1] for each in (number, correction)]
    scene.books.add(
        "correction_taken",
        _bank(
            scene,
            amount - less,
            f"PRZELEW {written} FV {bare[0]} MINUS FVK {bare[1]}",
            party(name) | document(number, correction),
            0,
            2,
        ),
        _booked(scene, amount, name, number, "Wpłata", party(name) | document(number)),
        _booked(scene, -less, name, correction, "Korekta", party(name) | document(correction)),
        is_decidable=True,
    )


def contributions(scene: Scene) -> None:
    """To the social insurance and the tax office, by the period."""
    office, written = scene.chance.choice(
        (("ZUS", "ZAKLAD UBEZPIECZEN SPOLECZNYCH"), ("Urząd Skarbowy", "PIERWSZY URZAD SKARBOWY GDANSK"))
    )
    amount = -scene.amount(900, 14000)
    scene.books.add(
        "contributions",
        _booked(scene, amount, office, "", f"{office} {scene.day:%m/%Y}", party(office)),
        _bank(scene, amount, f"{written} /TI/N5842751979/OKR/26M{scene.day:%m}", party(office), 0, 1),
        lag=(0, 4),
    )


def unplaced(scene: Scene) -> None:
    """An invoice that nobody paid, and money with another month's number of it."""
    name, written, _ = scene.chance.choice(FIRMS)
    number = _number(scene)
    bare = number.removeprefix("FV ").split("/")[0]
    scene.books.leave_open(
        "unplaced",
        _booked(scene, scene.amount(90, 18000), name, number, "Wpłata", party(name) | document(number)),
        _bank(
            scene,
            scene.amount(90, 18000),
            f"PRZELEW PRZYCHODZACY {written} TYT. FV {bare}/12/2025",
            party(name) | document(f"FV {bare}/12/2025"),
        ),
    )


PLANTS = (
    Plant(receipt, 2, 34),
    Plant(several_invoices, 4, 14),
    Plant(split_payment, 2, 8),
    Plant(supplier, 2, 14),
    Plant(salary, 2, 6, range(8, 12)),
    Plant(terminal, 7, 10),
    Plant(correction_taken, 3, 5),
    Plant(contributions, 2, 4),
    Plant(unplaced, 2, 5),
)
COMPANY = Company("polish_workshop", "PL", "PLN", "PL7000", (CURRENT,), mt940_plain, PLANTS)
