"""What makes a write last."""

from __future__ import annotations

import os
from pathlib import Path


def sync(path: Path) -> None:
    """Make a file, or the names in a folder, survive a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_all(folder: Path) -> None:
    """Make a folder's files, and the names in it, survive a power cut."""
    for parent, _, names in os.walk(folder):
        for name in [*names, "."]:
            sync(Path(parent) / name)
