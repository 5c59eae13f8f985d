"""Dagster's night against the bare dbt build of the same night: python benchmarks/night.py

Two zones have the demo without its last bank days. Each of those days lands in both; one zone builds it with
`dbt build`, the other has its `tieout night`, in turn, and then a second one with nothing new. Says of each
process, as it ends, its seconds and processor seconds; then their ratios, and what each step of the last two
nights took, from Dagster's own history.
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
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

import dagster as dg

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
BUILD = [str(BIN / "dbt"), "build", "--quiet", "--exclude-resource-type", "unit_test"]
TITLES = {
    "first build": "dbt build of all but the last bank days",
    "first night": "tieout night of the same, in the other zone",
    "build": "dbt build of one more bank day",
    "night": "tieout night of the same",
    "night again": "tieout night with nothing new",
}


class Cost(NamedTuple):
    """What one process took, its children included."""

    seconds: float
    processor: float


def make(folder: Path, tonight: Sequence[Path]) -> None:
    """Copy the landing zone, without some of its files, and the settings of Dagster."""
    shutil.copytree(ROOT / "landing", folder / "landing")
    for file in tonight:
        (folder / file).unlink()
    (folder / "instance").mkdir()
    shutil.copy(ROOT / "orchestration" / "instance" / "dagster.yaml", folder / "instance")


def enter(folder: Path, date: str) -> None:
    """Make folder the zone of this process and of its children, as of a business date."""
    os.environ |= {
        "TIEOUT_BUSINESS_DATE": date,
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


def steps() -> list[list[tuple[str, float]]]:
    """Of the last two runs, in their order: the steps and the seconds that each took."""
    with dg.DagsterInstance.get() as instance:
        runs = [
            [
                (step.step_key, step.end_time - step.start_time)
                for step in instance.get_run_step_stats(run.run_id)
                if step.start_time and step.end_time
            ]
            for run in reversed(instance.get_runs(limit=2))
        ]
    return [sorted(run, key=lambda step: -step[1]) for run in runs]


def bank_days() -> dict[str, list[Path]]:
    """The bank's files by the business date in their names, those of a day alone."""
    days = defaultdict(list)
    for file in sorted((ROOT / "landing").glob("bank/*/*/*_20??????.*")):
        digits = file.stem.rpartition("_")[2]
        days[f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"].append(file.relative_to(ROOT))
    return dict(sorted(days.items()))


def measured(folder: Path, count: int) -> Iterator[tuple[str, Cost]]:
    """What was run before and on each of the last days, and what it took."""
    tonight = dict(list(bank_days().items())[-count:])
    before = list(bank_days())[-count - 1]
    bare, nightly = folder / "bare", folder / "nightly"
    for zone, command in {bare: BUILD, nightly: [str(BIN / "tieout"), "night", before]}.items():
        make(zone, [file for files in tonight.values() for file in files])
        enter(zone, before)
        yield f"first {command[1]}", cost(*command)
    for date, files in tonight.items():
        for zone, command in {bare: BUILD, nightly: [str(BIN / "tieout"), "night", date]}.items():
            for file in files:
                shutil.copy(ROOT / file, zone / file)
            enter(zone, date)
            yield command[1], cost(*command)
        yield "night again", cost(*command)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--days", type=int, default=1, help="bank days that land one by one; 1 unless given")
    costs = defaultdict(list)
    with tempfile.TemporaryDirectory(prefix="night-") as name:
        for what, took in measured(Path(name), parser.parse_args().days):
            costs[what].append(took)
            print(f"{TITLES[what]}: {took.seconds:.0f} s, {took.processor:.0f} of a processor", flush=True)
        print("\n| | seconds | processor | against dbt build |\n|---|---|---|---|")
        for what, title in TITLES.items():
            seconds, processor = (statistics.median(column) for column in zip(*costs[what], strict=True))
            builds = costs["first build" if what.startswith("first") else "build"]
            ratio = statistics.median(
                night.processor / build.processor for night, build in zip(costs[what], builds, strict=True)
            )
            print(f"| {title} | {seconds:.0f} | {processor:.0f} | {ratio:.2f}x |")
        for title, took in zip(("a day's night", "nothing new"), steps(), strict=True):
            print(f"\n| step, {title} | seconds |\n|---|---|")
            for step, seconds in took:
                print(f"| {step} | {seconds:.1f} |")


if __name__ == "__main__":
    main()
