"""The D-CRITIC weighting keeps its promises, and measures distance correlation."""

import numpy as np
import pytest
from indicia_d_critic import DCritic, _distance_correlations

from indicia.testing import checks


@pytest.mark.parametrize("check", checks(DCritic()))
def test_the_method_keeps_its_promises(check):
    check()


def test_a_parabola_has_a_distance_correlation_where_it_has_no_other():
    """By hand, of (-1, 0, 1) and its squares: distance covariance 72 / 729, variances 360 / 729 and 144 / 729."""
    values = np.array([[-1.0, 1.0], [0.0, 0.0], [1.0, 1.0]])
    assert np.corrcoef(values.T)[0, 1] == 0
    assert _distance_correlations(values)[0, 1] == pytest.approx((72 / (360 * 144) ** 0.5) ** 0.5)
