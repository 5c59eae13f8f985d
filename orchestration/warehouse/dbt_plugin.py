"""dbt-duckdb plugin: a connection that opens first collects what has landed, so `dbt build` works by itself.

It also records the dbt invocation before, whose results still stand in dbt's target folder. With
TIEOUT_COLLECT=off it does neither, for commands that must see the lake as it is. The connection also gets
what the run reads beside what it builds, and the function behind the macro employee_key, so that its secret
stands in no file; without a key nothing is built.
"""

from __future__ import annotations

import os
from typing import Any

import duckdb
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt_common.exceptions import DbtRuntimeError

from orchestration.errors import TieoutError
from orchestration.lake.pseudonyms import hmac_pads, pseudonym_key, remember_key
from orchestration.settings import Settings
from orchestration.warehouse.dbt_process import BUSINESS_DATE
from orchestration.warehouse.hand_over import is_handed_over
from orchestration.warehouse.inputs import run_inputs
from orchestration.warehouse.preparation import dbt_folders, prepare

# dbt opens the connection again after an error: what refused the first one refuses the others.
_state: dict[str, Any] = {"refused": None}


class Plugin(BasePlugin):
    """Collects once per process. Its errors, such as a missing landing folder, end the dbt command."""

    def initialize(self, plugin_config: dict[str, Any]) -> None:
        """Called by dbt-duckdb before the first connection is used."""
        if _state["refused"] is None:
            try:
                settings = Settings.from_environment()
                if prepare(settings, *dbt_folders()):
                    _record_predecessor(settings)
            except TieoutError as error:
                _state["refused"] = DbtRuntimeError(str(error))
        if _state["refused"] is not None:
            raise _state["refused"]

    def configure_connection(self, conn: duckdb.DuckDBPyConnection) -> None:
        """Called by dbt-duckdb when the connection opens. What it makes lives in memory and ends with it."""
        from dbt.flags import get_flags

        from orchestration.lake.datasets import DATASETS
        from orchestration.lake.read import as_patterns, dataset_files

        settings = Settings.from_environment()
        if is_handed_over(conn):
            _state["refused"] = DbtRuntimeError(
                f"{settings.warehouse} is what Spark handed over, and nothing to build in: set"
                " TIEOUT_WAREHOUSE to another file, or TIEOUT_TARGET to spark"
            )
            raise _state["refused"]
        inner, outer = hmac_pads(pseudonym_key(settings))
        remember_key(settings)
        inputs = run_inputs(settings, os.environ.get(BUSINESS_DATE, ""), getattr(get_flags(), "VARS", None))
        conn.execute("attach if not exists ':memory:' as python")
        conn.execute(
            "create or replace macro python.main.employee_key(employee_id)"
            f" as sha256(unhex('{outer}') || unhex(sha256(unhex('{inner}') || encode(employee_id))))"
        )
        conn.execute("create or replace table python.main.run_inputs (name text, fingerprint text)")
        conn.executemany("insert into python.main.run_inputs values ($1, $2)", list(inputs.items()))
        conn.execute("create or replace table python.main.lake_files (dataset text, path text)")
        for dataset in DATASETS:
            folder, files = settings.lake / dataset, dataset_files(settings.lake, dataset)
            paths = as_patterns(files)
            if all(file.parent == folder for file in files):
                paths = [f"{as_patterns([folder])[0]}/*.parquet"]
            conn.execute("insert into python.main.lake_files select $1, unnest($2)", [dataset, paths])


def _record_predecessor(settings: Settings) -> None:
    """Record the results in dbt's target folder. What hinders it is told, and does not end the command."""
    target_dir, _ = dbt_folders()
    if not (target_dir / "run_results.json").exists():
        return
    from orchestration.lake.errors import LakeBusyError
    from orchestration.warehouse.artifacts import ArtifactError
    from orchestration.warehouse.record import record_run

    try:
        record_run(settings, target_dir)
    except ArtifactError:
        return  # of a command that neither builds nor tests, or cut off while it was written
    except (LakeBusyError, OSError) as error:
        print(f"the last run of dbt is not recorded: {error}", flush=True)
