"""Importance follows the data, not the weights; what the data cannot bear is refused by name."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest

from indicia import IndiciaError
from indicia.analysis import discrepancy, importance, weights_for_importance
from indicia_statistics import correlation_ratio
from indicia_statistics.correlation_ratio import local_ratio, natural_spline_ratio, smoothing_ratio
from indicia_statistics.importance import distance_correlation

CURVES = {
    "natural spline": natural_spline_ratio,
    "local linear": lambda x, y: local_ratio(x, y, 1),
    "local quadratic": lambda x, y: local_ratio(x, y, 2),
    "smoothing spline": smoothing_ratio,
}


@pytest.fixture
def table() -> pl.DataFrame:
    """Return a score that is the mean of two indicators, which do not correlate, and a column without influence."""
    return pl.DataFrame({"a": [1.0, 2, 3, 4], "b": [6.0, 2, 2, 6], "c": [9.0, None, 8, 5]}).with_columns(
        score=pl.mean_horizontal("a", "b")
    )


def test_shares_of_the_variance_of_a_mean_add_up_to_1(table: pl.DataFrame) -> None:
    found = importance(table, "score", {"a": 0.5, "b": 0.5})
    # the variances 5/3 and 16/3 of the indicators are those of the score, times 4, since the covariance is 0
    assert found["variance_share"].to_list() == pytest.approx([5 / 21, 16 / 21])


def test_the_linear_measure_is_the_squared_correlation(table: pl.DataFrame) -> None:
    found = importance(table, "score", {"a": 0.5, "b": 0.5}, measures=["linear"])
    # Var(a / 2) / Var(score) = (5/12) / (21/12)
    assert found["linear"].to_list() == pytest.approx([5 / 21, 16 / 21])
    assert found["r"].to_list() == pytest.approx([math.sqrt(5 / 21), math.sqrt(16 / 21)])


def test_a_unit_without_the_indicator_does_not_count_for_it(table: pl.DataFrame) -> None:
    found = importance(table, "score", {"a": 1, "c": 0}, measures=[])
    assert found["units"].to_list() == [4, 3]
    assert found["variance_share"].to_list()[1] == 0


@pytest.mark.parametrize("name", CURVES)
def test_every_curve_follows_a_straight_line(name: str) -> None:
    x = np.array([0.0, 1, 2, 4, 7, 8, 9, 12, 13, 20])
    assert CURVES[name](x, 3 - 2 * x) == pytest.approx(1.0, abs=1e-9)


def test_curves_find_an_influence_that_a_line_cannot() -> None:
    x = np.linspace(-1, 1, 41)
    assert natural_spline_ratio(x, x**2) == pytest.approx(1.0, abs=0.01)
    assert smoothing_ratio(x, x**2) == pytest.approx(1.0, abs=0.1)
    assert local_ratio(x, x**2, 2) == pytest.approx(1.0)


def test_two_values_have_the_ratio_of_their_means_and_no_local_curve() -> None:
    x, y = np.array([0.0, 0, 0, 1, 1, 1, 1]), np.array([1.0, 2, 3, 4, 4, 4, 4])
    # the means 2 and 4 lie -8/7 and 6/7 from 22/7: (3 * 64 + 4 * 36) / 49; within groups there are 2
    ratio = 48 / 7 / (48 / 7 + 2)
    assert smoothing_ratio(x, y) == pytest.approx(ratio)
    assert natural_spline_ratio(x, y) == pytest.approx(ratio)
    assert local_ratio(x, y, 1) is None


def test_few_units_have_no_spline() -> None:
    x = np.arange(5.0)
    assert natural_spline_ratio(x, x**2) is None
    assert smoothing_ratio(x, x**2) is None


def test_curves_through_some_points_are_those_through_all(monkeypatch: pytest.MonkeyPatch) -> None:
    x = np.random.default_rng(1).normal(size=150)
    y = np.sin(x) + x / 3
    monkeypatch.setattr(correlation_ratio, "_KNOTS", 150)
    every = [local_ratio(x, y, 1), smoothing_ratio(x, y)]
    monkeypatch.setattr(correlation_ratio, "_POINTS", 100)
    monkeypatch.setattr(correlation_ratio, "_KNOTS", 60)
    monkeypatch.setattr(correlation_ratio, "_BLOCK", 1000)
    assert [local_ratio(x, y, 1), smoothing_ratio(x, y)] == pytest.approx(every, abs=1e-3)


def test_the_distance_correlation_is_that_of_its_definition() -> None:
    x, y = np.random.default_rng(3).integers(0, 6, (2, 13)).astype(float)
    a, b = (np.abs(v[:, None] - v) for v in (x, y))
    a, b = (d - d.mean(axis=0) - d.mean(axis=1)[:, None] + d.mean() for d in (a, b))
    expected = math.sqrt((a * b).mean() / math.sqrt((a * a).mean() * (b * b).mean()))
    assert distance_correlation(x, y)[0] == pytest.approx(expected, abs=1e-12)


def test_three_units_have_no_corrected_distance_correlation() -> None:
    assert distance_correlation(np.array([1.0, 2, 4]), np.array([1.0, 2, 4])) == (pytest.approx(1.0), None)


def test_a_single_value_that_differs_has_no_corrected_distance_correlation() -> None:
    correlation, corrected = distance_correlation(np.array([1.0, 1, 1, 1, 9]), np.array([1.0, 2, 3, 4, 5]))
    assert 0 < correlation < 1
    assert corrected is None


@pytest.mark.parametrize("scale", [1e-300, 1e150])
def test_importance_does_not_depend_on_the_unit_of_measure(table: pl.DataFrame, scale: float) -> None:
    scaled = importance(table.with_columns(pl.col("a") * scale), "score", {"a": 0.5 / scale})
    unscaled = importance(table, "score", {"a": 0.5})
    assert scaled.drop("weight").row(0)[3:] == pytest.approx(unscaled.drop("weight").row(0)[3:])


def test_importance_in_proportion_to_weights_has_no_discrepancy() -> None:
    found = discrepancy({"a": 2, "b": 1}, {"a": 0.6, "b": 0.3})
    assert found.maximum == 0
    assert found.indicators["gap"].to_list() == pytest.approx([0, 0], abs=1e-15)


def test_the_discrepancy_is_measured_from_the_largest_weight_and_effect() -> None:
    # |1 - 0.2 / 0.8| for b, which has the weight of a; |0.5 - 0.6 / 0.8| for c
    found = discrepancy({"b": 2, "a": 2, "c": 1}, {"b": 0.2, "a": 0.8, "c": 0.6})
    assert found.maximum == pytest.approx(0.75)
    assert found.indicators["distance"].to_list() == pytest.approx([0.75, 0, 0.25])


def test_weights_of_indicators_without_correlation_divide_by_their_deviations(table: pl.DataFrame) -> None:
    found = weights_for_importance(table, {"a": 1, "b": 1})
    a, b = math.sqrt(3 / 5), math.sqrt(3 / 16)
    assert found["weight"].to_list() == pytest.approx([a / (a + b), b / (a + b)])
    assert found["r2"].to_list() == pytest.approx([0.5, 0.5])


def test_the_weights_that_give_the_importance_give_it() -> None:
    x = np.random.default_rng(5).normal(size=(30, 3)) @ np.array([[1, 0.5, 0.2], [0, 1, 0.4], [0, 0, 2]])
    frame = pl.DataFrame(x, schema=["a", "b", "c"])
    weights = weights_for_importance(frame, {"a": 0.5, "b": 0.3, "c": 0.2})
    score = frame.select(pl.sum_horizontal(pl.col(name) * w for name, w in weights["indicator", "weight"].rows()))
    linear = importance(frame.with_columns(score=score.to_series()), "score", dict.fromkeys("abc", 1.0))["linear"]
    assert (linear / linear.sum()).to_list() == pytest.approx([0.5, 0.3, 0.2])


def test_without_a_negative_weight_the_closest_weights_are_the_weights(table: pl.DataFrame) -> None:
    weights = weights_for_importance(table, {"a": 1, "b": 1})
    assert weights["closest_weight"].to_list() == weights["weight"].to_list()


def test_the_closest_weights_are_those_without_the_indicator_that_would_be_negative() -> None:
    p, q, o = np.array([[1.0, 1, -1, -1], [0.6, -0.6, 0.6, -0.6], [0.3, -0.3, -0.3, 0.3]])
    # the middle indicator correlates with both others by more than they do with each other; one more unit changes none
    frame = pl.DataFrame({"a": [*(p + o), 0], "b": [*(p + q), 0], "c": [*(p - q), 0]})
    weights = weights_for_importance(frame, dict.fromkeys("abc", 1.0))
    assert weights["weight"][0] < 0
    assert weights["closest_weight"].to_list() == pytest.approx([0, 0.5, 0.5])
    # their mean is p: r² is 4 / (4 + 4 * 0.09) with a, and 4 / (4 + 4 * 0.36) with b and c
    assert weights["closest_r2"].to_list() == pytest.approx([1 / 1.09, 1 / 1.36, 1 / 1.36])


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"x": [1.0, None, 3.0]}, "values are missing in x\n  fix: leave these units out, or impute first"),
        ({"x": [1.0, 2.0, 3.0], "y": [2.0, 4.0, 6.0]}, "x, y determine each other\n  fix: leave one of them out"),
        ({"x": [1.0, 2.0], "y": [1.0, 3.0]}, "2 units cannot bear the correlations of 2 indicators"),
        ({"x": [0.1 + 0.2, 0.3, 0.3]}, "x is the same for all units\n  fix: leave out x"),
        ({"x": [1.0, 2.0, float("nan")]}, "x has a value that is not finite"),
        (
            {"x": [10.0, 20, 31, 39], "y": [1.0, 2, 3, 4]},
            "no weighted mean correlates positively with all of x, y",
        ),
    ],
)
def test_values_that_cannot_bear_the_weights_are_refused(columns: dict[str, list[float]], message: str) -> None:
    with pytest.raises(IndiciaError) as caught:
        weights_for_importance(pl.DataFrame(columns), dict(zip(columns, [1.0, 0.1], strict=False)))
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("score", {}), "importance needs an indicator"),
        (("score", {"d": 1}), 'unknown column "d"'),
        (("a", {"one": 1}), "one is the same for all units"),
        (("a", {"few": 1}), "few and a have 2 units in common, and importance needs 3"),
        (("one", {"a": 1}), "one is the same for all units"),
    ],
)
def test_importance_refuses_a_column_that_does_not_vary(
    table: pl.DataFrame, arguments: tuple[str, dict[str, float]], message: str
) -> None:
    frame = table.with_columns(one=pl.lit(1.0), few=pl.when(pl.col("a") > 2).then("b"))
    with pytest.raises(IndiciaError) as caught:
        importance(frame, *arguments)
    assert message in str(caught.value)


def test_an_unknown_measure_gets_the_nearest_one(table: pl.DataFrame) -> None:
    with pytest.raises(IndiciaError, match=r'has no measures "liner"(?s:.)*did you mean "linear"'):
        importance(table, "score", {"a": 1}, measures=["liner"])


@pytest.mark.parametrize(
    ("weights", "effects", "message"),
    [
        ({"a": 1}, {"b": 1}, "different indicators: a, b"),
        ({"a": 1, "b": -1}, {"a": 1, "b": 1}, "not all 0, unlike those of b"),
        (
            {"a": 1, "b": 0.5},
            {"a": 0, "b": 1},
            "a has the largest weight, and its weight and its effect must be above 0",
        ),
    ],
)
def test_a_discrepancy_needs_figures_of_the_same_indicators(
    weights: dict[str, float], effects: dict[str, float], message: str
) -> None:
    with pytest.raises(IndiciaError, match=message):
        discrepancy(weights, effects)
