"""Entries of CAMT that are shaped as ones before are read as the parser reads them, value by value and line
by line, and what only the parser can tell goes to the parser."""

from __future__ import annotations

import io
import random
import re

import pytest
from scale import times

from orchestration.collect.readers import camt, xml_shapes
from orchestration.lake.errors import UnreadableFile

VALUES = [
    *(
        b"",
        b" ",
        b"a>b",
        b"a>b>c",
        b"&amp;",
        b"&lt;b>",
        b"&#13;",
        b"\x00",
        b"\x01",
        b"\xff",
        b"\xc2\xa0",
        b"]]>",
    ),
    *(
        b"<![CDATA[x]]>",
        b"<!-- c -->",
        b"<?p i?>",
        b"<X/>",
        b"\n",
        b"\r",
        b"\t x",
        b"\xef\xbf\xbe",
        b"M\xc3\xbcller",
    ),
    *(
        b"<![CDATA[<]]>",
        b"<",
        b">",
        b"<!-- > -->",
        b"CRDT",
        b"USD",
        b"</Nm>",
        b"<Nm>",
        b"&undeclared;",
        b"\xed\xa0\x80",
    ),
]


def entry(number: int, line_end: str, extra: str = "") -> str:
    lines = [
        f'<Ntry><Amt Ccy="EUR">{number}.50</Amt>',
        f"<CdtDbtInd>{'CRDT' if number % 3 else 'DBIT'}</CdtDbtInd><RvslInd/><Sts>BOOK</Sts>{extra}",
        "<BookgDt><Dt>2026-01-05</Dt></BookgDt>",
        f"<NtryDtls><TxDtls><Refs><EndToEndId>E{number}</EndToEndId></Refs>",
        f"<RltdPties><Cdtr><Nm>Supplier {number}</Nm></Cdtr></RltdPties></TxDtls></NtryDtls></Ntry>",
    ]
    return line_end.join(lines)


def statement(entries: list[str], line_end: str = "\n", encoding: str = "utf-8") -> bytes:
    lines = [
        f'<?xml version="1.0" encoding="{encoding}"?>',
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Id>S</Id>',
        "<Acct><Id><IBAN>DE89370400440532013000</IBAN></Id><Ccy>EUR</Ccy></Acct>",
        *entries,
        "</Stmt></BkToCstmrStmt></Document>",
    ]
    return line_end.join(lines).encode(encoding)


def line_of(content: bytes, text: bytes) -> str:
    line_end = b"\n"
    return f"line {content[: content.index(text)].count(line_end) + 1}"


def outcome(content: bytes) -> list[object]:
    """All rows, or that the file is refused."""
    try:
        return list(camt.read_camt(io.BytesIO(content)))
    except UnreadableFile:
        return ["refused"]


def parsed(content: bytes, patch: pytest.MonkeyPatch) -> list[object]:
    """The same by the parser alone."""
    with patch.context() as patched:
        patched.setattr(xml_shapes._Shapes, "read", lambda *_: None)
        return outcome(content)


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml_shapes, "CHUNK_BYTES", 1_000)


@pytest.mark.parametrize("line_end", ["\n", "\r\n", ""])
@pytest.mark.parametrize("prefix", ["", "ns2:"])
def test_entries_of_one_shape_are_parsed_once(
    line_end: str, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fed: list[bytes] = []
    feed = xml_shapes.Events.feed
    monkeypatch.setattr(
        xml_shapes.Events, "feed", lambda self, piece: (fed.append(piece), feed(self, piece))[1]
    )
    content = statement(
        [entry(number, line_end, "<NtryRef/>" * (number % 2)) for number in range(1, 200)], line_end
    )
    if prefix:
        content = re.sub(rb"<(/?)(?=[A-Z])", rb"<\1ns2:", content).replace(b"xmlns=", b"xmlns:ns2=")
    rows = outcome(content)
    assert len(rows) == 2 * 199 + 1
    assert sum(piece.count(b"Ntry>") for piece in fed) < 30
    assert rows == parsed(content, monkeypatch)


@pytest.mark.drawn
def test_damaged_entries_are_read_as_the_parser_reads_them(monkeypatch: pytest.MonkeyPatch) -> None:
    accepted = 0
    for number in range(times(200)):
        rng = random.Random(number)
        line_end = rng.choice(["\n", "\r\n", ""])
        encoding = rng.choice(["utf-8", "utf-8", "iso-8859-1"])
        shapes = ["", "<AcctSvcrRef>B\u00fc</AcctSvcrRef>", "<AcctSvcrRef></AcctSvcrRef>", "<AcctSvcrRef/>"]
        entries = [entry(at, line_end, rng.choice(shapes)) for at in range(1, 40)]
        content = statement(entries, line_end, encoding)
        for _ in range(rng.randint(1, 3)):
            start = content.index(b"<Ntry>")
            marks = [match.end() for match in re.finditer(rb"[<>]|[a-z]{4}", content) if match.end() > start]
            at = rng.choice(marks)
            content = content[:at] + rng.choice(VALUES) + content[at + rng.choice([0, 0, 1, 4]) :]
        rows = outcome(content)
        accepted += rows != ["refused"]
        assert rows == parsed(content, monkeypatch), f"mutant {number}"
    assert 0 < accepted < times(200)


def test_an_error_behind_entries_that_were_not_parsed_is_found_in_its_line() -> None:
    entries = [entry(number, "\n") for number in range(1, 100)]
    broken = statement([*entries, entry(100, "\n").replace("</Cdtr>", "</Cdtx>")])
    with pytest.raises(UnreadableFile) as caught:
        list(camt.read_camt(io.BytesIO(broken)))
    assert caught.value.position == line_of(broken, b"Cdtx")
    wrong = statement([*entries, entry(100, "\n").replace("100.50", "-1.00"), *entries])
    with pytest.raises(UnreadableFile, match="negative") as caught:
        list(camt.read_camt(io.BytesIO(wrong)))
    assert caught.value.position == line_of(wrong, b"-1.00")


@pytest.mark.parametrize(
    "written",
    ['<Amt Ccy="EUR"<7.50>/Amt>', '<Amt Ccy="EUR">7.50<Amt>', '<Amt Ccy="EUR">7.50</Amt', "<>7.50</Amt>"],
)
def test_marks_that_are_no_tags_are_refused(written: str) -> None:
    entries = [entry(number, "\n") for number in range(1, 50)]
    entries[30] = entries[30].replace('<Amt Ccy="EUR">31.50</Amt>', written)
    assert outcome(statement(entries)) == ["refused"]


def test_a_message_in_another_encoding_is_left_to_the_parser() -> None:
    texts = ["B1"] * 40 + ["M\u00c3\u00bc"]
    entries = [
        entry(at, "\n", f"<AcctSvcrRef>{text}</AcctSvcrRef>") for at, text in enumerate(texts, start=1)
    ]
    content = statement(entries, encoding="iso-8859-1")
    assert [row for row in outcome(content) if getattr(row, "bank_reference", "B1") == "M\u00c3\u00bc"]
