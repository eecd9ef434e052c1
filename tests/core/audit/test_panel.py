"""The scores of two periods of a panel, as checks see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import indicia
from indicia_audit.facts import panel_facts_of

if TYPE_CHECKING:
    from indicia.checks import PanelFacts

PANEL = pl.DataFrame(
    {
        "city": ["Lima", "Oslo", "Pune"] * 2 + ["Lima", "Rome", "Pune"],
        "year": [2019] * 3 + [2020] * 3 + [2021] * 3,
        "x": [1.0, 3.0, 2.0, 2.0, 4.0, 1.0, 5.0, 3.0, 1.0],
    }
)


def facts(period: str, **words: Any) -> PanelFacts | None:
    definition = {"data": {"unit": "city", "period": "year"}, "indicators": {"x": {}}, **words}
    index = indicia.read(definition)
    return panel_facts_of(index.score(PANEL), index.tree, index.read_table(PANEL), period)


def test_the_first_period_has_no_period_before() -> None:
    assert facts("2019") is None


def test_a_period_stands_beside_the_period_before_and_a_unit_of_one_period_has_a_gap() -> None:
    """With min-max over all periods, x = 1 to 5 become 0 to 1 in steps of 0.25."""
    panel = facts("2021", methodology={"normalisation": "min_max", "statistics": "pooled"})
    assert panel is not None
    assert (panel.period, panel.previous, panel.units) == ("2021", "2020", ["Lima", "Oslo", "Pune", "Rome"])
    assert panel.now == pytest.approx([1.0, float("nan"), 0.0, 0.5], nan_ok=True)
    assert panel.before == pytest.approx([0.25, 0.75, 0.0, float("nan")], nan_ok=True)


def test_larger_scores_are_better_although_the_index_measures_a_harm() -> None:
    words = {"direction": "cost", "methodology": {"normalisation": "min_max", "statistics": "pooled"}}
    panel = facts("2021", **words)
    assert panel is not None
    lima, _, pune, _ = panel.now
    assert lima < pune  # more harm in Lima


def test_goalposts_of_each_period_move_and_fixed_bounds_do_not() -> None:
    by_period = {"normalisation": "min_max", "statistics": "period"}
    moving, fixed = (facts("2021", methodology=by_period, indicators={"x": spec}) for spec in ({}, {"bounds": [0, 10]}))
    assert moving is not None
    assert fixed is not None
    assert (moving.moving, fixed.moving) == (("x",), ())
