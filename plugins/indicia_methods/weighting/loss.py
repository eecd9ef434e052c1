"""Weights by what is lost without an indicator, or by looking at another one instead.

Units that miss an indicator have no part in them: their losses are unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import Field

from indicia.methods import Domain, Property, Weighting
from indicia_methods.weighting.directed import costs, refuse_without_ratio
from indicia_methods.weighting.spread import Entropy

if TYPE_CHECKING:
    from indicia.methods import Array, Indicators

_ROWS = 50_000
"""Units looked at in one go: bounds the memory, whatever their number."""

Ties = Annotated[
    Literal["mean", "first"],
    Field(description="several units are best in an indicator: the mean of their losses, or those of the first one"),
]


@dataclass(frozen=True)
class Merec(Weighting):
    """Weigh an indicator by how much the performance of the units changes when it is removed.

    Performance is ln(1 + mean |ln n|), where n divides the smallest raw value by a benefit, or a cost by the largest.
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

    def weigh(self, indicators: Indicators) -> Array:
        raw = indicators.on("raw")
        raw.each(lambda x, s: s.min, Domain.POSITIVE)
        values = _complete(raw)
        worst = np.where(costs(raw), values.max(axis=0), values.min(axis=0))
        effects = np.zeros(len(worst))
        for start in range(0, len(values), _ROWS):
            parts = _ratio(values[start : start + _ROWS], worst) / len(worst)
            performance = 1 + parts.sum(axis=1, keepdims=True)
            effects -= np.log1p(-parts / performance).sum(axis=0)
        return effects


def _ratio(values: Array, worst: Array) -> Array:
    """Return the size of the logarithms of the ratios, of which those that are near 1 lose no digits."""
    near = np.abs(values - worst) < worst / 2
    beyond = np.divide(values - worst, worst, out=np.zeros_like(values), where=near)
    return np.abs(np.where(near, np.log1p(beyond), np.log(values) - np.log(worst)))


@dataclass(frozen=True)
class Cilos(Weighting):
    """Weigh an indicator by how little of it is lost in the units that are best in the others (criterion impact loss).

    Row j of A holds the raw values of the unit that is best in j, a cost turned into min x / x. The losses p of the
    others then balance, F q = 0. An indicator that does not vary has no best unit and gets no weight.
    """

    name = "cilos"
    reference = "Mirkin (1974), Group choice; Zavadskas & Podvezko (2016), Int. J. Inf. Technol. Decis. Mak. 15(2)"
    formula = (
        r"p_{ij} = \frac{a_{jj} - a_{ij}}{a_{jj}}, \quad "
        r"F = P - \operatorname{diag}\Bigl(\sum_i p_{ij}\Bigr), \quad F w = 0"
    )
    properties = frozenset({Property.SCALE_INVARIANT, Property.ZERO_FOR_CONSTANT})

    ties: Ties = "mean"

    def weigh(self, indicators: Indicators) -> Array:
        raw = indicators.on("raw")
        refuse_without_ratio(raw)
        values = _complete(raw)
        low, high = values.min(axis=0), values.max(axis=0)
        cost = costs(raw)
        best = np.where(cost, low, high)
        losses = np.zeros((len(best), len(best)))
        for row, column in enumerate(values.T):
            at_best = values[column == best[row]]
            units = at_best[:1] if self.ties == "first" else at_best
            ratios = units / np.where(high > 0, high, 1.0)
            ratios[:, cost] = low[cost] / units[:, cost]
            losses[row] = 1 - ratios.mean(axis=0)
        weights = np.zeros(len(best))
        varying = high > low
        if varying.any():
            weights[varying] = _balance(losses[np.ix_(varying, varying)])
        return weights


def _balance(losses: Array) -> Array:
    """Solve F q = 0 for weights that sum to 1."""
    np.fill_diagonal(losses, 0.0)
    flow = losses - np.diag(losses.sum(axis=0))
    if np.linalg.matrix_rank(flow) < len(flow) - 1:
        raise ValueError("units that are best in one component are best in others too, so losses tell no weights")
    flow[-1] = 1.0  # columns sum to zero, so any row follows from the others
    one = np.zeros(len(flow))
    one[-1] = 1.0
    return np.asarray(np.linalg.solve(flow, one), dtype=float).clip(0.0)


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

    ties: Ties = "mean"

    def weigh(self, indicators: Indicators) -> Array:
        return Cilos(self.ties).weigh(indicators) * Entropy("raw").weigh(indicators)


def _complete(indicators: Indicators) -> Array:
    """Return the values of the units that have all indicators, shape (units, k)."""
    values = indicators.matrix()
    present = ~np.isnan(values).any(axis=1)
    if present.sum() < 2:
        raise ValueError("fewer than two units have all components")
    return values if present.all() else values[present]
