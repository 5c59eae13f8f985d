"""Replay on demand: some batches of a model again, or a source from its quarantine.

A date is replayed by materializing its partition of the job `night`.
"""

import dagster as dg

from orchestration.collect import collect
from orchestration.defs.launches import BatchReplay, SourceReplay
from orchestration.defs.project import WAREHOUSE_POOL, owners_of
from orchestration.settings import Settings
from orchestration.warehouse.dbt_process import batch_arguments, run_dbt


@dg.op(pool=WAREHOUSE_POOL, out=dg.Out(dg.Nothing))
def batches_again(context: dg.OpExecutionContext, config: BatchReplay) -> None:
    """Build the batches again, and every model that reads theirs."""
    run_dbt(batch_arguments(config.model, config.batch_ids), config.business_date)
    context.log.info("did %d batches of %s again", len(config.batch_ids), config.model)


@dg.op(pool=WAREHOUSE_POOL, out=dg.Out(dg.Nothing))
def source_again(context: dg.OpExecutionContext, config: SourceReplay) -> None:
    """Read again the files of a folder that are in quarantine, and what is new there."""
    context.log.info(
        "%s",
        collect(Settings.from_environment(), folders={config.folder.value}, retry_quarantined=True),
    )


@dg.job(description="Do some batches of a model again, and what reads it.", owners=owners_of("operations"))
def replay_batches() -> None:
    batches_again()


@dg.job(
    description="Read a source's quarantined files again, after a reader or a setting was mended.",
    owners=owners_of("collect"),
)
def replay_source() -> None:
    source_again()
