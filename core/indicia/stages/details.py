"""Further results of the methods of a node: of each unit, of pairs of units, of components."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import polars as pl

from indicia.data import with_figures
from indicia.errors import join_names
from indicia.formulas import Recorder, record_each
from indicia.methods import MatrixAggregation, Method
from indicia.methods.kinds import Aggregation
from indicia.stages.aggregate import is_eligible
from indicia.stages.plugin_boundary import attribute_errors_to, numbers_of_rows, plugin_fault, with_unit_keys
from indicia.stages.score_formula import (
    DetailFormula,
    score_formula,
    weight_values,
    weights_in_score,
    with_present_weight,
)
from indicia.stages.score_matrix import compared_groups, matrix_context, used_of_rows
from indicia.tables.evaluate import evaluate
from indicia.tables.weights import with_weights

if TYPE_CHECKING:
    from indicia.definition import Node
    from indicia.methods.contract import DetailTable
    from indicia.stages.stage import MethodTable, Record
    from indicia.tables.table import Table

UNITS = "units"
"""The table of the columns that an aggregation reports beside the scores of units."""


def reports_units(method: Aggregation) -> bool:
    """Return True if an aggregation reports columns beside the scores of units."""
    if isinstance(method, MatrixAggregation) and type(method).unit_details is not MatrixAggregation.unit_details:
        return True
    return type(method).details is not Aggregation.details


def tables_of_aggregation(node: Node) -> list[str]:
    """Return the names of the tables of a node's aggregation."""
    own = node.aggregation.reported_tables
    return [*([UNITS] if reports_units(node.aggregation) else []), *(name for name in own if name != UNITS)]


def tables_of_weighting(node: Node, table: Table) -> list[str]:
    """Return the names of the tables of a node's weighting."""
    weights = table.columns.weights[node.id].tables
    return list(weights[0]) if weights else []


def tables_of_indicators(indicators: Collection[str], records: Iterable[Record]) -> dict[str, Method]:
    """Return the names of the tables of the methods that prepared some of these indicators, and no others."""
    return {of.name: of.method for of in _tables_within(indicators, records)}


def table_of_aggregation(node: Node, name: str, table: Table) -> pl.DataFrame:
    """Return one of the tables of a node's aggregation, with the columns of the group of rows in front."""
    if name == UNITS:
        return with_figures(table.units, details_of_units(node, table))
    return _stacked(_of_aggregation(node, name, table))


def table_of_weighting(node: Node, name: str, table: Table) -> pl.DataFrame:
    """Return one of the tables of a node's weighting, with the columns of the group of rows in front."""
    weights, method = table.columns.weights[node.id], node.weighting
    keys = [{}] if weights.keys is None else list(weights.keys.iter_rows(named=True))
    of_keys = zip(keys, weights.tables, strict=True)
    return _stacked((key, checked_table(method, node.id, name, tables[name])) for key, tables in of_keys)


def table_of_indicators(indicators: Collection[str], name: str, records: Iterable[Record]) -> pl.DataFrame:
    """Return one of the tables that `tables_of_indicators` names, with the columns of the group of rows in front."""
    parts = []
    for of in _tables_within(indicators, records):
        if of.name == name:
            subject = join_names(of.indicators)
            with attribute_errors_to(of.method, subject):
                columns = of.columns()
            parts.append((of.key, checked_table(of.method, subject, name, columns)))
    return _stacked(parts)


def _tables_within(indicators: Collection[str], records: Iterable[Record]) -> Iterator[MethodTable]:
    return (of for record in records for of in record.tables if set(indicators).issuperset(of.indicators))


def _stacked(parts: Iterable[tuple[Mapping[str, object], pl.DataFrame]]) -> pl.DataFrame:
    """Return the tables of several groups of rows as one, with the key of each group in front."""
    frames = []
    for key, frame in parts:
        labels = pl.DataFrame({name: [value] * frame.height for name, value in key.items()})
        frames.append(with_figures(labels, frame) if key else frame)
    return pl.concat(frames, how="diagonal_relaxed")


