"""What others than its owner could get at in a folder, looked for again and again while something writes."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

OTHERS = 0o077


def exposed(folder: Path) -> Iterator[Path]:
    """Files and folders below that others than the owner can get at. What is in a closed folder is closed."""
    try:
        entries = list(os.scandir(folder))
    except OSError:  # gone since
        return
    for entry in entries:
        try:
            state = entry.stat(follow_symlinks=False)
        except OSError:
            continue
        if entry.is_symlink() or not state.st_mode & OTHERS:
            continue
        yield Path(entry.path)
        if entry.is_dir(follow_symlinks=False):
            yield from exposed(Path(entry.path))


@contextmanager
def watched(folder: Path, apart_from: set[Path] = frozenset()) -> Iterator[set[Path]]:
    """Collects what is exposed below a folder meanwhile, twenty times a second at most."""
    found: set[Path] = set()
    is_over = threading.Event()

    def look() -> None:
        while True:
            found.update(set(exposed(folder)) - apart_from)
            if is_over.wait(0.05):
                return

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield found
    finally:
        is_over.set()
        looking.join()
