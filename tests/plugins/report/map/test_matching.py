"""Shapes get the unit that a property names; what has no partner is named."""

from __future__ import annotations

from typing import Any

import pytest

from indicia.errors import DataError
from indicia_report.map.features import Feature
from indicia_report.map.matching import match


def shapes(*names: Any) -> list[Feature]:
    return [Feature({"iso3": name, "number": number}, points=((0.0, 0.0),)) for number, name in enumerate(names)]


def test_units_without_a_shape_and_shapes_without_a_unit_are_named() -> None:
    matched = match(["PER", "NOR", "TUV"], shapes("NOR", "PER", "ATA", None), "iso3", "world.geojson")
    assert list(matched.by_unit) == ["PER", "NOR"]
    assert [str(note) for note in matched.notes] == [
        "no shape in world.geojson for 1 unit: TUV",
        "shapes of world.geojson that are no unit of the index, shown as background: 2 (ATA, –)",
    ]
    assert matched.notes[0].in_language("zh", {"TUV": "图瓦卢"}) == "world.geojson 中没有1 个单位的图形：图瓦卢"


def test_a_shape_whose_key_is_empty_has_its_first_text_as_its_name() -> None:
    other = Feature({"iso3": None, "number": 4, "name": "Sealand"}, points=((0.0, 0.0),))
    (note,) = match(["PER"], [*shapes("PER"), other], "iso3", "world.geojson").notes
    assert note == "shapes of world.geojson that are no unit of the index, shown as background: 1 (Sealand)"


def test_a_shape_without_geometry_is_no_shape() -> None:
    matched = match(["PER", "NOR"], [Feature({"iso3": "PER"}), *shapes("NOR")], "iso3", "world.geojson")
    assert [str(note) for note in matched.notes] == ["no shape in world.geojson for 1 unit: PER"]


def test_names_match_without_case_accents_and_zeros_in_front() -> None:
    assert list(match(["São Paulo", "LIMA"], shapes("sao paulo", "Lima"), "iso3", "a").by_unit) == ["São Paulo", "LIMA"]
    assert list(match(["01001", "02002"], shapes(1001.0, 2002), "iso3", "a").by_unit) == ["01001", "02002"]


def test_several_shapes_may_have_one_unit() -> None:
    assert len(match(["PER"], shapes("PER", "PER"), "iso3", "a").by_unit["PER"]) == 2


def test_an_unknown_property_is_named_with_the_nearest() -> None:
    with pytest.raises(DataError) as caught:
        match(["PER"], shapes("PER"), "iso_3", "world.geojson")
    assert caught.value.what == 'no shape of "world.geojson" has the property "iso_3"'
    assert caught.value.remedy == 'did you mean "iso3"?'


def test_a_property_without_any_unit_is_refused_with_the_one_that_has_most() -> None:
    with pytest.raises(DataError) as caught:
        match(["PER", "NOR"], shapes("NOR", "PER"), "number", "world.geojson")
    assert (
        caught.value.what == 'no shape of "world.geojson" is a unit: "number" is "0", "1", and units are "PER", "NOR"'
    )
    assert caught.value.remedy == 'key = "iso3", which holds 2 of 2 units'
