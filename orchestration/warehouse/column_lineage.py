"""Column lineage of a model, read from its compiled SQL. Pure: no warehouse is opened."""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError
from sqlglot.lineage import lineage
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import build_scope

from orchestration.lake.datasets import DATASETS

log = logging.getLogger(__name__)

# The business date stands in compiled SQL, and no column is made from it.
_DATE = re.compile(r"'\d{4}-\d{2}-\d{2}'")
# Column to the columns it is made from: (schema, table, column).
ColumnLineage = dict[str, list[tuple[str, str, str]]]


def column_lineage(
    node: Mapping[str, Any],
    compiled_sql: str,
    columns_by_table: Mapping[str, Mapping[str, list[str]]],
    dialect: str = "duckdb",
) -> ColumnLineage:
    """The columns that each documented column of a model is made from.

    node: the model in dbt's manifest. columns_by_table: schema, then table, to the columns of what it reads,
    which `select *` needs. dialect: of the SQL, `duckdb`, whose tables stand in a database, or `spark`. A
    column made of literals alone has no parents. What SQL reads only to join or filter is not a parent.
    """
    schema = {
        name: {table: dict.fromkeys(columns, "unknown") for table, columns in tables.items()}
        for name, tables in columns_by_table.items()
    }
    query = qualify(
        parse_one(compiled_sql, dialect=dialect),
        dialect=dialect,
        schema={node["database"]: schema} if dialect == "duckdb" else schema,
        validate_qualify_columns=False,
        identify=False,
    )
    scope = build_scope(query)
    selected = {column.alias_or_name for column in query.selects}
    parents: ColumnLineage = {}
    for column in node["columns"]:
        if column not in selected:  # the batch a row belongs to is added by the materialization
            continue
        tree = lineage(column, query, {}, dialect=dialect, scope=scope, trim_selects=False, copy=False)
        leaves = {
            (leaf.expression.db, leaf.expression.name, leaf.name.rpartition(".")[2].strip('"'))
            for leaf in tree.walk()
            if isinstance(leaf.expression, exp.Table) and leaf.expression.db
        }
        parents[column] = sorted(leaves)
    return parents


def columns_by_table(manifest: Mapping[str, Any]) -> dict[str, dict[str, list[str]]]:
    """The columns of the lake and the documented ones of models and seeds: schema, then table, to columns."""
    tables = {"lake": {dataset: rows.names for dataset, rows in DATASETS.items()}}
    for node in manifest["nodes"].values():
        if node["columns"]:
            tables.setdefault(node["schema"], {})[node["alias"]] = list(node["columns"])
    return tables


class LineageCache:
    """Column lineage by compiled SQL, dates apart, kept in a file: a model is read again when it changes."""

    def __init__(self, file: Path, manifest: Mapping[str, Any], dialect: str = "duckdb") -> None:
        self._dialect = dialect
        self._file = file
        self._manifest = manifest
        self._columns: dict[str, dict[str, list[str]]] | None = None
        self._known: dict[str, ColumnLineage] = {}
        self._has_grown = False

    def __enter__(self) -> LineageCache:
        with contextlib.suppress(OSError, ValueError):
            self._known = json.loads(self._file.read_text())
        return self

    def __exit__(self, *_: object) -> None:
        if self._has_grown:
            partial = self._file.with_suffix(f".{os.getpid()}")
            partial.parent.mkdir(parents=True, exist_ok=True)
            partial.write_text(json.dumps(self._known))
            partial.replace(self._file)

    def lineage(self, node: Mapping[str, Any], compiled: Path) -> ColumnLineage:
        """Lineage of a model whose compiled SQL is in a file; empty when that cannot be read."""
        try:
            sql = compiled.read_text()
        except FileNotFoundError:
            return {}
        told = [node["unique_id"], _DATE.sub("", sql), list(node["columns"])]
        key = hashlib.sha256(json.dumps(told).encode()).hexdigest()
        if key not in self._known:
            if self._columns is None:
                self._columns = columns_by_table(self._manifest)
            try:
                self._known[key] = column_lineage(node, sql, self._columns, self._dialect)
            except SqlglotError as error:
                log.debug("no column lineage of %s: %s", node["name"], error)
                return {}
            self._has_grown = True
        return self._known[key]
