"""Parts of an index are told apart by colour, and beyond eight parts by colour and number."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from shown_results import data_of, draw

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl

    from indicia import Index

    Goals = Callable[[int], tuple[Index, pl.DataFrame]]


@pytest.fixture
def goals(index: Callable[..., Index], figures: Callable[..., pl.DataFrame]) -> Goals:
    """Return a function that makes an index with a number of parts, and its data."""

    def make(number: int) -> tuple[Index, pl.DataFrame]:
        names = [f"goal_{at}" for at in range(1, number + 1)]
        return index({name: {} for name in names}), figures(names, 6)

    return make


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("number", [3, 8, 9, 17, 32])
def test_no_two_parts_of_a_ranking_have_the_same_colour(goals: Goals, number: int, theme: Any) -> None:
    pytest.importorskip("altair")
    made, frame = goals(number)
    chart = draw(made, "ranking", frame, theme=theme).to_dict()
    scale = chart["layer"][0]["encoding"]["color"]["scale"]
    numbers = [f"{at} " if number > 8 else "" for at in range(1, number + 1)]
    assert scale["domain"] == [f"{beside}goal_{at}" for at, beside in enumerate(numbers, start=1)]
    assert len(set(scale["range"])) == number
    assert "begin again" not in str(chart["title"]["subtitle"])


def test_parts_of_a_bar_that_colours_alone_do_not_distinguish_have_the_numbers_of_the_legend(goals: Goals) -> None:
    pytest.importorskip("altair")
    made, frame = goals(17)
    bars = data_of(draw(made, "ranking", frame, top=1))[0]
    wide = [bar for bar in bars if bar["number"]]
    assert len(wide) > 8
    assert all(bar["part"].startswith(f"{bar['number']} goal_") for bar in wide)
    assert all(bar["start"] < bar["middle"] < bar["end"] for bar in wide)


def test_a_chart_of_more_parts_than_colours_says_that_colours_begin_again(goals: Goals) -> None:
    pytest.importorskip("altair")
    made, frame = goals(33)
    assert "Colours begin again after 32 parts" in str(draw(made, "ranking", frame).to_dict()["title"]["subtitle"])


def test_the_bars_of_a_ranking_are_its_contributions_end_to_end(
    goals: Goals,
) -> None:
    pytest.importorskip("altair")
    made, frame = goals(17)
    result = made.score(frame)
    bars = data_of(result.plot.ranking(top=1))[0]
    assert len(bars) == 17
    assert bars[0]["start"] == 0
    assert all(left["end"] == pytest.approx(right["start"]) for left, right in pairwise(bars))
    assert bars[-1]["end"] == pytest.approx(result.ranking["score"][0], rel=1e-12)


def test_no_two_parts_of_the_structure_have_the_same_colour(goals: Goals) -> None:
    pytest.importorskip("altair")
    made, frame = goals(32)
    boxes = draw(made, "structure", frame).to_dict()["layer"][0]["data"]["values"]
    assert len({box["colour"] for box in boxes}) == 32


def test_strengths_and_weaknesses_of_a_profile_differ_in_shape_too(model: Index) -> None:
    pytest.importorskip("altair")
    chart = draw(model, "profile").to_dict()
    (scale,) = [layer["encoding"]["shape"]["scale"] for layer in chart["layer"] if "shape" in layer["encoding"]]
    assert len(set(scale["range"])) == len(scale["domain"]) == 3
