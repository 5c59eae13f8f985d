"""The seed match_weights: what each level of each feature weighs, in bits. Its rows are the levels, in their order."""

from __future__ import annotations

import csv
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
    """One row of the seed. pairs: labelled candidate pairs that had the level; true_share: how many belong together."""

    feature: str
    level: str
    weight: float
    pairs: int | None = None
    true_share: float | None = None


def read_weights(seed: Path = SEED) -> list[Weight]:
    with seed.open(newline="", encoding="utf-8") as file:
        return [
            Weight(
                row["feature"],
                row["level"],
                float(row["weight"]),
                int(row["pairs"]) if row["pairs"] else None,
                float(row["true_share"]) if row["true_share"] else None,
            )
            for row in csv.DictReader(file)
        ]


def write_weights(weights: list[Weight], seed: Path = SEED) -> int:
    """Write the seed; the number of rows."""
    with seed.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["feature", "level", "weight", "pairs", "true_share"])
        for row in weights:
            pairs = "" if row.pairs is None else row.pairs
            true_share = "" if row.true_share is None else f"{row.true_share:.6f}"
            writer.writerow([row.feature, row.level, f"{row.weight:.3f}", pairs, true_share])
    return len(weights)


def without_weight(weights: list[Weight]) -> list[Weight]:
    """The same levels, as if nothing had been learned: every level weighs 0 and odds are taken at their word."""
    return [
        Weight(row.feature, row.level, float(row.level) if row.feature == CALIBRATION else 0.0)
        for row in weights
    ]


def neighbours(weights: list[Weight]) -> list[tuple[int, int]]:
    """Places of bins that stand side by side on one scale."""
    return [
        (place, place + 1)
        for place, (row, after) in enumerate(zip(weights, weights[1:], strict=False))
        if row.feature == after.feature
        and row.feature in FEATURES
        and _scale(row.level) is not None
        and _scale(row.level) == _scale(after.level)
    ]


def _scale(level: str) -> str | None:
    for word in ("below", "from_"):
        if word in level:
            return level[: level.index(word)]
    return None
