"""Strongest paths between units. A path is as strong as its weakest arc.

Two units may be in one strongly connected component of the arcs of some strength, and in different components of the
arcs one level stronger. Then the unit that reaches the other by the stronger arcs has the stronger path.

The algorithm halves the levels of strength. At the middle level it splits the units into components. Above that level
it treats each component on its own; below it, each component as a single unit. Each halving takes one pass over all
pairs, where the algorithm of Floyd and Warshall takes time with the cube of the number of units.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from indicia_methods.relations import pack_rows, strong_components, topological_order, unpack_row

if TYPE_CHECKING:
    from typing import Any, TypeAlias

    import numpy.typing as npt

    from indicia.methods import Array
    from indicia_methods.arrays import Integers, Mask

    Strengths: TypeAlias = npt.NDArray[np.integer[Any]]


def count_beaten(levels: Strengths) -> Array:
    """Count, for each unit, the units to which its path is stronger than their path back.

    `levels`, shape (n, n), are the strengths of the arcs as integers; 0 means no arc.

    >>> count_beaten(np.array([[0, 2, 0], [0, 0, 3], [1, 0, 0]])).tolist()
    [2.0, 1.0, 0.0]
    """
    used = np.bincount(levels.ravel()) > 0
    used[0] = False
    levels = np.cumsum(used).astype(np.min_scalar_type(len(used)))[levels]
    units = np.arange(len(levels))
    beaten = np.zeros(len(levels), dtype=np.int64)
    _add_beaten(levels, units, units, 0, int(levels.max()) + 1, 1, beaten)
    return beaten.astype(float)


def _add_beaten(
    levels: Strengths, units: Integers, groups: Integers, low: int, high: int, middle: int, beaten: Integers
) -> None:
    """Add to `beaten` the wins among these units; their groups form a component at `low`, and none at `high`."""
    if high - low == 1:
        # no level lies between: a group has the stronger path to each group that it reaches by arcs of `high`
        beaten[units] += _count_reached(levels >= high, np.bincount(groups))[groups]
        return
    arcs = levels >= middle
    components = strong_components(pack_rows([arcs]), pack_rows([np.ascontiguousarray(arcs.T)]))
    sizes = [len(component) for component in components]
    order = np.array([group for component in components for group in component])
    component_of = np.empty_like(order)
    component_of[order] = np.repeat(np.arange(len(components)), sizes)
    component_of_group = component_of[groups]
    for number, component in enumerate(components):
        if len(component) > 1:
            place = np.zeros_like(order)
            place[component] = np.arange(len(component))
            inside = component_of_group == number
            levels_inside = levels[np.ix_(component, component)]
            _add_beaten(
                levels_inside, units[inside], place[groups[inside]], middle, high, (middle + high + 1) // 2, beaten
            )
    if len(components) == 1:
        return
    if len(components) < len(order):
        # below the middle a component is a single unit: its arcs are the strongest arcs of its groups
        starts = np.cumsum([0, *sizes[:-1]])
        levels = np.maximum.reduceat(np.maximum.reduceat(levels[np.ix_(order, order)], starts), starts, axis=1)
        np.fill_diagonal(levels, 0)
        groups = component_of_group
    _add_beaten(levels, units, groups, low, middle, (low + middle) // 2, beaten)


def _count_reached(arcs: Mask, sizes: Integers) -> Integers:
    """Count, for each group, the units of all groups that it reaches; the arcs have no cycle."""
    order = topological_order(pack_rows([arcs]))
    arcs_of = pack_rows([arcs[np.ix_(order, order)]])
    sizes_ahead = sizes[order]
    single = bool((sizes == 1).all())
    reached_from = [0] * len(order)
    counts = np.empty_like(sizes)
    for place in reversed(range(len(order))):
        pending, reached = arcs_of[place], 0
        while pending:
            nearest = pending & -pending  # the lowest bit: the first group in topological order
            reached |= nearest | reached_from[nearest.bit_length() - 1]
            pending &= ~reached
        reached_from[place] = reached
        counts[order[place]] = reached.bit_count() if single else sizes_ahead[unpack_row(reached, len(order))].sum()
    return counts
