"""What can go wrong in publishing. Whatever it is, readers keep the version they have."""

from __future__ import annotations

from orchestration.errors import TieoutError


class PublishError(TieoutError):
    """Nothing was published, or not everywhere. The message says why and what to do."""


class PublishRefusedError(PublishError):
    """The audit did not pass, or what is asked for is not there. Trying again does not help."""


class PublishBusyError(PublishError):
    """Another process writes the warehouse or the published copy. Retryable."""


class PublishTargetError(PublishError):
    """The published copy is right, and a place of TIEOUT_PUBLISH_TO does not have it yet. Retryable."""
