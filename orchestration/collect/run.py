"""The collect run: list, tell what is new, read it whole or quarantine it, append it to the lake."""

from __future__ import annotations

import contextlib
import hashlib
import io
import logging
import os
import stat
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from orchestration.collect import landing
from orchestration.collect.employees import require_pseudonym_key
from orchestration.collect.errors import HrUnavailableError, LedgerUnavailableError
from orchestration.collect.landing import (
    ACCOUNTS,
    BANK,
    DECISIONS,
    DOCUMENT_PAGES,
    HR_ENTITIES,
    HR_PREFIX,
    JOURNAL,
    PICTURED,
    SETTLEMENTS,
    Delivery,
    open_delivery,
    scan,
)
from orchestration.collect.shown_reds import WarehouseInUseError, shown_reds
from orchestration.collect.signatures import read_signers, signature_file
from orchestration.lake.catalog import Outcome, measured_before, read_catalog
from orchestration.lake.errors import NO_ROOM
from orchestration.lake.load import Load, recover, utc_now
from orchestration.lake.lock import lake_lock
from orchestration.lake.proof import prove_new
from orchestration.lake.read import incomplete_datasets
from orchestration.settings import Settings, SettingsError

if TYPE_CHECKING:
    from orchestration.collect.counted import Counted
    from orchestration.collect.decision_files import Evidence
    from orchestration.collect.extract import Extract
    from orchestration.collect.reading import ReadingProcess
    from orchestration.lake.datasets import CollectedFile

log = logging.getLogger(__name__)

# Files up to this size are held in memory while they are read.
_IN_MEMORY_BYTES = 32 << 20
_BLOCK_BYTES = 1 << 20
_PROGRESS_SECONDS = 5.0
# Pictures that are being read while the next one is taken: one less than the processes that read them.
_READ_AHEAD = min(2, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1) - 1


class Appended(NamedTuple):
    """A load that reached the lake: one batch of files, up to TIEOUT_BATCH_MB of them.

    byte_count: of the files that were read. rows: per dataset. seconds: since the load before.
    """

    load_id: str
    files: int
    byte_count: int
    rows: dict[str, int]
    seconds: float


@dataclass
class CollectSummary:
    """What one collect did. seen: files listed. loaded, duplicate, quarantined: deliveries newly recorded
    as such, database extracts included. unchanged: read again and refused as before. deferred: paths that
    changed while being read and wait for the next run. loads: what was appended, in order. seconds: wall
    time."""

    seen: int = 0
    loaded: int = 0
    duplicate: int = 0
    quarantined: int = 0
    unchanged: int = 0
    deferred: list[str] = field(default_factory=list)
    loads: list[Appended] = field(default_factory=list)
    seconds: float = 0.0

    def count(self, status: str) -> None:
        """Count a delivery that was recorded as loaded, duplicate or quarantined."""
        self.loaded += status == "loaded"
        self.duplicate += status == "duplicate"
        self.quarantined += status == "quarantined"

    @property
    def rows(self) -> Counter[str]:
        """Rows appended per dataset."""
        return sum((Counter(load.rows) for load in self.loads), Counter())

    @property
    def is_nothing_new(self) -> bool:
        """Whether the lake is as it was before."""
        return not (self.loaded or self.duplicate or self.quarantined)

    def __str__(self) -> str:
        text = (
            f"collected {self.loaded} new of {self.seen} files in {self.seconds:.1f} s"
            f" ({self.duplicate} duplicate, {self.quarantined} quarantined, {len(self.deferred)} deferred)"
        )
        if self.unchanged:
            text += f", {self.unchanged} read again and refused as before"
        rows = [f"{count} {name}" for name, count in self.rows.items() if count and name != "collected_files"]
        return f"{text}: {', '.join(rows)}" if rows else text


class _Sent(NamedTuple):
    """A file that is being read: what it was when it was sent, held open."""

    delivery: Delivery
    file_hash: str
    file: BinaryIO
    reader: ReadingProcess


class _ChangedWhileReadError(Exception):
    """The file is not the one that was listed any more."""


