"""Probes: the scores of whole runs with other values of one row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

import indicia
from indicia.definition import ROOT
from indicia.run import score_probes, score_row, shared_indicators

if TYPE_CHECKING:
    from collections.abc import Callable

    from indicia.index import Index

ROW = 4
METHODOLOGIES: list[dict[str, Any]] = [
    {},
    {"normalisation": "z_score", "rescaling": "min_max"},
    {"normalisation": "min_max(lower=1, upper=9)", "weighting": "entropy", "aggregation": "geometric"},
    {"normalisation": "rank", "aggregation": "topsis"},
    {"treatment": "winsorise(points=1)", "imputation": "median", "statistics": "region"},
]


def index_of(methodology: dict[str, Any], **indicators: dict[str, Any]) -> Index:
    parts = indicators or {"income": {}, "co2": {"direction": "cost"}, "health": {}}
    data = {"unit": "city", "period": "year", "groups": ["region"]}
    return indicia.read({"data": data, "indicators": parts, "methodology": {"missing": "skip", **methodology}})


@pytest.mark.parametrize("methodology", METHODOLOGIES, ids=str)
def test_a_probe_has_the_scores_of_a_run_with_the_changed_value(
    figures: Callable[..., pl.DataFrame], methodology: dict[str, Any]
) -> None:
    frame, index = figures(["income", "co2", "health"], 7, 2, gaps=True), index_of(methodology)
    result = index.score(frame)
    cells = {"income": np.array([np.nan, 20.0]), "co2": np.array([0.5, np.nan])}
    probes = score_probes(result.definition, result.scored, ROW, cells)
    for number in range(2):
        changed = frame.with_columns(
            pl.when(pl.int_range(pl.len()) == ROW)
            .then(None if np.isnan(values[number]) else values[number])
            .otherwise(None)
            .fill_null(pl.col(name))
            .alias(name)
            for name, values in cells.items()
        )
        run = index.score(changed).scored.nodes[ROOT].to_numpy()
        np.testing.assert_allclose(probes.unrounded[number], run, rtol=1e-13, atol=1e-13)


def test_a_row_alone_has_the_scores_of_a_run_if_bounds_are_fixed(figures: Callable[..., pl.DataFrame]) -> None:
    bounds = {"bounds": [0, 10]}
    index = index_of(
        {"aggregation": "geometric", "normalisation": "min_max(lower=1, upper=100)"}, income=bounds, co2=bounds
    )
    result = index.score(figures(["income", "co2"], 7, 2))
    cells = {"income": np.array([3.0, 9.5])}
    whole = score_probes(result.definition, result.scored, ROW, cells).unrounded
    alone = score_row(result.definition, result.scored, ROW, cells).unrounded
    assert shared_indicators(result.scored) == frozenset()
    assert alone[:, 0].tolist() == whole[:, ROW].tolist()
    others = np.delete(whole - result.scored.nodes[ROOT].to_numpy(), ROW, axis=1)
    assert (others == 0).all()


def test_indicators_with_statistics_of_the_data_are_shared(figures: Callable[..., pl.DataFrame]) -> None:
    frame = figures(["income", "co2"], 7, 2)
    bounded = {"income": {"bounds": [0, 10]}, "co2": {}}
    assert shared_indicators(index_of({}, **bounded).score(frame).scored) == {"co2"}


@pytest.mark.parametrize("methodology", [{"weighting": "entropy"}, {"aggregation": "topsis"}], ids=str)
def test_all_indicators_are_shared_if_weights_or_scores_need_all_units(
    figures: Callable[..., pl.DataFrame], methodology: dict[str, Any]
) -> None:
    bounds = {"bounds": [0, 10]}
    index = index_of(methodology, income=bounds, co2=bounds)
    assert shared_indicators(index.score(figures(["income", "co2"], 7, 2)).scored) == {"income", "co2"}


def test_no_indicator_is_shared_in_a_fitted_index(figures: Callable[..., pl.DataFrame]) -> None:
    frame = figures(["income", "co2", "health"], 7, 2)
    result = indicia.fit(index_of({}), frame).score(frame)
    assert shared_indicators(result.scored) == frozenset()
    probes = score_probes(result.definition, result.scored, ROW, {"income": np.array([50.0])})
    others = np.delete(probes.unrounded[0] - result.scored.nodes[ROOT].to_numpy(), ROW)
    assert (others == 0).all()
