"""Weights from the loss of performance without an indicator, or in the units that are best in another indicator.

Only units that have all indicators count: the losses of other units are unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import Field

from indicia.methods import Array, Domain, Indicators, Property, Weighting, Weights, matrix_table
from indicia_methods.weighting.directed import complete_range, is_cost, refuse_without_ratio
from indicia_methods.weighting.spread import Entropy

if TYPE_CHECKING:
    from indicia.methods.contract import DetailTable

_UNITS = 50_000
"""Units computed at a time, which bounds the memory."""

Ties = Annotated[
    Literal["mean", "first"],
    Field(
        description="if several units are best in an indicator: the mean of their losses, or those of the first unit"
    ),
]


@dataclass(frozen=True)
class Merec(Weighting):
    """Weigh an indicator by the change of the units' performance without it (removal effects of criteria).

    The performance is ln(1 + mean |ln n|). n is the smallest raw value over a benefit, or a cost over the largest.
    """

    name = "merec"
    reference = (
        "Keshavarz-Ghorabaee, Amiri, Zavadskas, Turskis & Antucheviciene (2021), Symmetry 13(4), 525, "
        "doi:10.3390/sym13040525"
    )
    formula = (
        r"w_j = \sum_i |S_i^{-j} - S_i|, \quad S_i = \ln\Bigl(1 + \frac1k \sum_l |\ln n_{il}|\Bigr), \quad "
        r"S_i^{-j} = \ln\Bigl(1 + \frac1k \sum_{l \ne j} |\ln n_{il}|\Bigr)"
    )
    properties = frozenset({Property.SCALE_INVARIANT, Property.ZERO_FOR_CONSTANT})
    detail_tables = {"components": "a component: the removal effect E, the sum of the changes of performance"}

    def weigh(self, indicators: Indicators) -> Weights:
        raw = indicators.on("raw")
        raw.each(lambda x, s: s.min, Domain.POSITIVE)
        low, high = complete_range(raw)
        worst = np.where(is_cost(raw), high, low)

        def effects(values: Array) -> Array:
            sums = np.zeros(len(worst))
            for start in range(0, len(values), _UNITS):
                shares = _absolute_log_ratio(values[start : start + _UNITS], worst) / len(worst)
                performance = 1 + shares.sum(axis=1, keepdims=True)
                sums -= np.log1p(-shares / performance).sum(axis=0)
            return sums

        removal = raw.reduce(effects)
        components: DetailTable = {"component": list(indicators.names), "removal effect": removal}
        return Weights(removal, tables={"components": components})


def _absolute_log_ratio(values: Array, worst: Array) -> Array:
    """Return |ln(x / worst)|; log1p keeps the digits of ratios near 1."""
    near = np.abs(values - worst) < worst / 2
    excess = np.divide(values - worst, worst, out=np.zeros_like(values), where=near)
    return np.abs(np.where(near, np.log1p(excess), np.log(values) - np.log(worst)))


@dataclass(frozen=True)
class Cilos(Weighting):
    """Weigh an indicator by the smallness of its losses in the units that are best in other indicators (impact loss).

    Row j of A holds the raw values of the unit that is best in indicator j, with costs turned into min x / x. p are the
    relative losses against the best values. The weights solve F w = 0. An indicator that does not vary gets weight 0.
    """

    name = "cilos"
    reference = "Mirkin (1974), Group choice; Zavadskas & Podvezko (2016), Int. J. Inf. Technol. Decis. Mak. 15(2)"
    formula = (
        r"p_{ij} = \frac{a_{jj} - a_{ij}}{a_{jj}}, \quad "
        r"F = P - \operatorname{diag}\Bigl(\sum_i p_{ij}\Bigr), \quad F w = 0"
    )
    properties = frozenset({Property.SCALE_INVARIANT, Property.ZERO_FOR_CONSTANT})
    detail_tables = {"losses": "a component: the relative losses in each component in the units that are best in it"}

    ties: Ties = "mean"

    @property
    def order_decides_ties(self) -> bool:  # type: ignore[override]
        return self.ties == "first"

    def weigh(self, indicators: Indicators) -> Weights:
        raw = indicators.on("raw")
        refuse_without_ratio(raw)
        low, high = complete_range(raw)
        best = np.where(is_cost(raw), low, high)
        losses = self._losses(raw, best, low, high)
        weights = np.zeros(len(best))
        varying = high > low
        if varying.any():
            weights[varying] = _balance(losses[np.ix_(varying, varying)])
        names = indicators.names
        return Weights(weights, tables={"losses": matrix_table("component", names, names, losses)})

    def _losses(self, raw: Indicators, best: Array, low: Array, high: Array) -> Array:
        """Return the relative losses (j, k) in indicator k, in the units that are best in indicator j."""
        cost = is_cost(raw)

        def ratios(values: Array) -> Array:
            """Return the sums of the ratios in the units that are best in each indicator, and their number."""
            sums = np.zeros((len(best), len(best) + 1))
            for row, column in enumerate(values.T):
                at_best = values[column == best[row]]
                units = at_best[:1] if self.ties == "first" else at_best
                of_units = units / np.where(high > 0, high, 1.0)
                of_units[:, cost] = low[cost] / units[:, cost]
                sums[row] = *of_units.sum(axis=0), len(units)
            return sums

        sums = raw.reduce(ratios, _first if self.ties == "first" else None)
        return 1 - sums[:, :-1] / sums[:, -1:]


def _first(sums: Array, further: Array) -> Array:
    """Return the rows of the first sums that have a unit, else those of the others."""
    return np.where(sums[:, -1:] > 0, sums, further)


def _balance(losses: Array) -> Array:
    """Solve F w = 0 for weights that sum to 1."""
    np.fill_diagonal(losses, 0.0)
    flow = losses - np.diag(losses.sum(axis=0))
    if np.linalg.matrix_rank(flow) < len(flow) - 1:
        raise ValueError(
            "the units that are best in a component are also best in others, so losses determine no weights"
        )
    flow[-1] = 1.0  # columns sum to 0, so one equation is redundant: replace it by Σ w = 1
    right = np.zeros(len(flow))
    right[-1] = 1.0
    return np.asarray(np.linalg.solve(flow, right), dtype=float).clip(0.0)


@dataclass(frozen=True)
class Idocriw(Weighting):
    """Weigh an indicator by its entropy weight times its impact loss weight, both of raw values."""

    name = "idocriw"
    reference = "Zavadskas & Podvezko (2016), Int. J. Inf. Technol. Decis. Mak. 15(2)"
    formula = (
        r"w_j = q_j e_j, \quad p_{ij} = \frac{a_{jj} - a_{ij}}{a_{jj}}, \; F = P - "
        r"\operatorname{diag}\Bigl(\sum_i p_{ij}\Bigr), \; F q = 0, \quad e_j = 1 + \frac{1}{\ln n} \sum s \ln s, "
        r"\; s = \frac{x_j}{\sum x_j}"
    )
    properties = frozenset({Property.SCALE_INVARIANT, Property.ZERO_FOR_CONSTANT})
    detail_tables = {
        "components": "a component: its weight by impact loss, its divergence by entropy, and their product",
        **Cilos.detail_tables,
    }

    ties: Ties = "mean"

    @property
    def order_decides_ties(self) -> bool:  # type: ignore[override]
        return self.ties == "first"

    def weigh(self, indicators: Indicators) -> Weights:
        loss, divergence = Cilos(self.ties).weigh(indicators), Entropy("raw").weigh(indicators).values
        weights = loss.values * divergence
        figures = {"impact loss": loss.values, "divergence": divergence, "product": weights}
        components: DetailTable = {"component": list(indicators.names), **figures}
        return Weights(weights, tables={"components": components, **loss.tables})
