"""Write, audit, publish: the marts of the warehouse become what readers open, all at once or not at all."""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from orchestration.lake.load import utc_now
from orchestration.publish.audit import Audit, audit
from orchestration.publish.copies import Copy, read_base, write_copy
from orchestration.publish.errors import (
    PublishBusyError,
    PublishError,
    PublishRefusedError,
    PublishTargetError,
)
from orchestration.publish.marts import GENERAL_SCHEMAS, PERSONAL_SCHEMAS, Mart, read_marts
from orchestration.publish.targets import Target, open_targets
from orchestration.publish.versions import PERSONAL, PublishedFolder, Version
from orchestration.settings import Settings


@dataclass(frozen=True)
class Published:
    """What a publish did. is_new: False when nothing had changed, and version is the one that stays.

    parts: slices of marts, and parts_written: those that differ from the version before. removed: versions
    that were removed. targets: what was done for each place of TIEOUT_PUBLISH_TO.
    """

    version: str
    folder: Path
    as_of_on: datetime.date
    is_new: bool
    mart_count: int
    parts: int
    parts_written: int
    note: str | None
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

    Then each place of TIEOUT_PUBLISH_TO gets the current version. clock: gives the time, in UTC. Raises
    PublishRefusedError when the audit does not pass, PublishBusyError when dbt or another publish is at
    work, PublishTargetError when a place did not get the version, PublishError when it cannot be written, and
    SettingsError.
    """
    targets = open_targets(settings.publish_to, settings.published_keep)
    published = PublishedFolder(settings.published)
    with published.lock(settings.lock_timeout_seconds):
        replaced = published.current
        try:
            with _reading(settings.warehouse, published) as connection:
                done = _publish(connection, published, published_by, clock())
        except (OSError, duckdb.Error) as error:
            raise PublishError(f"nothing is published: {error}") from error
        if done.is_new:
            try:
                done.removed.extend(
                    published.remove_old(settings.published_keep, replaced.name if replaced else None)
                )
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
    published = PublishedFolder(settings.published)
    with published.lock(settings.lock_timeout_seconds):
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
        published.roll_back(version, rolled_back_by, clock())
        return published.read(version)


def list_versions(settings: Settings) -> list[Version]:
    """Every version, the oldest first."""
    published = PublishedFolder(settings.published)
    return [published.read(name) for name in published.names()]


@contextlib.contextmanager
def _reading(warehouse: Path, published: PublishedFolder) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection whose default database is the warehouse, read-only: until it ends, dbt cannot write."""
    if not warehouse.exists():
        raise PublishRefusedError(f"nothing is published: no warehouse at {warehouse}. Run `dbt build` first")
    with published.spill() as spill, duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("set temp_directory = '{}'".format(str(spill).replace("'", "''")))
        try:
            connection.execute(
                "attach '{}' as warehouse (read_only)".format(str(warehouse).replace("'", "''"))
            )
        except duckdb.IOException as error:
            if "lock" not in str(error):
                raise
            raise PublishBusyError(
                f"nothing is published: another process writes the warehouse {warehouse}. Run"
                " `tieout publish` again when the build has ended"
            ) from error
        connection.execute("use warehouse")
        yield connection


def _publish(
    connection: duckdb.DuckDBPyConnection,
    published: PublishedFolder,
    by: str,
    now: datetime.datetime,
) -> Published:
    found = audit(connection)
    general = read_marts(connection, GENERAL_SCHEMAS)
    personal = read_marts(connection, PERSONAL_SCHEMAS)
    current = published.current
    general_base = read_base(current) if current else None
    personal_base = read_base(current / PERSONAL) if current else None
    mart_count = len(general) + len(personal)
    parts = sum(len(mart.slices) for mart in (*general, *personal))
    if current and general_base and personal_base:
        before = (*general_base.marts.values(), *personal_base.marts.values())
        same = _fingerprints(before) == _fingerprints((*general, *personal))
        if same and published.read(current.name).as_of_on == found.as_of_on:
            return Published(current.name, current, found.as_of_on, False, mart_count, parts, 0, found.note)
    content = hashlib.sha256(json.dumps(sorted(_fingerprints(general).items())).encode()).hexdigest()
    name = published.next_name(now, content)
    folder = published.new_folder(name)
    facts = _facts(name, found, by, now)
    try:
        written = write_copy(connection, Copy(folder, "tieout.duckdb", 0o444), general, general_base, facts)
        (folder / PERSONAL).mkdir(mode=0o700)
        # Not payroll.duckdb: DuckDB names a database after its file, and `payroll.` would mean both.
        copy = Copy(folder / PERSONAL, "tieout_payroll.duckdb", 0o400)
        written += write_copy(connection, copy, personal, personal_base, facts)
        folder = published.publish(name, by, now)
    except BaseException:
        published.discard(name)
        raise
    return Published(name, folder, found.as_of_on, True, mart_count, parts, written, found.note)


def _fingerprints(marts: Sequence[Mart]) -> dict[str, str]:
    return {f"{mart.schema}.{mart.table}": mart.fingerprint for mart in marts}


def _facts(name: str, found: Audit, by: str, now: datetime.datetime) -> dict[str, Any]:
    return {
        "version": name,
        "as_of_date": found.as_of_on.isoformat(),
        "published_at": now.isoformat(timespec="seconds"),
        "published_by": by,
        "note": found.note,
        "controls": {"green": found.green, "red": found.accepted, "accepted": found.accepted},
        "duckdb_version": duckdb.__version__,
    }


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
