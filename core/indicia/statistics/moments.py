"""Skewness and kurtosis of items."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.statistics.items import item_values, scale_columns

if TYPE_CHECKING:
    from collections.abc import Sequence


def moments(table: pl.DataFrame, items: Sequence[str]) -> pl.DataFrame:
    """Compute skewness and excess kurtosis of each item, in the three forms of Joanes and Gill.

    Parameters
    ----------
    table : polars.DataFrame
        Units in rows.
    items : sequence of str
        Columns of numbers. Each statistic is over the units that have the item.

    Returns
    -------
    polars.DataFrame
        `item`, its number of `units`, `skewness1`, `skewness2`, `skewness3`, `kurtosis1`, `kurtosis2` and `kurtosis3`.
        Form 2 of the kurtosis needs 4 units, and is missing with 3.

    Raises
    ------
    DataError
        For items without numbers, with fewer than 3 values, or with a single value for all units.

    Notes
    -----
    With central moments m_r = Σ (x - x̄)^r / n:
    form 1 is g₁ = m₃ / m₂^1.5 and g₂ = m₄ / m₂² - 3;
    form 2, without bias for normal values, is G₁ = g₁ √(n (n - 1)) / (n - 2) and
    G₂ = ((n + 1) g₂ + 6) (n - 1) / ((n - 2)(n - 3)), as in spreadsheets;
    form 3 is b₁ = g₁ ((n - 1) / n)^1.5 and b₂ = (g₂ + 3)(1 - 1 / n)² - 3.

    References
    ----------
    Joanes & Gill (1998), The Statistician 47(1), 183-189.

    Examples
    --------
    >>> moments(pl.DataFrame({"income": [1, 2, 3, 10]}), ["income"]).select(pl.col("^skew.*$").round(4)).row(0)
    (1.0182, 1.7636, 0.6614)
    """
    values = item_values(table, items, fewest_items=1)
    n = (~np.isnan(values)).sum(axis=0).astype(np.float64)
    scaled, _ = scale_columns(values)
    centred = scaled - np.nanmean(scaled, axis=0)
    m2, m3, m4 = (np.nanmean(centred**power, axis=0) for power in (2, 3, 4))
    g1, g2 = m3 / m2**1.5, m4 / m2**2 - 3
    with np.errstate(divide="ignore", invalid="ignore"):
        unbiased = np.where(n > 3, ((n + 1) * g2 + 6) * (n - 1) / ((n - 2) * (n - 3)), np.nan)
    columns = {
        "skewness1": g1,
        "skewness2": g1 * np.sqrt(n * (n - 1)) / (n - 2),
        "skewness3": g1 * ((n - 1) / n) ** 1.5,
        "kurtosis1": g2,
        "kurtosis2": unbiased,
        "kurtosis3": (g2 + 3) * (1 - 1 / n) ** 2 - 3,
    }
    frame = pl.DataFrame({"item": list(items), "units": n, **columns}, schema_overrides={"units": pl.Float64})
    return frame.with_columns(pl.col("units").cast(pl.Int64), pl.col("kurtosis2").fill_nan(None))
