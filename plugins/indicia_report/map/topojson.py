"""Shapes from TopoJSON, in which shapes share the arcs of their borders, and shapes with fewer points."""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from indicia.errors import DataError, join_names, suggest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from indicia.methods import Array
    from indicia_report.map.sphere import Integers

_DEPTHS = {"Polygon": 1, "MultiPolygon": 2}
"""The depth of the lists of rings in the arcs of a geometry."""


def features_of_topology(topology: dict[str, Any], layer: str | None, path: Path) -> list[dict[str, Any]]:
    """Return the geometries of an object of a topology as features of GeoJSON."""
    stated = topology.get("objects")
    objects: dict[str, Any] = stated if isinstance(stated, dict) else {}
    names = list(objects)
    if layer is None and len(names) == 1:
        layer = names[0]
    if layer is None or layer not in names:
        fault = (
            f'no layer "{layer}"'
            if layer and names
            else f"several layers: {join_names(names)}"
            if names
            else "no layer"
        )
        remedy = f'layer = "{names[0]}" in [map]' if names and layer is None else suggest(str(layer), names)
        raise DataError(f'"{path.name}" has {fault}', where=str(path), remedy=remedy)
    try:
        arcs = _decoded(topology)
        geometry = objects[layer]
        parts = geometry["geometries"] if geometry.get("type") == "GeometryCollection" else [geometry]
        return [_feature(part, arcs, topology) for part in parts]
    except (TypeError, ValueError, KeyError, IndexError, AttributeError) as error:
        raise DataError(
            f'"{path.name}" is no valid TopoJSON: {type(error).__name__}: {error}',
            where=str(path),
            remedy="write it again, or name a GeoJSON file",
        ) from error


def _decoded(topology: dict[str, Any]) -> list[Array]:
    """Return the positions of the arcs; whole numbers are differences on a grid, which the transform places."""
    arcs = [np.array([position[:2] for position in arc], dtype=np.float64) for arc in topology["arcs"]]
    transform = topology.get("transform")
    if transform is None:
        return arcs
    scale, shift = np.array(transform["scale"], float), np.array(transform["translate"], float)
    return [np.cumsum(arc, axis=0) * scale + shift for arc in arcs]


def _feature(geometry: dict[str, Any], arcs: list[Array], topology: dict[str, Any]) -> dict[str, Any]:
    kind = geometry.get("type")
    feature: dict[str, Any] = {"properties": geometry.get("properties")}
    if "id" in geometry:
        feature["id"] = geometry["id"]
    if kind in _DEPTHS:
        feature["geometry"] = {"type": kind, "coordinates": _rings(geometry["arcs"], arcs, _DEPTHS[kind])}
    elif kind in ("Point", "MultiPoint"):
        feature["geometry"] = {"type": kind, "coordinates": _points(geometry["coordinates"], topology)}
    else:
        feature["geometry"] = None if kind is None else {"type": kind}
    return feature


def _rings(parts: Sequence[Any], arcs: list[Array], depth: int) -> list[Any]:
    """Return the positions of the rings of polygons, whose arcs are in lists of this depth."""
    if depth > 1:
        return [_rings(part, arcs, depth - 1) for part in parts]
    return [_joined(numbers, arcs) for numbers in parts]


def _joined(numbers: Sequence[int], arcs: list[Array]) -> Any:
    """Return the positions of a ring; a negative number ~n stands for arc n backwards."""
    pieces = [arcs[number] if number >= 0 else arcs[~number][::-1] for number in numbers]
    # the first position of an arc is the last of the arc before
    return np.concatenate([pieces[0], *(piece[1:] for piece in pieces[1:])])


def _points(coordinates: Any, topology: dict[str, Any]) -> Any:
    transform = topology.get("transform")
    if transform is None:
        return coordinates
    points = np.array(coordinates, float) * np.array(transform["scale"]) + np.array(transform["translate"])
    return points.tolist()


Booleans = npt.NDArray[np.bool_]

GRID = 8
"""The steps of the grid per pixel on which points are compared."""


