"""What can go wrong in a collect as a whole. What is wrong with one file is the lake's UnreadableFile."""

from __future__ import annotations

from orchestration.errors import TieoutError


class HrUnavailableError(TieoutError):
    """The HR system's API cannot be reached or read. Retryable: what was collected before stays."""


class LedgerUnavailableError(TieoutError):
    """The ledger's database cannot be reached or read. Retryable: what was collected before stays."""
