"""Weights of a node in equal steps over all that sum to 1, and projections of weights."""

from __future__ import annotations

from itertools import combinations
from math import comb
from typing import TYPE_CHECKING

import numpy as np

from indicia.errors import DefinitionError
from indicia.methods.numbers import widened

if TYPE_CHECKING:
    from indicia.methods import Array

NEARLY = 1 - 1e-9
"""The largest share of the way to a weight of 0 or 1: with a weight of 1, units without the part lack a score."""
_MOST = 2_000_000
"""The largest number of weights of a grid."""
_USUAL = 20_000
"""The largest number of weights of a grid whose step is not stated."""


def grid_size(parts: int, divisions: int, *, zeros: bool = False) -> int:
    """Return the number of weights of a grid.

    >>> grid_size(3, 4), grid_size(3, 4, zeros=True)
    (3, 15)
    """
    return comb(divisions + parts - 1, parts - 1) if zeros else comb(divisions - 1, parts - 1)


def usual_divisions(parts: int) -> int:
    """Return the divisions of a grid whose step is not stated: 20, or fewer if there are many parts."""
    return next((count for count in range(20, parts, -1) if grid_size(parts, count) <= _USUAL), parts + 1)


def divisions_of(step: float, parts: int, *, zeros: bool = False) -> int:
    """Return the number of steps from 0 to 1; an error if a step does not divide 1, or the grid is empty or too large.

    >>> divisions_of(0.05, 3)
    20
    """
    count = round(1 / step) if 0 < step <= 1 else 0
    low, high = widened(1, 1)
    if not low <= count * step <= high:
        raise DefinitionError(f"a grid of weights with steps of {step:g}: 1 is no multiple of it", remedy="0.05")
    size = grid_size(parts, count, zeros=zeros)
    if not size:
        raise DefinitionError(
            f"no {parts} weights above 0 in steps of {step:g} sum to 1",
            remedy=f"steps of {1 / (2 * parts):.3g} or less",
        )
    if size > _MOST:
        raise DefinitionError(f"a grid of {size:,} weights; {_MOST:,} are possible", remedy="a larger step")
    return count


def weight_grid(parts: int, divisions: int, *, zeros: bool = False) -> Array:
    """Return all weights that are multiples of 1 / divisions and sum to 1, (m, parts), in ascending order.

    >>> weight_grid(3, 4).tolist()
    [[0.25, 0.25, 0.5], [0.25, 0.5, 0.25], [0.5, 0.25, 0.25]]
    """
    # stars and bars: the places of the bars among all places
    places = divisions + parts - 1 if zeros else divisions - 1
    bars = np.array(list(combinations(range(1, places + 1), parts - 1)), dtype=np.int64).reshape(-1, parts - 1)
    ends = np.pad(bars, ((0, 0), (1, 1)), constant_values=((0, 0), (0, places + 1)))
    return np.asarray((np.diff(ends, axis=1) - zeros) / divisions)


def project_to_weights(vectors: Array) -> Array:
    """Return the nearest weights, 0 or more and with sum 1, of vectors (m, k).

    Source: Duchi, Shalev-Shwartz, Singer & Chandra (2008), 25th International Conference on Machine Learning, fig. 1.

    >>> project_to_weights(np.array([[0.5, 0.4, 0.4]])).round(3).tolist()
    [[0.4, 0.3, 0.3]]
    """
    ordered = -np.sort(-vectors, axis=1)
    excess = (np.cumsum(ordered, axis=1) - 1) / np.arange(1, vectors.shape[1] + 1)
    kept = (ordered > excess).sum(axis=1)
    return np.asarray(np.maximum(vectors - np.take_along_axis(excess, kept[:, None] - 1, axis=1), 0.0))


def ball(radius: float, count: int, parts: int, random: np.random.Generator) -> Array:
    """Draw vectors (count, parts) uniformly from a ball around 0."""
    directions = random.standard_normal((count, parts))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    lengths = radius * random.random(count) ** (1 / parts)
    return np.asarray(directions * lengths[:, None])
