"""The gate and the published copy: readers see what the night built only when its controls allow it."""

import dagster as dg
import duckdb

from orchestration.defs.partitions import BUSINESS_DATES, ONE_RUN
from orchestration.defs.project import OWNERS, WAREHOUSE_POOL, mart_keys
from orchestration.defs.retries import retried
from orchestration.publish import PublishRefusedError, publish
from orchestration.publish.audit import audit
from orchestration.settings import Settings, acting_user

_CONTROLS = dg.AssetKey(["marts", "fct_control_totals"])


@dg.asset_check(
    asset=_CONTROLS,
    blocking=True,
    pool=WAREHOUSE_POOL,
    # What says how the night went is published with it, so it must be built too.
    additional_deps=mart_keys(operations=True),
)
def gate() -> dg.AssetCheckResult:
    """Every control is green, or red and accepted by a decision. Otherwise nothing is published or closed."""
    try:
        with duckdb.connect(str(Settings.from_environment().warehouse), read_only=True) as warehouse:
            found = audit(warehouse)
    except PublishRefusedError as error:
        return dg.AssetCheckResult(passed=False, description=str(error))
    return dg.AssetCheckResult(
        passed=True,
        metadata={"as of": str(found.as_of_on), "green": found.green, "red and accepted": found.accepted},
    )


@dg.asset(
    group_name="publish",
    kinds={"python", "duckdb", "parquet"},
    owners=OWNERS,
    deps=mart_keys(),
    partitions_def=BUSINESS_DATES,
    backfill_policy=ONE_RUN,
    pool=WAREHOUSE_POOL,
    op_tags={"dagster/priority": "1"},
)
def published_copy(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    """All marts as one new version, for readers that are never blocked and never see half a night."""
    try:
        with retried(context):
            done = publish(Settings.from_environment(), acting_user())
    except PublishRefusedError as error:
        raise dg.Failure(str(error), allow_retries=False) from error
    return dg.MaterializeResult(
        metadata={
            "version": done.version,
            "folder": dg.MetadataValue.path(str(done.folder)),
            "as of": str(done.as_of_on),
            "marts": done.mart_count,
            "parts written": done.parts_written,
            "told": str(done),
        }
    )
