"""A folder the generator may fill: empty, or filled by it before. A person's file is never touched."""

from __future__ import annotations

from pathlib import Path
from typing import IO

from orchestration.errors import TieoutError

MARKER = ".tieout-demo"
TOLERATED = frozenset({MARKER, "README.md", ".gitattributes", ".gitkeep"})


class FolderError(TieoutError):
    """The folder holds something the generator did not write, so nothing is written."""


class GeneratedFolder:
    """A folder whose every generated file is listed in its marker file, one relative path a line."""

    def __init__(self, path: Path) -> None:
        """Raises FolderError when the folder cannot be used. Changes nothing yet."""
        self.path = path
        if path.exists() and not path.is_dir():
            raise FolderError(f"{path} is not a folder: name a new or empty one")
        self._earlier = self._read_marker()
        owned = set(self._earlier)
        for found in sorted(path.rglob("*")) if path.is_dir() else []:
            relative = found.relative_to(path).as_posix()
            if found.is_dir() or relative in owned or relative in TOLERATED:
                continue
            raise FolderError(
                f"{path} holds {relative}, which the demo did not write: name a new or empty folder"
            )
        self._marker: IO[str] | None = None

    def _read_marker(self) -> list[str]:
        marker = self.path / MARKER
        if not marker.is_file():
            return []
        listed = marker.read_text(encoding="utf-8").splitlines()
        for relative in listed:
            if not (self.path / relative).resolve().is_relative_to(self.path.resolve()):
                raise FolderError(
                    f"{marker} names {relative}, which is outside the folder: remove the marker"
                )
        return listed

    def __enter__(self) -> GeneratedFolder:
        """Remove what an earlier run wrote, then start a new marker."""
        self.path.mkdir(parents=True, exist_ok=True)
        for relative in self._earlier:
            (self.path / relative).unlink(missing_ok=True)
            self._remove_empty((self.path / relative).parent)
        self._marker = (self.path / MARKER).open("w", encoding="utf-8", newline="\n")
        return self

    def _remove_empty(self, folder: Path) -> None:
        """Remove the folder and those above it, up to this one, as long as they are empty."""
        while folder != self.path and folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
            folder = folder.parent

    def __exit__(self, *exception: object) -> None:
        if self._marker is not None:
            self._marker.close()

    def claim(self, relative: str) -> Path:
        """List a file in the marker, make its parent folder, and return its path to write to."""
        assert self._marker is not None, "the folder is not open"
        self._marker.write(f"{relative}\n")
        self._marker.flush()
        target = self.path / relative
        target.parent.mkdir(parents=True, exist_ok=True)
        return target

    def write(self, relative: str, content: bytes) -> None:
        """Write one whole file."""
        self.claim(relative).write_bytes(content)


def add_file(folder: Path, relative: str, content: bytes) -> None:
    """Add a file to a folder that the generator filled, and list it, so that the next run removes it.

    Raises FolderError for a folder that it did not fill and a file that exists.
    """
    marker = folder / MARKER
    if not marker.is_file():
        raise FolderError(f"{folder} was not written by the demo: it has no {MARKER}")
    target = folder / relative
    if target.exists():
        raise FolderError(f"{target} exists: the bank has answered that already")
    with marker.open("a", encoding="utf-8", newline="\n") as file:
        file.write(f"{relative}\n")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
