"""Frames as small tables for notebooks."""

from __future__ import annotations

from html import escape

import polars as pl

from indicia.documents.blocks import TextTable
from indicia.documents.html import table_element
from indicia.errors import join_names

ROWS = 20
"""The rows that are shown; of more rows, the first and the last."""
COLUMNS = 14
"""The columns that are shown."""
_MISSING = "–"


def notebook_frame(frame: pl.DataFrame, limit: int = ROWS, columns: int = COLUMNS) -> str:
    """Return the first and last rows of a frame as a table in HTML, with as many decimals as a reader needs.

    Columns without any value are left out, and of many columns the last ones.
    """
    frame = frame.select(column for column in frame if column.null_count() < max(len(column), 1))
    hidden = frame.columns[columns:]
    frame = frame.select(frame.columns[:columns])
    shown, left_out = frame, len(frame) - limit
    if left_out > 0:
        shown = pl.concat([frame.head(limit - limit // 2), frame.tail(limit // 2)])
    rows = [list(row) for row in zip(*map(_texts, shown), strict=True)]
    if left_out > 0:
        rows.insert(limit - limit // 2, ["…"] * frame.width)
    numbers = [column.dtype.is_numeric() for column in frame]
    table = table_element(TextTable(frame.columns, rows, numbers), inline=True)
    sizes = [f"{len(frame):,} rows"] if left_out > 0 else []
    sizes += [f"further columns: {join_names(hidden, COLUMNS)}"] if hidden else []
    return f"{table}<p>{escape('; '.join(sizes))}</p>" if sizes else table


def _texts(column: pl.Series) -> list[str]:
    """Return the cells of a column as texts.

    >>> _texts(pl.Series([1.0, 12.5, None])), _texts(pl.Series([0.123456])), _texts(pl.Series([["a", "b"]]))
    (['1.0', '12.5', '–'], ['0.1235'], ['a, b'])
    """
    if column.dtype.is_float():
        digits = _decimals(column)
        return [_MISSING if value is None else f"{value:,.{digits}f}" for value in column]
    return [_MISSING if value is None else _text(value) for value in column]


def _text(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, (pl.Series, list)) else str(value)


def _decimals(column: pl.Series) -> int:
    """Return the decimals that tell values apart: none of whole numbers, and at most four."""
    values = column.drop_nulls().drop_nans()
    largest = float(values.abs().max() or 0)  # type: ignore[arg-type]
    most = 4 if largest < 10 else 2 if largest < 1000 else 1
    return next((digits for digits in range(most) if (values.round(digits) - values).abs().max() in (None, 0)), most)
