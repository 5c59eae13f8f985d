"""A machine maker in the Rhineland: RF and QR references beside payers' own, batches, debits and returns.

Its statements are CAMT.053; its ledger names invoices as the company numbers them and parties as they sign.
"""

from __future__ import annotations

from decimal import Decimal

from .books import Account, BankLine, Detail, LedgerLine, Plant, Says, Scene, document, party
from .chance import digits, letters, words
from .company import Company
from .statements import camt

MAIN = Account("DE21370501980007704418", "1200", "Sparkasse", Decimal("96310.27"))
RESERVE = Account("DE91370501980007704419", "1210", "Tagesgeld", Decimal("50000.00"))
FIRST_WORDS = words(
    "Brandt,Kessels,van der Meer,Rossi,Lindqvist,Moreau,Hofstätter,Nowak,Dubois,Schäfer,Ortmann,Vogel,"
    "Bianchi,De Smet,Krüger,Pellegrini,Janssens,Fournier,Maier,Hübner,Castellani,Wouters,Bergström,"
    "Lang,Stein"
)
TRADES = words(
    "Maschinenbau,Logistik,Metaal,Impianti,Verpackungen,Industrie,Werkzeuge,Techniek,Énergie,Pumpen"
)
FORMS = ("GmbH", "GmbH & Co. KG", "B.V.", "S.r.l.", "SARL", "AG", "NV")
RETURN_WORDS = ("AM04 Insufficient funds", "MD06 Refund request by end customer", "AC04 Closed account")


def _name(scene: Scene) -> str:
    chance = scene.chance
    first, trade = chance.choice(FIRST_WORDS), chance.choice(TRADES)
    return f"{first} {trade} {FORMS[(len(first) * 7 + len(trade)) % len(FORMS)]}"


def _rf(number: str) -> str:
    """An ISO 11649 reference with its check digits."""
    check = 98 - int("".join(str(int(c, 36)) for c in f"{number}RF00")) % 97
    return f"RF{check:02}{number}"


def _qr(number: str) -> str:
    """A Swiss reference of 27 digits, the last its check digit (modulo 10, recursive)."""
    carry = 0
    for digit in number.zfill(26):
        carry = (0, 9, 4, 6, 8, 2, 7, 1, 3, 5)[(carry + int(digit)) % 10]
    return f"{number.zfill(26)}{(10 - carry) % 10}"


def _invoice(scene: Scene) -> str:
    return f"2026-{scene.next('invoice', 4400):05}"


def _bank(
    scene: Scene, amount: Decimal, says: Says, least: int = 0, most: int = 0, **more: object
) -> BankLine:
    return BankLine(
        booked_on=scene.after(least, most),
        amount=amount,
        bank_reference=letters(scene.chance, 16),
        code=str(more.pop("code", "NTRF+166+9310" if amount > 0 else "NTRF+116+9310")),
        says=says,
        **more,
    )


def _book(
    scene: Scene, amount: Decimal, reference: str, name: str, says: Says, memo: str = "", **more: object
) -> LedgerLine:
    return LedgerLine(
        posted_on=scene.after(*more.pop("after", (0, 0))),
        amount=amount,
        account=str(more.pop("account", "")),
        reference=reference,
        counterparty=name,
        memo=memo,
        document_type=str(more.pop("document_type", "DZ" if amount > 0 else "KZ")),
        says=says,
    )


def structured_receipt(scene: Scene) -> None:
    """The payer's own end-to-end id stands beside the reference that the invoice asked for."""
    name, number = _name(scene), str(scene.next("structured", 880400))
    reference = scene.chance.choice((_rf, _qr))(number)
    amount, says = scene.amount(90, 20000), document(reference)
    end_to_end = scene.chance.choice(("", f"ZV{digits(scene.chance, 8)}", letters(scene.chance, 20)))
    scene.books.add(
        "structured_receipt",
        _book(scene, amount, reference, name, says | party(name)),
        _bank(
            scene,
            amount,
            says | party(name),
            3,
            20,
            name=name.upper(),
            reference=end_to_end,
            creditor_reference=reference,
        ),
        lag=(0, 45),
    )


