"""What the close of a pay period freezes."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import NamedTuple


class PayrollClose(NamedTuple):
    """One closed pay period. Its load id is its close_id, and ties the frozen payslips to it: without this
    row they do not count. note: the red controls that were accepted, or None. reviewed_by: the other persons
    who reviewed it, separated by commas, or None. chain_head: the hash of the lake's newest link at that
    moment.
    """

    close_id: str
    pay_period_id: str
    closed_by: str
    note: str | None
    payslip_count: int
    line_count: int
    net_total: Decimal
    closed_at: datetime.datetime
    reviewed_by: str | None
    chain_head: str | None = None


class ClosedPayslip(NamedTuple):
    """One payslip as its period was closed. Amounts as in the model fct_payslips."""

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
    income_tax_state: str | None = None
    other_work_state: str | None = None
    other_income_tax_state: str | None = None
    other_state_percentage: Decimal | None = None


class ClosedPayslipLine(NamedTuple):
    """One line of a closed payslip, as in the model fct_payslip_lines."""

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
    balance_hours: Decimal | None = None
