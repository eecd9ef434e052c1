"""Impute missing values from other periods of the same unit."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from indicia.errors import DefinitionError
from indicia.formulas import DRAW, column
from indicia.formulas.to_polars import to_polars
from indicia.stages.plugin_boundary import checked_expression
from indicia.tables.last_values import PERIOD, TIME
from indicia.tables.times import time_of
from indicia.tables.values import VALUE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.methods import SeriesImputation
    from indicia.tables.last_values import LastValues
    from indicia.tables.table import Table

_ROW, _SINCE = "\0row", "\0since"


@dataclass(frozen=True)
class SeriesColumns:
    """Columns whose gaps are filled from other periods."""

    columns: list[pl.Series]
    source_periods: dict[str, pl.Series] = field(default_factory=dict)
    """By column, the period of the fitted data that provides the value of each row; null for other rows."""


def fill_series(
    method: SeriesImputation, names: Sequence[str], table: Table, last_values: LastValues | None
) -> SeriesColumns:
    """Fill the gaps of columns from other periods of the table, and from the last values of a fitted index."""
    if table.period is None:
        raise DefinitionError(f"{method.name} looks at other periods", remedy='write period = "year" in [data]')
    carried = [name for name in names if last_values is not None and name in last_values.rows]
    unit = [table.unit, *(name for name in (DRAW,) if name in table.units.columns)]
    filled = {column.name: column for column in _fill(method, names, table, unit)}
    periods: dict[str, pl.Series] = {}
    if last_values is not None and carried:
        times = last_values.check(table.units[table.period])
        for name in carried:
            column, since = _fill_with_past(method, name, table, unit, times, last_values)
            is_carried = table.values[name].is_null() & column.ne_missing(filled[name])
            if is_carried.any():
                periods[name] = pl.select(pl.when(is_carried).then(since)).to_series()
            filled[name] = column
    return SeriesColumns(list(filled.values()), periods)


def _fill(method: SeriesImputation, names: Sequence[str], table: Table, unit: list[str]) -> list[pl.Series]:
    order = table.units.select(*unit, pl.Series(TIME, time_of(table.units[table.period or ""])))
    frame = table.values.select(names).hstack(order.get_columns()).with_row_index(_ROW)
    ordered = frame.sort(*unit, TIME)  # a formula over a series reads the rows in the order of time
    return (
        ordered.with_columns(pl.col(name).fill_null(_series(method, name).over(unit)).alias(name) for name in names)
        .sort(_ROW)
        .select(names)
        .get_columns()
    )


def _fill_with_past(
    method: SeriesImputation, name: str, table: Table, unit: list[str], times: pl.Series, last_values: LastValues
) -> tuple[pl.Series, pl.Series]:
    """Return a column with gaps filled, and the period of the last value before each cell, if the table lacks it."""
    none = pl.lit(None, pl.String).alias(PERIOD)
    own = table.units.select(unit).hstack([table.values[name], times.alias(TIME)]).with_row_index(_ROW)
    past = _missing_rows(own, name, unit, last_values)
    rows = pl.concat([own.with_columns(none), past.select(*own.columns, PERIOD)]).sort(*unit, TIME)
    since = pl.when(pl.col(name).is_not_null()).then(pl.col(PERIOD).fill_null("")).forward_fill().over(unit)
    ordered = (
        rows.with_columns(
            pl.col(name).fill_null(_series(method, name).over(unit)).alias(name), since.replace("", None).alias(_SINCE)
        )
        .filter(pl.col(_ROW).is_not_null())
        .sort(_ROW)
    )
    return ordered[name], ordered[_SINCE]


def _missing_rows(own: pl.DataFrame, name: str, unit: list[str], last_values: LastValues) -> pl.DataFrame:
    """Return the last value of each unit and the gaps after it, where the table lacks these rows and has later ones."""
    rows = last_values.rows[name]
    past = pl.DataFrame(
        {
            unit[0]: rows.to_series(0).cast(own.schema[unit[0]]),
            PERIOD: rows[PERIOD],
            name: rows[VALUE].cast(pl.Float64),
            TIME: last_values.times(rows[PERIOD]),
        }
    )
    latest = own.group_by(unit).agg(pl.col(TIME).max().alias("\0latest"))
    return (
        past.join(latest, on=unit[0])
        .filter(pl.col(TIME) < pl.col("\0latest"))
        .join(own.select(*unit, TIME), on=[*unit, TIME], how="anti")
        .with_columns(pl.lit(None, own.schema[_ROW]).alias(_ROW))
    )


def _series(method: SeriesImputation, name: str) -> pl.Expr:
    return to_polars(checked_expression(method, name, method.follow(column(name), column(TIME))).node)
