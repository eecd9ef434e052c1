"""The D-CRITIC weighting for Indicia."""

from dataclasses import dataclass

import numpy as np

from indicia.catalogue import hookimpl
from indicia.methods import Array, Indicators, Property, Weighting

indicia_contract = 2


@dataclass(frozen=True)
class DCritic(Weighting):
    """Weigh by the standard deviation times the conflict with other indicators, by distance correlation.

    The method uses the units that have all indicators, and keeps all pairs of them in memory.
    """

    name = "d_critic"
    reference = "Krishnan, Kasim, Hamid & Ghazali (2021), Symmetry 13(6), 973"
    formula = r"w_j = s_j \sum_k (1 - \operatorname{dCor}_{jk})"
    properties = frozenset({Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO, Property.ZERO_FOR_CONSTANT})
    minimum_units = 2
    needs_all_rows = True

    def weigh(self, indicators: Indicators) -> Array:
        values = indicators.matrix()
        values = values[~np.isnan(values).any(axis=1)]
        if len(values) < 2:
            raise ValueError("fewer than two units have all indicators")
        largest = np.abs(values).max(axis=0)
        spread = (values / np.where(largest > 0, largest, 1.0)).std(axis=0, ddof=1) * largest
        return spread * (1 - _distance_correlations(values / np.where(largest > 0, largest, 1.0))).sum(axis=1)


def _distance_correlations(values: Array) -> Array:
    """Return distance correlations of columns, shape (k, k); 0 for a constant column."""
    from scipy.spatial.distance import pdist, squareform

    centred = []
    for column in values.T:
        distances = squareform(pdist(column[:, None]))
        centred.append(distances - distances.mean(axis=0) - distances.mean(axis=1)[:, None] + distances.mean())
    squares = np.array([[(first * second).mean() for second in centred] for first in centred]).clip(0.0)
    scale = np.sqrt(np.outer(squares.diagonal(), squares.diagonal()))
    correlations = np.sqrt(np.divide(squares, scale, out=np.zeros_like(squares), where=scale > 0)).clip(0.0, 1.0)
    np.fill_diagonal(correlations, 1.0)
    return correlations


@hookimpl
def indicia_weightings() -> list[type[Weighting]]:
    """Offer the method."""
    return [DCritic]
