"""From one settlement report to spooled rows."""

from __future__ import annotations

from itertools import islice
from typing import BinaryIO

from orchestration.collect import landing
from orchestration.collect.counted import Counted
from orchestration.collect.settlements import load_settlement_profiles, read_settlement
from orchestration.lake.errors import UnreadableFile
from orchestration.lake.spool import Rows

_ROWS_PER_BATCH = 20_000


def read_settlement_file(
    stream: BinaryIO, spool: Rows, file_hash: str, load_id: str, path: str | None = None
) -> Counted:
    """Spool every line of the report and count them, with what they come to. path: in the landing folder.

    Raises UnreadableFile, after any number of rows.
    """
    try:
        profiles = load_settlement_profiles(landing.SETTLEMENT_PROFILES)
    except ValueError as error:
        raise UnreadableFile(str(error)) from error
    counted = Counted()
    lines = read_settlement(stream, profiles, path)
    while rows := list(islice(lines, _ROWS_PER_BATCH)):
        for line in rows:
            counted.add(1, line.net)
        spool.write_rows(landing.SETTLEMENTS, rows, file_hash, load_id)
    if not counted.record_count:
        raise UnreadableFile("the report has a header and no line")
    return counted
