"""A trader in Pune: NEFT and UPI with numbers of twelve digits and more, tax kept back, names in Devanagari.

Its bank joins everything with strokes and cuts names at twenty letters; its ledger has receipts gross with
the tax beside them.
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from .books import Account, BankLine, LedgerLine, Plant, Says, Scene, document, party
from .chance import digits
from .company import Company
from .statements import mt940_plain

CURRENT = Account("50200012345678", "IN1101", "Current account", Decimal("842310.55"))


class Firm(NamedTuple):
    """A party as the ledger and as the bank writes it."""

    books: str
    bank: str


FIRMS = (
    Firm("Sharma Traders Pvt Ltd", "SHARMA TRADERS PVT L"),
    Firm("Sharma Transport Co", "SHARMA TRANSPORT CO"),
    Firm("Deshpande Textiles", "DESHPANDE TEXTILES"),
    Firm("Kulkarni & Sons", "KULKARNI AND SONS"),
    Firm("Patil Agro Industries Pvt. Ltd.", "PATIL AGRO INDUSTRIE"),
    Firm("Patil Agro Exports", "PATIL AGRO EXPORTS"),
    Firm("Joshi Engineering Works", "JOSHI ENGINEERING WO"),
    Firm("Om Sai Enterprises", "OM SAI ENTERPRISES"),
    Firm("Shree Ganesh Steel", "SHREE GANESH STEEL"),
    Firm("Shri Ganesh Stores", "SHRI GANESH STORES"),
    Firm("Mehta Brothers", "MEHTA BROTHERS"),
    Firm("Iyer Consultants LLP", "IYER CONSULTANTS LLP"),
    Firm("Bharat Petroleum Dealers", "BHARAT PETROLEUM DEA"),
    Firm("राम ट्रेडर्स", "RAM TRADERS"),
    Firm("रमा ट्रेडर्स", "RAMA TRADERS"),
    Firm("गीता स्टोर्स", "GEETA STORES"),
)
PEOPLE = tuple(
    Firm(f"{given} {surname}", f"{given} {surname}".upper()[:20])
    for given in ("Amit", "Sunita", "Rahul", "Priya", "Vijay", "Kavita", "Sanjay", "Neha")
    for surname in ("Jadhav", "Pawar", "Shinde", "More", "Gaikwad", "Chavan")
)
IFSC = ("HDFC0000123", "ICIC0001043", "SBIN0011234", "UTIB0000456")


def _bank(scene: Scene, amount: Decimal, memo: str, says: Says) -> BankLine:
    return BankLine(booked_on=scene.day, amount=amount, memo=memo, code="TRF", says=says)


def _booked(scene: Scene, amount: Decimal, name: str, reference: str, memo: str, says: Says) -> LedgerLine:
    return LedgerLine(
        posted_on=scene.day, amount=amount, reference=reference, counterparty=name, memo=memo, says=says
    )


def _utr(scene: Scene, prefix: str) -> str:
    return f"{prefix}{scene.day:%y%j}{scene.next('utr', 800000)}"


def neft(scene: Scene) -> None:
    """A customer's transfer; the ledger has its UTR, or the invoice only."""
    firm, amount, utr = scene.chance.choice(FIRMS), scene.amount(2000, 400000), _utr(scene, "N")
    knows_utr = scene.chance.random() < 0.5
    reference = utr if knows_utr else f"INV/25-26/{scene.next('invoice', 1200):04}"
    later = Scene(scene.books, scene.after(0, 2), scene.chance)
    says = party(firm.books)
    scene.books.add(
        "neft",
        _bank(scene, amount, f"NEFT CR-{scene.chance.choice(IFSC)}-{firm.bank}-{utr}", says | document(utr)),
        _booked(later, amount, firm.books, reference, "NEFT receipt", says | document(reference)),
        lag=(-4, 0),
    )


def upi(scene: Scene) -> None:
    """Small round amounts of people; half of them with their number in the ledger."""
    person, amount = scene.chance.choice(PEOPLE), Decimal(scene.chance.choice((100, 150, 200, 250, 500, 999)))
    number = f"6{scene.day:%j}{scene.next('upi', 10000000)}"
    says = party(person.books)
    tells = scene.chance.random() < 0.7
    scene.books.add(
        "upi",
        _bank(
            scene,
            amount,
            f"UPI/{number}/{person.bank}/{person.bank[:6].lower().strip()}@okaxis/Payment",
            says | document(number),
        ),
        _booked(
            scene,
            amount,
            person.books,
            number if tells else "",
            "UPI receipt",
            says | (document(number) if tells else frozenset()),
        ),
        lag=(0, 3),
    )


def tax_kept_back(scene: Scene) -> None:
    """Booked gross, with the tax that the customer keeps back as a line beside it."""
    firm, gross = scene.chance.choice(FIRMS[:13]), scene.amount(10000, 300000, "100")
    tax, invoice = gross / 10, f"INV/25-26/{scene.next('invoice', 1200):04}"
    later = Scene(scene.books, scene.after(0, 3), scene.chance)
    scene.books.add(
        "tax_kept_back",
        _bank(
            later,
            gross - tax,
            f"RTGS CR-{scene.chance.choice(IFSC)}-{firm.bank}-{_utr(later, 'R')}",
            party(firm.books),
        ),
        _booked(scene, gross, firm.books, invoice, "Receipt", party(firm.books)),
        _booked(scene, -tax, firm.books, invoice, "TDS 194J 10%", party(firm.books)),
        is_decidable=True,
    )


