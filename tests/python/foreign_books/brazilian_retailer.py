"""A shop chain in Curitiba: Pix by name at few prices, boletos in sums, card sales net of a rate.

Its bank's OFX has one memo a line, without accents and cut; a taxpayer's number stands for a name there.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from .books import Account, BankLine, LedgerLine, Plant, Says, Scene, document, party
from .chance import digits, letters, stream, words
from .company import Company
from .statements import ofx_bank

CURRENT = Account("341204710098765", "BR1112", "Itaú conta corrente", Decimal("88412.37"))
SAVINGS = Account("341204710098773", "BR1115", "Itaú aplicação", Decimal("150000.00"))
GIVEN_NAMES = words(
    "Maria Aparecida,José Carlos,Ana Paula,João Batista,Francisca,Antônio,Márcia,Luiz Fernando,Patrícia,"
    "Marcos Vinícius,Juliana,Rafael,Conceição,Sebastião,Letícia,Thiago"
)
SURNAMES = words(
    "da Silva,dos Santos,de Oliveira,Souza,Rodrigues,Ferreira,Alves,Pereira,Lima,Gonçalves,Ribeiro,Carvalho"
)
PRICES = (
    Decimal("89.90"), Decimal("89.90"), Decimal("129.90"),
    Decimal("199.90"), Decimal("49.99"), Decimal("259.80"),
)  # fmt: skip
ASCII = str.maketrans("áâãàçéêíóôõúÁÂÃÀÇÉÊÍÓÔÕÚ", "aaaaceeiooouAAAACEEIOOOU")


class Firm(NamedTuple):
    """A supplier as the books have it, and its taxpayer's number."""

    name: str
    tax_number: str


FIRMS = tuple(
    Firm(name, f"{12345678 + 7654321 * place % 87654321:08}0001{17 + place * 5}")
    for place, name in enumerate(
        words(
            "Distribuidora Três Irmãos Ltda,Comercial de Alimentos Paraná S.A.,Têxtil São José Ltda,"
            "Indústria e Comércio Bom Jesus Ltda,Transportes Rápido Sul Ltda,Papelaria União ME,"
            "Embalagens Curitiba EIRELI,Comercial de Bebidas Paraná S.A."
        )
    )
)


def _plain(name: str, width: int = 25) -> str:
    return name.translate(ASCII).upper()[:width].strip()


def _dotted(number: str) -> str:
    """A taxpayer's number as it is written."""
    return f"{number[:2]}.{number[2:5]}.{number[5:8]}/{number[8:12]}-{number[12:]}"


@cache
def _people(company: str, seed: int) -> list[str]:
    chance = stream(seed, company, "people")
    names = [
        f"{given} {one} {other}"
        for given in GIVEN_NAMES
        for one in SURNAMES
        for other in SURNAMES
        if one != other
    ]
    chance.shuffle(names)
    return names[:500]


def _person(scene: Scene) -> str:
    return scene.chance.choice(_people(scene.books.company, scene.books.seed))


def _bank(scene: Scene, amount: Decimal, memo: str, says: Says, least: int = 0, most: int = 0) -> BankLine:
    return BankLine(
        booked_on=scene.after(least, most),
        amount=amount,
        memo=memo,
        bank_reference=letters(scene.chance, 14),
        code="CREDIT" if amount > 0 else "DEBIT",
        says=says,
    )


def _booked(
    scene: Scene, amount: Decimal, name: str, reference: str, memo: str, says: Says, kind: str = "REC"
) -> LedgerLine:
    return LedgerLine(
        posted_on=scene.day,
        amount=amount,
        reference=reference,
        counterparty=name,
        memo=memo,
        document_type=kind,
        says=says,
    )


def pix(scene: Scene) -> None:
    """A customer at a shop's price; the books have the order, and some the number of the transfer."""
    name, amount = _person(scene), scene.chance.choice(PRICES)
    number = (
        f"E{digits(scene.chance, 8)}{scene.day:%Y%m%d}1{scene.next('pix', 4000)}s{letters(scene.chance, 6)}"
    )
    knows = scene.chance.random() < 0.3
    cut = party(_plain(name))
    memo = f"PIX RECEBIDO {_plain(name)}" + (f" {number}" if knows else "")
    scene.books.add(
        "pix",
        _booked(
            scene, amount, name, f"PED-{scene.next('order', 30100)}",
            f"Pix {number}" if knows else "Venda loja",
            cut | document(number) if knows else cut,
        ),
        _bank(scene, amount, memo, cut | document(number) if knows else cut),
        lag=(0, 3),
    )  # fmt: skip


def pix_by_tax_number(scene: Scene) -> None:
    """A firm's Pix, which the bank shows by its taxpayer's number."""
    firm, amount = scene.chance.choice(FIRMS), scene.amount(300, 9000)
    says = party(firm.name)
    scene.books.add(
        "pix_by_tax_number",
        _booked(
            scene,
            amount,
            firm.name,
            f"NF {scene.next('note', 8100)}",
            f"CNPJ {_dotted(firm.tax_number)}",
            says,
        ),
        _bank(scene, amount, f"PIX RECEBIDO {firm.tax_number}", says, 0, 1),
        lag=(0, 4),
    )


