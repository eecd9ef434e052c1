"""Trees of power means: contributions and gaps in closed form add up, with gaps in the data, costs, caps and panels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from random_indices import random_indices

import indicia
from indicia.errors import IndiciaError
from indicia.means import MeanTree, tree_of

if TYPE_CHECKING:
    from indicia.result import Result

TOLERANCE = 1e-12
"""The largest residual of a sum, as a share of the scale, which ends at 100."""


def total(tree: MeanTree, of_places: Any) -> Any:
    return sum(tree.by_indicator(of_places).values())


@settings(max_examples=8, deadline=None)
@given(random_indices())
def test_contributions_add_up_to_the_score_and_below_every_node(example: tuple[dict[str, Any], pl.DataFrame]) -> None:
    index, frame = example
    tree = MeanTree.of(indicia.read(index).score(frame).scored)
    shares, scored = tree.shares, tree.counts[:, 0]
    scores = tree.implied.components[:, 0]
    added = total(tree, shares.contributions) + shares.constant + shares.rounding
    assert np.abs(added - scores)[scored].max() <= TOLERANCE * 100
    for mean in tree.means[1:]:
        node, below = mean.place, shares.contributions[:, mean.below].sum(axis=1)
        of_line = shares.shifted[:, node] * (tree.base[:, node] * tree.counts[:, node] + tree.implied.rounding[:, node])
        assert np.abs(below + of_line - shares.contributions[:, node])[scored].max() <= TOLERANCE * 100


@settings(max_examples=8, deadline=None)
@given(random_indices())
def test_parts_against_a_profile_add_up(example: tuple[dict[str, Any], pl.DataFrame]) -> None:
    """Row 1 has all indicators at one end of their scales, so that it has a value in every mean."""
    index, frame = example
    index["methodology"]["statistics"] = "pooled"
    tree = MeanTree.of(indicia.read(index).score(frame).scored)
    ends = tree.take([1] * tree.rows).implied
    profile = tree.of_indicators({name: ends.components[:, numbers[0]] for name, numbers in tree.leaves.items()})
    gap = tree.differences(tree.implied, profile)
    parts = total(tree, gap.parts) + gap.rounding + gap.scale
    gaps = tree.implied.components[:, 0] - profile.components[:, 0]
    assert np.abs(parts - gaps)[tree.counts[:, 0]].max() <= TOLERANCE * 100


@settings(max_examples=8, deadline=None)
@given(random_indices())
def test_gaps_add_up_change_sign_when_swapped_and_tally_by_dimension(
    example: tuple[dict[str, Any], pl.DataFrame],
) -> None:
    index, frame = example
    tree = MeanTree.of(indicia.read(index).score(frame).scored)
    rows = np.flatnonzero(tree.counts[:, 0])
    first, second = (grid.ravel() for grid in np.meshgrid(rows, rows))
    pairs, swapped = tree.pairs(first, second), tree.pairs(second, first)
    parts = pairs.differences
    gaps = tree.implied.components[first, 0] - tree.implied.components[second, 0]
    added = total(tree, parts.parts) + parts.rounding + parts.scale + parts.weights
    assert np.abs(added - gaps).max() <= TOLERANCE * 100
    assert np.abs(parts.parts + swapped.differences.parts).max() <= TOLERANCE * 100
    equal = pairs.first.components == pairs.second.components
    assert np.abs(parts.parts[equal]).max(initial=0.0) == 0


def test_the_tree_of_a_topsis_has_no_closed_form_and_says_which_node_is_to_blame() -> None:
    result = _two({"aggregation": "topsis"})
    assert tree_of(result.scored) == "index is scored by topsis"
    with pytest.raises(IndiciaError, match="exact for trees of power means: index is scored by topsis"):
        MeanTree.of(result.scored)


def test_a_rescaling_by_ranks_has_no_closed_form() -> None:
    assert tree_of(_two({"rescaling": "percentile_rank"}).scored) == (
        "percentile_rank, the rescaling of index, is no straight line"
    )


def test_a_straight_rescaling_adds_a_constant() -> None:
    """Scores 0.1, 0.3, 0.8 become 2 + 10 z / 0.7 - 10/7: the constant is 2 - 10/7."""
    result = _two({"rescaling": "min_max(lower=2, upper=12)"})
    shares = MeanTree.of(result.scored).shares
    assert shares.constant == pytest.approx([2 - 10 / 7] * 3)


def test_weights_of_groups_have_a_part_of_their_own_in_a_gap() -> None:
    """Entropy within each year gives other weights; what they do to the gap is `weights`, and the sum is exact."""
    chance = np.random.default_rng(7)
    frame = pl.DataFrame({"unit": list("abcdef") * 2, "year": [2020] * 6 + [2021] * 6})
    frame = frame.hstack(pl.DataFrame(chance.uniform(1, 9, (12, 3)), schema=["x", "y", "z"]).get_columns())
    index = {
        "data": {"unit": "unit", "period": "year"},
        "indicators": {name: {} for name in "xyz"},
        "methodology": {
            "normalisation": "min_max(lower=1, upper=100)",
            "aggregation": "geometric",
            "weighting": "entropy",
            "weights": "period",
        },
    }
    tree = MeanTree.of(indicia.read(index).score(frame).scored)
    pairs = tree.pairs([0], [6])
    gap = tree.implied.components[0, 0] - tree.implied.components[6, 0]
    assert abs(pairs.differences.weights[0]) > 0.1
    assert total(tree, pairs.differences.parts)[0] + pairs.differences.weights[0] == pytest.approx(gap, abs=1e-10)
    assert total(tree, tree.shares.contributions) == pytest.approx(tree.implied.components[:, 0], abs=1e-10)


def test_a_component_that_is_zero_for_both_has_no_part_where_the_scale_is_steep_without_limit() -> None:
    """The square roots of a (0, 0) and b (4, 0) are 0 and 2: scores 0 and (0.5 · 2)² = 1, and x has the whole gap."""
    frame = pl.DataFrame({"unit": ["a", "b"], "x": [0.0, 4.0], "y": [0.0, 0.0]})
    methods = {"normalisation": "none", "weighting": "equal", "aggregation": "generalised(p=0.5)"}
    index = {"data": {"unit": "unit"}, "indicators": {"x": {}, "y": {}}, "methodology": methods}
    tree = MeanTree.of(indicia.read(index).score(frame).scored)
    gap = tree.pairs([1], [0]).differences
    assert {name: part[0] for name, part in tree.by_indicator(gap.parts).items()} == {"x": 1.0, "y": 0.0}


def test_a_missing_dimension_that_no_geometric_mean_can_equal_is_refused() -> None:
    """Components are x / 7 + 17.1: a component of 0.1 would stand for a mean of -119."""
    frame = pl.DataFrame({"unit": list("abcd"), "x": [20.0, 40.0, 90.0, None], "y": [50.0, 60.0, 70.0, 0.1]})
    index = {
        "data": {"unit": "unit"},
        "dimensions": {"one": {"aggregation": "geometric", "as_component": "min_max(lower=20, upper=30)"}},
        "indicators": {"x": {"dimension": "one"}, "y": {}},
        "methodology": {"normalisation": "none", "missing": "skip"},
    }
    tree = MeanTree.of(indicia.read(index).score(frame).scored)
    assert tree.shares.contributions[3].tolist()[0] == pytest.approx(0.1)
    with pytest.raises(IndiciaError, match=r"geometric of one has no value .* outside its domain") as caught:
        tree.pairs([3], [0])
    assert "fill the gaps" in (caught.value.remedy or "")


def test_weights_that_are_not_scaled_to_one_keep_their_sum() -> None:
    """Π z^w with weights 1 and 2: z = (2, 3) gives 18."""
    index = {
        "data": {"unit": "unit"},
        "indicators": {"x": {"weight": 1}, "y": {"weight": 2}},
        "methodology": {
            "normalisation": "none",
            "aggregation": "geometric",
            "weighting": "given",
            "scale_weights": False,
        },
    }
    frame = pl.DataFrame({"unit": ["a", "b"], "x": [2.0, 4.0], "y": [3.0, 5.0]})
    tree = MeanTree.of(indicia.read(index).score(frame).scored)
    assert tree.shares.contributions[0, 1:].sum() == pytest.approx(18)
    assert tree.pairs([0], [1]).differences.parts[0, 1:].sum() == pytest.approx(18 - 100)


@pytest.mark.parametrize(("method", "scores"), [("sum", [5.0, 9.0]), ("product", [6.0, 20.0])])
def test_sums_and_products_divide_like_the_means_behind_them(method: str, scores: list[float]) -> None:
    frame = pl.DataFrame({"unit": ["a", "b"], "x": [2.0, 4.0], "y": [3.0, 5.0]})
    index = {"data": {"unit": "unit"}, "indicators": {"x": {}, "y": {}}}
    methods = {"normalisation": "none", "aggregation": method}
    tree = MeanTree.of(indicia.read({**index, "methodology": methods}).score(frame).scored)
    assert total(tree, tree.shares.contributions).tolist() == pytest.approx(scores)
    assert total(tree, tree.pairs([1], [0]).differences.parts).tolist() == pytest.approx([scores[1] - scores[0]])


@pytest.mark.parametrize(
    ("a", "b", "parts"),
    [
        ([0, 80], [40, 50], [-np.sqrt(2000), 0]),
        ([0, 50, 60], [40, 0, 30], [0, 0, 0]),
        ([0, 0, 60], [40, 50, 30], [-2 / 3 * 39.35979342530856, -1 / 3 * 39.35979342530856, 0]),
    ],
    ids=["one zero", "zeros on both sides", "two zeros"],
)
def test_zeros_of_one_side_share_the_gap_by_their_weights(a: list[float], b: list[float], parts: list[float]) -> None:
    """The limit of Wood & Lenzen (2006): 40^0.5 50^0.5 = √2000; 40^0.5 50^0.25 30^0.25 = 39.36."""
    weights = [1.0, 1.0] if len(a) == 2 else [2.0, 1.0, 1.0]
    frame = pl.DataFrame({"unit": ["a", "b"], **{f"x{j}": [x, y] for j, (x, y) in enumerate(zip(a, b, strict=True))}})
    index = {
        "data": {"unit": "unit"},
        "indicators": {f"x{j}": {"weight": weight} for j, weight in enumerate(weights)},
        "methodology": {"normalisation": "none", "aggregation": "weighted_product", "weighting": "given"},
    }
    tree = MeanTree.of(indicia.read(index).score(frame.cast({pl.Int64: pl.Float64})).scored)
    assert tree.pairs([0], [1]).differences.parts[0, 1:] == pytest.approx(parts)


@pytest.mark.parametrize("aggregation", ["weighted_product", "product"])
def test_contributions_to_a_product_that_is_zero_are_zero(aggregation: str) -> None:
    """The limit of z^w with one value towards zero: all the shifted weight goes to this value, which contributes 0."""
    frame = pl.DataFrame({"unit": ["a", "b"], "x": [0.0, 2.0], "y": [5.0, 3.0], "z": [7.0, 1.0]})
    index = {
        "data": {"unit": "unit"},
        "indicators": {"x": {}, "y": {"weight": 2}, "z": {}},
        "methodology": {"normalisation": "none", "aggregation": aggregation},
    }
    tree = MeanTree.of(indicia.read(index).score(frame).scored)
    assert tree.shares.contributions[0].tolist() == [0, 0, 0, 0]
    assert total(tree, tree.shares.contributions) == pytest.approx(tree.implied.components[:, 0])


def _two(methodology: dict[str, Any]) -> Result:
    index = {
        "data": {"unit": "unit"},
        "indicators": {"x": {"bounds": [0, 10]}, "y": {"bounds": [0, 10]}},
        "methodology": methodology,
    }
    frame = pl.DataFrame({"unit": ["a", "b", "c"], "x": [1.0, 4.0, 9.0], "y": [1.0, 2.0, 7.0]})
    return indicia.read(index).score(frame)
