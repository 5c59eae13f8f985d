"""Packs: one copy of many small files, because reading costs by the file and every night adds one.

A pack stands in `<lake>/_packs/<dataset>/`: a Parquet file with the rows of some of the dataset's files, and
beside it, written last, their names, sizes and times. The files stay as they were appended, and they decide:
where one is gone or is another, the pack is not used. Packs may be deleted at any time.
"""

from __future__ import annotations

import json
import logging
from datetime import datetime
from pathlib import Path

from orchestration.lake.chain import append_link, stated
from orchestration.lake.datasets import DATASETS
from orchestration.lake.disk import sync
from orchestration.lake.errors import LakeDamagedError
from orchestration.lake.read import as_patterns, dataset_files, own_files, pack_folder, pack_listings, reading

log = logging.getLogger(__name__)

# Files of a dataset that are read at most: some 50 ms of processor time each time a view over it is read.
MOST_FILES = 32
# The newest pack, and the one before, which a build that runs may still read.
_KEPT = 2


def pack(lake: Path, at: datetime, key: bytes | None) -> None:
    """Pack the datasets that have come to be many files, each pack with a link. Needs the lake's lock.

    What hinders it is told: without the pack the files are read.
    """
    for dataset in DATASETS:
        files = dataset_files(lake, dataset)
        if len(files) > MOST_FILES:
            try:
                _pack(lake, dataset, files, at, key)
            except (OSError, LakeDamagedError) as error:
                log.warning("%s is read as %d files: %s", dataset, len(files), error)


def _pack(lake: Path, dataset: str, files: list[Path], at: datetime, key: bytes | None) -> None:
    own = own_files(lake, dataset)
    folder = pack_folder(lake, dataset)
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{max(own).removesuffix('.parquet')}.parquet"
    unfinished = folder / "unfinished"
    with reading() as connection:
        connection.read_parquet(as_patterns(files), union_by_name=True).write_parquet(str(unfinished))
    listing = folder / "unfinished_listing"
    listing.write_text(json.dumps(own))
    places = {unfinished: target, listing: target.with_suffix(".json")}
    # Stated before they are there: a pack may be missing, but none may be there that nobody stated.
    files = [stated(file, place.relative_to(lake).as_posix()) for file, place in places.items()]
    append_link(lake, "pack", at, key, files=files)
    for file, place in places.items():
        sync(file)
        file.rename(place)
    for old in pack_listings(lake, dataset)[:-_KEPT]:
        old.unlink()
        old.with_suffix(".parquet").unlink(missing_ok=True)
