"""Equal amounts through the warehouse, an account each: what is posted, suggested, or called a charge."""

from __future__ import annotations

import csv
import datetime
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from dbt_runs import MODELS_ONLY, run_dbt, warehouse_of

# Every Monday to Friday from this one on.
FIRST_ON = datetime.date(2026, 1, 5)
LAST_ON = datetime.date(2026, 2, 27)
SELECTED = ["--select", "+fct_reconciliation_items", "+fct_match_suggestions", "+fct_match_explanations"]
STATEMENT = (
    "Account Number,Currency,Posting Date,Value Date,Amount,Reference,Bank Reference,Counterparty,Description"
    ",Running Balance"
)
JOURNAL = (
    "entry_id,line_no,posted_on,gl_account,amount,currency,reference,counterparty,memo,document_type"
    ",recorded_at"
)


@dataclass(frozen=True)
class Item:
    """Of one side. event: what happened, the same on both sides."""

    event: str
    day: int
    amount: str
    reference: str = ""
    counterparty: str = ""
    memo: str = ""

    @property
    def on(self) -> datetime.date:
        weeks, days = divmod(self.day - 1, 5)
        return FIRST_ON + datetime.timedelta(days=7 * weeks + days)


@dataclass(frozen=True)
class Account:
    bank: list[Item]
    ledger: list[Item]


def series(
    lag: int,
    step: int = 1,
    count: int = 8,
    *,
    bank_lacks: int | None = None,
    ledger_lacks: int | None = None,
    reference: str = "",
) -> Account:
    """One name that pays one amount every so many days, of which one may be missing on one side."""
    sides = []
    for lacks, later in ((bank_lacks, lag), (ledger_lacks, 0)):
        sides.append(
            [
                Item(f"{place}", 1 + place * step + later, "61.00", reference, "Halden Verkehr")
                for place in range(count)
                if place != lacks
            ]
        )
    return Account(*sides)


def pair(bank: tuple[str, str, str], ledger: tuple[str, str, str], amount: str = "-411.15") -> Account:
    """One item on each side, by reference, counterparty and memo."""
    return Account([Item("paid", 2, amount, *bank)], [Item("booked", 1, amount, *ledger)])


