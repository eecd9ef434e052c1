from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

import indicia
from indicia.checks import Rescoring
from indicia_audit.facts import run_facts_of
from indicia_audit.rescorer import IndexRescorer

CITIES = pl.DataFrame(
    {
        "city": ["Ash", "Elm", "Fir", "Oak", "Yew"],
        "jobs": [5.0, 9.0, 2.0, 7.0, 4.0],
        "wage": [3.0, 4.0, 8.0, 6.0, 1.0],
        "air": [1.0, 2.0, 6.0, 4.0, 8.0],
        "green": [2.0, 1.0, 3.0, 9.0, 5.0],
    }
)
TREE: dict[str, Any] = {
    "data": {"unit": "city"},
    "dimensions": {"economy": {}, "nature": {"aggregation": "min"}},
    "indicators": {
        "jobs": {"dimension": "economy"},
        "wage": {"dimension": "economy"},
        "air": {"dimension": "nature", "direction": "cost"},
        "green": {"dimension": "nature"},
    },
    "methodology": {"normalisation": "min_max(lower=1, upper=100)"},
}


def rescorer(words: dict[str, Any] = TREE, frame: pl.DataFrame = CITIES, period: object = None) -> IndexRescorer:
    index = indicia.read(words)
    result = index.score_frame(frame)
    return IndexRescorer.of(index, frame, result.scored, run_facts_of(result, period))


def scores_of(words: dict[str, Any], frame: pl.DataFrame = CITIES) -> list[float]:
    return indicia.read(words).score_frame(frame).scored.nodes["index"].to_list()


def test_an_indicator_left_out_is_the_index_without_it() -> None:
    left_out = {name: spec for name, spec in TREE["indicators"].items() if name != "air"}
    runs = rescorer().without_parts()
    assert set(runs) == {"economy", "nature", "jobs", "wage", "air", "green"}
    run = runs["air"]
    assert isinstance(run, Rescoring)
    assert run.scores.tolist() == scores_of(TREE | {"indicators": left_out})


def test_a_unit_left_out_has_neither_score_nor_rank_and_the_others_are_those_of_a_table_without_it() -> None:
    run = rescorer().without_units(["Oak", "Ash"])["Oak"]
    assert isinstance(run, Rescoring)
    assert np.isnan([run.scores[3], run.ranks[3]]).all()
    others = [score for unit, score in enumerate(run.scores.tolist()) if unit != 3]
    assert others == pytest.approx(scores_of(TREE, CITIES.filter(pl.col("city") != "Oak")), rel=1e-12)


def test_a_choice_without_a_node_leaves_the_choices_of_dimensions_as_the_option_does() -> None:
    run = rescorer().with_choice("aggregation", "geometric")
    assert isinstance(run, Rescoring)
    index = indicia.read(TREE).with_options(aggregation="geometric")
    assert run.scores.tolist() == index.score_frame(CITIES).scored.nodes["index"].to_list()
    assert str(next(node for node in index.tree.nodes() if node.id == "nature").aggregation) == "min"


def test_another_choice_has_the_scores_before_rounding() -> None:
    rounded = TREE | {"methodology": TREE["methodology"] | {"levels": [{"decimals": 0}]}}
    run = rescorer(rounded).with_choice("aggregation", "geometric")
    assert isinstance(run, Rescoring)
    assert run.scores.tolist() == scores_of(TREE | {"methodology": TREE["methodology"] | {"aggregation": "geometric"}})
    assert any(score != round(score) for score in run.scores)


def test_a_choice_at_the_index_reaches_the_index_alone() -> None:
    run = rescorer().with_choice("aggregation", "geometric", "index")
    assert isinstance(run, Rescoring)
    levels = TREE | {"methodology": TREE["methodology"] | {"levels": [{"aggregation": "geometric"}]}}
    assert run.scores.tolist() == scores_of(levels)


def test_a_choice_at_a_dimension_reaches_the_dimension_alone() -> None:
    run = rescorer().with_choice("aggregation", "geometric", "nature")
    assert isinstance(run, Rescoring)
    dimensions = {"economy": {}, "nature": {"aggregation": "geometric"}}
    assert run.scores.tolist() == scores_of(TREE | {"dimensions": dimensions})


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        (("aggregation", "geometrical", None), 'unknown aggregation "geometrical"'),
        (("colour", "geometric", None), "colour is none of"),
        (("normalisation", "z_score", "nature"), "normalisation is none of weighting, aggregation"),
        (("aggregation", "geometric", "culture"), "culture is neither the index nor a dimension"),
    ],
)
def test_a_question_that_has_no_run_has_a_reason(question: tuple[str, str, str | None], reason: str) -> None:
    answer = rescorer().with_choice(*question)
    assert isinstance(answer, str)
    assert reason in answer


def test_a_choice_that_reaches_no_part_has_a_reason() -> None:
    normalised = {name: spec | {"normalisation": "min_max"} for name, spec in TREE["indicators"].items()}
    answer = rescorer(TREE | {"indicators": normalised}).with_choice("normalisation", "z_score")
    assert answer == "all parts of the index state their own normalisation"


def test_a_method_that_the_values_do_not_bear_has_the_reason_of_the_run() -> None:
    answer = rescorer(TREE | {"methodology": {"normalisation": "z_score"}}).with_choice(
        "aggregation", "geometric", "index"
    )
    assert isinstance(answer, str)
    assert "geometric" in answer


def test_the_runs_of_a_panel_have_the_units_of_one_period() -> None:
    panel = pl.concat([CITIES.with_columns(year=pl.lit(year), jobs=pl.col("jobs") + year) for year in (1, 2)])
    words = TREE | {"data": {"unit": "city", "period": "year"}}
    runs = rescorer(words, panel, 1)
    run, other = runs.without_units(["Fir"])["Fir"], runs.with_choice("weighting", "entropy")
    assert isinstance(run, Rescoring)
    assert isinstance(other, Rescoring)
    assert run.ranks.shape == other.ranks.shape == (5,)
    assert np.isnan(run.ranks[2])


def test_equal_questions_have_one_run() -> None:
    runs = rescorer()
    assert runs.with_choice("weighting", "entropy") is runs.with_choice("weighting", "entropy")
    assert runs.without_parts() is runs.without_parts()
