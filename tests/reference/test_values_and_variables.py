"""Attributes of published values, and published indices as variables outside another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from scipy import stats

import indicia

if TYPE_CHECKING:
    from pathlib import Path


def test_the_flags_of_eurostat_are_the_status_of_their_values(reference: Path) -> None:
    path = reference / "office_tables" / "15_eurostat_flags" / "europe_flags.tsv"
    cells = pl.read_csv(path, separator="\t", infer_schema=False).unpivot(index=["iso3", "country"])
    flags = cells.select("iso3", "variable", flag=pl.col("value").str.extract(r" ([a-z]+)$")).drop_nulls("flag")
    marks = ["p", "b", "e", "d", "u", "c"]
    data = {"unit": "iso3", "flags": marks, "missing": [":"], "attributes": {"status": "flags"}}
    names = cells["variable"].unique(maintain_order=True).to_list()
    index = indicia.read(
        {
            "data": data,
            "indicators": {name: {"direction": "benefit"} for name in names},
            "methodology": {"missing": "skip"},
        }
    )
    read = index.score(path).attributes
    assert len(flags) > 20
    assert sorted(read.select("iso3", "indicator", "status").rows()) == sorted(flags.rows())
    assert read.filter(pl.col("value").is_null())["status"].unique().to_list() == ["c"]  # confidential


def test_draws_have_the_published_standard_errors_of_the_corruption_perceptions_index(reference: Path) -> None:
    """Transparency International (2019): 180 countries, with the standard error of each score."""
    table = pl.read_csv(reference / "published" / "cpi_2019" / "published.csv")
    index = indicia.read(
        {
            "data": {"unit": "iso3"},
            "indicators": {"cpi": {"direction": "benefit", "attributes": {"standard_error": "standard_error"}}},
            "methodology": {"normalisation": "none"},
            "robustness": {"draws": 2000, "seed": 1, "se": "attributes"},
        }
    )
    robust = index.robustness(table).figures
    errors = dict(table.select("iso3", "standard_error").iter_rows())
    published = np.array([errors[name] for name in robust.names])
    assert robust.scores.std(axis=0) / published == pytest.approx(np.ones(180), abs=0.08)


def test_human_development_and_perceived_corruption_correlate_as_scipy_computes(reference: Path) -> None:
    """The HDI of 2019 (UNDP) beside the CPI of 2019, matched by ISO codes."""
    hdi = pl.read_csv(reference / "published" / "hdi" / "published.csv").filter(pl.col("year") == 2019)
    path = reference / "published" / "cpi_2019" / "published.csv"
    variables = {"cpi": {"path": str(path), "direction": "benefit"}, "log_cpi": {"path": str(path), "column": "cpi"}}
    variables["log_cpi"]["transform"] = "log"
    index = indicia.read(
        {
            "data": {"unit": "iso3"},
            "indicators": {"hdi": {"direction": "benefit"}},
            "methodology": {"normalisation": "none", "missing": "propagate"},
            "outside": {"variables": variables},
        }
    )
    result = index.score(hdi.select("iso3", "hdi"))
    both = hdi.join(pl.read_csv(path), on="iso3").drop_nulls("hdi")
    plain, log = result.outside.to_dicts()
    assert plain["n"] == len(both) > 170
    assert plain["pearson"] == pytest.approx(stats.pearsonr(both["hdi"], both["cpi"]).statistic, abs=1e-12)
    assert plain["spearman"] == pytest.approx(stats.spearmanr(both["hdi"], both["cpi"]).statistic, abs=1e-12)
    assert log["pearson"] == pytest.approx(stats.pearsonr(both["hdi"], np.log(both["cpi"])).statistic, abs=1e-12)
    assert log["spearman"] == plain["spearman"]  # ranks do not change
    assert set(result.outside_data.unmatched["cpi"]) == set(pl.read_csv(path)["iso3"]) - set(hdi["iso3"])
