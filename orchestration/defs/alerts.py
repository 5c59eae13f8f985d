"""After every run: what went wrong, once, and when all is well again. Runs that were killed end as failed."""

import dagster as dg

from orchestration.defs.killed_runs import end_killed_runs
from orchestration.defs.project import owners_of
from orchestration.monitor.alerts import alert, alert_failure
from orchestration.settings import Settings

# Dagster has no place for the owner of a sensor that watches runs.
_OWNER = {"owner": owners_of("operations")[0]}


@dg.run_failure_sensor(
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="A run that failed: who is to be told is told what failed and why, once.",
    metadata=_OWNER,
)
def failed_runs(context: dg.RunFailureSensorContext) -> None:
    """A run that failed: what the warehouse knows of it, or at least the step and the error."""
    run = context.dagster_run
    steps = ", ".join(event.step_key for event in context.get_step_failure_events() if event.step_key)
    alert_failure(
        Settings.from_environment(),
        f"{run.job_name} {run.tags.get('dagster/partition', '')}".strip(),
        f"run {run.run_id} failed{f' in {steps}' if steps else ''}",
    )


@dg.run_status_sensor(
    run_status=dg.DagsterRunStatus.SUCCESS,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="After a night: what is red, late, unreadable or odd is told, each once.",
    metadata=_OWNER,
)
def finished_runs(context: dg.RunStatusSensorContext) -> dg.SkipReason | None:
    """After a night: red controls, late sources, quarantined files and anomalies that were not told yet."""
    if context.dagster_run.job_name != "night":
        return dg.SkipReason("only a night changes what there is to tell")
    alert(Settings.from_environment())
    return None


@dg.sensor(
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="A run whose process was killed is ended as failed within a minute, so that others can run.",
    owners=owners_of("operations"),
)
def killed_runs(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    """A run whose process was killed ends as failed, so that it keeps no other run from the pool."""
    ended = end_killed_runs(context.instance)
    return dg.SkipReason(f"ended as failed: {', '.join(ended)}" if ended else "no run was killed")
