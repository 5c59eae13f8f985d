"""Appending to the lake with dlt, so that a killed load is finished or forgotten, never half there.

A load works in `<lake>/_dlt/work/<name>/`: `spool/` (its rows), `pipelines/` (dlt's packages) and `out/` (the
Parquet files, and in `state/` what dlt would keep beside them, of no use where every load starts fresh).
`ready` appears once dlt holds the whole load as one normalized package. Before it, nothing of the load is in
the lake, and the folder is thrown away; after it, dlt finishes the package, which always writes the same file
names, and the files move into the lake one by one.
"""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.collect.errors import NO_ROOM, LakeDamagedError

if TYPE_CHECKING:
    import dlt
    import duckdb
    import pyarrow

    from orchestration.collect.spool import Spool

log = logging.getLogger(__name__)

# The rows of these vouch for the rows of the others, so they appear last.
_VOUCHING = ("collected_files", "closes", "payroll_closes", "payment_files", "dbt_runs")


def incomplete_datasets(lake: Path) -> set[str]:
    """The datasets without a Parquet file that has every column: views over them would lack something.

    Older files may lack columns that came later, so it is the newest file that is asked.
    """
    from orchestration.collect.rows import DATASETS

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


def new_work_folder(lake: Path, name: str) -> Path:
    """The folder of a new load, empty."""
    folder = lake / "_dlt" / "work" / name
    folder.mkdir(parents=True)
    return folder


def recover(lake: Path) -> None:
    """Finish or forget the loads of a run that was killed. Needs the lake's lock."""
    work = lake / "_dlt" / "work"
    if not work.is_dir():
        return
    for folder in sorted(work.iterdir()):
        if (folder / "ready").exists():
            log.warning("finishing load %s, which an earlier collect did not end", folder.name)
            # dlt writes these in place, so a kill can leave half of one. It needs only their folders.
            for file in (folder / "out" / "state").rglob("*"):
                if file.is_file():
                    file.unlink()
            with _disk_errors():
                _load(_pipeline(folder), lake, folder)
        _discard(folder)


def append(lake: Path, folder: Path, spool: Spool) -> None:
    """Append the spooled rows, one Parquet file per dataset, and remove the work folder.

    A dataset without rows gets a file only when it has none yet with every column.
    """
    spool.close()
    with _disk_errors():
        pipeline = _pipeline(folder)
        pipeline.extract(_source(lake, spool), loader_file_format="parquet")
        pipeline.normalize()
        _sync(folder / "pipelines")
        (folder / "ready").touch()
        _sync(folder)
        _load(pipeline, lake, folder)
    _discard(folder)


@contextmanager
def _disk_errors() -> Iterator[None]:
    """What the disk refused is told as such, and not as what dlt made of it."""
    try:
        yield
    except Exception as error:
        first: BaseException = error
        while first.__cause__ or first.__context__:
            first = first.__cause__ or first.__context__
        if not isinstance(first, OSError) or first.errno not in NO_ROOM or first is error:
            raise
        raise OSError(first.errno, first.strerror, first.filename) from error


def _source(lake: Path, spool: Spool) -> object:
    import dlt

    from orchestration.collect.rows import DATASETS

    def tables(dataset: str) -> Iterator[pyarrow.Table]:
        yield from spool.tables(dataset)

    @dlt.source(name="collect")
    def collected() -> Iterator[object]:
        incomplete = incomplete_datasets(lake)
        for dataset in DATASETS:
            if spool.rows[dataset] or dataset in incomplete:
                yield dlt.resource(tables, name=dataset, write_disposition="append")(dataset)

    return collected()


def _load(pipeline: dlt.Pipeline, lake: Path, folder: Path) -> None:
    from orchestration.collect.rows import DATASETS

    # One worker: a dozen local files.
    pipeline.load(workers=1, raise_on_failed_jobs=True)
    for dataset in sorted(DATASETS, key=lambda name: name in _VOUCHING):
        for file in (folder / "out" / dataset).glob("*.parquet"):
            (lake / dataset).mkdir(exist_ok=True)
            file.rename(lake / dataset / file.name)


def _pipeline(folder: Path) -> dlt.Pipeline:
    # dlt reads this when it is first imported; no other setting of it is needed.
    os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
    import dlt

    from orchestration.collect.destination import LakeDestination

    pipeline = dlt.pipeline(
        "collect",
        pipelines_dir=str(folder / "pipelines"),
        destination=LakeDestination(
            bucket_url=(folder / "out").as_uri(),
            layout="{table_name}/{load_id}.{file_id}.{ext}",
            enable_dataset_name_normalization=False,
        ),
        dataset_name="state",
    )
    # Otherwise dlt also loads its own state, and waits a second for that job.
    pipeline.config.restore_from_destination = False
    return pipeline


def _discard(folder: Path) -> None:
    """Remove a work folder. The marker goes first: a folder half removed must not look ready."""
    (folder / "ready").unlink(missing_ok=True)
    shutil.rmtree(folder)


def _sync(folder: Path) -> None:
    """Make a folder's files, and the names in it, survive a power cut."""
    for parent, _, names in os.walk(folder):
        for name in [*names, "."]:
            descriptor = os.open(os.path.join(parent, name), os.O_RDONLY)  # noqa: PTH118
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
