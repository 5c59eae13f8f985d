"""What was done: deliveries that were taken, runs of dbt, and alerts that were told."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import NamedTuple


class CollectedFile(NamedTuple):
    """One delivery: a file (or one extract from a database) and what became of it.

    path is relative to the landing folder. status: "loaded", "duplicate" (these bytes were loaded
    before under another name) or "quarantined". reason and position say why and where it could not be
    read. record_count and amount_total are the control totals the reader counted: statement lines and
    the sum of their amounts, journal lines and the sum of their amounts, or other records and nothing.
    complete_from, complete_to: the posting dates, both included, of which a ledger export holds every line.
    """

    path: str
    source: str
    format: str | None
    status: str
    reason: str | None
    position: str | None
    byte_count: int
    modified_ns: int
    record_count: int
    amount_total: Decimal
    collected_at: datetime.datetime
    complete_from: datetime.date | None = None
    complete_to: datetime.date | None = None


class DbtRun(NamedTuple):
    """One dbt invocation that built or tested. Its load id ties its node runs to it: without this row they do
    not count.

    selection: the arguments that chose nodes, or None where all were meant. status: "succeeded" or "failed".
    """

    invocation_id: str
    command: str
    target_name: str
    selection: str | None
    status: str
    seconds: Decimal
    node_count: int
    failed_count: int
    warned_count: int
    skipped_count: int
    business_date: datetime.date | None
    started_at: datetime.datetime
    finished_at: datetime.datetime


class DbtNodeRun(NamedTuple):
    """What one invocation did with one node. message: free of data, and None in the schema payroll.

    row_count: rows of the table afterwards. failure_count: rows that a test returned.
    """

    invocation_id: str
    unique_id: str
    resource_type: str
    node_name: str
    schema_name: str | None
    status: str
    message: str | None
    seconds: Decimal
    row_count: int | None
    failure_count: int | None


class StorageUse(NamedTuple):
    """Files and bytes of a lake dataset, or of the warehouse, when an invocation was recorded.

    location: "lake" or "warehouse"."""

    invocation_id: str
    location: str
    dataset_name: str
    file_count: int
    byte_count: int


class ToldAlert(NamedTuple):
    """One condition in one message to one destination. Rows of one message share message_id.

    destination: what tells addresses apart, without the address. event: "told" or "cleared".
    """

    message_id: str
    destination: str
    condition_key: str
    kind: str
    subject: str
    event: str
    told_at: datetime.datetime
