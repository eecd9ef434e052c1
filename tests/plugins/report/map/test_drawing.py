"""A map has each unit once, as a shape or as a dot, in whole pixels."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import indicia
from indicia.errors import DataError
from indicia_report.map import draw_map, map_of
from indicia_report.map.features import Feature
from indicia_report.map.sphere import signed_area

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from indicia_report.map import DrawnMap, Region


def rectangle(west: float, south: float, east: float, north: float) -> np.ndarray:
    return np.array([[west, south], [east, south], [east, north], [west, north]], dtype=float)


def shape(*rings: np.ndarray) -> Feature:
    """A shape of polygons without holes."""
    return Feature({}, tuple((ring,) for ring in rings))


def area(region: Region) -> float:
    return abs(sum(signed_area(ring.astype(float)) for ring in region.rings))


def drawn(**shapes: Feature) -> DrawnMap:
    return draw_map({name: [feature] for name, feature in shapes.items()})


WORLD = {
    "north": shape(rectangle(-120, 10, -60, 60)),
    "south": shape(rectangle(100, -50, 150, -10)),
    "middle": shape(rectangle(0, -30, 40, 30)),
}


def test_areas_on_the_map_have_the_proportions_of_the_sphere() -> None:
    regions = drawn(**WORLD).regions
    on_sphere = {
        "north": 60 * (np.sin(np.radians(60)) - np.sin(np.radians(10))),
        "middle": 40 * 2 * np.sin(np.radians(30)),
    }
    ratio = area(regions["north"]) / area(regions["middle"])
    assert ratio == pytest.approx(on_sphere["north"] / on_sphere["middle"], rel=0.01)


def test_a_map_is_960_wide_and_its_paths_are_whole_numbers() -> None:
    document = drawn(**WORLD).document
    assert document["w"] == 960
    assert all(re.fullmatch(r"(M\d+ \d+l(-?\d+[ -]?)+z)+", path) for path in document["shapes"].values())
    xs = np.concatenate([ring[:, 0] for region in drawn(**WORLD).regions.values() for ring in region.rings])
    assert (xs.min(), xs.max()) == (8, 952)


def test_the_same_shapes_give_the_same_map() -> None:
    assert drawn(**WORLD).document == drawn(**WORLD).document


def test_a_small_state_becomes_a_dot_in_its_place() -> None:
    document = drawn(**WORLD, small=shape(rectangle(12.4, 41.8, 12.5, 41.9))).document
    assert "small" not in document["shapes"]
    x, y = document["dots"]["small"]
    (middle,) = drawn(**WORLD).regions["middle"].rings
    assert middle[:, 0].min() < x < middle[:, 0].max()
    assert y < middle[:, 1].min()


def test_a_point_is_a_dot() -> None:
    towns = {name: Feature({}, points=(point,)) for name, point in {"A": (9.0, 50.0), "B": (11.0, 50.0)}.items()}
    dots = drawn(**towns).document["dots"]
    assert (dots["A"][0], dots["B"][0]) == (8, 952)
    assert dots["A"][1] == dots["B"][1]


def test_small_states_in_one_place_do_not_hide_each_other() -> None:
    """Islands that are 50 km apart would be a pixel apart on a map of the world."""
    islands = {f"island {n}": shape(rectangle(-61.0 + n / 2, 14.0, -60.9 + n / 2, 14.1)) for n in range(8)}
    dots = np.array(list(drawn(**WORLD, **islands).document["dots"].values()))
    distances = np.hypot(*(dots[:, None] - dots[None]).transpose(2, 0, 1))[~np.eye(8, dtype=bool)]
    assert distances.min() >= 5
    assert distances.max() < 60


def test_a_single_town_is_in_the_middle() -> None:
    assert drawn(A=Feature({}, points=((9.0, 50.0),))).document["dots"] == {"A": [480, 360]}


def test_holes_run_the_other_way() -> None:
    outside, hole = rectangle(0, 40, 10, 50), rectangle(4, 44, 6, 46)
    (ring, inner) = drawn(A=Feature({}, ((outside, hole),))).regions["A"].rings
    assert signed_area(ring.astype(float)) * signed_area(inner.astype(float)) < 0


@pytest.mark.parametrize("others", [{}, WORLD], ids=["around the centre", "on a map of the world"])
def test_a_shape_that_its_file_cuts_at_the_antimeridian_is_whole(others: dict[str, Feature]) -> None:
    halves = shape(rectangle(170, 60, 180, 70), rectangle(-180, 60, -172, 70))
    assert len(drawn(**others, A=halves).regions["A"].rings) == 1


def test_a_shape_that_crosses_the_side_of_the_map_has_a_part_on_either_side() -> None:
    """The sides of a map of the world are at 169° W."""
    crossing = drawn(**WORLD, A=shape(rectangle(175, 50, -160, 60))).regions["A"]
    east, west = sorted(ring[:, 0].mean() for ring in crossing.rings)
    assert east < 200
    assert west > 760


def test_a_shape_around_a_pole_is_a_strip_at_the_edge_of_the_world() -> None:
    lower = np.array([[x, -70.0 + 3 * np.sin(x / 9)] for x in np.arange(-180.0, 180.0, 2.0)])
    region = drawn(**WORLD, A=shape(lower)).regions["A"]
    (ring,) = region.rings
    assert np.ptp(ring[:, 0]) > 550
    closed = np.concatenate([lower, [[180.0, lower[0, 1]], [180.0, -90.0], [-180.0, -90.0]]])
    assert area(drawn(**WORLD, A=shape(closed)).regions["A"]) == pytest.approx(area(region), rel=0.01)


def test_other_shapes_are_one_path_that_ends_at_the_page() -> None:
    others = [shape(rectangle(10, 40, 20, 50)), shape(rectangle(-60, -20, -50, -10)), shape(rectangle(8, 30, 90, 40))]
    result = draw_map({"A": [shape(rectangle(0, 40, 10, 50))]}, others)
    points = np.concatenate(result.others.rings)
    assert len(result.others.rings) == 2
    assert points.min() >= -8
    assert points[:, 0].max() <= 968


def test_a_far_small_part_does_not_make_the_others_tiny() -> None:
    far = shape(rectangle(0, 40, 10, 50), rectangle(-55, 2, -53, 4))
    result = drawn(A=far, B=shape(rectangle(10, 40, 20, 50)))
    assert result.cropped == ("A",)
    assert area(result.regions["B"]) > 100_000
    assert drawn(A=far, B=shape(rectangle(-60, 4, -50, 14))).cropped == ()


def test_a_detailed_world_fits_the_page() -> None:
    """193 regions with 800 points each: 150,000 points in less than 70 kB."""
    noise = np.random.default_rng(1)
    shapes = {}
    for number in range(193):
        angles = np.linspace(0, 2 * np.pi, 800, endpoint=False)
        radius = 3.5 + np.cumsum(noise.normal(0, 0.05, 800)) * np.sin(angles / 2)
        centre = np.array([-170 + 11.0 * (number % 31), -50 + 18.0 * (number // 31)])
        shapes[f"unit {number}"] = shape(centre + np.column_stack([np.cos(angles), np.sin(angles)]) * radius[:, None])
    document = drawn(**shapes).document
    assert len(document["shapes"]) + len(document["dots"]) == 193
    assert len(json.dumps(document, separators=(",", ":"))) < 70_000


# The index file


def index_of(folder: Path, toml: str) -> indicia.Index:
    (folder / "table.csv").write_text("unit,a\nPER,1\nNOR,2\nTUV,3\n", encoding="utf-8")
    path = folder / "index.toml"
    path.write_text(f'[data]\npath = "table.csv"\nunit = "unit"\n{toml}\n[indicators]\na = {{}}\n', encoding="utf-8")
    return indicia.read(path)


def square(west: float) -> dict[str, Any]:
    ring = rectangle(west, 0, west + 4, 4).tolist()
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}


UNITS = ["PER", "NOR", "TUV"]


def test_an_index_file_names_the_shapes(file: Callable[..., Path], tmp_path: Path) -> None:
    file({"NOR": square(4), "PER": square(0), "ATA": square(8)})
    index = index_of(tmp_path, '[map]\npath = "shapes.geojson"\nkey = "iso3"\nsource = "own work"')
    result = map_of(index.definition, index.origin, UNITS)
    assert result is not None
    assert list(result.document) == ["w", "h", "shapes", "dots", "others", "source"]
    assert list(result.document["shapes"]) == ["PER", "NOR"]
    assert result.document["source"] == "own work"
    assert len(result.notes) == 2


def test_an_index_without_shapes_has_no_map(tmp_path: Path) -> None:
    index = index_of(tmp_path, "")
    assert map_of(index.definition, index.origin, UNITS) is None


@pytest.mark.parametrize(
    ("words", "fault", "line"),
    [
        ('path = "none.geojson"\nkey = "iso3"', 'no file "none.geojson"', 'index.toml:5   path = "none.geojson"'),
        ('path = "shapes.geojson"\nkey = "iso"', 'has the property "iso"', 'index.toml:6   key = "iso"'),
    ],
)
def test_an_error_names_the_line(file: Callable[..., Path], tmp_path: Path, words: str, fault: str, line: str) -> None:
    file({"PER": square(0)})
    index = index_of(tmp_path, f"[map]\n{words}")
    with pytest.raises(DataError) as caught:
        map_of(index.definition, index.origin, UNITS)
    assert fault in caught.value.what
    assert line in str(caught.value)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ('path = "none.geojson"\nkey = "iso3"', 'the map cannot be drawn: no file "none.geojson" with the shapes of'),
        ('path = "broken.geojson"\nkey = "iso3"', 'the map cannot be drawn: "broken.geojson" is no GeoJSON'),
        (
            'path = "shapes.geojson"\nkey = "iso"',
            'the map cannot be drawn: no shape of "shapes.geojson" has the property',
        ),
        ('path = "shapes.geojson"\nkey = "iso3"', "shapes.geojson has no shape for 2 of 3 units: "),
    ],
)
def test_check_reads_the_shapes(file: Callable[..., Path], tmp_path: Path, words: str, sentence: str) -> None:
    file({"PER": square(0), "ATA": square(5)})
    (tmp_path / "broken.geojson").write_text("{", encoding="utf-8")
    findings = index_of(tmp_path, f"[map]\n{words}").check().findings.filter(check="N02")
    assert findings["severity"].to_list() == ["warning"]
    assert sentence in findings["sentence"].item()


def test_check_finds_nothing_in_shapes_of_all_units_or_without_a_map(file: Callable[..., Path], tmp_path: Path) -> None:
    file({unit: square(at) for at, unit in enumerate([*UNITS, "ATA"])})
    for words in ('[map]\npath = "shapes.geojson"\nkey = "iso3"', ""):
        assert index_of(tmp_path, words).check().findings.filter(check="N02").is_empty()
