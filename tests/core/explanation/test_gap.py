"""The gap between two units: tables, sentences, draws, and questions that are refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from explanations import sentences_of
from hypothesis import given, settings
from hypothesis import strategies as st

import indicia
from indicia.errors import DataError, DefinitionError
from indicia_after_score.explained import table_of_draws
from indicia_explain.figures import figure
from indicia_explain.gap import explain_gap
from indicia_explain.gap_grid import gap_by_indicator
from indicia_explain.parts import parts_between

if TYPE_CHECKING:
    from indicia.result import Result
    from indicia_explain.gap import ExplainedGap

CITIES = pl.DataFrame(
    {
        "city": ["LIM", "OSL", "PUN", "ROM"],
        "name": ["Lima", "Oslo", "Pune", "Rome"],
        "name_zh": ["利马", "奥斯陆", "浦那", "罗马"],
        "income": [20.0, 60, 10, 50],
        "schools": [None, 90.0, 40, 70],
        "air": [8.0, 5, 9, 7],
    }
)
INDEX: dict[str, Any] = {
    "name": "Well-being",
    "data": {"unit": "city", "label": {"en": "name", "zh": "name_zh"}},
    "dimensions": {"wealth": {"weight": 3}, "nature": {"weight": 1}},
    "indicators": {
        "income": {"dimension": "wealth", "bounds": [0, 100]},
        "schools": {"dimension": "wealth", "bounds": [0, 100]},
        "air": {"dimension": "nature", "direction": "cost", "bounds": [0, 10]},
    },
    "methodology": {"normalisation": "min_max(upper=100)", "missing": "skip"},
}


def result_of(index: dict[str, Any] = INDEX, table: pl.DataFrame = CITIES) -> Result:
    return indicia.read(index).score(table)


@pytest.fixture(scope="module")
def result() -> Result:
    return result_of()


@pytest.fixture(scope="module")
def gap(result: Result) -> ExplainedGap:
    return explain_gap(result, "Oslo", "罗马")


def test_parts_are_the_weighted_differences_of_an_arithmetic_index(gap: ExplainedGap) -> None:
    # wealth counts 3/4, half of it for each of its indicators: 0.375 (60 - 50), 0.375 (90 - 70), 0.25 (50 - 30)
    expected = {"income": 3.75, "schools": 7.5, "air": 5.0}
    assert dict(gap.parts.select("indicator", "part").rows()) == pytest.approx(expected)


def test_a_share_is_the_part_divided_by_the_gap(gap: ExplainedGap) -> None:
    assert gap.parts["share"].to_list() == pytest.approx([3.75 / 16.25, 7.5 / 16.25, 5 / 16.25])


def test_dimensions_have_their_scores_and_the_sums_of_their_parts(gap: ExplainedGap) -> None:
    assert gap.nodes.select("node", "dimension", "a_value", "b_value").rows() == [
        ("wealth", "index", 75.0, 60.0),
        ("nature", "index", 50.0, 30.0),
    ]
    assert gap.nodes["part"].to_list() == pytest.approx([11.25, 5.0])


def test_totals_have_the_scores_the_ranks_and_the_rule(gap: ExplainedGap) -> None:
    row = gap.totals.row(0, named=True)
    assert (row["a"], row["b"], row["a_rank"], row["b_rank"], row["rule"]) == ("OSL", "ROM", 1, 2, "natural")
    assert (row["a_score"], row["b_score"], row["gap"]) == pytest.approx((68.75, 52.5, 16.25))


def test_the_sentences_say_who_is_ahead_and_why(gap: ExplainedGap) -> None:
    assert sentences_of(gap) == [
        "Oslo (1st) is 16.2 ahead of Rome (2nd): 68.8 against 52.5.",
        "By dimension: wealth +11.25, nature +5.00.",
        "Most for Oslo: schools +7.50, air +5.00, income +3.75.",
    ]


def test_the_sentences_are_written_in_chinese_with_chinese_labels(gap: ExplainedGap) -> None:
    assert sentences_of(gap, "zh")[0] == "奥斯陆（第 1 名）领先罗马（第 2 名）16.2：得分分别为 68.8 和 52.5。"


def test_a_unit_that_is_behind_is_named_as_such(result: Result) -> None:
    assert sentences_of(explain_gap(result, "Rome", "Oslo"))[0].startswith("Rome (2nd) is 16.2 behind Oslo (1st)")


def test_a_missing_value_stands_at_the_score_of_its_dimension_and_a_sentence_names_it(result: Result) -> None:
    gap = explain_gap(result, "Lima", "Pune")
    row = gap.parts.row(1, named=True)
    # Lima's wealth is its income, 20, so its schools stand at 20, and Pune's are 40: 0.375 (20 - 40)
    assert (row["a_normalised"], row["a_value"]) == (None, 20.0)
    assert row["part"] == pytest.approx(-7.5)
    assert gap.parts["part"].sum() == pytest.approx(gap.gap, abs=1e-12)
    assert "Lima has no value in schools (−7.50): counted at the average of its other values." in sentences_of(gap)


def test_a_value_that_counts_for_neither_has_no_part_and_a_note_names_it(result: Result) -> None:
    table = CITIES.with_columns(schools=pl.when(pl.col("city") == "PUN").then(None).otherwise("schools"))
    gap = explain_gap(result_of(table=table), "Lima", "Pune")
    assert gap.parts.select("weight", "part").rows()[1] == (0.0, 0.0)
    assert any(note.startswith("counts for neither of the two: schools") for note in gap.notes)


def test_rounded_dimensions_have_a_part_of_their_own() -> None:
    index = {**INDEX, "dimensions": {"wealth": {"weight": 3, "decimals": 0}, "nature": {"weight": 1}}}
    table = CITIES.with_columns(income=pl.col("income").replace(60.0, 60.8))
    gap = explain_gap(result_of(index, table), "Oslo", "Rome")
    # Oslo's wealth is rounded from 75.4 to 75, and Rome's 60 stays: 3/4 of -0.4
    assert gap.totals["rounding"].item() == pytest.approx(-0.3)
    assert gap.parts["part"].sum() - 0.3 == pytest.approx(gap.gap, abs=1e-12)
    assert "−0.30 of the gap comes from the rounding of dimensions" in map(str, gap.notes)
    assert [row[0] for row in gap_by_indicator(gap, {}, "en").rows][-2:] == ["rounding", "sum"]


def test_an_index_that_is_no_mean_is_divided_by_owen_values_with_a_note() -> None:
    index = {**INDEX, "methodology": {**INDEX["methodology"], "aggregation": "min"}}
    gap = explain_gap(result_of(index), "Oslo", "Rome")
    assert gap.totals["rule"].item() == "owen"
    assert gap.parts["part"].sum() == pytest.approx(gap.gap, abs=1e-12)
    assert gap.notes[0].startswith("the parts are Owen values")


def test_other_rules_stand_beside_the_parts(result: Result) -> None:
    gap = explain_gap(result, "Oslo", "Rome", rules=["shapley", "owen"])
    # in an arithmetic index all rules agree
    for rule in ("shapley", "owen"):
        assert gap.parts[rule].to_list() == pytest.approx(gap.parts["part"].to_list(), abs=1e-12)


def test_the_lowest_score_is_ahead_where_it_has_rank_1() -> None:
    index = {**INDEX, "methodology": {**INDEX["methodology"], "rank_from": "worst"}}
    sentences = sentences_of(explain_gap(result_of(index), "Oslo", "Rome"))
    assert sentences[0].startswith("Oslo (4th) is 16.2 behind Rome (3rd)")
    assert sentences[2] == "Most for Rome: schools +7.50, air +5.00, income +3.75."


def test_a_note_says_that_the_lowest_score_is_first() -> None:
    index = {**INDEX, "methodology": {**INDEX["methodology"], "aggregation": "vikor", "missing": "refuse"}}
    gap = explain_gap(result_of(index, CITIES.fill_null(50)), "Oslo", "Rome")
    assert gap.notes[0] == "the lowest score has rank 1, so a part below zero is for OSL"


@pytest.mark.parametrize("aggregation", ["geometric", "topsis"])
def test_a_fitted_index_divides_the_gap_by_its_own_statistics(aggregation: str) -> None:
    words = {"aggregation": aggregation, "normalisation": "min_max(lower=1, upper=100)"}
    table = CITIES.fill_null(50)
    index = indicia.read({**INDEX, "methodology": words})
    fitted = indicia.fit(index, table)
    of_two = explain_gap(fitted.score(table.filter(pl.col("city").is_in(["OSL", "PUN"]))), "Oslo", "Pune")
    of_all = explain_gap(index.score(table), "Oslo", "Pune")
    assert of_two.parts["part"].to_list() == pytest.approx(of_all.parts["part"].to_list(), abs=1e-12)


def test_a_gap_in_a_panel_is_that_of_the_period() -> None:
    table = pl.concat([CITIES.with_columns(year=2020), CITIES.with_columns(year=2021, income=pl.col("income") + 1)])
    index = {**INDEX, "data": {**INDEX["data"], "period": "year"}}
    result = result_of(index, table)
    assert explain_gap(result, "Oslo", "Rome").totals["period"].item() == "2021"
    assert explain_gap(result, "Oslo", "Rome", 2020).totals["a_score"].item() == pytest.approx(68.75)


@pytest.fixture(scope="module")
def drawn() -> ExplainedGap:
    index = indicia.read(INDEX)
    robust = index.robustness(CITIES, draws=40, seed=1, weights={"simplex": True}).figures
    return explain_gap(index.score(CITIES), "Lima", "Pune", robust=robust)


def test_draws_count_how_often_each_of_the_two_is_ahead(drawn: ExplainedGap) -> None:
    row, robust = table_of_draws(drawn.drawn).row(0, named=True), drawn.drawn
    assert robust is not None
    first, second = robust.robust.drawn_ranks[:, [0, 2]].T
    assert row["draws"] == 40 == row["ahead"] + row["level"] + row["behind"]
    assert (row["ahead"], row["behind"]) == ((first < second).sum(), (first > second).sum())
    assert row["share_ahead"] == pytest.approx((row["ahead"] + row["level"] / 2) / 40)


def test_draws_of_weights_have_the_interval_of_the_gap(drawn: ExplainedGap) -> None:
    row, robust = table_of_draws(drawn.drawn).row(0, named=True), drawn.drawn
    assert robust is not None
    gaps = robust.robust.scores[:, 0] - robust.robust.scores[:, 2]
    expected = np.quantile(gaps, [0.5, 0.05, 0.95])
    assert [row["median"], row["lower"], row["upper"]] == pytest.approx(expected.tolist())


def test_a_sentence_says_whether_the_order_holds(drawn: ExplainedGap) -> None:
    row = table_of_draws(drawn.drawn).row(0, named=True)
    times, unit = max((row["ahead"], "Lima"), (row["behind"], "Pune"))
    assert f"The order may change: {unit} is ahead in {times} of 40 draws." in sentences_of(drawn)


def test_equal_units_have_no_parts_and_are_level_in_all_draws() -> None:
    index, table = indicia.read(INDEX), CITIES.fill_null(50)
    table = pl.concat([table, table.tail(1).with_columns(city=pl.lit("TWN"), name=pl.lit("Twin"))])
    robust = index.robustness(table, draws=6, seed=1, weights={"spread": 0.25}).figures
    gap = explain_gap(index.score(table), "Rome", "Twin", robust=robust)
    assert gap.parts["part"].to_list() == [0, 0, 0]
    assert gap.parts["share"].to_list() == [None, None, None]
    assert sentences_of(gap) == [
        "Rome (2nd) and Twin (2nd) share a rank: 52.5 against 52.5, a gap of 0.",
        "By dimension: wealth 0, nature 0.",
        "Both are level in all 6 draws.",
    ]


def test_draws_of_other_normalisations_have_no_common_scale_of_gaps() -> None:
    index, table = indicia.read(INDEX), CITIES.fill_null(50)
    robust = index.robustness(table, draws=8, seed=1, normalisation=["min_max", "z_score"]).figures
    gap = explain_gap(index.score(table), "Oslo", "Pune", robust=robust)
    assert table_of_draws(gap.drawn).select("ahead", "median").rows() == [(8, None)]
    assert "The order holds: Oslo is ahead in 8 of 8 draws." in sentences_of(gap)


def test_the_manifest_has_the_question(drawn: ExplainedGap) -> None:
    question = drawn.question
    assert question["gap"] == ["LIM", "PUN"]
    assert question["draws"]["seed"] == 1


def test_without_draws_the_table_of_draws_names_the_remedy(gap: ExplainedGap) -> None:
    with pytest.raises(DefinitionError, match="nothing is drawn") as caught:
        table_of_draws(gap.drawn)
    assert "--weights" in str(caught.value.remedy)


def test_a_unit_is_not_compared_with_itself(result: Result) -> None:
    with pytest.raises(DefinitionError, match="Oslo and OSL are the same unit") as caught:
        explain_gap(result, "Oslo", "OSL")
    assert caught.value.remedy == "name two units"


def test_draws_of_other_units_are_refused(result: Result) -> None:
    others = CITIES.filter(pl.col("city") != "ROM")
    robust = indicia.read(INDEX).robustness(others, draws=2, seed=1, weights={"spread": 0.25}).figures
    with pytest.raises(DataError, match="the draws do not have ROM") as caught:
        explain_gap(result, "Oslo", "Rome", robust=robust)
    assert caught.value.remedy == "draw the data that are explained"


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from(["min", "vikor", "topsis", "mean_min"]))
def test_parts_by_owen_values_add_up_in_random_trees_with_costs_and_caps(seed: int, aggregation: str) -> None:
    random = np.random.default_rng(seed)
    names = [f"x{number}" for number in range(5)]
    values = random.uniform(1, 9, (4, 5))
    values[1, 0] = values[0, 0]  # a value without a difference
    values[2:] = [[1.0], [9.0]]  # no indicator is constant
    table = pl.DataFrame(values, schema=names).with_columns(unit=pl.Series(["A", "B", "C", "D"]))
    indicators: dict[str, dict[str, Any]] = {
        name: {
            "dimension": random.choice(["d", "e", "f"]),
            "direction": str(random.choice(["benefit", "cost"])),
            "cap": 8,
        }
        for name in names
    }
    index = {
        "data": {"unit": "unit"},
        "dimensions": {"d": {}, "e": {"parent": "d", "aggregation": "geometric"}, "f": {}},
        "indicators": indicators,
        "methodology": {"aggregation": aggregation, "normalisation": "min_max(lower=1, upper=100)"},
    }
    used = {spec["dimension"] for spec in indicators.values()}
    index["dimensions"] = {name: words for name, words in index["dimensions"].items() if name in used or name == "d"}
    if not used & {"d", "e"}:
        del index["dimensions"]["d"]
    scored = result_of(index, table).scored
    parts, turned = parts_between(scored, 0, 1), parts_between(scored, 1, 0)
    size = scored.nodes["index"].abs().max()
    assert parts.parts.sum() == pytest.approx(parts.scores[0] - parts.scores[1], abs=1e-12 * float(size))
    assert turned.parts.tolist() == (-parts.parts).tolist()
    assert parts.parts[parts.indicators.index("x0")] == 0
    by_name = dict(zip(parts.indicators, parts.parts, strict=True))
    for node in scored.tree.counting_nodes():
        if node.id != "index":
            expected = sum(by_name[leaf] for leaf in node.indicators)
            assert parts.nodes[node.id] == pytest.approx(expected, abs=1e-12 * float(size))


@pytest.mark.parametrize(
    ("value", "size", "text"),
    [(9.876, 76.0, "9.9"), (-0.04, 76.0, "−0.04"), (0.5, 0.9, "0.500"), (1234.5, 5000.0, "1,234"), (0.0, 1.0, "0.000")],
)
def test_a_figure_has_the_digits_of_its_scale(value: float, size: float, text: str) -> None:
    assert figure(value, size) == text
