"""A run that is killed at any moment leaves whole batches, and the next one ends as if nothing happened."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from collections import Counter
from datetime import date, timedelta
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

import pytest
from batching_project.zone import PROJECT, Zone, manifest
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest
from dbt_common.events.base_types import EventMsg
from scale import times

KILLS = times(6)
MODEL = "movements_by_day"
DAYS = 12
# Each process is a clean copy of one that has imported dbt, so a kill costs no start-up.
processes = multiprocessing.get_context("forkserver")


def run_in_child(folder: Path, factor: int, building: Event, project: Manifest) -> None:
    """Run the model in this process, which exits with 1 when dbt fails; building is set once dbt builds."""
    zone = Zone(folder)
    os.environ.update(zone.environment())
    os.chdir(PROJECT)

    def watch(event: EventMsg) -> None:
        if "START sql table model" in event.info.msg:
            building.set()

    arguments = ["run", *zone.flags(), "--select", f"+{MODEL}", "--vars", f"{{factor: {factor}}}"]
    outcome = dbtRunner(manifest=project, callbacks=[watch]).invoke(arguments)
    if not outcome.success:
        print(outcome.exception, *(result.message for result in getattr(outcome.result, "results", [])))
    raise SystemExit(0 if outcome.success else 1)


def start(zone: Zone, factor: int) -> BaseProcess:
    """Start a run in a process of its own, and return when it builds the plan, the step before the model."""
    zone.write()
    os.environ.update(zone.environment())
    building = processes.Event()
    process = processes.Process(
        target=run_in_child, args=(zone.folder, factor, building, manifest(zone.target))
    )
    process.start()
    building.wait(60)
    return process


def assert_whole_batches(zone: Zone) -> None:
    """Every batch in the table holds the rows its last finished attempt wrote, of one version."""
    counted = zone.rows(f"select batch_id, count(*), count(distinct factor) from main.{MODEL} group by 1")
    recorded = zone.rows(
        "with finished as ("
        "    select batch_id, rows_out + rows_set_aside as row_count from ops.batch_ledger "
        f"   where model = 'main.{MODEL}' and status in ('done', 'emptied') "
        "    qualify row_number() over (partition by batch_id order by attempt_number desc) = 1"
        ") select batch_id, row_count, 1 from finished where row_count > 0"
    )
    assert counted == recorded


def killed_attempts(zone: Zone) -> int:
    """Attempts that the ledger records as killed."""
    return sum(status == "killed" for _, _, status, _ in zone.ledger(MODEL))


@pytest.mark.drawn
def test_a_killed_run_loses_nothing_and_repeats_nothing(tmp_path: Path) -> None:
    processes.set_forkserver_preload(
        ["dbt.cli.main", "dbt.task.run", "dbt.adapters.duckdb.impl", "pyarrow.parquet"]
    )
    chance = random.Random(20260301)
    zone = Zone(tmp_path)
    for number in range(5 * DAYS):
        zone.add_event(
            date(2026, 3, 1) + timedelta(days=number % DAYS), memo="BAD" if number % 9 == 0 else "memo"
        )
    first = start(zone, factor=1)
    began = time.monotonic()
    first.join()
    assert first.exitcode == 0
    longest = time.monotonic() - began

    kills = 0
    for factor in range(2, 10 * KILLS):
        if kills >= KILLS:
            break
        change(zone, chance)
        process = start(zone, factor=factor // 4)  # a new version of the query in every fourth run
        process.join(longest * chance.uniform(0.0, 1.0))
        if process.is_alive():
            os.kill(process.pid, signal.SIGKILL)
            kills += 1
        process.join()
        assert process.exitcode in (0, -signal.SIGKILL)
        assert_whole_batches(zone)
        if factor % 12 == 11:
            assert_converges(zone, factor // 4)
    assert kills >= KILLS
    assert_converges(zone, factor // 4)
    assert killed_attempts(zone) >= KILLS // 5, "too few kills hit a batch to prove anything"
    attempts = zone.ledger(MODEL)
    for batch_id, count in Counter(batch_id for batch_id, *_ in attempts).items():
        of_batch: list[tuple[Any, ...]] = [attempt for attempt in attempts if attempt[0] == batch_id]
        assert [number for *_, number in of_batch] == list(range(1, count + 1))
        assert of_batch[-1][2] in ("done", "emptied")


def change(zone: Zone, chance: random.Random) -> None:
    """New rows on a few days, one row corrected, one deleted, now and then a whole day emptied."""
    for _ in range(6):
        zone.add_event(date(2026, 3, 1) + timedelta(days=chance.randrange(DAYS)))
    corrected, deleted = chance.sample(sorted(zone.events), 2)
    zone.events[corrected] = zone.events[corrected] | {"memo": f"corrected {chance.random()}"}
    del zone.events[deleted]
    if chance.random() < 0.3:
        emptied = date(2026, 3, 1) + timedelta(days=chance.randrange(DAYS))
        for event_id in [key for key, event in zone.events.items() if event["event_on"] == emptied]:
            del zone.events[event_id]


def assert_converges(zone: Zone, factor: int) -> None:
    """An uninterrupted run ends with the rows of the query run at once, a second one has nothing to do."""
    run = zone.run(MODEL, variables={"factor": factor})
    assert run.success, run.lines
    assert zone.differences(run, MODEL) == []
    assert zone.run(MODEL, variables={"factor": factor}).messages[MODEL] == "0 of 0 pending batches"
