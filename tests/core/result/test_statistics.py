"""The statistics that a run settled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from indicia import fit
from indicia.documents.latex import latex
from indicia_report.files.papers import result_table

if TYPE_CHECKING:
    from collections.abc import Callable

    from indicia.index import Index

    Make = Callable[..., Index]

FIRST = ["stage", "subject", "statistic", "formula"]


def test_statistics_are_stage_subject_statistic_formula_and_value(index: Make, cities: pl.DataFrame) -> None:
    indicators = {"income": {"imputation": "median"}, "co2": {"direction": "cost"}}
    found = index(indicators).score(cities).statistics
    assert found.columns == [*FIRST, "value"]
    assert found.rows() == [
        ("imputation", "income", "median", "median(income)", 3.5),
        ("normalisation", "income", "min", "min(income)", 1),
        ("normalisation", "income", "max", "max(income)", 9),
        ("normalisation", "co2", "min", "min(-co2)", -8),
        ("normalisation", "co2", "max", "max(-co2)", -1.5),
    ]


def test_an_index_whose_formulas_ask_for_none_has_an_empty_table(index: Make, cities: pl.DataFrame) -> None:
    found = index({"income": {}}, {"normalisation": "none"}).score(cities).statistics
    assert found.is_empty()
    assert found.schema == {**dict.fromkeys(FIRST, pl.String), "value": pl.Float64}


def test_statistics_within_a_key_have_its_columns(index: Make, panel: pl.DataFrame) -> None:
    indicators = {"income": {"imputation": "mean(within=region)"}}
    found = index(indicators, {"statistics": "period"}, period="year").score(panel).statistics
    assert found.columns == [*FIRST, "year", "region", "value"]
    means = found.filter(statistic="mean").select("year", "region", "value")
    assert means.rows() == [(2020, "south", 2), (2020, "north", 6.5), (2021, "south", 3), (2021, "north", 7.5)]
    highest = found.filter(stage="normalisation", statistic="max").select("year", "region", "value")
    assert highest.rows() == [(2020, None, 9), (2021, None, 9)]
    assert found.schema["year"] == panel.schema["year"]


def test_a_look_up_names_the_units_whose_values_they_are(index: Make, panel: pl.DataFrame) -> None:
    words: dict[str, Any] = {"imputation": "parent(within=of)", "normalisation": "none"}
    table = panel.with_columns(of=pl.when(city="Lima").then(pl.lit("Pune")))
    found = index({"income": {}}, words, groups=("of",), period="year").score(table).statistics
    assert found.drop("stage", "formula").rows() == [
        ("income", "parent(of)", "Pune", 2020, 1),
        ("income", "parent(of)", "Pune", 2021, 2),
    ]


def test_a_statistic_without_a_name_is_called_by_its_formula_and_several_numbers_have_a_row_each(
    index: Make, cities: pl.DataFrame
) -> None:
    table = cities.with_columns(income=pl.Series([1.0, 2.0, 3.0, 90.0]))
    found = index({"income": {"treatment": "winsorise"}}).score(table).statistics.filter(stage="treatment")
    assert found["statistic"].to_list() == [f"{found['formula'][0]} [{number}]" for number in range(1, len(found) + 1)]
    assert len(found) > 1
    assert found["formula"][0].startswith("fit(income, ")


def test_the_statistics_of_a_fitted_index_are_those_that_it_was_fitted_with(index: Make, cities: pl.DataFrame) -> None:
    one = fit(index({"income": {}}), cities)
    assert one.score(cities.head(2)).statistics.equals(one.score(cities).statistics)


def test_a_group_that_is_called_as_a_column_of_the_table_gets_another_name(index: Make, cities: pl.DataFrame) -> None:
    made = index({"income": {}}, {"statistics": "stage"}, groups=("stage",))
    assert "key_stage" in made.score(cities.rename({"region": "stage"})).statistics.columns


def test_statistics_go_into_a_paper_in_its_language(index: Make, cities: pl.DataFrame) -> None:
    result = index({"income": {}}).score(cities)
    assert ": statistics of the run" in latex("", [result_table(result, "statistics")])
    assert "运行所用统计量" in latex("", [result_table(result, "statistics", "zh")])