def collect(
    settings: Settings,
    *,
    folders: Collection[str] | None = None,
    retry_quarantined: bool = False,
    clock: Callable[[], datetime] = utc_now,
) -> CollectSummary:
    """Bring the lake up to date with the landing folder, the ledger's database and the HR system.

    folders: the folders of the landing zone to look at, or None for all; the ledger's database goes with
    `ledger`, the HR system with `hr`. retry_quarantined: read quarantined files again although their bytes
    are the same. clock: gives the time, in UTC, of load ids and of collected_at.
    Raises SettingsError when there is no landing folder, PseudonymKeyError when there is no key for the
    pseudonyms of employees, LakeBusyError when another collect does not end, LakeAlteredError when the lake
    is not what was appended to it, LedgerUnavailableError or HrUnavailableError, after all else was
    collected, when one cannot be read.
    """
    started = time.monotonic()
    if not settings.landing.is_dir():
        raise SettingsError(
            f"the landing folder {settings.landing} does not exist: create it, or set TIEOUT_LANDING"
        )
    require_pseudonym_key(settings, folders)
    with lake_lock(settings.lake, settings.lock_timeout_seconds):
        recover(settings, clock())
        prove_new(settings)
        run = _Run(settings, retry_quarantined, clock)
        run.collect_files(folders)
        failures: list[Exception] = []
        try:
            for folder, take in (("ledger", run.collect_database), ("hr", run.collect_hr)):
                try:
                    if folders is None or folder in folders:
                        take()
                except (LedgerUnavailableError, HrUnavailableError) as error:
                    failures.append(error)
        finally:
            run.close()
        if not run.summary.is_nothing_new:
            prove_new(settings)  # remembered at once, so that it cannot be cut off unseen
        if failures:
            for failure in failures[1:]:
                log.error("%s", failure)
            raise failures[0]
    run.summary.seconds = time.monotonic() - started
    return run.summary


