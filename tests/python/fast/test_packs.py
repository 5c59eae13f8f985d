"""Packs: many files are read as few, they stay, and a pack that is not like them is not used."""

from __future__ import annotations

import datetime
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet
import pytest

from orchestration.lake import packs
from orchestration.lake.datasets import DATASETS, ToldAlert
from orchestration.lake.load import open_load
from orchestration.lake.read import dataset_files, incomplete_datasets, lake_rows
from orchestration.settings import Settings

NOON = datetime.datetime(2026, 11, 24, 12, tzinfo=datetime.UTC)
MOST_FILES = 4
LOADS = 2 * MOST_FILES + 2


def _tell(settings: Settings, count: int) -> None:
    first = len(_told(settings))
    for number in range(first, first + count):
        with open_load(settings, lambda number=number: NOON + datetime.timedelta(number)) as load:
            load.write(
                "alerts", [ToldAlert(f"{number}", "mailto 1", "key", "failure", "night", "told", load.at)]
            )


def _told(settings: Settings) -> list[int]:
    return sorted(int(row["message_id"]) for row in lake_rows(settings.lake, "alerts", ["message_id"]))


@pytest.fixture(autouse=True)
def few_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pack as soon as MOST_FILES are passed."""
    monkeypatch.setattr(packs, "MOST_FILES", MOST_FILES)


@pytest.fixture
def packed(settings: Settings) -> Settings:
    """A lake in which LOADS loads told something."""
    _tell(settings, LOADS)
    return settings


@pytest.mark.parametrize(
    "name", ["a [1]", "*", "what?", "100%20", "it's", 'the "lake"', "load_id=5", "Übersicht {a,b}", "[!x]"]
)
def test_a_lake_may_have_any_name(settings: Settings, name: str) -> None:
    """Also beside folders that its name, as a pattern, would mean."""
    decoy = replace(settings, lake=settings.lake / "xay 1" / "lake")
    named = replace(settings, lake=settings.lake / name / "lake")
    _tell(decoy, 1)
    _tell(named, LOADS)
    assert _told(named) == [*range(LOADS)]
    assert dataset_files(named.lake, "alerts")[0].parent.parent.name == "_packs"
    loads = {row["load_id"] for row in lake_rows(named.lake, "alerts", ["load_id"])}
    assert len(loads) == LOADS and incomplete_datasets(named.lake) == set()


def _own_files(settings: Settings) -> list[Path]:
    return sorted((settings.lake / "alerts").iterdir())


def test_many_files_are_read_as_few_and_stay(packed: Settings) -> None:
    assert len(_own_files(packed)) == LOADS
    pack, *newer = dataset_files(packed.lake, "alerts")
    assert pack.parent == packed.lake / "_packs" / "alerts"
    assert newer == _own_files(packed)[-len(newer) :]
    assert len(newer) < MOST_FILES
    assert _told(packed) == list(range(LOADS))
    assert [path.name for path in (packed.lake / "_packs").iterdir()] == ["alerts"]


def test_the_pack_has_the_columns_of_the_dataset(packed: Settings) -> None:
    pack, *_ = dataset_files(packed.lake, "alerts")
    assert pyarrow.parquet.read_schema(pack).names == DATASETS["alerts"].names


def test_the_pack_before_stays_for_who_still_reads_it(packed: Settings) -> None:
    _tell(packed, 2 * MOST_FILES)
    assert len(list((packed.lake / "_packs" / "alerts").glob("*.parquet"))) == 2


@pytest.mark.parametrize("change", ["gone", "cut"])
def test_files_that_changed_are_read_themselves(packed: Settings, change: str) -> None:
    first = _own_files(packed)[0]
    if change == "gone":
        first.unlink()
    else:
        pyarrow.parquet.write_table(pyarrow.parquet.read_table(first).slice(1), first)
    assert dataset_files(packed.lake, "alerts") == _own_files(packed)
    assert _told(packed) == list(range(1, LOADS))


def test_packs_may_be_deleted(packed: Settings) -> None:
    for file in (packed.lake / "_packs" / "alerts").iterdir():
        file.unlink()
    assert dataset_files(packed.lake, "alerts") == _own_files(packed)


def test_what_hinders_packing_hinders_no_load(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    _tell(settings, MOST_FILES)
    (settings.lake / "_packs").touch()
    _tell(settings, 1)
    assert len(_told(settings)) == MOST_FILES + 1
    assert f"alerts is read as {MOST_FILES + 1} files" in caplog.text
