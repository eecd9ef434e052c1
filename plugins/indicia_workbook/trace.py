"""Fill a workbook with the formulas of a result: the recorded formula of each stage becomes cells.

A method without a formula, or with an operation that spreadsheets lack, gives a column of values with a reason. A
formula is written only if its numbers equal those of the engine.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from indicia.data import numbers
from indicia.definition import ROOT, Leaf, Node
from indicia.errors import join_names
from indicia.formulas import USED, Weight, column, record
from indicia.formulas import Node as FormulaNode
from indicia.formulas.node import FixedValue
from indicia.formulas.recorder import FIXED_STATISTICS
from indicia.formulas.to_polars import to_polars
from indicia.methods import Array, Method, Normalisation, half_up, row_sum
from indicia.stages.aggregate import aggregates_anew
from indicia.stages.clip import RescalingFormula
from indicia.stages.normalise import is_mirrored, normalisation_formula
from indicia.stages.score_formula import FillFormula, score_formula
from indicia_workbook.cell import Cell
from indicia_workbook.contents import Contents, group_of, lay_weights
from indicia_workbook.fitted_statistics import fitted_cells
from indicia_workbook.sheets import Group, Layout
from indicia_workbook.text import NoFormula, count_numbers, place, word
from indicia_workbook.to_cells import to_cells

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indicia.result import Result
    from indicia.tables.weights import NodeWeights

WITHHELD = "withheld"
"""The reason for normalised values without formulas if the raw values are not published."""
NEAR = 1e-9
"""The largest difference between a formula and the engine, times the largest number if that exceeds 1."""


def trace(result: Result, names: Mapping[str, str], unit_columns: int, language: str) -> Contents:
    """Return the contents of the workbook of a result; `unit_columns` is the number of columns that identify a row."""
    scored = result.scored
    scope = scored.scopes.normalisation
    layout = Layout(len(scored.units), names, unit_columns, group_of(scored.units, scope.key, scope.reference))
    contents = Contents(result, layout, language)
    if result.definition.publishes_raw_values:
        for leaf in scored.tree.leaves():
            contents.data[leaf.id] = layout.add("data", contents.name_of(leaf.id), numbers(scored.prepared[leaf.id]))
        for series in scored.source.used_columns:
            contents.used_columns[series.name] = layout.add("data", series.name.removeprefix(USED), numbers(series))
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
    title, expected = contents.name_of(leaf.id), numbers(scored.normalised[leaf.id])
    if leaf.id not in contents.data:
        contents.not_live[leaf.id] = WITHHELD
        contents.normalised[leaf.id] = layout.add("normalised", title, expected, why=WITHHELD)
        return
    layout.subject = title
    try:
        x = layout.cell(contents.data[leaf.id], numbers(scored.prepared[leaf.id]), gaps=True)
        cells = {column(leaf.id).node: x, **_used_cells(contents), **_fixed_values(contents, leaf)}
        constant = leaf.id in scored.fitted.neutral
        formula = record(normalisation_formula(leaf, scored.source, constant, levels=True))
        cells |= fitted_cells(contents, "normalisation", formula, contents.data[leaf.id])
        z = to_cells(formula, contents, cells)
        z = z if leaf.decimals is None else half_up(z, leaf.decimals)
        contents.normalised[leaf.id] = layout.add("normalised", title, expected, _checked_formula(z, expected))
    except Exception as error:  # a method of a plugin may raise any error
        why = contents.not_live[leaf.id] = _reason(contents, leaf.normalisation, error)
        contents.normalised[leaf.id] = layout.add("normalised", title, expected, why=why)


def _check_published(contents: Contents, method: Method) -> None:
    """Refuse a formula of a column of the data whose values are not published."""
    if method.used_names and not contents.result.definition.publishes_raw_values:
        raise NoFormula(f"{join_names(method.used_names)}, whose values are not published")


def _used_cells(contents: Contents) -> dict[FormulaNode, Cell]:
    """Return the cells of the columns that methods use beside the indicators, by the node of the formula."""
    values = contents.result.scored.source.used_columns
    columns = contents.used_columns.items()
    return {column(name).node: contents.layout.cell(cells, numbers(values[name])) for name, cells in columns}


def _fixed_values(contents: Contents, leaf: Leaf) -> dict[FormulaNode, Cell]:
    """Add cells for the bounds and the target of an indicator, even if the formula uses none of them.

    The result has the cells of bounds that differ between groups, by the node of the formula.
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


