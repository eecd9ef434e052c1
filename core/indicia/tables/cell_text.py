"""The text of cells and of values of the index file, so that both can be compared."""

from __future__ import annotations

import polars as pl


def cell_text(column: str, dtype: pl.DataType) -> pl.Expr:
    """Return the text of the cells of a column: 2020, also where the column holds 2020.0."""
    x = pl.col(column)
    if not dtype.is_float():
        return x.cast(pl.String)
    whole = pl.when(x == x.floor()).then(x.cast(pl.Int64, strict=False))  # null where no integer is as large
    return pl.coalesce(whole.cast(pl.String), x.cast(pl.String))


def value_text(value: object) -> str:
    """Return the text of a value of the index file, in the form of `cell_text`.

    >>> value_text(2020.0), value_text(True)
    ('2020', 'true')
    """
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).lower() if isinstance(value, bool) else str(value)
