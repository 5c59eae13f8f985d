"""The warehouse as a whole, on the demo company: a function of the lake that agrees with the truth."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from dbt_runs import MODELS_ONLY, run_dbt, warehouse_of

from orchestration.lake.datasets import DATASETS, source_of
from orchestration.lake.read import lake_rows
from orchestration.report.summary import summarize
from orchestration.settings import PROJECT_DIR

LANDING = PROJECT_DIR / "landing"
TRUTH = PROJECT_DIR / "tests" / "planted" / "truth"

TRUTH_ITEMS = f"""
with truth as (
    select
        *,
        upper(regexp_replace(account_number, '[^A-Za-z0-9]', '', 'g')) as account_id
    from read_csv('{TRUTH / "matches.csv"}', all_varchar = true)
)

select
    truth.truth_match_id,
    truth.kind,
    lines.statement_line_id as item_id
from truth
inner join marts.fct_bank_statement_lines as lines
    on
        truth.account_id = lines.account_id
        and truth.bank_reference is not distinct from lines.bank_reference
        and cast(truth.amount as decimal(28, 5)) = lines.amount
        and cast(truth.item_on as date) = lines.booked_on
where truth.side = 'bank'
union all
select
    truth.truth_match_id,
    truth.kind,
    items.item_id
from truth
inner join intermediate.int_journal_lines_classified as journal
    on
        truth.entry_id = journal.entry_id
        and cast(truth.line_no as integer) = journal.line_no
        and journal.disposition = 'kept'
inner join intermediate.int_ledger_items as items
    on
        journal.file_hash = items.file_hash
        and journal.line_number = items.line_number
where truth.side = 'ledger'
"""


@pytest.fixture(scope="module")
def zone(demo_zone: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the demo company as it was collected and built."""
    return shutil.copytree(demo_zone, tmp_path_factory.mktemp("warehouse") / "zone")


@pytest.fixture
def marts(zone: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(warehouse_of(zone)), read_only=True) as connection:
        yield connection


def contents(warehouse: Path) -> dict[str, str]:
    """A digest of every mart's rows, whatever their order."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        tables = connection.execute(
            """
            select table_schema || '.' || table_name
            from information_schema.tables
            where
                table_schema = 'marts'
                or (table_schema in ('payroll', 'documents') and regexp_matches(table_name, '^(fct|dim)_'))
            order by 1
            """
        ).fetchall()
        digests = {}
        for (table,) in tables:
            rows = sorted(map(str, connection.table(table).fetchall()))
            digests[table] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
        return digests


def test_rows_stand_with_files_of_the_source_of_their_dataset(zone: Path) -> None:
    sources: dict[str, set[str]] = {}
    for dataset in DATASETS:
        if dataset != "collected_files" and (rows := lake_rows(zone / "lake", dataset, ["file_hash"])):
            hashes = {row["file_hash"] for row in rows} - {None, ""}
            files = lake_rows(zone / "lake", "collected_files", ["file_hash", "source"], status="loaded")
            sources[dataset] = {file["source"] for file in files if file["file_hash"] in hashes}
    assert {dataset: found for dataset, found in sources.items() if found} == {
        dataset: {source_of(dataset)} for dataset, found in sources.items() if found
    }
    assert set(sources) >= {
        "bank_statements",
        "bank_statement_line_details",
        "journal_lines",
        "punches",
        "hr_leave",
    }


def test_building_twice_and_building_from_the_lake_alone_change_nothing(
    zone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor does what a build records of the one before."""
    monkeypatch.setenv("DBT_WRITE_JSON", "true")
    first = contents(warehouse_of(zone))
    assert len(first) == 40
    run_dbt("build", *MODELS_ONLY, zone=zone, landing=LANDING)
    assert contents(warehouse_of(zone)) == first
    shutil.rmtree(warehouse_of(zone).parent)
    run_dbt("build", *MODELS_ONLY, zone=zone, landing=tmp_path)
    assert contents(warehouse_of(zone)) == first


def test_red_controls_are_the_planted_ones(marts: duckdb.DuckDBPyConnection) -> None:
    red = marts.execute(
        "select control_code, scope, difference from marts.fct_control_totals where status = 'red' order by 1"
    ).fetchall()
    corrupt, gap = planted("corrupt_file"), planted("balance_gap")
    assert [(code, scope) for code, scope, _ in red if code == "file_read"] == [
        ("file_read", row["file"]) for row in corrupt
    ]
    chain = [row for row in red if row[0] == "statement_chain"]
    assert len(chain) == len(gap) == 1
    assert [f"{difference:.2f}" for _, _, difference in chain] == [row["amount"] for row in gap]
    paper = [(code, scope) for code, scope, _ in red if code in ("cheque_register", "cheques_to_bank")]
    # Altered and so paid otherwise, presented twice, unissued and so out of range; and either letter.
    assert len([code for code, _ in paper if code == "cheque_register"]) == 5
    assert len(paper) == 7
    assert len(red) == 2 + len(paper)


