"""Values come in order, whatever their size and sign."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicia.methods import order_with_ties, sort_with_order

EXTREMES = [0.0, -0.0, 5e-324, -5e-324, 1.0, 1.0 + 2**-52, 1.0 - 2**-53, -1.0, -1.0 - 2**-52, np.inf, -np.inf]


@settings(max_examples=100)
@given(st.lists(st.floats(-1e9, 1e9) | st.sampled_from(EXTREMES), max_size=50))
def test_values_come_in_order_to_the_last_digit(values: list[float]) -> None:
    column = np.array(values)
    places, ordered = sort_with_order(column)
    assert sorted(places.tolist()) == list(range(len(values)))
    assert ordered.tolist() == np.sort(column).tolist() == column[places].tolist()
    again, tied = order_with_ties(column)
    assert again.tolist() == places.tolist()
    assert tied.tolist() == (ordered[1:] == ordered[:-1]).tolist()


@pytest.mark.parametrize("sign", [1, -1])
def test_equal_values_stay_in_the_order_in_which_they_came(sign: int) -> None:
    column = sign * np.random.default_rng(0).integers(0, 50, 5_000) / 7
    assert sort_with_order(column)[0].tolist() == np.argsort(column, kind="stable").tolist()
    assert order_with_ties(column)[0].tolist() == np.argsort(column, kind="stable").tolist()
