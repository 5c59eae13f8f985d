"""The parity check finds rows that differ, are missing or repeat, and a side that is not there."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from orchestration.warehouse.parity import ParityError, compare

ROWS = "select * from (values (1, 1.50, 'a'), (2, null, 'b')) as rows (item_id, amount, memo)"


def build(folder: Path, spark_rows: str) -> tuple[Path, Path]:
    """A DuckDB file and a Spark warehouse with one mart each."""
    warehouse, spark = folder / "tieout.duckdb", folder / "spark"
    table = spark / "marts.db" / "fct_items"
    table.mkdir(parents=True)
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("create schema marts")
        connection.execute(f"create table marts.fct_items as {ROWS}")
        connection.execute(f"copy ({spark_rows}) to '{table / 'part-0.parquet'}' (format parquet)")
    (table / "_SUCCESS").touch()
    return warehouse, spark


@pytest.mark.parametrize(
    ("spark_rows", "missing", "extra"),
    [
        (ROWS, 0, 0),
        (f"select item_id, amount, memo from ({ROWS}) order by item_id desc", 0, 0),
        (f"select memo, item_id, amount from ({ROWS})", 0, 0),
        (f"select * from ({ROWS}) where item_id = 1", 1, 0),
        (f"select item_id, coalesce(amount, 0) as amount, memo from ({ROWS})", 1, 1),
        (f"{ROWS} union all select * from ({ROWS}) where item_id = 1", 0, 1),
    ],
    ids=["same", "other order", "other columns order", "missing row", "null is not zero", "repeated row"],
)
def test_compare(tmp_path: Path, spark_rows: str, missing: int, extra: int) -> None:
    (table,) = compare(*build(tmp_path, spark_rows))
    assert (table.missing, table.extra) == (missing, extra)
    assert table.is_equal == (missing == extra == 0)
    assert bool(table.sample) != table.is_equal


def test_a_side_that_is_not_there(tmp_path: Path) -> None:
    warehouse, spark = build(tmp_path, ROWS)
    with pytest.raises(ParityError, match="dbt build --target spark"):
        compare(warehouse, tmp_path / "nowhere")
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("create schema ops; create table ops.handed_over as select '[]' as node_states")
    with pytest.raises(ParityError, match="compared with itself"):
        compare(warehouse, spark)
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("drop table ops.handed_over")
    (spark / "marts.db" / "fct_items" / "_SUCCESS").unlink()
    with pytest.raises(ParityError, match="fct_items"):
        compare(warehouse, spark)


def test_builds_under_two_keys_are_named_as_such(tmp_path: Path) -> None:
    warehouse, spark = build(tmp_path, ROWS)
    employees = spark / "payroll.db" / "dim_employees"
    employees.mkdir(parents=True)
    (employees / "_SUCCESS").touch()
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("create schema payroll")
        connection.execute(
            "create table payroll.dim_employees as select 'E-1' as employee_id, 'a' as employee_key"
        )
        spark_rows = "select * from payroll.dim_employees"
        connection.execute(f"copy ({spark_rows}) to '{employees / 'part-0.parquet'}' (format parquet)")
    assert all(table.is_equal for table in compare(warehouse, spark))
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("update payroll.dim_employees set employee_key = 'b'")
    with pytest.raises(ParityError, match="under different keys"):
        compare(warehouse, spark)
