"""Payment files of wages: hand-made records, every total broken once, and a bank's answers to them."""

from __future__ import annotations

import csv
import datetime
import io
import random
import re
import string
import time
import traceback
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from scale import times

from orchestration.collect.answers.nacha_reader import NachaBatch, NachaEntry, NachaFile, read_nacha
from orchestration.collect.answers.pain_reader import KINDS
from orchestration.collect.answers.returns import DISHONORED, detect, read_payment_status
from orchestration.collect.answers.status import PaymentStatus
from orchestration.lake.errors import UnreadableFile
from orchestration.payroll.nacha import (
    NachaCredit,
    NachaCredits,
    NachaOriginator,
    WrittenNacha,
    write_nacha,
)
from orchestration.payroll.pain import VERSIONS, SepaCredit, SepaDebtor, sepa_text, write_pain
from orchestration.payroll.payment_rows import PaymentRefused, folded

ROOT = Path(__file__).parents[3]
SEED = ROOT / "seeds" / "payroll" / "payment_reason_codes.csv"
MONDAY = datetime.date(2026, 3, 16)
FRIDAY = datetime.date(2026, 3, 20)
CREATED_AT = datetime.datetime(2026, 3, 18, 9, 5)
# Must not be found in any error.
NAME, ACCOUNT, IBAN = "CANARY MACKEREL", "77701998877", "DE21500500009876543210"
PAY = "7654.32"

ORIGINATOR = NachaOriginator(
    "091000019", "091000019", "First Bank", "1363636363", "Tallowmere", "1363636363", "Tallowmere Instruments"
)
WAGE = NachaCredit("P1", "E001", "Zoë Ångström-Łęcka", "021000021", "12345", "checking", Decimal("1234.56"))
PRENOTE = NachaCredit("P2", None, "Bob", "121042882", "9 87-a", "savings", Decimal(0), True)
CANARY = NachaCredit("P9", "E009", NAME, "021000021", ACCOUNT, "checking", Decimal(PAY))
DEBTOR = SepaDebtor("Tallowmere & Söhne", "DE89370400440532013000")
TRANSFER = SepaCredit("US-M/7", "Zoë Brün", "NL91 ABNA 0417 1643 00", Decimal("1234.5"), "Lohn März #3")
CANARY_TRANSFER = SepaCredit("P9", NAME, IBAN, Decimal(PAY), "wages")

# The day on which the file of BY_HAND was made.
TOLD_ON = datetime.date(2026, 3, 18)
BY_HAND = [
    # 1  priority, destination, origin, date and time, modifier, sizes, names
    "101 09100001913636363632603180905A094101FIRST BANK             TALLOWMERE                     ",
    # 5  service class, company, company id, PPD, PAYROLL, effective date, ODFI, number
    "5220TALLOWMERE INSTR                    1363636363PPDPAYROLL         260320   1091000010000001",
    # 6  code, routing number, account, cents, individual id, name, trace number
    "62202100002112345            0000123456E001           ZOE ANGSTROM-LECKA      0091000010000041",
    "633121042882987-A            0000000000               BOB                     0091000010000042",
    # 8  count 2, hash 02100002 + 12104288, no debit, credits 1,234.56
    "822000000200142042900000000000000000001234561363636363                         091000010000001",
    # 9  1 batch, 1 block of ten
    "9000001000001000000020014204290000000000000000000123456                                       ",
    *["9" * 94] * 4,
]


def written(*credits: NachaCredit, **options: object) -> WrittenNacha:
    batches = [NachaCredits(FRIDAY, credits)]
    return write_nacha(ORIGINATOR, batches, CREATED_AT, **options)  # type: ignore[arg-type]


def transferred(*credits: SepaCredit, **options: object) -> bytes:
    named = {"message_id": "M1", "created_at": CREATED_AT, "execute_on": FRIDAY} | options
    return write_pain(DEBTOR, credits, **named).content  # type: ignore[arg-type]


def joined(lines: list[str], end: str = "\n") -> bytes:
    return "".join(line + end for line in lines).encode()


def read(content: bytes) -> list[NachaEntry | NachaBatch | NachaFile]:
    return list(read_nacha(io.BytesIO(content)))


def entries(content: bytes) -> list[NachaEntry]:
    return [row for row in read(content) if isinstance(row, NachaEntry)]


def statuses(content: bytes) -> list[PaymentStatus]:
    return list(read_payment_status(io.BytesIO(content)))


def refusal(function: Callable[[bytes], object], content: bytes) -> str:
    with pytest.raises(UnreadableFile) as caught:
        function(content)
    return str(caught.value)


def replaced(lines: list[str], at: int, first: int, text: str) -> list[str]:
    """The lines with text from a column of one line, both counted from 1."""
    line = lines[at - 1]
    changed = line[: first - 1] + text + line[first - 1 + len(text) :]
    assert len(changed) == 94
    assert changed != line
    return [*lines[: at - 1], changed, *lines[at:]]


# NACHA, written


def test_nacha_by_hand():
    found = written(WAGE, PRENOTE, first_sequence=41)
    assert found.content == joined(BY_HAND, "\r\n")
    assert found.trace_numbers == {"P1": "091000010000041", "P2": "091000010000042"}
    assert found[2:] == (2, 14204290, Decimal("1234.56"))


def test_nacha_codes_by_account_and_prenote():
    kinds = [(kind, is_prenote) for kind in ("checking", "savings") for is_prenote in (False, True)]
    credits = [
        WAGE._replace(payment_id=f"P{n}", account_kind=kind, is_prenote=prenote, amount=Decimal(not prenote))
        for n, (kind, prenote) in enumerate(kinds)
    ]
    assert [entry.transaction_code for entry in entries(written(*credits).content)] == [
        "22",
        "23",
        "32",
        "33",
    ]


@pytest.mark.parametrize(("count", "blocks", "lines"), [(6, 1, 10), (7, 2, 20), (16, 2, 20), (17, 3, 30)])
def test_nacha_blocks_of_ten(count, blocks, lines):
    content = written(*(WAGE._replace(payment_id=f"P{number}") for number in range(count))).content
    assert len(content.split()) >= lines
    assert content.count(b"\r\n") == lines
    assert read(content)[-1].block_count == blocks