POSTED = {
    "one number and one name": pair(("304554", "EMSHOF MILCH EG", ""), ("304554", "Emshof Milch eG", "")),
    "a number and no name": pair(("", "", "PAYMENT 304554"), ("304554", "Emsland Torf", "")),
    "an invoice that another pays": pair(
        ("INV-2026-00123", "Maria Weber", ""), ("INV-2026-00123", "Anders", "")
    ),
    "a long number that another pays": pair(
        ("2026004711", "Olaf Petersen", ""), ("2026004711", "Sandmann", "")
    ),
    "a cheque": pair(("", "", "CHECK 304554"), ("304554", "Jenkins Lawn", "Check 304554")),
}
NOT_POSTED = {
    "one number in two fields": pair(("304554", "Ostsee Spedition", ""), ("304554", "Malerei Huber", "")),
    "one number in a text": pair(
        ("", "", "UEBERWEISUNG 304554 GRUENWALD CATERING"), ("304554", "Tischlerei Brandl", "")
    ),
    "one number of seven": pair(
        ("", "Feldmann Elektro", "RG 5045556"), ("5045556", "Opitz", "Rechnung 5045556")
    ),
    "one number, another amount": Account(
        [Item("paid", 2, "247.50", "4045551", "Harmony Music")],
        [Item("booked", 1, "250.00", "4045551", "Orchard Foods")],
    ),
    "another number whose digits are parted": pair(
        ("", "ASSEKURA NORD", "SCHADEN 26-004533 VN 881203"), ("26-004610", "Assekura Nord", "Schaden")
    ),
    "a day for a number": pair(("20260105", "Zschopau Cafe", ""), ("20260105", "Werra Papier", "")),
    "one number of two, for nobody": Account(
        [Item("second", 3, "-355.00", "INV-704555", "", "PAYMENT")],
        [
            Item("first", 2, "-355.00", "INV-704555", "Cordes Metall"),
            Item("second", 3, "-355.00", "INV-704555", "Delta Farben"),
        ],
    ),
}
ENTERED_TWICE = Account(
    [Item("paid", 3, "-730.00", "PAY-2026-000731", "Cordes Metall")],
    [
        Item("booked", 2, "-730.00", "PAY-2026-000731", "Cordes Metall"),
        Item("again", 3, "-730.00", "PAY-2026-000731", "Cordes Metall"),
    ],
)
TWO_SUPPLIERS = Account(
    [
        Item("one", 2, "-640.00", "304900", "Altona Werft"),
        Item("other", 3, "-640.00", "304900", "Borkum Faehren"),
    ],
    [
        Item("other", 1, "-640.00", "304900", "Borkum Faehren"),
        Item("one", 2, "-640.00", "304900", "Altona Werft"),
    ],
)
SERIES = {
    # Whole, with a constant lag; each with the events that are posted.
    "the same day": (series(0), 8),
    "the next day": (series(1), 8),
    "two days later": (series(2), 8),
    "every week": (series(2, step=5, count=6), 6),
    # One is missing.
    "the same day, not at the bank": (series(0, bank_lacks=3), 7),
    "the same day, not in the books": (series(0, ledger_lacks=3), 7),
    "the same day, not at the bank, the first": (series(0, bank_lacks=0), 0),
    "every week, not at the bank": (series(0, step=5, count=6, bank_lacks=2), 5),
    "every week, one number, not at the bank": (
        series(0, step=5, count=6, bank_lacks=2, reference="MERCHANT-88213"),
        5,
    ),
    "the next day, not at the bank": (series(1, bank_lacks=3), 0),
    "the next day, not in the books": (series(1, ledger_lacks=3), 3),
    "the next day, one number, not in the books": (series(1, ledger_lacks=3, reference="MERCHANT-88214"), 3),
    "two days later each week, not in the books": (series(2, step=5, count=6, ledger_lacks=3), 3),
    "the next day, not in the books, the second": (series(1, ledger_lacks=1), 1),
    "the next day, one number, not in the books, the second": (
        series(1, ledger_lacks=1, reference="MERCHANT-88215"),
        1,
    ),
    "two days later, not in the books, the second": (series(2, ledger_lacks=1), 0),
    "two days later, not at the bank, the second": (series(2, bank_lacks=1), 0),
}
# The first line stands three days before the first entry, and nothing is known of the series then.
WITHOUT_FIRST_ENTRY = {
    "two days later each week": series(2, step=5, count=6, ledger_lacks=0),
    "the next day each week, one number": series(
        1, step=5, count=6, ledger_lacks=0, reference="MERCHANT-88216"
    ),
}
# Each with the events of every match, of the bank's side and the ledger's.
TAKEN_BACK = {
    "matched, taken back, and booked again": (
        Account(
            [
                Item("paid", 3, "720.15", "", "NAHE WEIN", "ZAHLUNG"),
                Item("back", 4, "-720.15", "", "NAHE WEIN", "STORNO BUCHUNG"),
                Item("again", 5, "720.15", "", "NAHE WEIN", "ZAHLUNG"),
            ],
            [Item("booked", 2, "720.15", "", "Nahe Wein", "Rechnung")],
        ),
        [(["paid"], ["booked"]), (["back", "again"], [])],
    ),
    "matched, taken back, and paid by another": (
        Account(
            [
                Item("paid", 3, "731.15", "", "NAHE WEIN", "ZAHLUNG"),
                Item("back", 4, "-731.15", "", "NAHE WEIN", "STORNO BUCHUNG"),
                Item("other", 5, "731.15", "", "OHRE FISCH", "ZAHLUNG"),
            ],
            [Item("booked", 2, "731.15", "", "Nahe Wein", "Rechnung")],
        ),
        [(["paid"], ["booked"])],
    ),
    "paid twice, and sent back by its number": (
        Account(
            [
                Item("paid", 3, "1250.35", "", "TESSIN OPTIK", "RE-8101"),
                Item("twice", 4, "1250.35", "", "TESSIN OPTIK", "RE-8101"),
                Item("sent back", 8, "-1250.35", "", "TESSIN OPTIK", "RUECKZAHLUNG RE-8101"),
            ],
            [Item("booked", 2, "1250.35", "RE-8101", "Tessin Optik", "Rechnung")],
        ),
        [(["paid"], ["booked"]), (["twice", "sent back"], [])],
    ),
    "paid twice, and another number sent back": (
        Account(
            [
                Item("paid", 3, "1261.35", "", "TESSIN OPTIK", "RE-8102"),
                Item("twice", 4, "1261.35", "", "TESSIN OPTIK", "RE-8102"),
                Item("sent back", 8, "-1261.35", "", "TESSIN OPTIK", "GUTSCHRIFT RE-8133"),
            ],
            [Item("booked", 2, "1261.35", "RE-8102", "Tessin Optik", "Rechnung")],
        ),
        [(["paid"], ["booked"])],
    ),
}
# Counterparty and memo.
CHARGES = [
    ("", "COMISION MANTENIMIENTO"),
    ("", "COMISION POR TRANSFERENCIA"),
    ("", "FRAIS DE TENUE DE COMPTE"),
    ("", "COMMISSIONI BONIFICO"),
    ("", "KONTOFUEHRUNGSENTGELT"),
    ("", "MONTHLY SERVICE FEE"),
    ("Banco Sur", "COMISION BANCO SUR"),
    ("Account fees", "ACCOUNT FEES JANUARY"),
]
NO_CHARGES = [
    ("COMISION NACIONAL DE ENERGIA", "PAGO COMISION NACIONAL DE ENERGIA"),
    ("", "COMISION NACIONAL DE VALORES 2231"),
    ("", "PAGO COMISION FEDERAL DE ELECTRICIDAD"),
    ("", "COMMISSIONI TRIBUTARIE REGIONALI"),
    ("", "FRAIS ET FILS SARL"),
    ("", "CARD FEENEY HARDWARE"),
    ("Spesenberg GmbH", "SPESENBERG GMBH RECHNUNG 12"),
    ("Finanzamt", "SAEUMNISGEBUEHR FINANZAMT KOELN"),
    ("Fee & Sons Ltd", "FEE AND SONS LTD INVOICE 12"),
    ("Avgift Centralen AB", "AVGIFT CENTRALEN AB"),
]
SMALL = {
    "another in both fields": (pair(("", "Lindqvist AB", ""), ("", "Johansson AB", ""), "1250.00"), False),
    "another in a text": (
        pair(("", "", "UEBERWEISUNG MUELLER KARL"), ("", "Schmidt Anna", "Rechnung"), "500.00"),
        False,
    ),
    "one word of both": (
        pair(("", "HAMBURG MEDIEN VERLAG", "ANZEIGE"), ("", "Hamburg Hafen Logistik", "Fracht"), "-2150.00"),
        False,
    ),
    "another in Hangul": (pair(("", "김민지", "1월 회비"), ("", "김민수", "1월 회비"), "330.00"), False),
    "a short number of both": (
        pair(("7781", "BADER SANITAER", ""), ("7781", "Kanzlei Roth", ""), "-1290.00"),
        False,
    ),
    "a day in both": (
        pair(("", "", "KARTENZAHLUNG 20260105 ZSCHOPAU CAFE"), ("20260105", "Werra Papier", ""), "-401.00"),
        False,
    ),
    "a short number and half a name": (
        pair(
            ("", "NORDWIND ENERGIE HOLDING", "RG 3302"), ("3302", "Nordwind Energie Ost", "Wartung"), "333.30"
        ),
        True,
    ),
    "one letter wrong": (pair(("", "Lindquist Bygg AB", ""), ("", "Lindqvist Bygg AB", ""), "1250.00"), True),
    "another alphabet": (pair(("", "Ромашка", ""), ("", "Daisy", ""), "1250.00"), True),
}
WITH_CHARGE = {
    "a charge at the bank": Account(
        [
            Item("trip", 3, "-185.00", "", "", "CARD PRAHA BOOKS"),
            Item("trip", 4, "-5.55", "", "", "FOREIGN TRANSACTION FEE"),
        ],
        [Item("trip", 2, "-190.55", "", "Praha Books")],
    ),
    "a charge in the books": Account(
        [Item("trip", 3, "-187.60", "", "", "CARD WIEN BOOKS")],
        [Item("trip", 2, "-182.05", "", "Wien Books"), Item("trip", 3, "-5.55", "", "Bank", "Foreign fee")],
    ),
}
# So many others of the day that no sum is searched, and a name that the books have not.
CROWD = [
    Item(f"other {place}", 3, f"-{1000 + 7 * place}.{place % 90 + 10}", "", f"Lieferant {place}")
    for place in range(230)
]
UNNAMED_WITH_CHARGE = Account(
    [
        Item("trip", 3, "-264.17", "", "", "POS 9921 MDRD BKS"),
        Item("trip", 3, "-7.93", "", "", "FX FEE 3%"),
        *CROWD,
    ],
    [Item("trip", 2, "-272.10", "", "Madrid Books")],
)
WORDS = Account(
    [
        Item(memo, 2 + place % 5, f"-{131 + 7 * place}.07", "", name, memo)
        for place, (name, memo) in enumerate(CHARGES + NO_CHARGES)
    ],
    [],
)
# What the books move between accounts without a word for it, and what nothing but a rare amount speaks for.
MOVED = {
    "moved from": pair(("", "", "UEBERTRAG EIGENES KONTO"), ("", "", "Tagesgeld"), "-20000.00"),
    "moved to": pair(("", "", "UEBERTRAG EIGENES KONTO"), ("", "", "Girokonto"), "20000.00"),
}
RARE = pair(("", "", "IRS USATAXPYMT 270650155556666"), ("", "US Treasury", "941 deposit"), "-3344.10")
# Numbers of one series that differ name two things, unless one is the other with a slip.
OTHER_NUMBERS = {
    "another claim": pair(
        ("", "Wagner Versicherung", "SCHADEN 31-007744"),
        ("31-007829", "Wagner Versicherung", "Schaden"),
        "902.40",
    ),
    "another order": pair(("", "", "PAYOUT ORD/5521"), ("", "", "Payout ORD/5587 Linnet"), "618.05"),
    "another invoice of one party": pair(
        ("", "Zephyr Ελλάς", "FV-2026-311"), ("FV-2026-347", "Zephyr Ελλάς", ""), "77000.00"
    ),
}
LIKE_NUMBERS = {
    "a claim with a slip": pair(
        ("", "Wagner Versicherung", "SCHADEN 31-007744"),
        ("31-007747", "Wagner Versicherung", "Schaden"),
        "488.20",
    ),
    "numbers of two kinds": pair(("", "LINNET LTD", "TRN 5520114"), ("ORD/5587", "Linnet Ltd", ""), "733.90"),
}


