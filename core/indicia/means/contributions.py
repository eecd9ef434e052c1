"""The contribution of each indicator to the score of the index."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.definition import ROOT, Node
from indicia.errors import DefinitionError
from indicia.means.tree import tree_of
from indicia.stages.score_formula import weights_of_present, with_present_weight
from indicia.tables.weights import with_weights

if TYPE_CHECKING:
    from collections.abc import Collection

    from indicia.run import Scored

CONSTANT = "constant"
"""The name of the column of the part that the rescaling of scores adds."""


def contributions(scored: Scored) -> pl.DataFrame:
    """Return the contributions of indicators, one column each; their sum is the score, up to rounding.

    The contribution of an indicator is the sum over its paths to the index. An indicator that lowers the score has
    negative contributions. If scores are rescaled, a last column has the part of the score that is no contribution.

    Raises
    ------
    DefinitionError
        If a node is no power mean, or if a rescaling of scores is no straight line.
    """
    nodes = list(scored.tree.counting_nodes())
    is_sum = all(node.aggregation.additive and not node.rescaling and not node.as_component for node in nodes)
    if is_sum and not any(_fills_nodes(scored, node) for node in nodes):
        return _weighted_values(scored, nodes)
    tree = tree_of(scored)
    if isinstance(tree, str):
        raise DefinitionError(
            f"contributions need scores that are power means: {tree}",
            remedy="indicia explain UNIT divides the distance of a unit to the median profile, for any method",
        )
    of_places = np.where(tree.counts, tree.shares.contributions, np.nan)
    missing = {name: ~tree.counts[:, numbers].any(axis=1) for name, numbers in tree.leaves.items()}
    sums = tree.by_indicator(np.nan_to_num(of_places))
    names = [leaf.id for leaf in scored.tree.leaves() if leaf.id in sums]
    columns = {name: np.where(missing[name], np.nan, sums[name]) for name in names}
    if any(node.rescaling or node.as_component for node in nodes):
        columns[_free_name(columns)] = tree.shares.constant
    return pl.DataFrame(columns, nan_to_null=True)


def _free_name(columns: Collection[str]) -> str:
    """Return the name of the column of the constant; no indicator has it."""
    name = CONSTANT
    while name in columns:
        name = f"{name}_"
    return name


def _fills_nodes(scored: Scored, node: Node) -> bool:
    """Return whether a rule for missing values gave a component of a node that is a node without a score."""
    handed = scored.source.columns.handed
    parts = [part.id for part in node.components if isinstance(part, Node)] if node.missing.replaces else []
    return any(scored.components[part].null_count() < handed[part].null_count() for part in parts)


def _weighted_values(scored: Scored, nodes: list[Node]) -> pl.DataFrame:
    """Return the contributions to a tree of weighted sums: values times their effective weights."""
    tree, node_weights = scored.tree, scored.weights_in_score
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