def test_nacha_hash_keeps_ten_digits():
    credits = [WAGE._replace(payment_id=f"P{n}", routing_number="999999992") for n in range(101)]
    found = written(*credits)
    assert found.entry_hash == 99999999 * 101 % 10**10 == 99999899
    assert read(found.content)[-1].entry_hash == found.entry_hash


def test_nacha_several_batches_number_their_traces_on():
    batches = [NachaCredits(FRIDAY, [WAGE]), NachaCredits(datetime.date(2026, 3, 23), [PRENOTE])]
    found = write_nacha(ORIGINATOR, batches, CREATED_AT, file_id_modifier="B")
    rows = read(found.content)
    assert [type(row) for row in rows] == [NachaEntry, NachaBatch, NachaEntry, NachaBatch, NachaFile]
    assert [row.effective_on for row in rows if isinstance(row, NachaBatch)] == [
        b.effective_on for b in batches
    ]
    assert [row.trace_number[-1] for row in rows if isinstance(row, NachaEntry)] == ["1", "2"]
    assert (rows[-1].batch_count, rows[-1].file_id_modifier, rows[-1].created_on) == (
        2,
        "B",
        CREATED_AT.date(),
    )


LIMIT = Decimal("99999999.99")


@pytest.mark.parametrize(
    ("change", "options", "field"),
    [
        ({"amount": LIMIT + Decimal("0.01")}, {}, "amount"),
        ({"amount": Decimal("1000000.01")}, {"is_same_day": True}, "amount"),
        ({"amount": Decimal(0)}, {}, "amount"),
        ({"amount": Decimal("-0.01")}, {}, "amount"),
        ({"amount": Decimal("0.001")}, {}, "amount"),
        ({"amount": Decimal("NaN")}, {}, "amount"),
        ({"amount": Decimal("Infinity")}, {}, "amount"),
        ({"amount": 7654.32}, {}, "amount"),
        ({"amount": Decimal("0.01"), "is_prenote": True}, {}, "amount"),
        ({"routing_number": "021000022"}, {}, "routing_number"),
        ({"routing_number": "02100002"}, {}, "routing_number"),
        ({"routing_number": "02100002١"}, {}, "routing_number"),
        ({"account_number": ACCOUNT + "1234567"}, {}, "account_number"),
        ({"account_number": ""}, {}, "account_number"),
        ({"account_number": ACCOUNT[:5] + "\n"}, {}, "account_number"),
        ({"account_number": ACCOUNT[:5] + "Ä"}, {}, "account_number"),
        ({"account_kind": "ledger"}, {}, "account_kind"),
        ({"individual_id": "E" * 16}, {}, "individual_id"),
        ({"individual_id": "E\t1"}, {}, "individual_id"),
        ({"individual_id": "É1"}, {}, "individual_id"),
        ({"name": NAME + "\x00"}, {}, "name"),
        ({"name": NAME + "\r\n627"}, {}, "name"),
        ({"name": NAME + "\x85"}, {}, "name"),
        ({"name": "王小明"}, {}, "name"),
        ({"name": ""}, {}, "name"),
        ({}, {"first_sequence": 10_000_000}, "the trace number"),
    ],
)
def test_nacha_refuses_a_payment_by_id_and_field(change, options, field):
    with pytest.raises(PaymentRefused) as caught:
        written(CANARY._replace(**change), **options)
    assert (caught.value.payment_id, caught.value.field) == ("P9", field)
    keeps_secret(caught.value)


def test_nacha_limits_are_inclusive():
    assert entries(written(WAGE._replace(amount=LIMIT)).content)[0].amount == LIMIT
    million = Decimal(1_000_000)
    assert entries(written(WAGE._replace(amount=million), is_same_day=True).content)[0].amount == million
    assert written(WAGE._replace(amount=million + 1)).credit_total == million + 1


def test_nacha_totals_of_twelve_digits():
    full = [WAGE._replace(payment_id=f"P{number}", amount=LIMIT) for number in range(100)]
    assert written(*full).credit_total == LIMIT * 100
    batches = [NachaCredits(FRIDAY, full), NachaCredits(FRIDAY, [WAGE._replace(payment_id="last")])]
    for attempt in ([NachaCredits(FRIDAY, [*full, WAGE._replace(payment_id="last")])], batches):
        with pytest.raises(PaymentRefused, match="twelve digits"):
            write_nacha(ORIGINATOR, attempt, CREATED_AT)


@pytest.mark.parametrize(
    ("attempt", "reason"),
    [
        (lambda: written(WAGE, WAGE), "payment 'P1': payment_id is in the file twice"),
        (lambda: written(), "the file: credits are 0, not 1 to 999,999"),
        (lambda: write_nacha(ORIGINATOR, [], CREATED_AT), "the file: batches are none"),
        (lambda: written(WAGE, file_id_modifier="a"), "file_id_modifier is not one of"),
        (
            lambda: write_nacha(ORIGINATOR, [NachaCredits(MONDAY, [WAGE])], CREATED_AT),
            "2026-03-16 is before the file's date",
        ),
        (
            lambda: write_nacha(
                ORIGINATOR._replace(odfi_routing_number="091000018"),
                [NachaCredits(FRIDAY, [WAGE])],
                CREATED_AT,
            ),
            "the file: odfi_routing_number has a false check digit",
        ),
    ],
)
def test_nacha_refuses_a_file(attempt, reason):
    with pytest.raises(PaymentRefused) as caught:
        attempt()
    assert reason in str(caught.value)


def test_company_tax_id_is_not_told():
    originator = ORIGINATOR._replace(company_id="13636363639")
    with pytest.raises(PaymentRefused) as caught:
        write_nacha(originator, [NachaCredits(FRIDAY, [WAGE])], CREATED_AT)
    assert str(caught.value) == "the file: company_id is not 1 to 10 plain characters"


