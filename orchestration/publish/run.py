"""Write, audit, publish: the marts of the warehouse become what readers open, all at once or not at all."""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from orchestration.lake.chain import Link, append_link, head, link_numbers, read_link, sha256
from orchestration.lake.load import recover, utc_now
from orchestration.lake.lock import held_by, lake_lock, when_free
from orchestration.lake.proof import prove_new
from orchestration.outside import shown
from orchestration.publish.audit import BANK, DOMAINS, PAYROLL, Audit, audit
from orchestration.publish.copies import FACTS, Base, Copy, read_base, write_copy
from orchestration.publish.errors import (
    PublishBusyError,
    PublishError,
    PublishRefusedError,
    PublishTargetError,
)
from orchestration.publish.marts import GENERAL_SCHEMAS, PERSONAL_SCHEMAS, Mart, mart_domains, read_marts
from orchestration.publish.targets import Target, open_targets
from orchestration.publish.versions import PERSONAL, DomainState, PublishedFolder, Version
from orchestration.settings import Settings

# The kinds of links about the published copy, and what each says was done.
_DONE = {"publication": "published", "rollback": "rolled back to", "removal": "removed"}


@dataclass(frozen=True)
class Published:
    """What a publish did. is_new: False when nothing had changed, and version is the one that stays.

    parts: slices of marts, and parts_written: those that differ from the version before. refused: why a
    domain stays as the version before had it, by domain. removed: versions that were removed. targets: what
    was done for each place of TIEOUT_PUBLISH_TO.
    """

    version: str
    folder: Path
    as_of_on: datetime.date
    is_new: bool
    mart_count: int
    parts: int
    parts_written: int
    note: str | None
    refused: dict[str, str] = field(default_factory=dict)
    removed: list[str] = field(default_factory=list)
    targets: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        if self.is_new:
            lines = [
                f"published {self.version}: {self.mart_count} marts as of {self.as_of_on},"
                f" {self.parts_written:,} of {self.parts:,} parts written"
                f"{f'; {self.note}' if self.note else ''}"
            ]
        else:
            lines = [f"nothing changed: {self.version} as of {self.as_of_on} stays the current version"]
        if self.removed:
            lines.append(f"removed {', '.join(self.removed)}")
        return "\n".join([*lines, *self.targets])


def publish(
    settings: Settings, published_by: str, *, clock: Callable[[], datetime.datetime] = utc_now
) -> Published:
    """Audit the warehouse and publish its marts, unless they are those of the current version already.

    The marts of a domain whose audit does not pass stay as the current version has them. Then each place of
    TIEOUT_PUBLISH_TO gets the current version. clock: gives the time, in UTC. Raises PublishRefusedError when
    neither the bank's nor payroll's audit passes, PublishBusyError when dbt or another publish is still at
    work after the timeout, PublishTargetError when a place did not get the version, PublishError when it
    cannot be written, and SettingsError.
    """
    targets = open_targets(settings.publish_to, settings.published_keep)
    published = PublishedFolder.of(settings)
    with published.lock(settings.lock_timeout_seconds) as cut_off:
        taken_back = _take_back(settings, cut_off, clock())
        replaced = published.current
        try:
            with _reading(settings, published) as connection:
                done = _publish(connection, published, published_by, clock(), settings, taken_back)
        except (OSError, duckdb.Error) as error:
            raise PublishError(f"nothing is published: {error}") from error
        if done.is_new:
            try:
                if old := published.old(settings.published_keep, replaced.name if replaced else None):
                    _chain(settings, "removal", clock(), versions=old)
                    published.remove(old)
                    done.removed.extend(old)
            except OSError as error:
                raise PublishError(f"{done.version} is published, but old versions stay: {error}") from error
        _bring_up(targets, done)
    return done


def roll_back(
    settings: Settings,
    version: str | None,
    rolled_back_by: str,
    *,
    clock: Callable[[], datetime.datetime] = utc_now,
) -> Version:
    """Make an older version the current one again, the one before the current unless given.

    Raises PublishRefusedError when there is none, PublishBusyError.
    """
    published = PublishedFolder.of(settings)
    with published.lock(settings.lock_timeout_seconds) as cut_off:
        _take_back(settings, cut_off, clock())
        current = published.current
        names = published.names()
        if version is None:
            older = [name for name in names if current is not None and name < current.name]
            if not older:
                raise PublishRefusedError(
                    "there is no version before the current one: `tieout publish --list`"
                )
            version = older[-1]
        if version not in names:
            raise PublishRefusedError(f"there is no version {version}: `tieout publish --list` names them")
        if current is not None and version == current.name:
            raise PublishRefusedError(f"{version} is the current version already")
        _chain(settings, "rollback", clock(), version=version, by=rolled_back_by)
        published.switch(version)
        return published.read(version)


