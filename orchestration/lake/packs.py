"""Packs: one copy of many small files, because reading costs by the file and every night adds one.

A pack stands in `<lake>/_packs/<dataset>/`: a Parquet file with the rows of some of the dataset's files, and
beside it, written last, their names, sizes and times. The files stay as they were appended, and they decide:
where one is gone or is another, the pack is not used. Packs may be deleted at any time.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterable
from pathlib import Path

from orchestration.lake.datasets import DATASETS
from orchestration.lake.errors import LakeDamagedError
from orchestration.lake.read import as_patterns, dataset_files, own_files, pack_folder, pack_listings, reading

log = logging.getLogger(__name__)

# Files of a dataset that are read at most: some 50 ms of processor time each time a view over it is read.
MOST_FILES = 32
# The newest pack, and the one before, which a build that runs may still read.
_KEPT = 2


def pack(lake: Path, datasets: Iterable[str] = DATASETS) -> None:
    """Pack the datasets that have come to be many files. Needs the lake's lock.

    What hinders it is told: without the pack the files are read.
    """
    for dataset in datasets:
        files = dataset_files(lake, dataset)
        if len(files) > MOST_FILES:
            try:
                _pack(lake, dataset, files)
            except (OSError, LakeDamagedError) as error:
                log.warning("%s is read as %d files: %s", dataset, len(files), error)


def _pack(lake: Path, dataset: str, files: list[Path]) -> None:
    own = own_files(lake, dataset)
    folder = pack_folder(lake, dataset)
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{max(own).removesuffix('.parquet')}.parquet"
    unfinished = folder / "unfinished"
    with reading() as connection:
        connection.read_parquet(as_patterns(files), union_by_name=True).write_parquet(str(unfinished))
    _sync(unfinished)
    unfinished.rename(target)
    unfinished.write_text(json.dumps(own))
    _sync(unfinished)
    unfinished.rename(target.with_suffix(".json"))
    for listing in pack_listings(lake, dataset)[:-_KEPT]:
        listing.unlink()
        listing.with_suffix(".parquet").unlink(missing_ok=True)


def _sync(file: Path) -> None:
    with file.open("rb") as handle:
        os.fsync(handle.fileno())