def invoice_receipt(scene: Scene) -> None:
    """The payer names the invoice in free text, as payers do."""
    name, number, amount = _name(scene), _invoice(scene), scene.amount(90, 20000)
    text = scene.chance.choice(
        (
            "RG {} / KDNR 10417",
            "Rechnung {}",
            "Re.Nr. {} vom Januar",
            "INVOICE {} THANK YOU",
            "{}",
            "Fatt. {} saldo",
        )
    )
    says = document(number) | party(name)
    scene.books.add(
        "invoice_receipt",
        _book(scene, amount, number, name, says),
        _bank(scene, amount, says, 3, 20, name=name, memo=text.format(number)),
        lag=(0, 45),
    )


def several_invoices(scene: Scene) -> None:
    """One payment that names all it pays."""
    name = _name(scene)
    numbers = [_invoice(scene) for _ in range(scene.chance.randint(2, 4))]
    lines = [_book(scene, scene.amount(60, 4000), number, name, document(number)) for number in numbers]
    text = scene.chance.choice((" ", ", ", "/", " + ")).join(numbers)
    bank = _bank(
        scene,
        sum(line.amount for line in lines),
        document(*numbers) | party(name),
        2,
        15,
        name=name,
        memo=f"RG {text}",
    )
    scene.books.add("several_invoices", bank, *lines, is_decidable=True)


def credit_note_taken(scene: Scene) -> None:
    """Two invoices less a credit note, all three named."""
    name = _name(scene)
    numbers = [_invoice(scene), _invoice(scene), f"GS{_invoice(scene)}"]
    amounts = [scene.amount(200, 4000), scene.amount(200, 4000), -scene.amount(20, 150)]
    lines = [
        _book(scene, amount, number, name, document(number))
        for amount, number in zip(amounts, numbers, strict=True)
    ]
    says = document(*numbers) | party(name)
    memo = f"RG {numbers[0]}, {numbers[1]} abz. {numbers[2]}"
    bank = _bank(scene, sum(amounts, Decimal(0)), says, 2, 15, name=name, memo=memo)
    scene.books.add("credit_note_taken", bank, *lines, is_decidable=True)


def paid_in_two(scene: Scene) -> None:
    """An invoice paid in two parts, each of which names it."""
    name, number = _name(scene), _invoice(scene)
    parts = [scene.amount(100, 3000), scene.amount(100, 3000)]
    says = document(number) | party(name)
    banks = [
        _bank(scene, amount, says, 2 + 4 * part, 5 + 4 * part, name=name, memo=f"RG {number} Teil {part + 1}")
        for part, amount in enumerate(parts)
    ]
    invoice = _book(scene, sum(parts, Decimal(0)), number, name, says)
    scene.books.add("paid_in_two", invoice, *banks, is_decidable=True)


def paid_twice(scene: Scene) -> None:
    """The customer pays an invoice again some days later: either payment may be the one that was due."""
    name, number, amount = _name(scene), _invoice(scene), scene.amount(90, 4000)
    says = document(number) | party(name)
    first = _bank(scene, amount, says, 2, 6, name=name, memo=f"Rechnung {number}")
    again = _bank(scene, amount, says, 8, 12, name=name, memo=f"Rechnung {number}")
    scene.books.add("paid_twice", _book(scene, amount, number, name, says), first, lag=(0, 30))
    scene.books.leave_open("paid_twice, again", again)


