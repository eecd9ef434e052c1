"""Rows and columns of frames: distinct rows, sorted rows, columns of figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    import numpy.typing as npt


def rows_differ(frame: pl.DataFrame, columns: Sequence[str]) -> bool:
    """Return True if no two rows have the same values in the columns.

    Rows with different hashes are different. To sort a million hashes takes a sixth of the time of counting distinct
    names; distinct values are counted only if two hashes are equal.

    >>> rows_differ(pl.DataFrame({"city": ["Lima", "Lima"], "year": [2020, 2021]}), ["city", "year"])
    True
    """
    hashes = np.sort(frame.select(columns).hash_rows().to_numpy())
    if (hashes[1:] != hashes[:-1]).all():
        return True
    return int(frame.select(pl.struct(columns).n_unique()).item()) == frame.height


def sorted_rows(frame: pl.DataFrame, first: Sequence[str], then: Sequence[str | pl.Expr]) -> pl.Series:
    """Return the row numbers in ascending order of the columns `first`, nulls last; ties are sorted by `then`.

    Only tied rows, usually few, are sorted by `then`: to sort the names of a million units takes a second.

    >>> sorted_rows(pl.DataFrame({"rank": [2, 1, 2], "city": ["Lima", "Oslo", "Cusco"]}), ["rank"], ["city"]).to_list()
    [1, 2, 0]
    """
    ordered = frame.select(first).with_row_index("\0row").sort(first, nulls_last=True)
    equal = pl.all_horizontal(pl.col(name).eq_missing(pl.col(name).shift(-1)) for name in first)
    equals_next = ordered.select(equal).to_series()
    tied = (equals_next | equals_next.shift(1, fill_value=False)).arg_true()
    rows = ordered["\0row"]
    if tied.is_empty():
        return rows
    sorted_ties = frame.with_row_index("\0row")[rows[tied]].sort([*first, *then], nulls_last=True)["\0row"]
    return rows.clone().scatter(tied, sorted_ties)


def with_figures(frame: pl.DataFrame, figures: Iterable[pl.Series]) -> pl.DataFrame:
    """Append columns of figures to a frame; DataError if the frame has a column with the name of a figure.

    >>> with_figures(pl.DataFrame({"tier": ["B"]}), [pl.Series("tier", [1])])
    Traceback (most recent call last):
    indicia.errors.DataError: the column "tier" has the name of a figure of this table
      fix: rename it in the data
    """
    columns = list(figures)
    for name in frame.columns:
        refuse_figures(name, [column.name for column in columns])
    return frame.hstack(columns)


def refuse_figures(column: str, figures: Collection[str]) -> None:
    """Raise a DataError if a column of the data has the name of a figure of a table."""
    if column in figures:
        raise DataError(f'the column "{column}" has the name of a figure of this table', remedy="rename it in the data")


def numbers(column: pl.Series) -> npt.NDArray[np.float64]:
    """Return a column as numbers; missing values are NaN.

    >>> numbers(pl.Series([1, None])).tolist()
    [1.0, nan]
    """
    return column.cast(pl.Float64).fill_null(np.nan).to_numpy()
