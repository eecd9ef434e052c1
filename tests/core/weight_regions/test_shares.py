"""Exact shares of weights: by hand, beside draws, and beside pysensmcda."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from indicia import analysis
from indicia.errors import DataError, DefinitionError, IndiciaError
from indicia_robustness.rank_distribution import ranks
from indicia_robustness.weight_regions import RegionDraws, WeightRegion, read_constraints
from indicia_robustness.weight_regions.shares import (
    first_polytopes,
    first_shares,
    order_shares,
    pairwise_shares,
    rank_shares,
)
from indicia_robustness.weight_regions.simplices import cut, triangulate, volumes

RAW = np.array(
    [
        [5.0, -1.5, 15.0, 4.0],
        [2.5, -3.8, 25.0, 2.5],
        [3.0, -2.8, 10.0, 2.8],
        [2.0, -6.7, 0.0, 1.0],
        [4.0, -3.4, 30.0, 3.5],
    ]
)
"""The example of `exact_acceptability` in pysensmcda 2.0, of which the figures below are."""
VALUES = (RAW - RAW.min(axis=0)) / np.ptp(RAW, axis=0)
TABLE = pl.DataFrame({"unit": list("ABCDE"), **{f"c{number + 1}": VALUES[:, number] for number in range(4)}})
CONSTRAINTS = "c3 >= c1 >= c2; 0.1 <= c4 <= 0.4; c3 / c4 >= 1.5"
PYSENSMCDA = {
    "": (
        [0.74, 0.26],
        [[0.2851351351, 0.2870870871, 0.1558183183, 0.2719594595], [0.15, 0.1444444444, 0.5180555556, 0.1875]],
    ),
    CONSTRAINTS: (
        [0.0791673755, 0.9208326245],
        [
            [0.2939014629, 0.1977616964, 0.3451071111, 0.1632297296],
            [0.2066853073, 0.0720011999, 0.5297372796, 0.1915762132],
        ],
    ),
}
BOUNDS = {
    "": ([0, 0, 0, 0, 0, 0, 0.25, 0], [1, 1, 0.4222222222, 1, 0.6, 0.5777777778, 1, 0.75]),
    CONSTRAINTS: (
        [0.2002200220, 0.0539419087, 0.2727272727, 0.1, 0, 0, 0.3547717842, 0.1],
        [0.385, 0.3, 0.3898113208, 0.2398239824, 0.45, 0.2550943396, 0.9, 0.4],
    ),
}


def region(count: int, *texts: str) -> WeightRegion:
    return WeightRegion(tuple("abcdefgh"[:count]), read_constraints(texts))


@pytest.mark.parametrize("constraints", PYSENSMCDA)
def test_shares_centroids_and_bounds_are_those_of_pysensmcda(constraints: str) -> None:
    shares, centroids = PYSENSMCDA[constraints]
    found = analysis.exact_central_weights(TABLE, "unit", constraints or ()).sort("unit").filter(pl.col("first") > 0)
    assert found["unit"].to_list() == ["A", "E"]
    assert found["first"].to_numpy() == pytest.approx(shares, abs=1e-9)
    assert found.select("c1", "c2", "c3", "c4").to_numpy() == pytest.approx(np.array(centroids), abs=1e-9)
    bounds = analysis.weight_bounds(TABLE, "unit", constraints or ())
    assert bounds.drop_nulls()["unit"].unique(maintain_order=True).to_list() == ["A", "E"]
    lower, upper = BOUNDS[constraints]
    assert bounds.drop_nulls()["lower"].to_numpy() == pytest.approx(lower, abs=1e-8)
    assert bounds.drop_nulls()["upper"].to_numpy() == pytest.approx(upper, abs=1e-8)


@pytest.mark.parametrize(
    ("count", "texts"), [(3, []), (4, ["a >= b", "c + d >= 0.3"]), (4, ["a = 2 b"]), (2, ["a >= 0.3"])]
)
def test_exact_shares_are_those_of_many_draws(count: int, texts: list[str]) -> None:
    scores, of_weights = np.random.default_rng(5).random((6, count)), region(count, *texts)
    drawn = RegionDraws(of_weights).draw(40_000, np.random.default_rng(1))
    found = ranks(drawn @ scores.T)
    ahead = rank_shares(scores, of_weights).ahead
    assert ahead == pytest.approx(np.stack([(found == rank).mean(axis=0) for rank in range(1, 7)], axis=1), abs=0.012)
    assert ahead.sum(axis=1) == pytest.approx(1)
    assert first_shares(scores, of_weights).share == pytest.approx(ahead[:, 0])
    pairs = pairwise_shares(scores, of_weights)
    assert pairs == pytest.approx((found[:, :, None] < found[:, None]).mean(axis=0) + np.eye(6) / 2, abs=0.012)
    assert (1 - pairs).sum(axis=1) - 0.5 == pytest.approx(ahead @ np.arange(6))


@pytest.mark.parametrize("texts", [[], ["a >= b", "c <= 0.4"]])
def test_polytopes_and_simplices_give_the_same_shares(texts: list[str]) -> None:
    scores, of_weights = np.random.default_rng(2).random((8, 4)), region(4, *texts)
    size, centre = first_polytopes(scores, of_weights)
    total = volumes(triangulate(of_weights), of_weights.directions).sum()
    found = first_shares(scores, of_weights)
    assert size / total == pytest.approx(found.share, abs=1e-12)
    assert centre == pytest.approx(found.centre, abs=1e-9, nan_ok=True)


def test_shares_of_six_components_sum_to_1() -> None:
    found = first_shares(np.random.default_rng(3).random((25, 6)), region(6, "a >= b", "c + d >= 0.3"))
    assert found.share.sum() == pytest.approx(1, abs=1e-12)
    assert found.share @ np.nan_to_num(found.centre).sum(axis=1) == pytest.approx(1)


def test_the_volume_of_an_order_is_its_share_of_all_orders() -> None:
    whole = volumes(triangulate(region(5)), region(5).directions).sum()
    order = triangulate(region(5, "a >= b >= c >= d >= e"))
    assert volumes(order, region(5).directions).sum() / whole == pytest.approx(1 / 120)
    orders, shares = order_shares(np.eye(5), region(5))
    assert len(orders) == 120
    assert (shares.argmax(axis=1) == orders[:, 0]).all()
    assert shares.max(axis=1) == pytest.approx(1)


def test_the_parts_of_a_cut_have_the_volume_of_the_simplex() -> None:
    random = np.random.default_rng(1)
    vertices, heights = np.eye(6)[None].repeat(50, axis=0), random.normal(size=(50, 6))
    heights[:10, 2] = 0.0
    basis = region(6).directions
    for row in range(50):
        parts = [cut(vertices[[row]], heights[[row]], side)[0] for side in ("positive", "negative")]  # type: ignore[arg-type]
        total = sum(volumes(part, basis).sum() for part in parts)
        assert total == pytest.approx(volumes(vertices[[row]], basis).sum(), rel=1e-12)


def test_units_that_are_level_share_the_first_place_and_a_unit_behind_has_no_weights() -> None:
    values = pl.DataFrame({"unit": ["A", "B", "C"], "x": [1.0, 1.0, 0.0], "y": [0.0, 0.0, 0.0]})
    shares = analysis.exact_acceptability(values, "unit")
    assert shares.rows() == [("A", 1.0, 0.0, 0.0), ("B", 1.0, 0.0, 0.0), ("C", 0.0, 0.0, 1.0)]
    assert analysis.exact_pairwise(values, "unit")["B"].to_list() == [0.5, 0.5, 0.0]
    assert analysis.exact_central_weights(values, "unit").filter(unit="C").row(0) == ("C", 0.0, 3.0, None, None)


@pytest.mark.parametrize(("kind", "worth"), [("centroid", 0.52), ("linear", 2 / 3), ("inverse", 1 / 2)])
def test_the_second_rank_of_four_has_the_worth_of_pysensmcda(kind: analysis.Metaweights, worth: float) -> None:
    shares = pl.DataFrame({"unit": ["A"], "1": [0.0], "2": [1.0], "3": [0.0], "4": [0.0]})
    assert analysis.holistic_acceptability(shares, "unit", kind).to_list() == [pytest.approx(worth)]


def test_what_has_no_exact_shares_is_an_error_with_a_remedy() -> None:
    eight = pl.DataFrame({"unit": ["A", "B"], **{f"c{number}": [1.0, 0.0] for number in range(8)}})
    with pytest.raises(IndiciaError, match="exact shares are for nodes of up to 7 components, and this has 8"):
        analysis.exact_acceptability(eight, "unit")
    with pytest.raises(DataError, match="a value is missing or infinite"):
        analysis.exact_pairwise(TABLE.with_columns(c1=None), "unit")
    with pytest.raises(DefinitionError, match='the constraint "c1 >= c9" names c9, which is no component'):
        analysis.weight_draws(["c1", "c2"], "c1 >= c9")
    with pytest.raises(DefinitionError, match='has no metaweights "centre"'):
        analysis.holistic_acceptability(TABLE, "unit", "centre")  # type: ignore[arg-type]


def test_too_many_units_for_all_ranks_are_an_error_that_names_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("indicia_robustness.weight_regions.simplices.MOST_SIMPLICES", 50)
    with pytest.raises(IndiciaError, match="into more than 50 parts") as error:
        rank_shares(np.random.default_rng(1).random((12, 4)), region(4))
    assert "--show acceptability" in str(error.value.remedy)


SIX = pl.DataFrame(
    {"unit": list("ABCD"), "a": [1.0, 0.0, 0.5, 0.2], "b": [0.0, 1.0, 0.5, 0.2], "c": [0.5, 0.5, 0.9, 0.2],
     "d": [0.5, 0.5, 0.1, 0.9], "e": [0.2, 0.2, 0.2, 0.9], "f": [0.9, 0.9, 0.3, 0.4]}
)  # fmt: skip
"""A and B are level wherever a and b have the same weight."""


def test_units_that_are_level_within_the_region_are_first_together() -> None:
    central = analysis.exact_central_weights(SIX, "unit", "a = b")
    first = dict(central.select("unit", "first").iter_rows())
    assert first["A"] == first["B"]
    by_rank = analysis.exact_acceptability(SIX, "unit", "a = b")
    assert [first[unit] for unit in by_rank["unit"]] == pytest.approx(by_rank["1"].to_list())
    shares = by_rank.drop("unit").to_numpy()
    means = dict(zip(by_rank["unit"], (shares * np.arange(1, 5)).sum(axis=1).tolist(), strict=True))
    assert {unit: means[unit] for unit in first} == pytest.approx(dict(central.select("unit", "mean").iter_rows()))


@pytest.mark.parametrize(
    "constraints",
    [
        "a = 100%",
        "a + b = 100%",
        "a + b >= 100%",
        "c = 0; d = 0",
        "a = b = c",
        "a >= 0.5; b >= 0.5",
        "a + b = 1; a = b",
    ],
)
def test_a_region_of_fewer_dimensions_has_all_tables(constraints: str) -> None:
    table = SIX.select("unit", "a", "b", "c", "d")
    drawn = analysis.weight_draws(list("abcd"), constraints, draws=4000).to_numpy()
    scores = drawn @ table.drop("unit").to_numpy().T
    found = analysis.exact_acceptability(table, "unit", constraints)
    level = np.isclose(scores, scores.max(axis=1, keepdims=True), rtol=0, atol=1e-12)
    assert found["1"].to_list() == pytest.approx(level.mean(axis=0).tolist(), abs=0.04)
    ahead = np.where(np.isclose(scores[:, :1], scores, rtol=0, atol=1e-12), 0.5, scores[:, :1] > scores).mean(axis=0)
    pairs = analysis.exact_pairwise(table, "unit", constraints).row(0)[1:]
    assert list(pairs) == pytest.approx(ahead.tolist(), abs=0.04)
    orders = analysis.weight_orders(table, "unit", constraints)
    assert orders["share"].is_between(0, 1 + 1e-12).all()
    assert orders.height > 0


def test_weights_that_are_always_equal_are_written_as_equal() -> None:
    orders = analysis.weight_orders(SIX.select("unit", "a", "b", "c"), "unit", "a = b")
    assert set(orders["order"]) == {"a = b > c", "c > a = b"}


def test_limits_of_weights_do_not_depend_on_the_unit_of_the_values() -> None:
    values = np.random.default_rng(1).random((12, 4))

    def bounds(factor: float) -> pl.DataFrame:
        columns = {name: values[:, number] * factor for number, name in enumerate("abcd")}
        table = pl.DataFrame({"unit": [f"U{number}" for number in range(12)], **columns})
        return analysis.weight_bounds(table, "unit", "a >= b")

    for factor in (1e-9, 1e12):
        assert bounds(factor)["lower"].to_list() == pytest.approx(bounds(1.0)["lower"].to_list(), nan_ok=True)


def test_constraints_that_leave_next_to_no_room_are_refused() -> None:
    with pytest.raises(DefinitionError, match=r"a - b <= 0.0000001.*less than a millionth of room"):
        analysis.weight_draws(["a", "b", "c"], "a - b <= 0.0000001; a >= b")


@pytest.mark.parametrize(
    ("table", "fault"),
    [
        (SIX.with_columns(region=pl.lit("north")), "the column region has no numbers"),
        (SIX.clear(), "the table has no values"),
        (SIX.select("unit"), "the table has no values"),
        (pl.concat([SIX, SIX]), "the unit A is there twice"),
    ],
)
def test_a_table_that_has_no_values_of_units_is_refused(table: pl.DataFrame, fault: str) -> None:
    for analyse in (analysis.exact_acceptability, analysis.exact_pairwise, analysis.weight_bounds):
        with pytest.raises(DataError, match=fault):
            analyse(table, "unit")


def test_draws_of_weights_need_names_a_number_and_a_seed() -> None:
    with pytest.raises(DefinitionError, match="each with a name of its own"):
        analysis.weight_draws(["a", "a"])
    with pytest.raises(DefinitionError, match="seed must be int, 0 or more, and not -1"):
        analysis.weight_draws(["a", "b"], seed=-1)
