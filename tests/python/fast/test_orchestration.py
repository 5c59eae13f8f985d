"""Dagster's view of the project: the graph, the arguments of dbt, and what is tried again."""

from __future__ import annotations

import datetime
import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import dagster as dg
import duckdb
import pytest
from click.testing import CliRunner
from dagster_dbt.errors import DagsterDbtCliRuntimeError
from sqlalchemy import event
from sqlalchemy.engine import Engine

from orchestration.cli import main
from orchestration.close.business_date import CloseRefusedError
from orchestration.defs.collect import FACTS
from orchestration.defs.night import end_of_day, month_end, night_job
from orchestration.defs.project import WAREHOUSE_POOL, group_name, lake_asset_key, manifest
from orchestration.defs.retries import retried
from orchestration.defs.run_history import speed_up_run_history
from orchestration.defs.transform import batch_event, with_broken_rules
from orchestration.lake.datasets import DATASETS
from orchestration.lake.lock import open_when_free
from orchestration.report import ReportError
from orchestration.settings import PROJECT_DIR, Settings
from orchestration.warehouse.batch_attempts import BatchAttempt
from orchestration.warehouse.dbt_process import batch_arguments, build_arguments, child_dbt, child_environment

NIGHT = datetime.datetime(2026, 3, 27, 5)
JOBS = ["night", "month_end", "payroll", "collect", "replay_batches", "replay_source"]
SNAPSHOT = Path(__file__).parents[1] / "snapshots" / "definitions.txt"


@pytest.fixture(scope="module")
def defs() -> dg.Definitions:
    from orchestration.definitions import defs

    return defs


def test_build_arguments() -> None:
    assert build_arguments() == ["build", "--exclude-resource-type", "unit_test"]
    assert build_arguments("bank")[3:] == ["--selector", "night_bank"]
    assert build_arguments("bank", is_tested=False) == [
        *("build", "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"),
        *("--selector", "night_bank"),
    ]
    assert batch_arguments("int_lines", ["2026-03-25"])[3:] == [
        *("--select", "int_lines+"),
        *("--vars", '{"batch_force": ["2026-03-25"]}'),
    ]


def test_child_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert child_environment("2026-03-26")["TIEOUT_BUSINESS_DATE"] == "2026-03-26"
    assert "TIEOUT_BUSINESS_DATE" not in child_environment()
    # dbt's own default writes every statement.
    monkeypatch.setenv("DBT_LOG_LEVEL_FILE", "debug")
    assert child_environment()["DBT_LOG_LEVEL_FILE"] == "debug"
    monkeypatch.delenv("DBT_LOG_LEVEL_FILE")
    assert child_environment()["DBT_LOG_LEVEL_FILE"] == "info"
    monkeypatch.setenv("TIEOUT_BUSINESS_DATE", "2026-03-25")
    with child_dbt("2026-03-26"):
        assert os.environ["TIEOUT_BUSINESS_DATE"] == "2026-03-26"
    assert os.environ["TIEOUT_BUSINESS_DATE"] == "2026-03-25"


@pytest.mark.parametrize(
    ("resource", "group"),
    [
        ({"resource_type": "source", "config": {}}, "collect"),
        ({"resource_type": "seed", "config": {"group": "payroll"}}, "reference"),
        ({"resource_type": "model", "config": {"group": "accounts"}}, "accounts"),
    ],
)
def test_group_name(resource: dict, group: str) -> None:
    assert group_name(resource) == group


def test_every_model_is_an_asset_downstream_of_collection(defs: dg.Definitions) -> None:
    graph = defs.resolve_asset_graph()
    models = {path.stem for path in (PROJECT_DIR / "models").rglob("*.sql")}
    assert models <= {key.path[-1] for key in graph.get_all_asset_keys()}
    collected = {lake_asset_key(dataset) for dataset in DATASETS if dataset not in FACTS}
    for key in collected:
        assert graph.get(key).group_name == "collect"
    assert graph.get(dg.AssetKey(["staging", "stg_bank__statement_lines"])).parent_keys & collected


