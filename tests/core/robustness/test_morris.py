"""Elementary effects of the choices and weights of an index."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from indicia.errors import DefinitionError
from indicia_robustness.rank_distribution import average_shift

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl

    from indicia.index import Index

    Make = Callable[..., Index]
    Data = Callable[..., pl.DataFrame]

SPREAD = {"spread": 0.25}


def test_one_input_moves_from_each_run_to_the_next(made: Make, data: Data) -> None:
    robust = (
        made()
        .robustness(
            data(), draws=6, seed=1, morris=5, levels=6, weights=SPREAD, aggregation=["arithmetic", "geometric"]
        )
        .figures
    )
    trajectories = robust.trajectories
    assert trajectories is not None
    parts = ["economy", "nature", "water", "jobs", "pay", "debt", "air", "green"]
    assert sorted(trajectories.names) == sorted(["aggregation", *(f"weights.{part}" for part in parts)])
    assert trajectories.runs == 5 * (9 + 1)
    steps = trajectories.steps
    assert sorted(steps.before.ravel()) == [run for run in range(50) if run % 10 != 9]
    aggregation = robust.design[:50, 0].reshape(5, 10)
    assert (np.abs(np.diff(aggregation, axis=1)).sum(axis=1) == 1).all()
    of_weights = [at for at, name in enumerate(trajectories.names) if name != "aggregation"]
    assert set(np.abs(steps.size[:, of_weights]).ravel()) == {0.6}


def test_weights_are_on_the_grid_and_only_those_of_one_node_change(made: Make, data: Data) -> None:
    robust = made().robustness(data(), draws=4, seed=2, morris=8, weights=SPREAD).figures
    trajectories, weights = robust.trajectories, robust.weights
    assert trajectories is not None
    at = trajectories.names.index("weights.air")
    before, after = trajectories.steps.before[:, at], trajectories.steps.after[:, at]
    ratio = {name: column[after] / column[before] for name, column in weights.items()}
    assert ratio["jobs"] == pytest.approx(np.ones(8))
    odds = ratio["air"] / ratio["green"]  # the other weight of the node is scaled alike
    grid = 1 - 0.25 + 0.5 * np.arange(4) / 3
    possible = [grid[2] / grid[0], grid[3] / grid[1], grid[0] / grid[2], grid[1] / grid[3]]
    assert all(min(abs(odd - each) for each in possible) < 1e-12 for odd in odds)


def test_effects_are_changes_of_the_average_shift_per_step(made: Make, data: Data) -> None:
    robust = made().robustness(data(), draws=4, seed=1, morris=12, weights=SPREAD).figures
    assert robust.trajectories is not None
    shift, steps = average_shift(robust.ranks, robust.nominal_ranks), robust.trajectories.steps
    effects = (shift[steps.after] - shift[steps.before]) / steps.size
    found = {row["input"]: row for row in robust.elementary_effects.iter_rows(named=True)}
    for column, name in enumerate(robust.trajectories.names):
        assert found[name]["mu"] == pytest.approx(effects[:, column].mean())
        assert found[name]["mu_star"] == pytest.approx(np.abs(effects[:, column]).mean())
        assert found[name]["sigma"] == pytest.approx(effects[:, column].std(ddof=1))
    assert robust.elementary_effects["mu_star"].is_sorted(descending=True)
    of_unit = robust.elementary_effects_on(robust.names[0])
    assert set(of_unit["input"]) == set(robust.trajectories.names)


@pytest.mark.thorough
def test_draws_and_indices_stay_the_same_beside_trajectories(made: Make, data: Data, choices: dict[str, Any]) -> None:
    stated: dict[str, Any] = {"draws": 20, "seed": 1, "sensitivity": 8, **choices}
    of_alone, of_both = (made().robustness(data(), **stated, **more) for more in ({}, {"morris": 3}))
    alone, both = of_alone.figures, of_both.figures
    assert both.units.equals(alone.units)
    assert both.sensitivity.equals(alone.sensitivity)
    assert of_both.title.split(" · ")[1] == f"20 draws and {8 * 5 + 3 * (8 + 2 + 1)} runs for sensitivity"


def test_drawn_sets_move_to_a_set_that_no_other_trajectory_has(made: Make, data: Data) -> None:
    robust = made().robustness(data(), draws=8, seed=1, morris=4, weights={"simplex": True}, noise=0.05).figures
    assert robust.design[:12, 0].reshape(4, 3)[:, [0, 2]].tolist() == [[0, 1], [2, 3], [4, 5], [6, 7]]
    with pytest.raises(DefinitionError, match="4 trajectories need two sets of weights each, and there are 7"):
        made().robustness(data(), draws=7, seed=1, morris=4, weights={"simplex": True})


@pytest.mark.thorough
def test_workers_score_the_same_trajectories(made: Make, data: Data) -> None:
    stated: dict[str, Any] = {
        "draws": 4,
        "seed": 1,
        "morris": 3,
        "weights": SPREAD,
        "normalisation": ["rank", "min_max"],
    }
    here = made().robustness(data(), **stated).figures
    there = made().robustness(data(), engine="partitions", workers=1, **stated).figures
    assert (here.ranks == there.ranks).all()


def test_an_analysis_without_trajectories_has_no_effects(made: Make, data: Data) -> None:
    robust = made().robustness(data(), draws=4, seed=1, weights=SPREAD).figures
    with pytest.raises(DefinitionError, match="this analysis has no trajectories for elementary effects"):
        _ = robust.elementary_effects
    with pytest.raises(DefinitionError, match="with a spread of 1, all weights may be 0"):
        made().robustness(data(), draws=4, seed=1, morris=3, weights={"spread": 1.0})


def test_the_effect_of_a_choice_has_the_sign_of_a_move_to_the_later_alternative(made: Make, data: Data) -> None:
    robust = made().robustness(data(), draws=60, seed=3, morris=25, aggregation=["arithmetic", "median"]).figures
    (effect,) = robust.elementary_effects.to_dicts()
    # nothing else varies, so that all effects are the same
    assert abs(effect["mu"]) == pytest.approx(effect["mu_star"])
    assert effect["sigma"] == pytest.approx(0, abs=1e-12)
