"""A schema of a PostgreSQL database as a target.

The parts of marts that changed are deleted and copied in one transaction. So every statement of a reader sees
one version, a repeatable-read transaction does from begin to end, nobody waits, and grants, indexes and views
stay.
"""

from __future__ import annotations

import json
import ssl
import tempfile
from pathlib import Path
from typing import Any

import duckdb
import sqlalchemy

from orchestration.outside import is_this_machine
from orchestration.publish.copies import FACTS
from orchestration.publish.errors import PublishTargetError
from orchestration.publish.marts import Mart, quoted
from orchestration.settings import SettingsError

_TYPES = {
    "VARCHAR": "text",
    "BOOLEAN": "boolean",
    "SMALLINT": "smallint",
    "INTEGER": "integer",
    "BIGINT": "bigint",
    "HUGEINT": "numeric(38, 0)",
    "DOUBLE": "double precision",
    "DATE": "date",
    "TIMESTAMP": "timestamp",
    "TIMESTAMP WITH TIME ZONE": "timestamptz",
}
# As libpq knows them; pg8000's ssl_context. Without one, a server on another machine is verified, and one on
# this has TLS where it has it.
_TLS = {"disable": False, "prefer": None, "require": True}
_VERIFIED = "verify-full"
_STATE = "published_parts"
_VERSION = "published_version"
# A table whose columns changed is made anew, which waits for its readers, but not for ever.
_LOCK_TIMEOUT = "60s"


class PostgresTarget:
    """See Target. The schema has every mart by its plain name, and published_version."""

    def __init__(self, url: str) -> None:
        try:
            parsed = sqlalchemy.make_url(url)
            options = dict(parsed.query)
            self._schema = str(options.pop("schema", "tieout"))
            mode = str(options.pop("sslmode", "prefer" if is_this_machine(parsed.host) else _VERIFIED))
            authority = str(options.pop("sslrootcert", "")) or None
            if authority and mode != _VERIFIED:
                raise KeyError(mode)
            context = ssl.create_default_context(cafile=authority) if mode == _VERIFIED else _TLS[mode]
            if options:
                raise KeyError(*options)
            self._engine = sqlalchemy.create_engine(
                parsed.set(drivername="postgresql+pg8000", query={}),
                poolclass=sqlalchemy.NullPool,
                connect_args={"ssl_context": context},
            )
        except (sqlalchemy.exc.ArgumentError, KeyError, ValueError, OSError) as error:
            raise SettingsError(
                f"TIEOUT_PUBLISH_TO has a PostgreSQL URL that cannot be used ({type(error).__name__}): give"
                " postgresql://user:password@host:5432/database?schema=tieout, and with it"
                f" &sslmode={'|'.join([*_TLS, _VERIFIED])} where needed, or &sslrootcert=FILE with the"
                " certificates of who signs the server's"
            ) from None
        self._hint = (
            " It is reached over TLS that is verified: &sslrootcert=FILE names who signs its certificate, and"
            " &sslmode=disable lets everybody on the way read along."
            if mode == _VERIFIED
            else ""
        )
        port = f":{parsed.port}" if parsed.port else ""
        self.name = f"postgresql://{parsed.host or 'localhost'}{port}/{parsed.database}?schema={self._schema}"

    def bring_up(self, folder: Path) -> str:
        """See Target."""
        facts = json.loads((folder / FACTS).read_bytes())
        marts = [Mart.from_json(table) for table in facts["tables"]]
        try:
            with self._engine.begin() as connection, duckdb.connect() as copy:
                copy.execute(
                    "attach '{}' as copy (read_only)".format(str(folder / "tieout.duckdb").replace("'", "''"))
                )
                return _Load(connection, copy, self._schema).bring_up(marts, folder.name)
        except (sqlalchemy.exc.SQLAlchemyError, duckdb.Error, OSError, _Unsupported) as error:
            raise PublishTargetError(
                f"{self.name}: {_cause(error)}.{self._hint} The next `tieout publish` tries again"
            ) from None


class _Unsupported(Exception):
    """A column has a type that PostgreSQL is not given."""


