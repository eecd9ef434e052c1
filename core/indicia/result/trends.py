"""Trends of units over the periods of a panel."""

from __future__ import annotations

import polars as pl

from indicia.arguments import names_its_arguments
from indicia.errors import DataError, require_columns


@names_its_arguments
def trends(frame: pl.DataFrame, column: str, *, unit: str, period: str) -> pl.DataFrame:
    """Return the change and the trend of a column for each unit, over the periods that have a value.

    A unit with fewer than two values has no trend. For dates, the unit of time is a year of 365.25 days.

    Source: OECD/JRC (2008), Handbook on Constructing Composite Indicators, section 1.7.

    Parameters
    ----------
    frame : polars.DataFrame
        A row for each unit and period.
    column : str
        The column of the value.
    unit, period : str
        The columns of units and of periods, which are numbers or dates.

    Returns
    -------
    polars.DataFrame
        `first_period` and `last_period` with their values; `change`, the difference of these values; `cagr`, the
        compound annual growth rate, missing if the signs of the values differ; `slope`, the least-squares change per
        unit of time; `relative_slope`, the slope as a share of the fitted value in the first period.

    Examples
    --------
    >>> panel = pl.DataFrame({"city": ["Lima"] * 3, "year": [2015, 2016, 2017], "score": [1.0, 2.0, 4.0]})
    >>> trends(panel, "score", unit="city", period="year").select("change", "cagr", "slope").row(0)
    (3.0, 1.0, 1.5)
    """
    require_columns(frame, [unit, period, column])
    present = frame.select(unit, period, t=years(frame[period]), x=pl.col(column).cast(pl.Float64)).drop_nulls("x")
    t, x = pl.col("t"), pl.col("x")
    fits = (
        present.sort(unit, "t")
        .group_by(unit, maintain_order=True)
        .agg(
            first_period=pl.col(period).first(),
            last_period=pl.col(period).last(),
            first=x.first(),
            last=x.last(),
            count=pl.len(),
            span=t.last() - t.first(),
            slope=((t - t.mean()) * (x - x.mean())).sum() / ((t - t.mean()) ** 2).sum(),
            fitted=x.mean()
            + ((t - t.mean()) * (x - x.mean())).sum() / ((t - t.mean()) ** 2).sum() * (t.first() - t.mean()),
        )
    )
    first, last = pl.col("first"), pl.col("last")
    growth = (last / first).pow(1 / pl.col("span")) - 1
    has_trend = pl.col("count") > 1
    trend = fits.with_columns(
        change=pl.when(has_trend).then(last - first),
        cagr=pl.when(has_trend & (first == last)).then(0.0).when(has_trend & (first * last > 0)).then(growth),
        slope=pl.when(has_trend).then(pl.col("slope")),
        relative_slope=pl.when(has_trend & (pl.col("slope") == 0))
        .then(0.0)
        .when(has_trend & (pl.col("fitted") != 0))
        .then(pl.col("slope") / pl.col("fitted")),
    )
    units = frame.select(pl.col(unit).unique().sort())
    return units.join(trend.drop("count", "span", "fitted"), on=unit, how="left", maintain_order="left")


def years(period: pl.Series) -> pl.Series:
    """Return periods as numbers: dates in years, numbers unchanged; DataError for anything else."""
    if period.dtype.is_temporal():
        return period.cast(pl.Date).cast(pl.Int32).cast(pl.Float64) / 365.25
    numbers = period.cast(pl.Float64, strict=False)
    if numbers.null_count() > period.null_count():
        raise DataError(
            f'the period "{period.name}" is neither a number nor a date, and a trend needs numbers or dates',
            remedy="write periods as years, or as dates such as 2024-12-31",
        )
    return numbers