def list_versions(settings: Settings) -> list[Version]:
    """Every version, the oldest first."""
    published = PublishedFolder.of(settings)
    return [published.read(name) for name in published.names()]


def history(settings: Settings) -> Iterator[str]:
    """What was published, rolled back and removed, when and by whom, by the chain, the oldest first."""
    for link in _links(settings):
        done = _DONE[link.body["kind"]]
        at = datetime.datetime.fromisoformat(link.body["at"])
        names = ", ".join(link.body.get("versions") or [link.body["version"]])
        by = f" by {link.body['by']}" if "by" in link.body else ""
        yield f"{at:%Y-%m-%d %H:%M:%S} UTC  link {link.number:,}  {shown(f'{done} {names}{by}')}"


@contextlib.contextmanager
def _reading(settings: Settings, published: PublishedFolder) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection whose default database is the warehouse, read-only: until it ends, dbt cannot write.

    Who writes the warehouse is waited for.
    """
    if not settings.warehouse.exists():
        raise PublishRefusedError(
            f"nothing is published: no warehouse at {settings.warehouse}. Run `dbt build` first"
        )
    with published.spill() as spill, duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("set temp_directory = '{}'".format(str(spill).replace("'", "''")))
        attach = "attach '{}' as warehouse (read_only)".format(str(settings.warehouse).replace("'", "''"))
        try:
            when_free(lambda: connection.execute(attach), settings.warehouse, settings.lock_timeout_seconds)
        except duckdb.IOException as error:
            if not (holder := held_by(error)):
                raise
            raise PublishBusyError(
                f"nothing is published: {holder} has had {settings.warehouse} open for"
                f" {settings.lock_timeout_seconds:g} seconds: wait for it to end, or end it"
            ) from error
        connection.execute("use warehouse")
        yield connection


def _publish(
    connection: duckdb.DuckDBPyConnection,
    published: PublishedFolder,
    by: str,
    now: datetime.datetime,
    settings: Settings,
    taken_back: Sequence[str],
) -> Published:
    found = audit(connection)
    refused = {domain: each.refused for domain, each in found.items() if each.refused}
    if BANK in refused and PAYROLL in refused:
        raise PublishRefusedError("\n".join(refused.values()))
    current = published.current
    general_base = read_base(current) if current else None
    personal_base = read_base(current / PERSONAL) if current else None
    if refused and current and not (general_base and personal_base):
        raise PublishRefusedError(
            "\n".join(
                [
                    f"nothing is published: {current.name} was written by another version of DuckDB, or is"
                    " not what was published any more, and nothing of it can be kept beside what is new",
                    *refused.values(),
                ]
            )
        )
    domains = mart_domains(connection)
    general = _taken(read_marts(connection, GENERAL_SCHEMAS), general_base, domains, refused)
    personal = _taken(read_marts(connection, PERSONAL_SCHEMAS), personal_base, domains, refused)
    state = _state(found, published.read(current.name).domains if current else {})
    as_of_on = state[BANK if BANK in state else PAYROLL].as_of_on
    note = "; ".join([*(each.note for each in state.values() if each.note), *_kept(refused, state)]) or None
    mart_count = len(general) + len(personal)
    parts = sum(len(mart.slices) for mart in (*general, *personal))
    if current and general_base and personal_base:
        before = (*general_base.marts.values(), *personal_base.marts.values())
        same = _fingerprints(before) == _fingerprints((*general, *personal))
        if same and published.read(current.name).as_of_on == as_of_on:
            if refused:
                raise PublishRefusedError("\n".join(refused.values()))
            return Published(current.name, current, as_of_on, False, mart_count, parts, 0, note)
    content = hashlib.sha256(json.dumps(sorted(_fingerprints(general).items())).encode()).hexdigest()
    name = published.next_name(now, content, taken_back)
    folder = published.new_folder(name)
    anchor = head(settings.lake, settings.chain_key).hash
    facts = _facts(name, state, as_of_on, note, by, now) | {"chain_head": anchor}
    try:
        copy = Copy(folder, "tieout.duckdb", published.file_mode)
        written = write_copy(connection, copy, general, general_base, facts)
        (folder / PERSONAL).mkdir(mode=0o700)
        # Not payroll.duckdb: DuckDB names a database after its file, and `payroll.` would mean both.
        copy = Copy(folder / PERSONAL, "tieout_payroll.duckdb", 0o400)
        written += write_copy(connection, copy, personal, personal_base, facts)
        copies = {path: sha256(folder / path) for path in (FACTS, f"{PERSONAL}/{FACTS}")}
    except BaseException:
        published.discard(name)
        raise
    # What fails from here on leaves the folder for the next publish, which takes the link back with it.
    _chain(settings, "publication", now, version=name, by=by, copies=copies)
    folder = published.publish(name)
    return Published(name, folder, as_of_on, True, mart_count, parts, written, note, refused)


def _taken(
    built: list[Mart],
    base: Base | None,
    domains: dict[tuple[str, str], str],
    refused: Mapping[str, str],
) -> list[Mart]:
    """The marts of a version: as built now, and those of refused domains as the version before has them."""
    marts = [mart for mart in built if domains[mart.schema, mart.table] not in refused]
    marts += [mart for name, mart in (base.marts if base else {}).items() if domains.get(name) in refused]
    return sorted(marts, key=lambda mart: (mart.schema, mart.table))


def _state(found: dict[str, Audit], before: dict[str, DomainState]) -> dict[str, DomainState]:
    """How each domain stands in the version: as audited now, or, where that refused, as before."""
    now = {
        domain: DomainState(each.as_of_on, each.green, each.red, each.note)
        for domain, each in found.items()
        if not each.refused
    }
    return {domain: state for domain in DOMAINS if (state := now.get(domain) or before.get(domain))}


def _fingerprints(marts: Sequence[Mart]) -> dict[str, str]:
    return {f"{mart.schema}.{mart.table}": mart.fingerprint for mart in marts}


def _kept(refused: Mapping[str, str], state: Mapping[str, DomainState]) -> Iterator[str]:
    """What a reader must know of domains that are not of this night."""
    for domain in refused:
        if domain in state:
            yield f"{domain} as it was published before, as of {state[domain].as_of_on}"
        else:
            yield f"without {domain}, which was never published"


def _facts(
    name: str,
    state: dict[str, DomainState],
    as_of_on: datetime.date,
    note: str | None,
    by: str,
    now: datetime.datetime,
) -> dict[str, Any]:
    green, red = (sum(getattr(each, color) for each in state.values()) for color in ("green", "red"))
    return {
        "version": name,
        "as_of_date": as_of_on.isoformat(),
        "published_at": now.isoformat(timespec="seconds"),
        "published_by": by,
        "note": note,
        "controls": {"green": green, "red": red, "accepted": red},
        "domains": {domain: each.as_json() for domain, each in state.items()},
        "duckdb_version": duckdb.__version__,
    }


def _take_back(settings: Settings, cut_off: Collection[str], now: datetime.datetime) -> list[str]:
    """Say in the chain that the version of the newest publication was removed, where that was cut off.

    Returns its name, if so.
    """
    if not cut_off:
        return []
    stated = [link.body["version"] for link in _links(settings) if link.body["kind"] == "publication"]
    taken_back = [version for version in stated[-1:] if version in cut_off]
    if taken_back:
        _chain(settings, "removal", now, versions=taken_back)
    return taken_back


def _links(settings: Settings) -> Iterator[Link]:
    """The links about the published copy, the oldest first."""
    for number in link_numbers(settings.lake):
        link = read_link(settings.lake, number, settings.chain_key)
        if link.body.get("kind") in _DONE:
            yield link


def _chain(settings: Settings, kind: str, at: datetime.datetime, **facts: object) -> None:
    """Append a link about the published copy, before what it is about can be seen."""
    with lake_lock(settings.lake, settings.lock_timeout_seconds):
        recover(settings, at)
        prove_new(settings)
        append_link(settings.lake, kind, at, settings.chain_key, **facts)


def _bring_up(targets: Sequence[Target], done: Published) -> None:
    """Give every target the version. One that fails does not keep the others from it."""
    failures = []
    for target in targets:
        try:
            done.targets.append(f"{target.name}: {target.bring_up(done.folder)}")
        except PublishTargetError as error:
            failures.append(str(error))
    if failures:
        raise PublishTargetError(
            "\n".join([f"{done.version} is published in {done.folder}, but not everywhere:", *failures])
        )
