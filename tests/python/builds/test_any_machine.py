"""A night is the same on any machine: whatever its time zone, locale, umask and the names of its folders."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb
import pytest
from dbt_runs import MODELS_ONLY, leave_parsed, run_dbt, warehouse_of
from exposure import exposed, watched

from orchestration.demo import generate
from orchestration.lake.read import lake_rows
from orchestration.settings import PROJECT_DIR

DAYS = 8
PAID_PERIOD = "US-WEEKLY-2026-02"
# What dbt writes before it opens a connection says nothing of the company.
EMPTY = {"target", "logs"}
MACHINES = {
    "an Indian server": {"TZ": "Asia/Kolkata", "LC_ALL": "C", "HOME": None, "umask": "077"},
    "a Turkish desktop": {
        "TZ": "America/St_Johns",
        "LC_ALL": "tr_TR.UTF-8",
        "HOME": "/proc/nowhere",
        "umask": "000",
    },
    "an island": {"TZ": "Pacific/Chatham", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "7", "umask": "022"},
}
ODD = {
    "an Indian server": "Bücher [1] *x 100%20 o'clock {a}",
    "a Turkish desktop": 'ıİ "books" ; $(date) `x` & year=2026',
    "an island": "長い帳簿 load_id=1 ~",
}


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A company whose bank has no red, so that its night is published and closed. Nobody may write to it."""
    folder = tmp_path_factory.mktemp("company")
    generate(folder / "landing", folder / "truth", days=DAYS)
    for path in (folder / "landing").rglob("*"):
        path.chmod(0o555 if path.is_dir() else 0o444)
    return folder / "landing"


@pytest.fixture(scope="module")
def plain(landing: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The warehouse that a build makes on this machine, as a night's own does."""
    zone = tmp_path_factory.mktemp("plain")
    run_dbt("build", *MODELS_ONLY, zone=zone, landing=landing)
    return warehouse_of(zone)


@pytest.fixture
def elsewhere() -> Iterator[Path]:
    """A folder of another file system, where the machine has one."""
    folder = Path(
        tempfile.mkdtemp(prefix="tieout ", dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None)
    )
    yield folder
    shutil.rmtree(folder)


@pytest.mark.parametrize(
    "machine",
    [
        pytest.param(machine, marks=pytest.mark.long if machine == "a Turkish desktop" else pytest.mark.more)
        for machine in MACHINES
    ],
)
def test_a_night_is_the_same_and_closed_to_others(
    machine: str, plain: Path, landing: Path, tmp_path: Path, elsewhere: Path
) -> None:
    zone, lake = tmp_path / ODD[machine], elsewhere / ODD[machine]
    zone.mkdir()
    shutil.copytree(landing, zone / "landing")
    places = places_of(zone, lake, zone / "landing")
    leave_parsed(zone / "target", os.environ | places)
    apart = {zone / "landing", *(zone / name for name in EMPTY), *exposed(zone)}
    with watched(zone, apart) as found, watched(elsewhere) as found_elsewhere:
        said = run(places, MACHINES[machine], "tieout", "night")
        said += run(places, MACHINES[machine], "tieout", "close-period", PAID_PERIOD)
        said += run(places, MACHINES[machine], "tieout", "pay", PAID_PERIOD)
        exported = ["export", "fct_reconciliation_items", "--out", str(zone / "items.csv")]
        for arguments in (exported, ["metric"], ["verify"]):
            said += run(places, MACHINES[machine], "tieout", *arguments)
    found = {path for path in found if not EMPTY.intersection(path.relative_to(zone).parts)}
    assert (found, found_elsewhere) == (set(), set()), said
    assert [*exposed(elsewhere)] == []
    assert [path.name for path in (zone / "reports").iterdir()] == ["2026-01-13.html"]
    assert (zone / "published" / "current" / "payroll").is_dir() and any((zone / "payments").iterdir())
    assert [str(row["closed_on"]) for row in lake_rows(lake, "closes", ["closed_on"])] == ["2026-01-13"]
    assert differences(plain, zone / "published" / "current") == []


def places_of(zone: Path, lake: Path, landing: Path) -> dict[str, str]:
    """The variables of a zone, with a folder for Dagster whose name it can have."""
    home = zone.parent / f"{zone.name.replace('%20', '')} dagster"
    home.mkdir()
    shutil.copy(PROJECT_DIR / "orchestration" / "instance" / "dagster.yaml", home)
    home.chmod(0o700)
    return {
        "TIEOUT_LANDING": str(landing),
        "TIEOUT_LAKE": str(lake),
        "TIEOUT_WAREHOUSE": str(zone / "ware house" / "tieout.duckdb"),
        "TIEOUT_SPARK_WAREHOUSE": str(zone.parent / "spark"),
        "TIEOUT_PAYMENTS": str(zone / "payments"),
        "TIEOUT_PUBLISHED": str(zone / "published"),
        "TIEOUT_REPORTS": str(zone / "reports"),
        "DAGSTER_HOME": str(home),
        "DBT_TARGET_PATH": str(zone / "target"),
        "DBT_LOG_PATH": str(zone / "logs"),
    }


def run(places: Mapping[str, str], machine: Mapping[str, str | None], command: str, *arguments: str) -> str:
    """Run a command on a machine, and return what it said."""
    environment = {
        name: value for name, value in (os.environ | places | machine).items() if value is not None
    }
    umask = environment.pop("umask", "022")
    done = subprocess.run(
        [
            "/bin/sh",
            "-c",
            f'umask {umask}; exec "$0" "$@"',
            Path(sys.executable).with_name(command),
            *arguments,
        ],
        cwd=PROJECT_DIR,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    said = done.stdout[-4000:] + done.stderr[-6000:]
    assert done.returncode == 0, said
    return said


def differences(warehouse: Path, version: Path) -> list[str]:
    """Marts of a published version that are not those of the warehouse."""
    connection = duckdb.connect()
    for name, file in {
        "built": warehouse,
        "general": version / "tieout.duckdb",
        "personal": version / "payroll" / "tieout_payroll.duckdb",
    }.items():
        quoted = str(file).replace("'", "''")
        connection.execute(f"attach '{quoted}' as {name} (read_only)")
    tables = connection.execute(
        "select database_name, schema_name, table_name from duckdb_tables()"
        " where database_name <> 'built' and schema_name in ('marts', 'payroll', 'documents')"
    ).fetchall()
    assert len(tables) > 20
    compared = "select columns(name -> name <> 'load_id') from"  # the time at which a file was collected
    return [
        f"{schema}.{table}"
        for database, schema, table in tables
        for ours, theirs in [(f'built."{schema}"."{table}"', f'{database}."{schema}"."{table}"')]
        if connection.execute(
            f"select count(*) from (({compared} {ours} except all {compared} {theirs})"
            f" union all ({compared} {theirs} except all {compared} {ours}))"
        ).fetchone()
        != (0,)
    ]
