"""What became of single cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from indicia.index import Index

    Make = Callable[..., Index]

RAW: dict[str, Any] = {"normalisation": "none"}


def test_cells_are_unit_period_indicator_stage_before_after_and_why(index: Make, panel: pl.DataFrame) -> None:
    table = panel.with_columns(income=pl.Series([3.0, None, 1.0, 4.0, 4.0, 6.0, 2.0, 9.0]))
    spec = {"imputation": "mean(within=[region, period])", "treatment": "limits(upper=8)", "floor": 1.5}
    cells = index({"income": spec}, RAW, period="year").score(table).cells
    assert cells.columns == ["city", "year", "indicator", "stage", "before", "after", "why"]
    assert cells.rows() == [
        ("Oslo", 2020, "income", "imputation", None, 4.0, "mean(within=[region, period])"),
        ("Rome", 2021, "income", "treatment", 9.0, 8.0, "limits(upper=8)"),
        ("Pune", 2020, "income", "cap", 1.0, 1.5, "floor = 1.5"),
    ]


def test_an_index_that_changes_nothing_has_an_empty_table_of_cells(index: Make, panel: pl.DataFrame) -> None:
    cells = index({"income": {"cap": 100}, "co2": {"imputation": "mean"}}, period="year").score(panel).cells
    assert cells.is_empty()
    assert cells.schema == {
        "city": pl.String, "year": pl.Int32, "indicator": pl.String, "stage": pl.String,
        "before": pl.Float64, "after": pl.Float64, "why": pl.String,
    }  # fmt: skip


def test_the_stages_of_a_cell_follow_each_other(index: Make, cities: pl.DataFrame) -> None:
    table = cities.with_columns(income=pl.Series([None, 9.0, 1.0, 4.0]))
    spec = {"imputation": "constant(value=20)", "treatment": "limits(upper=10)", "cap": 8, "bounds": [0, 5]}
    cells = index({"income": spec}, {"normalisation": "goalposts"}).score(table).cells.filter(city="Lima")
    assert cells.select("stage", "before", "after").rows() == [
        ("imputation", None, 20.0),
        ("treatment", 20.0, 10.0),
        ("cap", 10.0, 8.0),
        ("clip", 8.0, 5.0),
    ]


# Clipped


@pytest.mark.parametrize(
    ("normalisation", "clipped"),
    [
        ("goalposts", [("Oslo", 9.0, 5.0), ("Pune", 1.0, 2.0)]),
        ("goalposts(truncate=false)", []),
        ("min_max", []),
    ],
)
def test_a_value_beyond_the_bounds_is_listed_where_it_scores_as_the_bound(
    index: Make, cities: pl.DataFrame, normalisation: str, clipped: list[tuple[str, float, float]]
) -> None:
    result = index({"income": {"bounds": [2, 5]}}, {"normalisation": normalisation}).score(cities)
    assert result.cells.select("city", "before", "after").rows() == clipped
    assert result.prepared["income"].to_list() == cities["income"].to_list()


def test_a_cost_beyond_the_bounds_is_listed_in_its_own_unit(index: Make, cities: pl.DataFrame) -> None:
    spec = {"direction": "cost", "bounds": [2, 5]}
    result = index({"income": spec}, {"normalisation": "goalposts"}).score(cities)
    assert result.scores["score"].to_list() == pytest.approx([2 / 3, 0.0, 1.0, 1 / 3])
    assert result.cells.select("city", "before", "after").rows() == [("Oslo", 9.0, 5.0), ("Pune", 1.0, 2.0)]


def test_a_value_beyond_the_worst_is_listed(index: Make, cities: pl.DataFrame) -> None:
    spec = {"direction": "target", "target": 4, "worst": [2, 8]}
    result = index({"income": spec}, RAW).score(cities)
    assert result.scores["score"].to_list() == [0.5, 0.0, 0.0, 1.0]
    assert result.cells.drop("indicator").rows() == [
        ("Oslo", "clip", 9.0, 8.0, "worst, by none"),
        ("Pune", "clip", 1.0, 2.0, "worst, by none"),
    ]


def test_a_value_on_the_bound_is_not_clipped(index: Make, cities: pl.DataFrame) -> None:
    result = index({"income": {"bounds": [1, 9]}}, {"normalisation": "goalposts"}).score(cities)
    assert result.cells.is_empty()


def test_cells_of_screened_units_are_gone(index: Make, cities: pl.DataFrame) -> None:
    table = cities.with_columns(income=pl.Series([None, None, 1.0, 4.0]), co2=pl.Series([1.0, None, 1.0, 2.0]))
    made = index({"income": {}, "co2": {}}, {**RAW, "imputation": "mean"}, screening={"units": 0.5})
    assert made.score(table).cells.select("city", "indicator").rows() == [("Lima", "income")]


def test_cells_of_an_indicator_that_does_not_vary_are_gone_with_it(index: Make, cities: pl.DataFrame) -> None:
    table = cities.with_columns(co2=pl.Series([5.0, None, 5.0, None]))
    result = index({"income": {"cap": 4}, "co2": {}}, {"imputation": "mean", "constant": "drop"}).score(table)
    assert "co2" not in result.prepared.columns
    assert result.cells["indicator"].unique().to_list() == ["income"]


def test_cells_are_one_of_the_tables_of_a_result(index: Make, cities: pl.DataFrame) -> None:
    result = index({"income": {"cap": 4}}).score(cities)
    assert result.frame("cells").equals(result.cells)
