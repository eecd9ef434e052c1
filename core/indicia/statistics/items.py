"""The items of a scale, such as the indicators of a dimension: their values, covariances and correlations.

Statistics of coherence assume that a higher value of every item is better: take normalised values, or reverse costs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
import polars as pl

from indicia.errors import DataError, join_names, pluralise, require_columns
from indicia.statistics.noise import NOISE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.methods import Array

Missing: TypeAlias = Literal["refuse", "complete", "pairwise"]
"""The treatment of missing values: refuse them, take the units that have every item, or take for each pair of items
the units that have both."""

FEWEST_UNITS = 3
_ZERO_EIGENVALUE = 1e-10
"""Eigenvalues up to this size are 0: some items are then linearly dependent."""
_SMALLEST_SHARE = 1e-4
"""The smallest coefficient with which an item takes part in a linear dependence."""


@dataclass(frozen=True)
class ItemMatrix:
    """Covariances and correlations of k items."""

    items: tuple[str, ...]
    units: int
    """The number of units; for pairs of items with different units, the smallest number of a pair."""
    covariance: Array
    """Sample covariances, shape (k, k)."""
    correlation: Array
    """Pearson's correlations, shape (k, k)."""

    def require_inverse(self) -> None:
        """Refuse correlations that have no inverse: too few units, or linearly dependent items."""
        size = len(self.items)
        if self.units <= size:
            raise DataError(
                f"{pluralise(self.units, 'unit')} for {size} items: their correlations are singular",
                where=join_names(self.items),
                remedy="analyse fewer items together, such as one dimension at a time",
            )
        eigenvalues, vectors = np.linalg.eigh(self.correlation)
        if eigenvalues[0] < -_ZERO_EIGENVALUE:
            raise DataError(
                "correlations of pairs with different units contradict each other: an eigenvalue is negative",
                where=join_names(self.items),
                remedy='missing="complete", or impute the missing values',
            )
        null = vectors[:, eigenvalues <= _ZERO_EIGENVALUE]
        if null.shape[1]:
            dependent = np.flatnonzero((np.abs(null) > _SMALLEST_SHARE).any(axis=1))
            raise DataError(
                f"{join_names(self.items[at] for at in dependent)} are linearly dependent: the correlations of {size} "
                f"items have rank {size - null.shape[1]}",
                remedy=f"leave out {'one' if null.shape[1] == 1 else str(null.shape[1])} of them",
            )


def item_values(table: pl.DataFrame, items: Sequence[str], *, fewest_items: int = 2) -> Array:
    """Return the values of items, shape (n, k), missing = NaN.

    DataError for columns that lack numbers, are constant, occur twice or have fewer than 3 values.

    >>> item_values(pl.DataFrame({"income": [1, 2, 4], "air": [5, 5, 5]}), ["income", "air"])
    Traceback (most recent call last):
    indicia.errors.DataError: air is constant
      fix: leave it out: a constant item has no correlation
    """
    require_columns(table, items)
    if duplicates := sorted({item for item in items if list(items).count(item) > 1}):
        raise DataError(f"{join_names(duplicates)} {_be(duplicates)} listed twice", remedy="list every item once")
    if len(items) < fewest_items:
        raise DataError(
            f"{pluralise(fewest_items, 'item')} or more are necessary, and there {_be(items)} {len(items)}",
            where=join_names(items) or None,
            remedy="add items, or leave out this statistic",
        )
    if texts := [item for item in items if not table.schema[item].is_numeric()]:
        raise DataError(f"{join_names(texts)} {_have(texts)} no numbers", remedy="table.cast({…: pl.Float64})")
    values = table.select(pl.col(list(items)).cast(pl.Float64))
    faulty = {item: number for item in items if (number := values.select((~pl.col(item).is_finite()).sum()).item())}
    if faulty:
        texts = [f"{item} ({pluralise(number, 'unit')})" for item, number in faulty.items()]
        raise DataError(f"values are not finite: {join_names(texts)}", remedy="make them missing, or leave them out")
    array = np.array(values.to_numpy(), dtype=np.float64).reshape(-1, len(items))
    _require_spread(array, items)
    return array


