"""From an open file to spooled rows, in a process of its own that the kernel holds to a budget.

Readers bound what they hold, but a file may be made to find where one does not: a page of Parquet that
unpacks to gigabytes, an expression that never ends. So they run in a child process, which reads file after
file and has memory and, for each, processor time up to a limit; when it outgrows one it ends, the file is
quarantined, and a new process reads the next file. What it read reaches the load only through a pipe.
"""

from __future__ import annotations

import contextlib
import io
import logging
import os
import traceback
from multiprocessing.connection import Connection
from multiprocessing.reduction import recv_handle, send_handle
from typing import BinaryIO, NamedTuple

from orchestration.collect.answer_files import read_answer_file
from orchestration.collect.bank_files import bank_format, read_bank_file
from orchestration.collect.counted import Counted
from orchestration.collect.decision_files import Evidence, read_decision_file
from orchestration.collect.document_files import read_cash_letter_file, read_fact_file, read_picture_file
from orchestration.collect.hr_files import read_hr_file
from orchestration.collect.landing import (
    ANSWERS,
    BANK,
    CASH_LETTERS,
    DECISIONS,
    DOCUMENT_FACTS,
    DOCUMENT_PAGES,
    HR_PREFIX,
    PUNCHES,
    SETTLEMENTS,
    Delivery,
)
from orchestration.collect.ledger_files import ledger_format, read_ledger_file
from orchestration.collect.punch_files import read_punch_file
from orchestration.collect.settlement_files import read_settlement_file
from orchestration.contained import (
    Child,
    ChildDiedError,
    OverMemoryError,
    OverTimeError,
    kept_logs,
    limit_memory,
    limit_processor_time,
    log_again,
)
from orchestration.lake.catalog import Outcome
from orchestration.lake.datasets import is_private
from orchestration.lake.errors import MAX_REASON, UnreadableFile
from orchestration.lake.spool import Rows, Spool, reserve_memory
from orchestration.outside import shown
from orchestration.settings import Settings

log = logging.getLogger(__name__)

# Rows travel in parcels of about this size.
_PARCEL_BYTES = 1 << 20
# Nothing that a person keeps unpacks to 200 times its size; a small file may do as it likes.
_MOST_UNPACKED, _SMALL_BYTES = 200, 64 << 20
# A process that neither reads nor says anything is stuck: so many times its processor time is waited.
_PATIENCE = 20


class Taken(NamedTuple):
    """What became of one file: its format, the outcome, its control totals."""

    format: str | None
    outcome: Outcome
    counted: Counted


class _Request(NamedTuple):
    """content: of the file, or None where its descriptor follows."""

    delivery: Delivery
    content: bytes | None
    file_hash: str
    load_id: str
    evidence: Evidence | None