def boletos_together(scene: Scene) -> None:
    """The slips paid on a day, credited in one sum, and the tariff of each, taken apart under one number."""
    number = f"{scene.next('file', 7000)}"
    lines = [
        _booked(
            scene, scene.amount(80, 2500), _person(scene),
            f"109/{scene.next('slip', 30000000)}-{digits(scene.chance, 1)}",
            f"Liquidação retorno {number}", document(number), "BOL",
        )
        for _ in range(scene.chance.randint(3, 9))
    ]  # fmt: skip
    total = sum(line.amount for line in lines)
    bank = _bank(scene, total, f"LIQ COBRANCA RETORNO {number}", document(number), 1, 2)
    together = scene.books.add("boletos_together", bank, *lines, is_decidable=True)
    tariff = Decimal("-2.15") * len(lines)
    says = document(f"tariff {number}") | party("tariff")
    apart = scene.books.add(
        "boleto_tariff",
        _booked(scene, tariff, "", "", f"Tarifa cobrança retorno {number}", says, "TAR"),
        _bank(scene, tariff, f"TAR COBRANCA RETORNO {number}", says, 1, 2),
        lag=(0, 5),
    )
    scene.books.chain(together, apart)


def boleto_alone(scene: Scene) -> None:
    """One slip, by its number in the bank, which the books write with portfolio and check digit."""
    slip, amount, name = f"{scene.next('slip', 30000000)}", scene.amount(80, 4000), _person(scene)
    says = document(slip)
    scene.books.add(
        "boleto_alone",
        _booked(
            scene,
            amount,
            name,
            f"109/{slip}-{digits(scene.chance, 1)}",
            "Liquidação boleto",
            says | party(name),
            "BOL",
        ),
        _bank(scene, amount, f"COBRANCA {slip.zfill(11)}", says, 1, 3),
        lag=(0, 6),
    )


def boleto_late(scene: Scene) -> None:
    """Paid late, with fine and interest that the books have not."""
    slip, amount, name = f"{scene.next('slip', 30000000)}", scene.amount(200, 4000), _person(scene)
    paid = (amount * Decimal("1.02") + amount * Decimal("0.00033") * scene.chance.randint(1, 9)).quantize(
        Decimal("0.01")
    )
    says = document(slip)
    scene.books.add(
        "boleto_late",
        _booked(
            scene, amount, name, f"109/{slip}-{digits(scene.chance, 1)}", "Boleto", says | party(name), "BOL"
        ),
        _bank(scene, paid, f"COBRANCA {slip.zfill(11)} C/ JUROS", says, 2, 8),
        is_decidable=True,
    )


def card_sales(scene: Scene) -> None:
    """A day's card sales less the rate, by the number of their summary."""
    summary = f"{scene.next('summary', 51000000)}"
    sales = [scene.chance.choice((*PRICES, scene.amount(20, 900))) for _ in range(scene.chance.randint(3, 7))]
    rate = -(sum(sales) * Decimal("0.0289")).quantize(Decimal("0.01"))
    lines = [
        _booked(
            scene,
            amount,
            "",
            f"PED-{scene.next('order', 30100)}",
            f"Cielo RV {summary}",
            document(summary),
            "CAR",
        )
        for amount in sales
    ]
    lines.append(_booked(scene, rate, "Cielo", "", f"Taxa MDR Cielo RV {summary}", document(summary), "CAR"))
    bank = _bank(scene, sum(sales) + rate, f"CIELO VENDAS DEB {summary}", document(summary), 1, 2)
    scene.books.add("card_sales", bank, *lines, is_decidable=True)


def instalments_of_note(scene: Scene) -> None:
    """A supplier's note in three equal slips a month apart, paid by name."""
    firm, amount, note = scene.chance.choice(FIRMS), -scene.amount(200, 3000), scene.next("note in", 4400)
    says = party(firm.name)
    for part in range(3):
        on = Scene(scene.books, scene.after(21 * part, 21 * part), scene.chance)
        scene.books.add(
            "instalments_of_note",
            _booked(on, amount, firm.name, f"NF {note}/{part + 1}", "Pagamento fornecedor", says, "PAG"),
            _bank(on, amount, f"PAG BOLETO {_plain(firm.name, 20)}", says, 0, 1),
            lag=(0, 4),
        )


def supplier_pix(scene: Scene) -> None:
    """A supplier paid by its taxpayer's number; the bank writes the name where it fits."""
    firm, amount = scene.chance.choice(FIRMS), -scene.amount(100, 6000)
    says = party(firm.name)
    memo = scene.chance.choice(
        (f"PIX ENVIADO {_plain(firm.name, 20)}", f"PIX ENVIADO {_dotted(firm.tax_number)}")
    )
    scene.books.add(
        "supplier_pix",
        _booked(
            scene,
            amount,
            firm.name,
            f"NF {scene.next('note in', 4400)}",
            f"Pix CNPJ {firm.tax_number}",
            says,
            "PAG",
        ),
        _bank(scene, amount, memo, says),
        lag=(0, 3),
    )


