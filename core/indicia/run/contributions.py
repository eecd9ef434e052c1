"""The contribution of each indicator to the score of the index."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from indicia.defaults import AGGREGATION
from indicia.definition import ROOT, Leaf
from indicia.errors import DefinitionError
from indicia.stages.score_formula import weights_of_present, with_present_weight
from indicia.tables.weights import with_weights

if TYPE_CHECKING:
    from indicia.definition import Node
    from indicia.run.scored import Scored


def contributions(scored: Scored) -> pl.DataFrame:
    """Return the contributions of indicators, one column each; their sum is the score, up to rounding.

    An indicator that lowers the score has negative contributions.
    """
    for node in scored.tree.nodes():
        if not node.aggregation.additive or node.rescaling or node.as_component:
            method = node.rescaling or node.as_component or node.aggregation
            raise DefinitionError(
                f"contributions need additive aggregations; that of {node.id} is {method.name}",
                remedy=f'aggregation = "{AGGREGATION}"',
            )
    nodes = list(scored.tree.nodes())
    node_weights = scored.weights_in_score
    values = with_weights(
        scored.components,
        scored.units,
        {node.id: [part.id for part in node.components] for node in nodes},
        node_weights,
    )
    gaps = {name for name in values.columns if values[name].null_count()}
    incomplete = [node for node in nodes if any(part.id in gaps for part in node.components)]
    effective: dict[str, pl.Expr] = {}

    def descend(node: Node, node_weight: pl.Expr) -> None:
        weights = weights_of_present(node, node_weights[node.id], node in incomplete)
        for part, share in zip(node.components, weights, strict=True):
            if isinstance(part, Leaf):
                effective[part.id] = node_weight * share * pl.col(part.id)
            else:
                descend(part, -(node_weight * share) if part.turned else node_weight * share)

    descend(scored.tree, pl.when(pl.col(ROOT).is_not_null()).then(1.0))
    return with_present_weight(values, incomplete, node_weights).select(
        contribution.alias(name) for name, contribution in effective.items()
    )
