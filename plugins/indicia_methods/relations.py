"""Relations of units, each row a whole number whose bits say which units it outranks.

The bits of 20,000 units take 50 MB, a sixty-fourth of what numbers would; and "which of these are left" is one
operation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import TypeAlias

    import numpy.typing as npt

    Places: TypeAlias = npt.NDArray[np.int64]
    Mask: TypeAlias = npt.NDArray[np.bool_]

_COLUMNS = 512
"""Columns turned into rows at a time."""


def rows(blocks: Iterable[Mask]) -> list[int]:
    """Pack blocks of rows (rows, n)."""
    packed = (np.packbits(block, axis=1, bitorder="little") for block in blocks)
    return [int.from_bytes(row.tobytes(), "little") for block in packed for row in block]


def row(bits: int, units: int) -> Mask:
    """Unpack one row, shape (n,)."""
    packed = np.frombuffer(bits.to_bytes((units + 7) // 8, "little"), dtype=np.uint8)
    unpacked: Mask = np.unpackbits(packed, bitorder="little", count=units).view(np.bool_)
    return unpacked


def turned(relation: Sequence[int]) -> list[int]:
    """Return which units outrank each."""
    units = len(relation)
    width = (units + 7) // 8
    packed = np.frombuffer(b"".join(bits.to_bytes(width, "little") for bits in relation), dtype=np.uint8)
    packed = packed.reshape(units, width)
    found: list[int] = []
    for start in range(0, width, _COLUMNS // 8):
        some = np.unpackbits(packed[:, start : start + _COLUMNS // 8], axis=1, bitorder="little")
        found += rows([some[:, : units - 8 * start].T.view(np.bool_)])
    return found


def outwards(relation: Sequence[int]) -> list[int]:
    """Return the units in an order in which each is before all that it outranks, where there are no cycles."""
    done: list[int] = []
    unseen = (1 << len(relation)) - 1
    for first in range(len(relation)):
        unseen = _walk(relation, first, unseen, done)
    return done[::-1]


def cycles(relation: Sequence[int], reverse: Sequence[int]) -> list[list[int]]:
    """Return the units in groups that outrank each other in a circle, those that outrank others first.

    Walks along the arcs and notes units as they are done, then against them, from the last that was done.
    """
    unseen = (1 << len(relation)) - 1
    groups: list[list[int]] = []
    for last in outwards(relation):
        group: list[int] = []
        unseen = _walk(reverse, last, unseen, group)
        if group:
            groups.append(group)
    return groups


def _walk(relation: Sequence[int], first: int, unseen: int, done: list[int]) -> int:
    """Add the units that can be reached to `done`, each after all that it leads to, and return what is not seen yet."""
    if not unseen >> first & 1:
        return unseen
    path = [first]
    unseen ^= 1 << first
    while path:
        ahead = relation[path[-1]] & unseen
        if ahead:
            nearest = ahead & -ahead
            unseen ^= nearest
            path.append(nearest.bit_length() - 1)
        else:
            done.append(path.pop())
    return unseen


def kernel(groups: Sequence[Sequence[int]], reverse: Sequence[int]) -> list[int]:
    """Return the units of the groups such that none outranks another of them, and all others are outranked by one."""
    chosen = 0
    found: list[int] = []
    for group in groups:
        own = outranking = 0
        for unit in group:
            own |= 1 << unit
            outranking |= reverse[unit]
        if not outranking & ~own & chosen:
            chosen |= own
            found += group
    return found


def peeled(strong: Sequence[int], weak: Sequence[int], groups: Sequence[Sequence[int]]) -> Places:
    """Return the rank of each unit: first are those that no other outranks, then those that only these outrank, …

    Of those that are strongly outranked by none that is left, other than in a cycle of their own, first come those that
    are not weakly outranked by another of them.
    """
    units = len(strong)
    own = [0] * units
    for group in groups:
        bits = sum(1 << unit for unit in group)
        for unit in group:
            own[unit] = bits
    ranks = np.zeros(units, dtype=np.int64)
    over = np.zeros(units, dtype=np.int64)
    for unit in range(units):
        over += row(strong[unit] & ~own[unit], units)
    weakly = np.zeros(units, dtype=np.int64)
    left = np.ones(units, dtype=np.bool_)
    candidate = np.zeros(units, dtype=np.bool_)
    rank = 0
    while left.any():
        rank += 1
        for unit in np.flatnonzero(left & (over == 0) & ~candidate).tolist():
            weakly += row(weak[unit], units)
            candidate[unit] = True
        best = candidate & (weakly == 0)
        if not best.any():
            best = candidate.copy()
        ranks[best] = rank
        left &= ~best
        candidate &= ~best
        for unit in np.flatnonzero(best).tolist():
            over -= row(strong[unit] & ~own[unit], units)
            weakly -= row(weak[unit], units)
    return ranks
