"""Coefficients of 0 or more fit as well as such coefficients can; a regression names what it cannot bear."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from indicia import IndiciaError
from indicia_statistics.least_squares import non_negative_least_squares, standardised_regression


@pytest.fixture
def table() -> pl.DataFrame:
    """Return a score that is the mean of two indicators, which do not correlate."""
    return pl.DataFrame({"a": [1.0, 2, 3, 4], "b": [6.0, 2, 2, 6]}).with_columns(score=pl.mean_horizontal("a", "b"))


def test_a_solution_without_negative_coefficients_is_that_of_least_squares() -> None:
    a = np.array([[2.0, 1.0], [1.0, 3.0], [0.0, 1.0]])
    assert non_negative_least_squares(a, a @ [0.5, 2.0]) == pytest.approx([0.5, 2.0])


def test_a_coefficient_that_would_be_negative_is_0() -> None:
    # without the first column, the second fits 1 and 3 with (1 * 1 + 2 * 3) / (1 + 4)
    a = np.array([[1.0, 1.0], [0.0, 2.0]])
    assert np.linalg.solve(a, [1.0, 3.0])[0] < 0
    assert non_negative_least_squares(a, np.array([1.0, 3.0])) == pytest.approx([0, 7 / 5])


def test_no_step_from_the_solution_to_other_coefficients_of_0_or_more_fits_better() -> None:
    rng = np.random.default_rng(4)
    a, b = rng.normal(size=(20, 8)), rng.normal(size=20)
    x = non_negative_least_squares(a, b)
    gradient = a.T @ (a @ x - b)
    # the conditions of Karush, Kuhn and Tucker
    assert (x >= 0).all()
    assert (gradient >= -1e-9).all()
    assert gradient[x > 0] == pytest.approx(0, abs=1e-9)
    assert 0 < (x > 0).sum() < 8


def test_coefficients_of_a_mean_are_deviations_in_units_of_that_of_the_score(table: pl.DataFrame) -> None:
    result = standardised_regression(table, "score", ["a", "b"])
    # the variances 5/3 and 16/3 of the indicators are those of the score, times 4, since the covariance is 0
    assert result["beta"].to_list() == pytest.approx([np.sqrt(5 / 21), np.sqrt(16 / 21)])
    assert result["share"].to_list() == pytest.approx([5 / 21, 16 / 21])


def test_shares_add_to_the_share_of_the_variance_that_the_regression_explains(table: pl.DataFrame) -> None:
    other = table.with_columns(score=pl.Series([1.0, 5.0, 2.0, 4.0]))
    design = np.column_stack([np.ones(4), other["a"], other["b"]])
    fit = design @ np.linalg.lstsq(design, other["score"].to_numpy(), rcond=None)[0]
    result = standardised_regression(other, "score", ["a", "b"])
    assert result["share"].sum() == pytest.approx(fit.var() / np.var([1, 5, 2, 4]))


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (
            {"a": [1.0, 2, 3], "b": [1.0, 3, 2]},
            "3 units with all of 2 indicators cannot bear their coefficients",
        ),
        ({"a": [1.0, 2, 3, 4], "b": [1.0] * 4}, "b: the same for all units\n  fix: leave it out"),
        ({"a": [1.0, 2, 3, 5], "b": [2.0, 4, 6, 10]}, "a, b determine each other\n  fix: leave one of them out"),
    ],
)
def test_a_regression_refuses_what_the_units_cannot_bear(columns: dict[str, list[float]], message: str) -> None:
    table = pl.DataFrame(columns).with_columns(score=pl.Series([1.0, 5, 2, 4][: len(columns["a"])]))
    with pytest.raises(IndiciaError, match=f"^{message}"):
        standardised_regression(table, "score", list(columns))


def test_a_unit_without_an_indicator_does_not_count(table: pl.DataFrame) -> None:
    more = pl.concat([table, pl.DataFrame({"a": [None], "b": [90.0], "score": [3.0]}, schema=table.schema)])
    assert standardised_regression(more, "score", ["a", "b"]).equals(
        standardised_regression(table, "score", ["a", "b"])
    )
