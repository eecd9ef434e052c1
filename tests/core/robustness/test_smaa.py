"""SMAA-2 on weights of two components, where everything can be found by hand."""

from __future__ import annotations

import numpy as np
import pytest

from indicia_robustness.rank_distribution import ranks
from indicia_robustness.rank_tables import central_weights

VALUES = np.array([[1.0, 0.0], [0.0, 1.0], [0.4, 0.4]])
SHARE = (np.arange(10_000) + 0.5) / 10_000
WEIGHTS = np.stack([SHARE, 1 - SHARE], axis=1)
RANKS = ranks(WEIGHTS @ VALUES.T)


def test_a_central_weight_is_the_middle_of_the_weights_that_make_a_unit_first() -> None:
    central = central_weights(WEIGHTS, RANKS)
    assert central[:2] == pytest.approx(np.array([[0.75, 0.25], [0.25, 0.75]]))
    assert np.isnan(central[2]).all()


def test_units_that_share_the_first_rank_are_all_first_whatever_the_rank_is_called() -> None:
    weights = np.array([[0.5, 0.5], [0.9, 0.1]])
    for ties in ("min", "average", "max"):
        found = central_weights(weights, ranks(weights @ VALUES.T, ties))
        assert found[:2] == pytest.approx(np.array([[0.7, 0.3], [0.5, 0.5]]))
