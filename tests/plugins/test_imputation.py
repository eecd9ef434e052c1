"""Imputations from other indicators and units, with few values to use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

import indicia
from indicia.methods import Completed
from indicia_methods.imputation import neighbours
from indicia_methods.imputation.likelihood import ExpectationMaximisation
from indicia_methods.imputation.neighbours import Nearest
from indicia_methods.imputation.regression import Regression
from indicia_methods.imputation.row import Row

if TYPE_CHECKING:
    from indicia.methods import MatrixImputation

NAN = np.nan
METHODS = (Row(), Row(statistic="median"), Nearest(), Nearest(weights="distance"), Regression("all"))
EVERY = (*METHODS, ExpectationMaximisation())


def complete(method: MatrixImputation, values: np.ndarray) -> np.ndarray:
    """Return the completed matrix, without the tables of details."""
    filled = method.complete(values)
    return filled.values if isinstance(filled, Completed) else filled


def sample(units: int = 60, share: float = 0.1) -> np.ndarray:
    rng = np.random.default_rng(7)
    values = rng.normal(size=(units, 2)) @ rng.normal(size=(2, 5)) + rng.normal(size=(units, 5))
    return np.where(rng.random(values.shape) < share, NAN, values)


@pytest.mark.parametrize("method", EVERY, ids=str)
def test_present_values_stay_and_all_gaps_are_filled(method: MatrixImputation) -> None:
    values = sample()
    before, filled = values.copy(), complete(method, values)
    assert np.array_equal(values, before, equal_nan=True)
    assert np.isfinite(filled).all()
    assert (filled == values)[~np.isnan(values)].all()


@pytest.mark.parametrize("method", EVERY, ids=str)
def test_an_indicator_without_values_stays_missing_and_has_no_effect(method: MatrixImputation) -> None:
    values = sample()
    filled = complete(method, np.column_stack([values, np.full(len(values), NAN)]))
    assert np.isnan(filled[:, -1]).all()
    assert filled[:, :-1] == pytest.approx(complete(method, values), rel=1e-9)


@pytest.mark.parametrize("method", EVERY, ids=str)
def test_an_indicator_that_does_not_vary_is_filled_with_its_value(method: MatrixImputation) -> None:
    values = sample()
    constant = np.full(len(values), 0.1)
    constant[3] = NAN
    assert (complete(method, np.column_stack([values, constant]))[:, -1] == 0.1).all()


@pytest.mark.parametrize("imputation", ["mean", "mean(within=region)", "median"])
@pytest.mark.parametrize("units", [3, 6, 28])
def test_the_mean_of_equal_values_is_that_value(imputation: str, units: int) -> None:
    table = pl.DataFrame(
        {
            "unit": [f"u{number}" for number in range(units + 1)],
            "region": ["north"] * (units + 1),
            "x": [*[0.7] * units, None],
        }
    )
    result = indicia.score(
        table, unit="unit", groups=["region"], indicators=["x"], imputation=imputation, normalisation="none"
    )
    assert result.prepared["x"].to_list() == [0.7] * (units + 1)


@pytest.mark.parametrize("method", EVERY, ids=str)
@pytest.mark.parametrize("values", [[[NAN]], [[1.0, NAN]], [[NAN, NAN], [NAN, NAN]]], ids=["cell", "unit", "nothing"])
def test_a_table_without_other_values_stays_missing(method: MatrixImputation, values: list[list[float]]) -> None:
    assert np.array_equal(complete(method, np.array(values)), values, equal_nan=True)


def test_a_unit_without_values_stays_so_by_row_and_gets_means_by_others() -> None:
    values = np.vstack([sample(), np.full((1, 5), NAN)])
    assert np.isnan(complete(Row(), values)[-1]).all()
    assert complete(Nearest(), values)[-1] == pytest.approx(np.nanmean(values, axis=0))


def test_of_equally_distant_units_the_earlier_counts() -> None:
    values = np.array([[1.0, 8.0], [3.0, 9.0], [2.0, NAN], [1.0, 7.0]])
    assert complete(Nearest(k=1), values)[2, 1] == 8.0
    assert complete(Nearest(k=2), values)[2, 1] == 8.5


def test_all_donors_count_if_they_are_fewer_than_k() -> None:
    values = np.array([[1.0, 8.0], [3.0, 9.0], [2.0, NAN]])
    assert complete(Nearest(k=50), values)[2, 1] == 8.5


def test_donors_at_distance_0_count_alone() -> None:
    values = np.array([[2.0, 8.0], [3.0, 90.0], [2.0, NAN], [2.0, 9.0]])
    assert complete(Nearest(k=3, weights="distance"), values)[2, 1] == 8.5


def test_the_size_of_blocks_does_not_change_values(monkeypatch: pytest.MonkeyPatch) -> None:
    values = sample(200, 0.2)
    filled = complete(Nearest(weights="distance"), values)
    monkeypatch.setattr(neighbours, "_DISTANCES", 3 * len(values))
    assert complete(Nearest(weights="distance"), values) == pytest.approx(filled, rel=1e-12)


def test_an_outlier_does_not_affect_the_choice_of_neighbours() -> None:
    values = np.array([[1.0, 1.0], [1.0 + 1e-9, 2.0], [1.0 + 1e-9, NAN], [1e6, 3.0]])
    assert complete(Nearest(k=1), values)[2, 1] == 2.0


def test_regression_without_complete_indicators_is_refused() -> None:
    with pytest.raises(ValueError, match="no indicator is complete"):
        complete(Regression(), np.array([[1.0, NAN], [NAN, 2.0], [3.0, 4.0]]))


def test_regression_on_more_indicators_than_units_is_refused() -> None:
    with pytest.raises(ValueError, match="2 units that have an indicator are too few"):
        complete(Regression(), np.array([[1.0, 2.0, 3.0], [2.0, 5.0, 4.0], [3.0, 1.0, NAN]]))


def test_rounds_go_with_regressions_on_all() -> None:
    with pytest.raises(ValueError, match="rounds go with on = all"):
        Regression(rounds=3)


def test_em_refuses_linearly_dependent_indicators() -> None:
    values = sample()
    with pytest.raises(ValueError, match="singular"):
        complete(ExpectationMaximisation(), np.column_stack([values, values[:, 0] + values[:, 1]]))


def test_em_refuses_indicators_that_are_never_present_together() -> None:
    with pytest.raises(ValueError, match="never present together"):
        complete(ExpectationMaximisation(), np.array([[1.0, NAN], [2.0, NAN], [NAN, 3.0], [NAN, 5.0]]))


def test_em_does_not_depend_on_the_order_of_units() -> None:
    values, order = sample(), np.random.default_rng(1).permutation(60)
    filled = complete(ExpectationMaximisation(), values)
    assert complete(ExpectationMaximisation(), values[order]) == pytest.approx(filled[order], rel=1e-8, abs=1e-8)
