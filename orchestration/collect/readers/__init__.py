"""Readers of bank statement formats, told apart by content. Pure: a binary stream in, rows out."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from orchestration.collect.readers.bai2 import read_bai2
from orchestration.collect.readers.camt import read_camt
from orchestration.collect.readers.common import rejoin, take_head
from orchestration.collect.readers.csv_profiles import CsvProfile, load_csv_profiles
from orchestration.collect.readers.csv_statement import read_csv
from orchestration.collect.readers.encodings import encoding_of, readable_in
from orchestration.collect.readers.mt940 import read_mt940
from orchestration.collect.readers.ofx import declared_encoding, read_ofx
from orchestration.collect.readers.qif import read_qif
from orchestration.lake.datasets import BankStatement, BankStatementLine, BankStatementLineDetail
from orchestration.lake.errors import UnreadableFile

__all__ = ["CsvProfile", "detect", "load_csv_profiles", "read"]

HEAD_BYTES = 1 << 16

_CAMT_ROOTS = {
    "BkToCstmrStmt": "camt.053",
    "BkToCstmrAcctRpt": "camt.052",
    "BkToCstmrDbtCdtNtfctn": "camt.054",
}
_CAMT_ROOT = re.compile(r"<(?:[\w.\-]+:)?(BkToCstmrStmt|BkToCstmrAcctRpt|BkToCstmrDbtCdtNtfctn)[\s>/]")
# From the end of the line before, which the search goes to at once: ^ would be tried at every character.
_SWIFT_FIELD = re.compile(r"\n:(?:20|21|25P?|28C?|60[FM]|61|62[FM]|64|65|86|34F|13D?|90[CD]|940):")
# JSON is text with commas, and no CSV profile would help.
_JSON = re.compile(r"[{\[]\s*[{\"]")
_QIF = re.compile(r"!(?:type:|account|option:|clear:)", re.IGNORECASE)
# What compressed files start with: they are refused, never unpacked.
_COMPRESSED = {
    b"PK\x03\x04": "zip",
    b"PK\x05\x06": "zip",
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
    b"7z\xbc\xaf": "7z",
    b"(\xb5/\xfd": "zstd",
    b"Rar!": "rar",
}
# What people deliver instead of a statement, and how it starts.
_DOCUMENTS = {b"%PDF-": "a PDF", b"\xd0\xcf\x11\xe0": "an Excel workbook", b"{\\rtf": "a text document"}
_WORKBOOK = (b"[Content_Types].xml", b"xl/", b"mimetypeapplication/vnd.oasis")
_TAG = re.compile(r"<([A-Za-z][\w.\-:]*)")
_COMMENTS = re.compile(r"(?:\s*<!--.*?-->)*\s*", re.DOTALL)
_MT942 = ("{2:I942", "{2:O942", "\n:34F:", "\n:13D:")
_MT940 = ("\n:60F:", "\n:60M:")


def detect(head: bytes) -> str | None:
    """The format of a file from its first 64 KiB, or None.

    One of camt.052, camt.053, camt.054, mt940, mt942, bai2, ofx, qif, csv. A byte order mark and blanks at
    the start are passed over; UTF-16 is read by its mark. csv means delimited text: whether a profile
    fits is found out by reading it.
    """
    if _compression(head) or _document(head):
        return None
    text = _as_text(head[:HEAD_BYTES])
    start = text[_COMMENTS.match(text).end() :]
    if start.startswith("<") and (root := _CAMT_ROOT.search(text)):
        return _CAMT_ROOTS[root[1]]
    if start.startswith("OFXHEADER") or re.match(r"<(?:\?OFX|OFX[\s>])", start) or _is_ofx_xml(start):
        return "ofx"
    if start.startswith("<"):
        return None
    if _QIF.match(start):
        return "qif"
    if re.match(r"01,[^,\n]*,[^,\n]*,", start):
        return "bai2"
    lines = f"\n{text}"
    if start.startswith("{1:") or _SWIFT_FIELD.search(lines):
        is_balanced = any(mark in lines for mark in _MT940)
        return "mt942" if not is_balanced and any(mark in lines for mark in _MT942) else "mt940"
    is_text = "\x00" not in text and any(mark in text for mark in ",;\t|") and not _JSON.match(start)
    return "csv" if is_text else None


def read(
    stream: BinaryIO, csv_profiles: Sequence[CsvProfile], path: str | None = None
) -> Iterator[BankStatement | BankStatementLine | BankStatementLineDetail]:
    """The rows of a file of any known format: lines and details first, their statement after them.

    path: of the file in the landing zone, by which a CSV or a QIF and an encoding may be told. The stream is
    read forwards, in pieces, and before that once through for its encoding, where it is seekable. Raises
    UnreadableFile, and nothing else, for any content that cannot be read in full; rows may have come out
    before.
    """
    head = take_head(stream, HEAD_BYTES)
    if not head.strip():
        raise UnreadableFile("the file is empty")
    found = detect(head)
    whole = rejoin(head, stream)
    if document := _document(head):
        raise UnreadableFile(f"the file is {document}: deliver what the bank exports as CAMT, MT940 or CSV")
    if kind := _compression(head):
        raise UnreadableFile(f"the file is compressed ({kind}): deliver what is in it")
    if found is None:
        tags = _TAG.findall(_as_text(head[:HEAD_BYTES])) if head.lstrip()[:1] == b"<" else []
        told = f", but <{'><'.join(tag[:40] for tag in tags[:2])}>" if tags else ""
        raise UnreadableFile(f"the format is none of CAMT, MT940, MT942, BAI2, OFX, QIF and CSV{told}")
    if found == "csv":
        yield from read_csv(whole, csv_profiles, path, readable_in(stream, head))
    elif found == "qif":
        yield from read_qif(whole, path, encoding_of(stream, head, path))
    elif found.startswith("camt"):
        # An XML declaration must be the first thing in the file; blank lines before it are not counted.
        yield from read_camt(rejoin(head.removeprefix(codecs.BOM_UTF8).lstrip(), stream))
    elif found == "ofx":
        yield from read_ofx(whole, encoding_of(stream, head, path, declared_encoding(head)))
    else:
        readers = {"mt940": read_mt940, "mt942": read_mt940, "bai2": read_bai2}
        yield from readers[found](whole, encoding_of(stream, head, path))


def _compression(head: bytes) -> str | None:
    return next((kind for start, kind in _COMPRESSED.items() if head.startswith(start)), None)


def _document(head: bytes) -> str | None:
    if head.startswith(b"PK\x03\x04") and any(name in head[:4096] for name in _WORKBOOK):
        return "a workbook"
    return next((kind for start, kind in _DOCUMENTS.items() if head.startswith(start)), None)


def _as_text(head: bytes) -> str:
    if head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return head.decode("utf-16", "replace")
    return head.removeprefix(codecs.BOM_UTF8).decode("latin-1").replace("\r", "\n")


def _is_ofx_xml(start: str) -> bool:
    return start.startswith("<?xml") and re.search(r"<\?OFX\s|<OFX[\s>]", start) is not None
