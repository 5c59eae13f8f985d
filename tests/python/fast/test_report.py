"""The page for the morning: its figures, its words when there is nothing, and that nothing in it is live."""

from __future__ import annotations

import csv
import datetime
import functools
import io
import itertools
import json
import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import duckdb
import pyarrow
import pyarrow.parquet
import pytest
from browser import CHROMIUM, browser
from click.testing import CliRunner

from orchestration.cli import main
from orchestration.defs.project import prepared_manifest
from orchestration.desk import desk
from orchestration.report import ReportError, render, write_report, write_report_without_books
from orchestration.report.charts import chart
from orchestration.report.sheets import write_csv
from orchestration.settings import PROJECT_DIR, Settings

# Where its links lead that are no places of the page.
DESK = "http://127.0.0.1:8070/"
AS_OF = datetime.date(2026, 3, 26)
NIGHT = datetime.datetime(2026, 3, 27, 2, 30)
HOSTILE = '<script>alert("1")</script> \u202egnp.exe\u2066\u200b'


class Page(HTMLParser):
    """What a reader, a screen reader and a browser find in a page."""

    VOID = frozenset(
        {"meta", "br", "hr", "img", "input", "link", "path", "circle", "line", "rect", "polyline"}
    )

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.headings: list[tuple[int, str]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.tables: list[list[str]] = []
        self.feed(html)
        self.close()
        self.text = " ".join("".join(self.words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append((int(tag[1]), ""))
        if tag == "table":
            self.tables.append([])
        elif "table" in self.open:
            self.tables[-1].append(tag)
        if tag in ("td", "th", "p", "h2", "h3", "h4", "li", "dd", "dt", "span", "small", "summary", "title"):
            self.words.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag, f"{tag} closes what it did not open"

    def handle_data(self, data: str) -> None:
        if "style" in self.open:
            return
        self.words.append(data)
        if self.headings and re.fullmatch("h[1-6]", self.open[-1] if self.open else ""):
            level, text = self.headings[-1]
            self.headings[-1] = level, text + data

    def attributes(self, name: str) -> list[str]:
        return [
            value or "" for _, attributes in self.tags for key, value in attributes.items() if key == name
        ]


def _contracts() -> Iterator[tuple[str, str, str]]:
    """Schema, name and columns of every mart outside payroll, as its contract has them."""
    for node in json.loads(prepared_manifest().read_text())["nodes"].values():
        schemas = ("marts", "operations", "documents")
        if node["original_file_path"].startswith("models/marts") and node["schema"] in schemas:
            columns = ", ".join(f"{name} {column['data_type']}" for name, column in node["columns"].items())
            yield node["schema"], node["name"], columns


@functools.cache
def _empty_copy() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tieout.duckdb"
        with duckdb.connect(str(path)) as connection:
            connection.execute("begin")
            for schema in ("marts", "operations", "documents", "published"):
                connection.execute(f"create schema {schema}")
            for schema, name, columns in _contracts():
                connection.execute(f"create table {schema}.{name} ({columns})")
            connection.execute(
                "create table published.version (version string, as_of_date date, published_at timestamp,"
                " published_by string, note string)"
            )
            put(
                connection,
                "published.version",
                version="20260327T023000Z-ab12cd",
                as_of_date=AS_OF,
                published_at=NIGHT,
                published_by="night",
            )
            connection.execute("commit")
        return path.read_bytes()


def make_copy(path: Path) -> duckdb.DuckDBPyConnection:
    """A published copy without a row but its version."""
    path.write_bytes(_empty_copy())
    return duckdb.connect(str(path))


def put(connection: duckdb.DuckDBPyConnection, table: str, **values: Any) -> None:
    marks = ", ".join("?" for _ in values)
    connection.execute(f"insert into {table} ({', '.join(values)}) values ({marks})", list(values.values()))


def put_account(
    connection: duckdb.DuckDBPyConnection,
    account_id: str,
    name: str,
    currency: str,
    amounts: list[str],
    *,
    is_closed: bool = False,
    as_of_on: datetime.date = AS_OF,
) -> None:
    """amounts: per bank, in transit, outstanding, unbooked, unbooked opening, gaps, per books, difference."""
    put(
        connection,
        "marts.dim_accounts",
        account_id=account_id,
        account_name=name,
        gl_account="1010",
        currency=currency,
        last_statement_on=as_of_on,
    )
    names = (
        *("balance_per_bank", "deposits_in_transit", "outstanding_payments", "unbooked_bank_items"),
        *("unbooked_opening_balance", "statement_gaps", "balance_per_books", "difference"),
    )
    put(
        connection,
        "marts.fct_bank_reconciliations",
        account_id=account_id,
        currency=currency,
        open_item_count=3,
        **dict(zip(names, amounts, strict=True)),
        is_business_day=True,
        is_closed=is_closed,
        as_of_on=as_of_on,
    )


def put_control(connection: duckdb.DuckDBPyConnection, control_id: str, **values: Any) -> None:
    put(
        connection,
        "marts.fct_control_totals",
        **{
            "control_total_id": control_id,
            "control_code": "statement_chain",
            "area": "bank",
            "scope": "an account",
            "measure": "amount",
            "status": "green",
            "explanation": "Closing before against opening",
            "expected": "10",
            "actual": "10",
            "difference": "0",
            "is_accepted": False,
            "business_date": AS_OF,
            **values,
        },
    )


def put_good_night(connection: duckdb.DuckDBPyConnection, *, is_closed: bool = False) -> None:
    """Two accounts that tie out, and a green control."""
    put(
        connection,
        "marts.dim_controls",
        control_code="statement_chain",
        control_number=10,
        control_name="Statements follow on each other",
        next_step="Fetch what is missing.",
    )
    put_account(
        *(connection, "ACC1", "Operating account", "USD"),
        ["1000", "200", "-50.25", "30", "0", "0", "1119.75", "0"],
        is_closed=is_closed,
    )
    # The calendar of the yen has no business day on the as-of date, and the yen has no cents.
    put_account(
        *(connection, "ACC2", "Yen account", "JPY"),
        ["90000", "0", "0", "0", "0", "0", "90000", "0"],
        as_of_on=datetime.date(2026, 3, 25),
    )
    put_control(connection, "green")


def put_bad_night(connection: duckdb.DuckDBPyConnection) -> None:
    """One of everything that can be red, with hostile text wherever somebody else's text goes."""
    put_good_night(connection)
    connection.execute(
        "update marts.fct_bank_reconciliations set statement_gaps = 7, balance_per_books = 1112.75"
        " where account_id = 'ACC1'"
    )
    put_control(
        *(connection, "red-1"),
        status="red",
        scope=f"file {HOSTILE}",
        explanation=f"why {HOSTILE}",
        expected="1323603.46",
        actual="1345574.95",
        difference="21971.49",
    )
    put_control(connection, "red-2", status="red", actual="8.5", difference="-1.5", is_accepted=True)
    put(
        connection,
        "marts.fct_audit_trail",
        event_id="e1",
        subject_id="red-2",
        event_kind="decision",
        decision="accept",
        subject_kind="control",
        actor=f"Ada {HOSTILE}",
        reason="The bank confirmed it",
        decision_id="D-1",
        event_at=NIGHT,
    )
    put(connection, "marts.fct_decisions", decision_id="D-1", decision="accept", outcome="applied")
    for decision_id, outcome in (("D-2", "waiting"), ("D-3", "refused")):
        put(
            connection,
            "marts.fct_decisions",
            decision_id=decision_id,
            decision="write_off",
            outcome=outcome,
            outcome_reason=f"because {HOSTILE}",
            reason=f"too small {HOSTILE}",
            decided_by=f"Ada {HOSTILE}",
            decided_at=NIGHT,
        )
    put(
        connection,
        "operations.fct_quarantined_files",
        delivery_id="d1",
        path="bank/broken.xml",
        source_name="bank_statements",
        status="quarantined",
        quarantine_reason=f"not XML {HOSTILE}",
        quarantine_position="line 3",
        byte_count=1_234_567,
        quarantined_at=NIGHT,
    )
    put(
        connection,
        "operations.fct_quarantined_files",
        delivery_id="d2",
        path="bank/loaded_since.xml",
        status="loaded since",
        quarantined_at=NIGHT,
    )
    put(
        connection,
        "marts.fct_statement_gaps",
        statement_gap_id="g1",
        account_id="ACC1",
        gap_kind="missing_statement",
        currency="USD",
        business_day_count=2,
        amount="-77.5",
        from_on=AS_OF,
        to_on=AS_OF,
    )
    put(
        connection,
        "marts.fct_tampering",
        item_id="t1",
        account_id="ACC1",
        side="bank",
        tampering_kind="changed",
        currency="USD",
        counterparty=HOSTILE,
        amount_as_closed="10",
        amount_now="25",
        amount_moved="15",
        item_on=AS_OF,
        closed_on=AS_OF,
        counted_on=AS_OF,
    )
    for status, subject in (("late", "Late account"), ("on time", "Punctual account")):
        put(
            connection,
            "operations.fct_source_freshness",
            source_name="bank_statements",
            subject=subject,
            subject_name=subject,
            status=status,
            business_days_late=4 if status == "late" else 0,
            last_delivered_on=AS_OF,
            due_on=AS_OF,
        )
    for status, day in (("anomaly", AS_OF), ("known", AS_OF), ("anomaly", datetime.date(2026, 1, 5))):
        put(
            connection,
            "operations.fct_anomalies",
            metric="bank_line_count",
            subject=f"{status} {day}",
            status=status,
            explanation=f"Far more than usual {HOSTILE}",
            value="900",
            expected="31",
            low="20",
            high="45",
            score="12.5",
            business_date=day,
        )
    for number in range(14):
        item_id = f"item-{number:02}"
        put(
            connection,
            "marts.fct_reconciliation_items",
            item_id=item_id,
            account_id="ACC1",
            side="bank",
            status="open",
            currency="USD",
            memo=f"memo {number} {HOSTILE} " + "x" * 1000,
            age_bucket="6 to 10",
            amount=str(-1000 - number),
            age=7,
            is_break=True,
            item_on=AS_OF,
        )
        put(connection, "marts.fct_match_explanations", item_id=item_id, explanation=f"because {HOSTILE}")
    for bucket, count, group in (("6 to 10", 14, "open"), ("0 to 5", 1, "decided")):
        put(
            connection,
            "marts.fct_ageing",
            account_id="ACC1",
            side="bank",
            status_group=group,
            age_bucket=bucket,
            currency="USD",
            item_count=count,
            break_count=count if group == "open" else 0,
            item_value=str(14091),
            oldest_item_on=AS_OF,
        )
    for days, matched in ((24, 90), (17, 100), (10, 95), (3, 60)):
        put(
            connection,
            "marts.fct_match_statistics",
            account_id="ACC1",
            rule_code="all",
            period_grain="week",
            item_count=100,
            matched_item_count=matched,
            break_count=1,
            period_start_on=AS_OF - datetime.timedelta(days),
        )
    put(connection, "marts.fct_bank_statement_lines", statement_line_id="l1", statement_on=AS_OF)
    put(
        connection,
        "marts.fct_pay_periods",
        pay_period_id="US-1",
        status="open",
        payslip_count=8,
        blocked_count=1,
        question_count=2,
        returned_count=0,
        has_payday_come=True,
        starts_on=AS_OF,
        ends_before_on=AS_OF + datetime.timedelta(7),
        paid_on=AS_OF,
    )
    put(
        connection,
        "marts.fct_payroll_controls",
        control_total_id="p1",
        control_code="period_questions",
        area="payroll",
        scope="pay period US-1",
        measure="questions",
        status="red",
        explanation="Punches in question",
        expected="0",
        actual="2",
        difference="2",
        business_date=AS_OF,
    )
    for department, is_withheld in (("Assembly", False), ("Two people", True)):
        put(
            connection,
            "marts.fct_labour_costs",
            labour_cost_id=department,
            department=department,
            period_grain="month",
            currency="USD",
            person_count=None if is_withheld else 5,
            hours=None if is_withheld else "760.25",
            overtime_hours=None if is_withheld else "12.5",
            cost_amount=None if is_withheld else "22312.77",
            previous_cost_amount=None if is_withheld else "128962.19",
            cost_trend=None if is_withheld else "-106649.42",
            is_withheld=is_withheld,
            period_start_on=AS_OF.replace(day=1),
        )
    put(
        connection,
        "operations.fct_batch_runs",
        model="intermediate.int_lines",
        batch_id="2026-03-26",
        attempt_number=1,
        run_number=1,
        status="failed",
        note=f"Conversion Error {HOSTILE}",
        rows_in=6000,
        rows_set_aside=0,
        bytes_in=10,
        seconds="184",
        is_last_attempt=True,
        started_at=NIGHT,
    )
    put(
        connection,
        "operations.fct_batch_gaps",
        model="intermediate.int_lines",
        batch_id="2026-03-26",
        gap="not done",
        last_status="failed",
        planned_rows=6000,
    )
    put(
        connection,
        "operations.fct_runs",
        invocation_id="i1",
        command="build",
        status="failed",
        seconds="4210",
        node_count=900,
        failed_count=1,
        skipped_count=40,
        business_date=AS_OF,
        started_at=NIGHT,
    )
    put(
        connection,
        "operations.fct_storage",
        invocation_id="i1",
        location="lake",
        dataset_name="bank",
        file_count=12,
        byte_count=3_400_000,
        growth_bytes=-5_000,
        started_at=NIGHT,
    )


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A file with one of everything red, and its page."""
    path = tmp_path_factory.mktemp("bad") / "tieout.duckdb"
    with make_copy(path) as connection:
        put_bad_night(connection)
    return path, render(path)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of a copy without a row."""
    path = tmp_path_factory.mktemp("empty") / "tieout.duckdb"
    make_copy(path).close()
    return render(path)


def _text_of(path: Path) -> str:
    return Page(render(path)).text


def test_the_verdict_says_what_stands_in_the_way(bad: tuple[Path, str]) -> None:
    page = Page(bad[1])
    assert page.headings[0] == (1, "Not closed: 1 red control stands in the way")
    assert "Thursday 26 March 2026" in page.text
    assert "3 controls: 1 green, 1 red and not accepted, 1 red and accepted by a decision." in page.text
    assert "20260327T023000Z-ab12cd" in page.text
    assert "2026-03-27 02:30 UTC" in page.text
    steps = page.text.split("What to do first")[1].split("What is red, and why")[0]
    order = ["Finish the night", "moved under a closed date", "Fetch what is missing.", "late sources"]
    assert [steps.index(step) for step in order] == sorted(steps.index(step) for step in order)
    assert "Close the date" not in steps


@pytest.mark.parametrize(
    ("is_closed", "headline"),
    [(True, "Closed: every control is green"), (False, "Ready to close: every control is green")],
)
def test_a_good_night(tmp_path: Path, is_closed: bool, headline: str) -> None:
    path = tmp_path / "tieout.duckdb"
    with make_copy(path) as connection:
        put_good_night(connection, is_closed=is_closed)
        put(
            connection,
            "marts.fct_audit_trail",
            event_id="c",
            subject_id="2026-03-26",
            event_kind="close",
            actor="Grace",
            event_at=NIGHT,
        )
    page = Page(render(path))
    assert page.headings[0] == (1, headline)
    assert ("closed by Grace, 2026-03-27 02:30 UTC" in page.text) == is_closed
    assert ("tieout close 2026-03-26" in page.text) == (not is_closed)
    assert "Every one of 1 control found what it expected." in page.text
    assert "No difference is left unexplained on 2 accounts." in page.text


def test_a_close_after_the_publication_counts(settings: Settings, tmp_path: Path) -> None:
    """The night publishes and then closes, so the copy itself cannot know of the close."""
    settings = replace(settings, published=tmp_path / "published", reports=tmp_path / "reports")
    copy = settings.published / "current" / "tieout.duckdb"
    copy.parent.mkdir(parents=True)
    with make_copy(copy) as connection:
        put_good_night(connection)
    assert write_report(settings).verdict == "ready"
    closes = settings.lake / "closes"
    closes.mkdir(parents=True)

    def put_close(closed_at: datetime.datetime) -> None:
        table = pyarrow.table(
            {
                "load_id": [closed_at.isoformat()],
                "closed_on": [AS_OF],
                "closed_by": ["Ann Keller"],
                "closed_at": pyarrow.array([closed_at], pyarrow.timestamp("us", "UTC")),
                "note": pyarrow.array([None], pyarrow.string()),
            }
        )
        pyarrow.parquet.write_table(table, closes / f"{closed_at:%H%M}.parquet")

    put_close(NIGHT - datetime.timedelta(hours=1))  # reopened since: the copy says that the date is open
    assert write_report(settings).verdict == "ready"
    put_close(NIGHT + datetime.timedelta(minutes=5))
    report = write_report(settings)
    assert report.verdict == "closed"
    assert "closed by Ann Keller, 2026-03-27 02:35 UTC" in Page(report.path.read_text()).text


def test_an_accepted_red_does_not_stand_in_the_way(tmp_path: Path) -> None:
    path = tmp_path / "tieout.duckdb"
    with make_copy(path) as connection:
        put_good_night(connection)
        put_control(connection, "red", status="red", is_accepted=True)
    assert Page(render(path)).headings[0][1] == "Ready to close: 1 red is accepted"


def test_a_red_that_is_told_and_holds_up_nothing_is_not_in_the_way(tmp_path: Path) -> None:
    path = tmp_path / "tieout.duckdb"
    with make_copy(path) as connection:
        put_good_night(connection)
        put(
            connection,
            "marts.dim_controls",
            control_code="cheque_register",
            control_number=20,
            control_name="Every cheque is the one that was issued",
            blocks="nothing",
        )
        put_control(connection, "told", control_code="cheque_register", status="red")
    page = Page(render(path))
    assert page.headings[0][1] == "Ready to close: no red stands in the way"
    assert "1 red and not accepted, 1 of which holds up nothing." in page.text
    with duckdb.connect(str(path)) as connection:
        put_control(connection, "late", status="red")
    assert Page(render(path)).headings[0][1] == "Not closed: 1 red control stands in the way"


def test_reds_behind_a_close_are_no_good_night(tmp_path: Path) -> None:
    path = tmp_path / "tieout.duckdb"
    with make_copy(path) as connection:
        put_good_night(connection, is_closed=True)
        put_control(connection, "late", status="red")
    assert Page(render(path)).headings[0][1] == "Closed, but 1 red control since"


def test_what_is_red_comes_with_its_reason_and_who_accepted_it(bad: tuple[Path, str]) -> None:
    text = Page(bad[1]).text
    assert "1,323,603.46 1,345,574.95 21,971.49 nobody" in text
    assert "10.00 8.50 −1.50" in text
    assert re.search(r"Ada .* 2026-03-27 02:30 UTC: The bank confirmed it", text)
    assert "bank/broken.xml" in text and "1.2 MB" in text
    assert "loaded_since" not in text
    assert "missing statement 2026-03-26 2026-03-26 2 −77.50 USD" in text
    assert "10.00 25.00 15.00 USD" in text
    assert "Late account" in text and "Punctual account" not in text
    assert "900 31 20 45" in text
    assert "known 2026" not in text and "anomaly 2026-01-05" not in text


def test_the_statement_adds_up_in_the_currency_of_its_account(bad: tuple[Path, str]) -> None:
    text = Page(bad[1]).text
    statement = text.split("Bank reconciliation statement of Operating account as of 2026-03-26")[1]
    figures = re.findall(r"−?[\d,]+\.\d\d(?!\d)", statement)[:8]
    assert figures == ["1,000.00", "200.00", "−50.25", "−30.00", "−7.00", "1,112.75", "1,112.75", "0.00"]
    yen = text.split("Bank reconciliation statement of Yen account as of 2026-03-25")[1]
    assert re.search(r"Balance per bank 90,000 .*Difference 0 ", yen[:400])
    assert "Opening balance not in the books" not in text


def test_breaks_trends_payroll_and_batches(bad: tuple[Path, str]) -> None:
    text = Page(bad[1]).text
    assert "14,091.00 14 items" in text
    assert "1 more item stands behind a decision" in text
    # Every break can be reached, and the week that is not over is compared with no whole one.
    assert all(f"−{1000 + number:,}.00" in text for number in range(14))
    assert "14 open items, 14 breaks, net −14,091.00 USD" in text
    assert "Lowest 90.0 percent, highest 100.0, latest 95.0." in text
    # Nor is the month: its cost, then nothing for the month before and the change.
    assert "22,312.77 – – USD" in text
    assert "95.00%" in text
    assert "US-1 2026-03-26 2026-04-01 2026-03-26 open, past payday 8 1 2 0 1 of 1 red" in text
    assert "Assembly 5 760.2 12.5 22,312.77" in text
    assert "Two people withheld" in text
    assert "March 2026, paydays up to 2026-03-26" in text
    assert "6,000 0 3 min 04 s" in text
    assert "1 h 10 min 900 1 40" in text
    assert "lake 12 3.4 MB −5.0 kB" in text


def test_nothing_of_other_people_is_live(bad: tuple[Path, str]) -> None:
    html = bad[1]
    page = Page(html)
    assert "&lt;script&gt;alert(&#34;1&#34;)&lt;/script&gt; [U+202E]gnp.exe[U+2066][U+200B]" in html
    assert not set("\u202e\u2066\u200b") & set(html)
    tags = {tag for tag, _ in page.tags}
    assert not tags & {"script", "link", "img", "iframe", "object", "embed", "form", "base", "image", "use"}
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
    assert max(map(len, re.findall("x+", html))) < 300


def test_nothing_is_loaded_from_anywhere(bad: tuple[Path, str]) -> None:
    html = bad[1]
    page = Page(html)
    assert "default-src 'none'" in html
    assert not re.search(r"https?:|url\(|@import|srcset|//[a-z]", html.split("</style>")[0])
    assert "http" not in re.sub(rf'http-equiv="Content|href="{DESK}', "", html)
    assert not page.attributes("src")
    assert {target[0] for target in page.attributes("href") if not target.startswith(DESK)} == {"#"}


def test_accounts_and_reds_link_to_their_place_at_the_desk(bad: tuple[Path, str], settings: Settings) -> None:
    with duckdb.connect(str(bad[0]), read_only=True) as connection:
        wanted = connection.execute(
            """
            select '/account', account_id from marts.fct_reconciliation_items where status = 'open'
            union
            select '/controls', control_code from marts.fct_control_totals
            where status = 'red' and not is_accepted
            union
            select '/controls', control_code from marts.fct_payroll_controls
            where status = 'red' and not is_accepted
            """
        ).fetchall()
    links = [urlsplit(href) for href in Page(bad[1]).attributes("href") if href.startswith(DESK)]
    assert set(wanted) <= {(link.path, value) for link in links for _, value in parse_qsl(link.query)}
    assert {link.path for link in links} <= {route.path for route in desk(settings, "Ann Keller").routes}
    # The page is a file that is handed on: it opens nothing.
    assert "token" not in bad[1]


def test_the_page_can_be_read_without_eyes(bad: tuple[Path, str], empty: str) -> None:
    for html in (bad[1], empty):
        page = Page(html)
        assert not page.open
        levels = [level for level, _ in page.headings]
        assert levels.count(1) == 1 and levels[0] == 1
        assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
        ids = page.attributes("id")
        assert len(ids) == len(set(ids))
        inside = {target[1:] for target in page.attributes("href") if not target.startswith(DESK)}
        assert inside <= set(ids)
        assert {name for names in page.attributes("aria-labelledby") for name in names.split()} <= set(ids)
        landmarks = [tag for tag, _ in page.tags if tag in ("header", "main", "footer")]
        assert landmarks == ["header", "main", "footer"]
        assert dict(page.tags)["html"] == {"lang": "en"}
        for table in page.tables:
            assert table[0] == "caption" and "thead" in table
        assert all(attributes.get("scope") for tag, attributes in page.tags if tag == "th")
        for tag, attributes in page.tags:
            if tag == "svg":
                assert attributes.get("role") == "img" or attributes.get("aria-hidden") == "true"
            if attributes.get("role") == "region":
                assert attributes["tabindex"] == "0"
                assert attributes.get("aria-labelledby") or attributes.get("aria-label")


def test_pictures_stand_on_a_page_that_no_group_reads(settings: Settings, tmp_path: Path) -> None:
    """Small, of a bounded number, and with what is asked of a person."""
    copy, personal = tmp_path / "tieout.duckdb", tmp_path / "payroll" / "tieout_payroll.duckdb"
    personal.parent.mkdir()
    make_copy(copy).close()
    with duckdb.connect(str(copy)) as connection:
        for (table,) in connection.execute(
            "select table_name from duckdb_tables() where schema_name = 'documents'"
        ).fetchall():
            connection.execute(f"drop table documents.{table}")
    with make_copy(personal) as connection:
        for number in range(40):
            put(
                connection,
                "documents.fct_cheques",
                cheque_id=str(number),
                status="in_question",
                account_id="A",
                cheque_number=str(number),
                counterparty="Ada",
                currency="USD",
                amount=number,
                is_altered=True,
                thumbnail="QUJD" * (6001 if number == 39 else 100),
            )
        put(
            connection,
            "documents.fct_missing_documents",
            item_id="1",
            counterparty="Ben",
            currency="USD",
            amount=-80,
            is_overdue=True,
        )
    before = os.umask(0)  # the most open one
    try:
        page = write_report(settings, database=copy, out=tmp_path / "own.html").path
    finally:
        os.umask(before)
    assert page.stat().st_mode & 0o077 == 0
    own = page.read_text()
    pictures = Page(own).attributes("src")
    assert pictures == ["data:image/jpeg;base64," + "QUJD" * 100] * 7, "of eight cheques one picture is large"
    assert "Ada" in own and "Ben" in own and "8 of 40 are shown" in Page(own).text
    of_a_group = replace(settings, readers="controllers", reports=tmp_path)
    shared = write_report(of_a_group, database=copy).path.read_text()
    assert not Page(shared).attributes("src")
    assert "Ada" not in shared and "Ben" not in shared and "tieout report --out FILE" in shared


def test_an_empty_copy_says_so_everywhere(empty: str) -> None:
    page = Page(empty)
    assert page.headings[0][1] == "Whether the night closed cannot be told"
    for words in (
        "No business date yet: nothing has been collected",
        "There is no control at all, which proves nothing.",
        "Every delivered file was read whole.",
        "No date is closed yet, so nothing can change under one.",
        "No bank account is known",
        "No item is open: bank and books show the same.",
        "there is no trend to show.",
        "No pay period has payslips",
        "No payday has come yet",
        "No batch has run",
        "No run is recorded yet.",
        "No picture repeats another.",
    ):
        assert words in page.text, words
    assert "Cannot be told" not in page.text


def test_missing_tables_are_named_and_never_good(tmp_path: Path) -> None:
    path = tmp_path / "tieout.duckdb"
    with make_copy(path) as connection:
        put_good_night(connection)
        connection.execute("drop table published.version")
        connection.execute("drop table marts.fct_control_totals")
        connection.execute("drop table operations.fct_anomalies")
        connection.execute("alter table marts.fct_tampering drop column amount_moved")
    page = Page(render(path))
    assert page.headings[0][1] == "Whether the night closed cannot be told"
    assert "this file has no table marts.fct_control_totals" in page.text
    assert "Cannot be told this file has no table operations.fct_anomalies." in page.text
    assert "built by another version of Tieout" in page.text and "amount_moved" in page.text
    assert "not published read from tieout.duckdb" in page.text


def test_the_same_file_gives_the_same_bytes(bad: tuple[Path, str]) -> None:
    assert render(bad[0]) == bad[1]


def test_every_printed_query_can_be_run_again(bad: tuple[Path, str]) -> None:
    queries = re.findall(r"<pre[^>]*><code>(.*?)</code></pre>", bad[1], re.DOTALL)
    assert len(queries) == len(list((PROJECT_DIR / "orchestration/report/queries").glob("*.sql")))
    with duckdb.connect(str(bad[0]), read_only=True) as connection:
        for query in queries:
            sql = query.replace("&lt;", "<").replace("&gt;", ">").replace("&#39;", "'")
            assert "&" not in sql
            connection.execute(sql)


def test_a_large_company_still_gets_a_small_page(tmp_path: Path) -> None:
    path = tmp_path / "tieout.duckdb"
    with make_copy(path) as connection:
        put_bad_night(connection)
        for table, key, times in (
            ("marts.dim_accounts", "account_id", 1000),
            ("marts.fct_bank_reconciliations", "account_id", 1000),
            ("marts.fct_ageing", "account_id", 1000),
            ("marts.fct_reconciliation_items", "item_id", 5000),
            ("marts.fct_control_totals", "control_total_id", 3000),
            ("marts.fct_tampering", "item_id", 3000),
        ):
            connection.execute(
                f"insert into {table} select found.* replace ({key} || '-' || number as {key})"
                f" from {table} as found cross join range({times}) as numbers (number)"
            )
    html = render(path)
    text = Page(html).text
    assert len(html.encode()) < 500_000
    assert "10 of 6,002 are shown." in text  # reds
    assert "The first 8 of 2,002 accounts" in text
    assert "100 of 2,002 are shown." in text  # accounts
    assert "40 of 1,001 are shown." in text  # accounts by age
    assert "300 of 70,014 are shown." in text  # items
    assert "20 of 3,001 are shown." in text  # tampering


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium (apt-get install chromium)")
def test_a_screen_a_phone_and_two_sheets_hold_it(bad: tuple[Path, str], tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(bad[1], encoding="utf-8")
    hidden = """[...document.querySelectorAll('th, td, h1, h2, h3, h4, p, li, summary')].filter(element =>
        element.getBoundingClientRect().right > innerWidth + 1).map(element => element.innerText)"""
    with browser(tmp_path / "profile", {}) as window:
        window.show_as(1440, 900)
        window.visit(page.as_uri())
        assert window.run("document.querySelector('.front').getBoundingClientRect().bottom") <= 900
        window.run("location.hash = 'control-bank-statement_chain'")
        window.wait_for("document.getElementById('red').open")
        window.show_as(1440, 900, media="print")
        assert window.sheets() <= 2
        printed = window.run("document.body.innerText")
        assert "What to do first" in printed and "Trends" in printed
        assert "select" not in printed and "Red rows of" not in printed
        window.show_as(390, 844)
        window.run("document.querySelectorAll('details').forEach(each => { each.open = true })")
        assert window.run(hidden) == []
        assert window.run("document.documentElement.scrollWidth") == 390


def test_the_command_writes_a_whole_file_or_none(
    bad: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIEOUT_PUBLISHED", str(tmp_path / "published"))
    monkeypatch.setenv("TIEOUT_REPORTS", str(tmp_path / "reports"))
    monkeypatch.setenv("TIEOUT_LAKE", str(tmp_path / "lake"))
    result = CliRunner().invoke(main, ["report"])
    assert result.exit_code == 1
    assert "tieout publish" in result.output and "--from" in result.output

    version = tmp_path / "published" / "versions" / "v1"
    version.mkdir(parents=True)
    (version / "tieout.duckdb").write_bytes(bad[0].read_bytes())
    (version / "tieout.duckdb").chmod(0o444)
    (tmp_path / "published" / "current").symlink_to("versions/v1")
    result = CliRunner().invoke(main, ["report"])
    assert result.exit_code == 0, result.output
    written = tmp_path / "reports" / "2026-03-26.html"
    assert result.output == f"{written}\n"
    assert written.read_text(encoding="utf-8") == bad[1]
    assert [path.name for path in written.parent.iterdir()] == ["2026-03-26.html"]

    written.write_text("the page of the night before")
    with written.open() as reader:
        assert CliRunner().invoke(main, ["report"]).exit_code == 0
        assert reader.read() == "the page of the night before"
    assert written.read_text(encoding="utf-8") == bad[1]

    out = tmp_path / "elsewhere" / "page.html"
    result = CliRunner().invoke(main, ["report", "--from", str(bad[0]), "--out", str(out)])
    assert result.output == f"{out}\n"
    assert out.exists()


def test_what_a_killed_writer_left_is_removed_in_time(bad: tuple[Path, str], tmp_path: Path) -> None:
    old, young = tmp_path / ".2026-03-25.html.7.writing", tmp_path / ".2026-03-26.html.8.writing"
    for left in (old, young):
        left.write_text("half a page")
    os.utime(old, (1_000_000, 1_000_000))
    written = tmp_path / "page.html"
    result = CliRunner().invoke(main, ["report", "--from", str(bad[0]), "--out", str(written)])
    assert result.exit_code == 0, result.output
    assert sorted(path.name for path in tmp_path.iterdir()) == [young.name, "page.html"]


def test_what_cannot_be_read_says_why(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="no file"):
        write_report(settings, database=tmp_path / "none.duckdb")
    (tmp_path / "text.duckdb").write_text("not a database")
    with pytest.raises(ReportError, match=r"text\.duckdb"):
        write_report(settings, database=tmp_path / "text.duckdb")
    make_copy(tmp_path / "empty.duckdb").close()
    report = write_report(replace(settings, reports=tmp_path), database=tmp_path / "empty.duckdb")
    assert (report.path.name, report.verdict, report.as_of_on) == ("undated.html", "unknown", None)


def test_the_page_of_a_date_takes_the_place_of_one_that_could_tell_nothing(
    bad: tuple[Path, str], settings: Settings, tmp_path: Path
) -> None:
    reports = replace(settings, reports=tmp_path / "reports")
    assert write_report_without_books(reports, "another step held the warehouse").path.is_file()
    write_report(reports, database=bad[0], out=tmp_path / "elsewhere.html")
    assert (tmp_path / "reports" / "undated.html").is_file()
    dated = write_report(reports, database=bad[0])
    assert list((tmp_path / "reports").iterdir()) == [dated.path] and dated.as_of_on


@pytest.mark.parametrize("values", [[0], [1, 1, 1], [0, 3], [95.3, 100], [64, 1_000_000], [7] * 400])
def test_marks_of_a_chart_stay_on_the_paper(values: list[float]) -> None:
    for from_zero, highest in ((True, None), (False, None), (False, max([*values, 100]))):
        drawn = chart(
            [str(index) for index in range(len(values))], values, from_zero=from_zero, highest=highest
        )
        tops = [y for _, y in drawn.ticks]
        assert 2 <= len(tops) <= 7
        assert tops == sorted(tops, reverse=True)
        assert all(tops[-1] - 0.01 <= y <= drawn.base for _, y, _ in drawn.marks)
        assert all(drawn.left <= x <= drawn.right for x, _, _ in drawn.marks)
        assert drawn.labels[-1][0] == str(len(values) - 1)
        assert len(drawn.labels) <= 5


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\N{FULLWIDTH EQUALS SIGN}"])
def test_no_text_runs_in_a_spreadsheet(start: str) -> None:
    stream = io.StringIO(newline="")
    write_csv(stream, ["memo"], [[f"{start}1+1"], ["x\r=1+1"]])
    written = list(csv.reader(io.StringIO(stream.getvalue(), newline="")))
    assert written == [["memo"], [f"'{start}1+1".replace("\r", "\n")], ["x\n=1+1"]]


def test_a_mart_is_exported_with_every_decimal(
    bad: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    copy = tmp_path / "published" / "current" / "tieout.duckdb"
    copy.parent.mkdir(parents=True)
    copy.write_bytes(bad[0].read_bytes())
    with duckdb.connect(str(copy)) as connection:
        connection.execute(
            "update marts.fct_reconciliation_items set amount = 0.12345, memo = '=1+1 \N{EURO SIGN}'"
            " where item_id = 'item-03'"
        )
    personal = copy.parent / "payroll" / "tieout_payroll.duckdb"
    personal.parent.mkdir()
    with duckdb.connect(str(personal)) as connection:
        connection.execute("create schema payroll")
        connection.execute("create table payroll.fct_payslips as select 'P-1' as payslip_id")
    monkeypatch.setenv("TIEOUT_PUBLISHED", str(tmp_path / "published"))

    def run(*arguments: str) -> str:
        return CliRunner().invoke(main, ["export", *arguments]).output

    condition = ("--where", "item_id in ('item-03', 'item-04')")
    assert "2 rows in fct_reconciliation_items.csv" in run("fct_reconciliation_items", *condition)
    assert Path("fct_reconciliation_items.csv").read_bytes().startswith(b"\xef\xbb\xbfitem_id,")
    with Path("fct_reconciliation_items.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["item_id"]: row for row in csv.DictReader(file)}
    assert rows["item-03"]["amount"] == "0.12345" and rows["item-04"]["amount"] == "-1004.00"
    assert rows["item-03"]["memo"] == "'=1+1 \N{EURO SIGN}"

    assert "14 rows in out.parquet" in run(
        *("marts.fct_reconciliation_items", "--format", "parquet", "--out", "out.parquet")
    )
    table = pyarrow.parquet.read_table("out.parquet")
    assert table.num_rows == 14 and str(table.schema.field("amount").type) == "decimal128(28, 5)"

    before = os.umask(0)  # the most open one
    try:
        assert "1 rows in slips.csv" in run("fct_payslips", "--out", "slips.csv")
        run("fct_payslips", "--out", "slips.parquet", "--format", "parquet")
    finally:
        os.umask(before)
    assert [Path(f"slips.{kind}").stat().st_mode & 0o077 for kind in ("csv", "parquet")] == [0, 0]
    assert "the published copy has no mart fct_ageng: did you mean fct_ageing" in run("fct_ageng")
    assert "nothing is written" in run("marts./evil")
    assert "no_such_column" in run("fct_ageing", "--where", "no_such_column = 1")
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        *("fct_reconciliation_items.csv", "out.parquet", "published", "slips.csv", "slips.parquet")
    ]
