"""The rows of one period."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from indicia.errors import DataError, DefinitionError, suggest
from indicia.tables.written import written, written_word

if TYPE_CHECKING:
    from indicia.tables.table import Table


def of_period(table: Table, period: object) -> tuple[str | None, pl.Series]:
    """Return how a period is written, the last if none is named, and which rows are of it: all where there is none."""
    column, units = table.period, table.units
    if column is None:
        if period is not None:
            raise DefinitionError("the index has no periods", remedy='write period = "year" in [data]')
        return None, pl.repeat(value=True, n=len(units), eager=True)
    of_row = units.select(written(column, units.schema[column])).to_series()
    known = of_row.gather(units[column].arg_sort()).unique(maintain_order=True)
    wanted = str(known[-1]) if period is None else written_word(period)
    if wanted not in known:
        raise DataError(f"the period {wanted} is not in the data", remedy=suggest(wanted, known))
    return wanted, of_row == wanted
