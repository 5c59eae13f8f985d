"""The dbt project as assets: every seed and model an asset, every data test an asset check."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
from dagster_dbt import DbtCliInvocation, DbtCliResource, dbt_assets

from orchestration.defs.partitions import BUSINESS_DATES, ONE_RUN
from orchestration.defs.project import (
    OPERATIONS,
    WAREHOUSE_POOL,
    LayerTranslator,
    dbt_project,
    lake_asset_key,
    prepared_manifest,
)
from orchestration.defs.retries import retried
from orchestration.settings import Settings
from orchestration.warehouse.batch_attempts import BatchAttempt, batch_attempts
from orchestration.warehouse.column_lineage import LineageCache
from orchestration.warehouse.dbt_process import build_arguments, child_dbt
from orchestration.warehouse.record import record_run

# Enough to look into what went wrong, and more than run at the same time.
_KEPT_TARGETS = 3
MANIFEST = prepared_manifest()


@dbt_assets(
    manifest=MANIFEST,
    project=dbt_project,
    dagster_dbt_translator=LayerTranslator(),
    name="transform",
    exclude=OPERATIONS,
    partitions_def=BUSINESS_DATES,
    backfill_policy=ONE_RUN,
    pool=WAREHOUSE_POOL,
)
def transformed(context: dg.AssetExecutionContext, dbt: DbtCliResource) -> Iterator[Any]:
    """Build and test the seeds and models as of the business date, the last one of a range."""
    yield from _built(context, dbt)


@dbt_assets(
    manifest=MANIFEST,
    project=dbt_project,
    dagster_dbt_translator=LayerTranslator(),
    name="monitor",
    select=OPERATIONS,
    partitions_def=BUSINESS_DATES,
    backfill_policy=ONE_RUN,
    pool=WAREHOUSE_POOL,
)
def monitored(context: dg.AssetExecutionContext, dbt: DbtCliResource) -> Iterator[Any]:
    """Build and test what says how the nights went, this one included."""
    yield from _built(context, dbt)


def _built(context: dg.AssetExecutionContext, dbt: DbtCliResource) -> Iterator[Any]:
    settings = Settings.from_environment()
    settings.warehouse.parent.mkdir(parents=True, exist_ok=True)
    with retried(context):
        duckdb.connect(str(settings.warehouse)).close()  # nobody else holds its lock
    with child_dbt(context.partition_key_range.end):
        invocation = dbt.cli(build_arguments(), context=context)
        try:
            yield from _with_lineage(invocation)
        finally:
            _record(context, settings, invocation.target_path)
            _remove_old_targets(invocation.target_path)


def _remove_old_targets(target: Path) -> None:
    """Keep only the folders of the last runs: each run has its own, of some 75 MB."""
    name = target.name.partition("-")[0]
    folders = sorted(target.parent.glob(f"{name}-*"), key=lambda folder: folder.stat().st_mtime)
    for old in folders[:-_KEPT_TARGETS]:
        shutil.rmtree(old, ignore_errors=True)


def _record(context: dg.AssetExecutionContext, settings: Settings, target: Path) -> None:
    """The run becomes a fact of the lake, and each batch it attempted an event of its asset."""
    results = target / "run_results.json"
    if not results.exists():
        return
    record_run(settings, target)
    invocation_id = json.loads(results.read_text())["metadata"]["invocation_id"]
    for attempt in batch_attempts(settings.warehouse, invocation_id):
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


def _with_lineage(invocation: DbtCliInvocation) -> Iterator[Any]:
    """The events of the invocation; those of models carry the lineage of their columns."""
    manifest = json.loads(MANIFEST.read_text())
    translator = LayerTranslator()
    keys = {
        (node["schema"], node["alias"]): translator.get_asset_key(node)
        for node in manifest["nodes"].values()
        if node["resource_type"] in {"model", "seed"}
    }
    with LineageCache(dbt_project.project_dir / "target" / "column_lineage.json", manifest) as cache:
        for event in invocation.stream():
            node = manifest["nodes"].get(_unique_id(event), {})
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