class _Load:
    """One transaction that brings a schema up to a version."""

    def __init__(
        self, connection: sqlalchemy.Connection, copy: duckdb.DuckDBPyConnection, schema: str
    ) -> None:
        self._connection = connection
        self._copy = copy
        self._schema = schema

    def bring_up(self, marts: list[Mart], version: str) -> str:
        self._run(f"set local lock_timeout = '{_LOCK_TIMEOUT}'")
        # One publisher at a time, whichever machine it runs on.
        self._run("select pg_advisory_xact_lock(hashtext(:key))", key=f"tieout {self._schema}")
        self._run(f"create schema if not exists {quoted(self._schema)}")
        self._run(
            f"create table if not exists {self._name(_STATE)}"
            " (table_name text primary key, mart jsonb not null)"
        )
        before = {
            table: Mart.from_json(mart)
            for table, mart in self._run(f"select table_name, mart from {self._name(_STATE)}")
        }
        changes = {mart.table: mart.changed_since(before.get(mart.table)) for mart in marts}
        changed = [mart for mart in marts if any(changes[mart.table])]
        # Making a table anew takes a lock on it, so these come last and hold it the shortest.
        changed.sort(key=lambda mart: self._must_make(mart, before))
        written = 0
        for mart in changed:
            parts, gone = changes[mart.table]
            if self._must_make(mart, before):
                self._make(mart, is_known=mart.table in before)
            else:
                rows = " or ".join(f"({mart.where(name)})" for name in sorted(parts | gone))
                self._run(f"delete from {self._name(mart.table)} where {rows}")
            self._load(mart, sorted(parts))
            written += len(parts)
        for table in before.keys() - {mart.table for mart in marts}:
            self._run(f"drop table {self._name(table)}")
            self._run(f"delete from {self._name(_STATE)} where table_name = :table", table=table)
        for mart in changed:
            self._run(
                f"insert into {self._name(_STATE)} values (:table, cast(:mart as jsonb))"
                " on conflict (table_name) do update set mart = excluded.mart",
                table=mart.table,
                mart=json.dumps(mart.as_json()),
            )
        self._state_version()
        return f"{version}, {written:,} of {sum(len(mart.slices) for mart in marts):,} parts written"

    def _must_make(self, mart: Mart, before: dict[str, Mart]) -> bool:
        old = before.get(mart.table)
        return old is None or old.columns != mart.columns

    def _make(self, mart: Mart, *, is_known: bool) -> None:
        grants = self._grants(mart.table) if is_known else []
        if is_known:
            self._run(f"drop table {self._name(mart.table)}")
        columns = ", ".join(
            f"{quoted(name)} {_type(mart, name, data_type)}" for name, data_type, _ in mart.columns
        )
        self._run(f"create table {self._name(mart.table)} ({columns})")
        comments = [("table", self._name(mart.table), mart.comment)]
        comments += [
            ("column", f"{self._name(mart.table)}.{quoted(name)}", comment)
            for name, _, comment in mart.columns
        ]
        for kind, name, comment in comments:
            if comment is not None:
                self._run(f"comment on {kind} {name} is {_literal(comment)}")
        for privilege, grantee, option in grants:
            self._run(f"grant {privilege} on {self._name(mart.table)} to {grantee}{option}")

    def _grants(self, table: str) -> list[tuple[str, str, str]]:
        """Privileges on a table, as (privilege, to whom, option)."""
        rows = self._run(
            """
            select
                grants.privilege_type,
                case
                    when grants.grantee = 0 then 'public'
                    else quote_ident(pg_get_userbyid(grants.grantee))
                end,
                case when grants.is_grantable then ' with grant option' else '' end
            from pg_class as tables
            inner join pg_namespace as schemas on tables.relnamespace = schemas.oid
            cross join lateral aclexplode(tables.relacl) as grants
            where
                schemas.nspname = :schema
                and tables.relname = :table
                and grants.grantee <> tables.relowner
            """,
            schema=self._schema,
            table=table,
        )
        return [tuple(row) for row in rows]

    def _load(self, mart: Mart, parts: list[str]) -> None:
        if not parts:
            return
        rows = " or ".join(f"({mart.where(name)})" for name in parts)
        with tempfile.TemporaryDirectory(prefix="tieout-publish-") as work:  # readable by its owner only
            file = Path(work) / "rows.csv"
            self._copy.execute(
                f"copy (from copy.{mart.name} where {rows}) to '{file}'"
                " (format csv, header false, force_quote *)"
            )
            with file.open("rb") as stream:
                cursor = self._connection.connection.cursor()
                cursor.execute(f"copy {self._name(mart.table)} from stdin with (format csv)", stream=stream)

    def _state_version(self) -> None:
        columns = "version, published_by, note, green_controls, red_controls, accepted_controls, as_of_date"
        self._run(
            f"create table if not exists {self._name(_VERSION)} (version text, published_by text, note text,"
            " green_controls bigint, red_controls bigint, accepted_controls bigint, as_of_date date,"
            " published_at timestamp)"
        )
        self._run(f"delete from {self._name(_VERSION)}")
        row = self._copy.execute(f"select {columns}, published_at from copy.published.version").fetchone()
        names = [*columns.split(", "), "published_at"]
        self._run(
            f"insert into {self._name(_VERSION)} values ({', '.join(f':{name}' for name in names)})",
            **dict(zip(names, row, strict=True)),
        )

    def _name(self, table: str) -> str:
        return f"{quoted(self._schema)}.{quoted(table)}"

    def _run(self, statement: str, **values: Any) -> sqlalchemy.CursorResult:
        if not values:  # with names and texts in it, which may hold a colon
            return self._connection.exec_driver_sql(statement)
        return self._connection.execute(sqlalchemy.text(statement), values)


def _type(mart: Mart, column: str, data_type: str) -> str:
    if data_type.startswith("DECIMAL"):
        return data_type.replace("DECIMAL", "numeric")
    if data_type not in _TYPES:
        raise _Unsupported(
            f"{mart.schema}.{mart.table} has {column} of type {data_type}, which has no counterpart"
        )
    return _TYPES[data_type]


def _literal(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _cause(error: Exception) -> str:
    """What went wrong, from the server's own fields where it answered."""
    original = getattr(error, "orig", None) or error
    if original.args and isinstance(original.args[0], dict):
        return str(original.args[0].get("M", original.args[0]))
    return str(original) or type(original).__name__
