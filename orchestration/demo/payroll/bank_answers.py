"""What the demo company's bank answers to payment files: a statement that settles them, and what it returns.

The bank knows its own statements and the files that it is given, nothing of the warehouse.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from orchestration.collect.answers.nacha_reader import LENGTH, PADDING, NachaBatch, NachaEntry, read_nacha
from orchestration.collect.readers.ofx import read_ofx
from orchestration.demo import company
from orchestration.demo.bank import BankLine, Statement, statement_path
from orchestration.demo.calendars import Calendars
from orchestration.demo.folder import FolderError, add_file
from orchestration.demo.payroll.hr import accounts_of
from orchestration.demo.payroll.people import RETURNED
from orchestration.demo.statements import ofx
from orchestration.lake.datasets import BankStatement, BankStatementLine
from orchestration.lake.errors import UnreadableFile

_ACCOUNT = company.ACCOUNT_OF_ALIAS["usd-payroll"]
_ONE_DAY = datetime.timedelta(days=1)
_RETURN_CODE = "R02"
# A return is settled two banking days after what it returns.
_RETURN_DAYS = 2
# The transaction code of a return, by the kind of account that was paid to.
_RETURN_CODES = {"checking": "21", "savings": "31", "ledger": "41", "loan": "51"}


class PaymentFile(NamedTuple):
    """A NACHA file of the payments folder. reference: what the company wants to see on its statement."""

    reference: str
    effective_on: datetime.date
    entries: list[NachaEntry]

    @property
    def total(self) -> Decimal:
        """Of the payments, in dollars."""
        return sum((entry.amount for entry in self.entries), Decimal(0))


class Answer(NamedTuple):
    """What the bank did. settled: references and totals. paths: of what it delivered, in the landing zone."""

    settled: list[tuple[str, Decimal]]
    settled_on: datetime.date
    returned_count: int
    returned_on: datetime.date | None
    paths: list[str]

    def __str__(self) -> str:
        lines = [
            f"{reference}: {total:,.2f} {_ACCOUNT.currency} settled on {self.settled_on}"
            for reference, total in self.settled
        ]
        if self.returned_on:
            lines.append(
                f"{self.returned_count} returned on {self.returned_on}: account closed ({_RETURN_CODE})"
            )
        return "\n".join([*lines, *(f"  {path}" for path in self.paths)])


def answer_payments(landing: Path, payments: Path) -> Answer | None:
    """Deliver what the bank says of the payment files that none of its statements settles; None without any.

    They settle together, on the effective date of the latest or the first banking day behind the account's
    last statement. Payments to the account that is closed in the demo come back two banking days later.
    Raises FolderError when the landing zone is not the demo's.
    """
    statements = sorted((landing / "bank" / _ACCOUNT.alias).rglob("*.ofx"), key=lambda path: path.name)
    if not statements:
        raise FolderError(
            f"{landing} holds no statement of {_ACCOUNT.alias}: it is not the demo's landing zone"
        )
    known = {
        line.reference for path in statements for line in _rows(path) if isinstance(line, BankStatementLine)
    }
    files = [file for file in map(_read, sorted(payments.glob("*.ach"))) if file.reference not in known]
    if not files:
        return None
    (last,) = (row for row in _rows(statements[-1]) if isinstance(row, BankStatement))
    first_on = max(last.closing_on + _ONE_DAY, *(file.effective_on for file in files))
    calendars = Calendars(first_on, 1)
    settled_on = calendars.bank_day("USD", first_on)
    lines = [
        _line(number, settled_on, -file.total, file.reference, "PAYROLL")
        for number, file in enumerate(files, 1)
    ]
    closed = {(row[4], row[5]) for row in accounts_of(RETURNED) if row[9] == "remainder"}
    returned = [
        entry
        for file in files
        for entry in file.entries
        if (entry.routing_number, entry.account_number) in closed and not entry.is_prenote
    ]
    returned_on = None
    if returned:
        returned_on = calendars.bank_day("USD", first_on, _RETURN_DAYS)
        lines += [
            _line(number, returned_on, entry.amount, entry.trace_number, "RETURN", is_return=True)
            for number, entry in enumerate(returned, 1)
        ]
    opening = int(last.closing_balance * 100)
    statement = Statement(
        _ACCOUNT,
        len(statements) + 1,
        last.closing_on + _ONE_DAY,
        returned_on or settled_on,
        opening,
        opening + sum(line.amount for line in lines),
        lines,
    )
    path = Path(statement_path(_ACCOUNT, statement.period_start_on))
    deliveries = {
        path.with_name(f"payroll_{statement.period_start_on:%Y%m%d}.ofx").as_posix(): ofx.write(statement, 0)
    }
    if returned_on:
        content = return_file(returned, _RETURN_CODE, returned_on)
        deliveries[f"payments/return_{returned_on:%Y%m%d}.ach"] = content
    for relative, content in deliveries.items():
        add_file(landing, relative, content)
    return Answer(
        [(file.reference, file.total) for file in files],
        settled_on,
        len(returned),
        returned_on,
        list(deliveries),
    )


def return_file(entries: Sequence[NachaEntry], reason_code: str, created_on: datetime.date) -> bytes:
    """The bank's NACHA file about entries that it gives back, each with an addendum of type 99."""
    bank = company.US_ROUTING_NUMBER[:8]
    name = company.NAME.upper()
    totals = f"{2 * len(entries):06d}{sum(int(entry.routing_number[:8]) for entry in entries) % 10**10:010d}"
    sums = f"{0:012d}{sum(int(entry.amount * 100) for entry in entries):012d}"
    lines = [
        f"101 {company.US_ROUTING_NUMBER} {company.US_ROUTING_NUMBER}{created_on:%y%m%d}0000A094101"
        f"{name[:23]:23}{'BANK':23}{'':8}",
        f"5200{name[:16]:16}{'':20}{'':10}PPD{'RETURN':10}{created_on:%y%m%d}{created_on:%y%m%d}{'':3}"
        f"1{bank}0000001",
    ]
    for number, entry in enumerate(entries, 1):
        trace = f"{bank}{number:07d}"
        lines += [
            f"6{_RETURN_CODES[entry.account_kind]}{entry.routing_number}{entry.account_number:17}"
            f"{int(entry.amount * 100):010d}{entry.individual_id or '':15}{'RECEIVER':22}  1{trace}",
            f"799{reason_code}{entry.trace_number}{'':6}{entry.routing_number[:8]}{'':44}{trace}",
        ]
    lines += [
        f"8200{totals}{sums}{'':10}{'':25}{bank}0000001",
        f"9000001{-(-(len(lines) + 2) // 10):06d}{2 * len(entries):08d}{totals[6:]}{sums}{'':39}",
    ]
    lines += [PADDING] * (-len(lines) % 10)
    assert {len(line) for line in lines} == {LENGTH}
    return "".join(f"{line}\n" for line in lines).encode()


