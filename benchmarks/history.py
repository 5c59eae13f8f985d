"""What one more day costs behind 60 closed days, and behind 600: python benchmarks/history.py FOLDER

Makes a company in FOLDER/<days> unless it is there: each day's files are a load of their own, each business
date is closed, and each night has its record of what dbt did, so the lake has the files of that many nights.
The closes are cut out of one build of all days, which is what closing day by day comes to. Then the last day
lands, and its night is measured, each step a process of its own: collection, the build with its tests,
publication and close. `--rebuilt` then compares its marts, row by row, with those of a warehouse built of the
same lake at once. `--sql` measures instead what each model and test of the company's warehouse takes in
DuckDB alone, on one thread, without dbt.
"""

from __future__ import annotations

import argparse
import csv
import datetime
import json
import os
import shutil
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import duckdb
import pyarrow
import pyarrow.compute as pc
import pyarrow.parquet as pq

from orchestration.collect import collect
from orchestration.demo import generate
from orchestration.lake.chain import CHAIN
from orchestration.lake.datasets import DATASETS
from orchestration.lake.load import recover
from orchestration.lake.lock import lake_lock
from orchestration.lake.packs import pack
from orchestration.lake.proof import prove_new
from orchestration.publish import publish
from orchestration.settings import PROJECT_DIR, Settings
from orchestration.warehouse.record import record_run

BIN = Path(sys.executable).parent
STEPS = {
    "parse": ["dbt", "parse", "--quiet"],
    "collect": ["tieout", "collect"],
    "build": ["dbt", "build", "--quiet", "--exclude-resource-type", "unit_test"],
    "publish": ["tieout", "publish"],
    "close": ["tieout", "close"],
}
# What a close freezes, and the column that says with which date.
CLOSED = {
    "closed_items": ("int_closable_items", "counted_on"),
    "closed_matches": ("int_closable_matches", "cleared_on"),
    "closed_balances": ("int_closable_balances", "as_of_on"),
}
COLLECTED_AT, RECORDED_AT, CLOSED_AT = datetime.time(6), datetime.time(6, 30), datetime.time(7)


class Cost(NamedTuple):
    """Of one process and its children. memory: the peak of the largest of them, in MB."""

    processor: float
    memory: int


def run(step: str, *arguments: str) -> Cost:
    """Run a command of a night to its end."""
    name, *command = STEPS[step]
    process = subprocess.Popen(
        [BIN / name, *command, *arguments],
        cwd=PROJECT_DIR,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{step} ended with {os.waitstatus_to_exitcode(status)}:\n{said}")
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024)


@contextmanager
def zone(folder: Path) -> Iterator[Settings]:
    """Make folder the zone of this process and of its children."""
    os.environ |= {
        "TIEOUT_LANDING": str(folder / "landing"),
        "TIEOUT_LAKE": str(folder / "lake"),
        "TIEOUT_WAREHOUSE": str(folder / "tieout.duckdb"),
        "TIEOUT_PUBLISHED": str(folder / "published"),
        "TIEOUT_REPORTS": str(folder / "reports"),
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
        "DBT_LOG_LEVEL_FILE": "none",
        "TIEOUT_PSEUDONYM_KEY": "of the benchmarks",
    }
    yield Settings.from_environment()


def at(day: datetime.date, time_of_day: datetime.time) -> datetime.datetime:
    """A moment of the morning after a day."""
    return datetime.datetime.combine(day + datetime.timedelta(days=1), time_of_day, datetime.UTC)


def make(folder: Path, days: int, lines_per_day: int) -> None:
    """Make a company of so many closed days, whose warehouse is of the last of them, and one day to come."""
    with zone(folder) as settings:
        generate(
            *(folder / "generated", folder / "truth"),
            days=days + 1,
            lines_per_day=lines_per_day,
            start_on=datetime.date(2024, 1, 2),
        )
        deliveries = by_day(folder / "generated")
        *dates, tonight = sorted(deliveries)
        for date in dates:
            land(deliveries[date], settings.landing)
        land(deliveries[tonight], folder / "tonight")
        collect(settings, clock=lambda: at(dates[-1], COLLECTED_AT))
        spread(settings, {path: date for date in dates for path in deliveries[date]})
        chain(settings, at(dates[-1], COLLECTED_AT))
        os.environ["TIEOUT_COLLECT"] = "off"
        closed = [f"+{model}" for model, _ in CLOSED.values()]
        run("build", "--exclude-resource-type", "test", "--select", *closed, "+fct_control_totals")
        close_all(settings, dates)
        chain(settings, at(dates[-1], CLOSED_AT))
        accept_all(settings)
        del os.environ["TIEOUT_COLLECT"]
        run("build")
        record_all(settings, dates)
        chain(settings, at(dates[-1], CLOSED_AT))
        run("build", "--selector", "night_operations")
        publish(settings, "benchmark")


