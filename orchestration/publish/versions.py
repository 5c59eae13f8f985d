"""The published folder: versions, the link `current` that readers open, and the history of its switches.

A version is written to a folder ending in `.partial`, made durable, renamed, and switched to by replacing the
link, which is one step for every reader. Files of versions never change.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import shutil
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestration.lake.disk import sync
from orchestration.lake.lock import file_lock
from orchestration.places import readers_of
from orchestration.publish.copies import FACTS
from orchestration.publish.errors import PublishBusyError
from orchestration.settings import Settings

# The folder of a version that only its owner can read.
PERSONAL = "payroll"
_TIME = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True)
class DomainState:
    """How a domain stands in a version: as of when, and its controls. note: the red and accepted, or None."""

    as_of_on: datetime.date
    green: int
    red: int
    note: str | None

    def as_json(self) -> dict[str, Any]:
        """For version.json; `from_json` reads it."""
        return {
            "as_of_date": self.as_of_on.isoformat(),
            "green": self.green,
            "red": self.red,
            "note": self.note,
        }

    @classmethod
    def from_json(cls, facts: Mapping[str, Any]) -> DomainState:
        as_of_on = datetime.date.fromisoformat(facts["as_of_date"])
        return cls(as_of_on, facts["green"], facts["red"], facts["note"])


@dataclass(frozen=True)
class Version:
    """A published version, as its version.json states it. byte_count: of its files, linked ones too.

    domains: by name; in a version of before they were published apart, all are as of its date.
    """

    version: str
    folder: Path
    as_of_on: datetime.date
    published_at: datetime.datetime
    published_by: str
    note: str | None
    green: int
    red: int
    accepted: int
    byte_count: int
    is_current: bool
    domains: dict[str, DomainState]

    def __str__(self) -> str:
        return (
            f"{'*' if self.is_current else ' '} {self.version}  as of {self.as_of_on}"
            f"  {self.published_at:%Y-%m-%d %H:%M} UTC  {self.green:,} green, {self.red:,} red and accepted"
            f"  {self.byte_count / 1e6:,.1f} MB  {self.published_by}"
        )


class PublishedFolder:
    """The folder of the published copy. Whoever changes it holds its lock.

    has_readers: whether the group of the folder may read it, without the payroll.
    """

    def __init__(self, root: Path, has_readers: bool = False) -> None:
        self.root = root
        self.file_mode = 0o440 if has_readers else 0o400
        self._folder_mode = stat.S_ISGID | 0o750 if has_readers else 0o700
        self._versions = root / "versions"
        self._link = root / "current"

    @classmethod
    def of(cls, settings: Settings) -> PublishedFolder:
        """The folder that the settings name."""
        return cls(settings.published, readers_of(settings) is not None)

    @contextlib.contextmanager
    def lock(self, timeout_seconds: float) -> Iterator[list[str]]:
        """Hold the folder's lock, and remove what a publish that was cut off left, which is given by name.

        Raises PublishBusyError.
        """
        with file_lock(
            self.root / ".lock",
            timeout_seconds,
            "publish",
            f"the published copy {self.root}",
            PublishBusyError,
        ):
            self._versions.mkdir(exist_ok=True)
            self._versions.chmod(self._folder_mode)
            cut_off = sorted(self._versions.glob(".*.partial"))
            for left in cut_off:
                shutil.rmtree(left)
            yield [left.name[1 : -len(".partial")] for left in cut_off]

    @property
    def current(self) -> Path | None:
        """The folder of the current version, or None before the first."""
        folder = self._link.resolve()
        return folder if self._link.is_symlink() and folder.is_dir() else None

    def names(self) -> list[str]:
        """Every complete version, the oldest first."""
        return sorted(path.name for path in self._versions.glob("[!.]*") if (path / FACTS).exists())

    def read(self, name: str) -> Version:
        """The facts of a version."""
        folder = self._versions / name
        facts = json.loads((folder / FACTS).read_bytes())
        controls = facts["controls"]
        current = self.current
        return Version(
            name,
            folder,
            datetime.date.fromisoformat(facts["as_of_date"]),
            datetime.datetime.fromisoformat(facts["published_at"]),
            facts["published_by"],
            facts["note"],
            controls["green"],
            controls["red"],
            controls["accepted"],
            sum(file.stat().st_size for file in _files(folder)),
            current is not None and current.name == name,
            _domains(facts),
        )

    def next_name(self, now: datetime.datetime, fingerprint: str, taken_back: Sequence[str] = ()) -> str:
        """A name that sorts behind every other one, those taken back as well, whatever the clock says."""
        stamp = now.strftime(_TIME)
        names = sorted([*self.names(), *taken_back])
        if names and names[-1].split("-")[0] >= stamp:
            last = datetime.datetime.strptime(names[-1].split("-")[0], _TIME)
            stamp = (last + datetime.timedelta(seconds=1)).strftime(_TIME)
        return f"{stamp}-{fingerprint[:8]}"

    def new_folder(self, name: str) -> Path:
        """A folder to write a version to. Nobody else can look in before it is published."""
        folder = self._partial(name)
        folder.mkdir(mode=0o700)
        return folder

    def publish(self, name: str) -> Path:
        """Make the written folder durable, name it, and switch to it. Returns its final path."""
        partial, folder = self._partial(name), self._versions / name
        for path in _files(partial):
            if path.stat().st_nlink == 1:  # others were made durable with the version they are from
                sync(path)
        for path in [*_folders(partial), partial]:
            path.chmod(0o700 if PERSONAL in path.relative_to(partial).parts else self._folder_mode)
            sync(path)
        partial.rename(folder)
        sync(self._versions)
        self.switch(name)
        return folder

    def switch(self, name: str) -> None:
        """Make a version the current one."""
        new = self.root / ".current"
        new.unlink(missing_ok=True)
        new.symlink_to(Path("versions") / name)
        new.replace(self._link)
        sync(self.root)

    def old(self, keep: int, replaced: str | None) -> list[str]:
        """The versions that need not be kept.

        The newest ones are, as many as keep says, the last one of each month's last as-of date, the
        current one, and the one it replaced, whose readers may be about to open a file of it.
        """
        names = self.names()
        current = self.current
        kept = {*names[-keep:], replaced, current.name if current else None}
        months: dict[tuple[int, int], Version] = {}
        for version in map(self.read, names):
            month = (version.as_of_on.year, version.as_of_on.month)
            if month not in months or version.as_of_on >= months[month].as_of_on:
                months[month] = version
        kept |= {version.version for version in months.values()}
        return [name for name in names if name not in kept]

    def remove(self, names: Sequence[str]) -> None:
        """Remove versions."""
        for name in names:
            (self._versions / name).rename(self._partial(name))
            shutil.rmtree(self._partial(name))

    @contextlib.contextmanager
    def spill(self) -> Iterator[Path]:
        """A folder for what does not fit into memory, which nobody else can look into."""
        folder = self._versions / ".spill.partial"
        folder.mkdir(mode=0o700)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def discard(self, name: str) -> None:
        """Remove what was written of a version that is not published."""
        shutil.rmtree(self._partial(name), ignore_errors=True)

    def _partial(self, name: str) -> Path:
        return self._versions / f".{name}.partial"


def _domains(facts: Mapping[str, Any]) -> dict[str, DomainState]:
    """The domains of a version; of one that has none of its own, the controls are the bank's."""
    if "domains" in facts:
        return {domain: DomainState.from_json(state) for domain, state in facts["domains"].items()}
    as_of_on, controls = datetime.date.fromisoformat(facts["as_of_date"]), facts["controls"]
    return {
        "bank": DomainState(as_of_on, controls["green"], controls["red"], facts["note"]),
        "payroll": DomainState(as_of_on, 0, 0, None),
        "operations": DomainState(as_of_on, 0, 0, None),
    }


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def _folders(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_dir())
