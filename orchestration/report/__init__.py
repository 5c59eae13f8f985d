"""The page for the morning: one HTML file that says whether the night closed, what is red, and what to do."""

from orchestration.report.page import Report, ReportError, render, write_report

__all__ = ["Report", "ReportError", "render", "write_report"]
