"""Payroll beyond the models: the files that pay, and the bank's answers to them."""