def by_day(generated: Path) -> dict[datetime.date, dict[str, bytes]]:
    """The generated files of the bank and the books by the day they come: path and content."""
    deliveries: dict[datetime.date, dict[str, bytes]] = defaultdict(dict)
    files = sorted(generated.glob("bank/*/*/*"))
    first_days = {file: next(part for part in file.stem.split("_") if part.isdigit()) for file in files}
    daily = {
        first_days[file]
        for file in files
        if file.match("usd-operating/*/*") or file.match("eur-main/*/camt053_2*")
    }
    dates = sorted(datetime.datetime.strptime(digits, "%Y%m%d").date() for digits in daily)
    for file, digits in first_days.items():
        date = datetime.datetime.strptime(digits, "%Y%m%d").date()
        if digits not in daily or "week" in file.stem or file.parts[-3] in ("usd-payroll", "eur-savings"):
            date += datetime.timedelta(days=4 - date.weekday())
        deliveries[next_of(dates, date)][str(file.relative_to(generated))] = file.read_bytes()
    accounts = generated / "ledger" / "accounts.csv"
    deliveries[dates[0]]["ledger/accounts.csv"] = accounts.read_bytes()
    rows = defaultdict(list)
    for file in sorted(generated.glob("ledger/journal_lines_*.csv")):
        header, *lines = file.read_text().splitlines(keepends=True)
        for line in lines:
            recorded = datetime.date.fromisoformat(line.rsplit(",", 1)[1][:10])
            rows[next_of(dates, recorded)].append(line)
    for date, lines in rows.items():
        deliveries[date][f"ledger/journal_lines_{date}.csv"] = "".join([header, *lines]).encode()
    return deliveries


def next_of(dates: list[datetime.date], date: datetime.date) -> datetime.date:
    """The first of some dates that is not before one, or the last."""
    return next((each for each in dates if each >= date), dates[-1])


def land(files: dict[str, bytes], folder: Path) -> None:
    """Write files."""
    for path, content in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)


def spread(settings: Settings, dates: dict[str, datetime.date]) -> None:
    """Cut what was collected at once into one load a day. dates: the day on which each path came."""
    with duckdb.connect() as connection:
        connection.execute(
            "create table days as select unnest($1) as path, unnest($2) as load_id",
            [list(dates), [load_name(at(date, COLLECTED_AT)) for date in dates.values()]],
        )
        (collected,) = (settings.lake / "collected_files").glob("*.parquet")
        connection.execute(
            "create table files as select files.path, file_hash, days.load_id, status"
            f" from read_parquet('{collected}') as files inner join days using (path)"
        )
        for file in sorted(settings.lake.glob("[a-z]*/*.parquet")):
            key = "path" if file == collected else "file_hash"
            matching = "" if file == collected else " and files.status = 'loaded'"
            rows = connection.execute(
                "select delivered.* replace (files.load_id as load_id)"
                f" from read_parquet('{file}') as delivered"
                f" inner join files on delivered.{key} = files.{key}{matching} order by files.load_id"
            ).to_arrow_table()
            if rows.num_rows:
                file.unlink()
                write_loads(settings, file.parent.name, rows)


def load_name(moment: datetime.datetime) -> str:
    """The id of a load that was opened then."""
    return moment.strftime("%Y%m%dT%H%M%S.%fZ")


