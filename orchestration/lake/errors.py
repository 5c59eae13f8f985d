"""What can go wrong with the lake, and with what is to go into it."""

from __future__ import annotations

import errno

from orchestration.errors import TieoutError
from orchestration.outside import shown

# What a disk says that takes no more, full or read-only. It is never the fault of a delivery.
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)
# A refusal names the offending value, which may be as long as the file.
MAX_REASON = 900


class LakeDamagedError(TieoutError, OSError):
    """A file of the lake cannot be read."""


class LakeBusyError(TieoutError):
    """Another process held the lake for longer than the time allowed. Retryable."""


class UnreadableFile(TieoutError):
    """The file cannot be read in full, so nothing of it is loaded.

    reason: one plain sentence that names the offending value. position: where, as "line 12" or
    "byte 4096", or None when the whole file is meant (an empty file, an unknown format).
    """

    def __init__(self, reason: str, position: str | None = None) -> None:
        if len(reason) > MAX_REASON:
            reason = f"{reason[: MAX_REASON // 2]} ... {reason[-MAX_REASON // 2 :]}"
        reason = shown(reason)
        super().__init__(reason if position is None else f"{reason} ({position})")
        self.reason = reason
        self.position = position

    def __reduce__(self) -> tuple:
        """For a copy in another process, which would know the message only."""
        return UnreadableFile, (self.reason, self.position)