def _of_aggregation(node: Node, name: str, table: Table) -> Iterator[tuple[dict[str, object], pl.DataFrame]]:
    """Yield one of the tables of an aggregation for each group of units, with the key of the group."""
    rows = _rows_with_score(node, table)[0]
    scope, weights = table.scopes.aggregation, weights_in_score(node, table.columns.weights[node.id])
    names = _names_of_units(rows, table)
    for group, matrix, of_group in compared_groups(node, weights, rows, scope):
        used, numbers = used_of_rows(node.aggregation, rows, group), numbers_of_rows(node, rows, group, scope)
        context = matrix_context(node, [names[row] for row in group], used, numbers)
        with attribute_errors_to(node.aggregation, node.id):
            columns = node.aggregation.detail_table(name, matrix, of_group, context)
        key = rows.select(scope.key)[int(group[0])].row(0, named=True) if scope.key else {}
        yield key, checked_table(node.aggregation, node.id, name, columns)


def checked_table(method: Method, node: str, name: str, columns: DetailTable) -> pl.DataFrame:
    """Return a table of a method as a data frame; columns of different lengths are a fault of the plugin."""
    if not isinstance(columns, Mapping):
        raise plugin_fault(method, node, f"gives a {type(columns).__name__} for the table {name}, and not its columns")
    lengths = {column: len(cells) for column, cells in columns.items()}
    if len(set(lengths.values())) > 1:
        said = ", ".join(f"{column} {length}" for column, length in lengths.items())
        raise plugin_fault(method, node, f"gives a table {name} with columns of different lengths: {said}")
    frame = pl.DataFrame({column: pl.Series(column, list(cells), strict=False) for column, cells in columns.items()})
    return frame.with_columns(pl.col(pl.Float64).fill_nan(None))


def _rows_with_score(node: Node, table: Table) -> tuple[pl.DataFrame, pl.DataFrame, bool]:
    """Return the rows with enough components, with their numbers, all rows, and whether a component is missing."""
    scope, node_weights = table.scopes.aggregation, weights_in_score(node, table.columns.weights[node.id])
    values = table.columns.components.frame
    parts = {node.id: [part.id for part in node.components]}
    frame = with_weights(table.with_scope_columns(values, scope), table.units, parts, {node.id: node_weights})
    incomplete = any(values[part.id].null_count() for part in node.components)
    frame = with_present_weight(frame, [node] if incomplete else [], {node.id: node_weights}).with_row_index("\0row")
    frame = with_unit_keys(frame, table, [node])
    return frame.filter(is_eligible(node, node_weights)) if incomplete else frame, frame, incomplete


def _names_of_units(rows: pl.DataFrame, table: Table) -> list[str]:
    """Return the names of the units of rows, with the period where units with several periods are compared."""
    key = [name for name in table.key if name not in table.scopes.aggregation.key]
    return table.units.select(pl.concat_str(key, separator=" ")).to_series().gather(rows["\0row"]).to_list()


def details_of_units(node: Node, table: Table) -> pl.DataFrame:
    """Return the details that a method reports of each unit, as columns; units without a score have nulls."""
    scope, node_weights = table.scopes.aggregation, weights_in_score(node, table.columns.weights[node.id])
    rows, frame, incomplete = _rows_with_score(node, table)
    if isinstance(node.aggregation, MatrixAggregation):
        units, parts = _names_of_units(rows, table), []
        for group, matrix, weights in compared_groups(node, node_weights, rows, scope):
            used, numbers = used_of_rows(node.aggregation, rows, group), numbers_of_rows(node, rows, group, scope)
            context = matrix_context(node, [units[row] for row in group], used, numbers)
            with attribute_errors_to(node.aggregation, node.id):
                reported = node.aggregation.unit_details(matrix, weights, context)
            named = {"\0row": rows["\0row"].gather(group).to_list(), **reported}
            of_group = checked_table(node.aggregation, node.id, UNITS, named)
            parts.append(of_group.with_columns(pl.col("\0row").cast(rows.schema["\0row"])))
        of_rows = pl.concat(parts, how="diagonal_relaxed")  # groups may have different columns
    else:
        formula = score_formula(node, incomplete)
        formulas = record_each({name: DetailFormula(formula, name) for name in formula.details(Recorder())})
        columns = evaluate(rows, formulas, scope, weights=weight_values(node, node_weights)).frame.get_columns()
        of_rows = rows.select("\0row").hstack(columns)
    return frame.select("\0row").join(of_rows, on="\0row", how="left", maintain_order="left").drop("\0row")
