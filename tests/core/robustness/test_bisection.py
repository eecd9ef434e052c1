"""Intervals that are halved several times at once end where halving one by one ends, to the bit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from indicia_robustness.search import bisect_all

if TYPE_CHECKING:
    from collections.abc import Callable

    from indicia.methods import Array

HALVINGS = 40
ROOTS = np.random.default_rng(1).uniform(0, 1, 20)
MARGINS: dict[str, Callable[[Array, Array], Array]] = {
    "a line": lambda x, root: x - root,
    "a curve": lambda x, root: x**3 - root**3,
    "a steep curve": lambda x, root: np.tanh(50 * (x - root)),
    "a step": lambda x, root: np.where(x < root, -0.1, 5.0),
    "a step far below": lambda x, root: np.where(x < root, -np.inf, 1.0),
    "several crossings": lambda x, root: np.sin(40 * (x - root)),
    "no numbers": lambda x, root: np.where(x < root, np.nan, 1.0),
}


def one_by_one(met: Callable[[Array], Array], low: Array, high: Array) -> tuple[Array, Array]:
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        there = met(middle)
        high, low = np.where(there, middle, high), np.where(there, low, middle)
    return low, high


@pytest.mark.parametrize("batch_size", [1, 30, 10_000])
@pytest.mark.parametrize("shape", MARGINS)
def test_the_ends_are_those_of_halving_one_by_one(shape: str, batch_size: int) -> None:
    margin, low, high = MARGINS[shape], np.zeros(len(ROOTS)), np.ones(len(ROOTS))
    found = bisect_all(
        lambda numbers, x: (margin(x, ROOTS[numbers]) >= 0, margin(x, ROOTS[numbers])),
        low,
        high,
        np.stack([margin(low, ROOTS), margin(high, ROOTS)]),
        halvings=HALVINGS,
        batch_size=batch_size,
    )
    for end, wanted in zip(found, one_by_one(lambda x: margin(x, ROOTS) >= 0, low, high), strict=True):
        assert end.tobytes() == wanted.tobytes()


def test_margins_that_tell_where_save_most_of_the_attempts() -> None:
    calls = []

    def attempt(numbers: Array, x: Array) -> tuple[Array, Array]:
        calls.append(len(x))
        return x**2 >= 2, x**2 - 2

    bisect_all(attempt, np.ones(1), np.full(1, 2.0), np.array([[-1.0], [2.0]]), halvings=45, batch_size=1000)
    assert len(calls) <= 6


def test_intervals_that_no_longer_matter_are_left_as_they_are() -> None:
    margin, ones = MARGINS["a curve"], np.ones(len(ROOTS))
    low, high = bisect_all(
        lambda numbers, x: (margin(x, ROOTS[numbers]) >= 0, margin(x, ROOTS[numbers])),
        0 * ones,
        ones,
        np.stack([margin(0 * ones, ROOTS), margin(ones, ROOTS)]),
        halvings=HALVINGS,
        batch_size=1000,
        needs_halving=lambda low, high: low <= high.min(),
    )
    assert high.argmin() == ROOTS.argmin()
    assert high.min() - ROOTS.min() < 2.0**-HALVINGS
    assert np.count_nonzero(high - low > 2.0**-HALVINGS) == len(ROOTS) - 1


def test_nothing_is_tried_where_there_is_no_interval() -> None:
    low, high = bisect_all(pytest.fail, np.empty(0), np.empty(0), np.empty((2, 0)), halvings=9, batch_size=9)
    assert len(low) == len(high) == 0
