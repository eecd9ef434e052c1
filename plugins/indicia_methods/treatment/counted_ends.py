"""The ends of a column whose rows are in partitions: different values with their numbers of rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from indicia_methods.treatment.moments import adjusted_moments, sums_of_powers

if TYPE_CHECKING:
    from indicia.methods import Array, MergedColumn


@dataclass(frozen=True)
class CountedEnds:
    """The different values at both ends of a column with their counts, and sums of powers of the values between."""

    values: Array
    """Different values in ascending order: all of them, or as many from each end."""
    counts: Array
    """The number of rows of each value."""
    rows: int
    between: Array
    """Sums of the first four powers of the values between the ends, about the centre and over the spread."""
    centre: float

    @classmethod
    def of(cls, column: MergedColumn, size: int) -> CountedEnds:
        """Return the ends of a column, of `size` different values each."""

        def ends(x: Array) -> Array:
            return _trimmed(len(x), np.array(np.unique(x, return_counts=True), dtype=float), size)

        def join(first: Array, second: Array) -> Array:
            values, place = np.unique(np.concatenate([first[0, 1:], second[0, 1:]]), return_inverse=True)
            counts = np.bincount(place, np.concatenate([first[1, 1:], second[1, 1:]]), len(values))
            return _trimmed(first[1, 0] + second[1, 0], np.array([values, counts]), size)

        figures = column.reduce(ends, join)
        rows, (values, counts) = int(figures[1, 0]), figures[:, 1:]
        if counts.sum() == rows:
            return cls(values, counts, rows, np.zeros(4), float(values[len(values) // 2]))
        low, high, spread = values[size - 1], values[size], values[-1] - values[0]

        def inside(x: Array) -> Array:
            between: Array = x[(x > low) & (x < high)]
            return between

        number, total = column.reduce(lambda x: np.array([len(inside(x)), ((inside(x) - low) / spread).sum()]))
        centre = float(low + spread * total / max(number, 1))
        powers = column.reduce(lambda x: sums_of_powers(inside(x), centre, float(spread)))
        return cls(values, counts, rows, powers, centre)

    @property
    def is_complete(self) -> bool:
        """True if no value lies between the ends."""
        return bool(self.counts.sum() == self.rows)


def _trimmed(rows: float, ends: Array, size: int) -> Array:
    """Return the number of rows in the first column, and the columns of `size` values from each end."""
    kept = ends if ends.shape[1] <= 2 * size else np.concatenate([ends[:, :size], ends[:, -size:]], axis=1)
    trimmed: Array = np.concatenate([np.array([[0.0], [rows]]), kept], axis=1)
    return trimmed


class SteppedEnds:
    """Winsorises the ends of a column step by step, as `stepwise._SortedEnds` does for values in memory."""

    def __init__(self, ends: CountedEnds) -> None:
        self._ends, self._low, self._high = ends, 0, len(ends.values) - 1
        self._middle = len(ends.values) // 2
        spread = float(ends.values[-1] - ends.values[0])
        self._distance = (ends.values - ends.centre) / spread
        powers = ends.counts * np.cumprod(np.tile(self._distance, (4, 1)), axis=0)
        sums = np.zeros((4, len(ends.values) + 1))
        # summed from the middle outwards, so that a winsorised value leaves no rounding errors in the sums
        np.cumsum(powers[:, self._middle :], axis=1, out=sums[:, self._middle + 1 :])
        sums[:, : self._middle] = -np.cumsum(powers[:, : self._middle][:, ::-1], axis=1)[:, ::-1]
        self._sums = sums
        self.exhausted = False

    @property
    def _winsorised(self) -> tuple[float, float]:
        """The numbers of rows that are winsorised at the lower and at the upper end."""
        counts = self._ends.counts
        return float(counts[: self._low].sum()), float(counts[self._high + 1 :].sum())

    @property
    def winsorised_count(self) -> int:
        """The number of rows that are winsorised."""
        return int(sum(self._winsorised))

    def winsorise(self, *, upper: bool) -> bool:
        """Set all values at an end to the next value; False if all would be equal, or the ends are exhausted."""
        first, last = (self._low, self._high - 1) if upper else (self._low + 1, self._high)
        self.exhausted = not (self._ends.is_complete or first < self._middle <= last)
        if self.exhausted or first >= last:
            return False
        self._low, self._high = first, last
        return True

    def bounds(self, no_bound: float) -> tuple[float, float]:
        """Return the smallest and the largest remaining value; `no_bound` at an end without winsorised values."""
        values = self._ends.values
        low = float(values[self._low]) if self._low > 0 else -no_bound
        high = float(values[self._high]) if self._high < len(values) - 1 else no_bound
        return low, high

    def shape(self) -> tuple[float, float]:
        """Return G1 and G2 of the winsorised column, from sums of powers about a centre."""
        below, above = self._winsorised
        n, low, high = self._ends.rows, self._distance[self._low], self._distance[self._high]
        a1, a2, a3, a4 = (
            float((between + sums[self._high + 1] - sums[self._low] + below * low**power + above * high**power) / n)
            for power, (between, sums) in enumerate(zip(self._ends.between, self._sums, strict=True), 1)
        )
        m2 = a2 - a1**2
        m3 = a3 - 3 * a1 * a2 + 2 * a1**3
        return adjusted_moments(n, m2, m3, a4 - 4 * a1 * a3 + 6 * a1**2 * a2 - 3 * a1**4)
