"""Consensus rankings from the ranks of each unit alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field

from indicia.methods import Consensus
from indicia_methods.consensus.lists import with_unlisted_last

if TYPE_CHECKING:
    from indicia.methods import Array, RankingContext


@dataclass(frozen=True)
class Borda(Consensus):
    """Give a unit one point for each unit behind it in each ranking, and half a point for each tied unit.

    The points of a ranking count times its weight. The units that a list does not name share its last places, and so
    the remaining points.
    """

    name = "borda"
    reference = (
        "Borda (1781), Mémoire sur les élections au scrutin; Dwork, Kumar, Naor & Sivakumar (2001), 10th International "
        "World Wide Web Conference, for lists that name some units only"
    )
    formula = r"\sum_j (n - x_j)"
    takes_weights = True
    takes_partial = True

    def combine(self, rankings: Array) -> Array:
        points: Array = (rankings.shape[1] - rankings).sum(axis=0)
        return points

    def combine_lists(self, rankings: Array, context: RankingContext) -> Array:
        points = rankings.shape[1] - with_unlisted_last(rankings)
        weighted: Array = (context.weights[:, None] * points).sum(axis=0)
        return weighted


@dataclass(frozen=True)
class MeanRank(Consensus):
    """Take the mean of the ranks: the order of `borda`, on the scale of ranks.

    The rankings count by their weights. The units that a list does not name share its last places.
    """

    name = "mean_rank"
    reference = "Kendall & Gibbons (1990), Rank Correlation Methods (5th edition)"
    formula = r"\frac{1}{m} \sum_j x_j"
    low_is_best = True
    takes_weights = True
    takes_partial = True

    def combine(self, rankings: Array) -> Array:
        mean: Array = rankings.mean(axis=0)
        return mean

    def combine_lists(self, rankings: Array, context: RankingContext) -> Array:
        return np.average(with_unlisted_last(rankings), axis=0, weights=context.weights)


@dataclass(frozen=True)
class Median(Consensus):
    """Take the median of the ranks, which a single deviating ranking does not change."""

    name = "median"
    reference = "Fagin, Kumar & Sivakumar (2003), ACM SIGMOD"
    formula = r"\operatorname{median}_j x_j"
    low_is_best = True

    def combine(self, rankings: Array) -> Array:
        return np.median(rankings, axis=0)


@dataclass(frozen=True)
class RankPosition(Consensus):
    """Take the reciprocal of the sum of reciprocal ranks; first places count most."""

    name = "rank_position"
    reference = "Nuray & Can (2006), Information Processing & Management 42(3)"
    formula = r"\left( \sum_j \frac{1}{x_j} \right)^{-1}"
    low_is_best = True

    def combine(self, rankings: Array) -> Array:
        reciprocals: Array = (1 / rankings).sum(axis=0)
        return 1 / reciprocals


@dataclass(frozen=True)
class ReciprocalRankFusion(Consensus):
    """Add up the reciprocals of ranks plus k. The larger k, the smaller the effect of first places.

    A list adds nothing to a unit that it does not name.
    """

    name = "reciprocal_rank_fusion"
    reference = "Cormack, Clarke & Büttcher (2009), ACM SIGIR"
    formula = r"\sum_j \frac{1}{k + x_j}"
    symbols = {"k": "k"}
    takes_weights = True
    takes_partial = True

    k: Annotated[float, Field(ge=0, description="constant added to each rank")] = 60.0

    def combine(self, rankings: Array) -> Array:
        fused: Array = (1 / (self.k + rankings)).sum(axis=0)
        return fused

    def combine_lists(self, rankings: Array, context: RankingContext) -> Array:
        terms = np.where(np.isnan(rankings), 0.0, 1 / (self.k + rankings))
        fused: Array = (context.weights[:, None] * terms).sum(axis=0)
        return fused
