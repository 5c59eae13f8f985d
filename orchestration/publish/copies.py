"""Writing marts to a folder, as a DuckDB file and as Parquet, on the basis of an older version.

The DuckDB file starts as a kernel copy of the older one, in which the slices that changed are replaced;
Parquet files of slices that did not change are hard links. What was written is read again and compared. Each
file's hash stands in version.json, so that a file that was altered since is gone on from by no later version.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from orchestration.lake.chain import sha256
from orchestration.lake.read import as_patterns
from orchestration.publish.errors import PublishError
from orchestration.publish.marts import Mart, Slice, fingerprints, quoted

log = logging.getLogger(__name__)

# Readable by every DuckDB since 1.0, whichever version writes it.
_STORAGE_VERSION = "v1.0.0"
FACTS = "version.json"


class Base(NamedTuple):
    """An older copy to start from: its folder, its marts by schema and table, and the hashes of its files by
    path, None of those published before hashes were kept."""

    folder: Path
    marts: dict[tuple[str, str], Mart]
    hashes: dict[str, str | None]


class Copy(NamedTuple):
    """A folder of marts. file: name of its DuckDB file. mode: permissions of its files, whose group is the
    folder's."""

    folder: Path
    file: str
    mode: int


def read_base(folder: Path) -> Base | None:
    """The copy in a folder, or None when there is none to go on from.

    Other versions of DuckDB may hash, and so fingerprint, otherwise. A file that is not what was published is
    told.
    """
    try:
        facts = json.loads((folder / FACTS).read_bytes())
    except FileNotFoundError:
        return None
    if facts["duckdb_version"] != duckdb.__version__:
        return None
    hashes = {file["path"]: file.get("sha256") for file in _files(facts)}
    for path, known in hashes.items():
        if not (folder / path).exists() or known not in (None, sha256(folder / path)):
            log.warning("%s is not what was published: no version goes on from it", folder / path)
            return None
    marts = map(Mart.from_json, facts["tables"])
    return Base(folder, {(mart.schema, mart.table): mart for mart in marts}, hashes)


def write_copy(
    connection: duckdb.DuckDBPyConnection,
    copy: Copy,
    marts: Sequence[Mart],
    base: Base | None,
    facts: Mapping[str, Any],
) -> int:
    """Write the marts of the connection's default database and version.json. Returns the slices written.

    copy: its folder exists and is empty. facts: of the version, for version.json and the table
    published.version. Raises PublishError when what was written is not what the warehouse holds.
    """
    written = _write_database(connection, copy, marts, base, facts)
    tables = []
    for mart in marts:
        files = _write_parquet(connection, copy, mart, base)
        tables.append(mart.as_json() | {"files": files})
    database = _file(copy, copy.folder / copy.file)
    told = {**facts, "database": database, "tables": tables}
    _put(copy.folder / FACTS, json.dumps(told, indent=1).encode(), copy.mode)
    return written


def _write_database(
    connection: duckdb.DuckDBPyConnection,
    copy: Copy,
    marts: Sequence[Mart],
    base: Base | None,
    facts: Mapping[str, Any],
) -> int:
    file = copy.folder / copy.file
    options = f" (storage_version '{_STORAGE_VERSION}')"
    if base:
        _kernel_copy(base.folder / copy.file, file)
        options = ""
    connection.execute(f"attach {_literal(file)} as copy{options}")
    file.chmod(0o600)
    connection.execute("begin")
    before = base.marts if base else {}
    for schema, table in before.keys() - {(mart.schema, mart.table) for mart in marts}:
        connection.execute(f"drop table copy.{quoted(schema)}.{quoted(table)}")
    written = sum(_bring_up(connection, mart, before.get((mart.schema, mart.table))) for mart in marts)
    _write_version(connection, facts)
    connection.execute("commit")
    connection.execute("checkpoint copy")
    known = before if base and base.hashes.get(copy.file) else {}
    for mart in marts:
        _compare_changed(connection, mart, known.get((mart.schema, mart.table)))
    connection.execute("detach copy")
    file.chmod(copy.mode)
    return written


def _bring_up(connection: duckdb.DuckDBPyConnection, mart: Mart, before: Mart | None) -> int:
    changed, gone = mart.changed_since(before)
    if not changed and not gone:
        return 0
    if changed == set(mart.slices):
        connection.execute(f"create schema if not exists copy.{quoted(mart.schema)}")
        connection.execute(f"create or replace table copy.{mart.name} as from {mart.name}")
        comments = [("table", mart.name, mart.comment)]
        comments += [("column", f"{mart.name}.{quoted(name)}", comment) for name, _, comment in mart.columns]
        for kind, name, comment in comments:
            if comment is not None:
                connection.execute(f"comment on {kind} copy.{name} is {_literal(comment)}")
    else:
        gone_or_changed = " or ".join(f"({mart.where(name)})" for name in sorted(changed | gone))
        connection.execute(f"delete from copy.{mart.name} where {gone_or_changed}")
        rows = " or ".join(f"({mart.where(name)})" for name in sorted(changed))
        if rows:
            connection.execute(f"insert into copy.{mart.name} from {mart.name} where {rows}")
    return len(changed)


