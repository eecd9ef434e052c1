"""ORESTE merges ranks of units and of components; REGIME knows the order of weights only."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
import pytest

from indicia.methods import MatrixAggregation, MatrixContext
from indicia_methods.aggregation.ordinal import Oreste, Regime

NAMES = ("x", "y", "z")


def context(count: int) -> MatrixContext:
    return MatrixContext(NAMES[:count], np.zeros(count, dtype=np.bool_), tuple("ABCDEFGH"))


def table(method: MatrixAggregation, name: str, values: Any, weights: Any) -> dict[str, list[Any]]:
    count = values.shape[1]
    of_units = MatrixContext(NAMES[:count], np.zeros(count, dtype=np.bool_), tuple("ABCDEFGH")[: len(values)])
    found = method.detail_table(name, values, np.array(weights), of_units)
    return {column: np.asarray(cells).tolist() for column, cells in found.items()}


VALUES = np.array([[3.0, 1.0], [2.0, 3.0], [1.0, 2.0]])


def test_ranks_of_units_and_components_are_projected_and_ranked_again() -> None:
    found = table(Oreste(), "ranks", VALUES, [0.75, 0.25])
    assert found["rank"] == [1, 3, 2, 1, 3, 2]
    assert found["component_rank"] == [1, 2] * 3
    assert found["projection"] == pytest.approx([1.0, 2.4, 1.4, 1.6, 1.8, 2.0])
    assert found["global_rank"] == [1, 6, 2, 3, 4, 5]


def test_equal_ranks_share_their_mean_and_a_gap_counts_as_the_mean_of_the_others() -> None:
    values = np.array([[2.0, 1.0], [2.0, 2.0], [1.0, np.nan]])
    scores = Oreste().score_units(values, np.array([0.5, 0.5]), context(2))  # projections 1.5, 1.5, 2.1; 1.7, 1.3
    assert scores.tolist() == [2.5 + 4, 2.5 + 1, 5 * 2]


def test_intensities_are_shares_of_their_largest_value_and_make_the_relations() -> None:
    found = table(Oreste(), "pairs", VALUES, [0.75, 0.25])  # global ranks A 1, 6; B 2, 3; C 4, 5
    assert np.array(found["intensity"]) * 8 == pytest.approx([1, 3, 3, 4, 1, 0])
    assert found["relation"] == ["R", "R", "R", "P", "R", "P-"]
    lenient = table(Oreste(beta=0.3, indifference=0.5), "pairs", VALUES, [0.75, 0.25])
    assert lenient["relation"] == ["I", "I", "I", "P", "I", "P-"]
    assert table(Oreste(gamma=0.6), "pairs", VALUES, [0.75, 0.25])["relation"][:2] == ["P-", "P"]


def sampled(signs: Any, order: Any) -> float:
    """Return the share of random weights in an order by which the sum of signs is positive."""
    drawn = -np.sort(-np.random.default_rng(1).dirichlet(np.ones(len(signs)), 20_000), axis=1)
    return float((drawn @ np.array(signs)[list(order)] > 0).mean())


@pytest.mark.parametrize("order", [*permutations(range(3))])
def test_probabilities_are_shares_of_the_weights_in_the_order(order: tuple[int, ...]) -> None:
    values = np.array([[2.0, 1.0, 2.0], [1.0, 2.0, 3.0], [3.0, 2.0, 1.0]])
    method = Regime(order=tuple(NAMES[place] for place in order))
    found = table(method, "pairs", values, [1 / 3] * 3)
    for a, b, probability in zip(found["a"], found["b"], found["probability"], strict=True):
        signs = np.sign(values["ABC".index(a)] - values["ABC".index(b)])
        assert probability == pytest.approx(sampled(signs, order), abs=0.015)
    by_weight = Regime().score_units(values, np.array([3, 2, 1.0])[np.argsort(order)] / 6, context(3))
    assert by_weight.tolist() == method.score_units(values, np.full(3, 1 / 3), context(3)).tolist()


def test_equal_weights_may_have_any_order_and_equal_units_are_level() -> None:
    values = np.array([[2.0, 1.0, 1.0], [1.0, 2.0, 2.0], [1.0, 2.0, 2.0], [1.0, np.nan, np.nan]])
    found = table(Regime(), "pairs", values, [1 / 3] * 3)
    assert found["probability"] == [0.25, 0.25, 1.0, 0.75, 0.5, 0.5, 0.75, 0.5, 0.5, 0.0, 0.5, 0.5]
    assert found["guide_index"][:3] == pytest.approx([-1 / 3, -1 / 3, 1 / 3])


def test_an_order_that_is_unknown_or_of_other_components_is_refused() -> None:
    with pytest.raises(ValueError, match="y and z weigh the same: state order"):
        Regime().score_units(np.eye(3), np.array([0.5, 0.25, 0.25]), context(3))
    with pytest.raises(ValueError, match="order names x, y; the components are x, y, z"):
        Regime(order=("x", "y")).score_units(np.eye(3), np.full(3, 1 / 3), context(3))
    with pytest.raises(ValueError, match="2 to 1,000 units, and there are 1"):
        Regime().score_units(np.ones((1, 3)), np.full(3, 1 / 3), context(3))
