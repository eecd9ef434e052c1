"""The D-CRITIC weighting for Indicia."""

from dataclasses import dataclass

import numpy as np

from indicia.catalogue import hookimpl
from indicia.methods import Array, Indicators, Property, Weighting

indicia_contract = 2


@dataclass(frozen=True)
class DCritic(Weighting):
    """Weigh by the standard deviation times how far an indicator is unlike the others, by distance correlation.

    Over the units that have all indicators; holds every pair of them.
    """

    name = "d_critic"
    reference = "Krishnan, Kasim, Hamid & Ghazali (2021), Symmetry 13(6), 973"
    formula = r"w_j = s_j \sum_k (1 - \operatorname{dCor}_{jk})"
    properties = frozenset({Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO, Property.ZERO_FOR_CONSTANT})
    minimum_units = 2

    def weigh(self, indicators: Indicators) -> Array:
        values = indicators.matrix()
        values = values[~np.isnan(values).any(axis=1)]
        if len(values) < 2:
            raise ValueError("fewer than two units have all indicators")
        size = np.abs(values).max(axis=0)
        spread = (values / np.where(size > 0, size, 1.0)).std(axis=0, ddof=1) * size
        return spread * (1 - _distance_correlations(values / np.where(size > 0, size, 1.0))).sum(axis=1)


def _distance_correlations(values: Array) -> Array:
    """Return distance correlations of columns, shape (k, k); 0 with one that does not vary."""
    from scipy.spatial.distance import pdist, squareform

    centred = []
    for column in values.T:
        distances = squareform(pdist(column[:, None]))
        centred.append(distances - distances.mean(axis=0) - distances.mean(axis=1)[:, None] + distances.mean())
    squares = np.array([[(one * other).mean() for other in centred] for one in centred]).clip(0.0)
    own = np.sqrt(np.outer(squares.diagonal(), squares.diagonal()))
    correlations = np.sqrt(np.divide(squares, own, out=np.zeros_like(squares), where=own > 0)).clip(0.0, 1.0)
    np.fill_diagonal(correlations, 1.0)
    return correlations


@hookimpl
def indicia_weightings() -> list[type[Weighting]]:
    """Offer the method."""
    return [DCritic]
