"""The night: one job over every asset, for the UI, the schedule and the command line alike."""

from __future__ import annotations

import os

import dagster as dg

from orchestration.settings import PROJECT_DIR

night_job = dg.define_asset_job(
    "night",
    selection=dg.AssetSelection.all(),
    description="The end of day: collect what has landed, build every model, run every data test.",
    config={"loggers": {"console": {"config": {"log_level": "INFO"}}}},
)


def run_night() -> bool:
    """Run the night job in this process and record it in the instance. True when every step succeeded."""
    os.environ.setdefault("DAGSTER_HOME", str(PROJECT_DIR / "orchestration" / "instance"))
    from orchestration.definitions import defs

    with dg.DagsterInstance.get() as instance:
        return (
            defs.resolve_job_def("night").execute_in_process(instance=instance, raise_on_error=False).success
        )
