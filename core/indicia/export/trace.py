"""From a result to the formulas of its workbook: each stage is asked for its formula over cells.

What a method says with operators and functions becomes a formula; what it says otherwise stands as values, and why is
kept. A formula counts only if its numbers are those of the engine.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import polars as pl

from indicia.definition import ROOT, Leaf
from indicia.export.cell import Cell, number
from indicia.export.sheets import Group, Layout
from indicia.export.text import NotWritten, count_of, place
from indicia.export.traced import Traced, group_of, lay_weights, numbers
from indicia.export.words import word
from indicia.formulas import Expression
from indicia.formulas import Node as FormulaNode
from indicia.formulas.to_polars import to_polars
from indicia.methods import Component, Components, Statistics, half_up, total
from indicia.stages.normalise import normalising

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from indicia.definition import Node, Part
    from indicia.methods import Array, Normalisation
    from indicia.result import Result
    from indicia.tables.weights import Weighed

NEAR = 1e-9
"""A formula is the engine's where no number differs by more than this, or by this share of the largest."""


def trace(result: Result, names: Mapping[str, str], about: int, language: str) -> Traced:
    """Write down the formulas of a result."""
    scored = result.scored
    layout = Layout(len(scored.units), names, about, group_of(scored.units, scored.scope.key, scored.scope.reference))
    traced = Traced(result, layout, language)
    for leaf in scored.tree.leaves():
        traced.data[leaf.id] = layout.add("data", traced.called(leaf.id), numbers(scored.prepared[leaf.id]))
    traced.weights = lay_weights(result)
    for leaf in scored.tree.leaves():
        _normalise(traced, leaf)
    handed: dict[str, Cell] = {}
    for name, column in traced.normalised.items():
        values = numbers(scored.normalised[name])
        handed[name] = layout.cell(column, values, gaps=bool(np.isnan(values).any()))
    for node in sorted(scored.tree.nodes(), key=lambda node: -node.level):
        handed[node.id] = _score(traced, node, handed)
    return traced


class _Asked(Statistics):
    """`s` of a formula that is written down."""

    def __init__(self, traced: Traced, subject: str, x: Cell, low: Any, high: Any, aim: Any) -> None:
        super().__init__(x)  # type: ignore[arg-type]
        self._traced, self._subject, self._unnamed = traced, subject, 0
        self._given = {"min": low, "max": high, "target": aim}

    def _settle(self, kind: str | None, aggregate: Any, *arguments: Any) -> Any:  # noqa: ARG002
        return aggregate

    @property
    def min(self) -> Any:
        return self._x.min() if self._given["min"] is None else self._given["min"]

    @property
    def max(self) -> Any:
        return self._x.max() if self._given["max"] is None else self._given["max"]

    @property
    def target(self) -> Any:
        if self._given["target"] is None:
            raise NotWritten("a target")
        return self._given["target"]

    def of_unit(self, name: str) -> Any:
        x: Any = self._x
        if x.opposite is not None:
            inner = _Asked(self._traced, self._subject, x.opposite, None, None, None)
            return -inner.of_unit(name)
        layout, scored = self._traced.layout, self._traced.result.scored
        if x.column is None:
            raise NotWritten("the value of one unit")
        at = np.flatnonzero((scored.units[self._traced.result.unit] == name).to_numpy())
        rows = [int(at[layout.group.counted[at] == group + 1][0]) for group in range(len(layout.group.labels))]
        return layout.pointing(x.column, name, rows, [float(x.value[row]) for row in rows])

    def of_period(self, name: str) -> Any:
        x, layout, scored = cast("Cell", self._x), self._traced.layout, self._traced.result.scored
        period = self._traced.result.definition.data.period
        if x.column is None or period is None:
            raise NotWritten(f"the value of a unit in {name}")
        units, periods = scored.units[self._traced.result.unit], scored.units[period].cast(pl.String)
        own = {unit: row for row, (unit, of) in enumerate(zip(units, periods, strict=True)) if of == name}
        below = layout.rows  # the row below all units is empty, as is what a unit does not have
        rows = np.array([own.get(unit, below) for unit in units])
        cell = x.column.at(layout.table("base", rows))
        return Cell(layout, cell, np.append(x.value, np.nan)[rows], gaps=frozenset({cell}))

    @property
    def parent(self) -> Any:
        raise NotWritten("the value of the parent")

    def learned(self, function: Callable[[Array], Sequence[float]], size: int) -> Any:
        self._unnamed += 1
        layout, own = self._traced.layout, cast("Cell", self._x)
        x = np.asarray(own.value)
        found = [list(function(x[rows][~np.isnan(x[rows])])) for rows in layout.groups()]
        return tuple(
            layout.found(own.column or self._subject, f"parameter {self._unnamed}.{at + 1}", [one[at] for one in found])
            for at in range(size)
        )


