"""Normalisations that compare a unit with itself over time, and the contract that they use."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from indicia import Index, IndiciaError
from indicia.catalogue import installed
from indicia.formulas import DRAW, PERIOD, UNIT
from indicia.tables.periods import values_of_previous_period
from indicia_bundle.fitted import fit
from indicia_workbook.trace import trace

PANEL = pl.DataFrame(
    {
        "city": ["A", "B", "A", "B", "A", "B"],
        "year": [2015, 2015, 2016, 2016, 2017, 2017],
        "x": [50.0, 10.0, 75.0, 11.0, 60.0, None],
        "y": [1.0, 5.0, 2.0, 5.0, 4.0, 5.0],
    }
)


SHEETS = ("data", "normalised", "weights", "statistics", "steps", "level 0")


def index(normalisation: str, **more: Any) -> Index:
    data = {"unit": "city", **more.pop("data", {"period": "year"})}
    indicators = {"x": {"direction": "benefit"}, "y": {"direction": "cost"}}
    methodology = {"normalisation": normalisation, "missing": "skip", **more}
    return Index({"data": data, "indicators": indicators, "methodology": methodology}, installed())


@pytest.mark.parametrize("normalisation", ["cyclical", "annual_differences", "balance_of_opinions"])
def test_a_unit_is_compared_with_itself_whatever_rows_other_statistics_cover(normalisation: str) -> None:
    pooled = index(normalisation).score(PANEL)
    assert index(normalisation, statistics="period").score(PANEL).normalised.equals(pooled.normalised)
    alone = index(normalisation).score(PANEL.filter(city="A")).normalised
    assert_frame_equal(alone, pooled.normalised.filter(city="A"), abs_tol=1e-12)


@pytest.mark.parametrize("normalisation", ["cyclical", "annual_differences", "balance_of_opinions"])
def test_the_order_of_rows_changes_nothing(normalisation: str) -> None:
    expected = index(normalisation).score(PANEL).normalised.sort("city", "year")
    assert index(normalisation).score(PANEL.reverse()).normalised.sort("city", "year").equals(expected)


@pytest.mark.parametrize(
    "years",
    [[9, 10, 11], ["2019", "2020", "2021"], ["2020-Q1", "2020-Q2", "2020-Q3"]],
    ids=["numbers", "text", "quarters"],
)
def test_the_period_before_is_the_one_before_in_time(years: list[Any]) -> None:
    table = PANEL.with_columns(year=pl.Series([years[row // 2] for row in range(6)]))
    found = index("annual_differences").score(table).normalised["x"].to_list()
    assert found == [None, None, 50.0, 10.0, -20.0, None]


def test_a_unit_without_the_period_before_has_no_value() -> None:
    found = index("annual_differences").score(PANEL.filter((pl.col("city") != "A") | (pl.col("year") != 2016)))
    assert found.normalised.filter(city="A")["x"].to_list() == [None, None]
    assert any("A 2017" in note for note in found.notes)


def test_periods_that_are_needed_and_lack_follow_the_policy_for_missing_values() -> None:
    complete = PANEL.with_columns(pl.col("x").fill_null(12.0))
    with pytest.raises(IndiciaError, match=r"annual_differences has no value of x for 2 unit\(s\).*: A 2015, B 2015"):
        index("annual_differences", missing="refuse").score(complete)
    result = index("annual_differences", missing="propagate").score(complete)
    assert result.scores["score"].null_count() == 2
    assert any("A 2015, B 2015" in note for note in result.notes)
    assert index("cyclical", missing="refuse").score(complete).scores["score"].null_count() == 0


@pytest.mark.parametrize("normalisation", ["cyclical", "annual_differences", "balance_of_opinions"])
def test_a_cross_section_is_refused(normalisation: str) -> None:
    with pytest.raises(IndiciaError, match=f"{normalisation} of x compares periods, and the data have none") as caught:
        index(normalisation, data={}).score(PANEL[:2].drop("year"))
    assert caught.value.remedy == 'period = "year" in [data], the column of the periods'
    with pytest.raises(IndiciaError, match="compares a unit with itself in other periods, and no unit has them"):
        index(normalisation).score(PANEL[:2])


def test_a_change_from_0_is_refused() -> None:
    table = PANEL.with_columns(x=pl.when(city="A", year=2015).then(0.0).otherwise("x"))
    with pytest.raises(IndiciaError, match=r"annual_differences has no finite value of x for 1 unit\(s\): A 2016"):
        index("annual_differences").score(table)


def test_new_periods_are_compared_with_the_fitted_means_over_time() -> None:
    fitted = fit(index("cyclical"), PANEL)
    new = pl.DataFrame({"city": ["A", "B"], "year": [2018, 2018], "x": [75.0, 10.5], "y": [2.0, 5.0]})
    assert fitted.score(new).normalised["x"].to_list() == pytest.approx([1.5, 0.0])
    with pytest.raises(IndiciaError, match=r"x is compared with the other periods of the unit, and .* without C"):
        fitted.score(new.with_columns(city=pl.Series(["A", "C"])))


def test_a_unit_with_a_single_fitted_value_has_no_usual_value_later() -> None:
    single = PANEL.with_columns(x=pl.when((pl.col("city") == "A") | (pl.col("year") == 2015)).then("x"))
    fitted = fit(index("cyclical"), single)
    later = pl.DataFrame({"city": ["A", "B"], "year": [2018, 2018], "x": [75.0, 12.0], "y": [2.0, 5.0]})
    assert fitted.score(later).normalised["x"].to_list() == [pytest.approx(1.5), None]
    assert fitted.score(later.filter(city="B")).normalised["x"].to_list() == [None]


def test_an_index_of_changes_cannot_be_fitted() -> None:
    with pytest.raises(
        IndiciaError, match="cannot be fitted with methods that need all units: annual_differences of x"
    ):
        fit(index("annual_differences"), PANEL)


@pytest.mark.parametrize("normalisation", ["annual_differences", "balance_of_opinions"])
def test_a_workbook_computes_changes(normalisation: str) -> None:
    result = index(normalisation).score(PANEL)
    assert trace(result, {name: name for name in SHEETS}, 2, "en").not_live == {}


def test_the_value_before_needs_periods() -> None:
    with pytest.raises(IndiciaError, match="only a normalisation of data with periods"):
        values_of_previous_period(pl.DataFrame({UNIT: ["A"], "x": [1.0]}), [pl.col("x")], [UNIT])


def test_a_drawn_value_is_compared_with_the_value_before_of_the_same_draw() -> None:
    drawn = pl.DataFrame({UNIT: ["A"] * 4, PERIOD: ["1", "2", "1", "2"], DRAW: [0, 0, 1, 1], "x": [1.0, 2.0, 3.0, 4.0]})
    assert values_of_previous_period(drawn, [pl.col("x")], [UNIT, DRAW])["x"].to_list() == [None, 1.0, None, 3.0]