def test_names_are_folded_and_cut():
    for name, expected in [
        ("Zoë  Ångström-Łęcka", "ZOE ANGSTROM-LECKA"),
        ("Þórður Ægisson ß", "THORDUR AEGISSON SS"),
        ("O’Neill, Ṣẹ́gun", "O'NEILL, SEGUN"),
        ("Maximiliane Oberhuber-Wittgenstein", "MAXIMILIANE OBERHUBER-"),
        ("王 Wang", "WANG"),
    ]:
        assert (
            written(WAGE._replace(name=name)).content.split(b"\r\n")[2][54:76].decode().rstrip() == expected
        )


# The days on which they settle


def test_the_federal_reserve_moves_no_holiday_from_saturday_to_friday():
    with (ROOT / "seeds" / "reference" / "bank_holidays.csv").open(encoding="utf-8") as file:
        closed = {row["holiday_on"] for row in csv.DictReader(file) if row["calendar_code"] == "US"}
    # 4 July 2026 is a Saturday; Thanksgiving is a Thursday.
    assert "2026-07-03" not in closed
    assert "2026-11-26" in closed


# NACHA, read


def test_nacha_read_by_hand():
    assert read(joined(BY_HAND)) == [
        NachaEntry(
            1, 1, 3, "22", "credit", "checking", "021000021", "12345", "E001", "ZOE ANGSTROM-LECKA",
            "091000010000041", Decimal("1234.56"), False, (), TOLD_ON,
        ),
        NachaEntry(
            1, 1, 4, "33", "credit", "savings", "121042882", "987-A", None, "BOB",
            "091000010000042", Decimal("0.00"), True, (), TOLD_ON,
        ),
        NachaBatch(
            1, 1, 2, "220", "PPD", "TALLOWMERE INSTR", None, "1363636363", "PAYROLL", "09100001", 2, 14204290,
            Decimal("0.00"), Decimal("1234.56"), FRIDAY,
        ),
        NachaFile(
            1, 1, "091000019", "1363636363", "A", 1, 1, 2, 14204290, Decimal("0.00"), Decimal("1234.56"),
            CREATED_AT.date(),
        ),
    ]  # fmt: skip


VARIANTS = {
    "carriage returns": joined(BY_HAND, "\r\n"),
    "no line ends": joined(BY_HAND, ""),
    "no line ends but the last": joined(BY_HAND, "") + b"\r\n",
    "not padded": joined(BY_HAND[:6]),
    "not padded, one string": joined(BY_HAND[:6], ""),
    "partly padded": joined(BY_HAND[:7]),
    "last line end missing": joined(BY_HAND).rstrip(b"\n"),
    "trailing blanks missing": joined([line.rstrip() for line in BY_HAND]),
    "blank lines": joined([line + "\n" for line in BY_HAND]),
    "byte order mark": b"\xef\xbb\xbf" + joined(BY_HAND),
    "end of file mark": joined(BY_HAND) + b"\x1a",
}


@pytest.mark.parametrize("name", VARIANTS)
def test_nacha_variants_of_the_field(name):
    found = [row._replace(line_number=0) for row in read(VARIANTS[name])]
    assert found == [row._replace(line_number=0) for row in read(joined(BY_HAND))]


def test_nacha_in_small_letters():
    rows = read(joined(BY_HAND).lower())
    assert [row.entry_class for row in rows if isinstance(row, NachaBatch)] == ["PPD"]
    assert [row.name for row in rows if isinstance(row, NachaEntry)] == ["zoe angstrom-lecka", "bob"]


def test_nacha_names_beyond_ascii():
    for encoding in ("utf-8", "cp1252"):
        content = joined(replaced(BY_HAND, 3, 55, "ZOÉ")).decode().encode(encoding)
        assert entries(content)[0].name == "ZOÉ ANGSTROM-LECKA"


def test_nacha_several_files_in_one_delivery():
    rows = read(joined(BY_HAND) + joined(BY_HAND[:6]))
    assert [row.file_number for row in rows] == [1] * 4 + [2] * 4
    assert [row.file_number for row in read(joined([*BY_HAND[:6], *BY_HAND], ""))] == [1] * 4 + [2] * 4


def test_nacha_large_file_without_line_ends():
    credits = [WAGE._replace(payment_id=f"P{n}") for n in range(2_500)]
    content = written(*credits).content.replace(b"\r\n", b"")
    assert len(content) > 2 * 94_000
    assert len(entries(content)) == 2_500
    assert refusal(read, content[: 94 * 1_500 - 1] + b"?" + content[94 * 1_500 :]) == (
        "entry: the trace number is not all digits (record 1500)"
    )


OTHER_CLASSES = [
    # A CTX debit with two addenda, and a WEB credit of a person with one.
    "101 09100001913636363632603180905A094101FIRST BANK             TALLOWMERE                     ",
    "5225TALLOWMERE INSTR                    1363636363CTXSUPPLIES        260320   1091000010000001",
    "627021000021555              0000002550INV-7          0002RECEIVER COMPANY  011091000010000001",
    "705ISA*00*                                                                         00010000001",
    "705SE*31*0069\\                                                                     00020000001",
    "82250000030002100002000000002550000000000000 136363636                         091000010000001"[:94],
    "5200TALLOWMERE INSTR                    1363636363WEBREFUND          260320   1091000010000002",
    "622021000021777              0000000100R-1            JO SMITH              S 1091000010000002",
    "705thanks                                                                          00010000002",
    "82000000020002100002000000000000000000000100                                   091000010000002",
    "9000002000002000000050004200004000000002550000000000100                                       ",
]


def test_nacha_other_entry_classes_and_addenda():
    lines = replaced(OTHER_CLASSES, 6, 45, "1363636363")
    debit, _, credit, web, file = read(joined(lines))
    assert (debit.direction, debit.name, debit.amount) == ("debit", "RECEIVER COMPANY", Decimal("25.50"))
    assert [addendum.information for addendum in debit.addenda] == ["ISA*00*", "SE*31*0069\\"]
    assert (credit.direction, credit.addenda[0].type_code) == ("credit", "05")
    assert (web.entry_class, file.entry_count, file.debit_total) == ("WEB", 5, Decimal("25.50"))
    for at, first, text, reason in [
        (5, 87, "3", "the sequence number does not continue the one before it (line 5)"),
        (5, 94, "2", "it names another entry than the one before it (line 5)"),
        (3, 79, "0", "the entry before it says that it has none (line 4)"),
        (7, 2, "225", "a credit stands in a batch of debits (line 8)"),
        (8, 2, "627", "batch control: the debit total is not the sum of the debits (line 10)"),
        (6, 45, "2", "the company is not that of the batch header (line 6)"),
    ]:
        text = text[-2:] if text == "627" else text
        assert reason in refusal(read, joined(replaced(lines, at, first, text)))
    assert "the addenda that it announces are missing (line 3)" in refusal(
        read, joined([*lines[:3], *lines[5:]])
    )


