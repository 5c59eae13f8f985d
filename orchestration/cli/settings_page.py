"""The page of the settings, docs/settings.md: made from the fields and their docstrings, never by hand."""

from __future__ import annotations

import ast
import difflib
import inspect
import os
from collections.abc import Iterable, Iterator
from dataclasses import fields
from itertools import pairwise

from orchestration.settings import Settings, Timetable, variable

# What dbt's own files and a few modules read by themselves.
_ELSEWHERE = [
    ("TIEOUT_BUSINESS_DATE", "the last date the statements cover", "The date dbt builds as of."),
    ("TIEOUT_COLLECT", "`auto`", "`off`: dbt builds from the lake as it is."),
    ("TIEOUT_SPARK_MASTER", "`local[2]`", "Spark's master: `local[*]`, `spark://host:7077`, `yarn`."),
    ("TIEOUT_SPARK_DRIVER_HOST", "`127.0.0.1`", "Address at which executors reach dbt."),
    ("TIEOUT_SPARK_MEMORY", "`2g`", "Memory of the Spark driver."),
    ("TIEOUT_SPARK_PARTITIONS", "`2`", "Parts of a shuffle at most: two for each core of a cluster."),
    ("TIEOUT_SPARK_METASTORE", "beside Spark's tables", "Folder of Spark's metastore, on dbt's machine."),
    ("TIEOUT_SPARK_CONNECT", "`sc://127.0.0.1:15002`", "Server behind the target `spark_connect`."),
    ("TIEOUT_SPARK_THRIFT", "`127.0.0.1`", "Host of the server behind `spark_thrift`."),
    ("TIEOUT_USER", "the login name", "Who closes, pays and publishes, in the audit trail."),
    ("TIEOUT_SIGNING_KEY", "none", "Private key that `tieout sign` signs with, unless it is given a file."),
]
_OF_CAMPAIGN = "TIEOUT_CAMPAIGN"  # of `make campaign`, whose tests run commands


def misspelt_settings() -> Iterator[str]:
    """A line for each variable of the environment that is named like a setting and is none."""
    known = [name for name, _, _ in [*_rows(Settings), *_rows(Timetable), *_ELSEWHERE]]
    for name in sorted(os.environ):
        if name.startswith("TIEOUT_") and name not in (*known, _OF_CAMPAIGN):
            near = difflib.get_close_matches(name, known, 1, 0.8)
            meant = f"did you mean {near[0]}" if near else "docs/settings.md has them all"
            yield f"{name} is no setting and changes nothing: {meant}"


def settings_page() -> str:
    """Every variable with its default and its meaning, as Markdown."""
    lines = [
        "# Settings",
        "",
        "Every setting is a variable of the environment; an empty one is its default, and a relative path is",
        "relative to the project. This page is written by `tieout settings > docs/settings.md`.",
        "",
        *_table("Every command", _rows(Settings)),
        *_table("When Dagster does what", _rows(Timetable)),
        *_table("dbt and the audit trail", _ELSEWHERE),
    ]
    return "\n".join(lines).rstrip()


def _table(title: str, rows: Iterable[tuple[str, str, str]]) -> Iterator[str]:
    yield from (f"## {title}", "", "| variable | default | meaning |", "|---|---|---|")
    yield from (f"| `{name}` | {default} | {meaning} |" for name, default, meaning in rows)
    yield ""


def _rows(settings: type) -> Iterator[tuple[str, str, str]]:
    meanings = _docstrings(settings)
    for each in fields(settings):
        default = each.metadata["default"]
        yield variable(each), f"`{default}`" if default else "none", meanings[each.name]


def _docstrings(settings: type) -> dict[str, str]:
    """The string below each field, in one line. Python keeps it in the source only."""
    body = ast.parse(inspect.getsource(settings)).body[0].body
    return {
        before.target.id: " ".join(after.value.value.split())
        for before, after in pairwise(body)
        if isinstance(before, ast.AnnAssign) and isinstance(after, ast.Expr)
    }
