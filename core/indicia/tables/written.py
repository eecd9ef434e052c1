"""Cells and words as a person writes them."""

from __future__ import annotations

import polars as pl


def written(column: str, dtype: pl.DataType) -> pl.Expr:
    """Write cells as a person does: 2020, also where the column holds 2020.0."""
    x = pl.col(column)
    if not dtype.is_float():
        return x.cast(pl.String)
    whole = pl.when(x == x.floor()).then(x.cast(pl.Int64, strict=False))  # null where no integer is as large
    return pl.coalesce(whole.cast(pl.String), x.cast(pl.String))


def written_word(value: object) -> str:
    """Write a value of the index file as `written` writes cells.

    >>> written_word(2020.0), written_word(True)
    ('2020', 'true')
    """
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).lower() if isinstance(value, bool) else str(value)
