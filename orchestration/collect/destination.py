"""dlt's filesystem destination for one load: `<bucket>/<dataset>/`, each file on the disk when dlt is done.

The bucket is a folder that only the load knows; its files move into the lake when all of them are whole.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from dlt.common.destination.client import LoadJob, PreparedTableSchema
from dlt.destinations.impl.filesystem.factory import filesystem
from dlt.destinations.impl.filesystem.filesystem import FilesystemClient, FilesystemLoadJob


class LakeFileJob(FilesystemLoadJob):
    """Puts one Parquet file into its dataset's folder. Running it again writes the same file again."""

    def run(self) -> None:
        """Copy and sync."""
        target = Path(self.make_remote_path())
        target.parent.mkdir(parents=True, exist_ok=True)
        with Path(self._file_path).open("rb") as source, target.open("wb") as copy:
            shutil.copyfileobj(source, copy, 1 << 20)
            copy.flush()
            os.fsync(copy.fileno())

    def make_remote_path(self) -> str:
        """The path: `<bucket>/<dataset>/<dlt's load id>.<file id>.parquet`."""
        return str(Path(self._job_client.bucket_path) / self.make_remote_file_path(self._file_name))


class LakeClient(FilesystemClient):
    """Keeps dlt's own tables in the state folder and data beside it."""

    def get_load_job_class(self, table: PreparedTableSchema, file_path: str) -> type[LoadJob]:
        """The job of one file."""
        return (
            super().get_load_job_class(table, file_path) if self.is_dlt_table(table["name"]) else LakeFileJob
        )

    def create_dataset(self) -> None:
        """Make the state folder; a killed load may have made it before."""
        Path(self.dataset_path).mkdir(parents=True, exist_ok=True)

    def get_table_prefix(self, table_name: str, schema_name: str | None = None) -> str:
        """The folder of a table, with a trailing separator."""
        if self.is_dlt_table(table_name):
            return super().get_table_prefix(table_name, schema_name)
        return str(Path(self.bucket_path) / table_name) + os.sep


class LakeDestination(filesystem):
    """The filesystem destination with LakeClient."""

    @property
    def client_class(self) -> type[FilesystemClient]:
        """The client that dlt makes."""
        return LakeClient
