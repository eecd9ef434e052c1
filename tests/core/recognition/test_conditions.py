"""A condition that an error on a long table asks for is stated by the user, and kept in the index file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from indicia.data import TableFormat
from indicia.errors import DataError
from indicia_recognition.recognise import recognise

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def by_sex(tmp_path: Path) -> Path:
    path = tmp_path / "long.csv"
    cities = ["Lima", "Oslo", "Rome", "Pune", "Bonn"]
    rows = [
        f"{city},{indicator},{sex},{number}.5"
        for number, (city, indicator, sex) in enumerate(
            (city, indicator, sex) for city in cities for indicator in ("jobs", "years") for sex in ("F", "M", "Total")
        )
    ]
    path.write_text("\n".join(["city,indicator,sex,value", *rows, ""]))
    return path


def test_a_further_dimension_is_an_error_with_the_condition(by_sex: Path) -> None:
    with pytest.raises(DataError, match=r"by sex \(F, M, Total\)") as caught:
        recognise(by_sex, TableFormat())
    assert "--set data.where.sex=Total" in str(caught.value.remedy)


def test_the_condition_keeps_one_row_for_each_unit_and_indicator(by_sex: Path) -> None:
    found = recognise(by_sex, TableFormat(), where={"sex": "Total"})
    assert found.data["where"] == {"sex": "Total"}
    assert found.data["unit"] == "city"
    assert list(found.indicators) == ["jobs", "years"]
    assert found.frame.filter(pl.col("city") == "Lima").select("jobs", "years").rows() == [(2.5, 5.5)]
