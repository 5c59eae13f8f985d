"""From the punch to the bank line: one period closed, paid, settled, returned, paid again, corrected."""

from __future__ import annotations

import csv
import datetime
import io
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from dbt_runs import MODELS_ONLY, dbt_of_closes, run_dbt, warehouse_of

from orchestration.close import pay_period
from orchestration.close.pay_period import PayRefusedError, close_period, ended_open_periods
from orchestration.collect.answers.nacha_reader import NachaEntry, NachaFile, read_nacha
from orchestration.demo.payroll import return_file
from orchestration.evidence import EvidenceError, export_books
from orchestration.lake.load import open_load
from orchestration.payroll.pay import WrittenFile, pay, put_files
from orchestration.settings import PROJECT_DIR, Settings

PERIOD, NEXT_PERIOD = "US-WEEKLY-2026-03", "US-WEEKLY-2026-04"
REFERENCE = "PAY-260123-01"
RETURNED_ON = datetime.date(2026, 1, 27)
PAID_AGAIN_AT = datetime.datetime(2026, 5, 23, 9, tzinfo=datetime.UTC)
ACCOUNT = "4400127808"
LINES = f"select * from payroll.fct_payslip_lines where pay_period_id = '{PERIOD}' order by payslip_line_id"
CONTROLS = """
    select control_code, status, count(*) from marts.fct_payroll_controls
    where control_code in ('payslips_to_payments', 'payments_to_file', 'payroll_journal', 'file_to_bank')
    group by 1, 2 order by 1
"""
ATTEMPTS = """
    select attempt, status from payroll.fct_payroll_payments
    where (payslip_id, priority) in (
        select payslip_id, priority from payroll.fct_payroll_payments where payment_id = '{}'
    ) order by 1
"""
PRENOTE_QUESTIONS = (
    "select pay_period_id, question from payroll.int_period_questions where question like '%prenote%'"
    " order by pay_period_id limit 1"
)
MODELS = [
    "+fct_payroll_payments",
    "+fct_payroll_journal_lines",
    "+fct_payroll_controls",
    "+int_controls_files",
]
LOST_ROWS = """
    select scope, measure from intermediate.int_controls_files where expected is distinct from actual
    union all
    select scope, measure from payroll.int_controls_payroll_completeness
    where expected is distinct from actual
"""


class Zone:
    """Punches and HR files of the demo company, its chart of accounts, and a bank of its own."""

    def __init__(self, folder: Path) -> None:
        self.landing = folder / "landing"
        for name in ("punches", "hr"):
            shutil.copytree(PROJECT_DIR / "landing" / name, self.landing / name)
        for name in ("bank", "decisions", "payments", "ledger"):
            (self.landing / name).mkdir()
        shutil.copy(PROJECT_DIR / "landing" / "ledger" / "accounts.csv", self.landing / "ledger")
        self.give_account("2026-01-20", "555000123")
        self.folder = folder / "zone"
        self.settings = Settings.from_environment()
        self.decisions = 0

    def give_account(self, delivered: str, account_number: str) -> None:
        """Give E1001 another account, paid to from the payday of NEXT_PERIOD on."""
        header = (PROJECT_DIR / "landing" / "hr" / "bank_details.csv").read_text().splitlines()[0]
        (self.landing / "hr" / f"bank_details_{delivered}.csv").write_text(
            f"{header}\nE1001,2,2026-01-26,,992305185,{account_number},checking,,,remainder,\n"
        )

    def build(self) -> None:
        run_dbt("build", *MODELS_ONLY, "--select", *MODELS, zone=self.folder, landing=self.landing)

    def rows(self, query: str) -> list[tuple]:
        with duckdb.connect(str(self.settings.warehouse), read_only=True) as connection:
            return connection.execute(query).fetchall()

    def decide(self, decision: str, subjects: str, decided_by: str = "payroll") -> str:
        self.decisions += 1
        with (self.landing / "decisions" / f"{self.decisions}.csv").open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(
                ("decision_id", "decision", "subjects", "reason", "decided_by", "decided_at", "until_on")
            )
            writer.writerow(
                (f"D{self.decisions}", decision, subjects, "asked", decided_by, "2026-04-01T08:00:00Z", "")
            )
        return f"D{self.decisions}"


