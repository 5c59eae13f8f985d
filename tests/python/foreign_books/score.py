"""A built warehouse against the truth of its zone: what is matched wrongly, what is found, what is left open.

A match is wrong when no group of the truth has all of its items, where an item may be put for one that nobody
can tell from it. A suggestion is held to the same.
"""

from __future__ import annotations

import datetime
import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import duckdb

from .days import FIRST_DAY
from .truth import TrueItem, load_truth

ITEMS = """
    select item_id, account_id, side, item_kind, match_id, rule_code, file_hash, line_number, amount, item_on
    from marts.fct_reconciliation_items
    where item_kind in ('statement_line', 'journal_line', 'opening_balance')
"""
SUGGESTIONS = "select bank_item_id, ledger_item_id from marts.fct_match_suggestions"
DIFFERENCES = """
    select account_id, as_of_on, difference from marts.fct_bank_reconciliations
    where difference is distinct from 0
"""
OPENING = "opening balance"


class BuiltItem(NamedTuple):
    """An item as the warehouse has it."""

    item_id: str
    account_id: str
    side: str
    item_kind: str
    match_id: str | None
    rule_code: str | None
    file_hash: str | None
    line_number: int | None
    amount: Decimal
    item_on: datetime.date


class WrongMatch(NamedTuple):
    """A match that joins what the truth keeps apart."""

    company: str
    rule_code: str
    items: Sequence[tuple[BuiltItem, TrueItem]]

    @property
    def kinds(self) -> str:
        """What was planted, in words."""
        return " + ".join(sorted({true.kind for _, true in self.items}))

    def __str__(self) -> str:
        lines = [
            f"    {true.side:6} {true.item_on} {true.amount:>12}  {true.text}"
            f"  [{true.kind}, {true.group_id or 'open'}]"
            for _, true in sorted(self.items, key=lambda pair: pair[1].side)
        ]
        return "\n".join([f"  {self.rule_code} ({self.company}: {self.kinds})", *lines])


@dataclass
class Score:
    """What was found of one company.

    decidable, found, found_or_suggested: items of each kind that can be known; of these, those in a right and
    whole match, or left open for others that tell exactly the same on the same day; and those in one or in a
    right suggestion. partial: matches whose items belong together, but neither all of them nor a part that
    balances. guessed: items rightly matched that nobody can know.
    """

    company: str
    items: int = 0
    decidable: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    found_or_suggested: Counter[str] = field(default_factory=Counter)
    open: int = 0
    partial: int = 0
    guessed: int = 0
    wrong: list[WrongMatch] = field(default_factory=list)
    wrong_suggestions: int = 0

    @property
    def recall(self) -> float:
        """Of the decidable items, the share that is matched rightly."""
        return self.found.total() / max(self.decidable.total(), 1)

    @property
    def recall_with_suggestions(self) -> float:
        """Of the decidable items, the share that is matched or suggested rightly."""
        return self.found_or_suggested.total() / max(self.decidable.total(), 1)


class ZoneScore(NamedTuple):
    """The score of each company, reconciliations that do not come out, and items that one side alone has."""

    companies: dict[str, Score]
    differences: list[tuple]
    not_in_truth: int
    not_in_warehouse: int

    @property
    def is_right(self) -> bool:
        """Whether nothing is matched wrongly, everything comes out, and the truth is of this warehouse."""
        wrong = any(one.wrong for one in self.companies.values())
        return not (wrong or self.differences or self.not_in_truth or self.not_in_warehouse)


def score(zone: Path, warehouse: Path) -> ZoneScore:
    """Score the warehouse that was built on the zone's landing folder."""
    truth = {(row.file, row.line_number): row for row in load_truth(zone)}
    files = {
        hashlib.sha256((zone / "landing" / file).read_bytes()).hexdigest(): file
        for file in {file for file, _ in truth}
    }
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        built = [BuiltItem(*row) for row in connection.execute(ITEMS).fetchall()]
        suggestions = connection.execute(SUGGESTIONS).fetchall()
        differences = connection.execute(DIFFERENCES).fetchall()
    pairs = []
    for item in built:
        place = (files.get(item.file_hash or ""), item.line_number)
        pairs.append((item, _opening(item) or truth.get(place)))
    known = [(item, true) for item, true in pairs if true]
    judge = Judge(list(truth.values()), known)
    return ZoneScore(
        judge.scores(known, suggestions),
        differences,
        len(pairs) - len(known),
        len(truth) - sum(true.kind != OPENING for _, true in known),
    )


def _opening(item: BuiltItem) -> TrueItem | None:
    """The bank's opening balance and the ledger's are one group an account, and no line of the truth."""
    is_opening = item.item_kind == "opening_balance" or (item.side == "ledger" and item.item_on < FIRST_DAY)
    if not is_opening:
        return None
    label = f"{OPENING} {item.account_id}"
    return TrueItem(
        "",
        item.side,
        "",
        0,
        label,
        "",
        OPENING,
        0,
        f"{label} {item.side}",
        0,
        str(item.item_on),
        str(item.amount),
        label,
    )


