"""A law firm in Bristol: client money and its own, a matter's number on everything that is done in it.

A matter is no document: equal amounts come and go under one number. Its bank writes one text a line.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import NamedTuple

from .books import Account, BankLine, LedgerLine, Plant, Says, Scene, document, party
from .chance import digits, stream, words
from .company import Company
from .statements import uk_csv

CLIENT = Account("30112200445566", "B100", "Client account", Decimal("1840210.44"))
OFFICE = Account("30112200445574", "B200", "Office account", Decimal("92310.08"))
GIVEN_NAMES = words(
    "James,Mary,John,Patricia,Robert,Jennifer,David,Linda,William,Susan,Aisha,Tomasz,Wei,Grace"
)
SURNAMES = words(
    "Smith,Jones,Taylor,Brown,Williams,Wilson,Johnson,Davies,Patel,Wright,Walker,White,Green,Khan"
)
LENDERS = words(
    "Halifax plc,Nationwide Building Society,Santander UK plc,Barclays Bank UK PLC,Skipton Building Society"
)
OTHER_SIDE = words(
    "Fosters Law LLP,Hughes & Co Solicitors,Thrings LLP,Clarke Willmott LLP,Barcan Kirby LLP,"
    "Wards Solicitors LLP"
)
COUNSEL = words("Mr R Ellison KC,Ms H Osei,Mr D Pryce,Miss L Farrow")


class Matter(NamedTuple):
    """A client's matter and its number."""

    given: str
    surname: str
    number: str

    @property
    def client(self) -> str:
        """The client as the ledger names them."""
        return f"{self.given} {self.surname}"

    @property
    def at_bank(self) -> str:
        """The client as the bank does."""
        return f"{self.given[0]} {self.surname}".upper()


@cache
def _matters(company: str, seed: int) -> list[Matter]:
    chance = stream(seed, company, "matters")
    names = [(given, surname) for given in GIVEN_NAMES for surname in SURNAMES] * 2
    chance.shuffle(names)
    return [
        Matter(given, surname, f"{surname[:3].upper()}{1000 + number * 3:05}/{1 + number % 3}")
        for number, (given, surname) in enumerate(names)
    ]


def _matter(scene: Scene) -> Matter:
    return scene.chance.choice(_matters(scene.books.company, scene.books.seed))


def _told(scene: Scene, matter: Matter) -> str:
    """A matter's number as people write it."""
    return scene.chance.choice(
        (matter.number, matter.number.replace("/", "-"), matter.number.replace("/", " "))
    )


def _bank(
    scene: Scene, amount: Decimal, memo: str, says: Says, least: int = 0, most: int = 0, **more: str
) -> BankLine:
    return BankLine(booked_on=scene.after(least, most), amount=amount, memo=memo, says=says, **more)


def _booked(
    scene: Scene, amount: Decimal, name: str, reference: str, memo: str, says: Says, account: str = ""
) -> LedgerLine:
    return LedgerLine(
        posted_on=scene.day,
        amount=amount,
        account=account,
        reference=reference,
        counterparty=name,
        memo=memo,
        says=says,
    )


def on_account(scene: Scene) -> None:
    """A client pays a round amount; half of them say for what."""
    matter, amount = _matter(scene), Decimal(scene.chance.choice((250, 500, 500, 750, 1000, 1500)))
    tells = scene.chance.random() < 0.6
    own, told = party(matter.at_bank), document(matter.number)
    later = Scene(scene.books, scene.after(0, 2), scene.chance)
    scene.books.add(
        "on_account",
        _bank(
            scene, amount, f"{matter.at_bank} {_told(scene, matter) if tells else 'LEGAL FEES'}",
            own | told if tells else own, code="FPI",
        ),
        _booked(later, amount, matter.client, matter.number, "Money on account", own | told),
        lag=(-5, 0),
    )  # fmt: skip


def completion(scene: Scene) -> None:
    """Loan and client's part come in, the price goes out, on one day under one number."""
    matter, lender, seller = _matter(scene), scene.chance.choice(LENDERS), scene.chance.choice(OTHER_SIDE)
    loan, own = scene.amount(90000, 600000, "1000"), scene.amount(20000, 200000, "500")
    told = document(matter.number)
    for amount, name, memo in (
        (loan, lender, "Mortgage advance"),
        (own, matter.client, "Balance to complete"),
        (-(loan + own), seller, "Completion money"),
    ):
        shown = matter.at_bank if name == matter.client else name.upper()[:18]
        scene.books.add(
            "completion",
            _booked(scene, amount, name, matter.number, memo, told | party(name)),
            _bank(scene, amount, f"{shown} {_told(scene, matter)}", told | party(name), code="CHP"),
            lag=(-2, 2),
        )


