"""The table of weights and effective weights.

The effective weight of a part is the sum over its paths to the index of the products of the weights on the path.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from indicia.definition import Leaf, Node, text
from indicia.stages.score_formula import weights_in_score

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from indicia.definition import Definition, Part
    from indicia.tables.weights import NodeWeights


def weights(definition: Definition, tree: Node, node_weights: Mapping[str, NodeWeights]) -> pl.DataFrame:
    """Return the weights and effective weights; if they differ between groups, the rows of each group with its key."""
    keys = next((weights.keys for weights in node_weights.values() if weights.keys is not None), None)
    if keys is None:
        return _weights_of_group(definition, tree, node_weights, 0)
    return pl.concat(
        keys[number : number + 1].join(_weights_of_group(definition, tree, node_weights, number), how="cross")
        for number in range(len(keys))
    )


def _weights_of_group(
    definition: Definition, tree: Node, node_weights: Mapping[str, NodeWeights], group: int
) -> pl.DataFrame:
    within = {node.id: _of_group(weights_in_score(node, node_weights[node.id]), group) for node in tree.nodes()}
    effective = effective_weights_of(tree, within)
    rows: list[tuple[object, ...]] = []

    def add(node: Node, part: Part, weight: float) -> None:
        name = part.spec.name if isinstance(part, Leaf) else definition.dimensions[part.id].name
        kind = "indicator" if isinstance(part, Leaf) else "dimension"
        level = node.level + 1 if isinstance(part, Leaf) else part.level
        rows.append((part.id, text(name, default=part.id), node.id, level, kind, weight, effective[part.id]))

    def descend(node: Node, listed: set[str]) -> None:
        weights = [*within[node.id], *(0.0 for _ in node.shown)]
        for part, weight in zip(node.parts, weights, strict=True):
            add(node, part, weight)
            if isinstance(part, Node) and part.id not in listed:
                listed.add(part.id)
                descend(part, listed)

    descend(tree, set())
    kinds = {"id": pl.String, "name": pl.String, "parent": pl.String, "level": pl.Int64, "kind": pl.String}
    return pl.DataFrame(rows, schema={**kinds, "weight": pl.Float64, "effective": pl.Float64}, orient="row")


def _of_group(weights: NodeWeights, group: int) -> list[float]:
    values: list[float] = (weights.values if weights.keys is None else weights.values[group]).tolist()
    return values


def effective_weights_of(tree: Node, within: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """Return the effective weight of the index and of each part, given the weights of the components of each node.

    A part on which the index does not depend has weight 0.
    """
    effective = {tree.id: 1.0}
    for node in tree.nodes():  # parents first
        for part, weight in zip(node.components, within[node.id], strict=True):
            share = effective.setdefault(node.id, 0.0) * weight
            effective[part.id] = effective[part.id] + share if part.id in effective else share
        for part in node.shown:
            effective.setdefault(part.id, 0.0)
    return effective
