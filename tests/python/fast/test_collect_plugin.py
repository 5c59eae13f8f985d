"""The dbt plugin collects once when the connection opens, and costs next to nothing when nothing is new."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from orchestration.settings import Settings

_OPEN_TWICE = """
import sys
from dbt.adapters.duckdb.plugins import BasePlugin
for _ in range(2):
    BasePlugin.create("orchestration.warehouse.dbt_plugin", config={})
print("heavy:", sorted({"dlt", "lxml", "pyarrow.dataset", "sqlalchemy"} & sys.modules.keys()))
"""
ACCOUNTS = "gl_account,name,type,currency,bank_account\n1000,Bank,asset,EUR,DE1\n"


def open_connection(settings: Settings, **environment: str) -> subprocess.CompletedProcess:
    """What dbt-duckdb does when it opens a connection, in a process of its own."""
    zone = {"TIEOUT_LANDING": str(settings.landing), "TIEOUT_LAKE": str(settings.lake)}
    return subprocess.run(
        [sys.executable, "-c", _OPEN_TWICE],
        env=os.environ | zone | environment,
        capture_output=True,
        text=True,
    )


def test_collects_once_and_tells_only_what_is_new(settings: Settings) -> None:
    (settings.landing / "ledger/accounts.csv").write_text(ACCOUNTS)
    first = open_connection(settings)
    assert first.stdout.count("collected 1 new of 1 files") == 1, first.stderr
    assert "1 ledger_accounts" in first.stdout
    second = open_connection(settings)
    assert second.stdout.strip() == "heavy: []"


def test_can_be_turned_off(settings: Settings) -> None:
    assert open_connection(settings, TIEOUT_COLLECT="off").returncode == 0
    assert not settings.lake.exists()


def test_missing_landing_folder_ends_the_command(settings: Settings, tmp_path: Path) -> None:
    result = open_connection(settings, TIEOUT_LANDING=str(tmp_path / "missing"))
    assert result.returncode != 0
    assert "TIEOUT_LANDING" in result.stderr


def test_nothing_is_written_outside_the_lake(settings: Settings, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    assert open_connection(settings, HOME=str(home)).returncode == 0
    assert list(home.iterdir()) == []


@pytest.mark.parametrize("variable", ["TIEOUT_LEDGER_LAG_HOURS", "TIEOUT_LOCK_TIMEOUT_SECONDS"])
def test_unusable_setting_is_named(settings: Settings, variable: str) -> None:
    assert f"{variable} is 'two'" in open_connection(settings, **{variable: "two"}).stderr
