"""Files made to break a reader: each is refused in seconds, in bounded memory."""

from __future__ import annotations

import gzip
import io
import time
import tracemalloc
import zipfile
from collections.abc import Iterator

import pytest
from test_readers import BARE, PROFILES, sample

from orchestration.collect.readers import read
from orchestration.lake.errors import UnreadableFile

SECONDS = 5.0  # ten times what an idle machine takes: a busy one takes three
MILLION = 1_000_000
CAMT = sample("statement.camt053.xml")
OFX = sample("statement.ofx")
BAI2 = sample("statement.bai2")
CSV = sample("statement_us.csv")
LONG_DIGITS = b"9" * (18 * MILLION)


def zipped(content: bytes, method: int) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", method) as archive:
        archive.writestr("statement.sta", content)
    return sink.getvalue()


def cases() -> Iterator[tuple[str, bytes, str]]:
    laughs = b"".join(
        b'<!ENTITY l%d "%s">' % (level, b"&l%d;" % (level - 1) * 10 if level else b"ha")
        for level in range(12)
    )
    bomb = CAMT.replace(b"<Document", b"<!DOCTYPE d [" + laughs + b"]><Document", 1)
    yield "entity bomb", bomb.replace(b">M1<", b">&l11;<"), "line 1"
    external = b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><Document'
    yield "external entity", CAMT.replace(b"<Document", external, 1).replace(b">M1<", b">&x;<"), "DTD"
    yield "zip bomb", zipped(b"0" * 50 * MILLION, zipfile.ZIP_DEFLATED), "compressed (zip)"
    yield "zip that stores a statement", zipped(BARE, zipfile.ZIP_STORED), "compressed (zip)"
    yield "gzip bomb", gzip.compress(b"0" * 50 * MILLION, 1), "compressed (gzip)"
    yield "camt token", CAMT.replace(b">1526<", b">" + LONG_DIGITS + b"<"), "XML cannot be parsed"
    yield "camt amount", CAMT.replace(b">1526<", b">" + b"9" * 9 * MILLION + b"<"), "is not an amount"
    yield "camt attribute", CAMT.replace(b'Ccy="EUR">1526', b'Ccy="' + LONG_DIGITS + b'">1'), "XML cannot"
    yield "camt depth", CAMT.replace(b"<Ntry>", b"<a>" * MILLION, 1), "XML cannot be parsed"
    yield (
        "camt without entries",
        b"<Document><BkToCstmrStmt><Stmt>" + b"<a>1</a>" * 9 * MILLION,
        "no entry",
    )
    for name, content, amount in [
        ("camt", CAMT, b"1526"),
        ("mt940", BARE, b"10,00"),
        ("ofx", OFX, b"-12,50"),
        ("bai2", BAI2, b"500,V"),
        ("csv", CSV, b"999.50"),
    ]:
        assert amount in content
        yield f"{name} exponent", content.replace(amount, b"1E999999999"), ""
        fraction = b"1." + b"0" * 500_000 + b"1" + b"0" * 400_000 + b"1"
        yield f"{name} decimals", content.replace(amount, fraction), ""
    yield "mt940 line", BARE + LONG_DIGITS, "longer than"
    yield (
        "mt940 field",
        BARE.replace(b"\n:62M", b"\n:86:" + (b"x" * MILLION + b"\n") * 20 + b":62M"),
        "longer than",
    )
    yield (
        "mt940 word",
        BARE.replace(b"\n:62M", b"\n:86:" + b"A" * 900_000 + b"\xfb\xe8\x81\n:62M"),
        "nothing tells its encoding",
    )
    words = b"".join(b"%d\xfb\xe8\x81 " % number for number in range(100_000))
    yield "mt940 words", BARE.replace(b"\n:62M", b"\n:86:" + words + b"\n:62M"), "nothing tells its encoding"
    yield "mt940 envelopes", BARE + b"\n-}" + b"{1:" * 300_000 + b"{4:", "the file ends inside"
    yield "bai2 zeros", BAI2.replace(b"16,475,500", b"16,475," + b"0" * 900_000), "not an integer"
    yield "bai2 blanks", BAI2.replace(b"010,500000", b"," * 900_000 + b"x"), "record 03"
    yield "bai2 summaries", BAI2.replace(b"16,475", b"88,040,1,,,\n" * 9_000 + b"16,475", 1), "record 49"
    yield (
        "bai2 record",
        BAI2.replace(b"16,475", (b"88," + b"," * 900_000 + b"\n") * 9 + b"16,475"),
        "more than",
    )
    yield "ofx token", OFX.replace(b"-12,50", LONG_DIGITS), "no tag within"
    yield "ofx name", OFX.replace(b"<MEMO>", b"<" + b"M" * 150_000 + b"<MEMO>"), ""
    yield "ofx comments", OFX.replace(b"<MEMO>", b"<!--" * 300_000), ""
    yield "ofx data", OFX.replace(b"<MEMO>", b"<![CDATA[" * 120_000), ""
    yield "ofx signs", OFX.replace(b"<MEMO>", b"<MEMO>" + b"< " * 600_000), "no tag within"
    yield "ofx depth", OFX.replace(b"<STMTTRN>", b"<BAL>" * MILLION, 1), "aggregates are open"
    yield "csv line", CSV + LONG_DIGITS, "longer than"
    yield "csv quote", CSV + b'"' + b"x\n" * 9 * MILLION, "is not valid CSV"
    header, row = CSV.splitlines(keepends=True)[2:4]
    accounts = b"".join(row.replace(b"111", b"%d" % number) for number in range(10_001))
    yield "csv accounts", header + accounts, "more than 10000 accounts"


CASES = {name: (content, reason) for name, content, reason in cases()}


@pytest.mark.parametrize("name", CASES)
def test_hostile_file_is_refused_in_time_and_memory(name):
    content, reason = CASES[name]
    stream = io.BytesIO(content)
    started = time.process_time()
    with pytest.raises(UnreadableFile) as caught:
        for _ in read(stream, PROFILES):
            pass
    assert time.process_time() - started < SECONDS
    assert reason in str(caught.value)
    assert len(str(caught.value)) < 1_000


@pytest.mark.parametrize(
    "name", ["zip bomb", "mt940 field", "bai2 record", "ofx token", "csv quote", "csv line"]
)
def test_hostile_file_is_refused_in_bounded_memory(name):
    stream = io.BytesIO(CASES[name][0])
    tracemalloc.start()
    with pytest.raises(UnreadableFile):
        for _ in read(stream, PROFILES):
            pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 200 << 20
