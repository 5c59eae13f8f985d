"""What an auditor is handed: it adds up, holds all that it speaks of, and is the same where it is built."""

from __future__ import annotations

import csv
import datetime
import filecmp
import hashlib
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner
from dbt_runs import MODELS_ONLY, run_dbt, warehouse_of
from independent_books import generate_books

from orchestration.cli import main
from orchestration.close.business_date import freeze
from orchestration.evidence import EvidenceError, export_books, write_evidence
from orchestration.evidence.month import Evidence
from orchestration.lake.chain import head
from orchestration.report import ReportError
from orchestration.settings import PROJECT_DIR, Settings

AUGUST, SEPTEMBER, OCTOBER, NOVEMBER = (datetime.date(2026, month, 1) for month in (8, 9, 10, 11))
CLOSED_ON = datetime.date(2026, 10, 31)  # a Saturday
BUILT = [
    *("+fct_bank_reconciliations", "+fct_bank_statements", "+fct_statement_gaps", "+fct_tampering"),
    *("+fct_reconciliation_items", "+fct_matches", "+fct_match_explanations", "+fct_audit_trail"),
    *("+fct_control_totals", "+dim_controls"),
    *("+int_closable_items", "+int_closable_matches", "+int_closable_balances"),
]
HOSTILE = '<script>alert("1")</script> \u202egnp.exe|"x"\n=1'
LINES = "intermediate.int_journal_lines_cleaned"


class Zone:
    """A company's landing zone, and its lake and warehouse in a place."""

    def __init__(self, landing: Path, place: Path) -> None:
        self.landing = landing
        self.place = place
        self.settings = replace(
            Settings.from_environment(),
            landing=landing,
            lake=place / "lake",
            warehouse=warehouse_of(place),
            reports=place / "reports",
        )

    def build(self) -> None:
        run_dbt("build", *MODELS_ONLY, "--select", *BUILT, zone=self.place, landing=self.landing)

    def rows(self, query: str) -> list[tuple]:
        with duckdb.connect(str(self.settings.warehouse), read_only=True) as connection:
            return connection.execute(query).fetchall()

    def write(
        self, account_id: str, month: datetime.date, out: Path, **asked: datetime.date | Path
    ) -> Evidence:
        return write_evidence(self.settings, account_id, month, out=out, **asked)

    @property
    def accounts(self) -> list[str]:
        return [row[0] for row in self.rows("select account_id from marts.dim_accounts order by 1")]


@pytest.fixture(scope="module")
def zone(tmp_path_factory: pytest.TempPathFactory) -> Zone:
    """October is closed by one person, and another undid one of its matches since."""
    folder = tmp_path_factory.mktemp("evidence")
    zone = Zone(folder / "landing", folder / "here")
    generate_books(zone.landing, folder / "truth.csv", seed=11, size=250)
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("TIEOUT_BUSINESS_DATE", str(CLOSED_ON))
        zone.build()
    freeze(zone.settings, CLOSED_ON, "Ines Vogt")
    zone.account_id, zone.match_id = zone.rows(
        "select account_id, match_id from marts.fct_matches"
        f" where bank_amount <> 0 and cleared_on between '{OCTOBER}' and '{CLOSED_ON}'"
        " order by match_id limit 1"
    )[0]
    (zone.landing / "decisions").mkdir()
    (zone.landing / "decisions" / "november.csv").write_text(
        "decision_id,decision,subjects,reason,decided_by,decided_at,until_on\n"
        f"N-1,unmatch,{zone.match_id},\"=cmd|' /C calc'!A0\",Oğuz Şen,2026-11-03T10:00:00Z,\n",
        encoding="utf-8",
    )
    statements = min((zone.landing / "bank").glob("camt-*.txt"))
    statements.with_stem(f"{statements.stem}_cut").write_bytes(statements.read_bytes()[:-200])
    zone.cut_off = statements.relative_to(zone.landing)
    zone.build()
    return zone


