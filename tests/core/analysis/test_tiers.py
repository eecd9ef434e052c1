"""Tiers hold what is alike."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicia import IndiciaError
from indicia.analysis import tiers

FEW = settings(max_examples=40)


def within(scores: list[float], tier: list[int]) -> float:
    """Return the sum of squares within tiers."""
    groups = [[score for score, one in zip(scores, tier, strict=True) if one == which] for which in set(tier)]
    return float(sum(np.var(group) * len(group) for group in groups))


@FEW
@given(st.lists(st.integers(0, 30), min_size=1, max_size=12), st.integers(1, 5))
def test_natural_breaks_leave_the_least_squares_within_tiers(values: list[int], count: int) -> None:
    scores = [float(value) for value in values]
    different = sorted(set(scores))
    if count > len(different):
        return
    found = tiers(pl.Series(scores), count=count).to_list()
    assert set(found) == set(range(1, count + 1))
    every = combinations(different[1:], count - 1)
    least = min(within(scores, tiers(pl.Series(scores), list(cuts)).to_list()) for cuts in every)
    assert within(scores, found) == pytest.approx(least, abs=1e-9)


def test_natural_breaks_find_the_gaps() -> None:
    # Fisher (1958): groups that are far apart are found whatever their sizes
    assert tiers(pl.Series([1.0, 2.0, 20.0, 21.0, 22.0, 50.0]), count=3).to_list() == [3, 3, 2, 2, 2, 1]


def test_tiers_of_equal_width_part_the_range() -> None:
    assert tiers(pl.Series([0.0, 0.24, 0.25, 0.6, 1.0]), "equal_width").to_list() == [4, 4, 3, 2, 1]


def test_quantiles_make_tiers_of_as_many_units() -> None:
    found = tiers(pl.Series([float(value) for value in range(100)]), "quantile", count=5)
    assert found.value_counts(sort=False).sort(by=found.name)["count"].to_list() == [20] * 5


def test_a_cut_is_the_lowest_score_of_its_tier() -> None:
    # UNDP (2022): very high from 0.8, high from 0.7, medium from 0.55
    assert tiers(pl.Series([0.962, 0.8, 0.799, 0.55, 0.2]), [0.8, 0.7, 0.55]).to_list() == [1, 1, 2, 3, 4]


def test_a_missing_score_has_no_tier() -> None:
    assert tiers(pl.Series([None, 1.0, 2.0]), count=2).to_list() == [None, 2, 1]


@pytest.mark.parametrize(
    ("scores", "by", "message"),
    [
        ([1.0, 1.0], "quantile", "there are 1 different scores for 4 tiers"),
        ([1.0, float("inf")], "quantile", "a score is infinite or not a number"),
        ([1.0, 2.0], "quantiles", 'did you mean "quantile"'),
        ([1.0, 2.0], [0.5, float("nan")], "and not [0.5, nan]"),
    ],
)
def test_tiers_that_cannot_be_made_are_refused(scores: list[float], by: object, message: str) -> None:
    with pytest.raises(IndiciaError) as caught:
        tiers(pl.Series(scores), by)
    assert message in str(caught.value)
