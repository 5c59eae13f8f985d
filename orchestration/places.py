"""Who may look into the places that Tieout writes to: their owner, and a group where a setting names one.

The umask, set as the package is imported, is what protects new files. Here places are given to a group before
anything is written to them, and places that were made open, by hand or by an older Tieout, are closed.
"""

from __future__ import annotations

import contextlib
import grp
import logging
import os
import shlex
import stat
from collections.abc import Iterator
from pathlib import Path

from orchestration.settings import PROJECT_DIR, Settings, SettingsError

log = logging.getLogger(__name__)

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
# New files and folders in it get its group.
_GROUP_FOLDER = stat.S_ISGID | 0o750


def guard_places(settings: Settings, *private: Path) -> None:
    """Close the places that others can read, and make and give away those that a group may.

    private: folders that others make anew, and no group may read. What else was closed is told. Raises
    SettingsError for a group that does not exist, or that a place cannot be given to.
    """
    if not settings.group:
        # Or else Spark would make it, whose process knows no umask of Tieout's.
        with contextlib.suppress(OSError):
            settings.spark_warehouse.mkdir(0o700, parents=True, exist_ok=True)
    for folder, variable, group in _shared(settings):
        if group:
            _give(folder, variable, group)
        else:
            _close(folder)
    for folder in (*private, *_dagster_home()):
        _close(folder, logging.DEBUG)
    if not settings.group:
        for file in (settings.warehouse, Path(f"{settings.warehouse}.wal")):
            _close(file)


def readers_of(settings: Settings) -> str | None:
    """The group that may read what is published."""
    return settings.readers or settings.group


def _shared(settings: Settings) -> Iterator[tuple[Path, str, str | None]]:
    """Folders, and the group of each with the variable that names it."""
    for folder in (settings.lake, settings.payments, settings.spark_warehouse):
        yield folder, "TIEOUT_GROUP", settings.group
    if settings.group:
        yield settings.warehouse.parent, "TIEOUT_GROUP", settings.group
    variable = "TIEOUT_READERS" if settings.readers else "TIEOUT_GROUP"
    for folder in (settings.published, settings.reports):
        yield folder, variable, readers_of(settings)


def _dagster_home() -> list[Path]:
    home = os.environ.get("DAGSTER_HOME")
    return [Path(home)] if home else []


def _close(path: Path, level: int = logging.WARNING) -> None:
    """Take a place that stands open from everybody but its owner. A folder that is not Tieout's stays."""
    try:
        state = path.stat()
    except FileNotFoundError:
        return
    if not state.st_mode & _OTHERS:
        return
    if state.st_uid == os.geteuid() and not state.st_mode & stat.S_ISVTX and not _is_above(path):
        path.chmod(stat.S_IMODE(state.st_mode) & ~_OTHERS & ~stat.S_ISGID)
        log.log(level, "%s was open to others: now its owner alone can read it", path)
    else:
        log.warning("%s is open to others: chmod -R go= %s", path, shlex.quote(str(path)))


def _is_above(folder: Path) -> bool:
    """Whether a folder holds more than what Tieout writes to it."""
    return any(each.is_relative_to(folder) for each in (PROJECT_DIR, Path.cwd()))


def _give(folder: Path, variable: str, group: str) -> None:
    """Make the folder, where it is missing, and let the group read what is written to it."""
    try:
        group_id = grp.getgrnam(group).gr_gid
    except KeyError:
        raise SettingsError(f"{variable} is {group!r}: there is no such group on this machine") from None
    if folder.is_dir():
        state = folder.stat()
        if state.st_gid == group_id and state.st_mode & stat.S_ISGID and not state.st_mode & stat.S_IRWXO:
            return
        name = shlex.quote(str(folder))
        raise SettingsError(
            f"{variable} is {group!r}, but new files in {folder} would not be that group's. Give it the"
            f" folder: chgrp -R {group} {name} && chmod -R g=rX,o= {name}"
            f" && find {name} -type d -exec chmod g+s {{}} +"
        )
    folder.mkdir(parents=True)
    try:
        os.chown(folder, -1, group_id)
    except PermissionError:
        folder.rmdir()
        raise SettingsError(f"{variable} is {group!r}: who runs Tieout must be a member of it") from None
    folder.chmod(_GROUP_FOLDER)
