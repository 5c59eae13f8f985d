"""A German charity: many donors, round amounts that coincide all the time, names in memos, cheques in slips.

Its statements are MT940 with German sub-fields; its ledger is a donor database with its own receipt numbers.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache

from .books import Account, BankLine, LedgerLine, Plant, Says, Scene, document, party
from .chance import digits, stream, words
from .company import Company
from .statements import mt940

GIRO = Account("DE68370205000001093300", "0945", "Spendenkonto", Decimal("22817.50"))
GIVEN_NAMES = words(
    "Anna,Hans,Petra,Jürgen,Sabine,Karl-Heinz,Ursula,Wolfgang,Monika,Dieter,Renate,Günther,Ingrid,"
    "Björn,Käthe,Lukas,Miriam,Fatma,Paweł,Thomas,Gisela,Jörg,Heike,Friederike"
)
SURNAMES = words(
    "Müller,Schmidt,Kowalski,Größmann,Yılmaz,Bäcker,Weiß,Neumann,Zimmermann,Krause,Jäger,Lehmann,"
    "Hofmann,Straßer,Köhler,Otto,Brandt,Seidel,Vogt,Pohl,Engel,Böhm,Lorenz,Winter,Sommer,Albrecht,Kuhn,"
    "Graf,Haas,Ziegler"
)
ROUND = (Decimal(10), Decimal(25), Decimal(25), Decimal(50), Decimal(50), Decimal(100))
UMLAUTS = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "AE", "Ö": "OE", "Ü": "UE", "ı": "i", "ł": "l"}
)


@cache
def _donors(company: str, seed: int) -> list[tuple[str, str]]:
    """Given names and surnames; a surname is many people's, a whole name one person's."""
    chance = stream(seed, company, "donors")
    names = [(given, surname) for given in GIVEN_NAMES for surname in SURNAMES]
    chance.shuffle(names)
    return names


def _at_bank(name: str, chance_upper: bool) -> str:
    plain = name.translate(UMLAUTS)
    return plain.upper() if chance_upper else plain


def _donation(
    scene: Scene,
    amount: Decimal,
    counterparty: str,
    says: Says,
    memo: str = "Spende",
    after: tuple[int, int] = (0, 3),
    kind: str = "SP",
) -> LedgerLine:
    return LedgerLine(
        posted_on=scene.after(*after),
        amount=amount,
        reference=f"{kind}-{scene.next('receipt', 4400):06}",
        counterparty=counterparty,
        memo=memo,
        document_type=kind,
        says=says,
    )


def _bank(
    scene: Scene,
    amount: Decimal,
    says: Says,
    memo: str,
    name: str = "",
    code: str = "TRFGUTSCHRIFT",
    **more: object,
) -> BankLine:
    return BankLine(booked_on=scene.day, amount=amount, memo=memo, name=name, code=code, says=says, **more)


def donation(scene: Scene) -> None:
    """A donor by name, the bank without umlauts, the database surname first."""
    given, surname = scene.chance.choice(_donors(scene.books.company, scene.books.seed))
    amount, says = scene.chance.choice(ROUND), party(f"{given} {surname}")
    memo = scene.chance.choice(
        ("Spende", "Spende fuer Kinderhaus", "Winterhilfe", "SPENDE 2026", "Danke fuer alles")
    )
    upper = scene.chance.random() < 0.5
    scene.books.add(
        "donation",
        _bank(scene, amount, says, memo, _at_bank(f"{given} {surname}", upper)),
        _donation(scene, amount, f"{surname}, {given}", says),
        lag=(-5, 0),
    )


def named_in_the_memo(scene: Scene) -> None:
    """Paid over a third party: the donor's name is in the bank's memo, and in the ledger's."""
    given, surname = scene.chance.choice(_donors(scene.books.company, scene.books.seed))
    amount, says = scene.chance.choice(ROUND), party(f"{given} {surname}")
    scene.books.add(
        "named_in_the_memo",
        _bank(
            scene, amount, says, f"Spende von {_at_bank(f'{given} {surname}', False)}", "betterplace.org gAG"
        ),
        _donation(scene, amount, "", says, f"Spende {given} {surname} ueber Plattform"),
        lag=(-5, 0),
    )


