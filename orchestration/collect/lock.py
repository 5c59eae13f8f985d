"""One at a time: an advisory lock on a file, which the system releases when its holder ends."""

from __future__ import annotations

import fcntl
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from orchestration.collect.errors import LakeBusyError

log = logging.getLogger(__name__)


@contextmanager
def lake_lock(lake: Path, timeout_seconds: float) -> Iterator[None]:
    """Hold the lake's lock. Waits for another holder; raises LakeBusyError after timeout_seconds."""
    with file_lock(lake / "_dlt" / "lock", timeout_seconds, "collect", f"the lake {lake}", LakeBusyError):
        yield


@contextmanager
def file_lock(
    file: Path, timeout_seconds: float, holder: str, held: str, busy: type[Exception]
) -> Iterator[None]:
    """Hold the lock of a file, made when missing. Waits for another holder; raises busy after the timeout.

    holder and held: what holds the lock, and what it holds, for messages.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + timeout_seconds
    with file.open("a") as handle:
        waiting = False
        while not _try_lock(handle.fileno()):
            if time.monotonic() >= deadline:
                raise busy(
                    f"another {holder} has held {held} for {timeout_seconds:g} seconds: wait for it"
                    " to end, or allow more time with TIEOUT_LOCK_TIMEOUT_SECONDS"
                )
            if not waiting:
                log.warning("waiting for another %s on %s", holder, held)
                waiting = True
            time.sleep(0.1)
        yield


def is_free(file: Path) -> bool:
    """Whether nobody holds the lock of a file."""
    try:
        with file.open() as handle:
            return _try_lock(handle.fileno())
    except FileNotFoundError:
        return True


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
