"""What each page shows: functions of the books, of what was decided since, of the lake, and of the query."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

from orchestration.desk import facts
from orchestration.desk.acts import Waiting, open_date
from orchestration.desk.books import Books, DeskError, Row, Suggestion
from orchestration.errors import TieoutError

PAGE = 50
# Of what a decision is about, so many are shown.
SHOWN = 6
# Probabilities from which suggestions may be accepted together.
LIKELY = ("0.99", "0.95", "0.9", "0.8", "0.5")
_PIECE = re.compile(r"(\w+) (\w+) \((-?[\d.]+)\)")
# More than any amount of the marts.
_LARGEST = Decimal(10**24)
_FILTERS = ("account", "text", "amount", "days", "only")

Taken = Mapping[str, Waiting]
Query = Mapping[str, str]


class Page(NamedTuple):
    """Rows of one page of a list, its number from 1, the number of pages, and of all rows."""

    rows: Sequence[Any]
    number: int
    count: int
    total: int


class Seen(NamedTuple):
    """What the pages are of: the books, what was decided since (taken: by what it is about), and the lake.
    asked: the answer to a query of the books for some values."""

    books: Books
    waiting: Sequence[Waiting]
    taken: Taken
    lake: Path
    asked: Callable[..., list[Row]]


def accounts(seen: Seen, query: Query) -> dict[str, Any]:
    """Per account what is open, what waits and what is suggested."""
    books, taken = seen.books, seen.taken
    open_items = [row for row in books.items if row["item_id"] not in taken]
    return {
        "open": Counter((row["account_id"], row["side"]) for row in open_items),
        "breaks": Counter(row["account_id"] for row in open_items if row["is_break"]),
        "decided": Counter(row["account_id"] for row in books.items if row["item_id"] in taken),
        "suggested": Counter(each.account_id for each in open_suggestions(books, taken)),
    }


def account(seen: Seen, query: Query) -> dict[str, Any]:
    """The statement of an account, and its open items of both sides, the oldest first. Raises DeskError."""
    named = _account(seen, query)
    rows = list(_filtered((row for row in seen.books.items if row["account_id"] == query["account"]), query))
    sides = {side: [row for row in rows if row["side"] == side] for side in ("bank", "ledger")}
    return {
        "account": named,
        "sides": {side: paged(rows, query.get("page", "1")) for side, rows in sides.items()},
        **_asked("/account", query),
    }


def matches(seen: Seen, query: Query) -> dict[str, Any]:
    """What is matched on an account, the latest first. Raises DeskError."""
    named = _account(seen, query)
    low, high = map(_plain, _amounts(query))
    words = query.get("text", "").casefold().split()
    asked = {
        "low": low,
        "high": high,
        "words": words,
        "is_filtered": bool(words) or (low, high) != (None, None),
    }
    rows, page = _listed(seen, "matches", query, account=named["account_id"], **asked)
    by_match = [list(items) for _, items in groupby(rows, key=lambda row: row["match_id"])]
    return {"account": named, "matches": by_match, "shown": page, **_asked("/matches", query)}


def statements(seen: Seen, query: Query) -> dict[str, Any]:
    """The bank's statements of an account, the latest first, each with others of its days."""
    named = _account(seen, query)
    rows, page = _listed(seen, "statements", query, account=named["account_id"])
    return {"account": named, "statements": rows, "shown": page, **_asked("/statements", query)}


def controls(seen: Seen, query: Query) -> dict[str, Any]:
    """The red controls, or the reds of one."""
    code = query.get("control", "")
    found = [row for row in seen.books.controls if code in ("", row["control_code"])]
    address = f"/controls?{urlencode({'control': code} if code else {})}"
    return {"reds": paged(found, query.get("page", "1")), "code": code, "address": address}


def closes(seen: Seen, query: Query) -> dict[str, Any]:
    """The date that is closed next, the closes that stand, and the pay periods that are not paid."""
    standing = facts.standing_closes(seen.lake, seen.books)
    return {
        "open_date": open_date(seen.books, standing),
        "closes": paged(list(enumerate(standing, start=1)), query.get("page", "1")),
        "periods": [row for row in seen.books.periods if row["status"] != "paid"],
        "reviewed": facts.reviewed(seen.lake),
        "address": "/closes?",
    }


