"""From a result to the formulas of its workbook: the recorded formula of each stage is written as cells.

A formula with an operation that no spreadsheet has, and a method that works on arrays, stand as values, with the
reason. A formula is written only if its numbers are those of the engine.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from indicia.definition import ROOT
from indicia.export.cell import Cell
from indicia.export.sheets import Group, Layout
from indicia.export.text import NotWritten, count_of, place
from indicia.export.to_cells import to_cells
from indicia.export.traced import Traced, group_of, lay_weights, numbers
from indicia.export.words import word
from indicia.formulas import Weight, column, record
from indicia.formulas.fixed import FIXED_STATISTICS
from indicia.formulas.node import FixedValue
from indicia.formulas.to_polars import to_polars
from indicia.methods import half_up, row_sum
from indicia.stages.fill import FillFormula
from indicia.stages.normalise import is_mirrored, normalisation_formula
from indicia.stages.rescale import RescalingFormula
from indicia.stages.score_formula import score_formula

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indicia.definition import Leaf, Node
    from indicia.formulas import Node as FormulaNode
    from indicia.methods import Array, Normalisation
    from indicia.result import Result
    from indicia.tables.weights import NodeWeights

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
    for name, normalised in traced.normalised.items():
        values = numbers(scored.normalised[name])
        handed[name] = layout.cell(normalised, values, gaps=bool(np.isnan(values).any()))
    for node in sorted(scored.tree.nodes(), key=lambda node: -node.level):
        handed[node.id] = _score(traced, node, handed)
    return traced


def _normalise(traced: Traced, leaf: Leaf) -> None:
    layout, scored = traced.layout, traced.result.scored
    title, wanted = traced.called(leaf.id), numbers(scored.normalised[leaf.id])
    layout.subject = title
    try:
        x = layout.cell(traced.data[leaf.id], numbers(scored.prepared[leaf.id]), gaps=True)
        cells = {column(leaf.id).node: x, **_fixed(traced, leaf)}
        constant = leaf.id in scored.fitted.neutral
        z = to_cells(record(normalisation_formula(leaf, scored.source, constant)), traced, cells)
        z = z if leaf.decimals is None else half_up(z, leaf.decimals)
        traced.normalised[leaf.id] = layout.add("normalised", title, wanted, _agreed(z, wanted))
    except Exception as error:  # whatever a method of a plugin raises
        why = traced.not_live[leaf.id] = _reason(traced, leaf.normalisation, error)
        traced.normalised[leaf.id] = layout.add("normalised", title, wanted, why=why)


def _fixed(traced: Traced, leaf: Leaf) -> dict[FormulaNode, Cell]:
    """Give the bounds and the target of an indicator cells, also where the formula does not ask for them.

    Return the columns of bounds that differ between groups, as the formula sees them.
    """
    layout, source = traced.layout, traced.result.scored.source
    x = column(leaf.id)
    cells: dict[FormulaNode, Cell] = {}
    for name in FIXED_STATISTICS:
        value = source.fixed_values[leaf.id].of_formula(name, -x if is_mirrored(leaf) else x)
        if value is None or leaf.spec.best is not None:
            continue
        bound = value.node.args[0] if value.node.kind == "neg" else value.node
        if isinstance(bound, FixedValue):
            layout.given(traced.data[leaf.id], *bound.options)
        else:
            values = numbers(source.bounds_by_row.select(to_polars(value.node).alias("\0")).to_series())
            title = f"{traced.called(leaf.id)} · {name}"
            cells[value.node] = layout.cell(layout.add("steps", title, values), values)
    return cells


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
    cells = {column(name).node: traced.layout.spill(x)}
    return to_cells(record(RescalingFormula(method, name, ())), traced, cells)


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
            share = layout.spill((count >= float(len(zs))).choose(1.0, row_sum(there)))  # type: ignore[arg-type]
            enough = (count / len(zs) >= node.missing.minimum_share) & (count >= node.missing.minimum_count)
            scored = enough & (share > 0)
            weights = [w / share for w in weights]
        if np.asarray(scored.value).all():
            scored = None if node.missing.policy != "propagate" else scored
        else:
            # those that get a score are compared with each other, as if there were no others
            zs = [layout.spill(_only(scored, z)) for z in zs]
    names = [part.id for part in node.components]
    cells: dict[FormulaNode, Cell] = {}
    for name, z, w in zip(names, zs, weights, strict=True):
        cells |= {column(name).node: z, Weight("weight", (), (node.id, name)): w}
    cell = to_cells(record(score_formula(node, incomplete=False)), traced, cells)
    if scored is None:
        return cell
    absent = np.where(scored.value, cell.value, np.nan)
    written = Cell(layout, f'IF({scored.text},{cell.guarded()},"")', absent)
    return layout.spill(written) if np.isnan(absent).any() else written


def _only(scored: Cell, z: Cell) -> Cell:
    value = np.where(scored.value, z.value, np.nan)
    return Cell(z.sheets, f'IF({scored.text},{z.guarded()},"")', value)


def _taken(traced: Traced, node: Node, name: str, z: Cell) -> Cell:
    """Return a component as a node takes it, its gaps filled where the methodology says so."""
    layout, missing = traced.layout, node.missing
    here = np.isnan(np.asarray(z.value))
    if not (missing.replaces and here.any()):
        return z
    if missing.value is not None:
        return layout.spill(z.fill_null(missing.value))
    formula = record(FillFormula(name, missing))
    if missing.policy == "parent":
        cells = {question: _of_parents(traced, name, z) for question in formula.questions.values()}
        return layout.spill(to_cells(formula, traced, {column(name).node: z, **cells}))
    scope = traced.result.scored.scope
    key = tuple(dict.fromkeys([*scope.key, str(missing.within)]))
    within = layout.within(group_of(traced.result.scored.units, key, scope.reference))
    x = within.cell(layout.column_of(z), np.asarray(z.value), gaps=True)
    return layout.spill(to_cells(formula, traced, {column(name).node: x}))


def _of_parents(traced: Traced, name: str, z: Cell) -> Cell:
    """Point to the cells source_units values stand for those that are missing."""
    layout, result = traced.layout, traced.result
    changes = (change.source_units.get(name) for change in result.scored.changes if change.stage == "missing")
    source_units = next((one for one in changes if one is not None), None)
    missing = np.flatnonzero(np.isnan(np.asarray(z.value)))
    if source_units is None or source_units[missing].has_nulls():
        raise NotWritten("the value of a parent where there is none")
    period = result.definition.data.period
    key = [result.unit, *([period] if period else [])]
    units = result.scored.units.select(key)
    places = {row: at for at, row in enumerate(units.rows())}
    sources = [places[row] for row in units.with_columns(source_units.alias(result.unit))[missing].rows()]
    rows = list(dict.fromkeys(sources))
    of_row = np.zeros(len(units), dtype=int)
    of_row[missing] = [rows.index(source) for source in sources]
    group = Group(("parent", name), of_row + 1, of_row, [units.row(row) for row in rows])
    values = [float(np.asarray(z.value)[row]) for row in rows]
    return layout.within(group).pointing(layout.column_of(z), "parent", rows, values)


def _weights_of(traced: Traced, node: Node) -> list[Any]:
    layout = traced.layout
    weighed: NodeWeights = traced.result.scored.node_weights[node.id]
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
