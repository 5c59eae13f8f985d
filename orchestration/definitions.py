"""What Dagster loads: `dagster dev -m orchestration.definitions`."""

from __future__ import annotations

import dagster as dg
from dagster_dbt import DbtCliResource

from orchestration.defs.collect import collected
from orchestration.defs.night import night_job
from orchestration.defs.transform import transformed
from orchestration.project import dbt_project

defs = dg.Definitions(
    assets=[collected, transformed],
    jobs=[night_job],
    resources={"dbt": DbtCliResource(project_dir=dbt_project)},
)
