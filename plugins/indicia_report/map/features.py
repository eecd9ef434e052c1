"""Shapes from a GeoJSON or TopoJSON file (RFC 7946)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from indicia.errors import DataError, shorten, suggest
from indicia.paths import check_regular
from indicia_report.map.topojson import features_of_topology

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from indicia.methods import Array

_CONVERSION = "ogr2ogr -t_srs EPSG:4326 new.geojson old.geojson converts it"
_WGS_84 = ("CRS84", "EPSG::4326", "EPSG:4326")
"""Endings of the names of longitude and latitude, in files from before 2016 that state their coordinate system."""


@dataclass(frozen=True)
class Feature:
    """A shape in longitude and latitude, in degrees."""

    properties: dict[str, Any]
    """The properties; `id` is the id of the feature if no property has this name."""
    polygons: tuple[tuple[Array, ...], ...] = ()
    """By polygon, its rings: the outer ring, then the holes; (positions, 2), without the repeated last position."""
    points: tuple[tuple[float, float], ...] = ()

    @property
    def name(self) -> str | None:
        """The first property that is a text; None without any."""
        return first_text(self.properties)


def first_text(properties: dict[str, Any]) -> str | None:
    """Return the first property that is a text, which names a shape without a unit."""
    return next((value for value in properties.values() if isinstance(value, str) and value), None)


def read_features(path: Path, layer: str | None = None) -> list[Feature]:
    """Return the features of a file; `layer` is the object of a TopoJSON file.

    Raises
    ------
    DataError
        If there is no such file, or it has no shapes in longitude and latitude.
    """
    document = _parsed(path)
    kind = document.get("type") if isinstance(document, dict) else None
    if kind == "Topology":
        raw = features_of_topology(document, layer, path)
    elif kind == "FeatureCollection" and isinstance(document.get("features"), list):
        _check_coordinate_system(document, path)
        raw = document["features"]
    else:
        raise DataError(
            f'"{path.name}" has no shapes: it is no FeatureCollection',
            where=str(path),
            remedy="name a GeoJSON file with a feature for each unit, or a TopoJSON file",
        )
    return [_feature(entry, number, path) for number, entry in enumerate(raw)]


def _parsed(path: Path) -> Any:
    check_regular(path)
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        folder = path.parent
        names = [file.name for file in folder.glob("*json")] if folder.is_dir() else []
        remedy = suggest(path.name, names) or "name a GeoJSON file that exists"
        raise DataError(
            f'no file "{path.name}" with the shapes of the units', where=str(path), remedy=remedy
        ) from error
    except OSError as error:
        raise DataError(f'cannot read "{path.name}": {error.strerror}', where=str(path)) from error
    except (ValueError, RecursionError) as error:
        fault = "lists are nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise DataError(
            f'"{path.name}" is no GeoJSON: {shorten(fault, 120)}',
            where=str(path),
            remedy="GeoJSON is JSON in UTF-8; ogr2ogr shapes.geojson shapes.shp converts other files of shapes",
        ) from error


def _check_coordinate_system(document: dict[str, Any], path: Path) -> None:
    """Refuse a file that states coordinates other than longitude and latitude."""
    stated = document.get("crs")
    name = str(((stated or {}).get("properties") or {}).get("name", "")) if isinstance(stated, dict) else ""
    if name and not name.upper().endswith(_WGS_84):
        raise DataError(
            f'"{path.name}" is in {shorten(name, 60)}, not in longitude and latitude',
            where=str(path),
            remedy=_CONVERSION,
        )


def _feature(entry: Any, number: int, path: Path) -> Feature:
    if not isinstance(entry, dict):
        raise _fault(path, f"feature {number + 1}", "it is no object")
    properties = dict(entry["properties"]) if isinstance(entry.get("properties"), dict) else {}
    if "id" in entry:
        properties.setdefault("id", entry["id"])
    name = _name_of(properties, number)
    polygons: list[tuple[Array, ...]] = []
    points: list[tuple[float, float]] = []
    try:
        for kind, coordinates in _geometries(entry.get("geometry")):
            if kind in ("Point", "MultiPoint"):
                positions = _positions(coordinates if kind == "MultiPoint" else [coordinates])
                points += [(float(x), float(y)) for x, y in positions]
            else:
                for rings in coordinates if kind == "MultiPolygon" else [coordinates]:
                    listed = [_ring(ring) for ring in rings]
                    if len(listed[0]) > 2:
                        polygons.append(tuple(ring for ring in listed if len(ring) > 2))
                    else:  # an island that the precision of the file makes a point or a line
                        points.append((float(listed[0][0, 0]), float(listed[0][0, 1])))
    except (TypeError, ValueError, KeyError, IndexError) as error:
        raise _fault(path, name, str(error) or "its coordinates are no lists of numbers") from error
    _check_degrees(polygons, points, name, path)
    return Feature(properties, tuple(polygons), tuple(points))


def _name_of(properties: dict[str, Any], number: int) -> str:
    """Return the words for a feature in an error: its number, and its first property that is a text."""
    first = first_text(properties)
    return f"feature {number + 1}" + (f" ({shorten(first, 60)})" if first else "")


def _geometries(geometry: Any) -> Iterator[tuple[str, Any]]:
    """Yield the type and the coordinates of each part of a geometry; a feature may have none."""
    if geometry is None:
        return
    kind = geometry["type"] if isinstance(geometry, dict) and "type" in geometry else None
    if kind == "GeometryCollection":
        for part in geometry["geometries"]:
            if isinstance(part, dict) and part.get("type") == "GeometryCollection":
                raise ValueError("it has a collection of shapes in a collection")
            yield from _geometries(part)
    elif kind in ("Polygon", "MultiPolygon", "Point", "MultiPoint"):
        yield kind, geometry["coordinates"]
    elif kind in ("LineString", "MultiLineString"):
        raise ValueError("it is a line, which has no area")
    else:
        raise ValueError(f'"{shorten(str(kind), 40)}" is no type of geometry')


def _positions(coordinates: Sequence[Any]) -> Array:
    """Return positions without a third coordinate, such as the height."""
    positions = np.array([position[:2] for position in coordinates], dtype=np.float64)
    if positions.ndim != 2 or positions.shape[1] != 2 or not np.isfinite(positions).all():
        raise ValueError("a position is no pair of numbers")
    return positions


def _ring(coordinates: Sequence[Any]) -> Array:
    """Return the positions of a ring without repetitions, also of the first at the end."""
    positions = _positions(coordinates)
    kept: Array = positions[(positions != np.roll(positions, -1, axis=0)).any(axis=1)]
    return kept if len(kept) else positions[:1]


def _check_degrees(
    polygons: Sequence[tuple[Array, ...]], points: Sequence[tuple[float, float]], name: str, path: Path
) -> None:
    """Refuse coordinates that cannot be degrees; longitudes may go from 0 to 360."""
    parts = [ring for rings in polygons for ring in rings]
    parts += [np.array(points)] if points else []
    for part in parts:
        wrong = (np.abs(part[:, 0]) > 360.0 + 1e-6) | (np.abs(part[:, 1]) > 90.0 + 1e-6)
        if wrong.any():
            x, y = part[wrong][0]
            raise DataError(
                f'{name} of "{path.name}" is not in longitude and latitude: it has the position ({x:g}, {y:g})',
                where=str(path),
                remedy=_CONVERSION,
            )


def _fault(path: Path, name: str, fault: str) -> DataError:
    return DataError(
        f'{name} of "{path.name}" has no valid shape: {shorten(fault, 120)}',
        where=str(path),
        remedy="a shape is a Polygon, a MultiPolygon or a Point whose positions are [longitude, latitude]",
    )
