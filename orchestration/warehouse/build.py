"""`dbt build` in this process, with its progress: a bar on a terminal, a line for every tenth elsewhere."""

from __future__ import annotations

import gc
import os
import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import nullcontext
from time import monotonic
from typing import Any

import click

from orchestration.lake.lock import held_by
from orchestration.settings import PROJECT_DIR, Settings
from orchestration.warehouse.dbt_on_spark import handing_over
from orchestration.warehouse.dbt_process import (
    BuildFailedError,
    build_arguments,
    file_log,
    wait_for_warehouse,
)
from orchestration.warehouse.inputs import DONE

_RESULTS = frozenset({"LogModelResult", "LogSeedResult", "LogTestResult"})
_WIDTH = 30


def build(arguments: Sequence[str] = ()) -> str:
    """Collect, build and test as `dbt build` does, without unit tests, and say in a line what was done.

    arguments: more arguments of dbt, such as a selection. Raises BuildFailedError.
    """
    wait_for_warehouse()
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    # What dbt has parsed lives to its end: looking for garbage in it again and again is a tenth of a build.
    gc.set_threshold(200_000, 50, 50)
    os.environ.update(file_log())
    progress = _Progress(is_terminal=sys.stderr.isatty())
    settings = Settings.from_environment()
    with handing_over(settings) if settings.is_on_spark else nullcontext():
        outcome = dbtRunner(callbacks=[progress.take]).invoke(
            [
                *build_arguments(is_tested=settings.data_tests),
                *arguments,
                *("--quiet", "--project-dir", str(PROJECT_DIR)),
            ]
        )
    DuckDBConnectionManager.close_all_connections()  # or this process could not open the warehouse itself
    progress.end()
    if outcome.exception and (holder := held_by(outcome.exception)):
        raise BuildFailedError(f"the warehouse is in use by {holder}: wait for it to end, or end it")
    if not outcome.success:
        raise BuildFailedError(str(outcome.exception) if outcome.exception else progress.failed)
    return progress.done


class _Progress:
    """Counts the results that dbt tells."""

    def __init__(self, is_terminal: bool) -> None:
        self._is_terminal = is_terminal
        self._began = monotonic()
        self._counts: Counter[str] = Counter()
        self._failed: list[str] = []
        self._tenths = 0
        self._say("reading the project")

    def take(self, event: Any) -> None:
        """One event of dbt."""
        if event.info.name == "FoundStats":
            self._say(f"{event.data.stat_line.partition(',')[0].strip()}: collecting, building and testing")
        if event.info.name not in _RESULTS:
            return
        node = event.data.node_info
        self._counts[node.resource_type] += 1
        if node.node_status not in DONE:
            self._failed.append(node.node_name)
        self._show(node.node_name, getattr(event.data, "total", 0) or event.data.num_models)

    @property
    def done(self) -> str:
        """What was done."""
        return (
            f"built {self._counts['model']} models and {self._counts['seed']} seeds and tested them with"
            f" {self._counts['test']} tests in {monotonic() - self._began:.0f} s"
        )

    @property
    def failed(self) -> str:
        """What did not succeed."""
        return f"the build failed at {', '.join(self._failed) or 'its start'}: the messages above say why"

    def end(self) -> None:
        """Leave the line of the bar."""
        if self._is_terminal:
            click.echo(err=True)

    def _show(self, name: str, total: int) -> None:
        count = self._counts.total()
        if self._is_terminal:
            bar = "#" * (_WIDTH * count // total)
            seconds = monotonic() - self._began
            line = f"\r[{bar:<{_WIDTH}}] {count} of {total}, {seconds:.0f} s  {name[:50]:<50}"
            click.echo(line, nl=False, err=True)
        elif 10 * count // total > self._tenths:
            self._tenths = 10 * count // total
            self._say(f"{count} of {total} built and tested")

    def _say(self, text: str) -> None:
        click.echo(f"{monotonic() - self._began:5.0f} s  {text}", err=True)
