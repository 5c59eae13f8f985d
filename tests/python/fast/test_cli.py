"""The command line: help, exit codes, and errors that say what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from orchestration.cli import main


@pytest.mark.parametrize("command", sorted(main.commands))
def test_every_command_has_help(command: str) -> None:
    result = CliRunner().invoke(main, [command, "--help"])
    assert result.exit_code == 0
    assert result.output.count("\n") > 3


def test_summary_without_a_warehouse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIEOUT_WAREHOUSE", str(tmp_path / "none.duckdb"))
    result = CliRunner().invoke(main, ["summary"])
    assert result.exit_code == 1
    assert "dbt build" in result.output


def test_collect_without_a_landing_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIEOUT_LANDING", str(tmp_path / "nowhere"))
    result = CliRunner().invoke(main, ["collect"])
    assert result.exit_code == 1
    assert "TIEOUT_LANDING" in result.output


def test_an_unusable_setting_names_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIEOUT_MAX_FILE_MB", "-1")
    result = CliRunner().invoke(main, ["collect"])
    assert result.exit_code == 1
    assert "TIEOUT_MAX_FILE_MB" in result.output


def test_demo_writes_the_truth_beside_the_landing_zone(tmp_path: Path) -> None:
    out = tmp_path / "zone"
    result = CliRunner().invoke(main, ["demo", "--out", str(out), "--days", "5", "--lines-per-day", "12"])
    assert result.exit_code == 0, result.output
    assert (out / "ledger" / "accounts.csv").exists()
    assert (tmp_path / "zone-truth" / "matches.csv").exists()
