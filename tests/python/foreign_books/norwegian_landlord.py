"""A landlord in Oslo: rents of few sizes, tenants who share surnames, a KID that a tenant keeps for good.

Its statements are CAMT.053 with the day's KID receipts in one entry; its ledger bills each tenant each month.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from .books import Account, BankLine, Detail, LedgerLine, Plant, Says, Scene, document, party
from .chance import digits, letters, stream, words
from .company import Company
from .statements import camt

RENTS = Account("NO9386011117947", "1920", "Husleiekonto", Decimal("318440.00"))
DEPOSITS = Account("NO8330001234567", "1950", "Depositumskonto", Decimal("840000.00"))
GIVEN_NAMES = words(
    "Kari,Per,Anne,Ola,Ingrid,Bjørn,Marit,Lars,Liv,Jan,Solveig,Svein,Berit,Knut,Randi,Odd,Åse,Tor,Nora,Emil,"
    "Fatima,Ahmed,Jakub,Ngoc"
)
SURNAMES = words(
    "Hansen,Johansen,Olsen,Larsen,Andersen,Pedersen,Nilsen,Kristiansen,Jensen,Karlsen,Bø,Ødegård,Næss,Berg,"
    "Haugen,Hagen,Moen,Lie,Solberg,Strand,Dahl,Lund,Ali,Nguyen,Kowalski,Eide,Bakken,Aas,Vik,Holm"
)
SIZES = (Decimal(8500), Decimal(9200), Decimal(9200), Decimal(10400), Decimal(11900), Decimal(12500))
MONTHS = ("", "januar", "februar", "mars", "april", "mai")
SUPPLIERS = words(
    "Hafslund Strøm AS,Oslo Kommune,Rørlegger Bø AS,Heis-Tek Norge AS,Vaktmesterkompaniet AS,Telenor Norge AS"
)
ASCII = str.maketrans({"ø": "o", "å": "a", "æ": "ae", "Ø": "O", "Å": "A", "Æ": "AE"})


class Tenant(NamedTuple):
    """Who rents which flat for how much, and the KID on every bill of theirs."""

    given: str
    surname: str
    flat: str
    rent: Decimal
    kid: str

    @property
    def name(self) -> str:
        """As people are called."""
        return f"{self.given} {self.surname}"

    @property
    def in_books(self) -> str:
        """As the ledger has it."""
        return f"{self.surname}, {self.given}"


def _kid(number: str) -> str:
    """A number with its check digit (modulo 10)."""
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(number))]
    return f"{number}{-sum(each // 10 + each % 10 for each in doubled) % 10}"


@cache
def _tenants(company: str, seed: int) -> list[Tenant]:
    chance = stream(seed, company, "tenants")
    names = [(given, surname) for given in GIVEN_NAMES for surname in SURNAMES]
    chance.shuffle(names)
    return [
        Tenant(
            given, surname, f"H{101 + number:04}", chance.choice(SIZES), _kid(f"4071{number * 7 + 1000:06}")
        )
        for number, (given, surname) in enumerate(names)
    ]


def _tenant(scene: Scene, plant: int) -> Tenant:
    """A tenant of those who pay in this plant's way, and whom it has not billed in this month."""
    tenants = _tenants(scene.books.company, scene.books.seed)[plant::8]
    first = scene.chance.randrange(len(tenants))
    for tenant in (*tenants[first:], *tenants[:first]):
        taken = (f"{scene.day:%Y-%m} {plant}", int(tenant.kid))
        if taken not in scene.books.taken:
            scene.books.taken.add(taken)
            return tenant
    return tenants[first]


def _at_bank(scene: Scene, tenant: Tenant) -> str:
    return scene.chance.choice((tenant.name, tenant.name.upper().translate(ASCII), tenant.in_books.upper()))


def _billed(
    scene: Scene, tenant: Tenant, amount: Decimal, says: Says, memo: str = "", reference: str = ""
) -> LedgerLine:
    return LedgerLine(
        posted_on=scene.day,
        amount=amount,
        reference=reference,
        counterparty=tenant.in_books,
        memo=memo or f"Husleie {MONTHS[scene.day.month]} 2026 {tenant.flat}",
        document_type="HUS",
        says=says,
    )


