"""The units that change bands between methodologies."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

import indicia

CITIES = pl.DataFrame({"city": ["Lima", "Oslo", "Pune"], "x": [0.0, 3.0, 10.0], "y": [0.0, 9.0, 10.0]})


def index(bands: dict[str, Any]) -> indicia.Index:
    """Return an index of x alone, and variants of y alone and of a scale up to 2."""
    return indicia.read(
        {
            "data": {"unit": "city"},
            "indicators": {"x": {"direction": "benefit"}, "y": {"direction": "benefit"}},
            "variants": {
                "x": {"without": ["y"]},
                "y": {"without": ["x"]},
                "high": {"without": ["y"], "normalisation": "min_max(upper=2)"},
            },
            "bands": bands,
        }
    )


def test_the_units_in_other_bands_than_by_the_first_methodology_are_counted() -> None:
    """Scores from x: 0, 0.3, 1; from y: 0, 0.9, 1; up to 2: 0, 0.6, 2. Oslo changes its half twice."""
    whole = index({"half": {"thresholds": [0.5]}})
    variants = [whole.variant(name) for name in ("x", "y", "high")]
    changes = variants[0].compare(others=variants[1:], table=CITIES).figures.band_changes
    assert changes.select("methodology", "bands", "units", "changed").rows() == [
        (1, "half", 3, 0),
        (2, "half", 3, 1),
        (3, "half", 3, 1),
    ]


def test_a_methodology_with_scores_beyond_the_ranges_has_a_reason_and_is_compared() -> None:
    whole = index({"half": {"ranges": {"low": [0, 0.5], "high": [0.5, 1]}}})
    variants = [whole.variant(name) for name in ("x", "high")]
    comparison = variants[0].compare(others=[variants[1]], table=CITIES).figures
    assert len(comparison.methods) == 2
    row = comparison.band_changes.row(1, named=True)
    assert row["changed"] is None
    assert "score is beyond the ranges of the bands half, 0 to 1" in row["reason"]


def test_bands_of_an_indicator_that_a_methodology_leaves_out_have_a_reason() -> None:
    whole = index({"half": {"of": "x", "thresholds": [5]}})
    changes = whole.variant("x").compare(others=[whole.variant("y")], table=CITIES).figures.band_changes
    assert changes["reason"].to_list() == [None, "left out by this methodology"]


def test_a_comparison_without_bands_has_no_changes_of_them() -> None:
    comparison = index({}).compare(table=CITIES).figures
    with pytest.raises(indicia.IndiciaError, match="the index has no bands"):
        _ = comparison.band_changes
