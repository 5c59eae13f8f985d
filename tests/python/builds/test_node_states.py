"""What the warehouse holds of each node: pending once it, or what it depends on, is built again."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
import yaml
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner

from orchestration.lake.read import as_patterns
from orchestration.settings import PROJECT_DIR
from orchestration.warehouse.hand_over import table_files

# one -> two -> three, and apart from them alone.
MODELS = {
    "one": "select {{ var('number', 1) }} as number",
    "two": "select number from {{ ref('one') }}",
    "three": "select {{ 'nothing' if var('broken', false) else 'number' }} from {{ ref('two') }}",
    "alone": "select 1 as number",
    "passing": "{{ config(materialized='ephemeral') }} select 1 as number",
}


class Project:
    """A dbt project of four models, a test each, and the hooks of the main project, on an engine."""

    def __init__(self, folder: Path, engine: str = "duckdb") -> None:
        self.folder = folder
        self.engine = engine
        (folder / "models").mkdir()
        for name, query in MODELS.items():
            (folder / "models" / f"{name}.sql").write_text(query)
        tested = [name for name in MODELS if name != "passing"]
        rules = {"accepted_values": {"number": {1: None}}}
        tests = {
            name: [{"rows_conform": {"name": f"rows_conform_{name}", "arguments": rules}}] for name in tested
        }
        (folder / "models" / "models.yml").write_text(
            yaml.safe_dump({"models": [{"name": name, "data_tests": tests[name]} for name in tested]})
        )
        (folder / "tests").mkdir()
        (folder / "tests" / "generic").symlink_to(PROJECT_DIR / "tests" / "generic")
        main = yaml.safe_load((PROJECT_DIR / "dbt_project.yml").read_text())
        project = {
            "name": "nodes",
            "profile": "nodes",
            "macro-paths": [str(PROJECT_DIR / "macros" / "builds")],
            "on-run-start": [hook for hook in main["on-run-start"] if "node_states" in hook],
            "on-run-end": [hook for hook in main["on-run-end"] if "batches" not in hook],
            "flags": {
                "send_anonymous_usage_stats": False,
                "require_generic_test_arguments_property": True,
            },
        }
        (folder / "dbt_project.yml").write_text(yaml.safe_dump(project))
        for name in ("dbt_packages", "packages.yml"):
            (folder / name).symlink_to(PROJECT_DIR / name)
        spark = folder / "spark"
        outputs = {
            "duckdb": {"type": "duckdb", "path": str(folder / "nodes.duckdb"), "threads": 1},
            "spark": {
                "type": "spark",
                "method": "session",
                "host": "here",
                "schema": "main",
                "threads": 1,
                "server_side_parameters": {
                    "spark.master": "local[1]",
                    "spark.sql.warehouse.dir": str(spark),
                    "spark.hadoop.javax.jdo.option.ConnectionURL": (
                        f"jdbc:derby:;databaseName={spark}/metastore;create=true"
                    ),
                    "spark.ui.enabled": "false",
                },
            },
        }
        (folder / "profiles.yml").write_text(
            yaml.safe_dump({"nodes": {"target": engine, "outputs": {engine: outputs[engine]}}})
        )

    def dbt(self, *arguments: str) -> bool:
        """Call dbt; whether it succeeded."""
        if self.engine == "spark":  # in a process of its own, which has one session and one metastore
            program = Path(sys.executable).with_name("dbt")
            return not subprocess.run([program, *arguments, *self.flags()], cwd=self.folder).returncode
        outcome = dbtRunner().invoke([*arguments, *self.flags()])
        DuckDBConnectionManager.close_all_connections()
        return outcome.success

    def flags(self) -> list[str]:
        return ["--project-dir", str(self.folder), "--profiles-dir", str(self.folder), "--log-level", "none"]

    def states(self) -> dict[str, str]:
        """Status by node; a test is named as its model in parentheses."""
        states = {}
        for node_id, status in self.rows("node_id, status"):
            kind, _, name, *_ = node_id.split(".")
            model = name.removeprefix("rows_conform_").split("_")[0]
            states[f"({model})" if kind == "test" else model] = status
        return states

    def broken_rules(self) -> set[str]:
        """What the tests that failed say."""
        return {rules for (rules,) in self.rows("broken_rules") if rules is not None}

    def rows(self, columns: str) -> list[tuple]:
        """Columns of the states."""
        if self.engine == "spark":
            files = as_patterns(table_files(self.folder / "spark", "ops", "node_states"))
            return duckdb.execute(f"select {columns} from read_parquet(?)", [files]).fetchall()
        with duckdb.connect(str(self.folder / "nodes.duckdb"), read_only=True) as connection:
            return connection.execute(f"select {columns} from ops.node_states").fetchall()

    def undone(self) -> dict[str, str]:
        """Those of the states that are not as they should be."""
        return {name: status for name, status in self.states().items() if status not in ("success", "pass")}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The project, built whole."""
    project = Project(tmp_path_factory.mktemp("nodes"))
    assert project.dbt("build")
    return project


