"""The part of the earth that a map of units shows, its projection and its frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, TypeAlias

import numpy as np
import numpy.typing as npt

from indicia_report.map.sphere import Integers, clipped, signed_area, wrapped

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


LARGEST_RADIUS = 35.0
"""The largest angle between the centre of a region and its points, in degrees, at which a region has its own centre."""
_LARGEST_RADIUS_AROUND_POLE = 60.0
_MERIDIAN = 11.0
"""The central meridian of a map of the world: the sides are then in the Bering Strait, and cut no country in two."""
_WHOLE_WORLD = 240.0
"""The width from which units in degrees of longitude are all around the world."""


@dataclass(frozen=True)
class EqualEarth:
    """The Equal Earth projection.

    References
    ----------
    Šavrič, Patterson & Jenny (2019), The Equal Earth map projection, International Journal of Geographical Information
    Science 33(3), 454–465, https://doi.org/10.1080/13658816.2018.1504949
    """

    longitude: float = 0.0
    """The central meridian, in degrees."""
    latitude: ClassVar[float] = 0.0
    is_cut: ClassVar[bool] = True
    """True if the map ends at the meridian opposite to the central one."""

    def project(self, positions: Array) -> Array:
        """Return x and y of positions whose longitudes are measured from the central meridian, in degrees."""
        longitude, latitude = np.radians(positions).T
        root = np.sqrt(3.0)
        angle = np.arcsin(root / 2.0 * np.sin(latitude))
        a1, a2, a3, a4 = 1.340264, -0.081106, 0.000893, 0.003796
        square = angle**2
        sixth = square**3
        scale = 9 * a4 * sixth * square + 7 * a3 * sixth + 3 * a2 * square + a1
        x = 2.0 * root * longitude * np.cos(angle) / (3.0 * scale)
        y = angle * (a4 * sixth * square + a3 * sixth + a2 * square + a1)
        return np.column_stack([x, y])


@dataclass(frozen=True)
class LambertAzimuthal:
    """The Lambert azimuthal equal-area projection around a centre.

    References
    ----------
    Snyder (1987), Map projections: a working manual, U.S. Geological Survey Professional Paper 1395, pp. 182–190,
    https://doi.org/10.3133/pp1395
    """

    longitude: float
    """The longitude of the centre, in degrees."""
    latitude: float
    """The latitude of the centre, in degrees."""
    is_cut: ClassVar[bool] = False

    def project(self, positions: Array) -> Array:
        """Return x and y of positions whose longitudes are measured from the centre, in degrees."""
        longitude, latitude = np.radians(positions).T
        centre = np.radians(self.latitude)
        near = 1.0 + np.sin(centre) * np.sin(latitude) + np.cos(centre) * np.cos(latitude) * np.cos(longitude)
        # the point opposite to the centre has no place; shapes so far away are left out
        scale = np.sqrt(2.0 / np.maximum(near, 1e-9))
        x = scale * np.cos(latitude) * np.sin(longitude)
        y = scale * (np.cos(centre) * np.sin(latitude) - np.sin(centre) * np.cos(latitude) * np.cos(longitude))
        return np.column_stack([x, y])


Projection: TypeAlias = EqualEarth | LambertAzimuthal


def projection_for(parts: Sequence[Array]) -> Projection:
    """Return the projection of units: around their centre if they are near each other, else that of the world.

    `parts` has longitudes and latitudes, whose neighbours are at most a few degrees apart.
    """
    positions = np.concatenate(parts)
    middle, width = arc_of(positions[:, 0])
    south, north = float(positions[:, 1].min()), float(positions[:, 1].max())
    latitude, largest = (south + north) / 2.0, LARGEST_RADIUS
    if width > 180.0 and abs(latitude) > 45.0:
        latitude, largest = 90.0 if latitude > 0 else -90.0, _LARGEST_RADIUS_AROUND_POLE
        middle = middle if width <= _WHOLE_WORLD else 0.0
    if angles_from(middle, latitude, positions).max() <= largest:
        return LambertAzimuthal(middle, latitude)
    return EqualEarth(middle if width <= _WHOLE_WORLD else _MERIDIAN)


def arc_of(longitudes: Array) -> tuple[float, float]:
    """Return the middle and the width of the shortest arc that holds all longitudes.

    >>> arc_of(np.array([170.0, -170.0]))
    (180.0, 20.0)
    """
    degrees = np.unique(np.round(np.mod(longitudes, 360.0), 9) % 360.0)
    gaps = np.diff(degrees, append=degrees[0] + 360.0)
    widest = int(gaps.argmax())
    width = 360.0 - float(gaps[widest])
    start = float(degrees[(widest + 1) % len(degrees)])
    middle = (start + width / 2.0 + 180.0) % 360.0 - 180.0
    return (180.0 if middle == -180.0 else middle), width


def angles_from(longitude: float, latitude: float, positions: Array) -> Array:
    """Return the angles between a point and positions, in degrees."""
    other, across = np.radians(positions[:, 1]), np.radians(positions[:, 0] - longitude)
    centre = np.radians(latitude)
    cosine = np.sin(centre) * np.sin(other) + np.cos(centre) * np.cos(other) * np.cos(across)
    angles: Array = np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0)))
    return angles