def _checked_formula(cell: Cell, expected: Array) -> str:
    """Return the formula of a cell; raise an error if its numbers differ from those of the engine."""
    computed = np.broadcast_to(np.asarray(cell.value, dtype=float), expected.shape)
    size = max(1.0, float(np.nanmax(np.abs(expected), initial=0.0)))
    if not np.allclose(computed, expected, rtol=0, atol=NEAR * size, equal_nan=True):
        raise NoFormula("its numbers, which differ from those of the engine")
    return cell.guarded()


def _reason(contents: Contents, method: object, error: Exception) -> str:
    if contents.result.fitted_by is not None:
        return "fitted"
    if isinstance(error.__cause__ or error, NotImplementedError):
        return f"{method}: arrays"
    cause = error if isinstance(error, NoFormula) else error.__cause__
    return f"{method}: {cause if isinstance(cause, NoFormula) else error}"


def _score(contents: Contents, node: Node, component_cells: Mapping[str, Cell]) -> Cell:
    """Add the score of a node, and return the cell that the parent aggregates."""
    layout, scored = contents.layout, contents.result.scored
    title, expected = contents.name_of(node.id), numbers(scored.nodes[node.id])
    inputs = numbers(scored.components[node.id])
    heading = title if node.level else word("score", contents.language)
    layout.subject = title
    try:
        aggregated = _aggregated(_over_rows_of("aggregation", contents), node, component_cells)
        unrounded = _rescaled(_over_rows_of("rescaling", contents), node, aggregated)
        unrounded = unrounded if node.decimals is None else layout.spill(unrounded)
        score = unrounded if node.decimals is None else half_up(unrounded, node.decimals)
        contents.scores[node.id] = layout.add(
            f"level {node.level}", heading, expected, _checked_formula(score, expected)
        )
        ranked = unrounded if node.decimals is not None else None
    except Exception as error:  # a method of a plugin may raise any error
        why = contents.not_live[node.id] = _reason(contents, node.aggregation, error)
        contents.scores[node.id] = layout.add(f"level {node.level}", heading, expected, why=why)
        ranked = None
    cell = layout.cell(contents.scores[node.id], expected, gaps=bool(np.isnan(expected).any()))
    if node.id == ROOT:
        contents.unrounded = ranked
    layout.subject = title
    try:
        oriented = -cell if node.turned else cell
        component = oriented
        if node.as_component:
            over_rows = _over_rows_of("rescaling", contents)
            component = _normalised_score(over_rows, node.as_component, oriented, node.id, "as_component")
        # Only rows with a score are checked: the parent may replace a missing score.
        _checked_formula(component, np.where(np.isnan(expected), np.nan, inputs))
    except Exception as error:
        why = _reason(contents, node.as_component, error)
        contents.not_live.setdefault(node.id, why)
        return layout.cell(layout.add("steps", title, inputs, why=why), inputs, gaps=bool(np.isnan(inputs).any()))
    return component if component is cell else layout.spill(component)


def _over_rows_of(stage: Literal["aggregation", "rescaling"], contents: Contents) -> Contents:
    """Return the contents with the rows over which a stage takes statistics."""
    scored = contents.result.scored
    scope = getattr(scored.scopes, stage)
    if scope is scored.scopes.normalisation:  # the rows of the layout
        return contents
    return replace(contents, layout=contents.layout.within(group_of(scored.units, scope.key, scope.reference)))


def _rescaled(contents: Contents, node: Node, score: Cell) -> Cell:
    if node.rescaling is None:
        return score
    oriented = -score if node.aggregation.low_is_best else score
    return _normalised_score(contents, node.rescaling, oriented, node.id, "rescaling")


def _normalised_score(contents: Contents, method: Normalisation, x: Cell, name: str, stage: str) -> Cell:
    _check_published(contents, method)
    if method.whole_column:  # scores that differ by rounding noise have the same rank, as in the engine
        size = float(np.nanmax(np.abs(x.value), initial=0.0))
        x = x.round(10 - math.floor(math.log10(size))) if size else x
    cells = {column(name).node: replace(contents.layout.spill(x), sheets=contents.layout), **_used_cells(contents)}
    formula = record(RescalingFormula(method, name, ()))
    return to_cells(formula, contents, cells | fitted_cells(contents, stage, formula, contents.name_of(name)))


