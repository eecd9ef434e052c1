"""The contribution of each indicator to the score of the index."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from indicia.defaults import AGGREGATION
from indicia.definition import ROOT, Node
from indicia.errors import DefinitionError
from indicia.stages.score_formula import weights_of_present, with_present_weight
from indicia.tables.weights import with_weights

if TYPE_CHECKING:
    from indicia.run.scored import Scored


def contributions(scored: Scored) -> pl.DataFrame:
    """Return the contributions of indicators, one column each; their sum is the score, up to rounding.

    The contribution of an indicator is the sum over its paths to the index. An indicator that lowers the score has
    negative contributions.
    """
    tree = scored.tree
    nodes = list(tree.counting_nodes())
    for node in nodes:
        if not node.aggregation.additive or node.rescaling or node.as_component:
            raise DefinitionError(
                f"contributions need scores that are weighted sums; that of {node.id} has {_not_additive(node)}",
                remedy=f'aggregation = "{AGGREGATION}", without rescaling and as_component',
            )
    node_weights = scored.weights_in_score
    values = with_weights(
        scored.components,
        scored.units,
        {node.id: [part.id for part in node.components] for node in nodes},
        node_weights,
    )
    gaps = {name for name in values.columns if values[name].null_count()}
    incomplete = {node.id for node in nodes if any(part.id in gaps for part in node.components)}
    weights: dict[str, pl.Expr] = {tree.id: pl.when(pl.col(ROOT).is_not_null()).then(1.0)}
    for node in nodes:  # parents first
        shares = weights_of_present(node, node_weights[node.id], node.id in incomplete)
        for part, share in zip(node.components, shares, strict=True):
            weight = weights[node.id] * share
            if isinstance(part, Node) and part.turned:
                weight = -weight
            if part.id in gaps:  # a dimension without a score adds nothing
                weight = pl.when(pl.col(part.id).is_not_null()).then(weight)
            before = weights.get(part.id)
            weights[part.id] = weight if before is None else pl.coalesce(before + weight, before, weight)
    leaves = [leaf.id for leaf in tree.leaves() if leaf.id in tree.counting]
    frame = with_present_weight(values, [node for node in nodes if node.id in incomplete], node_weights)
    return frame.select((weights[name] * pl.col(name)).alias(name) for name in leaves)


def _not_additive(node: Node) -> str:
    """Return the word of the index file that makes the score of a node another than a weighted sum, with its method."""
    for word in ("rescaling", "as_component"):
        if method := getattr(node, word):
            return f"{word} = {method.name}"
    return f"aggregation = {node.aggregation.name}"
