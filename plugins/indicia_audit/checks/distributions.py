"""The distribution of the values of a column: order statistics, ties, skewness and kurtosis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from indicia_statistics.moments import shape, without_bias

if TYPE_CHECKING:
    import polars as pl

    from indicia.methods import Array


@dataclass(frozen=True)
class Distribution:
    """The order statistics and ties of the present values of a column."""

    present: int
    lowest: float
    first_quartile: float
    median: float
    third_quartile: float
    highest: float
    distinct: int
    """The number of different values."""
    zeros: int
    most_common: float
    """The most common value; of several, the lowest."""
    most_common_count: int
    outliers: int
    """The number of values further than 1.5 interquartile ranges from the quartiles (Tukey 1977)."""


def distribution(column: pl.Series) -> Distribution | None:
    """Return the distribution of the present values of a column; None if there are none.

    Parameters
    ----------
    column : polars.Series
        Numbers, with or without missing values.

    Returns
    -------
    Distribution or None
        Ends, quartiles, moments, the most common value, and the number of outliers.

    Examples
    --------
    >>> import polars as pl
    >>> facts = distribution(pl.Series([1.0, 0.0, 2.0, 2.0, None, 30.0]))
    >>> facts.median, facts.most_common, facts.most_common_count, facts.outliers
    (2.0, 2.0, 2, 1)
    """
    values = column.drop_nulls().sort().to_numpy()
    n = len(values)
    if not n:
        return None
    # sorted values are equal in runs; the runs start where a value differs from the one before
    starts = np.flatnonzero(np.concatenate(([True], values[1:] != values[:-1])))
    lengths = np.diff(starts, append=n)
    first, median, third = (_quantile(values, share) for share in (0.25, 0.5, 0.75))
    fence = 1.5 * (third - first)
    below, above = np.searchsorted(values, first - fence), np.searchsorted(values, third + fence, side="right")
    longest = int(lengths.argmax())
    return Distribution(
        present=n,
        lowest=float(values[0]),
        first_quartile=first,
        median=median,
        third_quartile=third,
        highest=float(values[-1]),
        distinct=len(starts),
        zeros=int(np.searchsorted(values, 0.0, side="right") - np.searchsorted(values, 0.0)),
        most_common=float(values[starts[longest]]),
        most_common_count=int(lengths[longest]),
        outliers=int(below + n - above),
    )


def _quantile(ordered: Array, share: float) -> float:
    """Return a quantile of sorted values, interpolated linearly (type 7 of Hyndman & Fan 1996)."""
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    part = place - low
    return float(ordered[low] * (1 - part) + ordered[high] * part)


def skewness_of(frame: pl.DataFrame) -> dict[str, float | None]:
    """Return the bias-corrected skewness of each column, as spreadsheets compute it (type 2 of Joanes & Gill 1998).

    The skewness of fewer than three values, or of equal values, is None.

    >>> import polars as pl
    >>> round(skewness_of(pl.DataFrame({"x": [1.0, 2.0, 3.0, 10.0]}))["x"], 6)
    1.763633
    """
    return {name: moments(frame[name])[0] for name in frame.columns}


def kurtosis_of(frame: pl.DataFrame) -> dict[str, float | None]:
    """Return the bias-corrected excess kurtosis of each column (type 2 of Joanes & Gill 1998).

    The kurtosis of fewer than four values, or of equal values, is None.

    >>> import polars as pl
    >>> round(kurtosis_of(pl.DataFrame({"x": [1.0, 2.0, 3.0, 10.0]}))["x"], 6)
    3.228
    """
    return {name: moments(frame[name])[1] for name in frame.columns}


def moments(column: pl.Series) -> tuple[float | None, float | None]:
    """Return the bias-corrected skewness and excess kurtosis of a column without its missing values.

    Parameters
    ----------
    column : polars.Series
        Numbers, with or without missing values.

    Returns
    -------
    tuple of float or None
        The skewness and the excess kurtosis; None for too few or equal values.
    """
    values = column.drop_nulls().to_numpy()
    plain = shape(values)
    return (None, None) if plain is None else without_bias(*plain, len(values))
