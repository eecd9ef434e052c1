"""Tables of draws in their three shapes, as one array of values by draw and unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.errors import DataError, join_names, require_columns, suggest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indicia.methods import Array

LABELS = ("draw", "run", "rep", "replicate", "iteration", "simulation")
"""Names of columns that label draws, in any case of letters."""
NOMINAL = "nominal"
"""The column, or the label of a draw, that has the nominal values unless another is named."""


@dataclass(frozen=True)
class DrawTable:
    """The values of units in draws."""

    unit: str
    """The name of the column of units."""
    names: tuple[str, ...]
    labels: tuple[object, ...]
    """The label of each draw."""
    values: Array
    """The values, (draws, units); NaN for a missing value."""
    nominal: Array | None
    """The nominal values, (units,)."""
    layout: str
    """The shape of the table, in words."""


def values_by_unit(
    table: pl.DataFrame,
    *,
    unit: str | None,
    draw: str | None,
    value: str | None,
    nominal: str | Mapping[str, float] | None,
) -> DrawTable:
    """Return the values of a table of draws; see `drawn_ranks` for its shapes."""
    require_columns(table, [name for name in (unit, draw, value) if name is not None])
    if not len(table):
        raise DataError("the table of draws has no row", remedy="a row for each draw, or for each unit")
    if unit is None and draw is None and value is None:
        unit, draw, value = _recognised(table)
    if unit is not None and (draw is not None or value is not None):
        wide, layout = _from_long(table, unit, draw, value), "a row for each unit and draw"
    elif unit is not None:
        wide, layout = table.rename({unit: "\0unit"}), "a row for each unit"
    elif value is not None:
        raise DataError("a long table of draws needs the column of its units", remedy="unit = the name of that column")
    else:
        wide, layout = _from_rows(table, draw), "a row for each draw"
    return _read(wide, unit or "unit", nominal, layout)


def _recognised(table: pl.DataFrame) -> tuple[str | None, str | None, str | None]:
    """Return the columns of units, draws and values of a table, as far as its shape has them."""
    texts = [name for name, kind in table.schema.items() if kind in (pl.String, pl.Categorical, pl.Enum)]
    draw = next((name for name in table.columns if name.lower() in LABELS), None)
    names = [name for name in texts if name != draw]
    if not names:
        return None, draw, None
    if len(names) > 1 and "unit" not in names:
        raise DataError(
            f"the table of draws has several columns of texts: {join_names(names)}",
            remedy="name the column of the units: unit = …, or --unit; leave the other columns out",
        )
    unit = "unit" if "unit" in names else names[0]
    if not table[unit].is_duplicated().any():
        return unit, None, None
    others = [name for name in table.columns if name != unit]
    if len(others) != 2:
        raise DataError(
            f"units repeat in the column {unit}, so that the table is a long one, and beside it there are "
            f"{len(others)} columns: {join_names(others)}",
            remedy="keep three columns: the unit, the draw and the value",
        )
    draw = others[0] if draw is None else draw
    return unit, draw, next(name for name in others if name != draw)


def _from_long(table: pl.DataFrame, unit: str, draw: str | None, value: str | None) -> pl.DataFrame:
    """Return a long table with a row for each unit and a column for each draw."""
    if draw is None or value is None:
        raise DataError(
            "a long table has a unit, a draw and a value", remedy='unit = "city", draw = "draw", value = "score"'
        )
    if table.select(pl.struct(unit, draw).is_duplicated().any()).item():
        twice = table.filter(pl.struct(unit, draw).is_duplicated()).row(0, named=True)
        raise DataError(
            f"more than one value of {twice[unit]} in draw {twice[draw]}", remedy="keep one of each: draws.unique([…])"
        )
    wide = table.select(pl.col(unit).alias("\0unit"), pl.col(draw).cast(pl.String), value)
    return wide.pivot(draw, index="\0unit", values=value)


def _from_rows(table: pl.DataFrame, draw: str | None) -> pl.DataFrame:
    """Return a table with a row for each draw, transposed."""
    units = table.drop(draw) if draw is not None else table
    _check_numbers(units, units.columns)
    labels = [str(number + 1) for number in range(len(table))] if draw is None else table[draw].cast(pl.String)
    if draw is not None and table[draw].is_duplicated().any():
        raise DataError(f"a label of {draw} is there twice", remedy="a label for each draw, or no column of labels")
    values = units.select(pl.all().cast(pl.Float64)).to_numpy().T
    columns = {str(label): values[:, row] for row, label in enumerate(labels)}
    return pl.DataFrame({"\0unit": units.columns, **columns})


def _read(wide: pl.DataFrame, unit: str, nominal: str | Mapping[str, float] | None, layout: str) -> DrawTable:
    """Read a table with a row for each unit."""
    if wide["\0unit"].null_count():
        raise DataError(f"a unit has no name in the column {unit}", remedy="name every unit, or leave the row out")
    names = tuple(wide["\0unit"].cast(pl.String))
    columns = [name for name in wide.columns if name != "\0unit"]
    _check_numbers(wide, columns)
    if len(set(names)) < len(names):
        twice = wide["\0unit"].filter(wide["\0unit"].is_duplicated())[0]
        raise DataError(f'the unit "{twice}" is there twice', remedy="a row for each unit")
    column = NOMINAL if nominal is None and NOMINAL in columns else nominal
    if isinstance(column, str):
        if column not in columns:
            raise DataError(
                f'the draws have no column or label "{column}" of nominal values',
                remedy=suggest(column, columns) or "name one that they have",
            )
        columns.remove(column)
    if not columns:
        raise DataError("the table has no draws", remedy="a column or a row for each draw")
    values = wide.select(pl.col(columns).cast(pl.Float64)).to_numpy().T
    values = np.where(np.isnan(values), np.nan, values)
    nominals = None
    if isinstance(column, str):
        nominals = wide[column].cast(pl.Float64).to_numpy()
    elif column is not None:
        nominals = _by_name(column, names)
    _check_finite(values, columns, names)
    if nominals is not None:
        _check_finite(nominals[None], ["nominal"], names)
    return DrawTable(unit, names, tuple(columns), np.ascontiguousarray(values), nominals, layout)


def _by_name(nominal: Mapping[str, float], names: tuple[str, ...]) -> Array:
    """Return nominal values in the order of the units; a unit of the draws without a nominal value has NaN."""
    if unknown := [name for name in nominal if name not in names]:
        raise DataError(
            f"nominal values of units that the draws do not have: {join_names(unknown)}",
            remedy=suggest(unknown[0], names) or "units have the same names in both",
        )
    if not any(name in nominal for name in names):
        raise DataError("no unit of the draws has a nominal value", remedy="units have the same names in both")
    return np.array([nominal.get(name, np.nan) for name in names], dtype=float)


def _check_numbers(table: pl.DataFrame, columns: list[str]) -> None:
    for name in columns:
        if not (table.schema[name].is_numeric() or table.schema[name] == pl.Null):
            raise DataError(
                f"the column {name} has no numbers, and would be a draw or a unit",
                remedy="leave it out, or name the column of the units: unit = …, or --unit",
            )


def _check_finite(values: Array, labels: list[str], names: tuple[str, ...]) -> None:
    if np.isinf(values).any():
        row, column = (int(place[0]) for place in np.nonzero(np.isinf(values)))
        raise DataError(
            f"the value of {names[column]} in draw {labels[row]} is infinite",
            remedy="leave the cell empty: the unit then has no rank in this draw",
        )