def test_paper_is_what_the_truth_says(marts: duckdb.DuckDBPyConnection) -> None:
    """Every cheque and picture has the status that it was drawn for, and an automatic tie is to its claim."""
    wrong = marts.execute(
        f"""
        with truth as (
            select * from read_csv('{TRUTH / "paper.csv"}', all_varchar = true)
        )

        select truth.kind, truth.file, truth.cheque_number, truth.status, found.status
        from truth
        left join (
            select file_path, cheque_number, status from documents.fct_cheques
            union all
            select file_path, null as cheque_number, status from documents.fct_documents
        ) as found
            on
                truth.file = found.file_path
                and truth.cheque_number is not distinct from found.cheque_number
        where found.status is distinct from truth.status
        """
    ).fetchall()
    assert wrong == []
    assert marts.execute(
        f"""
        select count(*), count(*) filter (where journal.entry_id is distinct from truth.entry_id)
        from documents.fct_documents as documents
        inner join read_csv('{TRUTH / "paper.csv"}', all_varchar = true) as truth
            on documents.file_path = truth.file
        left join intermediate.int_ledger_items as items
            on documents.item_id = items.item_id
        left join intermediate.int_journal_lines_classified as journal
            on
                items.file_hash = journal.file_hash
                and items.line_number = journal.line_number
        where documents.status = 'tied'
        """
    ).fetchone() == (18, 0)
    faults = marts.execute(
        "select cheque_number from documents.fct_cheques where fault is not null"
    ).fetchall()
    truth = marts.execute(
        f"""
        select cheque_number from read_csv('{TRUTH / "paper.csv"}', all_varchar = true)
        where kind = 'damaged_picture'
        """
    ).fetchall()
    assert faults == truth
    assert marts.execute(
        "select file_path, other_file_path, kind from documents.fct_document_duplicates order by all"
    ).fetchall() == [
        ("documents/receipt_005.jpg", "documents/receipt_004.jpg", "same_paper"),
        ("documents/resent/again.jpg", "documents/receipt_002.jpg", "same_bytes"),
    ]


def test_every_line_of_the_truth_is_an_item(marts: duckdb.DuckDBPyConnection) -> None:
    listed, found, distinct = marts.execute(
        f"""
        select
            (select count(*) from read_csv('{TRUTH / "matches.csv"}', all_varchar = true)),
            count(*),
            count(distinct item_id)
        from ({TRUTH_ITEMS})
        """
    ).fetchone()
    assert listed == found == distinct


def test_matches_agree_with_the_truth(marts: duckdb.DuckDBPyConnection) -> None:
    """A match is wrong when it joins items that the truth keeps apart.

    Two equal payments of one payee on neighbouring days may be paired crosswise: nothing in the
    items tells them apart. No other wrong match is allowed.
    """
    wrong = marts.execute(
        f"""
        with truth as ({TRUTH_ITEMS})

        select
            items.rule_code,
            string_agg(distinct truth.kind) as kinds
        from marts.fct_reconciliation_items as items
        inner join truth on items.item_id = truth.item_id
        where items.match_id is not null
        group by items.match_id, items.rule_code
        having count(distinct truth.truth_match_id) > 1
        """
    ).fetchall()
    assert {row for row in wrong if row != ("counterparty", "no_reference")} == set()
    assert len(wrong) <= 10


def test_the_planted_kinds_that_the_rules_cover_are_matched(marts: duckdb.DuckDBPyConnection) -> None:
    open_kinds = marts.execute(
        f"""
        with truth as ({TRUTH_ITEMS})

        select truth.kind, count(*)
        from marts.fct_reconciliation_items as items
        inner join truth on items.item_id = truth.item_id
        where items.status = 'open'
        group by truth.kind
        order by truth.kind
        """
    ).fetchall()
    # A subscription that both sides show on uneven days is only suggested, as are exchanged digits.
    assert open_kinds == [("no_reference", 2), ("swapped_digits", 6)]


def test_planted_open_items_are_open(marts: duckdb.DuckDBPyConnection) -> None:
    kinds = [
        "bank_fee_not_booked",
        "duplicate_bank_line",
        "interest_not_booked",
        "outstanding_cheque",
        "own_transfer_not_booked",
        "statement_missing",
    ]
    for row in (row for kind in kinds for row in planted(kind)):
        statuses = marts.execute(
            """
            select status
            from marts.fct_reconciliation_items
            where
                side = ?
                and amount = cast(? as decimal(28, 5))
                and item_on = cast(? as date)
            """,
            [row["side"], row["amount"], row["item_on"]],
        ).fetchall()
        assert ("open",) in statuses, row


def test_the_summary_names_what_is_red(zone: Path) -> None:
    text = summarize(warehouse_of(zone))
    (corrupt,) = planted("corrupt_file")
    assert corrupt["file"] in text
    assert "1 quarantined" in text
    assert "statement_chain" in text


def planted(kind: str) -> list[dict[str, str]]:
    """The planted facts of one kind."""
    rows = duckdb.read_csv(str(TRUTH / "planted.csv"), all_varchar=True)
    found = rows.filter(duckdb.ColumnExpression("kind") == duckdb.ConstantExpression(kind))
    return [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]