def payment_returned(scene: Scene) -> None:
    """Our payment comes back from a closed account; both ways are booked."""
    name, number, amount = _name(scene), f"ZL{scene.next('payment', 330100)}", scene.amount(60, 5000)
    says, returned = document(number) | party(name), document(f"{number} returned") | party(name)
    sent = scene.books.add(
        "payment_returned, sent",
        _book(scene, -amount, number, name, says),
        _bank(scene, -amount, says, 0, 1, name=name, reference=number, memo=f"RE {digits(scene.chance, 6)}"),
    )
    back = Scene(scene.books, scene.after(3, 6), scene.chance)
    came_back = scene.books.add(
        "payment_returned",
        _bank(
            back, amount, returned, name=name, reference=number, is_reversal=True,
            memo="AC04 Closed account", code="NRTI+159+9310",
        ),
        _book(back, amount, number, name, returned, f"Rücküberweisung {number}", after=(0, 2)),
        lag=(-4, 0),
    )  # fmt: skip
    scene.books.chain(sent, came_back)


def cents_off(scene: Scene) -> None:
    """Some cents too much or too little, the invoice named."""
    name, number, amount = _name(scene), _invoice(scene), scene.amount(90, 4000)
    off = Decimal(scene.chance.choice((-5, -2, -1, 1, 3))) / 100
    says = document(number) | party(name)
    scene.books.add(
        "cents_off",
        _book(scene, amount, number, name, says),
        _bank(scene, amount + off, says, 2, 15, name=name, memo=f"Rechnung {number}"),
        is_decidable=True,
    )


def short_payment(scene: Scene) -> None:
    """A discount taken, or a part held back; the invoice is named."""
    name, number, amount = _name(scene), _invoice(scene), scene.amount(300, 9000)
    paid = (amount * Decimal(scene.chance.choice(("0.97", "0.98", "0.9")))).quantize(Decimal("0.01"))
    says = document(number) | party(name)
    scene.books.add(
        "short_payment",
        _book(scene, amount, number, name, says),
        _bank(scene, paid, says, 2, 15, name=name, memo=f"Rechnung {number} abzgl. Skonto"),
        is_decidable=True,
    )


def third_party(scene: Scene) -> None:
    """Another company of the customer's group pays, and names the invoice."""
    name, number, amount = _name(scene), _invoice(scene), scene.amount(300, 9000)
    payer = f"{scene.chance.choice(FIRST_WORDS)} Holding SE"
    scene.books.add(
        "third_party",
        _book(scene, amount, number, name, document(number) | party(name)),
        _bank(scene, amount, document(number), 2, 15, name=payer, memo=f"i.A. {name} RNR {number}"),
        lag=(0, 45),
    )


def charges_stated(scene: Scene) -> None:
    """From abroad: the bank keeps its charges and says how much they were."""
    name, number, amount = _name(scene), _invoice(scene), scene.amount(500, 30000)
    charges = Decimal(scene.chance.choice(("5.00", "12.50", "26.00")))
    says = document(number) | party(name)
    scene.books.add(
        "charges_stated",
        _book(scene, amount, number, name, says),
        _bank(scene, amount - charges, says, 2, 15, name=name, memo=f"INV {number}", charges=charges),
        is_decidable=True,
    )


def instalments(scene: Scene) -> None:
    """Three equal parts of one invoice, a month apart."""
    name, number, amount = _name(scene), _invoice(scene), scene.amount(100, 900, "10")
    says = document(number) | party(name)
    for part in range(3):
        month = Scene(scene.books, scene.after(21 * part, 21 * part), scene.chance)
        scene.books.add(
            "instalments",
            _book(month, amount, number, name, says, f"Rate {part + 1}/3"),
            _bank(month, amount, says, 0, 3, name=name, memo=f"Rate {part + 1} zu RG {number}"),
            lag=(0, 7),
        )


