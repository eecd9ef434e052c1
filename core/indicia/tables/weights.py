"""The weights of the components of nodes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.formulas import DRAW
from indicia.tables.scope import cast_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from indicia.methods import Array
    from indicia.methods.contract import DetailTable


@dataclass(frozen=True)
class NodeWeights:
    """The weights of a node's components, which sum to 1, and the facts that the weighting reports."""

    values: Array
    """Shape (k,), or (g, k) where weights differ between g groups of rows."""
    facts: Mapping[str, float | str]
    warning: str | None = None
    keys: pl.DataFrame | None = None
    """The key of each of the g groups, one row per group."""
    tables: tuple[Mapping[str, DetailTable], ...] = ()
    """Tables of further results of the weighting, by name, for each group."""

    def of_components(self, places: Sequence[int]) -> NodeWeights:
        """Return the weights of some components, by their places, scaled to sum 1; of no weight above 0, None each."""
        kept = self.values[..., list(places)]
        return NodeWeights(kept / kept.sum(axis=-1, keepdims=True), self.facts, None, self.keys)

    def of_rows(self, units: pl.DataFrame) -> Array:
        """Return the weights of each row, shape (n, k)."""
        if self.keys is None:
            return np.tile(self.values, (len(units), 1))
        weights: Array = self.values[_group_numbers(units, self.keys).to_numpy()]
        return weights


def weights_of(node: str, parts: Sequence[str], node_weights: NodeWeights) -> list[float | pl.Expr]:
    """Return the weights of a node's components: numbers, or the columns that `with_weights` adds."""
    if node_weights.keys is None:
        return [float(weight) for weight in node_weights.values]
    return [pl.col(_column(node, part)) for part in parts]


def with_weights(
    frame: pl.DataFrame,
    units: pl.DataFrame,
    nodes: Mapping[str, Sequence[str]],
    node_weights: Mapping[str, NodeWeights],
) -> pl.DataFrame:
    """Add the weights that differ between rows, one column per component."""
    group_numbers: dict[int, pl.Series] = {}  # nodes whose weights have the same groups share one join
    for node, parts in nodes.items():
        weights = node_weights[node]
        if weights.keys is not None:
            names = [_column(node, part) for part in parts]
            if id(weights.keys) not in group_numbers:
                group_numbers[id(weights.keys)] = _group_numbers(units, weights.keys)
            by_group = pl.DataFrame([pl.Series(name, weights.values[:, j]) for j, name in enumerate(names)])
            frame = frame.hstack(by_group[group_numbers[id(weights.keys)]].get_columns())
    return frame


def _group_numbers(units: pl.DataFrame, keys: pl.DataFrame) -> pl.Series:
    """Return the number of the group of each row: the row of its key in `keys`."""
    key = keys.columns
    if key == [DRAW] and keys[DRAW].equals(pl.arange(len(keys), eager=True, dtype=pl.UInt32)):
        return units[DRAW]  # the draws are numbered from 0, as the rows of `keys` are
    numbered = cast_key(keys, units, key).with_row_index("\0group")
    return units.select(key).join(numbered, on=key, how="left", nulls_equal=True, maintain_order="left")["\0group"]


def _column(node: str, part: str) -> str:
    return f"\0{node}\0{part}"
