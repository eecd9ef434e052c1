"""Relations between units: majorities, their strongest paths, and orders.

Relations between units, one integer for each unit. Bit j of the integer is 1 if the unit outranks unit j.

The bits of 20,000 units take 50 MB, a sixty-fourth of a matrix of floats, and the intersection of two sets of units is
a single operation.

Strongest paths between units. A path is as strong as its weakest arc.

Two units may be in one strongly connected component of the arcs of some strength, and in different components of the
arcs one level stronger. Then the unit that reaches the other by the stronger arcs has the stronger path.

The algorithm halves the levels of strength. At the middle level it splits the units into components. Above that level
it treats each component on its own; below it, each component as a single unit. Each halving takes one pass over all
pairs, where the algorithm of Floyd and Warshall takes time with the cube of the number of units.
"""

from __future__ import annotations

from itertools import combinations, product
from math import prod
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from indicia.errors import require_optional
from indicia.methods import Array, pair_table
from indicia.methods.contract import check_pairs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import numpy.typing as npt

    from indicia.methods.contract import DetailTable
    from indicia_methods.arrays import Integers, Mask, Words

    Strengths: TypeAlias = npt.NDArray[np.integer[Any]]


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


_COLUMNS = 512
"""Columns turned into rows at a time."""


def pack_rows(blocks: Iterable[Mask]) -> list[int]:
    """Pack blocks of rows, each of shape (rows, n), into one integer for each row."""
    packed = (np.packbits(block, axis=1, bitorder="little") for block in blocks)
    return [int.from_bytes(row.tobytes(), "little") for block in packed for row in block]


def unpack_row(bits: int, units: int) -> Mask:
    """Unpack one row, shape (n,)."""
    packed = np.frombuffer(bits.to_bytes((units + 7) // 8, "little"), dtype=np.uint8)
    unpacked: Mask = np.unpackbits(packed, bitorder="little", count=units).view(np.bool_)
    return unpacked


def transpose(relation: Sequence[int]) -> list[int]:
    """Return the relation in which each unit has the units that outrank it."""
    units = len(relation)
    width = (units + 7) // 8
    packed = np.frombuffer(b"".join(bits.to_bytes(width, "little") for bits in relation), dtype=np.uint8)
    packed = packed.reshape(units, width)
    columns: list[int] = []
    for start in range(0, width, _COLUMNS // 8):
        block = np.unpackbits(packed[:, start : start + _COLUMNS // 8], axis=1, bitorder="little")
        columns += pack_rows([block[:, : units - 8 * start].T.view(np.bool_)])
    return columns


def topological_order(relation: Sequence[int]) -> list[int]:
    """Order the units so that each precedes the units that it outranks, unless they are in a cycle."""
    finished: list[int] = []
    unvisited = (1 << len(relation)) - 1
    for first in range(len(relation)):
        unvisited = _walk(relation, first, unvisited, finished)
    return finished[::-1]


def strong_components(relation: Sequence[int], reverse: Sequence[int]) -> list[list[int]]:
    """Return the strongly connected components, each before the components that it outranks (Kosaraju's algorithm).

    The first walk follows the arcs and orders the units. The second follows the arcs backwards, in that order.
    """
    unvisited = (1 << len(relation)) - 1
    groups: list[list[int]] = []
    for start in topological_order(relation):
        group: list[int] = []
        unvisited = _walk(reverse, start, unvisited, group)
        if group:
            groups.append(group)
    return groups


def _walk(relation: Sequence[int], first: int, unvisited: int, finished: list[int]) -> int:
    """Append the units that `first` reaches to `finished`, in post-order; return the units that are not visited yet."""
    if not unvisited >> first & 1:
        return unvisited
    path = [first]
    unvisited ^= 1 << first
    while path:
        ahead = relation[path[-1]] & unvisited
        if ahead:
            nearest = ahead & -ahead
            unvisited ^= nearest
            path.append(nearest.bit_length() - 1)
        else:
            finished.append(path.pop())
    return unvisited


def kernel(groups: Sequence[Sequence[int]], reverse: Sequence[int]) -> list[int]:
    """Return the kernel: no group in it outranks another, and a group in it outranks each group outside."""
    chosen = 0
    units: list[int] = []
    for group in groups:
        members = outranking = 0
        for unit in group:
            members |= 1 << unit
            outranking |= reverse[unit]
        if not outranking & ~members & chosen:
            chosen |= members
            units += group
    return units


def ranks_by_outranking(strong: Sequence[int], weak: Sequence[int], groups: Sequence[Sequence[int]]) -> Integers:
    """Rank the units as ELECTRE II does, 1 the best; ranked units are removed, and the rest is ranked by the same rule.

    Candidates are the units that no remaining unit outside their own cycle outranks strongly. The best are the
    candidates that no other candidate outranks weakly; if there is none, all candidates.
    """
    units = len(strong)
    members = [0] * units
    for group in groups:
        bits = sum(1 << unit for unit in group)
        for unit in group:
            members[unit] = bits
    ranks = np.zeros(units, dtype=np.int64)
    strong_counts = np.zeros(units, dtype=np.int64)
    for unit in range(units):
        strong_counts += unpack_row(strong[unit] & ~members[unit], units)
    weak_counts = np.zeros(units, dtype=np.int64)
    remaining = np.ones(units, dtype=np.bool_)
    candidate = np.zeros(units, dtype=np.bool_)
    rank = 0
    while remaining.any():
        rank += 1
        for unit in np.flatnonzero(remaining & (strong_counts == 0) & ~candidate).tolist():
            weak_counts += unpack_row(weak[unit], units)
            candidate[unit] = True
        best = candidate & (weak_counts == 0)
        if not best.any():
            best = candidate.copy()
        ranks[best] = rank
        remaining &= ~best
        candidate &= ~best
        for unit in np.flatnonzero(best).tolist():
            strong_counts -= unpack_row(strong[unit] & ~members[unit], units)
            weak_counts -= unpack_row(weak[unit], units)
    return ranks


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
