"""Each metric is what its SQL is by hand, to the last decimal."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from orchestration.publish.metrics import Metrics, ask, semantic_manifest
from orchestration.settings import Settings

ITEMS = "from marts.fct_reconciliation_items"
OPEN = f"{ITEMS} where status in ('open', 'unmatched')"
LAST_DAYS = """from marts.fct_bank_reconciliations as days
    where as_of_on = (select max(as_of_on) from marts.fct_bank_reconciliations as those
                      where those.account_id = days.account_id)"""
MONTHS = "from marts.fct_labour_costs where period_grain = 'month'"
BATCHES = "from operations.fct_batch_runs"
# What a person would write. An amount is asked by currency.
BY_HAND = {
    "items": f"select count(*) {ITEMS}",
    "matched_items": f"select count(match_id) {ITEMS}",
    "match_rate": f"select count(match_id) / count(*) {ITEMS}",
    "open_items": f"select count(*) {OPEN}",
    "open_value": f"select currency, sum(abs(amount)) {OPEN} group by currency",
    "breaks": f"select count(*) {ITEMS} where is_break",
    "break_value": f"select currency, sum(abs(amount)) {ITEMS} where is_break group by currency",
    "age_of_open_items": f"select sum(age) {OPEN}",
    "average_age": f"select avg(age) {OPEN}",
    "age_of_matched_items": f"select sum(age) {ITEMS} where match_id is not null",
    "days_to_clear": f"select avg(age) {ITEMS} where match_id is not null",
    "matches": "select count(*) from marts.fct_matches",
    "match_difference": "select currency, sum(difference) from marts.fct_matches group by currency",
    "cash_per_bank": f"select currency, sum(balance_per_bank) {LAST_DAYS} group by currency",
    "cash_per_books": f"select currency, sum(balance_per_books) {LAST_DAYS} group by currency",
    "unexplained_movement": "select currency, sum(statement_gaps + difference)"
    f" {LAST_DAYS} group by currency",
    "bank_lines": "select count(*) from marts.fct_bank_statement_lines",
    "money_in": "select currency, sum(amount) filter (where amount > 0)"
    " from marts.fct_bank_statement_lines group by currency",
    "money_out": "select currency, -sum(amount) filter (where amount < 0)"
    " from marts.fct_bank_statement_lines group by currency",
    "sales": "select currency, sum(sale_amount) from marts.fct_payouts group by currency",
    "fees": "select currency, -sum(fee_amount) from marts.fct_payouts group by currency",
    "fee_rate": "select currency, -sum(fee_amount) / sum(sale_amount)"
    " from marts.fct_payouts group by currency",
    "red_controls": "select count(*) from marts.fct_control_totals where status = 'red' and not is_accepted",
    "labour_cost": f"select currency, sum(cost_amount) {MONTHS} group by currency",
    "worked_hours": f"select sum(hours) {MONTHS}",
    "overtime_hours": f"select sum(overtime_hours) {MONTHS}",
    "overtime_share": f"select sum(overtime_hours) / sum(hours) {MONTHS}",
    "batch_rows": f"select sum(rows_in) {BATCHES}",
    "batch_seconds": f"select sum(seconds) {BATCHES}",
    "rows_per_second": f"select sum(rows_in) / sum(seconds) {BATCHES}",
}


@pytest.fixture(scope="module")
def metrics() -> Metrics:
    return Metrics(semantic_manifest())


@pytest.fixture(scope="module")
def marts(demo_zone: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """The demo's warehouse, with two payouts of a processor that the demo has none of."""
    file = tmp_path_factory.mktemp("metrics") / "tieout.duckdb"
    shutil.copy(demo_zone / "warehouse" / "tieout.duckdb", file)
    with duckdb.connect(str(file)) as connection:
        for number, sale, fee in ((1, "100.11", "-2.91"), (2, "7.07", "-0.31")):
            connection.execute(
                """
                insert into marts.fct_payouts by name
                select ? as payout_id, account_id, currency, 'settled' as status, ? as sale_amount,
                    ? as fee_amount, last_statement_on as paid_on
                from marts.dim_accounts order by account_id limit 1
                """,
                [str(number), sale, fee],
            )
        yield connection


