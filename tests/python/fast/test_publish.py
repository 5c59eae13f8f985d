"""Publishing: audited, atomic, versioned, cheap where nothing changed, and payroll apart."""

from __future__ import annotations

import datetime
import grp
import json
import multiprocessing
import os
import random
import re
import signal
import ssl
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner
from published_zone import CANARY, CONTROLS, MARTS, PRIVATE, ROWS, Zone, query
from scale import times

from orchestration.cli import main
from orchestration.publish import (
    PublishBusyError,
    PublishError,
    PublishRefusedError,
    list_versions,
    postgres,
    publish,
    roll_back,
)
from orchestration.publish import copies as copying
from orchestration.publish import versions as versioning
from orchestration.publish.marts import Mart
from orchestration.settings import Settings, SettingsError, acting_user
from orchestration.verify import verify

NIGHTS = """
    select items.night, balances.night, runs.night
    from (select max(night) as night from {items}) as items
    cross join {balances} as balances
    cross join {runs} as runs
"""
DATABASE_NIGHTS = NIGHTS.format(
    items="marts.fct_items", balances="marts.fct_balances", runs="operations.fct_runs"
)

# Of a reader: queries on one connection, and its configuration.
QUERIES, ONE = 25, {"threads": 1}


@pytest.fixture
def zone(settings: Settings, tmp_path: Path) -> Zone:
    """A zone whose first night is built."""
    zone = Zone(replace(settings, published=tmp_path / "published", lock_timeout_seconds=1))
    zone.build(1)
    return zone


def same_as_warehouse(zone: Zone) -> None:
    """The current version holds the marts of the warehouse, in DuckDB and in Parquet, and nothing else."""
    for folder, file, schemas in (
        (zone.current, "tieout.duckdb", ("marts", "operations")),
        (zone.current / "payroll", "tieout_payroll.duckdb", ("payroll",)),
    ):
        with duckdb.connect() as connection:
            connection.execute(f"attach '{zone.settings.warehouse}' as warehouse (read_only)")
            connection.execute(f"attach '{folder / file}' as copy (read_only)")
            found = connection.execute(
                "select schema_name || '.' || table_name from duckdb_tables() where database_name = 'copy'"
            ).fetchall()
            names = {name for (name,) in found} - {"published.version"}
            expected = {name for name in MARTS if name.split(".")[0] in schemas}
            if "marts" in schemas:
                expected |= set(CONTROLS)
            assert names == expected
            for name in names:
                files = folder / "parquet" / name.replace(".", "/") / "*.parquet"
                for copied in (f"copy.{name}", f"read_parquet('{files}')"):
                    for one, other in ((f"warehouse.{name}", copied), (copied, f"warehouse.{name}")):
                        rows = f"(from {one} except all from {other})"
                        assert connection.execute(f"select count(*) from {rows}").fetchone() == (0,), name


def test_a_night_is_published_whole(zone: Zone) -> None:
    done = zone.publish()
    assert done.is_new
    assert re.fullmatch(r"\d{8}T\d{6}Z-[0-9a-f]{8}", done.version)
    assert str((zone.settings.published / "current").readlink()) == f"versions/{done.version}"
    same_as_warehouse(zone)
    facts = zone.facts()
    assert facts["as_of_date"] == "2026-03-31"
    assert facts["published_by"] == "tester"
    assert facts["controls"] == {"green": 1, "red": 0, "accepted": 0}
    assert {table["table"]: table["row_count"] for table in facts["tables"]}["fct_items"] == ROWS
    assert [file["path"] for table in facts["tables"] for file in table["files"] if file["bytes"] == 0] == []
    (row,) = query(zone.current / "tieout.duckdb", "from published.version")
    assert row[:2] == (done.version, "tester")
    assert row[-2] == datetime.date(2026, 3, 31)
    comments = "select comment from duckdb_tables() where comment is not null"
    assert query(zone.current / "tieout.duckdb", comments) == [("One row per item: 100 % of 'them'.",)]


