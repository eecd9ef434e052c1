"""The probability of each band over draws, derived by hand from a few ranks and scores."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

import indicia
from indicia.definition import Bands
from indicia_robustness.bands import DrawClassifier

ALL = np.ones(4, dtype=bool)
NAN = float("nan")


def shares(bands: dict[str, Any], figures: list[list[float]], **words: Any) -> list[list[float]]:
    units = len(figures[0])
    words = {"ties": "min", "eligible": ALL[:units], "groups": [np.arange(units)], **words}
    return DrawClassifier(Bands(**bands), **words).shares(np.array(figures)).tolist()


def test_the_probability_of_a_share_counts_the_ranks_of_each_draw() -> None:
    """Two halves of four units: ranks 1 and 2, and ranks 3 and 4."""
    ranks = [[1.0, 2.0, 3.0, 4.0], [2.0, 3.0, 1.0, 4.0]]
    assert shares({"of": "rank", "shares": 2}, ranks) == [[1.0, 0.0], [0.5, 0.5], [0.5, 0.5], [0.0, 1.0]]


def test_ranks_are_shared_out_within_groups() -> None:
    groups = [np.array([0, 1]), np.array([2, 3])]
    ranks = [[1.0, 2.0, 3.0, 4.0], [2.0, 1.0, 3.0, 4.0]]
    found = shares({"of": "rank", "shares": 2, "within": "region"}, ranks, groups=groups)
    assert found == [[0.5, 0.5], [0.5, 0.5], [1.0, 0.0], [0.0, 1.0]]


def test_scores_are_rounded_before_they_are_classified() -> None:
    assert shares({"thresholds": [4]}, [[3.95], [3.94]], decimals=1) == [[0.5, 0.5]]


def test_a_draw_without_a_band_counts_for_no_band() -> None:
    ranges = {"low": [0, 5], "high": [5, 10]}
    assert shares({"ranges": ranges}, [[4.0, NAN], [12.0, 6.0]]) == [[0.5, 0.0], [0.0, 0.5]]


def test_units_that_are_not_eligible_have_no_share() -> None:
    eligible = np.array([True, True, False])
    assert shares({"shares": 2}, [[1.0, 2.0, 3.0]], eligible=eligible) == [[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]]


INDEX: dict[str, Any] = {
    "data": {"unit": "city"},
    "indicators": {"x": {"direction": "benefit"}, "y": {"direction": "benefit"}},
}
CITIES = pl.DataFrame({"city": ["Lima", "Oslo", "Pune"], "x": [0.0, 4.0, 10.0], "y": [0.0, 9.0, 10.0]})


def test_an_analysis_lists_the_bands_of_each_unit_by_rank() -> None:
    """The score of Oslo is w · 0.4 + (1 - w) · 0.9 for w from 0 to 1: above 0.65 in half of the draws."""
    bands = {"top": {"of": "rank", "thresholds": [1], "closed": "upper"}, "level": {"thresholds": [0.65]}}
    index = indicia.read({**INDEX, "bands": bands})
    table = index.robustness(CITIES, draws=2000, seed=1, weights={"simplex": True}).figures.band_probabilities
    assert table.columns == ["city", "bands", "band", "probability"]
    assert table.filter(bands="top").rows() == [
        ("Pune", "top", "1", 1.0),
        ("Pune", "top", "2", 0.0),
        ("Oslo", "top", "1", 0.0),
        ("Oslo", "top", "2", 1.0),
        ("Lima", "top", "1", 0.0),
        ("Lima", "top", "2", 1.0),
    ]
    above = table.row(by_predicate=(pl.col("city") == "Oslo") & (pl.col("bands") == "level") & (pl.col("band") == "2"))
    assert above[3] == pytest.approx(0.5, abs=0.03)


def test_bands_of_an_indicator_have_no_probabilities() -> None:
    index = indicia.read({**INDEX, "bands": {"b": {"of": "x", "thresholds": [1]}}})
    robust = index.robustness(CITIES, draws=4, seed=1, weights={"spread": 0.5}).figures
    with pytest.raises(indicia.IndiciaError, match="no bands of its score or rank") as error:
        _ = robust.band_probabilities
    assert error.value.remedy
