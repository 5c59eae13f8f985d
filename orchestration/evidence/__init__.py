"""What an auditor is handed: the evidence of an account's month, and the books as files for audit tools."""

from orchestration.evidence.books import export_books
from orchestration.evidence.folders import EvidenceError
from orchestration.evidence.month import write_evidence

__all__ = ["EvidenceError", "export_books", "write_evidence"]