BROKEN = {
    "batch count": (5, 10, "3", "batch control: the entry count is not 2, as counted (line 5)"),
    "batch hash": (5, 20, "1", "batch control: the entry hash is not that of the entries (line 5)"),
    "batch debits": (5, 32, "1", "batch control: the debit total is not the sum of the debits (line 5)"),
    "batch credits": (5, 44, "7", "batch control: the credit total is not the sum of the credits (line 5)"),
    "batch company": (5, 54, "9", "batch control: the company is not that of the batch header (line 5)"),
    "batch bank": (
        5,
        87,
        "9",
        "batch control: the originating bank is not that of the batch header (line 5)",
    ),
    "batch number": (5, 94, "9", "batch control: the batch number is not that of the batch header (line 5)"),
    "batch class": (5, 3, "00", "batch control: the service class is not that of the batch header (line 5)"),
    "batches": (6, 7, "2", "file control: the batch count is not 1, as counted (line 6)"),
    "blocks": (6, 13, "2", "file control: the block count is not 1, as counted (line 6)"),
    "file count": (6, 21, "3", "file control: the entry count is not 2, as counted (line 6)"),
    "file hash": (6, 31, "1", "file control: the entry hash is not that of the entries (line 6)"),
    "file debits": (6, 43, "1", "file control: the debit total is not the sum of the debits (line 6)"),
    "file credits": (6, 55, "7", "file control: the credit total is not the sum of the credits (line 6)"),
    "amount": (3, 39, "7", "batch control: the credit total is not the sum of the credits (line 5)"),
    "check digit": (3, 12, "2", "entry: the check digit of the routing number is false (line 3)"),
    "transaction code": (3, 2, "20", "entry: the transaction code is not one of a payment (line 3)"),
    "debit": (3, 2, "27", "entry: a debit stands in a batch of credits (line 3)"),
    "trace twice": (4, 94, "1", "entry: the trace number stands in the batch twice (line 4)"),
    "indicator": (3, 79, "2", "entry: the addenda indicator is neither 0 nor 1 (line 3)"),
    "digits": (3, 30, " ", "entry: the amount is not all digits (line 3)"),
    "entry class": (2, 51, "12", "batch header: the entry class is not three letters (line 2)"),
    "effective date": (2, 70, "260230", "batch header: the effective date is not a date (line 2)"),
    "service class": (2, 2, "210", "batch header: the service class is none of 200, 220 and 225 (line 2)"),
    "advice": (
        2,
        2,
        "280",
        "batch header: ADV, the accounting advice of the operators, is not read (line 2)",
    ),
    "record size": (1, 35, "080", "file header: the record size is not 094 (line 1)"),
    "blocking": (1, 38, "01", "file header: the blocking factor is not 10 (line 1)"),
    "priority": (1, 2, "02", "file header: the priority code is not 01 (line 1)"),
    "format": (1, 40, "2", "file header: the format code is not 1 (line 1)"),
    "creation": (1, 24, "      ", "file header: the creation date is missing (line 1)"),
    "control character": (3, 60, "\x07", "the record holds a control character (line 3)"),
    "record type": (3, 1, "4", "the record starts with none of 1, 5, 6, 7, 8 and 9 (line 3)"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_nacha_each_broken_field_is_refused_at_its_line(name):
    at, first, text, reason = BROKEN[name]
    assert refusal(read, joined(replaced(BY_HAND, at, first, text))) == reason


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ([], "the file is empty"),
        (BY_HAND[1:], "batch header: it cannot follow the start (line 1)"),
        ([*BY_HAND[:2], *BY_HAND[4:]], "batch control: it cannot follow batch header (line 3)"),
        ([*BY_HAND[:4], *BY_HAND[5:]], "file control: it cannot follow entry (line 5)"),
        (BY_HAND[:5], "the file ends without its file control record (line 5)"),
        (
            [*BY_HAND[:3], *BY_HAND[4:]],
            "batch control: the entry count is not 1, as counted (line 4)",
        ),
        ([*BY_HAND, *["9" * 94] * 6], "file control: more than nine lines of padding follow it (line 16)"),
        ([*BY_HAND[:2], BY_HAND[2] + "X", *BY_HAND[3:]], "the line has more than 94 columns (line 3)"),
    ],
)
def test_nacha_records_out_of_place(lines, reason):
    assert reason in refusal(read, joined(lines))


ANY = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=20)
# Any text without control characters that has a letter or digit which every bank knows.
NAMES = st.builds("".join, st.tuples(ANY, st.sampled_from(string.ascii_letters + string.digits), ANY))
BODIES = st.integers(0, 99_999_999).map(lambda number: f"{number:08}")


@st.composite
def nacha_credits(draw: st.DrawFn) -> list[NachaCredit]:
    credits = []
    for number in range(draw(st.integers(1, 25))):
        body = draw(BODIES)
        total = sum(int(d) * w for d, w in zip(body, (3, 7, 1, 3, 7, 1, 3, 7), strict=True))
        is_prenote = draw(st.booleans())
        cents = 0 if is_prenote else draw(st.integers(1, 9_999_999_999))
        credits.append(
            NachaCredit(
                f"P{number}",
                draw(st.none() | st.from_regex(r"[A-Z0-9]{1,15}", fullmatch=True)),
                draw(NAMES),
                f"{body}{-total % 10}",
                draw(st.from_regex(r"[A-Z0-9]{1,17}", fullmatch=True)),
                draw(st.sampled_from(["checking", "savings"])),
                Decimal(cents).scaleb(-2),
                is_prenote,
            )
        )
    return credits


