"""What Spark built, handed over as the DuckDB file that gate, close, publication, pay, page and alerts read.

They read few of its tables: those that exposures name. These are copied from Spark's Parquet files into a new
DuckDB file, with the types of their contracts, and the file takes the place of the one before in one step. So
every room has one way to ask, no rule stands twice, and a reader sees one build whole, whatever Spark drops
and makes meanwhile. It costs what is read behind the marts, not what the marts are made of.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from orchestration.errors import TieoutError
from orchestration.lake.disk import sync
from orchestration.lake.pseudonyms import pseudonym, pseudonym_key, remember_key
from orchestration.lake.read import as_patterns
from orchestration.settings import Settings
from orchestration.warehouse.inputs import DONE

# Beside what exposures name: how each node stands, and what was done batch by batch.
_OPERATIONS = ("node_states", "batch_ledger")
_OPERATIONS_SCHEMA = "ops"
_MARKER = f"{_OPERATIONS_SCHEMA}.handed_over"
_INPUTS = f"{_OPERATIONS_SCHEMA}.run_inputs"
# What Spark leaves in a folder when all of a write is there.
WRITTEN = "_SUCCESS"
# DuckDB gives Spark's times a time zone, which is UTC.
_INSTANT = "TIMESTAMP WITH TIME ZONE"


class HandOverError(TieoutError):
    """What Spark built is not handed over. The message says why and what to do."""


class _Table(NamedTuple):
    """A table that is read. types: of its columns in order, empty as Spark has them. comments: by column."""

    schema: str
    name: str
    types: dict[str, str]
    comment: str
    comments: dict[str, str]

    @property
    def quoted(self) -> str:
        return f"{_quoted(self.schema)}.{_quoted(self.name)}"


def hand_over(
    settings: Settings,
    manifest: Mapping[str, Any],
    invocation_id: str | None,
    inputs: Mapping[str, str],
) -> list[str]:
    """Make the warehouse's file what Spark has now, and return the tables that Spark lacks.

    manifest: of the run. inputs: what the invocation read beside what it built (run_inputs). Without an
    invocation they are not known, and the next night builds its nodes again. Raises HandOverError and
    PseudonymKeyError, and then the file is the one before.
    """
    file = settings.warehouse
    refuse_built_by_duckdb(file)
    new = file.with_name(f".{file.name}.new")
    file.parent.mkdir(parents=True, exist_ok=True)
    _remove(new)
    missing = []
    try:
        with duckdb.connect(str(new)) as connection:
            connection.execute("set TimeZone = 'UTC'")
            for table in _tables(manifest):
                files = table_files(settings.spark_warehouse, table.schema, table.name)
                if files:
                    _copy(connection, table, files)
                else:
                    missing.append(f"{table.schema}.{table.name}")
            _refuse_unless_found(settings, connection, missing)
            _refuse_another_key(settings, connection)
            _keep_inputs(connection, file, invocation_id, inputs)
            connection.execute(f"create table {_MARKER} as select $1 as node_states", [_stand(settings)])
        sync(new)
        new.replace(file)
    except (duckdb.Error, OSError) as error:
        raise HandOverError(f"what Spark built is not handed over to {file}: {error}") from error
    finally:
        _remove(new)
    sync(file.parent)
    remember_key(settings)
    return missing


def is_handed_over(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the connection's default database is what Spark handed over."""
    schema, name = _MARKER.split(".")
    return bool(
        connection.execute(
            "select 1 from duckdb_tables()"
            " where database_name = current_database() and schema_name = $1 and table_name = $2",
            [schema, name],
        ).fetchall()
    )


def is_current(settings: Settings) -> bool:
    """Whether the warehouse's file is what Spark has now, and not of a build that was never handed over."""
    if not settings.warehouse.exists():
        return False
    with duckdb.connect(str(settings.warehouse), read_only=True) as connection:
        if not is_handed_over(connection):
            return False
        return connection.execute(f"from {_MARKER}").fetchall() == [(_stand(settings),)]


def table_files(spark_warehouse: Path, schema: str, table: str) -> list[Path]:
    """The Parquet files of one of Spark's tables; none of a write that did not end."""
    folder = spark_warehouse / f"{schema}.db" / table
    return sorted(
        file
        for file in folder.rglob("*.parquet")
        if not any(part.startswith(("_", ".")) for part in file.relative_to(folder).parts)
        and any((above / WRITTEN).exists() for above in (folder, file.parent))
    )


def _tables(manifest: Mapping[str, Any]) -> Iterator[_Table]:
    """What exposures name, and what is known of the run."""
    named = {node for exposure in manifest["exposures"].values() for node in exposure["depends_on"]["nodes"]}
    for node_id in sorted(named):
        node = manifest["nodes"][node_id]
        is_contracted = node["config"].get("contract", {}).get("enforced", False)
        columns = node["columns"] if is_contracted else {}
        yield _Table(
            node["schema"],
            node["alias"],
            {name: column["data_type"] for name, column in columns.items()},
            node["description"] if is_contracted else "",
            {name: column["description"] for name, column in columns.items() if column["description"]},
        )
    for name in _OPERATIONS:
        yield _Table(_OPERATIONS_SCHEMA, name, {}, "", {})


