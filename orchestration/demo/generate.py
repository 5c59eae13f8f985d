"""Generate a landing zone and its truth, day by day. The same arguments give the same bytes."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from orchestration.demo import mix
from orchestration.demo.bank import Banks
from orchestration.demo.calendars import Calendars
from orchestration.demo.company import ACCOUNTS, chart_of_accounts
from orchestration.demo.deliveries import Deliveries, corrupt_days
from orchestration.demo.events import Events
from orchestration.demo.folder import FolderError, GeneratedFolder
from orchestration.demo.ledger import Ledger, LedgerFormat
from orchestration.demo.money import plain
from orchestration.demo.numbers import Numbers
from orchestration.demo.paper import PaperSummary, write_paper
from orchestration.demo.payroll import PayrollSummary, write_payroll
from orchestration.demo.planted import Plants
from orchestration.demo.truth import Truth

FILE_STATUSES = ("unique", "duplicate", "redelivered", "overlapping", "intraday", "corrupt")
TOTAL_COLUMNS = (
    "account_number",
    "currency",
    "gl_account",
    "bank_lines",
    "bank_sum",
    "opening_balance",
    "final_bank_balance",
    "ledger_lines",
    "final_ledger_balance",
    "files_written",
    *(f"files_{status}" for status in FILE_STATUSES),
)


@dataclass(frozen=True)
class DemoSummary:
    """What was written. planted: the number of facts planted in statements and books by kind, sorted by kind.

    bank_lines counts each line once, however often delivered, without those in a corrupt file.
    statement_files counts every delivery; journal_lines every version of every line.
    """

    first_on: date
    last_on: date
    bank_lines: int
    journal_lines: int
    statement_files: int
    ledger_files: int
    matches: int
    planted: dict[str, int]
    payroll: PayrollSummary
    paper: PaperSummary

    def __str__(self) -> str:
        lines = [
            f"{self.bank_lines:,} bank lines in {self.statement_files:,} statement files and"
            f" {self.journal_lines:,} journal lines in {self.ledger_files:,} ledger files,"
            f" {self.first_on} to {self.last_on}",
            f"Planted beside {self.matches:,} matches:",
            *(f"  {kind:<32}{count:>8,}" for kind, count in self.planted.items()),
            f"{self.payroll.punches:,} punches of {self.payroll.employees:,} employees in"
            f" {self.payroll.punch_files:,} files of clocks, and {self.payroll.hr_files:,} HR files",
            "Planted in payroll:",
            *(f"  {kind:<32}{count:>8,}" for kind, count in self.payroll.planted.items()),
            f"{self.paper.cheques:,} cheques in {self.paper.letters:,} cash letters and"
            f" {self.paper.receipts:,} receipts",
            "Planted on paper:",
            *(f"  {kind:<32}{count:>8,}" for kind, count in self.paper.planted.items()),
        ]
        return "\n".join(lines)


def generate(
    out: Path,
    truth: Path,
    *,
    seed: int = 7,
    days: int = 60,
    lines_per_day: int = 30,
    start_on: date = date(2026, 1, 2),
    ledger_format: LedgerFormat = "csv",
) -> DemoSummary:
    """Write the landing zone to `out` and its truth to `truth`.

    days: business days of statements and books. lines_per_day: bank lines per business day, roughly, over all
    accounts. Payroll has a fixed number of people, and is that of the quarter of start_on.
    Both folders must be new, empty, or filled by this function before. Raises FolderError when a
    folder holds anything else or one folder lies in the other, ValueError on an unusable argument;
    neither writes anything.
    """
    if days < 1 or lines_per_day < 1:
        raise ValueError(f"days is {days} and lines_per_day is {lines_per_day}: both must be at least 1")
    if ledger_format not in ("csv", "parquet"):
        raise ValueError(f"ledger_format is {ledger_format!r}: it may be csv or parquet")
    one, other = out.resolve(), truth.resolve()
    if one.is_relative_to(other) or other.is_relative_to(one):
        raise FolderError(f"{truth} and {out} lie inside one another: put the truth beside the landing zone")
    landing_folder, truth_folder = GeneratedFolder(out), GeneratedFolder(truth)
    with landing_folder, truth_folder:
        payroll = write_payroll(landing_folder, truth_folder, seed, start_on)
        return _fill(
            landing_folder, truth_folder, seed, days, lines_per_day, start_on, ledger_format, payroll
        )


def _fill(
    landing: GeneratedFolder,
    truth_folder: GeneratedFolder,
    seed: int,
    days: int,
    lines_per_day: int,
    start_on: date,
    ledger_format: LedgerFormat,
    payroll: PayrollSummary,
) -> DemoSummary:
    calendars = Calendars(start_on, days)
    corrupt = corrupt_days(calendars)
    scale = max(1, lines_per_day // mix.BASE_LINES_PER_DAY)
    numbers = Numbers(lines_per_day, days * lines_per_day // max(1, Plants.day_count(days)))
    banks = Banks(calendars, numbers, scale, corrupt)
    ledger = Ledger(landing, ledger_format, calendars, numbers)
    truth = Truth(truth_folder, numbers, banks, ledger)
    events = Events(seed, calendars, numbers, banks, ledger, truth, scale)
    plants = Plants(events, calendars.company_days, lines_per_day)
    deliveries = Deliveries(landing, calendars, banks, truth, corrupt)
    ledger.write_accounts(chart_of_accounts())
    for index, day in enumerate(calendars.company_days):
        numbers.begin_day(index)
        if index == 0:
            events.open_books(day)
        events.ordinary_day(day, lines_per_day)
        plants.on_day(index)
        if day == calendars.last_on:
            events.final_day(day)
        ledger.write_day(day)
        deliveries.on_day(day, index)
    ledger.close()
    truth.close()
    _write_totals(truth_folder, deliveries, ledger, banks)
    paper = write_paper(landing, truth_folder, seed, banks, events.cheques, events.deposits, events.claims)
    return DemoSummary(
        first_on=calendars.company_days[0],
        last_on=calendars.last_on,
        bank_lines=deliveries.line_counts.total(),
        journal_lines=ledger.line_count,
        statement_files=deliveries.file_counts.total(),
        ledger_files=ledger.file_count,
        matches=truth.match_count,
        planted=dict(sorted(truth.planted_counts.items())),
        payroll=payroll,
        paper=paper,
    )


def _write_totals(folder: GeneratedFolder, deliveries: Deliveries, ledger: Ledger, banks: Banks) -> None:
    """One row per bank account. A corrupt file's lines are in its balances but not in its lines and sum."""
    with folder.claim("totals.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(TOTAL_COLUMNS)
        for account in ACCOUNTS:
            alias = account.alias
            counts = [deliveries.file_counts[alias, status] for status in FILE_STATUSES]
            writer.writerow(
                (
                    account.number,
                    account.currency,
                    account.gl_account,
                    deliveries.line_counts[alias],
                    plain(deliveries.line_sums[alias]),
                    plain(banks.opening_balances[alias]),
                    plain(deliveries.closing_balances[alias]),
                    ledger.cash_line_counts[alias],
                    plain(ledger.cash_balances[alias]),
                    sum(counts),
                    *counts,
                )
            )
