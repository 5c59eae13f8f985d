"""Streams of chance: one per name, so that what is drawn for one purpose moves nothing of another."""

from __future__ import annotations

import hashlib
import random
from decimal import Decimal


def stream(*names: object) -> random.Random:
    """The stream of these names, the same in every process."""
    digest = hashlib.sha256("\x1f".join(map(str, names)).encode()).digest()
    return random.Random(int.from_bytes(digest[:8]))


def words(text: str) -> list[str]:
    """The parts of a text between commas."""
    return text.split(",")


def money(chance: random.Random, low: float, high: float, step: str = "0.01") -> Decimal:
    """An amount between the two, small ones likelier, in whole steps."""
    amount = low * (high / low) ** chance.random()
    unit = Decimal(step)
    return max(int(Decimal(amount) / unit), 1) * unit


def digits(chance: random.Random, count: int) -> str:
    """So many digits, the first not zero."""
    return str(chance.randrange(10 ** (count - 1), 10**count))


def letters(chance: random.Random, count: int) -> str:
    """So many characters as banks' own ids have them."""
    return "".join(chance.choices("ABCDEFGHJKLMNPQRSTUVWXYZ23456789", k=count))
