"""Adequacy, components, rotations and parallel analysis where the figures follow by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from indicia import IndiciaError
from indicia.analysis import (
    adequacy,
    component_counts,
    eigenvalue_intervals,
    parallel_thresholds,
    principal_components,
    rotated_components,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from indicia_statistics.factors import Rotation

UNITS = 12


def table_with(correlation: list[list[float]]) -> pl.DataFrame:
    """Return a table of 12 units whose items a, b … have these correlations exactly."""
    size = len(correlation)
    basis = np.linalg.qr(np.column_stack([np.ones(UNITS), np.eye(UNITS)[:, :size]]))[0][:, 1:]
    values = basis @ np.linalg.cholesky(np.array(correlation)).T
    return pl.DataFrame(values, schema=list("abcdefgh"[:size]))


ALIKE = table_with([[1.0, 0.5, 0.5], [0.5, 1.0, 0.5], [0.5, 0.5, 1.0]])
PAIRS = table_with([[1.0, 0.8, 0.0, 0.0], [0.8, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.6], [0.0, 0.0, 0.6, 1.0]])


def test_the_adequacy_of_three_items_that_correlate_alike() -> None:
    # r = 1/2, so q = r / (1 + r) = 1/3; det R = (1 - r)² (1 + 2r) = 1/2; the diagonal of the inverse is 3/2
    result = adequacy(ALIKE, ["a", "b", "c"])
    assert result.kmo == pytest.approx((1 / 4) / (1 / 4 + 1 / 9), rel=1e-12)
    assert result.items["kmo"].to_list() == pytest.approx([result.kmo] * 3)
    assert result.items["vif"].to_list() == pytest.approx([1.5] * 3)
    assert (result.chi_square, result.free) == (pytest.approx((11 - 11 / 6) * np.log(2)), 3)


def test_two_items_have_an_adequacy_of_a_half() -> None:
    assert adequacy(ALIKE, ["a", "b"]).kmo == pytest.approx(0.5, rel=1e-12)  # nothing is partialled out: q = r


def test_the_components_of_three_items_that_correlate_alike() -> None:
    result = principal_components(ALIKE, ["a", "b", "c"])
    assert result.eigenvalues["eigenvalue"].to_list() == pytest.approx([2.0, 0.5, 0.5])  # 1 + 2r, 1 - r, 1 - r
    assert result.eigenvalues["cumulative"].to_list() == pytest.approx([2 / 3, 5 / 6, 1.0])
    assert result.loadings["component1"].to_list() == pytest.approx([np.sqrt(2 / 3)] * 3)
    assert result.loadings["communality"].to_list() == pytest.approx([2 / 3] * 3)


@pytest.mark.parametrize("rotation", ["varimax", "promax", "promax_kaiser"])
def test_two_pairs_of_items_are_two_factors(rotation: Rotation) -> None:
    result = rotated_components(PAIRS, ["a", "b", "c", "d"], rotation=rotation)
    assert result.loadings["factor1"].to_list() == pytest.approx([np.sqrt(0.9)] * 2 + [0.0] * 2, abs=1e-12)
    assert result.loadings["factor2"].to_list() == pytest.approx([0.0] * 2 + [np.sqrt(0.8)] * 2, abs=1e-12)
    assert result.correlation["factor1"].to_list() == pytest.approx([1.0, 0.0], abs=1e-12)


def test_a_rotation_keeps_the_communality_of_each_item() -> None:
    table = table_with([[1.0, 0.6, 0.3, 0.2], [0.6, 1.0, 0.1, 0.4], [0.3, 0.1, 1.0, 0.5], [0.2, 0.4, 0.5, 1.0]])
    items = ["a", "b", "c", "d"]
    before, after = principal_components(table, items).loadings, rotated_components(table, items).loadings
    squares = after.select(pl.sum_horizontal(pl.col("factor1", "factor2") ** 2)).to_series()
    assert squares.to_list() == pytest.approx(before["communality"].to_list(), rel=1e-12)


def test_the_correlation_of_two_unrelated_items_is_uniform_with_four_units() -> None:
    # so that the eigenvalue 1 + |r| is uniform between 1 and 2 (Fisher 1915)
    thresholds = parallel_thresholds(4, 2, draws=20_000)
    first = thresholds.row(0, named=True)
    assert first["mean"] == pytest.approx(1.5, abs=5 * first["se"])
    assert first["quantile"] == pytest.approx(1.95, abs=0.01)
    assert first["se"] == pytest.approx(np.sqrt(1 / 12 / 20_000), rel=0.05)


def test_the_seed_settles_the_thresholds() -> None:
    again = parallel_thresholds(20, 4, draws=50, seed=7)
    assert parallel_thresholds(20, 4, draws=50, seed=7).equals(again)
    assert not parallel_thresholds(20, 4, draws=50, seed=8).equals(again)


def test_the_count_ends_at_the_first_eigenvalue_below_its_threshold() -> None:
    eigenvalues = pl.DataFrame({"eigenvalue": [2.0, 1.05, 0.95]})
    thresholds = pl.DataFrame({"mean": [1.4, 1.1, 0.5], "quantile": [2.1, 1.2, 0.6]})
    counts = component_counts(eigenvalues, thresholds)
    assert (counts.kaiser, counts.above_mean, counts.above_quantile) == (2, 1, 0)
    assert counts.margin == pytest.approx(0.05)


def test_the_eigenvalues_of_items_that_are_one_line_are_certain() -> None:
    # in any draw of units, r = 1 - ε of two items that differ by little: the eigenvalues stay near 2 and 0
    table = pl.DataFrame({"a": np.arange(20.0), "b": np.arange(20.0) + np.tile([1e-3, -1e-3], 10)})
    intervals = eigenvalue_intervals(table, ["a", "b"], draws=100)
    assert intervals["low"].to_list() == pytest.approx([2.0, 0.0], abs=1e-4)
    assert intervals["high"].to_list() == pytest.approx([2.0, 0.0], abs=1e-4)


def test_an_interval_of_an_eigenvalue_has_the_spread_of_the_correlation() -> None:
    # two items with r = 1/2: the first eigenvalue is 1 + r, and r of n units has the deviation (1 - r²) / √(n - 1)
    random = np.random.default_rng(5)
    a, e = random.standard_normal((2, 400))
    table = pl.DataFrame({"a": a, "b": a / 2 + e * np.sqrt(3 / 4)})
    low, high = eigenvalue_intervals(table, ["a", "b"], draws=500).select("low", "high").row(0)
    assert (high - low) / (2 * 1.645) == pytest.approx((1 - 0.25) / np.sqrt(399), rel=0.2)


def test_a_draw_in_which_an_item_is_constant_is_not_counted() -> None:
    # the only other value of b is left out of a draw with the probability (9/10)^10 = 0.35
    table = pl.DataFrame({"a": np.arange(10.0), "b": [1.0] + [0.0] * 9})
    counted = eigenvalue_intervals(table, ["a", "b"], draws=1000)["draws"][0]
    assert counted == pytest.approx(1000 * (1 - 0.9**10), abs=5 * np.sqrt(1000 * 0.35 * 0.65))


@pytest.mark.parametrize(
    ("compute", "message", "remedy"),
    [
        (lambda: rotated_components(ALIKE, ["a", "b", "c"]), "needs 2 to 3 components, and there is 1", "components="),
        (lambda: rotated_components(ALIKE, ["a", "b", "c"], components=4), "and there are 4", "components="),
        (lambda: rotated_components(ALIKE, ["a", "b", "c"], components=2), "2 components are not unique", "another"),
        (lambda: principal_components(ALIKE.head(3), ["a", "b", "c"]), "3 units for 3 items", "fewer items"),
        (
            lambda: principal_components(ALIKE.with_columns(d="a"), ["a", "b", "d"]),
            "a, d are linearly",
            "leave out one",
        ),
        (lambda: adequacy(ALIKE, ["a", "a"]), "a is listed twice", "once"),
        (lambda: eigenvalue_intervals(ALIKE, ["a", "b"], draws=1), "1 draw and quantiles", "draws=1000"),
        (lambda: parallel_thresholds(3, 3), "3 units for 3 items", "fewer items"),
        (lambda: parallel_thresholds(9, 3, draws=1), "3 items and 1 draw", "add items or draws"),
        (lambda: parallel_thresholds(9, 3, quantile=95), "quantile = 95 is not between 0 and 1", "0.95"),
        (
            lambda: component_counts(pl.DataFrame({"eigenvalue": [1.0]}), parallel_thresholds(9, 2, draws=9)),
            "thresholds of 2 components for 1 eigenvalue",
            "parallel_thresholds(units, 1)",
        ),
    ],
)
def test_what_the_data_cannot_bear_is_refused(compute: Callable[[], object], message: str, remedy: str) -> None:
    with pytest.raises(IndiciaError) as caught:
        compute()
    assert message in caught.value.what
    assert remedy in str(caught.value.remedy)
