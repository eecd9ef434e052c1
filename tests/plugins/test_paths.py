"""Strongest paths: the divide-and-conquer algorithm gives the result of the definition."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from indicia_methods.relations import count_beaten

SQUARES = st.integers(1, 9).flatmap(lambda n: arrays(np.int64, (n, n), elements=st.integers(0, 6)))


@given(SQUARES)
def test_strongest_paths_are_those_that_lead_through_any_unit(levels: np.ndarray) -> None:
    np.fill_diagonal(levels, 0)
    path = levels.copy()
    for through in range(len(path)):
        path = np.maximum(path, np.minimum(path[:, [through]], path[[through], :]))
    assert count_beaten(levels).tolist() == (path > path.T).sum(axis=1).tolist()


def test_the_election_of_45_voters_has_the_paths_that_schulze_prints() -> None:
    # Schulze (2011), section 3.1: of A … E, E has the stronger path to all; E > A > C > B > D
    votes = np.array(
        [[0, 20, 26, 30, 22], [25, 0, 16, 33, 18], [19, 29, 0, 17, 24], [15, 12, 28, 0, 14], [23, 27, 21, 31, 0]]
    )
    assert count_beaten(np.where(votes > votes.T, votes, 0)).tolist() == [3, 1, 2, 0, 4]
