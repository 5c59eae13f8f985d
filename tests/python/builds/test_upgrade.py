"""A lake and a warehouse that an older Tieout left: the next build brings them up to date by itself."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pyarrow.parquet
import pytest
from dbt_runs import MODELS_ONLY, run_dbt, warehouse_of
from older_lakes import forget_chain

from orchestration.settings import PROJECT_DIR

BUILT = ["--select", "pay_items", "pay_item_limits", "stg_collect__files", "stg_payroll__employees"]
# How each would look in a world before a column, a table or a type came.
OLDER = {
    "a seed without a column": "alter table {seed} drop column line_order",
    "a seed whose column had another type": "alter table {seed} alter line_order type varchar",
    "a seed with a column that is gone": "alter table {seed} add column old_code varchar",
    "a record of nodes without domains and rules": (
        "alter table ops.node_states drop column domain; alter table ops.node_states drop column broken_rules"
    ),
    "no record of inputs": "drop table ops.run_inputs",
    "a table where a view is now": (
        "create table staging.older as"
        " select * replace (upper(path) as path) from staging.stg_collect__files;"
        " drop view staging.stg_collect__files; alter table staging.older rename to stg_collect__files"
    ),
}


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A zone of HR's files, as it is built today."""
    folder = tmp_path_factory.mktemp("fresh")
    shutil.copytree(PROJECT_DIR / "landing" / "hr", folder / "landing" / "hr")
    build(folder)
    return folder


@pytest.fixture
def older(fresh: Path, tmp_path: Path) -> Path:
    """The same zone, to be made older."""
    shutil.copytree(fresh, tmp_path, dirs_exist_ok=True, copy_function=shutil.copy2)
    return tmp_path


def build(folder: Path) -> None:
    """What a person runs after an upgrade."""
    run_dbt("build", *BUILT, *MODELS_ONLY, zone=folder, landing=folder / "landing")


def contents(folder: Path) -> dict[str, list[tuple]]:
    """Columns and rows of what was built; where a zone stands is not compared."""
    with duckdb.connect(str(warehouse_of(folder)), read_only=True) as warehouse:
        seed = seed_of(warehouse)
        return {
            name: [*warehouse.execute(f"describe {name}").fetchall(), *warehouse.execute(query).fetchall()]
            for name, query in {
                seed: f"from {seed} order by all",
                "staging.stg_collect__files": "select path from staging.stg_collect__files order by 1",
                "payroll.stg_payroll__employees": "from payroll.stg_payroll__employees order by all",
            }.items()
        }


def seed_of(warehouse: duckdb.DuckDBPyConnection) -> str:
    """The seed that is made older, with its schema."""
    (schema,) = warehouse.execute(
        "select schema_name from duckdb_tables() where table_name = 'pay_items'"
    ).fetchone()
    return f"{schema}.pay_items"


@pytest.mark.parametrize("world", OLDER)
def test_a_warehouse_of_before_is_brought_up_to_date(world: str, fresh: Path, older: Path) -> None:
    with duckdb.connect(str(warehouse_of(older))) as warehouse:
        warehouse.execute(OLDER[world].format(seed=seed_of(warehouse)))
    if "ops." not in OLDER[world]:
        assert contents(older) != contents(fresh)
    build(older)
    assert contents(older) == contents(fresh)


def test_a_lake_of_before_is_read_with_nulls_and_completed(fresh: Path, older: Path) -> None:
    (file,) = (older / "lake" / "collected_files").glob("*.parquet")
    table = pyarrow.parquet.read_table(file)
    pyarrow.parquet.write_table(table.drop_columns(["complete_from", "complete_to"]), file)
    shutil.rmtree(older / "lake" / "storage_uses")
    forget_chain(older / "lake", warehouse_of(older))
    build(older)
    assert contents(older) == contents(fresh)
    assert any((older / "lake" / "storage_uses").iterdir())