def near_names(one: str, other: str, *, are_both_there: bool) -> Account:
    """A payment of one name and an entry of one near it, among others of the latter, or of both."""
    bank, ledger = [Item("of one", 4, "1318.60", "", one)], [Item("of other", 3, "1318.60", "", other)]
    for place, name in enumerate((one, other) if are_both_there else (other,)):
        known = [Item(name, 8 + place, f"{211 + 97 * place}.35", f"KD-{771 + 31 * place}", name)]
        bank, ledger = bank + known, ledger + known
    return Account(bank, ledger)


TWO_PARTIES = {
    "one name begins the other": near_names("Ost", "Ostlund Foods", are_both_there=True),
    "a letter of a long name": near_names("Kramer Fensterbau", "Kremer Fensterbau", are_both_there=True),
    "her name and his": near_names("Соколов", "Соколова", are_both_there=True),
    "a whole name and one with a word more": near_names(
        "Birkenfeld Immobilien", "Birkenfeld Immobilien Berlin", are_both_there=True
    ),
}
ONE_PARTY = {
    "a cut name": near_names("Rosenthal Porzell", "Rosenthal Porzellan", are_both_there=False),
    "a slip of a name": near_names("Hagedorn Spedtion", "Hagedorn Spedition", are_both_there=False),
}


