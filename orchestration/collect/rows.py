"""The shapes of the lake: one row type per dataset, and the Arrow schema that stores it.

A reader yields rows; the pipeline adds LINEAGE (which bytes, which load) and appends them.
Signs: money into the account is positive, money out is negative, on both the bank's and the books' side.
Amounts are decimals with five places, the most a CAMT message may carry.
"""

from __future__ import annotations

import datetime
import types
import typing
from decimal import Decimal
from typing import NamedTuple

import pyarrow

MONEY = pyarrow.decimal128(28, 5)
INSTANT = pyarrow.timestamp("us", tz="UTC")

# The days that the warehouse's calendar knows (vars calendar_start and calendar_end of dbt_project.yml).
# A date outside them is a slip, and a file that holds one is not read.
FIRST_DATE = datetime.date(1980, 1, 1)
LAST_DATE = datetime.date(2079, 12, 31)

# The models compare amounts in cents as 64-bit integers and add up many of them. An amount of sixteen digits
# before the point is a barcode or an account number, and a file that holds one is not read.
AMOUNT_LIMIT = Decimal(10) ** 15


# A refusal names the offending value, which may be as long as the file.
MAX_REASON = 900


class UnreadableFile(Exception):
    """The file cannot be read in full, so nothing of it is loaded.

    reason: one plain sentence that names the offending value. position: where, as "line 12" or
    "byte 4096", or None when the whole file is meant (an empty file, an unknown format).
    """

    def __init__(self, reason: str, position: str | None = None) -> None:
        if len(reason) > MAX_REASON:
            reason = f"{reason[: MAX_REASON // 2]} ... {reason[-MAX_REASON // 2 :]}"
        super().__init__(reason if position is None else f"{reason} ({position})")
        self.reason = reason
        self.position = position


class BankStatement(NamedTuple):
    """One statement inside a file: its balances and period. Yielded after its lines.

    statement_number counts from 1 within the file. line_number: where the statement starts in the
    file, from 1. message_type: "statement" (booked: CAMT.053, MT940, BAI2, OFX, CSV), "intraday"
    (CAMT.052, MT942) or "notification" (CAMT.054). opening_balance and closing_balance are None
    where the format does not carry them (OFX has no opening balance). sequence_number and
    page_number order several statements of one day; page_number is None for a one-page statement.
    owner_name: the account's owner, where the statement names it.
    bank_id: the bank's national code (routing number, sort code), where the message has one and the account
    number is no IBAN: two banks may give the same number.
    other_balances: what else the message calls a balance, each as kind, currency and amount, separated by
    semicolons ("CLAV EUR 90.00; 045 USD 12.00"); None where there is none. rows_left_out: rows of a CSV that
    its profile says are no entries, counted by what they say ("REVERTED 2").
    """

    statement_number: int
    line_number: int
    message_type: str
    account_number: str
    currency: str
    statement_reference: str | None
    sequence_number: int | None
    page_number: int | None
    opening_balance: Decimal | None
    closing_balance: Decimal | None
    period_start_on: datetime.date | None
    opening_on: datetime.date | None
    closing_on: datetime.date | None
    owner_name: str | None = None
    bank_id: str | None = None
    other_balances: str | None = None
    rows_left_out: str | None = None


