"""A Dagster that anybody may talk to: a job to start, served by plain dagster-webserver."""

import dagster as dg


@dg.op
def nothing() -> None:
    """Do nothing."""


@dg.job
def collect() -> None:
    """Named as a job of ours, so that the same request starts either."""
    nothing()


defs = dg.Definitions(jobs=[collect])
