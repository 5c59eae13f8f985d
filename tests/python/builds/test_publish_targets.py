"""Targets of publishing: a PostgreSQL schema on a real server, and object storage through fsspec."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import fsspec
import pytest
import sqlalchemy
from conftest import DATABASE_PASSWORD
from published_zone import CANARY, ROWS, Zone, query

from orchestration.publish import PublishTargetError, list_versions, postgres, publish, roll_back
from orchestration.publish.targets import open_targets
from orchestration.settings import Settings, SettingsError

NIGHTS = """
    select
        (select max(night) from {0}.fct_items),
        (select night from {0}.fct_balances),
        (select night from {0}.fct_runs)
"""


@dataclass
class Server:
    """A schema of its own on the PostgreSQL server."""

    engine: sqlalchemy.Engine
    schema: str
    url: str

    def rows(self, statement: str) -> list[tuple]:
        with self.engine.begin() as connection:
            result = connection.exec_driver_sql(statement.replace("{s}", self.schema))
            return [tuple(row) for row in result] if result.returns_rows else []


@pytest.fixture
def server(postgres_url: str) -> Iterator[Server]:
    engine = sqlalchemy.create_engine(
        postgres_url.replace("postgresql:", "postgresql+pg8000:"), poolclass=sqlalchemy.NullPool
    )
    server = Server(engine, "Books", f"{postgres_url}?schema=Books")
    server.schema = '"Books"'
    yield server
    server.rows("drop schema if exists {s} cascade")


@pytest.fixture
def zone(settings: Settings, tmp_path: Path) -> Zone:
    """A zone whose first night is built."""
    zone = Zone(replace(settings, published=tmp_path / "published"))
    zone.build(1)
    return zone


def to(zone: Zone, *urls: str, keep: int = 30) -> Zone:
    """The zone with targets."""
    zone.settings = replace(zone.settings, publish_to=urls, published_keep=keep)
    return zone


def same_in_postgres(zone: Zone, server: Server) -> None:
    """Every general mart has the same rows in PostgreSQL as in the current version."""
    names = query(
        zone.current / "tieout.duckdb",
        "select schema_name, table_name from duckdb_tables() where schema_name <> 'published'",
    )
    for schema, table in names:
        theirs = server.rows(f"select * from {{s}}.{table}")
        ours = query(zone.current / "tieout.duckdb", f"from {schema}.{table}")
        assert sorted(map(repr, theirs)) == sorted(map(repr, ours)), table
    found = server.rows("select table_name from information_schema.tables where table_schema = 'Books'")
    assert {name for (name,) in found} == {table for _, table in names} | {
        "published_version",
        "published_parts",
    }


def test_postgres_gets_every_general_mart_and_none_of_payroll(zone: Zone, server: Server) -> None:
    done = to(zone, server.url).publish()
    assert f"{done.version}, " in done.targets[0]
    same_in_postgres(zone, server)
    types = server.rows(
        "select column_name, data_type from information_schema.columns"
        " where table_schema = 'Books' and table_name = 'fct_items' order by ordinal_position"
    )
    assert [data_type for _, data_type in types] == [
        "text", "text", "integer", "numeric", "bigint", "boolean", "date", "timestamp without time zone",
    ]  # fmt: skip
    assert server.rows("select version, as_of_date::text from {s}.published_version") == [
        (done.version, "2026-03-31")
    ]
    comments = (
        "select obj_description('{s}.fct_items'::regclass), col_description('{s}.fct_items'::regclass, 4)"
    )
    assert server.rows(comments) == [("One row per item: 100 % of 'them'.", "What it is worth.")]
    assert "nothing" in str(zone.publish()) and "0 of" in zone.publish().targets[0]


def test_postgres_rewrites_only_what_changed(zone: Zone, server: Server) -> None:
    to(zone, server.url).publish()
    written = """
        select item_on < '2026-03-01', min(xmin::text::bigint), max(xmin::text::bigint)
        from {s}.fct_items
        group by 1
    """
    before = {row[0]: row[1:] for row in server.rows(written)}
    zone.build(2)
    assert "3 of " in zone.publish().targets[0]  # a month of the items, the balances, the runs
    after = {row[0]: row[1:] for row in server.rows(written)}
    assert after[True] == before[True]
    assert after[False][0] > before[False][1]
    same_in_postgres(zone, server)


def test_postgres_keeps_grants_through_new_columns(zone: Zone, server: Server) -> None:
    to(zone, server.url).publish()
    server.rows("drop role if exists analyst")
    server.rows("create role analyst")
    server.rows("grant usage on schema {s} to analyst")
    server.rows("grant select on {s}.fct_items to analyst with grant option")
    server.rows("grant select on {s}.fct_balances to public")
    zone.build(2)
    zone.sql('alter table marts.fct_items add column "new: 100 %" bigint default 7')
    zone.sql("alter table marts.fct_balances drop column balance")
    zone.sql("drop table marts.fct_nothing")
    zone.publish()
    same_in_postgres(zone, server)
    grants = """
        select table_name, grantee, privilege_type, is_grantable from information_schema.role_table_grants
        where table_schema = 'Books' and grantee in ('analyst', 'PUBLIC') order by 1
    """
    assert server.rows(grants) == [
        ("fct_balances", "PUBLIC", "SELECT", "NO"),
        ("fct_items", "analyst", "SELECT", "YES"),
    ]
    assert server.rows("select has_schema_privilege('analyst', 'Books', 'usage')") == [(True,)]


def test_postgres_readers_see_one_version_and_do_not_wait(zone: Zone, server: Server) -> None:
    to(zone, server.url).publish()
    stop = threading.Event()
    outcomes: list[tuple[int, set, list[str], float]] = []

    def read() -> None:
        count, nights, errors, longest = 0, set(), [], 0.0
        with server.engine.connect() as connection:
            while not stop.is_set():
                began = time.monotonic()
                try:
                    nights.add(tuple(connection.exec_driver_sql(NIGHTS.format(server.schema)).one()))
                    connection.commit()
                except Exception as error:  # every one counts
                    errors.append(str(error))
                count += 1
                longest = max(longest, time.monotonic() - began)
        outcomes.append((count, nights, errors, longest))

    with server.engine.connect() as stays:
        stays.exec_driver_sql("set transaction isolation level repeatable read")
        first = stays.exec_driver_sql(NIGHTS.format(server.schema)).one()
        readers = [threading.Thread(target=read) for _ in range(2)]
        for reader in readers:
            reader.start()
        for night in range(2, 8):
            zone.build(night)
            zone.publish()
        stop.set()
        for reader in readers:
            reader.join()
        # A transaction that was open all the time still sees the first night.
        assert stays.exec_driver_sql(NIGHTS.format(server.schema)).one() == first == (1, 1, 1)
    assert server.rows(NIGHTS.format(server.schema)) == [(7, 7, 7)]
    nights = set.union(*(nights for _, nights, *_ in outcomes))
    assert all(len(set(night)) == 1 for night in nights)
    assert len(nights) > 2
    assert [errors for *_, errors, _ in outcomes if errors] == []
    assert max(longest for *_, longest in outcomes) < 5


def test_a_target_that_fails_is_brought_up_by_the_next_publish(
    zone: Zone, server: Server, postgres_url: str, tmp_path: Path
) -> None:
    away = postgres_url.replace(DATABASE_PASSWORD, "wrong-battery")
    nowhere = f"postgresql://reader:{DATABASE_PASSWORD}@127.0.0.1:9/books"
    good = f"file://{tmp_path}/bucket"
    with pytest.raises(PublishTargetError) as failed:
        to(zone, away, nowhere, good).publish()
    said = str(failed.value)
    assert "is published in" in said
    assert "authentication failed" in said and "127.0.0.1:9/books" in said and "tries again" in said
    assert "wrong-battery" not in said and DATABASE_PASSWORD not in said + repr(zone.settings)
    assert query(zone.current / "tieout.duckdb", "select max(night) from marts.fct_items") == [(1,)]
    assert (tmp_path / "bucket" / "current.json").exists()
    done = to(zone, server.url).publish()
    assert not done.is_new
    same_in_postgres(zone, server)


def test_a_failure_in_the_middle_leaves_postgres_as_it_was(zone: Zone, server: Server) -> None:
    to(zone, server.url).publish()
    zone.build(2, marts={"marts.fct_odd": "select [1, 2] as numbers"})
    with pytest.raises(PublishTargetError, match=r"fct_odd has numbers of type INTEGER\[\]"):
        zone.publish()
    assert server.rows(NIGHTS.format(server.schema)) == [(1, 1, 1)]
    zone.sql("drop table marts.fct_odd")
    zone.publish()
    same_in_postgres(zone, server)


def test_a_server_that_breaks_off_in_the_middle_is_as_it_was(
    zone: Zone, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    to(zone, server.url).publish()
    zone.build(2)
    load = postgres._Load._load
    loaded = []

    def breaks_off(*arguments: object) -> None:
        loaded.append(arguments)
        load(*arguments)
        if len(loaded) == 2:
            server.rows(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where pid <> pg_backend_pid() and datname = current_database()"
            )

    monkeypatch.setattr(postgres._Load, "_load", breaks_off)
    with pytest.raises(PublishTargetError, match="The next `tieout publish` tries again"):
        zone.publish()
    assert server.rows(NIGHTS.format(server.schema)) == [(1, 1, 1)]
    monkeypatch.undo()
    zone.publish()
    same_in_postgres(zone, server)


@pytest.mark.parametrize("scheme", ["file", "memory"])
def test_objects_are_uploaded_once_and_the_pointer_names_them(
    zone: Zone, scheme: str, tmp_path: Path
) -> None:
    url = f"{scheme}://{tmp_path}/bucket"
    files, root = fsspec.url_to_fs(url)
    first = to(zone, url).publish()
    zone.build(2)
    second = zone.publish()
    assert f"{second.version}, 3 of " in second.targets[0]
    pointer = json.loads(files.cat_file(f"{root}/current.json"))
    assert pointer["version"] == second.version
    origins = {file["path"].split("/")[1] for table in pointer["tables"] for file in table["files"]}
    assert origins == {first.version, second.version}
    for table in pointer["tables"]:
        for number, file in enumerate(table["files"]):
            copy = tmp_path / f"{table['table']}.{number}.parquet"
            copy.write_bytes(files.cat_file(f"{root}/{file['path']}"))
        read = duckdb.read_parquet(str(tmp_path / f"{table['table']}.*.parquet"))
        ours = query(zone.current / "tieout.duckdb", f"from {table['schema']}.{table['table']}")
        assert sorted(map(repr, read.fetchall())) == sorted(map(repr, ours))
    objects = files.find(root)
    assert not any("payroll" in path.replace("fct_payroll_controls", "") for path in objects)
    assert not any(CANARY.encode() in files.cat_file(path) for path in objects)
    assert "has " in zone.publish().targets[0]
    roll_back(zone.settings, first.version, "tester")
    zone.build(1)
    assert not zone.publish().is_new
    assert json.loads(files.cat_file(f"{root}/current.json"))["version"] == first.version


def test_objects_of_old_versions_go_and_those_in_use_stay(zone: Zone, tmp_path: Path) -> None:
    bucket = tmp_path / "bucket"
    to(zone, f"file://{bucket}", keep=2)
    for night in range(1, 6):
        zone.build(night)
        zone.publish()
    names = [version.version for version in list_versions(zone.settings)]
    with_facts = sorted(path.parent.name for path in bucket.glob("versions/*/version.json"))
    assert with_facts == names[-2:]
    pointer = json.loads((bucket / "current.json").read_text())
    paths = [file["path"] for table in pointer["tables"] for file in table["files"]]
    assert all((bucket / path).exists() for path in paths)
    total = duckdb.read_parquet([str(bucket / path) for path in paths if "/fct_items/" in path])
    assert total.aggregate("count(*)").fetchone() == (ROWS,)
    assert len(list(bucket.rglob("fct_balances/*.parquet"))) == 2


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql://user:correct@host/books", "mysql://"),
        ("just-a-word", "without ://"),
        ("postgresql://user:correct@host/books?schemas=x", "PostgreSQL URL"),
        ("postgresql://user:correct@host/books?sslmode=maybe", "PostgreSQL URL"),
        ("s3://key:correct@bucket/folder", "AWS_ACCESS_KEY_ID"),
    ],
)
def test_an_unusable_url_is_refused_before_anything_is_written(zone: Zone, url: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said) as refused:
        publish(replace(zone.settings, publish_to=(url,)), "tester")
    assert "correct" not in str(refused.value)
    assert not zone.settings.published.exists()


def test_a_missing_library_is_named() -> None:
    (target,) = open_targets(["s3://bucket/folder"], 30)
    with pytest.raises(PublishTargetError, match="s3fs"):
        target.bring_up(Path("nowhere"))


def test_urls_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIEOUT_PUBLISH_TO", "s3://one/a, file:///two\n")
    monkeypatch.setenv("TIEOUT_PUBLISHED_KEEP", "7")
    settings = Settings.from_environment()
    assert settings.publish_to == ("s3://one/a", "file:///two")
    assert settings.published_keep == 7
    assert "s3://one" not in repr(settings)
