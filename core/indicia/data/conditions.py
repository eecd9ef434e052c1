"""Conditions on rows, as `where` in [data] states them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import polars as pl

from indicia.data.cell_text import cell_text, value_text
from indicia.errors import DataError, NothingKept, suggest

if TYPE_CHECKING:
    from collections.abc import Mapping

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
