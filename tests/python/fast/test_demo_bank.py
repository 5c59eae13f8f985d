"""The bank of the demo company: it answers each payment file once, with files that the readers take."""

from __future__ import annotations

import datetime
import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from orchestration.collect.answers.returns import read_payment_status
from orchestration.collect.readers.ofx import read_ofx
from orchestration.demo.folder import MARKER, FolderError
from orchestration.demo.payroll import answer_payments
from orchestration.demo.payroll.hr import accounts_of
from orchestration.demo.payroll.people import RETURNED
from orchestration.lake.datasets import BankStatement, BankStatementLine
from orchestration.payroll.nacha import NachaCredit, NachaCredits, NachaOriginator, write_nacha
from orchestration.settings import PROJECT_DIR

FRIDAY, TUESDAY = datetime.date(2026, 3, 27), datetime.date(2026, 3, 31)
STATEMENTS = "bank/usd-payroll"
LAST = f"{STATEMENTS}/2026/payroll_20260323.ofx"


@pytest.fixture
def landing(tmp_path: Path) -> Path:
    folder = tmp_path / "landing"
    shutil.copytree(PROJECT_DIR / "landing" / STATEMENTS, folder / STATEMENTS)
    shutil.copy(PROJECT_DIR / "landing" / MARKER, folder)
    return folder


def pay(folder: Path, reference: str, effective_on: datetime.date, accounts: list[tuple[str, str]]) -> dict:
    """Write a payment file of 100.50 to each account and return its trace numbers."""
    originator = NachaOriginator(*["999999992"] * 2, "BANK", *["1990000017", "TALLOWMERE"] * 2, reference)
    credits = [
        NachaCredit(f"P{number}", f"P{number}", "SOMEBODY", *account, "checking", Decimal("100.50"))
        for number, account in enumerate(accounts)
    ]
    file = write_nacha(
        originator,
        [NachaCredits(effective_on, credits)],
        datetime.datetime.combine(effective_on, datetime.time()),
    )
    folder.mkdir(exist_ok=True)
    (folder / f"{reference}.ach").write_bytes(file.content)
    return file.trace_numbers


def statement(path: Path) -> tuple[BankStatement, list[BankStatementLine]]:
    with path.open("rb") as stream:
        *lines, found = read_ofx(stream)
    return found, lines


def test_files_are_settled_and_the_closed_account_gives_back(landing: Path, tmp_path: Path) -> None:
    (closed,) = [tuple(row[4:6]) for row in accounts_of(RETURNED) if row[9] == "remainder"]
    traces = pay(tmp_path / "payments", "PAY-260327-01", FRIDAY, [("021000021", "12345"), closed])
    answer = answer_payments(landing, tmp_path / "payments")
    assert (answer.settled, answer.settled_on) == ([("PAY-260327-01", Decimal("201.00"))], FRIDAY)
    assert (answer.returned_count, answer.returned_on) == (1, TUESDAY)
    before, _ = statement(landing / LAST)
    found, lines = statement(landing / answer.paths[0])
    assert [(line.reference, line.amount, line.booked_on) for line in lines] == [
        ("PAY-260327-01", Decimal("-201.00"), FRIDAY),
        (traces["P1"], Decimal("100.50"), TUESDAY),
    ]
    assert found.closing_balance == before.closing_balance - Decimal("100.50")
    with (landing / answer.paths[1]).open("rb") as stream:
        (status,) = read_payment_status(stream)
    assert (status.kind, status.reason_code, status.original_trace_number) == ("return", "R02", traces["P1"])
    assert set(answer.paths) < set((landing / MARKER).read_text().splitlines())


def test_each_file_is_answered_once(landing: Path, tmp_path: Path) -> None:
    payments = tmp_path / "payments"
    assert answer_payments(landing, payments) is None
    pay(payments, "PAY-260213-01", datetime.date(2026, 2, 13), [("021000021", "12345")])
    # Its date has passed: it settles behind the last statement.
    first = answer_payments(landing, payments)
    assert (first.settled_on, first.returned_on, len(first.paths)) == (FRIDAY, None, 1)
    assert answer_payments(landing, payments) is None
    pay(payments, "PAY-260213-02", datetime.date(2026, 2, 13), [("021000021", "12345")])
    second = answer_payments(landing, payments)
    assert second.settled == [("PAY-260213-02", Decimal("100.50"))]
    assert second.settled_on == datetime.date(2026, 3, 30)


def test_a_file_of_somebody_else_is_named(landing: Path, tmp_path: Path) -> None:
    payments = tmp_path / "payments"
    pay(payments, "", FRIDAY, [("021000021", "12345")])
    with pytest.raises(FolderError, match=r"\.ach is none of `tieout pay`"):
        answer_payments(landing, payments)
    (payments / ".ach").write_bytes(b"no records")
    with pytest.raises(FolderError, match=r"\.ach: the record starts with none of"):
        answer_payments(landing, payments)


def test_another_landing_zone_is_refused(landing: Path, tmp_path: Path) -> None:
    pay(tmp_path / "payments", "PAY-260327-01", FRIDAY, [("021000021", "12345")])
    (landing / MARKER).unlink()
    with pytest.raises(FolderError, match="was not written by the demo"):
        answer_payments(landing, tmp_path / "payments")
    with pytest.raises(FolderError, match="it is not the demo's landing zone"):
        answer_payments(tmp_path / "payments", tmp_path / "payments")
