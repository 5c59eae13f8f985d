"""What persons decide, as rows of decision files."""

from __future__ import annotations

import datetime
from typing import NamedTuple


class Decision(NamedTuple):
    """One act of a person, as a row of a decision file. line_number: in the file.

    decision says what is done; subjects, ids separated by spaces or one date, to what. until_on: for a
    snooze, the date it ends; otherwise None. What two rows with one decision_id mean is for the models.
    """

    line_number: int
    decision_id: str
    decision: str
    subjects: str
    reason: str
    decided_by: str
    decided_at: datetime.datetime
    until_on: datetime.date | None
