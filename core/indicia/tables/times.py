"""Periods as numbers."""

from __future__ import annotations

import polars as pl


def time_of(period: pl.Series) -> pl.Series:
    """Return periods as numbers: a year, the number of the day of a date, or the rank of any other text."""
    times = absolute_time(period)
    return period.rank("dense").cast(pl.Float64) if times is None else times


def absolute_time(period: pl.Series) -> pl.Series | None:
    """Return periods as numbers that do not depend on the other periods: a year, or the number of the day of a date.

    None if a period is another text, such as Q1, whose place in time depends on the other periods of a table.
    """
    if period.dtype.is_temporal():
        return period.cast(pl.Date).cast(pl.Int32).cast(pl.Float64)
    numbers = period.cast(pl.Float64, strict=False)
    return None if numbers.null_count() else numbers
