"""The ranking method Balanced SPOTIS of the package pymcdm, for Indicia."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field

from indicia.catalogue import hookimpl
from indicia.methods import Aggregation, Array, Domain, MatrixAggregation, MatrixContext, Property

indicia_contract = 2


@dataclass(frozen=True)
class BalancedSpotis(MatrixAggregation):
    """Mix the weighted distance to the best possible values with that to the expected values.

    Values must lie between 0 and 1. The weights of a unit are scaled to the components that it has.
    """

    name = "balanced_spotis"
    reference = "Shekhovtsov, Dezert & Sałabun (2025), 17th ICAART, volume 3; computed by pymcdm"
    formula = r"(1 - a) \sum_j w_j |z_j - 1| + a \sum_j w_j |z_j - e|"
    properties = frozenset({Property.FREE_OF_RANK_REVERSAL})
    low_is_best = True
    domain = Domain.NON_NEGATIVE

    expected: Annotated[float, Field(ge=0, le=1, description="e, the expected value")] = 0.8
    trust: Annotated[float, Field(ge=0, le=1, description="a, the share of the expected value")] = 0.5

    def __post_init__(self) -> None:
        if self.trust * (1 - self.expected) > 0.5:
            raise ValueError("trust * (1 - expected) above 0.5 puts the worst unit before the best")

    def score_units(self, values: Array, weights: Array, context: MatrixContext) -> Array:
        from pymcdm.methods import BalancedSPOTIS  # a slow import, with pandas and matplotlib

        if np.nanmax(values) > 1:
            raise ValueError("needs values between 0 and 1: choose normalisation = min_max")
        scores = np.empty(len(values))
        patterns, pattern = np.unique(~np.isnan(values), axis=0, return_inverse=True)
        for number, present in enumerate(patterns):
            rows, k = pattern.reshape(-1) == number, int(present.sum())
            rank = BalancedSPOTIS(np.tile([0.0, 1.0], (k, 1)), np.full(k, self.expected), self.trust)
            shares = weights[present] / weights[present].sum()
            scores[rows] = rank(values[rows][:, present], shares, np.ones(k), validation=False)
        return scores


@hookimpl
def indicia_aggregations() -> list[type[Aggregation]]:
    """Offer the method."""
    return [BalancedSpotis]