def _write_version(connection: duckdb.DuckDBPyConnection, facts: Mapping[str, Any]) -> None:
    connection.execute("create schema if not exists copy.published")
    connection.execute(
        """
        create or replace table copy.published.version as
        select
            cast($version as varchar) as version,
            cast($published_by as varchar) as published_by,
            cast($note as varchar) as note,
            cast($green as bigint) as green_controls,
            cast($red as bigint) as red_controls,
            cast($accepted as bigint) as accepted_controls,
            cast($as_of_date as date) as as_of_date,
            cast(cast($published_at as timestamptz) at time zone 'UTC' as timestamp) as published_at
        """,
        {name: facts[name] for name in ("version", "published_by", "note", "as_of_date", "published_at")}
        | facts["controls"],
    )


def _write_parquet(
    connection: duckdb.DuckDBPyConnection, copy: Copy, mart: Mart, base: Base | None
) -> list[dict[str, Any]]:
    folder = copy.folder / "parquet" / mart.schema / mart.table
    folder.mkdir(parents=True)
    changed, _ = mart.changed_since(base.marts.get((mart.schema, mart.table)) if base else None)
    files = []
    for name in mart.slices:
        file = folder / f"{name}.parquet"
        if name in changed:
            connection.execute(
                f"copy (from {mart.name} where {mart.where(name)}) to {_literal(file)}"
                " (format parquet, compression zstd)"
            )
            file.chmod(copy.mode)
        else:
            _link(base.folder / file.relative_to(copy.folder), file)
            _give(file, copy)
        files.append(_file(copy, file, None if name in changed else base))
    if changed:
        patterns = as_patterns(folder / f"{name}.parquet" for name in sorted(changed))
        written = ", ".join(map(_literal, patterns))
        expected = {name: mart.slices[name] for name in changed}
        _compare(connection, mart, f"read_parquet([{written}], hive_partitioning = false)", expected)
    return files


def _compare_changed(connection: duckdb.DuckDBPyConnection, mart: Mart, before: Mart | None) -> None:
    """Compare the slices that were written, and count the rows of all: the others came with the file."""
    changed, _ = mart.changed_since(before)
    ((row_count,),) = connection.execute(f"select count(*) from copy.{mart.name}").fetchall()
    written = " or ".join(f"({mart.where(name)})" for name in sorted(changed))
    if written:
        expected = {name: mart.slices[name] for name in changed}
        _compare(connection, mart, f"(from copy.{mart.name} where {written})", expected)
    if row_count != mart.row_count:
        raise _otherwise(mart)


def _compare(
    connection: duckdb.DuckDBPyConnection, mart: Mart, relation: str, expected: Mapping[str, Slice]
) -> None:
    if fingerprints(connection, mart, relation) != expected:
        raise _otherwise(mart)


def _otherwise(mart: Mart) -> PublishError:
    return PublishError(
        f"nothing is published: what was written of {mart.schema}.{mart.table} reads back otherwise. Look"
        " after the disk, then run `tieout publish` again"
    )


def _files(facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every file of a copy but version.json, as that one tells of it."""
    databases = [facts["database"]] if "database" in facts else []
    return databases + [file for table in facts["tables"] for file in table["files"]]


def _file(copy: Copy, file: Path, linked_from: Base | None = None) -> dict[str, Any]:
    """What version.json tells of a file."""
    path = str(file.relative_to(copy.folder))
    known = linked_from.hashes.get(path) if linked_from else None
    return {"path": path, "bytes": file.stat().st_size, "sha256": known or sha256(file)}


def _kernel_copy(source: Path, target: Path) -> None:
    """Copy a file without reading it, sharing its blocks where the file system can."""
    with (
        source.open("rb") as read,
        os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as write,
    ):
        try:
            while os.copy_file_range(read.fileno(), write.fileno(), 1 << 30):
                pass
        except (AttributeError, OSError):  # not Linux, or two file systems
            read.seek(0)
            write.truncate(0)
            write.seek(0)
            shutil.copyfileobj(read, write, 1 << 20)


def _link(source: Path, target: Path) -> None:
    try:
        target.hardlink_to(source)
    except OSError:  # a file system without hard links, or too many of one file
        shutil.copy2(source, target)


def _give(file: Path, copy: Copy) -> None:
    """What an older version shares may have been written for other readers."""
    state, group = file.stat(), copy.folder.stat().st_gid
    if state.st_gid != group:
        os.chown(file, -1, group)
    if stat.S_IMODE(state.st_mode) != copy.mode:
        file.chmod(copy.mode)


def _put(file: Path, content: bytes, mode: int) -> None:
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as handle:
        handle.write(content)
    file.chmod(mode)


def _literal(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"
