"""Which rows of decision_policies are in force, and whether the persons behind an act are enough for them.

What excludes counts in every staging view, before a model could ask for a second person: collection asks for
its approvals in its own file. A close and a payment ask for their reviewers where they are made. Both ask
here; of decisions that wait in the models macros/decisions/policies.sql says the same: a test compares them.
"""

from __future__ import annotations

import csv
import datetime
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from orchestration.collect.persons import person_key

ANYBODY = "*"
# Whose policies a decision is asked for beside its own: of what it undoes.
UNDOES = {"exclude": "include", "include": "exclude"}


class Policy(NamedTuple):
    """One row of decision_policies. above_amount: None is any. effective_on: first day of collection."""

    decision: str
    area: str
    above_amount: Decimal | None
    persons_needed: int
    persons: str
    effective_on: datetime.date


class Asked(NamedTuple):
    """So many of these persons are asked, named in upper case; None is anybody."""

    count: int
    persons: frozenset[str] | None

    def counted(self, names: Iterable[str]) -> list[str]:
        """Those of some names that count, one for each person."""
        counting = (name for name in names if self.persons is None or _in_upper_case(name) in self.persons)
        return list({person_key(name): name for name in counting}.values())

    def is_content(self, names: Iterable[str]) -> bool:
        """Whether as many of them as are asked stand behind it."""
        return len(self.counted(names)) >= self.count


def policies_of(seed: Path) -> list[Policy]:
    """The rows of the seed."""
    with seed.open(encoding="utf-8", newline="") as file:
        return [
            Policy(
                row["decision"],
                row["area"],
                Decimal(row["above_amount"]) if row["above_amount"] else None,
                int(row["persons_needed"]),
                row["persons"],
                datetime.date.fromisoformat(row["effective_on"]),
            )
            for row in csv.DictReader(file)
        ]


def persons_asked(
    policies: Iterable[Policy], decision: str, on: datetime.date, area: str | None = None
) -> list[Asked]:
    """What is asked for a decision on a day of collection: every row in force of an area, or of all, whatever
    its amount, since that is not known of what is excluded, closed or paid."""
    in_force: dict[tuple[object, ...], Policy] = {}
    for policy in policies:
        if (
            policy.decision in (decision, UNDOES.get(decision))
            and area in (None, policy.area)
            and policy.effective_on <= on
        ):
            key = (policy.decision, policy.area, policy.above_amount, _names(policy.persons))
            in_force[key] = max(in_force.get(key, policy), policy, key=_precedence)
    return [
        Asked(policy.persons_needed, None if names == (ANYBODY,) else frozenset(names))
        for (*_, names), policy in in_force.items()
    ]


def _precedence(policy: Policy) -> tuple[datetime.date, int]:
    """The later counts, and of two of one day the one that asks for more."""
    return policy.effective_on, policy.persons_needed


def _names(persons: str) -> tuple[str, ...]:
    return tuple(_in_upper_case(name) for name in persons.split(";"))


def _in_upper_case(name: str) -> str:
    """As SQL has it: letter by letter, without blanks around."""
    return "".join(letter.upper() if len(letter.upper()) == 1 else letter for letter in name.strip(" "))
