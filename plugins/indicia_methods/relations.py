"""Relations between units, one integer for each unit. Bit j of the integer is 1 if the unit outranks unit j.

The bits of 20,000 units take 50 MB, a sixty-fourth of a matrix of floats, and the intersection of two sets of units is
a single operation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from indicia_methods.arrays import Integers, Mask


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
