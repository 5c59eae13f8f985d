"""What is handed to others: an account's month, books for audit tools, a tax year, two formats that agree."""

from orchestration.evidence.books import export_books
from orchestration.evidence.folders import EvidenceError
from orchestration.evidence.month import write_evidence
from orchestration.evidence.same_items import compare_formats
from orchestration.evidence.year_end import export_year

__all__ = ["EvidenceError", "compare_formats", "export_books", "export_year", "write_evidence"]
