"""The weights of the components of nodes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.tables.joins import cast_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from indicia.methods import Array


@dataclass(frozen=True)
class Weighed:
    """The weights of a node's components, scaled to sum 1, and the facts that their method reports."""

    values: Array
    """Shape (k,); where weights differ between groups of rows (g, k)."""
    facts: Mapping[str, float | str]
    warning: str | None = None
    keys: pl.DataFrame | None = None
    """The g groups, one row each."""

    def of_rows(self, units: pl.DataFrame) -> Array:
        """Return the weights of each row, shape (n, k): those of its group, or the same in all."""
        if self.keys is None:
            return np.tile(self.values, (len(units), 1))
        weights: Array = self.values[_places(units, self.keys).to_numpy()]
        return weights


def weights_of(node: str, parts: Sequence[str], weighed: Weighed) -> list[float | pl.Expr]:
    """Return the weights of a node's components: numbers, or the columns that `with_weights` adds."""
    if weighed.keys is None:
        return [float(weight) for weight in weighed.values]
    return [pl.col(_column(node, part)) for part in parts]


def with_weights(
    frame: pl.DataFrame, units: pl.DataFrame, nodes: Mapping[str, Sequence[str]], weighed: Mapping[str, Weighed]
) -> pl.DataFrame:
    """Add the weights that differ between rows, one column per component."""
    places: dict[int, pl.Series] = {}
    for node, parts in nodes.items():
        one = weighed[node]
        if one.keys is not None:
            names = [_column(node, part) for part in parts]
            if id(one.keys) not in places:
                places[id(one.keys)] = _places(units, one.keys)
            beside = pl.DataFrame([pl.Series(name, one.values[:, j]) for j, name in enumerate(names)])
            frame = frame.hstack(beside[places[id(one.keys)]].get_columns())
    return frame


def _places(units: pl.DataFrame, keys: pl.DataFrame) -> pl.Series:
    """Return the row of its key for each row of the units."""
    key = keys.columns
    numbered = cast_key(keys, units, key).with_row_index("\0place")
    return units.select(key).join(numbered, on=key, how="left", nulls_equal=True, maintain_order="left")["\0place"]


def _column(node: str, part: str) -> str:
    return f"\0{node}\0{part}"
