"""What banks answer to payment files: NACHA returns and changes, and pain.002, told by content."""

from __future__ import annotations

from itertools import islice
from typing import BinaryIO

from orchestration.collect.answers.returns import read_payment_status
from orchestration.collect.counted import Counted
from orchestration.collect.landing import ANSWERS
from orchestration.lake.datasets import PaymentAnswer
from orchestration.lake.spool import Rows

_ROWS_PER_BATCH = 10_000


def read_answer_file(stream: BinaryIO, spool: Rows, file_hash: str, load_id: str) -> Counted:
    """Spool every answer of the file and count them. Raises UnreadableFile.

    Corrected bank details and free text stay in the file: HR delivers the details that count.
    """
    counted = Counted()
    statuses = read_payment_status(stream)
    while rows := [
        PaymentAnswer(*(getattr(status, name) for name in PaymentAnswer._fields))
        for status in islice(statuses, _ROWS_PER_BATCH)
    ]:
        spool.write_rows(ANSWERS, rows, file_hash, load_id)
        counted.record_count += len(rows)
    return counted