def test_what_did_not_change_is_linked(zone: Zone) -> None:
    zone.publish()
    before = {name: zone.parquet(name) for name in MARTS if not name.startswith("payroll")}
    assert list(before["marts.fct_items"]) == ["2026-01.parquet", "2026-02.parquet", "2026-03.parquet"]
    zone.build(2)
    done = zone.publish()
    changed = [
        f"{name}/{file}"
        for name, files in before.items()
        for file, inode in zone.parquet(name).items()
        if files[file] != inode
    ]
    assert changed == [
        "marts.fct_items/2026-03.parquet",
        "marts.fct_balances/all.parquet",
        "operations.fct_runs/all.parquet",
    ]
    assert done.parts_written == 4  # these and payroll.dim_employees
    same_as_warehouse(zone)


def test_nothing_changed_publishes_nothing_but_another_date_does(zone: Zone) -> None:
    first = zone.publish()
    zone.build(1)  # the same rows, made again
    again = zone.publish()
    assert not again.is_new and again.version == first.version
    assert "nothing changed" in str(again)
    zone.build(1, as_of_on="2026-04-01")
    later = zone.publish()
    assert later.is_new and later.parts_written == 0


@pytest.mark.parametrize(
    "change",
    [
        "delete from marts.fct_items where item_on < '2026-02-01'",  # a month less
        "update marts.fct_items set item_on = date '2027-12-31' where item_id = 'item 1'",  # one more
        "update marts.fct_items set item_on = null where item_id = 'item 1'",  # one without a month
        "update marts.fct_items set memo = 'other' where memo = ''",  # each month
        "delete from marts.fct_items where item_on >= '2026-02-01'",  # too few for months
        "insert into marts.fct_items from marts.fct_items where item_id = 'item 1'",  # a row twice
        "alter table marts.fct_items add column new_number bigint default 7",
        "alter table marts.fct_balances rename column balance to amount",
        "comment on column marts.fct_items.amount is 'Another description.'",
        "drop table marts.fct_nothing; create table marts.fct_nothing (number text)",
    ],
)
def test_any_change_arrives(zone: Zone, change: str) -> None:
    zone.publish()
    zone.sql(change)
    assert zone.publish().is_new
    same_as_warehouse(zone)
    comment = "select comment from duckdb_columns() where table_name = 'fct_items' and column_name = 'amount'"
    assert query(zone.current / "tieout.duckdb", comment) == query(zone.settings.warehouse, comment)


def test_the_mart_of_a_removed_model_is_published_no_more(zone: Zone) -> None:
    zone.publish()
    zone.sql("delete from ops.node_states where table_name = 'fct_balances'")
    zone.publish()
    assert not (zone.current / "parquet" / "marts" / "fct_balances").exists()
    tables = query(zone.current / "tieout.duckdb", "select table_name from duckdb_tables()")
    assert ("fct_balances",) not in tables


def test_payroll_stands_apart_with_permissions_of_its_own(zone: Zone) -> None:
    modes: dict[str, int] = {}
    write = copying.write_copy

    def watched(connection: duckdb.DuckDBPyConnection, copy: copying.Copy, *rest: object) -> int:
        modes[copy.file] = stat.S_IMODE(copy.folder.stat().st_mode)
        return write(connection, copy, *rest)

    before = os.umask(0)  # the most open one
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("orchestration.publish.run.write_copy", watched)
            zone.publish()
        zone.build(2)
        zone.publish()
    finally:
        os.umask(before)
    # While they are written, nobody else can look into either folder.
    assert modes == {"tieout.duckdb": 0o700, "tieout_payroll.duckdb": 0o700}
    for version in list_versions(zone.settings):
        for path in [version.folder, *version.folder.rglob("*")]:
            is_private = "payroll" in path.relative_to(version.folder).parts
            assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o400), path
            if path.is_file() and not is_private:
                content = path.read_bytes()
                assert CANARY.encode() not in content and b"1234.56" not in content, path
    tables = query(
        zone.current / "payroll" / "tieout_payroll.duckdb", "select table_name from duckdb_tables()"
    )
    assert sorted(tables) == [("dim_employees",), ("fct_payslips",), ("version",)]
    # A name as in the warehouse, in the file opened by itself.
    assert query(
        zone.current / "payroll" / "tieout_payroll.duckdb", "select name from payroll.dim_employees"
    ) == [(CANARY,)]
    assert {table["schema"] for table in zone.facts()["tables"]} == {"marts", "operations"}
    assert all(name.split(".")[1] not in str(list(zone.current.rglob("*"))) for name in PRIVATE)


