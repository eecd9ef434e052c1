"""Figures keep their digits for very large, very small, hardly different or closely correlated values."""

from __future__ import annotations

from decimal import Decimal, localcontext
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

import indicia
from indicia.catalogue import installed
from indicia.index import Index

if TYPE_CHECKING:
    import numpy.typing as npt

    from indicia.result import Result

    Array = npt.NDArray[np.float64]

FACTORS = (2.0**-1000, 2.0**-530, 2.0**530, 2.0**900)
"""Powers of two change no digit of a value; squares of values times these are no numbers, or have few digits left."""


def score(values: Array, **methods: Any) -> Result:
    names = [f"x{number}" for number in range(values.shape[1])]
    columns = {name: pl.Series(column, nan_to_null=True) for name, column in zip(names, values.T, strict=True)}
    indicators: dict[str, Any] = {name: {} for name in names}
    indicators[names[-1]] = {"direction": "cost"}
    data = pl.DataFrame({"unit": [f"u{number}" for number in range(len(values))], **columns})
    return indicia.score(data, unit="unit", indicators=indicators, **methods)


def weights(values: Array, weighting: str, **methods: Any) -> list[float]:
    actual = score(values, **{"normalisation": "min_max", **methods}, weighting=weighting).weights
    return actual.filter(pl.col("id").str.starts_with("x"))["weight"].to_list()


def plain() -> Array:
    return np.random.default_rng(0).uniform(1, 2, (20, 3))


@pytest.mark.parametrize("factor", FACTORS)
@pytest.mark.parametrize(
    "normalisation", ["z_score", "z_score(ddof=0)", "sigmoid", "softmax(on=z_scores)", "vector", "categorical"]
)
def test_a_normalisation_that_squares_does_not_depend_on_the_size_of_values(normalisation: str, factor: float) -> None:
    actual, expected = (score(values, normalisation=normalisation).normalised for values in (plain() * factor, plain()))
    assert actual.equals(expected)


@pytest.mark.parametrize("factor", FACTORS)
@pytest.mark.parametrize("aggregation", ["aroman", "multimoora", "topsis", "moora"])
def test_an_aggregation_that_squares_does_not_depend_on_the_size_of_values(aggregation: str, factor: float) -> None:
    actual, expected = (
        score(values, aggregation=aggregation).scores["score"] for values in (plain() * factor, plain())
    )
    assert actual.to_list() == expected.to_list()


@pytest.mark.parametrize("factor", FACTORS)
@pytest.mark.parametrize("weighting", ["standard_deviation", "variance"])
def test_weights_of_spread_do_not_depend_on_the_size_of_values(weighting: str, factor: float) -> None:
    actual = weights(plain() * factor, f'{weighting}(on="raw")')
    assert actual == pytest.approx(weights(plain(), f'{weighting}(on="raw")'), rel=1e-14)


def test_deviations_of_periods_do_not_depend_on_the_size_of_values() -> None:
    def normalised(factor: float) -> list[float]:
        table = {"unit": ["a", "b", "c"] * 2, "year": [1] * 3 + [2] * 3, "x": [1.0, 2, 4, factor, factor, 3 * factor]}
        methodology = {"normalisation": "z_score", "statistics": "period"}
        definition = {"data": {"unit": "unit", "period": "year"}, "indicators": {"x": {}}, "methodology": methodology}
        return Index(definition, installed()).score(pl.DataFrame(table)).normalised["x"].to_list()

    assert normalised(2.0**600) == normalised(1.0)


@pytest.mark.parametrize("level", [1e3, 1e6, 1e9])
def test_entropy_keeps_digits_of_indicators_that_hardly_vary(level: float) -> None:
    values = level + plain()
    with localcontext(prec=60):
        exact = []
        for column in values.T:
            x = [Decimal(float(value)) for value in column]
            p = [value / sum(x) for value in x]
            exact.append(1 + sum(value * value.ln() for value in p) / Decimal(len(x)).ln())
        expected = [float(value / sum(exact)) for value in exact]
    assert weights(values, 'entropy(on="raw")') == pytest.approx(expected, rel=level * 1e-15, abs=0)


def test_entropy_leaves_out_missing_values() -> None:
    values = plain()
    values[3, 0] = values[5, 2] = np.nan
    evenness = []
    for column in values.T:
        present = column[~np.isnan(column)]
        share = present / present.sum()
        evenness.append(-(share * np.log(share)).sum() / np.log(len(share)))
    expected = 1 - np.array(evenness)
    actual = weights(values, 'entropy(on="raw")', missing="skip")
    assert actual == pytest.approx(expected / expected.sum(), rel=1e-9)


