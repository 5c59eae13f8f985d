"""Tests of the tests: each generic test passes on good rows and fails on a planted bad one."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import duckdb
import pytest
from dbt_runs import DBT

from orchestration.settings import PROJECT_DIR

PROJECT = f"""
name: planted
version: "1.0"
profile: planted
test-paths: ["tests"]
macro-paths: ["{PROJECT_DIR / "macros"}"]
flags:
  send_anonymous_usage_stats: false
"""
PROFILES = """
planted:
  target: duckdb
  outputs:
    duckdb: {type: duckdb, path: planted.duckdb}
"""
ADDS_UP = "adds_up: {arguments: {total: total, parts: [first, second]}}"
NOT_NULL = "not_null_columns: {arguments: {columns: [first, second]}}"
UNIQUE = "unique_combination: {arguments: {columns: [first, second]}}"
OURS = "green_where_ours: {arguments: {controls: ref('policies')}}"
CURRENCY = "amounts_with_currency: {arguments: {controls: ref('policies')}}"
# Of the controls, ours is red by a defect only and has a currency; theirs neither.
POLICIES = """
select 'ours' as control_code, true as is_ours, true as has_currency
union all
select 'theirs' as control_code, false as is_ours, false as has_currency
"""
TOTAL = "select '{}' as control_code, '{}' as status, '{}' as measure, {} as currency"
CASES = {
    "ours_good": (OURS, TOTAL.format("ours", "green", "rows", "null"), "pass"),
    "ours_theirs_red": (OURS, TOTAL.format("theirs", "red", "rows", "null"), "pass"),
    "ours_red": (OURS, TOTAL.format("ours", "red", "rows", "null"), "fail"),
    "currency_good": (CURRENCY, TOTAL.format("ours", "green", "amount", "'EUR'"), "pass"),
    "currency_of_several": (CURRENCY, TOTAL.format("theirs", "green", "amount", "null"), "pass"),
    "currency_of_rows": (CURRENCY, TOTAL.format("ours", "green", "rows", "null"), "pass"),
    "currency_missing": (CURRENCY, TOTAL.format("ours", "green", "amount", "null"), "fail"),
    "currency_missing_of_balance": (
        CURRENCY,
        TOTAL.format("ours", "red", "balance per books", "null"),
        "fail",
    ),
    "adds_up_good": (ADDS_UP, "select 3.00 as total, 1.00 as first, 2.00 as second", "pass"),
    "adds_up_cent": (ADDS_UP, "select 3.01 as total, 1.00 as first, 2.00 as second", "fail"),
    "adds_up_null_total": (ADDS_UP, "select cast(null as int) as total, 1 as first, 2 as second", "fail"),
    "adds_up_null_part": (ADDS_UP, "select 3 as total, 3 as first, cast(null as int) as second", "fail"),
    "adds_up_all_null": (
        ADDS_UP,
        "select cast(null as int) as total, cast(null as int) as first, cast(null as int) as second",
        "fail",
    ),
    "not_null_good": (NOT_NULL, "select 1 as first, 'b' as second, cast(null as int) as third", "pass"),
    "not_null_no_rows": (NOT_NULL, "select 1 as first, 2 as second where 1 = 2", "pass"),
    "not_null_first": (NOT_NULL, "select cast(null as int) as first, 2 as second", "fail"),
    "not_null_second": (NOT_NULL, "select 1 as first, 'b' as second union all select 2, null", "fail"),
    "not_null_both": (
        NOT_NULL,
        "select 1 as first, cast(null as int) as second union all select null, null union all select 3, 4",
        "fail",
    ),
    "not_null_own_words": (
        "not_null_columns: {arguments: {columns: [null_count, column_name, counted]}}",
        "select 1 as null_count, cast(null as varchar) as column_name, 2 as counted",
        "fail",
    ),
    "unique_good": (UNIQUE, "select 1 as first, 2 as second union all select 2, 1", "pass"),
    "unique_repeat": (UNIQUE, "select 1 as first, 2 as second union all select 1, 2", "fail"),
}


# The rows that a failed test returns lead to what is wrong.
FAILING_ROWS = {
    "not_null_first": [("first", 1)],
    "not_null_second": [("second", 1)],
    "not_null_both": [("first", 1), ("second", 2)],
    "not_null_own_words": [("column_name", 1)],
    "unique_repeat": [(1, 2, 2)],
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dbt project of the cases, built: a model and its test each."""
    project = tmp_path_factory.mktemp("planted")
    (project / "models").mkdir()
    (project / "dbt_project.yml").write_text(PROJECT)
    (project / "profiles.yml").write_text(PROFILES)
    (project / "tests").mkdir()
    (project / "tests" / "generic").symlink_to(PROJECT_DIR / "tests" / "generic")
    (project / "models" / "policies.sql").write_text(POLICIES)
    for name, (test, sql, _) in CASES.items():
        (project / "models" / f"{name}.sql").write_text(sql)
        (project / "models" / f"{name}.yml").write_text(
            f"models:\n  - name: {name}\n    data_tests:\n      - {test}\n"
        )
    subprocess.run(
        [DBT, "build", "--quiet"],
        cwd=project,
        env=os.environ | {"TIEOUT_COLLECT": "off"},
        capture_output=True,
        check=False,
    )
    return project


@pytest.fixture(scope="module")
def results(project: Path) -> dict[str, dict[str, Any]]:
    """The result of each case's test, by the name of its model."""
    results = json.loads((project / "target" / "run_results.json").read_text())["results"]
    manifest = json.loads((project / "target" / "manifest.json").read_text())["nodes"]
    return {
        manifest[result["unique_id"]]["attached_node"].rsplit(".", 1)[-1]: result
        for result in results
        if result["unique_id"].startswith("test.")
    }


def test_every_generic_test_has_planted_cases() -> None:
    defined = {path.stem for path in (PROJECT_DIR / "tests" / "generic").glob("*.sql")}
    covered = {test.split(":")[0] for test, _, _ in CASES.values()}
    assert defined == covered


@pytest.mark.parametrize("name", CASES)
def test_planted_case(name: str, results: dict[str, dict[str, Any]]) -> None:
    assert results[name]["status"] == CASES[name][2]


@pytest.mark.parametrize("name", FAILING_ROWS)
def test_failing_rows(name: str, project: Path, results: dict[str, dict[str, Any]]) -> None:
    with duckdb.connect(str(project / "planted.duckdb"), read_only=True) as warehouse:
        assert sorted(warehouse.execute(results[name]["compiled_code"]).fetchall()) == FAILING_ROWS[name]
