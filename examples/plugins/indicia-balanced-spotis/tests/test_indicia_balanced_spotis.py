"""Balanced SPOTIS passes the checks of its kind, and equals pymcdm."""

import numpy as np
import pytest
from indicia_balanced_spotis import BalancedSpotis

from indicia.methods import MatrixContext
from indicia.testing import checks

TWO = MatrixContext(components=("x0", "x1"), costs=np.array([False, False]))


@pytest.mark.parametrize("check", checks(BalancedSpotis(), BalancedSpotis(expected=0.5, trust=1)))
def test_the_method_keeps_its_promises(check):
    check()


def test_scores_mix_the_distances_to_the_best_and_to_the_expected_values():
    """By hand, of the weights 3/4 and 1/4: (1 - a) (0 3/4 + 1/4) + a (0.2 3/4 + 0.8 1/4), and so on."""
    values, weights = np.array([[1.0, 0.0], [0.8, 0.8]]), np.array([0.75, 0.25])
    assert BalancedSpotis(trust=0.5).score_units(values, weights, TWO) == pytest.approx([(0.25 + 0.35) / 2, 0.1])


def test_a_missing_component_is_left_out():
    values, weights = np.array([[1.0, np.nan], [1.0, 0.0]]), np.array([0.75, 0.25])
    assert BalancedSpotis(trust=0).score_units(values, weights, TWO) == pytest.approx([0.0, 0.25])
