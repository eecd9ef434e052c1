"""Imputations, beside what the R packages COINr and zoo, scikit-learn and a maximised likelihood say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import polars as pl
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from indicia.result import Result

Score: TypeAlias = "Callable[[Mapping[str, Any], pl.DataFrame], Result]"

SETS = ("airquality", "nhanes")
MATRICES = {
    **{
        f"knn_{k}_{weights}_{scale}": f"nearest(k={k}, weights={weights}, standardise={scale == 'standardised'})"
        for k in (1, 5)
        for weights in ("uniform", "distance")
        for scale in ("raw", "standardised")
    },
    "regression_on_complete": "regression",
    "iterative_ols_10": "regression(on=all, rounds=10)",
    "iterative_ols_converged": "regression(on=all)",
    "em_conditional_mean": "expectation_maximisation",
}
PARAMETERS = ("em_parameters", "em_loglik")
MATRICES_LEFT_OUT = {
    "iterative_bayesian_ridge_sklearn_default": "a ridge of one library, after rounds that do not converge",
    "knn_tied_cells": "says where files depend on the order of rows; ours is the order of the files",
}

SERIES = {
    f"{column}_gap{gap}": f"{method}gap={gap})"
    for gap in (1, 2, 99)
    for column, method in {
        "linear": "linear(",
        "linear_flat_ends": "linear(ends=flat, ",
        "locf": "last_value(",
        "nocb": "last_value(direction=backwards, ",
    }.items()
}

ROWS = {
    "impute_mean": "mean",
    "impute_median": "median",
    "impute_mean_grp_EurAsia": "mean(within=EurAsia_group)",
    "impute_mean_grp_GDPpc": "mean(within=GDPpc_group)",
    "impute_median_grp_EurAsia": "median(within=EurAsia_group)",
    "impute_row_mean_all": "row",
    "impute_row_mean_within_pillar": "row(reach=dimension)",
    "impute_row_median_within_pillar": "row(statistic=median, reach=dimension)",
}
GROUPS = ["EurAsia_group", "GDPpc_group"]


@dataclass(frozen=True)
class Panel:
    """The imputation of a panel, and the columns that it fills."""

    imputation: str
    columns: str = "ABCD"


PANELS = {
    "panel_impute_latest": Panel("last_value"),
    "panel_impute_latest_max1": Panel("last_value(limit=1)"),
    "panel_impute_constant_ACD": Panel("last_value(direction=both)", "ACD"),
    "panel_impute_linear_ACD": Panel("linear(ends=flat)", "ACD"),
    "panel_impute_linear_constant": Panel("linear(ends=flat)"),
}
SOURCES = ("panel_impute_latest_source_year",)
ASEM_LEFT_OUT = {
    "panel_input": "the data",
    "panel_trends": "rates of change, which fill nothing",
}


def filled(score: Score, table: pl.DataFrame, columns: list[str], imputation: str, **data: Any) -> pl.DataFrame:
    """Return the columns as the index has them when it normalises."""
    definition = {
        "data": data,
        "indicators": {f"x{number}": {"column": column} for number, column in enumerate(columns)},
        "methodology": METHODOLOGY | {"imputation": imputation},
    }
    names = {f"x{number}": column for number, column in enumerate(columns)}
    return score(definition, table).prepared.rename(names)


METHODOLOGY = {"normalisation": "none", "missing": "skip(minimum_share=0)"}
"""The methodology of an index whose values are read before normalisation."""


@pytest.fixture(scope="module")
def read(reference: Path) -> Callable[[str], pl.DataFrame]:
    """Return a function that reads a file."""
    return lambda key: pl.read_csv(reference / f"{key}.csv", infer_schema_length=None)


@pytest.fixture(scope="module")
def structure(read: Callable[[str], pl.DataFrame]) -> pl.DataFrame:
    """Return the indicators of ASEM: code, direction, pillar."""
    return read("asem/structure").filter(pl.col("Type") == "Indicator").select("iCode", "Direction", "Parent")


@pytest.mark.parametrize("key", MATRICES)
@pytest.mark.parametrize("name", SETS)
def test_what_other_indicators_and_units_tell_is_that_of_two_other_routes(
    name: str, key: str, read: Any, score: Score, assert_equal: Any
) -> None:
    table = read(f"imputation/{name}/input")
    columns = [column for column in table.columns if column != "unit"]
    found = filled(score, table, columns, MATRICES[key], unit="unit")
    assert_equal(found, read(f"imputation/{name}/{key}"), "unit", precision=1e-10)


@pytest.mark.parametrize("name", SETS)
def test_fills_are_what_the_most_likely_mean_and_covariance_let_expect(name: str, read: Any, score: Score) -> None:
    table = read(f"imputation/{name}/input")
    parameters = read(f"imputation/{name}/em_parameters")
    columns = parameters["variable"].to_list()
    mean = parameters["mean"].to_numpy()
    covariance = parameters.select(f"cov_{column}" for column in columns).to_numpy()
    found = filled(score, table, columns, "expectation_maximisation", unit="unit").select(columns).to_numpy()
    missing = table.select(pl.col(columns).is_null()).to_numpy()
    deviation = np.sqrt(np.diag(covariance))
    assert np.abs((found.mean(axis=0) - mean) / deviation).max() < 1e-9
    for row, m in zip(found, missing, strict=True):
        slopes = np.linalg.solve(covariance[np.ix_(~m, ~m)], covariance[np.ix_(~m, m)])
        expected = mean[m] + (row[~m] - mean[~m]) @ slopes
        assert np.abs((row[m] - expected) / deviation[m]).max(initial=0.0) < 1e-9


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("direction", ["benefit", "cost"])
def test_the_details_of_em_are_the_likeliest_mean_covariance_and_likelihood(
    name: str, direction: str, read: Any, score: Score
) -> None:
    table, parameters = read(f"imputation/{name}/input"), read(f"imputation/{name}/em_parameters")
    columns = parameters["variable"].to_list()
    indicators = {column: {"direction": direction if place == 1 else "benefit"} for place, column in enumerate(columns)}
    methodology = METHODOLOGY | {"imputation": "expectation_maximisation"}
    result = score({"data": {"unit": "unit"}, "indicators": indicators, "methodology": methodology}, table)
    covariance = parameters.select(f"cov_{column}" for column in columns).to_numpy()
    deviation = np.sqrt(np.diag(covariance))
    means = result.details(table="means")
    assert means["indicator"].to_list() == columns
    assert np.abs((means["mean"].to_numpy() - parameters["mean"].to_numpy()) / deviation).max() < 1e-9
    assert means["sd"].to_numpy() == pytest.approx(deviation, rel=1e-9)
    found = result.details(table="covariance").select(columns).to_numpy()
    assert np.abs((found - covariance) / np.outer(deviation, deviation)).max() < 1e-9
    units, likelihood = read(f"imputation/{name}/em_loglik").row(0)
    row = result.details(table="likelihood").row(0, named=True)
    assert row["log-likelihood"] == pytest.approx(likelihood, rel=1e-12)
    assert row["units"] == units
    assert row["steps"] > 1


@pytest.mark.parametrize("name", SETS)
def test_the_donors_and_the_coefficients_of_the_details_give_the_filled_values(
    name: str, read: Any, score: Score
) -> None:
    table = read(f"imputation/{name}/input")
    columns = [column for column in table.columns if column != "unit"]

    def run(imputation: str) -> Result:
        indicators = {column: {"direction": "cost" if column == columns[0] else "benefit"} for column in columns}
        methodology = METHODOLOGY | {"imputation": imputation}
        return score({"data": {"unit": "unit"}, "indicators": indicators, "methodology": methodology}, table)

    long = table.unpivot(index="unit", variable_name="indicator").with_columns(pl.col("unit").cast(pl.String))
    by_neighbours = run("nearest(k=5, weights=distance)")
    donors = by_neighbours.details(table="donors").join(
        long.rename({"unit": "donor"}), on=["donor", "indicator"], how="left", validate="m:1"
    )
    sums = donors.group_by("unit", "indicator").agg(value=(pl.col("share") * pl.col("value")).sum())
    assert sums.height == long["value"].null_count()
    prepared = by_neighbours.prepared.unpivot(index="unit", variable_name="indicator", value_name="filled")
    pairs = sums.join(prepared.with_columns(pl.col("unit").cast(pl.String)), on=["unit", "indicator"], validate="1:1")
    assert pairs["value"].to_numpy() == pytest.approx(pairs["filled"].to_numpy(), rel=1e-9)

    by_regression = run("regression(on=all)")
    filled = by_regression.prepared
    for indicator, equation in by_regression.details(table="coefficients").group_by("indicator"):
        slopes = dict(equation.select("term", "coefficient").iter_rows())
        constant = slopes.pop("constant")
        fitted = filled.select(constant + pl.sum_horizontal(pl.col(term) * b for term, b in slopes.items())).to_series()
        gaps = table[indicator[0]].is_null()
        assert fitted.filter(gaps).to_numpy() == pytest.approx(filled[indicator[0]].filter(gaps).to_numpy(), rel=1e-8)


@pytest.mark.parametrize("key", SERIES)
def test_a_series_is_filled_as_zoo_fills_it(key: str, read: Any, score: Score, assert_equal: Any) -> None:
    table = read("imputation/series/input")
    found = filled(score, table, ["x"], SERIES[key], unit="unit", period="time")
    wanted = read("imputation/series/filled").select("unit", "time", x=key)
    assert_equal(found, wanted, "unit", "time")


@pytest.mark.parametrize("key", ROWS)
def test_asem_is_filled_as_coinr_fills_it(
    key: str, structure: pl.DataFrame, read: Any, score: Score, assert_equal: Any
) -> None:
    groups = read("asem/indicators").select("uCode", *GROUPS)
    table = read("asem/golden/raw_sorted").select("uCode", *structure["iCode"]).join(groups, on="uCode")
    definition = {
        "data": {"unit": "uCode", "groups": GROUPS},
        "dimensions": {pillar: {} for pillar in structure["Parent"].unique().sort()},
        "indicators": {
            code: {"direction": str(direction), "dimension": pillar}
            for code, direction, pillar in structure.iter_rows()
        },
        "methodology": METHODOLOGY | {"imputation": ROWS[key]},
    }
    wanted = read(f"asem/golden/{key}").select("uCode", *structure["iCode"])
    assert_equal(score(definition, table).prepared, wanted, "uCode", precision=1e-12)


@pytest.mark.parametrize("key", PANELS)
def test_a_panel_is_filled_as_coinr_fills_it(key: str, read: Any, score: Score, assert_equal: Any) -> None:
    columns = list(PANELS[key].columns)
    table = read("asem/golden/panel_input")
    found = filled(score, table, columns, PANELS[key].imputation, unit="uCode", period="Time")
    assert_equal(found, read(f"asem/golden/{key}").select("uCode", "Time", *columns), "uCode", "Time")


@pytest.mark.parametrize("column", "ABCD")
def test_the_last_value_is_that_of_the_year_that_coinr_names(column: str, read: Any, score: Score) -> None:
    table = read("asem/golden/panel_input")
    found = filled(score, table, [column], "last_value", unit="uCode", period="Time")
    source = read("asem/golden/panel_impute_latest_source_year").select("uCode", "Time", year=column)
    values = table.select("uCode", year="Time", value=column)
    taken = source.join(values, on=["uCode", "year"], how="left")
    pair = found.cast({"Time": pl.Int64}).join(taken, on=["uCode", "Time"], validate="1:1")
    assert pair.height == table.height
    assert pair.filter(pl.col(column).ne_missing(pl.col("value"))).is_empty()


def test_every_file_is_compared_or_left_out_for_a_reason(reference: Path, read: Any) -> None:
    matrices = {*MATRICES, *PARAMETERS, *MATRICES_LEFT_OUT, "input"}
    for name in SETS:
        assert {path.stem for path in (reference / "imputation" / name).glob("*.csv")} == matrices
    assert {path.stem for path in (reference / "imputation" / "series").glob("*.csv")} == {"input", "filled"}
    assert set(read("imputation/series/filled").columns) == {"unit", "time", "x", *SERIES}
    folders = {path.name for path in (reference / "imputation").iterdir() if path.is_dir()}
    assert folders == {*SETS, "series", "power"}, "powers are treatments"
    golden = {path.stem for start in ("impute", "panel") for path in (reference / "asem/golden").glob(f"{start}_*.csv")}
    assert golden == {*ROWS, *PANELS, *SOURCES, *ASEM_LEFT_OUT}
