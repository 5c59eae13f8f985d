"""When what has landed is collected: arrivals are grouped until nothing more arrives for a while. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from orchestration.collect.landing import Delivery


class Arrivals(NamedTuple):
    """What a sensor remembers. collected: per folder of the landing zone, the listing that was last
    collected. waiting: per folder, a listing that differs from it, and since when (seconds)."""

    collected: dict[str, str]
    waiting: dict[str, tuple[str, float]]


def listings(deliveries: Iterable[Delivery]) -> dict[str, str]:
    """Per folder, a digest of its files' paths, sizes and times."""
    digests = {}
    for delivery in deliveries:
        folder = delivery.path.partition("/")[0]
        digest = digests.setdefault(folder, hashlib.sha256())
        digest.update(f"{delivery.path}\0{delivery.byte_count}\0{delivery.modified_ns}\n".encode())
    return {folder: digest.hexdigest() for folder, digest in digests.items()}


def settled(
    before: Arrivals, listed: Mapping[str, str], now: float, quiet_seconds: float, *, is_time: bool
) -> tuple[Arrivals, list[str]]:
    """What to remember next, and the folders to collect now.

    A folder is collected once its listing differs from the collected one and has stayed the same for
    quiet_seconds. is_time: whether now is a time for it; what has arrived waits otherwise.
    """
    waiting = {}
    for folder, listing in listed.items():
        if listing != before.collected.get(folder):
            seen, since = before.waiting.get(folder, ("", now))
            waiting[folder] = (listing, since if seen == listing else now)
    ready = sorted(
        folder for folder, (_, since) in waiting.items() if is_time and now - since >= quiet_seconds
    )
    collected = dict(before.collected) | {folder: listed[folder] for folder in ready}
    return Arrivals(collected, {f: w for f, w in waiting.items() if f not in ready}), ready
