"""What a build of a test need not do: what would come out as it stands.

A build does what a night does (D115), and less: a model that reads something else than when it was built is
built again, one that reads it through others only when the rows of one of these have changed. What comes of
it is compared with a build of all in test_close.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any

import duckdb
from dbt.artifacts.schemas.results import RunStatus
from dbt.artifacts.schemas.run import RunResult
from dbt.contracts.graph.manifest import Manifest
from dbt.graph.selector import NodeSelector
from dbt.task.base import BaseRunner
from dbt.task.runnable import GraphRunnableTask

from orchestration.collect import collect
from orchestration.errors import TieoutError
from orchestration.publish.audit import DOMAINS
from orchestration.settings import Settings
from orchestration.warehouse.dbt_process import BUSINESS_DATE
from orchestration.warehouse.inputs import run_inputs, stale_nodes

Graph = Mapping[str, Any]


def graph_of(manifest: Manifest) -> Graph:
    """Of a manifest what stale_nodes reads of it as dbt writes it."""
    manifest.build_parent_and_child_maps()
    return {
        "child_map": manifest.child_map,
        "sources": {key: {"identifier": source.identifier} for key, source in manifest.sources.items()},
        "macros": {
            key: {"depends_on": {"macros": macro.depends_on.macros}} for key, macro in manifest.macros.items()
        },
        "nodes": {
            key: {"resource_type": node.resource_type, "depends_on": node.depends_on.to_dict()}
            for key, node in manifest.nodes.items()
        },
    }


def without_readers(graph: Graph) -> Graph:
    """The same nodes with the sources that each reads itself."""
    nodes = {}
    for key, node in graph["nodes"].items():
        own = [parent for parent in node["depends_on"].get("nodes", []) if parent in graph["sources"]]
        nodes[key] = node | {"depends_on": node["depends_on"] | {"nodes": own}}
    return {**graph, "nodes": nodes, "child_map": {}}


def spare(graph: Graph, connections: list[duckdb.DuckDBPyConnection], arguments: list[str]) -> None:
    """Let this process build, of what it is asked for, only what would come out otherwise.

    connections: gets the one that dbt works on.
    """
    settings = Settings.from_environment()
    if not settings.warehouse.exists():
        return
    if os.environ.get("TIEOUT_COLLECT") != "off":
        try:
            collect(settings)
        except TieoutError:
            return  # dbt meets it too, and says so
        os.environ["TIEOUT_COLLECT"] = "off"
    variables = json.loads(arguments[arguments.index("--vars") + 1]) if "--vars" in arguments else {}
    inputs = run_inputs(settings, os.environ.get(BUSINESS_DATE, ""), variables)
    stale, to_be_built = set(), set()
    for domain in DOMAINS:
        for found, of in ((stale, graph), (to_be_built, without_readers(graph))):
            nodes = stale_nodes(settings.warehouse, of, inputs, domain)
            if nodes is None:
                return
            found |= nodes
    select, call = NodeSelector.get_selected, GraphRunnableTask.call_runner
    changed = set()

    def selected(*given: Any, **named: Any) -> set[str]:
        return select(*given, **named) & stale

    def called(task: GraphRunnableTask, runner: BaseRunner, *more: Any) -> Any:
        node = runner.node
        if runner.skip or not hasattr(node, "relation_name"):
            return call(task, runner, *more)
        reads_changed = not changed.isdisjoint(node.depends_on.nodes)
        if node.unique_id not in to_be_built and not reads_changed:
            return RunResult(
                status=RunStatus.Success,
                timing=[],
                thread_id="",
                execution_time=0,
                adapter_response={},
                message=None,
                failures=None,
                node=node,
                batch_results=None,
            )
        is_view = node.config.materialized == "view"
        before = None if is_view else rows_of(connections, node.relation_name)
        result = call(task, runner, *more)
        if is_view or before is None or before != rows_of(connections, node.relation_name):
            changed.add(node.unique_id)
        return result

    NodeSelector.get_selected, GraphRunnableTask.call_runner = selected, called


def rows_of(connections: list[duckdb.DuckDBPyConnection], relation: str) -> tuple[int, int] | None:
    """Of a table, its number of rows and a hash of them all, or None when there is none."""
    try:
        with connections[-1].cursor() as cursor:
            return cursor.execute(
                f"select count(*), sum(cast(hash(made) as hugeint)) from {relation} as made"
            ).fetchone()
    except duckdb.CatalogException:
        return None
