"""Metrics, as models/marts/__metrics.yml has them: MetricFlow writes the SQL, of DuckDB or of Spark.

A metric in money names the dimension of its currency, and is never added up over two.
"""

from __future__ import annotations

import datetime
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from orchestration.outside import shown
from orchestration.publish.errors import PublishError
from orchestration.report.answers import reading
from orchestration.settings import PROJECT_DIR, Settings
from orchestration.warehouse.dbt_process import run_dbt

_GRAINS = ("day", "week", "month", "quarter", "year")
_MODELS = PROJECT_DIR / "models"

Engine = Literal["duckdb", "spark"]


@dataclass(frozen=True)
class Metric:
    """A metric. currency: the dimension of its currency, or None for what is no money."""

    name: str
    description: str
    currency: str | None


class Metrics:
    """The metrics of one semantic manifest, and the SQL of an engine that answers them."""

    def __init__(self, manifest: Path, engine: Engine = "duckdb") -> None:
        from metricflow.engine.metricflow_engine import MetricFlowEngine
        from metricflow.protocols.sql_client import SqlEngine
        from metricflow.sql.render.databricks import DatabricksSqlPlanRenderer  # whose SQL is Spark's
        from metricflow.sql.render.duckdb_renderer import DuckDbSqlPlanRenderer
        from metricflow_semantics.model.dbt_manifest_parser import parse_manifest_from_dbt_generated_manifest
        from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup

        class _Client:
            """What MetricFlow asks to write SQL; it runs none."""

            sql_engine_type = SqlEngine.DUCKDB if engine == "duckdb" else SqlEngine.DATABRICKS
            sql_plan_renderer = DuckDbSqlPlanRenderer() if engine == "duckdb" else DatabricksSqlPlanRenderer()

        text = _of_any_database(manifest.read_text(encoding="utf-8"))
        self._engine = MetricFlowEngine(
            SemanticManifestLookup(parse_manifest_from_dbt_generated_manifest(manifest_json_string=text)),
            _Client(),
        )
        self.all = {
            each["name"]: Metric(
                each["name"],
                each["description"] or "",
                (each["config"] or {}).get("meta", {}).get("currency"),
            )
            for each in sorted(json.loads(text)["metrics"], key=lambda metric: metric["name"])
        }

    def dimensions(self, names: Sequence[str]) -> list[str]:
        """What all these metrics can be asked by, such as account__account_name or metric_time__month."""
        found = self._engine.simple_dimensions_for_metrics(list(names))
        return sorted({dimension.granularity_free_dunder_name for dimension in found})

    def sql(self, names: Sequence[str], by: Sequence[str] = (), where: str | None = None) -> str:
        """The query of metrics. by: dimensions, by their last part where one has it, or a grain of time.

        Raises PublishError for a name that nothing has.
        """
        from metricflow.engine.metricflow_engine import MetricFlowQueryRequest

        if unknown := [name for name in names if name not in self.all]:
            raise PublishError(f"there is no metric {unknown[0]}; there are {', '.join(self.all)}")
        known = self.dimensions(names)
        currencies = {self.all[name].currency for name in names} - {None}
        group_by = list(dict.fromkeys([*(_named(each, known) for each in by), *sorted(currencies)]))
        request = MetricFlowQueryRequest.create(
            metric_names=list(names),
            group_by_names=group_by,
            order_by_names=group_by,
            where_constraints=[where] if where else None,
        )
        return self._engine.explain(request).sql_statement.without_descriptions.sql


def _of_any_database(manifest: str) -> str:
    """The manifest with its tables named by their schema alone: a file has the name that it has."""
    parsed = json.loads(manifest)
    for model in parsed["semantic_models"]:
        relation = model["node_relation"]
        relation["relation_name"] = f"{relation['schema_name']}.{relation['alias']}"
    return json.dumps(parsed)


def ask(
    settings: Settings, names: Sequence[str], by: Sequence[str], where: str | None, database: Path | None
) -> tuple[list[str], list[tuple[Any, ...]]]:
    """The columns and rows of metrics, of the published copy or another DuckDB file. Raises PublishError."""
    file = database or settings.published_copy
    if not file.is_file():
        raise PublishError(f"no file {file}: run `tieout publish`, or add --from {settings.warehouse}")
    query = Metrics(semantic_manifest()).sql(names, by, where)
    with reading(file.resolve()) as connection:
        answer = connection.execute(query)
        return [column[0] for column in answer.description], [
            tuple(map(_printed, row)) for row in answer.fetchall()
        ]


def _printed(value: Any) -> Any:
    """A value as a terminal may have it: text of a bank drives none, and a grain of time is a date."""
    if isinstance(value, str):
        return shown(value)
    return value.date() if isinstance(value, datetime.datetime) else value


def semantic_manifest() -> Path:
    """The manifest that dbt's parser writes, made again when a file of the models is newer."""
    manifest = PROJECT_DIR / os.environ.get("DBT_TARGET_PATH", "target") / "semantic_manifest.json"
    newest = max(file.stat().st_mtime for file in _MODELS.rglob("*.yml"))
    if not manifest.exists() or manifest.stat().st_mtime < newest:
        run_dbt(["parse"])
    return manifest


def _named(name: str, known: Sequence[str]) -> str:
    """The dimension that a short name means; of an account before others."""
    if name in _GRAINS:
        return f"metric_time__{name}"
    found = [each for each in known if each == name or each.endswith(f"__{name}")]
    if not found:
        raise PublishError(f"these metrics have no {name}; they have {', '.join([*_GRAINS, *known])}")
    return min(found, key=lambda each: (not each.startswith("account__"), len(each), each))