def payment(scene: Scene) -> None:
    """A supplier by RTGS, and the bank's charge for it, which nobody books."""
    firm, amount = scene.chance.choice(FIRMS), -scene.amount(3000, 500000)
    voucher = f"PV/{scene.next('voucher', 340)}"
    scene.books.add(
        "payment",
        _booked(scene, amount, firm.books, voucher, "Supplier payment", party(firm.books)),
        _bank(
            Scene(scene.books, scene.after(0, 1), scene.chance),
            amount,
            f"RTGS DR-{scene.chance.choice(IFSC)}-{firm.bank}-{_utr(scene, 'R')}",
            party(firm.books),
        ),
        lag=(0, 4),
    )
    charge = scene.chance.choice((Decimal("-5.90"), Decimal("-29.50"), Decimal("-59")))
    scene.books.leave_open("charge", _bank(scene, charge, "RTGS CHG INCL GST", party("charge")))


def cheque_bounced(scene: Scene) -> None:
    """A customer's cheque, credited and taken back, both booked by its number."""
    firm, amount, number = (
        scene.chance.choice(FIRMS),
        scene.amount(5000, 90000, "10"),
        f"{scene.next('cheque', 41000):06}",
    )
    says = party(firm.books) | document(number)
    paid_in = scene.books.add(
        "cheque_paid_in",
        _booked(scene, amount, firm.books, number, "Cheque received", says),
        _bank(
            Scene(scene.books, scene.after(1, 2), scene.chance),
            amount,
            f"CLG/{number}/HDFC/{firm.bank}",
            says,
        ),
        lag=(0, 5),
    )
    back = Scene(scene.books, scene.after(3, 5), scene.chance)
    bounced = scene.books.add(
        "cheque_bounced",
        _bank(back, -amount, f"CHQ RET {number} FUNDS INSUFFICIENT", document(number)),
        _booked(
            Scene(back.books, back.after(0, 2), back.chance),
            -amount,
            firm.books,
            number,
            "Cheque returned",
            says,
        ),
        lag=(-4, 0),
    )
    scene.books.chain(paid_in, bounced)


def salaries(scene: Scene) -> None:
    """One debit with the number of its file, a line a person in the ledger."""
    file = f"SAL{scene.day:%m%y}{scene.next('file', 10):03}"
    lines = [
        _booked(scene, -scene.amount(15000, 70000, "1"), person.books, "", f"Salary {file}", document(file))
        for person in scene.chance.sample(PEOPLE, scene.chance.randint(4, 9))
    ]
    bank = _bank(
        scene, sum(line.amount for line in lines), f"BULK POSTING {file} {len(lines)} TXNS", document(file)
    )
    scene.books.add("salaries", bank, *lines, is_decidable=True)


def tax_paid(scene: Scene) -> None:
    """Taxes by the number of their challan."""
    cpin, amount = f"{scene.day:%y%m}2700{scene.next('cpin', 120000)}", -scene.amount(4000, 200000, "1")
    scene.books.add(
        "tax_paid",
        _booked(scene, amount, "GST", f"CPIN {cpin}", "GST payment", document(cpin)),
        _bank(
            Scene(scene.books, scene.after(0, 1), scene.chance), amount, f"GST/CPIN/{cpin}", document(cpin)
        ),
        lag=(0, 4),
    )


def instalment(scene: Scene) -> None:
    """The lender takes one amount a month."""
    scene.books.add(
        "instalment",
        _booked(scene, Decimal("-18750"), "Bajaj Finance Ltd", "", "Loan EMI", party("Bajaj")),
        _bank(
            Scene(scene.books, scene.after(0, 1), scene.chance),
            Decimal("-18750"),
            "ACH D- BAJAJ FINANCE LTD-P400PHX8123456",
            party("Bajaj"),
        ),
        lag=(0, 4),
    )


def cash(scene: Scene) -> None:
    """Paid in at the counter, in thousands."""
    amount = scene.amount(5000, 60000, "1000")
    scene.books.add(
        "cash",
        _booked(scene, amount, "", "", "Cash deposited", party("cash")),
        _bank(scene, amount, "BY CASH DEPOSIT-BNA-PUNE", party("cash")),
        lag=(0, 3),
    )


def unplaced(scene: Scene) -> None:
    """Money that nobody expected, and an entry that nobody paid."""
    firm = scene.chance.choice(FIRMS)
    scene.books.leave_open(
        "unplaced",
        _bank(
            scene,
            scene.amount(2000, 50000),
            f"IMPS/P2A/6{digits(scene.chance, 11)}/{firm.bank}",
            party(firm.books),
        ),
        _booked(
            scene,
            scene.amount(2000, 50000),
            scene.chance.choice(FIRMS).books,
            f"INV/25-26/{scene.next('invoice', 1200):04}",
            "Receipt",
            NOBODY,
        ),
    )


NOBODY = party("nobody")
PLANTS = (
    Plant(neft, 2, 28),
    Plant(upi, 2, 24),
    Plant(tax_kept_back, 3, 9),
    Plant(payment, 3, 14),
    Plant(cheque_bounced, 4, 6),
    Plant(salaries, 7, 5, range(25, 29)),
    Plant(tax_paid, 2, 3),
    Plant(instalment, 2, 0.5, range(5, 8)),
    Plant(cash, 2, 5),
    Plant(unplaced, 2, 3),
)
COMPANY = Company("indian_trader", "IN", "INR", "IN5100", (CURRENT,), mt940_plain, PLANTS)
