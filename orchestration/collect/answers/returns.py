"""What a bank answers to a payment file: NACHA returns and notifications of change, or pain.002. Pure."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO

from orchestration.collect.answers.nacha_reader import CHANGE, RETURN, NachaAddendum, NachaEntry, read_nacha
from orchestration.collect.answers.pain_reader import REPORT, read_pain002
from orchestration.collect.answers.status import PaymentStatus
from orchestration.collect.readers.common import rejoin, take_head
from orchestration.lake.errors import UnreadableFile

HEAD_BYTES = 1 << 16
NACHA, PAIN002 = "nacha", "pain.002"

_NACHA_HEADER = re.compile(rb"101[^\r\n]{20}\d{6}")
_PAIN002_ROOT = re.compile(rf"<(?:[\w.\-]+:)?{REPORT}[\s>/]")
KINDS = {RETURN: "return", CHANGE: "change"}
# The paying bank disputes a return: the money stays where the return before it left it.
DISHONORED = frozenset(("R61", "R62", "R67", "R68", "R69", "R70"))


def detect(head: bytes) -> str | None:
    """The format of a bank's answer from its first 64 KiB: "nacha", "pain.002" or None."""
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if _NACHA_HEADER.match(start):
        return NACHA
    is_utf16 = head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    text = head.decode("utf-16", "replace") if is_utf16 else start.decode("latin-1")
    return PAIN002 if text.lstrip().startswith("<") and _PAIN002_ROOT.search(text) else None


def read_payment_status(stream: BinaryIO) -> Iterator[PaymentStatus]:
    """Each status in the file, read once, forwards; the stream need not be seekable.

    Raises UnreadableFile, and nothing else, for any content that cannot be read in full, and for a NACHA
    file whose entries come without a return or change; rows may have come out before.
    """
    head = take_head(stream, HEAD_BYTES)
    if not head.strip():
        raise UnreadableFile("the file is empty")
    found = detect(head)
    if found is None:
        raise UnreadableFile("the format is neither a NACHA file nor pain.002", "byte 0")
    # An XML declaration must be the first thing in the file; blank lines before it are not counted.
    whole = rejoin(head if found == NACHA else head.removeprefix(codecs.BOM_UTF8).lstrip(), stream)
    yield from _nacha_statuses(whole) if found == NACHA else read_pain002(whole)


def _nacha_statuses(stream: BinaryIO) -> Iterator[PaymentStatus]:
    """Entries without addenda 98 and 99, as a bank's own settlement of all returns, are passed over."""
    forward: NachaEntry | None = None
    is_answer = False
    for row in read_nacha(stream):
        if not isinstance(row, NachaEntry):
            continue
        answers = [_nacha_status(row, addendum) for addendum in row.addenda if addendum.type_code in KINDS]
        is_answer = is_answer or bool(answers)
        forward = forward or (None if answers else row)
        yield from answers
    if forward is not None and not is_answer:
        raise UnreadableFile(
            "the file pays or collects: no entry has a return or a change", f"line {forward.line_number}"
        )


def _nacha_status(entry: NachaEntry, addendum: NachaAddendum) -> PaymentStatus:
    return PaymentStatus(
        addendum.line_number,
        "nacha",
        "transaction",
        "pending" if addendum.reason_code in DISHONORED else KINDS[addendum.type_code],
        None,
        addendum.reason_code,
        addendum.original_trace_number,
        None,
        None,
        entry.individual_id,
        addendum.corrected_data,
        addendum.information,
        "USD",
        entry.amount,
        addendum.died_on,
        entry.created_on,
    )
