"""Telling people: one message per kind of condition, once, not too often, and again when all is well.

What was told stands in the lake, one row per condition, message and destination. It is recorded after it was
taken, so a kill between the two tells it twice rather than never.
"""

from __future__ import annotations

import datetime
import hashlib
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from orchestration.contained import ChildDiedError, OverMemoryError, OverTimeError, contained
from orchestration.lake.datasets import ToldAlert
from orchestration.lake.errors import LakeBusyError
from orchestration.lake.load import open_load, utc_now
from orchestration.lake.lock import file_lock
from orchestration.lake.read import lake_rows
from orchestration.monitor.conditions import Condition, Found, find, kinds
from orchestration.outside import shown
from orchestration.settings import Settings

_CONSOLE = "console"
_SHOWN = 20
_MAX_TEXT = 300
# For one message to one destination, whatever it answers.
_SECONDS = 60
_MEMORY_BYTES = 512 << 20


@dataclass(frozen=True)
class Message:
    """One message to one destination: kind, title and body, and what it tells of or tells to be gone."""

    destination: str
    kind: str
    title: str
    body: str
    conditions: tuple[Condition, ...] = ()
    cleared: tuple[ToldAlert, ...] = ()


@dataclass
class AlertOutcome:
    """sent: messages that were taken, or that were printed. held_back: messages over the limit of the hour,
    to be told with the next. failed: destinations that did not take a message."""

    sent: list[Message] = field(default_factory=list)
    held_back: int = 0
    failed: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        text = f"{len(self.sent)} messages sent"
        if self.held_back:
            text += f", {self.held_back} held back until the hour has passed"
        return text if self.sent or self.held_back or self.failed else "nothing new to tell"


def alert(
    settings: Settings, *, dry_run: bool = False, clock: Callable[[], datetime.datetime] = utc_now
) -> AlertOutcome:
    """Tell every destination what it has not been told yet. Without one, return every condition as sent.

    dry_run: send and record nothing. clock: gives the time, in UTC.
    """
    return _tell(settings, find(settings), dry_run=dry_run, clock=clock)


def alert_failure(
    settings: Settings, subject: str, text: str, *, clock: Callable[[], datetime.datetime] = utc_now
) -> AlertOutcome:
    """Tell that a night ended before the warehouse could say why. The next `alert` tells that it is over.

    text: only its first line goes out, because what follows may quote data.
    """
    lines = text.strip().splitlines() or ["no reason given"]
    condition = Condition(
        f"failure/{subject}",
        "failure",
        subject,
        shown(lines[0])[:_MAX_TEXT],
        kinds()["failure"].next_step,
    )
    return _tell(settings, Found([condition], None, False), dry_run=False, clock=clock)


def _tell(
    settings: Settings, found: Found, *, dry_run: bool, clock: Callable[[], datetime.datetime]
) -> AlertOutcome:
    outcome = AlertOutcome()
    if not settings.alert_urls:
        outcome.sent = list(_messages(settings, _CONSOLE, found, [], found.conditions))
        return outcome
    if dry_run:
        return _sent(settings, found, outcome, clock(), dry_run=True)
    # Two at once would both tell what neither has recorded yet.
    lock = settings.lake / "_loads" / "alert_lock"
    with file_lock(lock, settings.lock_timeout_seconds, "alert", "the destinations", LakeBusyError):
        return _sent(settings, found, outcome, clock(), dry_run=False)


def _sent(
    settings: Settings, found: Found, outcome: AlertOutcome, now: datetime.datetime, *, dry_run: bool
) -> AlertOutcome:
    told = [ToldAlert(**row) for row in lake_rows(settings.lake, "alerts", list(ToldAlert._fields))]
    for number, url in enumerate(settings.alert_urls, start=1):
        name = destination_name(url)
        mine = [row for row in told if row.destination == name]
        messages = list(_messages(settings, name, found, *_news(settings, found, mine, now)))
        sent_lately = {row.message_id for row in mine if row.told_at > now - timedelta(hours=1)}
        room = max(settings.alert_per_hour - len(sent_lately), 0)
        outcome.held_back += len(messages[room:])
        for message in messages[:room]:
            if not dry_run and not _is_sent(url, message):
                outcome.failed.append(f"destination {number} ({name.partition(' ')[0]})")
                break
            outcome.sent.append(message)
    if outcome.sent and not dry_run:
        _record(settings, outcome.sent, now)
    return outcome


