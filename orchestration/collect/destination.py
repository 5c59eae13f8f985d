"""dlt's filesystem destination for the lake: `<lake>/<dataset>/`, each file visible only when whole.

dlt copies a Parquet file to its final name byte by byte; a reader, or a kill, could meet half of one.
Here the copy gets a hidden name, reaches the disk, and is renamed.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from dlt.common.destination.client import LoadJob, PreparedTableSchema
from dlt.destinations.impl.filesystem.factory import filesystem
from dlt.destinations.impl.filesystem.filesystem import FilesystemClient, FilesystemLoadJob


class LakeFileJob(FilesystemLoadJob):
    """Puts one Parquet file into its dataset's folder, atomically. Running it again changes nothing."""

    def run(self) -> None:
        """Copy, sync, rename."""
        target = Path(self.make_remote_path())
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(f".{target.name}.partial")
        with Path(self._file_path).open("rb") as source, partial.open("wb") as copy:
            shutil.copyfileobj(source, copy, 1 << 20)
            copy.flush()
            os.fsync(copy.fileno())
        partial.replace(target)

    def make_remote_path(self) -> str:
        """The final path: `<lake>/<dataset>/<dlt's load id>.<file id>.parquet`."""
        return str(Path(self._job_client.bucket_path) / self.make_remote_file_path(self._file_name))


class LakeClient(FilesystemClient):
    """Keeps dlt's own tables in the load's state folder and data in the lake itself."""

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