def test_readers_get_the_copy_without_payroll_and_also_what_older_versions_share(zone: Zone) -> None:
    zone.publish()
    zone.build(2)
    group = grp.getgrgid(os.getegid()).gr_name
    zone.settings.published.chmod(0o2750)
    zone.settings = replace(zone.settings, readers=group)
    zone.publish()
    for path in [zone.current, *zone.current.rglob("*")]:
        is_private = "payroll" in path.relative_to(zone.current).parts
        mode = (0o700 if is_private else 0o2750) if path.is_dir() else (0o400 if is_private else 0o440)
        assert stat.S_IMODE(path.stat().st_mode) == mode, path


def test_a_red_control_of_the_bank_keeps_the_books_of_before_until_it_is_accepted(zone: Zone) -> None:
    zone.publish()
    red = "('file_read', 'bank/cut.xml', 'red', false), ('file_read', 'b.xml', 'green', false)"
    zone.build(2, controls=red)
    (control_id,) = query(
        zone.settings.warehouse, "select control_total_id from marts.fct_control_totals where status = 'red'"
    )[0]
    done = zone.publish()
    assert list(done.refused) == ["bank"]
    refusal = done.refused["bank"]
    assert re.search(
        rf"the bank is not published: 1 red control is not[\s\S]*{control_id}  file_read", refusal
    )
    assert "decision `accept`" in refusal
    # The night's own figures go with whatever is published, and payroll is the new night's.
    assert query(zone.current / "tieout.duckdb", DATABASE_NIGHTS) == [(1, 1, 2)]
    assert payroll_night(zone) == 2
    assert zone.facts()["note"] == "bank as it was published before, as of 2026-03-31"
    with pytest.raises(PublishRefusedError, match="the bank is not published"):
        zone.publish()
    zone.build(2, controls=red.replace("'red', false", "'red', true"))
    assert "file_read bank/cut.xml" in str(zone.publish())
    assert zone.facts()["controls"] == {"green": 1, "red": 1, "accepted": 1}
    assert zone.facts()["note"] == "1 accepted: file_read bank/cut.xml"
    same_as_warehouse(zone)


def payroll_night(zone: Zone) -> int:
    """The night whose payroll the current version has."""
    ((night,),) = query(
        zone.current / "payroll" / "tieout_payroll.duckdb", "select night from payroll.dim_employees"
    )
    return night


def test_a_red_of_payroll_keeps_payroll_alone_and_a_question_keeps_nothing(zone: Zone) -> None:
    zone.publish()
    zone.build(2, payroll_controls="('file_to_bank', 'file 7', 'red', false)", as_of_on="2026-04-01")
    done = zone.publish()
    assert list(done.refused) == ["payroll"]
    assert query(zone.current / "tieout.duckdb", DATABASE_NIGHTS) == [(2, 2, 2)]
    assert payroll_night(zone) == 1
    assert zone.facts()["as_of_date"] == "2026-04-01"
    assert zone.facts()["domains"]["payroll"]["as_of_date"] == "2026-03-31"
    assert zone.facts()["note"] == "payroll as it was published before, as of 2026-03-31"
    controls = query(zone.current / "tieout.duckdb", "select control_code from marts.fct_payroll_controls")
    assert controls == [("period_questions",)]
    zone.build(3, payroll_controls="('file_to_bank', 'file 7', 'red', true)")
    assert zone.publish().is_new
    assert payroll_night(zone) == 3
    same_as_warehouse(zone)
    zone.build(4, payroll_controls="('period_questions', 'period 9', 'red', false)")
    assert zone.publish().note is None


