"""A trading house in Osaka: half-width kana at the bank, kanji or Latin in the books, round yen, month-ends.

A customer may keep the transfer fee back; the bank takes its own fee in a line apart.
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from .books import Account, BankLine, LedgerLine, Plant, Says, Scene, party
from .chance import digits
from .company import Company
from .statements import japanese_csv

ORDINARY = Account("0441877", "1111", "普通預金", Decimal(18442031))
SAVINGS = Account("0441902", "1112", "貯蓄預金", Decimal(9000000))
MONTH_END = range(25, 32)
TRANSFER_FEES = (Decimal(220), Decimal(330), Decimal(440), Decimal(660))


class Firm(NamedTuple):
    """A firm as the bank writes it and as the books do."""

    bank: str
    books: str


FIRMS = (
    Firm("ｶ)ﾔﾏﾀﾞｼﾖｳｼﾞ", "株式会社山田商事"),
    Firm("ﾀﾅｶｺｳｷﾞﾖｳ(ｶ", "田中工業株式会社"),
    Firm("ﾕ)ｽｽﾞｷｾｲｻｸｼﾖ", "有限会社鈴木製作所"),
    Firm("ｻｲﾄｳｼﾖｳﾃﾝ", "斎藤商店"),
    Firm("ｶ)ﾌｼﾞﾐﾌﾟﾗｽﾁﾂｸ", "株式会社フジミプラスチック"),
    Firm("ｶ)ﾊﾔｼﾌﾞﾂｻﾝ", "林物産（株）"),
    Firm("ｵｵｻｶﾄｿｳ(ｶ", "大阪塗装株式会社"),
    Firm("ｶ)ﾆｯｼﾝﾃﾞﾝｷ", "株式会社ニッシン電機"),
    Firm("ｶ)ｺｳﾍﾞｾｲｶ", "神戸製菓株式会社"),
    Firm("ﾐﾄﾞﾘﾉｳｴﾝ(ﾕ", "みどり農園有限会社"),
    Firm("ｶ)ｸﾛｽﾃﾂｸ", "Crosstech Inc."),
    Firm("ﾌﾞﾙ-ﾌｵﾚｽﾄ(ﾄﾞ", "Blue Forest LLC"),
    Firm("ｲｯﾊﾟﾝｼﾔﾀﾞﾝﾎｳｼﾞﾝﾋｶﾘ", "一般社団法人ひかり"),
    Firm("ｶ)ﾔﾏﾀﾞｼﾖｳﾃﾝ", "株式会社山田商店"),
)
UTILITIES = (
    Firm("ﾃﾞﾝｷﾘﾖｳ ｶﾝｻｲﾃﾞﾝﾘﾖｸ", "関西電力"),
    Firm("ｶﾞｽﾘﾖｳ ｵｵｻｶｶﾞｽ", "大阪ガス"),
    Firm("ﾃﾞﾝﾜﾘﾖｳ NTT", "NTT西日本"),
)


def _received(
    scene: Scene, amount: Decimal, firm: Firm, least: int = 0, most: int = 0, says: Says | None = None
) -> BankLine:
    return BankLine(
        booked_on=scene.after(least, most),
        amount=amount,
        memo=f"振込 {firm.bank}",
        says=party(firm.books) if says is None else says,
    )


def _booked(
    scene: Scene, amount: Decimal, firm: Firm, memo: str = "", says: Says | None = None
) -> LedgerLine:
    prefix = "SK" if amount > 0 else "SH"
    return LedgerLine(
        posted_on=scene.day,
        amount=amount,
        reference=f"{prefix}{scene.day:%y%m}-{scene.next(prefix, 100)}",
        counterparty=firm.books,
        memo=memo or ("売掛金入金" if amount > 0 else "買掛金支払"),
        document_type="入金" if amount > 0 else "出金",
        says=party(firm.books) if says is None else says,
    )


def receipt(scene: Scene) -> None:
    """An amount with yen to the last, by name."""
    firm, amount = scene.chance.choice(FIRMS), scene.amount(20000, 3000000, "1")
    scene.books.add("receipt", _booked(scene, amount, firm), _received(scene, amount, firm, 0, 3), lag=(0, 6))


def month_end_receipt(scene: Scene) -> None:
    """Round yen, when everybody pays: amounts of different customers coincide."""
    firm = scene.chance.choice(FIRMS)
    amount = Decimal(scene.chance.choice((110000, 220000, 330000, 550000, 1100000)))
    scene.books.add(
        "month_end_receipt", _booked(scene, amount, firm), _received(scene, amount, firm, 0, 2), lag=(0, 5)
    )


def fee_kept_back(scene: Scene) -> None:
    """The customer pays less by the fee of the transfer."""
    firm, amount = scene.chance.choice(FIRMS), scene.amount(20000, 900000, "10")
    paid = amount - scene.chance.choice(TRANSFER_FEES)
    scene.books.add(
        "fee_kept_back", _booked(scene, amount, firm), _received(scene, paid, firm, 0, 3), is_decidable=True
    )


def several_invoices(scene: Scene) -> None:
    """A customer pays a month's invoices together."""
    firm = scene.chance.choice(FIRMS)
    lines = [
        _booked(scene, scene.amount(10000, 400000, "1"), firm) for _ in range(scene.chance.randint(2, 4))
    ]
    total = sum(line.amount for line in lines)
    scene.books.add("several_invoices", _received(scene, total, firm, 0, 2), *lines, is_decidable=True)


