"""Bootstrap intervals of the eigenvalues of correlations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import polars as pl

from indicia.arguments import names_its_arguments
from indicia.errors import DataError, join_names, pluralise
from indicia.statistics.items import item_matrix, require_seed
from indicia.statistics.noise import NOISE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.methods import Array

_CELLS = 1 << 20
"""The largest number of resampled values in a batch."""


@names_its_arguments
def eigenvalue_intervals(
    table: pl.DataFrame,
    items: Sequence[str],
    *,
    draws: int = 1000,
    quantiles: tuple[float, float] = (0.05, 0.95),
    seed: int = 1,
    missing: Literal["refuse", "complete"] = "refuse",
) -> pl.DataFrame:
    """Resample units, and compute intervals of the eigenvalues of the correlations of items.

    Parameters
    ----------
    table : polars.DataFrame
        Units in rows.
    items : sequence of str
        Columns of numbers, two or more.
    draws : int, default 1,000
        The number of resampled tables, each with as many units as the table, drawn with replacement.
    quantiles : tuple of two floats, default (0.05, 0.95)
        The ends of the intervals, between 0 and 1.
    seed : int, default 1
        The seed of the random numbers.
    missing : "refuse" or "complete", default "refuse"
        Refuse missing values, or take the units with every item.

    Returns
    -------
    polars.DataFrame
        `component`, its `eigenvalue`, the ends `low` and `high` of its interval, and the number of `draws`. A draw in
        which an item is constant has no correlations and is not counted.

    Raises
    ------
    DataError
        As `principal_components`; for fewer than two draws, for quantiles that are not in order, and if an item is
        constant in more than half of the draws.

    Notes
    -----
    The largest eigenvalue of a resampled table is too large on average, and the smallest too small: an interval that
    lies above 1 only just is weak evidence of a component.

    References
    ----------
    Efron & Tibshirani (1993), An Introduction to the Bootstrap, section 7.2.

    Examples
    --------
    >>> table = pl.DataFrame({"income": [1, 2, 3, 4, 5, 6], "air": [2, 1, 4, 6, 3, 5], "rent": [1, 4, 2, 6, 3, 5]})
    >>> intervals = eigenvalue_intervals(table, ["income", "air", "rent"], draws=200)
    >>> intervals.filter((pl.col("low") < 1) & (pl.col("high") > 1))["component"].to_list()
    [2]
    """
    low, high = quantiles
    require_seed(seed)
    if draws < 2 or not 0 < low < high < 1:
        raise DataError(
            f"{pluralise(draws, 'draw')} and quantiles {low} and {high} make no interval",
            remedy="draws=1000, quantiles=(0.05, 0.95)",
        )
    matrix = item_matrix(table, items, missing)
    matrix.require_inverse()
    values = table.select(pl.col(list(items)).cast(pl.Float64)).drop_nulls().to_numpy()
    standard = (values - values.mean(axis=0)) / values.std(axis=0, ddof=1)
    drawn = _resample(standard, draws, np.random.default_rng(seed))
    if len(drawn) < draws / 2:
        raise DataError(
            f"an item of {join_names(items)} is constant in {draws - len(drawn)} of {pluralise(draws, 'draw')}",
            remedy="leave out items in which nearly all units have the same value",
        )
    columns = {
        "component": np.arange(1, len(items) + 1),
        "eigenvalue": np.linalg.eigvalsh(matrix.correlation)[::-1],
        "low": np.quantile(drawn, low, axis=0),
        "high": np.quantile(drawn, high, axis=0),
    }
    return pl.DataFrame(columns).with_columns(draws=pl.lit(len(drawn), pl.Int64))


def _resample(standard: Array, draws: int, random: np.random.Generator) -> Array:
    """Return the eigenvalues of resampled tables in descending order, shape (draws, k), constant draws left out."""
    units, size = standard.shape
    batch = max(1, _CELLS // (units * size))
    parts = []
    for start in range(0, draws, batch):
        times = random.multinomial(units, np.full(units, 1 / units), min(batch, draws - start)).astype(np.float64)
        mean = times @ standard / units
        products = (times[:, :, None] * standard).transpose(0, 2, 1) @ standard / units
        covariance = products - mean[:, :, None] * mean[:, None]
        variance = np.diagonal(covariance, axis1=1, axis2=2)
        covariance = covariance[(variance > NOISE).all(axis=1)]
        deviation = np.sqrt(np.diagonal(covariance, axis1=1, axis2=2))
        correlation = covariance / (deviation[:, :, None] * deviation[:, None])
        parts.append(np.linalg.eigvalsh(correlation)[:, ::-1])
    return np.concatenate(parts)
