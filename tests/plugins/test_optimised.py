"""Weightings by optimisation: no other weights are better."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

import indicia
from indicia.errors import MissingDependency

if TYPE_CHECKING:
    from indicia.methods import Array

NAMES = ("x", "y", "z", "v")


def table(seed: int, units: int = 12) -> tuple[Array, pl.DataFrame]:
    values = np.random.default_rng(seed).uniform(0.1, 1.0, (units, len(NAMES)))
    values /= values.max(axis=0)
    return values, pl.DataFrame({"unit": [*map(str, range(units))], **dict(zip(NAMES, values.T, strict=True))})


def weights(frame: pl.DataFrame, weighting: str) -> Array:
    result = indicia.score(frame, unit="unit", indicators=[*NAMES], weighting=weighting, normalisation="none")
    return result.weights["weight"].to_numpy()


def alternatives_to(optimum: Array, seed: int, smallest: float) -> Array:
    """Return random weights near the optimum and far from it, shape (n, k), with sum 1."""
    random = np.random.default_rng(seed)
    alternatives = optimum + random.normal(size=(3000, len(optimum))) * random.choice([1e-4, 1e-2, 0.3], size=(3000, 1))
    alternatives = np.clip(alternatives, smallest, None)
    alternatives = alternatives[alternatives.sum(axis=1) > 0]
    scaled: Array = alternatives / alternatives.sum(axis=1, keepdims=True)
    return scaled[(scaled >= smallest).all(axis=1)]


@pytest.mark.parametrize("beta", [0.1, 1.0, 3.0])
@pytest.mark.parametrize("seed", range(4))
def test_no_other_weights_have_a_better_objective_of_seca(seed: int, beta: float) -> None:
    values, frame = table(seed)
    deviation = values.std(axis=0)
    conflict = (1 - np.corrcoef(values.T)).sum(axis=1)
    wanted = np.array([deviation / deviation.sum(), conflict / conflict.sum()])

    def worth(w: Array) -> Array:
        off = ((w[..., None, :] - wanted) ** 2).sum(axis=(-1, -2))
        return np.asarray((w @ values.T).min(axis=-1) - beta * off)

    optimum = weights(frame, f"seca(beta={beta})")
    assert optimum.min() >= 1e-3 - 1e-12
    assert worth(alternatives_to(optimum, seed, 1e-3)).max() <= worth(optimum) + 1e-12


@pytest.mark.parametrize("seed", range(4))
def test_no_other_weights_come_nearer_to_the_target(seed: int) -> None:
    values, frame = table(seed)
    covariance = np.cov(values.T)

    def missed(w: Array) -> Array:
        share = w @ covariance / np.sqrt(np.diag(covariance))
        share = share / share.sum(axis=-1, keepdims=True)
        return np.asarray(((share - 1 / len(NAMES)) ** 2).mean(axis=-1))

    optimum = weights(frame, "optimised")
    assert missed(alternatives_to(optimum, seed, 0.0)).min() >= missed(optimum) - 1e-12


def test_a_target_that_is_reached_is_missed_by_exactly_0() -> None:
    result = indicia.score(table(0)[1], unit="unit", indicators=[*NAMES], weighting="optimised")
    assert result.weights["weight"].min() > 0
    assert result.facts["index"]["missed target"] == 0


@pytest.mark.parametrize("weighting", ["seca", "bwm(comparisons={x: [1, 4], y: [2, 2], z: [3, 2], v: [4, 1]})"])
def test_without_scipy_an_error_says_what_to_install(weighting: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "scipy.optimize", None)
    with pytest.raises(MissingDependency, match=r"pip install 'indicia\[scipy\]'"):
        weights(table(1)[1], weighting)