def test_a_version_of_before_domains_is_kept_with_its_date(zone: Zone) -> None:
    zone.publish()
    facts_file = zone.current / "version.json"
    facts = zone.facts()
    del facts["domains"]
    facts_file.chmod(0o644)
    facts_file.write_text(json.dumps(facts))
    zone.build(2, controls="('file_read', 'a.xml', 'red', false)", as_of_on="2026-04-01")
    zone.publish()
    assert query(zone.current / "tieout.duckdb", DATABASE_NIGHTS) == [(1, 1, 2)]
    assert payroll_night(zone) == 2
    assert zone.facts()["as_of_date"] == "2026-03-31"
    assert zone.facts()["note"] == "bank as it was published before, as of 2026-03-31"


def test_what_was_never_published_is_not_there_yet(zone: Zone) -> None:
    zone.sql("update ops.node_states set status = 'fail' where domain = 'payroll' and resource_type = 'test'")
    done = zone.publish()
    assert "fail  test unique_payroll" in done.refused["payroll"]
    assert query(
        zone.current / "payroll" / "tieout_payroll.duckdb", "select table_name from duckdb_tables()"
    ) == [("version",)]
    assert done.note == "without payroll, which was never published"


def test_red_everywhere_publishes_nothing(zone: Zone) -> None:
    zone.publish()
    red = "('file_read', 'a', 'red', false)"
    zone.build(2, controls=red, payroll_controls=red)
    with pytest.raises(
        PublishRefusedError, match=r"the bank is not published[\s\S]*payroll is not published"
    ):
        zone.publish()
    assert query(zone.current / "tieout.duckdb", DATABASE_NIGHTS) == [(1, 1, 1)]


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("fail", r"fail  test unique_bank \(unique a: 2 rows\)\n"),
        ("error", "error  test unique_bank\n"),
        ("pending", "1 did not run"),
    ],
)
def test_a_build_that_is_not_whole_refuses(zone: Zone, status: str, said: str) -> None:
    rules = "'unique a: 2 rows'" if status == "fail" else "null"
    zone.sql(
        f"update ops.node_states set status = '{status}', broken_rules = {rules} where resource_type = 'test'"
    )
    with pytest.raises(PublishRefusedError, match=said):
        zone.publish()
    zone.sql("update ops.node_states set status = 'warn' where resource_type = 'test'")
    assert zone.publish().is_new
    zone.sql("drop table ops.node_states")
    with pytest.raises(PublishRefusedError, match="dbt build"):
        zone.publish()


def test_a_build_whose_tests_were_left_out_is_published_and_says_so(zone: Zone) -> None:
    leave_out = "update ops.node_states set status = 'left out' where resource_type = 'test'"
    zone.sql(f"{leave_out} and domain = 'bank'")
    assert zone.publish().note == "1 data tests of bank were left out"
    assert zone.facts()["domains"]["bank"]["note"] == "1 data tests of bank were left out"
    zone.build(2, controls="('file_read', 'a.xml', 'red', true)")
    zone.sql(leave_out)
    accepted = "1 accepted: file_read a.xml; 1 data tests of bank were left out"
    assert zone.facts(zone.publish().folder)["domains"]["bank"]["note"] == accepted


def test_without_a_warehouse_or_a_date_it_refuses(zone: Zone) -> None:
    zone.sql("update intermediate.int_as_of_date set as_of_on = null")
    with pytest.raises(PublishRefusedError, match="no business date yet"):
        zone.publish()
    zone.settings.warehouse.unlink()
    with pytest.raises(PublishRefusedError, match="dbt build"):
        zone.publish()


def hold(warehouse: Path, lock: Path, ready: multiprocessing.Event, seconds: float) -> None:
    """Hold what a build or a publish holds, for some time."""
    if warehouse.name:
        writer = duckdb.connect(str(warehouse))
    with versioning.file_lock(lock, 1, "publish", "it", PublishBusyError):
        ready.set()
        time.sleep(seconds)
        del writer


@pytest.mark.parametrize("held", ["warehouse", "published"])
def test_whoever_is_at_work_is_waited_for(zone: Zone, held: str, tmp_path: Path) -> None:
    with held_by_another(zone, held, tmp_path, seconds=1.5):
        assert publish(replace(zone.settings, lock_timeout_seconds=30), "tester").is_new