def close_all(settings: Settings, dates: list[datetime.date]) -> None:
    """Freeze each date with what counts since the one before, out of a warehouse of the last of them."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{settings.warehouse}' as warehouse (read_only)")
        connection.execute(
            "create table loads as"
            " select unnest($1) as closed_on, unnest($2) as load_id, unnest($3) as closed_at",
            [
                dates,
                [load_name(at(date, CLOSED_AT)) for date in dates],
                [at(date, CLOSED_AT) for date in dates],
            ],
        )
        for dataset, (model, column) in CLOSED.items():
            rows = connection.execute(
                "select closable.*, cast(null as varchar) as file_hash, loads.load_id"
                f" from warehouse.intermediate.{model} as closable"
                f" asof inner join loads on closable.{column} <= loads.closed_on"
            )
            write_loads(settings, dataset, rows.to_arrow_table())
        rows = connection.execute(
            """
            select
                load_id as close_id,
                closed_on,
                'benchmark' as closed_by,
                closed_at,
                (
                    select count(*) from read_parquet($1) as items
                    where items.load_id = loads.load_id
                ) as item_count,
                (
                    select count(distinct match_id) from read_parquet($2) as matches
                    where matches.load_id = loads.load_id
                ) as match_count,
                cast(null as varchar) as note,
                cast(null as varchar) as reviewed_by,
                cast(null as varchar) as chain_head,
                cast(null as varchar) as file_hash,
                load_id
            from loads
            """,
            [str(settings.lake / dataset / "*.parquet") for dataset in ("closed_items", "closed_matches")],
        )
        write_loads(settings, "closes", rows.to_arrow_table())


def write_loads(settings: Settings, dataset: str, rows: pyarrow.Table) -> None:
    """Write rows as the files of their loads."""
    schema = DATASETS[dataset]
    rows = rows.select(schema.names).cast(schema).sort_by("load_id")
    folder = settings.lake / dataset
    folder.mkdir(exist_ok=True)
    for load_id in pc.unique(rows["load_id"]).to_pylist():
        pq.write_table(rows.filter(pc.equal(rows["load_id"], load_id)), folder / f"{load_id}.0.parquet")


def chain(settings: Settings, at: datetime.datetime) -> None:
    """Let the lake's chain begin with the files that are there, and pack them."""
    shutil.rmtree(settings.lake / CHAIN, ignore_errors=True)
    settings.warehouse.with_name("lake_seen.json").unlink(missing_ok=True)
    with lake_lock(settings.lake, settings.lock_timeout_seconds):
        recover(settings, at)
        pack(settings.lake, at, settings.chain_key)


def record_all(settings: Settings, dates: list[datetime.date]) -> None:
    """Record the last build, and the same again for every night before it."""
    record_run(settings, settings.warehouse.parent / "target", clock=lambda: at(dates[-1], RECORDED_AT))
    for dataset in ("dbt_node_runs", "storage_uses", "dbt_runs"):
        folder = settings.lake / dataset
        whole = max(folder.glob("*.parquet"), key=lambda file: file.stat().st_size)
        rows = duckdb.read_parquet(str(whole))
        moments = [
            column for column, kind in zip(rows.columns, rows.types, strict=True) if "TIME" in str(kind)
        ]
        for back, date in enumerate(reversed(dates[:-1]), 1):
            load_id = load_name(at(date, RECORDED_AT))
            replaced = {"invocation_id": f"'{date}'", "load_id": f"'{load_id}'"}
            replaced |= {moment: f"{moment} - interval '{back} days'" for moment in moments}
            if "business_date" in rows.columns:
                replaced["business_date"] = f"date '{date}'"
            columns = ", ".join(
                f"{value} as {name}" for name, value in replaced.items() if name in rows.columns
            )
            rows.project(f"* replace ({columns})").write_parquet(str(folder / f"{load_id}.0.parquet"))