def _bank(
    scene: Scene, amount: Decimal, says: Says, least: int = 0, most: int = 0, **more: object
) -> BankLine:
    return BankLine(
        booked_on=scene.after(least, most),
        amount=amount,
        bank_reference=letters(scene.chance, 12),
        code=str(more.pop("code", "230")),
        says=says,
        **more,
    )


def rent_by_kid(scene: Scene) -> None:
    """The KID of the tenant, who pays the same each month under it."""
    tenant = _tenant(scene, 0)
    says = document(tenant.kid) | party(tenant.name)
    scene.books.add(
        "rent_by_kid",
        _billed(scene, tenant, tenant.rent, says, reference=tenant.kid),
        _bank(scene, tenant.rent, says, 0, 6, name=_at_bank(scene, tenant), creditor_reference=tenant.kid),
        lag=(0, 9),
    )


def rent_by_name(scene: Scene) -> None:
    """A standing order with a name; the ledger has the number of the bill."""
    tenant = _tenant(scene, 1)
    says = party(tenant.name)
    text = scene.chance.choice(("Husleie", "leie", "HUSLEIE", ""))
    scene.books.add(
        "rent_by_name",
        _billed(scene, tenant, tenant.rent, says, reference=f"F{scene.next('bill', 20100)}"),
        _bank(scene, tenant.rent, says, 0, 6, name=_at_bank(scene, tenant), memo=text),
        lag=(0, 9),
    )


def rent_by_parent(scene: Scene) -> None:
    """A parent of the same surname pays, and names tenant and flat in the text."""
    tenant = _tenant(scene, 2)
    says = party(tenant.name) | document(tenant.flat)
    parent = scene.chance.choice([given for given in GIVEN_NAMES if given != tenant.given])
    scene.books.add(
        "rent_by_parent",
        _billed(scene, tenant, tenant.rent, says, reference=f"F{scene.next('bill', 20100)}"),
        _bank(
            scene, tenant.rent, says, 0, 6,
            name=f"{parent} {tenant.surname}", memo=f"Leie {tenant.given} {tenant.surname} {tenant.flat}",
        ),
        lag=(0, 9),
    )  # fmt: skip


def shared_flat(scene: Scene) -> None:
    """Two who live together pay half each with one KID."""
    tenant = _tenant(scene, 3)
    other = scene.chance.choice(GIVEN_NAMES)
    half, says = tenant.rent / 2, document(tenant.kid)
    banks = [
        _bank(scene, half, says, 0, 3, name=name, creditor_reference=tenant.kid)
        for name in (tenant.name, f"{other} {scene.chance.choice(SURNAMES)}")
    ]
    bill = _billed(scene, tenant, tenant.rent, says | party(tenant.name), reference=tenant.kid)
    scene.books.add("shared_flat", bill, *banks, is_decidable=True)


def two_months(scene: Scene) -> None:
    """Late, and then two months in one payment with the KID."""
    tenant = _tenant(scene, 4)
    says = document(tenant.kid) | party(tenant.name)
    later = Scene(scene.books, scene.after(21, 22), scene.chance)
    bills = [_billed(each, tenant, tenant.rent, says, reference=tenant.kid) for each in (scene, later)]
    bank = _bank(
        later, 2 * tenant.rent, says, 1, 4, name=_at_bank(scene, tenant), creditor_reference=tenant.kid
    )
    scene.books.add("two_months", bank, *bills, is_decidable=True)


def with_reminder(scene: Scene) -> None:
    """The rent with the fee of a reminder, billed under a number of its own."""
    tenant = _tenant(scene, 5)
    says = document(tenant.kid) | party(tenant.name)
    later = Scene(scene.books, scene.after(8, 10), scene.chance)
    bills = [
        _billed(scene, tenant, tenant.rent, says, reference=tenant.kid),
        _billed(later, tenant, Decimal(70), says, f"Purregebyr {tenant.flat}", tenant.kid),
    ]
    bank = _bank(
        later, tenant.rent + 70, says, 2, 4, name=_at_bank(scene, tenant), creditor_reference=tenant.kid
    )
    scene.books.add("with_reminder", bank, *bills, is_decidable=True)


