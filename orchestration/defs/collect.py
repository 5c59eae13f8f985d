"""Collection as assets: per folder of the landing zone one step, per lake dataset one asset."""

from collections.abc import Iterator

import dagster as dg

from orchestration.collect import Appended, collect
from orchestration.collect.landing import (
    ANSWERS,
    CASH_LETTERS,
    DECISIONS,
    DOCUMENT_FACTS,
    DOCUMENT_PAGES,
    FOLDERS,
    HR_PREFIX,
    JOURNAL,
    PUNCHES,
    SETTLEMENTS,
)
from orchestration.defs.project import WAREHOUSE_POOL, lake_asset_key, manifest, owners_of_dataset
from orchestration.defs.retries import retried
from orchestration.lake.datasets import DATASETS
from orchestration.settings import Settings

CATALOG = "collected_files"
DATASETS_OF = {
    "bank": [dataset for dataset in DATASETS if dataset.startswith("bank_")],
    "cash_letters": [CASH_LETTERS, "cheques", "cheque_images"],
    "decisions": [DECISIONS, "exclusions"],
    "documents": [DOCUMENT_PAGES, DOCUMENT_FACTS],
    "hr": [dataset for dataset in DATASETS if dataset.startswith(HR_PREFIX)],
    "ledger": [JOURNAL, "ledger_accounts"],
    "payments": [ANSWERS],
    "punches": [PUNCHES],
    "settlements": [SETTLEMENTS],
}
COLLECTED = [dataset for folder in FOLDERS for dataset in DATASETS_OF[folder]]
# Facts that commands and the night itself write to the lake; collection leaves them alone.
FACTS = [dataset for dataset in DATASETS if dataset != CATALOG and dataset not in COLLECTED]
_DESCRIPTIONS = {source["name"]: source["description"].strip() for source in manifest()["sources"].values()}


def _lake_spec(dataset: str, group: str, deps: list[str]) -> dg.AssetSpec:
    return dg.AssetSpec(
        lake_asset_key(dataset),
        deps=[lake_asset_key(other) for other in deps],
        group_name=group,
        description=_DESCRIPTIONS[dataset],
        kinds={"parquet"} if group == "facts" else {"python", "parquet"},
        owners=owners_of_dataset(dataset),
    )


def _collected(folder: str) -> dg.AssetsDefinition:
    @dg.multi_asset(
        name=f"collect_{folder}",
        specs=[_lake_spec(dataset, "collect", []) for dataset in DATASETS_OF[folder]],
        pool=WAREHOUSE_POOL,
        # Before every step that builds, also those that read nothing of this folder.
        op_tags={"dagster/priority": "40"},
        description=f"Append what has landed in {folder}/ to the lake; quarantine what cannot be read.",
    )
    def collected(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult]:
        with retried(context):
            done = collect(Settings.from_environment(), folders={folder})
        context.log.info(str(done))
        facts = {
            "files listed": done.seen,
            "files loaded": done.loaded,
            "files quarantined": done.quarantined,
            "seconds": done.seconds,
        }
        for load in done.loads:
            context.log_event(load_event(folder, load))
        for dataset in DATASETS_OF[folder]:
            rows = done.rows[dataset]
            yield dg.MaterializeResult(
                asset_key=lake_asset_key(dataset), metadata={"dagster/row_count": rows, **facts}
            )

    return collected


def load_event(folder: str, load: Appended) -> dg.AssetMaterialization:
    """What Dagster shows of one load, which is to collection what a batch is to a model."""
    return dg.AssetMaterialization(
        lake_asset_key(CATALOG),
        description=f"load {load.load_id} of {folder}/",
        metadata={
            "load": load.load_id,
            "files": load.files,
            "bytes": load.byte_count,
            **{f"rows of {dataset}": rows for dataset, rows in load.rows.items()},
            "seconds": load.seconds,
            "bytes per second": round(load.byte_count / load.seconds) if load.seconds else 0,
        },
    )


collected = [_collected(folder) for folder in FOLDERS]
# Written by every step of collection, and by what closes, pays, records and alerts.
lake_facts = [
    _lake_spec(CATALOG, "collect", COLLECTED),
    *(_lake_spec(dataset, "facts", []) for dataset in FACTS),
]
