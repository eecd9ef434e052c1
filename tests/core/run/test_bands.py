"""The band of each unit: by thresholds, by ranges, and by shares of the units."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

import indicia
from indicia.errors import DataError

UNITS = pl.DataFrame(
    {
        "unit": list("abcdef"),
        "region": ["n", "n", "n", "s", "s", "s"],
        "x": [0.0, 2.0, 4.0, 6.0, 8.0, 10.0],
    }
)


def score(bands: dict[str, Any], table: pl.DataFrame = UNITS, **sections: Any) -> indicia.Result:
    """Score units by x alone, from 0 to 10, with the bands `b`."""
    raw = {
        "data": {"unit": "unit", "groups": ["region"], **sections.pop("data", {})},
        "indicators": {"x": {"direction": "benefit", "bounds": [0, 10]}},
        "methodology": {"normalisation": "min_max(upper=10)", **sections.pop("methodology", {})},
        "bands": {"b": bands},
        **sections,
    }
    return indicia.read(raw).score(table)


def bands(bands: dict[str, Any], table: pl.DataFrame = UNITS, **sections: Any) -> list[Any]:
    return score(bands, table, **sections).bands["b"].to_list()


def test_a_score_on_a_threshold_belongs_to_the_band_above() -> None:
    assert bands({"thresholds": [4, 8]}) == [1, 1, 2, 2, 3, 3]


def test_a_score_on_a_threshold_belongs_to_the_band_below_if_bands_are_closed_at_the_upper_end() -> None:
    assert bands({"thresholds": [4, 8], "closed": "upper"}) == [1, 1, 1, 2, 2, 3]


def test_ranges_have_names_and_both_outer_ends_belong_to_them() -> None:
    ranges = {"high": [8, 10], "low": [0, 4], "middle": [4, 8]}
    column = score({"ranges": ranges}).bands["b"]
    assert column.to_list() == ["low", "low", "middle", "middle", "high", "high"]
    assert column.dtype == pl.Enum(["low", "middle", "high"])


def test_a_range_may_be_open() -> None:
    inf = float("inf")
    assert bands({"ranges": {"low": [-inf, 4], "high": [4, inf]}}) == ["low"] * 2 + ["high"] * 4


def test_scores_that_differ_from_a_threshold_by_rounding_noise_stand_on_it() -> None:
    table = pl.DataFrame({"unit": ["a", "b"], "region": ["n", "s"], "x": [0.3, 0.1 + 0.2]})
    assert table["x"][0] < table["x"][1]
    for threshold in table["x"]:
        for closed, band in (("lower", 2), ("upper", 1)):
            assert bands({"of": "x", "thresholds": [threshold], "closed": closed}, table) == [band, band]


def test_rounded_scores_are_compared_with_thresholds() -> None:
    table = UNITS.with_columns(x=pl.Series([3.94, 3.95, 4.0, 6.0, 8.0, 10.0]))
    assert bands({"thresholds": [4]}, table, methodology={"decimals": 1}) == [1, 2, 2, 2, 2, 2]
    assert bands({"thresholds": [4], "decimals": 1}, table) == [1, 2, 2, 2, 2, 2]


def test_equal_shares_of_ranks_round_the_share_of_the_rank_up() -> None:
    """Band = ceil(4 · rank / 6), the decile of the English Indices of Deprivation with 4 in place of 10."""
    assert bands({"of": "rank", "shares": 4}) == [4, 4, 3, 2, 2, 1]


def test_a_list_of_shares_ends_bands_at_their_sums() -> None:
    """Places 1 to 6 of 6, and limits at 1/3 and 1/2 of the units: two, one and three units."""
    shares = [1 / 3, 1 / 6, 1 / 2]
    assert bands({"shares": shares, "names": ["least", "less", "rest"]}) == ["least"] * 2 + ["less"] + ["rest"] * 3


def test_equal_scores_share_a_band() -> None:
    table = UNITS.with_columns(x=pl.Series([1.0, 1.0, 1.0, 1.0, 5.0, 9.0]))
    assert bands({"shares": 3}, table) == [1, 1, 1, 1, 3, 3]


def test_shares_are_taken_within_groups() -> None:
    assert bands({"shares": 3, "within": "region"}) == [1, 2, 3, 1, 2, 3]
    assert bands({"of": "rank", "shares": 3, "within": "region"}) == [3, 2, 1, 3, 2, 1]


def test_shares_are_taken_within_periods() -> None:
    panel = pl.concat([UNITS.with_columns(year=pl.lit(1)), UNITS.with_columns(year=pl.lit(2), x=10 - pl.col("x"))])
    assert bands({"shares": 2}, panel, data={"period": "year"}) == [1, 1, 1, 2, 2, 2, 2, 2, 2, 1, 1, 1]


def test_a_unit_that_is_not_eligible_has_a_band_by_thresholds_and_none_by_shares() -> None:
    eligible = {"without": ["f"]}
    assert bands({"thresholds": [4]}, eligible=eligible) == [1, 1, 2, 2, 2, 2]
    assert bands({"shares": 5}, eligible=eligible) == [1, 2, 3, 4, 5, None]
    assert bands({"of": "rank", "shares": 5}, eligible=eligible) == [5, 4, 3, 2, 1, None]


def test_a_unit_without_a_figure_has_no_band() -> None:
    table = UNITS.with_columns(x=pl.Series([None, 2.0, 4.0, 6.0, 8.0, 10.0]))
    missing = {"missing": "propagate"}
    assert bands({"thresholds": [5]}, table, methodology=missing) == [None, 1, 1, 2, 2, 2]
    assert bands({"of": "x", "shares": 5}, table, methodology=missing) == [None, 1, 2, 3, 4, 5]


def test_bands_of_an_indicator_compare_its_values_before_treatment_in_their_unit_of_measure() -> None:
    table = UNITS.with_columns(x=pl.col("x") * 100)
    indicators = {"x": {"direction": "benefit", "cap": 500, "transform": "power(exponent=2)"}}
    assert bands({"of": "x", "thresholds": [700]}, table, indicators=indicators) == [1, 1, 1, 1, 2, 2]


def test_the_units_of_each_band_are_counted_with_its_limits() -> None:
    result = score({"thresholds": [4, 9], "names": ["low", "middle", "high"]})
    assert result.band_counts.rows() == [
        ("b", "low", None, 4.0, 2, 2 / 6),
        ("b", "middle", 4.0, 9.0, 3, 3 / 6),
        ("b", "high", 9.0, None, 1, 1 / 6),
    ]


def test_the_limits_of_shares_are_the_lowest_and_highest_figures_of_each_period() -> None:
    panel = pl.concat([UNITS.with_columns(year=pl.lit(1)), UNITS.with_columns(year=pl.lit(2), x=pl.col("x") / 2)])
    counts = score({"shares": 2}, panel, data={"period": "year"}).band_counts
    assert counts.select("year", "band", "from", "to", "units").rows() == [
        (1, "1", 0.0, 4.0, 3),
        (1, "2", 6.0, 10.0, 3),
        (2, "1", 0.0, 2.0, 3),
        (2, "2", 3.0, 5.0, 3),
    ]


def test_the_limits_of_shares_of_an_indicator_are_withheld_with_its_values() -> None:
    withheld = {"publication": {"raw_values": False}}
    assert score({"of": "x", "shares": 2}, **withheld).band_counts["to"].to_list() == [None, None]
    assert score({"of": "x", "thresholds": [5]}, **withheld).band_counts["to"].to_list() == [5.0, None]
    assert score({"of": "score", "shares": 2}, **withheld).band_counts["to"].to_list() == [4.0, 10.0]


def test_bands_follow_the_ranks_in_the_table_of_scores() -> None:
    assert score({"shares": 2}).scores.columns == ["unit", "region", "score", "rank", "b"]


@pytest.mark.parametrize(
    ("bands", "x", "fault"),
    [
        ({"ranges": {"low": [0, 4], "high": [4, 9]}}, None, "score is beyond the ranges of the bands b, 0 to 9, for 1"),
        ({"shares": 7}, None, "7 shares of the bands b need as many units, and there are 6"),
        ({"shares": 4, "within": "region"}, None, "4 shares of the bands b need as many units, and there are 3 in n"),
        ({"of": "x", "shares": 2}, [1.0] * 6, "the 6 units have the same x, and the bands b cannot share them out"),
    ],
)
def test_figures_without_a_band_are_an_error_that_names_the_word(
    bands: dict[str, Any], x: list[float] | None, fault: str
) -> None:
    table = UNITS if x is None else UNITS.with_columns(x=pl.Series(x))
    with pytest.raises(DataError) as error:
        score(bands, table)
    assert fault in error.value.what
    assert (error.value.where or "").startswith("bands.b")
    assert error.value.remedy


def test_bands_of_an_indicator_that_screening_leaves_out_are_an_error() -> None:
    table = UNITS.with_columns(y=pl.Series([1.0, None, None, None, None, None]))
    indicators = {"x": {}, "y": {}}
    with pytest.raises(DataError, match="the bands b are of y, which this run leaves out") as error:
        score({"of": "y", "thresholds": [1]}, table, indicators=indicators, screening={"indicators": 0.5})
    assert error.value.where == "bands.b.of"


def test_a_variant_without_an_indicator_has_no_bands_of_it() -> None:
    raw = {
        "data": {"unit": "unit"},
        "indicators": {"x": {}, "y": {"column": "x"}},
        "bands": {"b": {"of": "y", "thresholds": [1]}, "c": {"shares": 2}},
        "variants": {"small": {"without": ["y"]}},
    }
    assert indicia.read(raw).variant("small").score(UNITS).bands.columns == ["unit", "c"]


def test_an_index_without_bands_has_no_table_of_bands() -> None:
    result = indicia.read({"data": {"unit": "unit"}, "indicators": {"x": {}}}).score(UNITS)
    with pytest.raises(indicia.IndiciaError, match="the index has no bands"):
        result.frame("band_counts")


def test_the_manifest_has_the_bands() -> None:
    inf = float("inf")
    manifest = score({"name": "B", "ranges": {"high": [4, inf], "low": [0, 4]}}).manifest
    assert manifest["bands"] == {"b": {"of": "score", "ranges": {"low": [0.0, 4.0], "high": [4.0, "inf"]}}}
