"""dbt where Spark builds: what the plugin does for DuckDB around a build, and the handing over behind it.

`python -m orchestration.warehouse.dbt_on_spark build ...` takes the arguments of dbt.
"""

from __future__ import annotations

import datetime
import json
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from orchestration.errors import TieoutError
from orchestration.lake.lock import file_lock
from orchestration.settings import PROJECT_DIR, Settings
from orchestration.warehouse.artifacts import ArtifactError, read_results
from orchestration.warehouse.dbt_process import BUSINESS_DATE
from orchestration.warehouse.hand_over import (
    WRITTEN,
    HandOverError,
    hand_over,
    is_current,
    refuse_built_by_duckdb,
)
from orchestration.warehouse.inputs import run_inputs
from orchestration.warehouse.preparation import dbt_folders, prepare

_BUILDING = ("build", "run", "seed", "test", "retry")


@contextmanager
def handing_over(settings: Settings) -> Iterator[None]:
    """Around a run of dbt in this process that builds: prepare it, and hand over what Spark has behind it.

    Also when nodes failed, since the page and the alerts say why. Another run on the warehouse is waited for.
    Raises what prepare and hand_over raise.
    """
    refuse_built_by_duckdb(settings.warehouse)
    prepare(settings, PROJECT_DIR / "target", PROJECT_DIR / "logs")
    with _lock(settings):
        remove_cut_off(settings.spark_warehouse)
        began = datetime.datetime.now(datetime.UTC)
        inputs = run_inputs(settings, os.environ.get(BUSINESS_DATE, ""))
        yield
        target_dir, _ = dbt_folders()
        if not (target_dir / "manifest.json").exists():
            return  # dbt got no further than its own start
        missing = _hand_over(settings, target_dir, known_invocation(target_dir, began), inputs)
    if missing:
        print(f"not handed over, for Spark has not built them: {', '.join(missing)}", file=sys.stderr)


def hand_over_what_is_left(settings: Settings, target_dir: Path) -> None:
    """Hand over what a run of dbt that was killed left, unless it did so itself: its nodes are pending.

    target_dir: dbt's of that run. Raises HandOverError.
    """
    with _lock(settings):
        if not is_current(settings) and (target_dir / "manifest.json").exists():
            _hand_over(settings, target_dir, None, {})


def remove_cut_off(spark_warehouse: Path) -> None:
    """Remove the folders of tables whose only write was cut off: Spark makes no table where a folder is."""
    for unfinished in [*spark_warehouse.glob("*.db/*/_temporary")]:
        if not any(unfinished.parent.rglob(WRITTEN)):
            shutil.rmtree(unfinished.parent)


def _lock(settings: Settings) -> AbstractContextManager[None]:
    """One run of dbt at a time, as DuckDB's file has it of itself."""
    return file_lock(
        settings.warehouse.with_suffix(".build.lock"),
        settings.lock_timeout_seconds,
        "build",
        f"the warehouse {settings.warehouse}",
        HandOverError,
    )


def _hand_over(
    settings: Settings, target_dir: Path, invocation_id: str | None, inputs: Mapping[str, str]
) -> list[str]:
    manifest = json.loads((target_dir / "manifest.json").read_bytes())
    return hand_over(settings, manifest, invocation_id, inputs)


def known_invocation(target_dir: Path, began: datetime.datetime) -> str | None:
    """The run of dbt since then that read nothing but the inputs; variables of the command line are more."""
    try:
        results = read_results(target_dir / "run_results.json")
    except ArtifactError:
        return None
    metadata = results["metadata"]
    is_of_before = datetime.datetime.fromisoformat(metadata["generated_at"]) < began
    return None if is_of_before or results["args"].get("vars") else metadata["invocation_id"]


def main(arguments: list[str]) -> int:
    """Run dbt, and return the exit code: dbt's own, or 1 for what keeps it from building or handing over."""
    from dbt.cli.main import cli

    def run() -> int:
        try:
            return cli(arguments, prog_name="dbt")
        except SystemExit as end:
            return end.code

    if not set(_BUILDING).intersection(arguments):
        return run()
    try:
        with handing_over(Settings.from_environment()):
            code = run()
    except TieoutError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
