"""The headline of the page: who leads, by how much, how sure that is, and who has no rank."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

import indicia
from indicia_paper.dossier import compile_dossier
from indicia_report.headline import headline
from indicia_report.period_view import PeriodView


def said(values: list[float | None], *, draws: bool = False, **words: Any) -> dict[str, str]:
    """Return the headline of an index of one indicator."""
    units = ["Lima", "Oslo", "Pune", "Bern"][: len(values)]
    table = pl.DataFrame({"city": units, "x": values, "y": values[::-1]}, schema_overrides={"x": pl.Float64})
    raw = {"data": {"unit": "city"}, "indicators": {"x": {"bounds": [0, 100]}}, **words}
    needs = ("intervals",) if draws else ()
    dossier = compile_dossier(indicia.read(raw), table, needs=needs, draws=40)
    return headline(PeriodView(dossier.result, ("en", "zh")), dossier)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([90.0, 60.0, 30.0], "Lima leads with 0.9000, 0.3000 ahead of Oslo."),
        ([90.0, 90.0, 30.0], "Lima and Oslo lead together with 0.9000."),
        ([90.0, 90.0, 90.0], "3 units lead together with 0.9000, among them Lima and Oslo."),
    ],
)
def test_it_names_the_leaders(values: list[float | None], expected: str) -> None:
    assert said(values)["en"] == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([90.0, 60.0, 30.0], "Lima has the worst score, 0.9000, 0.3000 worse than Oslo."),
        ([90.0, 90.0, 30.0], "Lima and Oslo share the worst score, 0.9000."),
        ([90.0, 90.0, 90.0], "3 units share the worst score, 0.9000, among them Lima and Oslo."),
    ],
)
def test_it_praises_no_unit_where_ranks_start_with_the_worst(values: list[float | None], expected: str) -> None:
    assert said(values, direction="cost", methodology={"rank_from": "worst"})["en"] == expected


def test_the_worst_of_an_index_of_goods_is_named_as_such() -> None:
    text = said([30.0, 60.0, 90.0], methodology={"rank_from": "worst"})["en"]
    assert text == "Lima has the worst score, 0.3000, 0.3000 worse than Oslo."


def test_the_best_of_an_index_of_harms_leads() -> None:
    assert said([30.0, 60.0, 90.0], direction="cost")["en"] == "Lima leads with 0.3000, 0.3000 ahead of Oslo."


def test_it_counts_the_units_without_rank_and_without_score() -> None:
    text = said([90.0, 60.0, None, 10.0], eligible={"without": ["Bern"]}, methodology={"missing": "skip"})
    assert text["en"].endswith("One unit is scored but not ranked. One unit has too few data for a score.")
    assert text["zh"].startswith("Lima以0.9000居首，领先Oslo")


def test_it_tells_how_sure_the_order_is_and_under_what() -> None:
    text = said([90.0, 70.0, 60.0, 50.0], draws=True, indicators={"x": {"bounds": [0, 100]}, "y": {"bounds": [0, 100]}})
    assert "of 40 draws with every weight varied by up to ±25 %." in text["en"]
    assert "Only the weights vary" in text["en"]
