"""Who must stand behind a close, or a payment: as many persons as the policy asks for."""

from __future__ import annotations

import datetime
from typing import Literal

import duckdb

from orchestration.collect.persons import person_key
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
    reviews = dict(
        warehouse.execute(
            """
            select max(decided_by), decider
            from intermediate.int_decision_subjects
            where decision = 'review' and subject = $1 and is_in_force and load_id > $2
            group by decider
            """,
            [subject, closed_before],
        ).fetchall()
    )
    left_out = {person_key(name) for name in (actor, uncounted) if name}
    others = sorted(name for name, decider in reviews.items() if decider not in left_out)
    for needed, named in _policies(warehouse, act, area, today):
        behind = [name for name in [actor, *others] if named is None or name.upper() in named]
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


def _policies(
    warehouse: duckdb.DuckDBPyConnection, act: str, area: str, today: datetime.date
) -> list[tuple[int, set[str] | None]]:
    """Persons needed, and the names that count, in upper case, or None for anybody; as of a day."""
    rows = warehouse.execute(
        """
        select persons_needed, persons
        from reference.decision_policies
        where decision = $1 and area = $2 and effective_on <= $3
        qualify row_number() over (partition by persons order by effective_on desc) = 1
        """,
        [act, area, today],
    ).fetchall()
    return [
        (needed, None if persons == "*" else {name.strip().upper() for name in persons.split(";")})
        for needed, persons in rows
    ]
