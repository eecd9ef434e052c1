"""Each component votes on each pair of units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from indicia.methods import MatrixAggregation, Property
from indicia_methods.aggregation.outranking import net_flow
from indicia_methods.orders import circles, ordered
from indicia_methods.paths import beaten

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any, TypeAlias

    import numpy.typing as npt

    from indicia.methods import Array, MatrixContext

    Places: TypeAlias = npt.NDArray[np.unsignedinteger[Any]]

_CELLS = 65_536
"""Pairs compared at a time: they fit in the cache of a processor, whatever the number of units."""

_NOISE = 1e-12
"""Weights that cancel leave as much."""

_UNITS = 5_000
"""The most units of which all pairs are held at once."""

_VOTES = 1e6
"""What the largest majority counts, so that what Borda says counts for less than any other one."""


@dataclass(frozen=True)
class Borda(MatrixAggregation):
    """Give a point for each unit that is behind in a component, half a point for each that is level, and average these.

    Where some units miss a component, points are scaled up to as many units as there are; the weights of a unit are
    scaled to what it has.
    """

    name = "borda"
    reference = "Borda (1781), Mémoire sur les élections au scrutin"
    formula = r"\sum_j w_j \sum_{b \ne a} [z_{aj} > z_{bj}] + \tfrac12 [z_{aj} = z_{bj}]"
    canonical_normalisation = "none"
    properties = frozenset(
        {Property.MONOTONE, Property.SCALE_INVARIANT, Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO}
    )

    def score_units(self, values: Array, weights: Array, context: MatrixContext) -> Array:
        others = len(values) - 1
        net = net_flow(values, weights)  # those behind less those ahead, as a share of the others
        scores: Array = others / 2 * (1 + net)
        return scores


@dataclass(frozen=True)
class Copeland(MatrixAggregation):
    """Count the units that a unit beats by weighted majority of components, less those that beat it.

    A component that one of the two units misses does not vote on them.
    """

    name = "copeland"
    reference = "Copeland (1951); Munda & Nardo (2009), Applied Economics 41(12)"
    formula = r"\sum_b \operatorname{sgn} \sum_j w_j \operatorname{sgn}(z_{aj} - z_{bj})"
    properties = frozenset(
        {Property.MONOTONE, Property.SCALE_INVARIANT, Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO}
    )

    def score_units(self, values: Array, weights: Array, context: MatrixContext) -> Array:
        won, lost = _majorities(values, weights)
        return won - lost

    def unit_details(
        self, values: Array, weights: Array, context: MatrixContext
    ) -> Mapping[str, Sequence[float | str | None]]:
        won, lost = (counts.astype(int).tolist() for counts in _majorities(values, weights))
        others = len(values) - 1
        return {"won": won, "lost": lost, "tied": [others - up - down for up, down in zip(won, lost, strict=True)]}


@dataclass(frozen=True)
class Condorcet(MatrixAggregation):
    """Count the units that a unit beats by weighted majority of components.

    A component that one of the two units misses does not vote on them.
    """

    name = "condorcet"
    reference = "Condorcet (1785), Essai sur l'application de l'analyse à la probabilité des décisions"
    formula = r"|\{ b : \sum_j w_j \operatorname{sgn}(z_{aj} - z_{bj}) > 0 \}|"
    canonical_normalisation = "none"
    properties = frozenset(
        {Property.MONOTONE, Property.SCALE_INVARIANT, Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO}
    )

    def score_units(self, values: Array, weights: Array, context: MatrixContext) -> Array:
        return _majorities(values, weights)[0]

    def unit_details(
        self, values: Array, weights: Array, context: MatrixContext
    ) -> Mapping[str, Sequence[float | str | None]]:
        won, lost = _majorities(values, weights)
        winner, loser = won == len(values) - 1, lost == len(values) - 1
        words = ["beats all others", "loses to all others", "loses to none"]
        told = np.select([winner, loser, lost == 0], words, "wins some and loses some")
        return {"lost": lost.astype(int).tolist(), "standing": told.tolist()}


@dataclass(frozen=True)
class Schulze(MatrixAggregation):
    """Count the units to which a unit has the stronger path of majorities, weighed by the components that agree.

    Holds all pairs at once: 5,000 units are the most. A component that one of two units misses does not vote on them.
    """

    name = "schulze"
    reference = "Schulze (2011), Social Choice and Welfare 36(2)"
    formula = (
        r"|\{ b : P_{ab} > P_{ba} \}|, \quad P_{ab} = \max_{a \to \dots \to b} \min_{c \to d} p_{cd} \, "
        r"[p_{cd} > p_{dc}], \quad p_{ab} = \sum_j w_j [z_{aj} > z_{bj}]"
    )
    canonical_normalisation = "none"
    properties = frozenset({Property.SCALE_INVARIANT, Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO})

    def score_units(self, values: Array, weights: Array, context: MatrixContext) -> Array:
        if len(values) > _UNITS:
            raise ValueError(f"{len(values)} units are too many, {_UNITS} are the most: choose copeland or borda")
        votes = _votes(values, weights)
        won = votes > votes.T + _NOISE
        strengths = votes[won]
        order = np.argsort(strengths)
        place = np.empty(len(order), dtype=np.int32)
        place[order] = np.cumsum(np.diff(strengths[order], prepend=0.0) > _NOISE)
        levels = np.zeros(votes.shape, dtype=np.int32)
        levels[won] = place
        return beaten(levels)


@dataclass(frozen=True)
class Kemeny(MatrixAggregation):
    """Put units in the order that contradicts the least weight of components, over all pairs.

    Needs scipy. Units that beat all others by majority come first, and so on down; what is left are circles, in which
    everyone is beaten by someone or level with someone. Each is ordered on its own, exactly, and takes time that grows
    fast with its size: one of more than 60 units is refused. Of several such orders it is one that is nearest to that
    of Borda; sums are the same that differ by no more than a millionth of the largest majority. A component that one
    of two units misses does not vote on them.
    """

    name = "kemeny"
    reference = "Kemeny (1959), Daedalus 88(4); Munda & Nardo (2009), Applied Economics 41(12), of weighted components"
    formula = (
        r"\operatorname{arg\,min}_\pi \sum_{\pi_a < \pi_b} p_{ba}, \quad "
        r"p_{ba} = \sum_j w_j \operatorname{sgn}(z_{bj} - z_{aj})"
    )
    canonical_normalisation = "none"
    low_is_best = True
    properties = frozenset({Property.SCALE_INVARIANT, Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO})

    def score_units(self, values: Array, weights: Array, context: MatrixContext) -> Array:
        if len(values) > _UNITS:
            raise ValueError(f"{len(values)} units are too many, {_UNITS} are the most: choose copeland or borda")
        by_name = np.argsort(np.array(context.components))
        told = np.column_stack([-net_flow(values, weights).round(12), -values[:, by_name]])
        told = np.nan_to_num(told, nan=np.inf)
        _, first, kind_of, sizes = np.unique(told, axis=0, return_index=True, return_inverse=True, return_counts=True)
        margins = np.zeros((len(first), len(first)))  # of units that differ, from the first by Borda to the last
        for column, weight in zip(values[first].T, weights, strict=True):
            margins += weight * ((column[:, None] > column) * 1.0 - (column[:, None] < column))
        margins *= np.outer(sizes, sizes)
        margins[np.abs(margins) < _NOISE] = 0.0
        largest = np.abs(margins).max() or 1.0
        order = [
            kind
            for circle in circles(margins >= 0)
            for kind in circle[ordered(_VOTES * margins[np.ix_(circle, circle)] / largest)]
        ]
        before = np.cumsum(sizes[order]) - sizes[order]
        places = np.empty(len(first))
        places[order] = before + (sizes[order] + 1) / 2
        return places[kind_of.ravel()]


def _votes(values: Array, weights: Array) -> Array:
    """Return the weight of the components in which the unit of the row is ahead of that of the column, shape (n, n)."""
    units = len(values)
    votes = np.zeros((units, units))
    as_higher, as_lower = _places(values)
    alike = _alike(weights)
    step = max(1, _CELLS // units)
    for start in range(0, units, step):
        some = votes[start : start + step]
        higher = as_higher[:, start : start + step, None]
        for weight, columns in alike:
            count = np.zeros(some.shape, dtype=_counting(weights))
            for column in columns:
                count += higher[column] > as_lower[column]
            some += weight * count
    return votes


def _alike(weights: Array) -> list[tuple[float, npt.NDArray[np.intp]]]:
    """Return each weight with the components that have it: whole numbers of votes are added up faster."""
    return [(float(weight), np.flatnonzero(weights == weight)) for weight in np.unique(weights)]


def _counting(weights: Array) -> type[np.int8 | np.int16]:
    """Return a type that holds as many votes as there are components."""
    return np.int8 if len(weights) < 128 else np.int16


def _majorities(values: Array, weights: Array) -> tuple[Array, Array]:
    """Count for each unit those that it beats by weighted majority, and those that beat it."""
    units = len(values)
    won, lost = np.zeros(units), np.zeros(units)
    as_higher, as_lower = _places(values)
    alike = _alike(weights)
    start = 0
    while start < units:
        stop = min(units, start + max(1, _CELLS // (units - start)))
        rows, later = slice(start, stop), slice(start, units)  # pairs with earlier units have been counted
        majority = np.zeros((stop - start, units - start))
        for weight, columns in alike:
            votes = np.zeros(majority.shape, dtype=_counting(weights))
            for column in columns:
                votes += (as_higher[column, rows, None] > as_lower[column, later]).view(np.int8)
                votes -= (as_lower[column, rows, None] < as_higher[column, later]).view(np.int8)
            majority += weight * votes
        for counts, others, beats in ((won, lost, majority > _NOISE), (lost, won, majority < -_NOISE)):
            counts[rows] += beats.sum(axis=1)
            others[stop:] += beats[:, stop - start :].sum(axis=0)
        start = stop
    return won, lost


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
