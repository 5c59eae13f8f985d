"""Alerts: real webhooks and real mail, told once, held to a rate, and told again when all is well."""

from __future__ import annotations

import datetime
import json
import re
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import duckdb
import pytest
import yaml
from aiosmtpd.controller import Controller
from click.testing import CliRunner
from dbt_runs import MODELS_ONLY, run_dbt, warehouse_of

from orchestration.cli import main
from orchestration.lake.read import lake_rows
from orchestration.monitor.alerts import alert, alert_failure
from orchestration.monitor.conditions import kinds
from orchestration.settings import PROJECT_DIR, Settings

TOKEN = "hunter2-token"
NIGHT = datetime.datetime(2026, 3, 26, 22, 0, tzinfo=datetime.UTC)
HOUR = datetime.timedelta(hours=1)
AS_OF = "2026-03-26"
TYPES = {"string": "varchar"}
# What int_conditions reads: empty tables in the columns of their contracts, until a test puts rows there.
MARTS = {
    "marts": ("fct_control_totals", "fct_payroll_controls", "dim_business_dates"),
    "operations": ("fct_anomalies", "fct_quarantined_files", "fct_runs", "fct_source_freshness"),
}


class Webhook(HTTPServer):
    """Keeps what is posted to it. status, headers, seconds: what it answers, and how long it takes."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status, self.posts, self.headers, self.seconds = 200, [], {}, 0.0

    @property
    def url(self) -> str:
        return f"json://127.0.0.1:{self.server_port}/{TOKEN}"

    @property
    def titles(self) -> list[str]:
        return [post["title"] for post in self.posts]


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.server.status == 200:
            self.server.posts.append(body)
        self.send_response(self.server.status)
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.end_headers()
        time.sleep(self.server.seconds)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    with Webhook() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture(scope="module")
def empty_night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse with int_conditions as dbt builds it, over marts without a row."""
    zone = tmp_path_factory.mktemp("night")
    (zone / "landing").mkdir()
    warehouse_of(zone).parent.mkdir()
    with duckdb.connect(str(warehouse_of(zone))) as warehouse:
        warehouse.execute("create schema intermediate; create schema marts; create schema operations")
        warehouse.execute(f"create table intermediate.int_as_of_date as select date '{AS_OF}' as as_of_on")
        warehouse.execute(
            """
            create table intermediate.int_bank_format_ends (
                account_id varchar, file_format varchar, is_only_format boolean, format_ends_on date,
                last_covered_on date
            )
            """
        )
        for schema, marts in MARTS.items():
            for mart in marts:
                warehouse.execute(_table(schema, mart))
        warehouse.execute(
            """
            insert into marts.dim_business_dates by name
            select 'WEEKENDS' as calendar_code, day::date as date_on, row_number() over (order by day) as
                business_day_number
            from range(timestamp '2026-02-01', timestamp '2026-04-01', interval 1 day) as days (day)
            where isodow(day) < 6
            """
        )
    selected = ["--select", "controls", "condition_kinds", "int_conditions"]
    run_dbt("build", *MODELS_ONLY, *selected, zone=zone, landing=zone / "landing")
    with duckdb.connect(str(warehouse_of(zone))) as warehouse:
        warehouse.execute("checkpoint")  # so that the file alone is all of it
    return warehouse_of(zone)


@pytest.fixture
def night(settings: Settings, empty_night: Path) -> Settings:
    """The empty night in a zone of its own."""
    settings.warehouse.parent.mkdir()
    shutil.copy(empty_night, settings.warehouse)
    return settings


def _table(schema: str, mart: str) -> str:
    (path,) = (PROJECT_DIR / "models" / "marts").rglob(f"{mart}.yml")
    (contract,) = yaml.safe_load(path.read_text())["models"]
    columns = [f"{c['name']} {TYPES.get(c['data_type'], c['data_type'])}" for c in contract["columns"]]
    return f"create table {schema}.{mart} ({', '.join(columns)})"


