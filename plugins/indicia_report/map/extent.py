"""The part of the earth that a map of units shows: their main parts and what is near these."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from indicia_report.map.projection import arc_of
from indicia_report.map.sphere import Integers, signed_area, wrapped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.methods import Array

Booleans = npt.NDArray[np.bool_]

_NEAR = 5.0
"""A part within these degrees of the others is on the map."""
_MAIN = 0.15
"""A part with this share of the area of its unit is on the map, wherever it is."""


def main_rings(units: Sequence[Sequence[Array]]) -> list[Integers]:
    """Return by unit the numbers of the rings that the map has to show; others may be outside.

    A small part far from all main parts, such as an overseas island, would make all others tiny.
    """
    boxes = np.array([_box(ring) for rings in units for ring in rings]).reshape(-1, 4)
    is_kept = np.concatenate([_is_main(rings) for rings in units] + [np.zeros(0, bool)])
    while not is_kept.all():
        middle, width = _arc_of_boxes(boxes[is_kept])
        south, north = boxes[is_kept, 2].min(), boxes[is_kept, 3].max()
        narrowing = np.cos(np.radians(np.clip((south + north) / 2.0, -80.0, 80.0)))
        across = np.abs(wrapped(boxes[:, 0] - middle)) - (boxes[:, 1] + width) / 2.0
        along = np.maximum(boxes[:, 2] - north, south - boxes[:, 3])
        is_near = ~is_kept & (across * narrowing < _NEAR) & (along < _NEAR)
        if not is_near.any():
            break
        is_kept |= is_near
    parts = np.split(is_kept, np.cumsum([len(rings) for rings in units])[:-1])
    return [np.flatnonzero(part) for part in parts]


def _box(ring: Array) -> tuple[float, float, float, float]:
    """Return the middle and the width in longitude, the south and the north of a ring."""
    middle, width = arc_of(ring[:, 0])
    return middle, width, float(ring[:, 1].min()), float(ring[:, 1].max())


def _arc_of_boxes(boxes: Array) -> tuple[float, float]:
    shares = np.linspace(-0.5, 0.5, 181)
    return arc_of((boxes[:, :1] + boxes[:, 1:2] * shares).reshape(-1))


def _is_main(rings: Sequence[Array]) -> Booleans:
    """Return whether each ring has a large share of the area of its unit; the largest ring has one."""
    if not rings:
        return np.zeros(0, bool)
    areas = np.array([_area(ring) for ring in rings])
    total = areas.sum()
    is_main: Booleans = (areas >= _MAIN * total) | (areas == areas.max())
    return is_main


def _area(ring: Array) -> float:
    """Return the area of a ring on the sphere, by the cylindrical equal-area projection."""
    steps = wrapped(np.diff(ring[:, 0], append=ring[0, 0]))
    longitude = np.radians(ring[0, 0] + np.concatenate([[0.0], np.cumsum(steps)[:-1]]))
    return abs(signed_area(np.column_stack([longitude, np.sin(np.radians(ring[:, 1]))])))