def in_and_out(scene: Scene) -> None:
    """Stakeholder's money: one amount in from one and out to the other, under one number, days apart."""
    matter, other, amount = _matter(scene), scene.chance.choice(OTHER_SIDE), scene.amount(5000, 40000, "500")
    told = document(matter.number)
    came = scene.books.add(
        "in_and_out",
        _booked(scene, amount, matter.client, matter.number, "Deposit received", told | party(matter.client)),
        _bank(
            scene,
            amount,
            f"{matter.at_bank} {_told(scene, matter)}",
            told | party(matter.client),
            0,
            1,
            code="FPI",
        ),
        lag=(0, 3),
    )
    out = Scene(scene.books, scene.after(0, 4), scene.chance)
    went = scene.books.add(
        "in_and_out",
        _booked(out, -amount, other, matter.number, "Deposit paid over", told | party(other)),
        _bank(
            out, -amount, f"{other.upper()[:18]} {_told(out, matter)}", told | party(other), 0, 1, code="CHP"
        ),
        lag=(0, 3),
    )
    scene.books.chain(came, went)


def costs_transferred(scene: Scene) -> None:
    """Bills taken from client money, each as a transfer of its own."""
    matter, amount = _matter(scene), scene.amount(200, 6000) + Decimal("0.20")
    bill = f"B{scene.next('bill', 71000)}"
    says = document(bill) | document(matter.number)
    for account, signed in ((CLIENT, -amount), (OFFICE, amount)):
        scene.books.add(
            "costs_transferred",
            _booked(scene, signed, matter.client, bill, f"Costs {matter.number}", says, account.number),
            _bank(
                scene, signed, f"TFR COSTS {_told(scene, matter)}", document(matter.number), 0, 1,
                account=account.number, code="TFR",
            ),
            lag=(0, 4),
        )  # fmt: skip


def costs_together(scene: Scene) -> None:
    """The day's bills transferred in one sum, a line a matter in both ledgers."""
    list_number = f"CT{scene.next('list', 200)}"
    bills = [(_matter(scene), scene.amount(80, 3000)) for _ in range(scene.chance.randint(3, 6))]
    total = sum(amount for _, amount in bills)
    for account, sign in ((CLIENT, -1), (OFFICE, 1)):
        lines = [
            _booked(
                scene, sign * amount, matter.client, matter.number, f"Costs transfer {list_number}",
                document(list_number), account.number,
            )
            for matter, amount in bills
        ]  # fmt: skip
        bank = _bank(
            scene,
            sign * total,
            f"TRANSFER {list_number}",
            document(list_number),
            account=account.number,
            code="TFR",
        )
        scene.books.add("costs_together", bank, *lines, is_decidable=True)


def searches(scene: Scene) -> None:
    """The registry's fees, of few sizes; its debit of the day has them all."""
    lines = []
    number = f"{digits(scene.chance, 7)}"
    for _ in range(scene.chance.randint(3, 9)):
        matter = _matter(scene)
        fee = -Decimal(scene.chance.choice((7, 7, 14, 20, 40, 150)))
        lines.append(
            _booked(
                scene,
                fee,
                "HM Land Registry",
                matter.number,
                f"Search fee HMLR {number}",
                document(number),
                OFFICE.number,
            )
        )
    total = sum(line.amount for line in lines)
    bank = _bank(
        scene, total, f"HMLR VPDD {number}", document(number), 1, 2, account=OFFICE.number, code="DD"
    )
    scene.books.add("searches", bank, *lines, is_decidable=True)


def duty(scene: Scene) -> None:
    """A buyer's tax by its own number, the matter in the ledger beside it."""
    matter, amount = _matter(scene), -scene.amount(500, 30000, "1")
    number = f"{scene.next('duty', 301000000)}M{scene.chance.choice('ABCDEFG')}"
    says = document(number)
    scene.books.add(
        "duty",
        _booked(scene, amount, "HMRC SDLT", number, f"SDLT {matter.number}", says),
        _bank(scene, amount, f"HMRC SDLT {number}", says, 0, 1, code="FPO"),
        lag=(0, 3),
    )


def cheque(scene: Scene) -> None:
    """A cheque to a client, cashed some time later, or never."""
    matter, amount = _matter(scene), -scene.amount(5, 4000)
    number = f"{scene.next('cheque', 4100):06}"
    line = _booked(
        scene, amount, matter.client, matter.number, f"Cheque {number} balance due",
        document(number) | party(matter.client),
    )  # fmt: skip
    if scene.chance.random() < 0.15:
        scene.books.leave_open("cheque, not cashed", line)
    else:
        bank = _bank(scene, amount, number, document(number), 3, 25, code="CHQ")
        scene.books.add("cheque", line, bank, lag=(0, 45))


