"""The charts of a sum and of two editions: the ends of their bars, their words and their colours."""

from __future__ import annotations

from typing import Any

import pytest

from indicia_report.charts.explained import Dumbbell, Move, draw_dumbbell
from indicia_report.charts.style import ChartStyle
from indicia_report.charts.waterfall import Step, Waterfall, draw_waterfall

STEPS = (Step("income", 3.0), Step("air", -1.0), Step("jobs", 0.5), Step("roads", -0.25))
SCORE = Waterfall("Lima", "", ("median", 40.0), ("Lima", 42.25), STEPS, "above", "below", "score", 2)
MOVES = (Move("a", "Lima", 9, 2), Move("b", "Oslo", 1, 1), Move("c", "Rome", 2, 4), Move("d", "Bonn", 7, 8))
EDITIONS = Dumbbell("Cities", ("",), MOVES, "climbed", "fell", "rank", ("2021", "2022"))


def rows(chart: Any, name: str) -> list[Any]:
    """Return a column of the largest data set of a chart."""
    drawn = chart.to_dict()
    sets = [view["data"]["values"] for view in (drawn, *drawn["layer"]) if "data" in view]
    return [row[name] for row in max(sets, key=len)]


def test_the_bars_of_a_waterfall_lead_from_the_first_figure_to_the_last() -> None:
    chart = draw_waterfall(SCORE, ChartStyle())
    assert rows(chart, "from") == [40.0, 40.0, 43.0, 42.0, 42.5, 42.25]
    assert rows(chart, "to") == [40.0, 43.0, 42.0, 42.5, 42.25, 42.25]
    assert rows(chart, "label") == ["40.00", "+3.00", "−1.00", "+0.50", "−0.25", "42.25"]


def test_a_folded_waterfall_keeps_the_largest_steps_and_the_sum() -> None:
    folded = SCORE.folded(2, "{n} others")
    assert [(step.name, step.part) for step in folded.steps] == [("income", 3.0), ("air", -1.0), ("2 others", 0.25)]


def test_a_waterfall_with_one_more_step_than_its_limit_is_not_folded() -> None:
    assert SCORE.folded(3, "{n} others") is SCORE


def test_two_steps_of_one_name_have_rows_of_their_own() -> None:
    twice = Waterfall(**{**vars(SCORE), "steps": (Step("income", 1.0), Step("income", 1.25))})
    assert rows(draw_waterfall(twice, ChartStyle()), "name") == ["median", "income (2)", "income (3)", "Lima"]


def test_the_goal_of_a_path_is_a_line_with_its_name() -> None:
    path = Waterfall(**{**vars(SCORE), "steps": STEPS[:1], "end": ("then", 43.0), "goal": ("rank 2", 43.0)})
    assert "{'name': 'rank 2', 'goal': 43.0, 'row': 'median'}" in str(draw_waterfall(path, ChartStyle()).to_dict())


def test_a_waterfall_of_steps_in_one_direction_has_no_legend() -> None:
    rising = Waterfall(**{**vars(SCORE), "steps": STEPS[:1]})
    legends = [
        layer["encoding"]["color"]["legend"]
        for waterfall in (SCORE, rising)
        for layer in draw_waterfall(waterfall, ChartStyle()).to_dict()["layer"]
        if "color" in layer.get("encoding", {})
    ]
    assert [legend and legend["orient"] for legend in legends] == ["top", None]


def test_a_waterfall_without_steps_has_its_two_figures() -> None:
    level = Waterfall(**{**vars(SCORE), "steps": (), "end": ("Lima", 40.0)})
    assert rows(draw_waterfall(level, ChartStyle()), "name") == ["median", "Lima"]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_alternative_text_lists_the_parts(theme: Any) -> None:
    description = draw_waterfall(SCORE, ChartStyle("zh", theme)).to_dict()["description"]
    assert description == "Lima. median 40.00, income +3.00, air −1.00, jobs +0.50, roads −0.25, Lima 42.25"


def test_a_unit_that_keeps_its_rank_has_a_colour_of_its_own_in_a_dumbbell() -> None:
    level = Dumbbell(**{**vars(EDITIONS), "moves": (Move("A", "Ash", 1, 1), Move("B", "Elm", 3, 2))})
    assert rows(draw_dumbbell(level, ChartStyle(), 9), "kind") == ["unchanged", "climbed"]


def test_a_dumbbell_has_the_largest_moves_in_the_order_of_the_later_edition() -> None:
    chart = draw_dumbbell(EDITIONS, ChartStyle(), 2)
    assert rows(chart, "unit") == ["Lima", "Rome"]
    assert rows(chart, "label") == ["9 → 2", "2 → 4"]
    assert rows(chart, "kind") == ["climbed", "fell"]


def test_units_of_one_name_have_rows_of_their_own() -> None:
    twins = Dumbbell(**{**vars(EDITIONS), "moves": (Move("US", "Paris", 3, 1), Move("FR", "Paris", 1, 2))})
    assert rows(draw_dumbbell(twins, ChartStyle(), 9), "unit") == ["Paris (US)", "Paris (FR)"]
