"""What the preparer of a year's forms takes along: W-2s, the other forms, deposits and overtime, as CSV.

Nothing is filed. The figures are those of fct_tax_forms, and the folder is its owner's alone.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from orchestration.evidence.books import Books
from orchestration.evidence.folders import EvidenceError, new_folder
from orchestration.report.answers import reading
from orchestration.report.sheets import write_csv
from orchestration.settings import Settings

QUERIES = Path(__file__).parent / "year_end"


def export_year(settings: Settings, tax_year: int, out: Path | None = None) -> Books:
    """Write the files of a tax year from the warehouse to a folder that is new or empty.

    out: the folder; TIEOUT_REPORTS/year_end_YEAR unless given. Raises EvidenceError when the year has no
    closed payslips, has open ones, or sums that differ.
    """
    out = out or settings.reports / f"year_end_{tax_year}"
    if not settings.warehouse.is_file():
        raise EvidenceError(f"no warehouse at {settings.warehouse}: run `tieout build` first")
    counts: dict[str, int] = {}
    with (
        new_folder(out) as folder,
        reading(settings.warehouse.resolve(), folders=[settings.lake]) as connection,
    ):
        folder.chmod(0o700)
        connection.execute("set variable tax_year = $year", {"year": tax_year})
        _refuse_unready(connection, tax_year)
        for query in sorted(QUERIES.glob("*.sql")):
            file = folder / f"{query.stem}_{tax_year}.csv"
            answer = connection.execute(query.read_text(encoding="utf-8"))
            columns = [column[0] for column in answer.description]
            with file.open("w", encoding="utf-8", newline="") as stream:
                counts[file.name] = write_csv(stream, columns, answer.fetchall())
            file.chmod(0o600)
    return Books(out, counts)


def _refuse_unready(connection: duckdb.DuckDBPyConnection, tax_year: int) -> None:
    try:
        found, open_count, red_count = connection.execute(
            """
            select
                (select count(*) from payroll.fct_tax_forms where tax_year = getvariable('tax_year')),
                (
                    select count(distinct pay_period_id) from payroll.fct_payslips
                    where not is_closed and year(paid_on) = getvariable('tax_year')
                ),
                (
                    select count(*) from marts.fct_payroll_controls
                    where control_code = 'year_end' and scope = 'tax year ' || getvariable('tax_year')
                    and status = 'red'
                )
            """
        ).fetchone()
    except duckdb.CatalogException as error:
        reason = str(error).splitlines()[0]
        raise EvidenceError(f"the warehouse lacks payroll: run `tieout build` first ({reason})") from error
    if not found:
        raise EvidenceError(f"no pay period with a payday in {tax_year} is closed, or the year is long over")
    if red_count:
        raise EvidenceError(
            f"the sums of {tax_year} differ: see the control year_end, and compare fct_tax_forms with the"
            " payslips"
        )
    if open_count:
        raise EvidenceError(
            f"{open_count} pay periods with a payday in {tax_year} are open: close them with"
            " `tieout close-period`, or run it again when they are"
        )
