"""Figures beside the columns of the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterable

    import polars as pl


def with_figures(frame: pl.DataFrame, figures: Iterable[pl.Series]) -> pl.DataFrame:
    """Return a frame with figures beside its columns; DataError where a column has the name of a figure.

    >>> import polars as pl
    >>> with_figures(pl.DataFrame({"tier": ["B"]}), [pl.Series("tier", [1])])
    Traceback (most recent call last):
    indicia.errors.DataError: the column "tier" has the name of a figure of this table
      fix: rename it in the data
    """
    columns = list(figures)
    if taken := [one.name for one in columns if one.name in frame.columns]:
        raise DataError(
            f'the column "{taken[0]}" has the name of a figure of this table', remedy="rename it in the data"
        )
    return frame.hstack(columns)
