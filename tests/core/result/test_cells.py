"""The table of changed cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from indicia import fit

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


def test_a_value_beyond_the_unit_of_comparison_is_listed(index: Make, cities: pl.DataFrame) -> None:
    normalisation = "distance_to_reference(unit=Lima, cap=true)"
    indicators = {"income": {}, "co2": {"direction": "cost"}}
    cells = index(indicators, {"normalisation": normalisation}).score(cities).cells
    assert cells.select("city", "indicator", "before", "after").rows() == [
        ("Oslo", "income", 9.0, 3.0),
        ("Rome", "income", 4.0, 3.0),
        ("Pune", "co2", 1.5, 2.0),
    ]
    assert cells["why"].unique().to_list() == ["value of Lima, by distance_to_reference(unit=Lima, cap=True)"]
    without = index(indicators, {"normalisation": "distance_to_reference(unit=Lima)"}).score(cities)
    assert without.cells.is_empty()


def test_a_value_beyond_the_target_is_listed(index: Make, cities: pl.DataFrame) -> None:
    indicators = {"income": {"target": 4}, "co2": {"direction": "cost", "target": 2}}
    cells = index(indicators, {"normalisation": "distance_to_target(cap=true)"}).score(cities).cells
    assert cells.select("city", "indicator", "before", "after").rows() == [
        ("Oslo", "income", 9.0, 4.0),
        ("Pune", "co2", 1.5, 2.0),
    ]
    assert index(indicators, {"normalisation": "distance_to_target"}).score(cities).cells.is_empty()


@pytest.mark.parametrize("direction", ["benefit", "cost"])
def test_a_value_beyond_the_range_of_the_reference_period_is_listed(
    index: Make, panel: pl.DataFrame, direction: str
) -> None:
    later = panel.with_columns(income=pl.when(year=2021).then(pl.col("income") * 2).otherwise("income"))
    words = {"normalisation": "min_max(clip=both)", "statistics": {"reference": 2020, "within": "region"}}
    cells = index({"income": {"direction": direction}}, words, period="year").score(later).cells
    assert cells.select("city", "year", "before", "after").rows() == [
        ("Lima", 2021, 8.0, 3.0),
        ("Oslo", 2021, 12.0, 9.0),
        ("Pune", 2021, 4.0, 3.0),
        ("Rome", 2021, 18.0, 9.0),
    ]
    assert cells["why"].unique().to_list() == ["range of the reference, by min_max(clip=both)"]


def test_a_value_beyond_the_fitted_range_is_listed_where_it_scores_as_the_end(
    index: Make, cities: pl.DataFrame
) -> None:
    new = pl.DataFrame({"city": ["Bonn", "Cork"], "region": ["north"] * 2, "income": [10.0, 5.0]})
    cells = fit(index({"income": {}}, {"normalisation": "min_max(clip=upper)"}), cities).score(new).cells
    assert cells.drop("indicator").rows() == [("Bonn", "clip", 10.0, 9.0, "fitted range, by min_max(clip=upper)")]
    assert fit(index({"income": {}}), cities).score(new).cells.is_empty()


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
    assert "co2" not in result.normalised.columns
    assert result.prepared["co2"].to_list() == [5.0] * 4
    assert result.cells["indicator"].unique().to_list() == ["income"]


def test_cells_are_one_of_the_tables_of_a_result(index: Make, cities: pl.DataFrame) -> None:
    result = index({"income": {"cap": 4}}).score(cities)
    assert result.frame("cells").equals(result.cells)
