"""The ledger's database, PostgreSQL and SQLite: each line once, late ones too, and the password nowhere."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow.parquet
import pytest
import sqlalchemy
from conftest import DATABASE_PASSWORD
from older_lakes import forget_chain

from orchestration.collect import LedgerUnavailableError, collect
from orchestration.settings import Settings, SettingsError

START = datetime(2026, 11, 1, tzinfo=UTC)


@dataclass
class Ledger:
    """A ledger database to write to. text_times: its recorded_at is text."""

    url: str
    schema: str | None
    engine: sqlalchemy.Engine
    text_times: bool

    def run(self, statement: str, **values: object) -> None:
        prefix = f"{self.schema}." if self.schema else ""
        with self.engine.begin() as connection:
            connection.execute(sqlalchemy.text(statement.replace("{s}", prefix)), values)

    def line(self, entry: str, hours: float, amount: str = "1.50", memo: str | None = None) -> None:
        at = START + timedelta(hours=hours)
        self.run(
            "insert into {s}journal_lines values"
            " (:entry, 1, '2026-11-01', '1000', :amount, 'EUR', null, '', :memo, 'invoice', :at)",
            entry=entry,
            amount=amount if self.text_times else Decimal(amount),
            memo=memo,
            at=at.isoformat() if self.text_times else at,
        )


@pytest.fixture(params=["postgresql", "postgresql-naive", "sqlite", "sqlite-text"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    """A database with empty tables, in a schema of its own where there are schemas."""
    kind = request.param
    if kind.startswith("postgresql"):
        url = request.getfixturevalue("postgres_url")
        schema = f"erp_{re.sub('[^a-z]', '', tmp_path.name)[:30]}_{kind[-5:]}"
        engine = sqlalchemy.create_engine(url.replace("postgresql:", "postgresql+pg8000:"))
    else:
        url, schema = f"sqlite:///{tmp_path / 'erp.db'}", None
        engine = sqlalchemy.create_engine(url)
    times = {"postgresql": "timestamptz", "postgresql-naive": "timestamp", "sqlite": "datetime"}
    ledger = Ledger(url, schema, engine, kind.startswith("sqlite"))
    if schema:
        ledger.run(f"create schema {schema}")
    ledger.run(
        "create table {s}journal_lines (entry_id varchar(20), line_no int, posted_on date, gl_account text,"
        " amount numeric(18, 8), currency char(3), reference text, counterparty text, memo text,"
        f" document_type text, recorded_at {times.get(kind, 'text')})"
    )
    ledger.run(
        "create table {s}accounts (gl_account text, name text, type text, currency text, bank_account text)"
    )
    yield ledger
    if schema:
        ledger.run(f"drop schema {schema} cascade")
    engine.dispose()


@pytest.fixture
def zone(settings: Settings, ledger: Ledger) -> Settings:
    return replace(settings, ledger_url=ledger.url, ledger_schema=ledger.schema)


def lines(settings: Settings) -> list[tuple]:
    return duckdb.execute(
        "select entry_id, amount, memo from read_parquet(?) order by load_id, line_number",
        [str(settings.lake / "journal_lines" / "*.parquet")],
    ).fetchall()


def deliveries(settings: Settings) -> list[tuple]:
    return duckdb.execute(
        "select path, status, record_count, amount_total, reason"
        " from read_parquet(?) order by load_id, path desc",
        [str(settings.lake / "collected_files" / "*.parquet")],
    ).fetchall()


def test_columns_added_later_deliver_their_lines_again(zone: Settings, ledger: Ledger) -> None:
    ledger.line("E1", hours=0)
    collect(zone)
    ledger.run("alter table {s}journal_lines add column original_currency char(3)")
    ledger.run("alter table {s}journal_lines add column original_amount numeric(18, 2)")
    assert collect(zone).is_nothing_new
    ledger.run("update {s}journal_lines set original_currency = 'USD', original_amount = 1.75")
    assert collect(zone).rows["journal_lines"] == 1
    originals = duckdb.execute(
        "select original_currency, original_amount from read_parquet(?) order by load_id",
        [str(zone.lake / "journal_lines" / "*.parquet")],
    ).fetchall()
    assert originals == [(None, None), ("USD", Decimal("1.75"))]


def test_a_lake_without_the_original_columns_is_read_on(zone: Settings, ledger: Ledger) -> None:
    ledger.line("E1", hours=0)
    collect(zone)
    for file in (zone.lake / "journal_lines").glob("*.parquet"):
        old = (
            duckdb.read_parquet(str(file))
            .select("* exclude (original_currency, original_amount)")
            .to_arrow_table()
        )
        pyarrow.parquet.write_table(old, file)
    forget_chain(zone.lake, zone.warehouse)
    assert collect(zone).is_nothing_new
    ledger.line("E2", hours=1)
    assert collect(zone).rows["journal_lines"] == 1


def test_only_what_is_new_or_changed_is_appended(zone: Settings, ledger: Ledger) -> None:
    for number in range(5):
        ledger.line(f"E{number}", hours=24 * number)
    assert collect(zone).rows["journal_lines"] == 5
    path, *outcome = deliveries(zone)[0]
    assert path.startswith("database:") and path.endswith("journal_lines")
    assert outcome == ["loaded", 5, Decimal("7.50000"), None]
    assert collect(zone).is_nothing_new

    ledger.line("E5", hours=120)
    ledger.line("late", hours=24 * 4 - 40)  # recorded before the latest line, committed after it was read
    ledger.line("too-late", hours=24 * 4 - 200)
    ledger.run("update {s}journal_lines set memo = 'new' where entry_id = 'E4'")
    collect(zone)
    assert lines(zone)[5:] == [
        ("late", Decimal("1.50000"), None),
        ("E4", Decimal("1.50000"), "new"),
        ("E5", Decimal("1.50000"), None),
    ]
    assert collect(zone).is_nothing_new

    ledger.run("update {s}journal_lines set memo = null where entry_id = 'E4'")  # back to its first version
    collect(zone)
    assert lines(zone)[8:] == [("E4", Decimal("1.50000"), None)]
    assert collect(zone).is_nothing_new


def test_types_arrive_exactly(zone: Settings, ledger: Ledger) -> None:
    ledger.line("E1", hours=10.5, amount="-1234567.00001", memo="é")
    ledger.line("E0", hours=0, amount="100")
    collect(zone)
    found = duckdb.execute(
        "select entry_id, line_no, posted_on::varchar, amount, currency, counterparty, memo,"
        " epoch_us(recorded_at) from read_parquet(?) order by line_number",
        [str(zone.lake / "journal_lines" / "*.parquet")],
    ).fetchall()
    epoch = int(START.timestamp()) * 1_000_000
    assert found == [
        ("E0", 1, "2026-11-01", Decimal("100.00000"), "EUR", None, None, epoch),
        ("E1", 1, "2026-11-01", Decimal("-1234567.00001"), "EUR", None, "é", epoch + 37_800_000_000),
    ]


def test_accounts_are_taken_when_they_change(zone: Settings, ledger: Ledger) -> None:
    ledger.run("insert into {s}accounts values ('1000', 'Bank', 'asset', 'EUR', 'DE1')")
    assert collect(zone).rows["ledger_accounts"] == 1
    assert collect(zone).is_nothing_new
    ledger.run("insert into {s}accounts values ('4000', 'Sales', 'income', 'EUR', null)")
    assert collect(zone).rows["ledger_accounts"] == 2
    assert collect(zone).is_nothing_new


def test_chunks_do_not_matter(zone: Settings, ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(25):
        ledger.line(f"E{number:02}", hours=number)
    whole = replace(zone, lake=zone.lake.with_name("whole"))
    collect(whole)
    monkeypatch.setattr("orchestration.collect.ledger_database._CHUNK_ROWS", 7)
    collect(zone)
    assert lines(zone) == lines(whole)
    assert deliveries(zone) == deliveries(whole)


def test_bad_value_quarantines_the_extract_once(zone: Settings, ledger: Ledger) -> None:
    ledger.line("E0", hours=0)
    ledger.line("E1", hours=1, amount="1.0000001")
    assert collect(zone).quarantined == 1
    assert lines(zone) == []
    assert deliveries(zone)[0][4] == "amount '1.0000001' is not a plain decimal with at most 5 decimals"
    assert collect(zone).is_nothing_new
    ledger.run("delete from {s}journal_lines where entry_id = 'E1'")
    assert collect(zone).rows["journal_lines"] == 1


def test_what_no_model_knows_quarantines_the_extract(zone: Settings, ledger: Ledger) -> None:
    ledger.line("E1", hours=0)
    ledger.run("update {s}journal_lines set posted_on = '1926-11-01'")
    assert collect(zone).quarantined == 1
    assert lines(zone) == []
    assert deliveries(zone)[0][4] == "posted_on 1926-11-01 is not between 1980-01-01 and 2079-12-31"
    assert collect(zone).is_nothing_new
    ledger.run("update {s}journal_lines set posted_on = '2026-11-01'")
    assert collect(zone).rows["journal_lines"] == 1


def test_a_number_of_two_companies_is_two_lines(zone: Settings, ledger: Ledger) -> None:
    ledger.line("E1", hours=0)
    ledger.line("E1", hours=1, amount="2.50")
    ledger.run("alter table {s}journal_lines add column company text")
    ledger.run("update {s}journal_lines set company = case when amount = 1.5 then 'A' else 'B' end")
    assert collect(zone).rows["journal_lines"] == 2
    assert collect(zone).is_nothing_new
    ledger.run("update {s}journal_lines set memo = 'new' where company = 'A'")
    assert collect(zone).rows["journal_lines"] == 1


def test_missing_column_is_named(zone: Settings, ledger: Ledger) -> None:
    ledger.run("alter table {s}journal_lines drop column memo")
    collect(zone)
    assert deliveries(zone)[0][4].startswith("columns missing: memo; given: '")


def test_password_is_nowhere(
    zone: Settings, ledger: Ledger, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture
) -> None:
    ledger.line("E0", hours=0)
    with caplog.at_level("DEBUG"):
        summary = collect(zone)
        print(summary, zone)
    wrong = zone.ledger_url.replace(DATABASE_PASSWORD, f"{DATABASE_PASSWORD}-wrong")
    if wrong != zone.ledger_url:
        with pytest.raises(LedgerUnavailableError) as caught:
            collect(replace(zone, ledger_url=wrong))
        assert DATABASE_PASSWORD not in str(caught.value)
        assert "authentication" in str(caught.value)
    assert DATABASE_PASSWORD not in caplog.text + "".join(capfd.readouterr())
    for file in zone.lake.rglob("*"):
        assert not file.is_file() or DATABASE_PASSWORD.encode() not in file.read_bytes()


@pytest.mark.parametrize("url", ["postgresql://user:hidden@127.0.0.1:1/erp", "sqlite:////nowhere/erp.db"])
def test_unreachable_database_loses_no_file(settings: Settings, url: str) -> None:
    (settings.landing / "ledger/accounts.csv").write_text(
        "gl_account,name,type,currency,bank_account\n1,A,B,EUR,\n"
    )
    with pytest.raises(LedgerUnavailableError, match="TIEOUT_LEDGER_URL") as caught:
        collect(replace(settings, ledger_url=url))
    assert "erp" in str(caught.value) and "hidden" not in str(caught.value)
    assert deliveries(settings)[0][:2] == ("ledger/accounts.csv", "loaded")


@pytest.mark.parametrize("ledger", ["postgresql"], indirect=True)
@pytest.mark.parametrize("table", ["journal_lines", "accounts"])
def test_a_database_that_goes_while_it_is_read_loses_and_doubles_nothing(
    zone: Settings, ledger: Ledger, table: str
) -> None:
    """Its connection is cut at the first or the second table, which a lock keeps the reader waiting for."""
    for number in range(20):
        ledger.line(f"E{number}", hours=number)
    ledger.run("insert into {s}accounts values ('1000', 'Bank', 'asset', 'EUR', null)")
    (zone.landing / "ledger/accounts.csv").write_text(
        "gl_account,name,type,currency,bank_account\n1,A,B,EUR,\n"
    )
    with ThreadPoolExecutor() as pool, ledger.engine.connect() as other, ledger.engine.connect() as watcher:
        watcher.execution_options(isolation_level="AUTOCOMMIT")
        other.execute(sqlalchemy.text(f"lock table {ledger.schema}.{table} in access exclusive mode"))
        collecting = pool.submit(collect, zone)
        cut = sqlalchemy.text(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where wait_event_type = 'Lock' and pid <> pg_backend_pid()"
        )
        while not watcher.execute(cut).fetchall():
            assert not collecting.done()
            time.sleep(0.05)
        with pytest.raises(LedgerUnavailableError):
            collecting.result()
        other.rollback()
    assert deliveries(zone)[0][:2] == ("ledger/accounts.csv", "loaded")
    collect(zone)
    assert collect(zone).is_nothing_new
    assert sorted(lines(zone)) == sorted((f"E{number}", Decimal("1.50"), None) for number in range(20))


@pytest.mark.parametrize("url", ["not a url:hidden", "mysql+nothing://u:hidden@h/d"])
def test_unusable_url_names_the_setting(settings: Settings, url: str) -> None:
    with pytest.raises(SettingsError, match="TIEOUT_LEDGER_URL") as caught:
        collect(replace(settings, ledger_url=url))
    assert "hidden" not in str(caught.value)
