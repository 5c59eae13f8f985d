"""The dbt project as assets: a seed or model an asset, a data test an asset check, a domain a step."""

import contextlib
import json
import os
import shutil
import uuid
from collections.abc import Iterable, Iterator, Mapping
from graphlib import TopologicalSorter
from importlib import metadata
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
from dagster_dbt import DbtCliInvocation, dbt_assets
from dagster_dbt.errors import DagsterDbtCliRuntimeError
from packaging.version import Version

from orchestration.defs.partitions import BUSINESS_DATES, ONE_RUN
from orchestration.defs.project import (
    WAREHOUSE_POOL,
    AreaTranslator,
    dbt_project,
    lake_asset_key,
    prepared_manifest,
)
from orchestration.defs.retries import retried
from orchestration.lake.lock import open_when_free
from orchestration.publish.audit import BANK, DOMAINS, OPERATIONS, PAYROLL
from orchestration.settings import Settings
from orchestration.warehouse.artifacts import broken_rules
from orchestration.warehouse.batch_attempts import BatchAttempt, batch_attempts
from orchestration.warehouse.column_lineage import LineageCache
from orchestration.warehouse.dbt_on_spark import hand_over_what_is_left
from orchestration.warehouse.dbt_process import build_arguments, child_dbt, dbt_program
from orchestration.warehouse.descriptions import described
from orchestration.warehouse.hand_over import HandOverError, is_current, refuse_built_by_duckdb
from orchestration.warehouse.inputs import run_inputs, stale_nodes
from orchestration.warehouse.record import record_run

# Enough to look into what went wrong, and more than run at the same time.
_KEPT_TARGETS = 3
# Where dagster-dbt says which node an asset or a check is.
_NODE_ID = "dagster_dbt/unique_id"
MANIFEST = prepared_manifest()
DESCRIBED = described(json.loads(MANIFEST.read_text()))


def _step(domain: str, priority: int) -> dg.AssetsDefinition:
    """A step of the night, which builds and tests one domain as of the business date, the last of a range."""

    @dbt_assets(
        manifest=DESCRIBED,
        project=dbt_project,
        dagster_dbt_translator=AreaTranslator(),
        name=f"build_{domain}",
        selector=f"night_{domain}",
        partitions_def=BUSINESS_DATES,
        backfill_policy=ONE_RUN,
        pool=WAREHOUSE_POOL,
        op_tags={"dagster/priority": str(priority)},
    )
    def built(context: dg.AssetExecutionContext) -> Iterator[Any]:
        yield from _built(context, domain)

    return built


def _apart(steps: Mapping[str, dg.AssetsDefinition]) -> dict[str, dg.AssetsDefinition]:
    """The steps without what they read of one another.

    Dagster would keep every step behind one that failed from running. Their priorities order them instead.
    """
    built = {key for step in steps.values() for key in step.keys}
    return {
        domain: step.map_asset_specs(
            lambda spec, own=step.keys: spec.replace_attributes(
                deps=[dep for dep in spec.deps if dep.asset_key in own or dep.asset_key not in built]
            )
        )
        for domain, step in steps.items()
    }


_STEPS = _apart({domain: _step(domain, 30 - 10 * order) for order, domain in enumerate(DOMAINS)})
bank, payroll, operations = _STEPS[BANK], _STEPS[PAYROLL], _STEPS[OPERATIONS]


def _built(context: dg.AssetExecutionContext, domain: str) -> Iterator[Any]:
    """Build what is asked of a step; of a whole one only what reads something else than when it was built."""
    settings = Settings.from_environment()
    if settings.is_on_spark:
        refuse_built_by_duckdb(settings.warehouse)
    else:
        settings.warehouse.parent.mkdir(parents=True, exist_ok=True)
        with retried(context):
            duckdb.connect(str(settings.warehouse)).close()  # nobody else holds its lock
    date = context.partition_key_range.end
    nodes = _asked(context)
    if not settings.data_tests:
        nodes = {node: key for node, key in nodes.items() if isinstance(key, dg.AssetKey)}
    if context.is_subset:
        stale, selection = set(nodes), _named(nodes)
    else:
        stale = _stale(settings, date, domain)
        is_whole = stale is None or stale.issuperset(nodes)
        selection = ["--selector", f"night_{domain}"] if is_whole else _behind(stale, domain)
        stale = set(nodes) if is_whole else stale
    unchanged = {node: key for node, key in nodes.items() if node not in stale}
    for node in _in_order(unchanged):
        yield _unchanged(unchanged[node])
    if stale:
        yield from _invoked(context, settings, date, selection, domain)
    context.log.info(
        "%d models, seeds and tests built and tested, %d unchanged",
        len(nodes) - len(unchanged),
        len(unchanged),
    )


