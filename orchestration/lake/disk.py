"""What makes a write last, and what a read safe where others may have put something else."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO

# Of a listing, a link of the chain or the facts of a version: a thousand times what a large company has.
MOST_BYTES = 256 << 20


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


def open_plain(file: Path) -> BinaryIO:
    """A file that stands there itself, for reading: a pipe has no end, and a link leads anywhere.

    Raises OSError, FileNotFoundError where nothing is.
    """
    descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    stream = os.fdopen(descriptor, "rb") if stat.S_ISREG(os.fstat(descriptor).st_mode) else None
    if stream is None:
        os.close(descriptor)
        raise OSError(f"{file} is no file")
    return stream


def plain_bytes(file: Path) -> bytes:
    """All bytes of such a file, which may be MOST_BYTES. Raises OSError."""
    with open_plain(file) as stream:
        content = stream.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise OSError(f"{file} has more than {MOST_BYTES} bytes")
    return content
