"""Closing a pay period: its payslips become facts of the lake, once nothing of it is in question.

The figures are the models'. Paying what was closed is in payroll.
"""

from __future__ import annotations

import datetime
import zoneinfo
from collections.abc import Callable, Sequence

import duckdb

from orchestration.close.review import NotReviewedError, reviewers
from orchestration.collect import collect
from orchestration.errors import TieoutError
from orchestration.lake.datasets import PayrollClose
from orchestration.lake.load import open_load, utc_now
from orchestration.lake.lock import open_when_free
from orchestration.outside import shown
from orchestration.settings import Settings
from orchestration.warehouse.dbt_process import UNTESTED, BuildFailedError, run_dbt

_SHOWN = 20
_CLOSED_MODELS = {
    "closed_payslips": "payroll.fct_payslips",
    "closed_payslip_lines": "payroll.fct_payslip_lines",
}


class PayRefusedError(TieoutError):
    """The period cannot be closed or paid. The message says why and what to do, and names nobody."""


def close_period(
    settings: Settings,
    pay_period_id: str,
    closed_by: str,
    *,
    clock: Callable[[], datetime.datetime] = utc_now,
) -> PayrollClose:
    """Collect, calculate, and freeze the payslips of the period.

    Raises PayRefusedError when the period is unknown, not over or closed, or when something of it is in
    question that no decision accepts; and whatever collect raises.
    """
    with built_warehouse(
        settings, ["+fct_payslip_lines", "+fct_payslips", "+int_period_questions"]
    ) as warehouse:
        refuse_unless_known(warehouse, pay_period_id)
        if is_period_closed(warehouse, pay_period_id):
            raise PayRefusedError(
                f"{pay_period_id} is closed already. What changed since is paid in the first open period"
            )
        _refuse_unfinished(warehouse, pay_period_id, clock())
        note = _accepted_or_refuse(warehouse, pay_period_id)
        try:
            reviewed_by = reviewers(warehouse, "payroll", pay_period_id, closed_by, clock().date())
        except NotReviewedError as error:
            raise PayRefusedError(str(error)) from error
        with open_load(settings, clock) as load:
            counts = {
                dataset: load.copy(warehouse, dataset, model, "pay_period_id = ?", [pay_period_id])
                for dataset, model in _CLOSED_MODELS.items()
            }
            (net_total,) = warehouse.execute(
                "select coalesce(sum(net_amount), 0) from payroll.fct_payslips where pay_period_id = ?",
                [pay_period_id],
            ).fetchone()
            row = PayrollClose(
                load.id,
                pay_period_id,
                closed_by,
                note,
                counts["closed_payslips"],
                counts["closed_payslip_lines"],
                net_total,
                load.at,
                reviewed_by,
                load.chain_head,
            )
            load.write("payroll_closes", [row])
    return row


def ended_open_periods(settings: Settings, today: datetime.date) -> list[str]:
    """The pay periods that ended before a day and are open, oldest first, as the warehouse has them.

    Those without a payslip are not among them: there is nothing to pay.
    """
    if not settings.warehouse.exists():
        return []
    with duckdb.connect(str(settings.warehouse), read_only=True) as warehouse:
        rows = warehouse.execute(
            """
            select periods.pay_period_id
            from payroll.int_pay_periods as periods
            left join payroll.int_pay_periods_closed as closed
                on periods.pay_period_id = closed.pay_period_id
            where
                periods.ends_before_on <= ?
                and closed.pay_period_id is null
                and periods.pay_period_id in (select pay_period_id from payroll.fct_payslips)
            order by periods.ends_before_on, periods.pay_period_id
            """,
            [today],
        ).fetchall()
    return [pay_period_id for (pay_period_id,) in rows]


def built_warehouse(
    settings: Settings, models: Sequence[str], business_date: datetime.date | None = None
) -> duckdb.DuckDBPyConnection:
    """The warehouse, for reading, once the models are built over what has landed, as of a date."""
    collect(settings)
    try:
        run_dbt(["build", *UNTESTED, "--select", *models], business_date and business_date.isoformat())
    except BuildFailedError as error:
        raise PayRefusedError(str(error)) from error
    return open_when_free(settings.warehouse, settings.lock_timeout_seconds)


def refuse_unless_known(warehouse: duckdb.DuckDBPyConnection, pay_period_id: str) -> None:
    """Raise PayRefusedError when there is no such period."""
    found = warehouse.execute(
        "select 1 from payroll.int_pay_periods where pay_period_id = ?", [pay_period_id]
    ).fetchone()
    if found is None:
        known = warehouse.execute(
            "select pay_period_id from payroll.int_pay_periods order by paid_on desc limit 5"
        ).fetchall()
        raise PayRefusedError(
            f"there is no pay period {pay_period_id!r}. The latest are"
            f" {', '.join(shown(name) for (name,) in known) or 'none'}"
        )


def is_period_closed(warehouse: duckdb.DuckDBPyConnection, pay_period_id: str) -> bool:
    """Whether the period is closed, as the warehouse has it."""
    found = warehouse.execute(
        "select 1 from payroll.int_pay_periods_closed where pay_period_id = ?", [pay_period_id]
    ).fetchone()
    return found is not None


def _refuse_unfinished(
    warehouse: duckdb.DuckDBPyConnection, pay_period_id: str, now: datetime.datetime
) -> None:
    """Raise PayRefusedError while a day of the period is still to come. An off-cycle run has no days."""
    ends_before_on, time_zone, has_days = warehouse.execute(
        "select ends_before_on, time_zone, has_days from payroll.int_pay_periods where pay_period_id = ?",
        [pay_period_id],
    ).fetchone()
    today = now.astimezone(zoneinfo.ZoneInfo(time_zone or "UTC")).date()
    if has_days and today < ends_before_on:
        last = ends_before_on - datetime.timedelta(days=1)
        raise PayRefusedError(
            f"{pay_period_id} is not over: its last day is {last}. Close it on {ends_before_on} or later."
            " To pay somebody before, deliver an off-cycle run in pay_periods, with its kind"
        )


def _accepted_or_refuse(warehouse: duckdb.DuckDBPyConnection, pay_period_id: str) -> str | None:
    questions = warehouse.execute(
        """
        select question_id, question, is_accepted from payroll.int_period_questions
        where pay_period_id = ? order by question_id
        """,
        [pay_period_id],
    ).fetchall()
    refused = [(question_id, question) for question_id, question, is_accepted in questions if not is_accepted]
    if refused:
        lines = [f"  {question_id}  {shown(question)}" for question_id, question in refused[:_SHOWN]]
        if len(refused) > _SHOWN:
            lines.append(f"  and {len(refused) - _SHOWN} more")
        raise PayRefusedError(
            "\n".join(
                [
                    f"{pay_period_id} stays open: {len(refused)} questions are not answered.",
                    *lines,
                    "Deliver what is missing, or accept one with a decision `accept` whose subject is its id,"
                    " as a row of a CSV file in landing/decisions/. Another person approves it, by a decision"
                    " `approve`, where decision_policies asks for one",
                ]
            )
        )
    return f"{len(questions)} questions accepted" if questions else None