@pytest.fixture
def project(built: Project) -> Project:
    """The project as a whole build leaves it."""
    if built.undone():
        assert built.dbt("build")
    return built


def test_a_whole_build_leaves_nothing_pending(project: Project) -> None:
    assert project.undone() == {}
    assert set(project.states()) == {
        name for node in MODELS if node != "passing" for name in (node, f"({node})")
    }


def test_what_was_not_built_or_tested_again_is_pending(project: Project) -> None:
    assert project.dbt("run", "--select", "two")
    assert project.undone() == dict.fromkeys(("(two)", "three", "(three)"), "pending")
    assert project.dbt("test", "--select", "two")
    assert project.undone() == dict.fromkeys(("three", "(three)"), "pending")
    assert project.dbt("build", "--select", "three")
    assert project.undone() == {}


def test_what_failed_and_what_was_skipped_for_it_stays_so_until_a_retry(project: Project) -> None:
    assert not project.dbt("build", "--vars", "{number: 2}")
    states = project.undone()
    assert states == {"(one)": "fail"} | dict.fromkeys(("two", "(two)", "three", "(three)"), "skipped")
    assert project.broken_rules() == {"accepted_values number: 1 row"}
    assert project.dbt("build", "--select", "alone")
    assert project.broken_rules() == {"accepted_values number: 1 row"}
    assert project.dbt("build", "--select", "one")
    assert project.broken_rules() == set()
    assert project.undone() == dict.fromkeys(("two", "(two)", "three", "(three)"), "pending")
    assert not project.dbt("build", "--vars", "{broken: true}")
    assert project.undone() == {"three": "error", "(three)": "skipped"}


def test_a_data_test_that_is_left_out_is_not_pending_and_one_that_failed_stays(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not project.dbt("build", "--vars", "{number: 2}")
    monkeypatch.setenv("TIEOUT_DATA_TESTS", "off")
    assert project.dbt("build", "--exclude-resource-type", "test", "--select", "two+", "alone")
    assert project.undone() == {"(one)": "fail"} | dict.fromkeys(("(two)", "(three)", "(alone)"), "left out")
    monkeypatch.delenv("TIEOUT_DATA_TESTS")
    assert project.dbt("build")
    assert project.undone() == {}


@pytest.mark.more
@pytest.mark.skipif(not shutil.which("java"), reason="Left out: states on Spark, for want of Java 17")
def test_spark_keeps_the_same_states(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pyspark")
    project = Project(tmp_path, "spark")
    assert not project.dbt("build", "--vars", "{number: 2}")
    states = project.undone()
    assert states == {"(one)": "fail"} | dict.fromkeys(("two", "(two)", "three", "(three)"), "skipped")
    assert project.broken_rules() == {"accepted_values number: 1 row"}
    assert project.states()["alone"] == "success"
    monkeypatch.setenv("TIEOUT_DATA_TESTS", "off")
    assert project.dbt("run", "--select", "one+")
    assert project.undone() == dict.fromkeys(("(one)", "(two)", "(three)"), "left out")


def test_an_empty_run_proves_nothing(project: Project) -> None:
    assert project.dbt("build", "--empty")
    assert set(project.undone().values()) == {"pending"}


def test_a_killed_build_leaves_what_it_set_out_to_do_pending(project: Project) -> None:
    (project.folder / "models" / "three.sql").write_text(
        "select number from {{ ref('two') }} where number < (select count(*) from range(100000000000))"
    )
    try:
        process = subprocess.Popen(
            [Path(sys.executable).with_name("dbt"), "build", *project.flags()[:-1], "info"],
            stdout=subprocess.PIPE,
            text=True,
            cwd=project.folder,
            env=os.environ,
        )
        for line in process.stdout:
            if "START sql" in line and "three" in line:
                break
        process.kill()
        process.wait()
        process.stdout.close()
    finally:
        (project.folder / "models" / "three.sql").write_text(MODELS["three"])
    assert set(project.undone().values()) == {"pending"}
    assert "three" in project.undone()


def test_a_node_that_is_gone_is_forgotten_and_a_new_one_is_pending(project: Project) -> None:
    (project.folder / "models" / "new.sql").write_text("select 1 as number")
    assert project.dbt("run", "--select", "alone")
    assert project.undone() == {"new": "pending", "(alone)": "pending"}
    (project.folder / "models" / "new.sql").unlink()
    assert project.dbt("build", "--select", "alone")
    assert "new" not in project.states()
