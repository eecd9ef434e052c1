"""Rounding noise: two values are equal if rounding errors can explain their difference (decision 0004)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.statistics.profile import profile

if TYPE_CHECKING:
    import numpy.typing as npt

    from indicia.statistics.profile import Profile

NOISE = 1e-12
"""Values are equal if they differ by no more than this share of the largest absolute value."""


def without_noise(values: pl.Series, size: float | None = None) -> pl.Series:
    """Return values in the same order, in which neighbours that differed by noise are equal.

    Noise is the share `NOISE` of `size`, by default of the largest absolute value.

    >>> without_noise(pl.Series([0.3, 0.1 + 0.2, 0.2])).rank("min", descending=True).to_list()
    [1, 1, 3]
    """
    if size is None:
        size = largest_absolute(profile(values.to_frame("values"), ["values"])["values"])
    return equalised(values, NOISE * size)


def equalised(values: pl.Series, tolerance: float) -> pl.Series:
    """Return values in which neighbours that differ by no more than the tolerance have their lowest value."""
    rows, level = noise_levels(values, tolerance)
    first = np.flatnonzero(np.diff(level, prepend=-1))  # the lowest value of each level
    return scatter(values.name, len(values), rows, values.to_numpy()[rows[first]][level])


def largest_absolute(profile: Profile) -> float:
    """Return the largest absolute value of a column; 0 if it has no values."""
    return max(abs(profile.lowest or 0.0), abs(profile.highest or 0.0))


def noise_levels(values: pl.Series, tolerance: float) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.uint32]]:
    """Return the rows of the present values in ascending order, and the level of each.

    Neighbours have the same level if they differ by no more than the tolerance; the lowest level is 0.
    """
    numbers = values.to_numpy()
    rows = np.argsort(numbers)[: len(values) - values.null_count()]
    with np.errstate(invalid="ignore", over="ignore"):
        gaps = np.diff(numbers[rows], prepend=np.nan)
    return rows, np.cumsum(gaps > tolerance, dtype=np.uint32)


def scatter(name: str, height: int, rows: npt.NDArray[np.intp], values: npt.NDArray[np.generic]) -> pl.Series:
    """Return a column with values in these rows, and missing values in all other rows."""
    column = np.zeros(height, values.dtype)
    column[rows] = values
    if len(rows) == height:
        return pl.Series(name, column)
    missing = np.ones(height, dtype=bool)
    missing[rows] = False
    return pl.Series(name, column).set(pl.Series(missing), None)
