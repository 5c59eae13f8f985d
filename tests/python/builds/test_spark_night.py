"""A whole night on Spark: it closes, publishes and tells what a night on DuckDB does."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import pytest
from independent_books import generate_books

from orchestration.collect import collect
from orchestration.lake.datasets import DATASETS
from orchestration.lake.read import lake_rows
from orchestration.report.answers import read_answers, reading
from orchestration.settings import PROJECT_DIR, Settings

pytest.importorskip("pyspark")

NIGHT = "2026-10-09"
CLOSED = ("closes", "closed_items", "closed_matches", "closed_balances")
# Of the load, the clock and the chain, not of the books.
OF_THE_LOAD = ("close_id", "load_id", "closed_at", "chain_head", "file_hash")
QUERIES = PROJECT_DIR / "orchestration" / "report" / "queries"


@dataclass
class Night:
    """A night on an engine, in a zone of its own."""

    zone: Path
    landing: Path
    target: str

    def run(self) -> None:
        places = {
            "LANDING": self.landing,
            "LAKE": self.zone / "lake",
            "WAREHOUSE": self.zone / "warehouse" / "tieout.duckdb",
            "SPARK_WAREHOUSE": self.zone / "spark",
            "PUBLISHED": self.zone / "published",
            "REPORTS": self.zone / "reports",
        }
        home = self.zone / "dagster"
        home.mkdir(parents=True)
        shutil.copy(PROJECT_DIR / "orchestration" / "instance" / "dagster.yaml", home)
        done = subprocess.run(
            [sys.executable, "-c", "from orchestration.cli import main; main()", "night", NIGHT],
            cwd=PROJECT_DIR,
            env=os.environ
            | {f"TIEOUT_{name}": str(path) for name, path in places.items()}
            | {"TIEOUT_TARGET": self.target, "TIEOUT_DATA_TESTS": "off", "TIEOUT_SPARK_PARTITIONS": "1"}
            | {"DAGSTER_HOME": str(home)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def closed(self, dataset: str) -> list[str]:
        """The rows of a close, without what is of the load."""
        columns = [name for name in DATASETS[dataset].names if name not in OF_THE_LOAD]
        return sorted(map(repr, lake_rows(self.zone / "lake", dataset, columns)))

    def published(self) -> dict[str, str]:
        """The fingerprint of every mart that is of the books, payroll's too."""
        current = self.zone / "published" / "current"
        facts = [json.loads((current / part / "version.json").read_text()) for part in ("", "payroll")]
        return {
            f"{mart['schema']}.{mart['table']}": mart["fingerprint"]
            for each in facts
            for mart in each["tables"]
            if mart["schema"] != "operations"
        }

    def note(self) -> str:
        return json.loads((self.zone / "published" / "current" / "version.json").read_text())["note"]

    def answers(self) -> dict[str, Any]:
        """What the page asks of the books, and how it is answered."""
        copy = self.zone / "published" / "current" / "tieout.duckdb"
        with reading(copy) as connection:
            answers = read_answers(connection, QUERIES)
        return {
            name: (answer.rows, answer.problem)
            for name, answer in answers.items()
            if not any(table.startswith(("operations.", "published.")) for table in answer.tables)
        }


@pytest.mark.more
@pytest.mark.skipif(not shutil.which("java"), reason="Left out: a night on Spark, for want of Java 17")
def test_a_night_on_spark_is_the_night(tmp_path: Path) -> None:
    landing = tmp_path / "landing"
    generate_books(landing, tmp_path / "truth.csv", seed=5, size=300)
    # One lake for both: rows say by which load they came.
    collect(replace(Settings.from_environment(), landing=landing, lake=tmp_path / "lake", ledger_url=None))
    duck, spark = (Night(tmp_path / target, landing, target) for target in ("duckdb", "spark"))
    for night in (duck, spark):
        shutil.copytree(tmp_path / "lake", night.zone / "lake")
        night.run()
    for dataset in CLOSED:
        assert spark.closed(dataset) == duck.closed(dataset), dataset
        assert spark.closed(dataset), dataset
    assert len(spark.published()) > 30
    assert spark.published() == duck.published()
    assert spark.note() == duck.note() and "data tests of bank were left out" in spark.note()
    assert spark.answers() == duck.answers()
    with duckdb.connect(str(spark.zone / "warehouse" / "tieout.duckdb"), read_only=True) as handed_over:
        assert handed_over.sql("select count(*) > 0 from ops.run_inputs").fetchone() == (True,)
