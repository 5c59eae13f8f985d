"""What a run prints: a line per step, when it ends, with its seconds and what it said last.

All else that a step says stands in the run's log in Dagster.
"""

from __future__ import annotations

import logging
import sys

import dagster as dg

_WIDTH = 160
# Of an error, the lines that say what went wrong come last.
_LINES = 12


class _StepLines(logging.Handler):
    """Prints steps as they end, and at once what is more than information."""

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[str, str] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Keep or print one record."""
        told = getattr(record, "dagster_meta", {})
        step, event = told.get("step_key") or "", told.get("dagster_event")
        message = told.get("orig_message") or record.getMessage()
        if event is None:
            if record.levelno == logging.INFO:
                self._said[step] = message
            elif record.levelno > logging.INFO:
                self._print(step, "", message)
        elif event.is_step_success:
            seconds = event.step_success_data.duration_ms / 1000
            self._print(step, f"{seconds:,.1f} s", self._said.get(step, ""))
        elif event.is_step_failure:
            error = event.step_failure_data.error
            cause = error.cause if error and error.cause else error
            self._print(step, "failed", cause.message if cause else message)
            if cause:
                print(
                    *cause.message.strip().splitlines()[1:][-_LINES:], sep="\n", file=sys.stderr, flush=True
                )

    @staticmethod
    def _print(step: str, how: str, message: str) -> None:
        first = message.strip().partition("\n")[0]
        print(f"{step:<28}{how:>9}  {first[:_WIDTH]}".rstrip(), file=sys.stderr, flush=True)


@dg.logger(description="A line per step, when it ends.")
def step_lines(_: dg.InitLoggerContext) -> logging.Logger:
    """The console of every job."""
    logger = logging.Logger("steps", logging.DEBUG)
    logger.addHandler(_StepLines())
    return logger
