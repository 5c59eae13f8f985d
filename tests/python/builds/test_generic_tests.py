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
on-run-end: "{{{{ tell_broken_rules(results) }}}}"
"""
PROFILES = """
planted:
  target: duckdb
  outputs:
    duckdb: {type: duckdb, path: planted.duckdb}
"""
ADDS_UP = "adds_up: {arguments: {total: total, parts: [first, second]}}"
NOT_NULL = "rows_conform: {arguments: {not_null: {first, second}}}"
KEY = "rows_conform: {arguments: {unique: {first}}}"
KEYS = "rows_conform: {arguments: {unique: {'first, second', third}}}"
TEXTS = "rows_conform: {arguments: {accepted_values: {first: {in, out, '1'}}}}"
NUMBERS = "rows_conform: {arguments: {accepted_values: {first: {1, 2.5}}}}"
ALL = "rows_conform: {arguments: {unique: {first}, not_null: {second}, accepted_values: {third: {a}}}}"
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
        "rows_conform: {arguments: {not_null: {failing_rows, column_names, rows_1}}}",
        "select 1 as failing_rows, cast(null as varchar) as column_names, 2 as rows_1",
        "fail",
    ),
    "key_good": (KEY, "select 1 as first union all select 2", "pass"),
    "key_nulls": (KEY, "select cast(null as int) as first union all select null", "pass"),
    "key_repeat": (KEY, "select 1 as first union all select 1 union all select 2", "fail"),
    "keys_good": (
        KEYS,
        "select 1 as first, 2 as second, 1 as third union all select 2, 1, 2 union all select 1, null, null",
        "pass",
    ),
    "keys_first": (KEYS, "select 1 as first, 2 as second, 1 as third union all select 1, 2, 2", "fail"),
    "keys_second": (KEYS, "select 1 as first, 2 as second, 1 as third union all select 2, 2, 1", "fail"),
    "keys_nulls": (
        KEYS,
        "select 1 as first, cast(null as int) as second, 1 as third union all select 1, null, 2",
        "fail",
    ),
    "texts_good": (TEXTS, "select 'in' as first union all select null union all select '1'", "pass"),
    "texts_other": (TEXTS, "select 'in' as first union all select 'In' union all select 'x'", "fail"),
    "numbers_good": (NUMBERS, "select 1 as first union all select 2.5 union all select null", "pass"),
    "numbers_other": (NUMBERS, "select 3 as first", "fail"),
    "all_good": (ALL, "select 1 as first, 1 as second, 'a' as third union all select 2, 1, null", "pass"),
    "all_broken": (
        ALL,
        "select 1 as first, 1 as second, 'a' as third union all select 1, null, 'b' "
        "union all select 2, 1, 'c'",
        "fail",
    ),
}


# The rows that a failed test returns lead to what is wrong.
FAILING_ROWS = {
    "not_null_first": [("not_null", "first", 1)],
    "not_null_second": [("not_null", "second", 1)],
    "not_null_both": [("not_null", "first", 1), ("not_null", "second", 2)],
    "not_null_own_words": [("not_null", "column_names", 1)],
    "key_repeat": [("unique", "first", 2)],
    "keys_first": [("unique", "first, second", 2)],
    "keys_second": [("unique", "third", 2)],
    "keys_nulls": [("unique", "first, second", 2)],
    "texts_other": [("accepted_values", "first", 2)],
    "numbers_other": [("accepted_values", "first", 1)],
    "all_broken": [("accepted_values", "third", 2), ("not_null", "second", 1), ("unique", "first", 2)],
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


def test_a_failed_test_says_which_rules_rows_break(results: dict[str, dict[str, Any]]) -> None:
    failed = results["all_broken"]
    assert failed["failures"] == 5
    assert failed["adapter_response"]["broken_rules"] == (
        "not_null second: 1 row; accepted_values third: 2 rows; unique first: 2 rows"
    )
    assert "broken_rules" not in results["all_good"]["adapter_response"]
