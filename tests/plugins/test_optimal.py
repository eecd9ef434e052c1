"""Consensuses by optimisation are as near to the rankings as the best of all orders, by enumeration."""

from __future__ import annotations

import sys
from itertools import permutations
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from indicia.analysis import agreement, consensus
from indicia.errors import MethodError, MissingDependency

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]

METHODS = ("kemeny", "footrule")


def drawn(seed: int, units: int, rankings: int, ties: bool = False) -> Array:
    """Return scores, shape (m, n), low is good."""
    random = np.random.default_rng(seed)
    return random.integers(0, units if ties else 10**9, (rankings, units)).astype(float)


def table(ranks: Array) -> pl.DataFrame:
    units = [f"u{at}" for at in range(ranks.shape[1])]
    return pl.DataFrame({"unit": units} | {f"r{at}": row.tolist() for at, row in enumerate(ranks)})


def places(ranks: Array, method: str) -> Array:
    return consensus(table(ranks), method)["score"].to_numpy()


def distance(method: str, ranks: Array, order: Array) -> float:
    """Return the sum of distances of an order from all rankings."""
    if method == "footrule":
        ranks = table(ranks).select(pl.col("^r.*$").rank("average")).to_numpy().T
        return float(np.abs(ranks - order).sum())
    return float(sum(((row[:, None] < row) & (order[:, None] > order)).sum() for row in ranks))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("seed", range(15))
def test_no_order_is_nearer(method: str, ties: bool, seed: int) -> None:
    ranks = np.unique(drawn(seed, units=3 + seed % 4, rankings=2 + seed % 5, ties=ties), axis=1)
    orders = [np.array(order) + 1.0 for order in permutations(range(ranks.shape[1]))]
    nearest = min(distance(method, ranks, order) for order in orders)
    assert distance(method, ranks, places(ranks, method)) == nearest


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("seed", range(10))
def test_the_order_of_units_does_not_matter_even_if_several_orders_are_nearest(method: str, seed: int) -> None:
    ranks = drawn(seed, units=6, rankings=2, ties=True)
    other = np.random.default_rng(seed).permutation(6)
    assert places(ranks[:, other], method).tolist() == places(ranks, method)[other].tolist()


@pytest.mark.parametrize("method", METHODS)
def test_units_that_are_alike_share_their_places(method: str) -> None:
    solution = places(np.array([[1.0, 2.0, 2.0, 4.0], [1.0, 2.0, 2.0, 4.0]]), method)
    assert solution.tolist() == [1.0, 2.5, 2.5, 4.0]


@pytest.mark.parametrize("method", METHODS)
def test_one_ranking_is_its_own_consensus(method: str) -> None:
    ranks = drawn(1, units=40, rankings=1)
    assert places(ranks, method).tolist() == (ranks[0].argsort().argsort() + 1.0).tolist()


def test_borda_decides_between_opposite_rankings() -> None:
    ranks = np.array([[1.0, 2.0, 3.0, 4.0], [2.0, 1.0, 3.0, 4.0], [4.0, 2.0, 3.0, 1.0], [4.0, 3.0, 1.0, 2.0]])
    sums = ranks.sum(axis=0)
    solution = places(ranks, "kemeny")
    orders = [np.array(order) + 1.0 for order in permutations(range(4))]
    nearest = min(distance("kemeny", ranks, order) for order in orders)
    by_borda = [
        distance("kemeny", sums[None], order) for order in orders if distance("kemeny", ranks, order) == nearest
    ]
    assert len(by_borda) > 1
    assert distance("kemeny", sums[None], solution) == min(by_borda)


def test_kemeny_orders_a_cycle_of_60_units() -> None:
    ranks = drawn(4, units=60, rankings=10)
    solution = places(ranks, "kemeny")
    assert sorted(solution) == list(range(1, 61))
    assert distance("kemeny", ranks, solution) <= distance(
        "kemeny", ranks, places(ranks, "borda").max() - places(ranks, "borda")
    )


def test_kemeny_takes_many_units_that_majorities_order() -> None:
    random = np.random.default_rng(1)
    ranks = np.arange(400.0) + random.uniform(-3, 3, (5, 400))
    solution = consensus(table(ranks), "kemeny")
    assert agreement(table(np.stack([solution["score"].to_numpy(), ranks[0]])), "kendall")["r0"][1] > 0.98


def test_kemeny_refuses_a_larger_cycle_with_a_remedy() -> None:
    with pytest.raises(MethodError, match=r"units are in a cycle of majorities, .* choose schulze or borda"):
        places(drawn(1, units=80, rankings=3), "kemeny")


@pytest.mark.parametrize("method", METHODS)
def test_without_scipy_an_error_says_what_to_install(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("optimize", "sparse", "sparse.csgraph"):
        monkeypatch.setitem(sys.modules, f"scipy.{module}", None)
    with pytest.raises(MissingDependency, match=r"pip install 'indicia\[scipy\]'"):
        places(drawn(1, units=5, rankings=3), method)
