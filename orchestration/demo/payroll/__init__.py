"""Payroll of the demo company: its people, their shifts as the clocks saw them, and what HR says of them."""

from orchestration.demo.payroll.generate import PayrollSummary, write_payroll

__all__ = ["PayrollSummary", "write_payroll"]
