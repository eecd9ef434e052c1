"""The engine: units, missing values, constant indicators, ties and levels."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import indicia
from indicia.catalogue import installed
from indicia.errors import DataError, DefinitionError, DubiousWarning, IndiciaError, IndiciaWarning, MethodError
from indicia.index import Index

if TYPE_CHECKING:
    from collections.abc import Callable

CITIES = pl.DataFrame(
    {"city": ["Lima", "Oslo", "Pune", "Rome"], "income": [3.0, 9.0, 1.0, 4.0], "co2": [2.0, 8.0, 1.5, 5.0]}
)


def index(indicators: dict[str, Any], methodology: dict[str, Any] | None = None, **rest: Any) -> Index:
    data = {"unit": "city", **rest.pop("data", {})}
    indicators = {name: {"direction": "benefit", **spec} for name, spec in indicators.items()}
    return Index({"data": data, "indicators": indicators, "methodology": methodology or {}, **rest}, installed())


def scores(result: indicia.Result) -> list[float | None]:
    return result.scores["score"].to_list()


def test_a_benefit_and_a_cost_are_weighed_by_hand() -> None:
    result = index({"income": {"weight": 3}, "co2": {"direction": "cost", "weight": 1}}).score(CITIES)
    income = [2 / 8, 1.0, 0.0, 3 / 8]
    clean = [6 / 6.5, 0.0, 1.0, 3 / 6.5]
    assert scores(result) == pytest.approx([0.75 * a + 0.25 * b for a, b in zip(income, clean, strict=True)], abs=1e-15)
    assert result.scores["rank"].to_list() == [2, 1, 4, 3]


def test_scores_keep_the_order_of_the_data_and_the_ranking_sorts_them() -> None:
    result = index({"income": {}}).score(CITIES)
    assert result.scores["city"].to_list() == ["Lima", "Oslo", "Pune", "Rome"]
    assert result.ranking["city"].to_list() == ["Oslo", "Rome", "Lima", "Pune"]


def test_fixed_bounds_are_the_minimum_and_the_maximum() -> None:
    result = index({"income": {"bounds": [0, 10]}}).score(CITIES)
    assert scores(result) == pytest.approx([0.3, 0.9, 0.1, 0.4], abs=1e-15)


def test_bounds_of_a_cost_are_in_its_own_unit() -> None:
    result = index({"co2": {"direction": "cost", "bounds": [0, 10]}}).score(CITIES)
    assert scores(result) == pytest.approx([0.8, 0.2, 0.85, 0.5], abs=1e-15)


def test_a_target_scores_its_distance_on_either_side() -> None:
    spec = {"direction": "target", "target": 4, "worst": [0, 14]}
    result = index({"income": spec}, {"normalisation": "none"}).score(CITIES)
    assert scores(result) == pytest.approx([3 / 4, 5 / 10, 1 / 4, 1.0], abs=1e-15)


def test_an_interval_without_worst_values_measures_from_the_farthest_unit() -> None:
    result = index({"income": {"direction": "interval", "interval": [3, 5]}}, {"normalisation": "none"}).score(CITIES)
    assert scores(result) == pytest.approx([1.0, 0.0, 0.5, 1.0], abs=1e-15)


def test_a_cap_counts_larger_values_as_the_cap_and_shows_it_in_prepared() -> None:
    result = index({"income": {"cap": 4, "floor": 2}}).score(CITIES)
    assert result.prepared["income"].to_list() == [3.0, 4.0, 2.0, 4.0]
    assert scores(result) == pytest.approx([0.5, 1.0, 0.0, 1.0])


def test_a_logarithm_transforms_values_and_bounds() -> None:
    result = index({"income": {"transform": "log", "bounds": [1, 9]}}).score(CITIES)
    assert scores(result) == pytest.approx([0.5, 1.0, 0.0, math.log(4) / math.log(9)], abs=1e-15)


def test_a_tree_aggregates_from_the_bottom_with_methods_of_its_own() -> None:
    result = index(
        {
            "income": {"dimension": "wealth"},
            "co2": {"dimension": "air"},
            "noise": {"dimension": "air", "column": "co2"},
        },
        {"normalisation": "none", "levels": [{"aggregation": "geometric"}]},
        dimensions={"wealth": {}, "air": {"aggregation": "harmonic"}},
    ).score(CITIES)
    assert result.scores["air"].to_list() == pytest.approx(CITIES["co2"].to_list())
    assert scores(result) == pytest.approx([math.sqrt(6), math.sqrt(72), math.sqrt(1.5), math.sqrt(20)])
    assert dict(result.weights.select("id", "effective").iter_rows())["noise"] == 0.25


def test_contributions_sum_to_the_score_where_values_are_missing_too() -> None:
    table = CITIES.with_columns(pl.when(pl.col("city") != "Oslo").then("co2").alias("co2"))
    result = index({"income": {"weight": 2}, "co2": {"direction": "cost"}}, {"missing": "skip"}).score(table)
    summed = result.contributions.select(pl.sum_horizontal("income", "co2")).to_series().to_list()
    assert summed == pytest.approx(scores(result))


def test_contributions_to_a_geometric_mean_sum_to_the_score() -> None:
    """√(0.25 · 0.64) = 0.4: with L(z, 0.4) the weights are as ln(z / 0.4) / (z - 0.4), 3.1333 and 1.9583."""
    frame = pl.DataFrame({"city": ["Lima", "Oslo"], "income": [0.25, 1.0], "co2": [0.64, 1.0]})
    result = index({"income": {}, "co2": {}}, {"aggregation": "geometric", "normalisation": "none"}).score(frame)
    first, second = math.log(1.6) / 0.15, math.log(1.6) / 0.24
    expected = (0.25 * first / (first + second), 0.64 * second / (first + second))
    assert result.contributions.select("income", "co2").row(0) == pytest.approx(expected)
    assert sum(expected) == pytest.approx(0.4)


def test_contributions_to_a_score_that_is_no_power_mean_are_refused() -> None:
    result = index({"income": {}, "co2": {}}, {"aggregation": "topsis", "normalisation": "max"}).score(CITIES)
    with pytest.raises(DefinitionError, match="need scores that are power means: index is scored by topsis") as caught:
        _ = result.contributions
    assert "indicia explain" in (caught.value.remedy or "")


GAPS = CITIES.with_columns(co2=pl.Series([2.0, None, 1.5, None]))


def test_missing_values_are_refused_naming_indicator_and_units() -> None:
    with pytest.raises(DataError) as caught:
        index({"income": {}, "co2": {}}).score(GAPS)
    assert str(caught.value) == (
        "co2 is missing for 2 unit(s): Oslo, Rome\n"
        '  fix: complete the data, or write missing = "skip", missing = "propagate" or an imputation in [methodology]; '
        "--set methodology.missing=skip does so for a run"
    )


def test_skip_re_scales_weights_and_lists_the_units() -> None:
    result = index({"income": {"weight": 9}, "co2": {}}, {"missing": "skip"}).score(GAPS)
    assert scores(result)[1] == 1.0
    assert result.reweighted.rows() == [("Oslo", "index", 1, 2, True), ("Rome", "index", 1, 2, True)]
    assert "weights re-scaled over what is present for 2 units in index: Oslo, Rome" in result.notes


@pytest.mark.parametrize("name", ["one", "unit", "row", "in order", "present"])
def test_what_a_dimension_is_called_changes_no_score(name: str) -> None:
    dimensions = {"dimensions": {name: {}}}
    indicators = {"income": {"dimension": name, "weight": 9}, "co2": {"dimension": name}}
    result = index(indicators, {"missing": "skip"}, **dimensions).score(GAPS)
    assert scores(result)[1] == 1.0


def test_skip_asks_for_a_minimum_share() -> None:
    result = index({"income": {}, "co2": {}}, {"missing": {"policy": "skip", "minimum_share": 0.6}}).score(GAPS)
    assert scores(result)[1] is None
    assert result.scores["rank"].to_list() == [1, None, 2, None]
    assert "no score for 2 rows, too much being missing: Oslo, Rome" in result.notes


def test_in_a_panel_notes_name_the_period_too() -> None:
    late = CITIES.with_columns(co2=pl.Series([None, 8.0, 1.5, 5.0]), year=pl.lit(2021))
    panel = pl.concat([CITIES.with_columns(year=pl.lit(2020)), late])
    bounds = {"bounds": [0, 10]}
    short = index({"income": bounds, "co2": bounds}, {"missing": "skip"}, data={"period": "year"}).score(panel)
    none = index({"income": bounds, "co2": bounds}, {"missing": "propagate"}, data={"period": "year"}).score(panel)
    assert short.notes == ("weights re-scaled over what is present for 1 row in index: Lima 2021",)
    assert none.notes == ("no score for 1 row, too much being missing: Lima 2021",)


def test_propagate_leaves_the_unit_without_a_score() -> None:
    result = index({"income": {}, "co2": {}}, {"missing": "propagate"}).score(GAPS)
    assert [score is None for score in scores(result)] == [False, True, False, True]


def test_a_unit_that_has_nothing_is_never_scored() -> None:
    table = GAPS.with_columns(income=pl.Series([3.0, None, 1.0, 4.0]))
    result = index({"income": {}, "co2": {}}, {"missing": {"policy": "skip", "minimum_share": 0}}).score(table)
    assert scores(result)[1] is None


def test_a_missing_dimension_is_refused_above() -> None:
    definition = index({"income": {}, "co2": {"dimension": "air"}}, dimensions={"air": {"missing": "propagate"}})
    with pytest.raises(DataError, match=r"air has no score for 2 unit\(s\): Oslo, Rome"):
        definition.score(GAPS)


FLAT = CITIES.with_columns(co2=pl.lit(7.0))


def test_a_constant_indicator_is_refused_with_the_choice() -> None:
    with pytest.raises(DataError) as caught:
        index({"income": {}, "co2": {}}).score(FLAT)
    assert str(caught.value) == (
        "co2 is the same for all units; min_max has no value there\n"
        '  fix: leave out the indicator, or write constant = "drop" or constant = "neutral" in [methodology]'
    )


def test_a_constant_indicator_is_dropped_on_request() -> None:
    result = index({"income": {}, "co2": {}}, {"constant": "drop"}).score(FLAT)
    assert scores(result) == pytest.approx([0.25, 1.0, 0.0, 0.375])
    assert result.notes == ("left out, being the same for all units: co2",)


def test_a_constant_indicator_scores_neutrally_on_request_and_gets_no_entropy_weight() -> None:
    result = index({"income": {}, "co2": {}}, {"constant": "neutral"}).score(FLAT)
    assert result.normalised["co2"].to_list() == [0.5] * 4
    weighed = index({"income": {}, "co2": {}}, {"constant": "neutral", "weighting": "entropy"}).score(FLAT)
    assert weighed.weights["weight"].to_list() == [1.0, 0.0]


def test_a_single_unit_cannot_be_compared() -> None:
    with pytest.raises(DataError, match="min_max compares units, and there is one"):
        index({"income": {}}).score(CITIES.head(1))
    fixed = index({"income": {"bounds": [0, 10]}}).score(CITIES.head(1))
    assert scores(fixed) == [0.3]


def test_two_equal_units_are_no_silent_nan_under_topsis() -> None:
    twins = pl.DataFrame({"city": ["A", "B"], "income": [1.0, 1.0]})
    with pytest.raises(DataError, match="topsis gives no finite score of index for A, B"):
        index({"income": {}}, {"aggregation": "topsis"}).score(twins)


@pytest.mark.parametrize(
    ("normalisation", "values", "message"),
    [
        ("linear_ratio", [0.0, 1.0, 2.0, 3.0], r"linear_ratio needs positive values: co2 has 1 that is not \(Lima\)"),
        ("sum", [-1.0, 1.0, -2.0, 3.0], r"sum needs positive values: co2 has 2 that are not \(Lima, Pune\)"),
    ],
)
def test_a_ratio_of_values_that_are_not_positive_is_refused(
    normalisation: str, values: list[float], message: str
) -> None:
    table = CITIES.with_columns(co2=pl.Series(values))
    with pytest.raises(DataError, match=message):
        index({"co2": {"direction": "cost"}}, {"normalisation": normalisation}).score(table)


def test_a_geometric_mean_that_would_see_a_zero_names_the_units_and_the_way_out() -> None:
    definition = index({"income": {}, "co2": {}}, {"aggregation": "geometric"})
    with pytest.raises(
        MethodError, match="geometric of index needs positive values, and min_max never gives the worst"
    ):
        definition.score(CITIES)
    with pytest.raises(DataError, match=r"needs positive values: normalised income has 1 that is not \(Pune\)"):
        definition.with_options(settings={"indicators.income.bounds": [1, 20]}).with_options(
            settings={"indicators.co2.bounds": [0, 20]}
        ).score(CITIES)
    remedied = definition.with_options(normalisation="min_max(lower=1, upper=100)").score(CITIES)
    assert all(score is not None for score in scores(remedied))


def test_a_logarithm_of_zero_names_the_unit() -> None:
    table = CITIES.with_columns(income=pl.Series([3.0, 0.0, 1.0, 4.0]))
    with pytest.raises(DataError, match=r"log needs positive values: income has 1 that is not \(Oslo\)"):
        index({"income": {"transform": "log"}}).score(table)


def test_an_infinite_value_is_named() -> None:
    table = CITIES.with_columns(income=pl.Series([3.0, math.inf, 1.0, 4.0]))
    with pytest.raises(IndiciaError) as caught:
        index({"income": {}}).score(table)
    assert "income" in str(caught.value)
    assert "infinite" in str(caught.value)


@pytest.mark.parametrize(
    ("periods", "message"),
    [
        (None, "city: 1 stands more than once (Oslo)"),
        ([2020, 2021, 2020, 2020], "city and year: 1 stands more than once (Oslo 2020)"),
    ],
)
def test_a_unit_that_stands_twice_is_named(periods: list[int] | None, message: str) -> None:
    table = CITIES.with_columns(
        city=pl.Series(["Oslo", "Oslo", "Oslo", "Rome"] if periods else ["Lima", "Oslo", "Oslo", "Rome"])
    )
    data = {}
    if periods:
        table, data = table.with_columns(year=pl.Series(periods)), {"period": "year"}
    with pytest.raises(DataError) as caught:
        index({"income": {}}, data=data).score(table)
    assert caught.value.what == message


def test_a_row_without_unit_is_refused() -> None:
    table = CITIES.with_columns(city=pl.Series(["Lima", None, "Pune", "Rome"]))
    with pytest.raises(DataError, match=r'"city" is empty in 1 row: 2'):
        index({"income": {}}).score(table)


def test_a_scale_that_moves_with_every_period_is_warned_of() -> None:
    panel = CITIES.with_columns(year=pl.Series([2020, 2020, 2021, 2021]))
    definition = index({"income": {}}, data={"period": "year"})
    with pytest.warns(DubiousWarning, match="scores of past periods change with every new period"):
        definition.score(panel)


def test_a_mean_of_ranks_is_warned_of() -> None:
    with pytest.warns(DubiousWarning, match="arithmetic of index takes ranks for distances: income"):
        index({"income": {}}, {"normalisation": "rank"}).score(CITIES)


def test_ranks_are_within_the_period_and_statistics_pooled() -> None:
    panel = pl.concat(
        [CITIES.with_columns(year=pl.lit(2020)), CITIES.with_columns(pl.col("income") * 2, year=pl.lit(2021))]
    )
    result = index({"income": {}}, data={"period": "year"}).score(panel)
    assert result.scores["rank"].to_list() == [3, 1, 4, 2] * 2
    assert scores(result)[:4] == pytest.approx([2 / 17, 8 / 17, 0, 3 / 17])


def test_statistics_within_the_period_equal_a_run_for_each_period() -> None:
    panel = pl.concat(
        [
            CITIES.with_columns(year=pl.lit(2020)),
            CITIES.with_columns(pl.col("income") ** 2, (20 - pl.col("co2")).alias("co2"), year=pl.lit(2021)),
        ]
    )
    indicators: dict[str, Any] = {"income": {}, "co2": {"direction": "cost"}}
    for methods in (
        {},
        {"normalisation": "z_score"},
        {"normalisation": "percentile_rank"},
        {"aggregation": "topsis"},
        {"aggregation": "copeland"},
    ):
        whole = index(indicators, {"statistics": "period", **methods}, data={"period": "year"}).score(panel)
        for year in (2020, 2021):
            alone = index(indicators, methods).score(panel.filter(year=year).drop("year"))
            assert scores(alone) == pytest.approx(whole.scores.filter(year=year)["score"].to_list(), abs=1e-14)


def test_tied_units_have_the_rank_that_the_methodology_chooses() -> None:
    table = CITIES.with_columns(income=pl.Series([3.0, 9.0, 3.0, 1.0]))
    for ties, ranks in {
        "min": [2, 1, 2, 4],
        "max": [3, 1, 3, 4],
        "average": [2.5, 1, 2.5, 4],
        "dense": [2, 1, 2, 3],
    }.items():
        assert index({"income": {}}, {"ties": ties}).score(table).scores["rank"].to_list() == ranks


def test_scores_that_differ_by_rounding_noise_are_tied() -> None:
    table = pl.DataFrame({"city": ["A", "B", "C"], "x": [0.1, 0.3, 0.0], "y": [0.2, 0.0, 0.1], "z": [0.0, 0.0, 0.1]})
    result = index({"x": {}, "y": {}, "z": {}}, {"normalisation": "none"}).score(table)
    assert result.scores["rank"].to_list() == [1, 1, 3]


def test_decimals_round_half_up_and_ranks_follow() -> None:
    table = CITIES.with_columns(income=pl.Series([0.0125, 0.0124, 0.5, 0.0135]))
    result = index({"income": {}}, {"normalisation": "none", "decimals": 3}).score(table)
    assert scores(result) == [0.013, 0.012, 0.5, 0.014]
    assert result.scores["rank"].to_list() == [3, 4, 1, 2]


def test_units_that_are_not_eligible_are_scored_and_not_ranked() -> None:
    result = index({"income": {}}, eligible={"without": ["Oslo"]}).score(CITIES)
    assert result.scores["rank"].to_list() == [2, None, 3, 1]
    assert scores(result)[1] == 1.0
    only = index({"income": {}}, eligible={"only": ["Oslo", "Pune"]}).score(CITIES)
    assert only.scores["rank"].to_list() == [None, 1, 2, None]


def test_a_note_counts_the_units_that_each_rule_excludes_if_no_unit_is_ranked() -> None:
    nobody = index({"income": {}, "co2": {}}, eligible={"only": ["Oslo", "Pune"], "without": ["Oslo", "Pune"]})
    assert nobody.score(CITIES).notes == (
        "no unit is ranked: [eligible] keeps out 2 units by only, 2 units by without; 0 units without a score",
    )
    somebody = nobody.with_options(settings={"eligible.without": ["Oslo"]})
    assert not [note for note in somebody.score(CITIES).notes if "no unit is ranked" in note]


@pytest.mark.parametrize(
    "ask",
    [
        lambda one: one.compare(table=CITIES, weighting=["equal", "entropy"]),
        lambda one: one.robustness(CITIES, draws=5, weights={"spread": 0.1}).figures,
        lambda one: one.stability(CITIES),
    ],
)
def test_without_ranked_units_no_ranks_are_compared(ask: Callable[[Index], object]) -> None:
    with pytest.raises(IndiciaError, match=r"(no unit has|fewer than two units (are|have)) a?\s?rank"):
        ask(index({"income": {}, "co2": {}}, eligible={"only": []}))


def test_a_name_that_is_no_unit_is_found_by_a_check() -> None:
    with pytest.raises(DataError, match=r'\[eligible\] names "Osol", which is no unit of the data'):
        index({"income": {}}, eligible={"only": ["Osol"]}).check(CITIES)


def test_a_title_counts_the_settings_of_a_method_that_it_has_no_room_for() -> None:
    few = {"income": {"normalisation": "min_max(upper=100)"}, "co2": {}}
    assert " · min_max(upper=100) + min_max > given > " in index(few).score(CITIES).title
    many = {
        name: {"normalisation": f"formula(expression='{expression}')"}
        for name, expression in {"income": "floor(25.4347 * (18 + x))", "co2": "floor(0.14354 * (x + 220))"}.items()
    }
    assert " · formula (2 settings) > given > " in index(many).score(CITIES).title


def test_rows_are_kept_by_column_values() -> None:
    table = CITIES.with_columns(year=pl.Series([2020, 2021, 2020, 2020]))
    result = index({"income": {}}, data={"where": {"year": 2020}}).score(table)
    assert result.scores["city"].to_list() == ["Lima", "Pune", "Rome"]
    with pytest.raises(DataError, match=r"no rows that data\.where keeps"):
        index({"income": {}}, data={"where": {"year": 1999}}).score(table)


@pytest.mark.parametrize(
    ("eligible", "told"),
    [
        ({"without": ["Oslo"]}, ["`without` in [eligible] of the index file: Oslo"]),
        ({"only": ["Lima", "Rome"]}, ["`only` in [eligible] of the index file: Oslo, Pune"]),
        (
            {"only": ["Lima", "Rome", "Pune"], "without": ["Pune"]},
            ["`without` in [eligible] of the index file: Pune", "`only` in [eligible] of the index file: Oslo"],
        ),
    ],
)
def test_units_that_are_scored_and_not_ranked_are_named_with_the_rule(
    eligible: dict[str, list[str]], told: list[str]
) -> None:
    result = index({"income": {}}, eligible=eligible).score(CITIES)
    assert [note for note in result.notes if "not ranked" in note] == [
        f"scored but not ranked, kept out by {rule}" for rule in told
    ]


def test_a_unit_without_score_is_not_called_scored() -> None:
    table = CITIES.with_columns(income=pl.Series([None, 9.0, 1.0, 4.0]))
    made = index({"income": {}}, {"missing": "propagate"}, eligible={"without": ["Lima", "Oslo"]})
    assert [note for note in made.score(table).notes if "not ranked" in note] == [
        "scored but not ranked, kept out by `without` in [eligible] of the index file: Oslo"
    ]


def test_a_set_of_reference_is_recovered_in_part() -> None:
    result = index({"income": {}}, reference={"name": "Press", "top": ["Oslo", "Lima"]}).score(CITIES)
    assert [str(one) for one in result.reproduction] == [
        "Press (a list in no order) has 1 of its 2 units among the first 2 here"
    ]
    assert result.reproduction[0].differing.rows() == [("Lima", True, False), ("Rome", False, True)]


def test_a_given_weighting_that_does_not_sum_to_one_says_so() -> None:
    result = index({"income": {"weight": 60}, "co2": {"weight": 50}}).score(CITIES)
    assert result.notes == ("weights of index sum to 110 and are scaled to 1",)


@pytest.mark.parametrize(
    ("weight", "notes"), [(50, ["min ignores the weights of the parts of index, which differ"]), (60, [])]
)
def test_weights_that_an_aggregation_ignores_are_named_if_they_differ(weight: float, notes: list[str]) -> None:
    result = index({"income": {"weight": 60}, "co2": {"weight": weight}}, {"aggregation": "min"}).score(CITIES)
    assert [note for note in result.notes if "ignores" in note] == notes


@pytest.mark.parametrize(
    ("indicators", "dimensions", "wanted"),
    [
        (
            {"income": {"weight": 0.2}, "co2": {}},
            {},
            "weights of index sum to 1.2 and are scaled to 1; no weight is stated for co2: counted as 1",
        ),
        (  # the sum is 1 because of the weight that nobody stated
            {"income": {"weight": 0}, "co2": {}},
            {},
            "weights of index sum to 1 and are scaled to 1; no weight is stated for co2: counted as 1",
        ),
        (
            {"income": {"dimension": "a"}, "co2": {"dimension": "b"}},
            {"a": {"weight": 0.5}, "b": {}},
            "weights of index sum to 1.5 and are scaled to 1; no weight is stated for b: counted as 1",
        ),
    ],
)
def test_what_has_no_weight_beside_others_that_have_is_named(
    indicators: dict[str, Any], dimensions: dict[str, Any], wanted: str
) -> None:
    result = index(indicators, dimensions=dimensions).score(CITIES)
    assert wanted in result.notes
    assert "co2" in result.notes[0].in_language("zh", {}) or "：b" in result.notes[0].in_language("zh", {})


def test_weights_that_are_all_stated_or_not_at_all_have_no_note() -> None:
    assert index({"income": {"weight": 0.4}, "co2": {"weight": 0.6}}).score(CITIES).notes == ()
    assert index({"income": {}, "co2": {}}).score(CITIES).notes == ()


@pytest.mark.parametrize(
    "normalisation",
    [
        "efficacy(base=-1e308)",
        "min_max(lower=1, upper=1.0000000001)",
        "z_score(mean=1e300)",
        "sigmoid(r=1e300)",
        "softmax(temperature=1e300)",
        "softmax(on='z_scores', temperature=1e12)",
    ],
)
def test_scores_that_have_lost_all_differences_are_noted(normalisation: str) -> None:
    result = index({"income": {}, "co2": {}}, {"normalisation": normalisation}).score(CITIES)
    assert "all units score the same in income, co2, to nine digits, although their values differ" in result.notes


def test_a_node_that_loses_the_differences_of_its_parts_is_noted() -> None:
    table = CITIES.with_columns(income=pl.col("income") * 1e-200, co2=pl.col("co2") * 1e-200)
    result = index({"income": {}, "co2": {}}, {"normalisation": "none", "aggregation": "product"}).score(table)
    assert result.notes == ("all units score the same in index, to nine digits, although their values differ",)


def test_a_constant_indicator_or_a_single_unit_has_lost_no_differences() -> None:
    one = index({"income": {}, "co2": {}}, {"normalisation": "none"}).score(CITIES[:1])
    neutral = index({"income": {}, "co2": {}}, {"constant": "neutral"}).score(CITIES.with_columns(co2=pl.lit(1.0)))
    assert not [note for note in (*one.notes, *neutral.notes) if "score the same" in note]


def test_inconsistent_judgements_are_warned_of_and_reported() -> None:
    matrix = [[1, 9, "1/9"], ["1/9", 1, 9], [9, "1/9", 1]]
    definition = index(
        {"income": {}, "co2": {}, "noise": {"column": "co2"}}, {"weighting": {"method": "ahp", "matrix": matrix}}
    )
    with pytest.warns(indicia.IndiciaWarning, match="judgements are inconsistent: CR = "):
        result = definition.score(CITIES)
    assert set(result.facts["index"]) == {"lambda_max", "CI", "CR", "GCI"}


@given(order=st.permutations(range(4)))
def test_the_order_of_rows_does_not_matter(order: list[int]) -> None:
    definition = index({"income": {}, "co2": {"direction": "cost"}}, {"weighting": "critic", "aggregation": "topsis"})
    expected = definition.score(CITIES).scores.sort("city")
    found = definition.score(CITIES[order]).scores.sort("city")
    assert found["score"].to_list() == pytest.approx(expected["score"].to_list(), abs=1e-14)
    assert found["rank"].to_list() == expected["rank"].to_list()


@pytest.mark.parametrize("direction", ["benefit", "cost"])
def test_a_target_that_is_not_used_gives_a_warning(direction: str) -> None:
    one = {"income": {"target": 0.5 if direction == "cost" else 10, "direction": direction}}
    with pytest.warns(IndiciaWarning, match="the target of income counts for nothing"):
        index(one).score(CITIES)
    for asking in ("distance_to_target", "formula(expression='x / target', of_cost='target / x')"):
        index(one, {"normalisation": asking}).score(CITIES)
    index({"income": {"target": 5, "direction": "target"}}).score(CITIES)


def test_a_value_beyond_the_bounds_that_a_mean_cannot_take_can_be_clipped() -> None:
    beyond = index(
        {"income": {"bounds": [2, 9]}, "co2": {}},
        {"normalisation": "min_max(lower=1, upper=100)", "aggregation": "geometric"},
    )
    with pytest.raises(DataError, match="normalised income has 1 that is not") as caught:
        beyond.score(CITIES)
    assert caught.value.remedy
    assert caught.value.remedy.startswith('normalisation = "min_max(lower=1, upper=100, clip=both)"')
    assert None not in scores(beyond.with_options(normalisation="min_max(lower=1, upper=100, clip=both)").score(CITIES))


def test_a_formula_without_a_value_says_where_to_look() -> None:
    with pytest.raises(DataError, match="no finite score of index") as caught:
        index({"income": {}, "co2": {}}, {"aggregation": "formula(expression='co2 / (income - income)')"}).score(CITIES)
    assert caught.value.remedy
    assert caught.value.remedy.startswith("look at the parts of index")


def test_the_error_for_a_single_unit_names_a_method_that_can_score_it() -> None:
    one = CITIES.head(1)
    with pytest.raises(DataError, match="z_score compares units, and there is one") as caught:
        index({"income": {}}, {"normalisation": "z_score"}).score(one)
    assert caught.value.remedy
    assert "indicia fit" in caught.value.remedy
    assert scores(indicia.fit(index({"income": {}}, {"normalisation": "z_score"}), CITIES).score(one))[0] is not None


def test_many_units_are_scored_by_the_settings_of_polars_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """They belong to the process: threads that score at once would put each other's back."""

    def changed(self: pl.Config) -> pl.Config:
        raise AssertionError("a setting of polars is changed")

    monkeypatch.setattr(pl.Config, "__enter__", changed)
    units = 200_000
    numbers = pl.int_range(units, eager=True)
    table = pl.DataFrame(
        {"city": numbers.cast(pl.String), "income": numbers * 1.0, "jobs": (numbers * 7) % units * 1.0}
    )
    found = indicia.score(table, unit="city", weighting="equal", aggregation="topsis")
    assert found.scores.height == units
