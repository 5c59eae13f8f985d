"""Ratios of batched models on DuckDB, each measured in one run: python benchmarks/batches.py

Compares the batched materialization with dbt's microbatch and with one plain table, on the same query over
generated rows. Every run is a process of its own; seconds are those of the nodes, and of the whole command in
brackets. Takes about twenty minutes on two cores; --quick takes five, with fewer rows.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from statistics import median

import duckdb
from dbt_cost import cost_of_dbt

ROOT = Path(__file__).parents[1]
PROJECT = ROOT / "benchmarks" / "batching_project"
FIRST_DAY = date(2020, 1, 1)
KINDS = ("batched", "microbatch", "table")


@dataclass(frozen=True)
class Cost:
    """Cost of one dbt run: seconds of its nodes, seconds of the whole command, peak memory in MB."""

    node_seconds: float
    command_seconds: float
    peak_megabytes: float


class Zone:
    """A folder with generated lines and a warehouse."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files = 0
        (folder / "lines").mkdir(parents=True)

    def add_days(self, first: int, days: int, rows_per_day: int) -> None:
        """Append one file with rows_per_day lines for each of a range of days."""
        self.files += 1
        path = self.folder / "lines" / f"{self.files:04}.parquet"
        with duckdb.connect() as connection:
            connection.execute(f"""
                copy (
                    select
                        cast({self.files} as bigint) * 1000000000 + number as line_id,
                        cast(number % 100000 / 100.0 as decimal(18, 2)) as amount,
                        ' payment for invoice ' || (number * 7919) % 1000003 as memo,
                        date '{FIRST_DAY + timedelta(days=first)}' + cast(number // {rows_per_day} as integer)
                            as booked_on
                    from range({days * rows_per_day}) as numbers (number)
                ) to '{path}' (format parquet)
            """)

    def run(self, kind: str, days: tuple[int, int], memory: str = "4GB") -> Cost:
        """Build one of the compared models; days is the range that microbatch has to be told."""
        environment = os.environ | {
            "BATCHING_DATA": str(self.folder),
            "BATCHING_TARGET": "duckdb",
            "BATCHING_MEMORY": memory,
        }
        arguments = [
            *("run", "--select", f"+cleaned_{kind}", "--project-dir", PROJECT, "--profiles-dir", PROJECT),
            *("--target-path", self.folder / "target", "--log-path", self.folder / "logs"),
            *("--vars", "{max_batches: 100000}"),
        ]
        if kind == "microbatch":
            arguments += ["--event-time-start", str(FIRST_DAY + timedelta(days=days[0]))]
            arguments += ["--event-time-end", str(FIRST_DAY + timedelta(days=days[1]))]
        cost = cost_of_dbt(self.folder / "cost.json", arguments, environment)
        return Cost(sum(cost["models"].values()), cost["command"], cost["peak"])


def daily_run(folder: Path, days: int, rows_per_day: int, repeats: int) -> None:
    """The cost of one more day after a history, and after ten times that history; and of one late row."""
    print(f"\nOne more day of {rows_per_day:,} rows: seconds of the nodes (of the command)")
    print("| kind | history | one more day | a late row in one day |")
    print("|---|---|---|---|")
    costs: dict[tuple[str, int, str], Cost] = {}
    for kind in KINDS:
        for history in (1, days, 10 * days):
            zone = Zone(folder / f"{kind}_{history}")
            zone.add_days(0, history, rows_per_day)
            zone.run(kind, (0, history))
            for what in ("day", "late"):
                measured = []
                for _ in range(repeats):
                    if what == "day":
                        zone.add_days(history, 1, rows_per_day)
                        measured.append(zone.run(kind, (history, history + 1)))
                        history += 1
                    else:
                        late = history // 2
                        zone.add_days(late, 1, 1)
                        measured.append(zone.run(kind, (late, late + 1)))
                costs[kind, history - repeats, what] = Cost(
                    median(cost.node_seconds for cost in measured),
                    median(cost.command_seconds for cost in measured),
                    max(cost.peak_megabytes for cost in measured),
                )
            start = history - repeats
            day, late_row = costs[kind, start, "day"], costs[kind, start, "late"]
            print(
                f"| {kind} | {start:,} days | {day.node_seconds:.2f} ({day.command_seconds:.2f}) "
                f"| {late_row.node_seconds:.2f} ({late_row.command_seconds:.2f}) |",
                flush=True,
            )
    for kind in KINDS:
        short, long = costs[kind, days, "day"], costs[kind, 10 * days, "day"]
        one, late_row = costs[kind, 1, "day"], costs[kind, 10 * days, "late"]
        print(
            f"{kind}: 10x history {long.node_seconds / short.node_seconds:.2f}x "
            f"({long.command_seconds / short.command_seconds:.2f}x the command); late row in one of "
            f"{10 * days:,} days {late_row.node_seconds / one.node_seconds:.2f}x one day's own cost "
            f"({late_row.command_seconds / one.command_seconds:.2f}x the command)"
        )


