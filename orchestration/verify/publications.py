"""The published copy against the chain: each version states its files, and a link states the version."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from orchestration.lake.chain import Link, sha256
from orchestration.lake.disk import plain_bytes
from orchestration.lake.proof import Finding
from orchestration.publish.copies import FACTS
from orchestration.publish.versions import PERSONAL
from orchestration.settings import Settings
from orchestration.verify.appended import is_file


def altered_publications(settings: Settings, links: Sequence[Link]) -> Iterator[Finding]:
    """Versions, and files of versions, that are not as they were published. Those of before the chain are
    not looked at, if it began with a lake that was there; a place of TIEOUT_PUBLISH_TO never is."""
    stated: dict[str, dict[str, str]] = {}
    for link in links:
        if link.body["kind"] == "publication":
            copies = stated.setdefault(link.body["version"], link.body["copies"])
            if copies != link.body["copies"]:
                yield Finding(
                    f"link {link.number}",
                    f"states the published version {link.body['version']} otherwise than an earlier link,"
                    " which counts",
                )
    if not stated:
        return
    is_from_the_start = links[0].number == 1 and links[0].body["kind"] != "found"
    for link in links:
        unknown = _versions(link) - stated.keys()
        if not is_from_the_start:
            unknown = {name for name in unknown if name > min(stated)}
        if unknown:
            yield Finding(
                f"link {link.number}", f"is about {', '.join(sorted(unknown))}: no link published it"
            )
    removed = {name for link in links if link.body["kind"] == "removal" for name in _versions(link)}
    folder = settings.published / "versions"
    there = {path.name for path in folder.glob("[!.]*")}
    for name in sorted(stated.keys() | there):
        if name not in stated:
            if is_from_the_start or name > min(stated):
                yield Finding(f"published/{name}", "was added: no link knows this version")
        elif (folder / name).is_symlink():
            yield Finding(f"published/{name}", "is a link to elsewhere")
        elif name in there:
            yield from _altered(folder / name, stated[name])
        elif name not in removed:
            is_cut_off = (folder / f".{name}.partial").is_dir()
            said = "was cut off before it was there: the next publish takes it back"
            yield Finding(f"published/{name}", said if is_cut_off else "was removed")
    # What was cut off and taken back was never switched to.
    switched = [
        link.body["version"]
        for link in links
        if link.body["kind"] in ("publication", "rollback") and link.body["version"] not in removed
    ]
    current = _led_to(settings.published / "current")
    if there and switched and current != folder.resolve() / switched[-1]:
        name = current.name if current.parent == folder.resolve() else current
        yield Finding(
            "published/current",
            f"is {name}: the last switch, to {switched[-1]}, was cut off or undone",
        )


def published_heads(settings: Settings) -> Iterator[tuple[str, str]]:
    """The head of the chain that each version holds, by where it stands."""
    for file in sorted(settings.published.glob(f"versions/[!.]*/{FACTS}")):
        with contextlib.suppress(OSError, ValueError, LookupError, TypeError, RecursionError):
            hash_ = str(json.loads(plain_bytes(file))["chain_head"])
            yield f"the published version {file.parent.name}", hash_


def _versions(link: Link) -> set[str]:
    """The versions that a link says were rolled back to or removed."""
    if link.body["kind"] == "rollback":
        return {link.body["version"]}
    return set(link.body["versions"]) if link.body["kind"] == "removal" else set()


def _led_to(link: Path) -> Path:
    """Where a link leads to, and the link itself where that is in a circle."""
    try:
        return link.resolve()
    except (OSError, RuntimeError):
        return link


def _altered(version: Path, copies: dict[str, str]) -> Iterator[Finding]:
    expected = dict(copies)
    for path, hash_ in copies.items():
        # What another version.json says of the files is not asked.
        if is_file(version / path) and sha256(version / path) == hash_:
            facts = json.loads((version / path).read_bytes())
            files = [facts["database"], *(file for table in facts["tables"] for file in table["files"])]
            expected |= {str(Path(path).parent / file["path"]): file["sha256"] for file in files}
        else:
            expected |= dict.fromkeys(_below(version, path), None)
    there = {
        str(file.relative_to(version))
        for file in version.rglob("*")
        if file.is_symlink() or not file.is_dir()
    }
    for path in sorted(expected.keys() | there):
        subject = f"published/{version.name}/{path}"
        if path not in there:
            yield Finding(subject, "was removed")
        elif path not in expected:
            yield Finding(subject, "was added")
        elif not is_file(version / path):
            yield Finding(subject, "is no file, but a link or a pipe")
        elif expected[path] is not None and sha256(version / path) != expected[path]:
            yield Finding(subject, "was edited")


def _below(version: Path, path: str) -> Iterator[str]:
    """The files that a version.json speaks of: those beside and below it, without the payroll's."""
    folder = (version / path).parent
    for file in folder.rglob("*"):
        relative = str(file.relative_to(version))
        if file.is_file() and relative != path and (path != FACTS or not relative.startswith(f"{PERSONAL}/")):
            yield relative
