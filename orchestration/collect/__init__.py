"""Collect: from landing/ and the ledger's database into the append-only lake."""

from orchestration.collect.lock import LakeBusyError
from orchestration.collect.run import CollectSummary, collect

__all__ = ["CollectSummary", "LakeBusyError", "collect"]
