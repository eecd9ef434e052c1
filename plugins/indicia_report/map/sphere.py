"""Rings on the sphere: long edges divided, pieces joined where a file cuts them, and cut where the map ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from indicia.methods import Array

Integers = npt.NDArray[np.int64]

_STEP = 2.0
"""The longest edge, in degrees: a straight edge in longitude and latitude is a curve on the map."""
_POLE = 89.9


def wrapped(degrees: Array) -> Array:
    """Return longitudes or differences between −180 and 180, the lower limit included.

    >>> wrapped(np.array([180.0, 190.0, -190.0])).tolist()
    [-180.0, -170.0, 170.0]
    """
    result: Array = np.mod(degrees + 180.0, 360.0) - 180.0
    return result


def divided(ring: Array, *, around_the_world: bool = False) -> Array:
    """Return a ring with further positions on long edges.

    An edge between two shapes is divided at the same positions in both. An edge of more than 180 degrees goes the short
    way round, unless edges may go around the world.
    """
    across = np.roll(ring, -1, axis=0) - ring
    if not around_the_world:
        across[:, 0] -= 360.0 * np.rint(across[:, 0] / 360.0)
    counts = np.maximum(np.ceil(np.abs(across).max(axis=1) / _STEP - 1e-9).astype(int), 1)
    if counts.max() == 1:
        return ring
    edges = np.repeat(np.arange(len(ring)), counts)
    number = np.arange(len(edges)) - np.repeat(np.cumsum(counts) - counts, counts)
    share = (number / counts[edges])[:, None]
    # computed from the end that is first in order, so that rounding does not depend on the direction of the edge
    is_forward = (across[:, 0] > 0) | ((across[:, 0] == 0) & (across[:, 1] > 0))
    forward = ring[edges] + share * across[edges]
    backward = (ring + across)[edges] - (1.0 - share) * across[edges]
    points = np.where(is_forward[edges, None], forward, backward)
    result: Array = np.where(number[:, None] == 0, ring[edges], points)
    return result


def oriented(ring: Array, *, is_hole: bool) -> Array:
    """Return an outer ring counter-clockwise and a hole clockwise; a ring around a pole stays as it is."""
    unwrapped, turn = _unwrapped(ring)
    if abs(turn) > 1.0:
        return ring
    return ring[::-1] if (signed_area(unwrapped) > 0) == is_hole else ring


def signed_area(ring: Array) -> float:
    """Return the area of a ring in the plane: positive if it is counter-clockwise.

    >>> signed_area(np.array([[0.0, 0.0], [2.0, 0.0], [2.0, 1.0], [0.0, 1.0]]))
    2.0
    """
    x, y = (ring - ring[0]).T
    return float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2.0


def joined(rings: Sequence[Array]) -> list[Array]:
    """Return the rings of a shape without the edges that two of them share, such as a cut at the antimeridian."""
    if not rings:
        return []
    places, numbers = np.unique(np.concatenate([ring[:, 0] + 1j * ring[:, 1] for ring in rings]), return_inverse=True)
    ends_of_rings = np.cumsum([len(ring) for ring in rings])[:-1]
    starts = numbers.reshape(-1)
    ends = np.concatenate([np.roll(part, -1) for part in np.split(starts, ends_of_rings)])
    size = len(places)
    there, back = starts * size + ends, ends * size + starts
    is_shared = np.isin(there, back)
    if not is_shared.any():
        return list(rings)
    linked = _linked(starts[~is_shared], ends[~is_shared])
    return [np.column_stack([places[ring].real, places[ring].imag]) for ring in linked if len(ring) > 2]


def _linked(starts: Integers, ends: Integers) -> Iterator[Integers]:
    """Yield the rings of directed edges."""
    following: dict[int, list[int]] = {}
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        following.setdefault(start, []).append(end)
    for first in starts.tolist():
        while following.get(first):
            ring, place = [first], following[first].pop()
            while place != first and following.get(place):
                ring.append(place)
                place = following[place].pop()
            yield np.array(ring)


def cut(ring: Array) -> Iterator[Array]:
    """Yield the pieces of a ring between longitudes of −180 and 180."""
    unwrapped, turn = _unwrapped(ring)
    if abs(turn) > 1.0:
        if np.abs(ring[:, 1]).min() > _POLE:
            return
        unwrapped = _closed_over_pole(ring) if turn > 0 else _closed_over_pole(ring[::-1])[::-1]
    lowest, highest = unwrapped[:, 0].min(), unwrapped[:, 0].max()
    for number in range(int(np.floor((lowest + 180.0) / 360.0)), int(np.ceil((highest + 180.0) / 360.0))):
        shift = 360.0 * number
        piece = clipped(clipped(unwrapped, 0, shift - 180.0, 1), 0, shift + 180.0, -1)
        if len(piece) > 2 and abs(signed_area(piece)) > 1e-9:
            yield divided(piece - [shift, 0.0], around_the_world=True)


def _unwrapped(ring: Array) -> tuple[Array, float]:
    """Return a ring without jumps of 360 degrees, and the longitudes from its first position around to it."""
    steps = wrapped(np.diff(ring[:, 0], append=ring[0, 0]))
    longitude = ring[0, 0] + np.concatenate([[0.0], np.cumsum(steps)[:-1]])
    return np.column_stack([longitude, ring[:, 1]]), float(steps.sum())


def _closed_over_pole(ring: Array) -> Array:
    """Return an eastward ring around a pole as a ring in the plane, with edges along the sides and the pole."""
    following = np.roll(ring, -1, axis=0)
    at = int(np.flatnonzero(following[:, 0] < ring[:, 0] - 180.0)[-1])
    share = (180.0 - ring[at, 0]) / (following[at, 0] + 360.0 - ring[at, 0])
    latitude = ring[at, 1] + share * (following[at, 1] - ring[at, 1])
    path, _ = _unwrapped(np.roll(ring, -at - 1, axis=0))
    pole = 90.0 if ring[:, 1].mean() > 0 else -90.0
    return np.concatenate([[[-180.0, latitude]], path, [[180.0, latitude], [180.0, pole], [-180.0, pole]]])


def clipped(ring: Array, axis: int, limit: float, sign: int) -> Array:
    """Return the part of a ring in the plane beyond a limit, after Sutherland & Hodgman (1974).

    `sign` is 1 for larger coordinates, and −1 for smaller ones. Pieces are joined by edges along the limit.

    References
    ----------
    Sutherland & Hodgman (1974), Reentrant polygon clipping, Communications of the ACM 17(1), 32–42,
    https://doi.org/10.1145/360767.360802
    """
    beyond = sign * (ring[:, axis] - limit)
    inside = beyond >= 0.0
    if inside.all() or not len(ring):
        return ring
    next_inside = np.roll(inside, -1)
    following, next_beyond = np.roll(ring, -1, axis=0), np.roll(beyond, -1)
    crosses = inside != next_inside
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(crosses, beyond / (beyond - next_beyond), 0.0)
    crossing = ring + share[:, None] * (following - ring)
    crossing[:, axis] = limit
    points = np.stack([ring, crossing], axis=1).reshape(-1, 2)
    kept: Array = points[np.column_stack([inside, crosses]).reshape(-1)]
    return kept
