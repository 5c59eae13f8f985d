"""What the HR system and the time clocks deliver. What is calculated from it is in payroll."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import NamedTuple


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
    """An employee from a date on. left_on: the last day employed, or None.

    home_state: where the employee lives, where that is not the state of work.
    """

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
    home_state: str | None


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
    workday_starts_hour: of the clock there, at which its workdays and workweeks begin; None for midnight.
    """

    line_number: int
    pay_group: str
    frequency: str
    currency: str
    time_zone: str
    workweek_starts_on: int
    workday_starts_hour: int | None


class HrPayPeriod(NamedTuple):
    """A period of a pay group. ends_on: its last day.

    kind: "regular", where it is None too, or an off-cycle run: "bonus", "final", "correction" or "reissue".
    items: the recurring items that an off-cycle run takes, their codes separated by blanks.
    """

    line_number: int
    pay_period_id: str
    pay_group: str
    starts_on: datetime.date
    ends_on: datetime.date
    paid_on: datetime.date
    kind: str | None
    items: str | None


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
    extra_withholding_amount, which is per pay period. allowances: of a state, or of a federal form of 2019 or
    earlier. form_year: of the federal form, where allowances do not tell.
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
    form_year: int | None


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
    day on which it does not apply. Of a garnishment, order_id tells the orders of one person apart, and
    order_kind is "support", "tax_levy", "student_loan" or "creditor"; the other two say what 15 USC
    1673(b)(2) asks of support.
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
    order_id: str | None
    order_kind: str | None
    supports_another_family: bool | None
    is_in_arrears: bool | None


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


class HrOpeningBalance(NamedTuple):
    """What an employee had to date in a tax year before the first payday here, or the sum of all of them.

    employee_id: "TOTAL" in the row that gives the sum of its balance_kind, code and jurisdiction.
    balance_kind: "wages", with a wage base of pay_item_wages as code and "US" or a state's code as
    jurisdiction, "item", with a pay item, or "leave", with the pay item of a leave. amount: what was paid,
    taken or owed by the employer, positive, or the hours of leave that are left.
    """

    line_number: int
    employee_id: str
    tax_year: int
    balance_kind: str
    code: str
    jurisdiction: str | None
    amount: Decimal
