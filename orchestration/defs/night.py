"""The night: one job per business date for the UI, the schedule and the command line alike."""

import datetime

import dagster as dg

from orchestration.calendars.business_dates import (
    is_business_date,
    last_business_date_of_month,
)
from orchestration.defs.close import closed_months
from orchestration.defs.payroll import closed_pay_periods, payment_files
from orchestration.defs.project import owners_of
from orchestration.defs.report import page_of_a_failure
from orchestration.settings import Timetable

night_job = dg.define_asset_job(
    "night",
    selection=dg.AssetSelection.all()
    - dg.AssetSelection.assets(closed_months, closed_pay_periods, payment_files),
    description=(
        "The end of day: collect what has landed, build and test every model as of the business date, and,"
        " when the controls allow it, publish and close."
    ),
    owners=owners_of("operations"),
    config={"loggers": {"console": {}}},
    tags={"dagster/priority": "0"},
    hooks={page_of_a_failure},
)
month_end_job = dg.define_asset_job(
    "month_end",
    selection=[closed_months],
    description="The month is over: proves that its last business date is closed.",
    owners=owners_of("closes"),
    tags={"dagster/priority": "-1"},
)
_TIMETABLE = Timetable.from_environment()
_NIGHTLY = f"{_TIMETABLE.night_at:%-M %-H * * *}"


def night_of(moment: datetime.datetime, timetable: Timetable) -> datetime.date | None:
    """The business date whose night starts at a moment; None where no bank worked on the day that is over."""
    local = moment.astimezone(timetable.time_zone)
    over = local.date() if local.time() >= timetable.cut_off else local.date() - datetime.timedelta(days=1)
    return over if is_business_date(over) else None


@dg.schedule(
    job=night_job,
    cron_schedule=_NIGHTLY,
    execution_timezone=str(_TIMETABLE.time_zone),
    description="Each night, the business date that is over, where any bank worked on it.",
    owners=owners_of("operations"),
)
def end_of_day(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """The night of the business date that is over, if any bank worked on that day."""
    date = night_of(context.scheduled_execution_time, _TIMETABLE)
    if date is None:
        return dg.SkipReason("no bank worked on the day that is over")
    return dg.RunRequest(run_key=str(date), partition_key=str(date))


@dg.schedule(
    job=month_end_job,
    cron_schedule=_NIGHTLY,
    execution_timezone=str(_TIMETABLE.time_zone),
    description="After the night of a month's last business date: is the month closed?",
    owners=owners_of("closes"),
)
def month_end(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """After the night of a month's last business date. Its lower priority lets that night go first."""
    date = night_of(context.scheduled_execution_time, _TIMETABLE)
    if date is None or date != last_business_date_of_month(date):
        return dg.SkipReason("not the night of a month's last business date")
    return dg.RunRequest(run_key=f"{date:%Y-%m}", partition_key=f"{date:%Y-%m-01}")
