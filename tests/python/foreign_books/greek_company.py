"""A wholesaler in Thessaloniki: names with and without accents, in capitals, in Greeklish, with legal forms.

Its statements are CAMT.053 with names as the payer's bank has them; its ledger writes them as a Greek would.
"""

from __future__ import annotations

import unicodedata
from decimal import Decimal

from .books import Account, BankLine, LedgerLine, Plant, Says, Scene, document, party
from .chance import letters, words
from .company import Company
from .statements import camt

MAIN = Account("GR1601101250000000012300695", "38.03", "Όψεως", Decimal("41870.12"))
FIRST_WORDS = words(
    "Αφοί Παπαδοπούλου,Νίκος Γεωργίου,Ελληνικά Άλευρα,Μακεδονική Τροφίμων,Κώστας Δημητρίου,"
    "Ιωάννης Κωνσταντίνου,Όλυμπος,Θεσσαλικά Έλαια,Χρήστος Οικονόμου,Αιγαίο,Βόρεια Σπίτια,"
    "Ευστάθιος Ξένος,Γιώργος Ψαρράς,Καλλιόπη Μάρκου,Έξοδος,Πελασγός,Ήλιος,Υιοί Αθανασίου"
)
TRADES = words("Τρόφιμα,Εμπορική,Μεταφορές,Οικοδομικά Υλικά,Ποτά,Συσκευασίες")
FORMS = (("ΑΕ", "Α.Ε."), ("ΕΠΕ", "Ε.Π.Ε."), ("ΙΚΕ", "Ι.Κ.Ε."), ("ΟΕ", "Ο.Ε."))
GREEKLISH = {
    **dict(zip("ΑΒΓΔΕΖΗΙΚΛΜΝΞΟΠΡΣΤΥΦΩ", "AVGDEZIIKLMNXOPRSTYFO", strict=True)),
    "Θ": "TH",
    "Χ": "CH",
    "Ψ": "PS",
}
PUBLIC = (
    ("ΔΕΗ ΑΕ", "Δ.Ε.Η. Α.Ε."),
    ("ΕΥΑΘ ΑΕ", "Ε.Υ.Α.Θ. Α.Ε."),
    ("e-EFKA", "e-ΕΦΚΑ εισφορές"),
    ("ΑΑΔΕ", "Φόρος Α.Α.Δ.Ε."),
)


def _bare(text: str) -> str:
    """Capitals without accents; the final sigma is a sigma like any other."""
    decomposed = unicodedata.normalize("NFD", text.upper())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def _greeklish(text: str) -> str:
    bare = _bare(text).replace("ΟΥ", "OU").replace("ΕΥ", "EF").replace("ΜΠ", "B")
    return "".join(GREEKLISH.get(character, character) for character in bare)


def _party(scene: Scene) -> tuple[str, str, str]:
    """A party as the books write it, as its bank does in capitals, and in Greeklish."""
    first, trade = scene.chance.choice(FIRST_WORDS), scene.chance.choice(TRADES)
    plain, dotted = FORMS[(len(first) + len(trade)) % len(FORMS)]
    return (
        f"{first} {trade} {dotted}",
        _bare(f"{first} {trade} {plain}"),
        _greeklish(f"{first} {trade} {plain}"),
    )


def _invoice(scene: Scene) -> str:
    return f"{scene.next('invoice', 1100):05}"


def _bank(
    scene: Scene,
    amount: Decimal,
    says: Says,
    name: str,
    memo: str,
    least: int = 0,
    most: int = 0,
    **more: object,
) -> BankLine:
    return BankLine(
        booked_on=scene.after(least, most),
        amount=amount,
        name=name,
        memo=memo,
        bank_reference=letters(scene.chance, 12),
        code="PMNT",
        says=says,
        **more,
    )


def _book(
    scene: Scene,
    amount: Decimal,
    reference: str,
    name: str,
    says: Says,
    memo: str = "",
    after: tuple[int, int] = (0, 0),
) -> LedgerLine:
    return LedgerLine(
        posted_on=scene.after(*after),
        amount=amount,
        reference=reference,
        counterparty=name,
        memo=memo,
        document_type="ΕΙΣ" if amount > 0 else "ΠΛΗ",
        says=says,
    )


