"""What a build writes is its owner's from the moment it is made, though the umask would open all of it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from dbt_runs import leave_parsed
from exposure import exposed, watched

from orchestration.settings import PROJECT_DIR

COMMANDS = (
    "dbt build --quiet --select stg_collect__files pay_items --exclude-resource-type test unit_test",
    "tieout collect",
)


@pytest.mark.parametrize("umask", ["000", pytest.param("022", marks=pytest.mark.more)])
def test_lake_warehouse_and_spark_are_closed_while_they_are_written(umask: str, tmp_path: Path) -> None:
    zone = tmp_path / "zone"
    for folder in ("hr", "ledger"):
        shutil.copytree(PROJECT_DIR / "landing" / folder, tmp_path / "landing" / folder)
    zone.mkdir()
    environment = os.environ | {
        "TIEOUT_LANDING": str(tmp_path / "landing"),
        "TIEOUT_LAKE": str(zone / "lake"),
        "TIEOUT_WAREHOUSE": str(zone / "tieout.duckdb"),
        "TIEOUT_SPARK_WAREHOUSE": str(zone / "spark"),
        "DBT_TARGET_PATH": str(tmp_path / "target"),
        "DBT_LOG_PATH": str(tmp_path / "logs"),
    }
    leave_parsed(tmp_path / "target", environment)
    with watched(zone) as found:
        for command in COMMANDS:
            program, *arguments = command.split()
            subprocess.run(
                [
                    *("/bin/sh", "-c", f'umask {umask}; exec "$0" "$@"'),
                    *(Path(sys.executable).with_name(program), *arguments),
                ],
                cwd=PROJECT_DIR,
                env=environment,
                check=True,
            )
    assert len([*zone.rglob("*.parquet")]) > 10 and (zone / "tieout.duckdb").exists()
    assert found == set()
    assert tmp_path / "target" not in set(exposed(tmp_path))