def payment(scene: Scene) -> None:
    """A supplier paid, and the bank's fee for it, booked day by day or not at all."""
    firm, amount = scene.chance.choice(FIRMS), -scene.amount(8000, 900000, "1")
    scene.books.add("payment", _booked(scene, amount, firm), _received(scene, amount, firm, 0, 1), lag=(0, 4))
    fee = -scene.chance.choice(TRANSFER_FEES)
    says = party("transfer fee")
    line = BankLine(booked_on=scene.day, amount=fee, memo="振込手数料", says=says)
    if scene.chance.random() < 0.5:
        scene.books.leave_open("payment_fee, not booked", line)
    else:
        booked = LedgerLine(
            posted_on=scene.day, amount=fee, memo="支払手数料 振込手数料", document_type="出金", says=says
        )
        scene.books.add("payment_fee", booked, line, lag=(0, 0))


def salaries(scene: Scene) -> None:
    """Salaries of a section: one line at the bank, a line an employee in the books."""
    section = f"第{scene.next('section', 0)}課"
    people = ("佐藤健", "高橋美咲", "伊藤翔太", "渡辺直子", "小林大輔", "中村愛")
    amounts = {name: -scene.amount(180000, 420000, "10") for name in people}
    lines = [
        LedgerLine(
            posted_on=scene.day,
            amount=amount,
            reference=f"{scene.day:%Y%m}給与",
            counterparty=name,
            memo=f"給与支払 {section}",
            document_type="出金",
            says=party(name),
        )
        for name, amount in amounts.items()
    ]
    total = sum(amounts.values(), Decimal(0))
    bank = BankLine(booked_on=scene.day, amount=total, memo="給与振込", says=party("salaries"))
    scene.books.add("salaries", bank, *lines, is_decidable=True)


def utility(scene: Scene) -> None:
    """Taken from the account; booked when the bill came."""
    firm, amount = scene.chance.choice(UTILITIES), -scene.amount(4000, 60000, "1")
    line = BankLine(
        booked_on=scene.after(3, 8), amount=amount, memo=f"口座振替 {firm.bank}", says=party(firm.books)
    )
    scene.books.add("utility", _booked(scene, amount, firm, "水道光熱費"), line, lag=(0, 14))


def equal_receipts(scene: Scene) -> None:
    """Two customers, one round amount, one day; two of them are called almost the same."""
    amount = Decimal(scene.chance.choice((150000, 250000, 480000)))
    firms = scene.chance.choice(((FIRMS[0], FIRMS[13]), tuple(scene.chance.sample(FIRMS[1:13], 2))))
    for firm in firms:
        scene.books.add(
            "equal_receipts", _booked(scene, amount, firm), _received(scene, amount, firm, 0, 2), lag=(0, 5)
        )


def nameless(scene: Scene) -> None:
    """Cash paid in at a machine: no name, an odd amount."""
    amount = scene.amount(3000, 90000, "1")
    scene.books.add(
        "nameless",
        LedgerLine(posted_on=scene.day, amount=amount, memo="現金売上入金", document_type="入金"),
        BankLine(booked_on=scene.after(0, 1), amount=amount, memo=f"ATM {digits(scene.chance, 4)}"),
        lag=(0, 4),
    )


def reversed_entry(scene: Scene) -> None:
    """Booked twice, and taken back once."""
    firm, amount = scene.chance.choice(FIRMS), scene.amount(20000, 900000, "1")
    scene.books.add(
        "reversed_entry", _booked(scene, amount, firm), _received(scene, amount, firm, 0, 3), lag=(0, 6)
    )
    later = Scene(scene.books, scene.after(1, 5), scene.chance)
    scene.books.add(
        "reversed_entry, taken back",
        _booked(scene, amount, firm),
        _booked(later, -amount, firm, "取消 二重計上"),
        is_decidable=True,
    )


def transfer(scene: Scene) -> None:
    """To savings, and a supplier's payment of the same amount."""
    amount, firm, own = (
        scene.amount(500000, 3000000, "500000"),
        scene.chance.choice(FIRMS),
        party("own accounts"),
    )
    for account, signed in ((ORDINARY, -amount), (SAVINGS, amount)):
        scene.books.add(
            "transfer",
            BankLine(booked_on=scene.day, amount=signed, account=account.number, memo="振替", says=own),
            LedgerLine(
                posted_on=scene.day,
                amount=signed,
                account=account.number,
                memo="口座間振替",
                document_type="振替",
                says=own,
            ),
            lag=(-3, 3),
        )
    scene.books.add(
        "transfer, equal payment", _booked(scene, -amount, firm), _received(scene, -amount, firm, 0, 1)
    )


def interest(scene: Scene) -> None:
    """Interest, which nobody books, and a payment that nobody expected."""
    firm = scene.chance.choice(FIRMS)
    scene.books.leave_open(
        "interest",
        BankLine(booked_on=scene.day, amount=scene.amount(3, 90, "1"), memo="利息", says=party("interest")),
        _received(scene, scene.amount(5000, 90000, "1"), firm),
    )


def overdue(scene: Scene) -> None:
    """Expected, and not paid."""
    scene.books.leave_open(
        "overdue", _booked(scene, scene.amount(20000, 400000, "1"), scene.chance.choice(FIRMS))
    )


PLANTS = (
    Plant(receipt, 2, 18),
    Plant(month_end_receipt, 2, 14, MONTH_END),
    Plant(fee_kept_back, 2, 9),
    Plant(several_invoices, 4, 8, MONTH_END),
    Plant(payment, 3.5, 17, MONTH_END),
    Plant(salaries, 7, 6, range(24, 28)),
    Plant(utility, 2, 5),
    Plant(equal_receipts, 4, 6),
    Plant(nameless, 2, 4),
    Plant(reversed_entry, 4, 3),
    Plant(transfer, 6, 4),
    Plant(interest, 2, 2),
    Plant(overdue, 1, 2),
)
COMPANY = Company("japan_company", "JP", "JPY", "5999", (ORDINARY, SAVINGS), japanese_csv, PLANTS)