def _aggregated(contents: Contents, node: Node, component_cells: Mapping[str, Cell]) -> Cell:
    """Return the score of a node before it is rescaled or rounded."""
    _check_published(contents, node.aggregation)
    layout = contents.layout
    inputs = [(part.id, replace(component_cells[part.id], sheets=layout)) for part in node.components]
    zs = [_filled_component(contents, node, name, z) for name, z in inputs]
    weights: list[Any] = _weights_of(contents, node)
    gaps = any(z.gaps for z in zs)
    used = _used_cells(contents)
    has_score: Cell | None = None
    if gaps:
        present = np.sum([~np.isnan(np.asarray(z.value)) for z in zs], axis=0).astype(float)
        count = Cell(layout, count_numbers([z.text for z in zs]), present)
        if node.missing.policy == "propagate":
            has_score = count >= float(len(zs))
        else:
            present_weights = [z.is_not_null().choose(w, 0.0) for z, w in zip(zs, weights, strict=True)]
            present_share = row_sum(present_weights)  # type: ignore[arg-type]
            if node.sum_of_weights is not None:
                present_share = present_share / row_sum(weights)
            share = layout.spill((count >= float(len(zs))).choose(1.0, present_share))
            enough = (count / len(zs) >= node.missing.minimum_share) & (count >= node.missing.minimum_count)
            has_score = enough & (share > 0)
            weights = [w / share for w in weights]
        if np.asarray(has_score.value).all():
            has_score = None if node.missing.policy != "propagate" else has_score
        else:
            # Statistics of the aggregation are those of the rows with a score, as in the engine.
            zs = [layout.spill(_where_scored(has_score, z)) for z in zs]
            used = {name: layout.spill(_where_scored(has_score, cell)) for name, cell in used.items()}
    names = [part.id for part in node.components]
    cells: dict[FormulaNode, Cell] = used
    for name, z, w in zip(names, zs, weights, strict=True):
        cells |= {column(name).node: z, Weight("weight", (), (node.id, name)): w}
    formula = record(score_formula(node, incomplete=False))
    if not aggregates_anew(node, contents.result.scored.fitted_by):
        cells |= fitted_cells(contents, "aggregation", formula, contents.name_of(node.id))
    cell = to_cells(formula, contents, cells)
    if has_score is None:
        return cell
    values = np.where(has_score.value, cell.value, np.nan)
    written = Cell(layout, f'IF({has_score.text},{cell.guarded()},"")', values)
    return layout.spill(written) if np.isnan(values).any() else written


def _where_scored(has_score: Cell, z: Cell) -> Cell:
    value = np.where(has_score.value, z.value, np.nan)
    return Cell(z.sheets, f'IF({has_score.text},{z.guarded()},"")', value)


def _filled_component(contents: Contents, node: Node, name: str, z: Cell) -> Cell:
    """Return a component of a node, with values in its gaps if the methodology fills gaps."""
    layout, missing = contents.layout, node.missing
    is_missing = np.isnan(np.asarray(z.value))
    if not (missing.replaces and is_missing.any()):
        return z
    if missing.value is not None:
        return layout.spill(z.fill_null(missing.value))
    formula = record(FillFormula(name, missing))
    if missing.policy == "parent":
        cells = {question: _parent_values(contents, name, z) for question in formula.questions.values()}
        return layout.spill(to_cells(formula, contents, {column(name).node: z, **cells}))
    scope = contents.result.scored.scopes.aggregation
    key = tuple(dict.fromkeys([*scope.key, str(missing.within)]))
    within = layout.within(group_of(contents.result.scored.units, key, scope.reference))
    x = within.cell(layout.column_of(z), np.asarray(z.value), gaps=True)
    of_fit = fitted_cells(contents, "missing", formula, contents.name_of(name))
    return layout.spill(to_cells(formula, contents, {column(name).node: x, **of_fit}))


def _parent_values(contents: Contents, name: str, z: Cell) -> Cell:
    """Return references to the values of the parents that replace missing values."""
    layout, result = contents.layout, contents.result
    changes = (change.source_units.get(name) for change in result.scored.changes if change.stage == "missing")
    source_units = next((parents for parents in changes if parents is not None), None)
    missing = np.flatnonzero(np.isnan(np.asarray(z.value)))
    if source_units is None or source_units[missing].has_nulls():
        raise NoFormula("a missing value of a parent")
    period = result.definition.data.period
    key = [result.unit, *([period] if period else [])]
    units = result.scored.units.select(key)
    places = {row: at for at, row in enumerate(units.rows())}
    sources = [places[row] for row in units.with_columns(source_units.alias(result.unit))[missing].rows()]
    rows = list(dict.fromkeys(sources))
    used = np.zeros(len(units), dtype=int)
    used[missing] = [rows.index(source) for source in sources]
    group = Group(("parent", name), used + 1, used, [units.row(row) for row in rows])
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
    places = np.array([order[group.labels[at]] for at in group.used])
    cells = []
    step = rows[len(node.components)].row - rows[0].row if len(rows) > len(node.components) else 0
    table = layout.table("weights", places * step)
    for at in range(len(node.components)):
        values = np.asarray(weighed.values)[:, at][places]
        cells.append(Cell(layout, f"'{sheet}'!$F{place(table, rows[at].row)}", values))
    return cells
