"""Methods of Chinese practice: grades in words, and refused parameters."""

from __future__ import annotations

from statistics import NormalDist
from typing import Any

import polars as pl
import pytest

import indicia
from indicia.errors import MethodError

TEN_AREAS = {
    "unit": list("ABCDEFGHIJ"),
    "checked": [99.54, 96.52, 99.36, 92.83, 91.71, 95.35, 96.09, 99.27, 94.76, 84.80],
    "mothers": [60.27, 59.67, 43.91, 58.99, 35.40, 44.71, 49.81, 31.69, 22.91, 81.49],
    "infants": [16.15, 20.10, 15.60, 17.04, 15.01, 13.93, 17.43, 13.89, 19.87, 23.63],
}
"""The textbook data: the share of mothers who are checked before birth, and the deaths of mothers and of infants."""


def details_of(aggregation: Any, **more: Any) -> pl.DataFrame:
    indicators = {"checked": "benefit", "mothers": "cost", "infants": "cost"}
    words = {"indicators": indicators, "aggregation": aggregation} | more
    return indicia.score(pl.DataFrame(TEN_AREAS), unit="unit", **words).details()


def test_areas_are_graded_by_the_probit_of_their_place() -> None:
    details = details_of("rank_sum_ratio")
    assert dict(details.select("unit", "grade").iter_rows()) == dict.fromkeys("ABDEFGI", "medium") | {
        "J": "low",
        "C": "high",
        "H": "high",
    }


def test_equal_ratios_share_the_mean_of_their_places() -> None:
    probits = dict(details_of("rank_sum_ratio").select("unit", "probit").iter_rows())
    assert probits["B"] == probits["D"] == pytest.approx(5 + NormalDist().inv_cdf(2.5 / 10))
    assert probits["H"] == pytest.approx(5 + NormalDist().inv_cdf(1 - 1 / 40))


def test_the_line_goes_through_each_ratio_once() -> None:
    line = details_of("rank_sum_ratio").select("intercept", "slope").row(0)
    assert line == pytest.approx((-0.6085, 0.2217), abs=5e-5)


def test_more_grades_divide_the_probits_evenly() -> None:
    words = ["worst", "poor", "fair", "good", "best"]
    details = details_of({"method": "rank_sum_ratio", "grades": words})
    expected = [words[sum(probit >= cut for cut in (3.2, 4.4, 5.6, 6.8))] for probit in details["probit"]]
    assert details["grade"].to_list() == expected


def test_the_next_grade_begins_at_a_cut() -> None:
    details = details_of({"method": "rank_sum_ratio", "grades": ["below", "above"], "cuts": [5.0]})
    assert details["grade"].to_list() == ["above" if probit >= 5 else "below" for probit in details["probit"]]


def test_units_of_one_ratio_have_no_line() -> None:
    table = pl.DataFrame({"unit": ["A", "B"], "x": [1.0, 2.0], "y": [2.0, 1.0]})
    with pytest.raises(MethodError, match="all units have the same ratio"):
        indicia.score(table, unit="unit", indicators=["x", "y"], aggregation="rank_sum_ratio(score=fitted)")
    graded = indicia.score(table, unit="unit", indicators=["x", "y"], aggregation="rank_sum_ratio").details()
    assert graded.columns == ["unit", "ratio", "probit", "grade"]


def test_details_of_fuzzy_evaluation_are_memberships_and_the_grade() -> None:
    table = pl.DataFrame({"unit": ["A", "B", "C"], "x": [0.25, 0.0, 2.0], "y": [1.0, 0.0, 0.5]})
    details = indicia.score(
        table, unit="unit", indicators=["x", "y"], normalisation="none", aggregation="fuzzy_comprehensive"
    ).details()
    assert details.rows() == [
        ("A", 0.25, 0.25, 0.5, "good"),
        ("B", 1.0, 0.0, 0.0, "poor"),
        ("C", 0.0, 0.5, 0.5, "medium"),
    ]


def test_centres_are_on_the_scale_of_the_values() -> None:
    table = pl.DataFrame({"unit": ["A", "B"], "x": [65.0, 95.0]})
    aggregation = {"method": "fuzzy_comprehensive", "grades": ["fail", "pass"], "centres": [60.0, 80.0]}
    result = indicia.score(table, unit="unit", indicators=["x"], normalisation="none", aggregation=aggregation)
    assert result.scores["score"].to_list() == [65.0, 80.0]
    assert result.details()["grade"].to_list() == ["fail", "pass"]


@pytest.mark.parametrize("operator", ["product_sum", "min_max", "product_max", "min_sum"])
def test_a_missing_component_has_no_membership(operator: str) -> None:
    table = pl.DataFrame({"unit": ["A", "B"], "x": [0.5, 0.5], "y": [None, 0.5]})
    aggregation = {"method": "fuzzy_comprehensive", "operator": operator}
    details = indicia.score(
        table, unit="unit", indicators=["x", "y"], normalisation="none", aggregation=aggregation, missing="skip"
    ).details()
    assert details.select("poor", "good").rows() == [(0.0, 0.0), (0.0, 0.0)]
    assert details["grade"].to_list() == ["medium", "medium"]


@pytest.mark.parametrize(
    ("aggregation", "message"),
    [
        (
            {"method": "rank_sum_ratio", "grades": ["one"]},
            "grades must be at least two different words, the worst first",
        ),
        ({"method": "rank_sum_ratio", "cuts": [5.0]}, "3 grades need 2 cuts, not 1"),
        ({"method": "rank_sum_ratio", "cuts": [6.0, 4.0]}, "cuts must rise"),
        ({"method": "fuzzy_comprehensive", "grades": ["a", "a"]}, "grades must be at least two different words"),
        ({"method": "fuzzy_comprehensive", "centres": [0.0, 1.0]}, "3 grades need as many centres, not 2"),
        ({"method": "fuzzy_comprehensive", "centres": [0.0, 1.0, 0.5]}, "centres must rise"),
    ],
)
def test_invalid_grades_are_refused(aggregation: dict[str, Any], message: str) -> None:
    with pytest.raises(MethodError, match=message):
        details_of(aggregation)
