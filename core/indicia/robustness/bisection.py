"""Bisection of many intervals at the same time, down to the point where a condition is first met.

Scoring many draws costs little more than scoring a single draw. So each interval is halved several times in one
attempt: margins predict the point at which the condition is first met, and all midpoints on the path to it are tried
together. The result equals that of plain bisection to the bit: a wrong prediction costs time, and changes nothing.
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
    """A mask of points at which the condition is met, and margins, negative elsewhere, that serve as a hint only."""

_DEPTH = 6
"""The number of halvings in the first attempt, before the quality of predictions is known."""


def bisect_all(
    attempt: Callable[[Whole, Array], Tried],
    low: Array,
    high: Array,
    margins: Array,
    *,
    halvings: int,
    batch_size: int,
    matters: Callable[[Array, Array], Mask] | None = None,
) -> tuple[Array, Array]:
    """Halve intervals (m,) several times, and return their ends; the condition is met at the high end.

    Parameters
    ----------
    attempt
        Tries points; its arguments are the numbers of the intervals and the points.
    low, high
        The ends of the intervals.
    margins
        The margins at the low and at the high ends, shape (2, m).
    halvings
        The number of times that each interval is halved.
    batch_size
        The number of points that are worth trying in one attempt.
    matters
        Returns a mask of the intervals that are halved further, from their ends; None for all.

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
        middles, likely = _predicted_path(ends[:, active], margins[:, active], depth)
        wanted = np.arange(depth)[:, None] < halvings_left[active]
        met, margin = np.zeros(wanted.shape, dtype=bool), np.full(wanted.shape, np.nan)
        met[wanted], margin[wanted] = attempt(np.broadcast_to(active, wanted.shape)[wanted], middles[wanted])
        # a midpoint counts if all predictions before it were right: plain bisection reaches it then
        counts = wanted & np.logical_and.accumulate(np.concatenate([wanted[:1], (met == likely)[:-1]]), axis=0)
        for level in range(depth):
            numbers, side = active[counts[level]], met[level, counts[level]].astype(int)
            ends[side, numbers] = middles[level, counts[level]]
            margins[side, numbers] = margin[level, counts[level]]
        walked = counts.sum(axis=0)
        halvings_left[active] -= walked
        if matters is not None:
            halvings_left[~matters(*ends)] = 0
        depth = 2 * round(walked.mean())  # close to the point, a prediction is right to twice as many digits
    return ends[0], ends[1]


def _predicted_path(ends: Array, margins: Array, depth: int) -> tuple[Array, Mask]:
    """Return the midpoints (depth, m) of bisection for linear margins, and a mask of turns to the low end."""
    (low, high), (below, above) = ends, margins
    with np.errstate(divide="ignore", invalid="ignore"):
        prediction = low - below * (high - low) / (above - below)
    prediction = np.where(np.isfinite(prediction), prediction, (low + high) / 2)
    middles, likely = np.empty((depth, len(low))), np.empty((depth, len(low)), dtype=bool)
    for level in range(depth):
        middles[level] = (low + high) / 2
        likely[level] = prediction <= middles[level]
        low, high = np.where(likely[level], low, middles[level]), np.where(likely[level], middles[level], high)
    return middles, likely
