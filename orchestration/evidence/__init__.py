"""What is proved to others: an account's month, the books for audit tools, two formats that give the same."""

from orchestration.evidence.books import export_books
from orchestration.evidence.folders import EvidenceError
from orchestration.evidence.month import write_evidence
from orchestration.evidence.same_items import compare_formats

__all__ = ["EvidenceError", "compare_formats", "export_books", "write_evidence"]
