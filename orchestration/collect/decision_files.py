"""Decision files, CSV: what a person decided about which items, in the columns of rows.Decision.

What is checked here needs no other record. Whether a subject exists, and which of two contradicting
decisions counts, is for the models.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from typing import BinaryIO

import pyarrow

from orchestration.collect.counted import Counted
from orchestration.collect.landing import DECISIONS
from orchestration.collect.ledger_files import convert, csv_chunks, tally
from orchestration.lake.errors import UnreadableFile
from orchestration.lake.schema import FIRST_DATE, LAST_DATE
from orchestration.lake.spool import Rows

MANY_IDS = "one or more ids separated by spaces"
ONE_ID = "one id"
TWO_IDS = "two ids separated by a space: of the statement that is replaced, then of the one that stands"
FILES_OR_ROWS = (
    "the SHA-256 of one file or more (file_hash, 64 digits from 0 to f), each with a colon and a line_number"
    " behind it where a row is meant, separated by spaces"
)
ONE_DATE = f"a date as YYYY-MM-DD between {FIRST_DATE} and {LAST_DATE}"
_COUNTS = {ONE_ID: 1, TWO_IDS: 2}
# What each decision is about.
SUBJECTS = {
    "match": MANY_IDS,
    "unmatch": ONE_ID,
    "write_off": MANY_IDS,
    "duplicate": MANY_IDS,
    "explain": MANY_IDS,
    "snooze": MANY_IDS,
    "accept": MANY_IDS,
    "reopen": ONE_DATE,
    "reissue": MANY_IDS,
    "replace": TWO_IDS,
    "exclude": FILES_OR_ROWS,
    "include": FILES_OR_ROWS,
}
_TEXTS = ("decision_id", "decision", "subjects", "reason", "decided_by")
# Commas and semicolons never stand in an id: they are a list written otherwise.
_ID = re.compile(r"[^\s,;]+")
_FILE_OR_ROW = re.compile(r"[0-9a-f]{64}(:[1-9][0-9]{0,17})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def read_decision_file(stream: BinaryIO, path: str, spool: Rows, file_hash: str, load_id: str) -> Counted:
    """Spool every decision of the file and count them. Raises UnreadableFile."""
    counted = Counted()
    for chunk in csv_chunks(stream, path, DECISIONS):
        batch = convert(chunk, DECISIONS, "line", file_hash, load_id)
        _check(batch)
        tally(batch, DECISIONS, counted)
        spool.write(DECISIONS, batch)
    return counted


def _check(batch: pyarrow.RecordBatch) -> None:
    """Raises UnreadableFile for the first row that is not a decision."""
    for row in batch.to_pylist():
        wrong = next(_faults(row), None)
        if wrong is not None:
            raise UnreadableFile(wrong, f"line {row['line_number']}")


def _faults(row: dict) -> Iterator[str]:
    for name in _TEXTS:
        if not row[name].strip():
            yield f"{name} is blank"
    decision, subjects, until_on = row["decision"], row["subjects"], row["until_on"]
    if decision not in SUBJECTS:
        yield f"decision {decision!r} is not one of {', '.join(SUBJECTS)}"
        return
    wanted = SUBJECTS[decision]
    ids = [text for text in subjects.split(" ") if text]
    if wanted == ONE_DATE:
        is_right = len(ids) == 1 and _is_date(ids[0])
    elif wanted == FILES_OR_ROWS:
        is_right = bool(ids) and all(_FILE_OR_ROW.fullmatch(text) for text in ids)
    else:
        is_right = all(_ID.fullmatch(text) for text in ids) and (
            wanted == MANY_IDS or len(ids) == len(set(ids)) == _COUNTS[wanted]
        )
    if not is_right:
        yield f"subjects {subjects!r} of {decision} is not {wanted}"
    if decision == "snooze" and until_on is None:
        yield "until_on is blank: a snooze ends on a date"
    if decision != "snooze" and until_on is not None:
        yield f"until_on {str(until_on)!r} must be blank: only a snooze ends on a date"


def _is_date(text: str) -> bool:
    if not _DATE.fullmatch(text):
        return False
    try:
        return FIRST_DATE <= datetime.date.fromisoformat(text) <= LAST_DATE
    except ValueError:
        return False