def _copy(connection: duckdb.DuckDBPyConnection, table: _Table, files: list[Path]) -> None:
    rows = connection.read_parquet(
        as_patterns(files),
        union_by_name=True,
        hive_partitioning=any("=" in file.parent.name for file in files),
    )
    types = table.types or {
        name: "timestamp" if str(kind) == _INSTANT else str(kind)
        for name, kind in zip(rows.columns, rows.types, strict=True)
    }
    selected = ", ".join(
        f"cast({_quoted(name)} as {kind}) as {_quoted(name)}" for name, kind in types.items()
    )
    connection.execute(f"create schema if not exists {_quoted(table.schema)}")
    rows.project(selected).create(f"{table.schema}.{table.name}")
    # As dbt does with what DuckDB builds: the published copy carries them on.
    if table.comment:
        connection.execute(f"comment on table {table.quoted} is {_literal(table.comment)}")
    for name, comment in table.comments.items():
        connection.execute(f"comment on column {table.quoted}.{_quoted(name)} is {_literal(comment)}")


def _keep_inputs(
    connection: duckdb.DuckDBPyConnection, before: Path, invocation_id: str | None, inputs: Mapping[str, str]
) -> None:
    """What the runs read that nodes are of, this one's included."""
    connection.execute(f"create schema if not exists {_OPERATIONS_SCHEMA}")
    connection.execute(f"create table {_INPUTS} (invocation_id text, name text, fingerprint text)")
    rows = [(invocation_id, *each) for each in inputs.items()] if invocation_id else []
    if before.exists():
        with duckdb.connect(str(before), read_only=True) as known:
            rows += known.execute(f"from {_INPUTS}").fetchall()
    states = dict(connection.execute("select invocation_id, 1 from ops.node_states").fetchall())
    if rows := [row for row in rows if row[0] in states]:
        connection.executemany(f"insert into {_INPUTS} values ($1, $2, $3)", rows)


def refuse_built_by_duckdb(file: Path) -> None:
    """Raise HandOverError where the file of the warehouse is DuckDB's own: it is not replaced."""
    if not file.exists() and not _log_of(file).exists():
        return
    if file.exists():
        with duckdb.connect(str(file), read_only=True) as connection:
            if is_handed_over(connection):
                return
    raise HandOverError(
        f"{file} is a warehouse that DuckDB built, and what Spark built would take its place: nothing is"
        f" built. Move it away, with {_log_of(file).name} if there is one, or set TIEOUT_WAREHOUSE to"
        " another file"
    )


def _refuse_unless_found(
    settings: Settings, connection: duckdb.DuckDBPyConnection, missing: Sequence[str]
) -> None:
    """What Spark built stands as Parquet files where it is looked for."""
    built = connection.execute(
        "select schema_name || '.' || table_name from ops.node_states"
        " where status in (select unnest($1)) and schema_name || '.' || table_name in (select unnest($2))"
        " order by all",
        [list(DONE), list(missing)],
    ).fetchall()
    if built:
        names = ", ".join(name for (name,) in built)
        raise HandOverError(
            f"what Spark built is not handed over: it says that it built {names}, and"
            f" {settings.spark_warehouse} has no Parquet files of them. Set TIEOUT_SPARK_WAREHOUSE to where"
            " Spark's tables are; a view or a table in another format cannot be handed over"
        )


def _refuse_another_key(settings: Settings, connection: duckdb.DuckDBPyConnection) -> None:
    """The key is the lake's, whichever engine built from it first."""
    key = pseudonym_key(settings)
    try:
        person = connection.execute("select employee_id, employee_key from payroll.dim_employees limit 1")
        known = person.fetchone()
    except duckdb.CatalogException:
        return
    if known and known[1] != pseudonym(key, known[0]):
        raise HandOverError(
            "what Spark built is not handed over: its executors have another TIEOUT_PSEUDONYM_KEY than this"
            " process. Give them the lake's, and build again (docs/runbook.md, A pseudonym key)"
        )


def _stand(settings: Settings) -> str:
    """What changes with each run of dbt on Spark: the names of the files that say how its nodes stand."""
    files = table_files(settings.spark_warehouse, _OPERATIONS_SCHEMA, "node_states")
    return json.dumps([file.name for file in files])


def _remove(file: Path) -> None:
    for left in (file, _log_of(file)):
        left.unlink(missing_ok=True)
    shutil.rmtree(f"{file}.tmp", ignore_errors=True)


def _log_of(file: Path) -> Path:
    """DuckDB's own of a file, which it would read into another file of that name."""
    return Path(f"{file}.wal")


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _quoted(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'
