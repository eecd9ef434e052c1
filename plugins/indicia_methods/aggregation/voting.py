"""Voting rules: each component votes on each pair of units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from indicia.methods import Array, MatrixAggregation, MatrixContext, Property
from indicia.methods.contract import check_pairs
from indicia_methods import relations
from indicia_methods.aggregation.outranking import net_flow
from indicia_methods.relations import count_beaten, kemeny_ranks, majority_components, refuse_more_units

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from indicia.methods.contract import DetailTable
    from indicia_methods.arrays import Integers
    from indicia_methods.relations import Strengths

    Ranks: TypeAlias = npt.NDArray[np.unsignedinteger[Any]]


_CELLS = 65_536
"""Pairs compared at a time, so that they fit in the cache of a processor."""

_ROUNDING = 1e-12
"""Sums of weights up to this size are rounding errors of 0."""

_VOTES = 1e6
"""Scale of the largest margin; Borda's order counts less than any margin above a millionth of it."""

_PAIRS = (
    "two units: the weight of the components in which a is ahead, in which b is ahead and in which they are tied, and "
    "whether a has won, lost or tied"
)
"""The rows of the tables of pairs."""


@dataclass(frozen=True)
class Borda(MatrixAggregation):
    """Average over the components: one point for each unit behind, half a point for each tied unit.

    If some units miss a component, its points are scaled up to the number of all units. The weights of a unit are
    scaled to the components that it has.
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
        net = net_flow(values, weights)  # (units behind - units ahead) / other units
        scores: Array = others / 2 * (1 + net)
        return scores


@dataclass(frozen=True)
class Copeland(MatrixAggregation):
    """Count the units that a unit beats by weighted majority of components, less the units that beat it.

    A component votes on two units if both have it.
    """

    name = "copeland"
    reference = "Copeland (1951); Munda & Nardo (2009), Applied Economics 41(12)"
    formula = r"\sum_b \operatorname{sgn} \sum_j w_j \operatorname{sgn}(z_{aj} - z_{bj})"
    votes_by_weight = True
    properties = frozenset(
        {Property.MONOTONE, Property.SCALE_INVARIANT, Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO}
    )
    detail_tables = {"units": "a unit: how many units it beats, is beaten by and ties with", "pairs": _PAIRS}

    def score_units(self, values: Array, weights: Array, context: MatrixContext) -> Array:
        won, lost = _majorities(values, weights)
        return won - lost

    def unit_details(
        self, values: Array, weights: Array, context: MatrixContext
    ) -> Mapping[str, Sequence[float | str | None]]:
        won, lost = (counts.astype(int).tolist() for counts in _majorities(values, weights))
        others = len(values) - 1
        return {"won": won, "lost": lost, "tied": [others - up - down for up, down in zip(won, lost, strict=True)]}

    def detail_table(self, table: str, values: Array, weights: Array, context: MatrixContext) -> DetailTable:
        return _pairs(values, weights, context)


@dataclass(frozen=True)
class Condorcet(MatrixAggregation):
    """Count the units that a unit beats by weighted majority of components.

    A component votes on two units if both have it.
    """

    name = "condorcet"
    reference = "Condorcet (1785), Essai sur l'application de l'analyse à la probabilité des décisions"
    formula = r"|\{ b : \sum_j w_j \operatorname{sgn}(z_{aj} - z_{bj}) > 0 \}|"
    canonical_normalisation = "none"
    votes_by_weight = True
    properties = frozenset(
        {Property.MONOTONE, Property.SCALE_INVARIANT, Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO}
    )
    detail_tables = {
        "units": "a unit: how many units beat it, and whether it beats all others, or none",
        "pairs": _PAIRS,
    }

    def score_units(self, values: Array, weights: Array, context: MatrixContext) -> Array:
        return _majorities(values, weights)[0]

    def unit_details(
        self, values: Array, weights: Array, context: MatrixContext
    ) -> Mapping[str, Sequence[float | str | None]]:
        won, lost = _majorities(values, weights)
        winner, loser = won == len(values) - 1, lost == len(values) - 1
        words = ["beats all others", "loses to all others", "loses to none"]
        standing = np.select([winner, loser, lost == 0], words, "wins some and loses some")
        return {"lost": lost.astype(int).tolist(), "standing": standing.tolist()}

    def detail_table(self, table: str, values: Array, weights: Array, context: MatrixContext) -> DetailTable:
        return _pairs(values, weights, context)


@dataclass(frozen=True)
class Schulze(MatrixAggregation):
    """Count the units to which a unit has the stronger path of majorities.

    The strength of a majority is the weight of the components that agree with it. The method keeps all pairs of units
    in memory, so it takes 5,000 units at most. A component votes on two units if both have it.
    """

    name = "schulze"
    reference = "Schulze (2011), Social Choice and Welfare 36(2)"
    formula = (
        r"|\{ b : P_{ab} > P_{ba} \}|, \quad P_{ab} = \max_{a \to \dots \to b} \min_{c \to d} p_{cd} \, "
        r"[p_{cd} > p_{dc}], \quad p_{ab} = \sum_j w_j [z_{aj} > z_{bj}]"
    )
    canonical_normalisation = "none"
    votes_by_weight = True
    properties = frozenset({Property.SCALE_INVARIANT, Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO})
    detail_tables = {
        "pairs": "two units: the weight of the components in which a is ahead, the strength of the strongest path from "
        "a to b, 0 if there is none, and whether a has won, lost or tied by the paths in both directions"
    }

    def score_units(self, values: Array, weights: Array, context: MatrixContext) -> Array:
        refuse_more_units(len(values), "copeland or borda")
        return count_beaten(_levels(_votes(values, weights)))

    def detail_table(self, table: str, values: Array, weights: Array, context: MatrixContext) -> DetailTable:
        votes = _votes(values, weights)
        return relations.paths_of_pairs(_levels(votes), votes, context.units)


@dataclass(frozen=True)
class Kemeny(MatrixAggregation):
    """Take the order of units that contradicts the smallest weight of components, over all pairs.

    Needs scipy. Majorities first split the units into groups: each unit of a group beats all units of the later groups.
    Each group is ordered exactly, in a time that grows fast with its size; a group of more than 60 units is refused. Of
    several such orders the method takes one that is nearest to the order of Borda; sums are equal if they differ by at
    most a millionth of the largest majority. A component votes on two units if both have it.

    The details have the support of each unit: the weight of the components in which it is better than a unit behind it,
    with half the weight of ties, added up over the units behind it. Their sum is the support of the order.
    """

    name = "kemeny"
    reference = "Kemeny (1959), Daedalus 88(4); Munda & Nardo (2009), Applied Economics 41(12), of weighted components"
    formula = (
        r"\operatorname{arg\,min}_\pi \sum_{\pi_a < \pi_b} p_{ba}, \quad "
        r"p_{ba} = \sum_j w_j \operatorname{sgn}(z_{bj} - z_{aj})"
    )
    canonical_normalisation = "none"
    low_is_best = True
    votes_by_weight = True
    properties = frozenset({Property.SCALE_INVARIANT, Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO})
    detail_tables = {
        "units": "a unit: its support, the weight of the components in favour of it, over the units behind it",
        "pairs": _PAIRS,
        "orders": "a unit in an order: its rank; all orders with the smallest sum of distances to the components, for "
        "up to 12 units in a cycle of majorities",
        "weak_orders": "a unit in an order: its rank; the same for orders in which units may be level, for up to 10 "
        "units",
    }

    def score_units(self, values: Array, weights: Array, context: MatrixContext) -> Array:
        refuse_more_units(len(values), "copeland or borda")
        by_name = np.argsort(np.array(context.components))
        keys = np.column_stack([-net_flow(values, weights).round(12), -values[:, by_name]])
        keys = np.nan_to_num(keys, nan=np.inf)
        _, first, kind_of, sizes = np.unique(keys, axis=0, return_index=True, return_inverse=True, return_counts=True)
        margins = np.zeros((len(first), len(first)))  # between kinds of units, in the order of Borda
        for column, weight in zip(values[first].T, weights, strict=True):
            margins += weight * ((column[:, None] > column) * 1.0 - (column[:, None] < column))
        margins *= np.outer(sizes, sizes)
        margins[np.abs(margins) < _ROUNDING] = 0.0
        largest = np.abs(margins).max() or 1.0
        return kemeny_ranks(_VOTES * margins / largest, sizes)[kind_of.ravel()]

    def unit_details(
        self, values: Array, weights: Array, context: MatrixContext
    ) -> Mapping[str, Sequence[float | str | None]]:
        ranks, votes = self.score_units(values, weights, context), _votes(values, weights)
        votes += (_common_weight(values, weights) - votes - votes.T) / 2
        return {"support": (votes * (ranks[:, None] < ranks)).sum(axis=1).tolist()}

    def detail_table(self, table: str, values: Array, weights: Array, context: MatrixContext) -> DetailTable:
        if table == "pairs":
            return _pairs(values, weights, context)
        refuse_more_units(len(values), "copeland or borda")
        votes, common = _votes(values, weights), _common_weight(values, weights)
        if table == "weak_orders":
            return relations.all_weak_orders(votes, common, context.units)
        groups = majority_components(votes >= votes.T - _ROUNDING)
        return relations.all_orders(votes, common, groups, context.units)


def _pairs(values: Array, weights: Array, context: MatrixContext) -> DetailTable:
    """Return the votes on each ordered pair of units."""
    check_pairs(len(values))
    return relations.votes_on_pairs(_votes(values, weights), _common_weight(values, weights), context.units)


def _common_weight(values: Array, weights: Array) -> Array:
    """Return the weight of the components that two units both have, shape (n, n)."""
    present = ~np.isnan(values)
    common: Array = (present * weights) @ present.T
    return common


def _levels(votes: Array) -> Strengths:
    """Return the ranks of the strengths of majorities, shape (n, n), from 1 for the weakest; 0 is no majority."""
    won = votes > votes.T + _ROUNDING
    strengths = votes[won]
    order = np.argsort(strengths)
    levels_of_majorities = np.empty(len(order), dtype=np.int32)
    levels_of_majorities[order] = np.cumsum(np.diff(strengths[order], prepend=0.0) > _ROUNDING)
    levels = np.zeros(votes.shape, dtype=np.int32)
    levels[won] = levels_of_majorities
    return levels


def _votes(values: Array, weights: Array) -> Array:
    """Return the weight of the components in which the unit of the row beats the unit of the column, shape (n, n)."""
    units = len(values)
    votes = np.zeros((units, units))
    as_higher, as_lower = _comparison_ranks(values)
    components_by_weight = _components_by_weight(weights)
    step = max(1, _CELLS // units)
    for start in range(0, units, step):
        block = votes[start : start + step]
        higher = as_higher[:, start : start + step, None]
        for weight, columns in components_by_weight:
            count = np.zeros(block.shape, dtype=_count_type(weights))
            for column in columns:
                count += higher[column] > as_lower[column]
            block += weight * count
    return votes


def _components_by_weight(weights: Array) -> list[tuple[float, Integers]]:
    """Return each weight with the components that have it: votes add up faster as small integers."""
    return [(float(weight), np.flatnonzero(weights == weight)) for weight in np.unique(weights)]


def _count_type(weights: Array) -> type[np.int8 | np.int16]:
    """Return an integer type that holds as many votes as components."""
    return np.int8 if len(weights) < 128 else np.int16


def _majorities(values: Array, weights: Array) -> tuple[Array, Array]:
    """Count, for each unit, the units that it beats by weighted majority and the units that beat it."""
    units = len(values)
    won, lost = np.zeros(units), np.zeros(units)
    as_higher, as_lower = _comparison_ranks(values)
    components_by_weight = _components_by_weight(weights)
    start = 0
    while start < units:
        stop = min(units, start + max(1, _CELLS // (units - start)))
        rows, later = slice(start, stop), slice(start, units)  # pairs with earlier units have been counted
        majority = np.zeros((stop - start, units - start))
        for weight, columns in components_by_weight:
            votes = np.zeros(majority.shape, dtype=_count_type(weights))
            for column in columns:
                votes += (as_higher[column, rows, None] > as_lower[column, later]).view(np.int8)
                votes -= (as_lower[column, rows, None] < as_higher[column, later]).view(np.int8)
            majority += weight * votes
        for counts, others, beats in ((won, lost, majority > _ROUNDING), (lost, won, majority < -_ROUNDING)):
            counts[rows] += beats.sum(axis=1)
            others[stop:] += beats[:, stop - start :].sum(axis=0)
        start = stop
    return won, lost


def _comparison_ranks(values: Array) -> tuple[Ranks, Ranks]:
    """Replace values by dense ranks, once for the higher value of a comparison and once for the lower.

    Small integers compare faster than floats. A missing value has the lowest rank as the higher value, and the highest
    rank as the lower value, so no comparison with it is true.
    """
    kind = np.min_scalar_type(len(values) + 1)
    as_higher, as_lower = np.empty(values.T.shape, kind), np.empty(values.T.shape, kind)
    for number, column in enumerate(values.T):
        as_higher[number] = as_lower[number] = np.unique(column, return_inverse=True)[1] + 1
        missing = np.isnan(column)
        as_higher[number, missing], as_lower[number, missing] = 0, len(values) + 1
    return as_higher, as_lower