class BankStatementLine(NamedTuple):
    """One entry of a statement, in the account's currency. entry_number counts from 1 in its statement.

    amount is signed: a credit is positive. booking_status: "booked" or "pending". booked_on falls back
    to value_on where the bank gives only one date. reference: the customer's or end-to-end reference, one of
    the columns below that the reader chose; ids of lines hang on it. bank_reference: the bank's own.
    counterparty: the other party, never the account's owner.
    charges_amount: bank charges contained in amount, signed like amount's effect on the account.
    original_currency, original_amount: what was paid in the currency of the transaction, signed like
    amount; both None where that is the account's currency or the message does not say.

    What the message calls by its name stands in a column of its own, None where it says nothing:
    creditor_reference: of the one who is paid, structured (RF, QRR, KID, OCR, betalingskenmerk, +++): each
    without blanks, several separated by one. end_to_end_id, instruction_id, uetr, mandate_id: as in ISO
    20022. customer_reference: the account owner's number of the order or batch (PmtInfId, KREF, the
    reference of :61:, of BAI2 and of OFX). document_numbers: invoices that the structured remittance
    lists, written like creditor_reference. debtor_name, creditor_name: who pays and who is paid, where the
    message says which is which. ultimate_counterparty: on whose behalf the counterparty acts.
    transaction_code: the bank's code for the kind of entry, in the scheme transaction_code_scheme:
    "iso20022" (domain-family-subfamily), "swift" (:61:), "bai2", "ofx", "csv", or "proprietary".
    proprietary_code: another code beside it or the same, by proprietary_code_scheme: "gvc" (three digits),
    "swift", "bai2", or the issuer as delivered. return_reason: why a payment came back, coded.
    entry_reference: the bank's running number of the entry (NtryRef). It tells entries apart where there is
    no reference, and is nobody's reference.
    """

    statement_number: int
    entry_number: int
    line_number: int
    account_number: str
    currency: str
    amount: Decimal
    booking_status: str
    is_reversal: bool
    reference: str | None
    bank_reference: str | None
    counterparty: str | None
    counterparty_account: str | None
    memo: str | None
    transaction_code: str | None
    charges_amount: Decimal | None
    original_currency: str | None
    original_amount: Decimal | None
    booked_on: datetime.date
    value_on: datetime.date | None
    creditor_reference: str | None = None
    end_to_end_id: str | None = None
    instruction_id: str | None = None
    customer_reference: str | None = None
    uetr: str | None = None
    mandate_id: str | None = None
    cheque_number: str | None = None
    document_numbers: str | None = None
    debtor_name: str | None = None
    creditor_name: str | None = None
    ultimate_counterparty: str | None = None
    transaction_code_scheme: str | None = None
    proprietary_code: str | None = None
    proprietary_code_scheme: str | None = None
    return_reason: str | None = None
    entry_reference: str | None = None


class BankStatementLineDetail(NamedTuple):
    """One transaction inside a batch entry (CAMT TxDtls). detail_number counts from 1 in its entry.

    amount: None of one among several that states none. The other columns are as of a BankStatementLine.
    """

    statement_number: int
    entry_number: int
    detail_number: int
    line_number: int
    currency: str
    amount: Decimal | None
    reference: str | None
    bank_reference: str | None
    counterparty: str | None
    counterparty_account: str | None
    memo: str | None
    charges_amount: Decimal | None
    original_currency: str | None
    original_amount: Decimal | None
    creditor_reference: str | None = None
    end_to_end_id: str | None = None
    instruction_id: str | None = None
    customer_reference: str | None = None
    uetr: str | None = None
    mandate_id: str | None = None
    cheque_number: str | None = None
    document_numbers: str | None = None
    debtor_name: str | None = None
    creditor_name: str | None = None
    ultimate_counterparty: str | None = None
    transaction_code_scheme: str | None = None
    proprietary_code: str | None = None
    proprietary_code_scheme: str | None = None
    return_reason: str | None = None
    transaction_code: str | None = None


class JournalLine(NamedTuple):
    """One line of a journal entry. amount is signed: a debit is positive. line_number: in the file.

    original_currency, original_amount: the document's own currency and its amount, signed like amount.
    company, fiscal_year: what makes entry_id unique, where the number alone does not. bank_account: which one
    the line is about, where the ledger account mirrors several. An export need not have these five columns.
    """

    line_number: int
    entry_id: str
    line_no: int
    gl_account: str
    currency: str
    amount: Decimal
    reference: str | None
    counterparty: str | None
    memo: str | None
    document_type: str | None
    original_currency: str | None
    original_amount: Decimal | None
    posted_on: datetime.date
    recorded_at: datetime.datetime
    company: str | None = None
    fiscal_year: str | None = None
    bank_account: str | None = None


class LedgerAccount(NamedTuple):
    """One general ledger account. bank_account: the statement account it mirrors, if it is a cash account.

    bank_id: the bank's national code, where two banks gave the same number. closed_on: the last day of the
    bank account. An export need not have these two columns.
    """

    line_number: int
    gl_account: str
    name: str
    type: str
    currency: str
    bank_account: str | None
    bank_id: str | None = None
    closed_on: datetime.date | None = None


class Decision(NamedTuple):
    """One act of a person, as a row of a decision file. line_number: in the file.

    decision says what is done; subjects, ids separated by spaces or one date, to what. until_on: for a
    snooze, the date it ends; otherwise None. What two rows with one decision_id mean is for the models.
    """

    line_number: int
    decision_id: str
    decision: str
    subjects: str
    reason: str
    decided_by: str
    decided_at: datetime.datetime
    until_on: datetime.date | None


class Punch(NamedTuple):
    """One punch as a clock wrote it. line_number: in the file.

    sequence: the device's own counter; a punch that is sent again keeps it. direction: "in" or "out".
    job_code: None for the employee's own job.
    """

    line_number: int
    device_id: str
    sequence: int
    badge: str
    direction: str
    job_code: str | None
    punched_at: datetime.datetime