def told_by_memo(bank: dict[str, str], ledger: dict[str, str], name: str, amount: str) -> Account:
    """Equal amounts of one name, each side's on one day; event and memo of each."""
    return Account(
        [Item(event, 4, amount, "", name.upper(), memo) for event, memo in bank.items()],
        [Item(event, 2, amount, "", name, memo) for event, memo in ledger.items()],
    )


# Of equal amounts of one name the memo tells which is which; each with how many are posted.
TOLD_BY_MEMOS = {
    "cabins of one lodge": (
        told_by_memo(
            {cabin: f"LEIE HYTTE {cabin.upper()}" for cabin in ("sju", "to", "fem", "elleve", "ni")},
            {cabin: f"Leie hytte {cabin}" for cabin in ("to", "elleve", "ni", "fem", "sju")},
            "Fjell Hytter",
            "-880.00",
        ),
        5,
    ),
    "quarters of one licence": (
        told_by_memo(
            {quarter: f"LICENCE {quarter}" for quarter in ("Q4", "Q2", "Q3", "Q1")},
            {quarter: f"Licence {quarter}" for quarter in ("Q2", "Q1", "Q4", "Q3")},
            "Velum Soft",
            "-1240.00",
        ),
        4,
    ),
    "an order's number before it": (
        told_by_memo(
            {"oak": "9 RENT OAK HOUSE", "elm": "5 RENT ELM HOUSE", "ash": "7 RENT ASH HOUSE"},
            {"ash": "Rent ash house", "elm": "Rent elm house", "oak": "Rent oak house"},
            "Sable Lets",
            "-1333.00",
        ),
        1,
    ),
}
MENTIONED = Account(
    [Item("second", 4, "93.00", "", "IRIS LOOM", "INV-830440")],
    [
        Item("first", 2, "93.00", "INV-830410", "Iris Loom", "INV-830410; open are INV-830440, INV-830470"),
        Item("second", 2, "93.00", "INV-830440", "Iris Loom", "INV-830440"),
    ],
)
# Nearly equal amounts whose number names no item: a difference of any kind would be somebody else's.
NO_REFERENCE = {
    "a terminal": Account(
        [
            Item("monday", 3, "410.00", "", "", "TERMINAL 5588120 SETTLEMENT"),
            Item("tuesday", 4, "388.70", "", "", "TERMINAL 5588120 SETTLEMENT"),
        ],
        [
            Item("monday", 2, "410.00", "", "", "Card sales terminal 5588120"),
            Item("else", 3, "400.70", "", "", "Card sales terminal 5588120"),
        ],
    ),
    "a contract that was raised": Account(
        [
            Item("january", 3, "70.00", "VTR-66120", "Elke Sund", ""),
            Item("february", 24, "70.00", "VTR-66120", "Elke Sund", ""),
        ],
        [
            Item("january", 2, "70.00", "VTR-66120", "Elke Sund", "Januar"),
            Item("raised", 23, "74.00", "VTR-66120", "Elke Sund", "Februar, neue Miete"),
        ],
    ),
    "a telephone number": pair(
        ("", "BELLTON", "HOTLINE 0800776655"), ("", "Bellton", "Mobile, hotline 0800776655"), "-52.00"
    ),
    "a tax number": pair(
        ("", "EIFEL PAPIER", "UST-ID DE277188399"), ("", "Dachs Holz", "Ihre USt-Id DE277188399"), "1078.00"
    ),
}
NO_REFERENCE["a telephone number"].ledger[0] = Item(
    "booked", 1, "-49.00", "", "Bellton", "Mobile, hotline 0800776655"
)
NO_REFERENCE["a tax number"].ledger[0] = Item(
    "booked", 1, "1100.00", "", "Dachs Holz", "Ihre USt-Id DE277188399"
)
# What the bank says it is, and a supplier of the same amount.
SAID_BY_THE_BANK = {
    "an account fee": pair(("", "", "MONTHLY ACCOUNT FEE"), ("BILL-55120", "Larch & Co", "Paper"), "-29.00"),
    "a transfer": pair(("", "", "TRANSFER TO SAVINGS 8814"), ("", "Osier Timber", "Payment"), "-871.00"),
    "another number behind a name": pair(("", "SOLARFONDS II", ""), ("", "Solarfonds III", ""), "233.13"),
}
# Dues of one day under initials, of whom the books have one each.
INITIALS = Account(
    [
        Item("one", 4, "60.00", "", "R SELVA", "DUES"),
        Item("other", 4, "60.00", "", "T SELVA", "DUES"),
        Item("nobody", 4, "60.00", "", "V SELVA", "DUES"),
    ],
    [
        Item("other", 3, "60.00", "", "Tiago Selva", "Dues"),
        Item("one", 3, "60.00", "", "Rosa Selva", "Dues"),
    ],
)
DISCOUNT = Account(
    [Item("paid", 3, "1176.00", "", "KELLER BLECH", "INV-660120 ABZGL. 2% SKONTO")],
    [Item("booked", 2, "1200.00", "INV-660120", "Keller Blech", "Rechnung")],
)
ACCOUNTS = {
    **{name: account for name, (account, _) in TOLD_BY_MEMOS.items()},
    "mentioned": MENTIONED,
    **NO_REFERENCE,
    **SAID_BY_THE_BANK,
    "discount": DISCOUNT,
    "initials": INITIALS,
    **TWO_PARTIES,
    **ONE_PARTY,
    **POSTED,
    **OTHER_NUMBERS,
    **LIKE_NUMBERS,
    **NOT_POSTED,
    **WITHOUT_FIRST_ENTRY,
    **{name: account for name, (account, _) in TAKEN_BACK.items()},
    **MOVED,
    "rare": RARE,
    "entered twice": ENTERED_TWICE,
    "two suppliers": TWO_SUPPLIERS,
    **{name: account for name, (account, _) in SERIES.items()},
    **{name: account for name, (account, _) in SMALL.items()},
    **WITH_CHARGE,
    "unnamed": UNNAMED_WITH_CHARGE,
    "words": WORDS,
}


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    zone = tmp_path_factory.mktemp("equal_amounts")
    landing = zone / "landing"
    for folder in ("bank", "ledger"):
        (landing / folder).mkdir(parents=True)
    charted = [
        ["gl_account", "name", "type", "currency", "bank_account"],
        ["9999", "Else", "equity", "EUR", ""],
    ]
    journal = [JOURNAL.split(",")]
    for number, account in enumerate(ACCOUNTS.values()):
        charted.append([f"1{number:03}", f"Bank {number}", "asset", "EUR", f"77{number:06}"])
        lines, balance = [STATEMENT.split(",")], Decimal(1000)
        last = Item("last", 40, "1.00", f"LAST-{number:06}")
        for place, item in enumerate([*sorted(account.bank, key=lambda item: item.day), last]):
            balance += Decimal(item.amount)
            day, texts = f"{item.on:%m/%d/%Y}", (item.counterparty, item.memo)
            named = (item.reference, f"B{number}-{place}", *texts)
            lines.append([f"77{number:06}", "EUR", day, day, item.amount, *named, f"{balance:.2f}"])
        _write(landing / "bank" / f"{number}.csv", lines)
        opening = Item("opening", 1, "1000.00", memo="Opening balance")
        for place, item in enumerate([opening, *account.ledger, last]):
            kind = "opening_balance" if item is opening else "entry"
            for line, booked_on, amount in (
                (1, f"1{number:03}", item.amount),
                (2, "9999", str(-Decimal(item.amount))),
            ):
                texts = (item.reference, item.counterparty, item.memo, kind)
                booked = (f"{item.on}", booked_on, amount, "EUR")
                journal.append([f"E{number}-{place}", str(line), *booked, *texts, f"{item.on}T10:00:00Z"])
    _write(landing / "ledger" / "accounts.csv", charted)
    _write(landing / "ledger" / "journal_lines.csv", journal)
    run_dbt("build", *MODELS_ONLY, *SELECTED, zone=zone, landing=landing)
    return warehouse_of(zone)


