"""The numbers of documents, entries, bank references and truths: a block of every series for each day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

_FIRST_NUMBERS = {"INV": 4711, "PAY": 1208, "CHK": 100234}
# More than any event makes of one series for each bank line, and what the shortest run needs.
_ORDINARY_PER_LINE = 3
_LEAST_ORDINARY = 60
_LEAST_PLANTED = 200


class Numbers:
    """Numbers that stay what they are when one thing more is planted.

    The upper part of a day's block is for what is planted: each plant begins at a place of its own chance,
    and passes over numbers that are taken.
    """

    def __init__(self, lines_per_day: int, planted_lines_per_day: int) -> None:
        """planted_lines_per_day: lines per day of the run for each day on which anything is planted."""
        self._ordinary_size = _ORDINARY_PER_LINE * lines_per_day + _LEAST_ORDINARY
        self._planted_size = planted_lines_per_day + _LEAST_PLANTED
        self.block_size = self._ordinary_size + self._planted_size
        self._day_index = 0
        self._place: int | None = None
        self._counts: Counter[str] = Counter()
        self._taken: set[tuple[str, int]] = set()

    def begin_day(self, index: int) -> None:
        """Go to the block of the day of this index."""
        self._day_index = index
        self._counts.clear()
        self._taken.clear()

    @contextmanager
    def planted(self, random: Random) -> Iterator[None]:
        """Take the numbers within from the upper part of the block, from a place drawn by chance."""
        self._place = random.randrange(self._planted_size)
        yield
        self._place = None

    def next(self, series: str) -> int:
        """The next number of a series."""
        return _FIRST_NUMBERS.get(series, 0) + self._day_index * self.block_size + self._next_in_block(series)

    def place_in_day(self, number: int) -> int:
        """Where in the block of its day a number of a series that begins with 1 stands."""
        return (number - 1) % self.block_size

    def _next_in_block(self, series: str) -> int:
        if self._place is None:
            self._counts[series] += 1
            assert self._counts[series] <= self._ordinary_size, f"too many {series} in one day"
            return self._counts[series]
        for step in range(self._planted_size):
            offset = (self._place + step) % self._planted_size
            if (series, offset) not in self._taken:
                self._taken.add((series, offset))
                return self._ordinary_size + offset + 1
        raise AssertionError(f"too many planted {series} in one day")
