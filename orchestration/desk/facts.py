"""What the desk asks of the lake: closes that stand, files, and what of them is out of count."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

from orchestration.collect.landing import DECISIONS
from orchestration.desk.books import Books
from orchestration.lake.read import lake_rows

WHOLE = 0


class Close(NamedTuple):
    """A close that stands. closed_at: in UTC. note: the reds that it was closed over, or None."""

    closed_on: datetime.date
    closed_by: str
    closed_at: datetime.datetime
    note: str | None
    reviewed_by: str | None


class LakeFile(NamedTuple):
    """A file whose rows are in the lake. out: its lines that are out of count, WHOLE for all of them."""

    file_hash: str
    path: str
    source: str
    record_count: int
    collected_at: datetime.datetime
    out: frozenset[int]


def standing_closes(lake: Path, books: Books) -> list[Close]:
    """The closes that no decision the books know has made void, the latest date first."""
    closes = [
        Close(**row | {"closed_at": _utc(row["closed_at"])})
        for row in lake_rows(lake, "closes", list(Close._fields))
    ]
    standing = {
        close.closed_on: close
        for close in closes
        if not any(
            each["closed_on"] == close.closed_on and each["reopened_at"] > close.closed_at
            for each in books.reopenings
        )
    }
    return sorted(standing.values(), reverse=True)


def reviewed(lake: Path) -> dict[str, list[str]]:
    """Who reviewed what is to be closed or paid, the first first, by its date or pay period."""
    found: dict[str, list[str]] = {}
    columns = ["decided_at", "decision_id", "subjects", "decided_by"]
    reviews = lake_rows(lake, "decisions", columns, decision="review")
    for row in sorted(reviews, key=lambda row: (row["decided_at"], row["decision_id"])):
        found.setdefault(row["subjects"].strip(), []).append(row["decided_by"])
    return found


def subjects(lake: Path, decision_ids: Collection[str]) -> dict[str, list[str]]:
    """What these decisions are about: of one that came twice the first, as the models have it."""
    found: dict[str, list[str]] = {}
    for row in lake_rows(lake, "decisions", ["decision_id", "subjects"]):
        if row["decision_id"].strip() in decision_ids:
            found.setdefault(row["decision_id"].strip(), row["subjects"].split())
    return found


def files(lake: Path) -> list[LakeFile]:
    """Every file that was loaded, decisions apart, the latest first."""
    columns = ["file_hash", "path", "source", "record_count", "collected_at"]
    out = out_of_count(lake)
    loaded = {
        row["file_hash"]: LakeFile(
            **row | {"collected_at": _utc(row["collected_at"])}, out=frozenset(out.get(row["file_hash"], ()))
        )
        for row in lake_rows(lake, "collected_files", columns, status="loaded")
        if row["source"] != DECISIONS
    }
    return list(loaded.values())[::-1]


def out_of_count(lake: Path) -> dict[str, set[int]]:
    """The lines of each file that are out of count, WHOLE for all: the latest ruling says all of it.

    As the macro latest_rulings has it.
    """
    columns = ["load_id", "file_hash", "line_number", "decision_id", "decided_at"]
    rows = lake_rows(lake, "exclusions", [*columns, "is_excluded", "named_hash", "named_line", "withdraws"])
    withdrawn: dict[str, str] = {}
    for row in rows:
        withdrawn[row["withdraws"]] = max(row["load_id"], withdrawn.get(row["withdraws"], ""))
    first: dict[str, tuple] = {}
    rulings: dict[str, dict[tuple, set[int]]] = {}
    for row in sorted(rows, key=lambda row: tuple(row[name] for name in columns[:3])):
        delivery = tuple(row[name] for name in columns[:3])
        if (
            row["withdraws"] is not None
            or row["load_id"] <= withdrawn.get(row["decision_id"], "")
            or first.setdefault(row["decision_id"], delivery) != delivery
        ):
            continue
        ruling = (row["decided_at"], row["decision_id"], row["file_hash"])
        lines = rulings.setdefault(row["named_hash"], {}).setdefault(ruling, set())
        if row["is_excluded"]:
            lines.add(row["named_line"])
    latest = {file_hash: max(of_file.items())[1] for file_hash, of_file in rulings.items()}
    return {file_hash: lines for file_hash, lines in latest.items() if lines}


def _utc(moment: datetime.datetime) -> datetime.datetime:
    """A moment of the lake as the marts have it: in UTC, without saying so."""
    return moment.astimezone(datetime.UTC).replace(tzinfo=None)
