"""The control totals of one delivery, counted while it is read."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Context, Decimal

from orchestration.lake.errors import UnreadableFile

# The default context rounds to 28 digits; sums must be exact.
_EXACT = Context(prec=100)
_LIMIT = Decimal(10) ** 23


@dataclass
class Counted:
    """record_count: the records. amount_total: the sum of the amounts of statement lines or journal lines."""

    record_count: int = 0
    amount_total: Decimal = Decimal(0)

    def add(self, records: int, amount: Decimal) -> None:
        """Count records with a total amount. Raises UnreadableFile when the total outgrows the lake."""
        self.record_count += records
        self.amount_total = _EXACT.add(self.amount_total, amount)
        if abs(self.amount_total) >= _LIMIT:
            raise UnreadableFile(f"the amounts add up to {self.amount_total}, which has more than 23 digits")
