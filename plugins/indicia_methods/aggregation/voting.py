"""Each component votes on each pair of units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from indicia.methods import MatrixAggregation

if TYPE_CHECKING:
    from indicia.methods import Array

_CELLS = 4_000_000
"""Pairs compared at a time: bounds the memory, whatever the number of units."""


@dataclass(frozen=True)
class Copeland(MatrixAggregation):
    """Count the units that a unit beats by weighted majority of components, less those that beat it.

    A component that one of the two units misses does not vote on them.
    """

    name = "copeland"
    reference = "Copeland (1951); Munda & Nardo (2009), Applied Economics 41(12)"
    formula = r"\sum_b \operatorname{sgn} \sum_j w_j \operatorname{sgn}(z_{aj} - z_{bj})"

    def compare(self, values: Array, weights: Array) -> Array:
        units = len(values)
        scores = np.zeros(units)
        step = max(1, _CELLS // units)
        for start in range(0, units, step):
            block = values[start : start + step]
            majority = np.zeros((len(block), units))
            for column, weight in enumerate(weights):
                mine, other = block[:, column, None], values[None, :, column]
                majority += weight * ((mine > other).astype(np.int8) - (mine < other))
            majority[np.abs(majority) < 1e-12] = 0  # weights that cancel leave rounding noise
            scores[start : start + step] = np.sign(majority).sum(axis=1)
        return scores


METHODS = (Copeland,)
