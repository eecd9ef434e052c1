"""Strongest paths: a path is as strong as its weakest arc.

Of two units that are in a circle of arcs of some strength, but in none of the next, the one that reaches the other by
arcs of the next has the stronger path. So the units are parted into circles at a middle strength, each circle is looked
at above it, and the circles as single units below it: in the time of as many looks at all pairs as it takes to halve
the strengths down to one, where a path through every unit takes time with the cube of their number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from indicia_methods.relations import cycles, outwards, row, rows

if TYPE_CHECKING:
    from typing import Any, TypeAlias

    import numpy.typing as npt

    from indicia.methods import Array
    from indicia_methods.relations import Mask, Places

    Levels: TypeAlias = npt.NDArray[np.integer[Any]]


def beaten(levels: Levels) -> Array:
    """Count, per unit, the others to which it has a stronger path than they to it.

    `levels`, shape (n, n), are the strengths of arcs as whole numbers; 0 is no arc.

    >>> beaten(np.array([[0, 2, 0], [0, 0, 3], [1, 0, 0]])).tolist()
    [2.0, 1.0, 0.0]
    """
    used = np.bincount(levels.ravel()) > 0
    used[0] = False
    levels = np.cumsum(used).astype(np.min_scalar_type(len(used)))[levels]
    units = np.arange(len(levels))
    won = np.zeros(len(levels), dtype=np.int64)
    _count(levels, units, units, 0, int(levels.max()) + 1, 1, won)
    return won.astype(float)


def _count(levels: Levels, units: Places, groups: Places, low: int, high: int, middle: int, won: Places) -> None:
    """Add to units how many they beat of each other; their groups are in one circle at `low`, in none at `high`."""
    if high - low == 1:
        won[units] += _ahead(levels >= high, np.bincount(groups))[groups]
        return
    arcs = levels >= middle
    circles = cycles(rows([arcs]), rows([np.ascontiguousarray(arcs.T)]))
    sizes = [len(circle) for circle in circles]
    order = np.array([group for circle in circles for group in circle])
    circle_of = np.empty_like(order)
    circle_of[order] = np.repeat(np.arange(len(circles)), sizes)
    among = circle_of[groups]
    for number, circle in enumerate(circles):
        if len(circle) > 1:
            place = np.zeros_like(order)
            place[circle] = np.arange(len(circle))
            inside = among == number
            own = levels[np.ix_(circle, circle)]
            _count(own, units[inside], place[groups[inside]], middle, high, (middle + high + 1) // 2, won)
    if len(circles) == 1:
        return
    if len(circles) < len(order):
        starts = np.cumsum([0, *sizes[:-1]])
        levels = np.maximum.reduceat(np.maximum.reduceat(levels[np.ix_(order, order)], starts), starts, axis=1)
        np.fill_diagonal(levels, 0)
        groups = among
    _count(levels, units, groups, low, middle, (low + middle) // 2, won)


def _ahead(arcs: Mask, sizes: Places) -> Places:
    """Return, per group, the number of units in the groups that it reaches by arcs, of which none makes a circle."""
    order = outwards(rows([arcs]))
    ahead = rows([arcs[np.ix_(order, order)]])
    sizes_ahead = sizes[order]
    alone = bool((sizes == 1).all())
    reached = [0] * len(order)
    counts = np.empty_like(sizes)
    for at in reversed(range(len(order))):
        left, found = ahead[at], 0
        while left:
            nearest = left & -left
            found |= nearest | reached[nearest.bit_length() - 1]
            left &= ~found
        reached[at] = found
        counts[order[at]] = found.bit_count() if alone else sizes_ahead[row(found, len(order))].sum()
    return counts
