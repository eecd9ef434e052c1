"""Levels of several values, which rounding noise explains (decision 0004)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy.typing as npt

    from indicia.partitions.sorted_runs import Floats

EqualValue = Literal["lowest", "shortest"]
"""Which value stands for values that are equal by noise: the lowest, or the one with the fewest digits."""


@dataclass(frozen=True)
class NoisyLevels:
    """Ranges of values that are equal by noise, in ascending order; each array has one element for each level."""

    lowest: Floats
    highest: Floats
    value: Floats
    """The value that stands for those of the level."""
    rows: npt.NDArray[np.int64]

    @classmethod
    def joined(cls, parts: Iterable[NoisyLevels]) -> NoisyLevels:
        """Return the levels of all parts, in ascending order."""
        parts = [NO_NOISE, *parts]
        levels = cls(
            np.concatenate([part.lowest for part in parts]),
            np.concatenate([part.highest for part in parts]),
            np.concatenate([part.value for part in parts]),
            np.concatenate([part.rows for part in parts]),
        )
        return levels.chosen(np.argsort(levels.lowest, kind="stable"))

    def chosen(self, levels: npt.NDArray[np.bool_] | npt.NDArray[np.intp]) -> NoisyLevels:
        """Return some of the levels, by a mask or by their places."""
        return NoisyLevels(self.lowest[levels], self.highest[levels], self.value[levels], self.rows[levels])

    def __len__(self) -> int:
        return len(self.lowest)

    def arrays(self) -> list[npt.NDArray[np.generic]]:
        """Return the arrays of the levels, in the order of the fields."""
        return [self.lowest, self.highest, self.value, self.rows]

    def equalise(self, values: pl.Series) -> pl.Series:
        """Return a column in which the values of each level are equal.

        >>> noise = NoisyLevels(np.array([0.3]), np.array([0.1 + 0.2]), np.array([0.3]), np.array([2]))
        >>> noise.equalise(pl.Series([0.1 + 0.2, None, 0.4])).to_list()
        [0.3, None, 0.4]
        """
        if not len(self):
            return values
        numbers = values.to_numpy()
        level = np.searchsorted(self.lowest, numbers, "right") - 1
        # a missing value is NaN here, and within no level
        rows = np.flatnonzero((level >= 0) & (numbers <= self.highest[level]))
        return values.clone().scatter(rows, self.value[level[rows]]) if len(rows) else values


NO_NOISE = NoisyLevels(np.zeros(0), np.zeros(0), np.zeros(0), np.zeros(0, np.int64))
"""No levels."""


@dataclass(frozen=True)
class NoiseCounts:
    """The number of levels of several values, and the level with the most rows."""

    levels: int = 0
    rows: int = 0
    """The rows in these levels."""
    longest: tuple[int, float, float] = (0, 0.0, 0.0)
    """The rows of the level that has the most rows, and its lowest and highest value."""

    @classmethod
    def of(cls, noise: NoisyLevels) -> NoiseCounts:
        """Count levels."""
        if not len(noise):
            return cls()
        longest = int(np.argmax(noise.rows))
        figures = int(noise.rows[longest]), float(noise.lowest[longest]), float(noise.highest[longest])
        return cls(len(noise), int(noise.rows.sum()), figures)

    def __add__(self, other: NoiseCounts) -> NoiseCounts:
        longest = max(self.longest, other.longest, key=lambda figures: figures[0])
        return NoiseCounts(self.levels + other.levels, self.rows + other.rows, longest)


NO_COUNTS = NoiseCounts()
"""The counts of no levels."""


def find_noisy_levels(
    ordered: Floats, first: npt.NDArray[np.intp], last: npt.NDArray[np.intp], equal_value: EqualValue
) -> NoisyLevels:
    """Return the levels of several values, given sorted values and the first and the last place of each level."""
    noisy = np.flatnonzero(ordered[last] > ordered[first])
    first, rows = first[noisy], last[noisy] - first[noisy] + 1
    lowest = value = ordered[first]
    if equal_value == "shortest" and len(noisy):
        level = np.repeat(np.arange(len(noisy)), rows)
        place = np.arange(len(level)) + np.repeat(first - (np.cumsum(rows) - rows), rows)
        value = _shortest(level, ordered[place])
    return NoisyLevels(lowest, ordered[last[noisy]], value, rows)


def _shortest(level: npt.NDArray[np.intp], values: Floats) -> Floats:
    """Return the value with the fewest digits of each level, or the lowest of several such values."""
    length = pl.col("value").cast(pl.String).str.len_bytes()
    distinct = pl.DataFrame({"level": level, "value": values}).unique().sort("level", length, "value")
    return distinct.unique("level", keep="first", maintain_order=True)["value"].to_numpy()


def value_for(values: Sequence[float], equal_value: EqualValue) -> float:
    """Return the value that stands for several values in ascending order.

    >>> value_for([0.3, 0.1 + 0.2], "shortest"), value_for([0.29999999999999993, 0.3], "shortest")
    (0.3, 0.3)
    """
    if equal_value == "lowest":
        return values[0]
    return float(_shortest(np.zeros(len(values), np.intp), np.array(values))[0])
