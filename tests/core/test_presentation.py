"""The charts and exports of a result: declared below, documented, and made above."""

from __future__ import annotations

import inspect
from typing import get_args

import pytest
from indicia_report.charts.plots import KINDS

import indicia
from indicia.presentation import ComparisonCharts, ResultCharts, ResultTable, RobustCharts
from indicia_report.charts import ComparisonPlots, ResultPlots, RobustPlots
from indicia_workbook.words import WORDS

DECLARED: dict[str, type] = {"result": ResultCharts, "comparison": ComparisonCharts, "robust": RobustCharts}


@pytest.mark.parametrize(("name", "of"), KINDS.items())
def test_every_chart_is_declared_with_a_sentence_for_help(name: str, of: str) -> None:
    assert str(inspect.getdoc(getattr(DECLARED[of], name))).startswith("Draw ")


@pytest.mark.parametrize(
    ("declared", "drawn"),
    [(ResultCharts, ResultPlots), (ComparisonCharts, ComparisonPlots), (RobustCharts, RobustPlots)],
)
def test_charts_are_drawn_with_the_parameters_that_are_declared(declared: type, drawn: type) -> None:
    names = [name for name, one in vars(declared).items() if callable(one) and not name.startswith("_")]
    assert names
    for name in names:
        parameters = [inspect.signature(getattr(one, name)).parameters for one in (declared, drawn)]
        assert parameters[0] == parameters[1], name


@pytest.mark.parametrize(("accessor", "extra"), [("plot", "charts"), ("export", "excel")])
def test_help_on_an_accessor_names_the_extra_that_it_needs(accessor: str, extra: str) -> None:
    assert f"the extra `{extra}`" in str(inspect.getdoc(getattr(indicia.Result, accessor)))


def test_every_table_of_a_result_has_a_caption_and_is_made() -> None:
    tables = set(get_args(ResultTable))
    captions = {key.removeprefix("table_") for key in WORDS if key.startswith("table_")}
    assert captions - {"agreement"} == tables  # the agreement is a table of a comparison
    assert {name for name in tables if not hasattr(indicia.Result, name)} == set()
