"""What can go wrong in a collect as a whole. What is wrong with one file is rows.UnreadableFile."""

from __future__ import annotations

import errno

# What a disk says that takes no more, full or read-only. It is never the fault of a delivery.
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)


class LakeDamagedError(OSError):
    """A file of the lake cannot be read."""


class LakeBusyError(Exception):
    """Another collect held the lake for longer than the time allowed. Retryable."""


class HrUnavailableError(Exception):
    """The HR system's API cannot be reached or read. Retryable: what was collected before stays."""


class LedgerUnavailableError(Exception):
    """The ledger's database cannot be reached or read. Retryable: what was collected before stays."""
