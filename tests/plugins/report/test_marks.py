"""Parts of an index are told apart by colour and stripes: no two of the first 32 have the same mark."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from shown_results import draw

from indicia_report.marks import COLOURS, MARKS, mark

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


def test_marks_of_different_parts_differ_until_colours_and_stripes_begin_again() -> None:
    assert len({mark(place) for place in range(MARKS)}) == MARKS == 32
    assert [mark(place) for place in range(COLOURS)] == [(place, 0) for place in range(COLOURS)]
    assert mark(MARKS) == mark(0)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("number", [3, 8, 9, 17, 32])
def test_no_two_parts_of_a_ranking_have_the_same_mark(goals: Goals, number: int, theme: Any) -> None:
    pytest.importorskip("altair")
    made, frame = goals(number)
    chart = draw(made, "ranking", frame, theme=theme).to_dict()
    scales = {name: chart["layer"][0]["encoding"][name]["scale"] for name in ("color", "strokeDash")}
    assert scales["color"]["domain"] == scales["strokeDash"]["domain"] == [f"goal_{at}" for at in range(1, number + 1)]
    marks = list(zip(scales["color"]["range"], map(tuple, scales["strokeDash"]["range"]), strict=True))
    assert len(set(marks)) == number
    assert len({dash for _, dash in marks}) == -(-number // COLOURS)
    assert "begin again" not in str(chart["title"]["subtitle"])


_STACKED = ("ranking", "structure")


def test_a_ranking_of_more_parts_than_marks_says_that_marks_begin_again(
    goals: Goals,
) -> None:
    pytest.importorskip("altair")
    made, frame = goals(33)
    subtitles = {kind: " ".join(draw(made, kind, frame).to_dict()["title"]["subtitle"]) for kind in _STACKED}
    assert "Colours and stripes begin again after 32 parts" in subtitles["ranking"]
    assert "Colours begin again after 32 parts" in subtitles["structure"]


def test_the_bars_of_a_ranking_are_its_contributions_end_to_end(
    goals: Goals,
) -> None:
    pytest.importorskip("altair")
    made, frame = goals(17)
    result = made.score(frame)
    bars = result.plot.ranking(top=1).to_dict()["layer"][0]["data"]["values"]
    assert len(bars) == 17
    assert bars[0]["start"] == 0
    assert all(left["end"] == pytest.approx(right["start"]) for left, right in pairwise(bars))
    assert bars[-1]["end"] == pytest.approx(result.ranking["score"][0], rel=1e-12)


def test_no_two_parts_of_the_structure_have_the_same_colour_and_shade(
    goals: Goals,
) -> None:
    pytest.importorskip("altair")
    made, frame = goals(32)
    boxes = draw(made, "structure", frame).to_dict()["data"]["values"][1:]
    assert len({(one["colour"], one["shade"]) for one in boxes}) == 32


def test_strengths_and_weaknesses_of_a_profile_differ_in_shape_too(model: Index) -> None:
    pytest.importorskip("altair")
    chart = draw(model, "profile").to_dict()
    (scale,) = [layer["encoding"]["shape"]["scale"] for layer in chart["layer"] if "shape" in layer["encoding"]]
    assert len(set(scale["range"])) == len(scale["domain"]) == 3
