"""What is worth another try, and when."""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg
import duckdb

from orchestration.collect import HrUnavailableError, LedgerUnavailableError
from orchestration.lake.errors import LakeBusyError
from orchestration.publish import PublishBusyError, PublishTargetError

_UNREACHABLE = (LedgerUnavailableError, HrUnavailableError, PublishTargetError)
_BUSY = (LakeBusyError, PublishBusyError)
# Eight tries: a source that cannot be reached gets an hour, a lock 20 minutes.
_RETRIES = 7
_UNREACHABLE_SECONDS = 30
_BUSY_SECONDS = 10


@contextmanager
def retried(context: dg.AssetExecutionContext) -> Iterator[None]:
    """Ask for another try, later each time, where waiting can help: a source that cannot be reached, a lock.

    Any other error ends the step: a red control or an unreadable setting is the same in a minute.
    """
    try:
        yield
    except (*_UNREACHABLE, *_BUSY, duckdb.IOException) as error:
        if isinstance(error, duckdb.IOException) and "lock" not in str(error):
            raise
        first = _UNREACHABLE_SECONDS if isinstance(error, _UNREACHABLE) else _BUSY_SECONDS
        context.log.warning("%s", error)
        raise dg.RetryRequested(
            max_retries=_RETRIES, seconds_to_wait=first * 2**context.retry_number
        ) from error
