"""The morning page. It reads what was published, or, when nothing was, says from the warehouse why not."""

from pathlib import Path

import dagster as dg
import duckdb

from orchestration.defs.partitions import BUSINESS_DATES, ONE_RUN
from orchestration.defs.project import OWNERS, WAREHOUSE_POOL, mart_keys
from orchestration.defs.retries import retried
from orchestration.publish import PublishRefusedError
from orchestration.publish.audit import audit
from orchestration.report import write_report
from orchestration.settings import Settings


@dg.asset(
    group_name="report",
    kinds={"python", "html"},
    owners=OWNERS,
    # Not the controls: a red one must not keep the page that explains it from being written.
    deps=mart_keys(operations=True),
    partitions_def=BUSINESS_DATES,
    backfill_policy=ONE_RUN,
    pool=WAREHOUSE_POOL,
    op_tags={"dagster/priority": "-1"},
)
def morning_page(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    """One HTML page: did the night close, what is red and why, statements, breaks, trends, batches."""
    with retried(context):
        settings = Settings.from_environment()
        page = write_report(settings, database=_unpublished(settings))
    return dg.MaterializeResult(
        metadata={
            "page": dg.MetadataValue.path(str(page.path)),
            "open": dg.MetadataValue.url(page.path.as_uri()),
            "verdict": page.verdict,
        }
    )


def _unpublished(settings: Settings) -> Path | None:
    """The warehouse when it may not be published; None when the published copy is what to read."""
    with duckdb.connect(str(settings.warehouse), read_only=True) as warehouse:
        try:
            audit(warehouse)
        except PublishRefusedError:
            return settings.warehouse
    return None
