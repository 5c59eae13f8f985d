"""Running dbt as a person would: in a process of its own, on a zone of its own."""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

from orchestration.settings import PROJECT_DIR

DBT = Path(sys.executable).with_name("dbt")
MODELS_ONLY = ["--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"]
# Of the environment. dbt goes through the whole of it for every line it logs.
NEEDED = ("DBT_", "HOME", "LANG", "PATH", "TIEOUT_", "TMPDIR")


def run_dbt(
    *arguments: str, zone: Path, landing: Path, check: bool = True
) -> subprocess.CompletedProcess[str]:
    """Run dbt on landing, with lake, warehouse, target and logs under zone."""
    zone.mkdir(parents=True, exist_ok=True)
    said = [zone / "stdout", zone / "stderr"]
    asked = {
        "arguments": [
            *arguments,
            *("--target-path", str(zone / "target"), "--log-path", str(zone / "logs")),
        ],
        "stdout": str(said[0]),
        "stderr": str(said[1]),
        "environment": {name: value for name, value in os.environ.items() if name.startswith(NEEDED)}
        | {
            "TIEOUT_LANDING": str(landing),
            "TIEOUT_LAKE": str(zone / "lake"),
            "TIEOUT_WAREHOUSE": str(warehouse_of(zone)),
            "TIEOUT_SPARK_WAREHOUSE": str(zone / "spark"),
        },
    }
    server = _server()
    print(json.dumps(asked), file=server.stdin, flush=True)
    answer = server.stdout.readline()
    if not answer:
        raise AssertionError(f"dbt's server ended with exit code {server.wait()}")
    result = subprocess.CompletedProcess(arguments, int(answer), *(path.read_text() for path in said))
    if check and result.returncode != 0:
        raise AssertionError(f"dbt {' '.join(arguments)} failed:\n{result.stdout}\n{result.stderr}")
    return result


def warehouse_of(zone: Path) -> Path:
    """The DuckDB file of a zone."""
    return zone / "warehouse" / "tieout.duckdb"


@cache
def _server() -> subprocess.Popen[str]:
    """dbt with the project parsed, for all runs of this process."""
    server = subprocess.Popen(
        [sys.executable, Path(__file__).with_name("dbt_server.py")],
        env=os.environ | {"PYTHONPATH": str(PROJECT_DIR)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    atexit.register(server.communicate)
    return server
