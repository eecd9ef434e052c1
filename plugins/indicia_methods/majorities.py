"""Further results of voting rules: the votes on each pair of units, strongest paths, and all orders of Kemeny."""

from __future__ import annotations

from itertools import product
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from indicia.methods import pair_table
from indicia.methods.detail_tables import check_pairs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from indicia.methods import Array
    from indicia.methods.detail_tables import DetailTable
    from indicia_methods.arrays import Integers, Mask, Words
    from indicia_methods.paths import Strengths

_ROUNDING = 1e-12
"""Sums of weights up to this size are rounding errors of 0."""

_EQUAL = 1e-10
"""Distances that differ by less are equal."""

_IN_CYCLE, _WEAKLY = 12, 10
"""The most units in a cycle of majorities whose orders are listed, and the most units whose weak orders are."""

_ORDERS = 1_000
"""The largest number of orders in a table."""


def votes_on_pairs(votes: Array, common: Array | float, units: Sequence[str]) -> DetailTable:
    """Return the weight of the components for a, for b and for neither, and whether a wins, of each ordered pair."""
    return pair_table(
        units,
        a_ahead=votes,
        b_ahead=votes.T,
        tied=_ties(votes, common),
        outcome=_outcomes(votes, _ROUNDING),
    )


def _ties(votes: Array, common: Array | float) -> Array:
    ties: Array = common - votes - votes.T
    return np.where(ties > _ROUNDING, ties, 0.0)


def _outcomes(strengths: Array, rounding: float) -> Words:
    won: Mask = strengths > strengths.T + rounding
    words: Words = np.select([won, won.T], ["won", "lost"], "tied").astype(object)
    return words


def paths_of_pairs(levels: Strengths, votes: Array, units: Sequence[str]) -> DetailTable:
    """Return the strength of the strongest path from a to b, and whether it beats the path back.

    `levels`, shape (n, n), are the ranks of the strengths of majorities, with 0 for no majority.
    """
    check_pairs(len(levels))
    paths = levels.copy()
    for through in range(len(paths)):  # Floyd and Warshall: a path is as strong as its weakest majority
        np.maximum(paths, np.minimum(paths[:, through, None], paths[through]), out=paths)
    strengths = np.zeros(levels.max(initial=0) + 1)
    strengths[levels[levels > 0]] = votes[levels > 0]
    return pair_table(units, votes=votes, strongest_path=strengths[paths], outcome=_outcomes(paths.astype(float), 0.0))


def all_orders(votes: Array, common: Array | float, groups: Sequence[Integers], units: Sequence[str]) -> DetailTable:
    """Return the strict orders with the smallest distance to the components; each group precedes the next."""
    if (largest := max(map(len, groups))) > _IN_CYCLE:
        raise ValueError(f"lists the orders of at most {_IN_CYCLE} units in a cycle, and there are {largest}")
    before, level = _distances(votes, common)
    of_groups = []
    for group in groups:
        square = np.ix_(group, group)
        of_groups.append(_optimal(before[square], level[square], 2 ** np.arange(len(group))))
    _check_number(prod(len(orders) for orders in of_groups))
    starts = np.cumsum([0, *(len(group) for group in groups)])
    orders = []
    for chosen in product(*of_groups):
        ranks = np.empty(len(votes), dtype=np.int64)
        for group, start, of_group in zip(groups, starts, chosen, strict=False):
            ranks[group] = start + of_group
        orders.append(ranks)
    return _table_of_orders(orders, before, level, units)


def all_weak_orders(votes: Array, common: Array | float, units: Sequence[str]) -> DetailTable:
    """Return the orders with the smallest distance to the components, among those in which units may be level."""
    if len(votes) > _WEAKLY:
        raise ValueError(f"lists the weak orders of at most {_WEAKLY} units, and there are {len(votes)}")
    before, level = _distances(votes, common)
    orders = _optimal(before, level, np.arange(1, 2 ** len(votes)))
    _check_number(len(orders))
    return _table_of_orders(orders, before, level, units)


def _check_number(orders: int) -> None:
    if orders > _ORDERS:
        raise ValueError(f"lists at most {_ORDERS:,} orders, and more are as good")


def _distances(votes: Array, common: Array | float) -> tuple[Array, Array]:
    """Return the distance of Kemeny & Snell that a pair adds if a is before b, and if both are level.

    A component adds twice its weight if it has the reverse order, and once if a pair is level in one of the two only.
    """
    return 2 * votes.T + _ties(votes, common), votes + votes.T


def _optimal(before: Array, level: Array, blocks: Integers) -> list[Integers]:
    """Return the ranks of all orders with the smallest sum of distances.

    Sets of units are the bits of an integer; `blocks` are the sets that may be level. The best order of a set ends with
    a block, and begins with the best order of the rest.
    """
    units = len(before)
    bits = (np.arange(2**units)[:, None] >> np.arange(units) & 1).astype(float)
    members = bits[blocks]
    within = np.einsum("bi,ij,bj->b", members, np.triu(level, 1), members)
    ahead = bits @ before @ members.T  # of the units of a set before those of a block
    best = np.zeros(2**units)
    last: list[Integers] = [np.zeros(0, dtype=np.int64)]
    for whole in range(1, 2**units):
        places = np.flatnonzero(blocks & whole == blocks)
        rests = whole ^ blocks[places]
        distances = best[rests] + within[places] + ahead[rests, places]
        best[whole] = distances.min()
        last.append(blocks[places[distances <= best[whole] + _EQUAL]])

    def trace(whole: int) -> Iterator[list[int]]:
        if not whole:
            yield []
        for block in last[whole].tolist():
            for order in trace(whole ^ block):
                yield [*order, block]

    orders: list[Integers] = []
    for order in trace(2**units - 1):
        _check_number(len(orders) + 1)
        in_block = np.array(order)[:, None] >> np.arange(units) & 1
        orders.append(in_block.argmax(axis=0) + 1)
    return sorted(orders, key=np.ndarray.tolist)


def _table_of_orders(orders: Sequence[Integers], before: Array, level: Array, units: Sequence[str]) -> DetailTable:
    first = orders[0]
    ahead, equal = first[:, None] < first, np.triu(first[:, None] == first, 1)
    distance = float(before[ahead].sum() + level[equal].sum())
    count = len(orders)
    return {
        "order": np.repeat(np.arange(1, count + 1), len(units)),
        "unit": list(units) * count,
        "rank": np.concatenate(orders),
        "distance": np.full(count * len(units), distance),
    }
