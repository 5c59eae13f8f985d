"""The seed match_weights: what each level of each feature weighs, in bits. Its rows are the levels, in
their order."""

from __future__ import annotations

import csv
import itertools
from dataclasses import dataclass
from pathlib import Path

from orchestration.settings import PROJECT_DIR

SEED = PROJECT_DIR / "seeds" / "reference" / "match_weights.csv"
FEATURES = ("amount", "date", "words", "conflict", "reference")
PRIOR = ("prior", "candidate")
CALIBRATION = "calibration"
# Bits between which one-to-one odds are calibrated; macros/scoring/calibration.sql holds odds between them.
LEAST_BITS, MOST_BITS = -12, 20


@dataclass(frozen=True)
class Weight:
    """One row of the seed. m and u: the share of the pairs that belong together, and of the others, that
    have the level."""

    feature: str
    level: str
    weight: float
    m_probability: float | None = None
    u_probability: float | None = None


def read_weights(seed: Path = SEED) -> list[Weight]:
    with seed.open(newline="", encoding="utf-8") as file:
        return [
            Weight(
                row["feature"],
                row["level"],
                float(row["weight"]),
                _number(row["m_probability"]),
                _number(row["u_probability"]),
            )
            for row in csv.DictReader(file)
        ]


def write_weights(weights: list[Weight], seed: Path = SEED) -> int:
    """Write the seed; the number of rows."""
    with seed.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["feature", "level", "weight", "m_probability", "u_probability"])
        for row in weights:
            shares = [
                "" if share is None else f"{share:.6f}" for share in (row.m_probability, row.u_probability)
            ]
            writer.writerow([row.feature, row.level, f"{row.weight:.3f}", *shares])
    return len(weights)


def without_weight(weights: list[Weight]) -> list[Weight]:
    """The same levels, as if nothing had been learned: every level weighs 0 and odds are taken at their
    word."""
    return [
        Weight(row.feature, row.level, float(row.level.split()[-1]) if row.feature == CALIBRATION else 0.0)
        for row in weights
    ]


def neighbours(weights: list[Weight]) -> list[tuple[int, int]]:
    """Places of bins that stand side by side on one scale."""
    return [
        (place, place + 1)
        for place, (row, after) in enumerate(itertools.pairwise(weights))
        if row.feature == after.feature
        and row.feature in FEATURES
        and _scale(row.level) is not None
        and _scale(row.level) == _scale(after.level)
    ]


def _number(text: str) -> float | None:
    return float(text) if text else None


def _scale(level: str) -> str | None:
    for word in ("below", "from_"):
        if word in level:
            return level[: level.index(word)]
    return None
