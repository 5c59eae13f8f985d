"""Collect: from landing/, the ledger's database and the HR system into the append-only lake."""

from orchestration.collect.errors import HrUnavailableError, LedgerUnavailableError
from orchestration.collect.run import CollectSummary, collect

__all__ = ["CollectSummary", "HrUnavailableError", "LedgerUnavailableError", "collect"]
