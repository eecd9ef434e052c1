"""The text of cells, and conditions on columns."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import polars as pl

from indicia.errors import DataError, NothingKept, suggest

if TYPE_CHECKING:
    from collections.abc import Mapping


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


_COMPARISON = re.compile(r"\s*(>=|<=|!=|>|<)\s*(-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*")


def keep_rows(table: pl.DataFrame, where: Mapping[str, Any]) -> pl.DataFrame:
    """Return the rows that meet every condition; a table without such rows is an error.

    A condition is a value, a list of values, or a comparison with a number.

    >>> table = pl.DataFrame({"sex": ["F", "M", "T"], "people": [5, 6, 11]})
    >>> keep_rows(table, {"sex": ["F", "M"], "people": "> 5"}).rows()
    [('M', 6)]
    """
    for column, value in where.items():
        if column not in table.columns:
            raise DataError(
                f'data.where names the column "{column}", which is not there',
                remedy=suggest(column, table.columns),
                word=("data", "where", column),
            )
        if comparison := _COMPARISON.fullmatch(value) if isinstance(value, str) else None:
            table = table.filter(_comparison(column, *comparison.groups()))
            continue
        texts = [value_text(element) for element in (value if isinstance(value, (list, tuple)) else [value])]
        table = table.filter(cell_text(column, table.schema[column]).is_in(texts))
        if table.is_empty() and isinstance(value, str) and re.match(r"\s*[<>=!]", value):
            raise NothingKept(
                f'data.where cannot compare with "{value}"',
                remedy='write one of > >= < <= != and a number: "> 0"; or a value, a list of values',
                word=("data", "where", column),
            )
    if table.is_empty():
        raise NothingKept(
            "the data have no rows" + (" that data.where keeps" if where else ""),
            word=("data", "where") if where else (),
        )
    return table


def _comparison(column: str, sign: str, number: str) -> pl.Expr:
    x, bound = pl.col(column).cast(pl.Float64, strict=False), float(number)
    return {">=": x >= bound, "<=": x <= bound, "!=": x != bound, ">": x > bound, "<": x < bound}[sign]
