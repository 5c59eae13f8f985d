"""The same books matched otherwise: python benchmarks/matching_rivals.py RIVAL BOOKS REPORT

RIVAL: by_hand (matching_by_hand.py on DuckDB), spark (the same queries on PySpark, local), polars (its
one-to-one and group passes, which claim nine tenths of the items) or splink (a link of both sides on
reference, amount, counterparty and date). BOOKS: the DuckDB file that matching.py filled. Polars and Splink
are not in the lock: install them beside it.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import duckdb
from matching_by_hand import PASSES, match

ITEMS = "select * from books.intermediate.items_by_hand"
REFERENCES = "select * from books.intermediate.references_by_hand"


def attached(books: str) -> duckdb.DuckDBPyConnection:
    """A connection in memory with the books attached for reading."""
    connection = duckdb.connect()
    connection.execute(f"attach '{books}' as books (read_only)")
    return connection


def by_hand(books: str, folder: Path) -> tuple[float, int]:
    """Seconds, and pairs found, on a DuckDB file of its own."""
    connection = duckdb.connect(str(folder / "by_hand.duckdb"))
    connection.execute(f"attach '{books}' as books (read_only)")
    connection.execute(f"create view items as {ITEMS}")
    connection.execute(f"create view bank_references as {REFERENCES}")
    connection.execute("create table numbers as select range as number from range(256)")
    began = perf_counter()
    match(
        lambda name, query: connection.execute(f"create table {name} as {query}"),
        lambda name: connection.execute(f"drop table {name}"),
    )
    seconds = perf_counter() - began
    counts = [connection.execute(f"select count(*) from pairs_{name}").fetchone()[0] for name in PASSES]
    return seconds, sum(counts)


def spark(books: str, folder: Path) -> tuple[float, int]:
    """Seconds, start of the session not counted, and pairs found; every query is saved as Parquet."""
    from pyspark.sql import SparkSession

    connection = attached(books)
    for name, query in {"items": ITEMS, "bank_references": REFERENCES}.items():
        connection.execute(f"copy ({query}) to '{folder / name}.parquet' (format parquet)")
    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.driver.memory", "6g")
        .config("spark.sql.shuffle.partitions", "8")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    for name in ("items", "bank_references"):
        session.read.parquet(str(folder / f"{name}.parquet")).createOrReplaceTempView(name)
    session.range(256).withColumnRenamed("id", "number").createOrReplaceTempView("numbers")

    def save(name: str, query: str) -> None:
        session.sql(query).write.mode("overwrite").parquet(str(folder / f"{name}.spark"))
        session.read.parquet(str(folder / f"{name}.spark")).createOrReplaceTempView(name)

    began = perf_counter()
    match(save, session.catalog.dropTempView)
    seconds = perf_counter() - began
    return seconds, sum(session.table(f"pairs_{name}").count() for name in PASSES)


def polars(books: str, folder: Path) -> tuple[float, int]:
    """Seconds, reading not counted, and pairs found by five one-to-one passes and two group passes."""
    import polars as pl

    columns = "item_id, account_id, side, currency, reference_key, memo_reference_key, folded_reference_key"
    items = pl.from_arrow(
        attached(books)
        .sql(f"select {columns}, counterparty_key, business_day_number, amount from ({ITEMS})")
        .to_arrow_reader(100_000)
        .read_all()
    )
    of_key = ["account_id", "currency", "amount", "match_key"]

    def claimed(
        bank_key: str | None, ledger_key: str | None, before: int, after: int, is_alone: bool
    ) -> pl.DataFrame:
        sides = []
        for side, key in (("bank", bank_key), ("ledger", ledger_key)):
            keyed = items.filter(pl.col("side") == side).with_columns(
                (pl.col(key) if key else pl.lit("")).alias("match_key")
            )
            keyed = keyed.drop_nulls("match_key").sort("business_day_number", "item_id")
            keyed = keyed.with_columns(
                pl.int_range(pl.len()).over(of_key).alias("place"), pl.len().over(of_key).alias("key_count")
            )
            sides.append(keyed.filter(pl.col("key_count") == 1) if is_alone else keyed)
        days = pl.col("business_day_number").cast(pl.Int64) - pl.col("business_day_number_right").cast(
            pl.Int64
        )
        pairs = sides[0].join(sides[1], on=[*of_key, "place"]).filter(days.is_between(-before, after))
        return pl.concat([pairs.select("item_id"), pairs.select(item_id="item_id_right")])

    def claimed_group(bank_key: pl.Expr, ledger_key: str) -> pl.DataFrame:
        key = pl.when(pl.col("side") == "bank").then(bank_key).otherwise(pl.col(ledger_key))
        signed = pl.when(pl.col("side") == "bank").then(pl.col("amount")).otherwise(-pl.col("amount"))
        keyed = items.with_columns(key.alias("match_key"), signed.alias("signed")).drop_nulls("match_key")
        level = (
            keyed.group_by("account_id", "currency", "match_key")
            .agg(pl.col("signed").sum(), pl.col("side").n_unique())
            .filter((pl.col("signed") == 0) & (pl.col("side") == 2))
        )
        return keyed.join(level, on=["account_id", "currency", "match_key"], how="semi").select("item_id")

    began = perf_counter()
    total = items.height
    steps: list[Callable[[], pl.DataFrame]] = [
        lambda: claimed("reference_key", "reference_key", 5, 90, False),
        lambda: claimed("memo_reference_key", "reference_key", 5, 90, False),
        lambda: claimed("folded_reference_key", "folded_reference_key", 5, 90, True),
        lambda: claimed_group(pl.col("reference_key"), "reference_key"),
        lambda: claimed_group(pl.coalesce("reference_key", "memo_reference_key"), "memo_reference_key"),
        lambda: claimed("counterparty_key", "counterparty_key", 2, 10, False),
        lambda: claimed(None, None, 2, 5, True),
    ]
    for step in steps:
        items = items.join(step(), on="item_id", how="anti")
    return perf_counter() - began, (total - items.height) // 2


def splink(books: str, folder: Path) -> tuple[float, int]:
    """Seconds to train and predict, and pairs with a probability of at least 0.95."""
    import splink.comparison_library as compare
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    connection = attached(books)
    for side in ("bank", "ledger"):
        connection.execute(f"""
            create table {side} as select item_id as unique_id, account_id, reference_key, counterparty_key,
                cast(amount as double) as amount, item_on from ({ITEMS}) where side = '{side}'
        """)
    settings = SettingsCreator(
        link_type="link_only",
        comparisons=[
            compare.ExactMatch("reference_key"),
            compare.ExactMatch("counterparty_key"),
            compare.ExactMatch("amount"),
            compare.ExactMatch("item_on"),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("account_id", "reference_key"),
            block_on("account_id", "amount"),
        ],
    )
    began = perf_counter()
    api = DuckDBAPI(connection)
    linker = Linker([api.register("bank"), api.register("ledger")], settings)
    linker.training.estimate_u_using_random_sampling(max_pairs=1_000_000)
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("account_id", "amount"))
    predictions = linker.inference.predict(threshold_match_probability=0.95)
    (pairs,) = connection.execute(f"select count(*) from {predictions.physical_name}").fetchone()
    return perf_counter() - began, pairs


RIVALS = {"by_hand": by_hand, "spark": spark, "polars": polars, "splink": splink}


def main() -> None:
    """Run one rival and write its seconds and pairs to the report."""
    rival, books, report = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="rival-") as name:
        seconds, pairs = RIVALS[rival](books, Path(name))
    Path(report).write_text(json.dumps({"seconds": seconds, "pairs": pairs}))


if __name__ == "__main__":
    main()
