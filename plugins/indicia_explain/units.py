"""The row of a unit in a result, by the key or the label of the unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from indicia.definition import ROOT
from indicia.errors import DataError, DefinitionError, join_names, suggest_unit
from indicia.tables.periods import rows_of_period

if TYPE_CHECKING:
    from indicia.result import Result
    from indicia.types import Period


def row_of(result: Result, name: str, period: Period | None = None) -> int:
    """Return the row of a unit in the tables of a result.

    Parameters
    ----------
    result : Result
        The result of a run.
    name : str
        The unit as the data name it, or its label in any language. A key goes before an equal label.
    period : optional
        The period of a panel; the last period by default.

    Returns
    -------
    int
        The row in `result.scores`, which has the order of the data.

    Raises
    ------
    IndiciaError
        If no unit has the name, if several units have it as a label, if the data lack the period, or the unit in it,
        or if the unit has no score.
    """
    scored = result.scored
    period_name, in_period = rows_of_period(scored.source, period)
    rows = _rows_named(result, name)
    present = [row for row in rows if in_period[row]]
    if not present:
        column = str(result.definition.data.period)
        periods = join_names([str(scored.units[column][row]) for row in rows][::-1])
        raise DataError(
            f"{name} has no row in the period {period_name}",
            remedy=f"--at names a period (in Python: period=…); {name} has {periods}",
        )
    if scored.nodes[ROOT][present[0]] is None:
        raise DataError(
            f"{name} has no score{f' in {period_name}' if period_name else ''}: too many of its values are missing",
            remedy="ask about a unit with a score; indicia check lists missing values by unit",
        )
    return present[0]


def _rows_named(result: Result, name: str) -> list[int]:
    """Return the rows of a unit by its key or its label."""
    units, data = result.scored.units, result.definition.data
    keys = units[str(data.unit)].cast(pl.String)
    if rows := (keys == name).arg_true().to_list():
        return rows
    labels = [units[label].cast(pl.String) for label in data.labels() if label in units.columns]
    rows = sorted({row for label in labels for row in (label == name).arg_true().to_list()})
    matches = list(dict.fromkeys(keys[row] for row in rows))
    if len(matches) > 1:
        raise DefinitionError(f"several units have the label {name}: {join_names(matches)}", remedy="write the key")
    if not rows:
        what = f'"{name}" is no unit of the index{_left_out(result, name)}'
        others = [text for column in labels for text in column.drop_nulls()]
        raise DataError(what, remedy=suggest_unit(name, keys.drop_nulls(), data.unit, others))
    return rows


def _left_out(result: Result, name: str) -> str:
    """Return a clause if screening left the unit out."""
    left_out = result.left_out
    unit = result.unit
    is_screened = unit in left_out.columns and name in left_out[unit].cast(pl.String)
    return ": screening left it out" if is_screened else ""
