"""The rows that are kept, the checks of units, and denominated indicators."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from indicia.errors import DataError, DefinitionError
from indicia.stages.read import check_units

if TYPE_CHECKING:
    from collections.abc import Callable

    from indicia.index import Index

    Make = Callable[..., Index]


# Denominators


def test_an_indicator_is_multiplied_and_divided(index: Make, cities: pl.DataFrame) -> None:
    result = index({"income": {"per": "people", "factor": 1000}}).score(cities)
    assert result.prepared["income"].to_list() == [3000.0, 4500.0, 250.0, 2000.0]


def test_a_column_is_an_indicator_and_a_denominator(index: Make, cities: pl.DataFrame) -> None:
    result = index({"people": {}, "each": {"column": "income", "per": "people"}}).score(cities)
    assert result.prepared.select("people", "each").rows() == [(1.0, 3.0), (2.0, 4.5), (4.0, 0.25), (2.0, 2.0)]


def test_bounds_and_cap_are_in_the_unit_after_denomination(index: Make, cities: pl.DataFrame) -> None:
    result = index({"income": {"per": "people", "bounds": [0, 5], "cap": 4}}).score(cities)
    assert result.scores["score"].to_list() == pytest.approx([0.6, 0.8, 0.05, 0.4])


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (
            0.0,
            "people, which income is divided by, is zero for Oslo\n  fix: write an unknown value as missing, not as",
        ),
        (float("inf"), "people, which income is divided by, is infinite for Oslo\n  fix: write an unknown value as"),
        (None, "income (per people) is missing for 1 unit(s): Oslo\n  fix: complete the data"),
    ],
)
def test_a_denominator_that_does_not_divide_is_refused(
    index: Make, cities: pl.DataFrame, value: float | None, said: str
) -> None:
    table = cities.with_columns(people=pl.Series([1.0, value, 4.0, 2.0]))
    with pytest.raises(DataError) as caught:
        index({"income": {"per": "people"}}).score(table)
    assert str(caught.value).startswith(said)


def test_a_missing_denominator_makes_the_value_missing(index: Make, cities: pl.DataFrame) -> None:
    table = cities.with_columns(people=pl.Series([1.0, None, 4.0, 2.0]))
    result = index({"income": {"per": "people"}, "co2": {}}, {"missing": "skip"}).score(table)
    assert result.prepared["income"].to_list() == [3.0, None, 0.25, 2.0]


def test_a_factor_that_leaves_the_range_of_numbers_is_refused(index: Make, cities: pl.DataFrame) -> None:
    with pytest.raises(DataError, match="income is infinite for Lima, Oslo, Rome"):
        index({"income": {"factor": 1e308}}).score(cities)


def test_a_denominator_that_is_no_column_is_named_with_the_nearest(index: Make, cities: pl.DataFrame) -> None:
    with pytest.raises(DataError) as caught:
        index({"income": {"per": "poeple"}}).score(cities)
    assert str(caught.value) == (
        'no column "poeple" in the table, which has 5 columns\n  indicators.income\n  the polars frame\n'
        '  fix: did you mean "people"?'
    )


# Rows


@pytest.mark.parametrize(
    ("where", "kept"),
    [
        ({"region": "south"}, ["Lima", "Pune"]),
        ({"city": ["Oslo", "Rome", "Bonn"]}, ["Oslo", "Rome"]),
        ({"people": 2}, ["Oslo", "Rome"]),
        ({"people": "> 1"}, ["Oslo", "Pune", "Rome"]),
        ({"people": ">=2", "income": "< 9"}, ["Pune", "Rome"]),
        ({"income": "!= 3"}, ["Oslo", "Pune", "Rome"]),
        ({"income": "> 2.5e0"}, ["Lima", "Oslo", "Rome"]),
        ({"capital": True}, ["Oslo", "Rome"]),
        ({"day": date(2020, 1, 2)}, ["Oslo"]),
    ],
)
def test_rows_are_kept_by_a_value_a_list_or_a_comparison(
    index: Make, cities: pl.DataFrame, where: dict[str, Any], kept: list[str]
) -> None:
    table = cities.with_columns(
        capital=pl.Series([False, True, False, True]), day=pl.date_range(date(2020, 1, 1), date(2020, 1, 4), eager=True)
    )
    result = index({"income": {"bounds": [0, 10]}}, data={"where": where}).score(table)
    assert result.scores["city"].to_list() == kept


def test_a_column_of_where_that_is_not_there_is_named(index: Make, cities: pl.DataFrame) -> None:
    with pytest.raises(DataError) as caught:
        index({"income": {}}, data={"where": {"regoin": "south"}}).score(cities)
    assert str(caught.value) == (
        'data.where names the column "regoin", which is not there\n  data.where.regoin\n  fix: did you mean "region"?'
    )


def test_rows_that_none_is_kept_of_are_refused(index: Make, cities: pl.DataFrame) -> None:
    with pytest.raises(DataError, match=r"^the data have no rows that data\.where keeps\n  data.where$"):
        index({"income": {}}, data={"where": {"people": "> 100"}}).score(cities)


@pytest.mark.parametrize("comparison", ["> 1.2.3", ">> 3", "> many", "= 3"])
def test_a_comparison_that_is_none_is_refused(index: Make, cities: pl.DataFrame, comparison: str) -> None:
    with pytest.raises(DataError, match=r"^data\.where cannot compare with"):
        index({"income": {}}, data={"where": {"people": comparison}}).score(cities)


def test_a_value_that_looks_like_a_comparison_is_a_value_where_the_column_has_it(
    index: Make, cities: pl.DataFrame
) -> None:
    bands = cities.with_columns(band=pl.Series(["<5%", "<5%", ">5%", ">5%"]))
    kept = index({"income": {}}, data={"where": {"band": "<5%"}}).score(bands)
    assert kept.scores["city"].to_list() == ["Lima", "Oslo"]


@pytest.mark.parametrize(("last", "name"), [(float("inf"), "inf"), (1e30, "1e"), (2021.5, "2021.5"), (2021.0, "2021")])
def test_a_period_is_named_whatever_number_it_is(index: Make, panel: pl.DataFrame, last: float, name: str) -> None:
    periods = pl.when(pl.col("year") == panel["year"].max()).then(pl.lit(last)).otherwise(pl.col("year")).alias("year")
    made = index({"income": {}, "co2": {}}, period="year")
    robust = made.robustness(panel.with_columns(periods), draws=4, seed=1, weights={"simplex": True}).figures
    assert robust.units.height == panel.filter(pl.col("year") == panel["year"].max()).height
    with pytest.raises(DataError, match=r"the period 1066 is not in the data") as raised:
        made.robustness(panel.with_columns(periods), draws=4, seed=1, weights={"simplex": True}, period=1066)
    assert name in str(raised.value)


def test_a_period_that_is_no_column_is_named(index: Make, panel: pl.DataFrame) -> None:
    with pytest.raises(DataError) as caught:
        index({"income": {}}, period="yaer").score(panel)
    assert str(caught.value) == (
        'no column "yaer" in the table, which is to name the period\n  data.period\n  fix: did you mean "year"?'
    )


def test_a_first_column_named_index_is_read_as_the_column_name(index: Make, cities: pl.DataFrame) -> None:
    result = index({"income": {}}, data={"unit": "name"}).score(cities.rename({"city": "index"}))
    assert result.ranking["name"][0] == "Oslo"


@pytest.mark.parametrize("name", ["rank", "score"])
def test_a_column_of_units_with_the_name_of_a_result_is_refused(index: Make, cities: pl.DataFrame, name: str) -> None:
    with pytest.raises(DefinitionError, match=f'the column "{name}" has the name of the {name}'):
        index({"income": {}}, data={"unit": name}).score(cities.rename({"city": name}))


def test_two_columns_of_one_name_are_refused(index: Make, tmp_path: Any) -> None:
    (tmp_path / "twice.csv").write_text("city,region,income,income\nLima,south,1,2\n")
    with pytest.raises(DataError, match=r'"income"'):
        index({"income": {}}).score(tmp_path / "twice.csv")


@pytest.mark.parametrize("other", ["Lima ", "\u00a0Lima", "Mu\u0308nchen"])
def test_names_that_differ_in_what_nobody_sees_are_refused(other: str) -> None:
    units = pl.DataFrame({"city": ["Lima", "München", "Oslo", other]})
    with pytest.raises(DataError, match="differ only in white space or in the encoding of accents"):
        check_units(units, "city", None)
    check_units(units.tail(1), "city", None)
