"""What Spark built becomes the file that is read behind the marts: whole, or the one before stays."""

from __future__ import annotations

import datetime
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from orchestration.lake.pseudonyms import PseudonymKeyError, pseudonym
from orchestration.settings import PROJECT_DIR, Settings
from orchestration.warehouse.hand_over import HandOverError, hand_over, is_current, is_handed_over

KEY = "only these employees'"
ITEMS = (
    "select 1 as item_id, 1.5 as amount, timestamptz '2026-03-26 23:30:00+00' as seen_at, 'O''Hara' as memo"
)
EMPLOYEES = f"select 'E-1' as employee_id, '{pseudonym(KEY, 'E-1')}' as employee_key"
STATES = (
    "select 'model.tieout.fct_items' as node_id, 'marts' as schema_name, 'fct_items' as table_name,"
    " 'success' as status, 'run-1' as invocation_id"
)
NOT_CONTRACTED = {"contract": {"enforced": False}}
MANIFEST = {
    "exposures": {"page": {"depends_on": {"nodes": ["items", "employees", "closes"]}}},
    "nodes": {
        "items": {
            "schema": "marts",
            "alias": "fct_items",
            "description": "Grain: one row per item; the bank's, or the books'.",
            "config": {"contract": {"enforced": True}},
            "columns": {
                "memo": {"data_type": "string", "description": "What the bank's line says."},
                "item_id": {"data_type": "bigint", "description": ""},
                "amount": {"data_type": "decimal(28, 5)", "description": ""},
                "seen_at": {"data_type": "timestamp", "description": ""},
            },
        },
        "employees": {
            "schema": "payroll",
            "alias": "dim_employees",
            "description": "",
            "config": NOT_CONTRACTED,
            "columns": {},
        },
        "closes": {
            "schema": "staging",
            "alias": "stg_closes",
            "description": "",
            "config": NOT_CONTRACTED,
            "columns": {},
        },
    },
}
Write = Callable[..., Path]


@pytest.fixture
def spark(settings: Settings, tmp_path: Path) -> Settings:
    """Settings of a zone that Spark builds in."""
    return replace(
        settings,
        target="spark",
        spark_warehouse=tmp_path / "spark",
        warehouse=tmp_path / "warehouse" / "tieout.duckdb",
        pseudonym_key=KEY,
    )


@pytest.fixture
def write(spark: Settings) -> Write:
    """Writes a table as Spark does: a folder of Parquet files, and a mark when all are there."""

    def table(name: str, query: str, part: str = "part-0", is_done: bool = True) -> Path:
        schema, _, alias = name.partition(".")
        folder = spark.spark_warehouse / f"{schema}.db" / alias
        file = folder / f"{part}.parquet"
        file.parent.mkdir(parents=True, exist_ok=True)
        duckdb.sql(f"set timezone = 'UTC'; copy ({query}) to '{file}' (format parquet)")
        if is_done:
            (folder / "_SUCCESS").touch()
        return folder

    table("marts.fct_items", ITEMS)
    table("payroll.dim_employees", EMPLOYEES)
    table("staging.stg_closes", "select date '2026-03-26' as closed_on")
    table("ops.node_states", STATES)
    table("ops.batch_ledger", "select 'int_lines' as model", part="run-1/part-0", is_done=False)
    (spark.spark_warehouse / "ops.db" / "batch_ledger" / "run-1" / "_SUCCESS").touch()
    return table


def rows(settings: Settings, query: str) -> list[tuple]:
    with duckdb.connect(str(settings.warehouse), read_only=True) as connection:
        return connection.execute(query).fetchall()


def give(settings: Settings, run: str | None = "run-1", **inputs: str) -> list[str]:
    return hand_over(settings, MANIFEST, run, inputs)


def test_a_mart_has_the_types_the_order_and_the_comments_of_its_contract(
    spark: Settings, write: Write
) -> None:
    assert give(spark) == []
    assert rows(spark, "from marts.fct_items") == [
        ("O'Hara", 1, Decimal("1.50000"), datetime.datetime(2026, 3, 26, 23, 30))
    ]
    assert rows(
        spark, "select column_name, data_type, comment from duckdb_columns() where table_name = 'fct_items'"
    ) == [
        ("memo", "VARCHAR", "What the bank's line says."),
        ("item_id", "BIGINT", None),
        ("amount", "DECIMAL(28,5)", None),
        ("seen_at", "TIMESTAMP", None),
    ]
    assert rows(spark, "select comment from duckdb_tables() where table_name = 'fct_items'") == [
        ("Grain: one row per item; the bank's, or the books'.",)
    ]
    assert rows(spark, "from ops.batch_ledger") == [("int_lines",)]


def test_what_spark_has_not_finished_is_not_there(spark: Settings, write: Write) -> None:
    write("marts.fct_items", ITEMS.replace("1 as item_id", "2 as item_id"), part="_temporary/0/part-1")
    (write("staging.stg_closes", "select date '2026-03-27' as closed_on") / "_SUCCESS").unlink()
    assert give(spark) == ["staging.stg_closes"]
    assert rows(spark, "select item_id from marts.fct_items") == [(1,)]


