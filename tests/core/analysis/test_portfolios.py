"""A portfolio is the choice of units with the largest sum of scores within a budget and a number of units."""

from __future__ import annotations

from itertools import product

import numpy as np
import polars as pl
import pytest

from indicia import IndiciaError
from indicia.analysis import portfolio


@pytest.mark.parametrize("low_is_best", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_no_other_choice_within_the_limits_is_better(seed: int, low_is_best: bool) -> None:
    random = np.random.default_rng(seed)
    scores, costs = random.normal(size=7), random.integers(1, 9, 7) * 1.0
    every = np.array(list(product([0, 1], repeat=7)))
    allowed = every[(every @ costs <= 15) & (every.sum(axis=1) >= 2) & (every.sum(axis=1) <= 4)]
    sums = sorted((allowed @ scores).tolist(), reverse=not low_is_best)
    found = portfolio(pl.Series(scores), pl.Series(costs), 15, minimum=2, maximum=4, low_is_best=low_is_best)
    assert [found.score, found.second_best] == pytest.approx(sums[:2])
    assert found.cost == costs[found.chosen.to_numpy()].sum()
    assert found.chosen.sum() in (2, 3, 4)


def test_a_portfolio_may_be_empty_and_may_have_no_other_beside_it() -> None:
    assert portfolio(pl.Series([-1.0, -2.0]), pl.Series([1.0, 1.0]), 5).chosen.to_list() == [False, False]
    only = portfolio(pl.Series([1.0, 2.0]), pl.Series([1.0, 1.0]), 5, minimum=2)
    assert (only.score, only.second_best) == (3.0, None)


def test_costs_that_add_up_to_the_budget_but_for_rounding_are_within_it() -> None:
    costs = pl.Series([0.1, 0.2])  # their sum is above 0.3
    assert portfolio(pl.Series([1.0, 1.0]), costs, 0.3).chosen.to_list() == [True, True]


@pytest.mark.parametrize(
    ("scores", "costs", "limits", "message"),
    [
        ([1.0, None], [1.0, 1.0], {"budget": 1}, "a score is missing"),
        ([1.0, 2.0], [1.0, float("inf")], {"budget": 1}, "a cost is missing or infinite"),
        ([1.0, 2.0], [1.0, -1.0], {"budget": 1}, "a cost is negative"),
        ([1.0, 2.0], [1.0], {"budget": 1}, "2 scores and 1 costs"),
        ([1.0, 2.0], [3.0, 4.0], {"budget": 5, "minimum": 2}, "no portfolio of 2 or more units costs at most 5"),
        ([1.0, 2.0], [3.0, 4.0], {"budget": 5, "minimum": 2, "maximum": 1}, "at least 2 and at most 1 units"),
    ],
)
def test_limits_that_cannot_be_kept_are_refused(
    scores: list[float], costs: list[float], limits: dict[str, float], message: str
) -> None:
    with pytest.raises(IndiciaError, match=message):
        portfolio(pl.Series(scores), pl.Series(costs), **limits)  # type: ignore[arg-type]


def test_a_small_excess_over_a_large_budget_is_an_excess() -> None:
    found = portfolio(pl.Series([1.0, 1.0]), pl.Series([500_000.4, 499_999.9]), 1_000_000)
    assert found.cost <= 1_000_000
    assert found.chosen.sum() == 1


def test_small_scores_are_compared_as_large_ones_are() -> None:
    found = portfolio(pl.Series([1e-8, 2e-8, 3e-8]), pl.Series([1.0, 1.0, 1.0]), 2)
    assert [found.score, found.second_best] == pytest.approx([5e-8, 4e-8], rel=1e-9)


def test_a_budget_without_limit_takes_all_good_units() -> None:
    assert portfolio(pl.Series([1.0, -1.0, 2.0]), pl.Series([1.0, 1.0, 9.0]), float("inf")).chosen.to_list() == [
        True,
        False,
        True,
    ]
    with pytest.raises(IndiciaError, match="budget must be float, and not nan"):
        portfolio(pl.Series([1.0]), pl.Series([1.0]), float("nan"))