@pytest.mark.parametrize("level", [1e3, 1e6, 1e8])  # at 1e9 they vary by less than the 1e-12 that is noise
def test_merec_keeps_digits_of_indicators_that_hardly_vary(level: float) -> None:
    values = plain()
    values[:, 1] = level + values[:, 1] / 1000
    with localcontext(prec=60):
        x = [[Decimal(float(value)) for value in column] for column in values.T]
        worst = [min(x[0]), min(x[1]), max(x[2])]
        logarithms = [[abs((value / end).ln()) for value in column] for column, end in zip(x, worst, strict=True)]
        units = list(zip(*logarithms, strict=True))
        effects = [
            sum((1 + sum(unit) / 3).ln() - (1 + (sum(unit) - unit[j]) / 3).ln() for unit in units) for j in range(3)
        ]
        expected = [float(value / sum(effects)) for value in effects]
    assert weights(values, "merec") == pytest.approx(expected, rel=1e-12, abs=0)


def test_independence_keeps_digits_of_closely_correlated_indicators() -> None:
    draw = np.random.default_rng(1)
    a, b, c = draw.normal(size=(3, 40))
    actual = weights(np.column_stack([a, a + 1e-8 * b, -b - c]), "independence", normalisation="none")
    on_both = np.column_stack([np.ones(40), a, b])  # which the difference of the first two tells
    rest = (b + c) - on_both @ np.linalg.lstsq(on_both, b + c, rcond=None)[0]
    multiple = np.sqrt(1 - rest.var() / (b + c).var())
    assert actual == pytest.approx(np.array([1, 1, 1 / multiple]) / (2 + 1 / multiple), rel=1e-6)


def test_an_outlier_without_a_counterpart_does_not_affect_correlations() -> None:
    values = plain()
    values[:, 1] += values[:, 0]
    values[0, :2] = 1e9, np.nan
    shared = slice(1, None)
    r01 = np.corrcoef(values[shared, 0], values[shared, 1])[0, 1]
    r02, r12 = np.corrcoef(values[:, 0], -values[:, 2])[0, 1], np.corrcoef(values[shared, 1], -values[shared, 2])[0, 1]
    contrast = np.nanstd(values, axis=0, ddof=1) / (np.nanmax(values, axis=0) - np.nanmin(values, axis=0))
    expected = contrast * [2 - r01 - r02, 2 - r01 - r12, 2 - r02 - r12]
    actual = weights(values, "critic", normalisation="none", missing="skip")
    assert actual == pytest.approx(expected / expected.sum(), rel=1e-12)


def test_lmaw_keeps_digits_of_a_value_far_below_the_best() -> None:
    values = np.array([[1.0, 1, 1], [3e-15, 1, 1], [4e-15, 1, 1]])
    actual = score(values, aggregation="lmaw", weighting="equal").scores["score"]
    logarithms = np.log1p(values[:, 0])
    share = logarithms / logarithms.sum()
    first = 2 * share ** (1 / 3) / ((2 - share) ** (1 / 3) + share ** (1 / 3))
    assert actual[2] - actual[1] == pytest.approx(first[2] - first[1], rel=1e-9)


@pytest.mark.parametrize(("z", "steps"), [(0.07, 100), (0.28, 25), (0.57, 100)])
def test_a_value_on_a_step_has_the_utility_of_that_step(z: float, steps: int) -> None:
    values = np.array([[0.0], [z], [1.0]])
    table = pl.DataFrame({"unit": ["a", "b", "c"], "x": values[:, 0]})
    actual = indicia.score(table, unit="unit", aggregation=f"maut(utility=step, steps={steps})").scores["score"]
    assert actual.to_list() == pytest.approx([0.0, z, 1.0], rel=1e-12)


@pytest.mark.parametrize(("p", "expected"), [(800.0, 0.02 * 0.5 ** (1 / 800)), (-800.0, 0.01 * 0.5 ** (-1 / 800))])
def test_a_mean_of_a_high_order_is_near_the_highest_or_lowest_component(p: float, expected: float) -> None:
    table = pl.DataFrame({"unit": ["a"], "x": [0.01], "y": [0.02]})
    methods = {"normalisation": "none", "weighting": "equal", "aggregation": f"generalised(p={p})"}
    assert indicia.score(table, unit="unit", **methods).scores["score"].to_list() == pytest.approx(
        [expected], rel=1e-12
    )