def kid_receipts(scene: Scene) -> None:
    """The day's receipts in one entry, each with its KID, as they are sorted out overnight."""
    tenants = list(dict.fromkeys(_tenant(scene, 6) for _ in range(scene.chance.randint(3, 7))))
    details = [Detail(each.rent, each.name, creditor_reference=each.kid) for each in tenants]
    bills = [
        _billed(scene, each, each.rent, document(each.kid) | party(each.name), reference=each.kid)
        for each in tenants
    ]
    batch = digits(scene.chance, 9)
    bank = _bank(
        scene, sum(each.rent for each in tenants), document(batch), 1, 3,
        reference=batch, details=tuple(details), code="233",
    )  # fmt: skip
    scene.books.add("kid_receipts", bank, *bills, is_decidable=True)


def deposit(scene: Scene) -> None:
    """Three rents when somebody moves in, paid to the other account, and back when they move out."""
    tenant = _tenant(scene, 7)
    amount, says = 3 * tenant.rent, party(tenant.name) | document(f"D{tenant.flat}")
    paid = scene.books.add(
        "deposit",
        _on_deposits(_billed(scene, tenant, amount, says, f"Depositum {tenant.flat}")),
        _bank(
            scene, amount, party(tenant.name), 0, 5,
            account=DEPOSITS.number, name=_at_bank(scene, tenant), memo="Depositum",
        ),
        lag=(0, 8),
    )  # fmt: skip
    out = Scene(scene.books, scene.after(20, 40), scene.chance)
    back = scene.books.add(
        "deposit_back",
        _on_deposits(_billed(out, tenant, -amount, says, f"Tilbakebetalt depositum {tenant.flat}")),
        _bank(
            out, -amount, party(tenant.name), 0, 1,
            account=DEPOSITS.number, name=tenant.name, memo=f"Depositum {tenant.flat}",
        ),
        lag=(0, 4),
    )  # fmt: skip
    scene.books.chain(paid, back)


def _on_deposits(line: LedgerLine) -> LedgerLine:
    return replace(line, account=DEPOSITS.number)


def supplier(scene: Scene) -> None:
    """A bill with the supplier's KID; two bills of one supplier are often of one amount."""
    name, amount = (
        scene.chance.choice(SUPPLIERS),
        -scene.chance.choice((scene.amount(200, 30000), Decimal(1249))),
    )
    kid = _kid(f"{digits(scene.chance, 3)}{scene.next('supplier', 5500100)}")
    says = document(kid) | party(name)
    scene.books.add(
        "supplier",
        LedgerLine(
            posted_on=scene.day, amount=amount, reference=kid, counterparty=name, memo="Leverandørfaktura",
            document_type="LEV", says=says,
        ),
        _bank(scene, amount, says, 0, 2, name=name.upper(), creditor_reference=kid),
        lag=(0, 5),
    )  # fmt: skip


def supplier_run(scene: Scene) -> None:
    """Bills paid together: one entry, whose payments have the KIDs the ledger has."""
    details, lines = [], []
    for _ in range(scene.chance.randint(3, 6)):
        name, amount = scene.chance.choice(SUPPLIERS), -scene.amount(200, 9000)
        kid = _kid(f"{digits(scene.chance, 3)}{scene.next('supplier', 5500100)}")
        details.append(Detail(amount, name, creditor_reference=kid))
        lines.append(
            LedgerLine(
                posted_on=scene.day, amount=amount, reference=kid, counterparty=name, memo="Remittering",
                document_type="LEV", says=document(kid),
            )
        )  # fmt: skip
    run = f"REM{scene.next('run', 300)}"
    total = sum(line.amount for line in lines)
    bank = _bank(scene, total, document(run), 0, 1, reference=run, details=tuple(details), code="240")
    scene.books.add("supplier_run", bank, *lines, is_decidable=True)


