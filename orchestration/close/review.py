"""Who must stand behind a close, or a payment: as many persons as the policy asks for."""

from __future__ import annotations

import datetime
from typing import Literal

import duckdb

from orchestration.collect.persons import person_key
from orchestration.collect.policies import Asked, Policy, persons_asked
from orchestration.errors import TieoutError

_REFUSALS = {"close": "{} stays open: its close", "pay": "no file of {} is written: its payment"}


class NotReviewedError(TieoutError):
    """Too few persons stand behind the close. The message says how many it needs, and what to do."""


def reviewers(
    warehouse: duckdb.DuckDBPyConnection,
    area: Literal["bank", "payroll"],
    subject: str,
    actor: str,
    today: datetime.date,
    *,
    act: Literal["close", "pay"] = "close",
    uncounted: str | None = None,
) -> str | None:
    """Who reviewed what is to be closed, in the order of their names, or None when nobody did.

    subject: the date or pay period, which their decisions `review` name. A review from before a close that
    does not stand any more is none of what is closed now, and one from before the close none of the payment.
    actor: who closes, or pays where that is the act. uncounted: a person whose review counts for nothing.
    Raises NotReviewedError.
    """
    # A company of payroll alone has no closes of dates.
    closes = (
        "staging.stg_closes__closes where closed_on >= $1"
        if area == "bank"
        else "payroll.stg_payroll__payroll_closes where pay_period_id = $1"
    )
    (closed_before,) = warehouse.execute(
        f"select coalesce(max(close_id), '') from {closes}", [subject]
    ).fetchone()
    reviews = warehouse.execute(
        """
        select distinct decided_by
        from intermediate.int_decision_subjects
        where decision = 'review' and subject = $1 and is_in_force and load_id > $2
        order by decided_by
        """,
        [subject, closed_before],
    ).fetchall()
    left_out = {person_key(name) for name in (actor, uncounted) if name}
    names = [name for (name,) in reviews if person_key(name) not in left_out]
    others = sorted({person_key(name): name for name in names}.values())
    for needed, named in persons_asked(_policies(warehouse), act, today, area):
        behind = Asked(needed, named).counted([actor, *names])
        if len(behind) < needed:
            persons = "person" if needed == 1 else "persons"
            of_whom = f" of {'; '.join(sorted(named))}" if named else ""
            stand = "stand" if len(behind) > 1 else "stands"
            raise NotReviewedError(
                f"{_REFUSALS[act].format(subject)} needs {needed} {persons}{of_whom}, and behind it {stand}"
                f" {', '.join(behind) or 'nobody'}. Another person delivers a decision review with subject"
                f" {subject} in landing/decisions/"
            )
    return ", ".join(others) or None


def _policies(warehouse: duckdb.DuckDBPyConnection) -> list[Policy]:
    return [
        Policy(*row)
        for row in warehouse.execute(
            "select decision, area, above_amount, persons_needed, persons, effective_on"
            " from reference.decision_policies"
        ).fetchall()
    ]
