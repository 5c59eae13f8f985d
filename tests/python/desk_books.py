"""A small warehouse for the tests of the desk, in plain SQL, and a desk that is asked without a socket."""

from __future__ import annotations

import asyncio
import csv
import json
import re
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from orchestration.desk import desk
from orchestration.serve import Door
from orchestration.settings import Settings

TOKEN = "a-token-of-more-than-twenty-letters"
HOST = "127.0.0.1:8070"
OWN = {"authorization": f"Bearer {TOKEN}"}
# What a bank may write as a name.
HOSTILE = "<script>alert('x')</script> \"' onfocus=alert(1) \N{RIGHT-TO-LEFT OVERRIDE}gpj"
_MARTS = """
create schema marts;
create table marts.dim_accounts as
select 'A' as account_id, 'Main account' as account_name, 'EUR' as currency
union all select 'B/2 & co', getvariable('hostile'), 'USD';
create table marts.fct_bank_reconciliations as
select
    account_id, currency, date '2026-03-26' as as_of_on, {zeros},
    cast(0 as decimal(28, 5)) as difference
from marts.dim_accounts;
create table marts.fct_reconciliation_items as
select
    *, 'statement_line' as item_kind,
    case when item_id <> 'l4' then repeat(case side when 'bank' then 'b' else 'c' end, 64) end as file_hash,
    row_number() over (partition by side order by item_id) as line_number,
    case when status = 'matched' then 'M1' end as match_id, 'R-' || item_id as reference,
    'memo ' || getvariable('hostile') as memo,
    age > 10 as is_break, date '2026-03-26' - age as item_on
from items;
create table marts.fct_match_explanations as
select item_id, 'Nothing of this amount' as explanation from marts.fct_reconciliation_items;
create table marts.fct_duplicate_items as
select 'b3' as item_id, 'b0' as first_item_id;
create table marts.fct_match_suggestions as
from (values
    ('s1', 'b1', 'l1', 'A', 'EUR', 'amount same (3.5) date from_minus_1 (-0.2)', '', 0.99),
    ('s2', 'b1', 'l2', 'A', 'EUR', 'amount from_0_03 (0.1)', 'words none (-3.4)', 0.6),
    ('s3', 'b2', 'l3', 'A', 'EUR', 'no word, 2 items add up', '', 0.97),
    ('s3', 'b2', 'l4', 'A', 'EUR', 'no word, 2 items add up', '', 0.97)
) as rows (
    suggestion_id, bank_item_id, ledger_item_id, account_id, currency,
    evidence_for, evidence_against, probability
);
create table marts.fct_matches as
select
    'M1' as match_id, 'A' as account_id, 'reference' as rule_code, 'EUR' as currency, 1 as bank_item_count,
    1 as ledger_item_count, cast(0 as decimal(28, 5)) as difference, false as is_closed,
    date '2026-03-25' as cleared_on;
create table marts.fct_bank_statements as
select
    repeat('b', 64) || '-' || statement_number as statement_id, account_id, 'EUR' as currency,
    'bank/' || getvariable('hostile') as file_path, statement_number, 2 as line_count,
    cast(0 as decimal(28, 5)) as opening_balance, cast(7 as decimal(28, 5)) as movements,
    cast(closing as decimal(28, 5)) as closing_balance,
    cast(closing - 7 as decimal(28, 5)) as proof_difference,
    cast(0 as decimal(28, 5)) as gap_to_previous_closing, closing = 7 as is_proved,
    day_on as period_start_on, day_on as period_end_on
from (values
    (1, 'A', 8, date '2026-03-26'), (2, 'A', 7, date '2026-03-26'), (3, 'A', 7, date '2026-03-25'),
    (4, 'B/2 & co', 7, date '2026-03-26')
) as rows (statement_number, account_id, closing, day_on);
create table marts.fct_pay_periods as
select
    *, 3 as payslip_count, 1 as question_count, date '2026-03-16' as starts_on,
    date '2026-03-30' as ends_before_on, date '2026-04-03' as paid_on
from (values ('P-1', 'open'), ('P-2', 'closed'), ('P-3', 'paid')) as rows (pay_period_id, status);
create table marts.fct_audit_trail as
select 'reopening' as event_kind, '2026-03-24' as subject_id, timestamp '2026-03-25 12:00:00' as event_at;
create table marts.dim_controls as
from (values
    ('chain', 'Each statement follows the one before', 'close', 'Ask the bank', 1),
    ('read', 'Every file can be read', 'nothing', 'Deliver it again', 2)
) as rows (control_code, control_name, blocks, next_step, control_number);
create table marts.fct_control_totals as
select
    md5(control_code) as control_total_id, *, 'bank' as area, 'Opening against closing' as explanation,
    cast(null as varchar) as acceptance, false as is_accepted, date '2026-03-26' as business_date
from (values
    ('chain', getvariable('hostile'), 'amount', 'EUR', 'red', 100::decimal(28, 5), 87.72::decimal(28, 5)),
    ('read', 'bank/x.xml', 'files', null, 'red', 1, null),
    ('read', 'bank/y.xml', 'files', null, 'green', 1, 1)
) as rows (control_code, scope, measure, currency, status, expected, actual);
create table marts.fct_payroll_controls as
select * replace (
    md5('questions') as control_total_id, 'questions' as control_code, 'payroll' as area,
    'pay period P-1' as scope,
    'questions' as measure, cast(null as varchar) as currency, 0 as expected, 1 as actual
)
from marts.fct_control_totals where control_code = 'chain';
create table marts.fct_decisions as
select
    *, 'In force' as outcome_reason, 'because' as reason, cast(null as varchar) as approved_by,
    cast(null as date) as until_on, timestamp '2026-03-20 09:00:00' as decided_at
from (values
    ('D1', 'match', 'applied', 'Ann Keller'), ('D2', 'explain', 'applied', 'Ann Keller'),
    ('D3', 'write_off', 'waiting', 'Bela Nagy'), ('D4', 'write_off', 'waiting', 'keller ann'),
    ('D5', 'match', 'stale', 'Bela Nagy'), ('D6', 'snooze', 'withdrawn', 'Bela Nagy')
) as rows (decision_id, decision, outcome, decided_by);
"""
_ZEROS = (
    *("balance_per_bank", "deposits_in_transit", "outstanding_payments", "unbooked_bank_items"),
    *("unbooked_opening_balance", "statement_gaps", "balance_per_books"),
)
ITEMS = [
    ("b1", "A", "bank", "EUR", "Acme", "100.10", 3, "open"),
    ("b2", "A", "bank", "EUR", "Brandt", "-50.00", 40, "open"),
    ("b3", "A", "bank", "EUR", HOSTILE, "0.00001", 12, "open"),
    ("l1", "A", "ledger", "EUR", "ACME", "100.10", 3, "open"),
    ("l2", "A", "ledger", "EUR", "Other", "97.10", 2, "open"),
    ("l3", "A", "ledger", "EUR", "Brandt", "-20.00", 41, "open"),
    ("l4", "A", "ledger", "EUR", "Brandt", "-30.00", 41, "open"),
    ("l5", "A", "ledger", "EUR", "Brandt", "-7.00", 41, "explained"),
    ("u1", "B/2 & co", "bank", "USD", "Acme", "100.10", 3, "open"),
    ("m1", "A", "bank", "EUR", "Acme", "1.00", 3, "matched"),
]


