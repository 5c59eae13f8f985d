"""What a careful human with only the files could know: which groups stand without a rival.

A line tells parties and documents. Two lines are linked as far as they tell the same, and a pair is known
when no other line of the same amount at a likely date is linked as well. A line that is plainly another's is
no rival, and neither is one that tells exactly the same on the same day: then either will do.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from .books import Books, Item, Says


def decide(books: Books) -> None:
    """State of each item of a group whether its group can be known."""
    by_amount: dict[tuple[str, str, Decimal], list[Item]] = defaultdict(list)
    for item in books.items:
        by_amount[item.side, books.account_of(item.line).number, item.line.amount].append(item)
    for group in books.groups:
        known = group.is_decidable
        if known is None:
            known = _is_known_pair(group.items, by_amount, books)
        for item in group.items:
            item.is_decidable = known


def alike(books: Books, item: Item) -> tuple:
    """What items that nobody can tell apart, their dates aside, have in common."""
    line = item.line
    return item.side, books.account_of(line).number, line.amount, line.says


def _is_known_pair(
    items: list[Item], by_amount: dict[tuple[str, str, Decimal], list[Item]], books: Books
) -> bool:
    first, second = items
    own = _link(first.line.says, second.line.says)
    if own == 0 and (_is_round(first.line.amount, books.currency) or first.line.amount != second.line.amount):
        return False
    account = books.account_of(first.line).number
    for item, partner in ((first, second), (second, first)):
        for rival in by_amount[partner.side, account, partner.line.amount]:
            if rival is not partner and rival is not item and _rivals(item, partner, rival, own, books):
                return False
    return True


def _rivals(item: Item, partner: Item, rival: Item, own: int, books: Books) -> bool:
    lag = item.group.lag if item.group else (0, 0)
    if item.side != rival.side:
        bank, ledger = (item, rival) if item.side == "bank" else (rival, item)
        days = (bank.line.on - ledger.line.on).days
        if not lag[0] <= days <= lag[1]:
            return False
    if rival.line.on == partner.line.on and alike(books, rival) == alike(books, partner):
        return False
    link = _link(item.line.says, rival.line.says)
    if link < own or _contradict(item.line.says, rival.line.says):
        return False
    return _own_link(rival) <= link


def _own_link(item: Item) -> int:
    """How strongly an item is linked with what it belongs to."""
    others = item.group.items if item.group else []
    return max((_link(item.line.says, other.line.says) for other in others if other is not item), default=0)


def _link(left: Says, right: Says) -> int:
    """Documents in common count more than parties in common."""
    kinds = {told.partition(":")[0] for told in left & right}
    return 2 * ("document" in kinds) + ("party" in kinds)


def _contradict(left: Says, right: Says) -> bool:
    """Whether both tell of one kind and nothing of it is the same."""
    for kind in ("party:", "document:"):
        here, there = ({told for told in says if told.startswith(kind)} for says in (left, right))
        if here and there and not here & there:
            return True
    return False


def _is_round(amount: Decimal, currency: str) -> bool:
    return amount % (1000 if currency == "JPY" else 5) == 0
