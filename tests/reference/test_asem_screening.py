"""Availability and screening of the ASEM indicators, and trends of a panel, beside what the R package COINr says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from indicia.result.statistics import trends

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from indicia.result import Result

    Score = Callable[[Mapping[str, Any], pl.DataFrame], Result]
    Read = Callable[[str], pl.DataFrame]

SCREENED: dict[str, dict[str, Any]] = {
    "screen_byNA_0.9_0.9": {"units": 0.9},
    "screen_byzeros_0.9_0.9": {"non_zero": 0.9},
    "screen_byNAandzeros_0.9_0.9": {"units": 0.9, "non_zero": 0.9},
    "screen_byNA_0.95_forced_AUT_out_BRN_in": {"units": 0.95, "keep": ["BRN"], "without": ["AUT"]},
}
ROUNDING = 1e-15


@pytest.fixture(scope="module")
def read(reference: Path) -> Read:
    """Return a function that reads a golden file."""
    return lambda key: pl.read_csv(reference / "asem" / "golden" / f"{key}.csv", infer_schema_length=None)


@pytest.fixture(scope="module")
def screened(score: Score, read: Read) -> Callable[..., Result]:
    """Return a function that screens the raw indicators, each in its pillar."""
    parents = dict(read("lineage").select("Indicator", "Pillar").rows())

    def run(table: str = "raw_sorted", **screening: Any) -> Result:
        definition = {
            "data": {"unit": "uCode"},
            "dimensions": {pillar: {} for pillar in parents.values()},
            "indicators": {code: {"dimension": pillar} for code, pillar in parents.items()},
            "screening": screening,
            "methodology": {"normalisation": "none", "missing": "skip(minimum_share=0)"},
        }
        return score(definition, read(table))

    return run


@pytest.mark.parametrize("key", SCREENED)
def test_the_units_that_coinr_includes_stay(screened: Callable[..., Result], read: Read, key: str) -> None:
    golden = read(key)
    result = screened(**SCREENED[key])
    assert result.scores["uCode"].to_list() == golden.filter("Included")["uCode"].to_list()
    assert golden["Included"].all() == (key == "screen_byzeros_0.9_0.9")
    left_out = set(result.left_out["uCode"])
    assert left_out == set(golden.filter(~pl.col("Included"))["uCode"])


def test_the_default_build_leaves_out_nobody_after_imputation(screened: Callable[..., Result], read: Read) -> None:
    summary = read("build_screen_summary")
    assert summary["Included"].all()
    result = screened("build_imputed", units=0.9)
    assert result.scores["uCode"].to_list() == summary["uCode"].to_list()
    assert result.left_out.is_empty()
    screened_values = read("build_screened")
    assert result.prepared.select(screened_values.columns).equals(screened_values)


@pytest.mark.parametrize(
    ("word", "of", "column"), [("units", "indicators", "Dat_Avail"), ("non_zero", "values other than zero", "Non_Zero")]
)
def test_the_shares_that_units_have(
    screened: Callable[..., Result], read: Read, assert_equal: Callable[..., None], word: str, of: str, column: str
) -> None:
    golden = read("avail_units_raw").filter(pl.col(column) < 1).select("uCode", column)
    kept = read("raw_sorted")["uCode"].to_list()
    result = screened(**{word: 1.0, "keep": kept[:1]})
    found = result.left_out.filter(of=of).select("uCode", pl.col("found").alias(column))
    told = golden.filter(~pl.col("uCode").is_in(kept[:1]))
    assert_equal(found, told, "uCode", precision=ROUNDING)
    assert golden.height > 5


def test_the_shares_that_units_have_of_each_pillar(
    screened: Callable[..., Result], read: Read, assert_equal: Callable[..., None]
) -> None:
    pillars = ["ConEcFin", "Instit", "P2P", "Physical", "Political", "Environ", "Social", "SusEcFin"]
    golden = read("avail_units_by_group_raw").unpivot(
        pillars, index="uCode", variable_name="pillar", value_name="share"
    )
    golden = golden.filter(pl.col("share") < 1)
    result = screened(dimensions=1.0)
    found = result.left_out.select(
        "uCode", pl.col("of").str.strip_prefix("indicators of ").alias("pillar"), pl.col("found").alias("share")
    )
    assert_equal(found, golden, "uCode", "pillar", precision=ROUNDING)


def test_the_trends_of_a_panel(read: Read, assert_equal: Callable[..., None]) -> None:
    panel, golden = read("panel_input"), read("panel_trends").cast({"CAGR": pl.Float64})
    for code in "ABCD":
        found = trends(panel, code, unit="uCode", period="Time").select(
            "uCode",
            CAGR="cagr",
            prc_change_per1=pl.col("relative_slope") * 100,
            prc_change_per10=pl.col("relative_slope") * 1000,
        )
        wanted = golden.filter(iCode=code).drop("iCode")
        assert wanted["CAGR"].null_count() == found["CAGR"].null_count()
        assert_equal(found, wanted, "uCode")