def accept_all(settings: Settings) -> None:
    """Land decisions that accept every red control and approve that, for the demo plants faults."""
    with duckdb.connect(str(settings.warehouse), read_only=True) as warehouse:
        red = warehouse.execute(
            "select control_total_id, coalesce(actual, 0) - coalesce(expected, 0),"
            " coalesce(currency, measure) from marts.fct_control_totals where status = 'red'"
        ).fetchall()
    file = settings.landing / "decisions" / f"accepted_{len(red)}.csv"
    file.parent.mkdir(exist_ok=True)
    with file.open("w", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(
            (
                "decision_id",
                "decision",
                "subjects",
                "difference",
                "unit",
                "reason",
                "decided_by",
                "decided_at",
            )
        )
        for number, control in enumerate(red):
            accepted = f"{file.stem}-{number}"
            writer.writerow((accepted, "accept", *control, "a plant", "benchmark", "2026-11-01T08:00:00Z"))
            writer.writerow(
                (f"{accepted}-b", "approve", accepted, "", "", "seen", "reviewer", "2026-11-01T09:00:00Z")
            )


def night(folder: Path) -> dict[str, Cost]:
    """The last day's night in a copy of the company, whose project is parsed already."""
    copy = folder.with_name(f"{folder.name}-night")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(
        folder,
        copy,
        copy_function=os.link,
        symlinks=True,
        ignore=lambda parent, _: {"tieout.duckdb", "generated"} if parent == str(folder) else set(),
    )
    shutil.copy(folder / "tieout.duckdb", copy)
    with zone(copy) as settings:
        # The copy's files are new ones: a night proves only what changed, and reads from packs.
        with lake_lock(settings.lake, settings.lock_timeout_seconds):
            prove_new(settings)
            pack(settings.lake, datetime.datetime.now(datetime.UTC), settings.chain_key)
        shutil.copytree(copy / "tonight", copy / "landing", dirs_exist_ok=True)
        run("parse")
        costs = {"collect": run("collect"), "build": run("build")}
        with duckdb.connect(str(settings.warehouse), read_only=True) as warehouse:
            (date,) = warehouse.execute("select as_of_on from intermediate.int_as_of_date").fetchone()
        costs["publish"] = run("publish")
        costs["close"] = run("close", str(date))
    return costs


def rebuilt(folder: Path) -> dict[str, int]:
    """The marts whose rows differ, and how many, between the warehouse of the nights and one built at once.

    Of the company whose last night was measured; both are built as of that night's close.
    """
    with zone(folder.with_name(f"{folder.name}-night")) as settings:
        run("build", "--exclude-resource-type", "test")
        nightly = settings.warehouse.rename(settings.warehouse.with_name("nightly.duckdb"))
        run("build", "--exclude-resource-type", "test")
        with duckdb.connect() as connection:
            for name, file in (("nightly", nightly), ("once", settings.warehouse)):
                connection.execute(f"attach '{file}' as {name} (read_only)")
            marts = connection.execute(
                "select schema_name || '.' || table_name from duckdb_tables() where database_name = 'once'"
                " and regexp_matches(table_name, '^(fct|dim)_') and schema_name <> 'operations' order by all"
            ).fetchall()
            differing = {
                mart: connection.execute(
                    f"select count(*) from ((from nightly.{mart} except all from once.{mart})"
                    f" union all (from once.{mart} except all from nightly.{mart}))"
                ).fetchone()[0]
                for (mart,) in marts
            }
    print(f"{len(differing)} marts compared")
    return {mart: count for mart, count in differing.items() if count}


def sql(folder: Path) -> dict[str, float]:
    """Processor seconds of the SQL of every table and test, on one thread, over the warehouse as built."""
    manifest = json.loads((folder / "target" / "manifest.json").read_text())
    took = {}
    with duckdb.connect(config={"threads": 1}) as warehouse:
        warehouse.execute(f"set TimeZone = 'UTC'; attach '{folder / 'tieout.duckdb'}' as tieout (read_only)")
        warehouse.execute("use tieout; attach ':memory:' as python")
        warehouse.execute("create macro python.main.employee_key(employee_id) as sha256(employee_id)")
        warehouse.execute("attach ':memory:' as bench")
        for name, node in sorted(manifest["nodes"].items()):
            materialized = node["config"].get("materialized")
            if node["resource_type"] not in ("model", "test") or materialized in ("view", "batched"):
                continue
            file = folder / "target" / "compiled" / "tieout" / node["original_file_path"]
            if node["resource_type"] == "test" and node.get("test_metadata"):
                file = file / node["path"]
            statement = file.read_text()
            before = time.process_time()
            warehouse.execute(f"create or replace table bench.made as {statement}")
            took[name] = time.process_time() - before
    return took


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument(
        "--days", type=int, nargs="+", default=[60, 600], help="closed days; 60 and 600 unless given"
    )
    parser.add_argument("--lines", type=int, default=100, help="bank lines a day; 100 unless given")
    parser.add_argument("--sql", action="store_true", help="each model and test in DuckDB alone")
    parser.add_argument("--rebuilt", action="store_true", help="compare the night with a build at once too")
    options = parser.parse_args()
    measured = {}
    for days in options.days:
        folder = options.folder / str(days)
        if not folder.exists():
            make(folder, days, options.lines)
        measured[days] = sql(folder) if options.sql else night(folder)
        if options.rebuilt:
            print(f"{days} days, rows that differ: {rebuilt(folder) or 'none'}")
    print(measured)


if __name__ == "__main__":
    main()