def collection(scene: Scene) -> None:
    """Direct debits collected in a batch, booked one by one; some come back as reversals days later."""
    batch = f"SDD{scene.day:%y%m%d}{scene.next('collection', 10):02}"
    details, lines, returned = [], [], []
    for _ in range(scene.chance.randint(3, 7)):
        name, number, amount = _name(scene), _invoice(scene), scene.amount(20, 300)
        details.append(Detail(amount, name, number, f"Wartung {number}", f"MD{digits(scene.chance, 6)}"))
        lines.append(
            _book(scene, amount, number, name, document(number), f"Lastschrift {batch}", document_type="LS")
        )
        if scene.chance.random() < 0.3:
            returned.append((name, number, amount))
    bank = _bank(
        scene, sum(line.amount for line in lines), document(batch), 1, 1,
        reference=batch, details=tuple(details), code="NDDT+171+9310",
    )  # fmt: skip
    scene.books.add("collection", bank, *lines, is_decidable=True)
    for name, number, amount in returned:
        later = Scene(scene.books, scene.after(3, 8), scene.chance)
        says = document(f"{number} returned") | party(name)
        scene.books.add(
            "collection, returned",
            _bank(
                later, -amount, says, name=name, reference=number, is_reversal=True,
                memo=scene.chance.choice(RETURN_WORDS), code="NRTI+109+9310",
            ),
            _book(later, -amount, number, name, says, "Rücklastschrift", after=(0, 2), document_type="LR"),
            lag=(-5, 0),
        )  # fmt: skip


def payment(scene: Scene) -> None:
    """A supplier paid: our payment's number is the end-to-end id."""
    name, number, amount = _name(scene), f"ZL{scene.next('payment', 330100)}", -scene.amount(60, 15000)
    says = document(number) | party(name)
    scene.books.add(
        "payment",
        _book(scene, amount, number, name, says),
        _bank(scene, amount, says, 0, 1, name=name, reference=number, memo=f"RE {digits(scene.chance, 6)}"),
    )


def payment_run(scene: Scene) -> None:
    """Suppliers paid together: one entry at the bank under the run's number, without details."""
    run = f"ZLAUF-2026-{scene.next('run', 10):03}"
    lines = []
    for _ in range(scene.chance.randint(3, 8)):
        name, number = _name(scene), f"ZL{scene.next('payment', 330100)}"
        lines.append(_book(scene, -scene.amount(60, 5000), number, name, document(run), run))
    bank = _bank(
        scene, sum(line.amount for line in lines), document(run), 0, 1, memo=f"SAMMELUEBERWEISUNG {run}",
        code="NTRF+191+9310",
    )  # fmt: skip
    scene.books.add("payment_run", bank, *lines, is_decidable=True)


def word_inside(scene: Scene) -> None:
    """A supplier whose name has a word in it that banks use for fees, interest and reversals."""
    name = scene.chance.choice(
        (
            "Gebühr Holzbau GmbH",
            "Zinsser Lacke GmbH",
            "Stornowski KG",
            "Retourenhaus B.V.",
            "Lastschriftverlag AG",
        )
    )
    amount, says = -scene.amount(5, 300), party(name)
    scene.books.add(
        "word_inside",
        _book(scene, amount, f"ZL{scene.next('payment', 330100)}", name, says),
        _bank(scene, amount, says, 0, 2, name=name.upper(), memo=f"RE {digits(scene.chance, 5)}"),
    )


def name_alone(scene: Scene) -> None:
    """A receipt without any number; name and amount tell."""
    name, amount = _name(scene), scene.amount(90, 20000)
    scene.books.add(
        "name_alone",
        _book(scene, amount, _invoice(scene), name, party(name)),
        _bank(scene, amount, party(name), 2, 15, name=name.upper(), memo="Vielen Dank"),
        lag=(0, 30),
    )


def equal_receipts(scene: Scene) -> None:
    """Two customers, one amount, the same days, no numbers."""
    amount = scene.amount(200, 4000, "50")
    for name in dict.fromkeys((_name(scene), _name(scene))):
        scene.books.add(
            "equal_receipts",
            _book(scene, amount, _invoice(scene), name, party(name)),
            _bank(scene, amount, party(name), 1, 3, name=name, memo="Ihre Lieferung"),
            lag=(0, 30),
        )


