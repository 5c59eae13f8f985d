"""Decision files, CSV: what a person decided about which items, in the columns of rows.Decision.

What is checked here needs no other decision. Which of two contradicting decisions counts, and who has to
approve one, is for the models.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

import pyarrow

from orchestration.collect import landing
from orchestration.collect.counted import Counted
from orchestration.collect.landing import DECISIONS
from orchestration.collect.ledger_files import convert, csv_chunks, tally
from orchestration.collect.named_in_lake import Known, contents_of
from orchestration.collect.persons import person_key, unwritable
from orchestration.collect.policies import UNDOES, persons_asked, policies_of
from orchestration.collect.signatures import SUFFIX, Signers, encoded_key, signed_by
from orchestration.lake.datasets import Exclusion
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
YEAR_OR_QUARTER = "a year as YYYY, or a quarter as YYYYQ1 to YYYYQ4"
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
    "reopen_period": ONE_ID,
    "reissue": MANY_IDS,
    "void_payslip": MANY_IDS,
    "forms_given": YEAR_OR_QUARTER,
    "replace": TWO_IDS,
    "approve": MANY_IDS,
    "review": ONE_ID,
    "withdraw": MANY_IDS,
    "exclude": FILES_OR_ROWS,
    "include": FILES_OR_ROWS,
}
_ENDING = ("snooze", "accept")
_TEXTS = ("decision_id", "decision", "subjects", "reason", "decided_by")
# Commas and semicolons never stand in an id: they are a list written otherwise.
_ID = re.compile(r"[^\s,;]+")
_FILE_OR_ROW = re.compile(r"[0-9a-f]{64}(:[1-9][0-9]{0,17})?")
_YEAR_OR_QUARTER = re.compile(r"20[0-7][0-9](Q[1-4])?|19[89][0-9](Q[1-4])?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# By how much the clock of whoever decided may be ahead of ours.
_CLOCKS_APART = datetime.timedelta(minutes=5)


class Evidence(NamedTuple):
    """What is known when a decision file is read. collected_at: in UTC. loaded_on: day of its load, by UTC.
    signers: who must sign. signatures: the file that would have its signatures. reds: the ids that the
    warehouse shows red, or None when none could tell or the file has no acceptance. known: decisions in the
    lake, by id. absent: what is wrong with rows that are not there, by subject. company: what is signed
    beside the bytes."""

    collected_at: datetime.datetime
    loaded_on: datetime.date
    signers: Signers
    signatures: Path
    reds: set[str] | None
    known: dict[str, Known]
    absent: dict[str, str]
    company: str | None = None


def read_decision_file(
    stream: BinaryIO, path: str, spool: Rows, file_hash: str, load_id: str, evidence: Evidence
) -> Counted:
    """Spool every decision of the file and count them. Raises UnreadableFile."""
    keys = _signatures(stream, evidence)
    _ask_others(stream, path, evidence)
    counted = Counted()
    for chunk in csv_chunks(stream, path, DECISIONS):
        batch = convert(chunk, DECISIONS, "line", file_hash, load_id)
        batch = _noted(batch, keys, evidence)
        tally(batch, DECISIONS, counted)
        spool.write(DECISIONS, batch)
        spool.write_rows("exclusions", list(_exclusions(batch)), file_hash, load_id)
    return counted


def _exclusions(batch: pyarrow.RecordBatch) -> Iterator[Exclusion]:
    """What the decisions `exclude` and `include` of the batch name, and those that may withdraw one."""
    for row in batch.to_pylist():
        if row["decision"] == "withdraw":
            for subject in dict.fromkeys(row["subjects"].split()):
                yield Exclusion(
                    row["line_number"], row["decision_id"], False, "", 0, row["decided_at"], subject
                )
        elif SUBJECTS[row["decision"]] == FILES_OR_ROWS:
            for subject in dict.fromkeys(row["subjects"].split()):
                named_hash, _, line = subject.partition(":")
                yield Exclusion(
                    row["line_number"],
                    row["decision_id"],
                    row["decision"] == "exclude",
                    named_hash,
                    int(line or 0),
                    row["decided_at"],
                )


def _ask_others(stream: BinaryIO, path: str, evidence: Evidence) -> None:
    """See that who approves stands beside each decision that takes rows out of count, or back into it.

    Raises UnreadableFile for the first that is its author's alone where decision_policies asks for more.
    """
    policies = [each for each in policies_of(landing.DECISION_POLICIES) if each.decision in UNDOES]
    if not policies:
        return
    chunks = csv_chunks(stream, path, DECISIONS)
    rows = [row for chunk in chunks for row in convert(chunk, DECISIONS, "line", "", "").to_pylist()]
    stream.seek(0)
    known = {
        row["decision_id"].strip(): Known(contents_of(row), evidence.loaded_on) for row in reversed(rows)
    }
    known |= evidence.known
    approved: dict[str, list[str]] = {}
    for row in rows:
        if row["decision"] == "approve":
            for decision_id in row["subjects"].split():
                approved.setdefault(decision_id, []).append(row["decided_by"])
    for row in rows:
        at_once = _counted_at_once(row, known, evidence)
        asked = [each for made in at_once for each in persons_asked(policies, made.decision, made.loaded_on)]
        author = row["decided_by"]
        others = approved.get(row["decision_id"].strip(), [])
        names = [author, *(name for name in others if person_key(name) != person_key(author))]
        lacking = next((each for each in asked if not each.is_content(names)), None)
        if lacking is not None:
            raise UnreadableFile(
                f"{row['decision']} takes {lacking.count} persons by decision_policies: deliver it in one"
                " file with `approve` of another person",
                f"line {row['line_number']}",
            )


def _counted_at_once(row: dict, known: dict[str, Known], evidence: Evidence) -> list[Known]:
    """The decision itself where it takes rows out of count, or those that it withdraws. Raises UnreadableFile
    for one that withdraws others besides, since all of them must wait for one who approves, or none."""
    if SUBJECTS.get(row["decision"]) == FILES_OR_ROWS:
        return [Known(contents_of(row), evidence.loaded_on)]
    if row["decision"] != "withdraw":
        return []
    made = [known[subject] for subject in row["subjects"].split() if subject in known]
    at_once = [each for each in made if SUBJECTS.get(each.decision) == FILES_OR_ROWS]
    if at_once and len(at_once) < len(made):
        raise UnreadableFile(
            "it withdraws what takes rows out of count, which counts at once, and other decisions besides:"
            " withdraw them by two decisions",
            f"line {row['line_number']}",
        )
    return at_once


def _signatures(stream: BinaryIO, evidence: Evidence) -> set[bytes]:
    """The keys that signed the file, where anybody has to sign. Raises UnreadableFile."""
    if not evidence.signers:
        return set()
    content = stream.read()
    stream.seek(0)
    try:
        return signed_by(content, evidence.signatures, evidence.company)
    except ValueError as error:
        raise UnreadableFile(str(error)) from None


def _noted(batch: pyarrow.RecordBatch, keys: set[bytes], evidence: Evidence) -> pyarrow.RecordBatch:
    """The batch with what is known of each decision. Raises UnreadableFile for the first that is none."""
    noted: dict[str, list[str | None]] = {"decider": [], "not_red": [], "signed_with": []}
    for row in batch.to_pylist():
        wrong = next(_faults(row, evidence), None)
        if wrong is not None:
            raise UnreadableFile(wrong, f"line {row['line_number']}")
        decider = person_key(row["decided_by"])
        own = evidence.signers.get(decider, set())
        if own and not own & keys:
            raise UnreadableFile(
                f"decided_by {row['decided_by'].strip()!r} signs decisions, and this file is not signed with"
                f" that key: `tieout sign` it, and deliver the {SUFFIX} beside it",
                f"line {row['line_number']}",
            )
        noted["decider"].append(decider)
        noted["signed_with"].append(encoded_key(min(own & keys)) if own else None)
        noted["not_red"].append(_not_red(row, evidence))
    for name, values in noted.items():
        batch = batch.set_column(
            batch.schema.get_field_index(name),
            batch.schema.field(name),
            pyarrow.array(values, pyarrow.string()),
        )
    return batch


def _not_red(row: dict, evidence: Evidence) -> str | None:
    """The subjects of an acceptance that nobody can have seen red, or None when nobody can tell."""
    if row["decision"] != "accept":
        return None
    if evidence.reds is None:
        return None
    return " ".join(each for each in row["subjects"].split() if each not in evidence.reds)


def _faults(row: dict, evidence: Evidence) -> Iterator[str]:
    for name in _TEXTS:
        if not row[name].strip():
            yield f"{name} is blank"
    decision, subjects, until_on = row["decision"], row["subjects"], row["until_on"]
    if decision not in SUBJECTS:
        yield f"decision {decision!r} is not one of {', '.join(SUBJECTS)}"
        return
    if not _ID.fullmatch(row["decision_id"].strip()):
        yield f"decision_id {row['decision_id']!r} is not {ONE_ID}"
    wanted = SUBJECTS[decision]
    ids = [text for text in subjects.split(" ") if text]
    if wanted == ONE_DATE:
        is_right = len(ids) == 1 and _is_date(ids[0])
    elif wanted == YEAR_OR_QUARTER:
        is_right = len(ids) == 1 and _YEAR_OR_QUARTER.fullmatch(ids[0]) is not None
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
    if decision not in _ENDING and until_on is not None:
        yield f"until_on {str(until_on)!r} must be blank: only a snooze or an acceptance ends on a date"
    if wanted == FILES_OR_ROWS or decision == "withdraw":
        # They count before any model is built, so which contents of an id stand is settled here.
        now = Known(contents_of(row), evidence.loaded_on)
        if evidence.known.setdefault(row["decision_id"].strip(), now).contents != now.contents:
            yield (
                f"decision_id {row['decision_id']!r} was delivered before with other contents, and {decision}"
                " needs an id of its own"
            )
    yield from (evidence.absent[text] for text in ids if text in evidence.absent)
    yield from _faults_of_figures(row)
    yield from _faults_of_author(row, evidence)


def _faults_of_figures(row: dict) -> Iterator[str]:
    difference, unit = row["difference"], (row["unit"] or "").strip()
    if row["decision"] != "accept" and (difference is not None or unit):
        yield "difference and unit must be blank: only an acceptance names them"
    elif difference is not None and not unit:
        yield f"unit is blank: say in what currency or measure the difference {difference.normalize():f} is"
    elif difference is None and unit:
        yield f"difference is blank: say how many {unit} are accepted"


def _faults_of_author(row: dict, evidence: Evidence) -> Iterator[str]:
    name, decided_at = row["decided_by"], row["decided_at"]
    strange = unwritable(name)
    if strange is not None:
        yield f"decided_by {name!r} holds {strange}, which is no letter of a name"
    elif not person_key(name):
        yield f"decided_by {name!r} is no name"
    if decided_at.date() < FIRST_DATE:
        yield f"decided_at {decided_at:%Y-%m-%dT%H:%M:%SZ} is before {FIRST_DATE}"
    if decided_at > evidence.collected_at + _CLOCKS_APART:
        yield (
            f"decided_at {decided_at:%Y-%m-%dT%H:%M:%SZ} lies ahead: it is collected at"
            f" {evidence.collected_at:%Y-%m-%dT%H:%M:%SZ}. A time without an offset is read as UTC"
        )


def _is_date(text: str) -> bool:
    if not _DATE.fullmatch(text):
        return False
    try:
        return FIRST_DATE <= datetime.date.fromisoformat(text) <= LAST_DATE
    except ValueError:
        return False
