"""How many persons take a row out of count, by decision_policies: settled where its file is read.

What excludes counts in every staging view, before a model could ask for a second person. So the approvals of
another person come in the file itself.
"""

from __future__ import annotations

import csv
import datetime
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from orchestration.collect.persons import person_key

ANYBODY = "*"


class Asked(NamedTuple):
    """So many of these persons are asked; None is anybody."""

    count: int
    persons: frozenset[str] | None

    def is_content(self, deciders: Iterable[str]) -> bool:
        """Whether enough of them have decided."""
        return len({each for each in deciders if self.persons is None or each in self.persons}) >= self.count


def persons_asked(policies: Path, decisions: Iterable[str], on: datetime.date) -> dict[str, list[Asked]]:
    """What is asked for each of the decisions on a day of collection: every row in force, whatever its area
    and amount, since neither is known of what is excluded."""
    in_force: dict[tuple[str, str, str, str], tuple[str, Asked]] = {}
    with policies.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            key = (row["decision"], row["area"], row["above_amount"], row["persons"])
            since = row["effective_on"]
            if row["decision"] not in decisions or since > on.isoformat():
                continue
            if key not in in_force or in_force[key][0] < since:
                names = row["persons"].split(";")
                persons = None if names == [ANYBODY] else frozenset(map(person_key, names))
                in_force[key] = since, Asked(int(row["persons_needed"]), persons)
    asked: dict[str, list[Asked]] = {}
    for (decision, *_), (_, each) in in_force.items():
        asked.setdefault(decision, []).append(each)
    return asked
