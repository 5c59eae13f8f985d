"""One at a time: an advisory lock on a file, which the system releases when its holder ends."""

from __future__ import annotations

import fcntl
import logging
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import duckdb
from filelock import FileLock, Timeout

from orchestration.lake.errors import LakeBusyError

log = logging.getLogger(__name__)

Opened = TypeVar("Opened")


@contextmanager
def lake_lock(lake: Path, timeout_seconds: float) -> Iterator[None]:
    """Hold the lake's lock. Waits for another holder; raises LakeBusyError after timeout_seconds."""
    with file_lock(lake / "_loads" / "lock", timeout_seconds, "collect", f"the lake {lake}", LakeBusyError):
        yield


@contextmanager
def file_lock(
    file: Path, timeout_seconds: float, holder: str, held: str, busy: type[Exception]
) -> Iterator[None]:
    """Hold the lock of a file, made when missing. Waits for another holder; raises busy after the timeout.

    holder and held: what holds the lock, and what it holds, for messages.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(file, fallback_to_soft=False)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        log.warning("waiting for another %s on %s", holder, held)
        try:
            lock.acquire(timeout_seconds, poll_interval=0.1)
        except Timeout:
            raise busy(
                f"another {holder} has held {held} for {timeout_seconds:g} seconds: wait for it"
                " to end, or allow more time with TIEOUT_LOCK_TIMEOUT_SECONDS"
            ) from None
    try:
        yield
    finally:
        lock.release()


def held_by(error: Exception) -> str | None:
    """Who has the DuckDB file that could not be opened, or None when an error of DuckDB or dbt is another."""
    if "Could not set lock" not in str(error):
        return None
    process = re.search(r"held in (.*?) \(PID (\d+)\)", str(error))
    return f"process {process[2]} ({Path(process[1]).name})" if process else "another process"


def open_when_free(
    database: Path, timeout_seconds: float, *, read_only: bool = True
) -> duckdb.DuckDBPyConnection:
    """A DuckDB file. Who has it open in the way is waited for, and after the timeout is DuckDB's error."""
    return when_free(lambda: duckdb.connect(str(database), read_only=read_only), database, timeout_seconds)


def when_free(open_it: Callable[[], Opened], database: Path, timeout_seconds: float) -> Opened:
    """What open_it makes of a DuckDB file, waiting as open_when_free does."""
    end = time.monotonic() + timeout_seconds
    is_told = False
    while True:
        try:
            return open_it()
        except duckdb.IOException as error:
            holder = held_by(error)
            if holder is None or time.monotonic() > end:
                raise
            if not is_told:
                log.warning("waiting for %s, which has %s open", holder, database)
                is_told = True
        time.sleep(0.2)


def is_free(file: Path) -> bool:
    """Whether nobody holds the lock of a file."""
    try:
        with file.open() as handle:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return True
    except BlockingIOError:
        return False
    return True
