"""Each component votes on each pair of units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from indicia.methods import MatrixAggregation

if TYPE_CHECKING:
    import numpy.typing as npt

    from indicia.methods import Array

_CELLS = 131_072
"""Pairs compared at a time: they fit in the cache of a processor, whatever the number of units."""


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
        places = np.stack([_places(column) for column in values.T])
        alike = [(float(weight), np.flatnonzero(weights == weight)) for weight in np.unique(weights)]
        step = max(1, _CELLS // units)
        for start in range(0, units, step):
            block = places[:, start : start + step]
            majority = np.zeros((block.shape[1], units))
            for weight, columns in alike:
                votes = np.zeros(majority.shape, dtype=np.int16)
                for column in columns:
                    mine, other = block[column, :, None], places[column]
                    votes += (mine > other).view(np.int8)
                    votes -= (mine < other).view(np.int8)
                majority += weight * votes
            majority[np.abs(majority) < 1e-12] = 0  # weights that cancel leave rounding noise
            scores[start : start + step] = np.sign(majority).sum(axis=1)
        return scores


def _places(values: Array) -> npt.NDArray[np.float32]:
    """Replace values by their places, equal ones sharing theirs, missing ones NaN: half the size to compare."""
    places = np.unique(values, return_inverse=True)[1].astype(np.float32)
    places[np.isnan(values)] = np.nan
    return places


METHODS = (Copeland,)