def _normalise(traced: Traced, leaf: Leaf) -> None:
    layout, scored = traced.layout, traced.result.scored
    title, wanted = traced.called(leaf.id), numbers(scored.normalised[leaf.id])
    layout.subject = title
    source, column = scored.source, traced.data[leaf.id]

    def ask(subject: str, x: Cell, known: Any = None) -> Statistics:
        ends = [None if known is None else given(known, word) for word in ("min", "max", "target")]
        return _Asked(traced, subject, x, *ends)

    def given(known: Any, word: str) -> Cell | None:
        turned = leaf.spec.direction == "cost" and leaf.oriented and not leaf.normalisation.has_cost_formula()
        of = {"min": "max", "max": "min"}.get(word, word) if turned else word
        value = getattr(known, of)
        if value is None:
            return None
        if isinstance(value, FormulaNode):
            value = (-Expression(value)).node if turned else value
            return _fixed(layout, source.bounds_by_row, value, f"{title} · {word}")
        if leaf.spec.best is not None:  # 0 and 1 are the ends of closeness
            return number(layout, float(value))
        return -layout.given(column, of, float(value)) if turned else layout.given(column, word, float(value))

    try:
        x = layout.cell(column, numbers(scored.prepared[leaf.id]), gaps=True)
        constant = leaf.id in scored.fitted.neutral
        z = normalising(leaf, source, constant).of(x, ask)
        z = z if leaf.decimals is None else half_up(z, leaf.decimals)
        traced.normalised[leaf.id] = layout.add("normalised", title, wanted, _agreed(z, wanted))
    except Exception as error:  # whatever a method does with a symbol that it does not expect
        why = traced.not_live[leaf.id] = _reason(traced, leaf.normalisation, error)
        traced.normalised[leaf.id] = layout.add("normalised", title, wanted, why=why)


def _fixed(layout: Layout, fixed: pl.DataFrame, value: FormulaNode, title: str) -> Cell:
    values = numbers(fixed.select(to_polars(value).alias("\0")).to_series())
    return layout.cell(layout.add("steps", title, values), values)


def _agreed(cell: Cell, wanted: Array) -> str:
    """Return the formula of a cell, if its numbers are those of the engine."""
    found = np.broadcast_to(np.asarray(cell.value, dtype=float), wanted.shape)
    size = max(1.0, float(np.nanmax(np.abs(wanted), initial=0.0)))
    if not np.allclose(found, wanted, rtol=0, atol=NEAR * size, equal_nan=True):
        raise NotWritten("its numbers, which are others as a formula")
    return cell.guarded()


def _reason(traced: Traced, method: object, error: Exception) -> str:
    if traced.result.fitted_by is not None:
        return "fitted"
    if isinstance(error, NotImplementedError):
        return f"{method}: arrays"
    what = error if isinstance(error, NotWritten) else error.__cause__
    return f"{method}: {what if isinstance(what, NotWritten) else error}"


class _Parts(Components):
    """The components of a node as cells."""

    def __init__(self, layout: Layout, parts: Sequence[Component]) -> None:
        self._layout, self._parts = layout, parts

    def hold(self, column: Any) -> Any:
        return self._layout.spill(column) if isinstance(column.value, np.ndarray) else column

    def settle(self, aggregate: Any) -> Any:
        return aggregate

    def __getitem__(self, index: Any) -> Any:
        return self._parts[index]

    def __len__(self) -> int:
        return len(self._parts)


