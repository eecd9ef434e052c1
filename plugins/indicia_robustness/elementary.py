"""Elementary effects: the changes of an output as one input moves at a time.

Morris (1991), Technometrics 33(2), for trajectories, mu, sigma and the interval of mu; Campolongo, Cariboni & Saltelli
(2007), Environmental Modelling & Software 22(10), for mu_star.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.errors import DataError
from indicia.methods.noise import NOISE

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from indicia.methods import Array

    Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Steps:
    """The step of each input in each trajectory; all arrays have the shape (trajectories, inputs)."""

    before: Integers
    """The number of the run before the step."""
    after: Integers
    """The number of the run after the step."""
    size: Array
    """The signed change of the input."""


@dataclass(frozen=True)
class Trajectories:
    """The trajectories among the runs of an analysis."""

    names: tuple[str, ...]
    """The inputs."""
    steps: Steps
    runs: int
    """The number of the runs of all trajectories."""


def steps_of(points: Array, names: Sequence[str], labels: Sequence[object]) -> Steps:
    """Return the steps of trajectories of points, (trajectories, inputs + 1, inputs); `labels` are the trajectories.

    Each step moves one input, and each input moves once; DataError for a trajectory with other steps.

    >>> steps_of(np.array([[[0.0, 0.0], [0.0, 1.0], [1.0, 1.0]]]), ["a", "b"], [1]).before.tolist()
    [[1, 0]]
    """
    trajectories, length = points.shape[:2]
    changes = np.diff(points, axis=1)
    moved = np.abs(changes) > NOISE * np.abs(points).max(axis=(0, 1), initial=0.0)
    moves = moved.sum(axis=2)
    if (moves != 1).any():
        trajectory, step = (int(place[0]) for place in np.nonzero(moves != 1))
        inputs = [name for name, is_moved in zip(names, moved[trajectory, step], strict=True) if is_moved]
        raise DataError(
            f"step {step + 1} of trajectory {labels[trajectory]} moves {' and '.join(inputs) or 'no input'}",
            remedy="each step of a trajectory moves one input; list the points in their order",
        )
    if (moved.sum(axis=1) != 1).any():
        trajectory, column = (int(place[0]) for place in np.nonzero(moved.sum(axis=1) != 1))
        times = int(moved[trajectory, :, column].sum())
        raise DataError(
            f"{names[column]} moves {times} times in trajectory {labels[trajectory]}",
            remedy="each input moves once in each trajectory",
        )
    step = moved.argmax(axis=1)
    size = np.take_along_axis(changes, step[:, None], axis=1)[:, 0]
    before = step + length * np.arange(trajectories)[:, None]
    return Steps(before, before + 1, size)


def effects_of(outputs: Array, steps: Steps) -> Array:
    """Return the elementary effects, (trajectories, inputs), of the outputs of runs (runs,); NaN without an output.

    >>> effects_of(np.array([1.0, 3.0, 2.0]), Steps(np.array([[0, 1]]), np.array([[1, 2]]), np.array([[0.5, -1.0]])))
    array([[4., 1.]])
    """
    effects: Array = (outputs[steps.after] - outputs[steps.before]) / steps.size
    return effects


def effect_statistics(effects: Array, names: Sequence[str]) -> pl.DataFrame:
    """Return mu, mu_star, sigma and an interval of mu, by input; effects that are NaN are left out.

    The interval is mu ± 2 sigma / √r for r effects, two standard errors of a mean of independent trajectories.

    >>> effect_statistics(np.array([[1.0], [-3.0]]), ["gdp"]).row(0)[:5]
    ('gdp', 2, -1.0, 2.0, 2.8284271247461903)
    """
    present = np.isfinite(effects)
    count = present.sum(axis=0)
    filled = np.where(present, effects, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mu = filled.sum(axis=0) / count
        mu_star = np.abs(filled).sum(axis=0) / count
        sigma = np.sqrt((np.where(present, effects - mu, 0.0) ** 2).sum(axis=0) / (count - 1))
        sigma = np.where(count > 1, sigma, np.nan)
        margin = 2 * sigma / np.sqrt(count)
    columns = {"effects": count, "mu": mu, "mu_star": mu_star, "sigma": sigma}
    interval = {"lower": mu - margin, "upper": mu + margin}
    return pl.DataFrame({"input": list(names), **columns, **interval}, nan_to_null=True)
