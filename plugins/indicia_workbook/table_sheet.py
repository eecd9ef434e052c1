"""A sheet of a workbook with the values of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from indicia_workbook.pages import ROWS
from indicia_workbook.styles import number_format

if TYPE_CHECKING:
    import polars as pl

    from indicia_workbook.styles import Styles

_WIDTH = 14


def add_table(sheet: Any, styles: Styles, frame: pl.DataFrame) -> None:
    """Write a table: headings, texts, numbers with decimals that suit their column; rows beyond a sheet are cut."""
    sheet.freeze_panes(1, 1)
    for at, column in enumerate(frame.head(ROWS - 1)):
        sheet.set_column(at, at, _WIDTH)
        sheet.write_string(0, at, column.name, styles["heading"])
        is_number = column.dtype.is_numeric()
        number = styles.number("fixed", number_format(column.drop_nulls().to_numpy())) if is_number else None
        for row, value in enumerate(column, 1):
            if value is None:
                continue
            if is_number:
                sheet.write_number(row, at, value, number)
            else:
                sheet.write_string(row, at, str(value), styles["unit"])
