"""The general ledger, and payroll when asked, as files of the AICPA's Audit Data Standards.

Fields are separated by | and written as UTF-8, dates as YYYYMMDD, amounts with a point. What the data do not
give is an empty field. docs/evidence.md says which fields those are.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.evidence.folders import EvidenceError, new_folder
from orchestration.report.answers import reading
from orchestration.settings import Settings

QUERIES = Path(__file__).parent / "audit_data"
_TOTALS = "Control_Totals"
# Everything else is of the span, which its file's name then ends with.
_MASTER_DATA = (_TOTALS, "Chart_Of_Accounts", "Source_Listing", "User_Listing", "Employee_Listing")


@dataclass(frozen=True)
class Books:
    """The files of an export, and how many records each has."""

    path: Path
    counts: dict[str, int]

    def __str__(self) -> str:
        files = [f"{count:>11,}  {name}" for name, count in self.counts.items()]
        return "\n".join([*files, f"{'':>11}  in {self.path}"])


def export_books(
    settings: Settings,
    from_on: datetime.date,
    to_on: datetime.date,
    out: Path,
    *,
    first_month: int | None = None,
    with_payroll: bool = False,
) -> Books:
    """Write the books of a span, both ends included, from the warehouse to a folder that is new or empty.

    first_month: of the fiscal year, 1 to 12; without it fiscal years and periods are empty where the ledger
    does not deliver them. with_payroll: add what is personal, in a folder of its owner only. Raises
    EvidenceError and ReportError.
    """
    if from_on > to_on:
        raise EvidenceError(f"the span ends before it starts: {from_on} to {to_on}")
    if not settings.warehouse.is_file():
        raise EvidenceError(f"no warehouse at {settings.warehouse}: run `tieout build` first")
    span = f"{from_on:%Y%m%d}_{to_on:%Y%m%d}"
    with (
        new_folder(out) as folder,
        reading(settings.warehouse.resolve(), folders=[settings.lake, folder]) as connection,
    ):
        try:
            for name, value in (("from_on", from_on), ("to_on", to_on), ("first_month", first_month)):
                connection.execute(f"set variable {name} = $value", {"value": value})
            if not with_payroll:
                _refuse_nothing(connection, from_on, to_on)
            connection.execute((QUERIES / "functions.sql").read_text(encoding="utf-8"))
            counts = _write(connection, QUERIES / "ledger", folder, span)
            if with_payroll:
                private = folder / "payroll"
                private.mkdir(mode=0o700)
                written = _write(connection, QUERIES / "payroll", private, span)
                counts |= {f"{private.name}/{name}": count for name, count in written.items()}
                for file in private.iterdir():
                    file.chmod(0o600)
        except duckdb.CatalogException as error:
            reason = str(error).splitlines()[0]
            raise EvidenceError(
                f"{settings.warehouse} lacks books: run `tieout build` first ({reason})"
            ) from error
    return Books(out, counts)


def _refuse_nothing(
    connection: duckdb.DuckDBPyConnection, from_on: datetime.date, to_on: datetime.date
) -> None:
    found, first_on, last_on = connection.execute(
        """
        select
            count(*) filter (where posted_on between getvariable('from_on') and getvariable('to_on')),
            min(posted_on), max(posted_on)
        from intermediate.int_journal_lines_classified
        where disposition = 'kept'
        """
    ).fetchone()
    if not found:
        told = f"they go from {first_on} to {last_on}" if first_on else "there is none at all"
        raise EvidenceError(f"no journal line is posted from {from_on} to {to_on}: {told}")


def _write(connection: duckdb.DuckDBPyConnection, queries: Path, folder: Path, span: str) -> dict[str, int]:
    """Write the file of each query; records by file name. Raises EvidenceError when some are missing."""
    connection.execute((queries / "views.sql").read_text(encoding="utf-8"))
    counts: dict[str, int] = {}
    names = {
        query.stem: f"{query.stem}.txt" if query.stem in _MASTER_DATA else f"{query.stem}_{span}.txt"
        for query in sorted(queries.glob("*.sql"))
        if query.stem != "views"
    }
    for subject, name in names.items():
        target = str(folder / name).replace("'", "''")
        (counts[name],) = connection.execute(
            f"copy ({_query(queries, subject)}) to '{target}' (format csv, delimiter '|', header)"
        ).fetchone()
    for subject, expected in connection.execute(
        f"select Subject, sum(Record_Count) from ({_query(queries, _TOTALS)}) group by all"
    ).fetchall():
        if subject in names and counts[names[subject]] != expected:
            raise EvidenceError(
                f"{names[subject]} has {counts[names[subject]]} records instead of {expected}, so nothing is"
                " written: this is a defect of Tieout, please report it"
            )
    return counts


def _query(queries: Path, name: str) -> str:
    return (queries / f"{name}.sql").read_text(encoding="utf-8")
