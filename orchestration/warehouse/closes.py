"""The closes of business dates, those made since the warehouse was built included."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import NamedTuple

import duckdb

from orchestration.lake.read import lake_rows


class RecordedClose(NamedTuple):
    """A close as it was made, and whether it still stands. closed_at: in UTC."""

    closed_on: datetime.date
    closed_by: str
    closed_at: datetime.datetime
    item_count: int
    match_count: int
    note: str | None
    reviewed_by: str | None
    stands: bool


def recorded_closes(lake: Path, warehouse: duckdb.DuckDBPyConnection) -> list[RecordedClose]:
    """Every close, the oldest first.

    What made one void is a decision, which counts from the next build on; so one that the warehouse does not
    know stands.
    """
    *columns, _ = RecordedClose._fields
    selected = ", ".join(f"closes.{column}" for column in columns)
    known = {
        close_id: RecordedClose(*row)
        for close_id, *row in warehouse.execute(
            f"""
            select closes.close_id, {selected}, valid.close_id is not null
            from staging.stg_closes__closes as closes
            left join intermediate.int_closes_valid as valid on closes.close_id = valid.close_id
            """
        ).fetchall()
    }
    since = [
        RecordedClose(**{column: row[column] for column in columns}, stands=True)
        for row in lake_rows(lake, "closes", ["close_id", *columns])
        if row["close_id"] not in known
    ]
    closes = [*known.values(), *(close._replace(closed_at=_plain(close.closed_at)) for close in since)]
    return sorted(closes, key=lambda close: close.closed_at)


def last_closed_on(lake: Path, warehouse: duckdb.DuckDBPyConnection) -> datetime.date | None:
    """The last date whose close stands. Every date before it is closed too."""
    return max((close.closed_on for close in recorded_closes(lake, warehouse) if close.stands), default=None)


def _plain(moment: datetime.datetime) -> datetime.datetime:
    return moment.astimezone(datetime.UTC).replace(tzinfo=None)
