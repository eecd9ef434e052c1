"""Values of the right kind that are still wrong end in success or in an error of Indicia, never in one of Python."""

from __future__ import annotations

import inspect
import math
from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

import indicia
from indicia import analysis

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = [pytest.mark.thorough, pytest.mark.filterwarnings("ignore::indicia.IndiciaWarning")]

FLAT = pl.DataFrame(
    {
        "city": ["Lima", "Oslo", "Pune", "Rome", "Bonn", "Cali"],
        "income": [4.0, 9.0, 2.0, 5.0, 6.0, 2.0],
        "co2": [2.0, 6.0, 2.5, 3.0, 4.0, 1.0],
        "area": [2.2, 1.0, 2.5, 3.0, 2.5, 7.0],
    }
)
PANEL = pl.concat([FLAT.with_columns(year=2020), FLAT.with_columns(pl.col("income") * 1.1, year=2021)])
GROUPED = FLAT.with_columns(
    group=pl.Series(["x", "x", "y", "y", "x", "y"]), score=pl.Series([0.1, 0.2, 0.3, 0.4, 0.5, 0.6])
)
INDICATORS = {"income": {"direction": "benefit"}, "co2": {"direction": "cost"}, "area": {"direction": "benefit"}}
RAW = {"data": {"unit": "city"}, "indicators": INDICATORS}
INDEX = indicia.read(RAW)
OF_PANEL = indicia.read({"data": {"unit": "city", "period": "year"}, "indicators": INDICATORS})
ITEMS = list(INDICATORS)
DRAWS = pl.DataFrame({"a": [1.0, 2.0, 3.0, 4.0], "b": [2.0, 2.5, 1.0, 3.0], "c": [3.0, 1.0, 2.0, 2.0]})
SHARES = FLAT.select("city", pl.col("income") / 10, pl.col("co2") / 10)
RANKS = pl.DataFrame({"city": ["a", "b", "c"], "one": [1.0, 2.0, 3.0], "two": [1.0, 3.0, 2.0]})

WRONG = [
    *(3, -1, 0, 2.5, math.nan, math.inf, True, None, np.int64(3), date(2021, 1, 1), 10**6),
    *("many", "", "a\0b", b"x", FLAT, object()),
    *([], [3], ["x"], [object()], (1, 2), {}, {"x": "y"}, {3: 4}),
]
LONG = {"draws", "workers", "sensitivity", "morris", "resamples", "imputations", "rounds"}
"""The parameters for which a million is a value that takes long."""

