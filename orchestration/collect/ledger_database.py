"""The general ledger's database: what was recorded since the last collect, and the accounts when they change.

An extract is one delivery, whose path names host, database and table. Its hash is that of its content.
"""

from __future__ import annotations

import datetime
import socket
import ssl
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow
import pyarrow.compute as pc
import sqlalchemy
from sqlalchemy.engine import URL, Connection
from sqlalchemy.types import TypeEngine

from orchestration.collect.errors import LedgerUnavailableError
from orchestration.collect.extract import Extract, write_extract
from orchestration.collect.landing import ACCOUNTS, JOURNAL
from orchestration.collect.ledger_files import (
    Chunk,
    check_columns,
    contract_columns,
    convert,
    delivered_columns,
)
from orchestration.lake.datasets import DATASETS
from orchestration.lake.errors import UnreadableFile
from orchestration.lake.read import as_patterns, dataset_files
from orchestration.outside import is_this_machine, shown
from orchestration.settings import SettingsError

TABLES = {JOURNAL: "journal_lines", ACCOUNTS: "accounts"}
_ORDER = {JOURNAL: ("recorded_at", "entry_id", "line_no"), ACCOUNTS: ("gl_account",)}
_CHUNK_ROWS = 20_000
_CONNECT_SECONDS = 15
# As libpq names them. The first two verify less there.
_TLS_MODES = ("require", "verify-ca", "verify-full")
_LONGEST_REASON = 500
# More than any offset from UTC: a text timestamp's own date is at most this far from its instant.
_MARGIN = datetime.timedelta(days=2)


