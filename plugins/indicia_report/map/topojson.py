"""Shapes from TopoJSON, in which shapes share the arcs of their borders (the TopoJSON format specification 1.0)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from indicia.errors import DataError, join_names, suggest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from indicia.methods import Array

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
