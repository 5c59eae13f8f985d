"""The dbt project as Dagster sees it, and the pure functions that build every dbt argument."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DbtProject

from orchestration.dbt_process import child_environment
from orchestration.settings import PROJECT_DIR

WAREHOUSE_POOL = "warehouse"
OWNERS = ["team:finance-data"]
# What says how the nights went; built after everything else, from what was recorded of it.
OPERATIONS = "tag:operations"

# dagster-dbt looks for dbt on the PATH; this environment's own is meant, activated or not.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])

dbt_project = DbtProject(project_dir=PROJECT_DIR, profiles_dir=PROJECT_DIR)


class LayerTranslator(DagsterDbtTranslator):
    """Groups assets by layer, so that the graph reads as the flow from the lake to the marts."""

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
        return group_name(dbt_resource_props)

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> list[str]:
        return OWNERS


def group_name(dbt_resource_props: Mapping[str, Any]) -> str:
    """The layer of a dbt node: collect for sources, reference for seeds, else the model's top folder."""
    if dbt_resource_props["resource_type"] == "source":
        return "collect"
    if dbt_resource_props["resource_type"] == "seed":
        return "reference"
    return dbt_resource_props["fqn"][1]


def build_arguments() -> list[str]:
    """Arguments of the night's dbt build. Unit tests belong to development, not to the night."""
    return ["build", "--exclude-resource-type", "unit_test"]


def batch_arguments(model: str, batch_ids: Sequence[str]) -> list[str]:
    """Arguments of a dbt build that does some batches of a batched model again, and what reads the model."""
    return [
        *("build", "--exclude-resource-type", "unit_test"),
        *("--select", f"{model}+"),
        *("--vars", json.dumps({"batch_force": list(batch_ids)})),
    ]


@contextmanager
def child_dbt(business_date: str | None = None) -> Iterator[None]:
    """A dbt process started inside builds from the lake as it is, and ends when this process does.

    business_date: as in child_environment.
    """
    environment = child_environment(business_date)
    before = {name: os.environ.get(name) for name in environment}
    os.environ.update(environment)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def prepared_manifest() -> Path:
    """Path of the manifest, made again when a file of the dbt project is newer than it."""
    manifest = dbt_project.manifest_path
    if not manifest.exists() or _newest_change(PROJECT_DIR) > manifest.stat().st_mtime:
        dbt_project.preparer.prepare(dbt_project)
    return manifest


def _newest_change(project_dir: Path) -> float:
    return max(path.stat().st_mtime for path in _project_files(project_dir))


def _project_files(project_dir: Path) -> Iterator[Path]:
    yield project_dir / "dbt_project.yml"
    yield project_dir / "profiles.yml"
    for folder in ("models", "seeds", "macros", "tests"):
        yield from (
            path for path in (project_dir / folder).rglob("*") if path.suffix in {".sql", ".yml", ".csv"}
        )


def mart_keys(*, operations: bool | None = None) -> list[dg.AssetKey]:
    """The asset keys of the marts: all, only those that say how the nights went, or only the others."""
    nodes = json.loads(prepared_manifest().read_text())["nodes"].values()
    return [
        dg.AssetKey([node["schema"], node["name"]])
        for node in nodes
        if node["resource_type"] == "model"
        and node["fqn"][1] == "marts"
        and operations in (None, "operations" in node["tags"])
    ]


def lake_asset_key(dataset: str) -> dg.AssetKey:
    """The asset key of a lake dataset, the same as that of its dbt source."""
    return dg.AssetKey(["lake", dataset])