@pytest.fixture(scope="module")
def zone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zone]:
    folder = tmp_path_factory.mktemp("payroll")
    places = {
        "TIEOUT_LANDING": folder / "landing",
        "TIEOUT_LAKE": folder / "zone" / "lake",
        "TIEOUT_WAREHOUSE": warehouse_of(folder / "zone"),
        "TIEOUT_PAYMENTS": folder / "payments",
    }
    with pytest.MonkeyPatch.context() as patched:
        for name, path in places.items():
            patched.setenv(name, str(path))
        patched.setattr(pay_period, "run_dbt", dbt_of_closes(folder / "zone", folder / "landing"))
        yield Zone(folder)


def _statement(landing: Path, number: int, day: str, opening: Decimal, line: str, closing: Decimal) -> None:
    def plain(amount: Decimal) -> str:
        return f"{amount:.2f}".replace(".", ",")

    (landing / "bank" / f"{number}.sta").write_text(
        f":20:S{number}\n:25:{ACCOUNT}\n:28C:{number}/1\n:60F:C260101USD{plain(opening)}\n{line}\n"
        f":62F:C{day}USD{plain(closing)}\n-\n"
    )


def test_a_period_with_a_question_stays_open(zone: Zone) -> None:
    with pytest.raises(PayRefusedError, match=r"1 questions are not answered[\s\S]*No out follows this in"):
        close_period(zone.settings, PERIOD, "payroll")
    with pytest.raises(PayRefusedError, match="is open: close it first"):
        pay(zone.settings, PERIOD, "payroll")
    with pytest.raises(PayRefusedError, match="no pay period 'NO-SUCH'"):
        close_period(zone.settings, "NO-SUCH", "payroll")
    ((question_id,),) = zone.rows(
        f"select question_id from payroll.int_period_questions where pay_period_id = '{PERIOD}'"
    )
    accepted = zone.decide("accept", question_id)
    with pytest.raises(PayRefusedError, match="1 questions are not answered"):
        close_period(zone.settings, PERIOD, "payroll")
    zone.decide("approve", accepted, "Payroll.")
    zone.decide("approve", accepted, "controller")


def test_a_clock_that_was_set_back_is_a_question(zone: Zone) -> None:
    assert zone.rows(
        "select pay_period_id from payroll.int_period_questions where question like 'Clock %'"
    ) == [("US-BIWEEKLY-2026-05",)]


def test_a_closed_period_is_paid_once(zone: Zone) -> None:
    ends_before = zone.rows(
        f"select ends_before_on from payroll.int_pay_periods where pay_period_id = '{PERIOD}'"
    )
    assert PERIOD in ended_open_periods(zone.settings, ends_before[0][0])
    assert PERIOD not in ended_open_periods(zone.settings, ends_before[0][0] - datetime.timedelta(days=1))
    closed = close_period(zone.settings, PERIOD, "payroll")
    assert closed.note == "1 questions accepted"
    (file,) = pay(zone.settings, PERIOD, "payroll")
    content = file.path.read_bytes()
    assert file.path.stat().st_mode & 0o077 == 0
    with pytest.raises(PayRefusedError, match="paid already"):
        pay(zone.settings, PERIOD, "payroll")
    with pytest.raises(PayRefusedError, match="closed already"):
        close_period(zone.settings, PERIOD, "payroll")
    assert PERIOD not in ended_open_periods(zone.settings, datetime.date(2099, 1, 1))
    file.path.unlink()
    assert put_files(zone.settings, PERIOD)[0].path.read_bytes() == content
    *_, totals = read_nacha(io.BytesIO(content))
    assert isinstance(totals, NachaFile)
    assert file.amount_total == closed.net_total
    entries = [row for row in read_nacha(io.BytesIO(content)) if isinstance(row, NachaEntry)]
    assert file.payment_count == len(entries)
    prenotes = [(entry.account_number, entry.amount) for entry in entries if entry.is_prenote]
    assert ("555000123", 0) in prenotes


