"""A robustness analysis is as many runs of the index, each with its own choices."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

from indicia.definition import STAGES
from indicia.errors import DataError, DefinitionError
from indicia.index import Index

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from indicia_robustness import Robust

    Make = Callable[..., Index]
    Data = Callable[..., pl.DataFrame]

POSITIVE = "min_max(lower=1, upper=9)"
Z_SCORE = "z_score(mean=50, sd=8)"
SPREAD = {"spread": 0.25}


def alone(made: Index, robust: Robust, run: int) -> Index:
    """Return the index with the choices of one run, its weights among them."""
    raw: dict[str, Any] = deepcopy(dict(made.raw))
    taken = {
        factor.name: factor.alternatives[number]
        for factor, number in zip(robust.factors, robust.design[run], strict=True)
    }
    for name, column in robust.weights.items():
        raw["indicators"][name]["weight"] = float(column[run])
    parents = {name: spec.get("dimension") for name, spec in raw["indicators"].items()}
    for dimension in raw.get("dimensions", {}):
        inside = [name for name in parents if parents[name] == dimension]
        raw["dimensions"][dimension]["weight"] = sum(float(robust.weights[name][run]) for name in inside)
    gone = {taken.get("indicators")}
    gone |= {name for name in parents if parents[name] == taken.get("dimensions") is not None}
    raw["indicators"] = {name: spec for name, spec in raw["indicators"].items() if name not in gone}
    kept = {spec.get("dimension") for spec in raw["indicators"].values()}
    raw["dimensions"] = {name: spec for name, spec in raw.get("dimensions", {}).items() if name in kept}
    stages = {stage: taken[stage] for stage in STAGES if stage in taken and stage != "weighting"}
    return Index(raw, made.catalogue).with_options(**{**stages, "weighting": "given"})


def check_runs(made: Index, table: pl.DataFrame, runs: int = 12, **varied: Any) -> Robust:
    """Compare the first runs, and the last, with the index that has their choices."""
    robust = made.robustness(table, seed=1, draws=40, **varied).figures
    for run in {*range(runs), len(robust.ranks) - 1}:
        result = alone(made, robust, run).score(table)
        rows = pl.Series(robust.rows)
        wanted = result.scored.ranked["index"].filter(rows).to_numpy()
        np.testing.assert_allclose(robust.scores[run], wanted, rtol=1e-12, atol=1e-12)
        ranks = result.scored.rank.cast(pl.Float64).filter(rows).to_numpy()
        np.testing.assert_array_equal(robust.ranks[run], ranks)
    assert not robust.failed.any()
    return robust


@pytest.mark.parametrize(
    "varied",
    [
        {"weights": SPREAD},
        {"weights": {"dirichlet": 20.0}, "aggregation": ["arithmetic", "geometric"]},
        {"weights": {"simplex": True}, "normalisation": [POSITIVE, Z_SCORE]},
        {"weights": {"ranges": {"economy": [0.2, 0.6], "jobs": [0.5, 0.6]}}, "aggregation": ["topsis", "vikor"]},
        {"normalisation": [POSITIVE, Z_SCORE], "aggregation": ["arithmetic", "median"], "weighting": ["equal"]},
        {"leave_out": "indicators"},
        {"leave_out": "dimensions", "weights": SPREAD},
        {"leave_out": ["indicators", "dimensions"], "aggregation": ["arithmetic", "copeland"]},
        {"weights": SPREAD, "leave_out": "indicators", "aggregation": ["topsis", "geometric"]},
        {"weights": SPREAD, "normalisation": [POSITIVE, Z_SCORE], "sensitivity": 8},
    ],
)
def test_every_run_is_the_index_with_its_choices(made: Make, varied: dict[str, Any], data: Data) -> None:
    check_runs(made(), data(), **varied)


@pytest.mark.parametrize("missing", ["skip(minimum_share=0)", "value(value=2)", "group_mean(within='region')"])
def test_gaps_are_the_same_gaps_where_an_indicator_is_left_out(made: Make, missing: str, data: Data) -> None:
    check_runs(made({"missing": missing}), data(gaps=True), weights=SPREAD, leave_out="indicators")


@pytest.mark.parametrize("imputation", ["mean", "median(within='region')", "nearest(k=2)"])
def test_imputations_and_treatments_are_choices_too(made: Make, imputation: str, data: Data) -> None:
    varied = {"imputation": [imputation, "none"], "treatment": ["none", "winsorise_quantiles"]}
    check_runs(made({"missing": "skip(minimum_share=0)"}), data(gaps=True), **varied)


def test_a_stakeholder_weighs_all_nodes(made: Make, tmp_path: Path, data: Data, indicators: dict[str, Any]) -> None:
    table = {"person": ["Ana", "Bo"], "economy": [1, 3], "nature": [1, 1], "water": [2, 0]}
    columns = {**table, "jobs": [1, 0], "pay": [1, 0], "debt": [2, 5], "air": [3, 1], "green": [1, 1]}
    pl.DataFrame(columns).write_csv(tmp_path / "panel.csv")
    robust = check_runs(made(), data(), weights={"table": str(tmp_path / "panel.csv")})
    found = {tuple(round(float(robust.weights[name][run]), 12) for name in indicators) for run in range(40)}
    assert found == {(0.0625, 0.0625, 0.125, 0.1875, 0.0625, 0.5), (0.0, 0.0, 0.75, 0.125, 0.125, 0.0)}


@pytest.mark.parametrize(
    "words",
    [{"statistics": "period"}, {"decimals": 1}, {"rescaling": "min_max(lower=1, upper=2)"}, {"ties": "average"}],
)
def test_a_panel_is_ranked_in_one_period(made: Make, words: dict[str, Any], data: Data) -> None:
    robust = check_runs(
        made(words, period="year"), data(periods=3), weights=SPREAD, aggregation=["geometric", "topsis"]
    )
    assert robust.units["year"].unique().to_list() == [2022]
    earlier = (
        made(words, period="year").robustness(data(periods=3), period=2020, draws=5, seed=1, weights=SPREAD).figures
    )
    assert earlier.units["year"].unique().to_list() == [2020]


def test_a_period_is_named_as_it_is_read_also_where_years_are_decimal_numbers(made: Make, data: Data) -> None:
    table = data(periods=2).with_columns(pl.col("year").cast(pl.Float64))
    robust = made(period="year").robustness(table, period=2020, draws=5, seed=1, weights=SPREAD).figures
    assert robust.units["year"].unique().to_list() == [2020.0]


def test_unrounded_scores_are_ranked_where_the_index_ranks_them(made: Make, data: Data) -> None:
    check_runs(made({"decimals": 0, "rank_by": "unrounded"}), data(), weights=SPREAD)


def test_weights_that_are_found_are_found_anew_without_an_indicator(
    made: Make, data: Data, indicators: dict[str, Any]
) -> None:
    methodology = {"weighting": "critic"}
    robust = made(methodology).robustness(data(), draws=60, seed=1, leave_out="indicators").figures
    (factor,) = robust.factors
    for run in range(15):
        name = factor.alternatives[robust.design[run, 0]]
        fewer = {key: spec for key, spec in indicators.items() if key != name}
        wanted = made(methodology, indicators=fewer).score(data()).scored.ranked["index"]
        np.testing.assert_allclose(robust.scores[run], wanted.to_numpy(), rtol=1e-12)


def test_a_unit_that_screening_drops_without_an_indicator_has_no_rank_there(made: Make, data: Data) -> None:
    table = data().with_columns(
        pl.when(pl.col("city") != "c3").then(pl.col(name)).alias(name) for name in ("jobs", "pay", "air")
    )
    index = made({"missing": "skip(minimum_share=0)"}, screening={"units": 0.5})
    robust = index.robustness(table, draws=60, seed=1, leave_out="indicators").figures
    gone = robust.design[:, 0]
    names = robust.factors[0].alternatives
    lost = np.isnan(robust.ranks[:, robust.names.index("c3")])
    assert [name for name in names if lost[gone == names.index(name)].any()] == ["debt", "green", "water"]
    assert not np.isnan(np.delete(robust.ranks, robust.names.index("c3"), axis=1)).any()


def test_units_that_are_not_ranked_have_no_rank_in_any_run(made: Make, data: Data) -> None:
    robust = made(eligible={"without": ["c2"]}).robustness(data(), draws=20, seed=1, weights=SPREAD).figures
    last = robust.units.row(-1, named=True)
    assert last["city"] == "c2"
    assert last["mean"] is None
    assert last["tier"] == 0
    assert np.nanmax(robust.ranks) == len(data()) - 1


def test_data_weights_and_methods_vary_together(made: Make, data: Data) -> None:
    varied: dict[str, Any] = {
        "noise": 0.05,
        "weights": SPREAD,
        "normalisation": [POSITIVE, Z_SCORE],
        "imputation": ["mean", "constant(value=9)"],
        "leave_out": "indicators",
        "sensitivity": 32,
    }
    robust = made({"missing": "skip"}).robustness(data(gaps=True), draws=30, seed=1, **varied).figures
    assert np.isfinite(robust.ranks).all()
    assert set(robust.sensitivity["factor"]) == {"data", "weights", "normalisation", "imputation", "indicators"}


def test_progress_counts_the_runs(made: Make, data: Data, choices: dict[str, Any]) -> None:
    seen: list[tuple[int, int]] = []
    made().robustness(data(), draws=50, seed=1, progress=lambda done, every: seen.append((done, every)), **choices)
    assert seen[-1] == (50, 50)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


def test_without_a_seed_one_is_chosen_and_said(made: Make, data: Data) -> None:
    one, other = (made().robustness(data(), draws=5, weights=SPREAD) for _ in range(2))
    assert one.figures.seed != other.figures.seed
    assert f"seed {one.figures.seed}" in one.title


def test_the_manifest_holds_what_it_takes_to_run_this_again(made: Make, data: Data) -> None:
    robust = made().robustness(data(), draws=5, weights=SPREAD).figures
    again = made().robustness(data(), **{**robust.manifest["varied"], "seed": robust.manifest["seed"]}).figures
    assert (robust.scores == again.scores).all()


def test_one_unit_is_compared_with_none(made: Make, data: Data) -> None:
    with pytest.raises(DataError, match="min_max compares units, and there is one"):
        made().robustness(data().head(1), draws=5, seed=1, weights=SPREAD)


def test_periods_of_an_index_that_has_none_are_refused(made: Make, data: Data) -> None:
    with pytest.raises(DefinitionError, match="the index has no periods"):
        made().robustness(data(), draws=8, seed=1, weights=SPREAD, period=2020)


def test_a_period_that_is_not_there_is_named(made: Make, data: Data) -> None:
    with pytest.raises(DataError, match="the period 2030 is not in the data"):
        made(period="year").robustness(data(periods=2), draws=8, seed=1, weights=SPREAD, period=2030)
