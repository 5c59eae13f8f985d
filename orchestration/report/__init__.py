"""The page for the morning: one HTML file that says whether the night closed, what is red, and what to do."""

from orchestration.report.page import Report, ReportError, render, write_report, write_report_without_books

__all__ = ["Report", "ReportError", "render", "write_report", "write_report_without_books"]
