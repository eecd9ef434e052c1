"""Consensus that is nearest to all rankings together, found by optimisation.

Where several orders are equally near, one that is nearest to the order of Borda is taken. Borda's own ties are broken
by the best places, then by the first ranking that tells units apart, and never by the order of the units: those that
are alike in every ranking share the mean of their places.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from indicia.errors import require_optional
from indicia.methods import Consensus
from indicia_methods.orders import circles, ordered

if TYPE_CHECKING:
    import numpy.typing as npt

    from indicia.methods import Array

    Whole = npt.NDArray[np.int64]

_UNITS = 5_000
"""The most units of which all pairs are held at once."""


@dataclass(frozen=True)
class Footrule(Consensus):
    """Take the order from which units are the fewest places away, over all rankings.

    Needs scipy. Of several such orders it is one that is nearest to that of Borda, in which no two units could change
    places and be in its order; where that leaves a choice too, the first ranking that tells units apart decides.
    Holds all pairs of units and places at once, so that 5,000 units are the most, and takes time with the cube of their
    number.
    """

    name = "footrule"
    reference = "Dwork, Kumar, Naor & Sivakumar (2001), 10th International World Wide Web Conference"
    formula = r"\operatorname{arg\,min}_\pi \sum_j \sum_a |\pi_a - x_{ja}|"
    low_is_best = True
    depends_on_order = True

    def combine(self, rankings: Array) -> Array:
        kinds, kind_of, sizes = _told_apart(rankings)
        _check_size(self.name, len(kind_of), "median or borda")
        by_borda = np.repeat(np.arange(len(kinds)), sizes)
        places = np.arange(1, len(by_borda) + 1)
        twice = np.rint(2 * kinds).astype(np.int64)  # whole numbers, so that equal sums are equal
        away = np.zeros((len(kinds), len(places)), dtype=np.int64)
        for ranks in twice.T:
            away += np.abs(ranks[:, None] - 2 * places)
        from_borda = np.abs(places[:, None] - places)
        optimize = require_optional("scipy.optimize", "this consensus", "scipy")
        _, found = optimize.linear_sum_assignment(away[by_borda] * len(places) ** 2 + from_borda)
        _exchange(found, away[by_borda])
        mean: Array = np.bincount(by_borda, weights=found + 1) / sizes
        return mean[kind_of]


@dataclass(frozen=True)
class Kemeny(Consensus):
    """Take the order that contradicts the fewest pairs of units, over all rankings.

    Needs scipy. Of several such orders it is one that is nearest to that of Borda; where that leaves a choice
    too, the first ranking that tells units apart decides. Units that beat all others by
    majority come first, and so on down; what is left are circles, in which everyone is beaten by someone. Each is
    ordered on its own, exactly, and takes time that grows fast with its size: one of more than 60 units is refused.
    """

    name = "kemeny"
    reference = "Kemeny (1959), Daedalus 88(4); Conitzer, Davenport & Kalagnanam (2006), AAAI, for the programme"
    formula = r"\operatorname{arg\,min}_\pi \sum_{\pi_a < \pi_b} p_{ba}, \quad p_{ba} = |\{ j : x_{jb} < x_{ja} \}|"
    low_is_best = True
    depends_on_order = True

    def combine(self, rankings: Array) -> Array:
        kinds, kind_of, sizes = _told_apart(rankings)
        _check_size(self.name, len(kind_of), "schulze or borda")
        votes = np.zeros((len(kinds), len(kinds)), dtype=np.int64)
        for ranks in kinds.T:
            votes += ranks[:, None] < ranks
        margins = (votes - votes.T) * np.outer(sizes, sizes)
        order = [kind for circle in circles(margins >= 0) for kind in circle[ordered(margins[np.ix_(circle, circle)])]]
        before = np.cumsum(sizes[order]) - sizes[order]
        places = np.empty(len(kinds))
        places[order] = before + (sizes[order] + 1) / 2
        return places[kind_of]


def _exchange(place: Whole, away: Whole) -> None:
    """Let units in the order of Borda change places where all rankings together are as near to them afterwards.

    So a unit that no ranking puts behind another one is not behind it: the two may change places whenever it is. Each
    exchange brings places nearer to Borda's in the sum of squares, which ends it.
    """
    exchanged = True
    while exchanged:
        exchanged = False
        for unit in range(len(place) - 1):
            others = unit + 1 + np.flatnonzero(place[unit + 1 :] < place[unit])
            now = away[unit, place[unit]] + away[others, place[others]]
            others = others[away[unit, place[others]] + away[others, place[unit]] <= now]
            if len(others):
                other = others[place[others].argmin()]
                place[unit], place[other] = place[other], place[unit]
                exchanged = True


def _told_apart(rankings: Array) -> tuple[Array, Whole, Whole]:
    """Return the ranks of units that differ, in the order of Borda, which of them each unit is, and how many are.

    In that order nothing depends on the order in which the units came.
    """
    ranks = rankings.T
    told = np.column_stack([ranks.sum(axis=1), np.sort(ranks, axis=1), ranks])
    found, kind_of, sizes = np.unique(told, axis=0, return_inverse=True, return_counts=True)
    return found[:, -len(rankings) :], kind_of.ravel(), sizes


def _check_size(name: str, units: int, instead: str) -> None:
    if units > _UNITS:
        raise ValueError(f"{units} units are too many, {_UNITS} are the most: choose {instead}")
