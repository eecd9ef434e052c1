"""Shapes are read from GeoJSON and TopoJSON, and a wrong file is refused with its place and a remedy."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from indicia.errors import DataError
from indicia_report.map.features import read_features

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SQUARE = [[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]]
HOLE = [[1, 1], [1, 2], [2, 2], [2, 1], [1, 1]]
POLYGON = {"type": "Polygon", "coordinates": [SQUARE]}


def refusal(path: Path, layer: str | None = None) -> DataError:
    with pytest.raises(DataError) as caught:
        read_features(path, layer)
    return caught.value


def test_polygons_have_their_holes_and_no_repeated_position(file: Callable[..., Path]) -> None:
    path = file({"A": {"type": "MultiPolygon", "coordinates": [[SQUARE, HOLE], [[[9, 9], [10, 9], [10, 10]]]]}})
    (feature,) = read_features(path)
    assert [[len(ring) for ring in polygon] for polygon in feature.polygons] == [[4, 4], [3]]
    assert feature.properties == {"iso3": "A", "number": 1}


def test_heights_are_left_out_and_points_are_read(file: Callable[..., Path]) -> None:
    path = file({"A": {"type": "Point", "coordinates": [1.5, 2, 300]}, "B": None})
    first, second = read_features(path)
    assert first.points == ((1.5, 2.0),)
    assert (second.points, second.polygons) == ((), ())


def test_the_id_of_a_feature_is_a_property(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    features = [{"type": "Feature", "id": 7, "properties": None, "geometry": POLYGON}]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    assert read_features(path)[0].properties == {"id": 7}


def test_an_island_without_extent_is_a_point(file: Callable[..., Path]) -> None:
    path = file({"A": {"type": "Polygon", "coordinates": [[[3, 4], [3, 4], [3, 4]]]}})
    assert read_features(path)[0].points == ((3.0, 4.0),)


def topology(**words: Any) -> dict[str, Any]:
    """Two squares side by side, whose common border is one arc; steps of a tenth of a degree from (10, 50)."""
    arcs = [[[10, 0], [0, 10]], [[10, 10], [-10, 0], [0, -10], [10, 0]], [[10, 0], [10, 0], [0, 10], [-10, 0]]]
    geometries = [
        {"type": "Polygon", "arcs": [[0, 1]], "properties": {"iso3": "A"}},
        {"type": "MultiPolygon", "arcs": [[[2, ~0]]], "properties": {"iso3": "B"}},
    ]
    return {
        "type": "Topology",
        "transform": {"scale": [0.1, 0.1], "translate": [10.0, 50.0]},
        "arcs": arcs,
        "objects": {"states": {"type": "GeometryCollection", "geometries": geometries}, **words},
    }


def test_shapes_of_topojson_share_their_borders(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(topology()), encoding="utf-8")
    first, second = read_features(path)
    (left,), (right,) = first.polygons[0], second.polygons[0]
    np.testing.assert_allclose(left, [[11, 50], [11, 51], [10, 51], [10, 50]])
    np.testing.assert_allclose(right, [[11, 50], [12, 50], [12, 51], [11, 51]])


def test_topojson_with_several_layers_needs_the_name_of_one(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(topology(land={"type": "GeometryCollection", "geometries": []})), encoding="utf-8")
    error = refusal(path)
    assert error.what == '"a.json" has several layers: states, land'
    assert error.remedy == 'layer = "states" in [map]'
    assert len(read_features(path, "states")) == 2
    assert refusal(path, "state").remedy == 'did you mean "states"?'


def test_a_missing_file_is_named_with_the_nearest(file: Callable[..., Path]) -> None:
    path = file({"A": POLYGON}).with_name("shape.geojson")
    error = refusal(path)
    assert error.what == 'no file "shape.geojson" with the shapes of the units'
    assert error.remedy == 'did you mean "shapes.geojson"?'


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("{", '"a.geojson" is no GeoJSON: Expecting property name'),
        ("[" * 100_000, '"a.geojson" is no GeoJSON: lists are nested too deeply'),
        ('{"type": "Feature"}', '"a.geojson" has no shapes: it is no FeatureCollection'),
        ('{"type": "Topology", "objects": {"a": 3}}', '"a.geojson" is no valid TopoJSON'),
        ("[1, 2]", '"a.geojson" has no shapes'),
    ],
)
def test_another_file_is_refused(tmp_path: Path, text: str, fault: str) -> None:
    path = tmp_path / "a.geojson"
    path.write_text(text, encoding="utf-8")
    assert refusal(path).what.startswith(fault)
    assert refusal(path).where == str(path)


@pytest.mark.parametrize(
    ("geometry", "fault"),
    [
        ({"type": "Polygon", "coordinates": [[["a", 0], [1, 1], [2, 0]]]}, "could not convert"),
        ({"type": "Polygon", "coordinates": [[[0], [1], [2]]]}, "a position is no pair of numbers"),
        ({"type": "Polygon", "coordinates": []}, "list index out of range"),
        ({"type": "Polygon"}, "'coordinates'"),
        ({"type": "LineString", "coordinates": [[0, 0], [1, 1]]}, "it is a line, which has no area"),
        ({"type": "Circle", "coordinates": [0, 0]}, '"Circle" is no type of geometry'),
        (3, '"None" is no type of geometry'),
    ],
)
def test_an_invalid_shape_is_named(file: Callable[..., Path], geometry: Any, fault: str) -> None:
    error = refusal(file({"A": POLYGON, "B": geometry}))
    assert error.what.startswith('feature 2 (B) of "shapes.geojson" has no valid shape: ')
    assert fault in error.what


def test_coordinates_in_metres_are_refused(file: Callable[..., Path]) -> None:
    metres = [[4321000, 3210000], [4421000, 3210000], [4421000, 3310000]]
    error = refusal(file({"A": {"type": "Polygon", "coordinates": [metres]}}))
    assert error.what.startswith(
        'feature 1 (A) of "shapes.geojson" is not in longitude and latitude: it has the position'
    )
    assert error.remedy == "ogr2ogr -t_srs EPSG:4326 new.geojson old.geojson converts it"


def test_a_file_that_states_other_coordinates_is_refused(file: Callable[..., Path]) -> None:
    def stated(name: str) -> Path:
        return file({"A": POLYGON}, crs={"type": "name", "properties": {"name": name}})

    assert "is in urn:ogc:def:crs:EPSG::3035" in refusal(stated("urn:ogc:def:crs:EPSG::3035")).what
    assert len(read_features(stated("urn:ogc:def:crs:OGC:1.3:CRS84"))) == 1
