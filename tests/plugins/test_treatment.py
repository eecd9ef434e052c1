"""Treatments of unusual columns, and of new units with fitted numbers."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

import indicia
from indicia import IndiciaError, IndiciaWarning, formulas
from indicia.catalogue import installed
from indicia.methods import Treatment
from indicia.tables.evaluate import Evaluation, evaluate
from indicia_methods.treatment.moments import kurtosis, shape, skewness
from indicia_methods.treatment.powers import BoxCox, YeoJohnson
from indicia_methods.treatment.stepwise import Winsorise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.formulas import Expression, Recorder
    from indicia.methods import Array
    from indicia.tables.scope import StatisticValues

CATALOGUE = installed()
CHOICES = [
    "winsorise",
    "winsorise(points=None, otherwise=log_range)",
    "winsorise(points=2, forced=true)",
    "winsorise(points=0, skewness=0.01, kurtosis=-5, otherwise=log_reflected, combine=true)",
    "winsorise(points=0, skewness=0.01, kurtosis=-5, otherwise=log_shifted)",
    "winsorise(points=0, skewness=0.01, kurtosis=-5, otherwise=box_cox)",
    "winsorise(points=0, skewness=0.01, kurtosis=-5, otherwise=yeo_johnson)",
    "winsorise_quantiles",
    "fences",
    "deviations",
    "deviations(centre=median)",
    "limits(lower=0, upper=2)",
    "log(offset=1)",
    "log(form=shifted)",
    "log(form=range)",
    "log(form=reflected)",
    "box_cox(shift=true)",
    "box_cox(power=-1, shift=true)",
    "yeo_johnson",
    "power(exponent=0.5)",
    "power(exponent=3, signed=true)",
    "logit(margin=0.01)",
    "round(decimals=1)",
]
COLUMNS: dict[str, list[float | None]] = {
    "nothing": [None, None, None, None, None],
    "one value": [None, 2.0, None, None, None],
    "two values": [1.0, None, 5.0, None, None],
    "three values": [1.0, None, 2.0, None, 90.0],
    "equal values": [3.0, 3.0, 3.0, 3.0, 3.0],
    "zeros": [0.0, 0.0, 0.0, 0.0, 0.0],
    "nearly all zero": [0.0, 0.0, 0.0, 0.0, 0.7],
    "far apart": [0.0, 1.0, 2.0, 3.0, 1e90],
    "close together": [1e9, 1e9, 1e9, 1e9 + 1e-6, 1e9 + 1e-5],
}


def treated(choice: str, column: Sequence[float | None], fitted: StatisticValues | None = None) -> Evaluation:
    method = CATALOGUE.choose("treatment", choice)
    assert isinstance(method, Treatment)

    x = formulas.column("x")

    def formula(recorder: Recorder) -> Expression:
        return method.treat(x, recorder("x", x))

    return evaluate(
        pl.DataFrame({"x": pl.Series(column, dtype=pl.Float64)}), {"x": formulas.record(formula)}, fitted=fitted
    )


def step_by_step(values: Array, points: int | None) -> Array:
    """Winsorise step by step, by the wording of the rule."""
    values, above, below = values.copy(), 0, 0
    while abs(skewness(values)) >= 2 and kurtosis(values) >= 3.5 and (points is None or above + below < points):
        upper = skewness(values) >= 0
        farthest = values == (values.max() if upper else values.min())
        values[farthest] = values[~farthest].max() if upper else values[~farthest].min()
        above, below = (int(farthest.sum()), below) if upper else (above, int(farthest.sum()))
    return values


@pytest.mark.parametrize("choice", CHOICES)
@pytest.mark.parametrize("column", COLUMNS.values(), ids=list(COLUMNS))
def test_any_column_stays_finite_and_in_order(choice: str, column: list[float | None]) -> None:
    found = treated(choice, column).frame["x"]
    assert found.is_null().to_list() == [x is None for x in column]
    assert found.drop_nulls().is_finite().all()
    pairs = sorted((x, y) for x, y in zip(column, found, strict=True) if x is not None)
    assert all(y <= next_y for (_, y), (_, next_y) in pairwise(pairs))


@pytest.mark.parametrize("choice", [choice for choice in CHOICES if "limits" not in choice and "round" not in choice])
@pytest.mark.parametrize("name", ["nearly all zero", "far apart"])
def test_a_column_that_varies_does_not_become_constant(choice: str, name: str) -> None:
    assert treated(choice, COLUMNS[name]).frame["x"].n_unique() > 1


@pytest.mark.parametrize("points", [0, 1, 5, 200, None])
@pytest.mark.parametrize("seed", range(8))
def test_winsorisation_equals_the_rule_step_by_step(seed: int, points: int | None) -> None:
    draw = np.random.default_rng(seed)
    for values in (
        draw.lognormal(0, 1.5, 3000),
        -draw.lognormal(0, 1, 100),
        draw.standard_cauchy(800),
        np.round(draw.standard_t(2, 1000), 1),
        np.where(draw.random(500) < 0.02, 1e9 * draw.random(500), draw.random(500)),
    ):
        low, high = Winsorise(points=points).learn(values)
        assert np.array_equal(np.clip(values, low, high), step_by_step(values, points))


@pytest.mark.parametrize("choice", CHOICES)
def test_new_units_are_treated_with_the_fitted_numbers(choice: str) -> None:
    column = [0.0, 1.0, 2.0, 4.0, 5.0, 6.0, 30.0, 31.0]
    before = treated(choice, column)
    after = treated(choice, column[2:5], before.statistics)
    assert after.frame["x"].to_list() == before.frame["x"][2:5].to_list()


def test_a_new_unit_beyond_the_bounds_is_winsorised_if_there_are_bounds() -> None:
    settled = treated("winsorise", [*map(float, range(1, 11)), 30.0, 100.0]).statistics
    assert treated("winsorise", [-1e6, 5.0, 1e6], settled).frame["x"].to_list() == [-1e6, 5.0, 30.0]


@pytest.mark.parametrize("values", [[], [1.0], [1.0, 2.0], [4.0, 4.0, 4.0, 4.0], [0.1, 0.1, 0.1, 0.1, 0.1, 0.1]])
def test_few_or_equal_values_have_no_skewness_and_are_acceptable(values: list[float]) -> None:
    assert np.isnan(shape(np.array(values))).all()
    assert Winsorise().passes(np.array(values))


def test_three_values_have_a_skewness_but_no_kurtosis() -> None:
    assert skewness(np.array([1.0, 2.0, 6.0])) == pytest.approx(1.457863, abs=1e-6)
    assert np.isnan(kurtosis(np.array([1.0, 2.0, 6.0])))


def test_skewness_does_not_depend_on_the_unit_of_measure() -> None:
    values = np.array([1.0, 2.0, 3.0, 10.0, 50.0])
    for factor in (1e-200, 1e-9, 1e9, 1e200):
        assert shape(factor * values) == pytest.approx(shape(values), rel=1e-12)


@pytest.mark.parametrize("values", [[1e6, 1e6 + 1, 1e6 + 50], [1e-9, 1.0, 1e9], [1e-150, 1.0, 2.0]])
def test_a_fitted_power_keeps_values_distinct(values: list[float]) -> None:
    for choice in ("box_cox", "yeo_johnson"):
        assert treated(choice, values).frame["x"].n_unique() == 3


def test_the_power_is_the_same_for_a_mirrored_column() -> None:
    values = np.random.default_rng(0).normal(1, 3, 200)
    assert YeoJohnson().learn(values)[0] == pytest.approx(2 - YeoJohnson().learn(-values)[0], abs=1e-6)


def test_the_power_of_box_cox_does_not_depend_on_the_unit_of_measure() -> None:
    values = np.random.default_rng(0).gamma(2, 1, 200)
    assert BoxCox().learn(1000 * values)[1] == pytest.approx(BoxCox().learn(values)[1], abs=1e-6)


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        ("winsorise(forced=true, points=None)", "forced needs points"),
        ("winsorise(combine=true)", "combine needs otherwise"),
        ("winsorise_quantiles(lower=0.9, upper=0.1)", "lower = 0.9 must be smaller than upper = 0.1"),
        ("limits", "limits needs lower, upper, or both"),
        ("limits(lower=2, upper=1)", "lower = 2 must be smaller than upper = 1"),
        ("log(form=gii, offset=1)", "the form gii has no offset"),
        ("log(form=range, offset=0)", "the form range needs an offset above 0"),
        ("winsorise(otherwise=power(exponent=2))", r"otherwise = power\(exponent=2\) is none of log, box_cox and"),
        ("winsorise(otherwise=log(frm=range))", 'log has no parameter "frm"'),
        ("winsorise(otherwise=log_rnage)", 'unknown treatment "log_rnage"'),
    ],
)
def test_invalid_parameters_of_treatments_are_refused(choice: str, message: str) -> None:
    with pytest.raises(IndiciaError, match=message):
        CATALOGUE.choose("treatment", choice)


def score(column: list[float | None], **words: Any) -> indicia.Result:
    table = {"unit": [f"U{row}" for row in range(len(column))], "x": column, "other": [float(row) for row in range(5)]}
    return indicia.score(
        pl.DataFrame(table), unit="unit", indicators={"x": words, "other": "benefit"}, missing="skip(minimum_share=0)"
    )


@pytest.mark.parametrize("transform", ["logit", "log(form=gii)"])
def test_a_transform_without_a_value_is_an_error_that_names_the_unit(transform: str) -> None:
    with pytest.raises(IndiciaError, match=r"has no finite value of x for .*U4"):
        score([0.2, 0.4, 0.5, 0.6, 1.0], transform=transform)


@pytest.mark.parametrize("transform", ["log", "box_cox", "logit"])
def test_a_transform_outside_its_domain_is_an_error_that_names_the_unit(transform: str) -> None:
    with pytest.raises(IndiciaError, match=r"needs positive values: x has 1 that is not \(U0\)"):
        score([0.0, 0.4, 0.5, 0.6, 0.9], transform=transform)


@pytest.mark.parametrize(
    ("name", "choice"),
    [
        ("log_range", {"method": "log", "form": "range"}),
        ("log_shifted", "log(form=shifted, offset=1)"),
        ("box_cox", {"method": "box_cox", "shift": True}),
        ("yeo_johnson", "yeo_johnson"),
    ],
)
def test_otherwise_takes_the_table_of_a_transform(name: str, choice: object) -> None:
    column = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 300.0, 1000.0]
    by_name, by_table = (
        CATALOGUE.choose("treatment", {"method": "winsorise", "points": 0, "otherwise": otherwise})
        for otherwise in (name, choice)
    )
    values = np.array(column)
    assert by_table.learn(values) == by_name.learn(values)


def test_remaining_outliers_cause_a_warning() -> None:
    with pytest.warns(IndiciaWarning, match="winsorise could not bring in the outliers of x"):
        assert score([0.0, 0.0, 0.0, 0.0, 1.0], treatment="winsorise").prepared["x"].to_list() == [0, 0, 0, 0, 1]
