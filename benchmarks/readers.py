"""Speed and memory of the statement readers, beside the bare parser of each format, in one run.

    python benchmarks/readers.py                all formats, 20 MB for speed, 100 MB and 1 GB for memory
    python benchmarks/readers.py --quick        4 MB for speed, 10 MB and 100 MB for memory
    python benchmarks/readers.py --libraries    1 MB for speed, beside pycamt, mt-940, bai2 and ofxtools,
                                                which are to be installed first
    python benchmarks/readers.py --libraries --before DIRECTORY    and beside another checkout

The files are made on the fly by a stream, so that neither disk nor memory holds them. Each measurement runs
in a process of its own, in seconds of processor time. Bare is lxml's iterparse for CAMT, the csv module for
CSV and one pass over the lines for the text formats: what reading costs before any meaning.
"""

from __future__ import annotations

import argparse
import csv
import io
import multiprocessing
import resource
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from lxml import etree

MB = 1_000_000
REPEATS = 3

CAMT_START = b"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Id>S</Id>
<Acct><Id><IBAN>DE89370400440532013000</IBAN></Id><Ccy>EUR</Ccy></Acct>
"""
CAMT_ENTRY = b"""<Ntry><NtryRef>%08d</NtryRef><Amt Ccy="EUR">15.26</Amt><CdtDbtInd>DBIT</CdtDbtInd>
<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-01-05</Dt></BookgDt><ValDt><Dt>2026-01-06</Dt></ValDt>
<AcctSvcrRef>B1</AcctSvcrRef><BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>ICDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly>
</Domn></BkTxCd><NtryDtls><TxDtls><Refs><EndToEndId>E1</EndToEndId></Refs><Amt Ccy="EUR">15.26</Amt>
<CdtDbtInd>DBIT</CdtDbtInd><RltdPties><Cdtr><Pty><Nm>Supplier One</Nm></Pty></Cdtr><CdtrAcct><Id>
<IBAN>NL91ABNA0417164300</IBAN></Id></CdtrAcct></RltdPties><RmtInf><Ustrd>Invoice 1 and 2</Ustrd></RmtInf>
</TxDtls></NtryDtls></Ntry>
"""
MT940_ENTRY = b""":61:2601060105D15,26NTRF%08d//B1
:86:177?00UEBERWEISUNG?20EREF+E1?21SVWZ+Invoice 1 and 2?30ABNANL2A?31NL91ABNA0417164300?32Supplier One
"""
# Lines of 65 characters in an envelope, as from SWIFT itself.
MT940_LONG_ENTRY = b""":61:2601060105D15,26NTRFNONREF//B%08d
:86:/TRTP/SEPA OVERBOEKING/IBAN/NL91ABNA0417164300/BIC/ABNANL2A/NAME/
Supplier One/REMI/Invoice 1 and 2/EREF/E1
"""
BAI2_ENTRY = b"16,475,1526,V,260106,,%08d,E1,SUPPLIER ONE\n88,INVOICE 1 AND 2\n"
BAI2_LONG_ENTRY = b"""16,475,1526,V,260106,,%08d,E1,OUTGOING WIRE
88,WIRE TYPE:DOMESTIC DATE:010626 TIME:0915 CT
88,TRN:2026010600123456 FED REF:001234
88,BNF:SUPPLIER ONE ID:000123456789
88,BNF BK:FIRST BANK ID:021000021
88,PMT DET:INVOICE 1 AND 2
"""
OFX_ENTRY = b"""<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20260105120000<TRNAMT>-15.26<FITID>%08d<CHECKNUM>1001
<NAME>Supplier One<MEMO>Invoice 1 and 2</STMTTRN>
"""
OFX_LONG_ENTRY = """<STMTTRN><TRNTYPE>DEBIT</TRNTYPE><DTPOSTED>20260105</DTPOSTED>
<TRNAMT>-15.26</TRNAMT><FITID>%08d</FITID><PAYEE><NAME>M\u00fcller</NAME><CITY>K\u00f6ln</CITY></PAYEE>
<BANKACCTTO><BANKID>1</BANKID><ACCTID>77</ACCTID></BANKACCTTO><MEMO>Invoice 1 and 2</MEMO></STMTTRN>
""".encode("cp1252")
# ofxtools reads no shorter header.
OFX_LIBRARY_HEADER = (
    b"OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nSECURITY:NONE\nENCODING:USASCII\nCHARSET:1252\n"
    b"COMPRESSION:NONE\nOLDFILEUID:NONE\nNEWFILEUID:NONE\n\n"
)
# Out and in again: the running balance is proved.
CSV_ENTRY = (
    b'111,EUR,01/05/2026,01/06/2026,"Invoice 1, and 2",Supplier One,E1,%08d,-15.26,984.74\n'
    b'111,EUR,01/05/2026,01/06/2026,"Invoice 1, and 2",Supplier One,E1,B1,15.26,1000.00\n'
)
FORMATS: dict[str, tuple[bytes, bytes, Callable[[int], bytes]]] = {
    "CAMT.053": (CAMT_START, CAMT_ENTRY, lambda _: b"</Stmt></BkToCstmrStmt></Document>"),
    "MT940": (
        b":20:S\n:25:DE89370400440532013000\n:28C:1\n:60F:C260104EUR0,00\n",
        MT940_ENTRY,
        lambda _: b":62F:C260105EUR0,00\n-\n",
    ),
    "MT940 of SWIFT": (
        b"{1:F01INGBNL2AXXXX0000000000}{2:I940X}{4:\n:20:S\n:25:NL91ABNA0417164300\n:28C:1\n:60F:C260104EUR0,00\n",
        MT940_LONG_ENTRY,
        lambda _: b":62F:C260105EUR0,00\n-}\n",
    ),
    "BAI2": (
        b"01,A,B,260106,0200,7,,,2/\n02,B,A,1,260105,2359,,2/\n03,097531,USD/\n",
        BAI2_ENTRY,
        lambda count: (
            b"49,%d,%d/\n98,%d,1,%d/\n99,%d,1,%d/\n"
            % (count * 1526, count * 2 + 2, count * 1526, count * 2 + 4, count * 1526, count * 2 + 6)
        ),
    ),
    "BAI2 of wires": (
        b"01,A,B,260106,0200,7,,,2/\n02,B,A,1,260105,2359,,2/\n03,097531,USD/\n",
        BAI2_LONG_ENTRY,
        lambda count: (
            b"49,%d,%d/\n98,%d,1,%d/\n99,%d,1,%d/\n"
            % (count * 1526, count * 6 + 2, count * 1526, count * 6 + 4, count * 1526, count * 6 + 6)
        ),
    ),
    "OFX": (
        b"OFXHEADER:100\n\n<OFX><STMTRS><CURDEF>EUR<BANKACCTFROM><ACCTID>1</BANKACCTFROM><BANKTRANLIST>\n",
        OFX_ENTRY,
        lambda _: b"</BANKTRANLIST></STMTRS></OFX>\n",
    ),
    "OFX of payees": (
        b"OFXHEADER:100\nCHARSET:1252\n\n<OFX><STMTRS><CURDEF>EUR<BANKACCTFROM><ACCTID>1</BANKACCTFROM><BANKTRANLIST>\n",
        OFX_LONG_ENTRY,
        lambda _: b"</BANKTRANLIST></STMTRS></OFX>\n",
    ),
    "CSV": (
        b"Account Number,Currency,Posting Date,Value Date,Description,Counterparty,Reference,Bank Reference,"
        b"Amount,Running Balance\n",
        CSV_ENTRY,
        lambda _: b"",
    ),
}


class Statement(io.RawIOBase):
    """A statement of about so many bytes, made while it is read."""

    def __init__(self, name: str, size: int) -> None:
        self._blocks = self._made(*FORMATS[name], size)
        self._rest = b""

    @staticmethod
    def _made(start: bytes, entry: bytes, end: Callable[[int], bytes], size: int) -> Iterator[bytes]:
        count = size // len(entry % 0)
        yield start
        for first in range(0, count, 500):
            yield b"".join(entry % number for number in range(first, min(first + 500, count)))
        yield end(count)

    def readable(self) -> bool:
        """Always true."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """The next bytes."""
        self._rest = self._rest or next(self._blocks, b"")
        part, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(part)] = part
        return len(part)


def read_ours(stream: io.RawIOBase) -> int:
    """Read every row, and count them."""
    # Here, so that a process can be told first which checkout they are of.
    from orchestration.collect.landing import CSV_PROFILES
    from orchestration.collect.readers import load_csv_profiles, read

    return sum(1 for _ in read(io.BufferedReader(stream, 1 << 18), load_csv_profiles(CSV_PROFILES)))


def read_bare(name: str, stream: io.RawIOBase) -> int:
    """Take the file apart and leave its meaning."""
    buffered = io.BufferedReader(stream, 1 << 18)
    if name == "CSV":
        return sum(1 for _ in csv.reader(io.TextIOWrapper(buffered, "utf-8", newline="")))
    if name != "CAMT.053":
        return sum(1 for _ in io.TextIOWrapper(buffered, "cp1252"))
    count = 0
    for _, element in etree.iterparse(buffered, tag="{*}Ntry"):
        count += 1
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]
    return count


def with_mt940(content: bytes) -> int:
    """mt-940: objects."""
    import mt940

    return len(mt940.parse(content.decode()).transactions)


def with_bai2(content: bytes) -> int:
    """bai2: objects."""
    from bai2 import bai2

    file = bai2.parse_from_string(content.decode(), check_integrity=False)
    return sum(len(account.children) for group in file.children for account in group.children)


def with_ofxtools(content: bytes) -> int:
    """ofxtools: a tree of tags, no values yet."""
    from ofxtools.Parser import OFXTree

    tree = OFXTree()
    tree.parse(io.BytesIO(OFX_LIBRARY_HEADER + content.partition(b"\n\n")[2]))
    return len(tree.getroot().findall(".//STMTTRN"))


def with_pycamt(content: bytes) -> int:
    """pycamt: a dictionary for each transaction."""
    from pycamt.parser import Camt053Parser

    return len(Camt053Parser(content.decode().partition("?>")[2].strip()).get_transactions())


LIBRARIES: dict[str, dict[str, Callable[[bytes], int]]] = {
    "CAMT.053": {"pycamt": with_pycamt},
    "MT940": {"mt-940": with_mt940},
    "BAI2": {"bai2": with_bai2},
    "OFX": {"ofxtools": with_ofxtools},
}


def measured(name: str, size: int, kind: str, before: str) -> tuple[float, float]:
    """Seconds of processor time and peak memory in MB, after one small file has warmed up.

    kind: ours, before, bare or the name of a library. before: the directory of the other checkout.
    """
    if kind == "before":
        sys.path.insert(0, before)
    run = {"ours": read_ours, "before": read_ours, "bare": partial(read_bare, name)}.get(kind)
    if run is None:
        library = LIBRARIES[name][kind]
        run = lambda stream: library(io.BufferedReader(stream).read())  # noqa: E731
    run(Statement(name, 100_000))
    content = io.BytesIO(Statement(name, size).read()) if size <= 50 * MB else None
    started = time.process_time()
    run(content or Statement(name, size))
    seconds = time.process_time() - started
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(name: str, size: int, kind: str = "ours", before: str = "") -> tuple[float, float]:
    """As `measured`, in a fresh process."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(measured, name, size, kind, before).result()


