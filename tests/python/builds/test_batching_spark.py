"""The same sequence of loads on Spark: late rows, an emptied batch, a failure, a new version, a full refresh.

A Spark statement takes about a second, so one sequence stands for all; it takes two to three minutes.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from batching_project.zone import Zone

pytest.importorskip("pyspark")

MODEL = "movements_by_day"


def sequence(zone: Zone) -> list[list[tuple[str, str, str]]]:
    """Run a sequence of loads; returns the attempts of each step as batch, reason, status."""
    seen = 0
    steps: list[list[tuple[str, str, str]]] = []

    def step(factor: int = 1, succeeds: bool = True, full_refresh: bool = False) -> None:
        nonlocal seen
        run = zone.run(MODEL, variables={"factor": factor}, full_refresh=full_refresh)
        assert run.success == succeeds, run.lines
        if succeeds:
            assert zone.differences(run, MODEL) == []
        attempts = [attempt[:3] for attempt in zone.ledger(MODEL)]
        steps.append(attempts[seen:])
        seen = len(attempts)

    for number in range(6):
        zone.add_event(date(2026, 3, 1) + timedelta(days=number % 2), memo="it's a \\ memo")
    zone.add_event(None)
    zone.add_fee(date(2026, 3, 3))
    step()
    late = zone.add_event(date(2026, 3, 2), memo=None)
    zone.fees.clear()
    step()
    zone.events[late]["memo"] = "FAIL"
    step(succeeds=False)
    zone.events[late]["memo"] = "memo"
    step()
    step(factor=2)
    step(factor=2, full_refresh=True)
    step(factor=2)
    return steps


def write_steps(folder: str) -> None:
    """Run the sequence on Spark and print its steps."""
    print(repr(sequence(Zone(Path(folder), target="spark"))))


@pytest.mark.long
@pytest.mark.skipif(not shutil.which("java"), reason="Left out: batches on Spark, for want of Java 17")
def test_spark_does_what_duckdb_does(tmp_path: Path) -> None:
    for engine in ("duckdb", "spark"):
        (tmp_path / engine).mkdir()
    expected = sequence(Zone(tmp_path / "duckdb"))
    # A process of its own: one process has one Spark session, and its settings stay.
    outcome = subprocess.run(
        [sys.executable, "-c", f"import {__name__} as here; here.write_steps({str(tmp_path / 'spark')!r})"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(map(str, Path(__file__).parents[:2]))},
        capture_output=True,
        text=True,
        check=False,
    )
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr[-5000:]
    assert outcome.stdout.strip().splitlines()[-1] == repr(expected)
    assert [len(step) for step in expected] == [4, 2, 1, 1, 3, 3, 0]