def _write(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)


def _account_id(name: str) -> str:
    return f"77{list(ACCOUNTS).index(name):06}"


def _ask(warehouse: Path, question: str) -> list[tuple]:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return connection.execute(question).fetchall()


def _matches(warehouse: Path, name: str) -> list[tuple[list[str], list[str]]]:
    """The events of the bank's and the ledger's side of every match, but of the last items."""
    rows = _ask(
        warehouse,
        "select match_id, side, item_on, amount, coalesce(counterparty, ''), coalesce(memo, '') from"
        f" marts.fct_reconciliation_items where account_id = '{_account_id(name)}' and match_id is not null"
        " and item_kind <> 'opening_balance' and coalesce(reference, '') not like 'LAST%'"
        " and coalesce(memo, '') <> 'Opening balance'",
    )
    events: dict[str, dict[str, list[str]]] = {}
    for match_id, side, item_on, amount, counterparty, memo in rows:
        told = [
            item.event
            for item in getattr(ACCOUNTS[name], side)
            if (item.on, Decimal(item.amount), item.counterparty, item.memo)
            == (item_on, amount, counterparty, memo)
        ]
        events.setdefault(match_id, {"bank": [], "ledger": []})[side].append(told[0])
    return [(sides["bank"], sides["ledger"]) for sides in events.values()]


