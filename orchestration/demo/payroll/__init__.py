"""Payroll of the demo company: people, their shifts as the clocks saw them, HR, and the bank's answers."""

from orchestration.demo.payroll.bank_answers import answer_payments, return_file
from orchestration.demo.payroll.generate import PayrollSummary, write_payroll

__all__ = ["PayrollSummary", "answer_payments", "return_file", "write_payroll"]