def first_load(folder: Path, days: int, rows_per_day: int, memory: str) -> None:
    """Peak memory and time of a first load, and of one of ten times the rows."""
    print(f"\nFirst load, memory_limit {memory}: peak memory of the process, seconds of the nodes")
    print("| kind | rows | peak MB | seconds |")
    print("|---|---|---|---|")
    for kind in KINDS:
        peaks = []
        for history in (days, 10 * days):
            zone = Zone(folder / f"first_{kind}_{history}")
            zone.add_days(0, history, rows_per_day)
            cost = zone.run(kind, (0, history), memory)
            peaks.append(cost.peak_megabytes)
            print(
                f"| {kind} | {history * rows_per_day:,} in {history} days | {cost.peak_megabytes:,.0f} "
                f"| {cost.node_seconds:.1f} |",
                flush=True,
            )
        print(f"{kind}: {peaks[1] / peaks[0]:.2f}x the memory for ten times the rows")


def overhead(folder: Path, rows: int) -> None:
    """What one batch costs besides its rows: the same rows in 1 and in 100 batches."""
    print(f"\n{rows:,} rows in 1 batch and in 100: milliseconds that one more batch costs")
    for kind in ("batched", "microbatch"):
        seconds = []
        for days in (1, 100):
            zone = Zone(folder / f"overhead_{kind}_{days}")
            zone.add_days(0, days, rows // days)
            seconds.append(zone.run(kind, (0, days)).node_seconds)
        print(f"{kind}: {(seconds[1] - seconds[0]) / 99 * 1000:.0f} ms", flush=True)


def latency(folder: Path, rows_per_minute: int) -> None:
    """One batch of a minute of data up to a month of it, by a stream of rows_per_minute."""
    print(f"\nOne batch at {rows_per_minute} rows a minute, seconds of the command")
    print("| batch | rows | run, s | rows per second | oldest row is known after |")
    print("|---|---|---|---|---|")
    for name, minutes in (
        ("minute", 1),
        ("hour", 60),
        ("day", 1440),
        ("week", 7 * 1440),
        ("month", 30 * 1440),
    ):
        zone = Zone(folder / f"latency_{name}")
        zone.add_days(0, 1, 1)
        zone.run("batched", (0, 1))
        zone.add_days(1, 1, minutes * rows_per_minute)
        seconds = zone.run("batched", (1, 2)).command_seconds
        known_after = timedelta(minutes=minutes, seconds=round(seconds))
        rows = minutes * rows_per_minute
        print(f"| {name} | {rows:,} | {seconds:.1f} | {rows / seconds:,.0f} | {known_after} |", flush=True)


def main() -> None:
    """Run every benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a fifth of the rows, one repeat")
    quick = parser.parse_args().quick
    with tempfile.TemporaryDirectory(prefix="batches-") as name:
        folder = Path(name)
        daily_run(folder, days=100, rows_per_day=500 if quick else 2_000, repeats=1 if quick else 3)
        for memory in ("64MB", "256MB"):
            first_load(folder / memory, days=20, rows_per_day=5_000 if quick else 50_000, memory=memory)
        overhead(folder, rows=100_000)
        latency(folder, rows_per_minute=10 if quick else 50)


if __name__ == "__main__":
    main()
