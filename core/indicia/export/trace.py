"""Fill a workbook with the formulas of a result: the recorded formula of each stage becomes cells.

Values and a reason replace a formula where a method works on arrays, or has an operation that spreadsheets lack. A
formula is written only if it gives the numbers of the engine.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from indicia.definition import ROOT
from indicia.export.cell import Cell
from indicia.export.contents import Contents, group_of, lay_weights, numbers
from indicia.export.sheets import Group, Layout
from indicia.export.text import NoFormula, count_numbers, place
from indicia.export.to_cells import to_cells
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
"""The largest difference between a formula and the engine, also as a share of the largest number."""


def trace(result: Result, names: Mapping[str, str], unit_columns: int, language: str) -> Contents:
    """Return the contents of the workbook of a result; `unit_columns` is the number of columns that name the units."""
    scored = result.scored
    layout = Layout(
        len(scored.units), names, unit_columns, group_of(scored.units, scored.scope.key, scored.scope.reference)
    )
    contents = Contents(result, layout, language)
    for leaf in scored.tree.leaves():
        contents.data[leaf.id] = layout.add("data", contents.name_of(leaf.id), numbers(scored.prepared[leaf.id]))
    contents.weights = lay_weights(result)
    for leaf in scored.tree.leaves():
        _normalise(contents, leaf)
    component_cells: dict[str, Cell] = {}
    for name, normalised in contents.normalised.items():
        values = numbers(scored.normalised[name])
        component_cells[name] = layout.cell(normalised, values, gaps=bool(np.isnan(values).any()))
    for node in sorted(scored.tree.nodes(), key=lambda node: -node.level):
        component_cells[node.id] = _score(contents, node, component_cells)
    return contents


def _normalise(contents: Contents, leaf: Leaf) -> None:
    layout, scored = contents.layout, contents.result.scored
    title, wanted = contents.name_of(leaf.id), numbers(scored.normalised[leaf.id])
    layout.subject = title
    try:
        x = layout.cell(contents.data[leaf.id], numbers(scored.prepared[leaf.id]), gaps=True)
        cells = {column(leaf.id).node: x, **_fixed(contents, leaf)}
        constant = leaf.id in scored.fitted.neutral
        z = to_cells(record(normalisation_formula(leaf, scored.source, constant)), contents, cells)
        z = z if leaf.decimals is None else half_up(z, leaf.decimals)
        contents.normalised[leaf.id] = layout.add("normalised", title, wanted, _checked_formula(z, wanted))
    except Exception as error:  # a method of a plugin may raise any error
        why = contents.not_live[leaf.id] = _reason(contents, leaf.normalisation, error)
        contents.normalised[leaf.id] = layout.add("normalised", title, wanted, why=why)


def _fixed(contents: Contents, leaf: Leaf) -> dict[FormulaNode, Cell]:
    """Add cells for the bounds and the target of an indicator, also if the formula does not use them.

    Return the cells of bounds that differ between groups, by their node in the formula.
    """
    layout, source = contents.layout, contents.result.scored.source
    x = column(leaf.id)
    cells: dict[FormulaNode, Cell] = {}
    for name in FIXED_STATISTICS:
        value = source.fixed_values[leaf.id].of_formula(name, -x if is_mirrored(leaf) else x)
        if value is None or leaf.spec.best is not None:
            continue
        bound = value.node.args[0] if value.node.kind == "neg" else value.node
        if isinstance(bound, FixedValue):
            layout.add_input(contents.data[leaf.id], *bound.options)
        else:
            values = numbers(source.bounds_by_row.select(to_polars(value.node).alias("\0")).to_series())
            title = f"{contents.name_of(leaf.id)} · {name}"
            cells[value.node] = layout.cell(layout.add("steps", title, values), values)
    return cells


def _checked_formula(cell: Cell, wanted: Array) -> str:
    """Return the formula of a cell, or raise an error if its numbers are not those of the engine."""
    computed = np.broadcast_to(np.asarray(cell.value, dtype=float), wanted.shape)
    size = max(1.0, float(np.nanmax(np.abs(wanted), initial=0.0)))
    if not np.allclose(computed, wanted, rtol=0, atol=NEAR * size, equal_nan=True):
        raise NoFormula("its numbers, which are others as a formula")
    return cell.guarded()


def _reason(contents: Contents, method: object, error: Exception) -> str:
    if contents.result.fitted_by is not None:
        return "fitted"
    if isinstance(error, NotImplementedError):
        return f"{method}: arrays"
    what = error if isinstance(error, NoFormula) else error.__cause__
    return f"{method}: {what if isinstance(what, NoFormula) else error}"


def _score(contents: Contents, node: Node, component_cells: Mapping[str, Cell]) -> Cell:
    """Add the score of a node, and return its cell as a component of the parent."""
    layout, scored = contents.layout, contents.result.scored
    title, wanted = contents.name_of(node.id), numbers(scored.nodes[node.id])
    taken = numbers(scored.components[node.id])
    heading = title if node.level else word("score", contents.language)
    layout.subject = title
    try:
        exact = _rescaled(contents, node, _combined(contents, node, component_cells))
        exact = exact if node.decimals is None else layout.spill(exact)
        score = exact if node.decimals is None else half_up(exact, node.decimals)
        contents.scores[node.id] = layout.add(f"level {node.level}", heading, wanted, _checked_formula(score, wanted))
        ranked = exact if node.decimals is not None else None
    except Exception as error:  # a method of a plugin may raise any error
        why = contents.not_live[node.id] = _reason(contents, node.aggregation, error)
        contents.scores[node.id] = layout.add(f"level {node.level}", heading, wanted, why=why)
        ranked = None
    cell = layout.cell(contents.scores[node.id], wanted, gaps=bool(np.isnan(wanted).any()))
    if node.id == ROOT:
        contents.unrounded = ranked
    layout.subject = title
    try:
        turned = -cell if node.low_is_best else cell
        component = _by(contents, node.as_component, turned, node.id) if node.as_component else turned
        _checked_formula(component, np.where(np.isnan(wanted), np.nan, taken))  # the parent may have filled gaps
    except Exception as error:
        why = _reason(contents, node.as_component, error)
        contents.not_live.setdefault(node.id, why)
        return layout.cell(layout.add("steps", title, taken, why=why), taken, gaps=bool(np.isnan(taken).any()))
    return component if component is cell else layout.spill(component)


def _rescaled(contents: Contents, node: Node, score: Cell) -> Cell:
    if node.rescaling is None:
        return score
    return _by(contents, node.rescaling, -score if node.aggregation.low_is_best else score, node.id)


def _by(contents: Contents, method: Normalisation, x: Cell, name: str) -> Cell:
    if method.whole_column:  # scores that differ by rounding noise share a rank, as in the engine
        size = float(np.nanmax(np.abs(x.value), initial=0.0))
        x = x.round(10 - math.floor(math.log10(size))) if size else x
    cells = {column(name).node: contents.layout.spill(x)}
    return to_cells(record(RescalingFormula(method, name, ())), contents, cells)


def _combined(contents: Contents, node: Node, component_cells: Mapping[str, Cell]) -> Cell:
    """Return the score of a node before it is rescaled or rounded."""
    layout = contents.layout
    zs = [_filled_component(contents, node, part.id, component_cells[part.id]) for part in node.components]
    weights: list[Any] = _weights_of(contents, node)
    gaps = any(z.gaps for z in zs)
    scored: Cell | None = None
    if gaps:
        present = np.sum([~np.isnan(np.asarray(z.value)) for z in zs], axis=0).astype(float)
        count = Cell(layout, count_numbers([z.text for z in zs]), present)
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
            # The engine compares the rows that get a score with each other alone.
            zs = [layout.spill(_only(scored, z)) for z in zs]
    names = [part.id for part in node.components]
    cells: dict[FormulaNode, Cell] = {}
    for name, z, w in zip(names, zs, weights, strict=True):
        cells |= {column(name).node: z, Weight("weight", (), (node.id, name)): w}
    cell = to_cells(record(score_formula(node, incomplete=False)), contents, cells)
    if scored is None:
        return cell
    absent = np.where(scored.value, cell.value, np.nan)
    written = Cell(layout, f'IF({scored.text},{cell.guarded()},"")', absent)
    return layout.spill(written) if np.isnan(absent).any() else written


def _only(scored: Cell, z: Cell) -> Cell:
    value = np.where(scored.value, z.value, np.nan)
    return Cell(z.sheets, f'IF({scored.text},{z.guarded()},"")', value)


def _filled_component(contents: Contents, node: Node, name: str, z: Cell) -> Cell:
    """Return a component of a node, with its gaps filled if the methodology fills them."""
    layout, missing = contents.layout, node.missing
    here = np.isnan(np.asarray(z.value))
    if not (missing.replaces and here.any()):
        return z
    if missing.value is not None:
        return layout.spill(z.fill_null(missing.value))
    formula = record(FillFormula(name, missing))
    if missing.policy == "parent":
        cells = {question: _of_parents(contents, name, z) for question in formula.questions.values()}
        return layout.spill(to_cells(formula, contents, {column(name).node: z, **cells}))
    scope = contents.result.scored.scope
    key = tuple(dict.fromkeys([*scope.key, str(missing.within)]))
    within = layout.within(group_of(contents.result.scored.units, key, scope.reference))
    x = within.cell(layout.column_of(z), np.asarray(z.value), gaps=True)
    return layout.spill(to_cells(formula, contents, {column(name).node: x}))


def _of_parents(contents: Contents, name: str, z: Cell) -> Cell:
    """Return references to the cells whose values replace the missing values."""
    layout, result = contents.layout, contents.result
    changes = (change.source_units.get(name) for change in result.scored.changes if change.stage == "missing")
    source_units = next((parents for parents in changes if parents is not None), None)
    missing = np.flatnonzero(np.isnan(np.asarray(z.value)))
    if source_units is None or source_units[missing].has_nulls():
        raise NoFormula("the value of a parent where there is none")
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
    return layout.within(group).add_reference(layout.column_of(z), "parent", rows, values)


def _weights_of(contents: Contents, node: Node) -> list[Any]:
    layout = contents.layout
    weighed: NodeWeights = contents.result.scored.node_weights[node.id]
    sheet = layout.names["weights"]
    rows = [row for row in contents.weights if row.parent == node.id]
    if weighed.keys is None:
        return [Cell(layout, f"'{sheet}'!$F${row.row}", row.within) for row in rows[: len(node.components)]]
    group = group_of(contents.result.scored.units, weighed.keys.columns)
    order = {label: at for at, label in enumerate(weighed.keys.rows())}
    places = np.array([order[group.labels[at]] for at in group.of_row])
    cells = []
    step = rows[len(node.components)].row - rows[0].row if len(rows) > len(node.components) else 0
    table = layout.table("weights", places * step)
    for at in range(len(node.components)):
        values = np.asarray(weighed.values)[:, at][places]
        cells.append(Cell(layout, f"'{sheet}'!$F{place(table, rows[at].row)}", values))
    return cells
