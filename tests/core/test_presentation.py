"""The charts and exports of a result: declared below, documented, and made above."""

from __future__ import annotations

import inspect
from dataclasses import fields
from typing import Any, get_args

import pytest

import indicia
from indicia.messages.catalogue import CORE
from indicia.messages.translations import in_language
from indicia.presentation import (
    AnswerCharts,
    ComparisonCharts,
    InspectionTable,
    PaperTable,
    PartitionsInspectionTable,
    RecastTable,
    ReplayTable,
    ResultCharts,
    ResultTable,
    RobustCharts,
)
from indicia.result import Result
from indicia_after_score.compare import Compare
from indicia_audit.inspection import Inspection
from indicia_bundle import Replay
from indicia_editions.recast import Recast
from indicia_paper.drawing import charts
from indicia_partitions.inspection import PartitionedInspection

DECLARED: dict[str, type] = {
    "result": ResultCharts,
    "comparison": ComparisonCharts,
    "robustness": RobustCharts,
    "explanation": AnswerCharts,
    "difference": AnswerCharts,
}

NAMES: dict[type, Any] = {
    Inspection: InspectionTable,
    PartitionedInspection: PartitionsInspectionTable,
    Replay: ReplayTable,
    Recast: RecastTable,
    Result: ResultTable,
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


@pytest.mark.parametrize(("outcome", "names"), NAMES.items(), ids=lambda one: getattr(one, "__name__", ""))
def test_the_names_that_type_checkers_read_are_those_of_the_declared_tables(outcome: type, names: Any) -> None:
    assert get_args(names) == outcome.table_names == tuple(outcome.declared)  # type: ignore[attr-defined]


def test_every_table_for_papers_has_a_caption_in_chinese_and_every_table_of_a_result_is_made() -> None:
    tables = {*Result.table_names, "agreement"}
    captions = [*(table.caption for table in Result.declared.values()), Compare.agreement.caption]
    assert [caption for caption in captions if in_language(caption, "zh") == caption] == []
    own = {key.removeprefix("table.table_") for key in CORE.messages("en") if key.startswith("table.table_")}
    assert own | tables == set(get_args(PaperTable))
    assert {name for name in Result.table_names if not hasattr(indicia.Result, name)} == set()
