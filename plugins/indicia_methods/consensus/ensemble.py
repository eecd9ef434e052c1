"""Consensus rankings that weight the rankings themselves by their distances from the consensus."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from indicia.methods import Consensus

if TYPE_CHECKING:
    from indicia.methods import Array

_STEPS = 50_000
_SETTLED = 1e-10
"""The largest change, of the ranks and of the weights of rankings, at which the steps end."""
_DIGITS = 12
"""Squared distances that agree to these digits are equal: a step would otherwise enlarge their rounding."""


@dataclass(frozen=True)
class HalfQuadratic(Consensus):
    """Average the ranks with weights that fall with the distance of a ranking from the average.

    Rankings far from the others hardly count. The steps begin at the mean ranks; each computes the weights from the
    distances, and the ranks from the weights. With many rankings nearly all the weight goes to the one in their middle.
    Rankings at equal distances have equal weights.
    """

    name = "half_quadratic"
    reference = "Mohammadi & Rezaei (2020), Omega 96, 102254"
    formula = (
        r"R_a = \sum_j w_j x_{ja}, \quad w_j \propto e^{-d_j^2 / (2 \sigma^2)}, \quad "
        r"d_j^2 = \sum_a (x_{ja} - R_a)^2, \quad \sigma = \frac{1}{2 m^2} \sum_j d_j^2"
    )
    low_is_best = True

    def combine(self, rankings: Array) -> Array:
        weights = np.full(len(rankings), 1 / len(rankings))
        ranks: Array = rankings.mean(axis=0)
        for _ in range(_STEPS):
            # sums of sorted numbers do not depend on the order of units and rankings
            squares = np.sort((rankings - ranks) ** 2, axis=1).sum(axis=1)
            largest = squares.max()
            if largest <= _SETTLED**2:  # all rankings are equal
                return ranks
            sigma = np.sort(squares).sum() / (2 * len(rankings) ** 2)
            excess = largest * np.round((squares - squares.min()) / largest, _DIGITS)
            kernel = np.exp(-excess / (2 * sigma**2))  # relative to the nearest ranking, so that not all become 0
            new_weights = kernel / np.sort(kernel).sum()
            new_ranks: Array = np.sort(new_weights[:, None] * rankings, axis=0).sum(axis=0)
            settled = max(np.abs(new_ranks - ranks).max(), np.abs(new_weights - weights).max()) <= _SETTLED
            weights, ranks = new_weights, new_ranks
            if settled:
                return ranks
        raise ValueError(f"the weights of the rankings do not settle in {_STEPS:,} steps")