def standing_order(scene: Scene) -> None:
    """The same amount and name in each month."""
    given, surname = scene.chance.choice(_donors(scene.books.company, scene.books.seed)[:400])
    amount, says = scene.chance.choice(ROUND), party(f"{given} {surname}")
    for month in range(3):
        on = Scene(scene.books, scene.after(21 * month, 21 * month), scene.chance)
        scene.books.add(
            "standing_order",
            _bank(
                on,
                amount,
                says,
                "Patenschaft Dauerauftrag",
                _at_bank(f"{given} {surname}", True),
                "TRFDAUERAUFTRAG",
            ),
            _donation(on, amount, f"{surname}, {given}", says, "Patenschaft", (0, 2)),
            lag=(-4, 0),
        )


def anonymous(scene: Scene) -> None:
    """Paid in at the counter by nobody: two of one amount on a day are one another's like."""
    for _ in range(scene.chance.choice((1, 2, 2))):
        amount = scene.chance.choice(ROUND)
        says = party("anonymous")
        scene.books.add(
            "anonymous",
            _bank(scene, amount, says, "BAREINZAHLUNG", code="MSCBAREINZAHLUNG"),
            _donation(scene, amount, "Anonym", says, "Barspende", (0, 0)),
            lag=(-5, 0),
        )


def cheque_slip(scene: Scene) -> None:
    """Cheques handed in with one slip: one line at the bank."""
    slip = f"E{scene.next('slip', 110)}"
    lines = []
    for _ in range(scene.chance.randint(2, 5)):
        given, surname = scene.chance.choice(_donors(scene.books.company, scene.books.seed))
        amount = scene.chance.choice((*ROUND, scene.amount(15, 300)))
        says = party(f"{given} {surname}")
        lines.append(
            _donation(scene, amount, f"{surname}, {given}", says, f"Scheck, Einreicher {slip}", (0, 0), "SK")
        )
    later = Scene(scene.books, scene.after(1, 4), scene.chance)
    total = sum(line.amount for line in lines)
    bank = _bank(later, total, document(slip), f"SCHECKEINREICHUNG {slip}", code="CHKSCHECKEINR")
    scene.books.add("cheque_slip", bank, *lines, is_decidable=True)


def couple(scene: Scene) -> None:
    """An account of two people; the database knows one of them."""
    (given, surname), (other, _) = scene.chance.sample(_donors(scene.books.company, scene.books.seed), 2)
    amount, says = scene.chance.choice(ROUND), party(f"{given} {surname}")
    scene.books.add(
        "couple",
        _bank(scene, amount, says, "Spende", _at_bank(f"{other} und {given} {surname}", True)),
        _donation(scene, amount, f"{surname}, {given}", says),
        lag=(-5, 0),
    )


def one_surname(scene: Scene) -> None:
    """Two donors of one surname and initial, one amount and day: the bank has the initial alone."""
    surname = scene.chance.choice(SURNAMES)
    amount, blurred = scene.chance.choice(ROUND), party(f"J. {surname}")
    for given in ("Jürgen", "Jutta"):
        scene.books.add(
            "one_surname",
            _bank(scene, amount, blurred, "Spende", _at_bank(f"J. {surname}", True)),
            _donation(
                scene, amount, f"{surname}, {given}", blurred | party(f"{given} {surname}"), after=(0, 1)
            ),
            lag=(-5, 0),
        )


def family(scene: Scene) -> None:
    """Two of one surname give the same on one day, with their given names."""
    surname, amount = scene.chance.choice(SURNAMES), scene.chance.choice(ROUND)
    for given in scene.chance.sample(GIVEN_NAMES, 2):
        says = party(f"{given} {surname}")
        scene.books.add(
            "family",
            _bank(scene, amount, says, "Spende", _at_bank(f"{given} {surname}", True)),
            _donation(scene, amount, f"{surname}, {given}", says, after=(0, 2)),
            lag=(-5, 0),
        )


