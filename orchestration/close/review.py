"""Who must have reviewed a close: as many persons besides the one who closes as the policy asks for."""

from __future__ import annotations

import datetime
from typing import Literal

import duckdb

from orchestration.collect.persons import person_key
from orchestration.errors import TieoutError


class NotReviewedError(TieoutError):
    """Too few persons stand behind the close. The message says how many it needs, and what to do."""


def reviewers(
    warehouse: duckdb.DuckDBPyConnection,
    area: Literal["bank", "payroll"],
    subject: str,
    closed_by: str,
    today: datetime.date,
) -> str | None:
    """Who reviewed what is to be closed, in the order of their names, or None when nobody did.

    subject: the date or pay period, which their decisions `review` name. A review from before a close of the
    date that does not stand any more is none of what is closed now. Raises NotReviewedError.
    """
    # A pay period is closed once; a company of payroll alone has no closes of dates.
    closed_before = ""
    if area == "bank":
        (closed_before,) = warehouse.execute(
            "select coalesce(max(close_id), '') from staging.stg_closes__closes where closed_on >= $1",
            [subject],
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
    others = sorted(name for name, decider in reviews.items() if decider != person_key(closed_by))
    for needed, named in _policies(warehouse, area, today):
        behind = [name for name in [closed_by, *others] if named is None or name.upper() in named]
        if len(behind) < needed:
            persons = "person" if needed == 1 else "persons"
            of_whom = f" of {'; '.join(sorted(named))}" if named else ""
            stand = "stand" if len(behind) > 1 else "stands"
            raise NotReviewedError(
                f"{subject} stays open: its close needs {needed} {persons}{of_whom}, and behind it {stand}"
                f" {', '.join(behind) or 'nobody'}. Another person delivers a decision review with subject"
                f" {subject} in landing/decisions/"
            )
    return ", ".join(others) or None


def _policies(
    warehouse: duckdb.DuckDBPyConnection, area: str, today: datetime.date
) -> list[tuple[int, set[str] | None]]:
    """Persons needed, and the names that count, in upper case, or None for anybody; as of a day."""
    rows = warehouse.execute(
        """
        select persons_needed, persons
        from reference.decision_policies
        where decision = 'close' and area = $1 and effective_on <= $2
        qualify row_number() over (partition by persons order by effective_on desc) = 1
        """,
        [area, today],
    ).fetchall()
    return [
        (needed, None if persons == "*" else {name.strip().upper() for name in persons.split(";")})
        for needed, persons in rows
    ]
