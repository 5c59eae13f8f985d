"""The bank, payroll and operations build, publish, close and fail apart."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from dbt_runs import leave_parsed
from independent_books import generate_books

from orchestration.defs.project import prepared_manifest
from orchestration.settings import PROJECT_DIR

NIGHT = "2026-10-09"
PROJECT = ("dbt_project.yml", "packages.yml", "profiles.yml", "selectors.yml", "pyproject.toml")
FOLDERS = ("dbt_packages", "macros", "models", "orchestration", "seeds", "tests/generic", "tests/singular")
BROKEN = "select count(*) as payslips from {{ ref('fct_payslips') }}\n"


def test_a_step_builds_what_the_warehouse_says_is_of_its_domain(demo_zone: Path) -> None:
    from orchestration.defs.transform import bank, operations, payroll

    with duckdb.connect(str(demo_zone / "warehouse" / "tieout.duckdb"), read_only=True) as warehouse:
        nodes = warehouse.execute(
            "select schema_name, table_name, domain from ops.node_states where resource_type <> 'test'"
        ).fetchall()
        tests = dict(
            warehouse.execute(
                "select split_part(node_id, '.', 3), domain from ops.node_states where resource_type = 'test'"
            ).fetchall()
        )
    for domain, step in (("bank", bank), ("payroll", payroll), ("operations", operations)):
        assert {key.path[-1] for key in step.keys} == {table for _, table, found in nodes if found == domain}
        checked = {tests[spec.name] for spec in step.check_specs if spec.name in tests}
        assert checked == {domain}


def test_a_seed_that_payroll_or_operations_alone_reads_is_theirs() -> None:
    nodes = json.loads(prepared_manifest().read_text())["nodes"]
    readers: dict[str, set[str]] = {}
    for node in nodes.values():
        if node["resource_type"] == "model":
            for parent in node["depends_on"]["nodes"]:
                readers.setdefault(parent, set()).add(node["config"]["group"])
    for unique_id, seed in nodes.items():
        if seed["resource_type"] == "seed":
            alone = readers.get(unique_id, set())
            expected = alone if alone in ({"payroll"}, {"operations"}) else set()
            assert {seed["config"].get("group")} & {"payroll", "operations"} == expected, unique_id


@pytest.mark.long
def test_a_broken_test_of_payroll_keeps_the_bank_from_nothing(tmp_path: Path) -> None:
    """A night of the project with one more test, which fails: the bank is built, published and closed."""
    project, zone = tmp_path / "project", tmp_path / "zone"
    for folder in FOLDERS:
        shutil.copytree(
            PROJECT_DIR / folder, project / folder, ignore=shutil.ignore_patterns("__pycache__", "history")
        )
    for file in PROJECT:
        shutil.copy(PROJECT_DIR / file, project)
    (project / "tests" / "singular" / "assert_payroll_is_broken.sql").write_text(BROKEN)
    generate_books(zone / "landing", zone / "truth.csv", seed=5, size=100)
    home = zone / "dagster"
    home.mkdir()
    shutil.copy(PROJECT_DIR / "orchestration" / "instance" / "dagster.yaml", home)
    environment = os.environ | {
        "PYTHONPATH": str(project),
        "DAGSTER_HOME": str(home),
        "TIEOUT_LANDING": str(zone / "landing"),
        "TIEOUT_LAKE": str(zone / "lake"),
        "TIEOUT_WAREHOUSE": str(zone / "warehouse" / "tieout.duckdb"),
        "TIEOUT_PUBLISHED": str(zone / "published"),
        "TIEOUT_REPORTS": str(zone / "reports"),
    }
    leave_parsed(project / "target", environment)
    night = subprocess.run(
        [sys.executable, "-c", "from orchestration.cli import main; main()", "night", NIGHT],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    said = night.stdout[-3000:] + night.stderr[-3000:]
    assert night.returncode == 2 and "payroll failed" in night.stderr, said
    version = json.loads((zone / "published" / "current" / "version.json").read_text())
    assert version["domains"].keys() == {"bank", "operations"}, said
    assert version["as_of_date"] == NIGHT
    assert [path.name for path in (zone / "reports").iterdir()] == [f"{NIGHT}.html"]
    closes = f"select closed_on::varchar from '{zone}/lake/closes/*.parquet'"
    assert duckdb.sql(closes).fetchall() == [(NIGHT,)]