def _news(
    settings: Settings, found: Found, told: list[ToldAlert], now: datetime.datetime
) -> tuple[list[ToldAlert], list[Condition]]:
    """What a destination was told of that is gone, and the conditions it is to be told of now."""
    latest: dict[str, ToldAlert] = {}
    for row in sorted(told, key=lambda row: (row.told_at, row.message_id)):
        latest[row.condition_key] = row
    repeat_before = now - timedelta(hours=settings.alert_repeat_hours)
    news = []
    for condition in found.conditions:
        row = latest.get(condition.key)
        stands = row is not None and row.event == "told"
        if not stands or (row.told_at <= repeat_before and not condition.is_event):
            news.append(condition)
    if not found.is_complete:
        return [], news
    present = {condition.key for condition in found.conditions}
    events = {kind for kind, told in kinds().items() if told.is_event}
    gone = [
        row
        for row in latest.values()
        if row.event == "told" and row.kind not in events and row.condition_key not in present
    ]
    return gone, news


def _messages(
    settings: Settings,
    destination: str,
    found: Found,
    gone: list[ToldAlert],
    news: list[Condition],
) -> Iterator[Message]:
    """The gravest first, so that it is not the one held back; what is gone last."""
    night = f"Tieout {found.as_of_on}" if found.as_of_on else "Tieout"
    for kind, told in kinds().items():
        conditions = tuple(condition for condition in news if condition.kind == kind)
        if not conditions:
            continue
        count = f" ({len(conditions)})" if told.is_counted else ""
        lines = [line for each in conditions[:_SHOWN] for line in (f"- {each.subject}", f"  {each.sentence}")]
        if len(conditions) > _SHOWN:
            lines.append(f"and {len(conditions) - _SHOWN} more")
        lines += [f"Next: {text}" for text in dict.fromkeys(each.next_step for each in conditions)]
        yield Message(
            destination, kind, f"{night}: {told.title}{count}", _body(settings, lines), conditions=conditions
        )
    if gone:
        left = [condition for condition in found.conditions if not condition.is_event]
        title = (
            f"{night}: settled ({len(gone)}), still standing ({len(left)})"
            if left
            else f"{night}: all is well again"
        )
        lines = [f"- {row.subject} ({row.kind.replace('_', ' ')})" for row in gone[:_SHOWN]]
        if len(gone) > _SHOWN:
            lines.append(f"and {len(gone) - _SHOWN} more")
        yield Message(
            destination, "settled", title, _body(settings, ["No longer so:", *lines]), cleared=tuple(gone)
        )


def _body(settings: Settings, lines: list[str]) -> str:
    return "\n".join([*lines, *([f"See {settings.link}"] if settings.link else [])])


def destination_name(url: str) -> str:
    """The scheme and what tells the address from others, without any of its secrets."""
    return f"{url.partition(':')[0]} {hashlib.sha256(url.encode()).hexdigest()[:12]}"


def _is_sent(url: str, message: Message) -> bool:
    """Whether the destination took the message, in the time and memory that one has."""
    try:
        # Not a copy of this process: in Dagster other threads are at work in it.
        return contained(
            partial(_send, url, message), seconds=_SECONDS, memory_bytes=_MEMORY_BYTES, is_copy=False
        )
    except (OverTimeError, OverMemoryError, ChildDiedError):
        return False


def _send(url: str, message: Message) -> bool:
    import apprise

    logging.getLogger("apprise").disabled = True  # it would name the address
    # Where a destination sends us on to was not chosen by whoever gave its address.
    sender = apprise.Apprise(asset=apprise.AppriseAsset(http_redirects=False))
    if not sender.add(url):
        return False
    kind = apprise.NotifyType.SUCCESS if message.cleared else apprise.NotifyType.WARNING
    return bool(
        sender.notify(
            title=message.title, body=message.body, notify_type=kind, body_format=apprise.NotifyFormat.TEXT
        )
    )


def _record(settings: Settings, messages: list[Message], now: datetime.datetime) -> None:
    with open_load(settings, lambda: now) as load:
        for number, message in enumerate(messages, start=1):
            rows = [(c.key, c.kind, c.subject, "told") for c in message.conditions]
            rows += [(row.condition_key, row.kind, row.subject, "cleared") for row in message.cleared]
            told = [ToldAlert(f"{load.id}/{number}", message.destination, *row, now) for row in rows]
            load.write("alerts", told)
