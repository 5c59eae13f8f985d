"""Red controls as a gate: what no decision accepts refuses, and what one accepts is noted."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

import duckdb

_SHOWN = 20


class RedControl(NamedTuple):
    """A red control. control_id: the subject of the decision that accepts it."""

    control_id: str
    control_code: str
    business_date: datetime.date | None
    scope: str
    explanation: str
    currency: str | None
    expected: Decimal | None
    actual: Decimal | None
    is_accepted: bool


def red_controls(
    warehouse: duckdb.DuckDBPyConnection, up_to: datetime.date | None = None
) -> list[RedControl]:
    """The red controls of the business dates up to one, or of all."""
    rows = warehouse.execute(
        """
        select
            control_total_id,
            control_code,
            business_date,
            scope,
            explanation,
            currency,
            expected,
            actual,
            is_accepted
        from marts.fct_control_totals
        where status = 'red' and ($1 is null or business_date <= $1)
        order by business_date, control_code, scope, measure
        """,
        [up_to],
    )
    return [RedControl(*row) for row in rows.fetchall()]


def red_payroll_controls(warehouse: duckdb.DuckDBPyConnection) -> list[RedControl]:
    """Payroll's red controls but for questions, which are work to do and hold back their pay period only."""
    rows = warehouse.execute(
        """
        select
            payroll_control_id,
            control_code,
            business_date,
            scope,
            explanation,
            null as currency,
            expected,
            actual,
            is_accepted
        from marts.fct_payroll_controls
        where status = 'red' and control_code <> 'period_questions'
        order by business_date, control_code, scope, measure
        """
    )
    return [RedControl(*row) for row in rows.fetchall()]


def refusal(consequence: str, red: Sequence[RedControl]) -> str | None:
    """What to say of the controls that are not accepted: each with its id, and what to do. None: all are."""
    refused = [control for control in red if not control.is_accepted]
    if not refused:
        return None
    lines = [
        f"  {control.control_id}  {control.control_code}  {control.business_date}  {control.scope}\n"
        f"      {control.explanation}: expected {control.expected}, actual {control.actual}"
        f"{f' {control.currency}' if control.currency else ''}"
        for control in refused[:_SHOWN]
    ]
    if len(refused) > _SHOWN:
        lines.append(f"  and {len(refused) - _SHOWN} more")
    return "\n".join(
        [
            f"{consequence}: {len(refused)} red"
            f" {'control is' if len(refused) == 1 else 'controls are'} not accepted.",
            *lines,
            "Mend what they show, or accept one with a decision `accept` whose subject is its id, as"
            " a row of a CSV file in landing/decisions/",
        ]
    )


def acceptance(red: Sequence[RedControl]) -> str | None:
    """How many controls were accepted, and which; None when none was."""
    accepted = sorted({f"{control.control_code} {control.scope}" for control in red if control.is_accepted})
    return f"{len(accepted)} accepted: {', '.join(accepted)}" if accepted else None
