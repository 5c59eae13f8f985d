"""Reading the lake without the warehouse: rows of a dataset, and which datasets lack files or columns."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.lake.datasets import DATASETS
from orchestration.lake.errors import LakeDamagedError

if TYPE_CHECKING:
    import duckdb

_PATTERN = re.compile(r"[\[*?]")


def incomplete_datasets(lake: Path) -> set[str]:
    """The datasets without a Parquet file that has every column: views over them would lack something.

    Older files may lack columns that came later, so it is the newest file that is asked.
    """
    newest = {
        dataset: max((lake / dataset).glob("*.parquet"), key=lambda file: file.name, default=None)
        for dataset in DATASETS
    }
    files = {str(file): dataset for dataset, file in newest.items() if file is not None}
    columns: dict[str, set[str]] = {dataset: set() for dataset in DATASETS}
    if files:
        with reading() as connection:
            for file, name in connection.execute(
                "select file_name, name from parquet_schema(?)", [as_patterns(files)]
            ).fetchall():
                columns[files[file]].add(name)
    return {dataset for dataset, schema in DATASETS.items() if not columns[dataset].issuperset(schema.names)}


def lake_rows(lake: Path, dataset: str, columns: list[str], **equal: object) -> list[dict]:
    """Some columns of the dataset's rows, as dictionaries, in the order they were appended.

    equal: values that columns must have, by column.
    """
    files = as_patterns(dataset_files(lake, dataset))
    if not files:
        return []
    condition = " and ".join(f"{column} = ?" for column in equal) or "true"
    with reading() as connection:
        rows = connection.execute(
            f"select {', '.join(columns)}"
            " from read_parquet(?, union_by_name = true, hive_partitioning = false)"
            f" where {condition} order by load_id",
            [files, *equal.values()],
        ).fetchall()
    return [dict(zip(columns, row, strict=True)) for row in rows]


def dataset_files(lake: Path, dataset: str) -> list[Path]:
    """The Parquet files that hold each row of the dataset once, the newest pack first."""
    files = own_files(lake, dataset)
    for listing in reversed(pack_listings(lake, dataset)):
        packed = json.loads(listing.read_bytes())
        if packed.items() <= files.items():
            return [listing.with_suffix(".parquet"), *_paths(lake, dataset, files.keys() - packed.keys())]
    return _paths(lake, dataset, files)


def as_patterns(files: Iterable[Path | str]) -> list[str]:
    """Paths as DuckDB takes those of files to read: as patterns, in which some characters mean others."""
    return [_PATTERN.sub(r"[\g<0>]", str(file)) for file in files]


def own_files(lake: Path, dataset: str) -> dict[str, str]:
    """The files that loads appended: name, and what tells a file from one that was edited.

    The time is that of the last change of the file, which, unlike that of its contents, nobody can set back.
    """
    folder = lake / dataset
    if not folder.is_dir():
        return {}
    with os.scandir(folder) as entries:
        states = {entry.name: entry.stat() for entry in entries if entry.name.endswith(".parquet")}
    return {name: f"{state.st_size} {state.st_ctime_ns}" for name, state in states.items()}


def pack_folder(lake: Path, dataset: str) -> Path:
    """Where the packs of a dataset stand."""
    return lake / "_packs" / dataset


def pack_listings(lake: Path, dataset: str) -> list[Path]:
    """The lists of the files that packs hold, that of the oldest pack first."""
    return sorted(pack_folder(lake, dataset).glob("*.json"))


def _paths(lake: Path, dataset: str, names: Iterable[str]) -> list[Path]:
    return [lake / dataset / name for name in sorted(names)]


@contextmanager
def reading() -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to read the lake with. Raises LakeDamagedError."""
    import duckdb

    try:
        with duckdb.connect() as connection:
            yield connection
    except (duckdb.InvalidInputException, duckdb.IOException) as error:
        raise LakeDamagedError(
            f"the lake cannot be read: {error}. Restore it from its backup (docs/runbook.md, Damaged lake)"
        ) from error
