"""Batched models on DuckDB, one behaviour per test: what is pending, what a run does, what is refused."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from batching_project.zone import Zone

MARCH = date(2026, 3, 1)


@pytest.fixture
def zone(tmp_path: Path) -> Zone:
    """Nine events on three days and one without a day, two fees, two periods with a day between them."""
    zone = Zone(tmp_path)
    for number in range(9):
        zone.add_event(MARCH + timedelta(days=number % 3))
    zone.add_event(None)
    zone.add_fee(MARCH)
    zone.add_fee(MARCH + timedelta(days=5))
    zone.periods = [
        {"period_id": "P1", "starts_on": MARCH, "ends_on": date(2026, 3, 2)},
        {"period_id": "P2", "starts_on": date(2026, 3, 3), "ends_on": date(2026, 3, 15)},
    ]
    return zone


ALL_MODELS = [
    "movements_by_day",
    "events_by_hour",
    "events_by_period",
    "events_by_rows",
    "events_by_bytes",
    "events_by_number",
]


def attempts(zone: Zone, model: str, since: int = 0) -> list[tuple[str, str, str]]:
    """Batch, reason and status of each attempt from a position on."""
    return [(batch_id, reason, status) for batch_id, reason, status, _ in zone.ledger(model)][since:]


def test_every_plan_gives_the_rows_of_the_query_run_at_once(zone: Zone) -> None:
    run = zone.run(*ALL_MODELS)
    assert run.success, run.lines
    for model in ALL_MODELS:
        assert zone.differences(run, model) == []
        assert attempts(zone, model)[-1] == ("remainder", "new", "done") or model in ALL_MODELS[3:]
    again = zone.run(*ALL_MODELS)
    assert {again.messages[model] for model in ALL_MODELS} == {"0 of 0 pending batches"}


def test_a_late_row_reruns_its_batch_and_no_other(zone: Zone) -> None:
    zone.run("movements_by_day")
    done = len(attempts(zone, "movements_by_day"))
    zone.add_event(date(2026, 3, 2))
    run = zone.run("movements_by_day")
    assert attempts(zone, "movements_by_day", done) == [("2026-03-02", "changed", "done")]
    assert zone.differences(run, "movements_by_day") == []