def receipt_in_capitals(scene: Scene) -> None:
    """No number: the name in capitals without accents."""
    name, capitals, _ = _party(scene)
    amount, says = scene.amount(60, 9000), party(name)
    scene.books.add(
        "receipt_in_capitals",
        _book(scene, amount, f"ΤΔΑ-{_invoice(scene)}", name, says),
        _bank(scene, amount, says, capitals, "ΕΞΟΦΛΗΣΗ", 1, 10),
        lag=(0, 20),
    )


def receipt_in_greeklish(scene: Scene) -> None:
    """No number: the name in Latin letters."""
    name, _, latin = _party(scene)
    amount, says = scene.amount(60, 9000), party(name)
    scene.books.add(
        "receipt_in_greeklish",
        _book(scene, amount, f"ΤΔΑ-{_invoice(scene)}", name, says),
        _bank(scene, amount, says, latin, "EXOFLISI TIMOLOGIOU", 1, 10),
        lag=(0, 20),
    )


def receipt_with_invoice(scene: Scene) -> None:
    """The invoice named, with Greek or Latin letters before the number."""
    name, capitals, latin = _party(scene)
    amount, number = scene.amount(60, 9000), _invoice(scene)
    says = document(number) | party(name)
    shown, memo = scene.chance.choice(
        ((capitals, f"ΤΔΑ-{number}"), (latin, f"TDA {number}"), (capitals, f"ΤΙΜ. ΤΔΑ {number} ΕΥΧΑΡΙΣΤΩ"))
    )
    scene.books.add(
        "receipt_with_invoice",
        _book(scene, amount, f"ΤΔΑ-{number}", name, says),
        _bank(scene, amount, says, shown, memo, 1, 15),
        lag=(0, 30),
    )


def several_invoices(scene: Scene) -> None:
    """One payment of several invoices, each named."""
    name, capitals, _ = _party(scene)
    numbers = [_invoice(scene) for _ in range(scene.chance.randint(2, 4))]
    lines = [_book(scene, scene.amount(60, 2000), f"ΤΔΑ-{each}", name, document(each)) for each in numbers]
    total, says = sum(line.amount for line in lines), document(*numbers) | party(name)
    bank = _bank(scene, total, says, capitals, f"ΤΔΑ {', '.join(numbers)}", 1, 10)
    scene.books.add("several_invoices", bank, *lines, is_decidable=True)


def payment(scene: Scene) -> None:
    """A supplier paid by name."""
    name, capitals, latin = _party(scene)
    amount, says = -scene.amount(60, 7000), party(name)
    shown = scene.chance.choice((capitals, capitals, latin))
    scene.books.add(
        "payment",
        _book(scene, amount, f"ΠΛ{scene.next('payment', 300)}", name, says),
        _bank(scene, amount, says, shown, "ΠΛΗΡΩΜΗ ΠΡΟΜΗΘΕΥΤΗ", 0, 1),
    )


def public_body(scene: Scene) -> None:
    """Power, water, contributions, tax."""
    shown, name = scene.chance.choice(PUBLIC)
    amount, says = -scene.amount(40, 1800), party(name)
    scene.books.add(
        "public_body",
        _book(scene, amount, f"ΠΛ{scene.next('payment', 300)}", name, says),
        _bank(scene, amount, says, shown, "ΠΑΓΙΑ ΕΝΤΟΛΗ", 0, 2),
    )


def card_terminal(scene: Scene) -> None:
    """A day's card sales, paid net: the ledger has the sales and the commission."""
    says = party("POS")
    batch = f"POS {scene.day:%d/%m} παρτίδα {scene.next('batch', 40)}"
    sales = [
        _book(scene, scene.amount(8, 300), f"ΑΠΥ{scene.next('slip', 9000)}", "Λιανική", says, batch)
        for _ in range(scene.chance.randint(2, 5))
    ]
    gross = sum(line.amount for line in sales)
    commission = (-gross * Decimal("0.012")).quantize(Decimal("0.01"))
    fee = _book(scene, commission, f"ΑΠΥ{scene.next('slip', 9000)}", "Λιανική", says, f"Προμήθεια {batch}")
    bank = _bank(scene, gross + commission, says, "", f"ΕΚΚΑΘΑΡΙΣΗ POS {scene.day:%d/%m}", 1, 2)
    scene.books.add("card_terminal", bank, *sales, fee, is_decidable=True)