def _score(traced: Traced, node: Node, handed: Mapping[str, Cell]) -> Cell:
    """Add the score of a node, and return what its parent takes."""
    layout, scored = traced.layout, traced.result.scored
    title, wanted = traced.called(node.id), numbers(scored.nodes[node.id])
    taken = numbers(scored.components[node.id])
    heading = title if node.level else word("score", traced.language)
    layout.subject = title
    try:
        exact = _rescaled(traced, node, _combined(traced, node, handed))
        exact = exact if node.decimals is None else layout.spill(exact)
        score = exact if node.decimals is None else half_up(exact, node.decimals)
        traced.scores[node.id] = layout.add(f"level {node.level}", heading, wanted, _agreed(score, wanted))
        ranked = exact if node.decimals is not None else None
    except Exception as error:  # as above
        why = traced.not_live[node.id] = _reason(traced, node.aggregation, error)
        traced.scores[node.id] = layout.add(f"level {node.level}", heading, wanted, why=why)
        ranked = None
    cell = layout.cell(traced.scores[node.id], wanted, gaps=bool(np.isnan(wanted).any()))
    if node.id == ROOT:
        traced.unrounded = ranked
    layout.subject = title
    try:
        turned = -cell if node.low_is_best else cell
        component = _by(traced, node.as_component, turned, node.id) if node.as_component else turned
        _agreed(component, np.where(np.isnan(wanted), np.nan, taken))  # the parent may have filled gaps
    except Exception as error:
        why = _reason(traced, node.as_component, error)
        traced.not_live.setdefault(node.id, why)
        return layout.cell(layout.add("steps", title, taken, why=why), taken, gaps=bool(np.isnan(taken).any()))
    return component if component is cell else layout.spill(component)


def _rescaled(traced: Traced, node: Node, score: Cell) -> Cell:
    if node.rescaling is None:
        return score
    return _by(traced, node.rescaling, -score if node.aggregation.low_is_best else score, node.id)


def _by(traced: Traced, method: Normalisation, x: Cell, name: str) -> Cell:
    if method.whole_column:  # what only rounding parts has one rank, as the engine says
        size = float(np.nanmax(np.abs(x.value), initial=0.0))
        x = x.round(10 - math.floor(math.log10(size))) if size else x
    x = traced.layout.spill(x)
    found: Any = method.benefit(x, _Asked(traced, name, x, None, None, None))  # type: ignore[arg-type]
    return cast("Cell", found)


def _combined(traced: Traced, node: Node, handed: Mapping[str, Cell]) -> Cell:
    """Return the score of a node as its aggregation makes it."""
    layout = traced.layout
    zs = [_taken(traced, node, part.id, handed[part.id]) for part in node.components]
    weights: list[Any] = _weights_of(traced, node)
    gaps = any(z.gaps for z in zs)
    scored: Cell | None = None
    if gaps:
        present = np.sum([~np.isnan(np.asarray(z.value)) for z in zs], axis=0).astype(float)
        count = Cell(layout, count_of([z.text for z in zs]), present)
        if node.missing.policy == "propagate":
            scored = count >= float(len(zs))
        else:
            there = [z.is_not_null().choose(w, 0.0) for z, w in zip(zs, weights, strict=True)]
            share = layout.spill((count >= float(len(zs))).choose(1.0, total(there)))  # type: ignore[arg-type]
            enough = (count / len(zs) >= node.missing.minimum_share) & (count >= node.missing.minimum_count)
            scored = enough & (share > 0)
            weights = [w / share for w in weights]
        if np.asarray(scored.value).all():
            scored = None if node.missing.policy != "propagate" else scored
        else:
            # those that get a score are compared with each other, as if there were no others
            zs = [layout.spill(_only(scored, z)) for z in zs]
    s = [_Asked(traced, part.id, z, None, None, None) for part, z in zip(node.components, zs, strict=True)]
    parts = [
        Component(z, w, one, "cost" if _as_cost(node, part) else "benefit", part.id)  # type: ignore[arg-type]
        for z, w, one, part in zip(zs, weights, s, node.components, strict=True)
    ]
    found: Any = node.aggregation.combine(_Parts(layout, parts))
    cell = found if isinstance(found, Cell) else number(layout, float(found))
    if scored is None:
        return cell
    absent = np.where(scored.value, cell.value, np.nan)
    written = Cell(layout, f'IF({scored.text},{cell.guarded()},"")', absent)
    return layout.spill(written) if np.isnan(absent).any() else written


