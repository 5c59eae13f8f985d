"""A whole night in Dagster: what it builds, checks, publishes and refuses."""

from __future__ import annotations

import os
from pathlib import Path

import dagster as dg
import pytest
from dbt_runs import leave_parsed

from orchestration.cli.night import night_outcome
from orchestration.defs.project import lake_asset_key


def test_a_whole_night_in_dagster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The demo's night: built, tested, its page written, payroll published, and the bank not: two reds."""
    from orchestration.definitions import defs

    for variable, path in {
        "TIEOUT_LAKE": "lake",
        "TIEOUT_WAREHOUSE": "warehouse/tieout.duckdb",
        "TIEOUT_PUBLISHED": "published",
        "TIEOUT_REPORTS": "reports",
        "DBT_TARGET_PATH": "target",
    }.items():
        monkeypatch.setenv(variable, str(tmp_path / path))
    leave_parsed(tmp_path / "target", os.environ)
    with dg.DagsterInstance.ephemeral() as instance:
        result = defs.resolve_job_def("night").execute_in_process(
            instance=instance, partition_key="2026-03-26", raise_on_error=False
        )
        outcome = night_outcome(result)
        assert outcome.error is None
        assert outcome.gate.count("accept") and "2 red controls" in outcome.gate
        events = result.get_asset_materialization_events()
        materialized = {event.asset_key for event in events}
        assert dg.AssetKey(["marts", "fct_control_totals"]) in materialized
        assert dg.AssetKey(["operations", "fct_runs"]) in materialized
        assert dg.AssetKey(["intermediate", "int_conditions"]) in materialized  # told though the gate is red
        assert lake_asset_key("journal_lines") in materialized
        assert result.success
        assert dg.AssetKey("published_copy") not in materialized
        assert dg.AssetKey("published_payroll") in materialized
        assert dg.AssetKey("closed_business_dates") not in materialized
        assert (tmp_path / "reports" / "2026-03-26.html").exists()
        checks = result.get_asset_check_evaluations()
        assert len(checks) > 200
        failed = [(check.check_name, check.severity.value) for check in checks if not check.passed]
        assert sorted(failed) == [("gate", "ERROR"), ("sources_are_on_time", "WARN")]
        batched = dg.AssetKey(["intermediate", "int_bank_statement_lines_cleaned"])
        whole, batches = [], []
        for event in events:
            if event.asset_key == batched:
                is_batch = (event.materialization.description or "").startswith("batch ")
                (batches if is_batch else whole).append(event.materialization)
        assert len(batches) == 13 and len(whole) == 1
        assert all(batch.metadata["rows in"].value > 0 for batch in batches)
        lineage = whole[0].metadata["dagster/column_lineage"].value.deps_by_column
        assert {dep.column_name for dep in lineage["delivered_line_id"]}
