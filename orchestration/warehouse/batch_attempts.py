"""What an invocation of dbt did batch by batch, from the batch ledger of the warehouse."""

from __future__ import annotations

import datetime
from typing import Any, NamedTuple

import duckdb


class BatchAttempt(NamedTuple):
    """One attempt at a batch, as it ended. schema, model: the batched model's table."""

    schema: str
    model: str
    batch_id: str
    is_done: bool
    reason: str | None
    note: str | None
    rows_in: int | None
    rows_out: int | None
    bytes_in: int | None
    started_at: datetime.datetime
    finished_at: datetime.datetime

    def metadata(self) -> dict[str, Any]:
        """The facts of the attempt, with its seconds and rows per second; what is not known is left out."""
        seconds = (self.finished_at - self.started_at).total_seconds()
        facts = {
            "batch": self.batch_id,
            "reason": self.reason,
            "note": self.note,
            "rows in": self.rows_in,
            "rows out": self.rows_out,
            "bytes in": self.bytes_in,
            "seconds": seconds,
            "rows per second": round(self.rows_in / seconds) if self.rows_in and seconds > 0 else None,
        }
        return {name: value for name, value in facts.items() if value is not None}


def batch_attempts(warehouse: duckdb.DuckDBPyConnection, invocation_id: str) -> list[BatchAttempt]:
    """The attempts of one invocation, in the order they ended; none when no batched model ran."""
    rows = warehouse.execute(
        """
        select
            split_part(model, '.', 1),
            split_part(model, '.', 2),
            batch_id,
            status = 'done',
            reason,
            note,
            rows_in,
            rows_out,
            bytes_in,
            started_at,
            finished_at
        from ops.batch_ledger
        where invocation_id = ? and batch_id is not null
        order by finished_at, model, batch_id
        """,
        [invocation_id],
    ).fetchall()
    return [BatchAttempt(*row) for row in rows]