@dataclass(frozen=True)
class Borders:
    """The rings of all shapes, divided into the borders that they share."""

    places: Integers
    """The points on the grid, (points, 2)."""
    rings: tuple[tuple[tuple[int, bool], ...], ...]
    """By ring, its borders in their order: the number of the border, and whether it runs backwards."""
    borders: tuple[Integers, ...]
    """By border, the numbers of its points, from one end to the other; the two ends of an island are one point."""
    importance: tuple[Array, ...]
    """By border, the importance of each point in square pixels; infinite at the ends."""

    @classmethod
    def of(cls, rings: Sequence[Array]) -> Borders:
        """Return the borders of rings on the page; a ring that is smaller than the grid is empty."""
        snapped = [_without_repeats(np.rint(ring * GRID).astype(np.int64)) for ring in rings]
        stacked = np.concatenate([*snapped, np.zeros((0, 2), np.int64)])
        codes, numbers = np.unique((stacked[:, 0] << 32) + stacked[:, 1], return_inverse=True)
        first = np.zeros(len(codes), np.int64)
        first[numbers.reshape(-1)] = np.arange(len(stacked))
        of_rings = np.split(numbers.reshape(-1), np.cumsum([len(ring) for ring in snapped])[:-1])
        is_junction = _junctions(of_rings, len(codes))
        known: dict[tuple[int, ...], int] = {}
        divided = tuple(tuple(_borders_of(ring, is_junction, known)) for ring in of_rings)
        places, borders = stacked[first], tuple(np.array(border) for border in known)
        return cls(places, divided, borders, tuple(importance_of(places[border]) for border in borders))

    def simplified(self, tolerance: float) -> list[Integers]:
        """Return the rings in whole pixels, without points whose importance is below a tolerance.

        A ring that has no area in whole pixels is empty.
        """
        kept = [
            border[importance >= tolerance] for border, importance in zip(self.borders, self.importance, strict=True)
        ]
        pixels = [(self.places[border] + GRID // 2) // GRID for border in kept]
        reversed_pixels = [border[::-1] for border in pixels]
        return [
            _ring([reversed_pixels[number] if back else pixels[number] for number, back in ring]) for ring in self.rings
        ]


def _ring(borders: Sequence[Integers]) -> Integers:
    """Return the ring of borders, whose last point is the first of the next."""
    if not borders:
        return np.zeros((0, 2), np.int64)
    ring = _without_repeats(np.concatenate([border[:-1] for border in borders]))
    x, y = ring.T
    has_area = len(ring) > 2 and (np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) != 0
    return ring if has_area else ring[:0]


def _without_repeats(ring: Integers) -> Integers:
    """Return a ring without points that equal the next one."""
    kept: Integers = ring[(ring != np.roll(ring, -1, axis=0)).any(axis=1)]
    return kept


def _junctions(rings: Sequence[Integers], size: int) -> Booleans:
    """Return whether each point has different neighbours in different rings: borders begin and end there."""
    before = np.concatenate([np.roll(ring, 1) for ring in rings])
    after = np.concatenate([np.roll(ring, -1) for ring in rings])
    triples = np.column_stack([np.concatenate(rings), np.minimum(before, after), np.maximum(before, after)])
    points = np.unique(triples, axis=0)[:, 0]
    return np.bincount(points, minlength=size) > 1


def _borders_of(ring: Integers, is_junction: Booleans, known: dict[tuple[int, ...], int]) -> Sequence[tuple[int, bool]]:
    """Return the borders of a ring, and add those that are new to the known ones."""
    if len(ring) < 3:
        return []
    ends = np.flatnonzero(is_junction[ring])
    start = int(ends[0]) if len(ends) else int(ring.argmin())
    closed = np.roll(ring, -start).tolist()
    closed.append(closed[0])
    stops = [*(ends - start).tolist(), len(ring)] if len(ends) else [0, len(ring)]
    borders = []
    for low, high in pairwise(stops):
        border = tuple(closed[low : high + 1])
        back = border[::-1] < border
        border = border[::-1] if back else border
        borders.append((known.setdefault(border, len(known)), back))
    return borders


def importance_of(points: Integers) -> Array:
    """Return the importance of the points of a border, after Visvalingam & Whyatt (1993), in square pixels.

    It is the area of the triangle with the neighbours that are left when the point is removed; the least important
    point goes first. The ends stay, and so do the two most important points of an island.

    >>> importance_of(np.array([[0, 0], [8, 8], [16, 0]])).tolist()
    [inf, 1.0, inf]

    References
    ----------
    Visvalingam & Whyatt (1993), Line generalisation by repeated elimination of points, The Cartographic Journal 30(1),
    46–51, https://doi.org/10.1179/000870493786962263
    """
    count = len(points)
    importance = np.full(count, np.inf)
    x: list[int] = points[:, 0].tolist()
    y: list[int] = points[:, 1].tolist()
    before, after = list(range(-1, count - 1)), list(range(1, count + 1))

    def area(at: int) -> float:
        low, high = before[at], after[at]
        return 0.5 * abs((x[at] - x[low]) * (y[high] - y[low]) - (x[high] - x[low]) * (y[at] - y[low]))

    areas = [0.0, *(area(at) for at in range(1, count - 1)), 0.0]
    queue = [(areas[at], at) for at in range(1, count - 1)]
    heapify(queue)
    largest = 0.0
    while queue:
        size, at = heappop(queue)
        if areas[at] != size or importance[at] != np.inf:
            continue
        largest = max(largest, size)
        importance[at] = largest / GRID**2
        low, high = before[at], after[at]
        after[low], before[high] = high, low
        for neighbour in (low, high):
            if 0 < neighbour < count - 1:
                areas[neighbour] = area(neighbour)
                heappush(queue, (areas[neighbour], neighbour))
    if (points[0] == points[-1]).all():
        importance[np.argsort(-importance[1:-1], kind="stable")[:2] + 1] = np.inf
    return importance
