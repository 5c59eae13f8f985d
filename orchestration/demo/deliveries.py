"""How statements reach the landing zone: one file a day or a week, and the deliveries that go wrong."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import PurePosixPath

from orchestration.demo import mix
from orchestration.demo.bank import BankLine, Banks, Statement, late_path, statement_path
from orchestration.demo.calendars import Calendars, week_start
from orchestration.demo.company import ACCOUNT_OF_ALIAS, ACCOUNTS, BankAccount
from orchestration.demo.folder import GeneratedFolder
from orchestration.demo.statements import bai2, camt, delimited, mt940, ofx
from orchestration.demo.truth import Truth

_WRITERS: dict[str, Callable[[Statement, int], bytes]] = {
    "bai2": bai2.write,
    "ofx": ofx.write,
    "csv": delimited.write,
    "camt": camt.write,
    "mt940": mt940.write,
}
# A CSV export has no header that could change, so its copies are always the same bytes.
_COPY_ORDER = ("usd-operating", "usd-deposits", "eur-main", "eur-collections")
_REDELIVERY_ORDER = ("eur-main", "usd-operating", "eur-collections", "eur-main")
_INTRADAY_ENTRIES = (2, 5)


def corrupt_days(calendars: Calendars) -> frozenset[datetime.date]:
    """The days whose eur-main statement arrives cut off: in the middle of the run, none in a short one."""
    days = calendars.bank_days("EUR")
    if len(days) < 10:
        return frozenset()
    count = max(1, len(days) // mix.DAYS_PER_CORRUPT_FILE)
    return frozenset(days[len(days) * (2 * number + 1) // (2 * count)] for number in range(count))


class Deliveries:
    """Writes statement files, day by day."""

    def __init__(
        self,
        folder: GeneratedFolder,
        calendars: Calendars,
        banks: Banks,
        truth: Truth,
        corrupt: frozenset[datetime.date],
    ) -> None:
        self._folder = folder
        self._calendars = calendars
        self._banks = banks
        self._truth = truth
        self._corrupt = corrupt
        self._sequence: Counter[str] = Counter()
        self._weeks: dict[str, list[Statement]] = {account.alias: [] for account in ACCOUNTS}
        self._bank_day_count = 0
        self._intraday_count = 0
        self._week_count = 0
        self.file_counts: Counter[tuple[str, str]] = Counter()
        self.line_counts: Counter[str] = Counter()
        self.line_sums: Counter[str] = Counter()
        self.closing_balances = dict(banks.opening_balances)

    def on_day(self, day: datetime.date, index: int) -> None:
        """Deliver the day's statements, and at a week's end the weekly ones."""
        for account in ACCOUNTS:
            if self._calendars.is_open(account.currency, day):
                self._close_day(account, day)
        self._banks.forget(day)
        self._deliver_twice(index)
        self._deliver_intraday(day)
        following = self._calendars.company_day(day + datetime.timedelta(days=1))
        if day == self._calendars.last_on or week_start(following) != week_start(day):
            self._close_week(day)

    def _close_day(self, account: BankAccount, day: datetime.date) -> None:
        opening = self._banks.balances[account.alias]
        lines = self._banks.book(account, day)
        closing = self._banks.balances[account.alias]
        if account.file_format == "csv" and not lines:
            return
        late = [line for line in lines if line.is_late]
        if late:
            lines = [line for line in lines if not line.is_late]
            closing -= sum(line.amount for line in late)
        statement = Statement(account, None, day, day, opening, closing, lines)
        if not account.is_weekly:
            self._sequence[account.alias] += 1
            statement.sequence_number = self._sequence[account.alias]
            self._deliver(statement)
        self._weeks[account.alias].append(statement)
        if late:
            self._deliver_late(account, day, closing, late)

    def _deliver_late(
        self, account: BankAccount, day: datetime.date, opening: int, late: list[BankLine]
    ) -> None:
        """A second statement of the day, which continues the first and holds what it left out."""
        self._sequence[account.alias] += 1
        closing = opening + sum(line.amount for line in late)
        number = self._sequence[account.alias]
        statement = Statement(account, number, day, day, opening, closing, late)
        content = _WRITERS[account.file_format](statement, mix.LATE_STATEMENT_DAYS)
        self._write(account, late_path(statement_path(account, day)), content, "unique")
        self._count(statement)

    def _deliver(self, statement: Statement) -> None:
        """The first delivery of a statement: whole, or cut off when its day is corrupt."""
        account, day = statement.account, statement.period_start_on
        relative = statement_path(account, day)
        content = _WRITERS[account.file_format](statement, 0)
        if account.alias == "eur-main" and day in self._corrupt:
            self._write(account, relative, content[: len(content) * 3 // 5], "corrupt")
            movement = statement.closing_balance - statement.opening_balance
            self._truth.plant_file(
                "corrupt_file",
                account,
                day,
                None,
                relative,
                f"Cut off; {len(statement.lines)} lines are missing",
            )
            self._truth.plant_file(
                "balance_gap",
                account,
                self._calendars.bank_day(account.currency, day, 1),
                movement,
                relative,
                "The next statement opens with a balance that differs by this amount",
            )
            return
        self._write(account, relative, content, "unique")
        self._count(statement)

    def _count(self, statement: Statement) -> None:
        alias = statement.account.alias
        self.line_counts[alias] += len(statement.lines)
        self.line_sums[alias] += sum(line.amount for line in statement.lines)
        self.closing_balances[alias] = statement.closing_balance

    def _write(self, account: BankAccount, relative: str, content: bytes, status: str) -> None:
        self._folder.write(relative, content)
        self.file_counts[account.alias, status] += 1

    def _deliver_twice(self, index: int) -> None:
        number, remainder = divmod(index, mix.DAYS_PER_SAME_BYTES_COPY)
        if remainder == mix.FIRST_SAME_BYTES_COPY:
            self._copy(_COPY_ORDER[number % len(_COPY_ORDER)], "copy", 0)
        number, remainder = divmod(index, mix.DAYS_PER_REDELIVERY)
        if remainder == mix.FIRST_REDELIVERY:
            self._copy(_REDELIVERY_ORDER[number % len(_REDELIVERY_ORDER)], "resent", 1)

    def _copy(self, alias: str, suffix: str, delivery: int) -> None:
        """Deliver the latest statement again: the same bytes, or another header on the same content."""
        statement = self._latest(alias)
        if statement is None or statement.period_start_on in self._corrupt:
            return
        account = statement.account
        first = PurePosixPath(statement_path(account, statement.period_start_on))
        relative = str(first.with_stem(f"{first.stem}_{suffix}"))
        content = _WRITERS[account.file_format](statement, delivery)
        self._write(account, relative, content, "duplicate" if delivery == 0 else "redelivered")
        kind = "same_bytes_again" if delivery == 0 else "same_statement_resent"
        description = "The bytes of" if delivery == 0 else "Another header on the content of"
        self._truth.plant_file(
            kind, account, statement.period_start_on, None, relative, f"{description} {first.name}"
        )

    def _latest(self, alias: str) -> Statement | None:
        return self._weeks[alias][-1] if self._weeks[alias] else None

    def _deliver_intraday(self, day: datetime.date) -> None:
        """A report of entries that are pending today and booked tomorrow, once in a while."""
        account = ACCOUNT_OF_ALIAS["eur-main"]
        if not self._calendars.is_open(account.currency, day):
            return
        self._bank_day_count += 1
        due = self._bank_day_count * 3 // (mix.DAYS_PER_INTRADAY_FILE * 2)
        next_on = self._calendars.bank_day(account.currency, day, 1)
        if self._intraday_count >= due or next_on in self._corrupt:
            return
        fewest, most = _INTRADAY_ENTRIES
        pending = self._banks.waiting_on(account, next_on)[:most]
        if len(pending) < fewest:
            return
        self._intraday_count += 1
        statement = Statement(account, None, day, day, 0, 0, pending)
        relative = f"bank/{account.alias}/{day.year}/camt052_{day:%Y%m%d}.xml"
        self._write(account, relative, camt.write_intraday(statement), "intraday")
        for line in pending:
            self._truth.plant_line("pending_then_booked", line, f"Pending in {relative}")

    def _close_week(self, day: datetime.date) -> None:
        """Deliver the weekly accounts, and sometimes a week of a daily account once more in one file."""
        self._week_count += 1
        for account in ACCOUNTS:
            days = self._weeks[account.alias]
            self._weeks[account.alias] = []
            if not days:
                continue
            lines: list[BankLine] = [line for statement in days for line in statement.lines]
            week = replace(
                days[0],
                period_end_on=days[-1].period_end_on,
                closing_balance=days[-1].closing_balance,
                sequence_number=None,
                lines=lines,
            )
            if account.is_weekly:
                self._sequence[account.alias] += 1
                week.sequence_number = self._sequence[account.alias]
                week.period_start_on = max(week_start(day), self._calendars.company_days[0])
                self._deliver(week)
            elif self._is_overlapping(account, days):
                self._deliver_overlapping(week)

    def _is_overlapping(self, account: BankAccount, days: list[Statement]) -> bool:
        every = {"csv": mix.WEEKS_PER_OVERLAPPING_CSV, "camt": mix.WEEKS_PER_OVERLAPPING_CAMT}
        # A week of one statement would be the daily file's bytes again.
        if account.file_format not in every or len(days) < 2:
            return False
        if any(day.period_start_on in self._corrupt for day in days):
            return False
        return self._week_count % every[account.file_format] == mix.FIRST_OVERLAPPING_WEEK

    def _deliver_overlapping(self, week: Statement) -> None:
        account = week.account
        first = PurePosixPath(statement_path(account, week_start(week.period_start_on)))
        stem = first.stem.replace("_", "_week_")
        relative = str(first.with_stem(stem))
        self._write(account, relative, _WRITERS[account.file_format](week, 0), "overlapping")
        self._truth.plant_file(
            "overlapping_file",
            account,
            week.period_start_on,
            None,
            relative,
            f"{len(week.lines)} lines to {week.period_end_on}, all delivered daily before",
        )
