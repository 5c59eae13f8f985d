"""Appending to the lake, so that a killed load is finished or forgotten, never half there.

A load works in `<lake>/_loads/work/<load id>/`: `spool/` has its rows as they come, `out/` its Parquet files.
`out/_chain/` has the load's link.
`ready` appears once every file of `out/` is whole and on the disk. Before it, nothing of the load is in the
lake, and the folder is thrown away; after it the files move into the lake one by one, under the names they
have, and whoever opens the lake next finishes what a kill left.
"""

from __future__ import annotations

import logging
import secrets
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.lake.catalog import read_catalog
from orchestration.lake.chain import CHAIN, append_link, head, move_link, row_digests, stated, write_link
from orchestration.lake.datasets import DATASETS
from orchestration.lake.disk import sync, sync_all
from orchestration.lake.errors import LakeDamagedError
from orchestration.lake.lock import lake_lock
from orchestration.lake.packs import pack
from orchestration.lake.proof import prove_new
from orchestration.lake.read import incomplete_datasets
from orchestration.lake.schema import LINEAGE
from orchestration.settings import Settings

if TYPE_CHECKING:
    import duckdb

    from orchestration.lake.spool import Spool

log = logging.getLogger(__name__)

_WORK = "_loads/work"
# The rows of these vouch for the rows of the others, so they appear last.
_VOUCHING = ("collected_files", "closes", "payroll_closes", "payment_files", "dbt_runs")
_ROWS_PER_BATCH = 100_000


def utc_now() -> datetime:
    """The clock of a real run."""
    return datetime.now(UTC)


@contextmanager
def open_load(settings: Settings, clock: Callable[[], datetime] = utc_now) -> Iterator[Load]:
    """Hold the lake's lock for one load, and append it when the block ends; after an error, nothing of it.

    clock: gives the time, in UTC. Raises LakeBusyError, LakeDamagedError, and LakeAlteredError when the lake
    is not what was appended to it.
    """
    with lake_lock(settings.lake, settings.lock_timeout_seconds):
        at = clock()
        recover(settings, at)
        prove_new(settings)
        load = Load(settings, read_catalog(settings.lake).next_load_id(at), at)
        try:
            yield load
            if not load.is_empty:
                load.append()
                prove_new(settings)  # remembered at once, so that it cannot be cut off unseen
        finally:
            load.discard()


class Load:
    """Rows that reach the lake together or not at all. Needs the lake's lock.

    id: the load id in each of its rows. at: when it was opened, in UTC.
    """

    def __init__(self, settings: Settings, load_id: str, at: datetime) -> None:
        self.id = load_id
        self.at = at
        self.folder = settings.lake / _WORK / load_id
        self._lake = settings.lake
        self._key = settings.chain_key
        self._spool: Spool | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing was written."""
        return self._spool is None or not any(self._spool.rows.values())

    @property
    def chain_head(self) -> str:
        """The hash of the newest link, which the load's own will follow."""
        return head(self._lake, self._key).hash

    @property
    def spool(self) -> Spool:
        """Its rows, for who takes some of them back. The work folder is made when first needed."""
        from orchestration.lake.spool import Spool

        if self._spool is None:
            self.folder.mkdir(parents=True)
            self._spool = Spool(self.folder / "spool")
        return self._spool

    def write(self, dataset: str, rows: Sequence[tuple], file_hash: str | None = None) -> None:
        """Add rows of the dataset's row type. file_hash: of the file they come from, if any."""
        if rows:
            self.spool.write_rows(dataset, rows, file_hash, self.id)

    def copy(
        self,
        warehouse: duckdb.DuckDBPyConnection,
        dataset: str,
        model: str,
        condition: str = "true",
        parameters: Sequence[object] = (),
    ) -> int:
        """Add the rows of a model that has the dataset's columns, and return how many they are."""
        from orchestration.lake.spool import with_lineage

        schema = DATASETS[dataset]
        columns = ", ".join(schema.names[: -len(LINEAGE)])
        rows = warehouse.execute(f"select {columns} from {model} where {condition}", list(parameters))
        for batch in rows.to_arrow_reader(_ROWS_PER_BATCH):
            cast = [column.cast(field.type) for column, field in zip(batch.columns, schema, strict=False)]
            self.spool.write(dataset, with_lineage(dataset, cast, batch.num_rows, None, self.id))
        return self.spool.rows[dataset]

    def rollback(self) -> None:
        """Take back what was written since the spool's `begin`."""
        if self._spool is not None:
            self._spool.rollback()

    def append(self) -> None:
        """Append the rows, one Parquet file per dataset, and their link, and remove the work folder.

        A dataset without rows gets a file only when it has none yet with every column. Raises
        LakeDamagedError and SettingsError.
        """
        spool = self.spool
        spool.close()
        out, files, digests = self.folder / "out", [], b""
        incomplete = incomplete_datasets(self._lake)
        # Two loads may have one id, where a clock stands still.
        name = f"{self.id}.{secrets.token_hex(4)}.parquet"
        for dataset, rows in spool.rows.items():
            if rows or dataset in incomplete:
                file = out / dataset / name
                digests += _write_parquet(file, dataset, spool, self._key)
                files.append(stated(file, f"{dataset}/{name}", rows))
        write_link(
            self._lake, out / CHAIN, "load", self.at, self._key, files=files, digests=digests, load_id=self.id
        )
        sync_all(out)
        (self.folder / "ready").touch()
        sync(self.folder)
        _finish(self._lake, self.folder)
        self._spool = None
        pack(self._lake, self.at, self._key)

    def discard(self) -> None:
        """Forget what was not appended."""
        if self._spool is not None:
            self._spool.close()
            self._spool = None
            shutil.rmtree(self.folder)


