"""A trader in Busan: won without decimals, names cut at seven letters, the legal form at either end, cards.

Its bank writes the counterparty alone, in few letters; its books have the full name and the approval number
of a tax invoice, 24 digits long, which no bank knows. Taxes go by electronic payment numbers, in groups at
the bank.
"""

from __future__ import annotations

from decimal import Decimal

from .books import Account, BankLine, LedgerLine, Plant, Says, Scene, document, party
from .chance import digits
from .company import Company
from .statements import mt940_plain

CURRENT = Account("11047382915024", "KR1030", "보통예금", Decimal(48213900))
FIRMS = (
    ("주식회사 한빛상사", "(주)한빛상사"),
    ("한빛전자 주식회사", "한빛전자(주)"),
    ("(주)대한수산물유통", "(주)대한수산물"),
    ("대한물산㈜", "대한물산㈜"),
    ("부산해양기계 주식회사", "부산해양기계"),
    ("부산해양식품", "부산해양식품"),
    ("서울특별시 교육청", "서울특별시교육"),
    ("유한회사 동방무역", "(유)동방무역"),
    ("동방전기공업사", "동방전기공업사"),
    ("삼정회계법인", "삼정회계법인"),
    ("제이엠글로벌(주)", "제이엠글로벌"),
    ("JM Global Co., Ltd.", "JM GLOBAL CO LT"),
)
PEOPLE = tuple(
    f"{family}{given}" for family in "김이박최정" for given in ("민준", "서연", "지훈", "수빈", "현우")
)


def _bank(scene: Scene, amount: Decimal, memo: str, says: Says, least: int = 0, most: int = 0) -> BankLine:
    return BankLine(booked_on=scene.after(least, most), amount=amount, memo=memo, code="TRF", says=says)


def _booked(scene: Scene, amount: Decimal, name: str, reference: str, memo: str, says: Says) -> LedgerLine:
    return LedgerLine(
        posted_on=scene.day, amount=amount, reference=reference, counterparty=name, memo=memo, says=says
    )


def _won(scene: Scene, low: int, high: int, step: str = "10") -> Decimal:
    return scene.amount(low, high, step)


def receipt(scene: Scene) -> None:
    """A customer's transfer, by name alone."""
    name, written = scene.chance.choice(FIRMS)
    amount, approval = _won(scene, 110000, 22000000), f"{scene.day:%Y%m%d}41000012{digits(scene.chance, 8)}"
    scene.books.add(
        "receipt",
        _booked(scene, amount, name, approval, "외상매출금 회수", party(name)),
        _bank(scene, amount, f"인터넷 {written}", party(name), 0, 1),
        lag=(0, 4),
    )


def fee_kept_back(scene: Scene) -> None:
    """The payer leaves the fee of the transfer to us."""
    name, written = scene.chance.choice(FIRMS)
    amount = _won(scene, 110000, 9000000, "1000")
    scene.books.add(
        "fee_kept_back",
        _booked(scene, amount, name, "", "외상매출금 회수", party(name)),
        _bank(scene, amount - 500, f"타행이체 {written}", party(name), 0, 1),
        is_decidable=True,
    )


def payment(scene: Scene) -> None:
    """A supplier."""
    name, written = scene.chance.choice(FIRMS)
    amount = -_won(scene, 50000, 9000000)
    scene.books.add(
        "payment",
        _booked(scene, amount, name, f"AP-{scene.next('voucher', 5200)}", "외상매입금 지급", party(name)),
        _bank(scene, amount, f"폰뱅킹 {written}", party(name), 0, 1),
        lag=(0, 4),
    )


def cards(scene: Scene) -> None:
    """What a card company pays out for its slips, less its fee, by the merchant's number."""
    card, merchant = scene.chance.choice(
        (("국민카드", "0071628893"), ("신한카드", "0094410276"), ("BC카드", "724100338"))
    )
    sales = [_won(scene, 5500, 330000, "100") for _ in range(scene.chance.randint(2, 6))]
    fee = -(sum(sales) * Decimal("0.015")).quantize(Decimal(1))
    says = party(card)
    lines = [
        _booked(scene, sale, card, f"{digits(scene.chance, 8)}", f"카드매출 {merchant}", says)
        for sale in sales
    ]
    lines.append(_booked(scene, fee, card, "", f"카드수수료 {merchant}", says))
    bank = _bank(scene, sum(sales) + fee, f"{card} {merchant}", says, 1, 3)
    scene.books.add("cards", bank, *lines, is_decidable=True)


def tax(scene: Scene) -> None:
    """National tax by its electronic payment number, in groups on the bank's side."""
    plain = f"0126{scene.day:%y%m}1{scene.next('payment', 30000000)}"
    grouped = f"{plain[:4]}-{plain[4:8]}-{plain[8]}-{plain[9:]}"
    amount, says = -_won(scene, 30000, 4000000), document(plain)
    scene.books.add(
        "tax",
        _booked(scene, amount, "부산세무서", plain, "부가가치세", says | party("세무서")),
        _bank(scene, amount, f"국세 {grouped}", says),
        lag=(0, 3),
    )


def salary(scene: Scene) -> None:
    """Salaries one by one."""
    name, amount = scene.chance.choice(PEOPLE), -_won(scene, 2100000, 4800000)
    scene.books.add(
        "salary",
        _booked(scene, amount, name, "", f"{scene.day.month}월 급여", party(name)),
        _bank(scene, amount, f"급여 {name}", party(name)),
        lag=(0, 3),
    )


def interest(scene: Scene) -> None:
    """Interest, and the tax on it as a line of its own."""
    gross = _won(scene, 900, 30000, "1")
    less = -(gross * Decimal("0.154")).quantize(Decimal(1))
    says = party("interest")
    scene.books.add(
        "interest",
        _bank(scene, gross + less, "예금이자", says),
        _booked(scene, gross, "", "", "이자수익", says),
        _booked(scene, less, "", "", "선납세금(이자)", says),
        is_decidable=True,
    )


def unplaced(scene: Scene) -> None:
    """Money from somebody unknown, and an entry that nobody paid."""
    scene.books.leave_open(
        "unplaced",
        _bank(scene, _won(scene, 50000, 900000), f"인터넷 {scene.chance.choice(PEOPLE)}", party("somebody")),
        _booked(
            scene,
            _won(scene, 110000, 22000000),
            scene.chance.choice(FIRMS)[0],
            "",
            "외상매출금 회수",
            party("nobody"),
        ),
    )


PLANTS = (
    Plant(receipt, 2, 34),
    Plant(fee_kept_back, 2, 8),
    Plant(payment, 2, 22),
    Plant(cards, 5, 14),
    Plant(tax, 2, 5),
    Plant(salary, 2, 8, range(24, 26)),
    Plant(interest, 3, 1, range(15, 17)),
    Plant(unplaced, 2, 5),
)
COMPANY = Company("korean_trader", "KR", "KRW", "KR4000", (CURRENT,), mt940_plain, PLANTS)
