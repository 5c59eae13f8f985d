"""One mart as one file that a person carries away: CSV for a spreadsheet, Parquet for another tool."""

from __future__ import annotations

import os
from difflib import get_close_matches
from pathlib import Path

import duckdb

from orchestration.outside import file_within
from orchestration.publish.errors import PublishError
from orchestration.publish.marts import GENERAL_SCHEMAS, PERSONAL_SCHEMAS, quoted
from orchestration.report.answers import reading
from orchestration.report.sheets import write_csv
from orchestration.settings import Settings


def export(
    settings: Settings,
    mart: str,
    file_format: str,
    *,
    where: str | None = None,
    out: Path | None = None,
    database: Path | None = None,
) -> tuple[Path, int]:
    """Write the rows of a mart that meet a condition, whole or not at all. Returns the file and their number.

    Of a mart with personal data the file is its owner's alone, as the personal copy is.

    mart: its name, before it its schema or not. file_format: csv or parquet. out: <mart>.<format> here unless
    given. database: another file than the published copy. Raises PublishError when there is no such mart.
    """
    names: list[str] = []
    for file in [database] if database else _published(settings):
        path = (out or file_within(Path(), f"{mart.rpartition('.')[2]}.{file_format}")).absolute()
        work = path.with_name(f".{path.name}.{os.getpid()}.writing")
        with reading(file, folders=[path.parent]) as connection:
            found = _marts(connection)
            names += found
            if name := next((full for full in found if mart in (full, full.partition(".")[2])), None):
                try:
                    if name.startswith(PERSONAL_SCHEMAS):
                        work.touch(0o600)
                    row_count = _write(connection, name, file_format, where, work)
                    work.replace(path)
                finally:
                    work.unlink(missing_ok=True)
                return out or Path(path.name), row_count
    near = get_close_matches(mart.rpartition(".")[2], [name.partition(".")[2] for name in names], 3, 0.6)
    where_looked = database or "the published copy"
    raise PublishError(
        f"{where_looked} has no mart {mart}" + (f": did you mean {' or '.join(near)}?" if near else "")
    )


def _published(settings: Settings) -> list[Path]:
    current = (settings.published / "current").resolve()
    files = [current / "tieout.duckdb", current / "payroll" / "tieout_payroll.duckdb"]
    if not files[0].is_file():
        raise PublishError(
            f"nothing is published yet ({settings.published / 'current' / 'tieout.duckdb'} is not there):"
            f" run `tieout publish`, or add --from {settings.warehouse}"
        )
    return [file for file in files if os.access(file, os.R_OK)]


def _marts(connection: duckdb.DuckDBPyConnection) -> list[str]:
    rows = connection.execute(
        "select table_schema || '.' || table_name from information_schema.tables"
        " where list_contains($schemas, table_schema) order by all",
        {"schemas": [*GENERAL_SCHEMAS, *PERSONAL_SCHEMAS]},
    )
    return [name for (name,) in rows.fetchall()]


def _write(
    connection: duckdb.DuckDBPyConnection, name: str, file_format: str, where: str | None, file: Path
) -> int:
    schema, _, table = name.partition(".")
    query = f"select * from {quoted(schema)}.{quoted(table)} where {where or 'true'}"
    if file_format == "parquet":
        target = str(file).replace("'", "''")
        ((row_count,),) = connection.execute(
            f"copy ({query}) to '{target}' (format parquet, use_tmp_file false)"
        ).fetchall()
        return row_count
    answer = connection.execute(query)
    columns = [column[0] for column in answer.description]
    # The mark tells Excel that the file is UTF-8.
    with file.open("w", encoding="utf-8-sig", newline="") as stream:
        return write_csv(stream, columns, iter(answer.fetchone, None))