def test_the_bank_settles_the_file_and_returns_a_payment(zone: Zone) -> None:
    (path,) = (zone.folder.parent / "payments").iterdir()
    rows = [row for row in read_nacha(io.BytesIO(path.read_bytes())) if isinstance(row, NachaEntry)]
    entries = [row for row in rows if not row.is_prenote]
    (prenote,) = (row for row in rows if row.account_number == "555000123")
    total = sum(entry.amount for entry in entries)
    returned = entries[3]
    opening = Decimal(100000)
    debit = f":61:260123D{total:.2f}NTRF{REFERENCE}//B1\n:86:PAYROLL".replace(".", ",", 1)
    _statement(zone.landing, 1, "260123", opening, debit, opening - total)
    credit = f":61:260127C{returned.amount:.2f}NTRF{returned.trace_number}//B2\n:86:RETURN".replace(
        ".", ",", 1
    )
    _statement(zone.landing, 2, "260205", opening - total, credit, opening - total + returned.amount)
    (zone.landing / "payments" / "return.ach").write_bytes(return_file([returned], "R03", RETURNED_ON))
    (zone.landing / "payments" / "return_prenote.ach").write_bytes(return_file([prenote], "R04", RETURNED_ON))
    zone.build()
    assert zone.rows("select status, count(*) from payroll.fct_payroll_payments group by 1 order by 1") == [
        ("returned", 1),
        ("settled", len(entries) - 1),
    ]
    ((trace, reason_code, next_step, is_matched),) = zone.rows(
        "select trace_number, reason_code, next_step, returned_by_item_id is not null"
        " from payroll.fct_payroll_payments where status = 'returned'"
    )
    assert (trace, reason_code, is_matched) == (returned.trace_number, "R03", True)
    assert zone.rows(LOST_ROWS) == []
    assert next_step
    ((rule, items),) = zone.rows(
        "select rule_code, count(*) from intermediate.int_items_matched where match_id in ("
        "select match_id from intermediate.int_items_matched inner join payroll.int_payroll_cash_lines"
        " using (item_id) where document_type = 'payroll_payment') group by 1"
    )
    assert (rule, items) == ("reference_group", len(entries) + 1)
    assert zone.rows(CONTROLS) == [
        ("file_to_bank", "green", 1),
        ("payments_to_file", "green", 2),
        ("payroll_journal", "green", 1),
        ("payslips_to_payments", "green", 1),
    ]


def test_an_account_whose_prenote_came_back_is_a_question_until_it_is_corrected(zone: Zone) -> None:
    ((pay_period_id, question),) = zone.rows(PRENOTE_QUESTIONS)
    assert pay_period_id == NEXT_PERIOD
    assert "came back (R04): correct it in bank_details" in question
    assert "555000123" not in question
    zone.give_account("2026-01-28", "555000124")
    zone.build()
    assert zone.rows(PRENOTE_QUESTIONS) == []


def test_the_journal_balances_by_entry_and_day(zone: Zone) -> None:
    for column in ("entry_id", "posted_on"):
        assert not zone.rows(
            f"select {column} from payroll.fct_payroll_journal_lines group by 1 having sum(amount) <> 0"
        )
    assert zone.rows("select count(*) > 50 from payroll.fct_payroll_journal_lines") == [(True,)]


def test_auditors_get_payroll_to_the_cent_and_nobody_else_may_read_it(zone: Zone, tmp_path: Path) -> None:
    first_on, last_on = datetime.date(2026, 1, 1), datetime.date(2026, 1, 31)
    with pytest.raises(EvidenceError, match="no journal line"):  # and payroll comes only when it is asked for
        export_books(zone.settings, first_on, last_on, tmp_path / "without")
    export_books(zone.settings, first_on, last_on, tmp_path / "books", with_payroll=True)
    folder = tmp_path / "books" / "payroll"
    assert folder.stat().st_mode & 0o077 == 0
    assert [file.name for file in folder.iterdir() if file.stat().st_mode & 0o077] == []

    def exported(name: str, columns: str) -> list[tuple]:
        (file,) = folder.glob(f"{name}*.txt")
        lines = duckdb.read_csv(str(file), sep="|", header=True, all_varchar=True)
        return lines.query("lines", f"select {columns} from lines group by all order by all").fetchall()

    span = f"between '{first_on}' and '{last_on}'"
    assert exported(
        "Payroll_GL_Detail",
        "Tieout_Journal_Line_ID, count(*), sum(cast(Amount as decimal(28, 5))"
        " * case Amount_Credit_Debit_Indicator when 'C' then -1 else 1 end)",
    ) == zone.rows(
        "select journal_line_id, 1, amount from payroll.fct_payroll_journal_lines"
        f" where posted_on {span} order by all"
    )
    assert exported("Payroll_GL_Detail", "Source, Entered_By") == [
        ("payroll", "payroll"),
        ("payroll_payment", "payroll"),
        ("payroll_return", None),
    ]
    assert exported("User_Listing", "User_ID") == [("payroll",)]
    assert exported(
        "Payroll_Register_2", "Tieout_Payslip_ID, cast(Net_Amount as decimal(28, 5))"
    ) == zone.rows(
        f"select payslip_id, net_amount from payroll.fct_payslips where paid_on {span} order by all"
    )
    assert exported("Payroll_Register_Detail", "Tieout_Payslip_Line_ID, count(*)") == zone.rows(
        "select payslip_line_id, 1 from payroll.fct_payslip_lines where payslip_id in"
        f" (select payslip_id from payroll.fct_payslips where paid_on {span}) order by all"
    )
    assert exported("Payroll_Payments", "Tieout_Payment_ID, cast(Amount as decimal(28, 5))") == zone.rows(
        f"select payment_id, amount from payroll.fct_payroll_payments where effective_on {span} order by all"
    )
    secrets = zone.rows(
        "select tax_id from payroll.dim_employees union select account_number from"
        " payroll.int_bank_details_current where account_number is not null"
    )
    written = "".join(file.read_text(encoding="utf-8") for file in folder.iterdir())
    assert secrets and [secret for (secret,) in secrets if secret in written] == []


