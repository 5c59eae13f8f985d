"""The closes that count are those the warehouse knows and those made since it was built."""

from __future__ import annotations

import datetime

import duckdb
import pytest

from orchestration.lake.datasets import Close
from orchestration.lake.load import open_load
from orchestration.settings import Settings
from orchestration.warehouse.closes import last_closed_on, recorded_closes

MONDAY = datetime.date(2026, 11, 23)


def _close(settings: Settings, closed_on: datetime.date) -> str:
    closed_at = datetime.datetime.combine(closed_on, datetime.time(20), datetime.UTC)
    with open_load(settings, lambda: closed_at) as load:
        load.write("closes", [Close(load.id, closed_on, "controller", closed_at, 2, 1, None, None)])
    return load.id


@pytest.fixture
def warehouse(settings: Settings) -> duckdb.DuckDBPyConnection:
    """A warehouse built when Monday was closed, and the day before it, which was reopened."""
    reopened, standing = (_close(settings, MONDAY - datetime.timedelta(back)) for back in (1, 0))
    connection = duckdb.connect()
    connection.execute("set TimeZone = 'UTC'; create schema staging; create schema intermediate")
    connection.execute(
        "create table staging.stg_closes__closes as"
        " select * replace (cast(closed_at as timestamp) as closed_at)"
        f" from read_parquet('{settings.lake}/closes/*.parquet')"
    )
    connection.execute(f"create table intermediate.int_closes_valid as select '{standing}' as close_id")
    assert reopened != standing
    return connection


def test_the_warehouse_says_which_closes_stand(
    settings: Settings, warehouse: duckdb.DuckDBPyConnection
) -> None:
    assert [close.stands for close in recorded_closes(settings.lake, warehouse)] == [False, True]
    assert last_closed_on(settings.lake, warehouse) == MONDAY


def test_a_close_that_the_warehouse_does_not_know_stands(
    settings: Settings, warehouse: duckdb.DuckDBPyConnection
) -> None:
    tuesday = MONDAY + datetime.timedelta(1)
    _close(settings, tuesday)
    closes = recorded_closes(settings.lake, warehouse)
    assert [close.stands for close in closes] == [False, True, True]
    assert closes[-1].closed_at == datetime.datetime(2026, 11, 24, 20)
    assert last_closed_on(settings.lake, warehouse) == tuesday
