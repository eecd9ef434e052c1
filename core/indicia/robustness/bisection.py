"""Halve many intervals side by side, down to where a condition is first met.

Scores of many draws cost little more than those of one. So each interval is halved several times at once: margins tell
where a condition is likely to be met first, and all middles on the way there are tried together. What is found is what
halving one by one finds, to the bit: a guess that misses costs time, and changes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from indicia.methods import Array

    Whole = npt.NDArray[np.int64]
    Mask = npt.NDArray[np.bool_]
    Tried: TypeAlias = "tuple[Mask, Array]"
    """Whether the condition is met, and the margin by which: of other sign where it is not, and only a hint."""

_DEPTH = 6
"""How often intervals are halved at first, before it is known how good guesses are."""


def halved(
    attempt: Callable[[Whole, Array], Tried],
    low: Array,
    high: Array,
    margins: Array,
    *,
    halvings: int,
    at_once: int,
    matters: Callable[[Array, Array], Mask] | None = None,
) -> tuple[Array, Array]:
    """Halve intervals (m,) so many times, and return their ends: the condition is met at the high end.

    Parameters
    ----------
    attempt
        Tries points of intervals, given as the numbers of these and as the points.
    low, high
        The ends of the intervals.
    margins
        Those at the low and at the high ends, shape (2, m).
    halvings
        The number of times that each interval is halved.
    at_once
        The number of points that are worth trying together.
    matters
        Tells by the ends so far which intervals are halved further; None: all.

    >>> ends = halved(
    ...     lambda _, x: (x**2 >= 2, x**2 - 2),
    ...     low=np.array([0.0]),
    ...     high=np.array([2.0]),
    ...     margins=np.array([[-2.0], [2.0]]),
    ...     halvings=40,
    ...     at_once=100,
    ... )
    >>> [end.round(9).tolist() for end in ends]
    [[1.414213562], [1.414213562]]
    """
    ends, margins = np.stack([low, high]), margins.copy()
    left, depth = np.full(len(low), halvings), _DEPTH
    while len(going := np.flatnonzero(left)):
        depth = min(depth, max(1, at_once // len(going)), int(left.max()))
        middles, likely = _way(ends[:, going], margins[:, going], depth)
        wanted = np.arange(depth)[:, None] < left[going]
        met, margin = np.zeros(wanted.shape, dtype=bool), np.full(wanted.shape, np.nan)
        met[wanted], margin[wanted] = attempt(np.broadcast_to(going, wanted.shape)[wanted], middles[wanted])
        # a middle counts if all before it turned out as was likely: it is the one that halving comes to
        counts = wanted & np.logical_and.accumulate(np.concatenate([wanted[:1], (met == likely)[:-1]]), axis=0)
        for level in range(depth):
            numbers, there = going[counts[level]], met[level, counts[level]].astype(int)
            ends[there, numbers] = middles[level, counts[level]]
            margins[there, numbers] = margin[level, counts[level]]
        walked = counts.sum(axis=0)
        left[going] -= walked
        if matters is not None:
            left[~matters(*ends)] = 0
        depth = 2 * round(walked.mean())  # near to where it is met, a guess is right to twice as many digits
    return ends[0], ends[1]


def _way(ends: Array, margins: Array, depth: int) -> tuple[Array, Mask]:
    """Return the middles (depth, m) that halving comes to if margins are linear, and where it goes on below them."""
    (low, high), (below, above) = ends, margins
    with np.errstate(divide="ignore", invalid="ignore"):
        guess = low - below * (high - low) / (above - below)
    guess = np.where(np.isfinite(guess), guess, (low + high) / 2)
    middles, likely = np.empty((depth, len(low))), np.empty((depth, len(low)), dtype=bool)
    for level in range(depth):
        middles[level] = (low + high) / 2
        likely[level] = guess <= middles[level]
        low, high = np.where(likely[level], low, middles[level]), np.where(likely[level], middles[level], high)
    return middles, likely
