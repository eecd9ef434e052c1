"""Bisection of many intervals at the same time, down to the point where a condition is first met.

Scoring many draws costs little more than scoring a single draw. So one attempt halves each interval several
times: margins predict the point at which the condition is first met, and the attempt tests all midpoints on the path to
this point. The result equals that of plain bisection exactly: a wrong prediction costs time only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from indicia.methods import Array

    Integers = npt.NDArray[np.int64]
    Mask = npt.NDArray[np.bool_]
    Attempt: TypeAlias = "tuple[Mask, Array]"
    """A mask of the points that meet the condition, and margins for predictions: negative where it is not met."""

_DEPTH = 6
"""The number of halvings in the first attempt, before the quality of predictions is known."""


def bisect_all(
    attempt: Callable[[Integers, Array], Attempt],
    low: Array,
    high: Array,
    margins: Array,
    *,
    halvings: int,
    batch_size: int,
    needs_halving: Callable[[Array, Array], Mask] | None = None,
) -> tuple[Array, Array]:
    """Halve intervals (m,) several times, and return their ends; the condition is met at the high end.

    Parameters
    ----------
    attempt
        Tests points; its arguments are the number of the interval of each point, and the points.
    low, high
        The ends of the intervals.
    margins
        The margins at the low and at the high ends, shape (2, m).
    halvings
        The number of times that each interval is halved.
    batch_size
        The number of points that one attempt tests efficiently.
    needs_halving
        Returns a mask of the intervals that are halved further; its arguments are their ends. None for all.

    >>> ends = bisect_all(
    ...     lambda _, x: (x**2 >= 2, x**2 - 2),
    ...     low=np.array([0.0]),
    ...     high=np.array([2.0]),
    ...     margins=np.array([[-2.0], [2.0]]),
    ...     halvings=40,
    ...     batch_size=100,
    ... )
    >>> [end.round(9).tolist() for end in ends]
    [[1.414213562], [1.414213562]]
    """
    ends, margins = np.stack([low, high]), margins.copy()
    halvings_left, depth = np.full(len(low), halvings), _DEPTH
    while len(active := np.flatnonzero(halvings_left)):
        depth = min(depth, max(1, batch_size // len(active)), int(halvings_left.max()))
        middles, predicted = _predicted_path(ends[:, active], margins[:, active], depth)
        is_needed = np.arange(depth)[:, None] < halvings_left[active]
        is_met, margin = np.zeros(is_needed.shape, dtype=bool), np.full(is_needed.shape, np.nan)
        is_met[is_needed], margin[is_needed] = attempt(
            np.broadcast_to(active, is_needed.shape)[is_needed], middles[is_needed]
        )
        # plain bisection reaches a midpoint only if all predictions before it are right
        is_reached = is_needed & np.logical_and.accumulate(
            np.concatenate([is_needed[:1], (is_met == predicted)[:-1]]), axis=0
        )
        for level in range(depth):
            numbers, side = active[is_reached[level]], is_met[level, is_reached[level]].astype(int)
            ends[side, numbers] = middles[level, is_reached[level]]
            margins[side, numbers] = margin[level, is_reached[level]]
        levels_reached = is_reached.sum(axis=0)
        halvings_left[active] -= levels_reached
        if needs_halving is not None:
            halvings_left[~needs_halving(*ends)] = 0
        # near the point, each prediction has about twice as many correct digits as the last
        depth = 2 * round(levels_reached.mean())
    return ends[0], ends[1]


def _predicted_path(ends: Array, margins: Array, depth: int) -> tuple[Array, Mask]:
    """Return the midpoints (depth, m) of bisection for linear margins, and a mask of turns to the low end."""
    (low, high), (below, above) = ends, margins
    with np.errstate(divide="ignore", invalid="ignore"):
        prediction = low - below * (high - low) / (above - below)
    prediction = np.where(np.isfinite(prediction), prediction, (low + high) / 2)
    middles, predicted = np.empty((depth, len(low))), np.empty((depth, len(low)), dtype=bool)
    for level in range(depth):
        middles[level] = (low + high) / 2
        predicted[level] = prediction <= middles[level]
        low, high = np.where(predicted[level], low, middles[level]), np.where(predicted[level], middles[level], high)
    return middles, predicted