def item_matrix(table: pl.DataFrame, items: Sequence[str], missing: Missing, *, fewest_items: int = 2) -> ItemMatrix:
    """Return covariances and correlations of items."""
    values = item_values(table, items, fewest_items=fewest_items)
    lacking = np.isnan(values)
    if missing == "refuse" and lacking.any():
        texts = [
            f"{item} ({pluralise(int(number), 'unit')})"
            for item, number in zip(items, lacking.sum(axis=0), strict=True)
            if number
        ]
        raise DataError(
            f"values are missing: {join_names(texts)}",
            remedy='impute them, or missing="complete" for units with every item, or missing="pairwise"',
        )
    if missing == "complete":
        values = values[~lacking.any(axis=1)]
        _require_spread(values, items, where="among the units that have every item")
    units, covariance, correlation = pairwise(values)
    if np.isnan(correlation).any():
        first, second = (items[place] for place in np.argwhere(np.isnan(correlation))[0])
        raise DataError(
            f"{first} and {second} have no correlation: too few units have both, or one is constant there",
            remedy="leave out one of them, or impute the missing values",
        )
    return ItemMatrix(tuple(items), int(units.min()), covariance, correlation)


def pairwise(values: Array) -> tuple[Array, Array, Array]:
    """Return numbers of common units, covariances and correlations of every pair of columns, shapes (k, k).

    A pair with fewer than 3 common units, or with a constant among these, has the correlation NaN.
    """
    scaled, scale = scale_columns(values)
    present = ~np.isnan(scaled)
    centred = np.where(present, scaled - np.nanmean(scaled, axis=0), 0.0)
    seen = present.astype(np.float64)
    units = seen.T @ seen
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        sums = centred.T @ seen  # of the row's item over the units that have the column's item
        covariance = (centred.T @ centred - sums * sums.T / units) / (units - 1)
        variance = ((centred**2).T @ seen - sums**2 / units) / (units - 1)
        variance[(variance <= NOISE * np.diag(variance)[:, None]) | (units < FEWEST_UNITS)] = np.nan
        correlation = np.clip(covariance / np.sqrt(variance * variance.T), -1.0, 1.0)
        covariance = covariance * scale * scale[:, None]
    place = np.flatnonzero(~np.isnan(np.diag(correlation)))
    correlation[place, place] = 1.0
    return units, covariance, correlation


def scale_columns(values: Array) -> tuple[Array, Array]:
    """Divide each column by a power of 2, which is exact, so that no product of values overflows."""
    size = np.nanmax(np.abs(values), axis=0, initial=0.0)
    scale = np.ldexp(1.0, np.clip(np.frexp(size)[1], -1000, 1000))
    return values / scale, scale


def upper_pairs(size: int) -> list[tuple[int, int]]:
    """Return the pairs of places, the first before the second, row by row."""
    return [(first, second) for first in range(size) for second in range(first + 1, size)]


def require_seed(seed: int) -> None:
    """Refuse a seed that the generator of random numbers does not take."""
    if seed < 0:
        raise DataError(f"seed = {seed} is negative", remedy="seed=1, or another number of 0 or more")


def _require_spread(values: Array, items: Sequence[str], where: str | None = None) -> None:
    present = ~np.isnan(values)
    few = [item for item, number in zip(items, present.sum(axis=0), strict=True) if number < FEWEST_UNITS]
    if few:
        raise DataError(
            f"{join_names(few)} {_have(few)} fewer than {FEWEST_UNITS} values",
            where=where,
            remedy=f"leave {_it(few)} out, or impute the missing values",
        )
    size = np.nanmax(np.abs(values), axis=0)
    with np.errstate(over="ignore"):
        spread = np.nanmax(values, axis=0) - np.nanmin(values, axis=0)
    if constant := [item for item, is_flat in zip(items, spread <= NOISE * size, strict=True) if is_flat]:
        raise DataError(
            f"{join_names(constant)} {_be(constant)} constant",
            where=where,
            remedy=f"leave {_it(constant)} out: a constant item has no correlation",
        )


def _be(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"


def _have(names: Sequence[str]) -> str:
    return "has" if len(names) == 1 else "have"


def _it(names: Sequence[str]) -> str:
    return "it" if len(names) == 1 else "them"
