"""The rank with one score replaced, beside the ranks of whole rankings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicia_editions.scenarios import ranks_with_one_replaced
from indicia_robustness.rank_distribution import ranks

if TYPE_CHECKING:
    from indicia_robustness.rank_distribution import Ties

SCORES = st.lists(st.sampled_from([1.0, 2.0, 2.5, 3.0, float("nan")]), min_size=2, max_size=8)
"""Few different scores, so that many tie."""


@given(SCORES, st.data(), st.sampled_from(["min", "max", "average", "dense"]), st.booleans(), st.booleans())
def test_one_replaced_score_has_the_rank_of_a_whole_ranking(
    listed: list[float], data: st.DataObject, ties: Ties, lowest_first: bool, positive: bool
) -> None:
    scores, places = np.array(listed), np.arange(len(listed))
    replaced = st.lists(st.sampled_from([0.5, 1.0, 2.0, 4.0, float("nan")]), min_size=len(listed), max_size=len(listed))
    values = np.array(data.draw(replaced))
    order: dict[str, Any] = {"lowest_first": lowest_first, "positive": positive}
    whole = np.tile(scores, (len(scores), 1))
    np.fill_diagonal(whole, values)
    expected = np.diagonal(ranks(whole, ties, **order))
    computed = ranks_with_one_replaced(scores, places, values, ties, **order)
    assert computed.tolist() == pytest.approx(expected.tolist(), nan_ok=True)


def test_a_difference_of_rounding_noise_is_a_tie() -> None:
    places, values = np.array([2]), np.array([0.1 + 0.2])
    scores = np.array([0.3, 0.1, 0.2])
    assert ranks_with_one_replaced(scores, places, values, "min", lowest_first=False, positive=False) == [1]
