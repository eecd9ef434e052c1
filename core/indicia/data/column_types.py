"""The types of columns: text and numbers from the cells of a table, and the type that all partitions agree on."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

import polars as pl

from indicia.data.notation import Marks, to_numbers, without
from indicia.data.table_format import PLAIN
from indicia.errors import DataError

if TYPE_CHECKING:
    from indicia.data.table_format import NumberFormat

_FIRST_CELLS = 1_000
"""The cells of a text column that are converted first: most columns of names fail there already."""


class CellKind(IntEnum):
    """The kind of the present cells of a column; of two partitions, the greater kind is that of both."""

    EMPTY = 0
    MARKS = 1
    """Marks of a missing value that only the index file lists, such as the letters of a group."""
    INTEGERS = 2
    NUMBERS = 3
    TEXT = 4

    @property
    def dtype(self) -> pl.DataType:
        """The type of a column of this kind."""
        types = {CellKind.INTEGERS: pl.Int64(), CellKind.NUMBERS: pl.Float64(), CellKind.EMPTY: pl.Float64()}
        return types.get(self, pl.String())


def cell_kind(column: pl.Series, numbers: NumberFormat) -> CellKind:
    """Return the kind of the present cells of a column of text.

    `inferred` gives a column the type of its kind. If partitions of a column have several kinds, the column has the
    greatest of them, as it has in memory.

    >>> cell_kind(pl.Series(["1", "NA"]), PLAIN.numbers).name, cell_kind(pl.Series(["01"]), PLAIN.numbers).name
    ('INTEGERS', 'TEXT')
    """
    if not len(Marks.of(numbers).removed(column).drop_nulls()):
        others = len(Marks.of(PLAIN.numbers).removed(column).drop_nulls())
        return CellKind.MARKS if others else CellKind.EMPTY
    dtype = inferred(column, numbers).dtype
    return CellKind.INTEGERS if dtype.is_integer() else CellKind.NUMBERS if dtype.is_numeric() else CellKind.TEXT


def text_cells(column: pl.Series, where: str) -> pl.Series:
    """Return a column as text; an empty cell is null, and 2020.0 is written 2020."""
    _check_fit(column, "text", where)
    texts = column.cast(pl.String)
    if column.dtype.is_float():
        integers = column.cast(pl.Int64, strict=False)
        is_fraction = ~(integers == column).fill_null(False)
        texts = column.fill_nan(None).cast(pl.String).zip_with(is_fraction, integers.cast(pl.String))
    if column.dtype.is_temporal():
        texts = texts.str.replace(r" 00:00:00(\.0+)?$", "")
    return without(texts, texts == "")


def number_cells(column: pl.Series, numbers: NumberFormat, where: str) -> tuple[pl.Series, pl.Series | None]:
    """Return the numbers, and a mask of the cells that are neither numbers nor missing; None without such cells."""
    _check_fit(column, "numbers", where)
    return to_numbers(column, numbers)


def inferred(column: pl.Series, numbers: NumberFormat) -> pl.Series:
    """Return a column as numbers if all its present cells are numbers, and else as text."""
    marks = Marks.of(numbers)
    if column.dtype.is_numeric():
        return marks.removed(column)
    if column.dtype not in (pl.String, pl.Categorical, pl.Enum, pl.Null):
        return column
    if len(column) > _FIRST_CELLS and inferred(column.head(_FIRST_CELLS), numbers).dtype == pl.String:
        return text_cells(column, "")  # one cell of text makes the column text
    present = marks.removed(column)
    if present.dtype == pl.String and present.str.contains(r"^[-+]?0\d").any():
        return text_cells(column, "")  # as a number, a code such as 007 would lose its zeros
    if present.null_count() < len(present):
        integers = present.cast(pl.Int64, strict=False)
        if integers.null_count() == present.null_count():
            return marks.removed(integers)
    elif len(Marks.of(PLAIN.numbers).removed(column).drop_nulls()):
        return text_cells(column, "")  # every cell is a mark of this table, such as the letters of a group
    values, invalid = to_numbers(column, numbers)
    if invalid is not None:
        return text_cells(column, "")
    integers = values.cast(pl.Int64, strict=False)  # "2019年" is 2019, as in a column of plain numbers
    same = integers == values
    return integers if same.any() and same.all() and integers.null_count() == values.null_count() else values


def _check_fit(column: pl.Series, wanted: str, where: str) -> None:
    dtype = column.dtype
    if dtype.is_nested() or dtype in (pl.Binary, pl.Object):
        raise DataError(f"{column.name} holds lists, records or bytes, not {wanted}", where=where)
    if dtype.is_temporal() and wanted == "numbers":
        raise DataError(f"{column.name} holds dates or times, not numbers", where=where)