@pytest.mark.parametrize("name", POSTED)
def test_a_number_that_tells_is_posted(warehouse: Path, name: str) -> None:
    assert _matches(warehouse, name) == [(["paid"], ["booked"])]


@pytest.mark.parametrize("name", NOT_POSTED)
def test_a_number_that_two_may_use_is_not_posted_against_their_names(warehouse: Path, name: str) -> None:
    assert _matches(warehouse, name) == []


def test_what_was_entered_twice_is_posted_once(warehouse: Path) -> None:
    assert _matches(warehouse, "entered twice") == [(["paid"], ["booked"])]


def test_two_suppliers_of_one_number_are_told_by_their_names(warehouse: Path) -> None:
    assert sorted(_matches(warehouse, "two suppliers")) == [(["one"], ["one"]), (["other"], ["other"])]


@pytest.mark.parametrize("name", SERIES)
def test_no_series_is_shifted(warehouse: Path, name: str) -> None:
    matches = _matches(warehouse, name)
    assert [sides for sides in matches if sides[0] != sides[1]] == []
    assert len(matches) == SERIES[name][1]


@pytest.mark.parametrize("name", WITHOUT_FIRST_ENTRY)
def test_a_series_without_its_first_entry_is_shifted_once_at_most(warehouse: Path, name: str) -> None:
    assert len([sides for sides in _matches(warehouse, name) if sides[0] != sides[1]]) <= 1