CALLS: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
    "read": (indicia.read, {"source": RAW}),
    "score": (indicia.score, {"table": FLAT}),
    "fit": (indicia.fit, {"index": INDEX, "table": FLAT}),
    "diff": (indicia.diff, {"old": OF_PANEL, "new": OF_PANEL, "old_table": PANEL, "new_table": PANEL, "start": 2020}),
    "recast": (indicia.recast, {"index": INDEX, "tables": {"2020": FLAT}}),
    "pack": (indicia.pack, {"index": INDEX, "path": "new.zip", "table": FLAT, "audit": False, "report": False}),
    "robustness": (INDEX.robustness, {"table": FLAT, "draws": 10, "weights": "±20%"}),
    "stability": (INDEX.stability, {"table": FLAT}),
    "explain": (INDEX.explain, {"table": FLAT, "of": "Lima"}),
    "gap": (INDEX.gap, {"table": FLAT, "a": "Lima", "b": "Oslo", "weights": "±20%", "draws": 10}),
    "move": (OF_PANEL.move, {"table": PANEL, "of": "Lima", "weights": "±20%", "draws": 10}),
    "reach": (INDEX.reach, {"table": FLAT, "of": "Lima", "rank": 1}),
    "audit": (INDEX.audit, {"table": FLAT, "draws": 10}),
    "check": (INDEX.check, {"table": FLAT}),
    "coherence": (INDEX.coherence, {"table": FLAT}),
    "importance": (INDEX.importance, {"table": FLAT}),
    "compare": (INDEX.compare, {"table": FLAT, "weighting": ["equal", "entropy"]}),
    "with_options": (INDEX.with_options, {}),
    "score_partitions": (INDEX.score_partitions, {"output": "out", "table": "table.csv", "engine": "memory"}),
    "adequacy": (analysis.adequacy, {"table": FLAT, "items": ITEMS}),
    "agreement": (analysis.agreement, {"rankings": RANKS}),
    "alpha": (analysis.alpha, {"table": FLAT, "items": ITEMS}),
    "clusters": (analysis.clusters, {"table": FLAT, "unit": "city", "columns": ITEMS}),
    "concordance": (analysis.concordance, {"rankings": RANKS}),
    "consensus": (analysis.consensus, {"rankings": RANKS}),
    "convergence": (analysis.convergence, {"panel": PANEL, "value": "income", "unit": "city", "period": "year"}),
    "correlations": (analysis.correlations, {"table": FLAT, "items": ITEMS}),
    "coupling": (analysis.coupling_coordination, {"scores": SHARES, "dimensions": ["income", "co2"]}),
    "dagum": (analysis.dagum, {"table": GROUPED, "value": "income", "group": "group"}),
    "discrepancy": (analysis.discrepancy, {"weights": {"a": 0.5, "b": 0.5}, "effects": {"a": 0.3, "b": 0.4}}),
    "drawn_ranks": (analysis.drawn_ranks, {"draws": DRAWS}),
    "eigenvalues": (analysis.eigenvalue_intervals, {"table": FLAT, "items": ITEMS, "draws": 10}),
    "exact": (analysis.exact_acceptability, {"values": SHARES, "unit": "city"}),
    "weights": (analysis.importance, {"table": GROUPED, "score": "score", "weights": {"income": 0.5, "co2": 0.5}}),
    "inequality": (analysis.inequality, {"table": FLAT, "value": "income"}),
    "obstacles": (analysis.obstacle_degree, {"result": INDEX.score(FLAT)}),
    "parallel": (analysis.parallel_thresholds, {"units": 6, "items": 3, "draws": 10}),
    "portfolio": (analysis.portfolio, {"scores": pl.Series([1.0, 2.0]), "costs": pl.Series([1.0, 1.0]), "budget": 1.0}),
    "rotated": (analysis.rotated_components, {"table": FLAT, "items": ITEMS, "components": 2}),
    "score_modes": (analysis.score_modes, {"draws": DRAWS}),
    "theil": (analysis.theil, {"table": GROUPED, "value": "income", "group": "group"}),
    "tiers": (analysis.tiers, {"scores": pl.Series([1.0, 2.0, 5.0, 9.0]), "count": 2}),
    "trends": (analysis.trends, {"frame": PANEL, "column": "income", "unit": "city", "period": "year"}),
    "weight_draws": (analysis.weight_draws, {"parts": ["a", "b"], "draws": 10}),
}


def of_outcomes() -> Iterator[tuple[str, Callable[..., Any], dict[str, Any]]]:
    """Yield the methods of results, comparisons and analyses, and arguments with which they run."""
    result, fitted = INDEX.score(FLAT), indicia.fit(INDEX, FLAT)
    comparison = INDEX.compare(table=FLAT, weighting=["equal", "entropy"]).figures
    robust = INDEX.robustness(FLAT, draws=30, seed=1, weights="±25%", sensitivity=8, morris=3).figures
    yield "result.details", INDEX.with_options(aggregation="promethee").score(FLAT).details, {}
    yield "result.frame", result.frame, {"name": "scores"}
    yield "result.plot", result.plot, {}
    yield "fitted.score", fitted.score, {"table": FLAT}
    yield "fitted.write", fitted.write, {"path": "fitted.json"}
    for name, given in (
        *(("stable", {}), ("top", {}), ("specification", {}), ("agreement", {}), ("agreement_by_choice", {})),
        *(("consensus", {}), ("details", {"consensus": "kemeny"}), ("iterated", {})),
        ("against", {"published": FLAT.select("city", score="income")}),
    ):
        yield f"comparison.{name}", getattr(comparison, name), given
    for name, given in (
        *(("neighbours", {"count": 1}), ("share_in_top", {"k": 1}), ("weights_in_top", {"k": 1})),
        *(
            ("sensitivity_of", {"unit": "Lima"}),
            ("elementary_effects_on", {"unit": "Lima"}),
            ("at_node", {"node": "index"}),
        ),
    ):
        yield f"robust.{name}", getattr(robust, name), given


@pytest.mark.parametrize("name", CALLS)
def test_a_wrong_value_ends_in_success_or_in_an_error_of_indicia(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    FLAT.write_csv("table.csv")
    function, given = CALLS[name]
    try_all(function, given)


def test_a_wrong_value_for_an_outcome_ends_in_success_or_in_an_error_of_indicia(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for _, function, given in of_outcomes():
        try_all(function, given)


def try_all(function: Callable[..., Any], given: dict[str, Any]) -> None:
    """Call a function as it runs, then with each wrong value of each parameter; only an IndiciaError is caught."""
    function(**given)
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        for value in WRONG:
            if not (parameter.name in LONG and value is WRONG[10]):
                with suppress(indicia.IndiciaError):
                    function(**{**given, parameter.name: value})
