"""The arithmetic of learning: a logistic regression on levels, and a rising map from odds to truth."""

from __future__ import annotations

import math
from collections.abc import Sequence

BITS = math.log(2)
LARGEST = 40.0
ROUNDS = 40


def fit_levels(
    groups: Sequence[tuple[tuple[int, ...], float, float]],
    start: Sequence[float],
    chains: Sequence[tuple[int, int]],
    *,
    pull: float,
    smooth: float,
) -> list[float]:
    """Weights in bits, by Newton's method.

    groups: places of the levels that a group of pairs has, how many of them belong together, how many do
    not. start: the weights in bits to begin with, to which each is pulled (pull), and by which neighbours
    (chains) differ as they did (smooth). A level without pairs keeps its start as far as its
    neighbours do.
    """
    base = [weight * BITS for weight in start]
    weights = list(base)
    size = len(base)
    best = _likelihood(groups, weights, base, chains, pull, smooth)
    for _ in range(ROUNDS):
        slope = [pull * (was - now) for now, was in zip(weights, base, strict=True)]
        curve = [[0.0] * size for _ in range(size)]
        for place in range(size):
            curve[place][place] = pull
        for places, true, false in groups:
            total = max(-LARGEST, min(LARGEST, sum(weights[place] for place in places)))
            likely = 1 / (1 + math.exp(-total))
            error = true - (true + false) * likely
            spread = (true + false) * likely * (1 - likely)
            for place in places:
                slope[place] += error
                row = curve[place]
                for other in places:
                    row[other] += spread
        for one, other in chains:
            apart = smooth * ((weights[one] - base[one]) - (weights[other] - base[other]))
            slope[one] -= apart
            slope[other] += apart
            for place, sign in ((one, other), (other, one)):
                curve[place][place] += smooth
                curve[place][sign] -= smooth
        step, length = _solved(curve, slope), 1.0
        while True:
            moved = [weight + length * by for weight, by in zip(weights, step, strict=True)]
            found = _likelihood(groups, moved, base, chains, pull, smooth)
            if found >= best or length < 1e-3:
                break
            length /= 2
        if found - best < 1e-4:
            break
        weights, best = moved, found
    return [weight / BITS for weight in weights]


def fit_map(
    settled: Sequence[tuple[float, bool]], start: dict[int, float], *, strength: float
) -> dict[int, float]:
    """What whole numbers of bits are worth in truth: by bits their weight in bits, rising.

    settled: one-to-one weight in bits of each pair, and whether it belongs together; a pair counts for the
    two whole numbers it lies between. start: the map until now, which counts as so many pairs (strength) at
    each."""
    least, most = min(start), max(start)
    pairs = dict.fromkeys(start, 0.0)
    true = dict.fromkeys(start, 0.0)
    for bits, is_true in settled:
        bits = max(least, min(most - 1e-6, bits))
        low = math.floor(bits)
        for place, share in ((low, low + 1 - bits), (low + 1, bits - low)):
            pairs[place] += share
            true[place] += share * is_true
    blocks: list[tuple[list[int], float, float]] = []
    for place in sorted(start):
        likely = 1 / (1 + 2.0 ** -start[place])
        blocks.append(([place], true[place] + strength * likely, pairs[place] + strength))
        while len(blocks) > 1 and blocks[-2][1] / blocks[-2][2] >= blocks[-1][1] / blocks[-1][2]:
            places, right, count = blocks.pop()
            before, right_before, count_before = blocks.pop()
            blocks.append((before + places, right_before + right, count_before + count))
    return {place: math.log2(right / (count - right)) for places, right, count in blocks for place in places}


def _likelihood(groups, weights, base, chains, pull, smooth) -> float:
    total = 0.0
    for places, true, false in groups:
        weight = sum(weights[place] for place in places)
        total -= true * _log_of_one_and(-weight) + false * _log_of_one_and(weight)
    total -= pull / 2 * sum((now - was) ** 2 for now, was in zip(weights, base, strict=True))
    total -= (
        smooth
        / 2
        * sum(((weights[one] - base[one]) - (weights[other] - base[other])) ** 2 for one, other in chains)
    )
    return total


def _log_of_one_and(exponent: float) -> float:
    """log(1 + e^exponent)."""
    return exponent if exponent > LARGEST else math.log1p(math.exp(exponent))


def _solved(matrix: list[list[float]], right: list[float]) -> list[float]:
    """The solution of a system of linear equations, by elimination."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    size = len(rows)
    for place in range(size):
        pivot = max(range(place, size), key=lambda each: abs(rows[each][place]))
        rows[place], rows[pivot] = rows[pivot], rows[place]
        for other in range(place + 1, size):
            factor = rows[other][place] / rows[place][place]
            if factor:
                rows[other] = [
                    value - factor * by for value, by in zip(rows[other], rows[place], strict=True)
                ]
    solution = [0.0] * size
    for place in reversed(range(size)):
        known = sum(rows[place][other] * solution[other] for other in range(place + 1, size))
        solution[place] = (rows[place][size] - known) / rows[place][place]
    return solution
