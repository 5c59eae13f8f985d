"""Break the night in every way we know, and prove that the next one is the same as if nothing had happened.

A small company (6 business days, 25 employees) whose nights are real: each is `run_night`, as `tieout night`
calls it, in a process group of its own. All but the last day is closed and published before; the campaign
breaks the night of the last day. Faults:

kill        kill -9 of the whole process group at a random moment. Of ten kills seven hit what comes behind
            the build: page, publication, close. They start where the build has ended, because it takes
            longer than all else together. Two hit the collection, one the build, dbt included.
orphan      kill -9 of the night alone, so that its dbt is left behind
twice       a second night started while the first runs
truncated   a file of the lake cut in half; the night must fail, and succeed when the file is back
disk        the disk is full in the collection, the build, the publication (needs the right to mount)
clock       the clock stands 26 hours back, then ahead, for a night (needs faketime)
restore     all is lost but the lake: no landing files, warehouse, target, published copy or history

After each kill behind the build the rest of the night runs again, after three others and after every other
fault a whole night, and then:
- marts and payroll in the published copy hold the same rows as after an undisturbed night, load ids apart;
- the lake holds the same rows, but for what says when something happened (load ids, times, records of runs);
- no work folder, no partial version, no unfinished run is left;
- eight readers, who open published/current all the time and compare a mart they read with the fingerprint
  that the version states, met no error and no mixed version.
Marts of `operations` tell how the nights went and differ by nature. A kill that came after the end of its
night is drawn again and not counted.

--kills 100 takes hours: a whole night of this company takes two to three minutes on two cores.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import datetime
import json
import multiprocessing
import os
import pickle
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partialmethod
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb

from orchestration.cli.night import run_night
from orchestration.definitions import defs
from orchestration.demo import generate
from orchestration.lake.datasets import DATASETS
from orchestration.publish import roll_back
from orchestration.publish.marts import Mart, fingerprints
from orchestration.settings import PROJECT_DIR, Settings

JOB = defs.resolve_job_def("night")
READERS = 8
BEFORE, TONIGHT = "2026-03-06", "2026-03-09"
REST = ("morning_page", "published_copy", "closed_business_dates")
# What tells when, and not what. Datasets of none are records of runs.
WHEN = {"collected_files": ("collected_at", "modified_ns"), "closes": ("close_id", "closed_at")}
RECORDS = ("alerts", "dbt_runs", "dbt_node_runs", "storage_uses")


class Company:
    """The zone: its folders, its states kept aside, and the environment of its nights."""

    STATE = ("lake", "warehouse", "landing", "instance")

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.zone = folder / "zone"
        os.environ |= {
            "TIEOUT_LANDING": str(self.zone / "landing"),
            "TIEOUT_LAKE": str(self.zone / "lake"),
            "TIEOUT_WAREHOUSE": str(self.zone / "warehouse" / "tieout.duckdb"),
            "TIEOUT_PUBLISHED": str(self.zone / "published"),
            "TIEOUT_REPORTS": str(self.zone / "reports"),
            "TIEOUT_PUBLISHED_KEEP": "1000",
            "TIEOUT_ALERT_URLS": "",
            "TIEOUT_PSEUDONYM_KEY": "of the benchmarks",
            "DAGSTER_HOME": str(self.zone / "instance"),
            "DBT_TARGET_PATH": str(folder / "target"),
            "DBT_LOG_PATH": str(folder / "logs"),
            "DAGSTER_DISABLE_TELEMETRY": "yes",
        }
        self.settings = Settings.from_environment()

    def deliver(self) -> None:
        """Write the landing zone, and put aside what comes in tonight."""
        start_on = datetime.date(2026, 3, 2)
        generate(
            *(self.zone / "landing", self.folder / "truth"),
            seed=7,
            days=6,
            lines_per_day=6,
            start_on=start_on,
            ledger_format="csv",
        )
        landing, tonight = self.zone / "landing", self.folder / "tonight"
        for file in sorted(landing.glob(f"bank/**/*{TONIGHT.replace('-', '')}*")):
            _move(file, tonight / file.relative_to(landing))
        for journal in landing.glob("ledger/journal_lines_*.csv"):
            with journal.open(newline="") as handle:
                header, *rows = csv.reader(handle)
            recorded = header.index("recorded_at")
            late = [row for row in rows if row[recorded] >= TONIGHT]
            _write(journal, [header, *(row for row in rows if row[recorded] < TONIGHT)])
            _write(tonight / "ledger" / f"{journal.stem}_tonight.csv", [header, *late])
        self.new_instance()

    def new_instance(self) -> None:
        """A history of runs without a run."""
        instance = self.zone / "instance"
        instance.mkdir()
        shutil.copy(PROJECT_DIR / "orchestration" / "instance" / "dagster.yaml", instance)

    def tonight(self) -> None:
        """What comes in tonight lands."""
        shutil.copytree(self.folder / "tonight", self.zone / "landing", dirs_exist_ok=True)

    def keep(self, name: str) -> None:
        """Put the state aside under a name. Not the published copy: readers are on it."""
        for part in self.STATE:
            shutil.copytree(self.zone / part, self.folder / name / part)

    def restore(self, name: str) -> None:
        """Go back to a state."""
        for part in self.STATE:
            shutil.rmtree(self.zone / part, ignore_errors=True)
            shutil.copytree(self.folder / name / part, self.zone / part)

    def back_to(self, version: str) -> None:
        """The published copy shows a version again, so that the night has something to publish."""
        current = (self.settings.published / "current").resolve().name
        if current != version:
            roll_back(self.settings, version, "faults")

    def versions(self) -> set[str]:
        """The versions of the published copy; their names sort by time."""
        return {path.name for path in self.settings.published.glob("versions/[0-9]*")}

    def published(self) -> dict[str, list[tuple]]:
        """The rows, load ids apart, of every mart of the published copy but those that tell of the nights."""
        rows = {}
        for file, schema in (("tieout.duckdb", "marts"), ("payroll/tieout_payroll.duckdb", "payroll")):
            with duckdb.connect(str(self.settings.published / "current" / file), read_only=True) as copy:
                for (table,) in copy.execute(
                    "select table_name from duckdb_tables() where schema_name = ?", [schema]
                ).fetchall():
                    rows[f"{schema}.{table}"] = copy.execute(
                        f"select columns(name -> name <> 'load_id') from {schema}.{table} order by all"
                    ).fetchall()
        return rows

    def lake(self) -> dict[str, list[tuple]]:
        """The rows of the lake without what tells when they were appended."""
        return {
            dataset: duckdb.execute(
                f"select * exclude ({', '.join(('load_id', *WHEN.get(dataset, ())))})"
                f" from read_parquet('{self.settings.lake}/{dataset}/*.parquet', union_by_name = true)"
                " order by all"
            ).fetchall()
            for dataset in DATASETS
            if dataset not in RECORDS
        }

    def leftovers(self) -> list[str]:
        """What somebody would have to clean up."""
        found = [str(path) for path in (self.settings.lake / "_loads" / "work").glob("*")]
        found += [str(path) for path in self.settings.published.glob("versions/.*")]
        found += [str(path) for path in self.settings.warehouse.parent.glob("*.wal")]
        with dg.DagsterInstance.get() as instance:
            found += [
                f"{run.status.value} run {run.run_id}" for run in instance.get_runs() if not run.is_finished
            ]
        return found


def _move(file: Path, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(file, to)


def _write(file: Path, rows: list[list[str]]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", newline="") as handle:
        csv.writer(handle, lineterminator="\n").writerows(rows)


def apart(function: Callable[[], Any]) -> Any:
    """Call in a child: this process forks nights, so it must hold no database and no thread of one."""
    ours, theirs = multiprocessing.Pipe(duplex=False)
    child = multiprocessing.Process(target=lambda: theirs.send(function()))
    child.start()
    theirs.close()
    try:
        return ours.recv()
    finally:
        child.join()


class Night:
    """A night in a process group of its own. part: all of it, what comes before REST, or REST."""

    def __init__(self, company: Company, part: str = "all", date: str = TONIGHT) -> None:
        self.started = time.monotonic()
        self._log = company.folder / "nights.log"
        self.process_id = os.fork()
        if self.process_id == 0:
            os.setpgid(0, 0)
            output = os.open(self._log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            os.dup2(output, 1)
            os.dup2(output, 2)
            try:
                self._run(company.settings, part, datetime.date.fromisoformat(date))
            except BaseException:
                traceback.print_exc()
            os._exit(1)
        with contextlib.suppress(PermissionError, ProcessLookupError):  # whoever comes first
            os.setpgid(self.process_id, self.process_id)

    @staticmethod
    def _run(settings: Settings, part: str, date: datetime.date) -> None:
        if part != "all":
            keys = JOB.asset_layer.executable_asset_keys
            chosen = [key for key in keys if (key.to_user_string() in REST) == (part == "rest")]
            dg.JobDefinition.execute_in_process = partialmethod(
                dg.JobDefinition.execute_in_process, asset_selection=chosen
            )
        outcome = run_night(settings, date)
        print(outcome, flush=True)
        os._exit(0 if outcome == (None, None) else 1)

    def end(self) -> int:
        """Wait for its end and return its exit code."""
        return os.waitstatus_to_exitcode(os.waitpid(self.process_id, 0)[1])

    def kill(self, after: float, *, alone: bool = False) -> bool:
        """Kill it after so many seconds, with its whole group or alone. False when it had ended before."""
        time.sleep(max(self.started + after - time.monotonic(), 0))
        if os.waitpid(self.process_id, os.WNOHANG)[0]:
            return False
        (os.kill if alone else os.killpg)(self.process_id, signal.SIGKILL)
        self.end()
        return True


def moment() -> str:
    """Where the last run of the history was when it was killed."""
    with dg.DagsterInstance.get() as instance:
        (run,) = instance.get_runs(limit=1) or (None,)
        if run is None or run.is_finished:
            return "before or after the run"
        began = dg.DagsterEventType.STEP_START
        ended = dg.DagsterEventType.STEP_SUCCESS
        last = "before the first step"
        for entry in instance.all_logs(run.run_id, of_type={began, ended}):
            event = entry.get_dagster_event()
            last = ("in " if event.event_type == began else "after ") + event.step_key
        return last.replace("marts__dim_controls_", "")


def step_seconds() -> dict[str, float]:
    """When each step of the last run began, in seconds from the start of the run."""
    with dg.DagsterInstance.get() as instance:
        (record,) = instance.get_run_records(limit=1)
        return {
            entry.get_dagster_event().step_key: entry.timestamp - record.start_time
            for entry in instance.all_logs(record.dagster_run.run_id, of_type=dg.DagsterEventType.STEP_START)
        }


def read(published: Path, stop: Event, answers: Any, seed: int) -> None:
    """A reader: opens the current version, and compares a mart with what the version says of it."""
    draw = random.Random(seed)
    queries, errors, versions = 0, [], set()
    while not stop.is_set():
        folder, file = draw.choice([("", "tieout.duckdb"), ("payroll", "tieout_payroll.duckdb")])
        try:
            path = published / "current" / folder / file
            with duckdb.connect(str(path), read_only=True, config={"threads": 1}) as copy:
                (version,) = copy.execute("select version from published.version").fetchone()
                facts = json.loads((published / "versions" / version / folder / "version.json").read_bytes())
                stated = Mart.from_json(draw.choice(facts["tables"]))
                if fingerprints(copy, stated, stated.name) != stated.slices:
                    errors.append(f"{version}: {stated.name} is not what the version says")
                if copy.execute("select version from published.version").fetchone() != (version,):
                    errors.append(f"{version}: another version on the same connection")
            queries += 3
            versions.add(version)
        except Exception as error:
            errors.append(f"{type(error).__name__}: {error}")
        time.sleep(1)
    answers.send((queries, errors, versions))


class Readers:
    """Eight of them."""

    def __init__(self, published: Path) -> None:
        self._stop = multiprocessing.Event()
        self._ends = []
        for seed in range(READERS):
            ours, theirs = multiprocessing.Pipe(duplex=False)
            process = multiprocessing.Process(target=read, args=(published, self._stop, theirs, seed))
            process.start()
            self._ends.append((process, ours))

    def stop(self) -> tuple[int, list[str], set[str]]:
        """Queries, errors and versions seen by all."""
        self._stop.set()
        queries, errors, versions = 0, [], set()
        for process, ours in self._ends:
            its = ours.recv()
            process.join()
            queries, errors, versions = queries + its[0], errors + its[1], versions | its[2]
        return queries, errors, versions


class Campaign:
    """Faults, one after the other, and what came of each."""

    def __init__(self, company: Company, seed: int) -> None:
        self.company = company
        self.draw = random.Random(seed)
        self.hit: Counter[str] = Counter()
        self.failures: list[str] = []
        self.nights = 0

    def prepare(self) -> None:
        """The states to start from, and the undisturbed night; or those that an earlier campaign prepared."""
        company = self.company
        prepared = company.folder / "prepared.pickle"
        if prepared.exists():
            company.restore("built")
            shutil.copytree(company.folder / "published", company.settings.published, symlinks=True)
            vars(self).update(pickle.loads(prepared.read_bytes()))
            return
        company.deliver()
        self.night(date=BEFORE, what="the night before")
        self.before = (company.settings.published / "current").resolve().name
        company.tonight()
        company.keep("evening")
        self.night("build", what="the undisturbed build")
        self.steps = apart(step_seconds)
        # Nights of one date and one zone parse the same project: with this they do it once.
        newest = max(company.folder.glob("target/transform-*/partial_parse.msgpack"), key=os.path.getmtime)
        shutil.copy(newest, company.folder / "target")
        company.keep("built")
        started = time.monotonic()
        self.night("rest", what="the rest of the undisturbed night")
        self.rest_seconds = time.monotonic() - started
        self.marts, self.lake = apart(company.published), apart(company.lake)
        shutil.copytree(company.settings.published, company.folder / "published", symlinks=True)
        names = ("before", "steps", "rest_seconds", "marts", "lake")
        prepared.write_bytes(pickle.dumps({name: getattr(self, name) for name in names}))
        rows = sum(map(len, self.marts.values()))
        print(f"{rows:,} rows in {len(self.marts)} marts, {sum(map(len, self.lake.values())):,} in the lake")

    def night(self, part: str = "all", date: str = TONIGHT, what: str = "the next night") -> None:
        """A night that must be green."""
        started = time.monotonic()
        code = Night(self.company, part, date).end()
        self.nights += part == "all"
        if code != 0:
            self.fail(f"{what} ended with {code}")
        print(f"  {what}: {'green' if code == 0 else 'RED'}, {time.monotonic() - started:.0f} s", flush=True)

    def fail(self, text: str) -> None:
        """Note what is not as it must be."""
        self.failures.append(text)
        print(f"  FAILED: {text}", flush=True)

    def check(self, fault: str) -> None:
        """Published copy and lake are those of the undisturbed night, and nothing is left."""
        company = self.company
        for kind, expected, found in (
            ("mart", self.marts, apart(company.published)),
            ("dataset", self.lake, apart(company.lake)),
        ):
            for name in expected.keys() | found.keys():
                before, after = expected.get(name), found.get(name)
                if before != after:
                    more = [row for row in after or [] if row not in (before or [])]
                    self.fail(
                        f"after {fault}: {kind} {name} has {len(after or [])} rows for {len(before or [])},"
                        f" {len(more)} of them others, such as {more[:1]}"
                    )
        for left in apart(company.leftovers):
            self.fail(f"after {fault}: left behind: {left}")

    def kill(self, part: str, first: float, last: float, *, alone: bool = False) -> None:
        """Kill a night at a random moment between two, in seconds from its start."""
        while not Night(self.company, part).kill(self.draw.uniform(first, last), alone=alone):
            self.company.restore("built" if part == "rest" else "evening")
            self.company.back_to(self.before)
        where = apart(moment)
        self.hit[where] += 1
        print(f"  killed {'alone ' if alone else ''}{where}", flush=True)

    def kills_before_the_end_of_the_build(self, count: int, *, alone: bool = False) -> None:
        """Of three kills two in the collection and one in the build; then a whole night."""
        self.company.restore("evening")
        self.company.back_to(self.before)
        for number in range(count):
            if number % 3 == 2 or alone:
                self.kill("all", self.steps["transform"], self.steps["monitor"] * 1.3, alone=alone)
            else:
                self.kill("all", 0, self.steps["transform"] * 1.2)
        self.night()
        self.check(f"{count} kills up to the end of the build")

    def kill_in_the_rest(self) -> None:
        """One kill behind the build, and the rest of the night again."""
        self.company.restore("built")
        self.company.back_to(self.before)
        self.kill("rest", 0, self.rest_seconds)
        self.night("rest", what="the rest again")
        self.check("a kill behind the build")

    def twice(self) -> None:
        """Two nights at once: the second waits, and publishes again, for now the date is closed."""
        self.company.restore("evening")
        self.company.back_to(self.before)
        known = self.company.versions()
        nights = [Night(self.company), Night(self.company)]
        codes = [night.end() for night in nights]
        if codes != [0, 0]:
            self.fail(f"two nights at once ended with {codes}")
        print(f"  both ended with {codes}", flush=True)
        first = min(self.company.versions() - known)
        self.company.back_to(first)
        self.check("two nights at once")

    def truncated(self) -> None:
        """Half a file in the lake: the night is red and names it. The file comes back from the backup."""
        self.company.restore("evening")
        self.company.back_to(self.before)
        file = max(self.company.settings.lake.glob("bank_statement_lines/*.parquet"))
        whole = file.read_bytes()
        file.write_bytes(whole[: len(whole) // 2])
        if Night(self.company).end() == 0:
            self.fail("a night on half a file of the lake was green")
        elif file.name not in (self.company.folder / "nights.log").read_text():
            self.fail("a night on half a file of the lake did not name it")
        file.write_bytes(whole)
        self.night()
        self.check("half a file in the lake")

    def orphan(self) -> None:
        """The night alone is killed while its dbt builds. The next one starts at once."""
        self.company.restore("evening")
        self.company.back_to(self.before)
        night = Night(self.company)
        night.kill(self.draw.uniform(self.steps["transform"] * 1.5, self.steps["monitor"]), alone=True)
        self.hit[f"alone {apart(moment)}"] += 1
        self.night()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(night.process_id, 0)
            self.fail("a dbt without its night outlived the next night")
        self.check("a kill that left dbt behind")

    def clock_moved(self, shift: str) -> None:
        """A night whose clock is wrong, then one whose clock is right, which finds the date closed."""
        company = self.company
        company.restore("evening")
        company.back_to(self.before)
        command = ["faketime", "-f", shift, Path(sys.executable).with_name("tieout"), "night", TONIGHT]
        with (company.folder / "nights.log").open("a") as log:
            code = subprocess.run(
                command,
                cwd=PROJECT_DIR,
                env=os.environ | {"FAKETIME_DONT_FAKE_MONOTONIC": "1"},
                stdout=log,
                stderr=log,
                check=False,
            ).returncode
        if code != 0:
            self.fail(f"a night with the clock moved by {shift} ended with {code}")
        self.check(f"a clock moved by {shift}")
        self.night(what="a night with the clock right again")

    def restore(self) -> None:
        """From a copy of the lake alone, on an empty machine: the night publishes what the one before did.

        The last fault of a campaign: it is compared with a night that finds the date closed.
        """
        company = self.company
        company.restore("evening")
        company.back_to(self.before)
        self.night(what="a night that closes the date")
        self.night(what="the undisturbed night after it, whose lake is saved")
        self.marts, self.lake = apart(company.published), apart(company.lake)
        for left in ("warehouse", "landing", "instance", "published", "reports"):
            shutil.rmtree(company.zone / left)
        shutil.rmtree(company.folder / "target")
        (company.zone / "landing").mkdir()
        company.new_instance()
        self.night(what="a night from the lake alone")
        self.check("a loss of all but the lake")

    def disk_full(self, where: str, part: str, room: int) -> None:
        """The disk has this room and no more; then it has."""
        self.company.restore("built" if part == "rest" else "evening")
        self.company.back_to(self.before)
        ballast = self.company.zone / "ballast"
        with ballast.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, shutil.disk_usage(self.company.zone).free - room)
        code = Night(self.company, part).end()
        ballast.unlink()
        if code == 0:
            self.fail(f"the disk was full in the {where}, and the night was green")
        print(f"  with {room:,} bytes of room: ended with {code}", flush=True)
        self.night("rest" if part == "rest" else "all")
        self.check(f"a full disk in the {where}")


@contextmanager
def small_disk(folder: Path) -> Iterator[bool]:
    """A file system of its own in a folder, if we may mount one."""
    if folder.is_mount():  # of a campaign that was killed
        subprocess.run(["umount", "-l", str(folder)], check=True)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4g", "tmpfs", str(folder)]
    mounted = subprocess.run(mount, check=False, capture_output=True).returncode == 0
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(folder)], check=True)


def main() -> None:
    """The whole campaign. Exit code 1 when something was not as it must be."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    faults = ("kill", "orphan", "twice", "truncated", "disk", "clock", "restore")
    parser.add_argument("--kills", type=int, default=100, help="how many; 100 unless given")
    parser.add_argument("--seed", type=int, default=1, help="of the moments; 1 unless given")
    parser.add_argument("--work", type=Path, help="folder whose prepared company is used again")
    parser.add_argument("--only", nargs="+", choices=faults, default=faults, help="some of the faults")
    arguments = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = arguments.work or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        with small_disk(folder / "zone") as is_small:
            failures = run(Campaign(Company(folder), arguments.seed), arguments, is_small=is_small)
            if failures:
                shutil.copy(folder / "nights.log", PROJECT_DIR / "logs" / "faults.log")
    sys.exit(1 if failures else 0)


