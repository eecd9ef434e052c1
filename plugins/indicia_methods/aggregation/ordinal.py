"""Methods that read ranks only: ORESTE of units and components, REGIME of ordinal weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field

from indicia.errors import join_names
from indicia.methods import Array, MatrixAggregation, MatrixContext, Property, pair_table
from indicia.methods.contract import check_pairs

if TYPE_CHECKING:
    from indicia.methods.contract import DetailTable
    from indicia_methods.arrays import Integers, Words


_ROUNDING = 1e-12
"""Weights and intensities that differ by less are equal."""

_UNITS = 1_000
"""The largest number of units whose pairs REGIME compares."""

_ROWS = 8_192
"""Patterns of signs computed at a time, which bounds the memory."""


@dataclass(frozen=True)
class Oreste(MatrixAggregation):
    """Add up global ranks, which merge the rank of a unit in a component with the rank of the component.

    Components are ranked by their weights, the largest first, and the units within each component; equal ones share the
    mean of their ranks. All pairs of a unit and a component are then ranked by the projection of both ranks, the lowest
    first. If a unit misses components, the sum over its other components is scaled up to all components. The details
    have the relation of each pair of units by the intensities of preference.
    """

    name = "oreste"
    reference = "Roubens (1982), European Journal of Operational Research 10(1)"
    formula = (
        r"\sum_j R(a, j), \quad R \text{ the rank of } \alpha \, r_j(a) + (1 - \alpha) \, r_j \text{ over all } a, j, "
        r"\; r_j(a) \text{ the rank of } z_{aj} \text{ in } j, \; r_j \text{ that of } w_j"
    )
    symbols = {"alpha": r"\alpha"}
    canonical_normalisation = "none"
    low_is_best = True
    properties = frozenset({Property.SCALE_INVARIANT, Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO})
    detail_tables = {
        "ranks": "a unit in a component: its rank there, the rank of the component, their projection, and the global "
        "rank of that",
        "pairs": "two units: the intensity of the preference of a over b, and their relation (P: a is preferred, P-: b "
        "is preferred, I: indifferent, R: incomparable)",
    }

    alpha: Annotated[float, Field(gt=0, lt=1, description="α, the share of the rank of a unit in a projection")] = 0.4
    beta: Annotated[
        float | None,
        Field(ge=0, description="in the details: largest difference of intensities without preference; 1/(2k(n - 1))"),
    ] = None
    gamma: Annotated[
        float | None,
        Field(ge=0, description="in the details: smallest intensity over the difference, incomparable; k/4 if omitted"),
    ] = None
    indifference: Annotated[
        float | None,
        Field(ge=0, description="in the details: largest intensity of indifferent units; 1/(4(n - 1)) if omitted"),
    ] = None

    def score_units(self, values: Array, weights: Array, context: MatrixContext) -> Array:
        ranks = self._ranks(values, weights)[-1]
        present = (~np.isnan(ranks)).sum(axis=1)
        sums: Array = np.nansum(ranks, axis=1) * (values.shape[1] / present)
        return sums

    def detail_table(self, table: str, values: Array, weights: Array, context: MatrixContext) -> DetailTable:
        of_units, of_components, projection, ranks = self._ranks(values, weights)
        count, units = values.shape[1], len(values)
        if table == "ranks":
            return {
                "unit": np.repeat(np.array(context.units, dtype=object), count),
                "component": np.tile(np.array(context.components, dtype=object), units),
                "rank": of_units.ravel(),
                "component_rank": np.tile(of_components, units),
                "projection": projection.ravel(),
                "global_rank": ranks.ravel(),
            }
        check_pairs(units)
        intensity = np.zeros((units, units))
        for column in ranks.T:
            difference = column - column[:, None]
            intensity += np.where(difference > 0, difference, 0.0)
        intensity /= count**2 * max(units - 1, 1)
        return pair_table(context.units, intensity=intensity, relation=self._relation(intensity, count))

    def _ranks(self, values: Array, weights: Array) -> tuple[Array, Array, Array, Array]:
        """Return ranks of units (n, k), ranks of components (k,), their projections and the global ranks (n, k)."""
        of_units = np.column_stack([_mean_ranks(-column) for column in values.T])
        of_components = _mean_ranks(-np.round(weights, 12))
        projection = np.round(self.alpha * of_units + (1 - self.alpha) * of_components, 12)
        return of_units, of_components, projection, _mean_ranks(projection.ravel()).reshape(values.shape)

    def _relation(self, intensity: Array, count: int) -> Words:
        others = max(len(intensity) - 1, 1)
        beta = 1 / (2 * count * others) if self.beta is None else self.beta
        gamma = count / 4 if self.gamma is None else self.gamma
        limit = 1 / (4 * others) if self.indifference is None else self.indifference
        larger, smaller = np.maximum(intensity, intensity.T), np.minimum(intensity, intensity.T)
        difference = larger - smaller
        close = difference <= beta + _ROUNDING
        with np.errstate(divide="ignore", invalid="ignore"):
            conflicting = smaller / difference >= gamma - _ROUNDING
        words: Words = np.select(
            [close & (larger <= limit + _ROUNDING), close | conflicting, intensity > intensity.T], ["I", "R", "P"], "P-"
        ).astype(object)
        return words


def _mean_ranks(values: Array) -> Array:
    """Return ranks, the lowest first; equal values share the mean of their ranks, and missing values have none."""
    ranks = np.full(len(values), np.nan)
    present = ~np.isnan(values)
    _, inverse, counts = np.unique(values[present], return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    ranks[present] = (last - (counts - 1) / 2)[inverse]
    return ranks


@dataclass(frozen=True)
class Regime(MatrixAggregation):
    """Take the mean probability that a unit is ahead of another one, if only the order of the weights is known.

    A component is for the unit that is better in it, with its weight. Weights are uniform over all that have sum 1 and
    the order of the given weights, or `order`. If all given weights are equal, they may have any order. A component
    counts if both units have it; units that are equal in all of these are ahead of each other with a probability of ½.
    Probabilities are exact.
    """

    name = "regime"
    reference = "Hinloopen, Nijkamp & Rietveld (1983), Regional Science and Urban Economics 13(1)"
    formula = (
        r"\frac{1}{n - 1} \sum_{b \ne a} P \Big( \sum_j w_j \operatorname{sgn}(z_{aj} - z_{bj}) > 0 \Big), \quad "
        r"w \text{ uniform on } w_1 \ge w_2 \ge \dots \ge 0, \; \sum_j w_j = 1"
    )
    canonical_normalisation = "none"
    properties = frozenset(
        {Property.MONOTONE, Property.SCALE_INVARIANT, Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO}
    )
    detail_tables = {
        "pairs": "two units: the guide index, the weight of the components for a less that for b by the given weights, "
        "and the probability that a is ahead by the order of the weights"
    }

    order: Annotated[
        tuple[str, ...], Field(description="components, the largest weight first; if omitted, by the given weights")
    ] = ()

    def score_units(self, values: Array, weights: Array, context: MatrixContext) -> Array:
        probabilities = self._probabilities(values, weights, context)[1]
        scores: Array = probabilities.sum(axis=1) / max(len(values) - 1, 1)
        return scores

    def detail_table(self, table: str, values: Array, weights: Array, context: MatrixContext) -> DetailTable:
        check_pairs(len(values))
        guide_index, probabilities = self._probabilities(values, weights, context)
        return pair_table(context.units, guide_index=guide_index, probability=probabilities)

    def _probabilities(self, values: Array, weights: Array, context: MatrixContext) -> tuple[Array, Array]:
        """Return the guide index and the probability of each pair, shape (n, n); the probability of a unit itself is 0.

        The sorted weights of a uniform draw are sums of exponentials over the sum of all: the i-th largest is the sum
        of E_j / j over j ≥ i. So the sum of weights with signs is a sum of a_j E_j, with a_j the mean of the first j
        signs in the order of the weights.
        """
        if len(values) < 2 or len(values) > _UNITS:
            raise ValueError(f"compares each unit with the others: 2 to {_UNITS:,} units, and there are {len(values)}")
        places = self._places(weights, context)
        first, second = np.triu_indices(len(values), 1)
        signs = np.nan_to_num(np.sign(values[first] - values[second]))
        guide_index = np.zeros((len(values), len(values)))
        guide_index[first, second] = signs @ weights
        guide_index -= guide_index.T
        patterns, number = np.unique(signs.astype(np.int8), axis=0, return_inverse=True)
        factors: Array = patterns.astype(float)
        if places is not None:
            factors = np.cumsum(factors[:, places], axis=1) / np.arange(1, factors.shape[1] + 1)
        ahead = np.concatenate([_race(factors[start : start + _ROWS]) for start in range(0, len(factors), _ROWS)])
        ahead = ahead[number.ravel()]
        probabilities = np.zeros_like(guide_index)
        probabilities[first, second], probabilities[second, first] = ahead, 1 - ahead
        return guide_index, probabilities

    def _places(self, weights: Array, context: MatrixContext) -> Integers | None:
        """Return the places of the components in the order of their weights; None if the order is unknown."""
        names = list(context.components)
        if self.order:
            if sorted(self.order) != sorted(names):
                raise ValueError(f"order names {join_names(self.order)}; the components are {join_names(names)}")
            return np.array([names.index(name) for name in self.order])
        by_weight = np.argsort(-weights, kind="stable")
        tied = np.diff(weights[by_weight]) >= -_ROUNDING
        if tied.all():
            return None
        if tied.any():
            place = int(np.flatnonzero(tied)[0])
            equal = " and ".join(names[number] for number in by_weight[place : place + 2])
            raise ValueError(f"orders components by their weights, and {equal} weigh the same: state order")
        return by_weight


def _race(factors: Array) -> Array:
    """Return, for each row, the probability that Σ a_j E_j > 0, with independent standard exponentials E_j.

    The gains a_j E_j > 0 and the losses a_j E_j < 0 are durations of stages in a row. Of two running stages, the one
    with the mean a ends before that with the mean b with a probability of b / (a + b), whatever has passed; a stage
    with the mean 0 ends at once. The larger sum ends last.
    """
    gains, losses = np.maximum(factors, 0.0).T, np.maximum(-factors, 0.0).T
    count = len(gains)
    ahead = np.zeros((count + 1, len(factors)))  # by the number of stages of losses that are left; no gains are left
    for gain in gains:
        previous, ahead = ahead, np.ones_like(ahead)
        for left, loss in enumerate(losses, start=1):
            both = gain + loss
            ends_first = np.divide(loss, both, out=np.ones_like(both), where=both > 0)
            ends_first[gain == 0] = 1.0
            ahead[left] = ends_first * previous[left] + (1 - ends_first) * ahead[left - 1]
        ahead[0] = np.where(gain > 0, 1.0, previous[0])
    return np.where((factors == 0).all(axis=1), 0.5, ahead[count])
