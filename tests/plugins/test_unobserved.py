"""The unobserved components model, its estimates by a second route, and tables that it refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from scipy.optimize import minimize

import indicia
from indicia import IndiciaError

if TYPE_CHECKING:
    from indicia.methods import Array
    from indicia.result import Result

EXACT = pl.DataFrame(
    {
        "unit": list("ABCDEFGH"),
        "x": [3, 3, 1, 1, -1, -1, -3, -3],
        "y": [4, 0, 4, 0, 0, -4, 0, -4],
        "z": [2, 2, 0, 0, -2, -2, 0, 0],
    }
)
"""x = 2u + p, y = 2u + 2q, z = u + r, of which u, p, q and r are uncorrelated columns of 1 and -1."""


def scored(table: pl.DataFrame, method: str = "unobserved_components", **more: Any) -> Result:
    indicators = dict.fromkeys(table.columns[1:], "benefit")
    return indicia.score(table, unit="unit", indicators=indicators, aggregation=method, **more)


def sample() -> pl.DataFrame:
    """Return 40 units and 4 components, with two patterns of gaps."""
    random = np.random.default_rng(25)
    g = random.normal(size=40)
    values = 5 + np.array([1.0, 2.0, 0.5, 1.5]) * (g[:, None] + random.normal(size=(40, 4)) * [0.5, 1.0, 0.8, 1.2])
    values[:8, 1] = np.nan
    values[30:, [0, 3]] = np.nan
    columns = {f"x{at}": pl.Series(column, nan_to_null=True) for at, column in enumerate(values.T)}
    return pl.DataFrame({"unit": [f"u{row}" for row in range(40)], **columns})


def most_likely(values: Array) -> tuple[Array, Array]:
    """Return conditional means and standard errors of the unobserved quantity, by a search over the likelihood."""
    count = values.shape[1]
    patterns: dict[tuple[bool, ...], list[int]] = {}
    for row, present in enumerate(~np.isnan(values)):
        patterns.setdefault(tuple(present), []).append(row)

    def parts(parameters: Array) -> tuple[Array, Array, Array]:
        level, slope, log_variance = np.split(parameters, 3)
        return level, slope, np.outer(slope, slope) + np.diag(np.exp(log_variance))

    def surprise(parameters: Array) -> float:
        level, _, covariance = parts(parameters)
        total = 0.0
        for present, rows in patterns.items():
            at = np.flatnonzero(present)
            deviation, own = values[np.ix_(rows, at)] - level[at], covariance[np.ix_(at, at)]
            total += len(rows) * np.linalg.slogdet(own)[1] + (deviation * np.linalg.solve(own, deviation.T).T).sum()
        return total / 2

    start = np.concatenate([np.nanmean(values, axis=0), np.nanstd(values, axis=0) * 0.7, np.zeros(count)])
    found = minimize(surprise, start, method="BFGS", options={"gtol": 1e-6})
    level, slope, covariance = parts(found.x)
    mean, error = np.empty(len(values)), np.empty(len(values))
    for present, rows in patterns.items():
        at = np.flatnonzero(present)
        gain = np.linalg.solve(covariance[np.ix_(at, at)], slope[at])
        mean[rows] = (values[np.ix_(rows, at)] - level[at]) @ gain
        error[rows] = np.sqrt(1 - slope[at] @ gain)
    return mean, error


def test_a_search_over_the_likelihood_finds_the_same_scores_and_errors_with_gaps() -> None:
    table = sample()
    result = scored(table, missing="skip", normalisation="none")
    mean, error = most_likely(table.drop("unit").to_numpy())
    assert result.scores["score"].to_numpy() == pytest.approx(mean, abs=2e-5)
    assert result.details()["standard error"].to_numpy() == pytest.approx(error, abs=2e-5)


def test_details_have_the_standard_error_and_the_weights_of_present_components() -> None:
    details = scored(EXACT).details()
    assert details["standard error"].to_list() == pytest.approx([7**-0.5] * 8)
    assert [details[f"weight of {name}"][0] for name in "xyz"] == pytest.approx([4 / 7, 1 / 7, 1 / 7])
    gaps = scored(sample(), missing="skip").details()
    assert gaps["weight of x1"].null_count() == 8
    assert gaps["standard error"][35] > gaps["standard error"][0] > gaps["standard error"][20]


def test_details_have_the_parameters_of_each_component_on_its_scale() -> None:
    moved = EXACT.with_columns(z=10 * pl.col("z") + 7)
    parameters = scored(moved, normalisation="none").details(table="parameters")
    assert parameters["alpha"].to_list() == pytest.approx([0, 0, 7])
    assert parameters["beta"].to_list() == pytest.approx([2, 2, 10])
    assert parameters["error variance"].to_list() == pytest.approx([0.25, 1, 1])


def test_neither_weights_nor_a_linear_scale_change_scores() -> None:
    expected = scored(EXACT, normalisation="none").scores["score"].to_list()
    assert scored(EXACT, normalisation="min_max").scores["score"].to_list() == pytest.approx(expected)
    weighted = indicia.score(
        EXACT, unit="unit", indicators={"x": {"weight": 9}, "y": {}, "z": {}}, aggregation="unobserved_components"
    )
    assert weighted.scores["score"].to_list() == pytest.approx(expected)


def test_a_least_error_bounds_a_component_that_measures_without_error() -> None:
    table = EXACT.with_columns(x=pl.col("y") + pl.col("z"))
    details = scored(table, "unobserved_components(least_error=0.01)", normalisation="none").details()
    weights = [details[f"weight of {name}"][0] for name in "xyz"]
    precision = weights[0] / (1 - sum(weights))
    assert precision == pytest.approx(99, rel=0.01)  # 0.99 of the variance over an error of 0.01


@pytest.mark.parametrize(
    ("table", "fault"),
    [
        (EXACT.head(3), "unobserved_components needs at least 4 units, and there are 3"),
        (
            EXACT.with_columns(pl.when(pl.col("unit") < "D").then(pl.col("x", "y", "z"))),
            "3 units are too few",
        ),
        (EXACT.drop("z"), "cannot be told apart from 2 components: take three or more"),
        (
            EXACT.with_columns(x=pl.col("y") + pl.col("z")),
            "the most likely error of x is 0, so that the score would be x alone",
        ),
        (EXACT.with_columns(x=pl.when(pl.col("unit") < "C").then("x")), "x has values of fewer than three units"),
    ],
)
def test_tables_without_an_estimate_are_refused(table: pl.DataFrame, fault: str) -> None:
    with pytest.raises(IndiciaError, match=fault):
        scored(table, missing="skip", normalisation="none")
