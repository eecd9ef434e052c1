"""The table of weights and effective weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from indicia.definition import Leaf, text
from indicia.stages.score_formula import weights_in_score

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indicia.definition import Definition, Node
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
    rows: list[tuple[object, ...]] = []

    def descend(node: Node, effective: float) -> None:
        of_groups = weights_in_score(node, node_weights[node.id])
        weights = (of_groups.values if of_groups.keys is None else of_groups.values[group]).tolist()
        for part, weight in zip(node.components, weights, strict=True):
            name = part.spec.name if isinstance(part, Leaf) else definition.dimensions[part.id].name
            kind = "indicator" if isinstance(part, Leaf) else "dimension"
            words = (part.id, text(name, default=part.id), node.id, node.level + 1, kind)
            rows.append((*words, weight, effective * weight))
            if not isinstance(part, Leaf):
                descend(part, effective * weight)

    descend(tree, 1.0)
    kinds = {"id": pl.String, "name": pl.String, "parent": pl.String, "level": pl.Int64, "kind": pl.String}
    return pl.DataFrame(rows, schema={**kinds, "weight": pl.Float64, "effective": pl.Float64}, orient="row")