class LedgerDatabase:
    """One ledger database, reached by a SQLAlchemy URL. authority: PEM file of who signs its certificate.

    Raises SettingsError for an unusable URL or authority.
    """

    def __init__(self, url: str, schema: str | None, authority: Path | None = None) -> None:
        try:
            self._url, arguments = _with_tls(_with_driver(sqlalchemy.make_url(url)), authority)
            self._engine = sqlalchemy.create_engine(
                self._url, poolclass=sqlalchemy.NullPool, connect_args=arguments
            )
        except (sqlalchemy.exc.ArgumentError, ImportError) as error:
            raise SettingsError(
                f"TIEOUT_LEDGER_URL cannot be used ({type(error).__name__}): give a SQLAlchemy URL, such as"
                " postgresql+pg8000://user:password@host:5432/database"
            ) from None
        self._schema = schema
        self._is_verified = bool(arguments.get("ssl_context"))

    @property
    def kind(self) -> str:
        """The kind of database: "postgresql", "sqlite"."""
        return self._url.get_backend_name()

    @property
    def name(self) -> str:
        """Host and database, without user and password."""
        database = self._url.database or ""
        if self.kind == "sqlite":
            return Path(database).name
        port = f":{self._url.port}" if self._url.port else ""
        return f"{self._url.host or 'localhost'}{port}/{database}"

    def path(self, source: str) -> str:
        """The path under which extracts of a table are recorded."""
        table = TABLES[source] if self._schema is None else f"{self._schema}.{TABLES[source]}"
        return f"database:{self.name}/{table}"

    def extract_journal(self, lake: Path, lag: datetime.timedelta, file: Path) -> Extract:
        """The lines recorded since the latest in the lake, less lag, that differ from what the lake holds.

        Raises UnreadableFile for a table that breaks the contract, LedgerUnavailableError.
        """
        with duckdb.connect() as collected:
            collected.execute("set TimeZone = 'UTC'")
            since = _read_collected(collected, lake, self.path(JOURNAL), lag)
            return self._extract(JOURNAL, since, file, lambda batch: _unknown_lines(collected, batch))

    def extract_accounts(self, file: Path) -> Extract:
        """Every account. Raises as extract_journal."""
        return self._extract(ACCOUNTS, None, file, lambda batch: batch)

    def _extract(
        self,
        source: str,
        since: datetime.datetime | None,
        file: Path,
        keep: Callable[[pyarrow.RecordBatch], pyarrow.RecordBatch],
    ) -> Extract:
        try:
            self._knock()
            with self._engine.connect() as connection:
                connection = connection.execution_options(
                    stream_results=True, yield_per=_CHUNK_ROWS, postgresql_readonly=True
                )
                chunks = self._chunks(connection, source, since)
                return write_extract(
                    file, source, (keep(convert(chunk, source, "row", "", "")) for chunk in chunks)
                )
        except (sqlalchemy.exc.SQLAlchemyError, OSError) as error:
            raise self._unavailable(error) from None

    def _knock(self) -> None:
        """Fail soon when nothing answers; the driver's own timeout would also end long queries."""
        if self.kind == "sqlite":
            if not Path(self._url.database or "").is_file():
                raise FileNotFoundError("there is no such file")
        elif self._url.host:
            socket.create_connection((self._url.host, self._url.port or 5432), _CONNECT_SECONDS).close()

    def _chunks(
        self, connection: Connection, source: str, since: datetime.datetime | None
    ) -> Iterator[Chunk]:
        types = self._column_types(connection, source)
        names = delivered_columns(types, source)
        table = sqlalchemy.table(
            TABLES[source], *(sqlalchemy.column(name) for name in names), schema=self._schema
        )
        query = sqlalchemy.select(*table.c).order_by(*(table.c[name] for name in _ORDER[source]))
        if since is not None:
            query = query.where(table.c.recorded_at >= self._bound(types["recorded_at"], since))
        first = 1
        for rows in connection.execute(query).partitions(_CHUNK_ROWS):
            columns = {
                name: pyarrow.array(
                    [_text(value, name in ("posted_on", "closed_on")) for value in values], pyarrow.string()
                )
                for name, values in zip(names, zip(*rows, strict=True), strict=True)
            }
            yield Chunk(pyarrow.arange(first, first + len(rows)), columns)
            first += len(rows)

    def _column_types(self, connection: Connection, source: str) -> dict[str, TypeEngine]:
        try:
            columns = sqlalchemy.inspect(connection).get_columns(TABLES[source], schema=self._schema)
        except sqlalchemy.exc.NoSuchTableError:
            raise UnreadableFile(f"there is no table {TABLES[source]}") from None
        check_columns([column["name"] for column in columns], source, self.path(source))
        return {column["name"]: column["type"] for column in columns}

    def _bound(self, kind: TypeEngine, since: datetime.datetime) -> sqlalchemy.ColumnElement:
        """The instant in the column's own type, so that an index serves.

        Text (SQLite has nothing else) is compared by day, some days earlier: right for every ISO form and
        offset, and what comes too much is already in the lake.
        """
        if self.kind == "sqlite" or not isinstance(kind, sqlalchemy.DateTime):
            return sqlalchemy.literal((since - _MARGIN).date().isoformat(), sqlalchemy.String)
        if kind.timezone:
            return sqlalchemy.literal(since, sqlalchemy.DateTime(timezone=True))
        return sqlalchemy.literal(since.replace(tzinfo=None), sqlalchemy.DateTime)

    def _unavailable(self, error: Exception) -> LedgerUnavailableError:
        reason = str(getattr(error, "orig", None) or error)
        if self._url.password:
            reason = reason.replace(str(self._url.password), "***")
        reason = shown(reason[:_LONGEST_REASON])
        hint = "Check that it is up and that TIEOUT_LEDGER_URL is right"
        if self._is_verified and ("SSL" in reason or "certificate" in reason):
            hint = (
                "It is reached over TLS that is verified: TIEOUT_LEDGER_CA names who signs its certificate,"
                " and ?sslmode=disable in TIEOUT_LEDGER_URL lets everybody on the way read along"
            )
        return LedgerUnavailableError(
            f"the ledger's database {self.name} cannot be read: {reason}. {hint};"
            " the next collect tries again"
        )


def _with_driver(url: URL) -> URL:
    return url.set(drivername="postgresql+pg8000") if url.drivername in ("postgresql", "postgres") else url


