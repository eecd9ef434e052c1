"""Drawn weights have the distribution that was asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicia.errors import DataError, DefinitionError
from indicia_robustness.weights import dirichlet, ranges, simplex, spread, table

Array: TypeAlias = npt.NDArray[np.float64]
Drawn: TypeAlias = Callable[[int, np.random.Generator], Array]

FEW = settings(max_examples=60)
GIVEN = np.array([0.5, 0.3, 0.2])
LIMITS = np.array([0.1, 0.2, 0.0]), np.array([0.6, 0.5, 0.4])
SEVERAL: dict[str, Drawn] = {
    "spread": lambda draws, random: spread(GIVEN, 0.25, draws, random),
    "dirichlet": lambda draws, random: dirichlet(GIVEN, 20.0, draws, random),
    "simplex": lambda draws, random: simplex(3, draws, random),
    "ranges": lambda draws, random: ranges(*LIMITS, draws, random),
}


def seeded() -> np.random.Generator:
    return np.random.default_rng(1)


@pytest.mark.parametrize("drawn", SEVERAL.values(), ids=SEVERAL)
def test_drawn_weights_sum_to_1_and_are_none_below_0(drawn: Drawn) -> None:
    weights = drawn(500, seeded())
    assert weights.shape == (500, 3)
    assert (weights >= 0).all()
    assert weights.sum(axis=1) == pytest.approx(np.ones(500), abs=1e-15)


@pytest.mark.parametrize("drawn", SEVERAL.values(), ids=SEVERAL)
def test_the_same_seed_gives_the_same_weights(drawn: Drawn) -> None:
    assert (drawn(50, seeded()) == drawn(50, seeded())).all()


@pytest.mark.parametrize("drawn", SEVERAL.values(), ids=SEVERAL)
def test_no_draws_are_refused(drawn: Drawn) -> None:
    with pytest.raises(DefinitionError, match="the number of draws is 0"):
        drawn(0, seeded())


def test_spread_weights_stay_within_their_share_of_each_other() -> None:
    drawn = spread(GIVEN, 0.25, 2000, seeded())
    ratio = (drawn / drawn[:, :1]) / (GIVEN / GIVEN[0])
    assert ratio.min() >= 0.75 / 1.25
    assert ratio.max() <= 1.25 / 0.75
    assert drawn.mean(axis=0) == pytest.approx(GIVEN, abs=0.01)


@pytest.mark.parametrize(("share", "why"), [(1.01, "turn negative"), (-0.1, "a share"), (float("nan"), "a share")])
def test_a_spread_beyond_the_weight_is_refused(share: float, why: str) -> None:
    with pytest.raises(DefinitionError, match=why):
        spread(GIVEN, share, 10, seeded())


def test_dirichlet_weights_have_the_mean_and_the_variance_of_the_distribution() -> None:
    drawn = dirichlet(GIVEN, 20.0, 40_000, seeded())
    assert drawn.mean(axis=0) == pytest.approx(GIVEN, abs=0.003)
    assert drawn.var(axis=0) == pytest.approx(GIVEN * (1 - GIVEN) / 21, rel=0.05)


@pytest.mark.parametrize("concentration", [0.0, -1.0, float("inf"), float("nan")])
def test_a_concentration_is_positive(concentration: float) -> None:
    with pytest.raises(DefinitionError, match="is not positive"):
        dirichlet(GIVEN, concentration, 10, seeded())


@pytest.mark.parametrize("weights", [[0.0, 0.0], [1.0, -0.1], [1.0, float("nan")]])
def test_weights_to_draw_about_are_weights(weights: list[float]) -> None:
    with pytest.raises(DefinitionError, match="from 0 up, not all 0"):
        spread(np.array(weights), 0.1, 10, seeded())


def test_simplex_weights_have_the_moments_of_the_uniform_distribution() -> None:
    drawn = simplex(4, 40_000, seeded())
    assert drawn.mean(axis=0) == pytest.approx([0.25] * 4, abs=0.005)
    assert drawn.var(axis=0) == pytest.approx([3 / 80] * 4, rel=0.05)


def test_ranges_draw_as_rejection_from_the_simplex_does() -> None:
    low, high = LIMITS
    every = simplex(3, 400_000, seeded())
    wanted = every[((every >= low) & (every <= high)).all(axis=1)]
    found = ranges(low, high, len(wanted), np.random.default_rng(2))
    at = np.linspace(0.01, 0.99, 50)
    for ours, theirs in zip(found.T, wanted.T, strict=True):
        assert np.quantile(ours, at) == pytest.approx(np.quantile(theirs, at), abs=0.005)
    assert np.cov(found.T) == pytest.approx(np.cov(wanted.T), abs=2e-4)


def test_ranges_without_limits_are_the_simplex() -> None:
    found = ranges(np.zeros(20), np.ones(20), 40_000, seeded())
    assert found.mean(axis=0) == pytest.approx([0.05] * 20, abs=0.001)
    assert found.var(axis=0) == pytest.approx([19 / (400 * 21)] * 20, rel=0.05)


@FEW
@given(
    st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=30),
    st.floats(0, 1),
    st.integers(0, 1000),
)
def test_ranges_hold_their_limits_however_tight(pairs: list[tuple[float, float]], share: float, seed: int) -> None:
    low, room = np.array(pairs).T
    whole = (low + share * room).sum()
    if whole < 1e-6:
        return
    low, high = low / whole, (low + room) / whole
    found = ranges(low, high, 20, np.random.default_rng(seed))
    assert (found >= low - 1e-9).all()
    assert (found <= high + 1e-9).all()
    assert found.sum(axis=1) == pytest.approx(np.ones(20), abs=1e-12)


@pytest.mark.parametrize(
    ("low", "high", "why"),
    [
        ([0.6, 0.6], [0.7, 0.7], "the lowest weights sum to 1.2"),
        ([0.1, 0.1], [0.3, 0.4], "the highest weights sum to 0.7"),
        ([0.5, 0.1], [0.4, 0.9], r"the range \[0.5, 0.4\] of weight 1 is not valid"),
        ([-0.5, 0.1], [0.4, 0.9], "of weight 1 is not valid"),
    ],
)
def test_ranges_that_hold_no_weights_are_refused(low: list[float], high: list[float], why: str) -> None:
    with pytest.raises(DefinitionError, match=why):
        ranges(np.array(low), np.array(high), 10, seeded())


def test_ranges_that_leave_one_choice_draw_it() -> None:
    for low, high in (([0.4, 0.6], [0.4, 0.6]), ([0.4, 0.6], [1.0, 1.0]), ([0.0, 0.0], [0.4, 0.6])):
        assert ranges(np.array(low), np.array(high), 3, seeded()) == pytest.approx(np.array([[0.4, 0.6]] * 3))


def test_stakeholders_weights_are_taken_row_by_row_and_scaled() -> None:
    columns = {"growth": [2.0, 1.0], "nature": [2.0, 3.0], "other": [9.0, 9.0]}
    found = table(columns, ["nature", "growth"], np.array([1, 1, 0]))
    assert found.tolist() == [[0.75, 0.25], [0.75, 0.25], [0.5, 0.5]]


@pytest.mark.parametrize(
    ("columns", "why"),
    [
        ({"growth": [1.0]}, 'no column "nature"'),
        ({"growth": [1.0], "natur": [1.0]}, 'no column "nature"'),
        ({"growth": [1.0], "nature": [1.0, 2.0]}, "not equally long"),
        ({"growth": [], "nature": []}, "has no row"),
        ({"growth": [1.0, 1.0], "nature": [1.0, -1.0]}, "stakeholder 2 has no weights"),
        ({"growth": [0.0], "nature": [0.0]}, "stakeholder 1 has no weights"),
        ({"growth": [1.0], "nature": [float("nan")]}, "stakeholder 1 has no weights"),
    ],
)
def test_a_table_that_lacks_weights_is_refused(columns: dict[str, list[float]], why: str) -> None:
    with pytest.raises(DataError, match=why):
        table(columns, ["growth", "nature"], np.array([0]))