def files(seen: Seen, query: Query) -> dict[str, Any]:
    """The files whose rows are in the lake, the latest first."""
    words = query.get("text", "").casefold().split()
    found = [
        file
        for file in facts.files(seen.lake)
        if all(word in file.path.casefold() for word in words)
        and (query.get("only") != "out" or file.out or file.file_hash in seen.taken)
    ]
    return {"files": paged(found, query.get("page", "1")), **_asked("/files", query)}


def suggestions(seen: Seen, query: Query) -> dict[str, Any]:
    """The suggestions of an account, or of all, and how many could be accepted together."""
    books, taken = seen.books, seen.taken
    wanted = query.get("account", "")
    found = [each for each in open_suggestions(books, taken) if wanted in ("", each.account_id)]
    return {
        "suggestions": paged(found, query.get("page", "1")),
        "together": _together(books, taken, wanted),
        **_asked("/suggestions", query),
    }


def decisions(seen: Seen, query: Query) -> dict[str, Any]:
    """What the books do not count yet, and the decisions that they know. A page of both."""
    awaited = paged(seen.waiting, query.get("page", "1"))
    decided = paged(seen.books.decisions, query.get("page", "1"))
    subjects = facts.subjects(seen.lake, [row["decision_id"] for row in decided.rows])
    return {
        "awaited": awaited,
        "decided": decided,
        "subjects": subjects,
        **_named(seen, [*subjects.values(), *(each.subjects for each in awaited.rows)]),
        "address": "/decisions?",
    }


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


def _named(seen: Seen, subjects: Iterable[Sequence[str]]) -> dict[str, Any]:
    """What decisions are about, by its id: items and controls, also of before, and paths of files."""
    ids = sorted({subject for each in subjects for subject in each[:SHOWN]})
    items, controls = dict(seen.books.item), dict(seen.books.control)
    with suppress(TieoutError):  # while somebody writes the books, what is in memory is named
        items |= {row["item_id"]: row for row in seen.asked("items", ids=ids)}
        controls |= {row["control_total_id"]: row for row in seen.asked("controls", ids=ids)}
    hashes = {subject[:64] for subject in ids if len(subject) >= 64}
    paths = {file.file_hash: file.path for file in facts.files(seen.lake)} if hashes else {}
    return {"items": items, "named_controls": controls, "paths": paths, "shown_subjects": SHOWN}


def _account(seen: Seen, query: Query) -> Row:
    named = [row for row in seen.books.accounts if row["account_id"] == query.get("account")]
    if not named:
        raise DeskError("There is no such account")
    return named[0]


def _listed(seen: Seen, name: str, query: Query, **values: Any) -> tuple[list[Row], Page]:
    """The rows of a page of a list that is asked for, and the page; the first where there is no such."""
    number = query.get("page", "1")
    at = max(int(number[:9]), 1) if number.isascii() and number.isdigit() else 1
    rows = seen.asked(name, first=(at - 1) * PAGE, size=PAGE, **values)
    if not rows and at > 1:
        at, rows = 1, seen.asked(name, first=0, size=PAGE, **values)
    total = rows[0]["total_count"] if rows else 0
    return rows, Page(rows, at, max(1, -(-total // PAGE)), total)


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
    low, high = _amounts(query)
    days = _number(query.get("days", ""))
    only = query.get("only", "")
    for row in rows:
        texts = " ".join(row[name] or "" for name in ("counterparty", "reference", "memo", "explanation"))
        size = abs(row["amount"])
        if (
            all(word in texts.casefold() for word in words)
            and (low is None or size >= low)
            and (high is None or size <= high)
            and (days is None or row["age"] >= days)
            and (only != "breaks" or row["is_break"])
            and (only != "repetitions" or row["is_repetition"])
            and (only == "decided") == (row["status"] not in ("open", "unmatched"))
        ):
            yield row


def _amounts(query: Query) -> tuple[Decimal | None, Decimal | None]:
    """The least and the most that an amount may be, whatever its sign."""
    least, to, most = query.get("amount", "").replace(",", "").partition("..")
    low, high = _number(least), _number(most if to else least)
    return None if low is None else abs(low), None if high is None else abs(high)


def _plain(amount: Decimal | None) -> Decimal | None:
    """The amount without an exponent, which DuckDB would not heed in a value it is given."""
    return None if amount is None else Decimal(f"{min(amount, _LARGEST):f}")


def _number(text: str) -> Decimal | None:
    try:
        number = +Decimal(text.strip().replace("\N{MINUS SIGN}", "-"))  # the sign refuses what is too large
    except ArithmeticError:
        return None
    return number if number.is_finite() else None
