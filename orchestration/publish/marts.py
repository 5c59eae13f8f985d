"""The marts of a warehouse, each cut into slices that are compared, written and linked one by one.

A fact of many rows is cut by the month of its first date, so that a night which changes two months writes two
months. Others are one slice, `all`. The fingerprint of a slice does not depend on the order of its rows: it
is their number and the sum of a 64-bit hash over all columns of each.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import duckdb

GENERAL_SCHEMAS = ("marts", "operations")
PERSONAL_SCHEMAS = ("payroll", "documents")
WHOLE = "all"
# Below, one file a mart is quicker to read than a file a month.
_ROWS_CUT = 10_000
_NO_MONTH = "none"


@dataclass(frozen=True)
class Slice:
    """Rows of a mart that are written together."""

    row_count: int
    fingerprint: str


@dataclass(frozen=True)
class Mart:
    """A mart: its columns as (name, type, comment), what it is cut by, and its slices by name.

    sliced_by: the column whose month names the slice, or None for a mart in one slice.
    """

    schema: str
    table: str
    comment: str | None
    columns: list[tuple[str, str, str | None]]
    sliced_by: str | None
    slices: dict[str, Slice] = field(default_factory=dict)

    @property
    def row_count(self) -> int:
        """Rows of all slices."""
        return sum(part.row_count for part in self.slices.values())

    @property
    def fingerprint(self) -> str:
        """Of columns, comments and rows: two marts with one fingerprint are the same."""
        parts = sorted((name, part.row_count, part.fingerprint) for name, part in self.slices.items())
        return hashlib.sha256(json.dumps([self.shape, parts]).encode()).hexdigest()[:32]

    @property
    def shape(self) -> list[Any]:
        """What must be equal for slices of two marts to be exchangeable; in the form that JSON keeps."""
        return [self.comment, [list(column) for column in self.columns], self.sliced_by]

    @property
    def name(self) -> str:
        """The quoted name, for SQL."""
        return f"{quoted(self.schema)}.{quoted(self.table)}"

    def changed_since(self, before: Mart | None) -> tuple[set[str], set[str]]:
        """Names of the slices that an older state lacks or has otherwise, and of those it has too many."""
        if before is None or before.shape != self.shape:
            return set(self.slices), set(before.slices if before else ())
        changed = {name for name, part in self.slices.items() if before.slices.get(name) != part}
        return changed, set(before.slices) - set(self.slices)

    def where(self, name: str) -> str:
        """The SQL condition of a slice."""
        if self.sliced_by is None:
            return "true"
        column = quoted(self.sliced_by)
        if name == _NO_MONTH:
            return f"{column} is null"
        year, month = map(int, name.split("-"))
        following = f"{year + month // 12:04}-{month % 12 + 1:02}"
        return f"{column} >= '{name}-01' and {column} < '{following}-01'"

    def as_json(self) -> dict[str, Any]:
        """For version.json; `from_json` reads it."""
        return {
            "schema": self.schema,
            "table": self.table,
            "row_count": self.row_count,
            "fingerprint": self.fingerprint,
            "comment": self.comment,
            "columns": [list(column) for column in self.columns],
            "sliced_by": self.sliced_by,
            "slices": {
                name: {"row_count": part.row_count, "fingerprint": part.fingerprint}
                for name, part in self.slices.items()
            },
        }

    @classmethod
    def from_json(cls, facts: Mapping[str, Any]) -> Mart:
        return cls(
            facts["schema"],
            facts["table"],
            facts["comment"],
            [tuple(column) for column in facts["columns"]],
            facts["sliced_by"],
            {name: Slice(**part) for name, part in facts["slices"].items()},
        )


def read_marts(connection: duckdb.DuckDBPyConnection, schemas: Iterable[str]) -> list[Mart]:
    """The facts and dimensions in some schemas of the warehouse, the connection's default database.

    Those that dbt knows: the table of a model that was removed stays in the warehouse, and is no mart.
    """
    found = connection.execute(
        """
        select tables.schema_name, tables.table_name, tables.comment, tables.estimated_size
        from duckdb_tables() as tables
        inner join ops.node_states as states
            on
                tables.schema_name = states.schema_name
                and tables.table_name = states.table_name
                and states.resource_type = 'model'
        where
            tables.database_name = current_database()
            and tables.schema_name in (select unnest($1))
            and regexp_matches(tables.table_name, '^(fct|dim)_')
        order by tables.schema_name, tables.table_name
        """,
        [list(schemas)],
    ).fetchall()
    marts = []
    for schema, table, comment, row_count in found:
        columns = connection.execute(
            """
            select column_name, data_type, comment
            from duckdb_columns()
            where database_name = current_database() and schema_name = $1 and table_name = $2
            order by column_index
            """,
            [schema, table],
        ).fetchall()
        sliced_by = None
        if table.startswith("fct_") and row_count >= _ROWS_CUT:
            dates = (name for name, data_type, _ in columns if data_type in ("DATE", "TIMESTAMP"))
            sliced_by = next(dates, None)
        mart = Mart(schema, table, comment, columns, sliced_by)
        mart.slices.update(fingerprints(connection, mart, mart.name))
        marts.append(mart)
    return marts


def mart_domains(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], str]:
    """The domain of every mart that dbt knows, by schema and table."""
    rows = connection.execute(
        """
        select schema_name, table_name, domain
        from ops.node_states
        where resource_type = 'model' and regexp_matches(table_name, '^(fct|dim)_')
        """
    )
    return {(schema, table): domain for schema, table, domain in rows.fetchall()}


def fingerprints(connection: duckdb.DuckDBPyConnection, mart: Mart, relation: str) -> dict[str, Slice]:
    """The slices of a relation that has the mart's columns. relation: a table expression."""
    if mart.sliced_by is None:
        name = f"'{WHOLE}'"
    else:
        name = f"coalesce(strftime({quoted(mart.sliced_by)}, '%Y-%m'), '{_NO_MONTH}')"
    columns = ", ".join(quoted(column) for column, *_ in mart.columns)
    rows = connection.execute(
        f"select {name}, count(*), coalesce(sum(cast(hash({columns}) as hugeint)), 0) from {relation}"
        f" group by {name} order by 1"
    ).fetchall()
    found = {name: Slice(row_count, f"{total:x}") for name, row_count, total in rows}
    return found or {WHOLE: Slice(0, "0")}


def quoted(identifier: str) -> str:
    """An identifier for SQL."""
    return '"' + identifier.replace('"', '""') + '"'