@pytest.mark.parametrize("name", sorted(BY_HAND))
def test_a_metric_is_what_its_sql_is(name: str, metrics: Metrics, marts: duckdb.DuckDBPyConnection) -> None:
    _compare(marts.execute(metrics.sql([name])).fetchall(), marts.execute(BY_HAND[name]).fetchall())


@pytest.mark.more
@pytest.mark.skipif(shutil.which("java") is None, reason="no Java")
def test_a_metric_is_on_spark_what_its_sql_is_on_duckdb(
    marts: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    """Of the same marts, which `tieout parity` compares."""
    pyspark = pytest.importorskip("pyspark.sql")
    builder = pyspark.SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
    builder = builder.config("spark.sql.warehouse.dir", str(tmp_path / "spark"))
    spark = builder.config("spark.sql.session.timeZone", "UTC").getOrCreate()
    metrics = Metrics(semantic_manifest(), "spark")
    try:
        asked = {name: metrics.sql([name]) for name in BY_HAND}
        tables = set(re.findall(r"\b(?:marts|operations)\.\w+", " ".join(asked.values())))
        for schema in ("marts", "operations"):
            spark.sql(f"create database {schema}")
        for table in sorted(tables):
            folder = tmp_path / table
            folder.mkdir()
            marts.execute(f"copy (from {table}) to '{folder / 'part-0.parquet'}' (format parquet)")
            spark.sql(f"create table {table} using parquet location '{folder}'")
        assert len(tables) > 5
        for name, query in asked.items():
            _compare(
                [tuple(row) for row in spark.sql(query).collect()], marts.execute(BY_HAND[name]).fetchall()
            )
    finally:
        spark.stop()


def _compare(found: list[tuple], by_hand: list[tuple]) -> None:
    found, by_hand = sorted(found), sorted(by_hand)
    assert len(found) == len(by_hand) and by_hand[0][-1]
    for (*group, value), (*group_by_hand, value_by_hand) in zip(found, by_hand, strict=True):
        assert group == group_by_hand
        if isinstance(value_by_hand, float):
            assert value == pytest.approx(float(value_by_hand), rel=1e-12)
        else:
            assert value == value_by_hand and not isinstance(value, float)


def test_every_metric_is_compared_and_an_amount_has_a_currency(metrics: Metrics) -> None:
    assert set(metrics.all) == set(BY_HAND)
    for name, metric in metrics.all.items():
        assert ("select currency" in BY_HAND[name]) == (metric.currency is not None), name


def test_a_metric_by_account_and_month_adds_up(metrics: Metrics, marts: duckdb.DuckDBPyConnection) -> None:
    rows = marts.execute(metrics.sql(["open_value", "open_items"], ["account_name", "month"])).fetchall()
    assert sum(row[-1] or 0 for row in rows) == marts.execute(BY_HAND["open_items"]).fetchone()[0]
    by_currency: dict[str, Decimal] = {}
    for _month, _account, currency, value, _count in rows:
        by_currency[currency] = by_currency.get(currency, Decimal(0)) + value
    assert sorted(by_currency.items()) == sorted(marts.execute(BY_HAND["open_value"]).fetchall())


def test_what_a_bank_wrote_drives_no_terminal(demo_zone: Path, tmp_path: Path) -> None:
    file = tmp_path / "books-of-march.duckdb"
    shutil.copy(demo_zone / "warehouse" / "tieout.duckdb", file)
    with duckdb.connect(str(file)) as connection:
        connection.execute("update marts.dim_accounts set account_name = account_id || chr(27) || '[31m'")
    _, rows = ask(Settings.from_environment(), ["items"], ["account_name"], None, file)
    assert rows and all(name.endswith("[U+001B][31m") for name, _ in rows)