class HrEmployee(NamedTuple):
    """An employee from a date on. left_on: the last day employed, or None."""

    line_number: int
    employee_id: str
    effective_on: datetime.date
    name: str
    tax_id: str
    department: str
    pay_group: str
    work_state: str
    hired_on: datetime.date
    left_on: datetime.date | None
    job_code: str


class HrBadge(NamedTuple):
    """A badge in an employee's hands. ended_on: the first day on which it is not, or None."""

    line_number: int
    badge: str
    employee_id: str
    effective_on: datetime.date
    ended_on: datetime.date | None


class HrPayGroup(NamedTuple):
    """Employees who are paid together. frequency: "weekly", "biweekly", "semimonthly" or "monthly".

    time_zone: IANA name. workweek_starts_on: the weekday, 1 for Monday to 7 for Sunday.
    """

    line_number: int
    pay_group: str
    frequency: str
    currency: str
    time_zone: str
    workweek_starts_on: int


class HrPayPeriod(NamedTuple):
    """A period of a pay group. ends_on: its last day."""

    line_number: int
    pay_period_id: str
    pay_group: str
    starts_on: datetime.date
    ends_on: datetime.date
    paid_on: datetime.date


class HrPayRate(NamedTuple):
    """What an employee earns in a job from a date on. rate: per hour ("hourly") or per year ("salary")."""

    line_number: int
    employee_id: str
    job_code: str
    effective_on: datetime.date
    rate_kind: str
    rate: Decimal
    is_overtime_eligible: bool


class HrTaxElection(NamedTuple):
    """What an employee declared for withholding from a date on. jurisdiction: "US" or a state's code.

    filing_status: "single", "married_jointly" or "head_of_household". Amounts are per year, but for
    extra_withholding_amount, which is per pay period.
    """

    line_number: int
    employee_id: str
    jurisdiction: str
    effective_on: datetime.date
    filing_status: str
    is_step_2_checked: bool | None
    dependents_amount: Decimal | None
    other_income_amount: Decimal | None
    deductions_amount: Decimal | None
    extra_withholding_amount: Decimal | None
    allowances: int | None
    is_exempt: bool | None


class HrBankDetail(NamedTuple):
    """An account that takes part of an employee's net pay, from a date on, in the order of priority.

    split_kind: "amount", "percentage" (50 is half) or "remainder", which has no split_value.
    account_kind: "checking" or "savings", or None. ended_on: the first day on which it is not used.
    """

    line_number: int
    employee_id: str
    priority: int
    effective_on: datetime.date
    ended_on: datetime.date | None
    routing_number: str | None
    account_number: str | None
    account_kind: str | None
    bic: str | None
    iban: str | None
    split_kind: str
    split_value: Decimal | None


class HrRecurringItem(NamedTuple):
    """An earning or deduction of every period, from a date on. calculation: "amount" or "percentage".

    yearly_limit: at most so much in a tax year. total_limit: what is owed in all. ended_on: the first
    day on which it does not apply.
    """

    line_number: int
    employee_id: str
    pay_item_code: str
    effective_on: datetime.date
    ended_on: datetime.date | None
    calculation: str
    value: Decimal
    yearly_limit: Decimal | None
    total_limit: Decimal | None


class HrOneTimeItem(NamedTuple):
    """An earning or deduction of one period. amount: signed."""

    line_number: int
    one_time_item_id: str
    employee_id: str
    pay_period_id: str
    pay_item_code: str
    amount: Decimal
    hours: Decimal | None
    reason: str
    corrects_pay_period_id: str | None


class HrLeave(NamedTuple):
    """Paid hours of absence on a day."""

    line_number: int
    employee_id: str
    leave_on: datetime.date
    pay_item_code: str
    hours: Decimal


class Close(NamedTuple):
    """One recorded end of a business date. Its load id is its close_id, and ties the rows of the other
    three datasets to it: without this row they do not count.

    closed_on: everything counted up to and including this date is closed. item_count and match_count:
    what ClosedItem and ClosedMatch must hold. note: the accepted red controls it was closed over, or None.
    """

    close_id: str
    closed_on: datetime.date
    closed_by: str
    closed_at: datetime.datetime
    item_count: int
    match_count: int
    note: str | None


class ClosedItem(NamedTuple):
    """One item that a close froze and no earlier valid close did.

    origin_item_id: the item as the files give it, where item_id stands for a correction of it. source_hash
    and source_line: the file and line of the item, where it has one. item_on: the item's own date.
    counted_on: the date whose close it belongs to, later than item_on for an item that came late.
    """

    item_id: str
    origin_item_id: str
    account_id: str
    side: str
    item_kind: str
    currency: str
    reference: str | None
    counterparty: str | None
    memo: str | None
    reference_key: str | None
    counterparty_key: str | None
    source_hash: str | None
    source_line: int | None
    original_currency: str | None
    original_amount: Decimal | None
    amount: Decimal
    item_on: datetime.date
    counted_on: datetime.date


