"""Records of BAI2 over several lines: cut at every field, and at every character where lines are full."""

from __future__ import annotations

import io

import pytest

from orchestration.collect.readers import read
from orchestration.lake.datasets import BankStatement, BankStatementLine
from orchestration.lake.errors import UnreadableFile

RECORDS = [
    "01,BANK,US,260106,0200,1,{width},,2/",
    "02,US,BANK,1,260105,2359,USD,2/",
    "03,097531,USD,010,100000,,,015,98474,2,V,260105,0900,045,98474,,/",
    "16,475,1526,V,260106,1530,BANKREF0001,CUSTREF0002,SUPPLIER ONE, INVOICE 1 AND 2/",
    "16,195,1000,S,500,300,200,BANKREF0003,CUSTREF0004,CUSTOMER ONE/",
    "16,195,1000,Z,BANKREF0005,,CUSTOMER TWO/",
]

# Where a line is cut in a text, a blank stands for what was there.
JOINED = str.maketrans("", "", " ,")


def content(records: list[list[str]], width: object = "") -> bytes:
    """The file of records, each with its lines."""
    lines = [line for record in records for line in record]
    total, of_account = 100000 + 98474 * 2 + 1526 + 2000, sum(map(len, records[2:])) + 1
    of_group = of_account + len(records[1]) + 1
    of_file = of_group + len(records[0]) + 1
    lines += [f"49,{total},{of_account}/", f"98,{total},1,{of_group}/", f"99,{total},1,{of_file}/"]
    return "\n".join([*lines, ""]).replace("{width}", str(width)).encode()


def found(data: bytes) -> list[tuple]:
    rows = list(read(io.BytesIO(data), []))
    entries = [
        (row.amount, row.value_on, row.bank_reference, row.reference, (row.memo or "").translate(JOINED))
        for row in rows
        if isinstance(row, BankStatementLine)
    ]
    balances = [
        (row.account_number, row.opening_balance, row.closing_balance, row.other_balances)
        for row in rows
        if isinstance(row, BankStatement)
    ]
    return [*entries, *balances]


WHOLE = found(content([[record] for record in RECORDS]))


def test_the_whole_file_is_as_written() -> None:
    assert [str(entry[0]) for entry in WHOLE[:3]] == ["-15.26", "10.00", "10.00"]
    assert WHOLE[0][2:] == ("BANKREF0001", "CUSTREF0002", "SUPPLIERONEINVOICE1AND2")


@pytest.mark.parametrize("slash", ["/", ",", ""])
@pytest.mark.parametrize("at", range(1, len(RECORDS)))
def test_a_record_goes_on_behind_any_field(at: int, slash: str) -> None:
    """By the specification a slash ends the line; banks also leave it out, or end with the comma."""
    code, *fields = RECORDS[at].split(",")
    for cut in range(1, len(fields)):
        first, rest = ",".join([code, *fields[:cut]]) + slash, "88," + ",".join(fields[cut:])
        records = [[record] for record in RECORDS]
        records[at] = [first, rest]
        assert found(content(records)) == WHOLE, (first, rest)


@pytest.mark.parametrize("width", [24, 27, 31, 40, 64])
def test_a_full_line_is_cut_anywhere(width: int) -> None:
    records = []
    for at, record in enumerate(RECORDS):
        lines, rest = [], record
        # Record 01 says how long the lines are, and is none of them.
        while at and len(rest) > width and rest[:width].rstrip() == rest[:width]:
            lines.append(rest[:width])
            rest = "88," + rest[width:]
        records.append([*lines, rest])
    assert found(content(records, width)) == WHOLE


def test_a_full_line_between_words_keeps_its_blank() -> None:
    """A file that breaks before a word that is too long does so where a line is full."""
    wrapped = [
        ["16,475,1526,V,260106,1530,REF1,REF2,NORTHERN", "88,LABORATORIES INC/"],
        ["16,195,1000,Z,REF3,,SOUTHERN CO INVOICE PAID", "88,IN PART"],
        ["16,195,1000,Z,REF5,,CUSTOMER TWO/"],
    ]
    records = [*([record] for record in RECORDS[:3]), *wrapped]
    assert [len(record[0]) for record in wrapped[:2]] == [44, 44]
    rows = read(io.BytesIO(content(records, 44)), [])
    # Both lines are full, and nothing tells that they were not cut.
    assert [row.memo for row in rows if isinstance(row, BankStatementLine)][:2] == [
        "NORTHERNLABORATORIES INC",
        "SOUTHERN CO INVOICE PAIDIN PART",
    ]
    wrapped[2] = ["16,195,1000,Z,REF5,,CUSTOMER", "88,ADMINISTRATIONCOMPANY/"]
    rows = read(io.BytesIO(content([*records[:3], *wrapped], 44)), [])
    assert [row.memo for row in rows if isinstance(row, BankStatementLine)] == [
        "NORTHERN LABORATORIES INC",
        "SOUTHERN CO INVOICE PAID IN PART",
        "CUSTOMER ADMINISTRATIONCOMPANY",
    ]


def test_how_lines_are_broken_is_told_by_a_bounded_part_of_the_file() -> None:
    long = b"".join(b"88," + b"X" * 900_000 + b"\n" for _ in range(40))
    stream = io.BytesIO(content([[record] for record in RECORDS[:4]], 80)[:-60] + long)
    with pytest.raises(UnreadableFile):
        list(read(stream, []))
    assert stream.tell() < 8_000_000
