"""The tables of voting rules: votes on pairs, strongest paths, and all orders of Kemeny."""

from __future__ import annotations

from itertools import permutations, product
from typing import Any

import numpy as np
import pytest

from indicia.methods import MatrixAggregation, MatrixContext
from indicia_methods.aggregation.voting import Condorcet, Copeland, Kemeny, Schulze

VALUES = np.array([[3.0, 1.0, 2.0], [2.0, 3.0, 2.0], [1.0, 2.0, 3.0]])
WEIGHTS = np.array([0.5, 0.25, 0.25])


def table(method: MatrixAggregation, name: str, values: Any, weights: Any) -> dict[str, list[Any]]:
    units = [chr(65 + number) for number in range(len(values))]
    context = MatrixContext(("x", "y", "z")[: values.shape[1]], np.zeros(values.shape[1], dtype=np.bool_), units)
    found = method.detail_table(name, values, weights, context)
    return {column: np.asarray(cells).tolist() for column, cells in found.items()}


@pytest.mark.parametrize("method", [Copeland(), Condorcet(), Kemeny()], ids=lambda method: method.name)
def test_pairs_have_the_weights_for_each_unit_and_who_has_won(method: MatrixAggregation) -> None:
    assert table(method, "pairs", VALUES, WEIGHTS) == {
        "a": ["A", "A", "B", "B", "C", "C"],
        "b": ["B", "C", "A", "C", "A", "B"],
        "a_ahead": [0.5, 0.5, 0.25, 0.75, 0.5, 0.25],
        "b_ahead": [0.25, 0.5, 0.5, 0.25, 0.5, 0.75],
        "tied": [0.25, 0.0, 0.25, 0.0, 0.0, 0.0],
        "outcome": ["won", "tied", "lost", "won", "tied", "lost"],
    }


def test_a_component_that_one_unit_lacks_has_no_vote() -> None:
    values = np.array([[1.0, np.nan, 1.0], [2.0, 1.0, 1.0]])
    found = table(Copeland(), "pairs", values, WEIGHTS)
    assert (found["a_ahead"], found["b_ahead"], found["tied"]) == ([0.0, 0.5], [0.5, 0.0], [0.25, 0.25])


def test_the_strongest_path_is_as_strong_as_its_weakest_majority() -> None:
    votes = np.array([[2.0, 3.0, 1.0], [3.0, 1.0, 2.0], [1.0, 2.0, 3.0]])  # a cycle: A > C > B > A
    found = table(Schulze(), "pairs", votes, np.array([0.3, 0.3, 0.4]))
    assert found["a"][:2] == ["A", "A"]
    assert found["votes"] == pytest.approx([0.3, 0.6, 0.7, 0.3, 0.4, 0.7])
    assert found["strongest_path"] == pytest.approx([0.6, 0.6, 0.7, 0.6, 0.7, 0.7])
    assert found["outcome"] == ["lost", "lost", "won", "lost", "won", "won"]


def all_weak_ranks(units: int) -> list[tuple[int, ...]]:
    return [ranks for ranks in product(range(1, units + 1), repeat=units) if set(ranks) == {*range(1, max(ranks) + 1)}]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("name", ["orders", "weak_orders"])
def test_orders_are_all_that_are_nearest_to_the_components(name: str, seed: int) -> None:
    random = np.random.default_rng(seed)
    values, weights = random.integers(0, 3, (4, 3)) * 1.0, np.array([1, 1, 2]) / 4

    def distance(ranks: Any) -> float:
        signs = np.sign(np.subtract.outer(np.array(ranks), np.array(ranks)))
        votes = (-np.sign(np.subtract.outer(column, column)) for column in values.T)
        return sum(weight * np.abs(signs - vote).sum() / 2 for weight, vote in zip(weights, votes, strict=True))

    every = [*permutations(range(1, 5))] if name == "orders" else all_weak_ranks(4)
    distances = {ranks: distance(ranks) for ranks in every}
    least = min(distances.values())
    found = table(Kemeny(), name, values, weights)
    orders = sorted(tuple(found["rank"][start : start + 4]) for start in range(0, len(found["rank"]), 4))
    assert orders == sorted(ranks for ranks in every if distances[ranks] < least + 1e-12)
    assert found["distance"] == pytest.approx([least] * len(found["rank"]))
    assert found["unit"][:4] == ["A", "B", "C", "D"]
    assert found["order"] == [number for number in range(1, len(orders) + 1) for _ in range(4)]


@pytest.mark.parametrize(
    ("name", "units", "message"),
    [
        ("orders", 13, "at most 12 units in a cycle, and there are 13"),
        ("weak_orders", 11, "at most 10 units, and there are 11"),
        ("orders", 7, "at most 1,000 orders"),
    ],
)
def test_too_many_orders_are_refused(name: str, units: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        table(Kemeny(), name, np.ones((units, 1)), np.ones(1))  # all are level: each order is as good
