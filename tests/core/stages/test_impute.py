"""Imputation of missing values."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicia import catalogue
from indicia.catalogue import hookimpl, installed
from indicia.errors import DataError, DefinitionError, MethodFailure
from indicia.index import Index
from indicia.methods import Imputation, MatrixImputation, SeriesImputation
from indicia.tables import evaluate as evaluating
from indicia_methods import aggregation, normalisation, weighting

if TYPE_CHECKING:
    from collections.abc import Callable

    from indicia.methods import Array, Expression, Statistics

    Make = Callable[..., Index]


@dataclass(frozen=True)
class Smallest(Imputation):
    """Fill with the smallest value."""

    name = "smallest"
    reference = "None"

    divisor: float = 1.0

    def fill(self, x: Expression, s: Statistics) -> Expression:
        return s.min / self.divisor


@dataclass(frozen=True)
class Next(SeriesImputation):
    """Fill with the period, and try to change what is there."""

    name = "the_period"
    reference = "None"

    def follow(self, x: Expression, t: Expression) -> Expression:
        return t + 0 * x.fill_null(0.0)


@dataclass(frozen=True)
class Sevens(MatrixImputation):
    """Give sevens everywhere, or a matrix of another shape."""

    name = "sevens"
    reference = "None"

    columns: int = 0

    def complete(self, values: Array) -> Array:
        return np.full((len(values), values.shape[1] + self.columns), 7.0)


@dataclass(frozen=True)
class Width(MatrixImputation):
    """Fill with the number of indicators that are seen together."""

    name = "width"
    reference = "None"

    def complete(self, values: Array) -> Array:
        return np.where(np.isnan(values), values.shape[1], values)


@dataclass(frozen=True)
class WidthHere(Width):
    """Fill with the number of indicators of the dimension."""

    name = "width_here"
    reach = "dimension"


def offer() -> list[type[Imputation]]:
    return [Smallest, Next, Sevens, Width, WidthHere]


OWN = catalogue.gather(
    normalisation,
    weighting,
    aggregation,
    SimpleNamespace(__name__="own", indicia_imputations=hookimpl(offer, specname="indicia_imputations")),
)
GAPS = pl.DataFrame(
    {
        "city": ["Lima", "Oslo", "Pune", "Rome", "Bonn"],
        "region": ["south", "north", "south", "north", "north"],
        "a": [1.0, None, 3.0, 5.0, None],
        "b": [2.0, 4.0, None, 8.0, 6.0],
    }
)


def filled(
    index: Make, imputation: str, table: pl.DataFrame = GAPS, methodology: dict[str, Any] | None = None, **rest: Any
) -> pl.DataFrame:
    words = {"imputation": imputation, "normalisation": "none", "missing": "propagate", **(methodology or {})}
    prepared: pl.DataFrame = index({"a": {}, "b": {}}, words, **rest).score(table).prepared
    return prepared


def test_a_gap_in_a_group_without_values_is_refused_with_the_name_of_the_imputation(index: Make) -> None:
    table = GAPS.with_columns(a=pl.Series([1.0, None, 3.0, None, None]))
    with pytest.raises(DataError) as caught:
        index({"a": {}, "b": {}}, {"imputation": "mean(within=region)"}).score(table)
    assert str(caught.value) == (
        "a is missing for 3 unit(s): Oslo, Rome, Bonn\n"
        "  mean(within=region) found no value for these units\n"
        '  fix: complete the data, choose another imputation, or write missing = "skip" or missing = "propagate"'
    )


def test_values_that_an_imputation_leaves_missing_are_named(index: Make) -> None:
    table = GAPS.with_columns(a=pl.Series([1.0, None, 3.0, None, None]))
    words = {"imputation": "mean(within=region)", "missing": "skip"}
    (first, *_) = index({"a": {}, "b": {}}, words).score(table).notes
    assert first == "mean(within=region) finds no value to fill 3 values of a: Oslo, Rome, Bonn"


@pytest.mark.parametrize("imputation", ["mean", "median(within=region)", "constant(value=-1)", "mean(within=region)"])
def test_gaps_of_many_rows_are_filled_like_those_of_few_rows(
    index: Make, monkeypatch: pytest.MonkeyPatch, imputation: str
) -> None:
    few = filled(index, imputation)
    monkeypatch.setattr(evaluating, "MANY_ROWS", 2)
    assert filled(index, imputation).equals(few)


# What is filled


def test_a_statistic_of_the_whole_column_or_of_the_group_is_filled_in(index: Make) -> None:
    assert filled(index, "mean")["a"].to_list() == [1.0, 3.0, 3.0, 5.0, 3.0]
    assert filled(index, "median(within=region)")["a"].to_list() == [1.0, 5.0, 3.0, 5.0, 5.0]
    assert filled(index, "constant(value=-1)")["b"].to_list() == [2.0, 4.0, -1.0, 8.0, 6.0]


def test_a_mean_within_group_and_period_is_that_of_both(index: Make) -> None:
    panel = pl.concat([GAPS.with_columns(year=pl.lit(2020)), GAPS.with_columns(pl.col("a") * 10, year=pl.lit(2021))])
    found = filled(index, "mean(within=('region', 'period'))", panel, period="year")
    assert found["a"].to_list() == [1.0, 5.0, 3.0, 5.0, 5.0, 10.0, 50.0, 30.0, 50.0, 50.0]


def test_statistics_within_the_period_hold_for_imputation_too(index: Make) -> None:
    panel = pl.concat([GAPS.with_columns(year=pl.lit(2020)), GAPS.with_columns(pl.col("a") * 10, year=pl.lit(2021))])
    found = filled(index, "mean", panel, {"statistics": "period"}, period="year")
    assert found["a"].to_list() == [1.0, 3.0, 3.0, 5.0, 3.0, 10.0, 30.0, 30.0, 50.0, 30.0]


def test_a_reference_period_gives_the_mean_to_all(index: Make) -> None:
    panel = pl.concat([GAPS.with_columns(year=pl.lit(2020)), GAPS.with_columns(pl.col("a") * 10, year=pl.lit(2021))])
    found = filled(index, "mean", panel, {"statistics": {"reference": 2020}}, period="year")
    assert found.filter(year=2021)["a"].to_list() == [10.0, 3.0, 30.0, 50.0, 3.0]


@pytest.mark.parametrize("imputation", ["row", "nearest(k=1)", "regression(on=all)"])
def test_rows_of_a_period_are_completed_as_if_there_were_no_other(index: Make, imputation: str) -> None:
    later = GAPS.with_columns(pl.col("a") * 7 + 1, b=pl.Series([6.0, 4.0, 1.0, None, 2.0]))
    panel = pl.concat([GAPS.with_columns(year=pl.lit(2020)), later.with_columns(year=pl.lit(2021))])
    found = filled(index, imputation, panel, {"statistics": "period"}, period="year")
    for year, table in ((2020, GAPS), (2021, later)):
        alone = filled(index, imputation, table)
        assert found.filter(year=year).select("a", "b").equals(alone.select("a", "b"))


def test_a_series_is_followed_whatever_the_order_of_the_rows(index: Make) -> None:
    panel = pl.DataFrame(
        {
            "city": ["Lima", "Oslo"] * 4,
            "region": ["south", "north"] * 4,
            "year": [2023, 2023, 2020, 2020, 2024, 2024, 2021, 2021],
            "a": [None, None, 1.0, 10.0, 9.0, None, 3.0, None],
            "b": [1.0] * 8,
        }
    )
    found = filled(index, "linear", panel, period="year").select("city", "year", "a")
    assert found.filter(city="Lima")["a"].to_list() == [7.0, 1.0, 9.0, 3.0]
    assert found.filter(city="Oslo")["a"].to_list() == [None, 10.0, None, None]
    flat = filled(index, "linear(ends=flat)", panel, period="year")
    assert flat.filter(city="Oslo")["a"].to_list() == [10.0] * 4


def test_periods_of_text_follow_each_other_in_their_order(index: Make) -> None:
    panel = pl.DataFrame(
        {
            "city": ["Lima"] * 3,
            "region": ["south"] * 3,
            "quarter": ["2020Q3", "2020Q1", "2020Q2"],
            "a": [5.0, 1.0, None],
            "b": [1.0] * 3,
        }
    )
    assert filled(index, "linear", panel, period="quarter")["a"].to_list() == [5.0, 1.0, 3.0]


def test_an_imputation_holds_for_a_dimension_an_indicator_or_none(index: Make) -> None:
    result = index(
        {
            "a": {"dimension": "one"},
            "b": {"dimension": "one", "imputation": "constant(value=0)"},
            "c": {"column": "a", "dimension": "one", "imputation": "none"},
            "d": {"column": "a"},
        },
        {"imputation": "mean", "normalisation": "none", "missing": "skip"},
        dimensions={"one": {"imputation": "median"}},
    ).score(GAPS.with_columns(a=pl.Series([1.0, None, 1.0, 7.0, None])))
    assert result.prepared.row(1)[2:] == (1.0, 4.0, None, 3.0)
    assert result.prepared["b"].to_list() == [2.0, 4.0, 0.0, 8.0, 6.0]


def test_a_matrix_is_that_of_the_index_or_of_one_dimension(index: Make) -> None:
    indicators = {"a": {"dimension": "one"}, "b": {"dimension": "one"}, "c": {"column": "b"}}
    found = {}
    for method in ("width", "width_here"):
        words = {"imputation": method, "normalisation": "none"}
        result = index(indicators, words, dimensions={"one": {}}, methods=OWN).score(GAPS)
        found[method] = (result.prepared["a"][1], result.prepared["c"][2])
    assert found == {"width": (3.0, 3.0), "width_here": (2.0, 1.0)}


@pytest.mark.parametrize("imputation", ["smallest", "the_period", "sevens"])
def test_values_that_are_present_are_never_touched(index: Make, imputation: str) -> None:
    panel = GAPS.with_columns(year=pl.lit(2020))
    found = filled(index, imputation, panel, period="year", methods=OWN)
    for name in ("a", "b"):
        there = panel[name].is_not_null()
        assert found[name].filter(there).equals(panel[name].filter(there))
        assert found[name].null_count() == 0


WHOLE = st.integers(-(10**6), 10**6).map(float)
"""Whole numbers, since values that differ by rounding noise are read as one."""


@settings(max_examples=30)
@given(
    values=st.lists(st.lists(st.none() | WHOLE, min_size=3, max_size=3), min_size=4, max_size=9),
    imputation=st.sampled_from(["mean", "median(within=region)", "row", "nearest(k=2)", "constant(value=1)"]),
)
def test_filled_values_are_listed_and_no_other_value_changes(values: list[list[float | None]], imputation: str) -> None:
    table = pl.DataFrame(values, schema=dict.fromkeys("abc", pl.Float64), orient="row").with_columns(
        city=pl.Series([f"c{number}" for number in range(len(values))]),
        region=pl.Series([str(number % 2) for number in range(len(values))]),
    )
    raw = {
        "data": {"unit": "city", "groups": ["region"]},
        "indicators": {"a": {}, "b": {}, "c": {}},
        "methodology": {"imputation": imputation, "normalisation": "none", "missing": "propagate"},
    }
    result = Index(raw, SHIPPED).score(table)
    told = {
        (city, name): (before, after)
        for city, name, before, after in result.cells.select("city", "indicator", "before", "after").rows()
    }
    for name in "abc":
        for city, before, after in zip(table["city"], table[name], result.prepared[name], strict=True):
            assert told.pop((city, name), (before, before)) == (before, after)
            assert before is None or before == after
    assert not told


SHIPPED = installed()


# What cannot be filled


def test_a_group_that_has_no_value_stays_missing_and_meets_the_policy(index: Make) -> None:
    table = GAPS.with_columns(a=pl.Series([1.0, None, 3.0, None, None]))
    assert filled(index, "mean(within=region)", table)["a"].to_list() == [1.0, None, 3.0, None, None]
    with pytest.raises(DataError) as caught:
        filled(index, "mean(within=region)", table, {"missing": "refuse"})
    assert caught.value.what == "a is missing for 3 unit(s): Oslo, Rome, Bonn"


def test_a_series_without_value_stays_missing(index: Make) -> None:
    panel = GAPS.with_columns(year=pl.lit(2020))
    with pytest.raises(DataError, match=r"a is missing for 2 unit\(s\): Oslo 2020, Bonn 2020"):
        filled(index, "linear(ends=flat)", panel, {"missing": "refuse"}, period="year")


@pytest.mark.parametrize(
    ("imputation", "rest", "error", "said"),
    [
        (
            "mean(within=regoin)",
            {},
            DefinitionError,
            'mean(within=regoin) names the groups "regoin", which is no column of data.groups\n'
            '  fix: did you mean "region"?',
        ),
        ("linear", {}, DefinitionError, 'linear looks at other periods\n  fix: write period = "year" in [data]'),
        (
            "smallest(divisor=0)",
            {"methods": OWN},
            DataError,
            f"smallest(divisor=0) has no finite value of a for Oslo, Bonn\n  plugin {__name__}\n"
            "  fix: choose another imputation for a",
        ),
        (
            "sevens(columns=1)",
            {"methods": OWN},
            MethodFailure,
            f"sevens of a, b gives values of shape (5, 3) where (5, 2) is wanted\n  plugin {__name__}\n"
            "  fix: this is a fault of the method: tell its authors; --traceback shows how it came about",
        ),
    ],
)
def test_an_imputation_that_cannot_run_is_an_error_with_the_reason(
    index: Make, imputation: str, rest: dict[str, Any], error: type[Exception], said: str
) -> None:
    with pytest.raises(error) as caught:
        filled(index, imputation, **rest)
    assert str(caught.value) == said


def test_a_unit_without_group_is_of_no_group(index: Make) -> None:
    table = GAPS.with_columns(region=pl.Series(["south", None, "south", "north", None]))
    with pytest.raises(DataError) as caught:
        filled(index, "mean(within=region)", table)
    assert str(caught.value) == (
        'mean(within=region): "region" is empty for 2 unit(s): Oslo, Bonn\n  fix: name the group of every unit'
    )
