"""The explanation of a score: facts about indicators, strengths, sentences, and methods without contributions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from explanations import sentences_of

import indicia
from indicia_explain.score import ExplainedScore, explain_score, kind_of
from indicia_explain.score_grid import changed_values, score_tree

if TYPE_CHECKING:
    from indicia.result import Result

CITIES = pl.DataFrame(
    {
        "city": ["Lima", "Oslo", "Pune", "Rome", "Suva"],
        "name_zh": ["利马", "奥斯陆", "浦那", "罗马", "苏瓦"],
        "income": [400.0, 9000.0, None, 600.0, 500.0],
        "income_year": [2019, 2020, None, 2021, 2020],
        "people": [10.0, 10.0, 20.0, 15.0, 10.0],
        "co2": [3.0, 8.0, 1.5, 5.0, 4.0],
        "parks": [1.0, 4.0, 3.0, 2.0, 5.0],
    }
)
WORDS: dict[str, Any] = {
    "data": {"unit": "city", "label": {"en": "city", "zh": "name_zh"}},
    "dimensions": {"wealth": {"weight": 2}, "nature": {"weight": 1}},
    "indicators": {
        "income": {
            "per": "people",
            "unit": {"en": "USD", "zh": "美元"},
            "imputation": "mean",
            "cap": 60,
            "dimension": "wealth",
            "attributes": {"year": "income_year"},
        },
        "co2": {"direction": "cost", "dimension": "nature"},
        "parks": {"dimension": "nature"},
    },
    "methodology": {"normalisation": "min_max(lower=0, upper=10)", "missing": "skip", "weighting": "given"},
}


def explain(unit: str, frame: pl.DataFrame = CITIES, **changes: Any) -> ExplainedScore:
    return explain_score(indicia.read({**WORDS, **changes}).score(frame), unit)


@pytest.fixture(scope="module")
def oslo() -> ExplainedScore:
    return explain("Oslo")


@pytest.fixture(scope="module")
def pune() -> ExplainedScore:
    return explain("Pune")


def of(explanation: ExplainedScore, indicator: str) -> dict[str, Any]:
    return explanation.parts.row(by_predicate=pl.col("indicator") == indicator, named=True)


def test_the_life_of_a_value_has_each_stage_that_changed_it(oslo: ExplainedScore) -> None:
    """9000 is 900 per person, capped at 60, which is the best: 10 of 10, with weight 2/3."""
    steps = oslo.unfolding.filter(indicator="income").select("step", "value", "rule").rows()
    assert steps[:4] == [
        ("read", 9000.0, None),
        ("denomination", 900.0, "per people"),
        ("cap", 60.0, "cap = 60"),
        ("normalisation", 10.0, "min_max(upper=10)"),
    ]
    assert steps[4][:2] == ("contribution", pytest.approx(20 / 3))


def test_a_row_of_parts_has_unit_of_measure_year_and_changes(oslo: ExplainedScore) -> None:
    income = of(oslo, "income")
    assert (income["measure"], income["year"], income["raw"], income["prepared"]) == ("USD", 2020, 900.0, 60.0)
    assert income["changes"] == "denomination: per people; cap: cap = 60"


def test_the_page_has_the_unit_of_measure_in_its_language_and_changed_values_as_they_were_read(
    oslo: ExplainedScore,
) -> None:
    names = oslo.result.reader_names("zh")
    tree, changed = score_tree(oslo, names, "zh"), changed_values(oslo, names, "zh")
    assert [row[-2] for row in tree.rows if row[0].strip() == "income"] == ["900 美元 2020"]
    assert changed.rows[0][:3] == ("income", "9,000", "60")


def test_distances_are_those_to_the_median_and_the_best_of_the_units(oslo: ExplainedScore) -> None:
    """Of the costs 3, 8, 1.5, 5, 4 the median is 4 and the best 1.5; normalised (8 - x) / 6.5 · 10."""
    co2 = of(oslo, "co2")
    assert (co2["rank"], co2["of"]) == (5, 5)
    assert (co2["to_median_raw"], co2["to_best_raw"]) == (4.0, 6.5)
    assert (co2["to_median"], co2["to_best"]) == (pytest.approx(-40 / 6.5), -10.0)


def test_contributions_and_parts_against_the_median_add_up(oslo: ExplainedScore) -> None:
    totals = oslo.totals.row(0, named=True)
    assert oslo.parts["contribution"].sum() == pytest.approx(totals["score"], abs=1e-12)
    assert oslo.parts["vs_median"].sum() == pytest.approx(totals["score"] - totals["base"], abs=1e-12)
    assert totals["score"] + totals["lost"] == pytest.approx(10)


def test_an_imputed_value_is_named_and_is_no_strength(pune: ExplainedScore) -> None:
    """The mean of 40, 900, 40 and 50 would be capped at 60, the best value."""
    income = of(pune, "income")
    assert (income["imputed"], income["raw"], income["rank"], income["kind"]) == (True, None, 1, None)
    assert [note for note in pune.notes if "imputed" in note] == [
        "1 value imputed, and never a strength or a weakness: income"
    ]


def test_the_sentences_name_rank_median_best_and_parts_in_both_languages(oslo: ExplainedScore) -> None:
    """Two thirds of 10, and a third of (0 + 7.5) / 2, is 7.9167."""
    english, chinese = sentences_of(oslo, "en"), sentences_of(oslo, "zh")
    assert english[0] == "Oslo is 2nd of 5 with 7.9167."
    assert "Strongest parts against the median: wealth" in " ".join(english)
    assert any(sentence.startswith("Weaknesses: co2 (5th of 5)") for sentence in english)
    assert chinese[0].startswith("奥斯陆得分")
    assert len(english) == len(chinese)


def test_the_place_of_the_median_profile_is_stated() -> None:
    """A unit with the median of each indicator may be better than most: here than 3 of 4, and in TOPSIS as well."""
    table = pl.DataFrame(
        {"unit": list("ABCD"), "x": [1.0, 0.9, 0.8, 0.0], "y": [1.0, 0.0, 0.0, 0.9], "z": [0.9, 0.8, 0.0, 0.8]}
    )
    indicators = {name: {"bounds": [0, 1]} for name in "xyz"}
    for aggregation in ("arithmetic", "topsis"):
        index = indicia.read(
            {"data": {"unit": "unit"}, "indicators": indicators, "methodology": {"aggregation": aggregation}}
        )
        found = explain_score(index.score(table), "B")
        assert found.totals["behind_base"].item() == 3
        assert "with the median of each indicator, a unit scores" in sentences_of(found)[1]
        assert sentences_of(found)[1].endswith("better than 3 of 4.")


def test_the_place_of_the_median_profile_is_that_of_less_harm() -> None:
    """The medians of a harm score 2, and 3 and 9 are worse."""
    table = pl.DataFrame({"unit": list("ABCDE"), "harm": [0.0, 1.0, 2.0, 3.0, 9.0]})
    raw = {"data": {"unit": "unit"}, "direction": "cost", "indicators": {"harm": {}}}
    found = explain_score(indicia.read({**raw, "methodology": {"rank_from": "worst"}}).score(table), "A")
    assert found.totals["behind_base"].item() == 2


def test_a_missing_value_stands_at_the_score_of_its_dimension() -> None:
    """Without imputation, Pune has no income and no wealth: the index is nature, (10 + 5) / 2."""
    indicators = {**WORDS["indicators"], "income": {"dimension": "wealth"}}
    explanation = explain("Pune", indicators=indicators)
    income = of(explanation, "income")
    assert (income["normalised"], income["implied"], income["contribution"]) == (None, pytest.approx(7.5), 0.0)
    assert "1 value missing, and counted at the score of the dimension: income" in explanation.notes


def test_an_indicator_without_a_value_in_the_period_has_no_best_unit() -> None:
    before = CITIES.with_columns(pl.lit(None, pl.Float64).alias("parks"), year=2020)
    frame = pl.concat([before, CITIES.with_columns(year=2021)])
    index = indicia.read({**WORDS, "data": {**WORDS["data"], "period": "year"}})
    parks = of(explain_score(index.score(frame), "Oslo", 2020), "parks")
    assert (parks["normalised"], parks["median"], parks["best"], parks["of"]) == (None, None, None, 0)


def test_a_value_that_does_not_count_is_no_strength() -> None:
    frame = CITIES.with_columns(co2=pl.Series([3.0, 8.0, 1.5, 5.0, 0.5]), parks=pl.Series([1.0, 4.0, 3.0, 2.0, None]))
    dimensions = {"wealth": {"weight": 2}, "nature": {"weight": 1, "missing": "skip(minimum_share=0.6)"}}
    (co2,) = explain("Suva", frame, dimensions=dimensions).parts.filter(indicator="co2").rows(named=True)
    assert (co2["rank"], co2["effective_weight"], co2["kind"]) == (1, 0, None)


def test_a_unit_that_is_kept_out_of_the_ranking_has_strengths_without_ranks() -> None:
    sentences = sentences_of(explain("Oslo", eligible={"without": ["Oslo"]}))
    assert sentences[0] == "Oslo scores 7.9167 and has no rank."
    assert "Strengths: income." in sentences


def test_notes_have_what_the_sum_of_contributions_leaves_out() -> None:
    """Wealth 10 and nature 3.75, which rounds to 4: the score is (2 · 10 + 4) / 3 = 8, of which 1/12 is rounding."""
    dimensions = {"wealth": {"weight": 2}, "nature": {"weight": 1, "decimals": 0}}
    explanation = explain("Oslo", dimensions=dimensions)
    assert "contributions leave out +0.08333, which the rounding of dimensions adds" in explanation.notes
    contributions = explanation.parts["contribution"].sum()
    assert contributions + explanation.totals["rounding"][0] == pytest.approx(8, abs=1e-12)


def test_the_score_before_rounding_is_noted() -> None:
    explanation = explain("Oslo", methodology={**WORDS["methodology"], "levels": [{"decimals": 1}]})
    assert sentences_of(explanation)[0] == "Oslo is 2nd of 5 with 7.9."
    assert "parts sum to the score before rounding: 7.9166667" in explanation.notes


def test_an_index_of_harm_says_that_low_is_best_and_calls_high_values_weaknesses() -> None:
    words = {
        "direction": "cost",
        "dimensions": {},
        "indicators": {"co2": {"direction": "benefit"}, "parks": {"direction": "cost"}},
    }
    explanation = explain("Oslo", **words)
    assert sentences_of(explanation)[0] == "Oslo is 4th of 5 with 6.2500."  # 10 of CO2 and 2.5 of parks
    assert of(explanation, "co2")["kind"] == "weakness"
    assert any(
        sentence.startswith("Weakest parts against the median: co2 (+") for sentence in sentences_of(explanation)
    )
    assert "a lower score is better: rank 1 is the lowest" in explanation.notes


def test_raw_values_that_are_not_published_are_left_out() -> None:
    explanation = explain("Oslo", publication={"raw_values": False})
    assert not {"raw", "prepared", "best_raw"} & set(explanation.parts.columns)
    assert "read" not in set(explanation.unfolding["step"])
    assert any("not published" in note for note in explanation.notes)


def test_a_score_that_is_no_mean_has_parts_against_the_median_and_says_so() -> None:
    explanation = explain("Oslo", methodology={**WORDS["methodology"], "aggregation": "topsis"})
    totals = explanation.totals.row(0, named=True)
    assert totals["rule"] == "owen"
    assert explanation.parts["vs_median"].sum() == pytest.approx(totals["above_base"], abs=1e-12)
    assert explanation.parts["contribution"].null_count() == 3
    assert any(note.startswith("no contributions, as these are exact for power means") for note in explanation.notes)


def test_a_method_that_compares_units_leaves_facts_and_the_reason() -> None:
    methodology = {**WORDS["methodology"], "aggregation": "copeland"}
    frame = CITIES.with_columns(pl.col("income").fill_null(700.0))
    explanation = explain("Oslo", frame, methodology=methodology)
    assert explanation.parts["vs_median"].null_count() == 3
    assert of(explanation, "co2")["rank"] == 5
    assert any(note.startswith("no parts against the median:") and "copeland" in note for note in explanation.notes)


def test_a_filled_dimension_contributes_at_the_value_that_fills_it() -> None:
    """Wealth of Pune is missing and gets the mean of its region, 4; nature scores 7.5."""
    words = {
        "data": {"unit": "city", "groups": ["region"]},
        "indicators": {**WORDS["indicators"], "income": {"dimension": "wealth"}},
        "dimensions": {**WORDS["dimensions"], "wealth": {"weight": 2, "missing": "skip"}},
        "methodology": {
            **WORDS["methodology"],
            "levels": [{"missing": "group_mean(within='region')"}],
        },
    }
    frame = CITIES.with_columns(region=pl.Series(["a", "b", "a", "a", "b"]))
    explanation = explain("Pune", frame, **words)
    wealth = explanation.nodes.row(by_predicate=pl.col("part") == "wealth", named=True)
    income, totals = of(explanation, "income"), explanation.totals.row(0, named=True)
    assert income["implied"] == wealth["value"]
    assert explanation.parts["contribution"].sum() == pytest.approx(totals["score"], abs=1e-12)
    assert income["contribution"] == pytest.approx(2 / 3 * wealth["value"])


def test_in_a_panel_the_median_is_that_of_the_period() -> None:
    frame = pl.concat([CITIES.with_columns(year=pl.lit(year)) for year in (2020, 2021)])
    later = frame.with_columns(pl.when(year=2021).then(pl.col("parks") * 2).otherwise("parks").alias("parks"))
    result = indicia.read({**WORDS, "data": {"unit": "city", "period": "year"}}).score(later)
    medians = [of(explain_score(result, "Oslo", year), "parks")["median_raw"] for year in (2020, 2021)]
    assert medians == [3.0, 6.0]
    assert sentences_of(explain_score(result, "Oslo"))[0].startswith("Oslo is 2nd of 5 in 2021 with ")


@pytest.mark.parametrize(
    ("value", "others", "effect", "kind"),
    [
        (9.0, np.arange(10.0), 0.1, "strength"),
        (9.0, np.arange(10.0), -0.1, "weakness"),
        (1.0, np.arange(10.0), -0.1, "weakness"),
        (6.0, np.arange(10.0), 0.1, None),
        (np.nan, np.arange(10.0), 0.1, None),
        (1.0, np.array([1.0] + [5.0] * 9), -0.1, None),
    ],
    ids=["best", "best of a harm", "low", "near the median", "missing or imputed", "nearly constant"],
)
def test_strengths_lie_beyond_three_quarters_of_the_units(
    value: float, others: Any, effect: float, kind: str | None
) -> None:
    assert kind_of(value, others, effect) == kind


@pytest.mark.parametrize(
    "normalisation",
    [
        *("min_max(lower=2, upper=7)", "efficacy", "distance_to_max", "box_cox(power=0.5, upper=3)", "linear_ratio"),
        *("peldschus", "zavadskas_turskis", "enhanced_accuracy", "goalposts(scale=5)", "scaled(a=1, b=5, scale=20)"),
    ],
)
def test_the_best_unit_has_the_best_score_of_the_scale(normalisation: str) -> None:
    bounds = {"bounds": [1, 5]} if "goalposts" in normalisation else {}
    index = {
        "data": {"unit": "city"},
        "indicators": {"parks": {**bounds, "normalisation": normalisation}},
    }
    result: Result = indicia.read(index).score(CITIES)
    (leaf,) = result.scored.tree.leaves()
    assert leaf.normalisation.best_score == pytest.approx(result.normalised["parks"].max())


def test_a_dimension_that_does_not_count_is_no_second_parent_of_its_parts() -> None:
    words = {
        "dimensions": {"wealth": {}, "nature": {}, "shown": {"counts": False}},
        "indicators": {
            "people": {"dimension": "wealth"},
            "co2": {"direction": "cost", "dimension": "nature"},
            "parks": {"dimension": ["nature", "shown"]},
        },
        "methodology": {"levels": [{"aggregation": "formula(expression='wealth * nature')"}]},
    }
    nodes = explain("Oslo", **words).nodes
    assert nodes["vs_median"].null_count() == 0
    within = nodes.filter(node="nature")["vs_median"].sum()
    assert within == pytest.approx(nodes.filter(part="nature")["vs_median"].item(), abs=1e-12)


def test_the_part_of_a_component_of_two_dimensions_stands_once_in_the_table() -> None:
    words = {
        "dimensions": {"wealth": {}, "nature": {}, "both": {"parent": ["wealth", "nature"]}},
        "indicators": {
            "people": {"dimension": "wealth"},
            "co2": {"direction": "cost", "dimension": "nature"},
            "parks": {"dimension": "both"},
        },
    }
    tree = score_tree(explain("Oslo", **words), {}, None)
    assert [(row[0], row[4] != "–") for row in tree.rows if "parks" in row[0]] == [
        ("    parks", True),
        ("    parks", False),
    ]


def test_the_best_raw_value_of_several_beyond_a_cap_does_not_depend_on_the_order_of_rows() -> None:
    frame = CITIES.with_columns(income=pl.Series([700.0, 9000.0, 20.0, 600.0, 800.0]))
    best = {of(explain("Lima", rows), "income")["best_raw"] for rows in (frame, frame.reverse())}
    assert best == {900.0}  # Lima has 70, Oslo 900, and Suva 80 per person, which are all more than the cap of 60


def test_no_unit_is_better_than_one_that_shares_the_best_score() -> None:
    frame = pl.DataFrame({"city": ["Lima", "Oslo", "Pune"], "co2": [3.0, 3.0, 1.0], "parks": [4.0, 4.0, 2.0]})
    words = {"data": {"unit": "city"}, "dimensions": {}, "indicators": {"co2": {"direction": "benefit"}, "parks": {}}}
    sentences = [" ".join(sentences_of(explain(unit, frame, **words))) for unit in ("Lima", "Oslo")]
    assert not any("best score" in text for text in sentences)
