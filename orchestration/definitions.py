"""What Dagster loads: `dagster dev -m orchestration.definitions`."""

from __future__ import annotations

import dagster as dg
from dagster_dbt import DbtCliResource

from orchestration.defs.alerts import failed_runs, finished_runs, killed_runs
from orchestration.defs.arrivals import arrivals, collect_job
from orchestration.defs.close import closed_business_dates, closed_months
from orchestration.defs.collect import collected, lake_facts
from orchestration.defs.monitor import warnings
from orchestration.defs.night import end_of_day, month_end, month_end_job, night_job
from orchestration.defs.payroll import closed_pay_periods, pay_periods, payment_files, payroll_job
from orchestration.defs.publish import gate, published_copy
from orchestration.defs.replay import replay_batches, replay_source
from orchestration.defs.report import morning_page
from orchestration.defs.transform import monitored, transformed
from orchestration.project import dbt_project
from orchestration.run_history import speed_up_run_history

speed_up_run_history()
defs = dg.Definitions(
    assets=[
        *collected,
        *lake_facts,
        transformed,
        monitored,
        published_copy,
        closed_business_dates,
        closed_months,
        closed_pay_periods,
        payment_files,
        morning_page,
    ],
    asset_checks=[gate, *warnings],
    jobs=[night_job, month_end_job, payroll_job, collect_job, replay_batches, replay_source],
    schedules=[end_of_day, month_end, pay_periods],
    sensors=[arrivals, failed_runs, finished_runs, killed_runs],
    resources={"dbt": DbtCliResource(project_dir=dbt_project)},
    # Every step that writes takes the same pool, so a process for each would only cost its start.
    executor=dg.in_process_executor,
)
