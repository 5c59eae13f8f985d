"""What every build does first, on any engine: close places, ask for the pseudonym's key, and collect.

A dbt that a night started ends with the night: an orphan would hold the warehouse's lock to the end of its
build.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time
from pathlib import Path

from orchestration.lake.pseudonyms import pseudonym_key
from orchestration.places import guard_places
from orchestration.settings import Settings
from orchestration.warehouse.dbt_process import PARENT

# A process collects once, however often dbt opens its connection.
_collected = False


def prepare(settings: Settings, *private: Path) -> bool:
    """Get ready for a build in this process, and say whether it collected: not with TIEOUT_COLLECT=off.

    private: folders of dbt's that nobody else may read. Raises what ends the build before anything is built:
    PseudonymKeyError, SettingsError, and whatever collect raises.
    """
    global _collected
    _end_with_parent()
    guard_places(settings, *private)
    pseudonym_key(settings)
    settings.warehouse.parent.mkdir(parents=True, exist_ok=True)
    if _collected or os.environ.get("TIEOUT_COLLECT", "").strip().lower() == "off":
        return False
    _collected = True
    _collect(settings)
    return True


def dbt_folders() -> tuple[Path, Path]:
    """Where dbt leaves its artifacts, and its log."""
    from dbt.flags import get_flags

    flags = get_flags()
    project = Path(getattr(flags, "PROJECT_DIR", None) or ".")
    return (
        project / (getattr(flags, "TARGET_PATH", None) or "target"),
        project / (getattr(flags, "LOG_PATH", None) or "logs"),
    )


def _collect(settings: Settings) -> None:
    """Collect, and print what a terminal is told."""
    from orchestration.collect import collect

    log = logging.getLogger("orchestration.collect")
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(logging.Formatter("%(message)s"))
    level, propagate = log.level, log.propagate
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    log.propagate = False  # dbt's own handlers would print each line again
    try:
        summary = collect(settings)
    finally:
        log.removeHandler(handler)
        log.setLevel(level)
        log.propagate = propagate
    if not summary.is_nothing_new:
        print(summary, flush=True)


def _end_with_parent() -> None:
    """End this process, as a kill would, when the one that it must not outlive is gone."""
    parent = os.environ.get(PARENT)
    if parent is None:
        return

    def watch() -> None:
        while os.getppid() == int(parent):
            time.sleep(0.5)
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=watch, name="parent", daemon=True).start()
