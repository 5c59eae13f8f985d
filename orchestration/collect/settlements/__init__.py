"""Settlement reports of payment processors: what a payout is made of. Pure: a binary stream in, rows out."""

from __future__ import annotations

from orchestration.collect.settlements.profiles import SettlementProfile, load_settlement_profiles
from orchestration.collect.settlements.reader import read_settlement

__all__ = ["SettlementProfile", "load_settlement_profiles", "read_settlement"]
