"""A map of units, in whole pixels."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from indicia.errors import DataError, IndiciaError
from indicia.notes import Names, Note
from indicia.paths import expanded
from indicia_report.map.extent import WIDTH, Frame, LambertAzimuthal, angles_from, main_rings, projection_for
from indicia_report.map.features import read_features
from indicia_report.map.matching import match
from indicia_report.map.sphere import Integers, cut, divided, joined, oriented, signed_area, wrapped
from indicia_report.map.topojson import Borders

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from indicia.definition import Definition, Origin
    from indicia.methods import Array
    from indicia_report.map.extent import Projection
    from indicia_report.map.features import Feature

LEAST_AREA = 6.0
"""A region whose largest part has less square pixels is a dot."""
_LEAST_EXTENT = 1.0
"""A part of a region is left out if it is less pixels wide and high."""
_BYTES, _BYTES_PER_REGION, _REGIONS = 64_000, 60, 250
"""The size of the paths of a map with up to so many regions, and the bytes that each further region adds."""
_FINEST, _COARSER = 0.4, 1.3
"""The first tolerance in square pixels, and the factor of the next while the paths are too large."""
_FARTHEST, _BEHIND = 90.0, 150.0
"""In degrees from the centre of a small region: a background shape is left out if it begins or ends farther away."""


@dataclass(frozen=True)
class Region:
    """A unit on the map: rings of points in whole pixels, or a dot if the rings would hardly be seen."""

    rings: tuple[Integers, ...] = ()
    """Outer rings and holes, whose directions differ; the last point is not repeated."""
    dot: tuple[int, int] | None = None

    @property
    def path(self) -> str:
        """The rings as the data of an SVG path."""
        return "".join(map(_path, self.rings))


@dataclass(frozen=True)
class DrawnMap:
    """A map of units; y grows downwards."""

    width: int
    height: int
    regions: Mapping[str, Region]
    """By unit; units without a shape are absent."""
    others: Region
    """The shapes without a unit, as one region."""
    projection: Projection
    source: str | dict[str, str] | None = None
    """The source of the shapes, as a text or by language."""
    name: str | dict[str, str] | None = None
    """The title of the map, as a text or by language."""
    cropped: tuple[str, ...] = ()
    """The units of which a small part, far from all others, is outside the map."""
    notes: tuple[Note, ...] = ()
    """The units without a shape, the shapes without a unit, and the units of which a part is outside the map."""

    @property
    def document(self) -> dict[str, Any]:
        """The map for JSON: `w`, `h`, `shapes` and `dots` by unit, `others` and `source`."""
        return {
            "w": self.width,
            "h": self.height,
            "shapes": {unit: region.path for unit, region in self.regions.items() if region.rings},
            "dots": {unit: list(region.dot) for unit, region in self.regions.items() if region.dot},
            "others": self.others.path or None,
            "source": self.source,
        }


def map_of(definition: Definition, origin: Origin, units: Sequence[str]) -> DrawnMap | None:
    """Return the map of units that an index file names; None without `[map]`.

    Raises
    ------
    IndiciaError
        If the file cannot be read, or has no shapes of the units.
    """
    spec = definition.map
    if spec is None:
        return None
    path = origin.folder / expanded(spec.path)
    try:
        features = read_features(path, spec.layer)
        matched = match(units, features, spec.key, path.name)
        drawn = draw_map(matched.by_unit, matched.others)
    except IndiciaError as error:
        lines = (origin.where(error.word or ("map", "path")), error.where)
        error.where = "\n".join(filter(None, lines)) or None
        raise
    cropped = drawn.cropped
    outside = [Note("map_parts_outside", units=Names.of(cropped))] if cropped else []
    return replace(drawn, source=spec.source, name=spec.name, notes=(*matched.notes, *outside))


def draw_map(by_unit: Mapping[str, Sequence[Feature]], others: Iterable[Feature] = ()) -> DrawnMap:
    """Return the map of the shapes of units, with other shapes in the background as far as they are on the page."""
    rings = {unit: [ring for part in parts for ring in _rings(part)] for unit, parts in by_unit.items()}
    points = {unit: np.array([point for part in parts for point in part.points]) for unit, parts in by_unit.items()}
    points = {unit: positions for unit, positions in points.items() if len(positions) and not rings[unit]}
    main = dict(zip(rings, main_rings(list(rings.values())), strict=True))
    shown = [rings[unit][number] for unit in rings for number in main[unit]] + list(points.values())
    if not shown:
        raise DataError("the shapes of the units have no positions", remedy="name a file whose shapes have a geometry")
    projection = projection_for(shown)
    frame = Frame.around(
        [ring for unit in rings for ring in _projected([rings[unit][number] for number in main[unit]], projection)]
        + [projection.project(_turned(positions, projection)) for positions in points.values()]
    )

    def placed(shape: Sequence[Array]) -> list[Array]:
        on_page = [frame.place(ring) for ring in _projected(_near(shape, projection), projection)]
        return _seen([part for ring in on_page if len(part := frame.visible_part(ring))])

    on_page = {unit: placed(shape) for unit, shape in rings.items()}
    background = [ring for part in others for ring in placed(list(_rings(part)))]
    large = {unit: of_unit for unit, of_unit in on_page.items() if max(map(_area, of_unit), default=0.0) >= LEAST_AREA}
    of_large, behind = _simplified(large.values(), background)
    regions = {unit: Region(drawn) for unit, drawn in zip(large, of_large, strict=True) if drawn}
    dots: dict[str, Array] = {}
    for unit, of_unit in on_page.items():
        if unit in points:
            dots[unit] = frame.place(projection.project(_turned(points[unit], projection))).mean(axis=0)
        elif unit not in regions and of_unit:
            dots[unit] = _centre(max(of_unit, key=_area))
    for unit, place in zip(dots, _within(spread(np.array([*dots.values()])), frame), strict=True):
        regions[unit] = Region(dot=place)
    return DrawnMap(
        width=WIDTH,
        height=frame.height,
        regions={unit: regions[unit] for unit in by_unit if unit in regions},
        others=Region(behind),
        projection=projection,
        cropped=tuple(
            unit
            for unit, shape in rings.items()
            if any(not placed([ring]) for number, ring in enumerate(shape) if number not in main[unit])
        ),
    )


def _rings(feature: Feature) -> Iterable[Array]:
    """Yield the rings of a shape, outer rings counter-clockwise, with short edges."""
    for polygon in feature.polygons:
        for number, ring in enumerate(polygon):
            yield divided(oriented(ring, is_hole=number > 0))


def _turned(positions: Array, projection: Projection) -> Array:
    """Return positions with longitudes from the central meridian, equal on both sides of the antimeridian."""
    longitudes = wrapped(np.round(positions[:, 0] - projection.longitude, 9))
    return np.column_stack([longitudes, positions[:, 1]])


def _projected(rings: Sequence[Array], projection: Projection) -> list[Array]:
    whole = joined([_turned(ring, projection) for ring in rings])
    pieces = [piece for ring in whole for piece in cut(ring)] if projection.is_cut else whole
    return [projection.project(piece) for piece in pieces]


def _near(rings: Sequence[Array], projection: Projection) -> Sequence[Array]:
    """Return the rings that a projection around a centre can show; a projection of the world shows all."""
    if not isinstance(projection, LambertAzimuthal):
        return rings
    near = []
    for ring in rings:
        angles = angles_from(projection.longitude, projection.latitude, ring)
        if angles.min() < _FARTHEST and angles.max() < _BEHIND:
            near.append(ring)
    return near


def _seen(rings: list[Array]) -> list[Array]:
    """Return the rings of a shape that are larger than a pixel; the largest is always one of them."""
    if len(rings) < 2:
        return rings
    extents = [np.ptp(ring, axis=0).max() for ring in rings]
    least = min(_LEAST_EXTENT, max(extents))
    return [ring for ring, extent in zip(rings, extents, strict=True) if extent >= least]


def _area(ring: Array) -> float:
    """Return the area of a ring on the page, in square pixels."""
    return abs(signed_area(ring))


def _centre(ring: Array) -> Array:
    """Return the centre of gravity of a ring."""
    area = signed_area(ring)
    centre = ring.mean(axis=0)
    if abs(area) > 1e-9:
        from_centre = ring - centre
        following = np.roll(from_centre, -1, axis=0)
        cross = from_centre[:, 0] * following[:, 1] - following[:, 0] * from_centre[:, 1]
        centre = centre + ((from_centre + following) * cross[:, None]).sum(axis=0) / (6.0 * area)
    return np.asarray(centre)


def _within(places: Array, frame: Frame) -> list[tuple[int, int]]:
    """Return places in whole pixels, on the page."""
    return [(round(min(max(float(x), 0.0), WIDTH)), round(min(max(float(y), 0.0), frame.height))) for x, y in places]


def _simplified(
    regions: Iterable[Sequence[Array]], background: Sequence[Array]
) -> tuple[list[tuple[Integers, ...]], tuple[Integers, ...]]:
    """Return the rings of regions and of the background in whole pixels, with few enough points for a page."""
    groups = [*regions, background]
    sizes = [len(group) for group in groups]
    borders = Borders.of([ring for group in groups for ring in group])
    budget = _BYTES + _BYTES_PER_REGION * max(0, len(groups) - _REGIONS)
    tolerance = _FINEST
    while True:
        rings = borders.simplified(tolerance)
        size = sum(len(_path(ring)) for ring in rings)
        if size <= budget or tolerance > budget:
            break
        tolerance *= _COARSER
    ends = np.cumsum([0, *sizes]).tolist()
    drawn = [tuple(ring for ring in rings[start:end] if len(ring)) for start, end in itertools.pairwise(ends)]
    return drawn[:-1], drawn[-1]


def _path(ring: Integers) -> str:
    """Return a ring as the data of an SVG path: the first point, then the steps to the next points.

    >>> _path(np.array([[10, 20], [14, 20], [12, 15]]))
    'M10 20l4 0-2-5z'
    """
    if not len(ring):
        return ""
    numbers = np.diff(ring, axis=0).reshape(-1).tolist()
    steps = "".join(f"{number}" if number < 0 else f" {number}" for number in numbers)
    return f"M{ring[0, 0]} {ring[0, 1]}l{steps.removeprefix(' ')}z"


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
