"""Running dbt as a person would: in a process of its own, on a zone of its own."""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path

import pytest

from orchestration.settings import PROJECT_DIR
from orchestration.warehouse.dbt_process import BuildFailedError

DBT = Path(sys.executable).with_name("dbt")
MODELS_ONLY = ["--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"]
# Half of the models, and all that is built of a company that delivers no payroll.
BANK = ["--selector", "bank"]
# What a close freezes and what refuses it, and no reports.
CLOSABLE = [
    *("--select", "+int_closable_items", "+int_closable_matches", "+int_closable_balances"),
    *("+dim_controls", "+fct_control_totals", "+dim_accounts"),
    *("+fct_reconciliation_items", "+fct_bank_reconciliations"),
]
# Of the environment. dbt goes through the whole of it for every line it logs.
NEEDED = ("DBT_", "HOME", "LANG", "PATH", "TIEOUT_", "TMPDIR")


def run_dbt(
    *arguments: str, zone: Path, landing: Path, check: bool = True, batch_grain: str | None = None
) -> subprocess.CompletedProcess[str]:
    """Run dbt on landing, with lake, warehouse, target and logs under zone.

    batch_grain: of batches by time, where it is not the project's own.
    """
    arguments += ("--target-path", str(zone / "target"), "--log-path", str(zone / "logs"))
    environment = {name: value for name, value in os.environ.items() if name.startswith(NEEDED)} | {
        "TIEOUT_LANDING": str(landing),
        "TIEOUT_LAKE": str(zone / "lake"),
        "TIEOUT_WAREHOUSE": str(warehouse_of(zone)),
        "TIEOUT_SPARK_WAREHOUSE": str(zone / "spark"),
    }
    if "--vars" in arguments or "--target" in arguments:  # these may change what is parsed
        result = subprocess.run(
            [DBT, *arguments],
            cwd=PROJECT_DIR,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
    else:
        if batch_grain:  # read as models run, never parsed
            arguments += ("--vars", json.dumps({"batch_grain": batch_grain}))
        result = _run_parsed(arguments, environment, zone)
    if check and result.returncode != 0:
        raise AssertionError(f"dbt {' '.join(arguments)} failed:\n{result.stdout}\n{result.stderr}")
    return result


def warehouse_of(zone: Path) -> Path:
    """The DuckDB file of a zone."""
    return zone / "warehouse" / "tieout.duckdb"


def _run_parsed(
    arguments: tuple[str, ...], environment: dict[str, str], zone: Path
) -> subprocess.CompletedProcess[str]:
    """Run dbt on the project as the server has parsed it."""
    zone.mkdir(parents=True, exist_ok=True)
    said = {stream: zone / stream for stream in ("stdout", "stderr")}
    streams = {stream: str(path) for stream, path in said.items()}
    code = _asked(arguments=arguments, environment=environment, **streams)
    return subprocess.CompletedProcess(
        arguments, code, **{stream: path.read_text() for stream, path in said.items()}
    )


def leave_parsed(target: Path, environment: Mapping[str, str]) -> None:
    """Leave in a target folder what spares a dbt that is started in this environment a parse of all."""
    target.mkdir(parents=True, exist_ok=True)
    assert _asked(environment=dict(environment), target=str(target)) == 0


def _asked(**asked: object) -> int:
    """The exit code of what the server is asked for."""
    server = _server()
    print(json.dumps(asked), file=server.stdin, flush=True)
    answer = server.stdout.readline()
    if not answer:
        raise AssertionError(f"dbt's server ended with exit code {server.wait()}")
    return int(answer)


def dbt_of_closes(zone: Path, landing: Path) -> Callable[[Sequence[str], str | None], None]:
    """What closes run dbt by (run_dbt of warehouse/dbt_process.py), without starting it and parsing anew."""

    def run(arguments: Sequence[str], business_date: str | None = None) -> None:
        with pytest.MonkeyPatch.context() as patched:
            patched.setenv("TIEOUT_COLLECT", "off")
            patched.setenv("TIEOUT_BUSINESS_DATE", business_date or "")
            outcome = run_dbt(*arguments, zone=zone, landing=landing, check=False)
        if outcome.returncode != 0:
            raise BuildFailedError(outcome.stdout)

    return run


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
