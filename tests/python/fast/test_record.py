"""Runs of dbt as facts: recorded once, free of data, and no hindrance to a build."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from orchestration.cli import main
from orchestration.lake.read import lake_rows
from orchestration.settings import Settings
from orchestration.warehouse.artifacts import ArtifactError
from orchestration.warehouse.record import record_run

SECRET = "Alma Reyes 123-45-6789"
COLUMNS = ["node_name", "status", "message", "row_count", "failure_count", "seconds"]


def result(unique_id: str, status: str = "success", **values: object) -> dict:
    return {"unique_id": unique_id, "status": status, "execution_time": 1.5, "adapter_response": {}} | values


def artifacts(folder: Path, *results: dict, invocation_id: str = "i1", command: str = "build") -> Path:
    """A target folder as dbt leaves it, with a private model and a test of it."""
    folder.mkdir(exist_ok=True)
    nodes = {
        "model.tieout.fct_items": {"name": "fct_items", "schema": "marts", "alias": "fct_items"},
        "model.tieout.fct_payslips": {"name": "fct_payslips", "schema": "payroll", "alias": "fct_payslips"},
        "test.tieout.payslips_add_up": {
            "name": "payslips_add_up",
            "schema": "dbt_test__audit",
            "depends_on": {"nodes": ["model.tieout.fct_payslips"]},
        },
    }
    manifest = {
        "metadata": {"project_name": "tieout", "adapter_type": "duckdb"},
        "nodes": nodes,
        "unit_tests": {},
        "sources": {},
    }
    run = {
        "metadata": {
            "invocation_id": invocation_id,
            "dbt_schema_version": "https://schemas.getdbt.com/dbt/run-results/v6.json",
            "invocation_started_at": "2026-02-02T21:00:00Z",
            "generated_at": "2026-02-02T21:02:00Z",
        },
        "args": {"which": command, "select": []},
        "elapsed_time": 118.25,
        "results": list(results),
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))
    (folder / "run_results.json").write_text(json.dumps(run))
    return folder


def test_a_run_is_recorded_once(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIEOUT_BUSINESS_DATE", "2026-02-02")
    target = artifacts(
        tmp_path / "target",
        result("model.tieout.fct_items"),
        result("test.tieout.payslips_add_up", "fail", failures=3),
    )
    assert record_run(settings, target).invocation_ids == ("i1",)
    again = record_run(settings, target)
    assert (again.invocation_ids, again.known) == ((), ("i1",))
    (run,) = lake_rows(
        settings.lake, "dbt_runs", ["status", "seconds", "failed_count", "business_date", "started_at"]
    )
    assert (run["status"], run["seconds"], run["failed_count"]) == ("failed", Decimal("118.25"), 1)
    assert str(run["business_date"]) == "2026-02-02"
    assert len(lake_rows(settings.lake, "dbt_node_runs", COLUMNS)) == 2


def test_messages_hold_no_data(settings: Settings, tmp_path: Path) -> None:
    error = f"Runtime Error in model fct_items (a.sql)\n  Conversion Error: '{SECRET}'\n  {SECRET}"
    target = artifacts(
        tmp_path / "target",
        result("model.tieout.fct_items", "error", message=error),
        result("model.tieout.fct_payslips", "error", message=SECRET),
        result("test.tieout.payslips_add_up", "error", message=SECRET),
        result(
            "test.tieout.payslips_add_up",
            "fail",
            message=SECRET,
            adapter_response={"broken_rules": "unique payslip_id: 2 rows"},
        ),
    )
    record_run(settings, target)
    messages = [row["message"] for row in lake_rows(settings.lake, "dbt_node_runs", COLUMNS)]
    assert messages == [
        "Runtime Error in model fct_items (a.sql): Conversion Error",
        None,
        None,
        "unique payslip_id: 2 rows",
    ]
    assert not any(SECRET.encode() in file.read_bytes() for file in settings.lake.rglob("*.parquet"))


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda folder: (folder / "run_results.json").unlink(), "dbt build"),
        (lambda folder: (folder / "run_results.json").write_text('{"metadata": {'), "not a whole file"),
        (lambda folder: (folder / "run_results.json").write_text("[]"), "not a whole file"),
        (lambda folder: (folder / "manifest.json").unlink(), "cannot be read"),
        (
            lambda folder: (folder / "manifest.json").write_text('{"metadata": {"project_name": "other"}}'),
            "project other",
        ),
        (lambda folder: artifacts(folder, command="compile"), "neither builds nor tests"),
    ],
    ids=["absent", "cut off", "other shape", "no manifest", "foreign", "compile"],
)
def test_what_is_not_recorded(settings: Settings, tmp_path: Path, spoil: object, told: str) -> None:
    target = artifacts(tmp_path / "target", result("model.tieout.fct_items"))
    spoil(target)
    with pytest.raises(ArtifactError, match=told):
        record_run(settings, target)
    assert not settings.lake.exists()


def test_the_command_says_what_it_did(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIEOUT_LAKE", str(settings.lake))
    target = artifacts(tmp_path / "target", result("model.tieout.fct_items"))
    first, second = (
        CliRunner().invoke(main, ["record", "--target-dir", str(target)]) for _ in ("first", "second")
    )
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "1 nodes" in first.output
    assert "already" in second.output
    nothing = CliRunner().invoke(main, ["record", "--target-dir", str(tmp_path / "nowhere")])
    assert nothing.exit_code == 1