def equal_receipts(scene: Scene) -> None:
    """Two customers, one amount, the same days."""
    amount = scene.amount(100, 3000, "50")
    for first in scene.chance.sample(FIRST_WORDS, 2):
        name, says = f"{first} Α.Ε.", party(f"{first} Α.Ε.")
        shown = scene.chance.choice((_bare, _greeklish))(f"{first} ΑΕ")
        scene.books.add(
            "equal_receipts",
            _book(scene, amount, f"ΤΔΑ-{_invoice(scene)}", name, says),
            _bank(scene, amount, says, shown, "ΕΝΑΝΤΙ ΛΟΓΑΡΙΑΣΜΟΥ", 1, 3),
            lag=(0, 20),
        )


def legal_form_alone(scene: Scene) -> None:
    """Two firms of one family that differ by their legal forms alone."""
    first = scene.chance.choice(("Αδελφοί Σαββίδη", "Υιοί Λαζάρου", "Κρητικός"))
    amount = scene.amount(100, 3000, "10")
    for plain, dotted in (FORMS[3], FORMS[1]):
        name, says = f"{first} {dotted}", party(f"{first} {dotted}")
        scene.books.add(
            "legal_form_alone",
            _book(scene, amount, f"ΤΔΑ-{_invoice(scene)}", name, says),
            _bank(scene, amount, says, _bare(f"{first} {plain}"), "ΕΞΟΦΛΗΣΗ", 1, 3),
            lag=(0, 20),
        )


def nearly_equal_invoices(scene: Scene) -> None:
    """Numbers one digit apart or with a zero elsewhere, of one amount: one is paid."""
    name, capitals, _ = _party(scene)
    amount, number = scene.amount(100, 2000, "10"), scene.next("nearly equal", 610)
    first, second = scene.chance.choice(((f"{number}17", f"{number}71"), (f"{number}041", f"{number}401")))
    says = document(first) | party(name)
    scene.books.add(
        "nearly_equal_invoices",
        _book(scene, amount, f"ΤΔΑ-{first}", name, says),
        _bank(scene, amount, says, capitals, f"ΤΔΑ {first}", 1, 10),
        lag=(0, 30),
    )
    scene.books.leave_open(
        "nearly_equal_invoices, unpaid",
        _book(scene, amount, f"ΤΔΑ-{second}", name, document(second) | party(name)),
    )


def reversed_entry(scene: Scene) -> None:
    """Booked twice, and taken back once."""
    name, capitals, _ = _party(scene)
    amount, number = scene.amount(90, 4000), _invoice(scene)
    says = document(number) | party(name)
    scene.books.add(
        "reversed_entry",
        _book(scene, amount, f"ΤΔΑ-{number}", name, says),
        _bank(scene, amount, says, capitals, f"ΤΔΑ {number}", 1, 10),
        lag=(0, 30),
    )
    scene.books.add(
        "reversed_entry, taken back",
        _book(scene, amount, f"ΤΔΑ-{number}", name, says),
        _book(scene, -amount, f"ΤΔΑ-{number}", name, says, "Αντιλογισμός", (1, 4)),
        is_decidable=True,
    )


def never_booked(scene: Scene) -> None:
    """The bank's charges, and a deposit of which nobody knows."""
    name, capitals, _ = _party(scene)
    scene.books.leave_open(
        "never_booked",
        _bank(scene, -scene.amount(1, 20), party("charge"), "", "ΕΞΟΔΑ ΕΜΒΑΣΜΑΤΟΣ"),
        _bank(scene, scene.amount(50, 900), party(name), capitals, "ΕΝΑΝΤΙ"),
    )


def never_paid(scene: Scene) -> None:
    """An invoice that nobody pays."""
    name, _, _ = _party(scene)
    number = _invoice(scene)
    says = document(number) | party(name)
    scene.books.leave_open("never_paid", _book(scene, scene.amount(60, 900), f"ΤΔΑ-{number}", name, says))


PLANTS = (
    Plant(receipt_in_capitals, 2, 18),
    Plant(receipt_in_greeklish, 2, 12),
    Plant(receipt_with_invoice, 2, 16),
    Plant(several_invoices, 4, 7),
    Plant(payment, 2, 13),
    Plant(public_body, 2, 6),
    Plant(card_terminal, 6, 9),
    Plant(equal_receipts, 4, 5),
    Plant(legal_form_alone, 4, 3),
    Plant(nearly_equal_invoices, 3, 4),
    Plant(reversed_entry, 4, 4),
    Plant(never_booked, 2, 2),
    Plant(never_paid, 1, 1),
)
COMPANY = Company("greek_company", "GR", "EUR", "64", (MAIN,), camt, PLANTS)
