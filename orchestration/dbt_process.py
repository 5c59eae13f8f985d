"""dbt in a process of its own, so that nothing here holds the warehouse's lock."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from orchestration.settings import PROJECT_DIR

UNTESTED = ["--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"]


# The process that a dbt process was started by and may not outlive.
PARENT = "TIEOUT_PARENT"
# The date that dbt builds as of.
BUSINESS_DATE = "TIEOUT_BUSINESS_DATE"


class BuildFailedError(Exception):
    """dbt did not succeed. The message is the end of what it said."""


def child_environment(business_date: str | None = None) -> dict[str, str]:
    """Variables for a dbt that builds from the lake as it is, and ends when this process does.

    business_date: as-of date (YYYY-MM-DD), or None for what this process has of it, or else the last date
    the statements cover.
    """
    given = {BUSINESS_DATE: business_date} if business_date else {}
    return {"TIEOUT_COLLECT": "off", PARENT: str(os.getpid())} | given


def run_dbt(arguments: Sequence[str], business_date: str | None = None) -> None:
    """Run dbt with these arguments on the lake as it is, as of a date. Raises BuildFailedError."""
    outcome = subprocess.run(
        [Path(sys.executable).with_name("dbt"), *arguments, "--quiet"],
        cwd=PROJECT_DIR,
        env=os.environ | child_environment(business_date),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if outcome.returncode != 0:
        raise BuildFailedError(f"the build failed:\n{outcome.stdout[-4000:]}")