def wrong_kid(scene: Scene) -> None:
    """Two digits of the KID exchanged in free text: the name and the flat tell."""
    tenant = _tenant(scene, 2)
    mistyped = tenant.kid[:-4] + tenant.kid[-3] + tenant.kid[-4] + tenant.kid[-2:]
    says = document(tenant.flat) | party(tenant.name)
    scene.books.add(
        "wrong_kid",
        _billed(scene, tenant, tenant.rent + 350, says, reference=tenant.kid),
        _bank(
            scene, tenant.rent + 350, says, 0, 6,
            name=_at_bank(scene, tenant), memo=f"KID {mistyped} leie og strøm {tenant.flat}",
        ),
        lag=(0, 9),
    )  # fmt: skip


def one_surname(scene: Scene) -> None:
    """Two of one surname and one rent pay on one day; one of them under the initial."""
    surname, amount = scene.chance.choice(SURNAMES), scene.chance.choice(SIZES)
    one, other = scene.chance.sample(GIVEN_NAMES, 2)
    for given in (one, other):
        flat = f"H{scene.next('flat', 3000):04}"
        tenant = Tenant(given, surname, flat, amount, "")
        says = party(f"{given} {surname}")
        scene.books.add(
            "one_surname",
            _billed(scene, tenant, amount, says, reference=f"F{scene.next('bill', 20100)}"),
            _bank(scene, amount, says, 1, 4, name=_at_bank(scene, tenant), memo="Husleie"),
            lag=(0, 9),
        )


def bill_taken_back(scene: Scene) -> None:
    """Billed too high, taken back and billed anew; the tenant pays what is right."""
    tenant = _tenant(scene, 7)
    amount, kid = tenant.rent + 900, tenant.kid
    says = document(kid) | party(tenant.name)
    scene.books.add(
        "bill_taken_back",
        _billed(scene, tenant, amount, says, reference=kid),
        _billed(scene, tenant, -amount, says, f"Kreditnota {tenant.flat}", kid),
        is_decidable=True,
    )
    scene.books.add(
        "bill_anew",
        _billed(scene, tenant, tenant.rent, says, reference=kid),
        _bank(scene, tenant.rent, says, 1, 5, name=_at_bank(scene, tenant), creditor_reference=kid),
        lag=(0, 8),
    )


def unpaid(scene: Scene) -> None:
    """A rent that is not paid, and the bank's fee."""
    tenant = _tenant(scene, 7)
    scene.books.leave_open(
        "unpaid",
        _billed(
            scene, tenant, tenant.rent + 100, document(tenant.kid) | party(tenant.name), reference=tenant.kid
        ),
        _bank(scene, -scene.amount(20, 90), party("charge"), memo="Omkostninger", code="704"),
    )


def unplaced(scene: Scene) -> None:
    """A rent of somebody who moved out, whom nobody bills any more."""
    given, surname = scene.chance.choice(GIVEN_NAMES), scene.chance.choice(SURNAMES)
    says = party(f"{given} {surname} who moved out")
    scene.books.leave_open(
        "unplaced", _bank(scene, scene.chance.choice(SIZES), says, name=f"{given} {surname}", memo="Husleie")
    )


START = range(1, 10)
PLANTS = (
    Plant(rent_by_kid, 2, 20, START),
    Plant(rent_by_name, 2, 16, START),
    Plant(rent_by_parent, 2, 6, START),
    Plant(shared_flat, 3, 5, START),
    Plant(two_months, 3, 4, START),
    Plant(with_reminder, 3, 4, START),
    Plant(kid_receipts, 6, 14, START),
    Plant(deposit, 4, 5),
    Plant(supplier, 2, 8),
    Plant(supplier_run, 5.5, 6),
    Plant(wrong_kid, 2, 2),
    Plant(one_surname, 4, 4, START),
    Plant(bill_taken_back, 4, 3),
    Plant(unpaid, 2, 2),
    Plant(unplaced, 1, 1, START),
)
COMPANY = Company("norwegian_landlord", "NO", "NOK", "3600", (RENTS, DEPOSITS), camt, PLANTS)
