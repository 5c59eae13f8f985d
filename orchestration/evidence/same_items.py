"""Whether two formats of one account give the same items: the proof before a bank switches one of them off.

What counts as the same is SQL, in formats/. It reads what was delivered in both formats, also what the books
set aside as a repetition.
"""

from __future__ import annotations

import datetime
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from orchestration.evidence.folders import EvidenceError
from orchestration.report.answers import reading
from orchestration.settings import Settings

_QUERIES = Path(__file__).parent / "formats"
_ROUNDS = 8
# The new format may say more, and fields of the old one may be shorter: nothing is lost by either.
_HARMLESS = ("gained", "cut")


@dataclass(frozen=True)
class Difference:
    """A field of an item that the formats tell otherwise; field "item" where one of them lacks the item."""

    booked_on: datetime.date
    amount: str
    field: str
    old_value: str | None
    new_value: str | None
    weight: str

    @property
    def is_harmless(self) -> bool:
        """Whether nothing is lost by it."""
        return self.weight in _HARMLESS


@dataclass(frozen=True)
class Comparison:
    """An account in two formats. counts: items in the old and in the new one.

    days: in both formats. lonely_days: in one of them, which. balance_days: closing balances that both state,
    and other_balances the days on which they differ.
    """

    account_id: str
    formats: tuple[str, str]
    span: tuple[datetime.date, datetime.date]
    counts: tuple[int, int]
    day_count: int
    lonely_days: tuple[tuple[datetime.date, str], ...]
    balance_days: int
    other_balances: tuple[str, ...]
    differences: tuple[Difference, ...]

    @property
    def is_same(self) -> bool:
        """Whether the new format gives all that the old one gives, on the same days, and nothing else."""
        is_harmless = all(difference.is_harmless for difference in self.differences)
        return is_harmless and not self.lonely_days and not self.other_balances

    def __str__(self) -> str:
        old, new = self.formats
        from_on, to_on = self.span
        harmless = Counter((d.weight, d.field) for d in self.differences if d.is_harmless)
        lines = [
            f"Account {self.account_id}, {from_on} up to {to_on}, {to_on} not included: {old} and {new}",
            f"Days       {self.day_count:,} in both, {len(self.lonely_days):,} in one alone",
            f"Balances   {self.balance_days:,} closing balances in both, {len(self.other_balances):,} differ",
            f"Items      {self.counts[0]:,} in {old}, {self.counts[1]:,} in {new}",
        ]
        for (weight, field), count in sorted(harmless.items()):
            said = f"in {new} alone" if weight == "gained" else "shorter in one, with the same beginning"
            lines.append(f"{'':<11}{field}: {said} ({count:,})")
        lines += [f"{day} is in {name} alone" for day, name in self.lonely_days]
        lines += list(self.other_balances)
        lines += [self._line(difference) for difference in self.differences if not difference.is_harmless]
        if self.is_same:
            lines.append(f"{new} gives the same items as {old}.")
        return "\n".join(lines)

    def _line(self, difference: Difference) -> str:
        old, new = self.formats
        start = f"{difference.booked_on} {difference.amount}: "
        if difference.field == "item":
            return f"{start}is in {old if difference.new_value is None else new} alone"
        if difference.weight == "lost":
            return f"{start}{difference.field} {difference.old_value} is in {old} alone"
        values = f"{difference.old_value} in {old}, {difference.new_value} in {new}"
        return f"{start}{difference.field} is {values}"


def compare_formats(
    settings: Settings,
    account_id: str,
    from_on: datetime.date,
    to_on: datetime.date,
    formats: tuple[str, str],
) -> Comparison:
    """Compare an account's items in two formats, the old and the new, from a day up to another, not included.

    Reads the warehouse. Raises EvidenceError and ReportError.
    """
    if from_on >= to_on:
        raise EvidenceError(f"the span ends before it starts: {from_on} to {to_on}, which is not included")
    if formats[0] == formats[1]:
        raise EvidenceError(f"{formats[0]} cannot be compared with itself")
    if not settings.warehouse.is_file():
        raise EvidenceError(f"no warehouse at {settings.warehouse}: run `tieout build` first")
    with reading(settings.warehouse.resolve(), folders=[settings.lake]) as connection:
        values = {"account_id": account_id, "from_on": from_on, "to_on": to_on}
        for name, value in (values | {"old_format": formats[0], "new_format": formats[1]}).items():
            connection.execute(f"set variable {name} = $value", {"value": value})
        try:
            connection.execute(_query("items"))
            _refuse_nothing(connection, account_id, formats)
        except duckdb.CatalogException as error:
            reason = str(error).splitlines()[0]
            raise EvidenceError(
                f"{settings.warehouse} lacks statements: run `tieout build` first ({reason})"
            ) from error
        for number in range(1, _ROUNDS + 1):
            connection.execute(f"set variable round_number = {number}")
            connection.execute(_query("pair"))
        differences = connection.execute(_query("differences")).fetchall()
        days = connection.execute(_query("coverage")).fetchall()
        counts = connection.execute(
            """
            select count(*) filter (where not is_new), count(*) filter (where is_new) from items
            where booked_on >= getvariable('from_on') and booked_on < getvariable('to_on')
            """
        ).fetchone()
    both = [(day, old, new) for day, *_, old, new in days if old and new]
    return Comparison(
        account_id,
        formats,
        (from_on, to_on),
        counts,
        sum(in_old and in_new for _, in_old, in_new, *_ in days),
        tuple((day, formats[in_new]) for day, in_old, in_new, *_ in days if in_old != in_new),
        len(both),
        tuple(
            f"{day} closes with {' and '.join(old)} in {formats[0]}, {' and '.join(new)} in {formats[1]}"
            for day, old, new in both
            if old != new
        ),
        tuple(Difference(*row) for row in differences),
    )


def _query(name: str) -> str:
    return (_QUERIES / f"{name}.sql").read_text(encoding="utf-8")


def _refuse_nothing(connection: duckdb.DuckDBPyConnection, account_id: str, formats: tuple[str, str]) -> None:
    """Nothing in one of the formats is no comparison: say what there is."""
    there: dict[str, Any] = dict(
        connection.execute(
            """
            select
                files.file_format,
                min(statements.first_covered_on) || ' to ' || max(statements.last_covered_on)
            from intermediate.int_bank_statements_classified as statements
            inner join staging.stg_collect__files as files
                on statements.file_hash = files.file_hash and statements.load_id = files.load_id
            where statements.account_id = getvariable('account_id') and statements.disposition <> 'not_booked'
            group by files.file_format
            """
        ).fetchall()
    )
    delivered = connection.execute(
        """
        select distinct is_new from deliveries
        where last_covered_on >= getvariable('from_on') and first_covered_on < getvariable('to_on')
        """
    ).fetchall()
    missing = [name for is_new, name in enumerate(formats) if (bool(is_new),) not in delivered]
    if missing:
        told = ", ".join(f"{name} {days}" for name, days in sorted(there.items())) or "no statement at all"
        none = " and none in ".join(missing)
        raise EvidenceError(f"account {account_id} has no statement in {none} on these days; it has {told}")
