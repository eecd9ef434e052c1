"""Pearson's correlation of two columns, where a few pairs bear none."""

from __future__ import annotations

import polars as pl

_LEAST = 5
"""The least number of pairs of a correlation."""


def pearson(first: pl.Series, second: pl.Series) -> tuple[float | None, int]:
    """Return the correlation of the rows that have both values, and their number; None for too few or constants.

    >>> pearson(pl.Series([1.0, 2.0, 3.0, 4.0, 5.0, None]), pl.Series([2.0, 4.0, 6.0, 8.0, 10.0, 1.0]))
    (1.0, 5)
    """
    columns = [column.cast(pl.Float64).alias(name) for column, name in ((first, "x"), (second, "y"))]
    pairs = pl.DataFrame(columns).filter(pl.col("x").is_finite(), pl.col("y").is_finite())
    if len(pairs) < _LEAST or any(column.min() == column.max() for column in pairs):
        return None, len(pairs)
    r = float(pairs.select(pl.corr("x", "y")).item())
    return (None if r != r else max(-1.0, min(1.0, r))), len(pairs)
