"""The place of a map on the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from indicia_report.map.sphere import clipped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.methods import Array

WIDTH = 960
_HIGHEST = 720
_MARGIN = 8.0
"""The space around the units, in pixels."""
_LEAST_EXTENT = 0.002
"""The least extent of a map, in radians: a dozen kilometres."""


@dataclass(frozen=True)
class Frame:
    """The scale of a map, and its height in pixels."""

    scale: float
    """Pixels per unit of the projection."""
    left: float
    top: float
    height: int

    @classmethod
    def around(cls, parts: Sequence[Array]) -> Frame:
        """Return the frame that the projected points of all units fit into."""
        points = np.concatenate(parts)
        lowest, highest = points.min(axis=0), points.max(axis=0)
        across, down = np.maximum(highest - lowest, _LEAST_EXTENT)
        scale = min((WIDTH - 2 * _MARGIN) / across, (_HIGHEST - 2 * _MARGIN) / down)
        middle, height = (lowest + highest) / 2.0, int(np.ceil(down * scale + 2 * _MARGIN))
        return cls(float(scale), float(middle[0] - WIDTH / 2 / scale), float(middle[1] + height / 2 / scale), height)

    def place(self, points: Array) -> Array:
        """Return the places of projected points on the page; y grows downwards."""
        return np.column_stack([points[:, 0] - self.left, self.top - points[:, 1]]) * self.scale

    def visible_part(self, ring: Array) -> Array:
        """Return the part of a ring on the page, with a rim beyond the edges of the page."""
        lowest, highest = ring.min(axis=0), ring.max(axis=0)
        ends = np.array([WIDTH, self.height]) + _MARGIN
        if (highest < -_MARGIN).any() or (lowest > ends).any():
            return ring[:0]
        for axis in (0, 1):
            ring = clipped(clipped(ring, axis, -_MARGIN, 1), axis, float(ends[axis]), -1)
        return ring
