"""The stages of a node beside weights and aggregation: missing components, rounding, rescaling, ranks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from indicia.catalogue import installed
from indicia.errors import DataError, DefinitionError, MethodError
from indicia.index import Index

if TYPE_CHECKING:
    from collections.abc import Callable

    from indicia.result import Result

    Make = Callable[..., Index]

SHIPPED = installed()
RAW: dict[str, Any] = {"normalisation": "none"}
GAPS = pl.DataFrame(
    {
        "city": ["Lima", "Oslo", "Pune", "Rome"],
        "region": ["south", "north", "south", "north"],
        "a": [0.5, None, None, 0.25],
        "b": [1.0, 0.75, None, None],
        "c": [0.0, 0.25, 1.0, 0.5],
    }
)
THREE: dict[str, Any] = {"a": {}, "b": {}, "c": {}}


def scores(result: Result, column: str = "score") -> list[float | None]:
    found: list[float | None] = result.scores[column].to_list()
    return found


# Missing components


def test_a_missing_component_counts_as_a_value(index: Make) -> None:
    result = index(THREE, {**RAW, "missing": "value(value=0)"}).score(GAPS)
    assert scores(result) == pytest.approx([0.5, 1 / 3, 1 / 3, 0.25])
    assert result.cells.select("city", "indicator", "stage", "before", "after", "why").rows() == [
        ("Oslo", "a", "missing", None, 0.0, "value = 0"),
        ("Pune", "a", "missing", None, 0.0, "value = 0"),
        ("Pune", "b", "missing", None, 0.0, "value = 0"),
        ("Rome", "b", "missing", None, 0.0, "value = 0"),
    ]
    assert result.reweighted.is_empty()
    assert result.normalised["a"].to_list() == [0.5, None, None, 0.25]


def test_the_value_of_a_missing_component_is_on_the_scale_of_the_normalised_values(index: Make) -> None:
    words = {"normalisation": "min_max(lower=1, upper=5)", "missing": "value(value=1)", "aggregation": "geometric"}
    assert scores(index({"a": {}}, words).score(GAPS)) == pytest.approx([5.0, 1.0, 1.0, 1.0])


def test_a_value_outside_the_domain_of_the_aggregation_is_refused(index: Make) -> None:
    words = {"normalisation": "min_max(lower=1, upper=5)", "missing": "value(value=0)", "aggregation": "geometric"}
    with pytest.raises(DataError, match=r"geometric of index needs positive values: normalised a has 2 that are not"):
        index({"a": {}}, words).score(GAPS)


def test_a_missing_component_counts_as_the_mean_of_its_group(index: Make) -> None:
    result = index(THREE, {**RAW, "missing": "group_mean(within=region)"}).score(GAPS)
    a, b = [0.5, 0.25, 0.5, 0.25], [1.0, 0.75, 1.0, 0.75]
    assert scores(result) == pytest.approx([(x + y + z) / 3 for x, y, z in zip(a, b, GAPS["c"], strict=True)])
    assert result.cells["why"].unique().to_list() == ["group_mean(within=region)"]


def test_what_no_unit_of_the_group_has_is_skipped(index: Make) -> None:
    table = GAPS.with_columns(a=pl.Series([0.5, None, None, None]))
    result = index(THREE, {**RAW, "missing": "group_mean(within=region)"}).score(table)
    assert scores(result)[1] == pytest.approx((0.75 + 0.25) / 2)
    assert result.reweighted.select("city", "present", "components").rows() == [("Oslo", 2, 3), ("Rome", 2, 3)]
    asking = index(THREE, {**RAW, "missing": "group_mean(within=region, minimum_count=3)"}).score(table)
    assert [score is None for score in scores(asking)] == [False, True, False, True]


def test_a_group_mean_is_that_of_the_period_where_statistics_are(index: Make) -> None:
    panel = pl.concat([GAPS.with_columns(year=pl.lit(2020)), GAPS.with_columns(pl.col("a") * 2, year=pl.lit(2021))])
    words = {**RAW, "missing": "group_mean(within=region)", "statistics": "period"}
    assert scores(index({"a": {}}, words, period="year").score(panel)) == [0.5, 0.25, 0.5, 0.25, 1.0, 0.5, 1.0, 0.5]


def test_a_minimum_count_is_asked_beside_the_share(index: Make) -> None:
    words = {**RAW, "missing": "skip(minimum_share=0, minimum_count=2)"}
    assert scores(index(THREE, words).score(GAPS)) == [0.5, 0.5, None, 0.375]
    three = {**RAW, "missing": {"policy": "skip", "minimum_share": 0, "minimum_count": 3}}
    assert scores(index(THREE, three).score(GAPS)) == [0.5, None, None, None]


def test_each_node_has_its_own_policy(index: Make) -> None:
    indicators = {"a": {"dimension": "one"}, "b": {"dimension": "one"}, "c": {}}
    words = {**RAW, "missing": "value(value=1)"}
    result = index(indicators, words, dimensions={"one": {"missing": "propagate"}}).score(GAPS)
    assert scores(result, "one") == [0.75, None, None, None]
    assert scores(result) == [0.375, 0.625, 1.0, 0.75]
    assert result.cells.select("city", "indicator").rows() == [("Oslo", "one"), ("Pune", "one"), ("Rome", "one")]


@pytest.mark.parametrize("group", ["regoin", "city"])
def test_a_group_mean_of_no_group_is_refused(index: Make, group: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        index(THREE, {**RAW, "missing": f"group_mean(within={group})"}).score(GAPS)
    assert caught.value.what == (f'group_mean of index names the groups "{group}", which is no column of data.groups')


def test_a_group_mean_of_a_unit_without_group_is_refused(index: Make) -> None:
    table = GAPS.with_columns(region=pl.Series(["south", None, "south", "north"]))
    with pytest.raises(DataError, match=r'^group_mean of index: "region" is empty for 1 unit\(s\): Oslo'):
        index(THREE, {**RAW, "missing": "group_mean(within=region)"}).score(table)


# Rounding


ROUND = pl.DataFrame(
    {"city": list("pqrs"), "region": ["x"] * 4, "a": [0.0125, 0.0124, 1.0, 0.5], "b": [0.0135, 0.0136, 0.0, 0.5]}
)


def test_normalised_values_are_rounded_before_they_are_aggregated(index: Make) -> None:
    result = index({"a": {}, "b": {"decimals": 2}}, {**RAW, "normalised_decimals": 3}).score(ROUND)
    assert result.normalised["a"].to_list() == [0.013, 0.012, 1.0, 0.5]
    assert result.normalised["b"].to_list() == [0.01, 0.01, 0.0, 0.5]
    assert scores(result) == pytest.approx([0.0115, 0.011, 0.5, 0.5])


def test_a_dimension_is_rounded_before_its_parent_takes_it(index: Make) -> None:
    indicators = {"a": {"dimension": "one"}, "b": {"dimension": "one"}, "c": {"column": "a"}}
    result = index(indicators, RAW, dimensions={"one": {"decimals": 1}}).score(ROUND)
    assert scores(result, "one") == [0.0, 0.0, 0.5, 0.5]
    assert scores(result) == pytest.approx([0.00625, 0.0062, 0.75, 0.5])


def test_decimals_of_a_level_hold_for_that_level(index: Make) -> None:
    indicators = {"a": {"dimension": "one"}, "b": {"dimension": "one"}, "c": {"column": "a"}}
    words = {**RAW, "decimals": 3, "levels": [{"decimals": 0}]}
    result = index(indicators, words, dimensions={"one": {}}).score(ROUND)
    assert scores(result, "one") == [0.013, 0.013, 0.5, 0.5]
    assert scores(result) == [0.0, 0.0, 1.0, 1.0]


@pytest.mark.parametrize(("by", "ranks"), [("rounded", [3, 3, 1, 1]), ("unrounded", [4, 3, 1, 2])])
def test_ranks_are_by_rounded_or_by_unrounded_scores(index: Make, by: str, ranks: list[int]) -> None:
    table = ROUND.with_columns(a=pl.Series([0.01, 0.02, 0.52, 0.51]))
    result = index({"a": {}}, {**RAW, "decimals": 1, "rank_by": by}).score(table)
    assert scores(result) == [0.0, 0.0, 0.5, 0.5]
    assert scores(result, "rank") == ranks


def test_the_published_ranks_of_dimensions_follow_the_same_rule(index: Make) -> None:
    table = ROUND.with_columns(a=pl.Series([0.01, 0.02, 0.52, 0.51]))
    indicators, tree = {"a": {"dimension": "one"}}, {"one": {"decimals": 1}}
    for by, ranks in (("rounded", [3, 3, 1, 1]), ("unrounded", [4, 3, 1, 2])):
        result = index(indicators, {**RAW, "rank_by": by}, dimensions=tree).score(table)
        assert result.ranks["one"].to_list() == ranks


@settings(max_examples=60)
@given(value=st.integers(-100_000_000_000, 100_000_000_000), decimals=st.integers(0, 4))
@example(value=593518695, decimals=2)
def test_a_half_goes_up_as_it_does_on_paper(value: int, decimals: int) -> None:
    table = pl.DataFrame({"city": ["a"], "x": [value / 10 ** (decimals + 1)]})
    raw = {
        "data": {"unit": "city"},
        "indicators": {"x": {}},
        "methodology": {"normalisation": "none", "decimals": decimals},
    }
    expected = (value + 5) // 10 / 10**decimals
    assert Index(raw, SHIPPED).score(table).scores["score"].to_list() == [expected]


# A score on another scale


def test_a_score_is_rescaled_before_it_is_rounded_and_ranked(index: Make) -> None:
    table = ROUND.with_columns(a=pl.Series([1.0, 2.0, 5.0, 9.0]))
    result = index({"a": {}}, {**RAW, "levels": [{"rescaling": "min_max(upper=10)", "decimals": 1}]}).score(table)
    assert scores(result) == [0.0, 1.3, 5.0, 10.0]


def test_a_score_may_be_rescaled_by_that_of_a_unit(index: Make, cities: pl.DataFrame) -> None:
    result = index({"income": {}, "co2": {}}, {"rescaling": "distance_to_reference(unit=Rome)"}).score(cities)
    assert dict(result.scores.select("city", "score").iter_rows())["Rome"] == 1.0


def test_a_rescaled_dimension_is_published_and_taken_by_its_parent(index: Make) -> None:
    indicators = {"a": {"dimension": "one"}, "b": {}}
    table = ROUND.with_columns(a=pl.Series([1.0, 2.0, 5.0, 9.0]), b=pl.Series([0.0, 1.0, 0.0, 1.0]))
    one = {"one": {"rescaling": "percentile_rank"}}
    result = index(indicators, RAW, dimensions=one).score(table)
    assert scores(result, "one") == pytest.approx([0, 1 / 3, 2 / 3, 1])
    assert scores(result) == pytest.approx([0, 2 / 3, 1 / 3, 1])


def test_a_component_has_another_scale_than_the_published_score(index: Make) -> None:
    indicators = {"a": {"dimension": "one"}, "b": {}}
    table = ROUND.with_columns(a=pl.Series([1.0, 2.0, 5.0, 9.0]), b=pl.Series([0.0, 1.0, 0.0, 1.0]))
    result = index(indicators, RAW, dimensions={"one": {"as_component": "percentile_rank"}}).score(table)
    assert scores(result, "one") == [1.0, 2.0, 5.0, 9.0]
    assert scores(result) == pytest.approx([0, 2 / 3, 1 / 3, 1])


def test_the_component_is_made_of_the_rounded_score(index: Make) -> None:
    indicators = {"a": {"dimension": "one"}, "b": {}}
    table = ROUND.with_columns(a=pl.Series([1.1, 1.2, 5.0, 9.0]), b=pl.lit(0.0))
    tree = {"one": {"as_component": "percentile_rank", "decimals": 0}}
    assert scores(index(indicators, RAW, dimensions=tree).score(table)) == pytest.approx([0, 0, 1 / 3, 0.5])


def test_contributions_to_a_rescaled_score_are_those_before_times_the_slope_beside_a_constant(index: Make) -> None:
    """The score 1, 2, 5, 9 becomes a / 8 - 1/8."""
    result = index({"a": {}}, {**RAW, "rescaling": "min_max"}).score(
        ROUND.with_columns(a=pl.Series([1.0, 2.0, 5.0, 9.0]))
    )
    assert result.contributions["a"].to_list() == pytest.approx([1 / 8, 2 / 8, 5 / 8, 9 / 8])
    assert result.contributions["constant"].to_list() == pytest.approx([-1 / 8] * 4)


def test_contributions_to_a_score_that_is_rescaled_to_ranks_are_refused(index: Make) -> None:
    result = index({"a": {}}, {**RAW, "rescaling": "percentile_rank"}).score(ROUND)
    with pytest.raises(DefinitionError, match="percentile_rank, the rescaling of index, is no straight line") as caught:
        _ = result.contributions
    assert "indicia explain" in (caught.value.remedy or "")


def test_a_score_that_a_rescaling_cannot_take_is_named(index: Make) -> None:
    table = ROUND.with_columns(a=pl.Series([1.0, -2.0, 5.0, 9.0]))
    with pytest.raises(DataError, match=r"sum needs .* values: the score of index has 1 that is not \(q\)"):
        index({"a": {}}, {**RAW, "rescaling": "sum"}).score(table)
    with pytest.raises(DataError, match="min_max has no finite value for the score of index"):
        index({"a": {}}, {**RAW, "rescaling": "min_max"}).score(ROUND.with_columns(a=pl.lit(1.0)))


# Low is best


def test_vikor_ranks_its_lowest_score_first_until_it_is_rescaled(index: Make, cities: pl.DataFrame) -> None:
    indicators = {"income": {}, "co2": {"direction": "cost"}}
    plain = index(indicators, {"aggregation": "vikor"}).score(cities)
    turned = index(indicators, {"aggregation": "vikor", "rescaling": "min_max"}).score(cities)
    assert plain.scores["rank"].to_list() == turned.scores["rank"].to_list()
    low, high = plain.scores["score"], turned.scores["score"]
    assert high.to_list() == pytest.approx(((low.max() - low) / (low.max() - low.min())).to_list())
    assert plain.scores.filter(rank=1)["score"].item() == low.min()
    assert turned.scores.filter(rank=1)["score"].item() == 1.0


def test_a_low_is_best_dimension_is_turned_where_its_parent_takes_it(index: Make, cities: pl.DataFrame) -> None:
    indicators = {"income": {"dimension": "one"}, "co2": {"dimension": "one", "direction": "cost"}}
    plain = {"one": {"aggregation": "vikor"}}
    result = index(indicators, {}, dimensions=plain).score(cities)
    assert scores(result) == pytest.approx([-(score or 0.0) for score in scores(result, "one")])
    scaled = {"one": {"aggregation": "vikor", "as_component": "min_max"}}
    other = index(indicators, {}, dimensions=scaled).score(cities)
    assert scores(other, "one") == scores(result, "one")
    assert max(score or 0.0 for score in scores(other)) == 1.0
    assert scores(other, "rank") == scores(result, "rank")
    assert other.ranks["one"].to_list() == scores(result, "rank")


# Ranks


def test_ranks_within_groups_stand_beside_the_rank(index: Make, panel: pl.DataFrame) -> None:
    result = index({"income": {}}, {**RAW, "ranks": ["region"]}, period="year").score(panel)
    assert scores(result, "rank") == [3, 1, 4, 2, 3, 2, 4, 1]
    assert scores(result, "rank_region") == [1, 1, 2, 2, 1, 2, 2, 1]


def test_a_unit_without_group_has_no_rank_in_one(index: Make, cities: pl.DataFrame) -> None:
    table = cities.with_columns(region=pl.Series(["south", None, "south", None]))
    result = index({"income": {}}, {**RAW, "ranks": ["region"]}).score(table)
    assert scores(result, "rank_region") == [1, None, 2, None]


def test_ranks_within_groups_are_of_eligible_units(index: Make, cities: pl.DataFrame) -> None:
    made = index({"income": {}}, {**RAW, "ranks": ["region"], "ties": "average"}, eligible={"without": ["Oslo"]})
    assert scores(made.score(cities), "rank_region") == [1.0, None, 2.0, 1.0]


def test_a_single_component_of_weight_zero_is_refused_where_weights_are_given(
    index: Make, cities: pl.DataFrame
) -> None:
    parts = {"income": {"dimension": "wealth"}, "co2": {"dimension": "air", "weight": 0}}
    made = index(parts, dimensions={"wealth": {}, "air": {}})
    with pytest.raises(MethodError, match="given of air gives every component weight 0 \\(co2\\)"):
        made.score(cities)
    assert made.with_options(weighting="equal").score(cities).scores["score"].null_count() == 0
