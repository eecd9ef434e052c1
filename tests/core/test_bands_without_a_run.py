"""Bands in a fitted index, in the check of the data, and in the JSON Schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import indicia
from indicia.catalogue import installed
from indicia.definition import index_schema
from indicia.errors import DefinitionError

if TYPE_CHECKING:
    from pathlib import Path

UNITS = pl.DataFrame({"unit": ["a", "b", "c"], "x": [0.0, 4.0, 10.0]})
INF = float("inf")


def index(bands: dict[str, Any]) -> indicia.Index:
    return indicia.read(
        {"data": {"unit": "unit"}, "indicators": {"x": {"direction": "benefit"}}, "bands": {"b": bands}}
    )


def test_a_fitted_index_classifies_new_units_by_its_limits(tmp_path: Path) -> None:
    """The new units score 0.3 and 0.7 between 0 and 10 of the units that the index was fitted to."""
    indicia.fit(index({"ranges": {"low": [-INF, 0.5], "high": [0.5, INF]}}), UNITS).write(tmp_path / "fitted.json")
    result = indicia.read_fitted(tmp_path / "fitted.json").score(pl.DataFrame({"unit": ["d", "e"], "x": [3.0, 7.0]}))
    assert result.bands["b"].to_list() == ["low", "high"]


@pytest.mark.parametrize("bands", [{"shares": 2}, {"of": "rank", "thresholds": [1]}])
def test_an_index_is_not_fitted_with_bands_that_depend_on_all_units(bands: dict[str, Any]) -> None:
    with pytest.raises(DefinitionError, match="the bands b, which depend on the ranks of all units") as error:
        indicia.fit(index(bands), UNITS)
    assert error.value.remedy == "thresholds of a score, or leave out [bands.b]"


def test_a_check_finds_values_beyond_the_ranges_of_bands() -> None:
    inspection = index({"of": "x", "ranges": {"low": [0, 4], "high": [4, 9]}}).check(UNITS)
    assert inspection.refusal is not None
    assert inspection.refusal.what.startswith("x is beyond the ranges of the bands b, 0 to 9, for 1 unit(s)")
    assert inspection.refusal.where == "bands.b.ranges"


def test_a_check_accepts_values_within_the_ranges_of_bands() -> None:
    assert index({"of": "x", "ranges": {"low": [0, 4], "high": [4, 10]}}).check(UNITS).refusal is None


def test_the_schema_describes_every_word_of_bands() -> None:
    words = index_schema(installed())["$defs"]["Bands"]
    assert words["additionalProperties"] is False
    described = {word for word, node in words["properties"].items() if "description" in node}
    assert words["properties"].keys() - described == {"note"}
