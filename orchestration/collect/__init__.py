"""Collect: from landing/, the ledger's database and the HR system into the append-only lake."""

from orchestration.collect.errors import HrUnavailableError, LedgerUnavailableError
from orchestration.collect.run import Appended, CollectSummary, collect

__all__ = ["Appended", "CollectSummary", "HrUnavailableError", "LedgerUnavailableError", "collect"]
