"""The gates and the published copy: readers see what the night built only when the controls allow it."""

from collections.abc import Iterator

import dagster as dg

from orchestration.defs.partitions import BUSINESS_DATES, ONE_RUN
from orchestration.defs.project import WAREHOUSE_POOL, mart_keys, owners_of
from orchestration.defs.retries import retried
from orchestration.defs.transform import bank, payroll
from orchestration.lake.lock import open_when_free
from orchestration.publish import PublishRefusedError, publish
from orchestration.publish.audit import BANK, PAYROLL, Audit, audit
from orchestration.settings import Settings, acting_user


def _audit(domain: str) -> Audit:
    settings = Settings.from_environment()
    with open_when_free(settings.warehouse, settings.lock_timeout_seconds) as warehouse:
        return audit(warehouse)[domain]


def _gate(domain: str, assets: dg.AssetsDefinition, controls: str) -> dg.AssetChecksDefinition:
    """What keeps a domain from being published. It stops no step: publishing asks for itself."""
    marts = mart_keys(assets)
    (asset,) = (key for key in marts if key.path[-1] == controls)

    @dg.asset_check(
        asset=asset,
        name="gate",
        description=(
            "Every control is green, or red and accepted by a decision. Otherwise readers keep what was"
            " published before."
        ),
        pool=WAREHOUSE_POOL,
        additional_deps=[key for key in marts if key != asset],
    )
    def gate() -> dg.AssetCheckResult:
        try:
            found = _audit(domain)
        except PublishRefusedError as error:
            return dg.AssetCheckResult(passed=False, description=str(error))
        if found.refused:
            return dg.AssetCheckResult(passed=False, description=found.refused)
        return dg.AssetCheckResult(
            passed=True,
            metadata={"as of": str(found.as_of_on), "green": found.green, "red and accepted": found.red},
        )

    return gate


gates = [
    _gate(BANK, bank, "fct_control_totals"),
    _gate(PAYROLL, payroll, "fct_payroll_controls"),
]


def _publish(context: dg.AssetExecutionContext, domain: str) -> Iterator[dg.MaterializeResult]:
    """Publish what may be. A red control of the domain is an outcome of the night, not its failure."""
    try:
        with retried(context):
            found = _audit(domain)
            if found.refused and found.is_built:
                context.log.warning("%s", found.refused)
                return
            done = publish(Settings.from_environment(), acting_user())
    except PublishRefusedError as error:
        raise dg.Failure(str(error), allow_retries=False) from error
    if domain in done.refused:
        raise dg.Failure(done.refused[domain], allow_retries=False)
    yield dg.MaterializeResult(
        metadata={
            "version": done.version,
            "folder": dg.MetadataValue.path(str(done.folder)),
            "as of": str(done.as_of_on),
            "marts": done.mart_count,
            "parts written": done.parts_written,
            "told": str(done),
        }
    )


@dg.asset(
    group_name="publish",
    kinds={"python", "duckdb", "parquet"},
    owners=owners_of("operations"),
    deps=mart_keys(bank),
    output_required=False,
    partitions_def=BUSINESS_DATES,
    backfill_policy=ONE_RUN,
    pool=WAREHOUSE_POOL,
    op_tags={"dagster/priority": "2"},
)
def published_copy(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult]:
    """The marts as one new version, for readers that are never blocked and never see half a night."""
    yield from _publish(context, BANK)


@dg.asset(
    group_name="publish",
    kinds={"python", "duckdb", "parquet"},
    owners=owners_of("payroll"),
    deps=mart_keys(payroll),
    output_required=False,
    partitions_def=BUSINESS_DATES,
    backfill_policy=ONE_RUN,
    pool=WAREHOUSE_POOL,
    op_tags={"dagster/priority": "1"},
)
def published_payroll(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult]:
    """Payroll's marts: in the version of published_copy, or in one of their own when the bank is red."""
    yield from _publish(context, PAYROLL)
