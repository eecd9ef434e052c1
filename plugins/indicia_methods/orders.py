"""Kemeny orders, which contradict as few pairwise majorities as possible: of rankings, or of components."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from indicia.errors import require_optional

if TYPE_CHECKING:
    from indicia.methods import Array
    from indicia_methods.arrays import Integers, Mask


_PURPOSE = "the order of Kemeny"
_MOST_UNITS = 60
"""Largest cycle of majorities: its exact order takes up to a minute."""
_UNITS = 5_000
"""Most units whose pairs are all held in memory."""
_TOLERANCE = 1e-6
"""A solution this close to an integer is that integer."""


def refuse_more_units(units: int, alternatives: str) -> None:
    """Refuse a number of units whose pairs do not fit in memory."""
    if units > _UNITS:
        raise ValueError(f"{units} units are too many, {_UNITS} are the most: choose {alternatives}")


def kemeny_ranks(margins: Array | Integers, sizes: Integers) -> Array:
    """Rank kinds of units, 1 the best, by their margins over each other; `sizes` are the units of each kind.

    Units of one kind share the mean of their ranks. Kinds come in the order of Borda.
    """
    order = [
        kind
        for component in majority_components(margins >= 0)
        for kind in component[kemeny_order(margins[np.ix_(component, component)])]
    ]
    ranks = np.empty(len(sizes))
    ranks[order] = np.cumsum(sizes[order]) - sizes[order] + (sizes[order] + 1) / 2
    return ranks


def majority_components(beats: Mask) -> list[Integers]:
    """Split the units into groups. Each unit of a group beats each unit of the later groups by majority."""
    _, component = require_optional("scipy.sparse.csgraph", _PURPOSE, "scipy").connected_components(
        beats, connection="strong"
    )
    first_to_last = np.argsort(-beats.sum(axis=1), kind="stable")
    _, start = np.unique(component[first_to_last], return_index=True)
    return [np.flatnonzero(component == component[first_to_last[place]]) for place in np.sort(start)]


def kemeny_order(margins: Array | Integers) -> Integers:
    """Order the units so that the margins of the contradicted pairs have the smallest sum; units come in Borda's order.

    A variable for each pair is 1 if its first unit precedes its second. For each three units a constraint excludes a
    cycle. Few of these constraints bind, so a constraint is added only after a solution has violated it.
    """
    units = len(margins)
    if units > _MOST_UNITS:
        raise ValueError(
            f"{units} units are in a cycle of majorities, and exact orders are limited to {_MOST_UNITS}: choose "
            "schulze or borda, or leave units out"
        )
    first, second = np.triu_indices(units, 1)
    number = np.zeros((units, units), dtype=np.int64)
    number[first, second] = np.arange(len(first))
    a, b, c = np.array([*combinations(range(units), 3)], dtype=np.int64).reshape(-1, 3).T
    triples = np.stack([number[a, b], number[b, c], number[a, c]], axis=1)
    tie_break = 1 / (len(first) + 1)  # prefers Borda's order; all pairs together count less than one vote
    gains: Array = np.asarray(margins[first, second] + tie_break, dtype=np.float64)
    required, integral = np.zeros(len(triples), dtype=bool), False
    while True:
        first_wins = _maximise(gains, triples[required], integral)
        sums = first_wins[triples] @ (1, 1, -1)
        violated = ~required & ((sums < -_TOLERANCE) | (sums > 1 + _TOLERANCE))
        if not violated.any() and (integral or np.allclose(first_wins, np.rint(first_wins), rtol=0, atol=_TOLERANCE)):
            break
        integral = integral or not violated.any()
        required |= violated
    wins = np.bincount(first, np.rint(first_wins), units) + np.bincount(second, 1 - np.rint(first_wins), units)
    return np.argsort(-wins)


def _maximise(gains: Array, triples: Integers, integral: bool) -> Array:
    """Return the degree (0 to 1) to which the first unit of each pair precedes the second, at the largest gain."""
    if not len(gains):
        return gains
    optimize, sparse = (
        require_optional("scipy.optimize", _PURPOSE, "scipy"),
        require_optional("scipy.sparse", _PURPOSE, "scipy"),
    )
    rows = np.repeat(np.arange(len(triples), dtype=np.int32), 3)  # scipy before 1.12 takes int32 only
    columns = triples.ravel().astype(np.int32)
    sums = sparse.csr_array(
        (np.tile([1.0, 1.0, -1.0], len(triples)), (rows, columns)), shape=(len(triples), len(gains))
    )
    solution = optimize.milp(
        -gains,
        integrality=int(integral),
        bounds=optimize.Bounds(0, 1),
        constraints=optimize.LinearConstraint(sums, 0, 1) if len(triples) else (),
        options={"mip_rel_gap": 0},
    )
    if solution.x is None:
        raise ValueError(f"scipy finds no order: {solution.message}")
    first_wins: Array = solution.x
    return first_wins
