"""Recording what dbt did: one fact per invocation, per node and per place that stores, once, in the lake."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from orchestration.lake.load import Load, open_load, utc_now
from orchestration.lake.read import lake_rows
from orchestration.settings import PROJECT_DIR, Settings
from orchestration.warehouse.artifacts import Artifacts, artifact_files, read_artifacts, read_results

TARGET_DIR = PROJECT_DIR / "target"


@dataclass(frozen=True)
class Recorded:
    """invocation_ids: newly recorded. node_count: their nodes. known: invocations recorded before."""

    invocation_ids: tuple[str, ...]
    node_count: int
    known: tuple[str, ...]

    def __str__(self) -> str:
        if self.invocation_ids:
            return f"recorded {len(self.invocation_ids)} runs of dbt with {self.node_count:,} nodes"
        return "the last run of dbt is recorded already"


def record_run(
    settings: Settings, target_dir: Path = TARGET_DIR, *, clock: Callable[[], datetime] = utc_now
) -> Recorded:
    """Append the invocation whose artifacts stand in target_dir, unless the lake has it.

    clock: gives the time, in UTC, of the load. Raises ArtifactError when there is nothing of this project to
    record, and LakeBusyError.
    """
    found = {r["metadata"]["invocation_id"]: r for r in map(read_results, artifact_files(target_dir))}
    known = known_invocations(settings.lake).intersection(found)
    if len(known) == len(found):
        return Recorded((), 0, tuple(sorted(known)))
    artifacts = [read_artifacts(target_dir, found[key]) for key in found if key not in known]
    with open_load(settings, clock) as load:
        # Another process may have recorded it while this one waited.
        known = known_invocations(settings.lake).intersection(found)
        artifacts = [each for each in artifacts if each.run.invocation_id not in known]
        for each in artifacts:
            _write(load, settings, each)
    return Recorded(
        tuple(each.run.invocation_id for each in artifacts),
        sum(len(each.nodes) for each in artifacts),
        tuple(sorted(known)),
    )


def known_invocations(lake: Path) -> set[str]:
    """The invocations that the lake has."""
    return {row["invocation_id"] for row in lake_rows(lake, "dbt_runs", ["invocation_id"])}


def _write(load: Load, settings: Settings, artifacts: Artifacts) -> None:
    counts = _row_counts(settings, artifacts)
    nodes = [node._replace(row_count=counts.get(node.unique_id, node.row_count)) for node in artifacts.nodes]
    load.write("dbt_node_runs", nodes)
    load.write("storage_uses", [(artifacts.run.invocation_id, *use) for use in _storage(settings)])
    load.write("dbt_runs", [artifacts.run])


def _row_counts(settings: Settings, artifacts: Artifacts) -> dict[str, int]:
    """Rows of the tables that the invocation built, those that Spark handed over; nothing when the warehouse
    cannot be read now, or is of another engine."""
    is_there = settings.warehouse.exists() and settings.target.startswith(artifacts.run.target_name)
    if not is_there or not artifacts.tables:
        return {}
    try:
        with duckdb.connect(str(settings.warehouse), read_only=True) as connection:
            present = set(
                connection.execute("select schema_name, table_name from duckdb_tables()").fetchall()
            )
            return {
                unique_id: connection.table(f'"{schema}"."{name}"').count("*").fetchone()[0]
                for unique_id, (schema, name) in artifacts.tables.items()
                if (schema, name) in present
            }
    except duckdb.Error:
        return {}


def _storage(settings: Settings) -> Iterator[tuple[str, str, int, int]]:
    """Location, name, files and bytes of every lake dataset and of the warehouse."""
    for folder in sorted(settings.lake.iterdir()):
        if folder.is_dir() and not folder.name.startswith("_"):
            sizes = [file.stat().st_size for file in folder.glob("*.parquet")]
            yield "lake", folder.name, len(sizes), sum(sizes)
    if settings.warehouse.exists():
        yield "warehouse", settings.warehouse.name, 1, settings.warehouse.stat().st_size
