"""The charts and exports of a result: declared below, documented, and made above."""

from __future__ import annotations

import inspect
from dataclasses import fields
from typing import get_args

import pytest

import indicia
from indicia.drawing import charts
from indicia.messages.catalogue import CORE
from indicia.presentation import (
    ComparisonCharts,
    DifferenceCharts,
    ExplanationCharts,
    PaperTable,
    ResultCharts,
    ResultTable,
    RobustCharts,
)

DECLARED: dict[str, type] = {
    "result": ResultCharts,
    "comparison": ComparisonCharts,
    "robustness": RobustCharts,
    "explanation": ExplanationCharts,
    "difference": DifferenceCharts,
}


@pytest.mark.parametrize("name", sorted(charts()))
def test_every_chart_is_declared_with_a_sentence_for_help(name: str) -> None:
    for shown in charts()[name].shows:
        assert str(inspect.getdoc(getattr(DECLARED[shown], name))).startswith("Draw ")


@pytest.mark.parametrize("name", sorted(charts()))
def test_charts_are_drawn_with_the_parameters_that_are_declared(name: str) -> None:
    chart = charts()[name]
    for shown in chart.shows:
        declared = inspect.signature(getattr(DECLARED[shown], name)).parameters
        options = {field.name: field.default for field in fields(chart)}
        assert {
            key: parameter.default for key, parameter in declared.items() if key != "self"
        }.items() <= options.items()


@pytest.mark.parametrize(("accessor", "extra"), [("plot", "charts"), ("export", "excel")])
def test_help_on_an_accessor_names_the_extra_that_it_needs(accessor: str, extra: str) -> None:
    assert f"the extra `{extra}`" in str(inspect.getdoc(getattr(indicia.Result, accessor)))


def test_every_table_for_papers_has_a_caption_and_every_table_of_a_result_is_made() -> None:
    tables = set(get_args(ResultTable))
    captions = {key.removeprefix("table.table_") for key in CORE.messages("en") if key.startswith("table.table_")}
    assert captions == set(get_args(PaperTable)) > tables
    assert {name for name in tables if not hasattr(indicia.Result, name)} == set()