def recover(settings: Settings, at: datetime) -> None:
    """Finish or forget the loads of a run that was killed, and see that the lake has a chain.

    at: the time, for the chain's first link. Needs the lake's lock. Raises LakeDamagedError, SettingsError.
    """
    lake = settings.lake
    for folder in sorted((lake / _WORK).iterdir() if (lake / _WORK).is_dir() else ()):
        if (folder / "ready").exists():
            log.warning("finishing load %s, which an earlier process did not end", folder.name)
            _finish(lake, folder)
        else:
            shutil.rmtree(folder)
    _adopt(lake, at, settings.chain_key)


def _adopt(lake: Path, at: datetime, key: bytes | None) -> None:
    """Give a lake of before there was a chain its first link."""
    files = [file for dataset in DATASETS for file in sorted((lake / dataset).glob("*.parquet"))]
    if head(lake, key).number or not files:
        return
    import pyarrow.parquet

    log.info("the lake has no chain yet: it begins with the %d files that are there", len(files))
    facts, digests = [], []
    for file in files:
        try:
            with pyarrow.parquet.ParquetFile(file) as rows:
                digests += [row_digests(batch, key) for batch in rows.iter_batches()]
                facts.append(stated(file, file.relative_to(lake).as_posix(), rows.metadata.num_rows))
        except pyarrow.ArrowException as error:
            raise LakeDamagedError(f"the lake cannot be read: {file}: {error}") from error
    # Copies, which nobody stated.
    shutil.rmtree(lake / "_packs", ignore_errors=True)
    append_link(lake, "found", at, key, files=facts, digests=b"".join(digests))


def _write_parquet(file: Path, dataset: str, spool: Spool, key: bytes | None) -> bytes:
    """Write a dataset's rows, and return their digests."""
    import pyarrow.parquet

    file.parent.mkdir(parents=True)
    # Opened here, so that what the disk refuses is told as the system tells it.
    digests = []
    with file.open("wb") as sink, pyarrow.parquet.ParquetWriter(sink, DATASETS[dataset]) as writer:
        for table in spool.tables(dataset):
            writer.write_table(table)
            digests.append(row_digests(table, key))
    return b"".join(digests)


def _finish(lake: Path, folder: Path) -> None:
    """Move the files of a load that is ready into the lake, and remove its folder."""
    for dataset in sorted(DATASETS, key=lambda name: name in _VOUCHING):
        for file in (folder / "out" / dataset).glob("*.parquet"):
            (lake / dataset).mkdir(exist_ok=True)
            file.rename(lake / dataset / file.name)
            sync(lake / dataset)
    move_link(folder / "out" / CHAIN, lake)
    # The marker goes first: a folder half removed must not look ready.
    (folder / "ready").unlink()
    shutil.rmtree(folder)
