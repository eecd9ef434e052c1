"""The whole build of the ASEM index, from raw data to ranks in one index file, beside that of the R package COINr."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import indicia

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from indicia.result import Result

    Score = Callable[[Mapping[str, Any], pl.DataFrame], Result]
    Read = Callable[[str], pl.DataFrame]

BUILD = {
    "imputation": "mean(within='EurAsia_group')",
    "treatment": "winsorise(points=5, otherwise=log_range)",
    "normalisation": "min_max(lower=0, upper=100)",
    "aggregation": "arithmetic",
    "ranks": ["EurAsia_group"],
}
HERE = {
    "build_denominated",
    "build_imputed",
    "build_screened",
    "build_treated",
    "build_treated_points",
    "build_normalised",
    "build_aggregated",
    "build_results_table",
}
ELSEWHERE = {
    "build_ranks": "test_asem, of every column",
    "build_treat_details": "test_treatment",
    "build_screen_summary": "test_asem_screening",
}
PRECISION = 1e-9


@pytest.fixture(scope="module")
def read(reference: Path) -> Read:
    """Return a function that reads a golden file."""
    return lambda key: pl.read_csv(reference / "asem" / "golden" / f"{key}.csv", infer_schema_length=None)


@pytest.fixture(scope="module")
def result(reference: Path, score: Score) -> Result:
    """Return the index, computed from raw data."""
    return score(definition(reference), pl.read_csv(reference / "asem" / "indicators.csv", infer_schema_length=None))


def definition(reference: Path) -> dict[str, Any]:
    structure = pl.read_csv(reference / "asem" / "structure.csv", infer_schema_length=None)
    indicators: dict[str, Any] = {}
    dimensions: dict[str, Any] = {}
    for row in structure.iter_rows(named=True):
        parent = None if row["Parent"] == "Index" else row["Parent"]
        if row["Type"] == "Indicator":
            per = {"per": row["Denominator"]} if row["Denominator"] else {}
            indicators[row["iCode"]] = {"dimension": parent, "direction": str(row["Direction"]), **per}
        elif row["Type"] == "Aggregate" and row["iCode"] != "Index":
            dimensions[row["iCode"]] = {"parent": parent}
    return {
        "data": {"unit": "uCode", "groups": ["EurAsia_group"]},
        "dimensions": dimensions,
        "indicators": indicators,
        "methodology": BUILD,
    }


def test_values_are_denominated(reference: Path, read: Read, score: Score, assert_equal: Callable[..., None]) -> None:
    bare = {**definition(reference), "methodology": {"normalisation": "none", "missing": "skip(minimum_share=0)"}}
    table = pl.read_csv(reference / "asem" / "indicators.csv", infer_schema_length=None)
    golden = read("build_denominated")
    assert_equal(score(bare, table).prepared, golden.select("uCode", *bare["indicators"]), "uCode")


def test_every_filled_cell_is_that_of_coinr_and_no_other_is_filled(result: Result, read: Read) -> None:
    before, after = read("build_denominated"), read("build_imputed")
    filled = {
        (unit, column)
        for column in after.columns[1:]
        for unit, was in before.select("uCode", column).iter_rows()
        if was is None
    }
    found = result.cells.filter(stage="imputation")
    assert set(found.select("uCode", "indicator").iter_rows()) == filled
    assert len(filled) > 60
    wanted = dict(zip(after["uCode"], after.drop("uCode").iter_rows(named=True), strict=True))
    for unit, column, value in found.select("uCode", "indicator", "after").iter_rows():
        assert value == pytest.approx(wanted[unit][column], rel=PRECISION), (unit, column)


def test_every_treated_cell_is_that_of_coinr_and_no_other_is_treated(result: Result, read: Read) -> None:
    points, before, after = read("build_treated_points"), read("build_screened"), read("build_treated")
    rows = {unit: number for number, unit in enumerate(before["uCode"])}
    marked = {
        (unit, column)
        for column in points.columns[1:]
        for unit, mark in points.select("uCode", column).iter_rows()
        if mark
    }
    found = result.cells.filter(stage="treatment")
    assert set(found.select("uCode", "indicator").iter_rows()) == marked
    for unit, column, was, value in found.select("uCode", "indicator", "before", "after").iter_rows():
        assert was == pytest.approx(before[column][rows[unit]], rel=PRECISION)
        assert value == pytest.approx(after[column][rows[unit]], rel=PRECISION)


def test_every_later_stage_is_that_of_coinr(result: Result, read: Read, assert_equal: Callable[..., None]) -> None:
    scores = result.scores.rename({"score": "Index"})
    assert_equal(result.prepared, read("build_treated"), "uCode")
    assert_equal(result.normalised, read("build_normalised"), "uCode")
    assert_equal(result.normalised.join(scores, on="uCode"), read("build_aggregated"), "uCode")


def test_the_table_of_results_is_that_of_coinr(result: Result, read: Read, assert_equal: Callable[..., None]) -> None:
    golden = read("build_results_table")
    ranking = result.ranking.rename({"score": "Index", "rank": "Rank"})
    assert ranking["uCode"].to_list() == golden["uCode"].to_list()
    assert_equal(ranking, golden, "uCode")


def test_ranks_within_the_continent_are_those_of_coinr(result: Result, read: Read) -> None:
    golden = read("rank_index_within_EurAsia").select("uCode", "EurAsia_group", "Index").sort("uCode")
    found = result.scores.select("uCode", "EurAsia_group", Index="rank_EurAsia_group").sort("uCode")
    assert found.rows() == golden.rows()


def test_what_was_fitted_scores_the_raw_data_to_the_last_digit(reference: Path, result: Result) -> None:
    table = pl.read_csv(reference / "asem" / "indicators.csv", infer_schema_length=None)
    fitted = indicia.fit(indicia.read(definition(reference)), table)
    assert fitted.score(table).scores.equals(result.scores)


def test_no_file_of_the_build_is_forgotten(reference: Path) -> None:
    files = {path.stem for path in (reference / "asem" / "golden").glob("build_*.csv")}
    assert files == HERE | ELSEWHERE.keys()
