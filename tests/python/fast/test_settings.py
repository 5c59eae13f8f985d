"""Settings: read by their fields, told by their docstrings, and wrong ones named."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import fields

import pytest

from orchestration.cli.settings_page import misspelt_settings, settings_page
from orchestration.settings import PROJECT_DIR, Settings, SettingsError, Timetable, variable

FIELDS = [(settings, each) for settings in (Settings, Timetable) for each in fields(settings)]


def test_the_page_is_what_the_command_writes() -> None:
    page = (PROJECT_DIR / "docs" / "settings.md").read_text()
    assert page == settings_page() + "\n", "write it again: tieout settings > docs/settings.md"


@pytest.mark.parametrize(("settings", "setting"), FIELDS, ids=lambda value: getattr(value, "name", ""))
def test_an_empty_variable_is_the_default(
    settings: type, setting: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(variable(setting), raising=False)
    default = getattr(settings.from_environment(), setting.name)
    monkeypatch.setenv(variable(setting), "")
    assert getattr(settings.from_environment(), setting.name) == default


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("TIEOUT_MAX_FILE_MB", "-1"),
        ("TIEOUT_LEDGER_LAG_HOURS", "two"),
        ("TIEOUT_PUBLISHED_KEEP", "0"),
        ("TIEOUT_NIGHT_AT", "5 o'clock"),
        ("TIEOUT_OFF_PEAK", "22:00"),
        ("TIEOUT_FIRST_BUSINESS_DATE", "2026-02-30"),
        ("TIEOUT_TIME_ZONE", "Mars"),
        ("TIEOUT_TARGET", "spark_small"),
        ("TIEOUT_DATA_TESTS", "no"),
    ],
)
def test_an_unusable_value_is_named(name: str, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, text)
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment()
        Timetable.from_environment()
    assert str(caught.value).startswith(f"{name} is {text!r}: give ")


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("TIEOUT_LAKE", "back\\slash"),
        *(
            (f"TIEOUT_{place}", f"{scheme}books/tieout")
            for place in [
                "LAKE",
                "LANDING",
                "WAREHOUSE",
                "SPARK_WAREHOUSE",
                "PUBLISHED",
                "PAYMENTS",
                "REPORTS",
                "SIGNERS",
            ]
            for scheme in ("s3://", "file:///", "md:", "abfs://user@")
        ),
        ("TIEOUT_LANDING", "new\nline"),
        ("TIEOUT_PUBLISHED", "not UTF-8 \udcfc"),
        ("TIEOUT_WAREHOUSE", "what?/tieout.duckdb"),
        ("TIEOUT_WAREHOUSE", "no #1/tieout.duckdb"),
        ("TIEOUT_WAREHOUSE", 'the "books".duckdb'),
        ("TIEOUT_PUBLISHED", "what?"),
        ("TIEOUT_SPARK_WAREHOUSE", "a[1]"),
        ("TIEOUT_SPARK_WAREHOUSE", "a;b"),
    ],
)
def test_a_path_that_an_engine_cannot_take_is_refused(
    name: str, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, path)
    with pytest.raises(SettingsError, match=f"{name} is .*: give a path"):
        Settings.from_environment()


def test_a_path_in_another_encoding_is_refused_with_the_next_step() -> None:
    """As in a Turkish locale of before UTF-8, where DuckDB would make a folder of another name."""
    done = subprocess.run(
        [sys.executable, "-c", "from orchestration.settings import Settings; Settings.from_environment()"],
        env=os.environ | {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "TIEOUT_LAKE": "göl"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "TIEOUT_LAKE" in done.stderr and "set PYTHONUTF8=1" in done.stderr


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = ("LEDGER_URL", "HR_TOKEN", "PSEUDONYM_KEY", "PUBLISH_TO", "ALERT_URLS")
    for name in secrets:
        monkeypatch.setenv(f"TIEOUT_{name}", "correct-horse")
    settings = Settings.from_environment()
    assert "correct-horse" not in repr(settings)
    assert [getattr(settings, name.lower()) for name in secrets] == [
        *["correct-horse"] * 3,
        *[("correct-horse",)] * 2,
    ]


def test_a_misspelt_variable_is_named_with_the_one_that_was_meant() -> None:
    environment = {
        **os.environ,
        "TIEOUT_LANDNIG": "/elsewhere",
        "TIEOUT_LANDING": "landing",
        "TIEOUT_CAMPAIGN": "2",
    }
    told = subprocess.run(
        [sys.executable, "-c", "from orchestration.cli import main; main()", "settings"],
        cwd=PROJECT_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "TIEOUT_LANDNIG is no setting and changes nothing: did you mean TIEOUT_LANDING" in told.stderr
    assert "TIEOUT_CAMPAIGN" not in told.stderr, "make campaign gives it to tests that run commands"
    assert "/elsewhere" not in told.stderr, "a misspelt variable may hold a secret"


def test_every_setting_that_the_page_has_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    page = (PROJECT_DIR / "docs" / "settings.md").read_text()
    for name in [line.split("`")[1] for line in page.splitlines() if line.startswith("| `TIEOUT_")]:
        monkeypatch.setenv(name, "set")
    monkeypatch.delenv("TIEOUT_CAMPAIGN", raising=False)
    assert list(misspelt_settings()) == []
