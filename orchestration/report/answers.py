"""A page's questions, one file of SQL each, and their answers from one DuckDB file.

The queries take no parameters, so that what the page prints is what anyone can run. They count, add up and
pick; what a figure means is decided by the marts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from orchestration.errors import TieoutError
from orchestration.lake.lock import held_by, open_when_free
from orchestration.settings import Settings

_TABLE = re.compile(r"\b(?:marts|documents|operations|published|intermediate|staging)\.\w+")


class ReportError(TieoutError):
    """The page cannot be made. The message says why and what to do."""


@dataclass(frozen=True)
class Answer:
    """One query and its rows. problem: why there is no answer, or None."""

    name: str
    sql: str
    tables: tuple[str, ...]
    rows: list[dict[str, Any]] = field(default_factory=list)
    problem: str | None = None
    columns: tuple[str, ...] = ()

    @property
    def first(self) -> dict[str, Any]:
        """The first row, empty when there is none."""
        return self.rows[0] if self.rows else {}

    @property
    def total(self) -> int:
        """How many rows there are in all, of which a long list shows the first."""
        return self.first.get("total_count", len(self.rows))


@contextmanager
def reading(
    database: Path, *, folders: Sequence[Path] = (), wait_seconds: float | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """One state of a DuckDB file, read-only. folders: the only places outside it that may be used.

    wait_seconds: how long who writes it is waited for; as long as for any lock unless given.
    Raises ReportError.
    """
    if wait_seconds is None:
        wait_seconds = Settings.from_environment().lock_timeout_seconds
    try:
        with open_when_free(database, wait_seconds) as connection:
            connection.execute("set allowed_directories = $folders", {"folders": list(map(str, folders))})
            connection.execute("set enable_external_access = false")
            connection.execute("set TimeZone = 'UTC'")
            connection.execute("begin")
            yield connection
    except duckdb.Error as error:
        if holder := held_by(error):
            raise ReportError(
                f"cannot read {database}: {holder} has it open: wait, or read the published copy"
            ) from error
        reason = str(error).splitlines()[0].rstrip(".!")
        step = ""
        if isinstance(error, duckdb.PermissionException):
            step = ". TIEOUT_LAKE must name the lake that it was built from"
        raise ReportError(f"cannot read {database}: {reason}{step}") from error


def read_answers(connection: duckdb.DuckDBPyConnection, queries: Path) -> dict[str, Answer]:
    """The answer to every query of a folder, by its name, in the order of the names."""
    there = {
        f"{schema}.{table}"
        for schema, table in connection.execute(
            "select table_schema, table_name from information_schema.tables"
        ).fetchall()
    }
    return {
        path.stem: _answer(connection, path.stem, path.read_text(encoding="utf-8"), there)
        for path in sorted(queries.glob("*.sql"))
    }


def _answer(connection: duckdb.DuckDBPyConnection, name: str, sql: str, there: set[str]) -> Answer:
    tables = tuple(sorted(set(_TABLE.findall(sql))))
    missing = [table for table in tables if table not in there]
    if missing:
        return Answer(name, sql, tables, problem=f"this file has no table {' and no table '.join(missing)}")
    try:
        result = connection.execute(sql)
    except duckdb.BinderException as error:
        reason = str(error).splitlines()[0].removeprefix("Binder Error: ")
        return Answer(
            name, sql, tables, problem=f"this file was built by another version of Tieout ({reason})"
        )
    columns = tuple(column[0] for column in result.description)
    rows = [dict(zip(columns, row, strict=True)) for row in result.fetchall()]
    return Answer(name, sql, tables, rows, columns=columns)
