"""The imputed values of a run, and their share of the weight of each score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl

from indicia.definition import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from indicia.definition import Node
    from indicia.methods import Array
    from indicia.run.scored import Scored
    from indicia.stages.stage import Change

Flags: TypeAlias = npt.NDArray[np.bool_]

IMPUTED_SHARE = "imputed_share"
"""The name of the column of the shares."""


@dataclass(frozen=True)
class ImputedValues:
    """The imputed values of a run; one row per unit, in the order of the data."""

    values: pl.DataFrame
    """One Boolean column per indicator and node with imputed values, or with scores computed from these."""
    share: pl.Series
    """The share of imputed values in the weight of the index, 0 to 1; null where a unit has no score."""


def fills_gaps(tree: Node) -> bool:
    """Return whether the methodology fills missing values."""
    return any(leaf.imputation for leaf in tree.leaves()) or any(node.missing.replaces for node in tree.nodes())


def find_imputed(scored: Scored) -> ImputedValues:
    """Find the values that an imputation or the rule of a node filled, and their share of the weight.

    The share of a node is the mean of the shares of its present components, weighted as in its score. An imputed
    component has share 1, and a measured indicator has share 0. Where no component is missing, the share of the index
    is the sum of the effective weights of the imputed values.
    """
    filled, rows = _filled(scored.changes), len(scored.units)
    affected, shares = dict(filled), {name: flags.astype(float) for name, flags in filled.items()}
    for node in sorted(scored.tree.nodes(), key=lambda node: -node.level):  # components before their node
        names = [part.id for part in node.components]
        if not any(name in affected for name in names):
            continue
        present = ~np.isnan(scored.components.select(names).to_numpy())
        unaffected, zero = np.zeros(rows, dtype=bool), np.zeros(rows)
        from_components = (present & np.column_stack([affected.get(name, unaffected) for name in names])).any(axis=1)
        node_weights = scored.node_weights[node.id]
        weights = np.where(
            present, node_weights.values if node_weights.keys is None else node_weights.of_rows(scored.units), 0.0
        )
        share_of_components = _mean(np.column_stack([shares.get(name, zero) for name in names]), weights)
        shares[node.id] = (
            np.where(filled[node.id], 1.0, share_of_components) if node.id in filled else share_of_components
        )
        affected[node.id] = from_components | filled[node.id] if node.id in filled else from_components
    share = pl.Series(IMPUTED_SHARE, shares.get(ROOT, np.zeros(rows))).set(scored.nodes[ROOT].is_null(), None)
    return ImputedValues(pl.DataFrame({name: flags for name, flags in affected.items() if flags.any()}), share)


def _filled(changes: Iterable[Change]) -> dict[str, Flags]:
    """Return, by indicator and node, the rows whose missing value was filled."""
    filled: dict[str, Flags] = {}
    for change in changes:
        if change.stage in ("imputation", "missing"):
            for before, after in zip(change.before, change.after, strict=True):
                flags = (before.is_null() & after.is_not_null()).to_numpy()
                filled[before.name] = filled[before.name] | flags if before.name in filled else flags
    return filled


def _mean(shares: Array, weights: Array) -> Array:
    total = weights.sum(axis=1)
    mean: Array = np.divide((shares * weights).sum(axis=1), total, out=np.zeros(len(total)), where=total > 0)
    return mean
