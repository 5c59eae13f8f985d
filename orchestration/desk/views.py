"""What each page shows of the books: functions of the books, of what was decided since, and of the query."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple
from urllib.parse import urlencode

from orchestration.desk.acts import Waiting
from orchestration.desk.books import Books, DeskError, Row, Suggestion

PAGE = 50
# Probabilities from which suggestions may be accepted together.
LIKELY = ("0.99", "0.95", "0.9", "0.8", "0.5")
_PIECE = re.compile(r"(\w+) (\w+) \((-?[\d.]+)\)")
_FILTERS = ("account", "text", "amount", "days", "only")

Taken = Mapping[str, Waiting]
Query = Mapping[str, str]


class Page(NamedTuple):
    """Rows of one page of a list, its number from 1, the number of pages, and of all rows."""

    rows: Sequence[Any]
    number: int
    count: int
    total: int


def accounts(books: Books, taken: Taken, query: Query) -> dict[str, Any]:
    """Per account what is open, what waits and what is suggested."""
    open_items = [row for row in books.items if row["item_id"] not in taken]
    return {
        "open": Counter((row["account_id"], row["side"]) for row in open_items),
        "breaks": Counter(row["account_id"] for row in open_items if row["is_break"]),
        "decided": Counter(row["account_id"] for row in books.items if row["item_id"] in taken),
        "suggested": Counter(each.account_id for each in open_suggestions(books, taken)),
    }


def account(books: Books, taken: Taken, query: Query) -> dict[str, Any]:
    """The statement of an account, and its open items of both sides, the oldest first. Raises DeskError."""
    named = [row for row in books.accounts if row["account_id"] == query.get("account")]
    if not named:
        raise DeskError("There is no such account")
    rows = list(_filtered((row for row in books.items if row["account_id"] == query["account"]), query))
    sides = {side: [row for row in rows if row["side"] == side] for side in ("bank", "ledger")}
    return {
        "account": named[0],
        "sides": {side: paged(rows, query.get("page", "1")) for side, rows in sides.items()},
        **_asked("/account", query),
    }


def suggestions(books: Books, taken: Taken, query: Query) -> dict[str, Any]:
    """The suggestions of an account, or of all, and how many could be accepted together."""
    wanted = query.get("account", "")
    found = [each for each in open_suggestions(books, taken) if wanted in ("", each.account_id)]
    return {
        "suggestions": paged(found, query.get("page", "1")),
        "together": _together(books, taken, wanted),
        **_asked("/suggestions", query),
    }


def decisions(books: Books, taken: Taken, query: Query) -> dict[str, Any]:
    """The decisions that the books know."""
    return {"decided": paged(books.decisions, query.get("page", "1")), "address": "/decisions?"}


def open_suggestions(books: Books, taken: Taken) -> list[Suggestion]:
    """Those about whose items nobody has decided since."""
    return [each for each in books.suggestions if taken.keys().isdisjoint(each.item_ids)]


def acceptable(books: Books, taken: Taken, account_id: str, at_least: Decimal) -> list[Suggestion]:
    """Those from a probability on that can all be accepted: of two that want one item the likelier."""
    found, used = [], set()
    for each in open_suggestions(books, taken):
        is_wanted = account_id in ("", each.account_id) and each.probability >= at_least
        if is_wanted and used.isdisjoint(each.item_ids):
            used.update(each.item_ids)
            found.append(each)
    return found


def _together(books: Books, taken: Taken, account_id: str) -> dict[str, int]:
    """How many suggestions can be accepted from which probability on, each number once."""
    counts = {p: len(acceptable(books, taken, account_id, Decimal(p))) for p in LIKELY}
    return {
        p: count for p, count in counts.items() if count and p == min(q for q in counts if counts[q] == count)
    }


def evidence(text: str) -> list[tuple[str, str]]:
    """The evidence of a suggestion: what agreed or did not, and its weight, where each has one."""
    pieces = _PIECE.findall(text)
    if not pieces:
        return [(text, "")] if text else []
    return [(f"{feature} {_spelt(level)}", f"{Decimal(weight):+.1f}") for feature, level, weight in pieces]


def _spelt(level: str) -> str:
    """A level as a person reads it: from_0_03 is from 0.03, and minus_14 has a minus."""
    number = re.sub(r"(\d)_(\d)", r"\1.\2", level.replace("minus_", "−"))
    return number.replace("_", " ")


def paged(rows: Sequence[Any], number: str) -> Page:
    """A page of a list; the first or the last where there is no such page."""
    count = max(1, -(-len(rows) // PAGE))
    at = min(max(int(number[:9]), 1), count) if number.isascii() and number.isdigit() else 1
    return Page(rows[(at - 1) * PAGE : at * PAGE], at, count, len(rows))


def _asked(path: str, query: Query) -> dict[str, Any]:
    """The filters of a query, whether there is one beside the account, and the address that has them."""
    given = {name: query.get(name, "") for name in _FILTERS}
    return {
        "asked": given,
        "is_filtered": any(given[name] for name in _FILTERS if name != "account"),
        "address": f"{path}?{urlencode({name: value for name, value in given.items() if value})}",
    }


def _filtered(rows: Iterable[Row], query: Query) -> Iterator[Row]:
    """Items with every word of `text`, of `amount` (one, or from..to), and `days` old or more."""
    words = query.get("text", "").casefold().split()
    least, to, most = query.get("amount", "").replace(",", "").partition("..")
    low, high = _number(least), _number(most if to else least)
    days = _number(query.get("days", ""))
    only = query.get("only", "")
    for row in rows:
        texts = " ".join(row[name] or "" for name in ("counterparty", "reference", "memo", "explanation"))
        size = abs(row["amount"])
        if (
            all(word in texts.casefold() for word in words)
            and (low is None or size >= abs(low))
            and (high is None or size <= abs(high))
            and (days is None or row["age"] >= days)
            and (only != "breaks" or row["is_break"])
            and (only != "repetitions" or row["is_repetition"])
            and (only == "decided") == (row["status"] not in ("open", "unmatched"))
        ):
            yield row


def _number(text: str) -> Decimal | None:
    try:
        number = +Decimal(text.strip().replace("\N{MINUS SIGN}", "-"))  # the sign refuses what is too large
    except ArithmeticError:
        return None
    return number if number.is_finite() else None
