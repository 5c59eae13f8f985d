"""What somebody should be told of: conditions that stand in the warehouse and in the record of runs.

Nothing personal is in them: of payroll only the period, the control and counts.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.lake.read import lake_rows
from orchestration.settings import Settings

RUNBOOK = "docs/runbook.md"
# Business dates, back from the as-of date, whose anomalies are news.
_ANOMALY_DAYS = 5
_SHOWN_NODES = 5


@dataclass(frozen=True)
class Condition:
    """key: the same while the condition stands. is_event: it happened on a date and does not end.

    next_step: what to do, with the place in the run-book.
    """

    key: str
    kind: str
    subject: str
    sentence: str
    next_step: str
    is_event: bool = False


@dataclass(frozen=True)
class Found:
    """is_complete: whether the warehouse could be asked, so that what is not found is not there."""

    conditions: list[Condition]
    as_of_on: datetime.date | None
    is_complete: bool


def step(anchor: str, text: str) -> str:
    """A next step that ends in its place in the run-book."""
    return f"{text} ({RUNBOOK}#{anchor})"


def find(settings: Settings) -> Found:
    """Every condition that stands now."""
    conditions = list(_failed_run(settings.lake))
    if not settings.warehouse.exists():
        return Found([*conditions, _no_warehouse(settings.warehouse, "there is none")], None, False)
    try:
        with duckdb.connect(str(settings.warehouse), read_only=True) as warehouse:
            row = warehouse.execute("select as_of_on from intermediate.int_as_of_date").fetchone()
            as_of_on = row[0] if row else None
            for part in (_quarantined_files, _red_controls, _red_payroll_controls, _late_sources):
                conditions += part(warehouse)
            conditions += _anomalies(warehouse)
    except duckdb.IOException as error:
        reason = "another process is writing to it" if "lock" in str(error) else "its file cannot be read"
        return Found([*conditions, _no_warehouse(settings.warehouse, reason)], None, False)
    except duckdb.Error:
        return Found([*conditions, _no_warehouse(settings.warehouse, "its marts are missing")], None, False)
    return Found(conditions, as_of_on, True)


def _no_warehouse(warehouse: Path, reason: str) -> Condition:
    return Condition(
        "warehouse",
        "warehouse",
        warehouse.name,
        f"The warehouse cannot be asked: {reason}",
        step("lost-warehouse", "Build it again from the lake: dbt build"),
    )


def _failed_run(lake: Path) -> Iterator[Condition]:
    """The latest recorded build, if it failed."""
    columns = ["invocation_id", "status", "failed_count", "skipped_count", "started_at"]
    runs = lake_rows(lake, "dbt_runs", columns, command="build")
    last = max(runs, key=lambda row: row["started_at"], default=None)
    if last is None or last["status"] != "failed":
        return
    nodes = [
        row
        for row in lake_rows(
            lake, "dbt_node_runs", ["node_name", "status", "message"], invocation_id=last["invocation_id"]
        )
        if row["status"] in ("error", "fail", "runtime error", "partial success")
    ]
    names = sorted(row["node_name"] for row in nodes)
    shown = ", ".join(names[:_SHOWN_NODES]) + (
        f" and {len(names) - _SHOWN_NODES} more" if len(names) > _SHOWN_NODES else ""
    )
    cause = next((row["message"] for row in nodes if row["message"]), None)
    yield Condition(
        f"failed_run/{hashlib.sha256(' '.join(names).encode()).hexdigest()[:16]}",
        "failed_run",
        f"dbt build of {last['started_at']:%Y-%m-%d %H:%M} UTC",
        f"{last['failed_count']} nodes failed and {last['skipped_count']} were skipped: {shown}"
        f"{f'. {cause}' if cause else ''}",
        step("a-failed-run", "Mend the first of them, then: dbt retry"),
    )


def _quarantined_files(warehouse: duckdb.DuckDBPyConnection) -> Iterator[Condition]:
    for key, path, reason, position in warehouse.execute(
        """
        select delivery_id, path, quarantine_reason, quarantine_position
        from operations.fct_quarantined_files
        where
            status = 'quarantined'
            and path not in (
                select scope
                from marts.fct_control_totals
                where control_code = 'file_read' and status = 'red'
                group by scope
                having bool_and(is_accepted)
            )
        order by path
        """
    ).fetchall():
        yield Condition(
            f"quarantined_file/{key}",
            "quarantined_file",
            path,
            f"Cannot be read, so nothing of it is loaded: {reason}{f' ({position})' if position else ''}",
            step("corrupt-file", "Ask the sender for the file again and put it under the same name"),
        )


def _red_controls(warehouse: duckdb.DuckDBPyConnection) -> Iterator[Condition]:
    """A file that cannot be read is told of as a quarantined file."""
    for key, code, scope, date, explanation, currency, expected, actual, next_step in warehouse.execute(
        """
        select
            totals.control_total_id,
            totals.control_code,
            totals.scope,
            totals.business_date,
            totals.explanation,
            totals.currency,
            totals.expected,
            totals.actual,
            controls.next_step
        from marts.fct_control_totals as totals
        inner join marts.dim_controls as controls on totals.control_code = controls.control_code
        where totals.status = 'red' and not totals.is_accepted and totals.control_code <> 'file_read'
        order by totals.business_date, totals.control_code, totals.scope, totals.measure
        """
    ).fetchall():
        yield Condition(
            f"red_control/{key}",
            "red_control",
            f"{code} {date} {scope}",
            f"{explanation}: expected {_number(expected)}, actual {_number(actual)}"
            f"{f' {currency}' if currency else ''} (control {key})",
            step("red-control", next_step),
        )


def _red_payroll_controls(warehouse: duckdb.DuckDBPyConnection) -> Iterator[Condition]:
    for key, code, scope, measure, expected, actual, next_step in warehouse.execute(
        """
        select
            totals.payroll_control_id,
            totals.control_code,
            totals.scope,
            totals.measure,
            case when totals.measure <> 'amount' then totals.expected end,
            case when totals.measure <> 'amount' then totals.actual end,
            controls.next_step
        from marts.fct_payroll_controls as totals
        inner join marts.dim_controls as controls on totals.control_code = controls.control_code
        where totals.status = 'red' and not totals.is_accepted
        order by totals.business_date, totals.control_code, totals.scope, totals.measure
        """
    ).fetchall():
        yield Condition(
            f"red_payroll_control/{key}",
            "red_payroll_control",
            f"{code} {scope}",
            "The amounts do not agree"
            if actual is None
            else f"{measure}: expected {expected:,.0f}, actual {actual:,.0f}",
            step("payroll-question", next_step),
        )


def _late_sources(warehouse: duckdb.DuckDBPyConnection) -> Iterator[Condition]:
    for source, subject, name, last_on, due_on, late in warehouse.execute(
        """
        select source_name, subject, subject_name, last_delivered_on, due_on, business_days_late
        from operations.fct_source_freshness
        where status <> 'on time'
        order by source_name, subject
        """
    ).fetchall():
        days = "1 business day" if late == 1 else f"{late} business days"
        yield Condition(
            f"late_source/{source}/{subject}",
            "late_source",
            f"{source}: {name} ({subject})",
            "Nothing was ever delivered"
            if last_on is None
            else f"{days} late: due by the end of {due_on}, last delivered for {last_on}",
            step("late-file", "Ask for the delivery; the next collect takes it"),
        )


def _anomalies(warehouse: duckdb.DuckDBPyConnection) -> Iterator[Condition]:
    """Of the latest business dates, and of the latest recorded runs."""
    for key, subject, date, explanation in warehouse.execute(
        """
        select anomalies.anomaly_id, anomalies.subject, anomalies.business_date, anomalies.explanation
        from operations.fct_anomalies as anomalies
        cross join intermediate.int_as_of_date as as_of_date
        inner join marts.dim_business_dates as dates
            on dates.date_on = as_of_date.as_of_on and dates.calendar_code = 'WEEKENDS'
        inner join marts.dim_business_dates as days
            on days.date_on = anomalies.business_date and days.calendar_code = 'WEEKENDS'
        where
            anomalies.status = 'anomaly'
            and (
                dates.business_day_number - days.business_day_number < ?
                or anomalies.invocation_id in (select invocation_id from operations.fct_runs where is_latest)
            )
        order by anomalies.business_date, anomalies.metric, anomalies.subject
        """,
        [_ANOMALY_DAYS],
    ).fetchall():
        yield Condition(
            f"anomaly/{key}",
            "anomaly",
            f"{date} {subject}",
            explanation,
            step("an-anomaly", "Find out why, or make it a known event"),
            is_event=True,
        )


def _number(value: object) -> str:
    return "nothing" if value is None else f"{value:,.2f}"
