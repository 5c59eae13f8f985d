"""The demo company's paper: cash letters of the cheques that its bank paid, and people's receipts."""

from orchestration.demo.paper.generate import PaperSummary, write_paper

__all__ = ["PaperSummary", "write_paper"]
