"""What the warehouse shows red while decisions are collected: nobody can have seen another red than these."""

from __future__ import annotations

from pathlib import Path

from orchestration.errors import TieoutError

# Where a red, or a question of a pay period, stands under the id that an acceptance names. A company may have
# built no payroll; without the first nothing is known.
_SHOWN = {
    "marts.fct_control_totals": "control_total_id from marts.fct_control_totals where status = 'red'",
    "marts.fct_payroll_controls": "control_total_id from marts.fct_payroll_controls where status = 'red'",
    "payroll.int_period_questions": "question_id from payroll.int_period_questions",
}


class WarehouseInUseError(TieoutError):
    """Another process has the warehouse open, so what is red cannot be asked now. Retryable."""


def shown_reds(warehouse: Path) -> set[str] | None:
    """The ids that an acceptance may name, or None when no warehouse was built that could tell.

    Raises WarehouseInUseError.
    """
    if not warehouse.exists():
        return None
    import duckdb

    try:
        with duckdb.connect(str(warehouse), read_only=True) as connection:
            tables = {
                f"{schema}.{name}"
                for schema, name in connection.execute(
                    "select schema_name, table_name from duckdb_tables()"
                ).fetchall()
            }
            if next(iter(_SHOWN)) not in tables:
                return None
            queries = [query for table, query in _SHOWN.items() if table in tables]
            return {key for query in queries for (key,) in connection.execute(f"select {query}").fetchall()}
    except duckdb.IOException as error:
        if "lock" in str(error):
            raise WarehouseInUseError(f"the warehouse {warehouse} is in use") from error
        return None
    except duckdb.Error:
        return None
