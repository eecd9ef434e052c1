"""The row of a unit, found by its key or its label."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

import indicia
from indicia.errors import IndiciaError
from indicia_explain.units import row_of

if TYPE_CHECKING:
    from indicia.result import Result

CITIES = pl.DataFrame(
    {
        "code": ["LIM", "OSL", "PUN", "LIM", "OSL", "PUN"],
        "year": [2020, 2020, 2020, 2021, 2021, 2021],
        "name": ["Lima", "Oslo", "Pune", "Lima", "Oslo", "Pune"],
        "name_zh": ["利马", "奥斯陆", "浦那", "利马", "奥斯陆", "浦那"],
        "income": [1.0, 2.0, 3.0, 2.0, 4.0, None],
    }
)


def result_of(frame: pl.DataFrame, **data: object) -> Result:
    index = {
        "data": {"unit": "code", "period": "year", "label": {"en": "name", "zh": "name_zh"}, **data},
        "indicators": {"income": {}},
        "methodology": {"missing": "skip"},
    }
    return indicia.read(index).score(frame)


@pytest.fixture(scope="module")
def result() -> Result:
    return result_of(CITIES)


@pytest.mark.parametrize("name", ["OSL", "Oslo", "奥斯陆"])
def test_a_key_and_a_label_in_any_language_name_a_unit(result: Result, name: str) -> None:
    assert row_of(result, name) == 4


def test_a_period_is_named_as_a_number_or_as_text(result: Result) -> None:
    assert row_of(result, "Lima", 2020) == row_of(result, "Lima", "2020") == 0


def test_an_unknown_unit_is_refused_with_the_nearest_name(result: Result) -> None:
    with pytest.raises(IndiciaError, match='"Oslow" is no unit of the index') as caught:
        row_of(result, "Oslow")
    assert caught.value.remedy == 'did you mean "Oslo"?'


def test_a_unit_without_a_score_is_refused(result: Result) -> None:
    with pytest.raises(IndiciaError, match="Pune has no score in 2021") as caught:
        row_of(result, "Pune")
    assert "indicia check" in (caught.value.remedy or "")


def test_a_period_that_the_unit_lacks_is_refused_with_its_periods() -> None:
    result = result_of(CITIES.filter(~((pl.col("code") == "OSL") & (pl.col("year") == 2021))))
    with pytest.raises(IndiciaError, match="Oslo has no row in the period 2021") as caught:
        row_of(result, "Oslo")
    assert caught.value.remedy == "--at names a period (in Python: period=…); Oslo has 2020"


def test_a_period_that_the_data_lack_is_refused(result: Result) -> None:
    with pytest.raises(IndiciaError, match="the period 2012 is not in the data"):
        row_of(result, "Oslo", 2012)


def test_a_label_of_several_units_is_refused_with_their_keys() -> None:
    with pytest.raises(IndiciaError, match="several units have the label Lima: LIM, OSL") as caught:
        row_of(result_of(CITIES.with_columns(name=pl.lit("Lima"))), "Lima")
    assert caught.value.remedy == "write the key"
