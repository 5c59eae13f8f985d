"""Running dbt as a person would: in a process of its own, on a zone of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from orchestration.settings import PROJECT_DIR

DBT = Path(sys.executable).with_name("dbt")
MODELS_ONLY = ["--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"]


def run_dbt(
    *arguments: str, zone: Path, landing: Path, check: bool = True
) -> subprocess.CompletedProcess[str]:
    """Run dbt on landing, with lake, warehouse, target and logs under zone."""
    result = subprocess.run(
        [DBT, *arguments, "--target-path", zone / "target", "--log-path", zone / "logs"],
        cwd=PROJECT_DIR,
        env=os.environ
        | {
            "TIEOUT_LANDING": str(landing),
            "TIEOUT_LAKE": str(zone / "lake"),
            "TIEOUT_WAREHOUSE": str(warehouse_of(zone)),
            "TIEOUT_SPARK_WAREHOUSE": str(zone / "spark"),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    if check and result.returncode != 0:
        raise AssertionError(f"dbt {' '.join(arguments)} failed:\n{result.stdout}\n{result.stderr}")
    return result


def warehouse_of(zone: Path) -> Path:
    """The DuckDB file of a zone."""
    return zone / "warehouse" / "tieout.duckdb"
