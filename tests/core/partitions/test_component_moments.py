"""States of components: those of any cut into partitions give the figures of all rows."""

from __future__ import annotations

from functools import reduce
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicia.methods.component_correlations import correlations_of, covariances
from indicia.methods.kernel_regression import correlations_with, multiple_correlations, slopes
from indicia.partitions.component_moments import CompleteMoments, CompleteTriangle, MergeMoments, PairMoments

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.methods import Array


def merged(kind: Any, values: Array, cuts: Sequence[int]) -> Any:
    """Return the state of all rows, whose cuts may leave partitions empty."""
    states = [kind.of(values[start:end]) for start, end in pairwise([0, *sorted(cuts), len(values)])]
    merge = MergeMoments()
    return kind(*merge.value(reduce(merge.join, states)))


def related(rows: int, gaps: float, seed: int = 1) -> Array:
    """Return four components that correlate, of very different sizes, with a share of gaps."""
    random = np.random.default_rng(seed)
    values = (random.normal(size=(rows, 1)) + random.normal(size=(rows, 4)) + 5.0) * [1.0, 1e-200, 1e150, 3.0]
    values[random.random(values.shape) < gaps] = np.nan
    return values


def relative(values: Array) -> Array:
    return values / np.nanmax(np.abs(values), axis=0)


CUTS = st.lists(st.integers(0, 40), min_size=1, max_size=6)


@settings(max_examples=25, deadline=None)
@given(cuts=CUTS, gaps=st.sampled_from([0.0, 0.2]), seed=st.integers(0, 9))
def test_correlations_do_not_depend_on_the_cuts(cuts: list[int], gaps: float, seed: int) -> None:
    values = related(40, gaps, seed)
    complete = values[~np.isnan(values).any(axis=1)]
    of_complete = correlations_of(*covariances(relative(complete), "complete"))
    of_pairs = correlations_of(*covariances(relative(values), "pairwise"))
    assert merged(CompleteMoments, values, cuts).correlations() == pytest.approx(of_complete, abs=1e-13)
    assert merged(PairMoments, values, cuts).correlations() == pytest.approx(of_pairs, abs=1e-13)


@settings(max_examples=25, deadline=None)
@given(cuts=CUTS, gaps=st.sampled_from([0.0, 0.2]), seed=st.integers(0, 9))
def test_regressions_do_not_depend_on_the_cuts(cuts: list[int], gaps: float, seed: int) -> None:
    values = related(40, gaps, seed)
    complete = values[~np.isnan(values).any(axis=1)]
    triangle = merged(CompleteTriangle, values, cuts)
    assert triangle.count == len(complete)
    assert triangle.multiple_correlations() == pytest.approx(multiple_correlations(complete), rel=1e-12)
    assert triangle.slopes() == pytest.approx(slopes(complete[:, :3], complete[:, 3]), rel=1e-12)


def test_covariances_keep_digits_of_values_far_from_zero() -> None:
    # deviations -1, 0, 1 and 0, -1, 1 from a million: variances 1 and covariance 1/2
    values = np.array([[999_999.0, 1e6], [1e6, 999_999.0], [1_000_001.0, 1_000_001.0]])
    for kind in (CompleteMoments, PairMoments):
        assert merged(kind, values, [1]).covariances() == pytest.approx(np.array([[1.0, 0.5], [0.5, 1.0]]), rel=1e-14)


def test_a_correlation_with_the_last_component_takes_the_rows_that_have_the_other() -> None:
    values = related(40, 0.0)
    values[::3, 1] = np.nan
    with_last = merged(PairMoments, values, [5, 5, 31]).correlations_with_last()
    assert with_last == pytest.approx(correlations_with(values[:, :3], values[:, 3]), abs=1e-13)


def test_pairs_whose_rows_hardly_vary_keep_their_digits() -> None:
    # the first component varies by 0.1 where the second has values, and is 1e8 elsewhere
    first = np.concatenate([1.0 + 0.1 * np.arange(5.0), np.full(20, 1e8)])
    values = np.column_stack([first, np.concatenate([[1.0, 3.0, 2.0, 5.0, 4.0], np.full(20, np.nan)])])
    assert merged(PairMoments, values, [2, 9]).correlations()[0, 1] == pytest.approx(0.8, abs=1e-7)


@pytest.mark.parametrize("kind", [CompleteMoments, PairMoments])
def test_components_that_do_not_vary_have_correlation_0(kind: Any) -> None:
    values = np.array([[0.1, 1.0], [0.1, 2.0], [0.1, 4.0]])
    assert merged(kind, values, [1, 2]).correlations().tolist() == [[1.0, 0.0], [0.0, 1.0]]


@pytest.mark.parametrize(("kind", "fault"), [(CompleteMoments, "have all components"), (PairMoments, "units share")])
def test_a_single_row_has_no_correlations(kind: Any, fault: str) -> None:
    with pytest.raises(ValueError, match=f"fewer than two units {fault}|that fewer than two units share"):
        merged(kind, np.array([[1.0, 2.0], [np.nan, 3.0]]), [1]).correlations()