@pytest.mark.parametrize("name", TAKEN_BACK)
def test_what_is_taken_back_goes_with_what_it_takes_back(warehouse: Path, name: str) -> None:
    matches = [(sorted(bank), sorted(ledger)) for bank, ledger in _matches(warehouse, name)]
    assert sorted(matches) == sorted((sorted(bank), sorted(ledger)) for bank, ledger in TAKEN_BACK[name][1])


def _explanations(warehouse: Path, name: str) -> list[str]:
    """Of the open items of an account."""
    return [
        explanation
        for (explanation,) in _ask(
            warehouse,
            "select explanation from marts.fct_match_explanations"
            f" where account_id = '{_account_id(name)}' and match_id is null",
        )
    ]


@pytest.mark.parametrize("name", MOVED)
def test_a_transfer_that_the_books_show_is_not_said_to_be_missing(warehouse: Path, name: str) -> None:
    assert [text for text in _explanations(warehouse, name) if "neither" in text] == []


def test_a_rare_amount_is_not_called_a_chance(warehouse: Path) -> None:
    assert set(_explanations(warehouse, "rare")) == {
        "Such an amount is rare here, and nothing else of the nearest item agrees"
    }


def test_a_word_for_charges_counts_outside_of_names(warehouse: Path) -> None:
    rows = _ask(
        warehouse,
        "select items.memo, explanations.failed_condition from marts.fct_match_explanations as explanations"
        " inner join marts.fct_reconciliation_items as items using (item_id)"
        f" where items.account_id = '{_account_id('words')}'"
        " and items.side = 'bank' and items.match_id is null",
    )
    assert {memo for memo, condition in rows if condition == "bank_charge"} == {memo for _, memo in CHARGES}
    assert len(rows) == len(CHARGES + NO_CHARGES)


def _likeliest(warehouse: Path, name: str) -> float:
    """1 for a match, else the probability of the likeliest suggestion, or 0."""
    if _matches(warehouse, name):
        return 1.0
    question = (
        f"select max(probability) from marts.fct_match_suggestions where account_id = '{_account_id(name)}'"
    )
    return float(_ask(warehouse, question)[0][0] or 0)


