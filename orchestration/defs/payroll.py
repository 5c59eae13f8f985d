"""Payroll as assets by pay period: closing what was earned, and the files that pay it."""

import dagster as dg
import duckdb

from orchestration.close.pay_period import PayRefusedError, close_period, ended_open_periods
from orchestration.defs.partitions import PAY_PERIODS
from orchestration.defs.project import WAREHOUSE_POOL, owners_of
from orchestration.defs.retries import retried
from orchestration.payroll.pay import pay, unpaid_periods
from orchestration.settings import Settings, Timetable, acting_user


@dg.asset(
    group_name="payroll",
    kinds={"python", "parquet"},
    owners=owners_of("payroll"),
    deps=[
        # A pay period has no business date of its own: what the last night calculated is what is closed.
        dg.AssetDep(dg.AssetKey(["payroll", model]), partition_mapping=dg.LastPartitionMapping())
        for model in ("fct_payslips", "int_period_questions")
    ],
    partitions_def=PAY_PERIODS,
    pool=WAREHOUSE_POOL,
)
def closed_pay_periods(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    """The payslips of the pay period, frozen in the lake. Refused while something of it is in question."""
    try:
        with retried(context):
            done = close_period(Settings.from_environment(), context.partition_key, acting_user())
    except PayRefusedError as error:
        raise dg.Failure(str(error), allow_retries=False) from error
    return dg.MaterializeResult(metadata={"payslips": done.payslip_count, "lines": done.line_count})


@dg.asset(
    group_name="payroll",
    kinds={"python", "file"},
    owners=owners_of("payroll"),
    deps=[closed_pay_periods],
    partitions_def=PAY_PERIODS,
    pool=WAREHOUSE_POOL,
)
def payment_files(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    """The NACHA and pain.001 files that pay the period, written once; their bytes are in the lake."""
    try:
        with retried(context):
            files = pay(Settings.from_environment(), context.partition_key, acting_user())
    except PayRefusedError as error:
        raise dg.Failure(str(error), allow_retries=False) from error
    return dg.MaterializeResult(
        metadata={"files": len(files), "payments and prenotes": sum(file.payment_count for file in files)}
    )


payroll_job = dg.define_asset_job(
    "payroll",
    selection=[closed_pay_periods, payment_files],
    description="Close a pay period and write its payment files.",
    owners=owners_of("payroll"),
)


@dg.schedule(
    job=payroll_job,
    cron_schedule=f"{Timetable.from_environment().pay_at:%-M %-H * * *}",
    execution_timezone=str(Timetable.from_environment().time_zone),
    description="Every day: the pay periods that have ended and are open, oldest first, and the unpaid ones.",
    owners=owners_of("payroll"),
)
def pay_periods(context: dg.ScheduleEvaluationContext) -> list[dg.RunRequest] | dg.SkipReason:
    """One run per period that has ended by the day of the tick, or that is closed and not paid."""
    today = context.scheduled_execution_time.astimezone(Timetable.from_environment().time_zone).date()
    try:
        periods = ended_open_periods(Settings.from_environment(), today)
        unpaid = unpaid_periods(Settings.from_environment())
    except duckdb.IOException as error:
        return dg.SkipReason(f"the warehouse cannot be read now: {error}")
    if not periods and not unpaid:
        return dg.SkipReason(f"no pay period that ended before {today} is open or unpaid")
    context.instance.add_dynamic_partitions(PAY_PERIODS.name, [*periods, *unpaid])
    return [
        *(dg.RunRequest(run_key=f"{period} {today}", partition_key=period) for period in periods),
        *(
            dg.RunRequest(
                run_key=f"{period} {today}", partition_key=period, asset_selection=[payment_files.key]
            )
            for period in unpaid
        ),
    ]
