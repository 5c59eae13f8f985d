"""The datasets of the lake: one row type per dataset, by source, and the Arrow schema that stores it.

A reader yields rows; the load adds LINEAGE (which bytes, which load) and appends them. Signs: money into the
account is positive, money out is negative, on both the bank's and the books' side. A new dataset is a row
type in the module of its source and a line here.
"""

from __future__ import annotations

import types
import typing

from orchestration.lake.datasets.bank import BankStatement, BankStatementLine, BankStatementLineDetail
from orchestration.lake.datasets.closes import Close, ClosedBalance, ClosedItem, ClosedMatch
from orchestration.lake.datasets.decisions import Decision, Exclusion
from orchestration.lake.datasets.documents import (
    CashLetter,
    Cheque,
    ChequeImage,
    DocumentFact,
    DocumentPage,
)
from orchestration.lake.datasets.hr import (
    HrBadge,
    HrBankDetail,
    HrEmployee,
    HrLeave,
    HrOneTimeItem,
    HrOpeningBalance,
    HrPayGroup,
    HrPayPeriod,
    HrPayRate,
    HrRecurringItem,
    HrTaxElection,
    Punch,
)
from orchestration.lake.datasets.ledger import JournalLine, LedgerAccount
from orchestration.lake.datasets.payments import PaidPayment, PaymentAnswer, PaymentFile, SentPrenote
from orchestration.lake.datasets.payroll import ClosedPayslip, ClosedPayslipLine, PayrollClose
from orchestration.lake.datasets.runs import CollectedFile, DbtNodeRun, DbtRun, StorageUse, ToldAlert
from orchestration.lake.datasets.settlements import SettlementLine
from orchestration.lake.schema import arrow_schema

ROW_TYPES: dict[str, type] = {
    "collected_files": CollectedFile,
    "bank_statements": BankStatement,
    "bank_statement_lines": BankStatementLine,
    "bank_statement_line_details": BankStatementLineDetail,
    "journal_lines": JournalLine,
    "ledger_accounts": LedgerAccount,
    "decisions": Decision,
    "exclusions": Exclusion,
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
    "hr_opening_balances": HrOpeningBalance,
    "payment_answers": PaymentAnswer,
    "settlement_lines": SettlementLine,
    "cash_letters": CashLetter,
    "cheques": Cheque,
    "cheque_images": ChequeImage,
    "document_pages": DocumentPage,
    "document_facts": DocumentFact,
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
_PRIVATE = {
    "punches",
    "payment_answers",
    "document_facts",
    "document_pages",
    *(dataset for dataset in DATASETS if dataset.startswith("hr_")),
}
# Datasets whose rows come from files of another name, which have rows of several.
_SOURCES = {"cheques": "cash_letters", "cheque_images": "cash_letters"}


def required_columns(dataset: str) -> set[str]:
    """The columns in which a row of the dataset must have a value."""
    hints = typing.get_type_hints(ROW_TYPES[dataset])
    return {name for name, hint in hints.items() if not isinstance(hint, types.UnionType)}


def source_of(dataset: str) -> str:
    """The source with which the files of its rows are recorded: a bank's file has rows of several."""
    return "bank_statements" if dataset.startswith("bank_") else _SOURCES.get(dataset, dataset)


def is_private(dataset: str) -> bool:
    """Whether deliveries of the dataset hold names, accounts or pay: no message, log line or total repeats
    their values."""
    return dataset in _PRIVATE
