"""Ranks over many draws, beside the plainest way to compute each figure."""

from __future__ import annotations

import tracemalloc
from typing import Literal

import numpy as np
import numpy.typing as npt
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicia.errors import DataError, DefinitionError
from indicia.methods.noise import without_noise
from indicia_robustness import rank_distribution
from indicia_robustness.rank_distribution import (
    above,
    acceptability,
    average_shift,
    exact_type,
    pairwise,
    ranks,
    tiers,
    top,
)

Array = npt.NDArray[np.float64]
Ties = Literal["min", "max", "average", "dense"]

FEW = settings(max_examples=60)
CELLS = st.one_of(
    st.just(float("nan")), st.sampled_from([0.0, 0.1 + 0.2, 0.3, 1.0]), st.floats(-10, 10), st.floats(1e-3, 1e3)
)


@st.composite
def tables(draw: st.DrawFn) -> Array:
    draws, units = draw(st.integers(1, 5)), draw(st.integers(1, 8))
    cells = draw(st.lists(CELLS, min_size=draws * units, max_size=draws * units))
    return np.array(cells).reshape(draws, units)


def some_ranks(draws: int = 300, units: int = 7, *, missing: bool = False) -> Array:
    random = np.random.default_rng(4)
    scores = np.round(random.normal(size=(draws, units)) + np.linspace(2, 0, units), 1)
    if missing:
        scores[random.random(scores.shape) < 0.2] = np.nan
        scores[:, -1] = np.nan
    return ranks(scores)


@FEW
@given(tables(), st.sampled_from(["min", "max", "average", "dense"]), st.booleans(), st.booleans())
def test_each_draw_is_ranked_as_the_engine_ranks_one_table(
    scores: Array, ties: Ties, lowest_first: bool, positive: bool
) -> None:
    found = ranks(scores, ties, lowest_first=lowest_first, positive=positive)
    for row, ours in zip(scores, found, strict=True):
        values = pl.Series(row).fill_nan(None)
        size = float(np.nanmax(np.abs(row), initial=0.0))
        if positive and np.nanmin(row, initial=np.inf) > 0:
            values, size = values.log(), 1.0
        wanted = without_noise(values, size).rank(ties, descending=not lowest_first)
        assert pl.Series(ours).fill_nan(None).to_list() == wanted.cast(pl.Float64).to_list()


def test_noise_is_that_of_its_own_draw() -> None:
    found = ranks(np.array([[1.0, 1.0 - 1e-9, 0.0], [1e6, 1e6 - 1e-9, 0.0]]))
    assert found.tolist() == [[1, 2, 3], [1, 1, 3]]


def test_an_infinite_score_and_an_unknown_policy_are_refused() -> None:
    with pytest.raises(DataError, match="infinite"):
        ranks(np.array([[1.0, np.inf]]))
    with pytest.raises(DefinitionError, match="unknown rank of ties"):
        ranks(np.array([[1.0]]), "ordinal")


@pytest.mark.parametrize("missing", [False, True])
def test_mean_median_and_interval_are_those_of_the_ranks_a_unit_has(missing: bool) -> None:
    drawn = some_ranks(missing=missing)
    found = rank_distribution.rank_statistics(drawn, interval=(0.1, 0.8))
    for unit, column in enumerate(drawn.T):
        known = column[np.isfinite(column)]
        assert found.ranked[unit] == len(known) / len(column)
        wanted = [known.mean(), *np.quantile(known, [0.5, 0.1, 0.8])] if len(known) else [np.nan] * 4
        ours = [found.mean[unit], found.median[unit], found.lower[unit], found.upper[unit]]
        assert ours == pytest.approx(wanted, nan_ok=True, abs=1e-12)


@pytest.mark.parametrize("missing", [False, True])
def test_acceptability_counts_the_draws_with_each_rank(missing: bool) -> None:
    drawn = some_ranks(missing=missing)
    found = acceptability(drawn)
    for rank in range(1, 8):
        assert found[:, rank - 1].tolist() == (drawn == rank).mean(axis=0).tolist()
    assert found.sum(axis=1) == pytest.approx(rank_distribution.rank_statistics(drawn).ranked)


def test_bands_of_ranks_add_up_the_ranks_in_them() -> None:
    drawn = some_ranks()
    every = acceptability(drawn)
    assert acceptability(drawn, [1, 3, 7]) == pytest.approx(
        np.stack([every[:, 0], every[:, 1:3].sum(axis=1), every[:, 3:].sum(axis=1)], axis=1)
    )
    assert top(drawn, 3) == pytest.approx(every[:, :3].sum(axis=1))
    with pytest.raises(DefinitionError, match="bounds of bands"):
        acceptability(drawn, [3, 1])


def test_a_mean_rank_between_two_counts_with_the_lower_place() -> None:
    assert acceptability(ranks(np.array([[1.0, 1.0, 0.0]]), "average")).tolist() == [[0, 1, 0], [0, 1, 0], [0, 0, 1]]


@pytest.mark.parametrize("missing", [False, True])
def test_pairs_are_counted_one_by_one(missing: bool) -> None:
    drawn = some_ranks(missing=missing)
    found = pairwise(drawn)
    for i in range(7):
        for j in range(7):
            both = np.isfinite(drawn[:, i]) & np.isfinite(drawn[:, j])
            a, b = drawn[both, i], drawn[both, j]
            wanted = ((a < b) + 0.5 * (a == b)).mean() if both.any() else np.nan
            assert found[i, j] == pytest.approx(wanted, nan_ok=True, abs=1e-12)
    assert pairwise(drawn, np.array([5, 2])) == pytest.approx(found[[5, 2]], nan_ok=True)
    assert above(drawn, np.array([0, 3]), np.array([4, 6])) == pytest.approx(found[[0, 3], [4, 6]], nan_ok=True)


