"""Rounding noise: values that differ by no more than a computer's arithmetic does are equal (decision 0004)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.tables.profile import profile

if TYPE_CHECKING:
    import numpy.typing as npt

    from indicia.tables.profile import Profile

NOISE = 1e-12
"""Values are equal where they differ by no more than this share of the largest."""


def without_noise(values: pl.Series, size: float | None = None) -> pl.Series:
    """Return values in the same order, equal where no gap above the noise of the largest (or of a size) parts them.

    >>> without_noise(pl.Series([0.3, 0.1 + 0.2, 0.2])).rank("min", descending=True).to_list()
    [1, 1, 3]
    """
    if size is None:
        size = largest(profile(values.to_frame("values"), ["values"])["values"])
    places, level = levels(values, NOISE * size)
    lowest = np.flatnonzero(np.diff(level, prepend=-1))
    return placed(values.name, len(values), places, values.to_numpy()[places[lowest]][level])


def largest(facts: Profile) -> float:
    """Return the largest absolute value of a column; 0 where it has none."""
    return max(abs(facts.lowest or 0.0), abs(facts.highest or 0.0))


def levels(values: pl.Series, tolerance: float) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.uint32]]:
    """Return where the values stand, from the lowest up, and of each how many gaps above the tolerance are below it."""
    numbers = values.to_numpy()
    places = np.argsort(numbers)[: len(values) - values.null_count()]
    with np.errstate(invalid="ignore", over="ignore"):
        gaps = np.diff(numbers[places], prepend=np.nan)
    return places, np.cumsum(gaps > tolerance, dtype=np.uint32)


def placed(name: str, rows: int, places: npt.NDArray[np.intp], ordered: npt.NDArray[np.generic]) -> pl.Series:
    """Return a column of so many rows with results at their places; it is missing in all other rows."""
    column = np.zeros(rows, ordered.dtype)
    column[places] = ordered
    if len(places) == rows:
        return pl.Series(name, column)
    missing = np.ones(rows, dtype=bool)
    missing[places] = False
    return pl.Series(name, column).set(pl.Series(missing), None)
