"""The way of a unit to a rank: weights, single raw values, paths and missing values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import indicia
from indicia.answers.document import document_of
from indicia.answers.writers import written
from indicia.documents.blocks import TextTable
from indicia.errors import IndiciaError, MissingDependency
from indicia_after_score.reach import Reach
from indicia_explain import reach_programme
from indicia_explain.reach_programme import greedy, greedy_at_most
from indicia_explain.reach_question import single_changes
from indicia_explain.reach_raw import LinearIndex

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.answers.answer import Answer
    from indicia.index import Index

CITIES = pl.DataFrame(
    {
        "city": ["Lima", "Oslo", "Pune", "Rome"],
        "income": [4.0, 9.0, 2.0, 6.0],
        "co2": [3.0, 8.0, 1.0, 5.0],
    }
)


def index_of(methodology: dict[str, Any] | None = None, **indicators: dict[str, Any]) -> Index:
    return indicia.read({"data": {"unit": "city"}, "indicators": indicators, "methodology": methodology or {}})


@pytest.fixture(scope="module")
def fixed() -> Index:
    """Scores (3 income + 10 - co2) / 40: Lima 19/40, Oslo 29/40, Pune 15/40, Rome 23/40."""
    bounds = {"bounds": [0, 10]}
    return index_of(income={**bounds, "weight": 3}, co2={**bounds, "direction": "cost"})


def way(index: Index, unit: str, rank: int | None = None, frame: pl.DataFrame = CITIES, **words: Any) -> Answer[Reach]:
    return index.reach(frame, of=unit, rank=rank, **words)


def raw(found: Answer[Reach]) -> dict[str, dict[str, Any]]:
    return {row["indicator"]: row for row in found.frame("raw").iter_rows(named=True)}


def test_with_fixed_bounds_a_value_rises_until_the_score_is_that_of_the_unit_ahead(fixed: Index) -> None:
    found = raw(way(fixed, "Lima", 2))  # 4/40 behind Rome
    assert found["income"]["raw_needed"] == pytest.approx(4 + 4 / 3, abs=1e-12)
    assert found["co2"]["raw_needed"] == pytest.approx(-1, abs=1e-12)
    assert found["income"]["where"] == "fixed bounds"


def test_ranks_of_runs_just_before_and_beyond_the_value_prove_it(fixed: Index) -> None:
    found = way(fixed, "Pune", 1).frame("raw").drop_nulls("raw_needed")
    assert (found["rank_before"] > 1).all()
    assert (found["rank_then"] == 1).all()


def test_within_the_others_no_scale_moves() -> None:
    # three times income: Oslo has 3 + 0, Lima 3 (o - 2)/7 + 5/7
    row = raw(way(index_of(income={"weight": 3}, co2={"direction": "cost"}), "Lima", 1))["income"]
    assert row["raw_needed"] == pytest.approx(2 + 7 * (3 - 5 / 7) / 3, abs=1e-12)
    assert row["where"] == "within the others"


def test_as_the_worst_unit_rises_the_scale_of_all_shrinks() -> None:
    # Pune, with the least income, rises beyond Lima's 4, which is then the least: 3 (o - 4)/5 + 1 = 3
    row = raw(way(index_of(income={"weight": 3}, co2={"direction": "cost"}), "Pune", 1))["income"]
    assert row["raw_needed"] == pytest.approx(4 + 10 / 3, abs=1e-12)


def test_beyond_the_others_a_value_presses_them_down() -> None:
    """Oslo with the income o > 8.9 has 1 + 0, and Rome (8.9 - 2)/(o - 2) + 3/7: level at o - 2 = 6.9 * 7/4."""
    frame = CITIES.with_columns(income=pl.Series([4.0, 9.0, 2.0, 8.9]))
    row = raw(way(index_of(income={}, co2={"direction": "cost"}), "Oslo", 1, frame))["income"]
    assert (row["where"], row["best_of_others"]) == ("beyond the others", 8.9)
    # Pune has 0 + 1 throughout, and shares the first rank with Oslo
    assert row["raw_needed"] == pytest.approx(2 + 6.9 * 7 / 4, abs=1e-9)


def test_a_cap_puts_a_value_out_of_reach_and_the_best_rank_is_shown() -> None:
    bounds = {"bounds": [0, 10]}
    index = index_of(income={**bounds, "weight": 3, "cap": 7}, co2={**bounds, "direction": "cost"})
    frame = CITIES.with_columns(co2=pl.Series([3.0, 8.0, 9.0, 1.0]))
    pune = way(index, "Pune", 1, frame)
    row = raw(pune)["income"]
    assert (row["raw_needed"], row["where"]) == (None, "out of reach")
    assert row["rank_then"] == 3  # 21 + 1 = 22, behind Rome's 27 and Oslo's 23


def test_a_cost_on_a_logarithm_falls_towards_zero_and_not_below() -> None:
    frame = CITIES.with_columns(income=pl.Series([4.0, 9.0, 2.0, 8.9]))
    index = index_of(income={}, co2={"direction": "cost", "transform": "log"})
    row = raw(way(index, "Oslo", 1, frame))["co2"]
    assert 0 < row["raw_needed"] < 8
    assert (row["rank_before"] > 1, row["rank_then"]) == (True, 1)


def test_a_value_is_in_reach_if_a_larger_one_falls_back() -> None:
    """A's z-score in x less B's is t √3 / √(t² - t + 1) for the values t, 0 and 1: 2 at the most, and √3 far out.

    B is 1.9 ahead in y, so that A is level at 0.61 t² - 3.61 t + 3.61 = 0.
    """
    frame = pl.DataFrame({"city": list("ABC"), "x": [0.5, 0.0, 1.0], "y": [0.0, 1.9, -9.0]})
    index = index_of(x={"normalisation": "z_score"}, y={"normalisation": "none"})
    row = raw(way(index, "A", 1, frame))["x"]
    assert row["raw_needed"] == pytest.approx((3.61 - np.sqrt(3.61**2 - 4 * 0.61 * 3.61)) / 1.22, abs=1e-9)
    assert (row["rank_before"], row["rank_then"]) == (2, 1)


def test_a_score_of_ranks_has_steps_and_no_path() -> None:
    found = way(index_of({"normalisation": "rank"}, income={}, co2={"direction": "cost", "weight": 2}), "Oslo", 1)
    assert set(found.frame("path_left_out")["reason"]) == {"no effect at first"}
    assert found.frame("path").is_empty()
    step = raw(found)["co2"]
    assert step["rank_before"] > 1 >= step["rank_then"]


def test_values_of_a_target_go_no_further_than_the_target() -> None:
    index = index_of(income={"bounds": [0, 10]}, co2={"direction": "target", "target": 2, "worst": [0, 10]})
    row = raw(way(index, "Pune", 1))["co2"]
    assert row["limit"] == 2
    assert row["where"] == "out of reach"


def test_ranks_on_rounded_scores_need_half_a_digit_less(fixed: Index) -> None:
    rounded = fixed.with_options(settings={"methodology.levels": [{"decimals": 1}]})
    # Rome has 0.575, which is 0.6; Lima needs 0.55, so 3 income + 7 = 22
    row = raw(way(rounded, "Lima", 2))["income"]
    assert row["raw_needed"] == pytest.approx(5, abs=1e-9)


@pytest.mark.parametrize(("ties", "income"), [("min", 5.0), ("average", 19 / 3), ("max", 19 / 3)])
def test_where_equal_scores_share_a_worse_rank_the_unit_must_get_ahead(fixed: Index, ties: str, income: float) -> None:
    # Rome has 0.6 when rounded: 0.55 is level with it, and 0.65 is ahead
    settings = {"methodology.levels": [{"decimals": 1}], "methodology.ties": ties}
    row = raw(way(fixed.with_options(settings=settings), "Lima", 2))["income"]
    assert row["raw_needed"] == pytest.approx(income, abs=1e-9)
    assert row["rank_before"] > 2 >= row["rank_then"]


def test_the_average_of_shared_ranks_may_be_the_rank_that_is_wanted() -> None:
    """D is level with B and C from 0.55: they share the ranks 2, 3 and 4, and their average is 3."""
    frame = pl.DataFrame({"city": list("ABCD"), "income": [9.0, 6.0, 6.0, 1.0]})
    index = index_of({"ties": "average", "levels": [{"decimals": 1}]}, income={"bounds": [0, 10]})
    row = raw(way(index, "D", 3, frame))["income"]
    assert row["raw_needed"] == pytest.approx(5.5, abs=1e-9)
    assert row["rank_then"] == 3


def test_ranks_without_gaps_count_levels() -> None:
    frame = pl.DataFrame({"city": list("ABCD"), "income": [9.0, 9.0, 7.0, 1.0]})
    index = index_of({"ties": "dense"}, income={"bounds": [0, 10]})
    assert raw(way(index, "D", 2, frame))["income"]["raw_needed"] == pytest.approx(7)
    assert raw(way(index, "D", 1, frame))["income"]["raw_needed"] == pytest.approx(9)


def test_a_unit_overtakes_another(fixed: Index) -> None:
    found = way(fixed, "Pune", overtake="Lima")
    assert raw(found)["income"]["raw_needed"] == pytest.approx(2 + 4 / 3, abs=1e-12)
    assert found.manifest["options"]["overtake"] == "Lima"
    assert "overtakes Lima" in found.sentences()[0]
    assert "超过Lima" in found.sentences("zh")[0]


def test_a_rank_that_is_reached_needs_nothing(fixed: Index) -> None:
    found = way(fixed, "Oslo", 3)
    assert found.sentences()[0] == "Oslo is 1st: it has reached its goal without any change."
    for name in ("raw", "path", "path_totals", "weights", "weight_parts"):
        assert found.frame(name).is_empty(), name


def test_weights_move_until_the_units_are_level(fixed: Index) -> None:
    # income: Oslo 0.9, Pune 0.2; co2: Oslo 0.2, Pune 0.9; d = (0.7, -0.7) is level at equal weights
    found = way(fixed, "Pune", 1)
    row = found.frame("weights").row(0, named=True)
    assert (row["ahead"], row["possible"]) == ("Oslo", "yes")
    assert row["moved"] == pytest.approx(0.25, abs=1e-12)
    parts = dict(found.frame("weight_parts").filter(goal="overtake").select("part", "l1_weight").rows())
    assert parts == pytest.approx({"income": 0.5, "co2": 0.5})
    assert found.frame("weights").filter(goal="rank")["rank_then"].to_list() == [1.0]


def test_no_weights_help_against_a_unit_that_is_ahead_in_every_part() -> None:
    frame = CITIES.with_columns(co2=pl.Series([3.0, 1.0, 8.0, 5.0]))
    found = way(index_of(income={}, co2={"direction": "cost"}), "Pune", 1, frame)
    assert found.frame("weights")["possible"][0] == "no"
    assert "No weights of the index help Pune: Oslo is ahead in every part." in found.sentences()


def test_weights_of_other_scores_are_searched_and_run_again() -> None:
    index = index_of({"aggregation": "topsis"}, income={"weight": 3}, co2={"direction": "cost"})
    row = way(index, "Pune", 1).frame("weights").row(0, named=True)
    assert (row["method"], row["possible"], row["rank_then"]) == ("search", "yes", 1.0)


def test_the_cheapest_path_takes_the_most_points_per_standard_deviation_first(fixed: Index) -> None:
    # sd: income 2.9861, co2 2.9861: equal, and income counts three times; Pune needs 14/40 more: 14/3 of income
    found = way(fixed, "Pune", 1)
    row = found.frame("path").filter(at_most="all").row(0, named=True)
    assert (row["indicator"], row["raw_new"]) == ("income", pytest.approx(2 + 14 / 3))
    assert found.frame("path_totals")["rank_then"][0] == 1


def test_costs_and_limits_change_the_path(fixed: Index) -> None:
    found = way(fixed, "Pune", 1, costs={"income": 10.0, "co2": 0.1}, limits={"income": 7, "co2": 0})
    steps = dict(found.frame("path").filter(at_most="all").select("indicator", "raw_new").rows())
    assert steps == pytest.approx({"co2": 0.0, "income": 2 + 13 / 3})
    assert found.frame("path_totals")["cost"][0] == pytest.approx(0.1 + 130 / 3)


def test_a_path_within_limits_may_not_be_enough(fixed: Index) -> None:
    found = way(fixed, "Pune", 1, limits={"income": 3, "co2": 1})
    assert found.frame("path_totals")["cost"].to_list() == [None] * 4
    assert "Even with all values that a path may change at their limits, Pune is 4th." in found.sentences()


def test_a_path_leaves_out_the_unit_that_alone_is_the_worst() -> None:
    found = way(
        index_of(income={}, co2={"direction": "cost"}),
        "Pune",
        1,
        CITIES.with_columns(co2=pl.Series([3.0, 8.0, 2.0, 1.0])),
    )
    assert found.frame("path_left_out").rows() == [("income", "alone the worst")]


def test_a_path_of_a_geometric_index_equalises_slopes() -> None:
    """ln(a) + ln(b) with equal costs: from (1, 2) the smaller value rises until both are equal, then both rise."""
    frame = pl.DataFrame({"city": ["A", "B"], "a": [1.0, 5.0], "b": [2.0, 5.0]})
    bounds = {"bounds": [0, 10], "normalisation": "min_max(lower=0, upper=10)"}
    index = index_of({"aggregation": "geometric"}, a=bounds, b=bounds)
    found = way(index, "A", 1, frame, costs={"a": 1, "b": 1})
    steps = dict(found.frame("path").filter(at_most="all").select("indicator", "raw_new").rows())
    assert steps == pytest.approx({"a": 5.0, "b": 5.0}, abs=1e-9)
    assert found.frame("path_totals").row(0, named=True)["method"] == "search"


def test_a_search_that_ends_in_a_local_optimum_gives_way_to_the_cheaper_change_of_one_value() -> None:
    """(a³ + b³)/2 = 5³ from (2, 2): both to 5 cost 6, and a alone to the cube root of 242 costs 4.23."""
    frame = pl.DataFrame({"city": ["A", "B"], "a": [2.0, 5.0], "b": [2.0, 5.0]})
    bounds = {"bounds": [0, 10], "normalisation": "min_max(lower=0, upper=10)"}
    index = index_of({"aggregation": "generalised(p=3)"}, a=bounds, b=bounds)
    totals = way(index, "A", 1, frame, costs={"a": 1, "b": 1}, limits={"a": 10, "b": 10}).frame("path_totals")
    assert totals["cost"].to_list() == pytest.approx([np.cbrt(242) - 2] * 2, abs=1e-9)
    assert totals["changed"].to_list() == [1, 1]


def test_a_path_by_search_names_the_extra_that_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    def lacking(*_: object) -> None:
        raise MissingDependency("the cheapest path", "scipy")

    monkeypatch.setattr(reach_programme, "require_optional", lacking)
    bounds = {"bounds": [0, 10], "normalisation": "min_max(lower=1, upper=10)"}
    found = way(index_of({"aggregation": "geometric"}, income=bounds, co2=bounds), "Pune", 1)
    assert any("indicia[scipy]" in sentence for sentence in found.sentences())
    with pytest.raises(MissingDependency):
        _ = found.frame("path")


def test_missing_values_are_sorted_by_the_ranks_that_they_may_bring() -> None:
    frame = CITIES.with_columns(
        income=pl.Series([None, 9.0, 2.0, 6.0]),
        co2=pl.Series([3.0, 8.0, 1.0, 5.0]),
        trees=pl.Series([None, 1.0, 2.0, 3.0]),
    )
    index = index_of(
        {"missing": "skip(minimum_share=0.1)"}, income={"weight": 5}, co2={"direction": "cost"}, trees={"weight": 0.1}
    )
    missing = way(index, "Lima", 1, frame).frame("missing")
    assert missing["indicator"].to_list() == ["income", "trees"]
    income = missing.row(0, named=True)
    assert (income["worst"], income["median"], income["best"]) == (2.0, 6.0, 9.0)
    runs = [
        index.score(frame.with_columns(income=pl.Series([value, 9.0, 2.0, 6.0]))).scores.row(0, named=True)
        for value in (2.0, 6.0, 9.0)
    ]
    assert [income[f"rank_{case}"] for case in ("worst", "median", "best")] == [run["rank"] for run in runs]
    assert [income[f"score_{case}"] for case in ("worst", "median", "best")] == pytest.approx(
        [run["score"] for run in runs]
    )


def test_a_limit_beyond_the_others_moves_their_scores_too() -> None:
    index = index_of(income={}, co2={"direction": "cost"})
    frame = CITIES.with_columns(income=pl.Series([4.0, 9.0, 2.0, 8.9]))
    found = way(index, "Oslo", 1, frame, limits={"income": 40.0, "co2": 8.0})
    row = found.frame("path").filter(at_most="all").row(0, named=True)
    assert (row["indicator"], row["raw_new"]) == ("income", pytest.approx(2 + 6.9 * 7 / 4, abs=1e-6))
    assert found.frame("path_totals")["rank_then"][0] == 1


def test_in_an_index_of_harm_a_smaller_value_leads_to_a_better_rank() -> None:
    parts = {"income": {"bounds": [0, 10], "weight": 3}, "co2": {"bounds": [0, 10]}}
    index = indicia.read({"direction": "cost", "data": {"unit": "city"}, "indicators": parts})
    # scores (3 income + co2) / 40, the lowest first: Pune 7, Lima 15, Rome 23, Oslo 35
    row = raw(way(index, "Rome", 2))["income"]
    assert row["raw_needed"] == pytest.approx(6 - 8 / 3, abs=1e-12)


def test_if_rank_1_is_the_worst_score_values_fall_towards_it(fixed: Index) -> None:
    worst_first = fixed.with_options(settings={"methodology.rank_from": "worst"})
    row = raw(way(worst_first, "Lima", 1))["income"]
    assert row["raw_needed"] == pytest.approx(4 - 4 / 3, abs=1e-12)


def test_the_value_in_place_of_a_missing_one_is_shown() -> None:
    frame = CITIES.with_columns(income=pl.Series([None, 9.0, 2.0, 6.0]))
    missing = way(index_of({"imputation": "median"}, income={}, co2={"direction": "cost"}), "Lima", 1, frame).frame(
        "missing"
    )
    # the median 6 of the others: Lima has 4/7 + 5/7, and the others 1 each
    assert missing.select("indicator", "imputed", "rank_median").rows() == [("income", 6.0, 1.0)]


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["arithmetic", "geometric", "harmonic", "generalised(p=0.5)"]))
def test_runs_with_other_weights_are_level_at_the_least_change_and_not_before(seed: int, aggregation: str) -> None:
    random = np.random.default_rng(seed)
    names = ["a", "b", "c"]
    frame = pl.DataFrame({"city": list("ABCDE"), **{name: random.uniform(1, 9, 5) for name in names}})
    methodology = {"aggregation": aggregation, "normalisation": "min_max(lower=1, upper=100)", "weighting": "given"}
    index = index_of(methodology, **{name: {"weight": number} for name, number in zip(names, (2, 3, 5), strict=True)})
    ranking = index.score(frame).ranking["city"].to_list()
    found = way(index, ranking[2], overtake=ranking[0], frame=frame)
    parts = found.frame("weight_parts").filter(level="index").select("part", "weight", "l1_weight").rows()
    if parts[0][2] is None:
        assert found.frame("weights")["possible"][0] == "no"
        return
    for share, is_ahead in ((1 - 1e-6, False), (1 + 1e-6, True)):
        weights = {f"indicators.{part}.weight": max(now + share * (new - now), 0.0) for part, now, new in parts}
        scores = dict(index.with_options(settings=weights).score(frame).scores.select("city", "score").iter_rows())
        assert (scores[ranking[2]] > scores[ranking[0]]) == is_ahead


def test_the_units_of_a_panel_are_those_of_the_period(panel: pl.DataFrame) -> None:
    index = indicia.read(
        {"data": {"unit": "city", "period": "year"}, "indicators": {"income": {}, "co2": {"direction": "cost"}}}
    )
    frame = index.read_table(panel)
    found = index.reach(frame, of="Pune", rank=1, period=2020)
    assert found.manifest["period"] == "2020"
    for row in found.frame("raw").drop_nulls("raw_needed").iter_rows(named=True):
        beyond = row["raw_needed"] + 1e-6 * row["change"]
        is_cell = (pl.col("city") == "Pune") & (pl.col("year") == 2020)
        changed = panel.with_columns(pl.when(is_cell).then(beyond).otherwise(row["indicator"]).alias(row["indicator"]))
        assert index.score(changed).scores.filter(is_cell)["rank"].item() == 1


def test_a_fitted_index_has_fixed_bounds() -> None:
    index = index_of(income={"weight": 3}, co2={"direction": "cost"})
    fitted = indicia.fit(index, CITIES)
    found = fitted.reach(CITIES, of="Pune", rank=1)
    # income (o - 2)/7, co2 1; Oslo has 3/4: 3 (o - 2)/7 + 1 = 3
    row = raw(found)["income"]
    assert (row["where"], row["raw_needed"]) == ("fixed bounds", pytest.approx(2 + 14 / 3))


METHODOLOGIES: Sequence[dict[str, Any]] = (
    {"normalisation": "min_max"},
    {"normalisation": "z_score"},
    {"normalisation": "rank"},
    {"normalisation": "min_max(lower=1, upper=100)", "aggregation": "geometric"},
    {"normalisation": "z_score", "weighting": "entropy", "aggregation": "topsis"},
)


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(METHODOLOGIES))
def test_runs_of_the_index_reach_the_rank_at_the_value_and_not_before(seed: int, methodology: dict[str, Any]) -> None:
    if methodology.get("weighting") == "entropy":
        methodology = {**methodology, "normalisation": "min_max(lower=1, upper=2)"}
    random = np.random.default_rng(seed)
    names = ["a", "b", "c"]
    frame = pl.DataFrame({"city": list("ABCDEF"), **{name: random.uniform(1, 9, 6) for name in names}})
    index = index_of(methodology, a={}, b={"direction": "cost"}, c={})
    unit = index.score(frame).ranking["city"][4]
    for row in way(index, unit, 2, frame).frame("raw").drop_nulls("raw_needed").iter_rows(named=True):
        ranks = []
        for side in (-1e-5, 1e-5):
            value = row["raw_needed"] + side * row["change"]
            changed = frame.with_columns(
                pl.when(pl.col("city") == unit).then(value).otherwise(row["indicator"]).alias(row["indicator"])
            )
            ranks.append(index.score(changed).scores.filter(city=unit)["rank"].item())
        assert ranks[0] > 2 >= ranks[1], row


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000))
def test_margins_of_a_weighted_sum_are_those_of_whole_runs(seed: int) -> None:
    random = np.random.default_rng(seed)
    names = ["a", "b", "c"]
    frame = pl.DataFrame({"city": list("ABCDEF"), **{name: random.uniform(1, 9, 6) for name in names}})
    frame = frame.with_columns(pl.when(pl.col("city") != "B").then("c").alias("c"))
    index = indicia.read(
        {
            "data": {"unit": "city"},
            "dimensions": {"x": {}, "y": {"direction": "cost"}},
            "indicators": {
                "a": {"dimension": "x"},
                "b": {"dimension": "x", "direction": "cost"},
                "c": {"dimension": "y"},
            },
            "methodology": {"missing": "skip"},
        }
    )
    found = way(index, "E", 2, frame)
    question = found.facts[found.analysis.changes].question
    linear = LinearIndex.of(question)
    assert linear is not None
    numbers, values = np.arange(3), random.uniform(-5, 20, 3)
    by_sums = linear.margins(names, numbers, values)
    by_runs = question.margins(single_changes(names, numbers, values), all_rows=True)
    np.testing.assert_allclose(by_sums, by_runs, rtol=0, atol=1e-13)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_the_greedy_path_is_no_dearer_than_any_other(seed: int) -> None:
    random = np.random.default_rng(seed)
    gains, costs = random.uniform(0.1, 3, 5), random.uniform(0.1, 3, 5)
    needed = 0.6 * gains.sum()
    cheapest = greedy(gains, costs, needed)
    assert cheapest is not None
    assert cheapest @ gains == pytest.approx(needed)
    points = random.uniform(0, 1, (2000, 5))
    enough = points @ gains >= needed
    assert (points[enough] @ costs >= cheapest @ costs - 1e-12).all()
    few = greedy_at_most(gains, costs, needed, 4)
    assert few is None or (few @ costs >= cheapest @ costs - 1e-12 and (few > 0).sum() <= 4)


@pytest.mark.parametrize(
    ("words", "fault", "remedy"),
    [
        ({"rank": 5}, "there is no rank 5: 4 units have a rank", "a rank from 1 to 4"),
        ({"rank": 0}, "there is no rank 0", "a rank from 1 to 4"),
        ({}, "needs a rank, or a unit to overtake", "--reach"),
        ({"rank": 1, "overtake": "Oslo"}, "and not both", "--overtake"),
        ({"overtake": "Lima"}, "Lima cannot overtake itself", "another unit"),
        ({"overtake": "Olso"}, '"Olso" is no unit', 'did you mean "Oslo"?'),
        ({"rank": 1, "costs": {"incme": 1.0}}, '"incme" in costs is no indicator', 'did you mean "income"?'),
        ({"rank": 1, "costs": {"income": 0.0}}, "costs of income: 0.0 is not a number above 0", "a number above 0"),
    ],
)
def test_a_wrong_question_is_refused(fixed: Index, words: dict[str, Any], fault: str, remedy: str) -> None:
    with pytest.raises(IndiciaError) as error:
        way(fixed, "Lima", **words)
    assert fault in error.value.what
    assert remedy in str(error.value.remedy)


@pytest.mark.parametrize("word", ["costs", "limits"])
def test_a_cost_or_a_limit_that_is_no_number_is_refused(fixed: Index, word: str) -> None:
    words: dict[str, Any] = {word: {"income": float("nan")}}
    for ask in (lambda: fixed.reach(CITIES, **words), lambda: fixed.analyse(Reach(of="Lima", rank=1, **words), CITIES)):
        with pytest.raises(IndiciaError, match=rf"{word}\.income = nan must be a finite number"):
            ask()


def test_a_question_without_a_unit_is_refused(fixed: Index) -> None:
    with pytest.raises(IndiciaError) as error:
        fixed.reach(CITIES, rank=1)
    assert error.value.what == "the way to a rank needs a unit"
    assert 'of="Lima"' in str(error.value.remedy)


def test_a_needed_value_is_shown_rounded_away_from_the_present_one(fixed: Index) -> None:
    lima = document_of(way(fixed, "Lima", 2))  # 4 + 4/3
    (table,) = (block for block in lima if isinstance(block, TextTable) and block.name == "raw")
    assert table.rows[0][:3] == ("income", "4.000", "5.334")


def test_the_smallest_changes_stand_first_on_a_page_and_files_keep_the_order_of_the_index() -> None:
    bounds = {"bounds": [0, 10]}
    index = index_of(co2={**bounds, "direction": "cost"}, income={**bounds, "weight": 3})
    found = way(index, "Lima", 2)  # 4 points less of co2, or 4/3 more of income
    (table,) = (block for block in document_of(found) if isinstance(block, TextTable) and block.name == "raw")
    assert [row[0] for row in table.rows] == ["income", "co2"]
    assert found.frame("raw")["indicator"].to_list() == ["co2", "income"]


def test_an_index_that_withholds_raw_values_has_none_in_a_document() -> None:
    raw_values = {"publication": {"raw_values": False}}
    index = indicia.read({"data": {"unit": "city"}, "indicators": {"income": {}, "co2": {}}, **raw_values})
    found = index.reach(CITIES.with_columns(income=pl.Series([4.125, 9.0, 2.0, 6.0])), of="Lima", rank=1)
    assert found.frame("raw")["raw"].to_list()[0] == 4.125
    assert "4.125" not in written(found, "md").decode() + written(found, "json").decode()
    assert any("values before normalisation are not published" in sentence for sentence in found.sentences())


def test_a_unit_without_a_rank_is_refused(fixed: Index) -> None:
    index = fixed.with_options(settings={"eligible.without": ["Lima"]})
    with pytest.raises(IndiciaError, match=r"Lima has a score and no rank"):
        way(index, "Lima", 1)


def test_a_value_is_found_although_a_method_fails_far_beyond_it() -> None:
    """exp(income / 10) of Lima reaches that of Rome at the income of Rome; far beyond, it overflows."""
    table = CITIES.with_columns(co2=pl.lit(1.0))
    methodology = {"normalisation": "none", "aggregation": "formula(expression='exp(income / 10) * co2')"}
    found = way(index_of(methodology, income={}, co2={"direction": "benefit"}), "Lima", 2, table)
    goal = dict(table.select("city", "income").rows())["Rome"]
    assert raw(found)["income"]["raw_needed"] == pytest.approx(goal, abs=1e-9)


def test_a_value_that_no_other_unit_has_is_in_the_table_alone(fixed: Index) -> None:
    """Pune is 3.3 points of 40 behind Oslo: 1.1 of income, which is more than that of Oslo, or 3.3 of co2."""
    frame = pl.DataFrame({"city": ["Lima", "Oslo", "Pune"], "income": [1.0, 9.0, 8.9], "co2": [0.5, 1.0, 4.0]})
    found = way(fixed, "Pune", 1, frame)
    assert raw(found)["income"]["raw_needed"] == pytest.approx(10)
    assert found.sentences()[1:3] == [
        "1 indicator would be enough alone: co2 4 → 0.7.",
        "1 indicator would be enough alone with a value beyond those of all other units, or beyond a limit: the table "
        "raw has them.",
    ]


def test_a_needed_value_beyond_a_stated_limit_is_in_the_table_alone(fixed: Index) -> None:
    found = way(fixed, "Lima", 2, limits={"income": 5, "co2": 2})
    assert raw(found)["income"]["raw_needed"] == pytest.approx(4 + 4 / 3)
    assert "income 4 → 5, co2 3 → 2" in found.sentences()[0]
    assert found.sentences()[1].startswith("2 indicators would be enough alone with a value beyond ")


def test_a_path_beyond_the_others_is_named_so() -> None:
    """Pune is 2 of 20 points behind Oslo: the best co2 of the others brings 1, and the end of the scale 2."""
    frame = pl.DataFrame({"city": ["Lima", "Oslo", "Pune"], "income": [1.0, 9.0, 8.0], "co2": [8.0, 1.0, 2.0]})
    bounds = {"bounds": [0, 10]}
    found = way(index_of(income={**bounds, "lever": False}, co2={**bounds, "direction": "cost"}), "Pune", 1, frame)
    assert found.sentences()[:2] == [
        "Pune, 2nd, reaches rank 1 with 1 value changed, all else equal: co2 2 → 0. This is the cheapest path to the "
        "ends of the scales, as none within what other units have reached is enough: 0.528 standard deviations.",
        "1 indicator would be enough alone with a value beyond those of all other units, or beyond a limit: the table "
        "raw has them.",
    ]
    assert found.frame("path_left_out").rows() == [("income", "no lever")]
    assert raw(found).keys() == {"co2"}
    assert "no way changes income, which the index file calls no lever" in found.sentences()
