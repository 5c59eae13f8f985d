"""Collect: from landing/ and the ledger's database into the append-only lake."""

from orchestration.collect.errors import LakeBusyError, LedgerUnavailableError
from orchestration.collect.run import CollectSummary, collect

__all__ = ["CollectSummary", "LakeBusyError", "LedgerUnavailableError", "collect"]
