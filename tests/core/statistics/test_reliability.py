"""Alpha and omega on tables small enough for a calculation by hand."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from indicia import IndiciaError
from indicia.analysis import alpha, one_factor
from indicia_statistics.reliability import fit_one_factor

# variances 5/3, 5/3, 20/3; covariances ab 1, ac 8/3, bc 0: the sum of all entries is 10 + 22/3 = 52/3
TABLE = pl.DataFrame({"a": [1.0, 2.0, 3.0, 4.0], "b": [2.0, 1.0, 4.0, 3.0], "c": [2.0, 6.0, 4.0, 8.0]})


def test_alpha_is_of_covariances() -> None:
    assert alpha(TABLE, ["a", "b", "c"]).alpha == pytest.approx(3 / 2 * (1 - 10 / (52 / 3)), rel=1e-14)


def test_the_standardised_alpha_is_of_correlations() -> None:
    # r = 0.6, 0.8, 0: k r / (1 + (k - 1) r) of the mean 7/15 (Spearman and Brown)
    result = alpha(TABLE, ["a", "b", "c"])
    assert result.mean_correlation == pytest.approx(7 / 15, rel=1e-14)
    assert result.standardised == pytest.approx(3 * 7 / 15 / (1 + 14 / 15), rel=1e-14)


def test_alpha_without_an_item_is_the_alpha_of_the_others() -> None:
    without = alpha(TABLE, ["a", "b", "c"]).items.filter(item="b").row(0, named=True)
    others = alpha(TABLE, ["a", "c"])
    assert without["alpha_if_deleted"] == pytest.approx(others.alpha, rel=1e-14)
    assert without["standardised_if_deleted"] == pytest.approx(others.standardised, rel=1e-14)


def test_an_item_correlates_with_the_sum_of_the_others() -> None:
    # a with b + c: (1 + 8/3) / √(5/3 × (5/3 + 20/3))
    row = alpha(TABLE, ["a", "b", "c"]).items.row(0, named=True)
    assert row["item_rest"] == pytest.approx((11 / 3) / np.sqrt(5 / 3 * 25 / 3), rel=1e-14)
    assert row["item_total"] == pytest.approx((16 / 3) / np.sqrt(5 / 3 * 52 / 3), rel=1e-14)


def test_of_two_items_neither_can_be_left_out() -> None:
    assert alpha(TABLE, ["a", "b"]).items["alpha_if_deleted"].null_count() == 2


def test_pairs_of_items_may_have_different_units() -> None:
    table = pl.concat([TABLE, pl.DataFrame({"a": [9.0], "b": [None], "c": [1.0]}, schema=TABLE.schema)])
    assert alpha(table, ["a", "b"], missing="pairwise").units == 4
    assert alpha(table, ["a", "b", "c"], missing="complete").alpha == alpha(TABLE, ["a", "b", "c"]).alpha


def test_items_that_cancel_each_other_out_are_named() -> None:
    table = TABLE.select("a", opposite=5 - pl.col("a"))
    with pytest.raises(IndiciaError, match="the sum of a, opposite does not vary") as caught:
        alpha(table, ["a", "opposite"])
    assert "reverse the items" in str(caught.value.remedy)


def test_correlations_of_one_factor_give_its_loadings() -> None:
    loadings = np.array([0.9, 0.7, 0.5, -0.3])
    correlation = np.outer(loadings, loadings)
    np.fill_diagonal(correlation, 1.0)
    fitted, uniquenesses = fit_one_factor(correlation)
    assert fitted == pytest.approx(loadings, abs=1e-9)
    assert uniquenesses == pytest.approx(1 - loadings**2, abs=1e-9)


def test_an_item_that_the_factor_explains_has_no_omega() -> None:
    # of three items, l_a² = r_ab r_ac / r_bc = 0.9 × 0.9 / 0.7 exceeds 1
    correlation = np.array([[1.0, 0.9, 0.9], [0.9, 1.0, 0.7], [0.9, 0.7, 1.0]])
    basis = np.linalg.qr(np.column_stack([np.ones(8), np.eye(8)[:, :3]]))[0][:, 1:]
    values = basis @ np.linalg.cholesky(correlation).T
    result = one_factor(pl.DataFrame(values, schema=["a", "b", "c"]), ["a", "b", "c"])
    assert result.omega is None
    assert result.items["at_bound"].to_list() == [True, False, False]


def test_two_items_have_no_single_factor() -> None:
    with pytest.raises(IndiciaError, match="3 items or more are necessary, and there are 2") as caught:
        one_factor(TABLE, ["a", "b"])
    assert caught.value.where == "a, b"
    assert "add items" in str(caught.value.remedy)
