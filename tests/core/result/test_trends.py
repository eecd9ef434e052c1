"""Trends of units over periods."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicia.errors import DataError, IndiciaError
from indicia.result.statistics import clear_trends, trends

if TYPE_CHECKING:
    from collections.abc import Callable

    from indicia.index import Index

    Make = Callable[..., Index]

PANEL = pl.DataFrame(
    {
        "city": ["Oslo", "Lima", "Lima", "Oslo", "Lima", "Pune"],
        "year": [2020, 2014, 2010, 2010, 2012, 2010],
        "score": [5.0, 8.0, 1.0, 5.0, None, 3.0],
    }
)


def test_change_growth_and_slope_are_from_the_first_value_to_the_last() -> None:
    found = trends(PANEL, "score", unit="city", period="year")
    assert found.columns == [
        "city", "first_period", "last_period", "first", "last", "slope", "change", "cagr", "relative_slope",
    ]  # fmt: skip
    lima = found.row(0, named=True)
    assert (lima["first_period"], lima["last_period"], lima["change"]) == (2010, 2014, 7.0)
    assert lima["cagr"] == pytest.approx(8 ** (1 / 4) - 1)
    assert lima["slope"] == pytest.approx(7 / 4)
    assert lima["relative_slope"] == pytest.approx(7 / 4)


def test_a_score_that_does_not_move_has_a_trend_of_zero() -> None:
    oslo = trends(PANEL, "score", unit="city", period="year").row(1, named=True)
    assert (oslo["change"], oslo["cagr"], oslo["slope"], oslo["relative_slope"]) == (0.0, 0.0, 0.0, 0.0)


def test_a_unit_with_one_value_or_none_has_no_trend_and_is_listed() -> None:
    panel = pl.concat([PANEL, pl.DataFrame({"city": ["Rome"], "year": [2010], "score": [None]}, schema=PANEL.schema)])
    found = trends(panel, "score", unit="city", period="year")
    assert found["city"].to_list() == ["Lima", "Oslo", "Pune", "Rome"]
    moves = ("change", "cagr", "slope", "relative_slope")
    assert found.select(moves).rows()[2:] == [(None,) * 4] * 2
    assert found.select("first", "last").rows()[2:] == [(3.0, 3.0), (None, None)]


@pytest.mark.parametrize("ends", [(-1.0, 2.0), (0.0, 2.0), (2.0, 0.0)])
def test_growth_between_values_of_two_signs_is_missing(ends: tuple[float, float]) -> None:
    panel = pl.DataFrame({"city": ["Lima"] * 2, "year": [2010, 2020], "score": ends})
    found = trends(panel, "score", unit="city", period="year").row(0, named=True)
    assert found["cagr"] is None
    assert found["change"] == ends[1] - ends[0]


def test_a_date_counts_in_years() -> None:
    panel = pl.DataFrame({"city": ["Lima"] * 2, "day": [date(2020, 1, 1), date(2024, 1, 1)], "score": [1.0, 16.0]})
    found = trends(panel, "score", unit="city", period="day").row(0, named=True)
    assert found["cagr"] == pytest.approx(1.0)
    assert found["slope"] == pytest.approx(15 / 4)


def test_a_year_as_text_is_a_number() -> None:
    text = PANEL.with_columns(pl.col("year").cast(pl.String))
    one, other = (trends(panel, "score", unit="city", period="year") for panel in (PANEL, text))
    assert one.drop("first_period", "last_period").equals(other.drop("first_period", "last_period"))


def test_a_period_of_text_has_no_trend() -> None:
    quarters = PANEL.with_columns(year=pl.col("year").cast(pl.String) + "Q1")
    with pytest.raises(
        DataError, match='the period "year" is neither a number nor a date, and a trend needs numbers or dates'
    ):
        trends(quarters, "score", unit="city", period="year")


def test_the_trends_of_a_result_are_those_of_its_scores(index: Make, panel: pl.DataFrame) -> None:
    result = index({"income": {}}, {"normalisation": "none"}, period="year").score(panel)
    assert result.trends["change"].to_list() == [1.0, -3.0, 1.0, 5.0]
    assert result.trends.equals(trends(result.scores, "score", unit="city", period="year"))


def test_a_result_without_periods_has_no_trends(index: Make, cities: pl.DataFrame) -> None:
    with pytest.raises(IndiciaError, match="a trend needs periods"):
        _ = index({"income": {}}).score(cities).trends


@given(
    start=st.floats(1, 100), slope=st.floats(0.1, 10), years=st.lists(st.integers(1900, 2100), min_size=2, unique=True)
)
def test_the_slope_of_a_line_is_its_slope(start: float, slope: float, years: list[int]) -> None:
    first = min(years)
    line = [start + slope * (year - first) for year in years]
    panel = pl.DataFrame({"city": ["Lima"] * len(years), "year": years, "score": line})
    found = trends(panel, "score", unit="city", period="year").row(0, named=True)
    assert found["slope"] == pytest.approx(slope, rel=1e-6)
    assert found["relative_slope"] == pytest.approx(slope / start, rel=1e-6)


def directions(*scores: float | None) -> list[int | None]:
    """Return the direction of a city up to each year."""
    panel = pl.DataFrame({"city": "Lima", "year": range(2010, 2010 + len(scores)), "score": list(scores)})
    return clear_trends(panel, "score", unit="city", period="year")["direction"].to_list()


def test_five_values_in_order_are_a_trend_and_four_are_none() -> None:
    # S = 10 of 10 pairs, variance 5 · 4 · 15 / 18 = 16.67: (10 - 1) / 4.08 = 2.20, above 1.96
    assert directions(1, 2, 3, 4, 5) == [None, None, None, None, 1]
    assert directions(5, 4, 3, 2, 1)[-1] == -1


def test_a_rise_that_is_small_against_the_spread_is_no_clear_trend() -> None:
    # the slope is above 0; S = 8 - 2 = 6: (6 - 1) / 4.08 = 1.22
    assert directions(1, 5, 2, 4, 6)[-1] == 0


def test_the_trend_of_a_year_knows_no_later_year() -> None:
    assert directions(1, 2, 3, 4, 5, 6, 0, 0, 0)[4:] == [1, 1, 0, 0, 0]


def test_ties_lower_the_variance_of_the_test() -> None:
    """Values 1, 1, 2, 2, 3, 3: S = 12, variance (6 · 5 · 17 - 3 · 2 · 9) / 18 = 25.33, so (12 - 1) / 5.03 = 2.19."""
    assert directions(1, 1, 2, 2, 3, 3)[-1] == 1
    assert directions(*[4.0] * 6) == [None, None, None, None, 0, 0]


def test_years_without_a_score_are_no_part_of_a_trend() -> None:
    assert directions(None, 1, 2, None, 3, 4, 5) == [None, None, None, None, None, None, 1]


def test_the_trend_begins_with_the_first_year_that_has_a_score() -> None:
    panel = pl.DataFrame({"city": ["Oslo", "Oslo", "Lima"], "year": [2012, 2010, 2010], "score": [1.0, None, 2.0]})
    assert clear_trends(panel, "score", unit="city", period="year")["since"].to_list() == [2012, 2012, 2010]


@given(st.lists(st.integers(0, 4), min_size=5, max_size=9))
def test_the_test_is_that_of_all_pairs(scores: list[int]) -> None:
    n = len(scores)
    balance = sum((b > a) - (b < a) for at, a in enumerate(scores) for b in scores[at + 1 :])
    ties = sum(t * (t - 1) * (2 * t + 5) for t in Counter(scores).values())
    deviation = ((n * (n - 1) * (2 * n + 5) - ties) / 18) ** 0.5
    clear = abs(balance) - 1 > 1.959964 * deviation
    assert directions(*scores)[-1] == (0 if not clear else 1 if balance > 0 else -1)


def test_no_row_has_no_trend() -> None:
    assert clear_trends(PANEL.clear(), "score", unit="city", period="year").is_empty()
