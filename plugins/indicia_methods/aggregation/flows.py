"""Sums of preferences over all pairs of units, one indicator at a time, without looking at the pairs.

Once values are in order, the units that one is preferred to by a rule of thresholds are all those up to some place:
counting them takes a search, and adding up how far they are away takes running sums. Only the Gaussian rule looks at
pairs, block by block.

Functions take values from low to high, and return for each how far it is preferred to all others, and they to it.
"""

from __future__ import annotations

from math import isqrt
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from typing import TypeAlias

    import numpy.typing as npt

    from indicia.methods import Array

    Places: TypeAlias = npt.NDArray[np.int64]
    Mask: TypeAlias = npt.NDArray[np.bool_]

_CELLS = 32_768
"""Pairs compared at a time: they fit in the cache of a processor."""

_REACH = 8.7
"""From so many deviations on, a Gaussian preference is 1 to the last digit."""


def usual(tied: Mask) -> tuple[Array, Array]:
    """Any difference counts 1: to know which values are equal to the one that follows is enough."""
    units = len(tied) + 1
    below = np.arange(units, dtype=float)
    if not tied.any():
        return below, below[::-1]
    first = np.flatnonzero(np.append(True, ~tied))
    many = np.diff(np.append(first, units))
    return np.repeat(first, many).astype(float), np.repeat(units - many - first, many).astype(float)


def u_shape(upwards: Array, q: float) -> tuple[Array, Array]:
    """A difference of more than q counts 1."""
    return _counted(_beyond(upwards, q))


def level(upwards: Array, q: float, p: float) -> tuple[Array, Array]:
    """A difference of more than q counts a half, and of more than p the whole."""
    (over_q, under_q), (over_p, under_p) = (_counted(_beyond(upwards, threshold)) for threshold in (q, p))
    return (over_q + over_p) / 2, (under_q + under_p) / 2


def linear(upwards: Array, q: float, p: float) -> tuple[Array, Array]:
    """A difference up to q counts nothing, one of p or more 1, and between them in proportion."""
    units = len(upwards)
    upwards = upwards - upwards[units // 2]
    sums = _running(upwards)
    whole = np.searchsorted(upwards, upwards - p, side="right")
    some = np.arange(units) if q == 0 else np.maximum(np.searchsorted(upwards, upwards - q, side="left"), whole)
    plus = whole + ((some - whole) * (upwards - q) - (sums[some] - sums[whole])) / (p - q)
    whole, some = _up_to(whole), _up_to(some)
    minus = units - whole + ((sums[whole] - sums[some]) - (whole - some) * (upwards + q)) / (p - q)
    return plus, minus


def gaussian(upwards: Array, s: float) -> tuple[Array, Array]:
    """A difference d counts 1 - exp(-d² / 2s²)."""
    units = len(upwards)
    plus, minus = np.zeros(units), np.zeros(units)
    upwards = upwards / (s * np.sqrt(2.0))
    start = 0
    while start < units:
        far = int(np.searchsorted(upwards, upwards[start] - _REACH))
        stop = min(units, start + max(1, min(isqrt(_CELLS), _CELLS // (start - far + 1))))
        away = upwards[start:stop, None] - upwards[far:stop]
        np.clip(away, 0.0, 2 * _REACH, out=away)
        np.square(away, out=away)
        np.negative(away, out=away)
        np.expm1(away, out=away)
        plus[start:stop] = far - away.sum(axis=1)
        minus[:far] += stop - start
        minus[far:stop] -= away.sum(axis=0)
        start = stop
    return plus, minus


def _beyond(upwards: Array, threshold: float) -> Places:
    """Count for each value those from which it is more than the threshold away, as their difference is rounded."""
    count = np.searchsorted(upwards, upwards - threshold, side="left")
    while True:  # the threshold was taken off before comparing, which may round otherwise
        nearest = upwards[np.maximum(count - 1, 0)]
        too_near = np.flatnonzero((count > 0) & (upwards - nearest <= threshold))
        count[too_near] = np.searchsorted(upwards, nearest[too_near], side="left")
        following = upwards[np.minimum(count, len(upwards) - 1)]
        left_out = np.flatnonzero((count < len(upwards)) & (upwards - following > threshold))
        count[left_out] = np.searchsorted(upwards, following[left_out], side="right")
        if not (len(too_near) or len(left_out)):
            return count


def _up_to(count: Places) -> Places:
    """Return for each value how many have it not among those that they count."""
    found: Places = np.cumsum(np.bincount(count, minlength=len(count) + 1))[:-1]
    return found


def _counted(count: Places) -> tuple[Array, Array]:
    return count.astype(float), (len(count) - _up_to(count)).astype(float)


def _running(upwards: Array) -> Array:
    """Return running sums from the middle outwards, so that no extreme takes digits from sums that it is not in."""
    middle = len(upwards) // 2
    return np.concatenate([-np.cumsum(upwards[:middle][::-1])[::-1], [0.0], np.cumsum(upwards[middle:])])
