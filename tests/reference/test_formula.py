"""Published indices with rules of their own, each rule written as a formula in the index file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from reference_folder import published_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from indicia.result import Result

    Score = Callable[[Mapping[str, Any], pl.DataFrame], Result]


def formula(expression: str) -> dict[str, str]:
    return {"method": "formula", "expression": expression}


def table(path: Path) -> pl.DataFrame:
    return pl.read_csv(path, infer_schema_length=None)


def test_the_human_capital_index_comes_out_as_published(score: Score) -> None:
    folder = published_folder("hci_2020")
    unit = pl.concat_str("iso3", "sex").alias("unit")
    definition = {
        "data": {"unit": "unit"},
        "dimensions": {"health": {"aggregation": "arithmetic"}},
        "indicators": {
            "survival5": {},
            "eys": {},
            "hlo": {},
            "asr": {"dimension": "health", "normalisation": formula("0.6528 * (x - 1)")},
            "not_stunted": {"dimension": "health", "normalisation": formula("0.3468 * (x - 1)")},
        },
        "methodology": {
            "aggregation": formula("survival5 * exp(0.08 * (eys * hlo / 625 - 14)) * exp(health)"),
            "missing": "skip",
        },
    }
    result = score(definition, table(folder / "indicators.csv").with_columns(unit))
    both = result.scores.join(table(folder / "published.csv").with_columns(unit), on="unit", validate="1:1")
    assert len(both) == 480
    assert both.select((pl.col("score") - pl.col("hci")).abs().max()).item() < 2e-7


G = "(10 - geometric_mean((10 - each) / 10 * 9 + 1)) / 9 * 10"
SCORE = "round(clip(10 * (x - min) / (max - min), 0, 10), 1)"
REVERSED = "round(clip(10 - 10 * (x - min) / (max - min), 0, 10), 1)"
LITERACY = "round(clip(10 - 10 * (x ** 2 - 900) / (10000 - 900), 0, 10), 1)"
DIMENSIONS: dict[str, dict[str, Any]] = {
    "hazard": {"aggregation": formula(G)},
    "natural": {"parent": "hazard", "aggregation": formula(G)},
    "human": {"parent": "hazard", "aggregation": formula("conf_cur if conf_cur > 5 else 0.7 * conf_proj")},
    "vuln": {"aggregation": formula(G)},
    "socioecon": {"parent": "vuln"},
    "vgroups": {"parent": "vuln", "aggregation": formula(G)},
    "othervg": {"parent": "vgroups", "aggregation": formula(G)},
    "coping": {"aggregation": formula(G)},
    "inst": {"parent": "coping"},
    "drr": {"parent": "inst"},
    "gov": {"parent": "inst"},
    "infra": {"parent": "coping"},
    "comm": {"parent": "infra"},
    "phys": {"parent": "infra"},
    "hc": {"parent": "infra"},
    "immu": {"parent": "hc", "decimals": 12},
}


@pytest.fixture(scope="module")
def inform(reference: Path, score: Score) -> pl.DataFrame:
    """Return the computed figures beside the published ones, which are called `…_right`."""
    folder = reference / "published" / "inform_2023"
    indicators: dict[str, dict[str, Any]] = {}
    for row in table(folder / "structure.csv").filter(pl.col("level").is_in(["component", "indicator"])).to_dicts():
        indicators[row["code"]] = {"dimension": row["parent"], "weight": row["weight"] or 1.0}
        if row["level"] == "indicator":
            expression = {"literacy": LITERACY, "mmr": SCORE}.get(row["code"], REVERSED)
            indicators[row["code"]] |= {
                "bounds": [row["lower"], row["upper"]],
                "normalisation": formula(expression),
            }
    definition = {
        "data": {"unit": "iso3"},
        "dimensions": DIMENSIONS,
        "indicators": indicators,
        "methodology": {
            "normalisation": "none",
            "decimals": 1,
            "missing": {"policy": "skip", "minimum_share": 0},
            "levels": [{"aggregation": formula("(hazard * vuln * coping) ** (1 / 3)")}],
        },
    }
    result = score(definition, table(folder / "indicators.csv"))
    return result.scores.rename({"score": "risk"}).join(table(folder / "published.csv"), on="iso3", validate="1:1")


@pytest.mark.parametrize("node", ["risk", *(name for name in DIMENSIONS if name != "immu")])
def test_the_inform_risk_index_comes_out_as_published(node: str, inform: pl.DataFrame) -> None:
    differing = inform.filter(pl.col(node).ne_missing(pl.col(f"{node}_right")))
    assert (len(inform), differing.select("iso3", node, f"{node}_right").rows()) == (191, [])


def test_the_gender_adjustment_of_economic_freedom_comes_out_as_published(reference: Path, score: Score) -> None:
    folder = reference / "published" / "efw_1995_2016"
    keys = ["ISO_code", "year"]
    indicators = table(folder / "indicators.csv")
    legal = [name for name in indicators.columns if name.startswith("2")]
    definition = {
        "data": {"unit": "ISO_code", "period": "year"},
        "dimensions": {"mean": {"aggregation": "arithmetic"}},
        "indicators": {name: {} if name == "2j_gender_adjustment" else {"dimension": "mean"} for name in legal},
        "methodology": {
            "normalisation": "none",
            "aggregation": formula("mean * (1 + '2j_gender_adjustment') / 2"),
            "missing": {"policy": "skip", "minimum_share": 0.1},
        },
    }
    area = table(folder / "published.csv").drop_nulls("area2")
    scored = indicators.join(area, on=keys, how="semi").select(*keys, *legal)
    both = score(definition, scored).scores.join(area, on=keys, validate="1:1")
    assert len(both) == 2560
    assert both.select((pl.col("score") - pl.col("area2")).abs().max()).item() < 3e-9
