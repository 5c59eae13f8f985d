"""dbt where Spark builds: what the plugin does for DuckDB around a build, and the handing over behind it.

`python -m orchestration.warehouse.dbt_on_spark build ...` takes the arguments of dbt.
"""

from __future__ import annotations

import datetime
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from orchestration.errors import TieoutError
from orchestration.settings import Settings
from orchestration.warehouse.artifacts import ArtifactError, read_results
from orchestration.warehouse.dbt_process import BUSINESS_DATE
from orchestration.warehouse.hand_over import hand_over
from orchestration.warehouse.inputs import run_inputs
from orchestration.warehouse.preparation import dbt_folders, prepare

_BUILDING = ("build", "run", "seed", "test", "retry")


@contextmanager
def handing_over(settings: Settings) -> Iterator[None]:
    """Around a run of dbt in this process that builds: prepare it, and hand over what Spark has behind it.

    Also when nodes failed, since the page and the alerts say why. Raises what prepare and hand_over raise.
    """
    prepare(settings)
    began = datetime.datetime.now(datetime.UTC)
    inputs = run_inputs(settings, os.environ.get(BUSINESS_DATE, ""))
    yield
    target_dir, _ = dbt_folders()
    if not (target_dir / "manifest.json").exists():
        return  # dbt got no further than its own start
    invocation_id = _invocation(target_dir, began)
    missing = hand_over(
        settings, json.loads((target_dir / "manifest.json").read_bytes()), invocation_id, inputs
    )
    if missing:
        print(f"not handed over, for Spark has not built them: {', '.join(missing)}", file=sys.stderr)


def _invocation(target_dir: Path, began: datetime.datetime) -> str | None:
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

    if arguments[:1] and arguments[0] not in _BUILDING:
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
