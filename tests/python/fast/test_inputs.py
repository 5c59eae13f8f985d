"""A night builds what reads something else than when it was built, and nothing besides."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb
import pytest

from orchestration.settings import Settings
from orchestration.warehouse.inputs import run_inputs, stale_nodes

NIGHT = "2026-10-09"
DATE = "macro.tieout.business_date"
LOADED = ["macro.tieout.loaded_rows"]
FILES = "source.tieout.lake.collected_files"
# files; punches -> hours -> pay; lines -> open items, as of the date; a seed; a test of both.
NODES = {
    "seed.tieout.rates": ([], []),
    "model.tieout.files": ([FILES], []),
    "model.tieout.staged_punches": (["source.tieout.lake.punches", FILES], LOADED),
    "model.tieout.staged_statements": (["source.tieout.lake.bank_statements", FILES], LOADED),
    "model.tieout.staged_bank_lines": (["source.tieout.lake.bank_statement_lines", FILES], LOADED),
    "model.tieout.hours": (["model.tieout.staged_punches", "seed.tieout.rates"], []),
    "model.tieout.pay": (["model.tieout.hours"], []),
    "model.tieout.items": (["source.tieout.lake.journal_lines"], ["macro.tieout.given_business_date"]),
    "test.tieout.pay_is_in_items": (["model.tieout.pay", "model.tieout.items"], []),
}
PAYROLL = {"seed.tieout.rates", "model.tieout.staged_punches", "model.tieout.hours", "model.tieout.pay"}
BANK = {"model.tieout.staged_statements", "model.tieout.staged_bank_lines"}
DATED = {"model.tieout.items", "test.tieout.pay_is_in_items"}
SOURCES = [
    f"source.tieout.lake.{name}"
    for name in (
        "punches",
        "journal_lines",
        "closes",
        "bank_statements",
        "bank_statement_lines",
        "collected_files",
    )
]
MANIFEST = {
    "sources": {source: {"identifier": source.rpartition(".")[2]} for source in SOURCES},
    "macros": {
        DATE: {"depends_on": {"macros": []}},
        "macro.tieout.given_business_date": {"depends_on": {"macros": [DATE]}},
    },
    "nodes": {
        node: {
            "resource_type": node.partition(".")[0],
            "depends_on": {"macros": macros} | ({"nodes": parents} if parents else {}),
        }
        for node, (parents, macros) in NODES.items()
    },
    "child_map": {
        parent: [node for node, (parents, _) in NODES.items() if parent in parents]
        for parent in [*NODES, *SOURCES]
    },
}


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("TIEOUT_LAKE", str(tmp_path / "lake"))
    monkeypatch.setenv("TIEOUT_WAREHOUSE", str(tmp_path / "tieout.duckdb"))
    for dataset in ("punches", "journal_lines", "_work"):
        (tmp_path / "lake" / dataset).mkdir(parents=True)
        (tmp_path / "lake" / dataset / "1.parquet").write_text(dataset)
    collected(tmp_path / "lake", "1", "punches", "punches/CLK-01/monday.jsonl")
    settings = Settings.from_environment()
    build(settings)
    return settings


def build(settings: Settings, nodes: set[str] | None = None, run: str = "run") -> None:
    """Leave in the warehouse what a run of these nodes leaves, all of them unless given."""
    inputs = run_inputs(settings, NIGHT)
    with duckdb.connect(str(settings.warehouse)) as warehouse:
        warehouse.execute(
            """
            create schema if not exists ops;
            create table if not exists ops.node_states
                (node_id text, status text, invocation_id text, domain text);
            create table if not exists ops.run_inputs (invocation_id text, name text, fingerprint text);
            """
        )
        for node in nodes or NODES:
            warehouse.execute("delete from ops.node_states where node_id = $1", [node])
            status = "pass" if node.startswith("test") else "success"
            warehouse.execute("insert into ops.node_states values ($1, $2, $3, 'bank')", [node, status, run])
        for name, fingerprint in inputs.items():
            warehouse.execute("insert into ops.run_inputs values ($1, $2, $3)", [run, name, fingerprint])


def collected(lake: Path, load_id: str, source: str, path: str, status: str = "loaded") -> None:
    """Record in the lake what a load made of a file."""
    (lake / "collected_files").mkdir(exist_ok=True)
    duckdb.sql(
        f"select '{path}' as path, '{source}' as source, '{status}' as status, 'f00' as file_hash"
    ).project(f"*, '{load_id}' as load_id").write_parquet(
        str(lake / "collected_files" / f"{load_id}.parquet")
    )


def stale(settings: Settings, business_date: str = NIGHT, domain: str = "bank") -> set[str] | None:
    return stale_nodes(settings.warehouse, MANIFEST, run_inputs(settings, business_date), domain)


def test_what_reads_the_same_is_not_built_again(settings: Settings) -> None:
    assert stale(settings) == set()


def test_what_reads_a_new_file_is_built_again(settings: Settings) -> None:
    (settings.lake / "journal_lines" / "2.parquet").write_text("more")
    assert stale(settings) == DATED
    assert stale(settings, domain="payroll") == set()


def test_an_edited_file_is_another_one_though_its_size_and_time_are_put_back(settings: Settings) -> None:
    file = settings.lake / "punches" / "1.parquet"
    before = file.stat()
    file.write_text("PUNCHES")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert stale(settings) == (PAYROLL | {"test.tieout.pay_is_in_items"}) - {"seed.tieout.rates"}


def test_a_file_of_the_bank_leaves_payroll_as_it_is(settings: Settings) -> None:
    collected(settings.lake, "2", "bank_statements", "bank/camt053.xml")
    assert stale(settings) == BANK | {"model.tieout.files"}
    assert stale(settings, domain="payroll") == set()


@pytest.mark.parametrize("status", ["loaded", "quarantined"])
def test_what_became_of_a_file_of_a_clock_is_read_by_payroll(settings: Settings, status: str) -> None:
    collected(settings.lake, "2", "punches", "punches/CLK-01/monday.jsonl", status)
    payroll = {"model.tieout.staged_punches", "model.tieout.hours", "model.tieout.pay"}
    assert stale(settings) == payroll | {"model.tieout.files", "test.tieout.pay_is_in_items"}


def test_what_is_recorded_of_a_file_decides_and_not_where_it_stands(settings: Settings) -> None:
    (settings.lake / "collected_files" / "1.parquet").rename(settings.lake / "collected_files" / "0.parquet")
    assert stale(settings) == {"model.tieout.files"}


def test_work_files_and_the_first_file_of_an_unread_dataset_are_no_input(settings: Settings) -> None:
    (settings.lake / "_work" / "2.parquet").write_text("work")
    (settings.lake / "closes").mkdir()
    (settings.lake / "closes" / "1.parquet").write_text("closes")
    assert stale(settings) == set()


def test_another_date_builds_what_is_as_of_it(settings: Settings) -> None:
    assert stale(settings, "2026-10-12") == DATED
    assert stale(settings, "") == DATED


def test_another_secret_or_variable_builds_all(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    given = run_inputs(settings, NIGHT, {"batch_grain": "month"})
    assert stale_nodes(settings.warehouse, MANIFEST, given, "bank") == set(NODES)
    monkeypatch.setenv("TIEOUT_PSEUDONYM_KEY", "another")
    assert stale(Settings.from_environment()) == set(NODES)


def test_each_node_is_compared_with_the_run_that_built_it(settings: Settings) -> None:
    (settings.lake / "punches" / "2.parquet").write_text("more")
    build(settings, PAYROLL, run="second")
    assert stale(settings) == {"test.tieout.pay_is_in_items"}


@pytest.mark.parametrize("status", ["error", "fail", "skipped", "pending", "warn"])
def test_what_is_not_as_it_must_be_is_built_again_with_its_readers(settings: Settings, status: str) -> None:
    with duckdb.connect(str(settings.warehouse)) as warehouse:
        warehouse.execute(
            "update ops.node_states set status = $1 where node_id = 'model.tieout.pay'", [status]
        )
    assert stale(settings) == {"model.tieout.pay", "test.tieout.pay_is_in_items"}


def test_a_run_that_left_no_inputs_proves_nothing(settings: Settings) -> None:
    with duckdb.connect(str(settings.warehouse)) as warehouse:
        warehouse.execute("delete from ops.run_inputs")
    assert stale(settings) == set(NODES)


def test_a_warehouse_of_another_project_is_built_whole(settings: Settings) -> None:
    with duckdb.connect(str(settings.warehouse)) as warehouse:
        warehouse.execute("delete from ops.node_states where node_id = 'model.tieout.pay'")
    assert stale(settings) is None
    settings.warehouse.unlink()
    duckdb.connect(str(settings.warehouse)).close()
    assert stale(settings) is None
