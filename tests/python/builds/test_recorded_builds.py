"""What a build leaves in the lake about itself and the build before."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from dbt.contracts.graph.manifest import Manifest
from dbt_runs import leave_parsed, run_dbt, warehouse_of

from orchestration.lake.read import lake_rows

COLUMNS = ["node_name", "row_count"]


def test_a_build_records_its_predecessor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two real builds of a seed: the second one finds the first one's results, with the rows of the table."""
    landing = tmp_path / "landing"
    landing.mkdir()
    monkeypatch.setenv("DBT_WRITE_JSON", "true")
    for _ in range(2):
        run_dbt("build", "--select", "currency_calendars", zone=tmp_path, landing=landing)
    (run,) = lake_rows(tmp_path / "lake", "dbt_runs", ["command", "selection", "status", "node_count"])
    assert (run["command"], run["selection"], run["status"]) == (
        "build",
        "select currency_calendars",
        "succeeded",
    )
    nodes = {row["node_name"]: row for row in lake_rows(tmp_path / "lake", "dbt_node_runs", COLUMNS)}
    assert nodes["currency_calendars"]["row_count"] == 3
    uses = lake_rows(tmp_path / "lake", "storage_uses", ["location", "dataset_name", "byte_count"])
    (warehouse,) = [row for row in uses if row["location"] == "warehouse"]
    assert 0 < warehouse["byte_count"] <= warehouse_of(tmp_path).stat().st_size


def test_what_is_parsed_is_read_back(tmp_path: Path) -> None:
    """Or every command would parse the whole project anew, four times as long, and not say so."""
    leave_parsed(tmp_path, os.environ)
    written = (tmp_path / "partial_parse.msgpack").read_bytes()
    assert Manifest.from_msgpack(written).nodes
