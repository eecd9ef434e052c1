"""Parallel analysis: the eigenvalues of unrelated items, to compare with the eigenvalues of real ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.arguments import names_its_arguments
from indicia.errors import DataError, pluralise
from indicia.statistics.items import require_seed

if TYPE_CHECKING:
    from indicia.methods import Array

_CELLS = 1 << 20
"""The largest number of matrix entries in a batch."""
_ABOVE_ONE = 1 + 1e-9


@dataclass(frozen=True)
class ComponentCounts:
    """The number of components to keep, by three rules."""

    kaiser: int
    """The eigenvalues above 1."""
    above_mean: int
    """The first eigenvalues that are above the mean of unrelated items."""
    above_quantile: int
    """The first eigenvalues that are above the quantile of unrelated items."""
    margin: float
    """The smallest difference of an eigenvalue and its mean up to the first that is not above its mean: if the standard
    error of the mean is as large, `above_mean` depends on the draws."""


@names_its_arguments
def parallel_thresholds(
    units: int, items: int, *, draws: int = 1000, quantile: float = 0.95, seed: int = 1
) -> pl.DataFrame:
    """Draw the eigenvalues of correlations of unrelated normal items (Horn's parallel analysis).

    Parameters
    ----------
    units, items : int
        The size of the table; there must be more units than items.
    draws : int, default 1,000
        The number of random tables.
    quantile : float, default 0.95
        The quantile of each eigenvalue, between 0 and 1.
    seed : int, default 1
        The seed of the random numbers.

    Returns
    -------
    polars.DataFrame
        `component`, the `mean` and the `quantile` of its eigenvalue, and `se`, the standard error of the mean.

    Raises
    ------
    DataError
        If there are no more units than items, or fewer than two items or draws, or for a quantile outside 0 to 1.

    Notes
    -----
    The covariances of a random table have a Wishart distribution. It is drawn from k (k + 1) / 2 numbers by Bartlett's
    decomposition, so that time and memory do not depend on the number of units.

    References
    ----------
    Horn (1965), Psychometrika 30(2), 179-185; Smith & Hocking (1972), Applied Statistics 21(3), 341-345.

    Examples
    --------
    >>> parallel_thresholds(51, 3, draws=2000)["mean"].round(2).to_list()
    [1.23, 0.99, 0.78]
    """
    _check(units, items, draws, quantile)
    require_seed(seed)
    random = np.random.default_rng(seed)
    batch = max(1, _CELLS // items**2)
    eigenvalues = np.concatenate(
        [_eigenvalues(random, units, items, min(batch, draws - start)) for start in range(0, draws, batch)]
    )
    columns = {
        "component": np.arange(1, items + 1),
        "mean": eigenvalues.mean(axis=0),
        "quantile": np.quantile(eigenvalues, quantile, axis=0),
        "se": eigenvalues.std(axis=0, ddof=1) / np.sqrt(draws),
    }
    return pl.DataFrame(columns)


@names_its_arguments
def component_counts(eigenvalues: pl.DataFrame, thresholds: pl.DataFrame) -> ComponentCounts:
    """Count the components to keep.

    Parameters
    ----------
    eigenvalues : polars.DataFrame
        The table of `principal_components`.
    thresholds : polars.DataFrame
        The table of `parallel_thresholds` for as many units and items.

    Returns
    -------
    ComponentCounts
        The counts by Kaiser's rule, by the mean and by the quantile.

    Raises
    ------
    DataError
        If the tables have different numbers of components.

    Examples
    --------
    >>> eigenvalues = pl.DataFrame({"component": [1, 2, 3], "eigenvalue": [1.7, 1.02, 0.28]})
    >>> component_counts(eigenvalues, parallel_thresholds(51, 3, draws=2000)).above_quantile
    1
    """
    if (count := eigenvalues.height) != thresholds.height:
        raise DataError(
            f"thresholds of {pluralise(thresholds.height, 'component')} for {pluralise(count, 'eigenvalue')}",
            remedy=f"parallel_thresholds(units, {count})",
        )
    values = eigenvalues["eigenvalue"].to_numpy()
    means, quantiles = thresholds["mean"].to_numpy(), thresholds["quantile"].to_numpy()
    above_mean = _first_above(values, means)
    margin = float(np.abs(values - means)[: above_mean + 1].min())
    return ComponentCounts(int((values > _ABOVE_ONE).sum()), above_mean, _first_above(values, quantiles), margin)


def _check(units: int, items: int, draws: int, quantile: float) -> None:
    if items < 2 or draws < 2:
        raise DataError(
            f"{pluralise(items, 'item')} and {pluralise(draws, 'draw')}: parallel analysis needs two of each or more",
            remedy="add items or draws",
        )
    if units <= items:
        raise DataError(
            f"{pluralise(units, 'unit')} for {items} items: their correlations are singular",
            remedy="analyse fewer items together, such as one dimension at a time",
        )
    if not 0 < quantile < 1:
        raise DataError(f"quantile = {quantile} is not between 0 and 1", remedy="quantile=0.95")


def _eigenvalues(random: np.random.Generator, units: int, items: int, draws: int) -> Array:
    """Return eigenvalues of random correlations in descending order, shape (draws, k)."""
    factor = np.tril(random.standard_normal((draws, items, items)), -1)
    place = np.arange(items)
    factor[:, place, place] = np.sqrt(random.chisquare(units - 1 - place, (draws, items)))
    factor /= np.sqrt((factor**2).sum(axis=2, keepdims=True))  # rows of length 1: variances of 1
    return np.asarray(np.linalg.eigvalsh(factor @ factor.transpose(0, 2, 1))[:, ::-1])


def _first_above(values: Array, thresholds: Array) -> int:
    """Count the values before the first that is not above its threshold."""
    return int(np.append(values > thresholds, False).argmin())