def counsel(scene: Scene) -> None:
    """A barrister's fee, again and again of one size."""
    matter, name = _matter(scene), scene.chance.choice(COUNSEL)
    amount = -Decimal(scene.chance.choice((450, 600, 900, 1200)))
    says = party(name)
    scene.books.add(
        "counsel",
        _booked(
            scene, amount, name, matter.number, f"Counsel's fee {matter.client}",
            says | document(matter.number), OFFICE.number,
        ),
        _bank(
            scene, amount, f"{name.upper()[:18]} {_told(scene, matter)}",
            says | document(matter.number), 0, 1, account=OFFICE.number, code="FPO",
        ),
        lag=(0, 3),
    )  # fmt: skip


def same_surname(scene: Scene) -> None:
    """Two clients of one initial and surname and one amount on one day, with different matters."""
    surname, amount = scene.chance.choice(SURNAMES), Decimal(scene.chance.choice((500, 750)))
    for given in ("James", "Jennifer"):
        number = f"{surname[:3].upper()}{scene.next('matter', 20000):05}/1"
        matter = Matter(given, surname, number)
        says = party(matter.at_bank) | document(number)
        scene.books.add(
            "same_surname",
            _bank(scene, amount, f"{matter.at_bank} {_told(scene, matter)}", says, code="FPI"),
            _booked(scene, amount, matter.client, number, "Money on account", says),
            lag=(-2, 2),
        )


def by_instalments(scene: Scene) -> None:
    """One amount a month under one number."""
    matter, amount = _matter(scene), Decimal(scene.chance.choice((100, 150, 200)))
    says = party(matter.at_bank) | document(matter.number)
    for month in range(3):
        on = Scene(scene.books, scene.after(21 * month, 21 * month), scene.chance)
        scene.books.add(
            "by_instalments",
            _bank(on, amount, f"{matter.at_bank} {_told(on, matter)} STO", says, code="SO"),
            _booked(on, amount, matter.client, matter.number, "Instalment", says),
            lag=(-3, 3),
        )


def sent_back(scene: Scene) -> None:
    """Our payment comes back for a wrong account, and is sent again."""
    matter, amount = _matter(scene), -scene.amount(100, 9000)
    says = party(matter.client) | document(matter.number)
    days = (scene, Scene(scene.books, scene.after(1, 2), scene.chance))
    again = Scene(scene.books, days[1].after(1, 3), scene.chance)
    groups = []
    for on, signed, memo in (
        (days[0], amount, "Balance to client"),
        (days[1], -amount, "Returned payment"),
        (again, amount, "Balance to client"),
    ):
        text = f"{matter.at_bank} {_told(on, matter)}" if signed < 0 else f"RETURNED {matter.at_bank}"
        groups.append(
            scene.books.add(
                "sent_back",
                _booked(on, signed, matter.client, matter.number, memo, says),
                _bank(on, signed, text, says, code="FPO" if signed < 0 else "FPI"),
                lag=(-1, 1),
            )
        )
    scene.books.chain(*groups)


def unplaced(scene: Scene) -> None:
    """Money without a matter, interest that is not booked, and a payment of another firm's client."""
    matter = _matter(scene)
    scene.books.leave_open(
        "unplaced",
        _bank(
            scene, Decimal(scene.chance.choice((250, 500, 1000))), f"{matter.at_bank} THANK YOU",
            party(f"another {matter.at_bank}"), code="FPI",
        ),
        _bank(scene, scene.amount(1, 40), "GROSS INTEREST", party("interest"), code="INT"),
    )  # fmt: skip


def expected(scene: Scene) -> None:
    """Booked, and not there."""
    matter = _matter(scene)
    says = party(f"{matter.client} {matter.number}")
    scene.books.leave_open(
        "expected",
        _booked(scene, scene.amount(200, 3000, "50"), matter.client, matter.number, "Money on account", says),
    )


PLANTS = (
    Plant(on_account, 2, 22),
    Plant(completion, 6, 14),
    Plant(in_and_out, 4, 7),
    Plant(costs_transferred, 4, 10),
    Plant(costs_together, 11, 8),
    Plant(searches, 7, 9),
    Plant(duty, 2, 4),
    Plant(cheque, 1.9, 6),
    Plant(counsel, 2, 6),
    Plant(same_surname, 4, 4),
    Plant(by_instalments, 6, 4),
    Plant(sent_back, 6, 3),
    Plant(unplaced, 2, 2),
    Plant(expected, 1, 1),
)
COMPANY = Company("law_firm", "GB", "GBP", "C900", (CLIENT, OFFICE), uk_csv, PLANTS)
