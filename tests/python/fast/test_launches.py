"""What a run may be told when it is launched, and what of the jobs nobody may change."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import yaml

from orchestration.defs.launches import CheckedRunCoordinator, config_refusals, dates_ahead, tag_refusals
from orchestration.serve import ServeError
from orchestration.settings import PROJECT_DIR

BATCHES = {
    "model": "int_bank_statement_lines_cleaned",
    "batch_ids": ["2026-03-25", "000000000012", "remainder"],
}


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions("pay_periods", ["US-WEEKLY-2026-12"])
        yield instance


def run_of(job: str, parent: str | None = None, **tags: str) -> dg.DagsterRun:
    return dg.DagsterRun(
        job_name=job,
        parent_run_id=parent,
        root_run_id=parent,
        tags={tag.replace("__", "/"): value for tag, value in tags.items()},
    )


def batches(**told: Any) -> dict[str, Any]:
    return {"ops": {"batches_again": {"config": BATCHES | told}}}


def source(folder: object) -> dict[str, Any]:
    return {"ops": {"source_again": {"config": {"folder": folder}}}}


@pytest.mark.parametrize(
    ("job", "config"),
    [
        ("night", {}),
        ("night", {"loggers": {"console": {}}}),
        ("night", {"resources": {}, "execution": None, "ops": {}}),
        ("__ASSET_JOB", {}),
        ("replay_source", source("bank")),
        ("replay_batches", batches()),
        ("replay_batches", batches(business_date="2026-03-25")),
        ("replay_batches", batches(business_date=None)),
    ],
    ids=str,
)
def test_a_run_is_told_batches_and_folders(job: str, config: Mapping[str, Any]) -> None:
    assert list(config_refusals(job, config)) == []


@pytest.mark.parametrize(
    ("job", "config", "refused"),
    [
        ("night", {"resources": {"dbt": {"config": {"dbt_executable": "/tmp/x"}}}}, "its resources"),
        ("night", {"resources": {"io_manager": {"config": {"base_dir": "/tmp"}}}}, "its resources"),
        ("night", {"execution": {"config": {"marker_to_close": "/tmp/x"}}}, "its execution"),
        ("night", {"loggers": {"console": {"config": {"log_level": "DEBUG"}}}}, "its loggers"),
        ("night", {"loggers": {"colored": {}}}, "its loggers"),
        ("night", {"ops": {"morning_page": {"config": {"out": "/tmp/x"}}}}, "its ops"),
        ("__ASSET_JOB", {"ops": {"collect_bank": {"config": {}}}}, "its ops"),
        ("night", {"solids": {"x": {}}}, "its solids"),
        ("replay_source", source("bank") | {"resources": {"io_manager": {"config": 1}}}, "its resources"),
        ("replay_source", source("../hr"), "folder"),
        ("replay_source", source({"env": "TIEOUT_HR_TOKEN"}), "folder"),
        ("replay_source", batches(), "only the config of source_again"),
        ("replay_source", {"ops": {"source_again": {"config": {"folder": "bank", "retry": 1}}}}, "retry"),
        ("replay_source", {"ops": {"source_again": {"inputs": {}, "config": {"folder": "bank"}}}}, "only"),
        ("replay_source", {"ops": [1]}, "only the config of source_again"),
        ("replay_batches", batches(model="+marts"), "model"),
        ("replay_batches", batches(model="x --vars y"), "model"),
        ("replay_batches", batches(model={"env": "TIEOUT_HR_TOKEN"}), "model"),
        ("replay_batches", batches(batch_ids=[{"env": "TIEOUT_HR_TOKEN"}]), "batch_ids.0"),
        ("replay_batches", batches(batch_ids=["2026-03-25", "x' or true --"]), "batch_ids.1"),
        ("replay_batches", batches(batch_ids="2026-03-25"), "batch_ids"),
        ("replay_batches", batches(business_date={"env": "TIEOUT_HR_TOKEN"}), "business_date"),
        ("replay_batches", batches(business_date="2026-03-25; x"), "business_date"),
    ],
    ids=str,
)
def test_a_run_is_told_nothing_else(job: str, config: Mapping[str, Any], refused: str) -> None:
    assert any(each.startswith(refused) for each in config_refusals(job, config))


@pytest.mark.parametrize(
    ("job", "key"),
    [
        ("night", "2026-03-26"),
        ("month_end", "2026-03-01"),
        ("payroll", "US-WEEKLY-2026-12"),
        ("__ASSET_JOB", "2026-03-26"),
        ("__ASSET_JOB", "US-WEEKLY-2026-12"),
    ],
)
def test_a_run_is_told_a_partition_of_its_job(job: str, key: str, instance: dg.DagsterInstance) -> None:
    assert list(tag_refusals(run_of(job, dagster__partition=key), instance)) == []


@pytest.mark.parametrize(
    ("job", "key"),
    [
        ("night", "2026-03-21"),  # a Saturday
        ("night", "2099-03-26"),
        ("night", "US-WEEKLY-2026-12"),
        ("night", ""),
        ("month_end", "2026-03-26"),
        ("payroll", "2026-03-26"),
        ("payroll", "../../escaped/US-WEEKLY-2026-12"),
        ("__ASSET_JOB", "../../escaped/US-WEEKLY-2026-12"),
    ],
)
def test_a_run_is_told_no_other_partition(job: str, key: str, instance: dg.DagsterInstance) -> None:
    for tag in (
        "dagster__partition",
        "dagster__asset_partition_range_start",
        "dagster__asset_partition_range_end",
    ):
        assert list(tag_refusals(run_of(job, **{tag: key}), instance)) == [f"{key!r} is no partition of it"]


@pytest.mark.parametrize(
    "tag",
    ["tieout/lock", ".dagster/grpc_info", ".dagster/pool/warehouse", "dagster-k8s/config", "dagster/image"],
)
def test_a_tag_that_steers_is_refused_unless_the_run_before_had_it(
    tag: str, instance: dg.DagsterInstance
) -> None:
    assert list(tag_refusals(run_of("night", **{tag: "x"}), instance)) == [f"the tag {tag} cannot be given"]
    before = instance.add_run(run_of("night", **{tag: "x"}))
    assert list(tag_refusals(run_of("night", before.run_id, **{tag: "x"}), instance)) == []
    assert len(list(tag_refusals(run_of("night", before.run_id, **{tag: "y"}), instance))) == 1


RANGE = "dagster/asset_partition_range_end"


@pytest.mark.parametrize(
    ("query", "variables", "ahead"),
    [
        ("mutation($x: Tags!) { launchRun(x: $x) }", {"tags": [{"key": RANGE, "value": "2099-03-26"}]}, True),
        ('mutation { launchRun(tags: [{value: "2099-03-26"}]) }', None, True),
        ('mutation { launchRun(tags: [{value: """\n2099-03-26\n"""}]) }', None, True),
        ('mutation { launchRun(tags: [{value: "2099\\u002d03-26"}]) }', None, True),
        ("query { x }", {"range": {"start": "2026-03-26", "end": "2099-3-6"}}, True),
        ("query { x }", {"partitionNames": [["2026-03-26"], "9999-12-31"]}, True),
        ("{", {"a": {"b": {"c": " 2026-03-28 "}}}, True),
        ("query { x }", {"tags": [{"key": RANGE, "value": "2026-03-27"}]}, False),
        ('query { x(note: "until 2099-03-26") }', {"a": None, "b": 20990326, "c": "2099-02-30"}, False),
        ("query { x }", {"runConfigData": {"ops": {"batch_ids": ["2099-03-26"]}}}, False),
    ],
)
def test_no_partition_is_asked_for_that_does_not_exist_yet(
    query: str, variables: dict[str, Any] | None, ahead: bool
) -> None:
    assert bool(list(dates_ahead(query, variables, datetime.date(2026, 3, 27)))) is ahead


def test_a_request_nested_without_an_end_ends() -> None:
    nested: dict[str, Any] = {"end": "2099-03-26"}
    for _ in range(100_000):
        nested = {"x": nested}
    assert list(dates_ahead("{" * 50_000, nested, datetime.date(2026, 3, 27))) == ["2099-03-26"]


def test_what_dagster_and_a_person_note_on_a_run_is_kept(instance: dg.DagsterInstance) -> None:
    told = {"ticket": "4711", "dagster/priority": "1", "dagster/run_key": "x", "tieout/folders": "bank hr"}
    assert list(tag_refusals(run_of("collect", **told), instance)) == []


def test_the_instance_checks_every_launch() -> None:
    configured = yaml.safe_load((PROJECT_DIR / "orchestration" / "instance" / "dagster.yaml").read_text())
    assert configured["run_coordinator"] == {
        "module": CheckedRunCoordinator.__module__,
        "class": CheckedRunCoordinator.__name__,
    }


def test_the_ui_does_not_start_on_an_instance_that_checks_no_launch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from orchestration.cli.ui import dagster_ui

    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    (tmp_path / "dagster.yaml").write_text("telemetry: {enabled: false}")
    with pytest.raises(ServeError, match="run_coordinator"), dagster_ui():
        pass


def test_no_job_has_a_resource_that_reads_or_runs_what_it_is_told() -> None:
    from orchestration.definitions import defs

    for job in defs.get_repository_def().get_all_jobs():
        assert job.resource_defs["io_manager"] is dg.mem_io_manager
        assert set(job.resource_defs) == {"io_manager"}
        assert job.executor_def.name == "in_process"