def test_the_definitions_load_as_a_server_loads_them(defs: dg.Definitions) -> None:
    """An op and a job of one name resolve one by one, and end `make ui`."""
    dg.Definitions.validate_loadable(defs)


def test_every_asset_says_what_it_is(defs: dg.Definitions) -> None:
    graph = defs.resolve_asset_graph()
    for key in graph.get_all_asset_keys():
        node = graph.get(key)
        assert node.description and node.owners and node.kinds and node.group_name, key


def test_everything_that_runs_by_itself_or_is_started_says_what_it_is_and_whose(defs: dg.Definitions) -> None:
    """The owners are those of dbt's groups, so that a person who leaves is replaced in one place."""
    of_groups = {group["owner"]["email"] for group in manifest()["groups"].values()}
    jobs = [defs.resolve_job_def(name) for name in JOBS]
    for each in [*jobs, *defs.schedules, *defs.sensors]:
        assert each.description and each.description.endswith((".", "?")), each.name
        told = [value.value for name, value in each.metadata.items() if name == "owner"]
        assert of_groups.issuperset(each.owners or told) and (each.owners or told), each.name
    graph = defs.resolve_asset_graph()
    assert {owner for key in graph.get_all_asset_keys() for owner in graph.get(key).owners} <= of_groups


def test_every_check_says_what_it_proves(defs: dg.Definitions) -> None:
    told = {
        spec.name: spec.description
        for assets in [*defs.assets, *defs.asset_checks]
        if isinstance(assets, dg.AssetsDefinition)
        for spec in assets.check_specs
    }
    assert len(told) > 350 and all(text and text.endswith(".") for text in told.values())
    assert told["relationships_fct_ageing_account_id__account_id__ref_dim_accounts_"] == (
        "Each account_id stands in dim_accounts as account_id."
    )
    assert told["assert_matches_stay_within_their_window"].startswith("A rule joins items no farther apart")


def test_what_one_area_reads_is_its_own(defs: dg.Definitions) -> None:
    graph = defs.resolve_asset_graph()
    owners = {group["name"]: [group["owner"]["email"]] for group in manifest()["groups"].values()}
    for path, area in (
        (["lake", "journal_lines"], "ledger"),
        (["lake", "collected_files"], "collect"),
        (["lake", "closed_payslips"], "payroll"),
        (["reference", "match_weights"], "suggestions"),
        (["reference", "csv_profiles"], "collect"),
        (["published_payroll"], "payroll"),
    ):
        assert graph.get(dg.AssetKey(path)).owners == owners[area], path


def test_the_definitions_are_what_they_were(defs: dg.Definitions) -> None:
    """Assets outside dbt, jobs, schedules, sensors and partitions, by name: a change of them is meant."""
    graph = defs.resolve_asset_graph()
    own = [
        f"asset {key.to_user_string()} · {node.group_name} · {_partitions(node.partitions_def)}"
        f" <- {len(node.parent_keys)}"
        if key.path[0] != "lake"
        else f"asset {key.to_user_string()} · {node.group_name}"
        for key, node in sorted((key, graph.get(key)) for key in graph.get_all_asset_keys())
        if len(key.path) == 1 or key.path[0] == "lake"
    ]
    jobs = [
        f"job {job.name} · {_partitions(job.partitions_def)} · {len(job.nodes)} steps"
        f" · priority {job.tags.get('dagster/priority', 'default')}"
        for job in (defs.resolve_job_def(name) for name in JOBS)
    ]
    schedules = [
        f"schedule {schedule.name} · {schedule.cron_schedule} {schedule.execution_timezone}"
        f" · {schedule.job_name}"
        for schedule in sorted(defs.schedules, key=lambda schedule: schedule.name)
    ]
    sensors = sorted(f"sensor {sensor.name} · {sensor.default_status.value}" for sensor in defs.sensors)
    found = "\n".join([*own, *jobs, *schedules, *sensors]) + "\n"
    assert found == SNAPSHOT.read_text(), f"write what is meant to {SNAPSHOT}:\n{found}"


def _partitions(definition: dg.PartitionsDefinition | None) -> str:
    if definition is None:
        return "whole"
    return type(definition).__name__.removesuffix("PartitionsDefinition")


