"""A partial order says of each pair who is preferred, and puts units in levels that a reader can follow."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicia import IndiciaError
from indicia.analysis import partial_order

FLOWS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=12)


def table(flows: list[tuple[int, int]]) -> pl.DataFrame:
    up, down = zip(*flows, strict=True)
    return pl.DataFrame({"unit": range(len(flows)), "positive": up, "negative": down})


def preferred(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] >= other[0] and one[1] <= other[1] and one != other


@settings(max_examples=60)
@given(FLOWS)
def test_a_level_is_one_below_the_lowest_that_is_preferred(flows: list[tuple[int, int]]) -> None:
    levels = partial_order(table(flows)).units["level"].to_list()
    for unit, own in enumerate(flows):
        above = [levels[other] for other, flow in enumerate(flows) if preferred(flow, own)]
        assert levels[unit] == 1 + max(above, default=0)


@settings(max_examples=60)
@given(FLOWS)
def test_counts_are_those_of_the_pairs(flows: list[tuple[int, int]]) -> None:
    found = partial_order(table(flows))
    pairs, units = found.pairs, found.units
    assert pairs.height == len(flows) * (len(flows) - 1) // 2
    for unit, own in enumerate(flows):
        with_it = pairs.filter((pl.col("first") == unit) | (pl.col("second") == unit))
        row = units.row(unit, named=True)
        assert row["ahead"] == sum(preferred(own, flow) for flow in flows)
        assert row["ahead"] == with_it.filter(relation="preferred to", first=unit).height
        assert row["behind"] == with_it.filter(relation="preferred to", second=unit).height
        assert row["indifferent"] == with_it.filter(relation="indifferent to").height
        assert row["incomparable"] == with_it.filter(relation="incomparable with").height


def test_flows_that_differ_by_rounding_are_equal() -> None:
    flows = pl.DataFrame({"unit": ["A", "B"], "positive": [0.1 + 0.2, 0.3], "negative": [0.1, 0.1]})
    assert partial_order(flows).pairs["relation"].to_list() == ["indifferent to"]


def test_the_preferred_unit_of_a_pair_comes_first() -> None:
    flows = pl.DataFrame({"unit": ["worse", "better"], "positive": [0.2, 0.3], "negative": [0.5, 0.1]})
    assert partial_order(flows).pairs.rows() == [("better", "preferred to", "worse")]


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"positive": [0.1, None], "negative": [0.0, 0.0]}, "positive is missing for B"),
        ({"positive": [0.1, 0.2], "negatives": [0.0, 0.0]}, 'unknown column "negative"'),
    ],
)
def test_flows_that_are_missing_are_an_error(columns: dict[str, list[float | None]], message: str) -> None:
    with pytest.raises(IndiciaError, match=message):
        partial_order(pl.DataFrame({"unit": ["A", "B"], **columns}))
