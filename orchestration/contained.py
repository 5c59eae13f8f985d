"""Work on what comes from outside, in a child process that the kernel and a clock hold to its limits.

Code that bounds what it holds may be wrong, and a server may answer a byte a minute. A process can be ended
from outside, whatever it is in the middle of, and what it took is given back.
"""

from __future__ import annotations

import contextlib
import gc
import logging
import logging.handlers
import multiprocessing
import os
import resource
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, TypeVar

from orchestration.errors import TieoutError

_Result = TypeVar("_Result")
_OUT_OF_MEMORY = 70


class OverMemoryError(TieoutError):
    """The work took more memory than it was given."""


class OverTimeError(TieoutError):
    """The work took more time than it was given."""


class ChildDiedError(TieoutError):
    """The child process ended in the middle of its work, and not at a limit."""


class Child:
    """A child process that serves a connection: serve(connection, *arguments) runs in it.

    It logs nothing by itself: `kept_logs` gives serve what it should send along. is_copy: whether it is a
    copy of this process, which starts at once, or a new one, which is safe where other threads are at work.
    """

    def __init__(self, serve: Callable[..., None], *arguments: object, is_copy: bool = True) -> None:
        context = multiprocessing.get_context("fork" if is_copy else "spawn")
        self.connection, theirs = context.Pipe()
        self.process = context.Process(target=_enter, args=(theirs, is_copy, serve, arguments), daemon=True)
        self.process.start()
        theirs.close()

    def receive(self, seconds: float) -> Any:
        """What it sends next. Raises OverTimeError when that does not come in time, and OverMemoryError,
        OverTimeError or ChildDiedError when it has ended."""
        try:
            if self.connection.poll(seconds):
                return self.connection.recv()
        except (EOFError, ConnectionError):
            self.process.join()
            code = self.process.exitcode
            if code == -signal.SIGXCPU:
                raise OverTimeError("the processor time is used up") from None
            # What a library does that cannot say that there is no memory left.
            if code in (_OUT_OF_MEMORY, -signal.SIGABRT, -signal.SIGBUS):
                raise OverMemoryError("the memory is used up") from None
            ending = signal.Signals(-code).name if code and code < 0 else f"exit code {code}"
            raise ChildDiedError(f"its process ended with {ending}") from None
        raise OverTimeError(f"nothing came for {seconds:g} seconds")

    def end(self) -> None:
        """End it, by itself or by force."""
        self.connection.close()
        self.process.join(1)
        self.process.kill()
        self.process.join()


def contained(
    work: Callable[[], _Result],
    *,
    seconds: float,
    memory_bytes: int,
    prepare: Callable[[], None] | None = None,
    is_copy: bool = True,
) -> _Result:
    """What work returns, or raises, done in a child process with so much memory and in so many seconds.

    prepare: what the process does first, before its memory is limited.

    Raises OverTimeError, OverMemoryError, ChildDiedError besides.
    """
    child = Child(_work_once, work, memory_bytes, prepare, is_copy=is_copy)
    try:
        result, error, records = child.receive(seconds)
    finally:
        child.process.kill()
        child.end()
    log_again(records)
    if error is not None:
        raise error
    return result


def log_again(records: list[logging.LogRecord]) -> None:
    """Log here what a child process logged."""
    for record in records:
        logging.getLogger(record.name).handle(record)


def limit_memory(byte_count: int) -> None:
    """Give this process so much more memory than it has."""
    with contextlib.suppress(OSError, ValueError):  # where the kernel knows no such limit
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + byte_count, hard))


def limit_processor_time(seconds: int) -> None:
    """Give this process so many seconds more than it has had."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + seconds + 1, hard))


def kept_logs() -> list[logging.LogRecord]:
    """What this process logged since it was asked the last time."""
    kept, _records.kept = _records.kept, []
    return kept


class _Records(logging.handlers.QueueHandler):
    """Log records kept for whoever started this process."""

    def __init__(self) -> None:
        super().__init__(None)
        self.kept: list[logging.LogRecord] = []

    def enqueue(self, record: logging.LogRecord) -> None:
        """Keep one."""
        self.kept.append(record)


_records = _Records()


def _enter(connection: Connection, is_copy: bool, serve: Callable[..., None], arguments: tuple) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who started this process ends it
    if is_copy:
        gc.freeze()  # what came with the copy stays shared: the collector would touch, and so copy, all of it
        _leave_files(connection)
    # Handlers belong to the process that opened their files.
    for logger in logging.Logger.manager.loggerDict.values():
        if isinstance(logger, logging.Logger):
            logger.handlers, logger.propagate = [], True
    logging.root.handlers = [_records]
    try:
        serve(connection, *arguments)
    except MemoryError:
        os._exit(_OUT_OF_MEMORY)
    except (EOFError, ConnectionError):
        return  # nobody asks any more


def _leave_files(connection: Connection) -> None:
    """Close every file that came with the copy, among them the lake's lock, which ends with its holder."""
    kept = connection.fileno()
    os.closerange(3, kept)
    os.closerange(kept + 1, 1 << 16)


def _work_once(
    connection: Connection, work: Callable[[], Any], memory_bytes: int, prepare: Callable[[], None] | None
) -> None:
    if prepare is not None:
        prepare()
    limit_memory(memory_bytes)
    result, error = None, None
    try:
        result = work()
    except MemoryError:
        raise
    except Exception as raised:
        error = raised
    connection.send((result, error, kept_logs()))
