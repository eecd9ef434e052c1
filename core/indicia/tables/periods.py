"""The periods of a table, and the place of rows in time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from indicia.data.cell_text import cell_text, value_text
from indicia.errors import DataError, DefinitionError, join_names, suggest
from indicia.formulas import PERIOD, UNIT, Question
from indicia.tables.last_values import time_of
from indicia.tables.scope import Value, cast_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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


_PLACE = "\0place of the period"


def values_of_previous_period(frame: pl.DataFrame, values: Sequence[pl.Expr], unit: Sequence[str]) -> pl.DataFrame:
    """Return, for each row, values of the same unit in the period before.

    The periods are those of all rows, in the order of time: a unit without a row in the period before has no value.

    Parameters
    ----------
    frame
        The rows, with the columns of units and periods that formulas use.
    values
        Named expressions of a row.
    unit
        The columns that identify a unit.

    Examples
    --------
    >>> frame = pl.DataFrame({UNIT: ["A", "A", "B", "A"], PERIOD: ["9", "10", "10", "11"], "x": [1.0, 2.0, 3.0, 4.0]})
    >>> values_of_previous_period(frame, [pl.col("x")], [UNIT])["x"].to_list()
    [None, 1.0, None, 2.0]
    """
    if PERIOD not in frame.columns:
        raise DefinitionError(
            "a formula takes the value of the period before, which only a normalisation of data with periods can",
            remedy='period = "year" in [data], the column of the periods; a SeriesImputation sees the whole series',
        )
    rows = frame.select(*unit, time_of(frame[PERIOD]).rank("dense").cast(pl.Int64).alias(_PLACE))
    earlier = rows.with_columns(pl.col(_PLACE) + 1).hstack(frame.select(values))
    key = [*unit, _PLACE]
    return rows.join(earlier, on=key, how="left", maintain_order="left").drop(key).rechunk()


def check_fitted_units(frame: pl.DataFrame, answers: Iterable[tuple[Question, Value]]) -> None:
    """Refuse units that are compared with themselves over time, and that the index was not fitted to.

    `answers` are the fitted statistics over time, each with a row per unit.
    """
    for question, fitted in answers:
        assert isinstance(fitted, pl.DataFrame)
        subject = question.subject[-1]
        units = frame.filter(pl.col(subject).is_not_null()).select(UNIT).unique(maintain_order=True)
        lacking = units.join(cast_key(fitted.select(UNIT), units, [UNIT]), on=UNIT, how="anti", maintain_order="left")
        if len(lacking):
            raise DataError(
                f"{subject} is compared with the other periods of the unit, and the index was fitted without "
                f"{join_names(lacking[UNIT].to_list())}",
                remedy="fit the index to data that have these units, or leave them out",
            )
