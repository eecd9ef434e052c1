"""Rounding noise, and ranks of values that differ by more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.methods.profile import Profile, profile

if TYPE_CHECKING:
    import numpy.typing as npt


def by_group(group: npt.NDArray[np.unsignedinteger]) -> npt.NDArray[np.uint32]:
    """Return the places of rows in the order of their groups; rows of a group keep their order.

    To sort numbers of 64 bits, the group above and the place below, takes a tenth of a stable sort by group.

    >>> by_group(np.array([1, 0, 1, 0], np.uint32)).tolist()
    [1, 3, 0, 2]
    """
    return np.sort(group.astype(np.uint64) << 32 | np.arange(len(group), dtype=np.uint64)).astype(np.uint32)


def ranks_in_order(
    level: npt.NDArray[np.unsignedinteger], group: npt.NDArray[np.unsignedinteger], ties: str
) -> npt.NDArray[np.number]:
    """Return the ranks of rows that are ordered by group and place; rows with equal levels share a rank.

    >>> ranks_in_order(np.array([0, 0, 1], np.uint32), np.zeros(3, np.uint32), "average").tolist()
    [1.5, 1.5, 3.0]
    """
    begins_group = np.diff(group, prepend=~group[:1]) != 0
    first = np.flatnonzero(begins_group | (np.diff(level, prepend=~level[:1]) != 0))  # the first row of each rank
    begins_group, size = begins_group[first], np.diff(first, append=len(level))
    if ties == "dense":
        number = np.arange(len(first))
        return np.repeat(number - _at_group_start(begins_group, number) + 1, size)
    lowest = first - _at_group_start(begins_group, first) + 1
    if ties == "min":
        return np.repeat(lowest, size)
    highest = lowest + size - 1
    return np.repeat(highest if ties == "max" else (lowest + highest) / 2, size)


def _at_group_start(begins: npt.NDArray[np.bool_], rising: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """Return, for each element, the number at the beginning of its group; the numbers rise from 0."""
    last: npt.NDArray[np.intp] = np.maximum.accumulate(np.where(begins, rising, 0))
    return last


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
