"""Lakes as an older Tieout left them, which tests make by altering one."""

from __future__ import annotations

import shutil
from pathlib import Path

from orchestration.lake.chain import CHAIN


def forget_chain(lake: Path, warehouse: Path) -> None:
    """Make a lake one of before there was a chain: the next collection takes it as it is."""
    shutil.rmtree(lake / CHAIN, ignore_errors=True)
    (warehouse.parent / "lake_seen.json").unlink(missing_ok=True)