@pytest.mark.drawn
@settings(max_examples=times(20), deadline=None)
@given(nacha_credits(), st.integers(1, 9_999_975), st.sampled_from(["\r\n", "\n", ""]))
def test_nacha_written_is_read_back(credits, first, end):
    found = written(*credits, first_sequence=first)
    rows = read(found.content.replace(b"\r\n", end.encode()))
    back = [row for row in rows if isinstance(row, NachaEntry)]
    for entry, credit in zip(back, credits, strict=True):
        assert entry.trace_number == found.trace_numbers[credit.payment_id]
        assert entry.routing_number == credit.routing_number
        assert entry.account_number == credit.account_number
        assert entry.account_kind == credit.account_kind
        assert entry.amount == credit.amount
        assert entry.is_prenote == credit.is_prenote
        assert entry.individual_id == credit.individual_id
        assert entry.name == folded(credit.name, None, "name").upper()[:22].rstrip()
    file = rows[-1]
    assert isinstance(file, NachaFile)
    assert (file.entry_count, file.entry_hash, file.credit_total) == found[2:]
    assert file.credit_total == sum(credit.amount for credit in credits)


# NACHA, answered


def answer(*pairs: tuple[str, str], service: str = "200") -> list[str]:
    """A file of one batch of entries with one addenda each."""
    cents = sum(int(entry[29:39]) for entry, _ in pairs)
    total = sum(int(entry[3:11]) for entry, _ in pairs)
    count = 2 * len(pairs)
    blocks = -(-(count + 4) // 10)
    return [
        BY_HAND[0],
        BY_HAND[1].replace("5220", f"5{service}"),
        *[record for pair in pairs for record in pair],
        f"8{service}{count:06}{total:010}{0:012}{cents:012}{BY_HAND[4][44:]}",
        f"9000001{blocks:06}{count:08}{total:010}{0:012}{cents:012}".ljust(94),
    ]


RETURNED = (
    "62102100002112345            0000123456E001           ZOE ANGSTROM-LECKA      1021000020000007",
    "799R03091000010000041      02100002                                            021000020000007",
)
DIED = (
    "631121042882987              0000000100E002           BOB                     1021000020000008",
    "799R15091000010000042260214121042881ESTATE PENDING                             021000020000008",
)
CHANGED = (
    "62102100002112345            0000000000E001           ZOE ANGSTROM-LECKA      1021000020000009",
    "798C01091000010000041      021000021918171614                                  021000020000009",
)


def test_nacha_returns_and_changes():
    returned, died, changed = statuses(joined(answer(RETURNED, DIED, CHANGED)))
    assert returned == PaymentStatus(
        4, "nacha", "transaction", "return", None, "R03", "091000010000041", None, None, "E001", None, None,
        "USD", Decimal("1234.56"), None, TOLD_ON,
    )  # fmt: skip
    assert died == PaymentStatus(
        6, "nacha", "transaction", "return", None, "R15", "091000010000042", None, None, "E002", None,
        "1ESTATE PENDING", "USD", Decimal("1.00"), datetime.date(2026, 2, 14), TOLD_ON,
    )  # fmt: skip
    assert changed == PaymentStatus(
        8, "nacha", "transaction", "change", None, "C01", "091000010000041", None, None, "E001", "1918171614",
        None, "USD", Decimal("0.00"), None, TOLD_ON,
    )  # fmt: skip


def test_nacha_changes_of_international_entries_tell_no_account():
    lines = replaced(answer(CHANGED), 2, 5, "IATCOR".ljust(16))
    lines = replaced(lines, 3, 40, ACCOUNT[:15])
    (row,) = statuses(joined(replaced(lines, 2, 51, "COR")))
    assert (row.reason_code, row.end_to_end_id) == ("C01", None)


def test_nacha_dishonored_return_is_no_return():
    assert [row.kind for row in statuses(joined(replaced(answer(RETURNED, DIED), 4, 4, "R68")))] == [
        "pending",
        "return",
    ]


def test_nacha_answer_with_a_false_header_is_refused_by_its_field():
    lines = replaced(answer(RETURNED), 1, 40, "2")
    assert refusal(statuses, joined(lines)) == "file header: the format code is not 1 (line 1)"


def test_nacha_one_return_for_each_entry():
    lines = answer(RETURNED)
    lines.insert(4, RETURNED[1])
    assert refusal(statuses, joined(lines)) == "addenda: the entry has one of type 99 before it (line 5)"


def test_nacha_corrected_data_has_29_columns():
    lines = replaced(answer(CHANGED), 4, 36, "123456789".rjust(29, "0") + "X")
    assert statuses(joined(lines))[0].corrected_data == "123456789".rjust(29, "0")


@pytest.mark.parametrize(
    ("code", "direction", "kind", "is_prenote"),
    [
        ("21", "credit", "checking", False),
        ("26", "debit", "checking", False),
        ("28", "debit", "checking", True),
        ("33", "credit", "savings", True),
        ("42", "credit", "ledger", False),
        ("53", "credit", "loan", True),
        ("55", "debit", "loan", False),
        ("56", "debit", "loan", False),
    ],
)
def test_nacha_transaction_codes(code, direction, kind, is_prenote):
    entry = "6" + code + RETURNED[0][3:29] + "0" * 10 + RETURNED[0][39:]
    found = entries(joined(answer((entry, RETURNED[1]))))[0]
    assert (found.direction, found.account_kind, found.is_prenote) == (direction, kind, is_prenote)


def test_nacha_answers_beside_other_entries():
    lines = answer(RETURNED, DIED)
    small = [
        row._replace(information=row.information and row.information.upper())
        for row in statuses(joined(lines).lower())
    ]
    assert statuses(joined(lines, "\r\n")) == [
        row._replace(end_to_end_id=row.end_to_end_id.upper()) for row in small
    ]
    assert [row.reason_code for row in statuses(joined(lines, ""))] == ["R03", "R15"]
    empty = [BY_HAND[0], "9000000000001000000000000000000000000000000000000000000"]
    assert statuses(joined(empty)) == []
    assert refusal(statuses, joined(BY_HAND)) == (
        "the file pays or collects: no entry has a return or a change (line 3)"
    )


@pytest.mark.parametrize(
    ("at", "first", "text", "reason"),
    [
        (4, 4, "R96", "addenda: the reason code is none of type 99 (line 4)"),
        (4, 4, "C01", "addenda: the reason code is none of type 99 (line 4)"),
        (8, 4, "C15", "addenda: the reason code is none of type 98 (line 8)"),
        (4, 7, " ", "addenda: the original trace number is not all digits (line 4)"),
        (4, 28, "X", "addenda: the original receiving bank is not all digits (line 4)"),
        (6, 22, "260230", "addenda: the date of death is not a date (line 6)"),
        (4, 2, "9X", "addenda: the type is not all digits (line 4)"),
    ],
)
def test_nacha_broken_answers(at, first, text, reason):
    assert refusal(statuses, joined(replaced(answer(RETURNED, DIED, CHANGED), at, first, text))) == reason


# pain.001


def parsed(content: bytes) -> dict[str, list[str]]:
    """The texts of leaves by local name."""
    found: dict[str, list[str]] = {}
    for element in etree.fromstring(content).iter():
        if not len(element):
            found.setdefault(etree.QName(element).localname, []).append(element.text or "")
    return found


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("bic", [None, "COBADEFFXXX"])
def test_pain_follows_its_schema(version, bic):
    schema = etree.XMLSchema(etree.parse(ROOT / "orchestration" / "payroll" / "schemas" / f"{version}.xsd"))
    credits = [TRANSFER._replace(bic=bic), CANARY_TRANSFER._replace(remittance=None)]
    content = transferred(*credits, version=version)
    schema.assertValid(etree.fromstring(content))
    leaves = parsed(content)
    assert leaves["NbOfTxs"] == ["2", "2"]
    assert leaves["CtrlSum"] == ["8888.82", "8888.82"]
    assert leaves["Cd"] == ["SEPA", "SALA"]
    assert leaves["BtchBookg"] == ["true"]
    assert leaves["EndToEndId"] == ["US-M/7", "P9"]
    assert leaves["InstdAmt"] == ["1234.50", PAY]
    assert leaves["IBAN"] == [DEBTOR.iban, "NL91ABNA0417164300", IBAN]
    assert leaves["Nm"] == ["Tallowmere + Sohne"] * 2 + ["Zoe Brun", NAME]
    assert leaves["Ustrd"] == ["Lohn Marz 3"]
    assert leaves["Dt" if version.endswith("09") else "ReqdExctnDt"] == ["2026-03-20"]
    assert leaves.get("BICFI" if version.endswith("09") else "BIC", []) == ([bic] if bic else [])
    assert content == transferred(*credits, version=version)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"iban": IBAN.replace("21", "22", 1)}, "iban"),
        ({"iban": ""}, "iban"),
        ({"bic": "COBADE"}, "bic"),
        ({"amount": Decimal("1000000000")}, "amount"),
        ({"amount": Decimal("0.001")}, "amount"),
        ({"amount": Decimal(0)}, "amount"),
        ({"name": NAME + "\x01"}, "name"),
        ({"name": "王"}, "name"),
        ({"remittance": NAME + "\n"}, "remittance"),
    ],
)
def test_pain_refuses_a_payment_by_id_and_field(change, field):
    with pytest.raises(PaymentRefused) as caught:
        transferred(CANARY_TRANSFER._replace(**change))
    assert (caught.value.payment_id, caught.value.field) == ("P9", field)
    keeps_secret(caught.value)


