"""One load: all of its rows or none, beside whatever stands in the lake. Kills are in test_collect_kill."""

from __future__ import annotations

import datetime
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from older_lakes import forget_chain

from orchestration.lake.datasets import DATASETS, ToldAlert
from orchestration.lake.errors import LakeBusyError
from orchestration.lake.load import open_load
from orchestration.lake.read import incomplete_datasets, lake_rows
from orchestration.settings import Settings

NOON = datetime.datetime(2026, 11, 24, 12, tzinfo=datetime.UTC)


def _tell(settings: Settings, message_id: str) -> str:
    with open_load(settings, lambda: NOON) as load:
        load.write("alerts", [ToldAlert(message_id, "mailto 1", "key", "failure", "night", "told", load.at)])
    return load.id


def _told(settings: Settings) -> list[str]:
    return [row["message_id"] for row in lake_rows(settings.lake, "alerts", ["message_id"])]


def _work(settings: Settings) -> list[Path]:
    return list((settings.lake / "_loads" / "work").glob("*"))


def test_a_load_appends_its_rows_and_completes_the_lake(settings: Settings) -> None:
    load_id = _tell(settings, "first")
    assert lake_rows(settings.lake, "alerts", ["load_id", "told_at"]) == [
        {"load_id": load_id, "told_at": NOON}
    ]
    assert {folder.name for folder in settings.lake.iterdir() if folder.name[0] != "_"} == DATASETS.keys()
    assert incomplete_datasets(settings.lake) == set()
    assert _work(settings) == []


def test_an_error_leaves_nothing_of_the_load(settings: Settings) -> None:
    with pytest.raises(RuntimeError), open_load(settings) as load:
        load.write("alerts", [ToldAlert("lost", "mailto 1", "key", "failure", "night", "told", load.at)])
        raise RuntimeError
    assert (_told(settings), _work(settings)) == ([], [])


def test_a_load_without_rows_is_none(settings: Settings) -> None:
    with open_load(settings):
        pass
    assert [path.name for path in settings.lake.iterdir()] == ["_loads"]


def test_two_loads_of_one_instant_are_both_kept(settings: Settings) -> None:
    assert _tell(settings, "first") < _tell(settings, "second")
    assert sorted(_told(settings)) == ["first", "second"]


def test_files_of_an_older_lake_are_read_and_come_first(settings: Settings) -> None:
    """They are named by the second of their load, and the newest name says which columns there are."""
    _tell(settings, "old")
    for file in settings.lake.glob("[!_]*/*.parquet"):
        file.rename(file.with_name("1764000000.1234567.0123456789.parquet"))
    forget_chain(settings.lake, settings.warehouse)
    _tell(settings, "new")
    assert sorted(_told(settings)) == ["new", "old"]
    newest = max((settings.lake / "alerts").iterdir())
    assert not newest.name.startswith("1764")


def test_a_lake_that_is_held_is_waited_for(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    is_held, may_go = threading.Event(), threading.Event()

    def hold() -> None:
        with open_load(settings):
            is_held.set()
            may_go.wait(30)

    holder = threading.Thread(target=hold)
    holder.start()
    is_held.wait(30)
    with pytest.raises(LakeBusyError, match="TIEOUT_LOCK_TIMEOUT_SECONDS"):
        _tell(replace(settings, lock_timeout_seconds=0.2), "too soon")
    assert "waiting for another" in caplog.text
    may_go.set()
    _tell(settings, "in time")
    holder.join()
    assert _told(settings) == ["in time"]
