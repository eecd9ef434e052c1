"""The score that a unit needs for a rank, or below which it falls to a rank, from the scores of a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from indicia.methods.noise import NOISE

if TYPE_CHECKING:
    import numpy.typing as npt

    from indicia.methods import Array
    from indicia_robustness.baseline import Baseline

    Integers = npt.NDArray[np.int64]
    Mask = npt.NDArray[np.bool_]

_LEVEL = 2e-15
"""The share of a score by which two scores may differ and still be level: the rounding of a few sums."""


@dataclass(frozen=True)
class PlaceGoals:
    """The goals of units that move up or down in a ranking."""

    baseline: Baseline

    def margins(self, scores: Array, own: Array, unit: Integers, up: Mask, target: Array) -> Array:
        """Return how far units are past their goals; 0 where they are level with it, negative where they miss it.

        Parameters
        ----------
        scores : array of float, shape (m, units)
            The scores that are ranked, of the analysed units in m runs.
        own : array of float, shape (m,)
            The score of the unit in each run.
        unit : array of int, shape (m,)
            The number of the unit.
        up : array of bool, shape (m,)
            True for a move up, False for a move down.
        target : array of float, shape (m,)
            The rank that is wanted.

        Returns
        -------
        array of float, shape (m,)
            The margins; minus infinity where there is no score.
        """
        baseline = self.baseline
        others = np.where(baseline.eligible, baseline.sign * scores, -np.inf)
        others = np.where(np.isnan(others), -np.inf, others)
        others[np.arange(len(others)), unit] = -np.inf
        methodology = baseline.definition.methodology
        # a unit moves up past the unit at the target, and down past the unit before it
        place = np.where(up, target, target - 1).astype(np.int64)
        goal = _best_levels(others, place) if methodology.ties == "dense" else _nth_best(others, place)
        with np.errstate(invalid="ignore"):
            distance = baseline.sign * own - goal
            distance[np.abs(distance) <= _LEVEL * np.abs(goal)] = 0.0
            margins = np.where(up, distance, -distance)
        level_counts = np.where(up, methodology.ties in ("min", "dense"), methodology.ties == "max")
        # rounded scores are level on a whole interval, so a unit for which a tie is not enough needs another digit
        margins = np.where(level_counts, margins, margins - self._rounding)
        return np.where(np.isnan(margins), -np.inf, margins)

    @property
    def _rounding(self) -> float:
        """Half a unit of the last digit of the scores that are ranked; 0 if they are not rounded."""
        decimals = self.baseline.nominal.tree.decimals
        rounded = decimals is not None and self.baseline.definition.methodology.rank_by != "unrounded"
        return 0.5 * 10.0 ** -(decimals or 0) if rounded else 0.0


def _nth_best(scores: Array, place: Integers) -> Array:
    """Return the score at a place (m,) of each row of scores (m, n), the largest first."""
    ordered = -np.sort(-scores, axis=1)
    nth: Array = np.take_along_axis(ordered, np.clip(place - 1, 0, scores.shape[1] - 1)[:, None], axis=1)[:, 0]
    return nth


def _best_levels(scores: Array, place: Integers) -> Array:
    """Return the score with a rank if equal scores share a rank and the next number follows."""
    ordered = -np.sort(-scores, axis=1)
    noise = NOISE * np.abs(np.where(np.isfinite(scores), scores, 0.0)).max(axis=1, keepdims=True)
    with np.errstate(invalid="ignore"):
        levels = np.cumsum(np.diff(ordered, axis=1, prepend=ordered[:, :1]) < -noise, axis=1) + 1
    is_level = levels == place[:, None]
    best = np.take_along_axis(ordered, is_level.argmax(axis=1)[:, None], axis=1)[:, 0]
    return np.where(is_level.any(axis=1), best, -np.inf)
