"""Correlations inside nodes and across nodes, and resampled tables."""

from __future__ import annotations

from math import sqrt

import numpy as np
import polars as pl
import pytest

from indicia_statistics.coherence import Coherence
from indicia_statistics.node_coherence import NodeCoherence, affordable_draws, resample

X = [1.0, 2.0, 3.0, 4.0, 5.0]
Y = [2.0, 1.0, 4.0, 3.0, 5.0]
Z = [5.0, 3.0, 4.0, 1.0, 2.0]


def tree(**nodes: dict[str, list[float | None]]) -> Coherence:
    """Return the coherence of nodes whose scores are means."""
    components = {node: pl.DataFrame(columns) for node, columns in nodes.items()}
    scores = {node: frame.select(pl.mean_horizontal(pl.all())).to_series() for node, frame in components.items()}
    components["index"] = pl.DataFrame(scores)
    index = components["index"].select(pl.mean_horizontal(pl.all())).to_series()
    return Coherence(components, pl.DataFrame({**scores, "index": index}))


def test_a_correlation_inside_a_node_is_that_of_its_two_columns() -> None:
    """Σ dx dy = 8 and Σ dx² = Σ dy² = 10."""
    pair = tree(a={"x": X, "y": Y}).between("a", "x", "y")
    assert pair
    assert (pair.r, pair.units) == (pytest.approx(0.8), 5)


def test_a_correlation_is_over_the_units_that_have_both() -> None:
    """Without the fifth unit Σ dx dy = 3 and Σ dx² = Σ dy² = 5."""
    pair = tree(a={"x": X, "y": [*Y[:4], None]}).between("a", "x", "y")
    assert pair
    assert (pair.r, pair.units) == (pytest.approx(0.6), 4)


def test_a_rank_correlation_with_a_gap_ranks_the_units_that_have_both() -> None:
    """Ranks of x are as x; without the fifth unit those of y stay 2, 1, 4, 3: ρ = 1 - 6 · 4 / (4 · 15) = 0.6."""
    whole, gap = tree(a={"x": X, "y": Y}), tree(a={"x": X, "y": [*Y[:4], None]})
    assert whole.rank_correlation("a", "x", "y") == pytest.approx(0.8)
    assert gap.rank_correlation("a", "x", "y") == pytest.approx(0.6)


def test_the_rest_of_a_node_is_the_weighted_sum_of_the_others() -> None:
    """x and 3 y + z = (11, 6, 16, 10, 17): Σ dx d = 16 and the variance of the sum is 82."""
    frame = pl.DataFrame({"x": X, "y": Y, "z": Z})
    coherence = Coherence({"index": frame}, pl.DataFrame({"index": X}), weights={"index": {"x": 0.5, "y": 3, "z": 1}})
    rest = coherence.with_rest("index", "x")
    assert rest
    assert rest.r == pytest.approx(16 / sqrt(10 * 82))


def test_an_indicator_of_two_parents_has_a_correlation_with_each() -> None:
    coherence = tree(a={"x": X, "y": Y}, b={"x": X, "z": Z})
    first, second = coherence.with_rest("a", "x"), coherence.with_rest("b", "x")
    assert first
    assert second
    assert (first.r, second.r) == (pytest.approx(0.8), pytest.approx(-0.8))
    assert coherence.indicators.items == ("x", "y", "z")


def test_a_column_of_one_value_has_no_correlation() -> None:
    coherence = tree(a={"x": X, "y": [7.0] * 5})
    assert coherence.between("a", "x", "y") is None
    assert coherence.with_rest("a", "x") is None
    assert coherence.nodes["a"].left_out == ("y",)


def test_a_node_of_few_units_has_the_reason_in_place_of_components() -> None:
    group = NodeCoherence.of("a", pl.DataFrame({"x": X[:3], "y": Y[:3], "z": Z[:3]}))
    assert group.refusal == "3 units for 3 items: their correlations are singular"
    assert group.resamples is None
    assert group.alpha_interval is None


def test_resampled_tables_of_blocks_have_the_spread_of_resampled_units() -> None:
    """The standard error of the first eigenvalue, 1 + r for two items, is (1 - r²) / √n for normal values."""
    rng = np.random.default_rng(2)
    x = rng.standard_normal(2000)
    values = np.column_stack([x, 0.6 * x + 0.8 * rng.standard_normal(2000)])
    spread = resample(values, 1000, seed=1).eigenvalues[:, 0].std()
    assert spread == pytest.approx((1 - 0.6**2) / sqrt(2000), rel=0.15)


def test_a_resampled_table_with_a_constant_item_is_not_counted() -> None:
    values = np.column_stack([np.arange(6.0), [0.0, 0, 0, 0, 0, 1]])
    draws = resample(values, 400, seed=1).draws
    assert draws == pytest.approx(400 * (1 - (5 / 6) ** 6), rel=0.2)  # the sixth unit is drawn once or more


def test_wide_tables_have_fewer_draws() -> None:
    assert [affordable_draws(items) for items in (3, 29, 50, 500)] == [1000, 1000, 200, 200]
