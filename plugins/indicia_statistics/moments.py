"""Skewness and kurtosis of items."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.arguments import names_its_arguments
from indicia_statistics.reliability import item_values

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.methods import Array


@names_its_arguments
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
    rows = []
    for item, column in zip(items, item_values(table, items, fewest_items=1).T, strict=True):
        values = column[~np.isnan(column)]
        rows.append((item, len(values), *_forms(values)))
    forms = [f"{moment}{form}" for moment in ("skewness", "kurtosis") for form in (1, 2, 3)]
    return pl.DataFrame(
        rows, schema={"item": pl.String, "units": pl.Int64, **dict.fromkeys(forms, pl.Float64)}, orient="row"
    )


def shape(values: Array) -> tuple[float, float] | None:
    """Return g₁ and g₂ of present values; None for fewer than 3 values, and if all are equal.

    >>> shape(np.array([-1.0, 1.0, -1.0, 1.0])), shape(np.array([5.0, 5.0, 5.0]))
    ((0.0, -2.0), None)
    """
    if len(values) < 3 or (lowest := values.min()) == (highest := values.max()):
        return None
    scaled = values / max(abs(lowest), abs(highest))  # powers of large values could overflow
    distance = scaled - scaled.mean()
    square = distance * distance
    m2, m3, m4 = float(square.mean()), float((square * distance).mean()), float((square * square).mean())
    if m2**2 == 0.0:  # underflow: the values differ by less than their rounding
        return None
    return m3 / m2**1.5, m4 / m2**2 - 3


def without_bias(g1: float, g2: float, n: int) -> tuple[float, float | None]:
    """Return G₁ and G₂ from g₁ and g₂ of n values, 3 or more; G₂ of 3 values is None.

    >>> without_bias(0.0, -1.5, 3), without_bias(0.0, -2.0, 4)
    ((0.0, None), (0.0, -6.0))
    """
    skewness = g1 * float(np.sqrt(n * (n - 1))) / (n - 2)
    return skewness, None if n < 4 else ((n + 1) * g2 + 6) * (n - 1) / ((n - 2) * (n - 3))


def _forms(values: Array) -> tuple[float | None, ...]:
    """Return the three forms of the skewness and of the kurtosis."""
    plain, n = shape(values), len(values)
    if plain is None:
        return (None,) * 6
    g1, g2 = plain
    skewness, kurtosis = without_bias(g1, g2, n)
    return g1, skewness, g1 * ((n - 1) / n) ** 1.5, g2, kurtosis, (g2 + 3) * (1 - 1 / n) ** 2 - 3
