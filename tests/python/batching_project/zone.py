"""A zone for the tests of batching: inputs that a test changes, and dbt runs on benchmarks/batching_project.

dbt runs in this process, on a manifest that is parsed once, so a run costs tenths of a second.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import yaml
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest
from dbt_common.events.base_types import EventMsg

ROOT = Path(__file__).parents[3]
# Not below tests/, where the main project looks for tests.
PROJECT = ROOT / "benchmarks" / "batching_project"

EVENTS = pa.schema(
    [
        ("event_id", pa.int64()),
        ("memo", pa.string()),
        ("arrival_number", pa.int64()),
        ("size_bytes", pa.int64()),
        ("amount", pa.decimal128(18, 2)),
        ("event_on", pa.date32()),
        ("event_at", pa.timestamp("us", "UTC")),
    ]
)
FEES = pa.schema([("fee_id", pa.int64()), ("amount", pa.decimal128(18, 2)), ("fee_on", pa.date32())])
PERIODS = pa.schema([("period_id", pa.string()), ("starts_on", pa.date32()), ("ends_on", pa.date32())])


@dataclass
class Run:
    """What a dbt run did: success, message and compiled query of each model, lines it printed."""

    success: bool
    messages: dict[str, str]
    queries: dict[str, str]
    lines: list[str]


@dataclass
class Zone:
    """Inputs under folder, and the warehouse that dbt builds from them."""

    folder: Path
    target: str = "duckdb"
    events: dict[int, dict[str, Any]] = field(default_factory=dict)
    fees: dict[int, dict[str, Any]] = field(default_factory=dict)
    periods: list[dict[str, Any]] = field(default_factory=list)

    def add_event(
        self, on: date | None, memo: str | None = "memo", amount: str = "1.00", size: int = 100
    ) -> int:
        """Append an event; returns its id, which is also its arrival number."""
        event_id = max(self.events, default=0) + 1
        self.events[event_id] = {
            "event_id": event_id,
            "memo": memo,
            "arrival_number": event_id,
            "size_bytes": size,
            "amount": Decimal(amount),
            "event_on": on,
            "event_at": None if on is None else datetime(on.year, on.month, on.day, event_id % 24),
        }
        return event_id

    def add_fee(self, on: date | None, amount: str = "0.10") -> int:
        """Append a fee; returns its id."""
        fee_id = max(self.fees, default=0) + 1
        self.fees[fee_id] = {"fee_id": fee_id, "amount": Decimal(amount), "fee_on": on}
        return fee_id

    def write(self) -> None:
        """Write the inputs as Parquet, each file replaced whole."""
        for name, schema, rows in (
            ("events", EVENTS, self.events.values()),
            ("fees", FEES, self.fees.values()),
            ("periods", PERIODS, self.periods),
        ):
            write_table(self.folder / f"{name}.parquet", schema, rows)

    def environment(self) -> dict[str, str]:
        """Environment variables that the project reads."""
        return {
            "BATCHING_DATA": str(self.folder),
            "BATCHING_TARGET": self.target,
        }

    def dbt(self, *arguments: str, variables: dict[str, Any] | None = None) -> Run:
        """Write the inputs and call dbt."""
        self.write()
        os.environ.update(self.environment())
        lines: list[str] = []

        def keep(event: EventMsg) -> None:
            if event.info.level != "debug":
                lines.append(event.info.msg)

        runner = dbtRunner(manifest=manifest(self.target), callbacks=[keep])
        outcome = runner.invoke([*arguments, *self.flags(), "--vars", yaml.safe_dump(variables or {})])
        DuckDBConnectionManager.close_all_connections()  # otherwise this process may keep the file locked
        results = getattr(outcome.result, "results", [])
        return Run(
            success=outcome.success,
            messages={result.node.name: result.message for result in results if hasattr(result, "node")},
            queries={
                result.node.name: result.node.compiled_code
                for result in results
                if getattr(getattr(result, "node", None), "compiled_code", None)
            },
            lines=lines if outcome.exception is None else [*lines, str(outcome.exception)],
        )

    def flags(self) -> list[str]:
        """Command line flags that keep every file of dbt in the zone and its output off the screen."""
        return [
            *("--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)),
            *("--target-path", str(self.folder / "target"), "--log-path", str(self.folder / "logs")),
            *("--log-level", "none", "--log-level-file", "none", "--no-write-json"),
        ]

    def run(self, *models: str, variables: dict[str, Any] | None = None, full_refresh: bool = False) -> Run:
        """dbt run of models and everything before them."""
        selection = ["--select", *(f"+{model}" for model in models)]
        return self.dbt("run", *selection, *(["--full-refresh"] if full_refresh else []), variables=variables)

    def warehouse(self) -> duckdb.DuckDBPyConnection:
        """A connection to the DuckDB file, to be closed before the next run."""
        connection = duckdb.connect(str(self.folder / "warehouse.duckdb"))
        connection.execute("set timezone = 'UTC'")
        return connection

    def built(self) -> bool:
        """Whether dbt has built anything yet."""
        return (self.folder / "warehouse.duckdb").exists()

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Rows of a query on the warehouse, sorted."""
        if self.target == "spark":
            from pyspark.sql import SparkSession

            return sorted(
                (tuple(row) for row in SparkSession.builder.getOrCreate().sql(query).collect()), key=str
            )
        with self.warehouse() as connection:
            return sorted(connection.execute(query).fetchall(), key=str)

    def ledger(self, model: str) -> list[tuple[Any, ...]]:
        """Attempts of a model: batch, reason, status, attempt number; in the order they were made."""
        attempts = self.rows(
            "select run_number, batch_number, ledger.batch_id, ledger.reason, status, ledger.attempt_number "
            "from ops.batch_ledger as ledger inner join ops.batch_queue using (model, run_number, batch_id) "
            f"where model = 'main.{model}'"
        )
        return [row[2:] for row in sorted(attempts, key=lambda row: row[:2])]

    def differences(self, run: Run, model: str) -> list[tuple[Any, ...]]:
        """Rows by which the batched table and its own query, run at once, differ."""
        at_once = Counter(self.rows(run.queries[model]))
        columns = ", ".join(name for name, *_ in self.described(run.queries[model]))
        batched = Counter(self.rows(f"select {columns} from main.{model}"))
        return sorted([*(at_once - batched).elements(), *(batched - at_once).elements()], key=str)

    def described(self, query: str) -> list[tuple[Any, ...]]:
        """Columns of a query: name, type."""
        if self.target == "spark":
            from pyspark.sql import SparkSession

            frame = SparkSession.builder.getOrCreate().sql(query)
            return [(column.name, column.dataType.simpleString()) for column in frame.schema]
        with self.warehouse() as connection:
            return [row[:2] for row in connection.execute(f"describe {query}").fetchall()]


def write_table(path: Path, schema: pa.Schema, rows: Iterable[dict[str, Any]]) -> None:
    """Write rows as a Parquet file that appears whole or not at all."""
    partial = path.with_suffix(".partial")
    pq.write_table(pa.Table.from_pylist(list(rows), schema=schema), partial)
    partial.replace(path)


@cache
def manifest(target: str) -> Manifest:
    """The project as parsed for a target."""
    outcome = dbtRunner().invoke(
        [
            *("parse", "--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT), "--target", target),
            *("--target-path", str(Path(os.environ["BATCHING_DATA"]) / "target")),
            *("--log-level", "none", "--log-level-file", "none", "--no-write-json", "--no-partial-parse"),
        ]
    )
    if outcome.exception is not None:
        raise outcome.exception
    return outcome.result