def put(settings: Settings, table: str, **values: object) -> None:
    names = ", ".join(values)
    marks = ", ".join("?" for _ in values)
    with duckdb.connect(str(settings.warehouse)) as warehouse:
        warehouse.execute(f"insert into {table} ({names}) values ({marks})", list(values.values()))


def empty(settings: Settings, table: str) -> None:
    with duckdb.connect(str(settings.warehouse)) as warehouse:
        warehouse.execute(f"delete from {table}")


def put_red(settings: Settings, key: str, *, is_accepted: bool = False) -> None:
    put(
        settings,
        "marts.fct_control_totals",
        control_total_id=key,
        control_code="statement_chain",
        scope="DE1",
        business_date="2026-03-26",
        status="red",
        explanation="Closing balance before the statement against its opening balance",
        expected=100,
        actual=90,
        is_accepted=is_accepted,
    )


def put_late(settings: Settings) -> None:
    put(
        settings,
        "operations.fct_source_freshness",
        source_name="bank",
        subject="DE1",
        subject_name="Main account",
        status="late",
        business_days_late=2,
        last_delivered_on="2026-03-24",
        due_on="2026-03-25",
    )


def tell(settings: Settings, hours: float = 0) -> object:
    return alert(settings, clock=lambda: NIGHT + hours * HOUR)


def test_every_next_step_has_its_place_in_the_run_book() -> None:
    headings = re.findall(r"^#+ (.+)$", (PROJECT_DIR / "docs" / "runbook.md").read_text(), re.MULTILINE)
    places = {f"docs/runbook.md#{heading.lower().replace(' ', '-')}" for heading in headings}
    assert {kind.next_step.rpartition("(")[2].rstrip(")") for kind in kinds().values()} <= places


def test_told_once_then_again_a_day_later_then_well(night: Settings, webhook: Webhook) -> None:
    settings = replace(night, alert_urls=(webhook.url,), link="http://127.0.0.1:3000")
    put_red(settings, "c1")
    put_red(settings, "c2")
    put_red(settings, "c3", is_accepted=True)
    put_late(settings)
    assert str(tell(settings)) == "2 messages sent"
    assert webhook.titles == ["Tieout 2026-03-26: red controls (2)", "Tieout 2026-03-26: late sources (1)"]
    red, late = (post["message"] for post in webhook.posts)
    assert "expected 100.00, actual 90.00" in red
    assert "docs/runbook.md#red-control" in red
    assert "http://127.0.0.1:3000" in red
    assert "2 business days late: due by the end of 2026-03-25" in late

    assert str(tell(settings, 2)) == "nothing new to tell"
    put_red(settings, "c4")
    tell(settings, 3)
    assert webhook.titles[2:] == ["Tieout 2026-03-26: red controls (1)"]
    tell(settings, 25)  # c1, c2 and the late source stand for a day; c4 does not yet
    assert webhook.titles[3:] == [
        "Tieout 2026-03-26: red controls (2)",
        "Tieout 2026-03-26: late sources (1)",
    ]

    empty(settings, "marts.fct_control_totals")
    tell(settings, 26)
    assert webhook.titles[5:] == ["Tieout 2026-03-26: settled (3), still standing (1)"]
    empty(settings, "operations.fct_source_freshness")
    tell(settings, 27)
    assert webhook.titles[6:] == ["Tieout 2026-03-26: all is well again"]
    assert "bank: Main account (DE1)" in webhook.posts[-1]["message"]
    assert str(tell(settings, 80)) == "nothing new to tell"


