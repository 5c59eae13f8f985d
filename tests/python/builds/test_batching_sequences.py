"""Random sequences of loads and runs: after every run the batched tables equal their own queries run at once.

TIEOUT_BATCHING_EXAMPLES sets how many sequences are tried (6 take about half a minute).
"""

from __future__ import annotations

import tempfile
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from batching_project.zone import Run, Zone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from scale import TIMES, times

MODELS = ("movements_by_day", "events_by_rows", "events_by_period")
PERIODS = [
    {"period_id": "P1", "starts_on": date(2026, 3, 1), "ends_on": date(2026, 3, 3)},
    {"period_id": "P2", "starts_on": date(2026, 3, 4), "ends_on": date(2026, 3, 6)},
]

days = st.none() | st.integers(0, 6).map(lambda number: date(2026, 3, 1) + timedelta(days=number))
changes = st.one_of(
    st.tuples(st.just("add event"), days, st.sampled_from(["a", "b", "BAD", None])),
    st.tuples(st.just("add event"), days, st.sampled_from(["a", "b", "BAD", None])),
    st.tuples(st.just("add fee"), days),
    st.tuples(st.just("correct"), st.integers(0, 20), st.sampled_from(["c", "BAD"])),
    st.tuples(st.just("move"), st.integers(0, 20), days),
    st.tuples(st.just("repeat"), st.integers(0, 20)),
    st.tuples(st.just("delete"), st.integers(0, 20)),
    st.tuples(st.just("delete day"), days),
    st.tuples(st.just("end period"), st.sampled_from([date(2026, 3, 6), date(2026, 3, 7)])),
)
runs = st.sampled_from(["run", "run", "run", "new version", "limited", "failing", "full refresh", "forced"])
steps = st.tuples(st.lists(changes, min_size=1, max_size=4), runs)


def pick(rows: dict[int, Any], number: int) -> int | None:
    """One of the rows' ids, or none when there is no row."""
    return sorted(rows)[number % len(rows)] if rows else None


def apply_change(zone: Zone, name: str, *arguments: Any) -> None:
    """Change the inputs of a zone."""
    match name, arguments:
        case "add event", (on, memo):
            zone.add_event(on, memo=memo, amount="2.50")
        case "add fee", (on,):
            zone.add_fee(on)
        case "end period", (ends_on,):
            zone.periods[1] = zone.periods[1] | {"ends_on": ends_on}
        case "delete day", (on,):
            for rows, key in ((zone.events, "event_on"), (zone.fees, "fee_on")):
                for row_id in [row_id for row_id, row in rows.items() if row[key] == on]:
                    del rows[row_id]
        case _, (number, *rest):
            event_id = pick(zone.events, number)
            if event_id is None:
                return
            if name == "delete":
                del zone.events[event_id]
            elif name == "repeat":
                repeated = zone.add_event(None)
                zone.events[repeated] = zone.events[event_id] | {"arrival_number": repeated}
            else:
                field = "memo" if name == "correct" else "event_on"
                zone.events[event_id] = zone.events[event_id] | {field: rest[0]}


def check(zone: Zone, run: Run) -> None:
    """Every model equals its query run at once, and the ledger tells so."""
    assert run.success, run.lines
    for model in MODELS:
        assert zone.differences(run, model) == [], (model, zone.ledger(model))
        attempts = zone.ledger(model)
        numbers = Counter(batch_id for batch_id, *_ in attempts)
        for batch_id, count in numbers.items():
            of_batch = [number for found, _, _, number in attempts if found == batch_id]
            assert sorted(of_batch) == list(range(1, count + 1)), (model, attempts)


def run_sequence(zone: Zone, sequence: list[tuple[list[tuple[Any, ...]], str]]) -> None:
    """Apply the changes of each step and run; compare after every run that was not cut short."""
    zone.periods = list(PERIODS)
    factor = 1
    for step, kind in sequence:
        for change in step:
            apply_change(zone, *change)
        if kind == "new version":
            factor += 1
        variables: dict[str, Any] = {"factor": factor}
        if kind == "limited":
            zone.run(*MODELS, variables=variables | {"batch_limit": 1})
            continue
        if kind == "failing" and zone.events:
            failing = pick(zone.events, len(zone.events) // 2)
            memo = zone.events[failing]["memo"]
            zone.events[failing]["memo"] = "FAIL"
            assert not zone.run(*MODELS, variables=variables).success
            zone.events[failing]["memo"] = memo
            continue
        if kind == "forced":
            batches = zone.rows("select batch_id from main.batches_by_day") if zone.built() else []
            if batches:
                run = zone.run(MODELS[0], variables=variables | {"batch_force": [batches[0][0]]})
                assert run.success or "batch_force names" in run.messages[MODELS[0]]
        check(zone, zone.run(*MODELS, variables=variables, full_refresh=kind == "full refresh"))
    check(zone, zone.run(*MODELS, variables={"factor": factor}))
    idle = zone.run(*MODELS, variables={"factor": factor})
    assert {idle.messages[model] for model in MODELS} == {"0 of 0 pending batches"}


@pytest.mark.drawn
@settings(
    max_examples=times(3),
    deadline=None,
    derandomize=TIMES == 1,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)
@given(st.lists(steps, min_size=1, max_size=4))
def test_batched_equals_at_once(sequence: list[tuple[list[tuple[Any, ...]], str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        run_sequence(Zone(Path(folder)), sequence)
