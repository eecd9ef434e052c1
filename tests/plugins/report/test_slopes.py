"""Slope charts: ranks at their heights, labels beside each other, and what is not drawn said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from shown_results import draw

from indicia_report.period_view import PeriodView
from indicia_report.slopes import Slopes

if TYPE_CHECKING:
    from collections.abc import Callable

    from indicia import Index

UNITS, PERIODS = 120, 12


@pytest.fixture(scope="module")
def moving(index: Callable[..., Index]) -> tuple[Index, pl.DataFrame]:
    """A panel of more units and periods than a chart shows; names are long, and some scores are the same."""
    random = np.random.default_rng(3)
    level = random.normal(size=UNITS)
    frames = []
    for period in range(PERIODS):
        level = level + 0.6 * random.normal(size=UNITS)
        names = [f"The united provinces and territories of {number}" for number in range(UNITS)]
        income = np.round(level, 1) + 20
        frames.append(pl.DataFrame({"city": names, "region": "all", "income": income, "year": 2000 + period}))
    made = index({"income": {"bounds": [0, 50]}}, period="year", groups=())
    return made, pl.concat(frames)


@pytest.fixture(scope="module")
def view(moving: tuple[Index, pl.DataFrame]) -> PeriodView:
    made, table = moving
    return PeriodView(made.score(table))


@pytest.fixture(scope="module")
def slopes(view: PeriodView) -> Slopes:
    found = Slopes.of_periods(view)
    assert found is not None
    return found


def test_a_rank_has_the_same_height_in_all_rankings(slopes: Slopes) -> None:
    heights = slopes.heights()
    by_rank: dict[float, set[float]] = {}
    for rank, height in zip(slopes.ranks.ravel().tolist(), heights.ravel().tolist(), strict=True):
        by_rank.setdefault(rank, set()).add(height)
    assert {len(found) for found in by_rank.values()} == {1}
    ordered = [by_rank[rank].pop() for rank in sorted(by_rank)]
    assert ordered == sorted(ordered)
    assert len(set(ordered)) == len(ordered)


def test_a_chart_shows_the_first_units_of_the_period_of_the_page(slopes: Slopes, view: PeriodView) -> None:
    drawn = {slopes.units[at] for at in slopes.selected_units(5)}
    assert {view.units[at] for at in view.order[:5]} <= drawn


def test_labels_of_a_chart_do_not_overlap(moving: tuple[Index, pl.DataFrame]) -> None:
    made, table = moving
    chart = draw(made, "slope", table, top=10).to_dict()
    rows = [one for data in chart["datasets"].values() for one in data] if "datasets" in chart else []
    rows = rows or [one for layer in chart["layer"] for one in layer.get("data", chart["data"])["values"]]
    ends = {(one["side"], one["unit"]): one for one in rows if "side" in one}
    for side in ("left", "right"):
        places = sorted(one["free"] for (at, _), one in ends.items() if at == side)
        assert 10 <= len(places) <= 25
        assert np.diff(places).min() >= 1 - 1e-9
