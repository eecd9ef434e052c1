"""Correlations of items, and their skewness, on tables small enough for a calculation by hand."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from indicia_statistics.correlation import Coefficient

from indicia import IndiciaError
from indicia.analysis import correlations, moments, partial_correlations
from indicia.methods.probabilities import chi_square_p
from indicia_statistics import correlation

COEFFICIENTS: tuple[Coefficient, ...] = ("pearson_r", "spearman_rho", "kendall_tau_b")
TABLE = pl.DataFrame({"a": [1.0, 2.0, 3.0, 4.0], "b": [1.0, 2.0, 2.0, 3.0], "c": [2.0, 1.0, 4.0, None]})


def test_kendall_of_tied_units_counts_pairs() -> None:
    # a orders all 6 pairs, b ties 1 of them, and 5 are concordant: 5 / √(6 × 5)
    assert correlations(TABLE, ["a", "b"], coefficient="kendall_tau_b")["r"].item() == pytest.approx(
        5 / math.sqrt(30), rel=1e-15
    )


def test_the_p_of_kendall_is_of_the_normal_approximation_with_ties() -> None:
    # variance (4·3·13 - 2·1·9) / 18, where b has one group of 2 ties; z = 5 / √variance
    variance = (4 * 3 * 13 - 2 * 1 * 9) / 18
    expected = math.erfc(5 / math.sqrt(variance) / math.sqrt(2))
    assert correlations(TABLE, ["a", "b"], coefficient="kendall_tau_b")["p"].item() == pytest.approx(
        expected, rel=1e-14
    )


def test_the_ranks_of_spearman_are_among_the_units_that_have_both() -> None:
    # without the fourth unit the order is the same; its 3 would put a gap between the ranks of 2 and 9
    table = pl.DataFrame({"a": [1.0, 2.0, 9.0, 3.0], "b": [1.0, 2.0, 3.0, None]})
    assert correlations(table, ["a", "b"], coefficient="spearman_rho")["r"].item() == pytest.approx(1.0, rel=1e-15)


def test_values_that_differ_by_rounding_tie() -> None:
    table = pl.DataFrame({"a": [0.3, 0.1 + 0.2, 0.9], "b": [1.0, 1.0, 2.0]})
    assert correlations(table, ["a", "b"], coefficient="spearman_rho")["r"].item() == pytest.approx(1.0)


def test_the_p_of_pearson_is_of_student_with_two_degrees_less() -> None:
    # r = 0.6 of 3 units: t has 1 degree of freedom, and is of Cauchy: p = 1 - 2 arctan(t) / π, t = 0.75
    table = pl.DataFrame(
        {"a": [-1.0, 0.0, 1.0], "b": [-0.6 - 0.8 / math.sqrt(3), 1.6 / math.sqrt(3), 0.6 - 0.8 / math.sqrt(3)]}
    )
    _, _, units, r, p = correlations(table, ["a", "b"]).row(0)
    assert (units, r, p) == (3, pytest.approx(0.6), pytest.approx(1 - 2 * math.atan(0.75) / math.pi))


def test_a_pair_with_two_common_units_has_no_correlation() -> None:
    table = pl.DataFrame({"a": [1.0, 2.0, 4.0, None], "b": [None, 2.0, 3.0, 5.0]})
    for coefficient in COEFFICIENTS:
        assert correlations(table, ["a", "b"], coefficient=coefficient).row(0) == ("a", "b", 2, None, None)


def test_others_are_correlated_with_every_item() -> None:
    pairs = correlations(TABLE, ["a", "b"], ["b", "c"]).select("a", "b", "units").rows()
    assert pairs == [("a", "b", 4), ("a", "c", 3), ("b", "b", 4), ("b", "c", 3)]


def test_a_partial_correlation_of_three_items_follows_from_their_correlations() -> None:
    table = pl.DataFrame(
        {"a": [1.0, 2.0, 3.0, 4.0, 6.0], "b": [2.0, 1.0, 4.0, 3.0, 5.0], "c": [1.0, 3.0, 2.0, 5.0, 4.0]}
    )
    frame = partial_correlations(table, ["a", "b", "c"])
    ab, ac, bc = frame["r"]
    expected = (ab - ac * bc) / math.sqrt((1 - ac**2) * (1 - bc**2))
    assert frame["partial"][0] == pytest.approx(expected, rel=1e-12)


def test_skewness_and_kurtosis_of_four_units() -> None:
    # 0, 0, 0, 4: m2 = 3, m3 = 6, m4 = 21
    row = moments(pl.DataFrame({"x": [0.0, 0.0, 0.0, 4.0]}), ["x"]).row(0, named=True)
    g1, g2 = 6 / 3**1.5, 21 / 9 - 3
    assert row["skewness1"] == pytest.approx(g1)
    assert row["skewness2"] == pytest.approx(g1 * math.sqrt(12) / 2)
    assert row["kurtosis2"] == pytest.approx((5 * g2 + 6) * 3 / 2)
    assert row["kurtosis3"] == pytest.approx(21 / 9 * (3 / 4) ** 2 - 3)


def test_three_units_have_no_unbiased_kurtosis() -> None:
    assert moments(pl.DataFrame({"x": [0.0, 0.0, 3.0]}), ["x"])["kurtosis2"].item() is None


def test_chi_square_of_two_degrees_is_exponential() -> None:
    for x in (0.1, 1.0, 30.0):
        assert chi_square_p(x, 2) == pytest.approx(math.exp(-x / 2), rel=1e-13)


@pytest.mark.parametrize(
    ("columns", "message", "remedy"),
    [
        ({"a": [1.0, 2.0, 3.0], "b": [5.0, 5.0, 5.0]}, "b is constant", "leave it out"),
        ({"a": [1.0, 2.0, 3.0], "b": ["x", "y", "z"]}, "b has no numbers", "table.cast"),
        ({"a": [1.0, 2.0, 3.0], "b": [5.0, None, 5.0]}, "b has fewer than 3 values", "impute"),
        ({"a": [1.0, 2.0, 3.0], "b": [5.0, math.inf, 5.0]}, "values are not finite: b (1 unit)", "make them missing"),
        ({"a": [1.0, 2.0, 3.0]}, 'unknown column "b"', "known: a"),
    ],
)
def test_a_column_without_a_correlation_is_named(columns: dict[str, list[object]], message: str, remedy: str) -> None:
    with pytest.raises(IndiciaError) as caught:
        correlations(pl.DataFrame(columns), ["a", "b"])
    assert caught.value.what == message
    assert remedy in str(caught.value.remedy)


@pytest.mark.parametrize(
    ("columns", "message", "remedy"),
    [
        ({"a": [1, 2, 4], "b": [1, 3, 2], "c": [2, 1, 3]}, "3 units for 3 items", "fewer items"),
        ({"a": [1, 2, 4, 3], "b": [2, 4, 8, 6], "c": [2, 1, 3, 5]}, "a, b are linearly dependent", "leave out one"),
        ({"a": [1, 2, None, 3], "b": [2, 4, 3, 6], "c": [2, 1, 3, 5]}, "missing: a (1 unit)", 'missing="complete"'),
        ({"a": [1, 2, None, 3], "b": [2, 4, 3, 6], "c": [2, 2, 3, 2]}, None, None),
    ],
)
def test_items_without_partial_correlations_are_named(
    columns: dict[str, list[int | None]], message: str | None, remedy: str | None
) -> None:
    with pytest.raises(IndiciaError) as caught:
        partial_correlations(pl.DataFrame(columns), list(columns), missing="refuse" if message else "complete")
    assert (message or "c is constant") in caught.value.what
    assert (remedy or "leave it out") in str(caught.value.remedy)


def test_a_unit_of_measure_does_not_change_a_correlation_or_a_skewness() -> None:
    huge = TABLE.with_columns(pl.col("a") * 2.0**600, pl.col("b") * 2.0**-600)
    assert correlations(huge, ["a", "b"]).equals(correlations(TABLE, ["a", "b"]))
    assert moments(huge, ["a", "b"]).equals(moments(TABLE, ["a", "b"]))


@pytest.mark.parametrize(
    ("compute", "message", "remedy"),
    [
        (lambda: correlations(TABLE, ["a", "b"], coefficient="pearson"), 'no coefficient "pearson"', '"pearson_r"?'),
        (lambda: partial_correlations(TABLE, ["a", "b"], missing="pairwse"), 'no missing "pairwse"', '"pairwise"?'),
        (lambda: correlations(TABLE, ["a"], []), "1 item or more are necessary, and there are 0", "add items"),
        (lambda: correlations(TABLE, ["a"]), "2 items or more are necessary, and there is 1", "add items"),
    ],
)
def test_a_word_that_is_no_choice_is_refused(compute: Callable[[], object], message: str, remedy: str) -> None:
    with pytest.raises(IndiciaError) as caught:
        compute()
    assert message in caught.value.what
    assert remedy in str(caught.value.remedy)


def test_kendall_is_the_same_by_sorting_and_by_comparing_all_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = np.random.default_rng(1).integers(0, 20, (60, 3)).astype(float)
    numbers[::7, 1] = np.nan
    table = pl.DataFrame(numbers, schema=["a", "b", "c"]).fill_nan(None)
    compared = correlations(table, ["a", "b", "c"], coefficient="kendall_tau_b")
    monkeypatch.setattr(correlation, "_SORTED", 10)
    assert correlations(table, ["a", "b", "c"], coefficient="kendall_tau_b").equals(compared)
