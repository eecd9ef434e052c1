"""A plugin of the present contract gives the same figures without a warning, whatever changes behind the contract."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import indicia
from indicia.analysis import agreement, consensus
from indicia.catalogue import KINDS, gather
from indicia.catalogue.offers import load
from indicia.errors import DubiousWarning

HELD = Path(__file__).parent / "held" / "indicia-held" / "indicia_held.py"
CITIES = pl.DataFrame(
    {
        "city": ["Lima", "Oslo", "Lima", "Oslo"],
        "year": [2020, 2020, 2021, 2021],
        "income": [3.0, 9.0, None, 5.0],
        "co2": [2.0, 8.0, 1.0, 4.0],
    }
)
RANKINGS = pl.DataFrame({"city": ["Lima", "Oslo", "Pune"], "one": [1, 2, 3], "two": [2, 1, 3]})
SCORES: list[tuple[dict[str, Any], list[float]]] = [
    ({"imputation": "held_middle", "normalisation": "none"}, [0.5, 0.5, 2.5, 0.5]),
    ({"imputation": "held_earlier", "normalisation": "none"}, [0.5, 0.5, 1.0, 0.5]),
    ({"imputation": "held_columns", "normalisation": "none"}, [0.5, 0.5, (17 / 3 - 1) / 2, 0.5]),
    ({"treatment": "held_cap(q=0.5)", "normalisation": "none"}, [0.5, 1.0, -1.0, 1.0]),
    ({"normalisation": "held_linear(upper=10)"}, [30 / 7, 5.0, 10.0, (20 / 6 + 40 / 7) / 2]),
    ({"normalisation": "held_ratio"}, [(1 / 3 + 1 / 2) / 2, (1 + 1 / 8) / 2, 1.0, (5 / 9 + 1 / 4) / 2]),
]


def run(**methodology: Any) -> Any:
    words = {
        "data": {"unit": "city", "period": "year"},
        "indicators": {"income": {}, "co2": {"direction": "cost"}},
        "methodology": {"missing": "skip", "aggregation": "arithmetic", "weighting": "equal", **methodology},
    }
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", DubiousWarning)  # of the methodology, whatever the plugin
        return indicia.read(words, [HELD]).score(CITIES)


def test_a_held_plugin_has_methods_of_every_kind() -> None:
    assert {offer.kind for offer in gather(load(HELD)).offers.values()} == {kind.name for kind in KINDS}


@pytest.mark.parametrize(("methodology", "scores"), SCORES, ids=lambda value: " ".join(map(str, value)))
def test_a_held_method_of_indicators_gives_the_same(methodology: dict[str, Any], scores: list[float]) -> None:
    assert run(**methodology).scores["score"].to_list() == pytest.approx(scores)


FILLED = {"imputation": "held_middle", "normalisation": "held_linear"}


def test_a_held_weighting_gives_the_same() -> None:
    """By hand: the two are as unlike each other, so that standard deviations decide, 0.41667 and 0.44224."""
    result = run(**FILLED, weighting="held_spread")
    assert result.weights["weight"].to_list() == pytest.approx([0.48512, 0.51488], abs=1e-5)
    assert result.facts["index"]["largest"] == pytest.approx(0.44224, abs=1e-5)


@pytest.mark.parametrize(
    ("method", "scores"),
    [("held_mean", [4 / 7, 2 / 3, 1.0, (1 / 3 + 4 / 7) / 1.5]), ("held_wins", [1.0, 1.5, 2.5, 1.0])],
)
def test_a_held_aggregation_gives_the_same(method: str, scores: list[float]) -> None:
    assert run(**FILLED, aggregation=method).scores["score"].to_list() == pytest.approx(scores)


def test_held_methods_of_rankings_give_the_same() -> None:
    assert agreement(RANKINGS, "held_same", plugins=[HELD])["one"].to_list() == [1.0, 1 / 3]
    assert consensus(RANKINGS, "held_mean_rank", plugins=[HELD])["rank"].to_list() == [1.5, 1.5, 3.0]
