"""Publishing: write the marts aside, audit them, and switch readers over to all of them at once."""

from orchestration.publish.errors import (
    PublishBusyError,
    PublishError,
    PublishRefusedError,
    PublishTargetError,
)
from orchestration.publish.run import Published, history, list_versions, publish, roll_back
from orchestration.publish.versions import Version

__all__ = [
    "PublishBusyError",
    "PublishError",
    "PublishRefusedError",
    "PublishTargetError",
    "Published",
    "Version",
    "history",
    "list_versions",
    "publish",
    "roll_back",
]
