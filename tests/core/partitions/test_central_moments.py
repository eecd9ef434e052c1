"""Skewness and kurtosis over partitions are those of polars."""

from __future__ import annotations

from functools import reduce
from itertools import pairwise

import numpy as np
import polars as pl
import pytest

from indicia.partitions.central_moments import MergeMoments, kurtosis, skewness

MERGE = MergeMoments()


def merged(values: pl.Series, cuts: list[int]) -> tuple[int, float, float, float, float]:
    edges = [0, *cuts, len(values)]
    parts = [values[start:end] for start, end in pairwise(edges)]
    return reduce(MERGE.join, map(MERGE.state, parts))


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("cuts", [[], [0, 1, 1, 700], [3000, 3999]])
def test_shapes_over_partitions_are_those_of_polars(cuts: list[int], bias: bool) -> None:
    rng = np.random.default_rng(0)
    values = pl.Series(np.exp(rng.normal(size=4000)) + 100).set(pl.Series(rng.random(4000) < 0.1), None)
    state = merged(values, cuts)
    assert skewness(state, bias=bias) == pytest.approx(values.skew(bias=bias), rel=1e-12)
    for fisher in (True, False):
        expected = values.kurtosis(fisher=fisher, bias=bias)
        assert kurtosis(state, fisher=fisher, bias=bias) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("values", [[], [None], [1.0], [1.0, 3.0], [0.1, 0.1, 0.1], [1.0, 2.0, 4.0]])
def test_few_or_equal_values_have_the_shapes_of_polars(values: list[float | None], bias: bool) -> None:
    column = pl.Series(values, dtype=pl.Float64)
    state = merged(column, [1] if values else [])
    for own, expected in (
        (skewness(state, bias=bias), column.skew(bias=bias)),
        (kurtosis(state, bias=bias), column.kurtosis(bias=bias)),
    ):
        assert (own is None) == (expected is None)
        assert own is None or own == pytest.approx(expected, nan_ok=True)


def test_values_by_hand_have_a_skewness_of_one_and_a_half() -> None:
    # 0, 0, 0, 0, 5: mean 1, squares 20, cubes 60: (60 / 5) / (20 / 5) ** 1.5 = 1.5
    assert skewness(merged(pl.Series([0.0, 0.0, 0.0, 0.0, 5.0]), [2, 4])) == 1.5
