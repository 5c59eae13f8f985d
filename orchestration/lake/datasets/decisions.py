"""What persons decide, as rows of decision files."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import NamedTuple


class Exclusion(NamedTuple):
    """What a decision takes out of count (is_excluded) or back: a file, or a row of it. line_number: of the
    decision in its file. named_hash: SHA-256 of the file that it names; named_line: the line of a row of it,
    0 for the file as a whole. withdraws: the id of a decision that this one withdraws, and then no file.
    """

    line_number: int
    decision_id: str
    is_excluded: bool
    named_hash: str
    named_line: int
    decided_at: datetime.datetime
    withdraws: str | None = None


class Decision(NamedTuple):
    """One act of a person, as a row of a decision file. line_number: in the file.

    decision says what is done; subjects, ids separated by spaces or one date, to what. until_on: the date on
    which a snooze or an acceptance ends. difference and unit: how far an acceptance lets the control differ,
    and in what currency or measure. What two rows with one decision_id mean is for the models.

    What collection notes, and no file can say: decider, decided_by as persons are told apart; not_red, of an
    acceptance the subjects that the warehouse did not show red, separated by spaces, or None when no
    warehouse could tell; signed_with, the public key that its author signed with, or None.
    """

    line_number: int
    decision_id: str
    decision: str
    subjects: str
    reason: str
    decided_by: str
    decided_at: datetime.datetime
    until_on: datetime.date | None
    difference: Decimal | None
    unit: str | None
    decider: str | None
    not_red: str | None
    signed_with: str | None
