"""What a person decides at the desk: checked against what the page showed, and delivered as a decision file.

A file stands in landing/decisions/desk/ under a name of its own, whole or not at all, and is what anybody
could have delivered. All is done under the lake's lock, so that neither another desk nor a collect comes
between a look and what follows from it.
"""

from __future__ import annotations

import csv
import datetime
import hashlib
import io
import os
import secrets
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from orchestration.collect.decision_files import Evidence, read_decision_file
from orchestration.collect.landing import DECISIONS, open_delivery, scan
from orchestration.collect.persons import person_key, unwritable
from orchestration.collect.signatures import read_signers, sign, signature_file
from orchestration.desk.books import Books, DeskError, row_of
from orchestration.desk.facts import WHOLE, Close, files, out_of_count, standing_closes, subjects
from orchestration.lake.errors import LakeBusyError, UnreadableFile
from orchestration.lake.load import utc_now
from orchestration.lake.lock import lake_lock
from orchestration.lake.read import lake_rows
from orchestration.lake.spool import Rows
from orchestration.settings import Settings

OF_ITEMS = ("match", "write_off", "duplicate", "explain", "snooze")
DECIDED = (
    *OF_ITEMS,
    *("unmatch", "accept", "approve", "replace", "exclude", "include", "review", "reopen", "reopen_period"),
)
_RULINGS = ("exclude", "include")
_WITHDRAWN = (
    *("accept", "approve", "review", "write_off", "duplicate", "explain", "snooze"),
    *("reissue", "exclude", "include"),
)
_COLUMNS = [
    *("decision_id", "decision", "subjects", "difference", "unit"),
    *("reason", "decided_by", "decided_at", "until_on"),
]
_FOLDER = ("decisions", "desk")
_LONGEST_REASON = 500
_SECONDS_TO_WAIT = 10


class Act(NamedTuple):
    """What somebody asks for. sums: of a match, what the page said is left of each currency. count: of
    `reopen`, how many closes the page said would not stand any more."""

    decision: str
    subjects: tuple[str, ...]
    reason: str
    until_on: datetime.date | None = None
    sums: Mapping[str, Decimal] | None = None
    count: int | None = None


class Waiting(NamedTuple):
    """A decision that the books do not know yet, as a row of a decision file. path: of the file, below
    landing, or None once the lake has it. refusal: why it was not taken into the lake, or None."""

    row: Mapping[str, str]
    path: str | None = None
    refusal: str | None = None

    @property
    def subjects(self) -> list[str]:
        """What it is about."""
        return self.row["subjects"].split()


class _Nowhere(Rows):
    """Takes the rows of a file that is only tried."""

    def put(self, dataset: str, message: bytes | memoryview, count: int) -> None:
        """Keep nothing."""


