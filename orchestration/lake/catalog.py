"""What the lake already knows about deliveries: the rows of collected_files, for deciding what is new."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from orchestration.lake.datasets import DATASETS
from orchestration.lake.read import as_patterns, dataset_files, reading

_LOAD_ID = "%Y%m%dT%H%M%S.%fZ"
# How the name of each file of a load begins.
_NAMED = re.compile(r"([0-9]{8}T[0-9]{6}\.[0-9]{6}Z)\..*\.parquet")


class Outcome(NamedTuple):
    """What became of a delivery: status, and for a quarantined one reason and position."""

    status: str
    reason: str | None = None
    position: str | None = None


@dataclass
class Catalog:
    """outcomes: the latest by path and hash. seen: the latest by path, byte count and modified_ns, for
    deliveries that were read. loaded: hashes whose rows are in the lake. latest_hash: by path.
    unread_csv: when each CSV of a bank or of decisions that is in quarantine was last read, by path.
    last_load_id: the highest load id in the lake, or an empty string."""

    outcomes: dict[tuple[str, str], Outcome] = field(default_factory=dict)
    seen: dict[tuple[str, int, int], Outcome] = field(default_factory=dict)
    loaded: set[str] = field(default_factory=set)
    latest_hash: dict[str, str] = field(default_factory=dict)
    unread_csv: dict[str, datetime] = field(default_factory=dict)
    last_load_id: str = ""

    def next_load_id(self, now: datetime) -> str:
        """The time, or just after the last load when the clock stands before it."""
        if self.last_load_id:
            last = datetime.strptime(self.last_load_id, _LOAD_ID).replace(tzinfo=UTC)
            now = max(now, last + timedelta(microseconds=1))
        return now.strftime(_LOAD_ID)

    def record(
        self,
        path: str,
        byte_count: int,
        modified_ns: int,
        file_hash: str,
        outcome: Outcome,
        csv_read_at: datetime | None = None,
    ) -> None:
        """Take a newer outcome. file_hash is empty when the delivery was refused unread. csv_read_at: of a
        CSV of a bank or of decisions."""
        self.unread_csv.pop(path, None)
        if csv_read_at is not None and outcome.status == "quarantined":
            self.unread_csv[path] = csv_read_at
        self.outcomes[path, file_hash] = outcome
        self.latest_hash[path] = file_hash
        if file_hash:
            self.seen[path, byte_count, modified_ns] = outcome
        if outcome.status == "loaded":
            self.loaded.add(file_hash)


def read_catalog(lake: Path) -> Catalog:
    """Read collected_files, and the load ids of all datasets. An empty catalog when the lake has none."""
    catalog = Catalog(last_load_id=_last_load_id(lake))
    files = as_patterns(dataset_files(lake, "collected_files"))
    if not files:
        return catalog
    with reading() as connection:
        rows = connection.execute(
            "select path, byte_count, modified_ns, file_hash, status, reason, position, load_id,"
            " case when format = 'csv' and source in ('bank_statements', 'decisions')"
            " then epoch_us(collected_at) end"
            " from read_parquet(?, hive_partitioning = false) order by load_id",
            [files],
        ).fetchall()
    for path, byte_count, modified_ns, file_hash, status, reason, position, load_id, csv_read_at in rows:
        outcome = Outcome(status, reason, position)
        read_at = None if csv_read_at is None else datetime.fromtimestamp(csv_read_at / 1e6, UTC)
        catalog.record(path, byte_count, modified_ns, file_hash, outcome, read_at)
        catalog.last_load_id = max(catalog.last_load_id, load_id)
    return catalog


def _last_load_id(lake: Path) -> str:
    """Of whatever was appended: two closes of one id would each count for both, were a clock set back."""
    names = (file.name for dataset in DATASETS for file in (lake / dataset).glob("*.parquet"))
    return max((found[1] for name in names if (found := _NAMED.fullmatch(name))), default="")


def measured_before(lake: Path) -> set[str]:
    """Hashes of the files whose pictures were measured by steps of an earlier version only."""
    from orchestration.lake.datasets.documents import STEP_VERSION, page_version

    found: set[str] = set()
    for dataset, version in (("document_pages", page_version()), ("cheque_images", STEP_VERSION)):
        files = as_patterns(dataset_files(lake, dataset))
        if files:
            with reading() as connection:
                rows = connection.execute(
                    "select file_hash from read_parquet(?, hive_partitioning = false)"
                    " group by file_hash having max(step_version) < ?",
                    [files, version],
                )
                found.update(file_hash for (file_hash,) in rows.fetchall())
    return found
