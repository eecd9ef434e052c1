"""The index as a weighted sum of the components of one node, and the region in which the weights of the node vary."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from indicia.definition import Node
from indicia.errors import DefinitionError, IndiciaError, join_names, suggest
from indicia.robustness.weight_sets import regions_of
from indicia.weight_regions import Constraint, WeightRegion

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indicia.definition import Robustness
    from indicia.methods import Array
    from indicia.robustness.baseline import Baseline
    from indicia.run import Scored


def node_of(baseline: Baseline, name: str) -> Node:
    """Return a node of several components by its name; IndiciaError if there is none."""
    nodes = {node.id: node for node in baseline.weighable}
    if name not in nodes:
        raise IndiciaError(
            f'"{name}" is no part of the index with several components and one set of weights',
            remedy=suggest(name, nodes) or f"name {join_names(nodes)}",
        )
    return nodes[name]


def scores_by_weight(baseline: Baseline, node: Node) -> Array:
    """Return the score of the index with all weight of a node on one component, (units, k); larger is better.

    The score with weights w of the node is Σ w m, since the index is a weighted sum of the components of the node; all
    other weights stay. NaN for a unit without a rank. IndiciaError if the index is no such sum.
    """
    effect = baseline.effects.get(node.id)
    if effect is None:
        raise IndiciaError(
            f"the index is no weighted sum of the components of {node.id}: {_obstacle(baseline, node)}",
            remedy="estimate by draws: --show acceptability, --show central_weights; or name another node: --node",
        )
    nominal, rows = baseline.nominal, baseline.rows
    values = nominal.components.select(part.id for part in node.components).to_numpy()[rows]
    weights = np.asarray(nominal.node_weights[node.id].values, dtype=float).ravel()
    score = baseline.sign * nominal.nodes[nominal.tree.id].to_numpy()[rows]
    rest = score - effect * (values @ (weights / weights.sum()))
    by_weight = rest[:, None] + effect * values
    ranked = np.isfinite(baseline.nominal_ranks) & baseline.eligible
    return np.where(ranked[:, None], by_weight, np.nan)


def _obstacle(baseline: Baseline, node: Node) -> str:
    """Return the reason why the index is not linear in the components of a node."""
    nominal = baseline.nominal
    profiles = nominal.source.columns.components.profiles
    above = [each for each in nominal.tree.counting_nodes() if node.id in {part.id for part in each.components}]
    for each in (node, *above, nominal.tree):
        if not each.aggregation.additive:
            return f"{each.aggregation.name} of {each.id} is no weighted sum"
        if missing := [part.id for part in each.components if profiles[part.id].missing]:
            return f"units miss components of {each.id}, so that weights differ: {join_names(missing)}"
        if each.rescaling is not None or each.decimals is not None:
            return f"the score of {each.id} is rescaled or rounded"
    return "a dimension above it is rescaled, rounded or no weighted sum"


def region_of(baseline: Baseline, node: Node, varied: Robustness) -> WeightRegion:
    """Return the region in which the weights of a node are uniform in the draws; IndiciaError if they are not."""
    weights, names = varied.weights, tuple(part.id for part in node.components)
    if weights is None:
        raise IndiciaError("the weights do not vary", remedy="--weights simplex, or constraints: --weights 'a >= b'")
    parts = {part.id for each in baseline.nominal.tree.nodes() for part in each.components}
    regions = regions_of(weights.constraints or (), baseline.nominal.tree, parts)
    if node.id in regions:
        return regions[node.id]
    if weights.simplex:
        return WeightRegion(names)
    if weights.ranges is not None and not weights.ranges.keys().isdisjoint(names):
        present = np.asarray(baseline.nominal.node_weights[node.id].values, dtype=float).ravel()
        return WeightRegion(names, tuple(_limits(dict(weights.ranges), names, present)))
    reason = "do not vary" if weights.constraints or weights.ranges else "are not uniform within a region"
    raise DefinitionError(
        f"the weights of {node.id} {reason}, so that they have no shares",
        remedy="--weights simplex, or constraints; --node names another node",
    )


def _limits(ranges: dict[str, tuple[float, float]], names: tuple[str, ...], present: Array) -> list[Constraint]:
    """Return ranges as constraints; the weights without a range stay in proportion to each other."""
    constraints = []
    for name in names:
        if name in ranges:
            low, high = ranges[name]
            constraints.append(Constraint(((name, -1.0),), -low, False, f"{name} >= {low:g}"))
            if high < 1:
                constraints.append(Constraint(((name, 1.0),), high, False, f"{name} <= {high:g}"))
    others = [(name, weight) for name, weight in zip(names, present, strict=True) if name not in ranges]
    constraints += [Constraint(((name, 1.0),), 0.0, True, f"{name} = 0") for name, weight in others if not weight]
    positive = [(name, float(weight)) for name, weight in others if weight]
    for (one, weight), (other, other_weight) in pairwise(positive):
        text = f"{one} / {other} = {weight / other_weight:g}"
        constraints.append(Constraint(((one, other_weight), (other, -weight)), 0.0, True, text))
    return constraints


def node_weights_of(scored: Scored, effective: Mapping[str, Array]) -> dict[str, Array]:
    """Return the weights of the components of each node, (sets, k), with these effective weights of indicators.

    IndiciaError for a part of several dimensions, whose weights in each do not follow from its effective weight.
    """
    tree = scored.tree
    weights: dict[str, Array] = {}
    totals: dict[str, Array] = dict(effective)
    seen: set[str] = set()
    for node in reversed(list(tree.counting_nodes())):  # children first
        for part in node.components:
            if part.id in seen:
                raise IndiciaError(
                    f"{part.id} belongs to several dimensions, and its central weight in each is not known",
                    remedy="--show central_weights has the effective weights",
                )
            seen.add(part.id)
        columns = []
        for part in node.components:
            scale = (part.sum_of_weights or 1.0) if isinstance(part, Node) else 1.0
            columns.append(totals[part.id] / scale)
        stacked = np.stack(columns, axis=1)
        totals[node.id] = stacked.sum(axis=1)
        present = np.asarray(scored.node_weights[node.id].values, dtype=float).ravel()
        whole = totals[node.id][:, None]
        # a node without weight keeps its present weights
        weights[node.id] = np.where(whole > 0, stacked / np.where(whole > 0, whole, 1.0), present / present.sum())
    return {name: columns for name, columns in weights.items() if columns.shape[1] > 1}
