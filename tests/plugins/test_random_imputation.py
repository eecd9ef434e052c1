"""Random imputations: their distribution, their random numbers, and what does not change them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from indicia.methods import RandomNumbers
from indicia.methods.numbers import identity_keys
from indicia_methods.imputation.draws import Chained, HotDeck

NAN = np.nan
UNITS = [f"unit {number}" for number in range(24)]


def numbers(seed: int = 1, units: list[str] = UNITS, columns: tuple[str, ...] = ("x", "y", "z")) -> RandomNumbers:
    return RandomNumbers(seed, identity_keys((unit,) for unit in units), columns)


def table() -> np.ndarray:
    generator = np.random.default_rng(3)
    x, z = generator.normal(size=(2, len(UNITS)))
    y = 3 + 2 * x - z + generator.normal(size=len(UNITS))
    values = np.column_stack([x, y, z])
    values[:3, 1] = NAN
    return values


def test_a_drawn_value_has_the_predictive_distribution_of_bayesian_regression() -> None:
    # Rubin (1987), example 5.1: with one incomplete variable, a drawn value has a t distribution with n - p degrees of
    # freedom, about the prediction, with the scale s (1 + x' (X'X)^-1 x)^1/2
    values = table()
    design = np.column_stack([np.ones(len(values)), values[:, 0], values[:, 2]])
    x, y = design[3:], values[3:, 1]
    coefficients = np.linalg.solve(x.T @ x, x.T @ y)
    freedom = len(y) - 3
    s = np.sqrt(((y - x @ coefficients) ** 2).sum() / freedom)
    scale = s * np.sqrt(1 + design[0] @ np.linalg.solve(x.T @ x, design[0]))
    drawn = [Chained(rounds=1).draw(values, numbers(seed))[0, 1] for seed in range(600)]
    standard = (np.array(drawn) - design[0] @ coefficients) / scale
    assert stats.kstest(standard, stats.t(freedom).cdf).pvalue > 0.01


def test_matching_takes_the_value_of_one_of_the_donors_with_the_nearest_predictions() -> None:
    values = table()
    method = Chained(model="matching", donors=3, rounds=1)
    drawn = {float(method.draw(values, numbers(seed))[1, 1]) for seed in range(40)}
    assert drawn <= set(values[3:, 1].tolist())
    assert 3 <= len(drawn) <= 12
    # with one donor and a regression without errors, the donor is the unit with the nearest prediction
    exact = np.column_stack([[1.0, 2.0, 3.0, 4.0, 6.0], [3.0, 5.0, NAN, 9.0, 13.0]])
    units = UNITS[:5]
    filled = Chained(model="matching", donors=1).draw(exact, numbers(1, units, ("x", "y")))
    assert filled[2, 1] == 5.0  # 5 and 9 are equally near: the smaller one


def test_a_hot_deck_draws_each_donor_as_often_and_a_bootstrap_adds_variance() -> None:
    values = np.array([[1.0], [2.0], [3.0], [4.0], [NAN], [NAN]])
    drawn = np.array(
        [[HotDeck(bootstrap=b).draw(values, numbers(s, UNITS[:6], ("x",)))[4:, 0] for s in range(800)] for b in (0, 1)]
    )
    for method in drawn:
        assert stats.chisquare(np.unique(method, return_counts=True)[1]).pvalue > 0.001
    # two gaps: independent without bootstrap; with it they share the drawn donors, so that their correlation is 1 / n
    plain, shared = (np.corrcoef(method.T)[0, 1] for method in drawn)
    assert abs(plain) < 0.12
    assert shared == pytest.approx(1 / 4, abs=0.12)


@pytest.mark.parametrize("method", [Chained(), Chained(model="matching"), HotDeck()], ids=str)
def test_the_order_of_units_and_indicators_changes_no_drawn_value(method: Chained | HotDeck) -> None:
    values = table()
    values[5:8, 0] = NAN
    drawn = method.draw(values, numbers())
    rows, columns = np.random.default_rng(1).permutation(len(values)), [2, 0, 1]
    units, names = [UNITS[row] for row in rows], ("z", "x", "y")
    other = method.draw(values[np.ix_(rows, columns)], numbers(1, units, names))
    assert other == pytest.approx(drawn[np.ix_(rows, columns)], rel=1e-9)
    assert not np.allclose(drawn, method.draw(values, numbers(2)))
    assert not np.allclose(drawn, method.draw(values, replace(numbers(), group=("north",))))


def test_an_indicator_without_values_stays_missing_and_has_no_effect() -> None:
    values = table()
    wide = np.column_stack([values, np.full(len(values), NAN)])
    drawn = Chained().draw(wide, numbers(columns=("x", "y", "z", "empty")))
    assert np.isnan(drawn[:, 3]).all()
    assert drawn[:, :3] == pytest.approx(Chained().draw(values, numbers()), rel=1e-9)


def test_too_few_units_for_a_regression_are_an_error_with_a_way_out() -> None:
    values = np.array([[1.0, 3.0], [2.0, 5.0], [3.0, NAN]])
    with pytest.raises(ValueError, match=r"2 units that have an indicator are too few .* choose hot_deck"):
        Chained().draw(values, numbers(1, UNITS[:3], ("x", "y")))


def test_random_numbers_are_uniform_and_normal_and_those_of_other_uses_are_independent() -> None:
    random = numbers(1, [f"unit {number}" for number in range(3_000)])
    assert stats.kstest(random.uniform("donor", "x"), "uniform").pvalue > 0.01
    assert stats.kstest(random.normal("donor", "x"), "norm").pvalue > 0.01
    others = random.uniform("donor", "y"), replace(random, seed=2).uniform("donor", "x"), random.uniform("start", "x")
    for other in others:
        assert abs(np.corrcoef(random.uniform("donor", "x"), other)[0, 1]) < 0.06
    first = random.of_unit(0, "donor").random(3)
    assert (first == random.of_unit(0, "donor").random(3)).all()
    assert (first != random.of_unit(1, "donor").random(3)).all()
    assert random.shared("x").random() != random.shared("y").random()