def write_books(file: Path, items: str | None = None) -> None:
    """Write the warehouse of the tests. items: a query of its items, where they are not ITEMS."""
    file.parent.mkdir(parents=True, exist_ok=True)
    zeros = ", ".join(f"cast(0 as decimal(28, 5)) as {name}" for name in _ZEROS)
    with duckdb.connect(str(file)) as connection:
        connection.execute(
            "create table items (item_id text, account_id text, side text, currency text, counterparty text,"
            " amount decimal(28, 5), age integer, status text)"
        )
        if items:
            connection.execute(f"insert into items {items}")
        else:
            connection.executemany("insert into items values (?, ?, ?, ?, ?, ?, ?, ?)", ITEMS)
        connection.execute("set variable hostile = $hostile", {"hostile": HOSTILE})
        connection.execute(_MARTS.replace("{zeros}", zeros))


class Answer(NamedTuple):
    """What a desk answers."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def error(self) -> str:
        """Why it was refused."""
        return json.loads(self.text)["error"]


class Asked:
    """A desk of one person, behind its door."""

    def __init__(self, settings: Settings, user: str = "Ann Keller", key: str = "") -> None:
        self.settings = settings
        self._app = Door(desk(settings, user, key), TOKEN, {HOST: f"http://{HOST}"}, "desk")

    def get(self, address: str, **headers: str) -> Answer:
        """Ask for a page."""
        return self.ask("GET", address, OWN | headers)

    def post(self, path: str, **wanted: Any) -> Answer:
        """Ask for an act as the page of these books does."""
        wanted = {"books": self.version(), "reason": "they belong together"} | wanted
        return self.ask("POST", path, OWN | {"content-type": "application/json"}, json.dumps(wanted))

    def match(self, *subjects: str, left: str = "0", **wanted: Any) -> Answer:
        """Match items of which so many euros are left."""
        return self.post("/decide", decision="match", subjects=subjects, sums={"EUR": left}, **wanted)

    def version(self) -> str:
        """The version of the books that a page shows."""
        return re.search('data-books="([^"]+)"', self.get("/").text)[1]

    def rows(self) -> list[dict[str, str]]:
        """The rows of all files of the desk, the oldest first."""
        folder, rows = self.settings.landing / "decisions" / "desk", []
        for file in sorted(folder.glob("*.csv"), key=lambda file: file.stat().st_mtime_ns):
            with file.open(encoding="utf-8", newline="") as opened:
                rows += csv.DictReader(opened)
        return rows

    def ask(self, method: str, address: str, headers: dict[str, str], body: str = "") -> Answer:
        """Ask anything."""
        path, _, query = address.partition("?")
        length = {"content-length": str(len(body.encode()))} if method == "POST" else {}
        sent: list[dict[str, Any]] = []

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body.encode(), "more_body": False}

        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": [
                (name.encode(), value.encode()) for name, value in ({"host": HOST} | length | headers).items()
            ],
        }
        asyncio.run(self._app(scope, receive, send))
        answered: dict[str, str] = {}
        for name, value in sent[0]["headers"]:
            answered[name.decode()] = f"{answered.get(name.decode(), '')} {value.decode()}".strip()
        text = b"".join(message.get("body", b"") for message in sent[1:]).decode()
        return Answer(sent[0]["status"], answered, text)
