"""dbt in a process of its own, so that nothing here holds the warehouse's lock, and its arguments."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from orchestration.errors import TieoutError
from orchestration.lake.lock import held_by, open_when_free
from orchestration.settings import PROJECT_DIR, Settings

UNTESTED = ["--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"]


# The process that a dbt process was started by and may not outlive.
PARENT = "TIEOUT_PARENT"
# The date that dbt builds as of.
BUSINESS_DATE = "TIEOUT_BUSINESS_DATE"


class BuildFailedError(TieoutError):
    """dbt did not succeed. The message is the end of what it said."""


def build_arguments(domain: str | None = None, *, is_tested: bool = True) -> list[str]:
    """Arguments of a night's dbt build, of all or of one domain, with data tests or without.

    Unit tests belong to development.
    """
    selector = ["--selector", f"night_{domain}"] if domain else []
    return ["build", *(["--exclude-resource-type", "unit_test"] if is_tested else UNTESTED), *selector]


def batch_arguments(model: str, batch_ids: Sequence[str]) -> list[str]:
    """Arguments of a dbt build that does some batches of a batched model again, and what reads the model."""
    return [
        *("build", "--exclude-resource-type", "unit_test"),
        *("--select", f"{model}+"),
        *("--vars", json.dumps({"batch_force": list(batch_ids)})),
    ]


def dbt_program(settings: Settings) -> list[str]:
    """The beginning of a command line that runs dbt as the settings say, this environment's."""
    if settings.is_on_spark:
        return [sys.executable, "-m", "orchestration.warehouse.dbt_on_spark"]
    return [str(Path(sys.executable).with_name("dbt"))]


def file_log() -> dict[str, str]:
    """The variable that says how much dbt writes into its log: as this environment says, or no statements.

    With them, dbt's default, a build takes a tenth longer and more.
    """
    return {"DBT_LOG_LEVEL_FILE": os.environ.get("DBT_LOG_LEVEL_FILE") or "info"}


def child_environment(business_date: str | None = None) -> dict[str, str]:
    """Variables for a dbt that builds from the lake as it is, and ends when this process does.

    business_date: as-of date (YYYY-MM-DD), or None for what this process has of it, or else the last date
    the statements cover.
    """
    given = {BUSINESS_DATE: business_date} if business_date else {}
    return {"TIEOUT_COLLECT": "off", PARENT: str(os.getpid())} | file_log() | given


@contextmanager
def child_dbt(business_date: str | None = None) -> Iterator[None]:
    """A dbt process started inside builds from the lake as it is, and ends when this process does.

    business_date: as in child_environment.
    """
    environment = child_environment(business_date)
    before = {name: os.environ.get(name) for name in environment}
    os.environ.update(environment)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def wait_for_warehouse() -> None:
    """Until nobody keeps dbt from opening the warehouse. Raises BuildFailedError after the timeout."""
    settings = Settings.from_environment()
    if not settings.warehouse.exists():
        return
    try:
        open_when_free(settings.warehouse, settings.lock_timeout_seconds, read_only=False).close()
    except duckdb.Error as error:  # of any other, dbt says what is wrong
        if holder := held_by(error):
            raise BuildFailedError(
                f"the warehouse is in use by {holder}: wait for it to end, or end it"
            ) from error


def run_dbt(arguments: Sequence[str], business_date: str | None = None) -> None:
    """Run dbt with these arguments on the lake as it is, as of a date. Raises BuildFailedError.

    Who has the warehouse open is waited for, but to parse. Where Spark builds, what it built is handed over
    before this returns.
    """
    if arguments[0] != "parse":
        wait_for_warehouse()
    outcome = subprocess.run(
        [*dbt_program(Settings.from_environment()), *arguments, "--quiet"],
        cwd=PROJECT_DIR,
        env=os.environ | child_environment(business_date),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if outcome.returncode != 0:
        raise BuildFailedError(f"the build failed:\n{outcome.stdout[-4000:]}")