@pytest.mark.parametrize("payment_id", ["", "a" * 36, "/a", "a/", "a//b", "ä", "a b", "a\n"])
def test_pain_ids_are_never_changed(payment_id):
    with pytest.raises(PaymentRefused, match="payment_id is not 1 to 35 characters"):
        transferred(CANARY_TRANSFER._replace(payment_id=payment_id))
    with pytest.raises(PaymentRefused, match="message_id is not 1 to 35 characters"):
        transferred(CANARY_TRANSFER, message_id=payment_id)


def test_pain_refuses_a_file():
    for credits, options, reason in [
        ([], {}, "credits are none"),
        ([TRANSFER, TRANSFER], {}, "payment_id is in the file twice"),
        ([TRANSFER], {"version": "pain.001.001.11"}, "version is none of"),
    ]:
        with pytest.raises(PaymentRefused, match=reason):
            transferred(*credits, **options)


def test_pain_schema_refusal_quotes_nothing(monkeypatch):
    monkeypatch.setattr("orchestration.payroll.pain.is_iban", lambda _: True)
    with pytest.raises(PaymentRefused) as caught:
        transferred(CANARY_TRANSFER._replace(iban=NAME))
    assert caught.value.field == "the message"
    keeps_secret(caught.value)


@pytest.mark.drawn
@settings(max_examples=times(20), deadline=None)
@given(
    st.lists(st.tuples(NAMES, NAMES, st.integers(1, 99_999_999_999)), min_size=1, max_size=10),
    st.sampled_from(sorted(VERSIONS)),
)
def test_pain_of_any_text_follows_its_schema(rows, version):
    credits = [
        TRANSFER._replace(payment_id=f"P{n}", name=name, remittance=memo, amount=Decimal(cents).scaleb(-2))
        for n, (name, memo, cents) in enumerate(rows)
    ]
    leaves = parsed(transferred(*credits, version=version))
    assert [Decimal(text) for text in leaves["InstdAmt"]] == [credit.amount for credit in credits]
    assert Decimal(leaves["CtrlSum"][0]) == sum(credit.amount for credit in credits)
    assert leaves["Ustrd"] == [sepa_text(memo, None, "remittance") for _, memo, _ in rows]


# pain.002

