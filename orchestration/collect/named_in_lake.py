"""What the lake has of what a file of decisions names, asked before the file is read: ids, and rows."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from orchestration.lake.datasets import DATASETS, source_of
from orchestration.lake.read import lake_rows

_ROW = re.compile(rb"\b([0-9a-f]{64}):([1-9][0-9]{0,17})\b")
_CONTENTS = ["decision", "subjects", "reason", "decided_by", "decided_at"]

Contents = tuple[Any, ...]


class Known(NamedTuple):
    """What the lake has first of a decision. loaded_on: day of its load, by UTC."""

    contents: Contents
    loaded_on: datetime.date

    @property
    def decision(self) -> str:
        """Its kind."""
        return self.contents[0]


def contents_of(row: Mapping[str, Any]) -> Contents:
    """What is compared of two decisions with one id."""
    return (row["decision"], *(" ".join(row[name].split()) for name in _CONTENTS[1:4]), row["decided_at"])


def day_of_load(load_id: str) -> datetime.date:
    """The day on which a load was opened, by UTC, which says what policies are in force for its decisions."""
    return datetime.date.fromisoformat(load_id[:8])


def known_decisions(lake: Path, content: bytes) -> dict[str, Known]:
    """The first contents of each decision in the lake whose id the file may name."""
    known: dict[str, Known] = {}
    for row in lake_rows(lake, "decisions", ["decision_id", "load_id", *_CONTENTS]):
        if row["decision_id"].strip().encode() in content:
            known.setdefault(row["decision_id"].strip(), Known(contents_of(row), day_of_load(row["load_id"])))
    return known


def absent_rows(lake: Path, content: bytes) -> dict[str, str]:
    """What is wrong with rows that the file may name, <file_hash>:<line_number>, of loaded files."""
    named: dict[str, set[int]] = {}
    for file_hash, line in _ROW.findall(content):
        named.setdefault(file_hash.decode(), set()).add(int(line))
    absent = {}
    for file_hash, lines in named.items():
        files = lake_rows(lake, "collected_files", ["path", "source"], file_hash=file_hash, status="loaded")
        if files:
            there = {
                row["line_number"]
                for dataset in DATASETS
                if source_of(dataset) == files[0]["source"]
                for row in lake_rows(lake, dataset, ["line_number"], file_hash=file_hash)
            }
            span = f"its rows stand on lines {min(there)} to {max(there)}" if there else "it has no rows"
            for line in lines - there:
                absent[f"{file_hash}:{line}"] = f"{files[0]['path']} has no row on line {line}: {span}"
    return absent