def test_two_at_once_tell_once(night: Settings, webhook: Webhook) -> None:
    settings = replace(night, alert_urls=(webhook.url,))
    put_red(settings, "c1")
    both = [threading.Thread(target=tell, args=(settings,)) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert webhook.titles == ["Tieout 2026-03-26: red controls (1)"]


def test_what_is_over_the_limit_is_told_with_the_next(night: Settings, webhook: Webhook) -> None:
    settings = replace(night, alert_urls=(webhook.url,), alert_per_hour=1)
    put_red(settings, "c1")
    put_late(settings)
    assert str(tell(settings)) == "1 messages sent, 1 held back until the hour has passed"
    assert str(tell(settings, 0.5)) == "0 messages sent, 1 held back until the hour has passed"
    tell(settings, 1.5)
    assert webhook.titles == ["Tieout 2026-03-26: red controls (1)", "Tieout 2026-03-26: late sources (1)"]


def test_a_destination_that_fails_is_told_later_and_the_others_now(
    night: Settings, webhook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_red(night, "c1")
    with Webhook() as broken:
        threading.Thread(target=broken.serve_forever, daemon=True).start()
        broken.status = 500
        monkeypatch.setenv("TIEOUT_LAKE", str(night.lake))
        monkeypatch.setenv("TIEOUT_WAREHOUSE", str(night.warehouse))
        monkeypatch.setenv("TIEOUT_ALERT_URLS", f"{broken.url} {webhook.url}")
        result = CliRunner().invoke(main, ["alert"])
        assert result.exit_code == 1
        assert "destination 1 (json)" in result.output
        assert TOKEN not in result.output
        assert (len(broken.posts), len(webhook.posts)) == (0, 1)
        broken.status = 200
        assert CliRunner().invoke(main, ["alert"]).exit_code == 0
        assert (len(broken.posts), len(webhook.posts)) == (1, 1)
        broken.shutdown()
    assert not any(TOKEN.encode() in file.read_bytes() for file in night.lake.rglob("*.parquet"))


def test_where_a_destination_sends_us_on_to_is_told_nothing(night: Settings, webhook: Webhook) -> None:
    put_red(night, "c1")
    with Webhook() as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        webhook.status, webhook.headers = 307, {"Location": other.url.replace("json:", "http:")}
        outcome = tell(replace(night, alert_urls=(webhook.url,)))
        other.shutdown()
    assert (outcome.sent, len(outcome.failed), other.posts) == ([], 1, [])


def test_a_destination_that_does_not_answer_is_left(
    night: Settings, webhook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orchestration.monitor.alerts._SECONDS", 1)
    put_red(night, "c1")
    webhook.seconds = 20.0
    outcome = tell(replace(night, alert_urls=(webhook.url,)))
    assert len(outcome.failed) == 1


def test_an_address_that_is_none(night: Settings) -> None:
    put_red(night, "c1")
    settings = replace(night, alert_urls=(f"nosuch://{TOKEN}",))
    assert tell(settings).failed == ["destination 1 (nosuch)"]
    assert TOKEN not in repr(settings)


def test_mail(night: Settings) -> None:
    mails = []

    class Mailbox:
        async def handle_DATA(self, server: object, session: object, envelope: object) -> str:
            mails.append(envelope)
            return "250 taken"

    put_late(night)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(Mailbox(), hostname="127.0.0.1", port=port)
    controller.start()
    try:
        url = f"mailto://127.0.0.1:{port}?mode=insecure&from=night@tieout.test&to=finance@tieout.test"
        assert tell(replace(night, alert_urls=(url,))).failed == []
    finally:
        controller.stop()
    (mail,) = mails
    assert mail.rcpt_tos == ["finance@tieout.test"]
    assert b"late sources (1)" in mail.content


def test_payroll_shows_no_amount(night: Settings, webhook: Webhook) -> None:
    settings = replace(night, alert_urls=(webhook.url,))
    for measure, difference, is_accepted in (
        ("questions", 3, False),
        ("amount", 4321, False),
        ("hours", 7, True),
    ):
        put(
            settings,
            "marts.fct_payroll_controls",
            control_total_id=measure,
            control_code="period_questions",
            scope="pay period US-1",
            measure=measure,
            status="red",
            expected=0,
            actual=difference,
            difference=difference,
            is_accepted=is_accepted,
            business_date="2026-03-20",
        )
    tell(settings)
    (post,) = webhook.posts
    assert "questions: expected 0, actual 3" in post["message"]
    assert "tieout close-period lists them" in post["message"]
    assert "hours" not in post["message"]
    assert "4321" not in post["message"].replace(",", "")


@pytest.mark.parametrize("is_accepted", [False, True])
def test_a_quarantined_file_is_told_until_it_is_accepted(
    night: Settings, webhook: Webhook, *, is_accepted: bool
) -> None:
    settings = replace(night, alert_urls=(webhook.url,))
    path = "bank/cut.xml"
    put(
        settings,
        "operations.fct_quarantined_files",
        delivery_id="1",
        path=path,
        status="quarantined",
        quarantine_reason="the XML cannot be parsed",
    )
    put(
        settings,
        "marts.fct_control_totals",
        control_total_id="1",
        control_code="file_read",
        scope=path,
        status="red",
        is_accepted=is_accepted,
    )
    tell(settings)
    assert [path in post["message"] for post in webhook.posts] == ([] if is_accepted else [True])


def test_only_recent_anomalies_are_news_and_they_do_not_end(night: Settings, webhook: Webhook) -> None:
    settings = replace(night, alert_urls=(webhook.url,))
    dates = (("recent", "2026-03-25", "anomaly"), ("old", "2026-02-13", "anomaly"), ("known", AS_OF, "known"))
    for key, date, status in dates:
        put(
            settings,
            "operations.fct_anomalies",
            anomaly_id=key,
            subject=f"subject {key}",
            business_date=date,
            status=status,
            explanation="Lines on the statements: 0, expected about 7",
        )
    tell(settings)
    (post,) = webhook.posts
    assert ("subject recent" in post["message"], "subject old" in post["message"]) == (True, False)
    assert str(tell(settings, 30)) == "nothing new to tell"
    empty(settings, "operations.fct_anomalies")
    assert str(tell(settings, 60)) == "nothing new to tell"


def test_without_a_warehouse_nothing_is_well(night: Settings, webhook: Webhook) -> None:
    settings = replace(night, alert_urls=(webhook.url,))
    put_red(settings, "c1")
    tell(settings)
    settings.warehouse.rename(settings.warehouse.with_suffix(".away"))
    tell(settings, 1)
    assert webhook.titles[1:] == ["Tieout: the warehouse cannot be asked"]
    settings.warehouse.with_suffix(".away").rename(settings.warehouse)
    tell(settings, 2)
    assert webhook.titles[2:] == ["Tieout 2026-03-26: settled (1), still standing (1)"]


def test_a_night_that_did_not_finish(night: Settings, webhook: Webhook) -> None:
    settings = replace(night, alert_urls=(webhook.url,))
    alert_failure(settings, "night of 2026-03-26", f"transform failed\n{TOKEN}", clock=lambda: NIGHT)
    alert_failure(settings, "night of 2026-03-26", "transform failed", clock=lambda: NIGHT + HOUR)
    (post,) = webhook.posts
    assert "transform failed" in post["message"]
    assert TOKEN not in post["message"]
    tell(settings, 2)
    assert webhook.titles[1:] == ["Tieout 2026-03-26: all is well again"]


def test_the_console_is_told_where_there_is_no_address(
    night: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_red(night, "c1")
    monkeypatch.setenv("TIEOUT_LAKE", str(night.lake))
    monkeypatch.setenv("TIEOUT_WAREHOUSE", str(night.warehouse))
    monkeypatch.delenv("TIEOUT_ALERT_URLS", raising=False)
    for _ in range(2):
        result = CliRunner().invoke(main, ["alert"])
        assert result.exit_code == 0
        assert "red controls (1)" in result.output
    assert lake_rows(night.lake, "alerts", ["message_id"]) == []


def test_a_dry_run_sends_nothing(night: Settings, webhook: Webhook, tmp_path: Path) -> None:
    put_red(night, "c1")
    outcome = alert(replace(night, alert_urls=(webhook.url,)), dry_run=True)
    assert len(outcome.sent) == 1
    assert webhook.posts == []
    assert not night.lake.exists()
