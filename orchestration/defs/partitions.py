"""Partitions: business dates from the calendar of the banks, pay periods from the HR system."""

from __future__ import annotations

import datetime

import dagster as dg

from orchestration.calendars.business_dates import common_holidays
from orchestration.settings import Timetable


def business_dates(timetable: Timetable) -> dg.TimeWindowPartitionsDefinition:
    """One partition per business date from the first one to today, today's included: its night is tonight."""
    start = datetime.datetime.combine(timetable.first_business_date, datetime.time.min)
    return dg.TimeWindowPartitionsDefinition(
        start=start,
        fmt="%Y-%m-%d",
        cron_schedule="0 0 * * 1-5",
        timezone=str(timetable.time_zone),
        end_offset=1,
        exclusions=[
            datetime.datetime.combine(date, datetime.time.min)
            for date in sorted(common_holidays())
            if date.isoweekday() <= 5
        ],
    )


BUSINESS_DATES = business_dates(Timetable.from_environment())
MONTHS = dg.MonthlyPartitionsDefinition(
    start_date=BUSINESS_DATES.start.replace(day=1), timezone=BUSINESS_DATES.timezone
)
# Added by the schedule pay_periods as the HR system delivers them.
PAY_PERIODS = dg.DynamicPartitionsDefinition(name="pay_periods")
# One backfill over a range is one run: it collects and builds once, and closes date by date.
ONE_RUN = dg.BackfillPolicy.single_run()