PAIN002 = f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.03">
<CstmrPmtStsRpt>
<GrpHdr><MsgId>S1</MsgId><CreDtTm>2026-03-20T10:00:00</CreDtTm></GrpHdr>
<OrgnlGrpInfAndSts><OrgnlMsgId>M1</OrgnlMsgId><OrgnlMsgNmId>pain.001</OrgnlMsgNmId>
<GrpSts>PART</GrpSts></OrgnlGrpInfAndSts>
<OrgnlPmtInfAndSts><OrgnlPmtInfId>M1</OrgnlPmtInfId><PmtInfSts>PART</PmtInfSts>
<TxInfAndSts><StsId>1</StsId><OrgnlEndToEndId>US-M/7</OrgnlEndToEndId><TxSts>RJCT</TxSts>
<StsRsnInf><Rsn><Cd>AC04</Cd></Rsn><AddtlInf>closed</AddtlInf><AddtlInf>in May</AddtlInf></StsRsnInf>
<OrgnlTxRef><Amt><InstdAmt Ccy="EUR">{PAY}</InstdAmt></Amt><Cdtr><Nm>{NAME}</Nm></Cdtr>
<CdtrAcct><Id><IBAN>{IBAN}</IBAN></Id></CdtrAcct></OrgnlTxRef></TxInfAndSts>
<TxInfAndSts><OrgnlEndToEndId>P9</OrgnlEndToEndId><TxSts>ACSC</TxSts></TxInfAndSts>
</OrgnlPmtInfAndSts>
<OrgnlPmtInfAndSts><OrgnlPmtInfId>M2</OrgnlPmtInfId><PmtInfSts>RJCT</PmtInfSts>
<StsRsnInf><Rsn><Prtry>X01</Prtry></Rsn></StsRsnInf>
<TxInfAndSts><OrgnlEndToEndId>P10</OrgnlEndToEndId></TxInfAndSts>
</OrgnlPmtInfAndSts>
</CstmrPmtStsRpt>
</Document>
""".encode()


PAIN_TOLD_ON = datetime.date(2026, 3, 20)


def sepa(line: int, level: str, kind: str, code: str, **values: object) -> PaymentStatus:
    blank = PaymentStatus(line, "sepa", level, kind, code, None, None, "M1", *[None] * 7, PAIN_TOLD_ON)
    return blank._replace(**values)


def test_pain002_by_hand():
    assert statuses(PAIN002) == [
        sepa(5, "group", "partial", "PART"),
        sepa(
            8, "transaction", "reject", "RJCT", reason_code="AC04", original_payment_id="M1",
            end_to_end_id="US-M/7", information="closed in May", currency="EUR", amount=Decimal(PAY),
        ),
        sepa(12, "transaction", "accepted", "ACSC", original_payment_id="M1", end_to_end_id="P9"),
        sepa(7, "payment", "partial", "PART", original_payment_id="M1"),
        sepa(16, "transaction", "reject", "RJCT", original_payment_id="M2", end_to_end_id="P10"),
        sepa(14, "payment", "reject", "RJCT", original_payment_id="M2", reason_code="X01"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "content",
    [
        PAIN002.replace(b"\n", b"\r\n"),
        b"\n \n" + PAIN002,
        b"\xef\xbb\xbf" + PAIN002,
        PAIN002.replace(b"pain.002.001.03", b"pain.002.001.10"),
        PAIN002.replace(b' xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.03"', b""),
        re.sub(rb"<(/?)([A-Z])", rb"<\1p:\2", PAIN002).replace(b"xmlns=", b"xmlns:p="),
        PAIN002.decode().replace('encoding="UTF-8"', 'encoding="UTF-16"').encode("utf-16"),
    ],
)
def test_pain002_variants(content):
    expected = [row._replace(line_number=0) for row in statuses(PAIN002)]
    assert [row._replace(line_number=0) for row in statuses(content)] == expected


def test_pain002_group_alone():
    start, end = PAIN002.index(b"<OrgnlPmtInfAndSts>"), PAIN002.index(b"</CstmrPmtStsRpt>")
    content = (PAIN002[:start] + PAIN002[end:]).replace(b"PART", b"RJCT")
    assert statuses(content) == [sepa(5, "group", "reject", "RJCT")]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (b"<TxSts>RJCT", b"<TxSts>ZZZZ", "ZZZZ is no status that is known (line 8)"),
        (b"<TxSts>RJCT", f"<TxSts>{NAME}".encode(), "a status is no status that is known (line 8)"),
        (PAY.encode(), PAY.encode() + b"e9", "the amount of a transaction cannot be read (line 8)"),
        (PAY.encode(), b"-" + PAY.encode(), "the amount of a transaction cannot be read (line 8)"),
        (b'"EUR"', b'"eur"', "the amount of a transaction cannot be read (line 8)"),
        (
            b"<OrgnlEndToEndId>P10</OrgnlEndToEndId>",
            b"<StsId/>",
            "names neither OrgnlEndToEndId nor OrgnlInstrId",
        ),
        (b"<TxSts>ACSC</TxSts>", b"<StsId/>", "has no status of its own (line 12)"),
        (b"<OrgnlMsgId>M1</OrgnlMsgId>", b"", "names no OrgnlMsgId (line 5)"),
        (b"</Document>", b"", "the XML cannot be parsed"),
        (f"{NAME}</Nm>".encode(), f"{NAME}</{NAME[:6]}>".encode(), "the XML cannot be parsed (line 10)"),
        (b"OrgnlGrpInfAndSts", b"GrpInfAndSts", "stands before OrgnlGrpInfAndSts"),
    ],
)
def test_pain002_refusals(old, new, reason):
    assert old in PAIN002
    with pytest.raises(UnreadableFile) as caught:
        statuses(PAIN002.replace(old, new))
    assert reason in str(caught.value)
    keeps_secret(caught.value)


@pytest.mark.parametrize(
    ("code", "kind"), [("RVMC", "pending"), ("RVCM", "pending"), ("ACFW", "pending"), ("ACIS", "accepted")]
)
def test_pain002_statuses_beyond_the_first_versions(code, kind):
    found = statuses(PAIN002.replace(b"<TxSts>ACSC", f"<TxSts>{code}".encode()))
    assert [row.kind for row in found if row.status_code == code] == [kind]


def test_pain002_without_a_status_is_refused():
    content = re.sub(
        rb"<(TxSts|PmtInfSts|GrpSts)>.*?</\1>|<TxInfAndSts>.*?</TxInfAndSts>", b"", PAIN002, flags=re.S
    )
    assert refusal(statuses, content) == "the report gives no status: ask the bank what it says (line 3)"


# Both


def keeps_secret(error: BaseException) -> None:
    """No canary in the error, nor in those that led to it."""
    told = "".join(traceback.format_exception_only(error))
    while (
        error := error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    ) is not None:
        told += "".join(traceback.format_exception_only(error))
    for secret in (NAME, NAME[:6], ACCOUNT, ACCOUNT[:5], IBAN, PAY, PAY.replace(".", ""), "1363636363"):
        assert secret not in told


@pytest.mark.parametrize("content", [b"", b" \n\r\n"])
def test_empty_answer(content):
    assert refusal(statuses, content) == "the file is empty"


@pytest.mark.parametrize(
    "content", [b"%PDF-1.4", b"PK\x03\x04", b"<html/>", b"101", b"a,b\n1,2\n", transferred(TRANSFER)]
)
def test_answer_of_no_known_format(content):
    assert detect(content) is None
    assert refusal(statuses, content) == "the format is neither a NACHA file nor pain.002 (byte 0)"


class OneByte(io.RawIOBase):
    """A stream that gives one byte at a time and cannot seek."""

    def __init__(self, content: bytes) -> None:
        self.content = io.BytesIO(content)

    def read(self, size: int = -1) -> bytes:
        return self.content.read(min(size, 1))


@pytest.mark.parametrize("content", [PAIN002, joined(answer(RETURNED, DIED, CHANGED))])
def test_stream_need_not_seek_nor_fill_its_reads(content):
    assert list(read_payment_status(OneByte(content))) == statuses(content)


def hostile() -> Iterator[tuple[str, bytes]]:
    laughs = b"".join(
        b'<!ENTITY l%d "%s">' % (level, b"&l%d;" % (level - 1) * 10 if level else b"ha")
        for level in range(12)
    )
    yield (
        "bomb",
        PAIN002.replace(b"<Document", b"<!DOCTYPE d [" + laughs + b"]><Document").replace(
            b">closed<", b">&l11;<"
        ),
    )
    external = b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><Document'
    yield "external", PAIN002.replace(b"<Document", external).replace(b">closed<", b">&x;<")
    yield "depth", PAIN002.replace(b"<StsId>1", b"<a>" * 1_000_000)
    yield "endless head", PAIN002.replace(b"<GrpHdr>", b"<a/>" * 9_000_000)
    yield "digits", PAIN002.replace(PAY.encode(), b"9" * 9_000_000)
    yield "long line", joined(BY_HAND[:2]) + b"9" * 18_000_000
    yield "nines", b"9" * 18_000_000
    yield "padding", joined(BY_HAND) + (b"9" * 94 + b"\n") * 200_000
    yield "addenda", joined([*BY_HAND[:2], RETURNED[0], *[RETURNED[1]] * 200_000])


HOSTILE = dict(hostile())


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_answer_is_refused_in_time(name):
    content = HOSTILE[name]
    started = time.process_time()
    assert len(refusal(statuses, content)) < 1_000
    assert time.process_time() - started < 2


def test_many_children_before_many_transactions_are_read_once():
    """400,000 children of a block, walked once for each of its 2,000 transactions, would take minutes."""
    one = b"<TxInfAndSts><OrgnlEndToEndId>P</OrgnlEndToEndId><TxSts>RJCT</TxSts></TxInfAndSts>"
    content = PAIN002.replace(b"<PmtInfSts>PART</PmtInfSts>", b"<a/>" * 400_000 + one * 2_000)
    started = time.process_time()
    assert len(statuses(content)) == 2_005
    assert time.process_time() - started < 5


def mutant(number: int, samples: list[bytes]) -> bytes:
    rng = random.Random(number)
    content = bytearray(rng.choice(samples))
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(content))
        act = rng.randrange(5)
        if act == 0:
            content[at] = rng.randrange(256)
        elif act == 1:
            del content[at : at + rng.randint(1, 120)]
        elif act == 2:
            content[at:at] = rng.randbytes(rng.randint(1, 30))
        elif act == 3:
            content[at:at] = content[at : at + rng.randint(1, 200)] * rng.randint(1, 20)
        else:
            content[at : at + 1] = rng.choice([b"9", b"0", b" ", b"\n", b"<", b"&", b"R", b"\xff\xfe"])
    return bytes(content)


def test_mutants_are_read_in_full_or_refused_and_tell_nothing():
    canary = RETURNED[0][:12] + f"{ACCOUNT:17}" + RETURNED[0][29:54] + f"{NAME:22}" + RETURNED[0][76:]
    returned = answer((canary.replace("0000123456", "0000765432"), RETURNED[1]), DIED, CHANGED)
    samples = [
        joined(returned),
        joined(returned, ""),
        written(CANARY, PRENOTE).content,
        PAIN002,
    ]
    accepted = 0
    for number in range(3_000):
        content = mutant(number, samples)
        for function in (statuses, read):
            try:
                accepted += bool(function(content))
            except UnreadableFile as error:
                keeps_secret(error)
    assert 100 < accepted < 3_000


# The seed


def test_reason_codes_cover_what_the_reader_takes():
    with SEED.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    kinds = {(row["scheme"], row["code"]): row["kind"] for row in rows}
    assert len(kinds) == len(rows)
    returns = {code: kind for (_, code), kind in kinds.items() if re.fullmatch(r"R\d\d", code)}
    assert {code for code, kind in returns.items() if kind != "return"} == DISHONORED
    for code, kind in [("R01", "return"), ("R85", "return"), ("C01", "change"), ("C14", "change")]:
        assert kinds["nacha", code] == kind
    assert kinds["sepa", "AC04"] == "reject"
    for scheme, code in kinds:
        if scheme == "nacha":
            pair = CHANGED if code[0] == "C" else RETURNED
            lines = answer((pair[0], pair[1][:3] + code + pair[1][6:]))
            assert [row.reason_code for row in statuses(joined(lines))] == [code]
    assert set(KINDS.values()) == {"accepted", "pending", "reject", "partial"}
