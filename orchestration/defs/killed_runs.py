"""Runs whose process was killed: to Dagster's history they run on, and keep the pool from all others."""

from __future__ import annotations

import contextlib
import logging
import os
from pathlib import Path

import dagster as dg

from orchestration.lake.lock import is_free

log = logging.getLogger(__name__)

# Tag of a run of `tieout night`: the file whose lock it holds as long as it lives.
LOCK_TAG = "tieout/lock"
_UNFINISHED = [
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


def end_killed_runs(instance: dg.DagsterInstance, held: Path | None = None) -> list[str]:
    """Mark the runs that were killed as failed, which frees the pool. Returns their ids.

    held: the lock that the caller holds for a run that is not in the history yet.
    """
    ended = []
    for run in instance.get_runs(dg.RunsFilter(statuses=_UNFINISHED)):
        if _is_killed(instance, run, held):
            log.warning("run %s of %s was killed: it ends as failed", run.run_id, run.job_name)
            instance.report_run_failed(run, "The process of this run was killed.")
            ended.append(run.run_id)
    return ended


def _is_killed(instance: dg.DagsterInstance, run: dg.DagsterRun, held: Path | None) -> bool:
    lock = run.tags.get(LOCK_TAG)
    if lock is not None:
        return lock == str(held) or is_free(Path(lock))
    process_id = _process_id(instance, run)
    return process_id is not None and not _exists(process_id)


def _process_id(instance: dg.DagsterInstance, run: dg.DagsterRun) -> int | None:
    """The process that executes the steps, as it noted when it began; None when it has not."""
    for entry in instance.all_logs(run.run_id, of_type=dg.DagsterEventType.ENGINE_EVENT):
        pid = entry.get_dagster_event().engine_event_data.metadata.get("pid")
        with contextlib.suppress(AttributeError, TypeError, ValueError):
            return int(pid.value)
    return None


def _exists(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # of another user, and so there
        pass
    return True
