"""Drawn weights of all nodes; a set of weights belongs to a draw and does not depend on other choices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.errors import DefinitionError, join_names, suggest
from indicia_robustness import sampling, weights
from indicia_robustness.weight_regions import RegionDraws, WeightRegion, read_constraints

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    import numpy.typing as npt

    from indicia.definition import Node, Robustness
    from indicia.methods import Array
    from indicia.run import Scored
    from indicia_robustness.weight_regions import Constraint

    Integers = npt.NDArray[np.int64]


def weight_sets(
    robustness: Robustness, persons: pl.DataFrame | None, seed: int, scored: Scored, parts: Collection[str]
) -> dict[str, Array]:
    """Draw the weights of each node around those of a run, (sets, k).

    `persons` is the table of weights, if there is one; `parts` are the parts of the complete index.
    """
    varied, draws = robustness.weights, robustness.draws
    assert varied is not None
    table = pl.DataFrame() if persons is None else persons
    for keys, source in ((varied.ranges or {}, "ranges of weights name"), (table.columns, f"{varied.table} names")):
        if unknown := [name for name in keys if name not in parts]:
            raise DefinitionError(
                f"{source} parts that are no indicator or dimension that counts: {join_names(unknown)}",
                remedy=suggest(unknown[0], parts),
            )
    regions = regions_of(varied.constraints or (), scored.tree, parts)
    sets: dict[str, Array] = {}
    for node in scored.tree.counting_nodes():
        node_weights, names = scored.node_weights[node.id], [part.id for part in node.components]
        if len(names) == 1:
            continue
        if node_weights.keys is not None:
            raise DefinitionError(
                "weights that differ between periods or groups cannot be drawn", remedy='weights = "pooled"'
            )
        random = sampling.generator(seed, "weights", node.id)
        if varied.spread is not None:
            sets[node.id] = weights.spread(node_weights.values, varied.spread, draws, random)
        elif varied.dirichlet is not None:
            sets[node.id] = weights.dirichlet(node_weights.values, varied.dirichlet, draws, random)
        elif node.id in regions:
            sets[node.id] = RegionDraws(regions[node.id]).draw(draws, random)
        elif varied.simplex:
            sets[node.id] = weights.simplex(len(names), draws, random)
        elif varied.ranges is not None and not set(names).isdisjoint(varied.ranges):
            sets[node.id] = _within(varied.ranges, names, node_weights.values, draws, random)
        elif varied.table is not None and not set(names).isdisjoint(table.columns):
            columns = {name: table[name].to_list() for name in table.columns}
            sets[node.id] = weights.table(columns, names, np.arange(len(table)))
    return sets


def regions_of(texts: Iterable[str], tree: Node, parts: Collection[str]) -> dict[str, WeightRegion]:
    """Return the region of the weights of each node whose components constraints name.

    `parts` are the parts of the complete index. A constraint applies to each node of several components that has all of
    its parts. DefinitionError for a constraint that names an unknown part, or parts of different nodes.
    """
    constraints = read_constraints(texts)
    names_of = {node.id: [part.id for part in node.components] for node in tree.counting_nodes()}
    for constraint in constraints:
        if unknown := [name for name in constraint.names if name not in parts]:
            raise DefinitionError(
                f'the constraint "{constraint.text}" names parts that are no indicator or dimension that counts: '
                f"{join_names(unknown)}",
                remedy=suggest(unknown[0], parts),
            )
        together = [node for node, names in names_of.items() if set(constraint.names) <= set(names)]
        present = {name for names in names_of.values() for name in names}
        if not together and present.issuperset(constraint.names):
            homes = (next(node for node, names in names_of.items() if name in names) for name in constraint.names)
            places = join_names(f"{name} of {node}" for name, node in zip(constraint.names, homes, strict=True))
            raise DefinitionError(
                f'the constraint "{constraint.text}" compares parts of different dimensions: {places}',
                remedy="compare parts of one dimension, or the dimensions: weights are shares within their node",
            )
    regions = {
        node: WeightRegion(tuple(names), of_node)
        for node, names in names_of.items()
        if (of_node := _constraints_within(constraints, names))
    }
    return {node: region for node, region in regions.items() if len(region.names) > 1}


def _constraints_within(constraints: Iterable[Constraint], names: Collection[str]) -> tuple[Constraint, ...]:
    return tuple(constraint for constraint in constraints if set(constraint.names) <= set(names))


def _within(
    ranges: Mapping[str, tuple[float, float]], names: list[str], present: Array, draws: int, random: np.random.Generator
) -> Array:
    """Draw the weights that have ranges; the others share the rest in their present proportions."""
    has_range = np.array([name in ranges for name in names])
    pairs = [ranges[name] for name in names if name in ranges]
    rest = present[~has_range]
    if rest.sum() > 0:
        pairs.append((0.0, 1.0))
    low, high = np.array(pairs, dtype=float).T
    drawn = weights.ranges(low, high, draws, random)
    result = np.zeros((draws, len(names)))
    result[:, has_range] = drawn[:, : has_range.sum()]
    if rest.sum() > 0:
        result[:, ~has_range] = drawn[:, -1:] * (rest / rest.sum())
    return result


def of_draws(sets: Mapping[str, Array], complete: Scored, scored: Scored, numbers: Integers) -> dict[str, Array]:
    """Return the weights of each node in each draw; without a part, the other weights are scaled to sum 1."""
    result = {}
    complete_parts = {node.id: [part.id for part in node.components] for node in complete.tree.nodes()}
    for node in scored.tree.nodes():
        if node.id not in sets or len(node.components) == 1:
            continue
        drawn = sets[node.id][numbers]
        columns = [complete_parts[node.id].index(part.id) for part in node.components]
        if len(columns) < drawn.shape[1]:
            drawn = drawn[:, columns]
            total = drawn.sum(axis=1, keepdims=True)
            drawn = np.divide(drawn, total, out=np.full_like(drawn, 1 / len(columns)), where=total > 0)
        result[node.id] = drawn
    return result