def _with_tls(url: URL, authority: Path | None) -> tuple[URL, dict[str, ssl.SSLContext | bool]]:
    """The URL without `sslmode`, and what it and the authority mean for the driver pg8000.

    TLS is verified, certificate and name. On this machine none is asked for unless the URL or an authority
    does, and elsewhere it is unless the URL says `disable`: whoever stands between the two may read along.
    """
    mode = url.query.get("sslmode")
    if url.get_driver_name() != "pg8000" or (
        mode is None and authority is None and is_this_machine(url.query.get("host", url.host))
    ):
        return url, {}
    if mode not in (None, "disable", *_TLS_MODES):
        raise SettingsError(
            f"TIEOUT_LEDGER_URL cannot be used: sslmode is none of {', '.join(_TLS_MODES)}, which all ask for"
            " TLS that is verified, and disable"
        )
    url = url.difference_update_query(["sslmode"])
    if mode == "disable":
        if authority is not None:
            raise SettingsError(
                "TIEOUT_LEDGER_CA says who signs a certificate, and sslmode=disable asks for none"
            )
        return url, {"ssl_context": False}
    try:
        context = ssl.create_default_context(cafile=authority)
    except (OSError, ssl.SSLError) as error:
        raise SettingsError(
            f"TIEOUT_LEDGER_CA cannot be used: {authority} is no PEM file of certificates ({error.strerror})"
        ) from None
    return url, {"ssl_context": context}


def _text(value: object, is_date: bool) -> str | None:
    """A database value as an export would write it. is_date: for a date column."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, datetime.datetime):
        is_day = is_date and value.time() == datetime.time()
        return value.date().isoformat() if is_day else value.isoformat()
    if isinstance(value, float):
        value = Decimal(repr(value))
    if isinstance(value, Decimal) and value.is_finite():
        plain = format(value, "f")
        return plain.rstrip("0").rstrip(".") if "." in plain else plain
    return str(value)


def _read_collected(
    connection: duckdb.DuckDBPyConnection, lake: Path, path: str, lag: datetime.timedelta
) -> datetime.datetime | None:
    """The instant to read the path's table from, and in table `latest` the lake's lines from there on.

    Only the newest version of a line counts. None, and an empty table, when the lake has no line of the path.
    """
    connection.from_arrow(DATASETS[JOURNAL].empty_table()).create("latest")
    lines = as_patterns(dataset_files(lake, JOURNAL))
    files = as_patterns(dataset_files(lake, "collected_files"))
    if not lines:
        return None
    for name, value in {"lines": lines, "files": files, "path": path}.items():
        connection.execute(f"set variable {name} = ?", [value])
    connection.execute(
        """
        create temp view lines_of_path as
        select lines.*
        from (
            from read_parquet(getvariable('lines'), union_by_name = true, hive_partitioning = false)
            union all by name
            from latest where false
        ) as lines
        inner join read_parquet(getvariable('files'), hive_partitioning = false) as files
            using (file_hash, load_id)
        where files.path = getvariable('path') and files.status = 'loaded'
        """
    )
    last = connection.execute("select max(recorded_at) from lines_of_path").fetchone()[0]
    if last is None:
        return None
    since = last - lag
    connection.execute(
        """
        insert into latest by name
        select *
        from lines_of_path
        where recorded_at >= ?
        qualify row_number() over (
            partition by entry_id, line_no, company, fiscal_year
            order by load_id desc, line_number desc
        ) = 1
        """,
        [since - _MARGIN],
    )
    return since


def _unknown_lines(connection: duckdb.DuckDBPyConnection, batch: pyarrow.RecordBatch) -> pyarrow.RecordBatch:
    """The lines whose newest version in the lake is not the same."""
    connection.register("delivered", pyarrow.Table.from_batches([batch]))
    same = " and ".join(
        f"delivered.{name} is not distinct from latest.{name}" for name in contract_columns(JOURNAL)
    )
    known = connection.execute(f"select line_number from delivered semi join latest on {same}").fetchall()
    is_known = pc.is_in(batch.column("line_number"), pyarrow.array([n for (n,) in known], pyarrow.int64()))
    return batch.filter(pc.invert(is_known))
