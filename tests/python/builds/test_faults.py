"""What a killed night leaves: no run that keeps the pool, no dbt that keeps the warehouse.

`benchmarks/faults.py` breaks whole nights; kills within a collect, a publish, a close and a batch have tests
of their own.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from orchestration.defs.killed_runs import end_killed_runs
from orchestration.settings import PROJECT_DIR

# A run that holds the pool until it is killed: as `tieout night` starts it, or as Dagster does.
_NIGHT = """
import sys, time
from pathlib import Path
import dagster as dg
from orchestration.lake.lock import file_lock
from orchestration.defs.killed_runs import LOCK_TAG

@dg.op(pool="warehouse", out=dg.Out(dg.Nothing))
def write():
    print("writing", flush=True)
    time.sleep(600)

@dg.job(executor_def=dg.in_process_executor)
def night():
    write()

lock = Path(sys.argv[1])
tags = {LOCK_TAG: str(lock)} if sys.argv[2] == "tagged" else {}
with file_lock(lock, 1, "night", "the warehouse", OSError), dg.DagsterInstance.get() as instance:
    night.execute_in_process(instance=instance, tags=tags)
"""
# Starts a dbt as a night does. Both say who they are; the dbt stands for one between parsing and its end.
_DBT = """
import os, time
from orchestration.warehouse.dbt_plugin import Plugin
Plugin("orchestration.warehouse.dbt_plugin", {})
print(os.getpid(), flush=True)
time.sleep(600)
"""
_PARENT = """
import os, subprocess, sys
from orchestration.warehouse.dbt_process import child_environment
subprocess.run([sys.executable, "-c", sys.argv[1]], env=os.environ | child_environment())
"""


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dg.DagsterInstance]:
    """A history of its own, with the project's settings."""
    shutil.copy(PROJECT_DIR / "orchestration" / "instance" / "dagster.yaml", tmp_path)
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    with dg.DagsterInstance.get() as instance:
        yield instance


@dg.op(pool="warehouse", out=dg.Out(dg.Nothing))
def write() -> None:
    """Takes the pool for a moment."""


@dg.job(executor_def=dg.in_process_executor)
def following() -> None:
    """The run that must not wait."""
    write()


@pytest.mark.parametrize("kind", ["tagged", "untagged"])
def test_a_killed_run_gives_the_pool_back_and_a_live_one_keeps_it(
    instance: dg.DagsterInstance, tmp_path: Path, kind: str
) -> None:
    night = subprocess.Popen(
        [sys.executable, "-c", _NIGHT, tmp_path / "night.lock", kind],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=PROJECT_DIR,
    )
    try:
        while night.stdout.readline() != "writing\n":
            assert night.poll() is None
        (run,) = instance.get_runs()
        assert end_killed_runs(instance) == []
    finally:
        night.kill()
        night.wait()
    assert not instance.get_run_by_id(run.run_id).is_finished
    assert end_killed_runs(instance) == [run.run_id]
    assert instance.get_run_by_id(run.run_id).status is dg.DagsterRunStatus.FAILURE
    assert following.execute_in_process(instance=instance).success
    assert end_killed_runs(instance) == []


def test_a_night_ends_the_runs_that_held_its_lock_before(
    instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    """Who holds the lock knows that every other run with it is over, though the lock is not free."""
    from orchestration.defs.killed_runs import LOCK_TAG
    from orchestration.lake.lock import file_lock

    lock = tmp_path / "night.lock"
    run = instance.create_run_for_job(following, tags={LOCK_TAG: str(lock)})
    with file_lock(lock, 1, "night", "the warehouse", OSError):
        assert end_killed_runs(instance) == []
        assert end_killed_runs(instance, held=lock) == [run.run_id]


def test_a_dbt_ends_with_its_night() -> None:
    night = subprocess.Popen(
        [sys.executable, "-c", _PARENT, _DBT], stdout=subprocess.PIPE, text=True, cwd=PROJECT_DIR
    )
    dbt = int(night.stdout.readline())
    time.sleep(1)
    os.kill(dbt, 0)  # it lives as long as its night does
    night.kill()
    night.wait()
    for _ in range(50):
        try:
            os.kill(dbt, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    os.kill(dbt, signal.SIGKILL)
    pytest.fail("dbt outlived its night")
