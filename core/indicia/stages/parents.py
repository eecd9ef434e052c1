"""The units that other units belong to, as a column of the data names them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from indicia.definition import check_group
from indicia.formulas import DRAW, PARENT, PERIOD, UNIT
from indicia.tables.parents import Parents
from indicia.tables.written import written

if TYPE_CHECKING:
    from indicia.definition import Data
    from indicia.tables.scope import StatisticsScope
    from indicia.tables.table import Table


def with_parents(
    table: Table, values: pl.DataFrame, data: Data, scope: StatisticsScope, column: str, what: str, raw: bool
) -> tuple[pl.DataFrame, StatisticsScope]:
    """Return values beside all by which statistics and parents are found.

    Raw values have units that screening left out as well; of scores those have none.
    """
    check_group(column, data, f"{what} names the parents")
    about = _about(table.units, table, column)
    extra = [name for name in (DRAW,) if name in table.units.columns and name not in scope.key]
    frame = table.beside(values, scope, *extra).hstack(about.get_columns())
    aside = table.aside
    if not aside.is_empty():
        left = aside if raw else aside.select(name for name in table.units.columns if name in aside.columns)
        aside = left.hstack(_about(aside, table, column).get_columns())
        if DRAW in frame.columns:
            aside = aside.join(frame.select(DRAW).unique(maintain_order=True), how="cross")
    return frame, replace(scope, parents=Parents(column, frame, aside))


def _about(units: pl.DataFrame, table: Table, column: str) -> pl.DataFrame:
    period = table.period
    return units.select(
        pl.col(table.unit).alias(UNIT),
        pl.col(column).alias(PARENT),
        *([written(period, units.schema[period]).alias(PERIOD)] if period else []),
    )
