"""SMAA-2 on weights of two components, where everything can be found by hand."""

from __future__ import annotations

import numpy as np
import pytest

from indicia.errors import DefinitionError
from indicia.robustness.smaa import central_weights, confidence, holistic
from indicia.robustness.standing import acceptability, ranks

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
        found = central_weights(weights, ranks(weights @ VALUES.T, ties))  # type: ignore[arg-type]
        assert found[:2] == pytest.approx(np.array([[0.7, 0.3], [0.5, 0.5]]))


def test_without_other_doubt_a_unit_is_first_by_its_central_weights() -> None:
    # the weights that make a unit first are convex where scores are linear
    found = confidence(central_weights(WEIGHTS, RANKS), lambda weights: ranks((VALUES @ weights)[None]))
    assert found == pytest.approx([1.0, 1.0, np.nan], nan_ok=True)


def test_doubt_about_values_lowers_confidence() -> None:
    noise = np.random.default_rng(1).normal(0, 0.5, (4000, *VALUES.shape))
    found = confidence(np.array([[0.75, 0.25]] + [[np.nan] * 2] * 2), lambda weights: ranks((VALUES + noise) @ weights))
    draws = ranks((VALUES + noise) @ [0.75, 0.25])
    assert found[0] == (draws[:, 0] == 1).mean()
    assert 0.5 < found[0] < 0.9


def test_holistic_acceptability_weighs_better_ranks_more() -> None:
    shares = acceptability(RANKS)
    assert holistic(np.eye(3), "linear").tolist() == [1.0, 0.5, 0.0]
    assert holistic(np.eye(3), "inverse").tolist() == pytest.approx([1, 1 / 2, 1 / 3])
    assert holistic(np.eye(3), "centroid").tolist() == pytest.approx([1, 5 / 11, 2 / 11])
    assert holistic(shares).argmin() == 2
    with pytest.raises(DefinitionError, match="unknown importance"):
        holistic(shares, "equal")  # type: ignore[arg-type]