def test_what_came_back_is_paid_again_once_it_is_decided(zone: Zone, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(PayRefusedError, match="paid already"):
        pay(zone.settings, PERIOD, "payroll")
    ((payment_id, amount),) = zone.rows(
        "select payment_id, amount from payroll.fct_payroll_payments where status = 'returned'"
    )
    reissued = zone.decide("reissue", payment_id)
    with pytest.raises(PayRefusedError, match="paid already"):
        pay(zone.settings, PERIOD, "payroll")
    zone.decide("approve", reissued, "controller")
    files: list[WrittenFile] = []

    def open_load_late(settings: Settings, clock: Callable[[], datetime.datetime]) -> AbstractContextManager:
        """Another run is between the build of the one that is tested and its load."""
        monkeypatch.undo()
        files.extend(pay(settings, PERIOD, "payroll", clock=lambda: PAID_AGAIN_AT))
        return open_load(settings, clock)

    monkeypatch.setattr("orchestration.payroll.pay.open_load", open_load_late)
    with pytest.raises(PayRefusedError, match="another run wrote payment files meanwhile"):
        pay(zone.settings, PERIOD, "payroll")
    (file,) = files
    assert (file.payment_count, file.amount_total) == (1, amount)
    # Paid on a Saturday; Monday is Memorial Day.
    assert file.path.name == f"{PERIOD}_PAY-260526-01.ach"
    with pytest.raises(PayRefusedError, match="paid already"):
        pay(zone.settings, PERIOD, "payroll")
    zone.build()
    assert zone.rows(ATTEMPTS.format(payment_id)) == [(1, "reissued"), (2, "written")]


def test_a_late_punch_is_paid_in_the_open_period(zone: Zone) -> None:
    frozen = zone.rows(LINES)
    ((badge, employee_id),) = zone.rows(
        "select badge, employee_id from payroll.int_punches"
        " where punched_at between '2026-01-13' and '2026-01-14' and employee_id in"
        " (select employee_id from payroll.fct_payslips"
        f" where pay_period_id = '{NEXT_PERIOD}') order by employee_id limit 1"
    )
    late = [
        {
            "device_id": "CLK-99",
            "sequence": number,
            "badge": badge,
            "direction": direction,
            "punched_at": f"2026-01-17T{hour}:00:00-06:00",
        }
        for number, (direction, hour) in enumerate([("in", "09"), ("out", "11")])
    ]
    (zone.landing / "punches" / "late.jsonl").write_text("".join(json.dumps(punch) + "\n" for punch in late))
    zone.build()
    corrections = zone.rows(
        "select payslip_id, corrects_pay_period_id, hours, amount > 0 from payroll.fct_payslip_lines"
        f" where employee_id = '{employee_id}' and corrects_pay_period_id = '{PERIOD}' and hours is not null"
    )
    assert corrections
    still_open = zone.rows("select payslip_id from payroll.fct_payslips where not is_closed")
    assert {row[:1] for row in corrections} <= set(still_open)
    assert sum(row[2] for row in corrections if row[3]) >= 2
    assert frozen == zone.rows(LINES)
    assert not zone.rows(
        "select * from marts.fct_payroll_controls where status = 'red'"
        " and control_code not in ('period_questions', 'file_to_bank')"
    )