def speeds(name: str, size: int, kinds: list[str], before: str) -> dict[str, float]:
    """MB a second by kind, the best of REPEATS in turns."""
    best = dict.fromkeys(kinds, float("inf"))
    for _ in range(REPEATS):
        for kind in kinds:
            best[kind] = min(best[kind], measure(name, size, kind, before)[0])
    return {kind: size / MB / seconds for kind, seconds in best.items()}


def main() -> None:
    """Print a table of the README."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--libraries", action="store_true")
    parser.add_argument("--before", default="", metavar="DIRECTORY")
    arguments = parser.parse_args()
    if arguments.libraries:
        print_libraries(arguments.before)
    else:
        print_table(arguments.quick)


def print_libraries(before: str) -> None:
    """The readers beside libraries, the bare parsers and another checkout."""
    print(f"| format | reader, MB/s |{' before |' if before else ''} bare | libraries |")
    print(f"|---|---|{'---|' if before else ''}---|---|")
    for name in FORMATS:
        kinds = ["ours", *(["before"] if before else []), "bare", *LIBRARIES.get(name, {})]
        found = speeds(name, MB, kinds, before)
        told = [f"{found[kind]:.1f}" for kind in kinds[: 2 + bool(before)]]
        libraries = ", ".join(f"{library} {found[library]:.1f}" for library in LIBRARIES.get(name, {}))
        print(f"| {name} | {' | '.join(told)} | {libraries} |", flush=True)


def print_table(is_quick: bool) -> None:
    """The readers beside the bare parsers, and their memory."""
    size, small, large = (4 * MB, 10 * MB, 100 * MB) if is_quick else (20 * MB, 100 * MB, 1_000 * MB)
    print(
        "| format | reader, MB/s | bare, MB/s | the reader takes"
        f" | peak MB at {small // MB} MB | at {large // MB} MB |"
    )
    print("|---|---|---|---|---|---|")
    for name in FORMATS:
        ours, bare = speeds(name, size, ["ours", "bare"], "").values()
        peaks = [measure(name, amount)[1] for amount in (small, large)]
        print(
            f"| {name} | {ours:.1f} | {bare:.0f} | {bare / ours:.1f}x | {peaks[0]:.0f} | {peaks[1]:.0f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