class ReadingProcess:
    """Reads one file after the other, in a child process that is started when first needed."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._child: Child | None = None

    def send(
        self,
        delivery: Delivery,
        stream: BinaryIO,
        file_hash: str,
        load_id: str,
        evidence: Evidence | None,
    ) -> None:
        """Have the file read; `receive` gives what was. stream: in memory, or a file that nobody else can
        write to. evidence: of a file of decisions."""
        # A copy of this process has all it needs; a new interpreter takes longer than most collects.
        self._child = self._child or Child(_serve, self._settings)
        content = stream.getvalue() if isinstance(stream, io.BytesIO) else None
        with contextlib.suppress(ConnectionError):  # it has ended: receiving says why
            self._child.connection.send(_Request(delivery, content, file_hash, load_id, evidence))
            if content is None:
                send_handle(self._child.connection, stream.fileno(), self._child.process.pid)

    def receive(self, delivery: Delivery, spool: Spool) -> Taken:
        """Spool every row of the file that was sent, or some of them and say why not all."""
        try:
            while True:
                parcel, end = self._child.receive(_PATIENCE * _seconds(self._settings, delivery.byte_count))
                for dataset, message, count in parcel:
                    spool.put(dataset, message, count)
                if end is not None:
                    taken, records = end
                    log_again(records)
                    return taken
        except (OverTimeError, OverMemoryError, ChildDiedError) as error:
            self._child.process.kill()
            self.close()
            return Taken(None, Outcome("quarantined", self._reason(error)), Counted())

    def close(self) -> None:
        """End the child process."""
        if self._child is not None:
            self._child.end()
            self._child = None

    def _reason(self, error: Exception) -> str:
        if isinstance(error, OverTimeError):
            return (
                f"takes too long to read: {error}. TIEOUT_MAX_FILE_SECONDS gives a file"
                f" {self._settings.max_file_seconds} seconds of processor time, and one for each megabyte"
            )
        if isinstance(error, OverMemoryError):
            return (
                f"takes more than the {self._settings.max_read_bytes} bytes of memory to read that"
                " TIEOUT_MAX_READ_MB allows"
            )
        return f"the reader failed: {error}"


def _seconds(settings: Settings, byte_count: int) -> int:
    return settings.max_file_seconds + (byte_count >> 20)


class _Parcels(Rows):
    """Rows that are sent. limit: the bytes of all of them, for one file."""

    def __init__(self, connection: Connection, limit: int) -> None:
        self._connection = connection
        self._limit = limit
        self._parcel: list[tuple[str, bytes, int]] = []
        self._size = self._sent = 0

    def put(self, dataset: str, message: bytes | memoryview, count: int) -> None:
        """Send the batch, with others when it is small. Raises UnreadableFile beyond the limit."""
        self._size += len(message)
        if self._sent + self._size > self._limit:
            raise UnreadableFile(
                f"its rows take more than {self._limit} bytes: TIEOUT_MAX_ROWS_MB allows no more, or they are"
                f" more than {_MOST_UNPACKED} times the file"
            )
        self._parcel.append((dataset, bytes(message), count))
        if self._size > _PARCEL_BYTES:
            self.send()

    def send(self, end: tuple[Taken, list[logging.LogRecord]] | None = None) -> None:
        """Send what has gathered, and with it, at the end, what became of the file."""
        self._connection.send((self._parcel, end))
        self._sent += self._size
        self._parcel, self._size = [], 0


def _serve(connection: Connection, settings: Settings) -> None:
    """The child process: read what is asked for until nobody asks any more."""
    reserve_memory()
    limit_memory(settings.max_read_bytes)
    while True:
        request: _Request = connection.recv()
        if request.content is None:
            stream: BinaryIO = os.fdopen(recv_handle(connection), "rb")
        else:
            stream = io.BytesIO(request.content)
        most = max(_SMALL_BYTES, _MOST_UNPACKED * request.delivery.byte_count)
        rows = _Parcels(connection, min(settings.max_rows_bytes, most))
        limit_processor_time(_seconds(settings, request.delivery.byte_count))
        with stream:
            taken = _take_rows(request, stream, rows)
        rows.send((taken, kept_logs()))


def _take_rows(request: _Request, stream: BinaryIO, rows: Rows) -> Taken:
    """Send the file's rows, and say what became of it."""
    path, source = request.delivery.path, request.delivery.source
    lineage = (request.file_hash, request.load_id)
    file_format = None
    try:
        if request.delivery.byte_count == 0:
            raise UnreadableFile("is empty")
        if source == BANK:
            file_format = bank_format(stream)
            counted = read_bank_file(stream, rows, *lineage, path)
        elif source == DECISIONS:
            file_format = "csv"
            counted = read_decision_file(stream, path, rows, *lineage, request.evidence)
        elif source == ANSWERS:
            file_format = "payment_status"
            counted = read_answer_file(stream, rows, *lineage)
        elif source == SETTLEMENTS:
            file_format = "csv"
            counted = read_settlement_file(stream, rows, *lineage, path)
        elif source == CASH_LETTERS:
            file_format = "cash_letter"
            counted = read_cash_letter_file(stream, rows, *lineage)
        elif source == DOCUMENT_PAGES:
            file_format, counted = read_picture_file(stream, rows, *lineage)
        elif source == DOCUMENT_FACTS:
            file_format = "csv"
            counted = read_fact_file(stream, path, rows, *lineage)
        elif source == PUNCHES:
            file_format = "jsonl"
            counted = read_punch_file(stream, path, rows, *lineage)
        else:
            file_format = ledger_format(stream)
            read_table = read_hr_file if source.startswith(HR_PREFIX) else read_ledger_file
            counted = read_table(stream, path, source, rows, *lineage)
    except UnreadableFile as error:
        return Taken(file_format, Outcome("quarantined", error.reason, error.position), Counted())
    except (MemoryError, ConnectionError):
        raise
    except Exception as error:
        reason = f"the reader failed: {_defect(path, source, error)}"
        return Taken(file_format, Outcome("quarantined", reason), Counted())
    return Taken(file_format, Outcome("loaded"), counted)


def _defect(path: str, source: str, error: Exception) -> str:
    """Log where a reader failed, and say how; in a private file, not in the error's words."""
    if is_private(source):
        places = "".join(traceback.format_tb(error.__traceback__))
        log.error("the reader of %s is defective: %s\n%s", path, type(error).__name__, places)
        return type(error).__name__
    log.error("the reader of %s is defective", path, exc_info=error)
    return shown(f"{type(error).__name__}: {error}"[:MAX_REASON])
