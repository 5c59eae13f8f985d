"""Closing as assets: a partition of closed_business_dates that is materialized is a date that is closed."""

import datetime
from collections.abc import Iterator

import dagster as dg

from orchestration.calendars.business_dates import last_business_date_of_month
from orchestration.close.business_date import (
    CloseRefusedError,
    CloseWaitsError,
    close,
    freeze,
    last_closed_date,
)
from orchestration.defs.partitions import BUSINESS_DATES, MONTHS, ONE_RUN
from orchestration.defs.project import WAREHOUSE_POOL, owners_of
from orchestration.defs.publish import published_copy
from orchestration.defs.retries import retried
from orchestration.settings import Settings, acting_user


@dg.asset(
    group_name="close",
    kinds={"python", "parquet"},
    owners=owners_of("closes"),
    deps=[published_copy],
    partitions_def=BUSINESS_DATES,
    backfill_policy=ONE_RUN,
    pool=WAREHOUSE_POOL,
    output_required=False,
)
def closed_business_dates(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult]:
    """The matches, open items and balances of the date, frozen in the lake. Closed dates never change."""
    settings = Settings.from_environment()
    dates = [datetime.date.fromisoformat(key) for key in context.partition_keys]
    facts: dict[str, object] = {}
    for date in dates:
        last = last_closed_date(settings)
        if last is not None and date <= last:
            facts[str(date)] = f"closed already: {last} is the last closed date"
            continue
        try:
            # The warehouse is as of the date already, unless dates before it are to be closed as well.
            with retried(context):
                done = (freeze if dates == [date] else close)(settings, date, acting_user())
        except CloseWaitsError as error:
            context.log.warning("%s. Then: tieout close %s", error, date)  # the night has done its part
            return
        except CloseRefusedError as error:
            raise dg.Failure(str(error), allow_retries=False) from error
        facts[str(date)] = f"{done.item_count:,} items and {done.match_count:,} matches frozen"
        context.log.info("closed %s: %s", date, facts[str(date)])
    _show_dates_before(context, dates[-1])
    yield dg.MaterializeResult(metadata=facts)


def _show_dates_before(context: dg.AssetExecutionContext, closed_on: datetime.date) -> None:
    """A close covers every date before it, those closed by hand too: their partitions show it."""
    shown = context.instance.get_materialized_partitions(context.asset_key) | set(context.partition_keys)
    for key in BUSINESS_DATES.get_partition_keys():
        if key < str(closed_on) and key not in shown:
            context.log_event(
                dg.AssetMaterialization(
                    context.asset_key, partition=key, description=f"closed with {closed_on} or by hand"
                )
            )


@dg.asset(
    group_name="close",
    kinds={"python"},
    owners=owners_of("closes"),
    deps=[closed_business_dates],
    partitions_def=MONTHS,
    pool=WAREHOUSE_POOL,
)
def closed_months(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    """The month is over: its last business date is closed, and its published version is kept."""
    month = datetime.date.fromisoformat(context.partition_key)
    needed, last = last_business_date_of_month(month), last_closed_date(Settings.from_environment())
    if last is None or last < needed:
        raise dg.Failure(
            f"{month:%Y-%m} is not closed: it ends on {needed}, the last closed date is"
            f" {last or 'none'}. Close up to {needed}: materialize closed_business_dates, or `tieout close`",
            allow_retries=False,
        )
    return dg.MaterializeResult(metadata={"last business date": str(needed), "last closed date": str(last)})