def _only(scored: Cell, z: Cell) -> Cell:
    value = np.where(scored.value, z.value, np.nan)
    return Cell(z.sheets, f'IF({scored.text},{z.guarded()},"")', value)


def _as_cost(node: Node, part: Part) -> bool:
    return isinstance(part, Leaf) and part.spec.direction == "cost" and not node.aggregation.oriented


def _taken(traced: Traced, node: Node, name: str, z: Cell) -> Cell:
    """Return a component as a node takes it, its gaps filled where the methodology says so."""
    layout, missing = traced.layout, node.missing
    here = np.isnan(np.asarray(z.value))
    if not (missing.replaces and here.any()):
        return z
    if missing.value is not None:
        return layout.spill(z.fill_null(missing.value))
    if missing.policy == "parent":
        return layout.spill(z.fill_null(_of_parents(traced, name, z)))
    scope = traced.result.scored.scope
    key = tuple(dict.fromkeys([*scope.key, str(missing.within)]))
    within = layout.within(group_of(traced.result.scored.units, key, scope.reference))
    mean: Any = within.cell(layout.column_of(z), np.asarray(z.value)).mean()
    return layout.spill(z.fill_null(mean))


def _of_parents(traced: Traced, name: str, z: Cell) -> Cell:
    """Point to the cells whose values stand for those that are missing."""
    layout, result = traced.layout, traced.result
    changes = (change.whose.get(name) for change in result.scored.changes if change.stage == "missing")
    whose = next((one for one in changes if one is not None), None)
    missing = np.flatnonzero(np.isnan(np.asarray(z.value)))
    if whose is None or whose[missing].has_nulls():
        raise NotWritten("the value of a parent where there is none")
    period = result.definition.data.period
    key = [result.unit, *([period] if period else [])]
    units = result.scored.units.select(key)
    places = {row: at for at, row in enumerate(units.rows())}
    sources = [places[row] for row in units.with_columns(whose.alias(result.unit))[missing].rows()]
    rows = list(dict.fromkeys(sources))
    of_row = np.zeros(len(units), dtype=int)
    of_row[missing] = [rows.index(source) for source in sources]
    group = Group(("parent", name), of_row + 1, of_row, [units.row(row) for row in rows])
    values = [float(np.asarray(z.value)[row]) for row in rows]
    return layout.within(group).pointing(layout.column_of(z), "parent", rows, values)


def _weights_of(traced: Traced, node: Node) -> list[Any]:
    layout = traced.layout
    weighed: Weighed = traced.result.scored.weighed[node.id]
    sheet = layout.names["weights"]
    rows = [row for row in traced.weights if row.parent == node.id]
    if weighed.keys is None:
        mine = rows[: len(node.components)]
        return [Cell(layout, f"'{sheet}'!$F${row.row}", row.within) for row in mine]
    group = group_of(traced.result.scored.units, weighed.keys.columns)
    order = {label: at for at, label in enumerate(weighed.keys.rows())}
    places = np.array([order[group.labels[at]] for at in group.of_row])
    cells = []
    step = rows[len(node.components)].row - rows[0].row if len(rows) > len(node.components) else 0
    table = layout.table("weights", places * step)
    for at in range(len(node.components)):
        values = np.asarray(weighed.values)[:, at][places]
        cells.append(Cell(layout, f"'{sheet}'!$F{place(table, rows[at].row)}", values))
    return cells
