"""The contents of a workbook: columns with formulas or values, weights, and the reasons for values."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from indicia.data import numbers
from indicia.definition import ROOT, Node, Part, text
from indicia.methods import Domain
from indicia.run.scored import effective_weights_of
from indicia.tables.table import reader_names
from indicia_workbook.sheets import FIRST, Group, Layout

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from indicia.result import Result
    from indicia_workbook.cell import Cell
    from indicia_workbook.text import Column, Values


MAX_ROWS = 20_000
"""The most rows for which ranks are formulas: each formula compares its row with all other rows."""


@dataclass(frozen=True)
class WeightRow:
    """A row of the sheet of weights: the weight of a component, in a group of units if weights differ by group."""

    parent: str
    part: Part
    entered: float
    """The weight that a reader can change."""
    within: float
    """The weight within the parent; these weights sum to 1, unless the parent takes them unscaled."""
    effective: float
    """The effective weight of the part in the index: the sum over its parents."""
    row: int
    scaled: bool
    """True if the weights within the parent are scaled to sum 1."""
    siblings: tuple[int, int]
    """The first and the last row of the components of the parent."""
    paths: tuple[tuple[int, int | None], ...]
    """For each parent of the part, the row of the part and a row of the parent; None if the parent is the index.

    The effective weight is the sum of the products of the weights in the two rows.
    """
    group: tuple[Any, ...]


@dataclass
class Contents:
    """The columns and weights of a workbook; `trace` and `ranking` add them stage by stage."""

    result: Result
    layout: Layout
    language: str
    data: dict[str, Column] = field(default_factory=dict)
    used_columns: dict[str, Column] = field(default_factory=dict)
    """The columns that methods use beside the indicators, by the name that formulas use."""
    normalised: dict[str, Column] = field(default_factory=dict)
    scores: dict[str, Column] = field(default_factory=dict)
    ranks: dict[str, Column] = field(default_factory=dict)
    """The columns of ranks, by the name of the column in the result."""
    bands: dict[str, Column] = field(default_factory=dict)
    """The columns of the numbers of bands, by classification."""
    takes_part: Column | None = None
    """The column in which readers choose the ranked units, if the index file excludes units."""
    place: Column | None = None
    """The places of the units in the sorted table."""
    former: Column | None = None
    """The published ranks of the units, or without a publication those that Indicia computed."""
    share: Column | None = None
    """The share of the weight that rests on imputed values, if the methodology imputes."""
    weights: list[WeightRow] = field(default_factory=list)
    unrounded: Cell | None = None
    """The score of the index before it is rounded, if it is rounded."""
    not_live: dict[str, str] = field(default_factory=dict)
    """The reasons why parts are values and not formulas, by part."""

    def values(self, column: Column) -> Values:
        """Return the numbers of a column."""
        entries = (entry for sheet in self.layout.entries.values() for entry in sheet)
        return next(entry.values for entry in entries if entry.column == column)

    def name_of(self, part: str) -> str:
        """Return the name of a dimension or an indicator."""
        definition = self.result.definition
        if part == ROOT:
            return text(definition.name, self.language)
        spec = definition.dimensions.get(part) or definition.indicators[part]
        return text(spec.name, self.language, part)

    def names(self) -> dict[str, str]:
        """Return the names of units and parts for readers."""
        definition, units = self.result.definition, self.result.scored.units
        names = reader_names(units, definition.data, self.language)
        parts = (ROOT, *definition.dimensions, *definition.indicators)
        of_units = zip(units[self.result.unit].cast(pl.String), names, strict=True)
        return {**dict(of_units), **{part: self.name_of(part) for part in parts}}


def group_of(units: pl.DataFrame, key: Iterable[str], reference: pl.Expr | None = None) -> Group:
    """Group the rows by the values of `key`; statistics of a group skip the rows outside of `reference`.

    >>> units = pl.DataFrame({"city": ["a", "b", "a"], "year": [1, 1, 2]})
    >>> group_of(units, ["year"]).used.tolist(), group_of(units, []).pooled
    ([0, 0, 1], True)
    """
    names = tuple(key)
    in_reference = units.select(reference).to_series() if reference is not None else pl.Series([True] * len(units))
    labels = units.filter(in_reference).select(names).unique(maintain_order=True).rows() if names else [()]
    places = {label: number for number, label in enumerate(labels)}
    used = np.array([places[row] for row in units.select(names).rows()] if names else [0] * len(units))
    return Group(names, np.where(in_reference.to_numpy(), used + 1, 0), used, labels)


def lay_weights(result: Result) -> list[WeightRow]:
    """Return the rows of the sheet of weights: group by group, and within a group node by node."""
    scored, rows = result.scored, []
    keys = next((weights.keys for weights in scored.node_weights.values() if weights.keys is not None), None)
    row = FIRST
    for at, label in enumerate(keys.rows() if keys is not None else [()]):
        within = {
            name: np.atleast_2d(weights.values)[at if weights.keys is not None else 0]
            for name, weights in scored.weights_in_score.items()
        }
        effective = effective_weights_of(scored.tree, {name: weights.tolist() for name, weights in within.items()})
        rows_of_group: list[WeightRow] = []
        rows_by_part: dict[str, list[tuple[str, int]]] = {}
        for node in sorted(scored.tree.nodes(), key=lambda node: node.level):
            entered_weights = _entered_weights(node, within[node.id])
            siblings, scaled = (row, row + len(node.components) - 1), node.sum_of_weights is None
            for part, entered, weight in zip(node.components, entered_weights, within[node.id], strict=True):
                rows_by_part.setdefault(part.id, []).append((node.id, row))
                values = (entered, float(weight), effective[part.id])
                rows_of_group.append(WeightRow(node.id, part, *values, row, scaled, siblings, (), label))
                row += 1
        rows += [replace(of_part, paths=_paths(rows_by_part, of_part.part.id)) for of_part in rows_of_group]
    return rows


def _paths(rows_by_part: Mapping[str, list[tuple[str, int]]], part: str) -> tuple[tuple[int, int | None], ...]:
    """Return the rows of a part, each with a row of its parent; without the parents that are shown and do not count."""
    paths: list[tuple[int, int | None]] = []
    for parent, row in rows_by_part[part]:
        if parent == ROOT:
            paths.append((row, None))
        elif parent in rows_by_part:
            paths.append((row, rows_by_part[parent][0][1]))
    return tuple(paths)


def _entered_weights(node: Node, within: Values) -> list[float]:
    """Return the weights of the index file if they are proportional to the weights of the scores; else the latter."""
    if node.sum_of_weights is not None:
        return [float(weight) for weight in within]
    file_weights = np.array([part.weight_in(node.id) for part in node.components], dtype=float)
    proportional = file_weights.sum() > 0 and np.allclose(file_weights / file_weights.sum(), within, rtol=0, atol=1e-12)
    return [float(weight) for weight in (file_weights if proportional else within)]


def positive(contents: Contents) -> bool:
    """Return whether ranks compare scores by ratio, as for an aggregation of positive values, or by difference."""
    tree = contents.result.scored.tree
    scores = numbers(contents.result.scored.ranked[ROOT])
    lowest = np.nanmin(scores, initial=np.inf)
    return tree.aggregation.domain is Domain.POSITIVE and bool(lowest > 0)