def test_dbt_tests_are_asset_checks(defs: dg.Definitions) -> None:
    checks = {key.name for key in defs.resolve_asset_graph().asset_check_keys}
    assert any(name.startswith("adds_up_fct_bank_reconciliations") for name in checks)
    assert "assert_matches_stay_within_their_window" in checks


def test_an_asset_has_one_check_of_its_rows(defs: dg.Definitions) -> None:
    """Its name says of which model, in messages too; dbt's own tests would be a check per column."""
    names = {(key.name, key.asset_key.path[-1]) for key in defs.resolve_asset_graph().asset_check_keys}
    rows = {(name, model) for name, model in names if name.startswith("rows_conform")}
    assert rows == {(f"rows_conform_{model}", model) for _, model in rows}
    assert len(rows) > 200
    apart = ("not_null_", "accepted_values_", "unique_")
    # An item stands in one match at most: a key of some of the rows.
    assert {name for name, _ in names if name.startswith(apart)} == {"unique_int_items_matched_item_id"}


def test_a_failed_check_says_which_rules_rows_break(tmp_path: Path) -> None:
    def check(name: str, passed: bool) -> dg.AssetCheckResult:
        return dg.AssetCheckResult(
            passed=passed, asset_key=name, check_name=name, metadata={"unique_id": f"test.tieout.{name}"}
        )

    def events() -> Iterator[dg.AssetCheckResult]:
        yield check("one", False)
        yield check("two", True)
        rules = {"unique_id": "test.tieout.one", "adapter_response": {"broken_rules": "unique id: 2 rows"}}
        results = {"metadata": {"invocation_id": "i1"}, "results": [rules]}
        (tmp_path / "run_results.json").write_text(json.dumps(results))
        raise DagsterDbtCliRuntimeError("one failed")

    told = []
    with pytest.raises(DagsterDbtCliRuntimeError):
        told.extend((each.check_name, each.description) for each in with_broken_rules(events(), tmp_path))
    assert told == [("two", None), ("one", "unique id: 2 rows")]


def test_every_writer_shares_one_pool(defs: dg.Definitions) -> None:
    for assets in [*defs.assets, *defs.asset_checks]:
        if isinstance(assets, dg.AssetsDefinition):
            assert assets.op.pool == WAREHOUSE_POOL
    for job in ("replay_batches", "replay_source"):
        assert {node.definition.pool for node in defs.resolve_job_def(job).nodes} == {WAREHOUSE_POOL}
    instance = (PROJECT_DIR / "orchestration" / "instance" / "dagster.yaml").read_text()
    assert "default_limit: 1" in instance


def test_the_schedules_name_the_date_that_is_over() -> None:
    def at(text: str) -> dg.ScheduleEvaluationContext:
        return dg.build_schedule_context(scheduled_execution_time=datetime.datetime.fromisoformat(text))

    assert end_of_day(at("2026-03-27T05:00+00:00")).partition_key == "2026-03-26"
    assert isinstance(end_of_day(at("2026-03-29T05:00+00:00")), dg.SkipReason)  # Saturday is over
    assert isinstance(month_end(at("2026-03-31T05:00+00:00")), dg.SkipReason)
    assert month_end(at("2026-04-01T05:00+00:00")).partition_key == "2026-03-01"


def test_a_batch_that_failed_is_a_failed_check() -> None:
    attempt = BatchAttempt(
        *("intermediate", "int_lines", "2026-03-25", False, "new", "no disk", 10, None, None),
        *(NIGHT, NIGHT + datetime.timedelta(seconds=2)),
    )
    event = batch_event(attempt)
    assert isinstance(event, dg.AssetCheckEvaluation)
    assert not event.passed and event.metadata["rows per second"].value == 5


