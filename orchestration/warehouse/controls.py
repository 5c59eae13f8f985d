"""Red controls as a gate: what no decision accepts refuses, and what one accepts is noted.

What a red stops is a column of dim_controls. The bank and payroll are asked apart, so that neither stops the
other, built or not.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import Literal, NamedTuple

import duckdb

# Who asks, to the mart that answers and what a red of it must block.
_ASKED = {
    "close": ("fct_control_totals", ["close"]),
    "bank": ("fct_control_totals", ["close", "publication"]),
    "payroll": ("fct_payroll_controls", ["close", "publication"]),
}
Asked = Literal["close", "bank", "payroll"]
_SHOWN = 20


class RedControl(NamedTuple):
    """A red control. control_id: the subject of the decision that accepts it."""

    control_id: str
    control_code: str
    business_date: datetime.date | None
    scope: str
    explanation: str
    acceptance: str | None
    measure: str
    currency: str | None
    expected: Decimal | None
    actual: Decimal | None
    is_accepted: bool

    @property
    def difference(self) -> Decimal:
        """By how much it differs, as an acceptance names it: a side that is missing is zero."""
        return (self.actual or Decimal(0)) - (self.expected or Decimal(0))


def red_controls(
    warehouse: duckdb.DuckDBPyConnection, asked: Asked, up_to: datetime.date | None = None
) -> list[RedControl]:
    """The red controls that stop a close or a publication, of business dates up to one, or of all."""
    rows = _controls(warehouse, asked).filter("status = 'red'")
    if up_to:
        rows = rows.filter(duckdb.ColumnExpression("business_date") <= up_to)
    rows = rows.order("business_date, control_code, scope, measure")
    return [RedControl(*row) for row in rows.select(*RedControl._fields).fetchall()]


def green_count(warehouse: duckdb.DuckDBPyConnection, asked: Asked) -> int:
    """How many of the controls that could stop it are green."""
    return _controls(warehouse, asked).filter("status = 'green'").count("*").fetchone()[0]


def _controls(warehouse: duckdb.DuckDBPyConnection, asked: Asked) -> duckdb.DuckDBPyRelation:
    """A control that dim_controls does not know stops everything."""
    mart, blocks = _ASKED[asked]
    return warehouse.sql(
        f"""
        select totals.*, totals.control_total_id as control_id
        from marts.{mart} as totals
        left join marts.dim_controls as controls on totals.control_code = controls.control_code
        where controls.blocks is null or controls.blocks in (select unnest($blocks))
        """,
        params={"blocks": blocks},
    )


def refusal(consequence: str, red: Sequence[RedControl]) -> str | None:
    """What to say of the controls that are not accepted: each with its id, and what to do. None: all are."""
    refused = [control for control in red if not control.is_accepted]
    if not refused:
        return None
    lines = [
        f"  {control.control_id}  {control.control_code}  {control.business_date}  {control.scope}\n"
        f"      {control.explanation}: expected {control.expected}, actual {control.actual}:"
        f" difference {control.difference.normalize():f}, unit {control.currency or control.measure}"
        f"{f'. {control.acceptance}' if control.acceptance else ''}"
        for control in refused[:_SHOWN]
    ]
    if len(refused) > _SHOWN:
        lines.append(f"  and {len(refused) - _SHOWN} more")
    return "\n".join(
        [
            f"{consequence}: {len(refused)} red"
            f" {'control is' if len(refused) == 1 else 'controls are'} not accepted.",
            *lines,
            "Mend what they show, or accept one with a decision `accept` whose subject is its id, with its"
            " difference and unit, as a row of a CSV file in landing/decisions/",
        ]
    )


def acceptance(red: Sequence[RedControl]) -> str | None:
    """How many controls were accepted, and which; None when none was."""
    accepted = sorted({f"{control.control_code} {control.scope}" for control in red if control.is_accepted})
    return f"{len(accepted)} accepted: {', '.join(accepted)}" if accepted else None