def test_a_new_tier_begins_where_the_one_before_stands_above_for_certain() -> None:
    drawn = np.array([[1.0, 2, 3, 4]] * 19 + [[2.0, 1, 4, 3]])
    tier, before = tiers(drawn, np.array([1.0, 2, 3, np.nan]), ["a", "b", "c", "d"])
    assert tier.tolist() == [1, 2, 3, 0]
    assert before == pytest.approx([np.nan, 0.95, 1.0, np.nan], nan_ok=True)
    assert tiers(drawn, np.array([1.0, 2, 3, 4]), list("abcd"), certainty=0.96)[0].tolist() == [1, 1, 2, 2]


def test_tiers_do_not_depend_on_the_order_of_units() -> None:
    drawn, nominal, names = some_ranks(), np.array([1.0, 2, 2, 4, 5, 5, 7]), list("gfedcba")
    tier, _ = tiers(drawn, nominal, names)
    turned, _ = tiers(drawn[:, ::-1], nominal[::-1], names[::-1])
    assert tier.tolist() == turned[::-1].tolist()


def test_one_unit_or_all_tied_leave_one_tier() -> None:
    assert tiers(np.ones((5, 1)), np.ones(1), ["a"])[0].tolist() == [1]
    assert tiers(np.ones((5, 3)), np.ones(3), list("abc"))[0].tolist() == [1, 1, 1]


def test_the_average_shift_leaves_out_what_has_no_rank() -> None:
    drawn = np.array([[1.0, 3.0, 2.0], [1.0, np.nan, 4.0], [np.nan, np.nan, 1.0]])
    assert average_shift(drawn, np.array([1.0, 2.0, np.nan])) == pytest.approx([0.5, 0.0, np.nan], nan_ok=True)


def test_no_draw_at_all_is_an_error() -> None:
    for ask in (rank_distribution.rank_statistics, acceptability, pairwise):
        with pytest.raises(DataError, match="no draw"):
            ask(np.empty((0, 3)))


def test_portions_leave_no_seam(monkeypatch: pytest.MonkeyPatch) -> None:
    def figures() -> list[Array]:
        drawn = some_ranks(missing=True)
        found = rank_distribution.rank_statistics(drawn)
        shift = average_shift(drawn, np.arange(1.0, 8))
        return [drawn, found.mean, found.upper, acceptability(drawn), pairwise(drawn), shift]

    whole = figures()
    monkeypatch.setattr(rank_distribution, "_CELLS", 20)
    for one, other in zip(whole, figures(), strict=True):
        assert one == pytest.approx(other, nan_ok=True, rel=1e-12)


@pytest.mark.parametrize(("units", "size"), [(40, 2), (1024, 2), (1025, 4)])
def test_small_numbers_say_the_same_to_the_last_digit(units: int, size: int) -> None:
    """Ranks of many draws are kept as small numbers, which sums of them would overflow."""
    scores = np.random.default_rng(2).normal(size=(700, units)).round(2)
    scores[::7, 3] = np.nan
    whole = ranks(scores, "average")
    small = whole.astype(exact_type(units))
    assert small.itemsize == size
    assert np.array_equal(small, whole, equal_nan=True)
    nominal, names = whole[1], [f"{unit:05}" for unit in range(units)]
    for one, other in zip(
        (
            *vars(rank_distribution.rank_statistics(small)).values(),
            acceptability(small),
            top(small, 3),
            average_shift(small, nominal),
        ),
        (
            *vars(rank_distribution.rank_statistics(whole)).values(),
            acceptability(whole),
            top(whole, 3),
            average_shift(whole, nominal),
        ),
        strict=True,
    ):
        assert one.dtype == other.dtype == np.float64
        assert np.array_equal(one, other, equal_nan=True)
    for one, other in zip(tiers(small, nominal, names), tiers(whole, nominal, names), strict=True):
        assert np.array_equal(one, other, equal_nan=True)
    if units == 40:
        assert np.array_equal(pairwise(small), pairwise(whole), equal_nan=True)


def test_a_thousand_draws_of_10_000_units_stay_within_memory() -> None:
    scores = np.random.default_rng(1).normal(size=(1000, 10_000))
    nominal, names = np.arange(1.0, 10_001), [f"{unit:05}" for unit in range(10_000)]
    tracemalloc.start()
    try:
        drawn = ranks(scores)
        rank_distribution.rank_statistics(drawn)
        acceptability(drawn, [1, 10, 100])
        tiers(drawn, nominal, names)
        average_shift(drawn, nominal)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert scores.nbytes + peak < 300e6


def test_ranks_of_many_units_need_no_comparison_that_overflows() -> None:
    with np.errstate(over="raise"):
        assert exact_type(40_000) is np.float32


def test_redrawn_values_give_no_confidence_set_of_the_ranks_of_close_units() -> None:
    """Of 30 units 0.1 standard errors apart, the middle 90 % of redrawn ranks miss a true rank in some 45 %."""
    rng, units, samples = np.random.default_rng(1), 30, 150
    truth, true_rank = 0.1 * np.arange(units), units - np.arange(units)
    held = np.zeros(units)
    for _ in range(samples):
        observed = truth + rng.normal(size=units)
        redrawn = observed + rng.normal(size=(200, units))
        drawn = units - redrawn.argsort(axis=1).argsort(axis=1).astype(float)
        statistics = rank_distribution.rank_statistics(drawn)
        held += (statistics.lower <= true_rank) & (true_rank <= statistics.upper)
    assert 0.4 < (held / samples).min() < 0.65