@pytest.mark.parametrize(
    ("held", "message"),
    [("warehouse", r"process \d+ \(.+\) has had .* open"), ("published", "another publish has held")],
)
def test_whoever_does_not_end_is_named(zone: Zone, held: str, message: str, tmp_path: Path) -> None:
    with (
        held_by_another(zone, held, tmp_path, seconds=60),
        pytest.raises(PublishBusyError, match=message),
    ):
        zone.publish()
    assert zone.publish().is_new


@contextmanager
def held_by_another(zone: Zone, held: str, tmp_path: Path, seconds: float) -> Iterator[None]:
    """Another process holds the warehouse or the published folder."""
    context = multiprocessing.get_context("fork")
    ready = context.Event()
    warehouse = zone.settings.warehouse if held == "warehouse" else tmp_path / "other.duckdb"
    lock = zone.settings.published / ".lock" if held == "published" else tmp_path / "lock"
    process = context.Process(target=hold, args=(warehouse, lock, ready, seconds))
    process.start()
    try:
        assert ready.wait(10)
        yield
    finally:
        process.kill()
        process.join()


def test_roll_back_moves_the_link_and_leaves_a_trace(zone: Zone) -> None:
    with pytest.raises(PublishRefusedError, match="no version before"):
        roll_back(zone.settings, None, "tester")
    versions = []
    for night in (1, 2, 3):
        zone.build(night)
        versions.append(zone.publish().version)
    inodes = [version.folder.stat().st_ino for version in list_versions(zone.settings)]
    runner = CliRunner(
        env={"TIEOUT_PUBLISHED": str(zone.settings.published), "TIEOUT_LAKE": str(zone.settings.lake)}
    )
    back = runner.invoke(main, ["publish", "--rollback", "--by", "controller"])
    assert back.exit_code == 0 and "Only the link moved" in back.output
    assert zone.current.name == versions[1]
    assert runner.invoke(main, ["publish", "--rollback", versions[0]]).exit_code == 0
    assert runner.invoke(main, ["publish", "--rollback", versions[2]]).exit_code == 0
    for wrong, said in (("20200101T000000Z-0", "there is no version"), (versions[2], "already")):
        refused = runner.invoke(main, ["publish", "--rollback", wrong])
        assert refused.exit_code == 1 and said in refused.output
    assert [version.folder.stat().st_ino for version in list_versions(zone.settings)] == inodes
    listed = runner.invoke(main, ["publish", "--list"]).output.splitlines()
    assert [line[:1] for line in listed] == [" ", " ", "*"]
    assert "as of 2026-03-31" in listed[0] and "1 green" in listed[0] and "tester" in listed[0]
    told = runner.invoke(main, ["publish", "--history"]).output.splitlines()
    assert [line.split("  ")[2] for line in told] == [
        *(f"published {version} by tester" for version in versions),
        f"rolled back to {versions[1]} by controller",
        *(f"rolled back to {version} by {acting_user()}" for version in (versions[0], versions[2])),
    ]
    # A version that was rolled back to is what the next publish goes on from.
    roll_back(zone.settings, versions[0], "tester")
    assert zone.publish().is_new
    same_as_warehouse(zone)


def test_a_clock_that_went_back_does_not_reorder_versions(zone: Zone) -> None:
    clocks = [
        datetime.datetime(2031, 1, 1, tzinfo=datetime.UTC),
        datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC),
    ]
    versions = []
    for night, now in enumerate([*clocks, *clocks]):
        zone.build(night)
        versions.append(publish(zone.settings, "tester", clock=lambda now=now: now).version)
    assert versions == sorted(set(versions))


