"""Tables of draws in their three shapes, as one array of values by draw and unit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.errors import DataError, join_names, require_columns, suggest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.methods import Array

LABELS = ("draw", "run", "rep", "replicate", "iteration", "simulation")
"""Names of columns that label draws, in any case of letters."""
NOMINAL = "nominal"
"""The column, or the label of a draw, that has the nominal values unless another is named; in any case of letters."""


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
    replaced_nominal: bool = False
    """True if the table has nominal values, and others take their place."""


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
        cells, layout = _from_long(table, unit, draw, value), "a row for each unit and draw"
    elif unit is not None:
        cells, layout = _from_columns(table, unit), "a row for each unit"
    elif value is not None:
        raise DataError("a long table of draws needs the column of its units", remedy="unit = the name of that column")
    else:
        cells, layout = _from_rows(table, draw), "a row for each draw"
    return _with_nominal(cells, unit or "unit", nominal, layout)


@dataclass(frozen=True)
class _Cells:
    """The values of a table of draws, nominal ones included."""

    names: list[str]
    labels: list[str]
    values: Array
    """The values, (draws, units)."""


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


def _from_long(table: pl.DataFrame, unit: str, draw: str | None, value: str | None) -> _Cells:
    """Read a table with a row for each unit and draw."""
    if draw is None or value is None:
        raise DataError(
            "a long table has a unit, a draw and a value", remedy='unit = "city", draw = "draw", value = "score"'
        )
    _check_numbers(table, [value])
    if table[unit].null_count() or table[draw].null_count():
        raise DataError(f"{unit} or {draw} is missing in some rows", remedy="complete these rows, or leave them out")
    if table.select(pl.struct(unit, draw).is_duplicated().any()).item():
        twice = table.filter(pl.struct(unit, draw).is_duplicated()).row(0, named=True)
        raise DataError(
            f"more than one value of {twice[unit]} in draw {twice[draw]}", remedy="keep one of each: draws.unique([…])"
        )
    places, texts = [], []
    for column in (draw, unit):
        numbered = table.select(column).unique(maintain_order=True).with_row_index("\0place")
        joined = table.select(column).join(numbered, on=column, how="left", maintain_order="left")
        places.append(joined["\0place"].cast(pl.Int64).to_numpy())
        texts.append(numbered[column].cast(pl.String).to_list())
    values = np.full((len(texts[0]), len(texts[1])), np.nan)
    values[places[0], places[1]] = table[value].cast(pl.Float64).to_numpy()
    return _Cells(texts[1], texts[0], values)


def _from_columns(table: pl.DataFrame, unit: str) -> _Cells:
    """Read a table with a row for each unit."""
    if table[unit].null_count():
        raise DataError(f"a unit has no name in the column {unit}", remedy="name every unit, or leave the row out")
    if table[unit].is_duplicated().any():
        twice = table[unit].filter(table[unit].is_duplicated())[0]
        raise DataError(f'the unit "{twice}" is there twice', remedy="a row for each unit")
    draws = table.drop(unit)
    _check_numbers(draws, draws.columns)
    values = draws.select(pl.all().cast(pl.Float64)).to_numpy().T
    return _Cells(table[unit].cast(pl.String).to_list(), draws.columns, values)


def _from_rows(table: pl.DataFrame, draw: str | None) -> _Cells:
    """Read a table with a row for each draw."""
    units = table.drop(draw) if draw is not None else table
    _check_numbers(units, units.columns)
    labels = [str(number + 1) for number in range(len(table))]
    if draw is not None:
        if table[draw].is_duplicated().any() or table[draw].null_count():
            raise DataError(
                f"a label of {draw} is there twice, or missing", remedy="a label for each draw, or no column of labels"
            )
        labels = table[draw].cast(pl.String).to_list()
    return _Cells(units.columns, labels, units.select(pl.all().cast(pl.Float64)).to_numpy())


def _with_nominal(cells: _Cells, unit: str, nominal: str | Mapping[str, float] | None, layout: str) -> DrawTable:
    """Separate the nominal values from the draws."""
    label = nominal
    if not isinstance(nominal, str):
        label = next((each for each in cells.labels if each.lower() == NOMINAL), nominal)
    rows = np.arange(len(cells.labels))
    nominals = None
    if isinstance(label, str):
        if label not in cells.labels:
            raise DataError(
                f'the draws have no column or label "{label}" of nominal values',
                remedy=suggest(label, cells.labels) or "name one that they have",
            )
        row = cells.labels.index(label)
        rows, nominals = np.delete(rows, row), cells.values[row]
    replaced = isinstance(nominal, Mapping) and nominals is not None
    if isinstance(nominal, Mapping):
        nominals = _by_name(nominal, cells.names)
    if not len(rows):
        raise DataError("the table has no draws", remedy="a column or a row for each draw")
    labels = [cells.labels[row] for row in rows]
    values = np.ascontiguousarray(cells.values[rows])
    _check_finite(values, labels, cells.names)
    if nominals is not None:
        _check_finite(nominals[None], [NOMINAL], cells.names)
    return DrawTable(unit, tuple(cells.names), tuple(labels), values, nominals, layout, replaced)


def _by_name(nominal: Mapping[str, float], names: Sequence[str]) -> Array:
    """Return nominal values in the order of the units; a unit of the draws without a nominal value has NaN."""
    if unknown := [name for name in nominal if name not in names]:
        raise DataError(
            f"nominal values of units that the draws do not have: {join_names(unknown)}",
            remedy=suggest(unknown[0], names) or "units have the same names in both",
        )
    if not any(name in nominal for name in names):
        raise DataError("no unit of the draws has a nominal value", remedy="units have the same names in both")
    return np.array([nominal.get(name, np.nan) for name in names], dtype=float)


def _check_numbers(table: pl.DataFrame, columns: Sequence[str]) -> None:
    schema = table.schema
    for name in columns:
        if not (schema[name].is_numeric() or schema[name] == pl.Null):
            raise DataError(
                f"the column {name} has no numbers, and would be a draw or a unit",
                remedy="leave it out, or name the column of the units: unit = …, or --unit",
            )


def _check_finite(values: Array, labels: Sequence[str], names: Sequence[str]) -> None:
    if np.isinf(values).any():
        row, column = (int(place[0]) for place in np.nonzero(np.isinf(values)))
        raise DataError(
            f"the value of {names[column]} in draw {labels[row]} is infinite",
            remedy="leave the cell empty: the unit then has no rank in this draw",
        )
