"""Write recorded formulas as cells of a workbook, node by node.

An operation that a spreadsheet does not have raises `NoFormula`.
"""

from __future__ import annotations

from math import floor, log10
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from indicia.formulas.node import (
    OPERATORS,
    CachedColumn,
    FixedValue,
    Lookup,
    Node,
    Number,
    Operation,
    Reduction,
    Statistic,
    postorder,
)
from indicia.tables.last_values import time_of
from indicia_workbook.cell import Cell, literal_cell
from indicia_workbook.text import NoFormula

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from indicia.formulas import RecordedFormula
    from indicia_workbook.contents import Contents


def to_cells(formula: RecordedFormula, contents: Contents, cells: Mapping[Node, Cell]) -> Cell:
    """Return a formula as a cell, and add its statistics and cached columns to the sheets.

    Parameters
    ----------
    formula
        The recorded formula.
    contents
        The contents of the workbook, to which columns and statistics are added.
    cells
        The cells of the columns, weights and values of parents that the formula uses.
    """
    writer = _Writer(contents, dict(cells))
    for question in formula.questions.values():
        writer.write(question)
    return literal_cell(contents.layout, writer.write(formula.root))


class _Writer:
    """Writes each node of a formula as a cell, once."""

    def __init__(self, contents: Contents, values_of_nodes: dict[Node, Any]) -> None:
        self._contents = contents
        self._layout = contents.layout
        self._values = values_of_nodes
        self._sorted: dict[tuple[Node, ...], list[Cell]] = {}
        self._fit_counts: dict[Node, int] = {}

    def write(self, root: Node) -> Any:
        """Return the cell of a tree; a number if the tree consists of numbers."""
        for node in postorder([root], done=self._values):
            self._values[node] = self._cell(node, [self._values[arg] for arg in node.args])
        return self._values[root]

    def _cell(self, node: Node, args: list[Any]) -> Any:
        match node:
            case Number(options=(value,)):
                return value
            case FixedValue(options=(name, value)):
                return (
                    self._layout.add_input(args[0].column, name, value) if args else literal_cell(self._layout, value)
                )
            case Statistic() | Lookup(kind="period"):
                return args[0]
            case Lookup(kind="previous"):
                return self._value_before(args[0])
            case Lookup(kind=kind):
                raise NoFormula("the value of the parent" if kind == "parent" else "a statistic over the periods")
            case CachedColumn(kind="level", options=(tolerance,)):  # a spreadsheet has no levels, and rounds
                return self._layout.spill(args[0].round(floor(-log10(tolerance))) if tolerance > 0 else args[0])
            case CachedColumn():
                return self._layout.spill(args[0]) if isinstance(args[0].value, np.ndarray) else args[0]
            case Operation(kind="in_order", options=(place,)):
                return self._in_order(node.args, args)[place]
            case Operation(kind="item", options=(number,)):
                return args[0][number]
            case Reduction(kind="fit", options=(function, size, *_)):
                return self._fit(node.args[0], args[0], function, size)
            case Reduction(kind="value_of_unit", options=(name,)):
                return self._value_of_unit(args[0], name)
            case Reduction(kind="mean_of", options=(unit, period)):
                return self._mean_of(args[0], unit, period)
            case Reduction(kind="value_of_period", options=(name,)):
                return self._value_in_period(args[0], name)
        if node.kind in ("floordiv", "mod"):
            raise NoFormula(f"{node.kind}()")
        if node.kind in OPERATORS:
            return OPERATORS[node.kind](*args)
        first, *others = args
        cell = literal_cell(self._layout, first)
        if (rule := _RULES.get(node.kind)) is not None:
            return rule(cell, *others, *node.options)
        return getattr(cell, node.kind)(*others, *node.options)

    def _in_order(self, nodes: tuple[Node, ...], cells: Sequence[Any]) -> list[Cell]:
        if nodes not in self._sorted:
            self._sorted[nodes] = literal_cell(self._layout, cells[0]).in_order(cells)
        return self._sorted[nodes]

    def _fit(self, node: Node, x: Cell, function: Callable[[Any], Sequence[float]], size: int) -> list[Cell]:
        """Return the cells of the numbers that a function computes from the values of a column."""
        count = self._fit_counts[node] = self._fit_counts.get(node, 0) + 1
        values = np.asarray(x.value)
        numbers = [list(function(values[rows][~np.isnan(values[rows])])) for rows in self._layout.groups()]
        subject = x.column or next(inner.options[0] for inner in postorder([node]) if inner.kind == "column")
        return [
            self._layout.add_numbers(
                subject, f"parameter {count}.{place + 1}", [of_group[place] for of_group in numbers]
            )
            for place in range(size)
        ]

    def _value_of_unit(self, x: Cell, name: str) -> Cell:
        if x.opposite is not None:
            return -self._value_of_unit(x.opposite, name)
        if x.column is None:
            raise NoFormula("the value of one unit")
        group, result = self._layout.group, self._contents.result
        at = np.flatnonzero((result.scored.units[result.unit] == name).to_numpy())
        rows = [int(at[group.included[at] == number + 1][0]) for number in range(len(group.labels))]
        values = np.asarray(x.value)
        return self._layout.add_reference(x.column, name, rows, [float(values[row]) for row in rows])

    def _mean_of(self, x: Cell, unit: str, period: str) -> Cell:
        """Return the mean over the rows of a unit and of a period as a number."""
        if x.opposite is not None:
            return -self._mean_of(x.opposite, unit, period)
        result, values = self._contents.result, np.asarray(x.value)
        included = np.ones(self._layout.rows, dtype=bool)
        for name, value in ((result.unit, unit), (result.definition.data.period, period)):
            if value and name:
                included &= (result.scored.units[name].cast(pl.String) == value).to_numpy()
        if x.column is None:
            raise NoFormula("the mean of some rows")
        means = [float(np.nanmean(values[rows][included[rows]])) for rows in self._layout.groups()]
        return self._layout.add_numbers(x.column, f"mean {' '.join(filter(None, (unit, period)))}", means)

    def _value_in_period(self, x: Cell, name: str) -> Cell:
        units, periods = self._units_and_periods()
        row_of = {unit: row for row, (unit, period) in enumerate(zip(units, periods, strict=True)) if period == name}
        return self._value_in_rows(x, "base", [row_of.get(unit) for unit in units])

    def _value_before(self, x: Cell) -> Cell:
        if x.opposite is not None:
            return -self._value_before(x.opposite)
        units, periods = self._units_and_periods()
        places = time_of(periods).rank("dense").cast(pl.Int64)
        row_of = {key: row for row, key in enumerate(zip(units, places, strict=True))}
        before = [row_of.get((unit, place - 1)) for unit, place in zip(units, places, strict=True)]
        return self._value_in_rows(x, "before", before)

    def _units_and_periods(self) -> tuple[pl.Series, pl.Series]:
        result = self._contents.result
        period = result.definition.data.period
        if period is None:
            raise NoFormula("the value of another period")
        return result.scored.units[result.unit], result.scored.units[period].cast(pl.String)

    def _value_in_rows(self, x: Cell, name: str, places: Sequence[int | None]) -> Cell:
        """Return the value that each row takes from another row; empty if there is no such row."""
        layout = self._layout
        if x.column is None:
            raise NoFormula("the value of a unit in another period")
        below = layout.rows  # the row below the units is empty
        rows = np.array([below if place is None else place for place in places])
        cell = x.column.at(layout.table(name, rows))
        return Cell(layout, cell, np.append(x.value, np.nan)[rows], gaps=frozenset({cell}))


_RULES: dict[str, Callable[..., Any]] = {
    "where": lambda condition, value, otherwise: condition.choose(value, otherwise),
    "max_of": lambda first, *others: first.row_statistic("max", [first, *others]),
    "min_of": lambda first, *others: first.row_statistic("min", [first, *others]),
    "median_of": lambda first, *others: first.row_statistic("median", [first, *others]),
    "rank": lambda x, method, descending: x.rank(method, descending=descending),
    "over": lambda x, _: x,  # the layout has the groups already
    "deviation": lambda x, ddof: x.std(ddof),
    "norm": lambda x: (x**2).sum().sqrt(),
}
"""The operations for which `Cell` has a method with another name or other parameters."""
