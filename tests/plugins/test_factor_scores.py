"""The comprehensive score of factors, and weights by its coefficients."""

from __future__ import annotations

from math import sqrt

import numpy as np
import polars as pl
import pytest

import indicia
from indicia import IndiciaError

UNITS = ["A", "B", "C", "D", "E", "F", "G", "H"]
TABLE = pl.DataFrame(
    {
        "unit": UNITS,
        "roads": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0],
        "rail": [2.0, 1.0, 4.0, 3.0, 6.0, 5.0, 8.0, 7.0],
        "ports": [3.0, 1.0, 2.0, 5.0, 4.0, 8.0, 6.0, 7.0],
    }
)


def scored(table: pl.DataFrame, weighting: str, aggregation: str) -> indicia.Result:
    indicators = {name: "benefit" for name in table.columns if name != "unit"}
    return indicia.score(
        table,
        unit="unit",
        indicators=indicators,
        normalisation="z_score",
        weighting=weighting,
        aggregation=aggregation,
    )


def test_the_score_of_one_factor_of_two_components_is_their_sum_over_its_standard_deviation() -> None:
    table = TABLE.select("unit", "roads", "rail")
    values = table.drop("unit").to_numpy()
    z = (values - values.mean(axis=0)) / values.std(axis=0, ddof=1)
    r = np.corrcoef(values.T)[0, 1]
    wanted = z.sum(axis=1) / sqrt(2 * (1 + r))  # the variance of z1 + z2 is 2 (1 + r)
    found = scored(table, "equal", "factor_score(factors=1)").scores["score"]
    assert found.to_list() == pytest.approx(wanted, abs=1e-12)


@pytest.mark.parametrize("factors", [1, 2])
def test_weights_by_the_comprehensive_score_give_its_scores_but_for_the_scale(factors: int) -> None:
    weights = f"factor(factors={factors}, rule=comprehensive_score)"
    weighted = scored(TABLE, weights, "arithmetic").scores["score"].to_numpy()
    factor_score = scored(TABLE, "equal", f"factor_score(factors={factors})").scores["score"].to_numpy()
    ratio = factor_score / weighted
    assert ratio == pytest.approx(np.full(len(UNITS), ratio[0]), rel=1e-9)
    assert ratio[0] > 0


def test_details_have_the_scores_of_the_factors_with_standard_deviation_1() -> None:
    details = scored(TABLE, "equal", "factor_score(factors=2)").details()
    factors = details.select("factor 1", "factor 2").to_numpy()
    assert np.cov(factors.T) == pytest.approx(np.eye(2), abs=1e-12)


def test_a_missing_component_counts_as_its_mean() -> None:
    gap = TABLE.with_columns(pl.when(pl.col("unit") == "H").then(None).otherwise("rail").alias("rail"))
    others = gap.drop_nulls()
    mean = others["rail"].mean()
    filled = gap.with_columns(pl.col("rail").fill_null(mean))
    indicators = dict.fromkeys(("roads", "rail", "ports"), "benefit")
    found = indicia.score(gap, unit="unit", indicators=indicators, aggregation="factor_score", missing="skip")
    fitted = scored(others, "equal", "factor_score")
    assert found.scores["score"].to_list()[:7] == pytest.approx(fitted.scores["score"].to_list(), abs=1e-12)
    assert filled["rail"][7] == pytest.approx(4.142857142857143)
    assert found.scores["score"][7] is not None


@pytest.mark.parametrize(
    ("table", "aggregation", "fault"),
    [
        (TABLE.head(3), "factor_score", "3 units are too few for factors of 3 components: take more units"),
        (TABLE, "factor_score(factors=4)", "factors = 4 exceeds the 3 indicators"),
        (TABLE.with_columns(ports=pl.col("roads") * 2), "factor_score", "its components are linearly dependent"),
    ],
)
def test_data_that_bear_no_factors_are_refused(table: pl.DataFrame, aggregation: str, fault: str) -> None:
    with pytest.raises(IndiciaError) as caught:
        scored(table, "equal", aggregation)
    assert str(caught.value).startswith(f"factor_score of index: {fault}")


def test_a_negative_coefficient_is_refused_by_the_weighting_which_names_the_indicator() -> None:
    table = TABLE.with_columns(noise=pl.Series([5.0, 1.0, 4.0, 2.0, 5.0, 1.0, 3.0, 2.0]))
    with pytest.raises(IndiciaError, match="factor of index: it gives a negative weight to noise"):
        scored(table, "factor(factors=1, rule=comprehensive_score)", "arithmetic")