def table(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def words(folder: Path) -> str:
    """What a reader of the page reads, in order."""
    found: list[str] = []

    class Reader(HTMLParser):
        is_style = False

        def handle_starttag(self, tag: str, attrs: object) -> None:
            self.is_style = tag == "style"

        def handle_data(self, data: str) -> None:
            if not self.is_style:
                found.append(data)

    Reader().feed((folder / "evidence.html").read_text(encoding="utf-8"))
    return " ".join(" ".join(found).split())


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_two_builds_of_one_lake_in_two_places_give_the_same_bytes(zone: Zone, tmp_path: Path) -> None:
    shutil.copytree(zone.settings.lake, tmp_path / "there" / "lake")
    there = Zone(zone.landing, tmp_path / "there")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("TIEOUT_COLLECT", "off")
        there.build()
    span = (datetime.date(2026, 9, 10), datetime.date(2026, 11, 3), tmp_path / "books")
    for place, where in (("here", zone), ("there", there)):
        for account_id in zone.accounts:
            where.write(account_id, OCTOBER, tmp_path / place / "all" / account_id)
        export_books(where.settings, *span[:2], tmp_path / place / "all" / "books")
    here = tmp_path / "here" / "all"
    assert len(names(here)) > 20
    assert names(here) == names(tmp_path / "there" / "all")
    _, differing, unread = filecmp.cmpfiles(here, tmp_path / "there" / "all", names(here), shallow=False)
    assert (differing, unread) == ([], [])


def test_the_open_items_listed_are_those_of_the_statement(zone: Zone, tmp_path: Path) -> None:
    for account_id in zone.accounts:
        for month in (SEPTEMBER, OCTOBER, NOVEMBER):
            done = zone.write(account_id, month, tmp_path / f"{account_id}-{month:%m}")
            footing = table(done.path, "footing")
            undone = table(done.path, "undone_since")
            is_undone = (account_id, month) == (zone.account_id, OCTOBER)
            assert bool(undone) == is_undone
            assert sum(Decimal(row["difference"]) for row in footing[:-1]) == -sum(
                Decimal(row["amount"]) for row in undone
            )
            assert Decimal(footing[-1]["difference"]) == -len(undone)
            *_, closing = table(done.path, "statement")
            assert closing["difference"] == "0.00"
            assert closing["as_of_on"] == str(done.as_of)
            assert int(closing["open_item_count"]) == len(table(done.path, "open_items")) - len(undone)


def test_a_month_says_first_whether_it_is_closed(zone: Zone, tmp_path: Path) -> None:
    october = zone.write(zone.account_id, OCTOBER, tmp_path / "october")
    november = zone.write(zone.account_id, NOVEMBER, tmp_path / "november")
    middle = zone.write(zone.account_id, OCTOBER, tmp_path / "middle", as_of=datetime.date(2026, 10, 17))
    assert (october.is_closed, november.is_closed, middle.is_closed) == (True, False, False)
    assert "Closed: October 2026" in words(october.path)[:400]
    assert "Open, not closed: November 2026" in words(november.path)[:400]
    assert "This month is not closed" in words(november.path)[:600]
    assert "Saturday 17 October 2026" in words(middle.path)
    facts = {row["name"]: row["value"] for row in table(october.path, "facts")}
    assert facts["State of the month"] == "closed"
    assert facts["Head of the lake's chain"] == str(head(zone.settings.lake, None))
    assert head(zone.settings.lake, None).number > 0
    assert facts["Built by"] == "this code, with this policy"
    assert facts["duckdb"] == duckdb.__version__
    (event,) = table(october.path, "date_events")
    assert (event["date_on"], event["actor"]) == (str(CLOSED_ON), "Ines Vogt")
    assert table(october.path, "closes")[0]["closed_by"] == "Ines Vogt"


def test_further_facts_stand_on_the_first_page(zone: Zone, tmp_path: Path) -> None:
    zone.write(zone.account_id, OCTOBER, tmp_path / "out", facts=[("Head of the chain", "ab" * 32)])
    assert f"Head of the chain {'ab' * 32}" in words(tmp_path / "out")[:1500]


def test_every_delivered_file_has_the_hash_of_its_bytes(zone: Zone, tmp_path: Path) -> None:
    for account_id in zone.accounts:
        done = zone.write(account_id, SEPTEMBER, tmp_path / account_id)
        deliveries = table(done.path, "deliveries")
        assert {row["file_path"] for row in table(done.path, "statements")} <= {
            row["path"] for row in deliveries
        }
        for row in deliveries:
            content = (zone.landing / row["path"]).read_bytes()
            assert hashlib.sha256(content).hexdigest() == row["file_hash"]
            assert row["rows_read"] == row["rows_in_lake"]
            assert (row["status"] == "loaded") == bool(row["rows_read"])


def test_a_file_in_quarantine_stands_beside_the_files_of_its_folder(zone: Zone, tmp_path: Path) -> None:
    cut = str(zone.cut_off.with_stem(f"{zone.cut_off.stem}_cut"))
    ((account_id, month),) = zone.rows(
        "select account_id, cast(date_trunc('month', min(period_end_on)) as date)"
        f" from marts.fct_bank_statements where file_path = '{zone.cut_off}' group by 1 order by 1 limit 1"
    )
    done = zone.write(account_id, month, tmp_path / "out")
    (row,) = [row for row in table(done.path, "deliveries") if row["path"] == cut]
    assert row["status"] == "quarantined"
    assert row["quarantine_reason"] in words(done.path)
    reds = [row for row in table(done.path, "controls") if row["status"] == "red"]
    assert [(row["control_code"], row["scope"]) for row in reds] == [("file_read", cut)]


def test_the_matches_of_the_month_are_there_once_with_all_their_members(zone: Zone, tmp_path: Path) -> None:
    for account_id in zone.accounts:
        done = zone.write(account_id, OCTOBER, tmp_path / account_id)
        matches = table(done.path, "matches")
        assert [(row["match_id"],) for row in sorted(matches, key=lambda row: row["match_id"])] == zone.rows(
            f"select match_id from marts.fct_matches where account_id = '{account_id}'"
            f" and cleared_on between '{OCTOBER}' and '{CLOSED_ON}' order by match_id"
        )
        sums: Counter[tuple[str, str]] = Counter()
        for item in table(done.path, "match_items"):
            sums[item["match_id"], item["side"]] += Decimal(item["amount"])
            assert item["explanation"]
        for row in matches:
            assert sums[row["match_id"], "bank"] == Decimal(row["bank_amount"])
            assert sums[row["match_id"], "ledger"] == Decimal(row["ledger_amount"])
        by_rule = table(done.path, "matches_by_rule")
        assert sum(int(row["match_count"]) for row in by_rule) == len(matches)


def test_a_decision_is_there_with_its_person_its_reason_and_what_became_of_it(
    zone: Zone, tmp_path: Path
) -> None:
    done = zone.write(zone.account_id, OCTOBER, tmp_path / "out")
    (decision,) = table(done.path, "decisions")
    assert (decision["decision_id"], decision["decided_by"]) == ("N-1", "Oğuz Şen")
    assert (decision["subject_id"], decision["outcome"]) == (zone.match_id, "applied")
    assert decision["reason"] == "'=cmd|' /C calc'!A0"  # a spreadsheet would run it without the apostrophe
    assert "Oğuz Şen" in words(done.path)
    others = [account_id for account_id in zone.accounts if account_id != zone.account_id]
    for account_id in others:
        other = zone.write(account_id, OCTOBER, tmp_path / account_id)
        assert table(other.path, "decisions") == []


def test_the_sums_tell_a_file_that_was_changed(zone: Zone, tmp_path: Path) -> None:
    done = zone.write(zone.account_id, OCTOBER, tmp_path / "out")
    check = ["sha256sum", "--check", "--quiet", "--strict", "SHA256SUMS"]
    subprocess.run(check, cwd=done.path, check=True)
    summed = {line.split("  ")[1] for line in (done.path / "SHA256SUMS").read_text().splitlines()}
    assert summed == set(names(done.path)) - {"SHA256SUMS"}
    with (done.path / "open_items.csv").open("a") as file:
        file.write("bank,one more\n")
    told = subprocess.run(check, cwd=done.path, check=False, capture_output=True, text=True)
    assert (told.returncode, told.stdout) == (1, "open_items.csv: FAILED\n")


@pytest.fixture
def foreign(zone: Zone, tmp_path: Path) -> Iterator[Zone]:
    """A copy of the warehouse, to be changed."""
    copy = Zone(zone.landing, tmp_path / "foreign")
    copy.settings = replace(copy.settings, lake=zone.settings.lake)
    copy.settings.warehouse.parent.mkdir(parents=True)
    shutil.copy(zone.settings.warehouse, copy.settings.warehouse)
    copy.account_id = zone.account_id
    yield copy


def change(zone: Zone, *statements: str) -> None:
    with duckdb.connect(str(zone.settings.warehouse)) as connection:
        for statement in statements:
            connection.execute(statement, {"hostile": HOSTILE} if "$hostile" in statement else None)


def test_nothing_from_outside_is_live_on_the_page_or_in_a_spreadsheet(foreign: Zone, tmp_path: Path) -> None:
    change(
        foreign,
        "update marts.fct_reconciliation_items set counterparty = $hostile, memo = '+' || $hostile",
        "update marts.fct_bank_statements set statement_reference = $hostile",
        "update marts.fct_audit_trail set actor = $hostile where actor_kind = 'person'",
        "update marts.fct_audit_trail set reason = '@' || $hostile where actor_kind = 'person'",
        "update marts.dim_accounts set account_name = $hostile",
    )
    done = foreign.write(foreign.account_id, OCTOBER, tmp_path / "out")
    html = (done.path / "evidence.html").read_text(encoding="utf-8")
    assert "<script" not in html
    assert "\u202e" not in html
    assert "&lt;script&gt;" in html and "[U+202E]" in html
    assert "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'" in html
    assert not re.findall(r"(?:src|href)=\"(?!#)", html)
    cells = [
        cell
        for path in done.path.glob("*.csv")
        for row in csv.reader(path.open(encoding="utf-8", newline=""))
        for cell in row
    ]
    assert [cell for cell in cells if cell.startswith(("=", "+", "@")) or re.match("-[^0-9]", cell)] == []
    assert f"'+{HOSTILE}" in cells


def test_an_account_from_outside_never_becomes_a_path(foreign: Zone) -> None:
    tables = [
        "dim_accounts",
        "fct_bank_reconciliations",
        "fct_bank_statements",
        "fct_reconciliation_items",
        "fct_matches",
    ]
    change(
        foreign,
        *(
            f"update marts.{name} set account_id = '../../../out' where account_id = '{foreign.account_id}'"
            for name in tables
        ),
    )
    done = write_evidence(foreign.settings, "../../../out", OCTOBER)
    assert done.path.parent == foreign.settings.reports / "evidence"
    assert done.path.name == "_________out_2026-10"


def test_a_published_copy_gives_the_evidence_and_says_what_it_does_not_hold(
    zone: Zone, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.duckdb"
    with duckdb.connect(str(copy)) as connection:
        connection.execute(f"attach '{zone.settings.warehouse}' as warehouse (read_only)")
        for schema, name in connection.execute(
            "select schema_name, table_name from duckdb_tables()"
            " where database_name = 'warehouse' and schema_name = 'marts'"
        ).fetchall():
            connection.execute(f"create schema if not exists {schema}")
            connection.execute(f"create table {schema}.{name} as from warehouse.{schema}.{name}")
        connection.execute("create schema published")
        connection.execute(
            "create table published.version as"
            " select '20261103T000000Z-1' as version, 'night' as published_by,"
            " timestamp '2026-11-03 02:00:00' as published_at"
        )
    published = zone.write(zone.account_id, OCTOBER, tmp_path / "published", database=copy)
    built = zone.write(zone.account_id, OCTOBER, tmp_path / "built")
    assert set(names(built.path)) - set(names(published.path)) == {
        "closes.csv",
        "deliveries.csv",
        "statements_set_aside.csv",
        "undone_since.csv",
    }
    common = set(names(published.path)) - {"facts.csv", "evidence.html", "SHA256SUMS"}
    assert filecmp.cmpfiles(built.path, published.path, common, shallow=False)[1:] == ([], [])
    assert "no table staging.stg_collect__files" in words(published.path)
    assert "20261103T000000Z-1" in words(published.path)


def test_what_cannot_be_handed_over_is_refused_with_what_there_is(zone: Zone, tmp_path: Path) -> None:
    refused = pytest.raises(EvidenceError, match=", ".join(zone.accounts))
    with refused:
        zone.write("NO-SUCH", OCTOBER, tmp_path / "out")
    with pytest.raises(EvidenceError, match=r"no statement in 2025-01: they go from 2026-0"):
        zone.write(zone.account_id, datetime.date(2025, 1, 1), tmp_path / "out")
    with pytest.raises(EvidenceError, match="2026-09-30 is not in 2026-10"):
        zone.write(zone.account_id, OCTOBER, tmp_path / "out", as_of=datetime.date(2026, 9, 30))
    with pytest.raises(EvidenceError, match="no file"):
        zone.write(zone.account_id, OCTOBER, tmp_path / "out", database=tmp_path / "none.duckdb")
    duckdb.connect(str(tmp_path / "empty.duckdb")).close()
    with pytest.raises(EvidenceError, match="lacks marts: run `tieout build` first"):
        zone.write(zone.account_id, OCTOBER, tmp_path / "out", database=tmp_path / "empty.duckdb")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    with pytest.raises(EvidenceError, match="is there already"):
        zone.write(zone.account_id, OCTOBER, tmp_path / "full")
    assert names(tmp_path) == ["empty.duckdb", "full/mine.txt"]


def test_what_cannot_be_told_never_looks_like_nothing_to_tell(foreign: Zone, tmp_path: Path) -> None:
    change(foreign, "drop table marts.fct_statement_gaps")
    with pytest.raises(EvidenceError, match=r"no table marts[.]fct_statement_gaps"):
        foreign.write(foreign.account_id, OCTOBER, tmp_path / "out")
    elsewhere = replace(foreign.settings, lake=tmp_path / "lake")
    with pytest.raises(ReportError, match="TIEOUT_LAKE must name the lake that it was built from"):
        write_evidence(elsewhere, foreign.account_id, OCTOBER, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_nothing_of_payroll_is_read_for_the_evidence() -> None:
    room = PROJECT_DIR / "orchestration" / "evidence"
    for path in (room / "views.sql", *(room / "queries").glob("*.sql")):
        assert not re.search(r"\b(payroll|lake)\.\w", path.read_text()), path


def test_the_commands_write_once_and_say_what_they_wrote(
    zone: Zone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIEOUT_LAKE", str(zone.settings.lake))
    monkeypatch.setenv("TIEOUT_WAREHOUSE", str(zone.settings.warehouse))
    monkeypatch.setenv("TIEOUT_REPORTS", str(tmp_path / "reports"))
    asked = ["evidence", zone.account_id, "2026-10"]
    written = CliRunner().invoke(main, asked)
    folder = tmp_path / "reports" / "evidence" / f"{zone.account_id}_2026-10"
    assert (written.exit_code, written.output) == (
        0,
        f"{folder}: account {zone.account_id}, 2026-10, as of 2026-10-31, closed\n",
    )
    assert (folder / "evidence.html").is_file()
    again = CliRunner().invoke(main, asked)
    assert (again.exit_code, "is there already" in again.output) == (1, True)
    assert CliRunner().invoke(main, ["evidence", zone.account_id, "October"]).exit_code == 2
    out = tmp_path / "books"
    exported = CliRunner().invoke(main, ["audit-export", "2026-09-01", "2026-09-30", "--out", str(out)])
    assert exported.exit_code == 0
    assert "GL_Detail_20260901_20260930.txt" in exported.output
    assert not (out / "payroll").exists()


def books(folder: Path, name: str) -> duckdb.DuckDBPyRelation:
    (file,) = folder.glob(f"{name}*.txt")
    return duckdb.read_csv(str(file), sep="|", header=True, all_varchar=True, quotechar='"', strict_mode=True)


def test_every_journal_line_of_the_span_is_exported_once_to_the_cent(zone: Zone, tmp_path: Path) -> None:
    first_on, last_on = datetime.date(2026, 9, 8), datetime.date(2026, 10, 31)
    done = export_books(zone.settings, first_on, last_on, tmp_path / "books", first_month=10)
    detail = books(done.path, "GL_Detail_20260908_20261031")
    signed = "cast(Amount as decimal(28, 5)) * case Amount_Credit_Debit_Indicator when 'C' then -1 else 1 end"
    kept = (
        "intermediate.int_journal_lines_classified"
        f" where disposition = 'kept' and posted_on between '{first_on}' and '{last_on}'"
    )
    for columns, theirs in (
        (
            "entry_id, line_no, gl_account",
            "Journal_ID, cast(Journal_ID_Line_Number as bigint), GL_Account_Number",
        ),
        ("gl_account, currency", "GL_Account_Number, Amount_Currency"),
    ):
        expected = zone.rows(f"select {columns}, count(*), sum(amount) from {kept} group by all order by all")
        assert expected
        assert (
            detail.query(
                "d", f"select {theirs}, count(*), sum({signed}) from d group by all order by all"
            ).fetchall()
            == expected
        )
    ((by_line, line_count),) = detail.query(
        "d", "select count(distinct Tieout_Journal_Line_ID), count(*) from d"
    ).fetchall()
    assert by_line == line_count == zone.rows(f"select count(*) from {kept}")[0][0]
    assert detail.query("d", "select distinct Fiscal_Year, Period from d order by all").fetchall() == [
        ("2026", "M12"),
        ("2027", "M01"),
    ]
    totals = books(done.path, "Control_Totals").fetchall()
    for subject, currency, count, debits, credits, *_ in totals:
        if subject == "GL_Detail":
            assert detail.query(
                "d",
                f"select count(*), sum({signed}) filter (Amount_Credit_Debit_Indicator = 'D'),"
                f" -sum({signed}) filter (Amount_Credit_Debit_Indicator = 'C')"
                f" from d where Amount_Currency = '{currency}'",
            ).fetchall() == [(int(count), Decimal(debits), Decimal(credits))]
    assert {subject for subject, *_ in totals} >= {"GL_Detail", "Trial_Balance"}


def test_the_trial_balance_is_carried_forward_by_the_detail(zone: Zone, tmp_path: Path) -> None:
    done = export_books(
        zone.settings, datetime.date(2026, 9, 8), datetime.date(2026, 10, 31), tmp_path / "books"
    )
    detail, balances = books(done.path, "GL_Detail"), books(done.path, "Trial_Balance")  # noqa: F841
    assert (
        duckdb.sql(
            """
            with movements as (
                select
                    GL_Account_Number, Amount_Currency,
                    sum(cast(Amount as decimal(28, 5))
                        * case Amount_Credit_Debit_Indicator when 'C' then -1 else 1 end) as amount
                from detail
                group by all
            )
            select *
            from balances
            left join movements using (GL_Account_Number, Amount_Currency)
            where
                cast(Amount_Beginning as decimal(28, 5)) + coalesce(amount, 0)
                <> cast(Amount_Ending as decimal(28, 5))
            """
        ).fetchall()
        == []
    )
    ending = duckdb.sql(
        "select Amount_Currency, sum(cast(Amount_Ending as decimal(28, 5))), count(*) > 1"
        " from balances group by 1"
    ).fetchall()
    assert {row[1:] for row in ending} == {(0, True)}
    chart = books(done.path, "Chart_Of_Accounts")
    numbers = {row[0] for row in chart.fetchall()}
    assert {row[0] for row in balances.fetchall()} <= numbers
    assert {row[4] for row in chart.fetchall()} <= {"Assets", "Liabilities", "Equity", "Revenue", "Expenses"}


def test_what_the_ledger_writes_survives_the_delimiter(foreign: Zone, tmp_path: Path) -> None:
    change(
        foreign,
        f"update {LINES} set memo = $hostile, reference = 'a|b', counterparty = '', fiscal_year = '2026/27'",
        f"update {LINES} set company = 'ÅÄÖ 株式会社' where line_no = 1",
        f"update {LINES} set amount = amount + 0.00125 where line_no = 1",
    )
    done = export_books(
        foreign.settings, datetime.date(2026, 9, 1), datetime.date(2026, 9, 30), tmp_path / "it's books"
    )
    detail = books(done.path, "GL_Detail")
    assert detail.query(
        "d", "select distinct JE_Line_Description, Tieout_Reference, Fiscal_Year from d"
    ).fetchall() == [(HOSTILE, "a|b", "2026/27")]
    assert detail.query(
        "d",
        "select distinct Business_Unit_Code, regexp_matches(Amount, '[.]..(125|875)$') from d"
        " order by 1 nulls first",
    ).fetchall() == [(None, False), ("ÅÄÖ 株式会社", True)]
    ((keys, count),) = detail.query(
        "d", "select count(distinct (Journal_ID, Journal_ID_Line_Number)), count(*) from d"
    ).fetchall()
    assert keys == count


def test_a_number_that_the_ledger_used_twice_is_told_apart(foreign: Zone, tmp_path: Path) -> None:
    change(
        foreign, f"update {LINES} set entry_id = 'V-1' where posted_on between '2026-09-01' and '2026-09-10'"
    )
    done = export_books(
        foreign.settings, datetime.date(2026, 9, 1), datetime.date(2026, 9, 30), tmp_path / "books"
    )
    numbers = [
        row[0]
        for row in books(done.path, "GL_Detail")
        .query("d", "select Journal_ID_Line_Number from d where Journal_ID = 'V-1'")
        .fetchall()
    ]
    assert len(numbers) == len(set(numbers)) > 10
    assert {"1", "1/2", "2", "2/2"} <= set(numbers)


def test_books_that_cannot_be_exported_are_refused(zone: Zone, tmp_path: Path) -> None:
    day = datetime.date(2026, 9, 30)
    with pytest.raises(EvidenceError, match="ends before it starts"):
        export_books(zone.settings, day, datetime.date(2026, 9, 29), tmp_path / "out")
    with pytest.raises(
        EvidenceError, match="no journal line is posted from 2020-01-01 to 2020-01-31: they go from"
    ):
        export_books(zone.settings, datetime.date(2020, 1, 1), datetime.date(2020, 1, 31), tmp_path / "out")
    missing = replace(zone.settings, warehouse=tmp_path / "none.duckdb")
    with pytest.raises(EvidenceError, match="no warehouse at"):
        export_books(missing, day, day, tmp_path / "out")
    duckdb.connect(str(tmp_path / "none.duckdb")).close()
    with pytest.raises(EvidenceError, match="run `tieout build` first"):
        export_books(missing, day, day, tmp_path / "out")
    assert names(tmp_path) == ["none.duckdb"]
