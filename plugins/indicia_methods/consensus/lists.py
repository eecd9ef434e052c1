"""Lists that name some units only, as rankings of all units, and the votes on pairs of units."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from indicia.methods import Array


def with_unlisted_last(rankings: Array) -> Array:
    """Return ranks in which the units that a list does not name share its last places, at their mean.

    >>> with_unlisted_last(np.array([[1.0, np.nan, 2.0, np.nan]]))
    array([[1. , 3.5, 2. , 3.5]])
    """
    unlisted = np.isnan(rankings)
    units, listed = rankings.shape[1], (~unlisted).sum(axis=1, keepdims=True)
    return np.where(unlisted, (listed + 1 + units) / 2, rankings)


PAIRS = "two units: the votes of the rankings for a and for b, and the ties, and whether a has won, lost or tied"
"""The table of `votes_on_pairs`."""


def votes_of(rankings: Array, weights: Array) -> tuple[Array, Array]:
    """Return the weight of the rankings in which a precedes b, and of those that vote on both, each of shape (n, n).

    A list does not vote on two units that it does not name.

    >>> votes_of(np.array([[1.0, np.nan, np.nan], [2.0, 1.0, 3.0]]), np.array([3.0, 1.0]))[1][1]
    array([4., 1., 1.])
    """
    units = rankings.shape[1]
    votes, common = np.zeros((units, units)), np.zeros((units, units))
    for ranks, weight in zip(rankings, weights, strict=True):
        place = np.where(np.isnan(ranks), np.inf, ranks)
        votes += weight * (place[:, None] < place)
        common += weight * (np.isfinite(place)[:, None] | np.isfinite(place))
    return votes, common