def pix_given_back(scene: Scene) -> None:
    """A sale taken back: the money goes out again to the customer some days later."""
    name, amount = _person(scene), scene.chance.choice(PRICES)
    cut = party(_plain(name))
    came = scene.books.add(
        "pix_given_back, received",
        _booked(scene, amount, name, f"PED-{scene.next('order', 30100)}", "Venda loja", cut),
        _bank(scene, amount, f"PIX RECEBIDO {_plain(name)}", cut),
        lag=(0, 3),
    )
    back = Scene(scene.books, scene.after(2, 7), scene.chance)
    went = scene.books.add(
        "pix_given_back",
        _booked(back, -amount, name, f"DEV-{scene.next('return', 900)}", "Devolução de venda", cut, "DEV"),
        _bank(back, -amount, f"DEV PIX {_plain(name)}", cut),
        lag=(0, 3),
    )
    scene.books.chain(came, went)


def salary(scene: Scene) -> None:
    """Salaries one by one; several people earn the same."""
    name = _person(scene)
    amount = -Decimal(scene.chance.choice(("1980.00", "1980.00", "2410.55")))
    says = party(_plain(name))
    scene.books.add(
        "salary",
        _booked(scene, amount, name, f"FOLHA {scene.day:%m/%Y}", "Salário", says, "SAL"),
        _bank(scene, amount, f"PIX SALARIO {_plain(name)}", says),
        lag=(0, 3),
    )


def tax(scene: Scene) -> None:
    """Federal tax by the number of its form, written with points in the books."""
    plain, amount = f"07{scene.day:%y%j}{scene.next('form', 1000000)}", -scene.amount(200, 9000)
    number = f"{plain[:2]}.{plain[2:4]}.{plain[4:9]}.{plain[9:]}"
    says = document(plain)
    scene.books.add(
        "tax",
        _booked(scene, amount, "Receita Federal", number, "DARF", says | party("Receita"), "IMP"),
        _bank(scene, amount, f"DARF NUMERADO {scene.chance.choice((plain, number))}", says),
        lag=(0, 3),
    )


def invested(scene: Scene) -> None:
    """To savings and back, while a customer of equal amount pays."""
    amount, own = scene.amount(2000, 20000, "1000"), party("own accounts")
    for account, signed, memo in (
        (CURRENT, -amount, "APLICACAO AUTOMATICA"),
        (SAVINGS, amount, "APLICACAO RECEBIDA"),
    ):
        booked = _booked(scene, signed, "", "", "Aplicação financeira", own, "APL")
        scene.books.add(
            "invested",
            replace(booked, account=account.number),
            replace(_bank(scene, signed, memo, own), account=account.number),
            lag=(-3, 3),
        )


def cash(scene: Scene) -> None:
    """Cash of a shop, in tens."""
    amount, says = scene.amount(200, 4000, "10"), party("cash")
    scene.books.add(
        "cash",
        _booked(scene, amount, "", "", "Depósito caixa loja", says),
        _bank(scene, amount, "DEPOSITO DINHEIRO ATM", says, 0, 1),
        lag=(0, 4),
    )


def not_booked(scene: Scene) -> None:
    """The bank's package fee, and a Pix of a price of which the books know nothing."""
    name = _person(scene)
    scene.books.leave_open(
        "not_booked",
        _bank(scene, -scene.amount(30, 90), "TAR PACOTE SERVICOS", party("package fee")),
        _bank(scene, scene.chance.choice(PRICES), f"PIX RECEBIDO {_plain(name)}", party(_plain(name))),
    )


def not_paid(scene: Scene) -> None:
    """A slip that nobody pays, and an order whose Pix never came."""
    name = _person(scene)
    slip = f"{scene.next('slip', 30000000)}"
    scene.books.leave_open(
        "not_paid",
        _booked(scene, scene.amount(80, 900), name, f"109/{slip}-7", "Boleto", document(slip), "BOL"),
        _booked(
            scene, scene.chance.choice(PRICES), name, f"PED-{scene.next('order', 30100)}", "Venda loja",
            party(_plain(name)),
        ),
    )  # fmt: skip


PLANTS = (
    Plant(pix, 2, 30),
    Plant(pix_by_tax_number, 2, 6),
    Plant(boletos_together, 9, 10),
    Plant(boleto_alone, 2, 6),
    Plant(boleto_late, 2, 2),
    Plant(card_sales, 7, 10),
    Plant(instalments_of_note, 6, 6),
    Plant(supplier_pix, 2, 6),
    Plant(pix_given_back, 4, 5),
    Plant(salary, 2, 4, range(4, 8)),
    Plant(tax, 2, 3),
    Plant(invested, 4, 3),
    Plant(cash, 2, 3),
    Plant(not_booked, 2, 2),
    Plant(not_paid, 2, 2),
)
COMPANY = Company("brazilian_retailer", "BR", "BRL", "BR9900", (CURRENT, SAVINGS), ofx_bank, PLANTS)
