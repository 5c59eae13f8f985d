"""How much a test draws by chance: a sample in `make test`, so many times as much in `make campaign`."""

from __future__ import annotations

import os

TIMES = int(os.environ.get("TIEOUT_CAMPAIGN") or 1)


def times(number: int) -> int:
    """A number of examples, files or kills, as large as this run has it."""
    return number * TIMES
