"""Balanced SPOTIS passes the checks of its kind, and equals pymcdm."""

import numpy as np
import pytest
from indicia_balanced_spotis import BalancedSpotis

from indicia.methods import MatrixContext
from indicia.testing import checks

ONE = MatrixContext(components=("x0",), costs=np.array([False]))
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


def test_parameters_that_put_the_worst_unit_before_the_best_are_refused():
    """By hand: the best value 1 has the distance a (1 - e), and the worst value 0 has 1 - a + a e."""
    with pytest.raises(ValueError, match="puts the worst unit before the best"):
        BalancedSpotis(expected=0.4, trust=1)
    best, worst = BalancedSpotis(expected=0.5, trust=1).score_units(np.array([[1.0], [0.0]]), np.ones(1), ONE)
    assert best == worst
