"""Equal-area projections of the sphere, for the world and for smaller regions; the radius is 1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.methods import Array

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
