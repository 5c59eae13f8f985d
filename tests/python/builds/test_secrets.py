"""No secret setting leaves its variable: not by a message, a file, or the list of processes."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import fields
from pathlib import Path

from orchestration.settings import PROJECT_DIR, Settings, variable

CANARY = "canary7731"
NOWHERE = "127.0.0.1:9"
SECRETS = {
    "TIEOUT_LEDGER_URL": f"postgresql+pg8000://reader:{CANARY}@{NOWHERE}/books",
    "TIEOUT_HR_TOKEN": CANARY,
    "TIEOUT_PSEUDONYM_KEY": CANARY,
    "TIEOUT_CHAIN_KEY": CANARY,
    "TIEOUT_UI_TOKEN": f"{CANARY}-{CANARY}",
    "TIEOUT_PUBLISH_TO": f"postgresql://writer:{CANARY}@{NOWHERE}/books?schema=tieout",
    "TIEOUT_ALERT_URLS": f"jsons://user:{CANARY}@{NOWHERE}/{CANARY}",
}
COMMANDS = [
    ["tieout", "collect"],
    [
        *("dbt", "build", "--select", "+dim_employees", "stg_collect__files", "--log-level", "debug"),
        *("--exclude-resource-type", "test", "unit_test"),
    ],
    ["tieout", "publish"],
    ["tieout", "alert"],
    ["tieout", "settings"],
]


def test_every_secret_setting_has_a_canary() -> None:
    secret = {variable(each) for each in fields(Settings) if not each.repr}
    assert SECRETS.keys() == secret


def test_no_secret_is_told_written_or_listed(tmp_path: Path) -> None:
    environment = (
        os.environ
        | SECRETS
        | {
            "DAGSTER_HOME": str(tmp_path / "dagster"),
            "DBT_LOG_LEVEL_FILE": "debug",
            "DBT_LOG_PATH": str(tmp_path / "logs"),
            "DBT_TARGET_PATH": str(tmp_path / "target"),
            "TIEOUT_COLLECT": "off",
            "TIEOUT_HR_URL": f"https://{NOWHERE}",
            "TIEOUT_LAKE": str(tmp_path / "lake"),
            "TIEOUT_LANDING": str(tmp_path / "landing"),
            "TIEOUT_PUBLISHED": str(tmp_path / "published"),
            "TIEOUT_WAREHOUSE": str(tmp_path / "tieout.duckdb"),
        }
    )
    (tmp_path / "landing").mkdir()
    (tmp_path / "dagster").mkdir()
    said = []
    with listed_processes() as lines:
        for command, *arguments in COMMANDS:
            done = subprocess.run(
                [Path(sys.executable).with_name(command), *arguments],
                cwd=PROJECT_DIR,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
            said.append(done.stdout + done.stderr)
    assert "TIEOUT_LEDGER_URL" in said[0]
    assert "dim_employees" in said[1] and "Completed successfully" in said[1]
    assert [text for text in said if CANARY in text] == []
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) > 50
    assert [path for path in files if CANARY.encode() in path.read_bytes()] == []
    assert any("dbt\0build" in line for line in lines)
    assert [line for line in lines if CANARY in line] == []


@contextmanager
def listed_processes() -> Iterator[set[str]]:
    """The command lines that the machine shows meanwhile to everybody."""
    lines: set[str] = set()
    is_over = threading.Event()

    def look() -> None:
        while not is_over.wait(0.05):
            for file in Path("/proc").glob("[0-9]*/cmdline"):
                with suppress(OSError):
                    lines.add(file.read_text(errors="replace"))

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield lines
    finally:
        is_over.set()
        looking.join()
