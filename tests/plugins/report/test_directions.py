"""An index of which less is better, on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from report_pages import model_of_page, page_of

from indicia_report.markup import Texts
from indicia_report.method.methodology import methodology
from indicia_report.method.structure import structure
from indicia_report.period_view import PeriodView

if TYPE_CHECKING:
    from collections.abc import Callable

    from indicia import Result
    from indicia.index import Index

    Make = Callable[..., Index]

COUNTRIES = pl.DataFrame(
    {
        "city": ["A", "B", "C", "D"],
        "region": ["s", "n", "s", "n"],
        "starved": [0.1, 0.4, 0.9, 0.6],
        "water": [0.9, 0.5, 0.1, 0.3],
        "income": [1.0, 0.5, 0.0, 0.25],
        "weight": [0.2, 0.5, 0.4, 0.9],
    }
)
"""Values of hunger: starved raises it, water lowers it; income is a good."""


@pytest.fixture
def result(index: Make) -> Result:
    """An index of harm with a dimension of which more is better."""
    spec = {
        "starved": {"dimension": "hunger", "bounds": [0, 1]},
        "water": {"dimension": "hunger", "direction": "cost", "bounds": [0, 1]},
        "weight": {"dimension": "hunger", "direction": "target", "target": 0.5, "worst": [0, 1]},
        "income": {"dimension": "wealth", "bounds": [0, 1]},
    }
    dimensions = {"hunger": {}, "wealth": {"direction": "benefit"}}
    made = index(spec, {"rank_from": "worst"}, direction="cost", dimensions=dimensions)
    return made.score(COUNTRIES)


def position_of(view: PeriodView, name: str) -> list[float]:
    names = [part.id for part in view.descendants]
    positions: list[float] = view.positions[:, names.index(name)].tolist()
    return positions


def text_of(section: Any, view: PeriodView) -> str:
    return str(section(view, Texts.of("en")))


def test_the_position_of_the_best_value_is_1_in_harms_and_in_goods(result: Result) -> None:
    view = PeriodView(result)
    for name in ("starved", "water", "hunger", "income", "wealth"):
        positions = position_of(view, name)
        assert (positions[0], positions[2]) == (1, 0), name


def test_the_strengths_of_the_unit_with_the_least_hunger_are_its_values_of_hunger(result: Result) -> None:
    view = PeriodView(result)
    strong, weak = view.strengths_and_weaknesses(0)
    assert {view.descendants[at].id for at in strong} == {"starved", "water", "income"}
    assert [view.descendants[at].id for at in weak] == []


def test_an_indicator_correlates_with_the_index_that_it_raises(result: Result) -> None:
    view = PeriodView(result)
    names = [leaf.id for leaf in view.leaves]
    with_score = dict(zip(names, view.correlations[-1, :-1].tolist(), strict=True))
    assert all(with_score[name] > 0.9 for name in ("starved", "water", "income"))


def test_a_turned_dimension_ranks_by_its_negated_score(result: Result) -> None:
    view = PeriodView(result)
    assert view.components[:, 1].tolist() == [-value for value in COUNTRIES["income"]]
    assert [view.units[at] for at in view.order] == ["C", "D", "B", "A"]


def test_the_structure_describes_directions_of_scores_and_effects_of_indicators(result: Result) -> None:
    html = text_of(structure, PeriodView(result))
    assert html.count("less is better") == 2  # the index, hunger
    assert html.count("more is better") == 2  # wealth, income
    assert [html.count(words) for words in ("raises the score", "lowers the score", "highest at 0.5")] == [1, 1, 1]


def test_the_methodology_names_directions_signs_and_the_end_of_the_ranks(result: Result) -> None:
    html = text_of(methodology, PeriodView(result, ("en", "zh")))
    for sentence in (
        "A lower score of the index is better.",
        "enters the score of its parent with the opposite sign.",
        "Ranks are numbered from the worst score; equal scores: the lower number for all (1, 2, 2, 4).",
    ):
        assert sentence in html


def test_the_methodology_names_an_index_and_all_its_dimensions_in_a_single_sentence(index: Make) -> None:
    spec = {"starved": {"dimension": "hunger"}, "weight": {"dimension": "mortality"}}
    made = index(spec, direction="cost", dimensions={"hunger": {}, "mortality": {}})
    html = text_of(methodology, PeriodView(made.score(COUNTRIES), ("en", "zh")))
    assert "A lower score is better, of the index and of every dimension." in html
    assert html.count("A lower score") == 1


def test_a_chart_of_the_ranking_states_which_end_is_the_best(index: Make) -> None:
    made = index({"starved": {}, "income": {}}, direction="cost")
    chart = made.score(COUNTRIES).plot.ranking().to_dict()
    assert "A lower score is better: rank 1 is the lowest." in chart["title"]["subtitle"]


@pytest.mark.parametrize(
    ("direction", "end", "expected"),
    [("benefit", "best", False), ("cost", "best", True), ("cost", "worst", False), ("benefit", "worst", True)],
)
def test_the_script_of_the_page_ranks_from_the_same_end(index: Make, direction: str, end: str, expected: bool) -> None:
    made = index({"starved": {}, "income": {}}, {"rank_from": end}, direction=direction)
    assert model_of_page(page_of(made.score(COUNTRIES)))["lowest_first"] is expected
