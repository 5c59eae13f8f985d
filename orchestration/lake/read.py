"""Reading the lake without the warehouse: rows of a dataset, and which datasets lack files or columns."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.lake.datasets import DATASETS
from orchestration.lake.errors import LakeDamagedError

if TYPE_CHECKING:
    import duckdb


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
                "select file_name, name from parquet_schema(?)", [list(files)]
            ).fetchall():
                columns[files[file]].add(name)
    return {dataset for dataset, schema in DATASETS.items() if not columns[dataset].issuperset(schema.names)}


def lake_rows(lake: Path, dataset: str, columns: list[str], **equal: object) -> list[dict]:
    """Some columns of the dataset's rows, as dictionaries, in the order they were appended.

    equal: values that columns must have, by column.
    """
    files = sorted(str(file) for file in (lake / dataset).glob("*.parquet"))
    if not files:
        return []
    condition = " and ".join(f"{column} = ?" for column in equal) or "true"
    with reading() as connection:
        rows = connection.execute(
            f"select {', '.join(columns)} from read_parquet(?, union_by_name = true)"
            f" where {condition} order by load_id",
            [files, *equal.values()],
        ).fetchall()
    return [dict(zip(columns, row, strict=True)) for row in rows]


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
