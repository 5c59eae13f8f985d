"""Packs against the files whose rows they have: a link that anybody could append may state another copy."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import duckdb

from orchestration.lake.proof import Finding, Proof
from orchestration.lake.read import as_patterns


def other_packs(lake: Path, proof: Proof, *, has_key: bool) -> Iterator[Finding]:
    """Packs that are as their link states them, but not what the files are that they stand for.

    A keyed link states what Tieout wrote, and is believed by who has the key: reading rows costs more than
    hashing their bytes.
    """
    altered = {finding.subject for finding in proof.findings}
    stating = {file["path"]: link for link in proof.links for file in link.body["files"]}
    for path, link in sorted(stating.items()):
        pack, listing = lake / path, (lake / path).with_suffix(".json")
        is_believed = has_key and link.body["is_keyed"]
        if not path.startswith("_packs/") or pack.suffix != ".parquet" or path in altered or is_believed:
            continue
        if not pack.is_file() or not listing.is_file():
            continue
        try:
            files = [lake / pack.parent.name / name for name in json.loads(listing.read_bytes())]
            if all(file.is_file() for file in files) and not _is_copy(pack, files):
                yield Finding(path, "has other rows than the files that it is a copy of")
        except (ValueError, TypeError, duckdb.Error):
            yield Finding(path, "cannot be compared with the files that it is a copy of")


def _is_copy(pack: Path, files: list[Path]) -> bool:
    with duckdb.connect() as connection:
        ours = connection.read_parquet(as_patterns([pack]), hive_partitioning=False)
        columns = ", ".join(f'"{column}"' for column in ours.columns)
        theirs = connection.read_parquet(as_patterns(files), union_by_name=True, hive_partitioning=False)
        if set(ours.columns) != set(theirs.columns) or len(ours) != len(theirs):
            return False
        return connection.sql(
            f"select count(*) from (select {columns} from ours except all select {columns} from theirs)"
        ).fetchone() == (0,)
