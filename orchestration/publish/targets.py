"""Further places to publish to, by URL. Payroll's marts go to none of them.

A target is brought up to a version that is published already, from its files, so one that was away is brought
up by the next publish.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import fsspec

from orchestration.settings import SettingsError

_EXAMPLES = "such as postgresql://user:password@host:5432/database?schema=tieout or s3://bucket/folder"


class Target(Protocol):
    """A place to publish to. name: its URL without user, password and options."""

    name: str

    def bring_up(self, folder: Path) -> str:
        """Make it hold the version in the folder, and say what was done. Raises PublishTargetError."""


def open_targets(urls: Sequence[str], keep: int) -> list[Target]:
    """The targets of TIEOUT_PUBLISH_TO, none of them reached yet. keep: versions kept where a target has
    versions. Raises SettingsError."""
    return [_open(url, keep) for url in urls]


def _open(url: str, keep: int) -> Target:
    from orchestration.publish.objects import ObjectTarget
    from orchestration.publish.postgres import PostgresTarget

    scheme, separator, _ = url.partition("://")
    if separator and scheme in ("postgresql", "postgres", "postgresql+pg8000"):
        return PostgresTarget(url)
    if separator and scheme in fsspec.available_protocols():
        return ObjectTarget(url, keep)
    raise SettingsError(
        f"TIEOUT_PUBLISH_TO cannot be used: {scheme + '://' if separator else 'a part without ://'} names no"
        f" kind of target. Give URLs separated by spaces, {_EXAMPLES}"
    )
