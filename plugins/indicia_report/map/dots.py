"""Dots that do not hide each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from indicia.methods import Array

LEAST_DISTANCE = 6.0
"""The distance of two dots in pixels, from which a reader sees both."""
_MOST = 1000
"""More dots stay where they are: they would fill the map."""
_ROUNDS = 60


def spread(places: Array) -> Array:
    """Return the places of dots (dots, 2), moved apart by a few pixels where they would hide each other.

    >>> spread(np.array([[10.0, 10.0], [12.0, 10.0], [90.0, 10.0]])).tolist()
    [[8.0, 10.0], [14.0, 10.0], [90.0, 10.0]]
    """
    count = len(places)
    if not 1 < count <= _MOST:
        return places
    moved = places.astype(float)
    # two dots in one place have no direction from each other: each dot gets one of its own
    turns = 2.399963 * np.arange(count)
    own = np.column_stack([np.cos(turns), np.sin(turns)])
    for _ in range(_ROUNDS):
        apart = moved[:, None] - moved[None]
        distance = np.hypot(apart[..., 0], apart[..., 1])
        is_near = (distance < LEAST_DISTANCE - 1e-6) & ~np.eye(count, dtype=bool)
        if not is_near.any():
            break
        is_same = distance < 1e-9
        direction = np.where(is_same[..., None], own[:, None] - own[None], apart)
        length = np.maximum(np.hypot(direction[..., 0], direction[..., 1]), 1e-9)
        push = np.where(is_near, (LEAST_DISTANCE - distance) / 2.0, 0.0)
        moved = moved + (direction / length[..., None] * push[..., None]).sum(axis=1)
    return moved
