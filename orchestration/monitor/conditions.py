"""What somebody should be told of: what int_conditions of the warehouse says, and what no warehouse can say.

A new condition is a select in int_conditions; here stand a failed run and a warehouse that is not there.
"""

from __future__ import annotations

import csv
import datetime
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import NamedTuple

import duckdb

from orchestration.lake.lock import held_by, open_when_free
from orchestration.lake.read import lake_rows
from orchestration.outside import shown
from orchestration.settings import PROJECT_DIR, Settings

_SEED = PROJECT_DIR / "seeds" / "reference" / "condition_kinds.csv"
_SHOWN_NODES = 5
# A sensor of Dagster, which alerts after a run, has a minute.
_SECONDS_TO_WAIT = 20


class Kind(NamedTuple):
    """How condition_kinds has a kind told. next_step: with its place in the run-book."""

    title: str
    next_step: str
    is_event: bool
    is_counted: bool


@dataclass(frozen=True)
class Condition:
    """key: the same while the condition stands. is_event: it happened on a date and does not end.

    next_step: what to do, with the place in the run-book.
    """

    key: str
    kind: str
    subject: str
    sentence: str
    next_step: str
    is_event: bool = False


@dataclass(frozen=True)
class Found:
    """is_complete: whether the warehouse could be asked, so that what is not found is not there."""

    conditions: list[Condition]
    as_of_on: datetime.date | None
    is_complete: bool


@cache
def kinds() -> dict[str, Kind]:
    """Every kind of condition by its name, the gravest first."""
    with _SEED.open(encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: int(row["kind_number"]))
    return {
        row["kind"]: Kind(
            row["title"],
            f"{row['next_step']} ({row['run_book']})",
            row["is_event"] == "true",
            row["is_counted"] == "true",
        )
        for row in rows
    }


def find(settings: Settings) -> Found:
    """Every condition that stands now."""
    conditions = list(_failed_run(settings.lake))
    if not settings.warehouse.exists():
        return Found([*conditions, _no_warehouse(settings.warehouse, "there is none")], None, False)
    try:
        with open_when_free(settings.warehouse, _SECONDS_TO_WAIT) as warehouse:
            row = warehouse.execute("select as_of_on from intermediate.int_as_of_date").fetchone()
            stand = warehouse.execute(
                """
                select condition_key, kind, subject, sentence, next_step, is_event
                from intermediate.int_conditions
                order by kind_number, business_date, subject, condition_key
                """
            ).fetchall()
    except duckdb.IOException as error:
        if holder := held_by(error):
            held = _no_warehouse(settings.warehouse, f"{holder} has it open")
            step = "Wait for that process to end, or end it: what is red is told by the next alert"
            return Found([*conditions, replace(held, next_step=step)], None, False)
        return Found([*conditions, _no_warehouse(settings.warehouse, "its file cannot be read")], None, False)
    except duckdb.Error:
        return Found([*conditions, _no_warehouse(settings.warehouse, "its marts are missing")], None, False)
    return Found(
        [*conditions, *(Condition(*map(_shown, each)) for each in stand)], row[0] if row else None, True
    )


def _shown(value: str | bool) -> str | bool:
    """Subjects and sentences hold names from outside: of files, accounts and counterparties."""
    return shown(value) if isinstance(value, str) else value


def _no_warehouse(warehouse: Path, reason: str) -> Condition:
    return Condition(
        "warehouse",
        "warehouse",
        warehouse.name,
        f"The warehouse cannot be asked: {reason}",
        kinds()["warehouse"].next_step,
    )


def _failed_run(lake: Path) -> Iterator[Condition]:
    """The latest recorded build, if it failed."""
    columns = ["invocation_id", "status", "failed_count", "skipped_count", "started_at"]
    runs = lake_rows(lake, "dbt_runs", columns, command="build")
    last = max(runs, key=lambda row: row["started_at"], default=None)
    if last is None or last["status"] != "failed":
        return
    nodes = [
        row
        for row in lake_rows(
            lake, "dbt_node_runs", ["node_name", "status", "message"], invocation_id=last["invocation_id"]
        )
        if row["status"] in ("error", "fail", "runtime error", "partial success")
    ]
    names = sorted(row["node_name"] for row in nodes)
    listed = ", ".join(names[:_SHOWN_NODES]) + (
        f" and {len(names) - _SHOWN_NODES} more" if len(names) > _SHOWN_NODES else ""
    )
    cause = next((row["message"] for row in nodes if row["message"]), None)
    yield Condition(
        f"failed_run/{hashlib.sha256(' '.join(names).encode()).hexdigest()[:16]}",
        "failed_run",
        f"dbt build of {last['started_at']:%Y-%m-%d %H:%M} UTC",
        f"{last['failed_count']} nodes failed and {last['skipped_count']} were skipped: {listed}"
        f"{f'. {shown(cause)}' if cause else ''}",
        kinds()["failed_run"].next_step,
    )
