"""The main effect is r² where a line fits; parts that the weights do not explain have a gap with an interval."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from indicia.checks import RunFacts
from indicia_statistics.main_effects import Blocks, MainEffect, Pair, blocks_of, main_effects
from indicia_statistics.node_importance import Importance, NodeImportance, measure

X = np.linspace(-1.0, 1.0, 60)
NOISE = np.random.default_rng(2).normal(size=60)


def effect(x: np.ndarray, y: np.ndarray) -> MainEffect:
    return main_effects([Pair(x, y, Blocks.of(blocks_of(len(x))))])[0]


@pytest.fixture(scope="module")
def curve() -> MainEffect:
    return effect(X, X**2 + 0.1 * NOISE)


def test_a_line_that_is_not_rejected_has_the_squared_correlation() -> None:
    line = effect(X, X + NOISE)
    assert line.is_linear
    assert line.value == line.linear == pytest.approx(np.corrcoef(X, X + NOISE)[0, 1] ** 2)


def test_a_curve_has_the_main_effect_of_the_spline(curve: MainEffect) -> None:
    assert curve.linear < 0.05
    assert not curve.is_linear
    assert curve.value == curve.spline
    assert curve.value > 0.8


def test_the_f_test_is_that_of_the_residuals_of_both_curves() -> None:
    x, y = X[:20], X[:20] + NOISE[:20]
    line = effect(x, y)
    # 6 parameters of the spline, 2 of the line
    f = (line.spline - line.linear) / 4 / ((1 - line.spline) / 14)
    # 3.11 is the 95 % quantile of F with 4 and 14 degrees of freedom
    assert (f < 3.11) == (line.p_linear > 0.05)


def test_intervals_cover_the_estimate_and_narrow_with_more_units(curve: MainEffect) -> None:
    low, high = curve.interval
    assert low < curve.value < high
    more = effect(np.tile(X, 20), np.tile(X**2, 20) + 0.1 * np.random.default_rng(3).normal(size=1200))
    assert more.interval[1] - more.interval[0] < (high - low) / 2


def test_the_interval_of_unrelated_indicators_begins_at_0() -> None:
    assert effect(X, NOISE).interval[0] == 0


def test_the_standard_deviation_of_resamples_is_that_of_the_correlation() -> None:
    y = X + NOISE
    # r of n normal pairs has about the deviation (1 - r²) / √n, and its square the 2 r-fold
    r = np.corrcoef(X, y)[0, 1]
    assert np.std(effect(X, y).resamples) == pytest.approx(2 * r * (1 - r**2) / np.sqrt(60), rel=0.25)


@pytest.fixture(scope="module")
def pair() -> NodeImportance:
    """Return two parts of equal weight without correlation; the second has the 16-fold variance of the first."""
    first, second = np.tile([-1.0, 1.0], 20), np.tile([-4.0, -4.0, 4.0, 4.0], 10)
    frame = pl.DataFrame({"a": first, "b": second})
    return measure("index", frame, pl.Series((first + second) / 2), {"a": 0.5, "b": 0.5}, {})


def test_gaps_are_shares_of_the_effects_less_weights(pair: NodeImportance) -> None:
    assert pair.parts["share"].to_list() == pytest.approx([1 / 17, 16 / 17])
    assert pair.parts["gap"].to_list() == pytest.approx([1 / 17 - 0.5, 16 / 17 - 0.5])
    assert (pair.parts["gap_lower"] <= pair.parts["gap"]).all()
    assert (pair.parts["gap_upper"] >= pair.parts["gap"]).all()


def test_the_discrepancy_is_measured_from_the_largest_effect_of_the_largest_weights(pair: NodeImportance) -> None:
    assert pair.discrepancy == pytest.approx(1 - 1 / 16)


def test_variance_shares_of_a_mean_add_to_1(pair: NodeImportance) -> None:
    assert pair.parts["variance_share"].to_list() == pytest.approx([1 / 17, 16 / 17])
    assert pair.sum_of_variance_shares == pytest.approx(1)


def test_a_part_with_one_value_has_no_effect() -> None:
    constant = measure("index", pl.DataFrame({"a": X, "b": np.ones(60)}), pl.Series(X / 2), {"a": 0.5, "b": 0.5}, {})
    assert constant.parts["effect"].to_list() == pytest.approx([1, 0])
    assert constant.parts["gap"].to_list() == pytest.approx([0.5, -0.5])


def test_a_constant_score_has_no_importance() -> None:
    figures = measure("index", pl.DataFrame({"a": X}), pl.Series(np.ones(60)), {"a": 1.0}, {}).parts
    assert figures.select("effect", "share", "gap").row(0) == (None, None, None)


def test_weights_that_differ_by_group_leave_gaps_and_shares_of_the_variance_missing() -> None:
    figures = measure("index", pl.DataFrame({"a": X, "b": NOISE}), pl.Series(X + NOISE), None, {})
    assert figures.discrepancy is None
    assert figures.sum_of_variance_shares is None
    assert figures.parts["gap"].null_count() == 2
    assert figures.parts["effect"].null_count() == 0


def test_missing_values_leave_out_the_unit_for_that_part_only() -> None:
    frame = pl.DataFrame({"a": [1.0, None, 3.0, 5.0, 4.0], "b": [2.0, 1.0, 4.0, 3.0, 5.0]})
    figures = measure("index", frame, pl.Series([1.0, 2.0, 3.0, 4.0, 5.0]), {"a": 0.5, "b": 0.5}, {})
    assert figures.parts["units"].to_list() == [4, 5]
    assert figures.parts["r2"][0] == pytest.approx(np.corrcoef([1, 3, 5, 4], [1, 3, 4, 5])[0, 1] ** 2)


def test_the_order_of_rows_and_columns_changes_no_figure() -> None:
    frame = pl.DataFrame({"a": X, "b": NOISE, "y": X**2 + NOISE})
    turned = frame.reverse()
    weights = {"a": 0.5, "b": 0.5}
    one = measure("index", frame.select("a", "b"), frame["y"], weights, {}).parts
    other = measure("index", turned.select("b", "a"), turned["y"], weights, {}).parts.reverse()
    for first, second in zip(one.iter_rows(), other.iter_rows(), strict=True):
        assert first[1:] == pytest.approx(second[1:], abs=1e-12, nan_ok=True)


@pytest.fixture(scope="module")
def importance() -> Importance:
    """Return an index of two dimensions; a higher score of the second is worse."""
    z = np.random.default_rng(1).normal(size=(30, 3))
    wealth, harm = (z[:, 0] + z[:, 1]) / 2, z[:, 2]
    run = RunFacts.of(
        {
            "index": pl.DataFrame({"wealth": wealth, "harm": -harm}),
            "wealth": pl.DataFrame({"gdp": z[:, 0], "work": z[:, 1]}),
            "harm": pl.DataFrame({"dust": z[:, 2]}),
        },
        weights={"index": {"wealth": 0.75, "harm": 0.25}},
    )
    return Importance(run.components, run.scores, run.weights, run.effective_weights)


def test_indicators_stand_beside_their_effective_weights(importance: Importance) -> None:
    assert importance.indicators.parts.select("component", "weight").rows() == [
        ("gdp", 0.375),
        ("work", 0.375),
        ("dust", 0.25),
    ]


def test_variance_shares_of_indicators_add_to_1_below_a_dimension_of_the_opposite_direction(
    importance: Importance,
) -> None:
    assert importance.indicators.sum_of_variance_shares == pytest.approx(1)


def test_the_table_has_the_components_of_every_node_and_the_indicators_of_the_index(importance: Importance) -> None:
    assert importance.table.select("node", "level", "component").rows() == [
        ("index", "component", "wealth"),
        ("index", "component", "harm"),
        ("wealth", "component", "gdp"),
        ("wealth", "component", "work"),
        ("harm", "component", "dust"),
        ("index", "indicator", "gdp"),
        ("index", "indicator", "work"),
        ("index", "indicator", "dust"),
    ]


def test_an_index_without_dimensions_has_its_indicators_once() -> None:
    run = RunFacts.of({"index": pl.DataFrame({"a": X, "b": NOISE})})
    flat = Importance(run.components, run.scores, run.weights, run.effective_weights)
    assert flat.indicators is flat.nodes["index"]
    assert flat.table.height == 2


def test_an_indicator_that_is_a_dimension_has_the_same_interval_in_both_levels(importance: Importance) -> None:
    figures = ("effect", "lower", "upper")
    level, component = (pl.col(name) for name in ("level", "component"))
    harm = importance.table.filter(level == "component", component == "harm").select(figures).row(0)
    dust = importance.table.filter(level == "indicator", component == "dust").select(figures).row(0)
    assert dust == pytest.approx(harm)
