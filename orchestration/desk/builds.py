"""The build that a button starts: of the bank alone, in a process of its own that ends with the desk."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

from orchestration.collect.signatures import KEY_VARIABLE
from orchestration.desk.books import DeskError
from orchestration.outside import shown
from orchestration.settings import PROJECT_DIR
from orchestration.warehouse.dbt_process import PARENT

_BUILD = "from orchestration.warehouse.build import build; print(build(['--selector', 'bank']))"
_LINES = 40
# What a build needs not.
_KEYS = (KEY_VARIABLE, "TIEOUT_UI_TOKEN")


class Build:
    """At most one build at a time, and what it said last."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen | None = None
        self._said: list[str] = []

    def start(self) -> None:
        """Begin. Raises DeskError while one runs."""
        with self._lock:
            if self.is_running:
                raise DeskError("A build is running already")
            self._said = []
            self._process = subprocess.Popen(
                [sys.executable, "-c", _BUILD],
                cwd=PROJECT_DIR,
                env={name: value for name, value in os.environ.items() if name not in _KEYS}
                | {PARENT: str(os.getpid())},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                process_group=0,
            )
            threading.Thread(target=self._listen, args=(self._process,), daemon=True).start()

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self._process is not None and self._process.poll() is None

    @property
    def state(self) -> dict:
        """Whether it runs, whether it succeeded (none: not told yet), and the last lines that it said."""
        is_running = self.is_running
        code = None if self._process is None or is_running else self._process.returncode
        return {
            "is_running": is_running,
            "is_done": None if code is None else code == 0,
            "said": self._said[-_LINES:],
        }

    def _listen(self, process: subprocess.Popen) -> None:
        for line in process.stdout:
            self._said.append(shown(line.rstrip("\n")))
