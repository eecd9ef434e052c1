"""The text of cells and of values of the index file, so that both can be compared."""

from __future__ import annotations

import polars as pl


def cell_text(column: str, dtype: pl.DataType) -> pl.Expr:
    """Return the text of the cells of a column; the text of 2020.0 is 2020."""
    x = pl.col(column)
    if not dtype.is_float():
        return x.cast(pl.String)
    integer = pl.when(x == x.floor()).then(x.cast(pl.Int64, strict=False))  # null beyond the range of integers
    return pl.coalesce(integer.cast(pl.String), x.cast(pl.String))


def value_text(value: object) -> str:
    """Return the text of a value of the index file, in the form of `cell_text`.

    >>> value_text(2020.0), value_text(True)
    ('2020', 'true')
    """
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).lower() if isinstance(value, bool) else str(value)
