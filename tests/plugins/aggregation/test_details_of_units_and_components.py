"""The parts of scores that methods show beside them: distances, means, loadings, utilities and shares of ranks."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

import indicia

TABLE = pl.DataFrame({"unit": ["A", "B", "C"], "x": [3.0, 4.0, 1.0], "y": [4.0, 1.0, 2.0]})


def score(aggregation: Any, normalisation: str = "none", table: pl.DataFrame = TABLE) -> indicia.Result:
    columns: dict[str, Any] = {name: {} for name in table.columns[1:]}
    return indicia.score(table, unit="unit", indicators=columns, aggregation=aggregation, normalisation=normalisation)


def test_topsis_has_the_distances_to_the_best_and_to_the_worst() -> None:
    told = score("topsis").details()
    assert told["to_best"].to_list() == pytest.approx([0.5, 1.5, (9 / 4 + 1) ** 0.5])
    assert told["to_worst"].to_list() == pytest.approx([(1 + 9 / 4) ** 0.5, 1.5, 0.5])


def test_waspas_and_cocoso_have_the_parts_of_their_scores() -> None:
    told = score("waspas").details()
    assert told["arithmetic"].to_list() == pytest.approx([3.5, 2.5, 1.5])
    assert told["geometric"].to_list() == pytest.approx([12**0.5, 2.0, 2**0.5])
    told = score("cocoso").details()
    assert told["k_a"].sum() == pytest.approx(1.0)
    assert told["k_c"].max() == pytest.approx(1.0)
    parts = told.select("k_a", "k_b", "k_c").to_numpy()
    scores = parts.prod(axis=1) ** (1 / 3) + parts.mean(axis=1)
    assert score("cocoso").scores["score"].to_numpy() == pytest.approx(scores)


def test_edas_has_distances_to_the_mean_and_copras_the_sums_of_benefits_and_costs() -> None:
    told = score("edas").details()  # means 8/3 and 7/3
    assert told["above"].to_list() == pytest.approx([(1 / 8 + 5 / 7) / 2, 1 / 4, 0.0])
    assert told["below"].to_list() == pytest.approx([0.0, 2 / 7, (5 / 8 + 1 / 7) / 2])
    columns = {"x": "benefit", "y": "cost"}
    result = indicia.score(TABLE, unit="unit", indicators=columns, aggregation="copras", normalisation="none")
    told = result.details()
    assert told["benefits"].to_list() == pytest.approx([1.5, 2.0, 0.5])
    assert told["costs"].to_list() == pytest.approx([2.0, 0.5, 1.0])


def test_loadings_and_coefficients_of_components_belong_to_factors_and_their_shares() -> None:
    table = TABLE.with_columns(x=pl.Series([1.0, 2.0, 3.0]), y=pl.Series([1.0, 3.0, 2.0]))  # they correlate by 0.5
    result = score("factor_score(factors=1)", table=pl.concat([table, table.with_columns(unit=pl.col("unit") + "2")]))
    assert result.details(table="factors").row(0) == pytest.approx((1, 1.5, 0.75, 1.0))
    loadings, coefficients = result.details(table="loadings"), result.details(table="coefficients")
    assert loadings["component"].to_list() == coefficients["component"].to_list() == ["x", "y"]
    assert loadings["factor 1"].to_list() == pytest.approx([0.75**0.5] * 2)
    assert loadings["communality"].to_list() == pytest.approx([0.75] * 2)
    assert coefficients["factor 1"].to_list() == pytest.approx([3**-0.5] * 2)


def test_periods_with_different_numbers_of_factors_have_their_factors_in_one_table() -> None:
    random = np.random.default_rng(2)
    first, second, noise = random.normal(size=(20, 1)), random.normal(size=(20, 1)), random.normal(size=(20, 4)) / 9
    years = [np.hstack([first, first, first, first]) + noise, np.hstack([first, first, second, second]) + noise]
    frames = [pl.DataFrame(values, [*"abcd"]).with_columns(year=year) for year, values in enumerate(years)]
    table = pl.concat(frames).with_columns(unit=pl.Series([*"ABCDEFGHIJKLMNOPQRST"] * 2))
    result = indicia.score(
        table,
        unit="unit",
        period="year",
        indicators={name: {} for name in "abcd"},
        aggregation="factor_score",
        normalisation="none",
        settings={"methodology.statistics": "period"},
    )
    assert result.details(table="factors").group_by("year").len().sort("year")["len"].to_list() == [1, 2]
    assert result.details().filter(year=0)["factor 2"].is_null().all()
    assert result.details().null_count()["factor 1"].item() == 0


def test_breakpoints_have_utilities_and_a_contradiction_has_errors() -> None:
    utastar = {"method": "utastar", "examples": {"x": [1, 2], "y": [2, 2.5]}, "ranks": [1, 2], "delta": 0.05}
    result = score(utastar)
    points = result.details(table="breakpoints")
    assert points.select("component", "value").rows() == [("x", 1.0), ("x", 2.0), ("y", 2.0), ("y", 2.5)]
    assert points.filter(pl.col("value") == pl.col("value").min().over("component"))["utility"].to_list() == [0.0, 0.0]
    assert points.group_by("component").agg(pl.col("utility").max())["utility"].sum() == pytest.approx(1.0)
    examples = result.details(table="examples")  # the better example is worse in both components by the whole utility
    assert examples["utility"].to_list() == pytest.approx([0.0, 1.0])
    assert examples["underestimation"][0] + examples["overestimation"][1] == pytest.approx(1.05)
    assert examples["overestimation"][0] + examples["underestimation"][1] == pytest.approx(0.0, abs=1e-9)
    solutions = result.details(table="solutions")
    assert solutions["maximised"].to_list() == ["x", "y", "mean"]
    assert solutions.select("x", "y").rows() == [pytest.approx(row) for row in ((1.0, 0.0), (0.0, 1.0), (0.5, 0.5))]


def test_shares_of_ranks_and_central_weights_are_means_over_the_draws() -> None:
    result = score({"method": "smaa", "draws": 20_000})
    shares = result.details(table="acceptability")
    assert shares.columns == ["unit", "rank_1", "rank_2", "rank_3"]
    assert shares.drop("unit").sum_horizontal().to_list() == pytest.approx([1.0] * 3)
    assert shares["rank_1"].to_list() == result.details()["first"].to_list()
    assert shares["rank_1"].to_list() == pytest.approx([0.75, 0.25, 0.0], abs=0.02)  # A is first if w of x is below 3/4
    central = result.details(table="central_weights")
    assert central["x"].to_list()[:2] == pytest.approx([0.375, 0.875], abs=0.02)
    assert central["x"].to_list()[2] is None


def test_characteristic_objects_have_the_score_of_the_expert_and_their_preference() -> None:
    comet = {"method": "comet", "values": {"y": [1, 4], "x": [1, 4]}, "expression": "x * y"}
    told = score(comet).details(table="objects")
    assert told.columns == ["y", "x", "judged", "preference"]
    assert told.rows() == [(1.0, 1.0, 1.0, 0.0), (1.0, 4.0, 4.0, 0.5), (4.0, 1.0, 4.0, 0.5), (4.0, 4.0, 16.0, 1.0)]
