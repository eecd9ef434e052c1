"""Consensus rankings at the smallest total distance from all rankings, by optimisation.

If several orders are equally near, the methods take one that is nearest to the order of Borda. Ties in the order of
Borda are broken by the best ranks, then by the first ranking that separates the units, and never by the order of the
units in the table. Units with equal ranks in every ranking share the mean of their places.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from indicia.errors import require_optional
from indicia.methods import Array, Consensus, RankingContext
from indicia.methods.contract import check_pairs
from indicia_methods import relations
from indicia_methods.consensus.lists import PAIRS, votes_of, with_unlisted_last
from indicia_methods.relations import kemeny_ranks, majority_components, refuse_more_units

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.methods.contract import DetailTable
    from indicia_methods.arrays import Integers


@dataclass(frozen=True)
class Footrule(Consensus):
    """Take the order with the smallest sum of distances, in places, from the ranks of all rankings.

    Needs scipy. Of several such orders the method takes one that is nearest to the order of Borda. Units that could
    exchange their places at no cost stand in the order of Borda. Remaining ties are decided by the first ranking that
    separates the units. The method keeps all pairs of units and places in memory, so it takes 5,000 units at most; its
    time grows with the cube of their number.
    """

    name = "footrule"
    reference = "Dwork, Kumar, Naor & Sivakumar (2001), 10th International World Wide Web Conference"
    formula = r"\operatorname{arg\,min}_\pi \sum_j \sum_a |\pi_a - x_{ja}|"
    low_is_best = True
    depends_on_order = True

    def combine(self, rankings: Array) -> Array:
        kinds, kind_of, sizes = _kinds(rankings, np.ones(len(rankings), dtype=np.int64))
        refuse_more_units(len(kind_of), "median or borda")
        by_borda = np.repeat(np.arange(len(kinds)), sizes)
        places = np.arange(1, len(by_borda) + 1)
        doubled_ranks = np.rint(2 * kinds).astype(np.int64)  # ranks of ties end in ½; integers keep equal sums equal
        distances = np.zeros((len(kinds), len(places)), dtype=np.int64)
        for ranks in doubled_ranks.T:
            distances += np.abs(ranks[:, None] - 2 * places)
        borda_distances = np.abs(places[:, None] - places)
        optimize = require_optional("scipy.optimize", "this consensus", "scipy")
        _, places_of_units = optimize.linear_sum_assignment(distances[by_borda] * len(places) ** 2 + borda_distances)
        _exchange(places_of_units, distances[by_borda])
        mean_places: Array = np.bincount(by_borda, weights=places_of_units + 1) / sizes
        return mean_places[kind_of]


@dataclass(frozen=True)
class Kemeny(Consensus):
    """Take the order that contradicts the fewest pairs of units, over all rankings.

    Needs scipy. Of several such orders the method takes one that is nearest to the order of Borda; remaining ties are
    decided by the first ranking that separates the units. Majorities first split the units into groups: each unit of a
    group beats all units of the later groups. Within a group, majorities form cycles. Each group is ordered exactly, in
    a time that grows fast with its size; a group of more than 60 units is refused. A ranking votes with its weight, a
    whole number such as its voters; a list does not vote on two units that it does not name, and a unit that it names
    precedes all that it does not.
    """

    name = "kemeny"
    reference = "Kemeny (1959), Daedalus 88(4); Conitzer, Davenport & Kalagnanam (2006), AAAI, for the programme"
    formula = r"\operatorname{arg\,min}_\pi \sum_{\pi_a < \pi_b} p_{ba}, \quad p_{ba} = |\{ j : x_{jb} < x_{ja} \}|"
    low_is_best = True
    depends_on_order = True
    takes_weights = True
    takes_partial = True
    detail_tables = {
        "pairs": PAIRS,
        "orders": "a unit in an order: its rank; all orders with the smallest sum of distances to the rankings, for up "
        "to 12 units in a cycle of majorities",
        "weak_orders": "a unit in an order: its rank; the same for orders in which units may be level, for up to 10 "
        "units",
    }

    def detail_table(self, table: str, rankings: Array, context: RankingContext, units: Sequence[str]) -> DetailTable:
        check_pairs(len(units))
        votes, common = votes_of(rankings, context.weights)
        if table == "pairs":
            return relations.votes_on_pairs(votes, common, units)
        if table == "weak_orders":
            return relations.all_weak_orders(votes, common, units)
        return relations.all_orders(votes, common, majority_components(votes >= votes.T), units)

    def combine(self, rankings: Array) -> Array:
        return self._combine(rankings, np.ones(len(rankings), dtype=np.int64))

    def combine_lists(self, rankings: Array, context: RankingContext) -> Array:
        weights = context.weights.astype(np.int64)
        if (weights != context.weights).any():
            raise ValueError("weights of rankings have to be whole numbers, such as numbers of voters")
        return self._combine(with_unlisted_last(rankings), weights)

    def _combine(self, rankings: Array, weights: Integers) -> Array:
        kinds, kind_of, sizes = _kinds(rankings, weights)
        refuse_more_units(len(kind_of), "schulze or borda")
        votes = np.zeros((len(kinds), len(kinds)), dtype=np.int64)
        for ranks, weight in zip(kinds.T, weights, strict=True):
            votes += weight * (ranks[:, None] < ranks)
        return kemeny_ranks((votes - votes.T) * np.outer(sizes, sizes), sizes)[kind_of]


def _exchange(places: Integers, distances: Integers) -> None:
    """Exchange the places of two units in place if this brings them into Borda's order at no greater distance.

    Afterwards no unit is behind a unit that precedes it in no ranking, since such an exchange costs nothing. Each
    exchange lowers the sum of squared distances from Borda's places, so the loop ends.
    """
    exchanged = True
    while exchanged:
        exchanged = False
        for unit in range(len(places) - 1):
            others = unit + 1 + np.flatnonzero(places[unit + 1 :] < places[unit])
            current = distances[unit, places[unit]] + distances[others, places[others]]
            others = others[distances[unit, places[others]] + distances[others, places[unit]] <= current]
            if len(others):
                other = others[places[others].argmin()]
                places[unit], places[other] = places[other], places[unit]
                exchanged = True


def _kinds(rankings: Array, weights: Integers) -> tuple[Array, Integers, Integers]:
    """Return the ranks of the kinds of units in the order of Borda, the kind of each unit, and the size of each kind.

    Units of one kind have equal ranks in every ranking. The order of the kinds does not depend on that of the units.
    """
    ranks = rankings.T
    keys = np.column_stack([(ranks * weights).sum(axis=1), np.sort(ranks, axis=1), ranks])
    distinct, kind_of, sizes = np.unique(keys, axis=0, return_inverse=True, return_counts=True)
    return distinct[:, -len(rankings) :], kind_of.ravel(), sizes
