"""The evidence of a month: one folder with all that proves the reconciliation of one account.

It is a function of the DuckDB file, so that two builds of one lake give the same bytes.
"""

from __future__ import annotations

import datetime
import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from orchestration.evidence.folders import EvidenceError, new_folder
from orchestration.evidence.versions import policy, versions
from orchestration.report import text
from orchestration.report.answers import Answer, read_answers, reading
from orchestration.report.html import TEMPLATES, style, templates
from orchestration.report.page import chain_anchor
from orchestration.report.sheets import write_csv
from orchestration.settings import Settings

_ROOM = Path(__file__).parent
# What a published copy does not hold; the page says so.
_OF_WAREHOUSES = ("closes", "deliveries", "statements_set_aside", "undone_since")
# What a reader of paper goes through; the CSV files have every row.
SHOWN_ROWS, SHOWN_MATCHES = 200, 10


@dataclass(frozen=True)
class Evidence:
    """What was written. as_of: the date of its closing statement."""

    path: Path
    account_id: str
    month: datetime.date
    as_of: datetime.date
    is_closed: bool

    def __str__(self) -> str:
        state = "closed" if self.is_closed else "open, not closed"
        return f"{self.path}: account {self.account_id}, {self.month:%Y-%m}, as of {self.as_of}, {state}"


def write_evidence(
    settings: Settings,
    account_id: str,
    month: datetime.date,
    *,
    as_of: datetime.date | None = None,
    database: Path | None = None,
    out: Path | None = None,
    facts: Iterable[tuple[str, str]] = (),
) -> Evidence:
    """Write the evidence of an account and the month that begins on a date.

    as_of: the date of the closing statement, in the month; its end, or the last date that there is, unless
    given. database: a warehouse or a published copy, the warehouse unless given. out: a folder that is new or
    empty; evidence/<account>_<month> beside the pages for the morning unless given. facts: further names and
    values that stand on the first page. Raises EvidenceError and ReportError.
    """
    source = database or settings.warehouse
    if not source.is_file():
        raise EvidenceError(f"no file {source}: run `tieout build` first, or name one with --from")
    with reading(source.resolve(), folders=[settings.lake]) as connection:
        try:
            account = _account(connection, account_id)
            last = _last_date(connection, account_id, month, as_of)
            _ask_about(connection, account, month, last)
        except duckdb.CatalogException as error:
            raise EvidenceError(
                f"{source} lacks marts: run `tieout build` first ({str(error).splitlines()[0]})"
            ) from error
        answers = read_answers(connection, _ROOM / "queries") | {"policy": policy()}
        _refuse_parts(source, answers)
        told = [*facts, *_published(connection), *versions(settings, connection)]
    if database is None:
        told.append(("Head of the lake's chain", chain_anchor(settings) or "the lake has none"))
    closing = answers["statement"].rows[-1]
    evidence = Evidence(
        path=out or settings.reports / "evidence" / f"{_file_name(account_id)}_{month:%Y-%m}",
        account_id=account_id,
        month=month,
        as_of=last,
        is_closed=closing["is_closed"] and last == _end_of(month),
    )
    answers["facts"] = _facts(evidence, account, told)
    with new_folder(evidence.path) as folder:
        for name, answer in answers.items():
            if answer.problem is None:
                _write_csv(folder / f"{name}.csv", answer)
        (folder / "evidence.html").write_text(_page(evidence, account, answers), encoding="utf-8")
    return evidence


def _account(connection: duckdb.DuckDBPyConnection, account_id: str) -> dict[str, Any]:
    """The row of an account that has statements or books."""
    result = connection.execute("from marts.dim_accounts order by account_id")
    columns = [column[0] for column in result.description]
    accounts = {row[columns.index("account_id")]: row for row in result.fetchall()}
    if account_id not in accounts:
        known = text.visible(", ".join(accounts)) or "none: nothing has been collected"
        raise EvidenceError(f"there is no account {account_id!r}. The accounts are {known}")
    return dict(zip(columns, accounts[account_id], strict=True))