def test_old_versions_go_but_for_the_last_of_each_month(zone: Zone) -> None:
    zone.settings = replace(zone.settings, published_keep=2)
    reader = None
    for night, as_of_on in enumerate(
        ["2026-01-30", "2026-01-31", "2026-01-15", "2026-02-27", "2026-03-01", "2026-03-02", "2026-03-03"]
    ):
        zone.build(night, as_of_on=as_of_on)
        done = zone.publish()
        if night == 0:
            reader = duckdb.connect(str(zone.current / "tieout.duckdb"), read_only=True)
    kept = [str(version.as_of_on) for version in list_versions(zone.settings)]
    assert kept == ["2026-01-31", "2026-02-27", "2026-03-02", "2026-03-03"]
    assert len(done.removed) == 1
    # Its file is gone, and whoever has it open reads on.
    assert reader.execute(DATABASE_NIGHTS).fetchall() == [(0, 0, 0)]
    reader.close()
    roll_back(zone.settings, list_versions(zone.settings)[0].version, "tester")
    zone.settings = replace(zone.settings, published_keep=1)
    for night in (8, 9):
        zone.build(night, as_of_on="2026-03-09")
        zone.publish()
        assert zone.current.exists()
    same_as_warehouse(zone)


def test_a_full_disk_leaves_the_version_before(zone: Zone, monkeypatch: pytest.MonkeyPatch) -> None:
    zone.publish()
    zone.build(2)

    def full(file: Path, content: bytes, mode: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(copying, "_put", full)
        with pytest.raises(PublishError, match="No space left on device"):
            zone.publish()
    assert query(zone.settings.published / "current" / "tieout.duckdb", DATABASE_NIGHTS) == [(1, 1, 1)]
    assert list((zone.settings.published / "versions").glob(".*")) == []
    zone.publish()
    same_as_warehouse(zone)


@pytest.mark.parametrize(
    "fault", ["delete from copy.marts.fct_balances", "update copy.marts.fct_balances set night = 7"]
)
def test_what_reads_back_otherwise_is_not_published(
    zone: Zone, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    zone.publish()
    bring_up = copying._bring_up

    def badly(connection: duckdb.DuckDBPyConnection, mart: Mart, before: Mart | None) -> int:
        written = bring_up(connection, mart, before)
        if mart.table == "fct_balances":
            connection.execute(fault)
        return written

    monkeypatch.setattr(copying, "_bring_up", badly)
    zone.build(2)
    with pytest.raises(PublishError, match=r"marts\.fct_balances reads back otherwise"):
        zone.publish()


def alter(file: Path) -> None:
    """Change a byte of a file, and put its time back."""
    before, mode = file.stat(), file.stat().st_mode
    file.chmod(0o600)
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    file.chmod(mode)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


ALTERED = [
    "tieout.duckdb",
    "payroll/tieout_payroll.duckdb",
    "parquet/marts/fct_items/2026-01.parquet",
    "payroll/parquet/payroll/dim_employees/all.parquet",
]


@pytest.mark.parametrize("night", [1, 2])
@pytest.mark.parametrize("file", ALTERED)
def test_no_version_goes_on_from_a_file_that_was_altered(
    zone: Zone, caplog: pytest.LogCaptureFixture, file: str, night: int
) -> None:
    zone.publish()
    alter(zone.current / file)
    zone.build(night)
    assert zone.publish().is_new
    assert f"{file} is not what was published" in caplog.text
    same_as_warehouse(zone)


@pytest.mark.parametrize("file", ALTERED)
def test_what_a_red_control_would_keep_of_an_altered_version_is_not_published(zone: Zone, file: str) -> None:
    zone.publish()
    alter(zone.current / file)
    zone.build(2, controls="('file_read', 'a.xml', 'red', false)")
    with pytest.raises(PublishRefusedError, match="is not what was published any more"):
        zone.publish()


def test_a_version_of_before_hashes_is_compared_whole(zone: Zone) -> None:
    zone.publish()
    facts = zone.facts()
    del facts["database"]
    for table in facts["tables"]:
        for file in table["files"]:
            del file["sha256"]
    facts_file = zone.current / "version.json"
    facts_file.chmod(0o644)
    facts_file.write_text(json.dumps(facts))
    zone.build(2)
    assert zone.publish().parts_written == 4
    same_as_warehouse(zone)
    assert zone.facts()["database"]["sha256"]
    assert all(file["sha256"] for table in zone.facts()["tables"] for file in table["files"])


def test_a_connection_that_stays_open_keeps_its_version(zone: Zone) -> None:
    zone.publish()
    link = str(zone.settings.published / "current" / "tieout.duckdb")
    stays = duckdb.connect(link, read_only=True)
    zone.build(2)
    zone.publish()
    assert stays.execute(DATABASE_NIGHTS).fetchall() == [(1, 1, 1)]
    assert query(Path(link), DATABASE_NIGHTS) == [(2, 2, 2)]
    stays.close()


def read(published: Path, queries: int, stop: multiprocessing.Event, found: multiprocessing.Queue) -> None:
    """Query the published copy again and again, on many connections, a fifth of them on Parquet."""
    os.nice(10)  # the publisher is not to wait for eight busy readers
    done = 0
    mixed, errors, nights = [], [], set()
    while done < queries or not stop.is_set():
        try:
            if done // QUERIES % 5:
                connection = duckdb.connect(
                    str(published / "current" / "tieout.duckdb"), read_only=True, config=ONE
                )
                statement = DATABASE_NIGHTS
            else:
                connection = duckdb.connect(config=ONE)
                folder = (published / "current").resolve() / "parquet"
                names = ("marts/fct_items", "marts/fct_balances", "operations/fct_runs")
                items, balances, runs = (f"read_parquet('{folder / name}/*.parquet')" for name in names)
                statement = NIGHTS.format(items=items, balances=balances, runs=runs)
            with connection:
                on_connection = set()
                for _ in range(QUERIES):
                    on_connection.update(*connection.execute(statement).fetchall())
                    done += 1
            nights |= on_connection
            if len(on_connection) > 1:
                mixed.append(on_connection)
        except Exception as error:  # every one counts
            errors.append(str(error))
            done += 1
    found.put((done, len(nights), mixed, errors[:3]))


@pytest.mark.drawn
def test_readers_see_one_version_and_never_err(zone: Zone) -> None:
    zone.settings = replace(zone.settings, published_keep=8)
    zone.publish()
    context = multiprocessing.get_context("fork")
    stop, found = context.Event(), context.Queue()
    readers = [
        context.Process(target=read, args=(zone.settings.published, times(200), stop, found))
        for _ in range(8)
    ]
    for reader in readers:
        reader.start()
    publishes = 0
    try:
        for night in range(2, 3 + times(5)):
            zone.build(night)
            publishes += zone.publish().is_new
        stop.set()
        outcomes = [found.get(timeout=120) for _ in readers]
    finally:
        for reader in readers:
            reader.kill()
            reader.join()
    assert publishes >= times(5)
    assert sum(done for done, *_ in outcomes) >= 8 * times(200)
    assert max(nights for _, nights, *_ in outcomes) > 3  # they did read across publishes
    assert [mixed for *_, mixed, _ in outcomes if mixed] == []
    assert [errors for *_, errors in outcomes if errors] == []


def look(link: Path, stop: multiprocessing.Event, found: multiprocessing.Queue) -> None:
    """Follow the link again and again, and say how often it was there and how often not."""
    there = missing = 0
    while not stop.is_set():
        try:
            (link / "version.json").stat()
            there += 1
        except FileNotFoundError:
            missing += 1
    found.put((there, missing))


def test_the_link_is_there_at_every_moment_of_a_switch(zone: Zone) -> None:
    versions = [zone.publish().version]
    zone.build(2)
    versions.append(zone.publish().version)
    folder = versioning.PublishedFolder(zone.settings.published)
    context = multiprocessing.get_context("fork")
    stop, found = context.Event(), context.Queue()
    looker = context.Process(target=look, args=(zone.settings.published / "current", stop, found))
    looker.start()
    for number in range(500):
        folder.switch(versions[number % 2])
    stop.set()
    there, missing = found.get(timeout=30)
    looker.join()
    assert there > 100
    assert missing == 0


def publish_and_say(zone: Zone, begun: multiprocessing.Event) -> None:
    begun.set()
    zone.publish()


@pytest.mark.drawn
def test_a_publish_killed_at_any_moment_leaves_one_version_and_the_next_is_right(zone: Zone) -> None:
    zone.settings = replace(zone.settings, published_keep=3, lock_timeout_seconds=30)
    began = time.monotonic()
    zone.publish()
    usual = time.monotonic() - began
    moments = random.Random(7)
    context = multiprocessing.get_context("fork")
    before, killed = 1, 0
    kills = times(6)
    for night in range(2, 2 + kills):
        zone.build(night)
        begun = context.Event()
        process = context.Process(target=publish_and_say, args=(zone, begun))
        process.start()
        assert begun.wait(10)
        time.sleep(moments.uniform(0, usual))
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        killed += process.exitcode == -signal.SIGKILL
        ((seen, *others),) = query(zone.settings.published / "current" / "tieout.duckdb", DATABASE_NIGHTS)
        assert seen in (before, night) and set(others) == {seen}
        before = seen
    assert killed >= kills // 2
    zone.publish()
    same_as_warehouse(zone)
    assert list((zone.settings.published / "versions").glob(".*")) == []
    assert len(list_versions(zone.settings)) <= 4


STEPS: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "before the rename": lambda patch: patch.setattr(Path, "rename", lambda *_: os._exit(9)),
    "behind the chain's link": lambda patch: patch.setattr(
        versioning.PublishedFolder, "publish", lambda *_: os._exit(9)
    ),
    "before the switch": lambda patch: patch.setattr(
        versioning.PublishedFolder, "switch", lambda *_: os._exit(9)
    ),
    "at the link": lambda patch: patch.setattr(Path, "replace", lambda *_: os._exit(9)),
}


def publish_until(zone: Zone, step: str) -> None:
    STEPS[step](pytest.MonkeyPatch())
    zone.publish()


@pytest.mark.parametrize("step", STEPS)
def test_a_publish_killed_at_a_switch_is_made_good(zone: Zone, step: str) -> None:
    zone.publish()
    zone.build(2)
    process = multiprocessing.get_context("fork").Process(target=publish_until, args=(zone, step))
    process.start()
    process.join()
    assert process.exitcode == 9
    assert query(zone.settings.published / "current" / "tieout.duckdb", DATABASE_NIGHTS) == [(1, 1, 1)]
    assert all("cut off" in str(finding) for finding in verify(zone.settings).open)
    zone.publish()
    assert query(zone.settings.published / "current" / "tieout.duckdb", DATABASE_NIGHTS) == [(2, 2, 2)]
    assert verify(zone.settings).open == []
    same_as_warehouse(zone)


def test_a_publication_that_was_cut_off_and_is_no_more_asked_for_is_taken_back(zone: Zone) -> None:
    version = zone.publish().version
    zone.build(2)
    process = multiprocessing.get_context("fork").Process(
        target=publish_until, args=(zone, "behind the chain's link")
    )
    process.start()
    process.join()
    zone.build(1)
    again = zone.publish()
    assert (again.is_new, again.version) == (False, version)
    assert verify(zone.settings).open == []


@pytest.mark.parametrize(
    ("url", "is_verified"),
    [
        ("localhost/books", False),
        ("127.0.0.1/books", False),
        ("[::1]/books", False),
        ("10.0.0.1/books", True),
        ("db.example/books", True),
        ("db.example/books?sslmode=require", False),
        ("127.0.0.1/books?sslmode=verify-full", True),
    ],
)
def test_a_server_on_another_machine_is_verified(
    url: str, is_verified: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[object] = []
    monkeypatch.setattr(postgres.sqlalchemy, "create_engine", lambda *_, **more: given.append(more))
    postgres.PostgresTarget(f"postgresql://ann:secret@{url}")
    context = given[0]["connect_args"]["ssl_context"]
    assert isinstance(context, ssl.SSLContext) == is_verified
    assert not is_verified or (context.check_hostname and context.verify_mode == ssl.CERT_REQUIRED)


@pytest.mark.parametrize("query", ["sslrootcert=/nowhere.pem", "sslmode=prefer&sslrootcert=/etc/hosts"])
def test_an_authority_that_cannot_be_used_is_refused(query: str) -> None:
    with pytest.raises(SettingsError, match="sslrootcert=FILE") as refused:
        postgres.PostgresTarget(f"postgresql://ann:correct@db.example/books?{query}")
    assert "correct" not in str(refused.value)