def run(campaign: Campaign, arguments: argparse.Namespace, *, is_small: bool) -> list[str]:
    """Prepare, break, and tell. Returns what was not as it must be."""
    campaign.prepare()
    readers = Readers(campaign.company.settings.published)
    try:
        if "kill" in arguments.only:
            for left in range(arguments.kills, 0, -10):
                print(f"{arguments.kills - left} of {arguments.kills} kills", flush=True)
                late = min(7, left)
                for _ in range(late):
                    campaign.kill_in_the_rest()
                if left > late:
                    campaign.kills_before_the_end_of_the_build(min(3, left - late))
        for fault in ("orphan", "twice", "truncated"):
            if fault in arguments.only:
                print(fault, flush=True)
                getattr(campaign, fault)()
        if "disk" in arguments.only and is_small:
            print("disk full", flush=True)
            campaign.disk_full("collection", "all", 40_000)
            campaign.disk_full("build", "all", 4_000_000)
            campaign.disk_full("publication", "rest", 1_500_000)
        elif "disk" in arguments.only:
            print("disk full: not tried, it needs the right to mount a file system")
        if "clock" in arguments.only and shutil.which("faketime"):
            print("clock moved", flush=True)
            campaign.clock_moved("-26h")
            campaign.clock_moved("+26h")
        elif "clock" in arguments.only:
            print("clock moved: not tried, it needs faketime")
    finally:
        queries, errors, versions = readers.stop()
    if "restore" in arguments.only:  # takes the published copy from the readers
        print("restore", flush=True)
        campaign.restore()
    print(f"{sum(campaign.hit.values())} kills hit:")
    for where, count in campaign.hit.most_common():
        print(f"  {count:>4}  {where}")
    print(f"{campaign.nights} whole nights; {READERS} readers, {queries:,} queries, {len(versions)} versions")
    failures = [*campaign.failures, *(f"a reader: {error}" for error in errors)]
    print("\n".join(failures) or "every night after a fault was as an undisturbed one")
    return failures


if __name__ == "__main__":
    main()