class Judge:
    """The groups of the truth, each as the labels of its items."""

    def __init__(self, truth: list[TrueItem], known: list[tuple[BuiltItem, TrueItem]]) -> None:
        self.companies = list(dict.fromkeys(row.company for row in truth))
        members: dict[str, list[TrueItem]] = defaultdict(list)
        for row in [*truth, *(true for _, true in known if true.kind == OPENING)]:
            if row.group_id:
                members[row.group_id].append(row)
        self.groups_of: dict[str, list[list[TrueItem]]] = defaultdict(list)
        for rows in members.values():
            for alike in {row.alike for row in rows}:
                self.groups_of[alike].append(rows)

    def is_right(self, rows: Sequence[TrueItem]) -> bool:
        """Whether the items belong together, or as well as others that do."""
        groups = {row.group_id for row in rows}
        if len(groups) == 1 and "" not in groups:
            return True
        chains = {row.chain_id for row in rows}
        if len(chains) == 1 and "" not in chains and _balances(rows):
            return True
        return any(_could_be(rows, group) for group in self.groups_of[rows[0].alike])

    def is_whole(self, rows: Sequence[TrueItem]) -> bool:
        """Whether a right match holds all of its group, or as much on one side as on the other."""
        groups = self.groups_of[rows[0].alike]
        return _balances(rows) or any(len(rows) == len(group) and _could_be(rows, group) for group in groups)

    def scores(
        self, known: list[tuple[BuiltItem, TrueItem]], suggestions: Iterable[tuple[str, str]]
    ) -> dict[str, Score]:
        """Every item of the truth, under its company."""
        scores = {company: Score(company) for company in self.companies}
        matches: dict[str, list[tuple[BuiltItem, TrueItem]]] = defaultdict(list)
        by_id = {item.item_id: true for item, true in known}
        for item, true in known:
            if item.match_id:
                matches[item.match_id].append((item, true))
        found: set[str] = set()
        for pairs in matches.values():
            rows = [true for _, true in pairs]
            company = next((row.company for row in rows if row.company), "")
            if not company:
                continue
            if not self.is_right(rows):
                wrong = WrongMatch(company, pairs[0][0].rule_code or "", pairs)
                scores[company].wrong.append(wrong)
            elif self.is_whole(rows):
                found |= {item.item_id for item, _ in pairs}
            else:
                scores[company].partial += 1
        found |= _in_stead(known, found)
        suggested: set[str] = set()
        for bank_id, ledger_id in suggestions:
            rows = [by_id[bank_id], by_id[ledger_id]] if bank_id in by_id and ledger_id in by_id else []
            if rows and self.is_right(rows):
                suggested |= {bank_id, ledger_id}
            elif rows:
                scores[rows[0].company].wrong_suggestions += 1
        for item, true in known:
            if true.kind == OPENING:
                continue
            one = scores[true.company]
            one.items += 1
            if not true.is_decidable:
                one.guessed += item.item_id in found
                continue
            one.decidable[true.kind] += 1
            one.open += item.match_id is None
            one.found[true.kind] += item.item_id in found
            one.found_or_suggested[true.kind] += item.item_id in found or item.item_id in suggested
        return scores


def _in_stead(known: list[tuple[BuiltItem, TrueItem]], found: set[str]) -> set[str]:
    """Decidable items left open in whose stead others of the same day that tell the same are matched."""
    matched: Counter[tuple[str, str]] = Counter()
    for item, true in known:
        matched[true.alike, true.item_on] += item.item_id in found and not true.is_decidable
    replaced = set()
    for item, true in known:
        is_open = item.match_id is None and true.is_decidable
        if is_open and matched[true.alike, true.item_on] > 0:
            matched[true.alike, true.item_on] -= 1
            replaced.add(item.item_id)
    return replaced


def _balances(rows: Sequence[TrueItem]) -> bool:
    sides = ((1 if row.side == "bank" else -1) * Decimal(row.amount) for row in rows)
    return sum(sides) == 0


def _could_be(rows: Sequence[TrueItem], group: Sequence[TrueItem]) -> bool:
    """Whether each item is one of the group, or alike one of it and near it in time."""
    free = list(group)
    for row in rows:
        near = min(
            (other for other in free if other.alike == row.alike),
            key=lambda other: _days_apart(row, other),
            default=None,
        )
        if near is None or _days_apart(row, near) > row.alike_days:
            return False
        free.remove(near)
    return True


def _days_apart(one: TrueItem, other: TrueItem) -> int:
    days = datetime.date.fromisoformat(one.item_on) - datetime.date.fromisoformat(other.item_on)
    return abs(days.days)