class Decider:
    """One person who decides, and the landing folder that it is delivered to."""

    def __init__(self, settings: Settings, name: str, key: str = "") -> None:
        """key: the private key that this person signs with. Raises DeskError for who cannot decide so."""
        if unwritable(name) or not person_key(name):
            raise DeskError(f"{name!r} is no name that a decision could bear: give yours with TIEOUT_USER")
        if not key and person_key(name) in read_signers(settings):
            raise DeskError(f"{name} signs decisions: give the private key with --key, or TIEOUT_SIGNING_KEY")
        self.name = name
        self._settings = settings
        self._key = key
        self._read: dict[tuple[str, int, int], tuple[str, list[Waiting]]] = {}

    def waiting(self, books: Books) -> list[Waiting]:
        """The decisions that these books do not know yet, the latest first, whoever delivered them."""
        lake = self._settings.lake
        collected = {
            row["file_hash"]: row["reason"] if row["status"] == "quarantined" else None
            for row in lake_rows(lake, "collected_files", ["file_hash", "status", "reason"], source=DECISIONS)
        }
        found = [
            Waiting({name: _text(value) for name, value in row.items()})
            for row in lake_rows(lake, "decisions", _COLUMNS)
            if row["decision_id"].strip() not in books.decision
        ]
        for file_hash, landed in self._landed():
            if file_hash not in collected or collected[file_hash]:
                found += [each._replace(refusal=collected.get(file_hash)) for each in landed]
        latest = sorted(found, key=lambda each: (each.row["decided_at"], each.row["decision_id"]))
        return latest[::-1]

    def decide(self, books: Books, acts: Sequence[Act], undone: str | None = None) -> None:
        """Deliver these acts in one file. undone: the decision that they take back, which may still wait.

        Raises DeskError, and then nothing of them is done.
        """
        with self._alone():
            waiting = [each for each in self.waiting(books) if each.row["decision_id"] != undone]
            taken = {subject: each.row for subject, each in taken_by(books, waiting, self.name).items()}
            at, rows = utc_now(), []
            for act in acts:
                difference, unit = self._checked(books, act, taken)
                texts = {
                    "decision_id": f"D-{at:%Y%m%dT%H%M%S.%f}-{secrets.token_hex(4)}",
                    "decision": act.decision,
                    "subjects": " ".join(self._written(act)),
                    "difference": difference,
                    "unit": unit,
                    "reason": " ".join(act.reason.split()),
                    "decided_by": self.name,
                    "decided_at": _text(at),
                    "until_on": _text(act.until_on),
                }
                rows.append(texts)
                taken |= dict.fromkeys(_concerned(books, act.subjects), texts)
            folder = self._settings.landing.joinpath(*_FOLDER)
            for place in (folder.parent, folder):
                if place.is_symlink():
                    raise DeskError(f"{place} is a link, which no collect follows: nothing was done")
            folder.mkdir(parents=True, exist_ok=True)
            self._deliver(folder / f"{at:%Y%m%dT%H%M%S.%f}-{secrets.token_hex(8)}.csv", rows)

    def take_back(self, books: Books, decision_id: str, reason: str) -> str:
        """Take a decision back: one's own out of the landing folder, one that the lake has by another one.

        Returns what was done. Raises DeskError, and then nothing is.
        """
        with self._alone():
            waiting = {each.row["decision_id"]: each for each in self.waiting(books)}
            act = waiting.get(decision_id)
            if act and act.path:
                self._remove(act)
                return "It is taken back"
        row = act.row if act else books.decision.get(decision_id, {})
        if not may_be_taken_back(row):
            raise DeskError("This decision does not count any more, or is taken back otherwise")
        if row["decision"] == "replace":
            named = subjects(self._settings.lake, [decision_id]).get(decision_id, [])
            undoing = Act("replace", tuple(named[::-1]), reason)
        elif row["decision"] == "match":
            undoing = Act("unmatch", (decided_match_id(decision_id),), reason)
        else:
            undoing = Act("withdraw", (decision_id,), reason)
        self.decide(books, [undoing], decision_id)
        return "It is taken back by the next build"

    def _checked(self, books: Books, act: Act, taken: Mapping[str, Mapping]) -> tuple[str, str]:
        """The difference and unit of an acceptance, blank of anything else. Raises DeskError."""
        if not act.reason.strip():
            raise DeskError("Say why: the reason stands in the audit trail")
        if len(act.reason) > _LONGEST_REASON:
            raise DeskError(f"A reason has at most {_LONGEST_REASON} letters, and this one {len(act.reason)}")
        before = next(filter(None, map(taken.get, _concerned(books, act.subjects))), None)
        if before:
            raise DeskError(
                f"{before['decided_by']} has decided about it ({before['decision']}: {before['reason']}),"
                " and the books do not count that yet"
            )
        if act.decision in OF_ITEMS:
            _check_items(books, act)
        elif act.decision == "accept":
            return _accepted(books, act)
        elif act.decision == "approve":
            _check_others(books, act.subjects, self.name)
        elif act.decision in _RULINGS:
            self._check_rulings(act, taken)
        elif act.decision in ("review", "reopen", "reopen_period"):
            self._check_closes(books, act)
        return "", ""

    def _check_rulings(self, act: Act, taken: Mapping[str, Mapping]) -> None:
        """What is said of a file, or of rows of it, says all of it: nobody else may have, and not in vain."""
        lake = self._settings.lake
        out = out_of_count(lake)
        named = {subject.partition(":")[0] for subject in act.subjects}
        said = {subject.partition(":")[0] for subject, row in taken.items() if row["decision"] in _RULINGS}
        if named & said:
            raise DeskError("Another decision about this file waits for the next build")
        if act.decision == "include":
            if not named or not named <= out.keys():
                raise DeskError("Nothing of this file is out of count")
        elif not named or not named <= {file.file_hash for file in files(lake)}:
            raise DeskError("There is no such file whose rows could be taken out of count")
        elif any(WHOLE in out.get(file_hash, ()) for file_hash in named):
            raise DeskError("This file is out of count already")

    def _check_closes(self, books: Books, act: Act) -> None:
        closes = standing_closes(self._settings.lake, books)
        (subject,) = act.subjects
        status = books.period.get(subject, {}).get("status")
        if act.decision == "reopen":
            count = sum(str(close.closed_on) >= subject for close in closes)
            if subject not in {str(close.closed_on) for close in closes} or act.count != count:
                raise DeskError("The dates that are closed are others by now: look at them again")
        elif act.decision == "reopen_period":
            if status != "closed":
                raise DeskError("Only a pay period that is closed and not paid is reopened")
        elif status not in ("open", "closed") and subject != str(open_date(books, closes)):
            raise DeskError("This is not a date or a pay period that is about to be closed or paid")

    def _written(self, act: Act) -> Sequence[str]:
        """The subjects as they are delivered: rows beside those of their file that are out already."""
        if act.decision != "exclude" or not all(":" in subject for subject in act.subjects):
            return act.subjects
        out = out_of_count(self._settings.lake)
        named = dict.fromkeys(subject.partition(":")[0] for subject in act.subjects)
        before = (f"{file_hash}:{line}" for file_hash in named for line in sorted(out.get(file_hash, ())))
        return list(dict.fromkeys([*act.subjects, *before]))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        try:
            with lake_lock(self._settings.lake, _SECONDS_TO_WAIT):
                yield
        except LakeBusyError:
            raise DeskError(
                "Something is being collected, and nothing was done: try again after it"
            ) from None

    def _landed(self) -> Iterator[tuple[str, list[Waiting]]]:
        """The hash of each decision file in landing and what it says. A file that stays is read once."""
        seen = {}
        for delivery in scan(self._settings.landing, ["decisions"]):
            if delivery.source != DECISIONS or delivery.refusal:
                continue
            state = (delivery.path, delivery.modified_ns, delivery.byte_count)
            with suppress(OSError):  # gone since it was listed
                if state not in self._read:
                    with open_delivery(self._settings.landing, delivery) as file:
                        content = file.read()
                    waiting = [Waiting(row, delivery.path) for row in _rows(content)]
                    self._read[state] = (hashlib.sha256(content).hexdigest(), waiting)
                seen[state] = self._read[state]
        self._read = seen
        yield from seen.values()

    def _remove(self, act: Waiting) -> None:
        """Take an act out of its file, and the file away with its last."""
        path = Path(act.path)
        if path.parent.parts != _FOLDER or person_key(act.row["decided_by"]) != person_key(self.name):
            raise DeskError(f"Who delivered {path} takes it back: {act.row['decided_by']}, not this desk")
        file = self._settings.landing / path
        left = [row for row in _rows(file.read_bytes()) if row["decision_id"] != act.row["decision_id"]]
        if left:
            self._deliver(file, left)
        else:
            file.unlink()
            signature_file(file).unlink(missing_ok=True)

    def _deliver(self, file: Path, rows: Sequence[Mapping[str, str]]) -> None:
        """Write the file, and its signature, whole or not at all."""
        text = io.StringIO()
        writer = csv.DictWriter(text, _COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        content = text.getvalue().encode()
        _tried(content, file)
        work = file.with_name(f".{file.name}")
        try:
            with work.open("wb") as target:
                target.write(content)
                target.flush()
                os.fsync(target.fileno())
            if self._key:
                sign(work, self._key, self._settings.company)
                signature_file(work).replace(signature_file(file))
            work.replace(file)
        finally:
            work.unlink(missing_ok=True)


def decided_match_id(decision_id: str) -> str:
    """Key of the match that a decision made, as the macro decided_match_id has it."""
    return hashlib.md5(f"8:decision{len(decision_id)}:{decision_id}".encode()).hexdigest()


def taken_by(books: Books, waiting: Sequence[Waiting], name: str) -> dict[str, Waiting]:
    """What somebody has decided about since the books, by its id: also the items of rows and files.

    name: of who looks. Each person reviews for themselves, so what another one reviewed is not taken.
    """
    return {
        subject: each
        for each in waiting
        if not each.refusal
        and (each.row["decision"] != "review" or person_key(each.row["decided_by"]) == person_key(name))
        for subject in _concerned(books, each.subjects)
    }


def rows_of(books: Books, item_ids: Sequence[str]) -> tuple[str, ...]:
    """The rows of files that these items are, as `exclude` names them. Raises DeskError."""
    items = _items(books, item_ids)
    if any(item["file_hash"] is None for item in items):
        raise DeskError("One of these items stands in no file, so no row of it can be taken out of count")
    return tuple(dict.fromkeys(map(row_of, items)))


def open_date(books: Books, closes: Sequence[Close]) -> datetime.date | None:
    """The date that is closed next: the one that the books are as of, unless it is closed."""
    last = max((close.closed_on for close in closes), default=None)
    if books.as_of_on is None or (last is not None and books.as_of_on <= last):
        return None
    return books.as_of_on


def may_be_taken_back(decision: Mapping) -> bool:
    """Whether a decision that the lake has can be taken back by another one: of a match, while it stands."""
    kind, outcome = decision.get("decision"), decision.get("outcome")
    if kind in ("match", "replace"):
        return outcome in (None, "applied")
    return kind in _WITHDRAWN and outcome != "withdrawn"


def left_of(items: Sequence[Mapping]) -> dict[str, Decimal]:
    """What is left of each currency when these items are matched: the bank's less the books'."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for item in items:
        sums[item["currency"]] += item["amount"] if item["side"] == "bank" else -item["amount"]
    return dict(sums)


def _text(value: object) -> str:
    """A value as a decision file has it."""
    if isinstance(value, datetime.datetime):
        return f"{value:%Y-%m-%dT%H:%M:%SZ}"
    return "" if value is None else str(value)


def _rows(content: bytes) -> list[dict[str, str]]:
    """The decisions of a file, as far as it can be read: collection says what is wrong with the others."""
    try:
        rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    except (UnicodeDecodeError, csv.Error):
        return []
    whole = [{name: row.get(name) or "" for name in _COLUMNS} for row in rows]
    return [row for row in whole if row["decision_id"]]


def _tried(content: bytes, file: Path) -> None:
    """Read the file as collection will. Raises DeskError when it would be refused."""
    now = utc_now()
    evidence = Evidence(now, now.date(), {}, signature_file(file), None, {}, {})
    try:
        read_decision_file(io.BytesIO(content), file.name, _Nowhere(), "", "", evidence)
    except UnreadableFile as error:
        raise DeskError(f"This cannot be decided so: {error}") from None


def _concerned(books: Books, subjects: Sequence[str]) -> list[str]:
    """These subjects, and the items of rows and files among them."""
    return [*subjects, *(item for subject in subjects for item in books.items_of_row.get(subject, ()))]


def _items(books: Books, item_ids: Sequence[str]) -> list[Mapping]:
    items = [books.item[item_id] for item_id in item_ids if item_id in books.item]
    if not items or len(items) < len(item_ids):
        raise DeskError("One of these items is not open any more")
    return items


def _check_items(books: Books, act: Act) -> None:
    items = _items(books, act.subjects)
    if act.decision == "snooze" and act.until_on is None:
        raise DeskError("Say until when: a snooze ends on a date")
    if act.decision != "match":
        return
    if len(items) < 2 or len({(item["account_id"], item["currency"]) for item in items}) > 1:
        raise DeskError("A match has two items or more, of one account")
    left = left_of(items)
    if act.sums != left:
        said = ", ".join(f"{amount.normalize():f} {currency}" for currency, amount in left.items())
        raise DeskError(f"The page added up otherwise: what is left is {said}. Load it again")


def _accepted(books: Books, act: Act) -> tuple[str, str]:
    """The difference and the unit of the control that is accepted."""
    controls = [books.control.get(subject) for subject in act.subjects]
    if len(controls) != 1 or controls[0] is None or controls[0]["is_accepted"]:
        raise DeskError("This control is not red any more, or is accepted already")
    (control,) = controls
    return f"{control['difference'].normalize():f}", control["currency"] or control["measure"]


def _check_others(books: Books, subjects: Sequence[str], name: str) -> None:
    for subject in subjects:
        decision = books.decision.get(subject, {})
        if decision.get("outcome") != "waiting":
            raise DeskError("This decision does not wait for another person")
        if person_key(decision["decided_by"]) == person_key(name):
            raise DeskError("Nobody approves a decision of their own")
