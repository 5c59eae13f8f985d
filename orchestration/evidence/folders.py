"""Folders that are handed over: new, whole or not there, with the SHA-256 of every file in them."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from orchestration.errors import TieoutError

SUMS = "SHA256SUMS"


class EvidenceError(TieoutError):
    """What was asked for cannot be handed over. The message says why and what to do."""


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """A folder to write into, which gets its name and its SHA256SUMS when all is written.

    Raises EvidenceError when something is there already.
    """
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise EvidenceError(f"{path} is there already: remove it, or name another folder with --out")
    path.parent.mkdir(parents=True, exist_ok=True)
    work = path.with_name(f".{path.name}.{os.getpid()}.writing")
    try:
        work.mkdir()
        yield work
        (work / SUMS).write_text("".join(_sums(work)), encoding="utf-8")
        work.replace(path)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def sha256(file: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _sums(folder: Path) -> Iterator[str]:
    """The lines that `sha256sum --check` reads."""
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        yield f"{sha256(file)}  {file.relative_to(folder).as_posix()}\n"