class _Run:
    """One collect, under the lake's lock."""

    def __init__(self, settings: Settings, retry_quarantined: bool, clock: Callable[[], datetime]) -> None:
        self._settings = settings
        self._retry = retry_quarantined
        self._clock = clock
        self._catalog = read_catalog(settings.lake)
        self._taken_bytes = 0
        self._began = time.monotonic()
        self._load = self._next_load()
        self._recorded: list[tuple[CollectedFile, str]] = []
        self._signers = read_signers(settings)
        self._reds = cache(lambda: shown_reds(settings.warehouse))
        self._readers: list[ReadingProcess] = []
        self._ahead: list[_Sent] = []
        self._measured_before: set[str] | None = None
        self.summary = CollectSummary()

    def _free_reader(self) -> ReadingProcess:
        """A process that reads nothing, for who has a file to read. One does, unless files are read ahead."""
        from orchestration.collect.reading import ReadingProcess

        busy = [sent.reader for sent in self._ahead]
        free = next((reader for reader in self._readers if reader not in busy), None)
        if free is None:
            free = ReadingProcess(self._settings)
            self._readers.append(free)
        return free

    def collect_files(self, folders: Collection[str] | None) -> None:
        """Take what is new in these folders of the landing zone, or in all."""
        deliveries = scan(self._settings.landing, folders)
        self.summary.seen = len(deliveries)
        told = time.monotonic()
        for done, delivery in enumerate(deliveries):
            if time.monotonic() - told > _PROGRESS_SECONDS:
                told = time.monotonic()
                log.info("collect: %d of %d files", done, len(deliveries))
            self._collect_file(delivery)
        self._finish_ahead()

    def collect_database(self) -> None:
        """Take what is new in the ledger's database, if there is one. Raises LedgerUnavailableError."""
        if self._settings.ledger_url is None:
            return
        from orchestration.collect.extract import Limits, take_within
        from orchestration.collect.ledger_database import LedgerDatabase

        settings = self._settings
        database = LedgerDatabase(settings.ledger_url, settings.ledger_schema, settings.ledger_ca)
        lag = timedelta(hours=settings.ledger_lag_hours)
        takes = {
            JOURNAL: lambda file: database.extract_journal(settings.lake, lag, file),
            ACCOUNTS: database.extract_accounts,
        }
        for source, take in takes.items():
            limits = Limits.of(settings, settings.source_seconds)
            within = partial(take_within, take, limits, database.path(source), LedgerUnavailableError)
            self._collect_extract(database.path(source), source, database.kind, within)

    def collect_hr(self) -> None:
        """Take what is new in the HR system, if there is one. Raises HrUnavailableError."""
        if self._settings.hr_url is None:
            return
        from orchestration.collect.extract import Limits, take_within
        from orchestration.collect.hr_api import HrApi

        api = HrApi(self._settings.hr_url, self._settings.hr_token)
        ends_at = time.monotonic() + self._settings.source_seconds
        for entity in HR_ENTITIES:
            source = f"{HR_PREFIX}{entity}"
            limits = Limits.of(self._settings, ends_at - time.monotonic())
            take = partial(api.extract, source)
            within = partial(take_within, take, limits, api.path(source), HrUnavailableError)
            self._collect_extract(api.path(source), source, "api", within)

    def close(self) -> None:
        """Append the rest and leave no work folder."""
        try:
            self._flush()
        finally:
            self._load.discard()
            for sent in self._ahead:
                sent.file.close()
            for reader in self._readers:
                reader.close()

    def _next_load(self) -> Load:
        at = self._clock()
        return Load(self._settings, self._catalog.next_load_id(at), at)

    def _flush(self) -> None:
        """Append what was taken since the last flush, and empty files where a dataset lacks columns."""
        if not self._recorded and not incomplete_datasets(self._settings.lake):
            return
        for file, file_hash in self._recorded:
            self._load.write("collected_files", [file], file_hash)
        rows = {dataset: count for dataset, count in self._load.spool.rows.items() if count}
        self._load.append()
        now = time.monotonic()
        if self._recorded:  # else there are empty files alone
            byte_count = sum(file.byte_count for file, _ in self._recorded)
            self.summary.loads.append(
                Appended(self._load.id, len(self._recorded), byte_count, rows, now - self._began)
            )
        self._began = now
        self._recorded = []
        self._taken_bytes = 0
        self._catalog.last_load_id = self._load.id
        self._load = self._next_load()

    def _collect_file(self, delivery: Delivery) -> None:
        if delivery.refusal is not None:
            self._refuse(delivery, delivery.refusal)
        elif delivery.byte_count > self._settings.max_file_bytes:
            self._refuse(
                delivery,
                f"has {delivery.byte_count} bytes, more than the {self._settings.max_file_bytes} that"
                " TIEOUT_MAX_FILE_MB allows",
            )
        elif self._is_settled(
            delivery, self._catalog.seen.get((delivery.path, delivery.byte_count, delivery.modified_ns))
        ):
            return
        else:
            self._make_room(delivery.byte_count)
            self._read_file(delivery)

    def _make_room(self, byte_count: int) -> None:
        """Append what the load holds when another file would take it past the size of a batch."""
        if self._taken_bytes and self._taken_bytes + byte_count > self._settings.batch_bytes:
            self._finish_ahead()
            self._flush()
        self._taken_bytes += byte_count

    def _is_settled(self, delivery: Delivery, outcome: Outcome | None) -> bool:
        if outcome is not None and outcome.status == "loaded":
            return self._catalog.latest_hash[delivery.path] not in self._outdated(delivery)
        is_retried = self._retry or self._may_be_read_now(delivery)
        return outcome is not None and not (is_retried and outcome.status == "quarantined")

    def _outdated(self, delivery: Delivery) -> set[str]:
        """Hashes of files like this one whose pictures were measured by steps of an earlier version."""
        if delivery.source not in PICTURED:
            return set()
        if self._measured_before is None:
            self._measured_before = measured_before(self._settings.lake)
        return self._measured_before

    def _may_be_read_now(self, delivery: Delivery) -> bool:
        """Whether what stands beside a CSV is newer than its quarantine: a profile that fits the bank's or
        the processor's may have come, or a decision's signature, or its author's key."""
        read_at = self._catalog.unread_csv.get(delivery.path)
        if read_at is None:
            return False
        if delivery.source in (BANK, SETTLEMENTS):
            profiles = landing.CSV_PROFILES if delivery.source == BANK else landing.SETTLEMENT_PROFILES
            return profiles.stat().st_mtime > read_at.timestamp()
        beside = [self._signatures(delivery), *filter(None, [self._settings.signers])]
        return any(_changed_at(file) > read_at.timestamp() for file in beside)

    def _signatures(self, delivery: Delivery) -> Path:
        """Where the signatures of a decision file would stand."""
        return signature_file(self._settings.landing.joinpath(*delivery.parts))

    def _evidence(self, delivery: Delivery, stream: BinaryIO) -> Evidence | None:
        """What is known when a file of decisions is read. Raises WarehouseInUseError."""
        from orchestration.collect.decision_files import Evidence

        if delivery.source != DECISIONS:
            return None
        from orchestration.collect.named_in_lake import absent_rows, day_of_load, known_decisions

        content = stream.read()
        stream.seek(0)
        reds = self._reds() if b"accept" in content else None
        counts_at_once = b"clude" in content or b"withdraw" in content
        known = known_decisions(self._settings.lake, content) if counts_at_once else {}
        absent = absent_rows(self._settings.lake, content) if counts_at_once else {}
        signatures, company = self._signatures(delivery), self._settings.company
        loaded_on = day_of_load(self._load.id)
        return Evidence(self._clock(), loaded_on, self._signers, signatures, reds, known, absent, company)

    def _read_file(self, delivery: Delivery) -> None:
        """Read the file whole, or have it read while the next ones are taken: pictures cost processor time,
        and each of two processes has its own. What was sent first is finished first."""
        if delivery.source != DOCUMENT_PAGES:
            self._finish_ahead()
        with self._telling(delivery):
            self._send(delivery)
        self._finish_ahead(_READ_AHEAD if delivery.source == DOCUMENT_PAGES else 0)

    def _send(self, delivery: Delivery) -> None:
        """Have the file read, unless what it holds is settled."""
        with contextlib.ExitStack() as opened:
            file = opened.enter_context(open_delivery(self._settings.landing, delivery))
            _check_unchanged(delivery, os.fstat(file.fileno()))
            with self._copy(delivery, file) as stream:
                file_hash = hashlib.file_digest(stream, "sha256").hexdigest()
                stream.seek(0)
                if any(sent.file_hash == file_hash for sent in self._ahead):
                    self._finish_ahead()
                if self._is_settled(delivery, self._catalog.outcomes.get((delivery.path, file_hash))):
                    return
                if file_hash in self._catalog.loaded - self._outdated(delivery):
                    self._finish_ahead()
                    self._record(delivery, file_hash, None, self._duplicate(delivery, stream, file_hash))
                    return
                reader = self._free_reader()
                reader.send(delivery, stream, file_hash, self._load.id, self._evidence(delivery, stream))
            opened.pop_all()
            self._ahead.append(_Sent(delivery, file_hash, file, reader))

    def _duplicate(self, delivery: Delivery, stream: BinaryIO, file_hash: str) -> Outcome:
        """Of bytes that were loaded: refused where the paths say another account, currency or alike."""
        from orchestration.collect.bank_files import bank_format

        said = {*landing.SAID_IN_PATH.findall(delivery.path)}
        if not said or delivery.source not in (BANK, SETTLEMENTS):
            return Outcome("duplicate")
        if delivery.source == BANK and bank_format(stream) not in ("csv", "qif"):
            # The others say themselves whose they are.
            said = {(what, word) for what, word in said if what == "encoding"}
        loaded_as = (
            path
            for (path, other_hash), outcome in self._catalog.outcomes.items()
            if other_hash == file_hash and outcome.status == "loaded"
        )
        path = next(loaded_as, delivery.path)
        told = {*landing.SAID_IN_PATH.findall(path)}
        others = " ".join(f"{what}={word}" for what, word in sorted(said - told))
        if not others:
            return Outcome("duplicate")
        return Outcome(
            "quarantined",
            f"the same bytes were loaded as {path}, whose path does not say {others}; next step: where that"
            " was wrong take it out of count by a decision exclude, and deliver this file with an empty line"
            " more at its end",
        )

    def _finish_ahead(self, count: int = 0) -> None:
        """Take the rows of the files that are being read, until so many are left."""
        while len(self._ahead) > count:
            sent = self._ahead.pop(0)
            with sent.file, self._telling(sent.delivery):
                self._finish(sent)

    def _finish(self, sent: _Sent) -> None:
        delivery, file_hash, file, reader = sent
        self._load.spool.begin()
        taken = reader.receive(delivery, self._load.spool)
        _check_unchanged(delivery, os.fstat(file.fileno()))
        if taken.outcome.status == "loaded":
            self._load.spool.commit()
            self._outdated(delivery).discard(file_hash)
        else:
            self._load.rollback()
        self._record(delivery, file_hash, *taken)

    @contextlib.contextmanager
    def _telling(self, delivery: Delivery) -> Iterator[None]:
        """What keeps a file from being read is told, and the next one is taken."""
        try:
            yield
        except (_ChangedWhileReadError, FileNotFoundError):
            self._load.rollback()
            log.warning("%s changed while it was read: the next collect takes it", delivery.path)
            self.summary.deferred.append(delivery.path)
        except WarehouseInUseError as error:
            self._load.rollback()
            log.warning("%s waits, because %s: the next collect takes it", delivery.path, error)
            self.summary.deferred.append(delivery.path)
        except OSError as error:
            if error.errno in NO_ROOM:
                raise
            self._load.rollback()
            self._refuse(delivery, f"cannot be read: {error.strerror}")

    def _copy(self, delivery: Delivery, file: BinaryIO) -> BinaryIO:
        """The file's bytes, where nobody can change them any more between being hashed and being read.

        Raises _ChangedWhileReadError when they are more or fewer than were listed.
        """
        copy: BinaryIO = io.BytesIO()
        if delivery.byte_count > _IN_MEMORY_BYTES:
            copy = self._load.spool.scratch_file()
        left = delivery.byte_count
        while block := file.read(min(left + 1, _BLOCK_BYTES)):
            left -= len(block)
            copy.write(block)
            if left < 0:
                break
        if left:
            copy.close()
            raise _ChangedWhileReadError
        copy.seek(0)
        return copy

    def _collect_extract(self, path: str, source: str, kind: str, take: Callable[[Path], Extract]) -> None:
        """Take one extract, unless it is what its path gave the last time."""
        from orchestration.lake.errors import UnreadableFile

        spool = self._load.spool
        file = self._load.folder / "extract.arrow"
        try:
            extract = take(file)
        except UnreadableFile as error:
            self._refuse(Delivery(path, (), source, 0, 0), error.reason, error.position, file_format=kind)
            return
        if extract.counted.record_count == 0 or self._catalog.latest_hash.get(path) == extract.file_hash:
            return
        spool.begin()
        try:
            for batch in extract.batches(source, self._load.id):
                spool.write(source, batch)
        except UnreadableFile as error:
            spool.rollback()
            self._refuse(Delivery(path, (), source, 0, 0), error.reason, error.position, file_format=kind)
            return
        spool.commit()
        delivery = Delivery(path, (), source, extract.byte_count, 0)
        self._record(delivery, extract.file_hash, kind, Outcome("loaded"), extract.counted)

    def _refuse(
        self, delivery: Delivery, reason: str, position: str | None = None, file_format: str | None = None
    ) -> None:
        """Quarantine without a hash, unless that is what was recorded before."""
        outcome = Outcome("quarantined", reason, position)
        if self._catalog.outcomes.get((delivery.path, "")) != outcome:
            self._record(delivery, "", file_format, outcome)
        elif self._retry:
            self._tell_unchanged(delivery, outcome)

    def _tell_unchanged(self, delivery: Delivery, outcome: Outcome) -> None:
        self.summary.unchanged += 1
        log.warning(
            "%s is refused as before: %s (%s)",
            delivery.path,
            outcome.reason,
            outcome.position or "whole file",
        )

    def _record(
        self,
        delivery: Delivery,
        file_hash: str,
        file_format: str | None,
        outcome: Outcome,
        counted: Counted | None = None,
    ) -> None:
        """Note what became of a delivery; it reaches the lake with its rows."""
        from orchestration.lake.datasets import CollectedFile

        is_read_again = self._may_be_read_now(delivery)
        is_known = self._catalog.outcomes.get((delivery.path, file_hash)) == outcome != Outcome("loaded")
        if is_known and not is_read_again:
            if outcome.status == "quarantined":
                self._tell_unchanged(delivery, outcome)
            return
        if outcome.status == "quarantined":
            log.warning(
                "quarantined %s: %s (%s)", delivery.path, outcome.reason, outcome.position or "whole file"
            )
        row = CollectedFile(
            path=delivery.path,
            source=delivery.source,
            format=file_format,
            status=outcome.status,
            reason=outcome.reason,
            position=outcome.position,
            byte_count=delivery.byte_count,
            modified_ns=delivery.modified_ns,
            record_count=counted.record_count if counted else 0,
            amount_total=counted.amount_total if counted else Decimal(0),
            collected_at=self._clock(),
            complete_from=delivery.complete_from,
            complete_to=delivery.complete_to,
        )
        self._recorded.append((row, file_hash))
        is_csv = file_format == "csv" and delivery.source in (BANK, DECISIONS, SETTLEMENTS)
        self._catalog.record(
            delivery.path,
            delivery.byte_count,
            delivery.modified_ns,
            file_hash,
            outcome,
            row.collected_at if is_csv else None,
        )
        self.summary.count(outcome.status)


def _changed_at(file: Path) -> float:
    """When the file was changed last; 0 where there is none, as where its name would be too long."""
    try:
        return file.stat().st_ctime
    except OSError:
        return 0.0


def _check_unchanged(delivery: Delivery, status: os.stat_result) -> None:
    is_gone = not status.st_nlink or not stat.S_ISREG(status.st_mode)
    if is_gone or (status.st_size, status.st_mtime_ns) != (delivery.byte_count, delivery.modified_ns):
        raise _ChangedWhileReadError
