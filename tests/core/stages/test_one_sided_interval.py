"""The best values of an indicator may end where its range ends."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

import indicia
from indicia.errors import DataError

YEARS = pl.DataFrame({"person": ["A", "B", "C", "D"], "experience": [0.0, 5.0, 10.0, 15.0]})


def normalised(words: dict[str, Any], frame: pl.DataFrame = YEARS) -> list[float]:
    index = indicia.read({"data": {"unit": "person"}, "indicators": {"experience": words}})
    return index.score(frame).normalised.sort("person")["experience"].to_list()


def test_values_up_to_the_end_of_the_range_are_best() -> None:
    words = {"direction": "interval", "interval": [10, 15], "worst": [0, 15]}
    assert normalised(words) == [0, 0.5, 1, 1]


def test_values_from_the_start_of_the_range_are_best() -> None:
    words = {"direction": "interval", "interval": [0, 5], "worst": [0, 15]}
    assert normalised(words) == [1, 1, 0.5, 0]


def test_a_target_at_the_end_of_the_range_is_a_cost_with_bounds() -> None:
    target = normalised({"direction": "target", "target": 0, "worst": [0, 20]})
    assert target == normalised({"direction": "cost", "bounds": [0, 20]})


@pytest.mark.parametrize(
    ("interval", "worst", "units"),
    [([5, 12], [0, 12], "1 unit(s): D"), ([8, 12], [8, 20], "2 unit(s): A, B"), ([8, 12], [8, 14], "2 unit(s): A, B")],
)
def test_a_value_beyond_an_end_with_best_values_is_refused(interval: Any, worst: Any, units: str) -> None:
    with pytest.raises(DataError) as refused:
        normalised({"direction": "interval", "interval": interval, "worst": worst})
    assert f"experience lies beyond its range, [{worst[0]}, {worst[1]}]" in str(refused.value)
    assert units in str(refused.value)
    assert "widen worst of experience, or limit the values by floor or cap" in str(refused.value)


def test_a_cap_limits_values_to_the_range() -> None:
    words = {"direction": "interval", "interval": [5, 12], "worst": [0, 12], "cap": 12}
    assert normalised(words) == [0, 1, 1, 1]