def debit_returned(scene: Scene) -> None:
    """A donation collected by direct debit that comes back; both are booked."""
    given, surname = scene.chance.choice(_donors(scene.books.company, scene.books.seed))
    amount, mandate = scene.chance.choice(ROUND), f"EV{digits(scene.chance, 7)}"
    name, says = _at_bank(f"{given} {surname}", True), document(mandate) | party(f"{given} {surname}")
    collected = scene.books.add(
        "debit_returned, collected",
        _bank(scene, amount, says, "Foerderbeitrag", name, "DDTLASTSCHRIFT", reference=mandate),
        _donation(scene, amount, f"{surname}, {given}", says, f"Einzug {mandate}", (0, 1), "LS"),
        lag=(-3, 0),
    )
    back = Scene(scene.books, scene.after(3, 7), scene.chance)
    returned = scene.books.add(
        "debit_returned",
        _bank(
            back,
            -amount,
            says,
            "RUECKLASTSCHRIFT AC04",
            name,
            "RTIRUECKLAST",
            reference=mandate,
            is_reversal=True,
        ),
        _donation(back, -amount, f"{surname}, {given}", says, f"Ruecklastschrift {mandate}", (0, 2), "RL"),
        lag=(-4, 0),
    )
    scene.books.chain(collected, returned)


def expense(scene: Scene) -> None:
    """What the charity pays."""
    name, memo, amount = scene.chance.choice(
        (
            ("Hausverwaltung Krämer GmbH", "Miete Geschaeftsstelle", scene.amount(800, 1400, "5")),
            ("Druckerei Seidel", "Rechnung", scene.amount(90, 900)),
            ("Stadtwerke Köln", "Abschlag", scene.amount(60, 240, "5")),
            ("Deutsche Post AG", "Porto", scene.amount(20, 300)),
        )
    )
    number = f"B{scene.next('voucher', 700)}"
    scene.books.add(
        "expense",
        LedgerLine(
            posted_on=scene.day,
            amount=-amount,
            reference=number,
            counterparty=name,
            memo=memo,
            document_type="KR",
            says=party(name),
        ),
        BankLine(
            booked_on=scene.after(0, 2),
            amount=-amount,
            memo=memo,
            name=_at_bank(name, True),
            code="TRFUEBERWEISUNG",
            says=party(name),
        ),
    )


def unplaced(scene: Scene) -> None:
    """Money of which the database knows nothing, and the bank's charges."""
    given, surname = scene.chance.choice(_donors(scene.books.company, scene.books.seed))
    name = _at_bank(f"{given} {surname}", True)
    scene.books.leave_open(
        "unplaced",
        _bank(scene, scene.chance.choice(ROUND), party(f"{given} {surname}"), "Spende", name),
        _bank(scene, -scene.amount(2, 12), party("charge"), "ENTGELT", code="CHGENTGELT"),
    )


def pledged(scene: Scene) -> None:
    """Promised and booked, and not paid."""
    given, surname = scene.chance.choice(_donors(scene.books.company, scene.books.seed))
    says = party(f"{given} {surname}")
    scene.books.leave_open(
        "pledged", _donation(scene, scene.chance.choice(ROUND), f"{surname}, {given}", says, "Zusage")
    )


PLANTS = (
    Plant(donation, 2, 34),
    Plant(named_in_the_memo, 2, 8),
    Plant(standing_order, 6, 14, range(1, 10)),
    Plant(anonymous, 3.3, 10),
    Plant(cheque_slip, 4.5, 8),
    Plant(couple, 2, 4),
    Plant(one_surname, 4, 3),
    Plant(family, 4, 4),
    Plant(debit_returned, 4, 5),
    Plant(expense, 2, 6),
    Plant(unplaced, 2, 2),
    Plant(pledged, 1, 2),
)
COMPANY = Company("charity", "EU", "EUR", "8100", (GIRO,), mt940, PLANTS)