def _last_date(
    connection: duckdb.DuckDBPyConnection,
    account_id: str,
    month: datetime.date,
    as_of: datetime.date | None,
) -> datetime.date:
    """The date of the closing statement. Raises EvidenceError when the month has nothing to prove."""
    end = _end_of(month)
    if as_of and not month <= as_of <= end:
        raise EvidenceError(f"{as_of} is not in {month:%Y-%m}: --as-of is a date of the month")
    first_on, last_on = connection.execute(
        "select min(as_of_on), max(as_of_on) from marts.fct_bank_reconciliations where account_id = $account",
        {"account": account_id},
    ).fetchone()
    found = connection.execute(
        "select count(*) from marts.fct_bank_statements"
        " where account_id = $account and period_start_on <= $until and period_end_on >= $from",
        {"account": account_id, "from": month, "until": as_of or end},
    ).fetchone()
    if first_on is None or found == (0,):
        span = connection.execute(
            "select min(period_start_on), max(period_end_on) from marts.fct_bank_statements"
            " where account_id = $account",
            {"account": account_id},
        ).fetchone()
        told = "it has none" if span[0] is None else f"they go from {span[0]} to {span[1]}"
        raise EvidenceError(f"account {account_id} has no statement in {month:%Y-%m}: {told}")
    if (as_of or month) > last_on:
        raise EvidenceError(f"the file is as of {last_on}: build it as of {as_of or end} first")
    return as_of or min(end, last_on)


def _refuse_parts(source: Path, answers: dict[str, Answer]) -> None:
    """What cannot be told must not look like nothing to tell."""
    for answer in answers.values():
        if answer.problem and answer.name not in _OF_WAREHOUSES:
            raise EvidenceError(f"{source}: {answer.problem}. Run `tieout build`, or publish again")


def _ask_about(
    connection: duckdb.DuckDBPyConnection, account: dict[str, Any], month: datetime.date, as_of: datetime.date
) -> None:
    """Set what the queries ask about, and make the views that they ask."""
    asked = {name: account[name] for name in ("account_id", "currency", "calendar_code")}
    for name, value in (asked | {"month_start": month, "as_of": as_of}).items():
        connection.execute(f"set variable {name} = $value", {"value": value})
    connection.execute((_ROOM / "views.sql").read_text(encoding="utf-8"))


def _published(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """Which version of the published copy the file is, if it is one."""
    try:
        row = connection.execute(
            "select version, published_at, published_by from published.version"
        ).fetchone()
    except duckdb.CatalogException:
        return []
    return [("Published version", f"{row[0]}, {text.moment(row[1])}, by {row[2]}")]


def _facts(evidence: Evidence, account: dict[str, Any], further: Sequence[tuple[str, str]]) -> Answer:
    """What stands on the first page."""
    facts = [
        ("Account", evidence.account_id),
        ("Name", account["account_name"]),
        ("Bank account", account["bank_account"]),
        ("Ledger account", account["gl_account"] or "none"),
        ("Currency", account["currency"]),
        ("Month", f"{evidence.month:%Y-%m}"),
        ("Closing statement as of", str(evidence.as_of)),
        ("State of the month", "closed" if evidence.is_closed else "open, not closed"),
        *further,
    ]
    columns = ("name", "value")
    return Answer("facts", "", (), [dict(zip(columns, fact, strict=True)) for fact in facts], columns=columns)


def _page(evidence: Evidence, account: dict[str, Any], answers: dict[str, Answer]) -> str:
    environment = templates(_ROOM / "templates", TEMPLATES)
    members = {
        match_id: list(items)
        for match_id, items in itertools.groupby(answers["match_items"].rows, lambda row: row["match_id"])
    }
    return environment.get_template("evidence.html").render(
        evidence=evidence,
        account=account,
        answers=answers,
        members=members,
        css=style(TEMPLATES / "page.css", _ROOM / "templates" / "evidence.css"),
        shown_rows=SHOWN_ROWS,
        shown_matches=SHOWN_MATCHES,
    )


def _write_csv(file: Path, answer: Answer) -> None:
    with file.open("w", encoding="utf-8", newline="") as stream:
        write_csv(stream, answer.columns, (row.values() for row in answer.rows))


def _end_of(month: datetime.date) -> datetime.date:
    following = (month + datetime.timedelta(days=31)).replace(day=1)
    return following - datetime.timedelta(days=1)


def _file_name(account_id: str) -> str:
    """An account's id as part of a path: what comes from outside is letters, digits and - at most."""
    return re.sub(r"[^\w-]", "_", account_id)
