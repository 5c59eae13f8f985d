"""The night as a command: the Dagster job run in this process, and what to say of how it ended."""

from __future__ import annotations

import datetime
import os
import re
from typing import NamedTuple

import dagster as dg
import duckdb

from orchestration.calendars.business_dates import business_date_on_or_before
from orchestration.collect import collect
from orchestration.definitions import defs
from orchestration.defs.killed_runs import LOCK_TAG, end_killed_runs
from orchestration.defs.partitions import BUSINESS_DATES
from orchestration.errors import TieoutError
from orchestration.lake.lock import file_lock
from orchestration.lake.read import as_patterns, dataset_files
from orchestration.monitor.alerts import alert, alert_failure
from orchestration.settings import PROJECT_DIR, Settings, Timetable

# What the address of a SQLite database does not take as it is.
_URL_PART = re.compile(r"\?|%[0-9A-Fa-f]{2}")


class NightError(TieoutError):
    """The night cannot start. The message says why and what to do."""


class NightOutcome(NamedTuple):
    """How a night ended. error: the steps that failed, or None. gate: why nothing was published, or None."""

    error: str | None
    gate: str | None


def run_night(settings: Settings, business_date: datetime.date | None = None) -> NightOutcome:
    """Run the night of a business date in this process, record it in the instance, and send the alerts.

    Without a date, that of the last statement in the lake after collecting. Another night on the warehouse
    is waited for. Raises NightError when that one does not end, and when the date is missing or no partition.
    """
    home = os.environ.setdefault("DAGSTER_HOME", str(PROJECT_DIR / "orchestration" / "instance"))
    if _URL_PART.search(home):
        raise NightError(
            f"DAGSTER_HOME is {home!r}: Dagster takes a question mark, and a percent sign with two digits,"
            " for a part of an address. Set it to another folder, with a copy of"
            " orchestration/instance/dagster.yaml"
        )
    date = business_date or last_statement_date(settings)
    if not BUSINESS_DATES.has_partition_key(str(date)):
        raise NightError(
            f"{date} is no business date from {Timetable.from_environment().first_business_date} to today:"
            " give another, or set TIEOUT_FIRST_BUSINESS_DATE"
        )
    lock = settings.night_lock
    with (
        file_lock(
            lock,
            settings.lock_timeout_seconds,
            "night",
            f"the warehouse {settings.warehouse}",
            NightError,
        ),
        dg.DagsterInstance.get() as instance,
    ):
        end_killed_runs(instance, held=lock)
        result = defs.resolve_job_def("night").execute_in_process(
            instance=instance, raise_on_error=False, partition_key=str(date), tags={LOCK_TAG: str(lock)}
        )
    outcome = night_outcome(result)
    if outcome.error:
        alert_failure(settings, f"night {date}", outcome.error)
    else:
        alert(settings)
    return outcome


def night_outcome(result: dg.ExecuteInProcessResult) -> NightOutcome:
    """What a run says of its night: a red control stops publishing, and is no failure of the night."""
    refusals = [
        check.description or ""
        for check in result.get_asset_check_evaluations()
        if check.check_name == "gate" and not check.passed
    ]
    failed = [event.step_key for event in result.all_events if event.is_step_failure]
    return NightOutcome(
        None
        if result.success
        else f"the night did not finish: {', '.join(failed) or 'a step'} failed, the messages above say why",
        "\n".join(refusals) or None,
    )


def last_statement_date(settings: Settings) -> datetime.date:
    """The last business date that a statement in the lake covers, after collecting. Raises NightError."""
    collect(settings)
    files = as_patterns(dataset_files(settings.lake, "bank_statements"))
    (last,) = duckdb.execute(
        "select max(closing_on) from read_parquet(?, union_by_name = true, hive_partitioning = false)",
        [files],
    ).fetchone()
    if last is None:
        raise NightError(
            f"no bank statement has landed in {settings.landing}: deliver one, or give the date of the night"
        )
    return business_date_on_or_before(last)
