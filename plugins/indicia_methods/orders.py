"""Orders that contradict as little of pairwise majorities as can be: of rankings, or of the components of an index."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from indicia.errors import require_optional

if TYPE_CHECKING:
    import numpy.typing as npt

    from indicia.methods import Array

    Whole = npt.NDArray[np.int64]

_FOR = "the order of Kemeny"
_CIRCLE = 60
"""The most units of a circle of majorities: an exact order of so many takes up to a minute."""
_NEAR = 1e-6
"""How far from a whole number a solution may be."""


def circles(beats: npt.NDArray[np.bool_]) -> list[Whole]:
    """Return the units in groups, of which each is ahead of the next by majority, whichever units are compared."""
    _, group = require_optional("scipy.sparse.csgraph", _FOR, "scipy").connected_components(beats, connection="strong")
    first_to_last = np.argsort(-beats.sum(axis=1), kind="stable")
    _, start = np.unique(group[first_to_last], return_index=True)
    return [np.flatnonzero(group == group[first_to_last[at]]) for at in np.sort(start)]


def ordered(margins: Array | Whole) -> Whole:
    """Return the order of units by the smallest sum of pairs that are contradicted; they come in the order of Borda.

    A variable per pair says how far the first is before the second. No three of them may make a circle; of these
    conditions few ever matter, so they are added where they do not hold.
    """
    units = len(margins)
    if units > _CIRCLE:
        raise ValueError(
            f"{units} units stand in a circle of majorities, and an exact order is found for {_CIRCLE} at most: choose "
            "schulze or borda, or leave units out"
        )
    first, second = np.triu_indices(units, 1)
    number = np.zeros((units, units), dtype=np.int64)
    number[first, second] = np.arange(len(first))
    a, b, c = np.array([*combinations(range(units), 3)], dtype=np.int64).reshape(-1, 3).T
    triples = np.stack([number[a, b], number[b, c], number[a, c]], axis=1)
    agreed = 1 / (len(first) + 1)  # as Borda has it: on all pairs together worth less than one vote
    gains: Array = np.asarray(margins[first, second] + agreed, dtype=np.float64)
    needed, whole = np.zeros(len(triples), dtype=bool), False
    while True:
        ahead = _solved(gains, triples[needed], whole)
        sums = ahead[triples] @ (1, 1, -1)
        broken = ~needed & ((sums < -_NEAR) | (sums > 1 + _NEAR))
        if not broken.any() and (whole or np.allclose(ahead, np.rint(ahead), rtol=0, atol=_NEAR)):
            break
        whole = whole or not broken.any()
        needed |= broken
    wins = np.bincount(first, np.rint(ahead), units) + np.bincount(second, 1 - np.rint(ahead), units)
    return np.argsort(-wins)


def _solved(gains: Array, triples: Whole, whole: bool) -> Array:
    """Return for each pair how far its first unit is ahead, from 0 to 1, at the largest gain."""
    if not len(gains):
        return gains
    optimize, sparse = (
        require_optional("scipy.optimize", _FOR, "scipy"),
        require_optional("scipy.sparse", _FOR, "scipy"),
    )
    rows = np.repeat(np.arange(len(triples), dtype=np.int32), 3)  # before scipy 1.12 milp takes no others
    columns = triples.ravel().astype(np.int32)
    sums = sparse.csr_array(
        (np.tile([1.0, 1.0, -1.0], len(triples)), (rows, columns)), shape=(len(triples), len(gains))
    )
    found = optimize.milp(
        -gains,
        integrality=int(whole),
        bounds=optimize.Bounds(0, 1),
        constraints=optimize.LinearConstraint(sums, 0, 1) if len(triples) else (),
        options={"mip_rel_gap": 0},
    )
    if found.x is None:
        raise ValueError(f"no order was found: {found.message}")
    ahead: Array = found.x
    return ahead