def _stale(settings: Settings, date: str, domain: str) -> set[str] | None:
    """The nodes of a domain that are to be built, or None for all: so are Spark's that nobody handed over."""
    if settings.is_on_spark and not is_current(settings):
        return None
    stale = stale_nodes(settings.warehouse, DESCRIBED, run_inputs(settings, date), domain)
    if stale is None or settings.data_tests:
        return stale
    return {node for node in stale if DESCRIBED["nodes"][node]["resource_type"] != "test"}


def _asked(context: dg.AssetExecutionContext) -> dict[str, dg.AssetKey | dg.AssetCheckKey]:
    """The nodes of the assets and checks that the step is asked for, by their ids."""
    assets, checks = context.selected_asset_keys, context.selected_asset_check_keys
    asked = [
        *(spec for spec in context.assets_def.specs if spec.key in assets),
        *(spec for spec in context.assets_def.check_specs if spec.key in checks),
    ]
    return {spec.metadata[_NODE_ID]: spec.key for spec in asked}


def _unchanged(key: dg.AssetKey | dg.AssetCheckKey) -> dg.MaterializeResult | dg.AssetCheckResult:
    """What stays as it is: it reads what it read when it was built, or when it passed."""
    told = {"unchanged": "it reads what it read before"}
    if isinstance(key, dg.AssetKey):
        return dg.MaterializeResult(key, metadata=told)
    return dg.AssetCheckResult(passed=True, asset_key=key.asset_key, check_name=key.name, metadata=told)


def _in_order(nodes: Iterable[str]) -> Iterator[str]:
    """The nodes, each behind those that it reads, as Dagster wants its assets."""
    chosen = set(nodes)
    reads = {
        node: chosen.intersection(DESCRIBED["nodes"][node]["depends_on"].get("nodes", [])) for node in chosen
    }
    yield from TopologicalSorter(reads).static_order()


def _named(nodes: Iterable[str]) -> list[str]:
    """Arguments that select these nodes and no other."""
    return [
        "--indirect-selection",
        "empty",
        "--select",
        *sorted(DESCRIBED["nodes"][node]["name"] for node in nodes),
    ]


def _behind(stale: set[str], domain: str) -> list[str]:
    """Arguments that select the stale nodes of a domain, with whom all that reads them is stale.

    Those that read no other stale node are named: dbt compares each name with each node.
    """
    first = [
        f"{properties['name']}+"
        for properties in map(DESCRIBED["nodes"].get, sorted(stale))
        if not stale.intersection(properties["depends_on"].get("nodes", []))
    ]
    others = [f"group:{other}+" for other in DOMAINS[DOMAINS.index(domain) + 1 :]]
    return ["--select", *first, *(["--exclude", *others] if others else [])]


def _invoked(
    context: dg.AssetExecutionContext,
    settings: Settings,
    date: str,
    selection: list[str],
    domain: str,
) -> Iterator[Any]:
    """Run dbt, whose own words go to files of its target folder, and record what it did."""
    target = dbt_project.project_dir / "target" / f"{domain}-{context.run.run_id[:8]}-{uuid.uuid4().hex[:8]}"
    target.mkdir(parents=True)
    with child_dbt(date):
        arguments = [*dbt_program(settings), *build_arguments(is_tested=settings.data_tests), *selection]
        invocation = _dbt(context, arguments, target)
        try:
            with (target / "events.txt").open("w") as log, contextlib.redirect_stdout(log):
                dialect = "spark" if settings.is_on_spark else "duckdb"
                yield from with_broken_rules(_with_lineage(invocation, dialect), target)
        finally:
            if settings.is_on_spark:
                _hand_over_what_is_left(context, settings, target)
            _record(context, settings, target)
            _remove_old_targets(target, domain)


def _hand_over_what_is_left(context: dg.AssetExecutionContext, settings: Settings, target: Path) -> None:
    """What hinders it is told, and the step fails of what ended dbt."""
    try:
        hand_over_what_is_left(settings, target)
    except HandOverError as error:
        context.log.error("%s", error)


