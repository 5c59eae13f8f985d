"""Settings: read by their fields, told by their docstrings, and wrong ones named."""

from __future__ import annotations

from dataclasses import fields

import pytest

from orchestration.cli.settings_page import settings_page
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
    ],
)
def test_an_unusable_value_is_named(name: str, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, text)
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment()
        Timetable.from_environment()
    assert str(caught.value).startswith(f"{name} is {text!r}: give ")


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
