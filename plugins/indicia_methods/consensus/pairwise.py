"""Consensus rankings from comparisons of each pair of units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from pydantic import Field

from indicia.methods import Array, Consensus, RankingContext
from indicia.methods.contract import check_pairs
from indicia_methods import relations
from indicia_methods.consensus.lists import PAIRS, votes_of, with_unlisted_last
from indicia_methods.relations import count_beaten

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from indicia.methods.contract import DetailTable

    Counts = npt.NDArray[np.unsignedinteger[Any]]


_NOISE = 1e-12
"""A smaller margin, as a share of the sum of the weights, is a tie: the sums of weights are rounded."""

_CELLS = 4_000_000
"""Pairs compared at a time, which bounds the memory for any number of units."""


@dataclass(frozen=True)
class Copeland(Consensus):
    """Count the units that a unit beats by majority of rankings, less those that beat it.

    A ranking votes with its weight. A list does not vote on two units that it does not name, and a unit that it names
    precedes all that it does not.
    """

    name = "copeland"
    reference = "Copeland (1951), A reasonable social welfare function"
    formula = r"\sum_b \operatorname{sgn} \left( p_{ab} - p_{ba} \right), \quad p_{ab} = |\{ j : x_{ja} < x_{jb} \}|"
    takes_weights = True
    takes_partial = True
    detail_tables = {"pairs": PAIRS}

    def detail_table(self, table: str, rankings: Array, context: RankingContext, units: Sequence[str]) -> DetailTable:
        check_pairs(len(units))
        return relations.votes_on_pairs(*votes_of(rankings, context.weights), units)

    def combine_lists(self, rankings: Array, context: RankingContext) -> Array:
        ranks, scores = with_unlisted_last(rankings), np.zeros(rankings.shape[1])
        noise = _NOISE * context.weights.sum()
        for unit in range(len(scores)):
            margins = context.weights @ np.sign(ranks - ranks[:, [unit]])
            scores[unit] = (margins > noise).sum() - float((margins < -noise).sum())
        return scores

    def combine(self, rankings: Array) -> Array:
        units = rankings.shape[1]
        step = max(1, _CELLS // units)
        scores = np.zeros(units)
        for start in range(0, units, step):
            rows = slice(start, start + step)
            ahead, behind = _count_ahead(rankings, rows), _count_ahead(units + 1 - rankings, rows)
            scores[rows] = (ahead > behind).sum(axis=1) - (ahead < behind).sum(axis=1, dtype=float)
        return scores


@dataclass(frozen=True)
class Schulze(Consensus):
    """Count the units to which a unit has the stronger path of majorities; a majority is as strong as its votes.

    The method keeps all pairs of units in memory.
    """

    name = "schulze"
    reference = "Schulze (2011), Social Choice and Welfare 36(2)"
    formula = (
        r"|\{ b : P_{ab} > P_{ba} \}|, \quad "
        r"P_{ab} = \max_{a \to \dots \to b} \min_{c \to d} p_{cd} \, [p_{cd} > p_{dc}], "
        r"\quad p_{ab} = |\{ j : x_{ja} < x_{jb} \}|"
    )
    detail_tables = {
        "pairs": "two units: the votes of the rankings for a, the strength of the strongest path from a to b, 0 if "
        "there is none, and whether a has won, lost or tied by the paths in both directions"
    }

    def detail_table(self, table: str, rankings: Array, context: RankingContext, units: Sequence[str]) -> DetailTable:
        check_pairs(len(units))
        votes = votes_of(rankings, context.weights)[0]
        strengths = np.where(votes > votes.T, votes, 0).astype(np.int32)
        return relations.paths_of_pairs(strengths, votes, units)

    def combine(self, rankings: Array) -> Array:
        votes = _count_ahead(rankings, slice(None))
        return count_beaten(np.where(votes > votes.T, votes, 0))


@dataclass(frozen=True)
class Dominance(Consensus):
    """Count the units behind a unit in each ranking; two steps add the units behind each of these units."""

    name = "dominance"
    reference = "Anton & Rorres (2013), Elementary Linear Algebra: Applications Version, dominance-directed graphs"
    formula = r"\sum_j <steps> \mathbf{1}, \quad (A_j)_{ab} = [x_{ja} < x_{jb}]"
    variants = {
        "steps": {
            1: "A_j",
            2: "(A_j + A_j^2)",
        },
    }

    steps: Annotated[Literal[1, 2], Field(description="1: direct dominance only; 2: also the squared matrix")] = 2

    def combine(self, rankings: Array) -> Array:
        power = np.zeros_like(rankings)
        for _ in range(self.steps):
            power = _sum_behind(rankings, 1 + power)
        scores: Array = power.sum(axis=0)
        return scores


def _count_ahead(rankings: Array, rows: slice) -> Counts:
    """Count the rankings in which the unit of the row precedes the unit of the column, shape (rows, n)."""
    units = rankings.shape[1]
    places = np.rint(2 * rankings).astype(np.min_scalar_type(2 * units))  # ranks of ties end in ½
    votes = np.zeros((len(rankings[0, rows]), units), dtype=np.min_scalar_type(len(rankings)))
    for place in places:
        votes += place[rows, None] < place
    return votes


def _sum_behind(rankings: Array, values: Array) -> Array:
    """Sum, in each ranking, the values of the units behind each unit, shape (m, n)."""
    sums_behind = np.empty_like(rankings)
    for row, (ranks, value) in enumerate(zip(rankings, values, strict=True)):
        order = np.argsort(ranks)
        sums = value[order].cumsum()
        sums_behind[row] = sums[-1] - sums[np.searchsorted(ranks[order], ranks, side="right") - 1]
    return sums_behind