def test_what_waiting_helps_is_tried_again(tmp_path: Path) -> None:
    """A step asks for another try while another process writes, and for none when waiting cannot help."""
    warehouse = tmp_path / "tieout.duckdb"
    holder = subprocess.Popen(
        [sys.executable, "-c", f"import duckdb; c = duckdb.connect({str(warehouse)!r}); print(1); input()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    holder.stdout.readline()
    context = SimpleNamespace(retry_number=2, log=logging.getLogger())
    try:
        with pytest.raises(dg.RetryRequested) as asked, retried(context):
            duckdb.connect(str(warehouse))
        assert asked.value.seconds_to_wait == 40
    finally:
        holder.communicate("\n")
    with pytest.raises(CloseRefusedError), retried(context):
        raise CloseRefusedError("red")
    with pytest.raises(duckdb.IOException), retried(context):
        duckdb.connect(str(tmp_path / "no" / "folder.duckdb"))


def test_the_history_of_many_events_is_written_through_few_connections_and_read_by_threads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    speed_up_run_history()
    opened: list[object] = []

    def count(connection: object, _: object) -> None:
        opened.append(connection)

    @dg.op
    def tell(context) -> None:  # Dagster reads the annotation, which is a text here
        for number in range(40):
            context.log_event(dg.AssetMaterialization(f"mart_{number}"))

    @dg.job
    def night() -> None:
        tell()

    with dg.DagsterInstance.get() as instance:
        event.listen(Engine, "connect", count)
        run_id = night.execute_in_process(instance=instance).run_id
        event.remove(Engine, "connect", count)
        with ThreadPoolExecutor(4) as threads:
            read = [threads.submit(instance.all_logs, run_id) for _ in range(8)]
        logs = {tuple(entry.message for entry in log.result()) for log in read}
        assert sum("Materialized value mart_" in message for message in logs.pop()) == 40
        assert not logs
    assert len(opened) < 40


HELD = (
    "import duckdb, sys; held = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.readline()"
)


def test_a_held_warehouse_is_waited_for_and_told_in_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    warehouse = tmp_path / "tieout.duckdb"
    monkeypatch.setenv("TIEOUT_WAREHOUSE", str(warehouse))
    monkeypatch.setenv("TIEOUT_LOCK_TIMEOUT_SECONDS", "1")
    with (
        subprocess.Popen(
            [sys.executable, "-c", HELD, str(warehouse)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as holder,
        ThreadPoolExecutor(1) as thread,
    ):
        assert holder.stdout.readline() == "held\n"
        told = CliRunner().invoke(main, ["summary"])
        waited, error = told.output.splitlines()
        assert told.exit_code == 1 and waited.startswith(f"waiting for process {holder.pid} (python")
        assert f"the warehouse is in use by process {holder.pid} (python" in error
        with pytest.raises(duckdb.IOException, match="lock"):
            open_when_free(warehouse, 0)
        opened = thread.submit(open_when_free, warehouse, 60)
        while "waiting for process" not in caplog.text:
            assert not opened.done()
        holder.communicate("\n")
        with opened.result(timeout=60) as connection:
            assert connection.execute("select 1").fetchone() == (1,)


def test_the_page_is_written_whatever_failed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from orchestration.defs import report

    @dg.op
    def step() -> None:
        raise dg.Failure("the disk is full", allow_retries=False)

    @dg.job(hooks=night_job.hooks)
    def night() -> None:
        step()

    pages: list[Path] = []

    def page(settings: Settings) -> SimpleNamespace:
        pages.append(settings.reports)
        if len(pages) > 1:
            raise ReportError("nothing is published yet")
        return SimpleNamespace(path=settings.reports / "today.html")

    monkeypatch.setattr(report, "_page", page)
    monkeypatch.setenv("TIEOUT_REPORTS", str(tmp_path / "reports"))
    assert not night.execute_in_process(raise_on_error=False).success
    assert len(pages) == 1 and not (tmp_path / "reports").exists()
    # Without books to read, the page says why, and what failed is not hidden.
    assert not night.execute_in_process(raise_on_error=False).success
    said = (tmp_path / "reports" / "undated.html").read_text()
    assert len(pages) == 2 and "Cannot be told" in said and "nothing is published yet" in said
    # Nor is it where no page can be written.
    monkeypatch.setenv("TIEOUT_REPORTS", "/proc/reports")
    assert not night.execute_in_process(raise_on_error=False).success