class ClosedMatch(NamedTuple):
    """One member item of a match that a close completed, or that it records as undone. difference_kind: what
    a difference is called. undone_on: the date from which the match does not count any more, or None."""

    match_id: str
    item_id: str
    rule_code: str
    difference_kind: str | None
    cleared_on: datetime.date
    undone_on: datetime.date | None


class ClosedBalance(NamedTuple):
    """The bank reconciliation statement of one account and newly closed business date."""

    account_id: str
    currency: str
    open_item_count: int
    balance_per_bank: Decimal
    deposits_in_transit: Decimal
    outstanding_payments: Decimal
    unbooked_bank_items: Decimal
    unbooked_opening_balance: Decimal
    statement_gaps: Decimal
    balance_per_books: Decimal
    as_of_on: datetime.date


class PayrollClose(NamedTuple):
    """One closed pay period. Its load id is its close_id, and ties the frozen payslips to it: without this
    row they do not count. note: the red controls that were accepted, or None.
    """

    close_id: str
    pay_period_id: str
    closed_by: str
    note: str | None
    payslip_count: int
    line_count: int
    net_total: Decimal
    closed_at: datetime.datetime


class ClosedPayslip(NamedTuple):
    """One payslip as its period was closed. Amounts as in the model int_payslips."""

    payslip_id: str
    pay_period_id: str
    employee_id: str
    pay_group: str
    department: str
    work_state: str
    currency: str
    status: str
    blocked_reason: str | None
    gross_amount: Decimal
    pretax_amount: Decimal
    employee_tax_amount: Decimal
    garnishment_amount: Decimal
    posttax_amount: Decimal
    net_amount: Decimal
    employer_tax_amount: Decimal
    paid_on: datetime.date


class ClosedPayslipLine(NamedTuple):
    """One line of a closed payslip, as in the model int_payslip_lines."""

    payslip_line_id: str
    payslip_id: str
    pay_period_id: str
    employee_id: str
    pay_item_code: str
    corrects_pay_period_id: str | None
    line_kind: str
    currency: str
    explanation: str
    line_order: int
    hours: Decimal | None
    rate: Decimal | None
    basis_amount: Decimal | None
    amount: Decimal


class PaymentFile(NamedTuple):
    """One payment file as it was written. Its load id ties the paid payments to it.

    content: the file itself, so that it can be written again, byte for byte. scheme: nacha or sepa.
    """

    payment_file_id: str
    pay_period_id: str
    file_reference: str
    file_name: str
    scheme: str
    currency: str
    content: str
    written_by: str
    payment_count: int
    amount_total: Decimal
    effective_on: datetime.date
    written_at: datetime.datetime


class PaidPayment(NamedTuple):
    """One payment in a payment file. attempt counts from 1: a payment that came back is paid again under a
    new payment_id. trace_number: of NACHA; the payment_id is the end-to-end id of SEPA.
    """

    payment_id: str
    payment_file_id: str
    file_reference: str
    payslip_id: str
    pay_period_id: str
    employee_id: str
    currency: str
    trace_number: str | None
    priority: int
    attempt: int
    amount: Decimal
    effective_on: datetime.date


class SentPrenote(NamedTuple):
    """One prenote in a payment file: an entry of amount zero that tries an account before it is paid to.
    prenote_id: of the employee and the account, which is tried once.
    """

    prenote_id: str
    payment_file_id: str
    pay_period_id: str
    employee_id: str
    trace_number: str
    priority: int
    effective_on: datetime.date


class PaymentAnswer(NamedTuple):
    """What a bank answered to a payment: payment_rows.PaymentStatus, without the free text."""

    line_number: int
    scheme: str
    level: str
    kind: str
    status_code: str | None
    reason_code: str | None
    original_trace_number: str | None
    original_message_id: str | None
    original_payment_id: str | None
    end_to_end_id: str | None
    currency: str | None
    amount: Decimal | None