def _read(path: Path) -> PaymentFile:
    try:
        with path.open("rb") as stream:
            rows = list(read_nacha(stream))
    except UnreadableFile as error:
        raise FolderError(f"{path}: {error}") from error
    batches = [row for row in rows if isinstance(row, NachaBatch)]
    if len(batches) != 1 or batches[0].discretionary_data is None or batches[0].effective_on is None:
        raise FolderError(f"{path} is none of `tieout pay`: it has not one batch with a reference and a date")
    return PaymentFile(
        batches[0].discretionary_data,
        batches[0].effective_on,
        [row for row in rows if isinstance(row, NachaEntry)],
    )


def _rows(path: Path) -> list[BankStatement | BankStatementLine]:
    with path.open("rb") as stream:
        return list(read_ofx(stream))


def _line(
    number: int,
    booked_on: datetime.date,
    amount: Decimal,
    reference: str,
    memo: str,
    *,
    is_return: bool = False,
) -> BankLine:
    return BankLine(
        _ACCOUNT,
        booked_on,
        booked_on,
        int(amount * 100),
        "batch",
        reference,
        memo,
        company.OWN[_ACCOUNT.currency],
        f"{_ACCOUNT.reference_prefix}{booked_on:%y%m%d}{number:03d}",
        is_return,
    )
