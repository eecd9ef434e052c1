"""The Markov chain keeps its promises, and equals that of the package mc4."""

import numpy as np
import pytest
from indicia_markov import Markov

from indicia.testing import checks


@pytest.mark.parametrize("check", checks(Markov(), Markov(restart=0.01)))
def test_the_method_keeps_its_promises(check):
    check()


def test_the_chain_equals_that_of_mc4():
    """The package walks on if the votes are equal, so the number of rankings is odd."""
    algorithm = pytest.importorskip("mc4.algorithm")
    pandas = pytest.importorskip("pandas")
    generator = np.random.default_rng(1)
    for m, n in ((3, 4), (5, 9), (7, 20)):
        rankings = np.array([generator.permutation(n) + 1.0 for _ in range(m)])
        partial = algorithm.get_partial_transition_matrix(pandas.DataFrame(rankings.T), "mc4", n, m)
        steps = algorithm.get_normalized_transition_matrix(partial, n)
        steps = algorithm.get_ergodic_transition_matrix(steps, n, 0.15)
        start = algorithm.get_initial_distribution_matrix(n)
        expected = algorithm.get_stationary_distribution_matrix(start, steps, 1e-15, 1000)
        assert Markov().combine(rankings) == pytest.approx(expected, abs=1e-12)


def test_the_scores_are_shares_of_time():
    rankings = np.array([[1.0, 2.0, 3.0, 4.0], [2.5, 2.5, 1.0, 4.0]])
    scores = Markov(restart=0.3).combine(rankings)
    assert scores.min() > 0
    assert scores.sum() == pytest.approx(1)


def test_units_in_a_cycle_of_majorities_have_equal_scores():
    rankings = np.array([[1, 2, 3, 4], [2, 3, 1, 4], [3, 1, 2, 4]], float)
    first, second, third, last = Markov().combine(rankings)
    assert [second, third] == pytest.approx([first, first])
    assert last < first
