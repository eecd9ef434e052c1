"""The rows of one period."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from indicia.data.cell_text import cell_text, value_text
from indicia.errors import DataError, DefinitionError, suggest

if TYPE_CHECKING:
    from indicia.tables.table import Table


def rows_of_period(table: Table, period: object) -> tuple[str | None, pl.Series]:
    """Return the text of a period, by default the last, and a mask of its rows; None and all rows without periods."""
    column, units = table.period, table.units
    if column is None:
        if period is not None:
            raise DefinitionError("the index has no periods", remedy='write period = "year" in [data]')
        return None, pl.repeat(value=True, n=len(units), eager=True)
    period_of_row = units.select(cell_text(column, units.schema[column])).to_series()
    periods = period_of_row.gather(units[column].arg_sort()).unique(maintain_order=True)
    name = str(periods[-1]) if period is None else value_text(period)
    if name not in periods:
        raise DataError(f"the period {name} is not in the data", remedy=suggest(name, periods))
    return name, period_of_row == name
