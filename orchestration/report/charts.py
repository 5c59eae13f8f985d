"""Where the marks of a chart stand, in the units of its viewBox. The template draws them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 440, 216
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 20, 26, 40
_STEPS = (1, 2, 2.5, 5, 10)
_INTERVALS = 4


@dataclass(frozen=True)
class Chart:
    """ticks: value and y of each line of the scale. labels: text and x of each name below the axis.
    marks: x, y and value of each bar or point.
    """

    left: float
    right: float
    base: float
    mark_width: float
    ticks: list[tuple[float, float]]
    labels: list[tuple[str, float]]
    marks: list[tuple[float, float, float]]

    @property
    def line(self) -> str:
        """The points of a polyline through the marks."""
        return " ".join(f"{x:g},{y:g}" for x, y, _ in self.marks)


def chart(
    names: Sequence[str],
    values: Sequence[float],
    *,
    from_zero: bool = True,
    highest: float | None = None,
    label_count: int = 5,
) -> Chart:
    """Place values, at least one, side by side. highest: the scale ends there, as a share does at 100."""
    top_value = max(values) if highest is None else highest
    low, high, step = _scale(0 if from_zero else min(values), top_value)
    if highest is not None:
        high = highest
    base = HEIGHT - _BOTTOM
    slot = (WIDTH - _LEFT - _RIGHT) / len(values)

    def x(index: int) -> float:
        return round(_LEFT + slot * (index + 0.5), 2)

    def y(value: float) -> float:
        return round(base - (base - _TOP) * (value - low) / (high - low), 2)

    every = math.ceil(len(names) / label_count)
    last = len(names) - 1
    return Chart(
        left=_LEFT,
        right=WIDTH - _RIGHT,
        base=base,
        mark_width=round(slot * 0.72, 2),
        ticks=[
            (low + step * index, y(low + step * index)) for index in range(round((high - low) / step) + 1)
        ],
        labels=[(name, x(index)) for index, name in enumerate(names) if (last - index) % every == 0],
        marks=[(x(index), y(value), value) for index, value in enumerate(values)],
    )


def _scale(lowest: float, highest: float) -> tuple[float, float, float]:
    """Round ends of a scale around the values, and the step of its lines; whole numbers only."""
    span = max(highest - lowest, 1)
    magnitude = 10.0 ** math.floor(math.log10(span / _INTERVALS))
    step = next(factor * magnitude for factor in _STEPS if factor * magnitude * _INTERVALS >= span)
    step = max(1.0, float(math.ceil(step)))
    low = math.floor(lowest / step) * step
    return low, max(low + step, math.ceil(highest / step) * step), step
