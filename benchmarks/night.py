"""Dagster's night against the bare dbt build of the same night: python benchmarks/night.py

Copies the landing zone, builds the warehouse once, and then runs in turn `dbt build` and `tieout night`, each
as of the last business date, with nothing new to collect. Prints seconds and processor seconds of the whole
processes, their ratio, and what each step of the last night took, from Dagster's own history.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

import dagster as dg
import duckdb

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
BUILD = [str(BIN / "dbt"), "build", "--quiet", "--exclude-resource-type", "unit_test"]


class Cost(NamedTuple):
    """What one process took, its children included."""

    seconds: float
    processor: float


def zone(folder: Path) -> None:
    """Make folder the zone of this process and of its children."""
    shutil.copytree(ROOT / "landing", folder / "landing")
    (folder / "instance").mkdir()
    shutil.copy(ROOT / "orchestration" / "instance" / "dagster.yaml", folder / "instance")
    os.environ |= {
        "TIEOUT_LANDING": str(folder / "landing"),
        "TIEOUT_LAKE": str(folder / "lake"),
        "TIEOUT_WAREHOUSE": str(folder / "warehouse" / "tieout.duckdb"),
        "TIEOUT_PUBLISHED": str(folder / "published"),
        "TIEOUT_REPORTS": str(folder / "reports"),
        "TIEOUT_ALERT_URLS": "",
        "DAGSTER_HOME": str(folder / "instance"),
        "DAGSTER_DISABLE_TELEMETRY": "yes",
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
    }


def cost(*command: str) -> Cost:
    """Run a command and wait for it."""
    began, before = perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    seconds, after = perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
    return Cost(seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def steps() -> list[tuple[str, float]]:
    """The steps of the last run and the seconds that each took."""
    with dg.DagsterInstance.get() as instance:
        (run,) = instance.get_runs(limit=1)
        found = [
            (step.step_key, step.end_time - step.start_time)
            for step in instance.get_run_step_stats(run.run_id)
            if step.start_time and step.end_time
        ]
    return sorted(found, key=lambda step: -step[1])


def main() -> None:
    """Build once, then measure in turn."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--runs", type=int, default=2, help="of each; 2 unless given")
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory(prefix="night-") as name:
        zone(Path(name))
        cost(*BUILD)
        with duckdb.connect(os.environ["TIEOUT_WAREHOUSE"], read_only=True) as warehouse:
            (date,) = warehouse.execute("select as_of_on from intermediate.int_as_of_date").fetchone()
        os.environ["TIEOUT_BUSINESS_DATE"] = str(date)
        cost(str(BIN / "tieout"), "night", str(date))
        bare, nights = [], []
        for _ in range(runs):
            bare.append(cost(*BUILD))
            nights.append(cost(str(BIN / "tieout"), "night", str(date)))
        print("| | seconds | processor |\n|---|---|---|")
        for what, costs in {"dbt build": bare, "tieout night": nights}.items():
            seconds, processor = (statistics.median(column) for column in zip(*costs, strict=True))
            print(f"| {what} | {seconds:.0f} | {processor:.0f} |")
        ratios = [
            statistics.median(
                getattr(night, of) / getattr(build, of) for night, build in zip(nights, bare, strict=True)
            )
            for of in Cost._fields
        ]
        print("| ratio | " + " | ".join(f"{ratio:.2f}x" for ratio in ratios) + " |")
        print("\n| step | seconds |\n|---|---|")
        for step, seconds in steps():
            print(f"| {step} | {seconds:.1f} |")


if __name__ == "__main__":
    main()
