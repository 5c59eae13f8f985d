"""Who may read what Tieout writes: its owner alone, or a group that a setting names."""

from __future__ import annotations

import grp
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from stat import S_IMODE

import pytest

from orchestration.places import guard_places
from orchestration.settings import PROJECT_DIR, Settings, SettingsError

GROUP = grp.getgrgid(os.getegid()).gr_name


@pytest.fixture
def places(settings: Settings, tmp_path: Path) -> Settings:
    """A zone none of whose places is there yet."""
    return replace(
        settings,
        payments=tmp_path / "payments",
        published=tmp_path / "published",
        reports=tmp_path / "reports",
        spark_warehouse=tmp_path / "spark",
        group=None,
        readers=None,
    )


@pytest.fixture(autouse=True)
def _open_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    """The permissions of a file or folder."""
    return S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize(("group", "expected"), [("", (0o600, 0o700)), ("any", (0o640, 0o750))])
@pytest.mark.parametrize("umask", ["000", "022", "077"])
def test_what_a_process_writes_is_closed_from_its_import_on(
    umask: str, group: str, expected: tuple[int, int], tmp_path: Path
) -> None:
    writes = "import orchestration, pathlib; pathlib.Path('file').touch(); pathlib.Path('folder').mkdir()"
    subprocess.run(
        ["/bin/sh", "-c", f'umask {umask}; exec "$0" -c "$1"', sys.executable, writes],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(PROJECT_DIR), "TIEOUT_GROUP": group},
        check=True,
    )
    assert (mode(tmp_path / "file"), mode(tmp_path / "folder")) == expected


def test_places_that_stand_open_are_closed_and_told_once(
    places: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    (places.lake / "hr_employees").mkdir(parents=True, mode=0o755)
    places.warehouse.parent.mkdir(mode=0o755)
    places.warehouse.touch(mode=0o644)
    guard_places(places)
    assert (mode(places.lake), mode(places.warehouse)) == (0o700, 0o600)
    assert mode(places.warehouse.parent) == 0o755  # not Tieout's own
    assert [record.args[0] for record in caplog.records] == [places.lake, places.warehouse]
    guard_places(places)
    assert len(caplog.records) == 2


def test_what_dbt_makes_anew_is_closed_without_a_word(
    places: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "target").mkdir(mode=0o777)
    guard_places(places, tmp_path / "target", tmp_path / "missing")
    assert mode(tmp_path / "target") == 0o700 and not caplog.records


@pytest.mark.parametrize("kind", ["sticky", "above"])
def test_a_folder_that_is_not_tieouts_stays_and_is_told(
    places: Settings,
    kind: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    folder = tmp_path / "it is everybody's"
    (folder / "project").mkdir(parents=True)
    folder.chmod(0o1777 if kind == "sticky" else 0o755)
    if kind == "above":
        monkeypatch.chdir(folder / "project")
    before = mode(folder)
    with caplog.at_level(logging.WARNING):
        guard_places(replace(places, reports=folder))
    assert mode(folder) == before
    assert f"chmod -R go= '{tmp_path}/it is everybody'\"'\"'s'" in caplog.text


def test_spark_finds_its_folder_made(places: Settings) -> None:
    guard_places(places)
    assert [path.name for path in places.spark_warehouse.parent.iterdir()] == ["landing", "spark"]


def test_a_group_gets_each_place_before_anything_is_in_it(places: Settings) -> None:
    shared = replace(places, group=GROUP)
    guard_places(shared)
    guard_places(shared)  # is content with what it made
    for folder in (places.lake, places.warehouse.parent, places.payments, places.published, places.reports):
        assert (mode(folder), folder.stat().st_gid) == (0o2750, os.getegid()), folder


def test_readers_get_what_is_published_and_no_more(places: Settings) -> None:
    guard_places(replace(places, readers=GROUP))
    assert (mode(places.published), mode(places.reports)) == (0o2750, 0o2750)
    assert not places.lake.exists() and not places.payments.exists()


def test_a_folder_whose_new_files_would_be_anothers_is_refused_with_the_command(places: Settings) -> None:
    places.lake.mkdir(mode=0o700)
    with pytest.raises(SettingsError, match="TIEOUT_GROUP is ") as caught:
        guard_places(replace(places, group=GROUP))
    command = str(caught.value).partition("Give it the folder: ")[2]
    subprocess.run(["/bin/sh", "-c", command], check=True)
    guard_places(replace(places, group=GROUP))


def test_a_group_that_does_not_exist_is_refused(places: Settings) -> None:
    with pytest.raises(SettingsError, match="TIEOUT_READERS is 'nobody here': there is no such group"):
        guard_places(replace(places, readers="nobody here"))
    assert not places.published.exists()
