"""Each component votes on each pair of units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from indicia.methods import MatrixAggregation

if TYPE_CHECKING:
    from typing import Any, TypeAlias

    import numpy.typing as npt

    from indicia.methods import Array

    Places: TypeAlias = npt.NDArray[np.unsignedinteger[Any]]

_CELLS = 65_536
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
        as_higher, as_lower = _places(values)
        alike = [(float(weight), np.flatnonzero(weights == weight)) for weight in np.unique(weights)]
        kind = np.int8 if len(weights) < 128 else np.int16
        start = 0
        while start < units:
            stop = min(units, start + max(1, _CELLS // (units - start)))
            rows, later = slice(start, stop), slice(start, units)  # pairs with earlier units have been counted
            majority = np.zeros((stop - start, units - start))
            for weight, columns in alike:
                votes = np.zeros(majority.shape, dtype=kind)
                for column in columns:
                    votes += (as_higher[column, rows, None] > as_lower[column, later]).view(np.int8)
                    votes -= (as_lower[column, rows, None] < as_higher[column, later]).view(np.int8)
                majority += weight * votes
            majority[np.abs(majority) < 1e-12] = 0  # weights that cancel leave rounding noise
            won = np.sign(majority)
            scores[rows] += won.sum(axis=1)
            scores[stop:] -= won[:, stop - start :].sum(axis=0)
            start = stop
        return scores


def _places(values: Array) -> tuple[Places, Places]:
    """Replace values by their places, equal ones sharing theirs: small numbers are faster to compare.

    A missing value has the lowest place where it would have to be the higher one of two, and the highest place where
    it would have to be the lower one.
    """
    kind = np.min_scalar_type(len(values) + 1)
    as_higher, as_lower = np.empty(values.T.shape, kind), np.empty(values.T.shape, kind)
    for number, column in enumerate(values.T):
        as_higher[number] = as_lower[number] = np.unique(column, return_inverse=True)[1] + 1
        missing = np.isnan(column)
        as_higher[number, missing], as_lower[number, missing] = 0, len(values) + 1
    return as_higher, as_lower


METHODS = (Copeland,)
