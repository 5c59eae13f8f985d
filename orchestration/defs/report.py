"""The morning page, of what was published, or, when not all of it was, of the warehouse that says why."""

import dagster as dg
import duckdb

from orchestration.defs.partitions import BUSINESS_DATES, ONE_RUN
from orchestration.defs.project import WAREHOUSE_POOL, mart_keys, owners_of
from orchestration.defs.retries import retried
from orchestration.defs.transform import operations
from orchestration.errors import TieoutError
from orchestration.lake.lock import open_when_free
from orchestration.publish import PublishRefusedError
from orchestration.publish.audit import BANK, DOMAINS, audit
from orchestration.report import Report, write_report, write_report_without_books
from orchestration.settings import Settings


@dg.asset(
    group_name="report",
    kinds={"python", "html"},
    owners=owners_of("reports"),
    # Not the books: what failed or is red must not keep the page that explains it from being written.
    deps=mart_keys(operations),
    partitions_def=BUSINESS_DATES,
    backfill_policy=ONE_RUN,
    pool=WAREHOUSE_POOL,
    op_tags={"dagster/priority": "-1"},
)
def morning_page(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    """One HTML page: did the night close, what is red and why, statements, breaks, trends, batches."""
    with retried(context):
        page = _page(Settings.from_environment())
    return dg.MaterializeResult(
        metadata={
            "page": dg.MetadataValue.path(str(page.path)),
            "open": dg.MetadataValue.url(page.path.as_uri()),
            "verdict": page.verdict,
        }
    )


@dg.failure_hook
def page_of_a_failure(context: dg.HookContext) -> None:
    """The page is written whatever failed: what a failed step keeps from its turn is written here."""
    settings = Settings.from_environment()
    try:
        try:
            page = _page(settings)
        except (TieoutError, duckdb.Error) as error:
            page = write_report_without_books(settings, str(error).splitlines()[0].rstrip("."))
        context.log.info("the page of what there is: %s", page.path)
    except OSError as error:
        context.log.warning("no page of what there is: %s", error)


def _page(settings: Settings) -> Report:
    refused = _refused(settings)
    return write_report(
        settings, database=settings.warehouse if refused else None, is_published=BANK not in refused
    )


def _refused(settings: Settings) -> set[str]:
    """The domains that may not be published. When none is refused, the published copy is what to read."""
    with open_when_free(settings.warehouse, settings.lock_timeout_seconds) as warehouse:
        try:
            return {domain for domain, found in audit(warehouse).items() if found.refused}
        except PublishRefusedError:
            return set(DOMAINS)
