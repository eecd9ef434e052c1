"""The weighted tau keeps its promises, and equals that of SciPy."""

import numpy as np
import pytest
from indicia_weighted_tau import WeightedTau

from indicia.testing import checks

METHODS = [
    WeightedTau(weigher=weigher, pair=pair)
    for weigher in ("hyperbolic", "logarithmic", "quadratic", "constant")
    for pair in ("add", "multiply")
]


@pytest.mark.parametrize("check", checks(WeightedTau(), WeightedTau(weigher="quadratic", pair="multiply")))
def test_the_method_keeps_its_promises(check):
    check()


@pytest.mark.parametrize("method", METHODS, ids=str)
def test_the_method_equals_scipy_with_and_without_ties(method):
    stats = pytest.importorskip("scipy.stats")
    weigher = {
        "hyperbolic": None,
        "logarithmic": lambda rank: 1 / np.log2(rank + 2),
        "quadratic": lambda rank: 1 / (rank + 1) ** 2,
        "constant": lambda rank: 1,
    }[method.weigher]
    generator = np.random.default_rng(1)
    for units, values in ((2, 9), (7, 3), (30, 12), (30, 1000)):
        first, *others = stats.rankdata(generator.integers(values, size=(4, units)), axis=1)
        expected = [
            stats.weightedtau(-first, -other, weigher=weigher, additive=method.pair == "add").statistic
            for other in others
        ]
        with np.errstate(invalid="ignore"):
            assert method.measure(first, np.array(others)) == pytest.approx(expected, abs=1e-12, nan_ok=True)


def test_a_swap_at_the_top_lowers_the_agreement_more_than_one_at_the_bottom():
    first = np.arange(1.0, 6.0)
    top, bottom = WeightedTau().measure(first, np.array([[2, 1, 3, 4, 5], [1, 2, 3, 5, 4]], float))
    assert top < bottom < 1