@pytest.mark.parametrize("name", SMALL)
def test_few_items_do_not_make_two_names_one(warehouse: Path, name: str) -> None:
    assert (_likeliest(warehouse, name) >= 0.8) == SMALL[name][1]


@pytest.mark.parametrize("name", TWO_PARTIES)
def test_nothing_is_posted_between_two_whose_names_are_near(warehouse: Path, name: str) -> None:
    matches = _matches(warehouse, name)
    assert [(bank, ledger) for bank, ledger in matches if bank != ledger] == []
    assert len(matches) == 2


@pytest.mark.parametrize("name", ONE_PARTY)
def test_a_name_that_the_books_know_is_met_though_it_is_cut_or_misspelt(warehouse: Path, name: str) -> None:
    assert (["of one"], ["of other"]) in _matches(warehouse, name)


@pytest.mark.parametrize("name", [*OTHER_NUMBERS, "another number whose digits are parted"])
def test_another_number_of_the_series_is_no_suggestion(warehouse: Path, name: str) -> None:
    assert _likeliest(warehouse, name) == 0


@pytest.mark.parametrize("name", LIKE_NUMBERS)
def test_a_slip_and_a_number_of_another_kind_are_no_other_number(warehouse: Path, name: str) -> None:
    assert _likeliest(warehouse, name) >= 0.9


def test_a_rare_amount_under_another_name_is_a_modest_suggestion(warehouse: Path) -> None:
    assert 0.5 <= _likeliest(warehouse, "rare") < 0.8


@pytest.mark.parametrize("name", WITH_CHARGE)
def test_what_is_shown_with_its_charge_is_one_match(warehouse: Path, name: str) -> None:
    assert [sorted([*sides[0], *sides[1]]) for sides in _matches(warehouse, name)] == [["trip"] * 3]


def test_what_is_shown_with_its_charge_is_one_suggestion(warehouse: Path) -> None:
    assert _ask(
        warehouse,
        "select cardinality, count(distinct bank_item_id), count(distinct ledger_item_id)"
        f" from marts.fct_match_suggestions where account_id = '{_account_id('unnamed')}' group by all",
    ) == [("n:1", 2, 1)]


@pytest.mark.parametrize("name", TOLD_BY_MEMOS)
def test_memos_tell_which_of_equal_amounts_is_which(warehouse: Path, name: str) -> None:
    matches = _matches(warehouse, name)
    assert [(bank, ledger) for bank, ledger in matches if bank != ledger] == []
    assert len(matches) == TOLD_BY_MEMOS[name][1]


def test_an_entry_is_about_the_number_in_its_field(warehouse: Path) -> None:
    assert _matches(warehouse, "mentioned") == [(["second"], ["second"])]


@pytest.mark.parametrize("name", NO_REFERENCE)
def test_no_difference_is_posted_under_a_number_that_names_no_item(warehouse: Path, name: str) -> None:
    assert [sides for sides in _matches(warehouse, name) if sides[0] != sides[1]] == []
    assert [text for text in _explanations(warehouse, name) if "more than any rule" in text] == []


@pytest.mark.parametrize("name", SAID_BY_THE_BANK)
def test_what_the_bank_says_of_a_line_goes_before_an_equal_amount(warehouse: Path, name: str) -> None:
    assert _matches(warehouse, name) == []


def test_a_charge_is_called_one_beside_a_bill_of_its_amount(warehouse: Path) -> None:
    assert "A charge of the bank that the books have not booked" in _explanations(warehouse, "an account fee")


def test_an_initial_in_a_field_is_the_only_one_of_the_books(warehouse: Path) -> None:
    assert sorted(_matches(warehouse, "initials")) == [(["one"], ["one"]), (["other"], ["other"])]


def test_a_discount_is_no_fee_of_the_bank(warehouse: Path) -> None:
    rows = _ask(
        warehouse,
        "select distinct explanation from marts.fct_match_explanations where match_id is not null"
        f" and account_id = '{_account_id('discount')}' and explanation like '%differ%'",
    )
    assert [text.split("differ by ")[1] for (text,) in rows] == ["-24.00, short payment"]
