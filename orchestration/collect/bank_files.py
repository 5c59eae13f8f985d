"""From one bank statement file to spooled rows, through the reader of its format."""

from __future__ import annotations

from typing import BinaryIO

from orchestration.collect import landing, readers
from orchestration.collect.counted import Counted
from orchestration.lake.datasets import BankStatement, BankStatementLine, BankStatementLineDetail
from orchestration.lake.errors import UnreadableFile
from orchestration.lake.spool import Rows

_BATCH_ROWS = 20_000
_DATASETS = {
    BankStatement: "bank_statements",
    BankStatementLine: "bank_statement_lines",
    BankStatementLineDetail: "bank_statement_line_details",
}


def bank_format(stream: BinaryIO) -> str | None:
    """The format the content shows, or None. Leaves the stream at its start."""
    head = stream.read(readers.HEAD_BYTES)
    stream.seek(0)
    return readers.detect(head)


def _profiles() -> list[readers.CsvProfile]:
    try:
        return readers.load_csv_profiles(landing.CSV_PROFILES)
    except ValueError as error:
        raise UnreadableFile(str(error)) from error


def read_bank_file(
    stream: BinaryIO, spool: Rows, file_hash: str, load_id: str, path: str | None = None
) -> Counted:
    """Spool every row of the file and count its statement lines. path: in the landing folder.

    Raises UnreadableFile, or whatever a defective reader raises, after any number of rows.
    """
    # Other formats do not fail where a profile is wrong.
    profiles = _profiles() if bank_format(stream) == "csv" else []
    counted = Counted()
    gathered: dict[type, list[tuple]] = {row_type: [] for row_type in _DATASETS}
    for row in readers.read(stream, profiles, path):
        row_type = type(row)
        rows = gathered[row_type]
        rows.append(row)
        if row_type is BankStatementLine:
            counted.add(1, row.amount)
        if len(rows) == _BATCH_ROWS:
            spool.write_rows(_DATASETS[row_type], rows, file_hash, load_id)
            rows.clear()
    for row_type, rows in gathered.items():
        if rows:
            spool.write_rows(_DATASETS[row_type], rows, file_hash, load_id)
    return counted
