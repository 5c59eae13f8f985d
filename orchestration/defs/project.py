"""The dbt project as Dagster sees it: its manifest, and the keys, groups and owners of its assets."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DbtCliResource, DbtProject

from orchestration.settings import PROJECT_DIR
from orchestration.warehouse.inputs import project_files

WAREHOUSE_POOL = "warehouse"
# Whose is what nobody else's is.
_COLLECT = "collect"
_COMMENT = re.compile(r"^-- .*(?:\n-- (?!depends_on:).*)*", re.MULTILINE)
_REF = re.compile(r"'(\w+)'")

# dagster-dbt looks for dbt on the PATH; this environment's own is meant, activated or not.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])

dbt_project = DbtProject(project_dir=PROJECT_DIR, profiles_dir=PROJECT_DIR)


class AreaTranslator(DagsterDbtTranslator):
    """Groups the assets by area, as dbt does, each with its area's owner."""

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
        return group_name(dbt_resource_props)

    def get_asset_check_spec(
        self,
        asset_spec: dg.AssetSpec,
        manifest: Mapping[str, Any],
        unique_id: str,
        project: DbtProject | None,
    ) -> dg.AssetCheckSpec | None:
        spec = super().get_asset_check_spec(asset_spec, manifest, unique_id, project)
        return spec and spec._replace(description=_proves(manifest, unique_id))

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> Sequence[str]:
        return [_owners()[dbt_resource_props["unique_id"]]]


def _proves(manifest: Mapping[str, Any], unique_id: str) -> str:
    """What a test proves: what the macro of a generic one says, or the comment of one of its own."""
    node = manifest["nodes"][unique_id]
    kind = (node.get("test_metadata") or {}).get("name")
    if kind is None:
        comment = _COMMENT.search(node["raw_code"])
        told = comment[0].splitlines() if comment else [f"{node['name']} has no row."]
        return " ".join(line.removeprefix("-- ") for line in told)
    told = node["test_metadata"]["kwargs"]
    column = told.get("column_name")
    condition = f" where {where}" if (where := node["config"].get("where")) else ""
    if kind == "relationships":
        model = _REF.search(told["to"])[1]
        return f"Each {column}{condition} stands in {model} as {told['field']}."
    if kind == "unique":
        return f"No {column}{condition} stands twice."
    if kind == "not_null":
        return f"Each {column}{condition} has a value."
    if kind == "accepted_values":
        return f"Each {column}{condition} is one of {', '.join(map(str, told['values']))}."
    package = node["test_metadata"]["namespace"] or "tieout"
    macro = manifest["macros"].get(f"macro.{package}.test_{kind}", {})
    return macro.get("description") or f"{kind} holds."


def group_name(dbt_resource_props: Mapping[str, Any]) -> str:
    """The area of a dbt node: its group; collect for sources, and reference for seeds."""
    if dbt_resource_props["resource_type"] == "source":
        return _COLLECT
    if dbt_resource_props["resource_type"] == "seed":
        return "reference"
    return dbt_resource_props["config"]["group"]


def owners_of(area: str) -> list[str]:
    """Who owns an area, as its dbt group says: for what dbt does not know, such as jobs."""
    return [_owners()[area]]


@cache
def manifest() -> Mapping[str, Any]:
    """The dbt project as it is parsed."""
    return json.loads(prepared_manifest().read_text())


@cache
def _owners() -> Mapping[str, str]:
    """The owner of each area by its name, and of each node and source by its id.

    A seed or a source without a group is the one's whose models read it; of several, or of none, collect's.
    """
    areas = {group["name"]: group["owner"]["email"] for group in manifest()["groups"].values()}
    nodes = manifest()["nodes"]
    readers: dict[str, set[str]] = {}
    for node in nodes.values():
        if node["resource_type"] == "model":
            for read in node["depends_on"]["nodes"]:
                readers.setdefault(read, set()).add(areas[node["config"]["group"]])
    shared = {
        unique_id: min(readers[unique_id]) if len(readers.get(unique_id, ())) == 1 else areas[_COLLECT]
        for unique_id in [*nodes, *manifest()["sources"]]
    }
    own = {
        unique_id: areas[node["config"]["group"]]
        for unique_id, node in nodes.items()
        if node["config"].get("group")
    }
    return areas | shared | own


def prepared_manifest() -> Path:
    """Path of the manifest, made again when a file of the dbt project is newer than it."""
    manifest = dbt_project.manifest_path
    newest = max(path.stat().st_mtime for path in project_files())
    if not manifest.exists() or newest > manifest.stat().st_mtime:
        # Not its preparer, which runs `dbt deps` each time: the only package is a part of the project.
        parse = DbtCliResource(project_dir=dbt_project).cli(["parse", "--quiet"], target_path=manifest.parent)
        parse.wait()
    return manifest


def mart_keys(assets: dg.AssetsDefinition) -> list[dg.AssetKey]:
    """The asset keys of the marts among what a step builds."""
    return sorted(key for key in assets.keys if key.path[-1].startswith(("fct_", "dim_")))


def lake_asset_key(dataset: str) -> dg.AssetKey:
    """The asset key of a lake dataset, the same as that of its dbt source."""
    return dg.AssetKey(["lake", dataset])


def owners_of_dataset(dataset: str) -> list[str]:
    """Who owns a lake dataset."""
    (source,) = (each for each in manifest()["sources"].values() if each["name"] == dataset)
    return [_owners()[source["unique_id"]]]
