"""The night: one job per business date for the UI, the schedule and the command line alike."""

import datetime
import os
from typing import NamedTuple

import dagster as dg
import duckdb

from orchestration.business_dates import (
    business_date_on_or_before,
    is_business_date,
    last_business_date_of_month,
)
from orchestration.collect import collect
from orchestration.collect.lock import file_lock
from orchestration.defs.close import closed_months
from orchestration.defs.partitions import BUSINESS_DATES
from orchestration.defs.publish import gate as gate_check
from orchestration.killed_runs import LOCK_TAG, end_killed_runs
from orchestration.monitor.alerts import alert, alert_failure
from orchestration.settings import PROJECT_DIR, Settings, Timetable

night_job = dg.define_asset_job(
    "night",
    selection=dg.AssetSelection.all()
    - dg.AssetSelection.assets(closed_months)
    - dg.AssetSelection.groups("payroll"),
    description=(
        "The end of day: collect what has landed, build and test every model as of the business date, and,"
        " when the controls allow it, publish and close."
    ),
    config={"loggers": {"console": {"config": {"log_level": "INFO"}}}},
    tags={"dagster/priority": "0"},
)
month_end_job = dg.define_asset_job(
    "month_end",
    selection=[closed_months],
    description="The month is over: proves that its last business date is closed.",
    tags={"dagster/priority": "-1"},
)
_TIMETABLE = Timetable.from_environment()
_NIGHTLY = f"{_TIMETABLE.night_at:%-M %-H * * *}"


def night_of(moment: datetime.datetime, timetable: Timetable) -> datetime.date | None:
    """The business date whose night starts at a moment; None where no bank worked on the day that is over."""
    local = moment.astimezone(timetable.time_zone)
    over = local.date() if local.time() >= timetable.cut_off else local.date() - datetime.timedelta(days=1)
    return over if is_business_date(over) else None


@dg.schedule(job=night_job, cron_schedule=_NIGHTLY, execution_timezone=str(_TIMETABLE.time_zone))
def end_of_day(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """The night of the business date that is over, if any bank worked on that day."""
    date = night_of(context.scheduled_execution_time, _TIMETABLE)
    if date is None:
        return dg.SkipReason("no bank worked on the day that is over")
    return dg.RunRequest(run_key=str(date), partition_key=str(date))


@dg.schedule(job=month_end_job, cron_schedule=_NIGHTLY, execution_timezone=str(_TIMETABLE.time_zone))
def month_end(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """After the night of a month's last business date. Its lower priority lets that night go first."""
    date = night_of(context.scheduled_execution_time, _TIMETABLE)
    if date is None or date != last_business_date_of_month(date):
        return dg.SkipReason("not the night of a month's last business date")
    return dg.RunRequest(run_key=f"{date:%Y-%m}", partition_key=f"{date:%Y-%m-01}")


class NightError(Exception):
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
    os.environ.setdefault("DAGSTER_HOME", str(PROJECT_DIR / "orchestration" / "instance"))
    from orchestration.definitions import defs

    date = business_date or last_statement_date(settings)
    if not BUSINESS_DATES.has_partition_key(str(date)):
        raise NightError(
            f"{date} is no business date from {_TIMETABLE.first_business_date} to today: give another, or"
            " set TIEOUT_FIRST_BUSINESS_DATE"
        )
    lock = settings.warehouse.with_suffix(".night.lock")
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
    gate_name = gate_check.node_def.name
    gate = next((check for check in result.get_asset_check_evaluations() if check.check_name == "gate"), None)
    refusal = gate.description if gate is not None and not gate.passed else None
    failed = [
        event.step_key
        for event in result.all_events
        if event.is_step_failure and event.node_name != gate_name
    ]
    if result.success or (refusal and not failed):
        return NightOutcome(None, refusal)
    return NightOutcome(
        f"the night did not finish: {', '.join(failed) or 'a step'} failed, the messages above say why",
        refusal,
    )


def last_statement_date(settings: Settings) -> datetime.date:
    """The last business date that a statement in the lake covers, after collecting. Raises NightError."""
    collect(settings)
    files = [str(file) for file in (settings.lake / "bank_statements").glob("*.parquet")]
    (last,) = duckdb.execute(
        "select max(closing_on) from read_parquet(?, union_by_name = true)", [files]
    ).fetchone()
    if last is None:
        raise NightError(
            f"no bank statement has landed in {settings.landing}: deliver one, or give the date of the night"
        )
    return business_date_on_or_before(last)
