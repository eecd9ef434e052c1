"""Weights by the path of an indicator from unit to unit, in the order of the table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from indicia.methods import Domain, Property, Weighting, Weights
from indicia_methods.weighting.directed import complete_range

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indicia.methods import Array, Indicators

_STURGES = 3.322
"""Classes of a histogram for each power of ten of the number of values, after the first class: 1 / log10(2)."""


@dataclass(frozen=True)
class Wenslo(Weighting):
    """Weigh an indicator by the length of its line from unit to unit over the line's slope (envelope and slope).

    The method takes raw values as shares of their sum, whatever the direction of the indicator. A step from one unit to
    the next in the table is as wide as a class of a histogram (Sturges' rule). The envelope is the length of the line
    through the values; the slope is that of a straight line to the sum of all values. The order of the units in the
    table decides, as in the paper: the same units in another order get other weights. Only units that have all
    indicators count. An indicator that does not vary gets weight 0.
    """

    name = "wenslo"
    reference = (
        "Pamucar, Ecer, Gligorić, Gligorić & Deveci (2024), IEEE Transactions on Engineering Management 71, "
        "doi:10.1109/TEM.2023.3321697"
    )
    formula = (
        r"w_j = \frac{E_j}{\tan \varphi_j}, \quad E_j = \sum_{i=1}^{n-1} \sqrt{(p_{i+1,j} - p_{ij})^2 + \Delta_j^2}, "
        r"\; \tan \varphi_j = \frac{1}{(n - 1) \Delta_j}, \; \Delta_j = \frac{\max p_j - \min p_j}{1 + 3.322 "
        r"\log_{10} n}, \; p_{ij} = \frac{x_{ij}}{\sum x_j}"
    )
    properties = frozenset({Property.SCALE_INVARIANT, Property.DEFINED_AT_ZERO, Property.ZERO_FOR_CONSTANT})
    minimum_units = 2
    detail_tables = {"components": "a component: the width of a step, the slope, and the length of the envelope"}
    expected_failures: ClassVar[Mapping[str, str]] = {
        "order_of_rows": "the line of the paper leads from each unit to the next unit of the table"
    }

    def weigh(self, indicators: Indicators) -> Weights:
        raw = indicators.on("raw")
        raw.each(lambda x, s: s.min, Domain.NON_NEGATIVE)
        low, high = complete_range(raw)
        largest = np.where(high > 0, high, 1.0)  # divide by it first, since sums may overflow
        total = raw.reduce(lambda values: (values / largest).sum(axis=0))
        total = np.where(total > 0, total, 1.0)
        units = raw.count_complete()
        step = (high - low) / largest / total / (1 + _STURGES * np.log10(units))

        def path(values: Array) -> Array:
            return _path(values / largest / total, step)

        envelope = raw.reduce(path, lambda one, following: _joined(one, following, step))[0]
        slope = np.divide(1.0, (units - 1) * step, out=np.full_like(step, np.nan), where=step > 0)
        components = {"component": list(indicators.names), "step": step, "slope": slope, "envelope": envelope}
        facts = {"order of the units": "that of the table"}
        return Weights(envelope * (units - 1) * step, facts, tables={"components": components})


def _path(shares: Array, step: Array) -> Array:
    """Return the length of the line, the first and the last point and whether there is any point, shape (4, k)."""
    if not len(shares):
        return np.zeros((4, len(step)))
    length = np.hypot(np.diff(shares, axis=0), step).sum(axis=0)
    return np.array([length, shares[0], shares[-1], np.ones(len(step))])


def _joined(one: Array, following: Array, step: Array) -> Array:
    """Return the line through the points of a set of units and of the following units."""
    if not (one[3].any() and following[3].any()):
        return one if one[3].any() else following
    between = np.hypot(following[1] - one[2], step)
    return np.array([one[0] + between + following[0], one[1], following[2], one[3]])
