"""The other periods of a unit: the period before, and statistics over all periods."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from indicia.errors import DataError, DefinitionError, join_names
from indicia.formulas import PERIOD, UNIT
from indicia.tables.times import time_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from indicia.formulas import Question

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
            "a formula takes the value of the period before, and the data have no periods",
            remedy='period = "year" in [data], the column of the periods',
        )
    rows = frame.select(*unit, time_of(frame[PERIOD]).rank("dense").cast(pl.Int64).alias(_PLACE))
    earlier = rows.with_columns(pl.col(_PLACE) + 1).hstack(frame.select(values))
    key = [*unit, _PLACE]
    return rows.join(earlier, on=key, how="left", maintain_order="left").drop(key).rechunk()


def check_fitted_units(frame: pl.DataFrame, questions: Iterable[tuple[Question, str]]) -> None:
    """Refuse units that are compared with themselves over time, and that the index was not fitted to.

    Each question comes with the column of its answer.
    """
    for question, column in questions:
        subject = question.subject[-1]
        lacking = frame.filter(pl.col(column).is_null() & pl.col(subject).is_not_null())[UNIT]
        if len(lacking):
            units = lacking.unique(maintain_order=True).to_list()
            raise DataError(
                f"{subject} is compared with the other periods of the unit, and the index was fitted without "
                f"{join_names(units)}",
                remedy="fit the index to data that have these units, or leave them out",
            )
