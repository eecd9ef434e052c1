"""The page has the map of the index file, with its notes in the languages of the page."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from report_pages import model_of_page, page_of

import indicia
from indicia.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

INDEX = """
[data]
path = "table.csv"
unit = "unit"
label = { en = "unit", zh = "name" }
[map]
path = "shapes.geojson"
key = "iso3"
name = { en = "Countries", zh = "国家" }
source = "own work"
[indicators]
a = { direction = "benefit" }
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "index.toml").write_text(INDEX, encoding="utf-8")
    (tmp_path / "table.csv").write_text("unit,name,a\nPER,秘鲁,1\nNOR,挪威,2\nTUV,图瓦卢,3\n", encoding="utf-8")
    squares = {name: [[west, 0], [west + 4, 0], [west + 4, 4], [west, 4]] for name, west in (("PER", 0), ("NOR", 9))}
    features = [
        {"properties": {"iso3": name}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
        for name, ring in squares.items()
    ]
    content = json.dumps({"type": "FeatureCollection", "features": features})
    (tmp_path / "shapes.geojson").write_text(content, encoding="utf-8")
    return tmp_path


def test_the_page_has_the_map_of_the_index_file(folder: Path) -> None:
    drawn = model_of_page(page_of(indicia.read(folder / "index.toml").score()))["map"]
    assert list(drawn["shapes"]) == ["PER", "NOR"]
    assert drawn["name"] == {"en": "Countries", "zh": "国家"}
    assert drawn["notes"] == [
        {
            "en": "no shape in shapes.geojson for 1 unit: TUV",
            "zh": "shapes.geojson 中没有1 个单位的图形：图瓦卢",
        }
    ]


def test_a_missing_file_of_shapes_is_an_error_with_its_line(folder: Path) -> None:
    (folder / "shapes.geojson").unlink()
    result = indicia.read(folder / "index.toml").score()
    with pytest.raises(DataError) as caught:
        page_of(result)
    assert 'index.toml:7   path = "shapes.geojson"' in str(caught.value)
