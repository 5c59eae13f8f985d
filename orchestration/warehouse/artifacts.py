"""dbt's artifacts as rows: what an invocation did, node by node, without any of the data it did it to."""

from __future__ import annotations

import datetime
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from orchestration.errors import TieoutError
from orchestration.lake.datasets import DbtNodeRun, DbtRun
from orchestration.lake.schema import FIRST_DATE, LAST_DATE
from orchestration.warehouse.dbt_process import BUSINESS_DATE

PROJECT = "tieout"
COMMANDS = frozenset({"build", "run", "test", "seed", "freshness"})
PRIVATE_SCHEMAS = ("payroll", "documents")
_FILES = ("run_results.json", "sources.json")
_FAILED = frozenset({"error", "fail", "runtime error", "partial success"})
_CHOOSING = ("select", "exclude", "resource_types", "exclude_resource_types")
_MAX_MESSAGE = 300
# Where the macro tell_broken_rules puts its answer in a result's adapter_response.
_RULES = "broken_rules"
_MILLISECOND = Decimal("0.001")
# How an error names its kind, before it says what of: "Conversion Error: Could not convert ...".
_ERROR_KIND = re.compile(r"\s*([A-Z][A-Za-z]*(?: [A-Z][A-Za-z]*)* Error)\b")


class ArtifactError(TieoutError):
    """There is nothing to record. The message says why."""


@dataclass(frozen=True)
class Artifacts:
    """One invocation. tables: schema and name of each relation that was built, by unique_id."""

    run: DbtRun
    nodes: list[DbtNodeRun]
    tables: dict[str, tuple[str, str]]


def artifact_files(target_dir: Path) -> list[Path]:
    """The files of results that dbt left. Raises ArtifactError when there are none."""
    files = [target_dir / name for name in _FILES if (target_dir / name).is_file()]
    if not files:
        raise ArtifactError(f"no run_results.json in {target_dir}: run `dbt build` first")
    return files


def read_results(file: Path) -> dict[str, Any]:
    """The results of one file. Raises ArtifactError when it is not one that dbt finished writing."""
    try:
        results = json.loads(file.read_bytes())
        if results["metadata"]["invocation_id"] and isinstance(results["results"], list):
            return results
    except (OSError, ValueError, LookupError, TypeError):
        pass
    raise ArtifactError(f"{file} is not a whole file of dbt results")


def broken_rules(target_dir: Path) -> dict[str, str]:
    """Which rules rows break, and how many, by the failed test: columns and counts, no data."""
    try:
        results = read_results(target_dir / "run_results.json")["results"]
    except ArtifactError:
        return {}
    return {
        result["unique_id"]: _response(result)[_RULES] for result in results if _RULES in _response(result)
    }


def read_artifacts(target_dir: Path, results: Mapping[str, Any]) -> Artifacts:
    """The invocation of the results. Raises ArtifactError when it is no build or test of this project."""
    try:
        manifest = json.loads((target_dir / "manifest.json").read_bytes())
        return _artifacts(manifest, results)
    except (OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError) as error:
        raise ArtifactError(
            f"the artifacts in {target_dir} cannot be read: {type(error).__name__}"
        ) from error


def _artifacts(manifest: Mapping[str, Any], results: Mapping[str, Any]) -> Artifacts:
    metadata, arguments = results["metadata"], results.get("args", {})
    project = manifest["metadata"]["project_name"]
    if project != PROJECT:
        raise ArtifactError(f"the artifacts are of the dbt project {project}, not of {PROJECT}")
    command = "freshness" if "sources" in metadata["dbt_schema_version"] else arguments["which"]
    if command not in COMMANDS:
        raise ArtifactError(f"the last command was dbt {command}, which neither builds nor tests")
    invocation_id = metadata["invocation_id"]
    nodes = manifest["nodes"] | manifest["unit_tests"] | manifest["sources"]
    private = {unique_id for unique_id, node in nodes.items() if node.get("schema") in PRIVATE_SCHEMAS}
    rows = [
        _node_run(invocation_id, result, nodes.get(result["unique_id"], {}), private)
        for result in results["results"]
    ]
    statuses = [row.status for row in rows]
    variables = arguments.get("vars") or {}
    failed = sum(status in _FAILED for status in statuses)
    run = DbtRun(
        invocation_id=invocation_id,
        command=command,
        target_name=arguments.get("target") or manifest["metadata"]["adapter_type"],
        selection=_selection(arguments),
        status="failed" if failed else "succeeded",
        seconds=_seconds(results["elapsed_time"]),
        node_count=len(rows),
        failed_count=failed,
        warned_count=statuses.count("warn"),
        skipped_count=statuses.count("skipped"),
        business_date=_date(variables.get("business_date") or os.environ.get(BUSINESS_DATE)),
        started_at=_instant(metadata["invocation_started_at"]),
        finished_at=_instant(metadata["generated_at"]),
    )
    tables = {
        row.unique_id: (nodes[row.unique_id]["schema"], nodes[row.unique_id]["alias"])
        for row in rows
        if row.status == "success"
        and row.resource_type in {"model", "seed"}
        and nodes.get(row.unique_id, {}).get("config", {}).get("materialized")
        not in {None, "view", "ephemeral"}
    }
    return Artifacts(run, rows, tables)


def _node_run(
    invocation_id: str, result: Mapping[str, Any], node: Mapping[str, Any], private: set[str]
) -> DbtNodeRun:
    unique_id = result["unique_id"]
    resource_type, _, name = unique_id.split(".", 2)
    is_private = unique_id in private or not private.isdisjoint(node.get("depends_on", {}).get("nodes", []))
    status = str(result["status"])
    is_silent = is_private or status in {"success", "pass"}
    response = _response(result)
    return DbtNodeRun(
        invocation_id=invocation_id,
        unique_id=unique_id,
        resource_type=resource_type,
        node_name=node.get("name", name),
        schema_name=node.get("schema"),
        status=status,
        message=_message(response.get(_RULES) or (None if is_silent else result.get("message"))),
        seconds=_seconds(result.get("execution_time") or 0),
        row_count=response.get("rows_affected"),
        failure_count=result.get("failures") if resource_type in {"test", "unit_test"} else None,
    )


def _response(result: Mapping[str, Any]) -> Mapping[str, Any]:
    return result.get("adapter_response") or {}


def _message(text: str | None) -> str | None:
    """The first line and the kind of error on the second: what follows may quote data."""
    lines = (text or "").strip().splitlines()
    if not lines:
        return None
    first = lines[0][:_MAX_MESSAGE]
    kind = _ERROR_KIND.match(lines[1]) if len(lines) > 1 else None
    return f"{first}: {kind.group(1)}" if kind else first


def _selection(arguments: Mapping[str, Any]) -> str | None:
    chosen = [f"{name} {' '.join(map(str, arguments[name]))}" for name in _CHOOSING if arguments.get(name)]
    return "; ".join(chosen) or None


def _seconds(value: float) -> Decimal:
    return Decimal(value).quantize(_MILLISECOND)


def _instant(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text).astimezone(datetime.UTC)


def _date(value: object) -> datetime.date | None:
    date = datetime.date.fromisoformat(str(value)) if value else None
    return date if date is not None and FIRST_DATE <= date <= LAST_DATE else None
