"""The tables of MULTIMOORA: its three rankings, and who dominates whom in them."""

from __future__ import annotations

import numpy as np
import pytest

from indicia.methods import MatrixContext
from indicia_methods.aggregation.multimoora import Multimoora

VALUES = np.array([[3.0, -4.0], [4.0, -3.0]])  # the second component is a cost, negated
WEIGHTS = np.array([0.5, 0.5])
CONTEXT = MatrixContext(("x", "y"), np.zeros(2, dtype=np.bool_), ("A", "B"))


def test_units_have_the_three_scores_and_their_ranks() -> None:
    found = Multimoora().unit_details(VALUES, WEIGHTS, CONTEXT)  # of values over the norm 5: 0.6, 0.8 and 0.8, 0.6
    assert found["ratio"] == pytest.approx([-0.1, 0.1])
    assert found["reference_point"] == pytest.approx([0.1, 0.0])
    assert found["multiplicative"] == pytest.approx([0.75**0.5, 0.75**-0.5])
    assert [found[f"rank_{name}"] for name in ("ratio", "reference_point", "multiplicative")] == [[2, 1]] * 3


@pytest.mark.parametrize(
    ("values", "dominance"),
    [
        (VALUES, ["dominated", "absolute"]),
        (np.array([[3.0, -4.0], [3.0, -4.0]]), ["equal", "equal"]),
    ],
)
def test_pairs_name_the_dominance(values: np.ndarray, dominance: list[str]) -> None:
    found = Multimoora().detail_table("pairs", values, WEIGHTS, CONTEXT)
    assert list(found["dominance"]) == dominance


def test_two_rankings_of_three_dominate_in_general() -> None:
    values, weights = np.array([[1.0, 3.0], [2.0, 1.0]]), np.array([0.6, 0.4])
    parts = Multimoora().unit_details(values, weights, CONTEXT)
    ranks = [parts[f"rank_{name}"] for name in ("ratio", "reference_point", "multiplicative")]
    assert ranks == [[2, 1], [2, 1], [1, 2]]  # 3 ** 0.4 is more than 2 ** 0.6
    assert list(Multimoora().detail_table("pairs", values, weights, CONTEXT)["dominance"]) == ["dominated", "general"]
