"""The Human Development Index of 1990 to 2022 as published, recomputed as a panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from typing import Any

    from indicia.result import Result


@pytest.fixture(scope="module")
def index(reference: Path, score: Callable[[Mapping[str, Any], pl.DataFrame], Result]) -> Result:
    """Return the index of all country-years."""
    folder = reference / "published" / "hdi"
    structure = {row["code"]: row for row in pl.read_csv(folder / "structure.csv").iter_rows(named=True)}
    indicators = {
        code: {
            "dimension": row["parent"],
            "bounds": [row["lower"], row["upper"]],
            "cap": row["upper"],
            "transform": "log" if row["transform"].startswith("ln") else None,
        }
        for code, row in structure.items()
        if row["level"] == "indicator"
    }
    definition = {
        "data": {"unit": "iso3", "period": "year"},
        "dimensions": {code: {} for code, row in structure.items() if row["level"] == "dimension"},
        "indicators": indicators,
        "methodology": {
            "normalisation": "min_max",
            "weighting": "equal",
            "levels": [{"aggregation": "geometric", "decimals": 3}, {"aggregation": "arithmetic"}],
        },
    }
    return score(definition, pl.read_csv(folder / "indicators.csv", infer_schema_length=None))


@pytest.fixture(scope="module")
def both(index: Result, reference: Path) -> pl.DataFrame:
    """Return score and rank beside what is published."""
    published = pl.read_csv(reference / "published" / "hdi" / "published.csv", infer_schema_length=None)
    return index.scores.join(published, on=["iso3", "year"], how="full", validate="1:1", coalesce=True)


def test_all_country_years_have_the_published_score(both: pl.DataFrame) -> None:
    differing = both.filter(pl.col("score").round(3).ne_missing(pl.col("hdi").round(3)))
    assert (len(both), differing.rows()) == (5808, [])


def test_all_countries_have_the_published_rank_of_2022(both: pl.DataFrame) -> None:
    ranked = both.filter(pl.col("year") == 2022)
    differing = ranked.filter(pl.col("rank").cast(pl.Int64).ne_missing(pl.col("hdi_rank").cast(pl.Int64)))
    assert (len(ranked), differing.rows()) == (193, [])


def test_countries_are_ranked_within_each_year(index: Result) -> None:
    best = index.scores.group_by("year").agg(pl.col("rank").min())
    assert (len(best), best["rank"].unique().to_list()) == (33, [1])
