"""Sums of preferences over all pairs of units for a single component, without a loop over the pairs.

In ascending order, the units to which a unit is preferred by a threshold are all units up to a certain place. A binary
search counts them, and running sums add up their distances. Only the Gaussian function computes pairs, in blocks.

Each function takes ascending values. It returns, for each value, the sum of its preferences over all others, and the
sum of their preferences over it.
"""

from __future__ import annotations

from math import isqrt
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from indicia.methods import Array
    from indicia_methods.arrays import Integers, Mask


_CELLS = 32_768
"""Pairs computed at a time, so that they fit in the cache of a processor."""

_REACH = 8.7
"""From this number of √2 s on, a Gaussian preference is 1 to the last digit."""


def usual(tied: Mask) -> tuple[Array, Array]:
    """A positive difference counts 1. `tied` is True where a value equals the next."""
    units = len(tied) + 1
    below = np.arange(units, dtype=float)
    if not tied.any():
        return below, below[::-1]
    first = np.flatnonzero(np.append(True, ~tied))
    sizes = np.diff(np.append(first, units))
    return np.repeat(first, sizes).astype(float), np.repeat(units - sizes - first, sizes).astype(float)


def u_shape(ascending: Array, q: float) -> tuple[Array, Array]:
    """A difference above q counts 1."""
    return _counts_as_sums(_count_below(ascending, q))


def level(ascending: Array, q: float, p: float) -> tuple[Array, Array]:
    """A difference above q counts ½, and above p it counts 1."""
    (over_q, under_q), (over_p, under_p) = (_counts_as_sums(_count_below(ascending, threshold)) for threshold in (q, p))
    return (over_q + over_p) / 2, (under_q + under_p) / 2


def linear(ascending: Array, q: float, p: float) -> tuple[Array, Array]:
    """A difference up to q counts 0, from p on it counts 1, and in between it counts in proportion."""
    units = len(ascending)
    ascending = ascending - ascending[units // 2]
    sums = _centred_running_sums(ascending)
    full = np.searchsorted(ascending, ascending - p, side="right")
    partial = np.arange(units) if q == 0 else np.maximum(np.searchsorted(ascending, ascending - q, side="left"), full)
    plus = full + ((partial - full) * (ascending - q) - (sums[partial] - sums[full])) / (p - q)
    full, partial = _count_at_most(full), _count_at_most(partial)
    minus = units - full + ((sums[full] - sums[partial]) - (full - partial) * (ascending + q)) / (p - q)
    return plus, minus


def gaussian(ascending: Array, s: float) -> tuple[Array, Array]:
    """A difference d counts 1 - exp(-d² / 2s²)."""
    units = len(ascending)
    plus, minus = np.zeros(units), np.zeros(units)
    ascending = ascending / (s * np.sqrt(2.0))
    start = 0
    while start < units:
        first_near = int(np.searchsorted(ascending, ascending[start] - _REACH))
        stop = min(units, start + max(1, min(isqrt(_CELLS), _CELLS // (start - first_near + 1))))
        preferences = ascending[start:stop, None] - ascending[first_near:stop]
        np.clip(preferences, 0.0, 2 * _REACH, out=preferences)
        np.square(preferences, out=preferences)
        np.negative(preferences, out=preferences)
        np.expm1(preferences, out=preferences)
        plus[start:stop] = first_near - preferences.sum(axis=1)
        minus[:first_near] += stop - start
        minus[first_near:stop] -= preferences.sum(axis=0)
        start = stop
    return plus, minus


def _count_below(ascending: Array, threshold: float) -> Integers:
    """Count, for each value, the values that it exceeds by more than the threshold, by rounded differences."""
    count = np.searchsorted(ascending, ascending - threshold, side="left")
    while True:  # x - threshold > y may round differently from x - y > threshold
        nearest = ascending[np.maximum(count - 1, 0)]
        too_near = np.flatnonzero((count > 0) & (ascending - nearest <= threshold))
        count[too_near] = np.searchsorted(ascending, nearest[too_near], side="left")
        following = ascending[np.minimum(count, len(ascending) - 1)]
        left_out = np.flatnonzero((count < len(ascending)) & (ascending - following > threshold))
        count[left_out] = np.searchsorted(ascending, following[left_out], side="right")
        if not (len(too_near) or len(left_out)):
            return count


def _count_at_most(count: Integers) -> Integers:
    """Count, for each place, the values whose count is at most this place."""
    cumulated: Integers = np.cumsum(np.bincount(count, minlength=len(count) + 1))[:-1]
    return cumulated


def _counts_as_sums(count: Integers) -> tuple[Array, Array]:
    return count.astype(float), (len(count) - _count_at_most(count)).astype(float)


def _centred_running_sums(ascending: Array) -> Array:
    """Return running sums from the middle outwards: an extreme value then affects only sums that include it."""
    middle = len(ascending) // 2
    return np.concatenate([-np.cumsum(ascending[:middle][::-1])[::-1], [0.0], np.cumsum(ascending[middle:])])
