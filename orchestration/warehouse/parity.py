"""The parity check: every mart, row by row, as DuckDB built it and as Spark built it.

Spark's tables are Parquet folders in its warehouse directory, so DuckDB reads both sides.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.errors import TieoutError
from orchestration.lake.lock import open_when_free
from orchestration.lake.read import as_patterns
from orchestration.settings import Settings
from orchestration.warehouse.hand_over import is_handed_over, table_files

SHOWN_ROWS = 5


@dataclass(frozen=True)
class TableParity:
    """One mart compared. missing: rows only DuckDB has, extra: only Spark. sample: the first of each."""

    table: str
    row_count: int
    missing: int
    extra: int
    sample: list[str]

    @property
    def is_equal(self) -> bool:
        return self.missing == 0 and self.extra == 0


class ParityError(TieoutError):
    """One side of the comparison is not there."""


def compare(warehouse: Path, spark_warehouse: Path) -> list[TableParity]:
    """Compare every mart: the tables of the schema marts, and the facts and dimensions of payroll.

    Raises ParityError when a side has not been built. Rows about persons are counted and never shown.
    """
    for path, target in ((warehouse, "duckdb"), (spark_warehouse, "spark")):
        if not path.exists():
            raise ParityError(f"no warehouse at {path}: run `dbt build --target {target}` first")
    with open_when_free(warehouse, Settings.from_environment().lock_timeout_seconds) as connection:
        connection.execute("set timezone = 'UTC'")
        if is_handed_over(connection):
            raise ParityError(
                f"{warehouse} is what Spark handed over, and would be compared with itself: set"
                " TIEOUT_WAREHOUSE to a warehouse that DuckDB built of the same lake"
            )
        tables = connection.execute(
            """
            select table_schema, table_name
            from information_schema.tables
            where
                table_schema = 'marts'
                or (table_schema in ('payroll', 'documents') and regexp_matches(table_name, '^(fct|dim)_'))
            order by table_schema, table_name
            """
        ).fetchall()
        if not tables:
            raise ParityError(f"{warehouse} has no marts: run `dbt build --target duckdb` first")
        _refuse_another_key(connection, spark_warehouse)
        return [_compare_table(connection, *names, spark_warehouse) for names in tables]


def _refuse_another_key(connection: duckdb.DuckDBPyConnection, spark_warehouse: Path) -> None:
    """Two builds under two keys differ in each row about a person, and in nothing that a reader would see."""
    if files := table_files(spark_warehouse, "payroll", "dim_employees"):
        (others,) = connection.execute(
            "select count(*) from payroll.dim_employees as ours"
            " inner join read_parquet($1) as theirs using (employee_id)"
            " where ours.employee_key <> theirs.employee_key",
            [as_patterns(files)],
        ).fetchone()
        if others:
            raise ParityError(
                "DuckDB and Spark built payroll.dim_employees under different keys: set one"
                " TIEOUT_PSEUDONYM_KEY for both, and for every executor, and build the one again that had"
                " another (docs/runbook.md, A pseudonym key)"
            )


def _compare_table(
    connection: duckdb.DuckDBPyConnection, schema: str, table: str, spark_warehouse: Path
) -> TableParity:
    files = table_files(spark_warehouse, schema, table)
    if not files:
        raise ParityError(
            f"Spark has no table {schema}.{table} in {spark_warehouse}: run `dbt build --target spark` first"
        )
    ours = connection.table(f"{schema}.{table}")
    theirs = connection.read_parquet(as_patterns(files)).project(
        ", ".join(f'"{column}"' for column in ours.columns)
    )
    differences = [("only DuckDB has", ours.except_(theirs)), ("only Spark has", theirs.except_(ours))]
    counts, sample = [], []
    for label, rows in differences:
        counts.append(_count(rows))
        if counts[-1] and schema == "marts":
            sample += [
                f"{label} {_row(ours.columns, row)}"
                for row in rows.order(ours.columns[0]).limit(SHOWN_ROWS).fetchall()
            ]
    row_count, spark_count = _count(ours), _count(theirs)
    if counts == [0, 0] and row_count != spark_count:
        counts = [max(row_count - spark_count, 0), max(spark_count - row_count, 0)]
        sample = [f"the rows are the same but repeat: DuckDB has {row_count}, Spark has {spark_count}"]
    return TableParity(table, row_count, counts[0], counts[1], sample)


def _count(rows: duckdb.DuckDBPyRelation) -> int:
    return rows.aggregate("count(*)").fetchone()[0]


def _row(columns: list[str], values: tuple) -> str:
    return ", ".join(f"{column}={value}" for column, value in zip(columns, values, strict=True))
