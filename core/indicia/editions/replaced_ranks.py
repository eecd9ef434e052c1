"""The rank that a unit would have with another score, among the present scores of all other units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from indicia.statistics.noise import NOISE

if TYPE_CHECKING:
    import numpy.typing as npt

    from indicia.methods import Array
    from indicia.robustness.rank_distribution import Ties

    Integers = npt.NDArray[np.int64]


def ranks_with_one_replaced(
    scores: Array, places: Integers, values: Array, ties: Ties, *, lowest_first: bool, positive: bool
) -> Array:
    """Rank one unit at a time with another score, while all other units keep theirs.

    Each rank is that of `rank_distribution.ranks` for the scores with one replaced; all ranks together take one sort.

    Parameters
    ----------
    scores : (units,) array
        The scores of all units; NaN for a unit without a score.
    places : (k,) array of int
        The unit whose score is replaced, for each rank.
    values : (k,) array
        The score in its place; NaN gives no rank.
    ties : {"min", "max", "average", "dense"}
        The rank of equal scores.
    lowest_first : bool
        True if the lowest score has rank 1.
    positive : bool
        True if rounding noise is relative to each score, as that of geometric means.

    Returns
    -------
    (k,) array
        Ranks; 1 is the best.

    >>> places, values = np.array([0, 2]), np.array([5.0, 9.0])
    >>> ranks_with_one_replaced(np.array([9.0, 7.0, 4.0]), places, values, "min", lowest_first=False, positive=False)
    array([2., 1.])
    """
    present = np.concatenate([scores[~np.isnan(scores)], values[~np.isnan(values)]])
    size = np.abs(present).max(initial=0.0)
    if positive and present.min(initial=np.inf) > 0:
        scores, values, size = np.log(scores), np.log(values), 1.0
    sign = -1.0 if lowest_first else 1.0
    scale = _Scale.of(sign * scores, NOISE * size)
    own = scale.place_of[places]
    start, end = scale.tied(sign * values)
    better = len(scale.ordered) - end - (own >= end)
    tied = end - start - ((own >= start) & (own < end))
    alone = (own >= end) & scale.is_single[np.maximum(own, 0)] if len(scale.ordered) else np.zeros(len(own), dtype=bool)
    ranks = {
        "min": better + 1.0,
        "max": better + tied + 1.0,
        "average": better + tied / 2 + 1.0,
        "dense": scale.levels_from(end) - alone + 1.0,
    }[ties]
    return np.where(np.isnan(values), np.nan, ranks)


@dataclass(frozen=True)
class _Scale:
    """Scores in ascending order, with the level that scores share if they differ by rounding noise only."""

    ordered: Array
    level: Integers
    first: Integers
    """The first place of each level, and the number of scores at the end, (levels + 1,)."""
    place_of: Integers
    """The place of each unit in the order, (units,); -1 for a unit without a score."""
    tolerance: float

    @classmethod
    def of(cls, scores: Array, tolerance: float) -> _Scale:
        """Return the order of the scores; larger scores are better."""
        order = np.argsort(scores)[: np.count_nonzero(~np.isnan(scores))]
        place_of = np.full(len(scores), -1)
        place_of[order] = np.arange(len(order))
        ordered = scores[order]
        level = np.cumsum(np.diff(ordered, prepend=ordered[:1]) > tolerance, dtype=np.int64)
        first = np.searchsorted(level, np.arange((level[-1] if len(level) else -1) + 2))
        return cls(ordered, level, first, place_of, tolerance)

    @property
    def is_single(self) -> npt.NDArray[np.bool_]:
        """True for each place whose level no other score shares."""
        single: npt.NDArray[np.bool_] = (np.diff(self.first) == 1)[self.level]
        return single

    def tied(self, values: Array) -> tuple[Integers, Integers]:
        """Return the first place that ties with each value, and the place after the last."""
        values = np.nan_to_num(values)
        start = np.searchsorted(self.ordered, values - self.tolerance, "left")
        end = np.searchsorted(self.ordered, values + self.tolerance, "right")
        ties = end > start
        if ties.any():  # a level reaches as far as its scores are neighbours
            start[ties] = self.first[self.level[start[ties]]]
            end[ties] = self.first[self.level[end[ties] - 1] + 1]
        return start, end

    def levels_from(self, places: Integers) -> Integers:
        """Return the number of levels from each place up."""
        levels = len(self.first) - 1
        below = np.append(self.level, levels)
        counts: Integers = levels - below[places]
        return counts