def _dbt(context: dg.AssetExecutionContext, arguments: list[str], target: Path) -> DbtCliInvocation:
    """dbt in a process of its own, whose events are the step's."""
    return DbtCliInvocation.run(
        args=arguments,
        env=os.environ
        | {
            "DAGSTER_DBT_CLI": "true",
            "PYTHONUNBUFFERED": "1",
            "DBT_LOG_FORMAT": "json",
            "DBT_TARGET_PATH": str(target),
            "DBT_LOG_PATH": str(target),
            "DBT_PROJECT_DIR": str(dbt_project.project_dir),
            "DBT_PROFILES_DIR": str(dbt_project.profiles_dir),
        },
        manifest=DESCRIBED,
        dagster_dbt_translator=AreaTranslator(),
        project_dir=dbt_project.project_dir,
        target_path=target,
        raise_on_error=True,
        context=context,
        adapter=None,
        cli_version=Version(metadata.version("dbt-core")),
        dbt_project=dbt_project,
    )


def _remove_old_targets(target: Path, domain: str) -> None:
    """Keep only the folders of the last runs: each run has its own, of some 75 MB."""
    folders = sorted(target.parent.glob(f"{domain}-*"), key=lambda folder: folder.stat().st_mtime)
    for old in folders[:-_KEPT_TARGETS]:
        shutil.rmtree(old, ignore_errors=True)


def _record(context: dg.AssetExecutionContext, settings: Settings, target: Path) -> None:
    """The run becomes a fact of the lake, and each batch it attempted an event of its asset."""
    results = target / "run_results.json"
    if not results.exists():
        return
    record_run(settings, target)
    invocation_id = json.loads(results.read_text())["metadata"]["invocation_id"]
    with open_when_free(settings.warehouse, settings.lock_timeout_seconds) as warehouse:
        attempts = batch_attempts(warehouse, invocation_id)
    for attempt in attempts:
        context.log_event(batch_event(attempt))


def batch_event(attempt: BatchAttempt) -> dg.AssetMaterialization | dg.AssetCheckEvaluation:
    """What Dagster shows of one batch: a materialization of its model, or a failed check when it failed."""
    asset_key = dg.AssetKey([attempt.schema, attempt.model])
    metadata = attempt.metadata()
    if attempt.is_done:
        return dg.AssetMaterialization(
            asset_key=asset_key, description=f"batch {attempt.batch_id}", metadata=metadata
        )
    return dg.AssetCheckEvaluation(
        asset_key=asset_key,
        check_name="batches_are_done",
        passed=False,
        description=f"batch {attempt.batch_id} failed; the next run does it again",
        metadata=metadata,
    )


def with_broken_rules(events: Iterator[Any], target: Path) -> Iterator[Any]:
    """The events; failed checks come last, since dbt says at its end which rules rows break."""
    failed: list[dg.AssetCheckResult] = []
    try:
        for event in events:
            if isinstance(event, dg.AssetCheckResult) and not event.passed:
                failed.append(event)
            else:
                yield event
    except DagsterDbtCliRuntimeError:
        yield from _told(failed, target)
        raise
    yield from _told(failed, target)


def _told(failed: list[dg.AssetCheckResult], target: Path) -> Iterator[dg.AssetCheckResult]:
    rules = broken_rules(target)
    for check in failed:
        yield check._replace(description=rules.get(str(check.metadata["unique_id"].value)))


def _with_lineage(invocation: DbtCliInvocation, dialect: str) -> Iterator[Any]:
    """The events of the invocation; those of models carry the lineage of their columns."""
    translator = AreaTranslator()
    keys = {
        (node["schema"], node["alias"]): translator.get_asset_key(node)
        for node in DESCRIBED["nodes"].values()
        if node["resource_type"] in {"model", "seed"}
    }
    with LineageCache(
        dbt_project.project_dir / "target" / "column_lineage.json", DESCRIBED, dialect
    ) as cache:
        for event in invocation.stream():
            node = DESCRIBED["nodes"].get(_unique_id(event), {})
            if node.get("resource_type") != "model":
                yield event
                continue
            compiled = invocation.target_path / "compiled" / node["package_name"] / node["original_file_path"]
            lineage = {
                column: [
                    dg.TableColumnDep(
                        lake_asset_key(table) if schema == "lake" else keys[schema, table], name
                    )
                    for schema, table, name in parents
                    if schema == "lake" or (schema, table) in keys
                ]
                for column, parents in cache.lineage(node, compiled).items()
            }
            yield event.with_metadata(
                {**event.metadata, "dagster/column_lineage": dg.TableColumnLineage(lineage)}
            )


def _unique_id(event: Any) -> str:
    """The dbt node that an event says was built, or nothing."""
    if not isinstance(event, dg.Output) or "unique_id" not in event.metadata:
        return ""
    return str(event.metadata["unique_id"].value)
