"""Proving the lake by its chain: what was edited, removed, added, replayed or cut off, by name.

`prove` reads every byte. `prove_new` is what each collection does first: it remembers, beside the warehouse,
what it saw, and reads again only what has changed since, by size and by the time of the last change.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

from orchestration.lake.chain import (
    CHAIN,
    NOTHING,
    Head,
    Link,
    has_its_rows,
    link_numbers,
    read_link,
    rows_file,
    sha256,
)
from orchestration.lake.disk import plain_bytes
from orchestration.lake.errors import LakeDamagedError
from orchestration.outside import shown
from orchestration.settings import Settings

log = logging.getLogger(__name__)

_File = dict[str, Any]
_SHOWN = 20
_NOTHING_SEEN: dict[str, Any] = {"head": [0, NOTHING], "chain": {}, "files": {}, "accepted": {}}


class LakeAlteredError(LakeDamagedError):
    """The lake is not what was appended to it."""


class Finding(NamedTuple):
    """What is not as it was appended. subject: a path in the lake, or a link of its chain."""

    subject: str
    what: str

    def __str__(self) -> str:
        return f"{shown(self.subject)} {shown(self.what)}"


class Proof(NamedTuple):
    """links: those that are whole. findings: what is wrong. accepted: reason and author, by finding."""

    links: list[Link]
    findings: list[Finding]
    accepted: dict[str, str]

    @property
    def head(self) -> Head:
        """Where the chain ends."""
        return Head(self.links[-1].number, self.links[-1].hash) if self.links else Head(0, NOTHING)

    @property
    def open(self) -> list[Finding]:
        """The findings that nobody accepted."""
        return [finding for finding in self.findings if str(finding) not in self.accepted]


def prove(lake: Path, key: bytes | None, anchors: Iterable[str] = ()) -> Proof:
    """Walk the whole chain and read every byte. anchors: hashes of links, as somebody wrote them down."""
    links, findings = _walk(lake, key, Head(0, NOTHING))
    hashes = {link.hash for link in links}
    for anchor in anchors:
        if anchor not in hashes:
            findings.append(Finding(f"anchor {anchor}", "is no link: the chain was cut off or rewritten"))
    stated: dict[str, _File] = {}
    findings += _state(stated, links)
    findings += _changed(lake, stated, lambda path: sha256(lake / path))
    return Proof(links, findings, accepted(links))


def prove_new(settings: Settings) -> None:
    """Prove what came or changed since the last time, and remember it. Needs the lake's lock.

    Raises LakeAlteredError when something is not as it was appended and nobody accepted it.
    """
    lake, key, memory = settings.lake, settings.chain_key, seen_file(settings)
    seen = _remembered(memory, lake) or _NOTHING_SEEN | {"lake": str(lake)}
    last, chain = Head(*seen["head"]), _states(lake / CHAIN)
    is_as_seen = seen["chain"].items() <= chain.items()
    links, findings = _walk(lake, key, last if is_as_seen else Head(0, NOTHING))
    if not is_as_seen and last.hash not in {link.hash for link in links}:
        if not links:
            raise LakeAlteredError(
                f"the lake {lake} has no chain, and link {last.number} of it was seen before: restore it from"
                f" its backup. To begin with another lake, remove {memory} too"
            )
        what = f"was {last.hash} when it was seen last, and is not: the chain was cut off or rewritten"
        findings.append(Finding(f"link {last.number}", what))
    stated = {path: file for path, (file, _) in seen["files"].items()}
    findings += _state(stated, links)
    states: dict[str, list[int]] = {}

    def hash_of(path: str) -> str:
        status = (lake / path).stat()
        states[path] = [status.st_size, status.st_ctime_ns]
        file, state = seen["files"].get(path, (None, None))
        return file["sha256"] if states[path] == state and file == stated[path] else sha256(lake / path)

    findings += _changed(lake, stated, hash_of)
    proof = Proof(links, findings, seen["accepted"] | accepted(links))
    if proof.open:
        lines = [f"  {finding}" for finding in proof.open[:_SHOWN]]
        if len(proof.open) > _SHOWN:
            lines.append(f"  and {len(proof.open) - _SHOWN} more")
        raise LakeAlteredError(
            "\n".join(
                [
                    "the lake is not what was appended to it, and nothing is read from it:",
                    *lines,
                    "Restore it from its backup, or explain it: `tieout verify` says more (docs/runbook.md,"
                    " The lake was altered)",
                ]
            )
        )
    newest = proof.head if links else last
    files = {path: [stated[path], state] for path, state in states.items() if path in stated}
    now = {
        "lake": str(lake),
        "head": list(newest),
        "chain": chain,
        "files": files,
        "accepted": proof.accepted,
    }
    if now != seen:
        memory.parent.mkdir(parents=True, exist_ok=True)
        memory.with_suffix(".new").write_text(json.dumps(now))
        memory.with_suffix(".new").replace(memory)


def seen_file(settings: Settings) -> Path:
    """What `prove_new` remembers; not in the lake, so that who edits the one need not reach the other."""
    return settings.warehouse.with_name("lake_seen.json")


def _remembered(memory: Path, lake: Path) -> dict[str, Any] | None:
    """What was seen of this lake, or None where nothing is remembered of it."""
    try:
        seen = json.loads(plain_bytes(memory))
        return seen if seen.keys() >= {"lake", *_NOTHING_SEEN} and seen["lake"] == str(lake) else None
    except FileNotFoundError:
        return None
    except (OSError, ValueError, AttributeError, RecursionError):
        log.warning("%s cannot be read: the whole lake is proved again", memory)
        return None


def _states(folder: Path) -> dict[str, list[int]]:
    """Size and time of the last change, which nobody can set back, by name of file."""
    if not folder.is_dir():
        return {}
    with os.scandir(folder) as entries:
        states = {entry.name: entry.stat(follow_symlinks=False) for entry in entries}
    return {name: [state.st_size, state.st_ctime_ns] for name, state in states.items()}


def _walk(lake: Path, key: bytes | None, last: Head) -> tuple[list[Link], list[Finding]]:
    """The links behind one that are whole, and what is wrong with the others."""
    links: list[Link] = []
    findings: list[Finding] = []
    previous: str | None = last.hash
    next_number = last.number + 1
    is_keyed = bool(last.number) and read_link(lake, last.number, key).body.get("is_keyed", False)
    for number in (number for number in link_numbers(lake) if number > last.number):
        if number == next_number + 1:
            findings.append(Finding(f"link {next_number}", "was removed"))
        elif number > next_number:
            findings.append(Finding(f"links {next_number} to {number - 1}", "were removed"))
        # A link that is named does not accuse the one behind it.
        previous = previous if number == next_number else None
        next_number = number + 1
        link = read_link(lake, number, key)
        if link.fault is not None:
            findings.append(Finding(f"link {number}", link.fault))
            previous = None
            continue
        if previous not in (None, link.body["previous"]):
            findings.append(Finding(f"link {number}", f"does not follow link {number - 1}: one was replaced"))
        if is_keyed and not link.body["is_keyed"]:
            findings.append(Finding(f"link {number}", "is not keyed, and the one before it is"))
        if not has_its_rows(lake, link):
            findings.append(
                Finding(rows_file(lake, link).relative_to(lake).as_posix(), "was edited or removed")
            )
        links.append(link)
        previous, is_keyed = link.hash, link.body["is_keyed"]
    return links, findings


def _state(stated: dict[str, _File], links: Iterable[Link]) -> Iterator[Finding]:
    """Add what the links state of each file. Only a pack, which is a copy, may be stated again."""
    for link in links:
        for file in link.body["files"]:
            before = stated.get(file["path"], file)
            if before["sha256"] == file["sha256"] or file["path"].startswith("_packs/"):
                stated[file["path"]] = file
            else:
                yield Finding(
                    f"link {link.number}",
                    f"states {file['path']} otherwise than an earlier link, which counts",
                )


def _changed(lake: Path, stated: Mapping[str, _File], hash_of: Callable[[str], str]) -> Iterator[Finding]:
    """The files that are not as stated, that are stated and gone, and that nobody stated."""
    there = dict(_files(lake))
    files = [path for path, what in there.items() if what is None]
    with ThreadPoolExecutor() as pool:
        found = dict(zip(files, pool.map(hash_of, files), strict=True))
    origins = {file["sha256"]: path for path, file in stated.items()}
    for path in sorted(stated.keys() | there.keys()):
        if path not in there:
            # A pack is a copy, and may go.
            if not path.startswith("_packs/"):
                yield Finding(path, "was removed")
            continue
        if path not in found:
            yield Finding(path, f"is no file, but {there[path]}")
            continue
        origin = origins.get(found[path])
        copied = f": it is a copy of {origin}" if origin else ""
        if path not in stated:
            yield Finding(path, f"was added{copied} (now {found[path][:16]})")
        elif found[path] != stated[path]["sha256"]:
            yield Finding(path, f"was edited{copied} (now {found[path][:16]})")


def _files(lake: Path) -> Iterator[tuple[str, str | None]]:
    """What is read of the lake, files of rows, and packs with their listings: the path of each, and what
    stands there that is no file."""
    folders = [""]
    while folders:
        folder = folders.pop()
        suffixes = (".parquet", ".json") if folder.startswith("_packs/") else (".parquet",)
        try:
            with os.scandir(lake / folder) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
        except OSError as error:
            yield folder.rstrip("/"), f"a folder that cannot be read ({error.strerror})"
            continue
        for entry in entries:
            path = f"{folder}{entry.name}"
            if not folder and entry.name.startswith("_") and entry.name != "_packs":
                continue
            if entry.is_symlink():
                yield path, "a link"
            elif folder and entry.name.endswith(suffixes):
                yield path, None if entry.is_file() else "a folder, a pipe or a device"
            elif entry.is_dir():
                folders.append(f"{path}/")


def accepted(links: Iterable[Link]) -> dict[str, str]:
    """Reason and author of each finding that was accepted."""
    return {
        finding: f"{link.body['reason']} ({link.body['by']}, link {link.number})"
        for link in links
        if link.body["kind"] == "acceptance"
        for finding in link.body["findings"]
    }