def test_a_reader_of_the_file_before_keeps_it(spark: Settings, write: Write) -> None:
    give(spark)
    with duckdb.connect(str(spark.warehouse), read_only=True) as reader:
        assert reader.sql("from staging.stg_closes").fetchall() == [(datetime.date(2026, 3, 26),)]
        write("staging.stg_closes", "select date '2026-03-27' as closed_on")
        # By another process, as a night's: DuckDB has one state of a file for all of a process.
        code = (
            "from test_hand_over import give; from conftest import *; import sys, pathlib;"
            "from orchestration.settings import Settings; give(Settings.from_environment())"
        )
        subprocess.run(
            [sys.executable, "-c", code],
            env={
                "PATH": "",
                "PYTHONPATH": f"{PROJECT_DIR}:{Path(__file__).parent}:{Path(__file__).parent.parent}",
                "TIEOUT_LAKE": str(spark.lake),
                "TIEOUT_TARGET": "spark",
                "TIEOUT_SPARK_WAREHOUSE": str(spark.spark_warehouse),
                "TIEOUT_WAREHOUSE": str(spark.warehouse),
                "TIEOUT_PSEUDONYM_KEY": KEY,
            },
            check=True,
        )
        assert reader.sql("from staging.stg_closes").fetchall() == [(datetime.date(2026, 3, 26),)]
    assert rows(spark, "from staging.stg_closes") == [(datetime.date(2026, 3, 27),)]
    assert [path.name for path in spark.warehouse.parent.iterdir()] == [spark.warehouse.name]


@pytest.mark.parametrize("hindrance", ["a damaged file", "a column that the contract has", "another key"])
def test_what_cannot_be_handed_over_leaves_the_file_before(
    hindrance: str, spark: Settings, write: Write
) -> None:
    give(spark)
    before = spark.warehouse.read_bytes()
    if hindrance == "a damaged file":
        (spark.spark_warehouse / "staging.db" / "stg_closes" / "part-0.parquet").write_bytes(b"PAR1 half")
    elif hindrance == "another key":
        write("payroll.dim_employees", EMPLOYEES.replace(pseudonym(KEY, "E-1"), pseudonym("another", "E-1")))
    else:
        write("marts.fct_items", "select 1 as item_id, 1.5 as amount, 'x' as memo")
    with pytest.raises(HandOverError, match="not handed over"):
        give(spark)
    assert spark.warehouse.read_bytes() == before
    assert [path.name for path in spark.warehouse.parent.iterdir()] == [spark.warehouse.name]


def test_a_table_that_spark_built_and_that_is_not_there_is_named(spark: Settings, write: Write) -> None:
    give(spark)
    before = spark.warehouse.read_bytes()
    shutil.rmtree(spark.spark_warehouse / "marts.db" / "fct_items")
    with pytest.raises(HandOverError, match=r"says that it built marts\.fct_items"):
        give(spark)
    assert spark.warehouse.read_bytes() == before
    write("ops.node_states", STATES.replace("success", "error"))
    assert give(spark) == ["marts.fct_items"]


def test_the_key_of_the_lake_is_that_of_the_first_build_on_either_engine(
    spark: Settings, write: Write
) -> None:
    spark.lake.mkdir()
    give(spark)
    write("payroll.dim_employees", EMPLOYEES.replace(pseudonym(KEY, "E-1"), pseudonym("another", "E-1")))
    with pytest.raises(PseudonymKeyError, match="not the key that the lake"):
        give(replace(spark, pseudonym_key="another"))


def test_a_warehouse_that_duckdb_built_stays(spark: Settings, write: Write) -> None:
    spark.warehouse.parent.mkdir()
    with duckdb.connect(str(spark.warehouse)) as connection:
        connection.execute("create table mine as select 1 as kept")
    with pytest.raises(HandOverError, match="a warehouse that DuckDB built"):
        give(spark)
    assert rows(spark, "from mine") == [(1,)]
    spark.warehouse.rename(spark.warehouse.with_suffix(".log_is_left")).with_suffix(".duckdb.wal").touch()
    with pytest.raises(HandOverError, match=r"with tieout\.duckdb\.wal"):
        give(spark)


def test_dbt_on_duckdb_does_not_build_in_what_spark_handed_over(spark: Settings, write: Write) -> None:
    give(spark)
    opened = (
        "import duckdb, sys; from orchestration.warehouse.dbt_plugin import Plugin;"
        "plugin = Plugin.__new__(Plugin);"
        "plugin.configure_connection(duckdb.connect(sys.argv[1]))"
    )
    before = spark.warehouse.read_bytes()
    done = subprocess.run(
        [sys.executable, "-c", opened, str(spark.warehouse)],
        env={
            "PATH": "",
            "PYTHONPATH": str(PROJECT_DIR),
            "TIEOUT_WAREHOUSE": str(spark.warehouse),
            "TIEOUT_LAKE": str(spark.lake),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert "is what Spark handed over, and nothing to build in" in done.stderr
    assert spark.warehouse.read_bytes() == before


def test_inputs_are_kept_as_long_as_a_node_is_of_their_run(spark: Settings, write: Write) -> None:
    give(spark, "run-1", date="a")
    write("ops.node_states", f"{STATES} union all {STATES.replace('run-1', 'run-2')}")
    give(spark, "run-2", date="b")
    kept = rows(spark, "select invocation_id, fingerprint from ops.run_inputs order by all")
    assert kept == [("run-1", "a"), ("run-2", "b")]
    write("ops.node_states", STATES.replace("run-1", "run-2"))
    give(spark, None, date="not known")
    assert rows(spark, "select invocation_id, fingerprint from ops.run_inputs") == [("run-2", "b")]


def test_a_build_that_was_not_handed_over_is_noticed(spark: Settings, write: Write) -> None:
    assert not is_current(spark)
    give(spark)
    assert is_current(spark)
    with duckdb.connect(str(spark.warehouse), read_only=True) as connection:
        assert is_handed_over(connection)
    folder = write("ops.node_states", STATES, part="part-of-another-run")
    (folder / "part-0.parquet").unlink()
    assert not is_current(spark)