class CollectedFile(NamedTuple):
    """One delivery: a file (or one extract from a database) and what became of it.

    path is relative to the landing folder. status: "loaded", "duplicate" (these bytes were loaded
    before under another name) or "quarantined". reason and position say why and where it could not be
    read. record_count and amount_total are the control totals the reader counted: statement lines and
    the sum of their amounts, journal lines and the sum of their amounts, or other records and nothing.
    complete_from, complete_to: the posting dates, both included, of which a ledger export holds every line.
    """

    path: str
    source: str
    format: str | None
    status: str
    reason: str | None
    position: str | None
    byte_count: int
    modified_ns: int
    record_count: int
    amount_total: Decimal
    collected_at: datetime.datetime
    complete_from: datetime.date | None = None
    complete_to: datetime.date | None = None


class DbtRun(NamedTuple):
    """One dbt invocation that built or tested. Its load id ties its node runs to it: without this row they do
    not count.

    selection: the arguments that chose nodes, or None where all were meant. status: "succeeded" or "failed".
    """

    invocation_id: str
    command: str
    target_name: str
    selection: str | None
    status: str
    seconds: Decimal
    node_count: int
    failed_count: int
    warned_count: int
    skipped_count: int
    business_date: datetime.date | None
    started_at: datetime.datetime
    finished_at: datetime.datetime


class DbtNodeRun(NamedTuple):
    """What one invocation did with one node. message: free of data, and None in the schema payroll.

    row_count: rows of the table afterwards. failure_count: rows that a test returned.
    """

    invocation_id: str
    unique_id: str
    resource_type: str
    node_name: str
    schema_name: str | None
    status: str
    message: str | None
    seconds: Decimal
    row_count: int | None
    failure_count: int | None


class StorageUse(NamedTuple):
    """Files and bytes of a lake dataset, or of the warehouse, when an invocation was recorded.

    location: "lake" or "warehouse"."""

    invocation_id: str
    location: str
    dataset_name: str
    file_count: int
    byte_count: int


class ToldAlert(NamedTuple):
    """One condition in one message to one destination. Rows of one message share message_id.

    destination: what tells addresses apart, without the address. event: "told" or "cleared".
    """

    message_id: str
    destination: str
    condition_key: str
    kind: str
    subject: str
    event: str
    told_at: datetime.datetime


LINEAGE = [("file_hash", pyarrow.string()), ("load_id", pyarrow.string())]

_ARROW_TYPES = {
    str: pyarrow.string(),
    int: pyarrow.int64(),
    bool: pyarrow.bool_(),
    Decimal: MONEY,
    datetime.date: pyarrow.date32(),
    datetime.datetime: INSTANT,
}


def arrow_schema(row_type: type) -> pyarrow.Schema:
    """The Arrow schema of a row type's dataset, lineage columns last."""
    hints = typing.get_type_hints(row_type)
    fields = [(name, _ARROW_TYPES[_without_none(hint)]) for name, hint in hints.items()]
    return pyarrow.schema(fields + LINEAGE)


def _without_none(hint: object) -> type:
    return next(t for t in getattr(hint, "__args__", (hint,)) if t is not type(None))


ROW_TYPES: dict[str, type] = {
    "collected_files": CollectedFile,
    "bank_statements": BankStatement,
    "bank_statement_lines": BankStatementLine,
    "bank_statement_line_details": BankStatementLineDetail,
    "journal_lines": JournalLine,
    "ledger_accounts": LedgerAccount,
    "decisions": Decision,
    "punches": Punch,
    "hr_employees": HrEmployee,
    "hr_badges": HrBadge,
    "hr_pay_groups": HrPayGroup,
    "hr_pay_periods": HrPayPeriod,
    "hr_pay_rates": HrPayRate,
    "hr_tax_elections": HrTaxElection,
    "hr_bank_details": HrBankDetail,
    "hr_recurring_items": HrRecurringItem,
    "hr_one_time_items": HrOneTimeItem,
    "hr_leave": HrLeave,
    "payment_answers": PaymentAnswer,
    "payroll_closes": PayrollClose,
    "closed_payslips": ClosedPayslip,
    "closed_payslip_lines": ClosedPayslipLine,
    "payment_files": PaymentFile,
    "paid_payments": PaidPayment,
    "sent_prenotes": SentPrenote,
    "closes": Close,
    "closed_items": ClosedItem,
    "closed_matches": ClosedMatch,
    "closed_balances": ClosedBalance,
    "dbt_runs": DbtRun,
    "dbt_node_runs": DbtNodeRun,
    "storage_uses": StorageUse,
    "alerts": ToldAlert,
}
DATASETS = {dataset: arrow_schema(row_type) for dataset, row_type in ROW_TYPES.items()}


def required_columns(dataset: str) -> set[str]:
    """The columns in which a row of the dataset must have a value."""
    hints = typing.get_type_hints(ROW_TYPES[dataset])
    return {name for name, hint in hints.items() if not isinstance(hint, types.UnionType)}