def nearly_equal_invoices(scene: Scene) -> None:
    """Numbers one digit apart or with a zero elsewhere, of one amount: one is paid."""
    amount, name, number = scene.amount(200, 2000, "50"), _name(scene), scene.next("nearly equal", 610)
    first, second = scene.chance.choice(
        ((f"2026-{number}17", f"2026-{number}71"), (f"2026-{number}041", f"2026-{number}401"))
    )
    says = document(first) | party(name)
    scene.books.add(
        "nearly_equal_invoices",
        _book(scene, amount, first, name, says),
        _bank(scene, amount, says, 2, 10, name=name, memo=f"RG {first}"),
        lag=(0, 45),
    )
    scene.books.leave_open(
        "nearly_equal_invoices, unpaid", _book(scene, amount, second, name, document(second) | party(name))
    )


def reversed_entry(scene: Scene) -> None:
    """Booked twice, and reversed once."""
    name, number, amount = _name(scene), _invoice(scene), scene.amount(90, 5000)
    says = document(number) | party(name)
    scene.books.add(
        "reversed_entry",
        _book(scene, amount, number, name, says),
        _bank(scene, amount, says, 2, 12, name=name, memo=f"RG {number}"),
        lag=(0, 45),
    )
    scene.books.add(
        "reversed_entry, taken back",
        _book(scene, amount, number, name, says),
        _book(scene, -amount, number, name, says, f"Storno {number}", after=(1, 4), document_type="ST"),
        is_decidable=True,
    )


def transfer(scene: Scene) -> None:
    """Between the two accounts, while a customer pays the same."""
    amount, name, number = scene.amount(2000, 20000, "500"), _name(scene), _invoice(scene)
    own = party("own accounts")
    for account, signed in ((MAIN, -amount), (RESERVE, amount)):
        scene.books.add(
            "transfer",
            _book(
                scene, signed, "", "", own, "Umbuchung Tagesgeld", account=account.number, document_type="UM"
            ),
            _bank(
                scene, signed, own, account=account.number, name="Rheinwerk Maschinen GmbH", memo="Umbuchung"
            ),
            lag=(-3, 3),
        )
    says = document(number) | party(name)
    scene.books.add(
        "transfer, equal receipt",
        _book(scene, amount, number, name, says),
        _bank(scene, amount, says, 0, 1, name=name, memo=f"RG {number}"),
    )


def never_booked(scene: Scene) -> None:
    """The bank's fees, and money that nobody can place."""
    fee = -scene.amount(4, 40)
    scene.books.leave_open(
        "never_booked",
        _bank(scene, fee, party("charge"), memo="Entgeltabschluss Kontoführung", code="NCHG+805+9310"),
        _bank(scene, scene.amount(50, 500), party("unknown"), name="Unbekannt Versand", memo="Rückzahlung"),
    )


def never_paid(scene: Scene) -> None:
    """An invoice that nobody pays."""
    name, number = _name(scene), _invoice(scene)
    scene.books.leave_open(
        "never_paid", _book(scene, scene.amount(90, 900), number, name, document(number) | party(name))
    )


PLANTS = (
    Plant(structured_receipt, 2, 13),
    Plant(invoice_receipt, 2, 13),
    Plant(several_invoices, 4, 8),
    Plant(cents_off, 2, 3),
    Plant(short_payment, 2, 3),
    Plant(third_party, 2, 4),
    Plant(charges_stated, 2, 3),
    Plant(instalments, 6, 5),
    Plant(collection, 6, 9),
    Plant(payment, 2, 9),
    Plant(payment_run, 6, 7),
    Plant(word_inside, 2, 3),
    Plant(name_alone, 2, 6),
    Plant(equal_receipts, 4, 4),
    Plant(nearly_equal_invoices, 3, 3),
    Plant(reversed_entry, 4, 3),
    Plant(transfer, 6, 4),
    Plant(never_booked, 2, 2),
    Plant(never_paid, 1, 1),
    Plant(credit_note_taken, 4, 3),
    Plant(paid_in_two, 3, 3),
    Plant(paid_twice, 3, 3),
    Plant(payment_returned, 4, 3),
)
COMPANY = Company("sepa_structured", "EU", "EUR", "4400", (MAIN, RESERVE), camt, PLANTS)
