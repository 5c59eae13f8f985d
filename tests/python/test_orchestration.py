"""Dagster's view of the project: the graph, the arguments of dbt, and a whole night."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest

from orchestration.collect.rows import DATASETS
from orchestration.project import WAREHOUSE_POOL, build_arguments, group_name, lake_asset_key
from orchestration.settings import PROJECT_DIR


@pytest.fixture(scope="module")
def defs() -> dg.Definitions:
    from orchestration.definitions import defs

    return defs


def test_build_arguments() -> None:
    assert build_arguments() == ["build", "--exclude-resource-type", "unit_test"]
    assert build_arguments("2026-03-26")[-2:] == ["--vars", '{"business_date": "2026-03-26"}']


@pytest.mark.parametrize(
    ("resource", "group"),
    [
        ({"resource_type": "source", "fqn": ["tieout", "staging", "lake", "journal_lines"]}, "collect"),
        ({"resource_type": "seed", "fqn": ["tieout", "reference", "match_rules"]}, "reference"),
        ({"resource_type": "model", "fqn": ["tieout", "marts", "core", "dim_accounts"]}, "marts"),
    ],
)
def test_group_name(resource: dict, group: str) -> None:
    assert group_name(resource) == group


def test_every_model_is_an_asset_downstream_of_collection(defs: dg.Definitions) -> None:
    graph = defs.resolve_asset_graph()
    models = {path.stem for path in (PROJECT_DIR / "models").rglob("*.sql")}
    assert models <= {key.path[-1] for key in graph.get_all_asset_keys()}
    collected = {lake_asset_key(dataset) for dataset in DATASETS}
    for key in collected:
        assert graph.get(key).group_name == "collect"
        assert not graph.get(key).parent_keys
    assert graph.get(dg.AssetKey(["staging", "stg_bank__statement_lines"])).parent_keys & collected
    groups = {graph.get(key).group_name for key in graph.get_all_asset_keys()}
    assert groups == {"collect", "reference", "staging", "intermediate", "marts"}


def test_dbt_tests_are_asset_checks(defs: dg.Definitions) -> None:
    checks = {key.name for key in defs.resolve_asset_graph().asset_check_keys}
    assert any(name.startswith("adds_up_fct_bank_reconciliations") for name in checks)
    assert "assert_matches_stay_within_their_window" in checks


def test_every_writer_shares_one_pool(defs: dg.Definitions) -> None:
    for assets in defs.assets:
        assert assets.op.pool == WAREHOUSE_POOL
    instance = (PROJECT_DIR / "orchestration" / "instance" / "dagster.yaml").read_text()
    assert "default_limit: 1" in instance


def test_the_night_job_runs_end_to_end(
    defs: dg.Definitions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIEOUT_LAKE", str(tmp_path / "lake"))
    monkeypatch.setenv("TIEOUT_WAREHOUSE", str(tmp_path / "warehouse" / "tieout.duckdb"))
    with dg.DagsterInstance.ephemeral() as instance:
        result = defs.resolve_job_def("night").execute_in_process(instance=instance)
        assert result.success
        materialized = {event.asset_key for event in result.get_asset_materialization_events()}
        assert dg.AssetKey(["marts", "fct_control_totals"]) in materialized
        assert lake_asset_key("journal_lines") in materialized
        checks = result.get_asset_check_evaluations()
        assert len(checks) > 200
        assert all(check.passed for check in checks)
