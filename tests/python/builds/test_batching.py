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


def test_a_batch_that_lost_its_rows_ends_empty(zone: Zone) -> None:
    zone.run("movements_by_day")
    done = len(attempts(zone, "movements_by_day"))
    zone.fees.clear()
    for event in zone.events.values():
        if event["event_on"] == date(2026, 3, 3):
            event["event_on"] = None
    run = zone.run("movements_by_day")
    assert attempts(zone, "movements_by_day", done) == [
        ("2026-03-03", "emptied", "emptied"),
        ("2026-03-06", "emptied", "emptied"),
        ("2026-03-01", "changed", "done"),
        ("remainder", "changed", "done"),
    ]
    assert zone.differences(run, "movements_by_day") == []
    assert zone.run("movements_by_day").messages["movements_by_day"] == "0 of 0 pending batches"


def test_appended_records_touch_the_last_batch_only(zone: Zone) -> None:
    zone.run("events_by_rows", "events_by_bytes")
    by_rows = len(attempts(zone, "events_by_rows"))
    by_bytes = len(attempts(zone, "events_by_bytes"))
    for size in (400, 700, 100):
        zone.add_event(MARCH, size=size)
    zone.run("events_by_rows", "events_by_bytes")
    assert attempts(zone, "events_by_rows", by_rows) == [("000000000003", "new", "done")]
    assert {reason for _, reason, _ in attempts(zone, "events_by_bytes", by_bytes)} <= {"new", "changed"}
    assert [reason for _, reason, _ in attempts(zone, "events_by_bytes", by_bytes)].count("changed") <= 1
    sizes = zone.rows("select byte_count from main.batches_by_bytes")
    assert max(sizes) <= (1000,)


def test_keys_outside_the_calendar_go_to_the_remainder(zone: Zone) -> None:
    run = zone.run("events_by_period")
    remainder = zone.rows("select event_on from main.events_by_period where batch_id = 'remainder'")
    assert remainder == sorted([(date(2026, 3, 2),)] * 3 + [(None,)], key=str)
    zone.periods.append(
        {"period_id": "P1b", "starts_on": date(2026, 3, 2), "ends_on": date(2026, 3, 3)},
    )
    run = zone.run("events_by_period")
    assert zone.differences(run, "events_by_period") == []
    assert zone.rows("select event_on from main.events_by_period where batch_id = 'remainder'") == [(None,)]


def test_periods_that_overlap_are_refused(zone: Zone) -> None:
    zone.periods[0]["ends_on"] = date(2026, 3, 4)
    run = zone.run("events_by_period")
    assert not run.success
    assert "overlaps with the next one" in run.messages["events_by_period"]


def test_a_new_version_of_the_query_reruns_history_unless_told_otherwise(zone: Zone) -> None:
    zone.run("movements_by_day")
    kept = {"factor": 2, "batch_rerun_on_new_version": False}
    run = zone.run("movements_by_day", variables=kept)
    assert run.messages["movements_by_day"] == "0 of 0 pending batches"
    run = zone.run("movements_by_day", variables={"factor": 2})
    assert {reason for _, reason, _ in attempts(zone, "movements_by_day", 5)} == {"new version"}
    assert zone.differences(run, "movements_by_day") == []


def test_new_columns_start_the_table_anew(zone: Zone) -> None:
    zone.run("movements_by_day")
    run = zone.run("movements_by_day", variables={"factor": "1.5"})
    assert {reason for _, reason, _ in attempts(zone, "movements_by_day", 5)} == {"new table"}
    assert zone.differences(run, "movements_by_day") == []


def test_a_full_refresh_replays_every_batch(zone: Zone) -> None:
    zone.run("movements_by_day")
    with zone.warehouse() as connection:
        connection.execute("insert into main.movements_by_day select * from main.movements_by_day")
    run = zone.run("movements_by_day", full_refresh=True)
    assert run.messages["movements_by_day"] == "5 of 5 pending batches"
    assert zone.differences(run, "movements_by_day") == []


def test_a_table_started_anew_adds_up_though_it_is_cut_otherwise(zone: Zone) -> None:
    """The day that has no rows any more was a batch of the table before."""
    models = ("movements_by_day", "fct_batch_runs")
    zone.run(*models)
    for event in zone.events.values():
        if event["event_on"] == date(2026, 3, 3):
            event["event_on"] = MARCH
    assert zone.run(*models, full_refresh=True).success
    assert zone.dbt("test", "--select", "movements_by_day").success
    last = zone.rows("select batch_id from main.fct_batch_runs where is_last_attempt order by all")
    assert last == zone.rows("select distinct batch_id from main.movements_by_day order by all")


@pytest.mark.parametrize(
    "lost", ["table main.movements_by_day", "table ops.batch_ledger", "schema ops cascade"]
)
def test_a_lost_table_or_ledger_is_made_again(zone: Zone, lost: str) -> None:
    zone.run("movements_by_day")
    with zone.warehouse() as connection:
        connection.execute(f"drop {lost}")
    run = zone.run("movements_by_day")
    assert run.messages["movements_by_day"] == "5 of 5 pending batches"
    assert zone.differences(run, "movements_by_day") == []


