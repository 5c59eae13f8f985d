"""A made-up company's landing zone, generated: statements, journal lines, and the truth about both."""

from orchestration.demo.folder import FolderError
from orchestration.demo.generate import DemoSummary, generate

__all__ = ["DemoSummary", "FolderError", "generate"]
