"""The parts that a table shows add up to its sum as shown, and the distance to the best has its direction."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from explanations import sentences_of

import indicia
from indicia_explain.gap import explain_gap
from indicia_explain.gap_grid import gap_by_dimension, gap_by_indicator
from indicia_explain.score import explain_score
from indicia_explain.score_grid import score_tree

if TYPE_CHECKING:
    from indicia.result import Result

EXAMPLES = Path(__file__).parents[3] / "examples"


@pytest.fixture(scope="module")
def human() -> Result:
    return indicia.read(EXAMPLES / "human_development" / "index.toml").score()


def number(cell: str) -> float:
    return float(cell.replace("−", "-").replace(",", "") or 0)


@pytest.mark.parametrize(("a", "b"), [("NOR", "CHE"), ("CHN", "VNM"), ("BRA", "MEX")])
def test_the_shown_parts_of_a_gap_add_up_to_the_shown_gap(human: Result, a: str, b: str) -> None:
    gap = explain_gap(human, a, b)
    for grid in (gap_by_dimension(gap, {}, None), gap_by_indicator(gap, {}, None)):
        *parts, total = [number(row[3]) for row in grid.rows]
        assert grid.rows[-1][0] == "sum"
        assert sum(parts) == pytest.approx(total, abs=1e-9)


@pytest.mark.parametrize("unit", ["NOR", "CHN", "BRA"])
def test_the_shown_parts_of_a_score_add_up_to_the_shown_score(human: Result, unit: str) -> None:
    explanation = explain_score(human, unit)
    rows = score_tree(explanation, {}, None).rows
    top = [row for row in rows if not row[0].startswith(" ")]
    for column in (3, 4):
        *parts, total = [number(row[column]) for row in top]
        assert sum(parts) == pytest.approx(total, abs=1e-9)
    assert number(top[-1][3]) == explanation.totals["published"].item()


def test_an_unranked_unit_may_be_better_than_the_best_ranked() -> None:
    """Beijing, which has no rank, scores 68.18, and Shenzhen 55.26, the best of those that are ranked."""
    result = indicia.read(EXAMPLES / "intelligent_manufacturing" / "index.toml").score()
    assert "That is 12.92 better than the best ranked unit, Shenzhen: 55.26." in sentences_of(
        explain_score(result, "Beijing")
    )
    assert "The best ranked unit is Shenzhen: 55.26, 13.36 away." in sentences_of(explain_score(result, "Suzhou"))