def test_a_failure_names_its_batch_and_the_next_run_starts_there(zone: Zone) -> None:
    zone.run("movements_by_day")
    done = len(attempts(zone, "movements_by_day"))
    for day in (1, 2, 3):
        broken = zone.add_event(date(2026, 3, day), memo="FAIL" if day == 2 else "memo")
        zone.events[broken]["memo"] = "FAIL" if day == 2 else "memo"
        if day == 2:
            failing = broken
    run = zone.run("movements_by_day")
    assert not run.success
    assert any("batch 2 of 3 · 2026-03-02 · failed" in line for line in run.lines)
    assert attempts(zone, "movements_by_day", done) == [
        ("2026-03-01", "changed", "done"),
        ("2026-03-02", "changed", "failed"),
    ]
    zone.events[failing]["memo"] = "memo"
    run = zone.run("movements_by_day")
    assert attempts(zone, "movements_by_day", done + 2) == [
        ("2026-03-02", "failed", "done"),
        ("2026-03-03", "changed", "done"),
    ]
    assert zone.differences(run, "movements_by_day") == []


def test_variables_bound_a_run(zone: Zone) -> None:
    run = zone.run("movements_by_day", variables={"max_batches": 4})
    assert "would run 5 batches, and max_batches is 4" in run.messages["movements_by_day"]
    assert not run.success
    run = zone.run("movements_by_day", variables={"batch_dry_run": True})
    assert run.messages["movements_by_day"] == "DRY RUN 5 batches"
    assert attempts(zone, "movements_by_day") == []
    zone.run("movements_by_day", variables={"batch_from": "2026-03-02", "batch_to": "2026-03-06"})
    assert [batch_id for batch_id, *_ in attempts(zone, "movements_by_day")] == ["2026-03-02", "2026-03-03"]
    zone.run("movements_by_day", variables={"batch_limit": 1})
    assert attempts(zone, "movements_by_day", 2) == [("2026-03-01", "new", "done")]
    run = zone.run("movements_by_day", variables={"batch_force": ["2026-03-02"]})
    assert attempts(zone, "movements_by_day", 3) == [
        ("2026-03-02", "forced", "done"),
        ("2026-03-06", "new", "done"),
        ("remainder", "new", "done"),
    ]
    assert zone.differences(run, "movements_by_day") == []
    run = zone.run("movements_by_day", variables={"batch_force": ["2026-03-20"]})
    assert "batch_force names 2026-03-20" in run.messages["movements_by_day"]


@pytest.mark.parametrize(
    ("model", "message"),
    [
        ("partitioned_by_month", "partitioned by batch_id and nothing else"),
        ("never_cut", "never calls batching.in_batch"),
        ("cut_by_two_plans", "more than one plan"),
        ("own_batch_id", "column batch_id"),
    ],
)
def test_what_cannot_be_cut_is_refused(zone: Zone, model: str, message: str) -> None:
    run = zone.run(model)
    assert not run.success
    assert message in run.messages[model]


def test_a_wrong_partition_is_refused_when_compiled(zone: Zone) -> None:
    run = zone.dbt("compile", "--select", "partitioned_by_month")
    assert not run.success
    assert any("partitioned by batch_id and nothing else" in line for line in run.lines)


def test_plan_batches_says_what_would_run_and_runs_nothing(zone: Zone) -> None:
    zone.run("movements_by_day")
    zone.add_event(date(2026, 3, 2))
    run = zone.dbt("run-operation", "plan_batches", "--args", "{models: [movements_by_day]}")
    assert run.success, run.lines
    printed = [line for line in run.lines if "main.movements_by_day" in line or line.startswith("    ")]
    assert printed[0] == "main.movements_by_day: 1 batch to run"
    assert printed[1] == "    2026-03-02 · changed · 4 rows"
    assert printed[2].startswith("    together 4 rows · about 0.")
    assert len(attempts(zone, "movements_by_day")) == 5


def test_the_tests_find_gaps_and_rows_that_do_not_add_up(zone: Zone) -> None:
    models = ("movements_by_day", "events_by_period", "fct_batch_gaps", "fct_batch_runs")
    zone.add_event(MARCH, memo="BAD", amount="7.25")
    assert zone.run(*models).success
    assert zone.dbt("test").success
    assert zone.rows("select * from main.fct_batch_gaps") == []
    set_aside = zone.rows(
        "select sum(rows_set_aside), sum(control_amount_set_aside) from main.fct_batch_runs"
    )
    assert [(int(rows), float(amount)) for rows, amount in set_aside] == [(2, 14.5)]
    zone.add_event(date(2026, 3, 3))
    zone.run("batches_by_day", "batches_by_period")
    tests = zone.dbt("test").messages
    assert {
        name.split("_main")[0]
        for name, message in tests.items()
        if message and name.startswith("batching_batches_")
    } == {
        "batching_batches_have_no_gaps_movements_by_day_ref_batches_by_day_",
        "batching_batches_have_no_gaps_events_by_period_ref_batches_by_period_",
    }
    assert {row[2] for row in zone.rows("select * from main.fct_batch_gaps")} == {"changed"}
    zone.run(*models)
    with zone.warehouse() as connection:
        connection.execute("delete from main.movements_by_day where kind = 'fee' and movement_id = 1")
    tests = zone.dbt("test").messages
    assert [name for name, message in tests.items() if message and name.startswith("batching_batches_")] == [
        "batching_batches_add_up_movements_by_day_"
    ]
