"""Tables and views of DuckDB are replaced where they stand: whole, or not at all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner

from orchestration.settings import PROJECT_DIR

MODELS = {
    "figures": "{{ config(materialized=var('kind', 'table')) }} select {{ var('number', 1) }} as number",
    "told": "select '{{ var('text', 'one') }}' as text, {{ var('stated', 'true') }} as is_true",
    "read": (
        "{{ config(materialized='view') }}"
        " select number, text from {{ ref('figures') }} cross join {{ ref('told') }}"
    ),
}
TOLD = {
    "name": "told",
    "description": "One row: what is told.",
    "config": {
        "materialized": "table",
        "contract": {"enforced": True},
        "persist_docs": {"relation": True, "columns": True},
    },
    "columns": [
        {"name": "text", "data_type": "varchar", "description": "Its text."},
        {"name": "is_true", "data_type": "boolean"},
    ],
}
STANDING = """
    select table_name, 'table' from duckdb_tables()
    union all
    select view_name, 'view' from duckdb_views() where not internal
    order by all
"""


class Project:
    """A dbt project of a table, a mart and a view of both."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "models").mkdir()
        (folder / "macros").mkdir()
        (folder / "macros" / "replaced.sql").symlink_to(PROJECT_DIR / "macros" / "engines" / "replaced.sql")
        for name, query in MODELS.items():
            (folder / "models" / f"{name}.sql").write_text(query)
        output = {"type": "duckdb", "path": str(folder / "figures.duckdb"), "threads": 1}
        for name, content in {
            "models/told.yml": {"models": [TOLD]},
            "dbt_project.yml": {"name": "figures", "profile": "figures"},
            "profiles.yml": {"figures": {"target": "duckdb", "outputs": {"duckdb": output}}},
        }.items():
            (folder / name).write_text(yaml.safe_dump(content))

    def build(self, **variables: Any) -> bool:
        """Build the project; whether it succeeded."""
        places = ["--project-dir", str(self.folder), "--profiles-dir", str(self.folder)]
        said = ["--vars", json.dumps(variables), "--log-level", "none", "--no-send-anonymous-usage-stats"]
        outcome = dbtRunner().invoke(["build", *places, *said])
        DuckDBConnectionManager.close_all_connections()
        return outcome.success

    def rows(self, query: str) -> list[tuple]:
        with duckdb.connect(str(self.folder / "figures.duckdb"), read_only=True) as connection:
            return connection.execute(query).fetchall()


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project(tmp_path_factory.mktemp("figures"))
    assert project.build()
    return project


def test_what_is_built_again_is_replaced(project: Project) -> None:
    assert project.build(number=2, text="two")
    assert project.rows("select * from read") == [(2, "two")]
    assert project.rows(STANDING) == [("figures", "table"), ("read", "view"), ("told", "table")]
    assert project.rows("select comment from duckdb_tables() where table_name = 'told'") == [
        ("One row: what is told.",)
    ]
    texts = "select comment from duckdb_columns() where table_name = 'told' order by column_index"
    assert project.rows(texts) == [("Its text.",), ("",)]


def test_what_fails_leaves_what_was_there(project: Project) -> None:
    before = project.rows("from told")
    # At its first row, behind the statement that makes the table anew, and before that by its contract.
    for stated in ("cast(text as integer) = 1", "1"):
        assert not project.build(text="four", stated=stated), stated
    assert project.rows("from told") == before
    assert project.rows("select comment from duckdb_tables() where table_name = 'told'") == [
        ("One row: what is told.",)
    ]


def test_a_table_becomes_a_view_and_a_table_again(project: Project) -> None:
    assert project.build(number=3, kind="view")
    assert project.rows(STANDING)[0] == ("figures", "view")
    assert project.rows("select number from read") == [(3,)]
    assert not project.build(number="error('as asked')")
    assert project.rows(STANDING)[0] == ("figures", "view")
    assert project.rows("select number from figures") == [(3,)]
    assert project.build(number=4)
    assert project.rows(STANDING)[0] == ("figures", "table")
    assert project.rows("select number from read") == [(4,)]
