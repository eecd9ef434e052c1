"""How little weights must change for units to change places, where only scores for given weights are known.

`scores` takes weights (m, k) and returns scores (m, n), of which larger is better; where it returns NaN nothing is
said. Paths are looked at in steps, so a change of places that is undone within one step goes unseen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from indicia.errors import DataError
from indicia.robustness.closed_form import Nearest, nearest_level

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from indicia.methods import Array

    Scores: TypeAlias = Callable[[Array], Array]

_CELLS = 1 << 20
"""The most scores that are asked for at once."""
_HALVINGS = 45
_STARTS = 4
"""From how many of the nearest weights found at random the search goes on."""
_ROUNDS = 20
_SHARES = (1.0, 0.5, 0.1)
"""How far a round goes from the nearest weights so far towards those of a linear score."""
_STEP = 1e-6
"""How far slopes are measured."""


def dethroning(
    scores: Scores, weights: Array, random: np.random.Generator, *, steps: int = 32, tries: int = 256
) -> tuple[Nearest, int]:
    """Find weights near the given ones by which another unit draws level with the first, and the number of that unit.

    The distance, one number, is as in `closed_form.dethroning`; NaN, and -1, where no weights were found. It is an
    upper bound: nearer weights may exist. Every weight is led to 1 and to 0, and `tries` random weights are approached;
    from the nearest found, slopes lead to the nearest weights of a linear score, and so on until nothing is gained.

    >>> z = np.array([[1.0, 0.2], [0.0, 0.8]])
    >>> found, unit = dethroning(lambda weights: weights @ z.T, np.array([0.5, 0.5]), np.random.default_rng(1))
    >>> found.distance.round(6).item(), unit
    (0.25, 1)
    """
    w = np.asarray(weights, dtype=float) / np.sum(weights)
    given = scores(w[None])[0]
    if np.isnan(given).all():
        raise DataError("the given weights lead to no score", remedy="start from weights under which units have scores")
    search = _Search(scores, w, len(given), int(np.nanargmax(given)), steps)
    targets = np.concatenate([np.eye(len(w)), _without(w), random.dirichlet(np.ones(len(w)), tries)])
    far, points = search.reached(targets)
    best, at = np.inf, w
    for start in np.argsort(far, kind="stable")[:_STARTS]:
        if not np.isfinite(far[start]):
            break
        here, point = search.improved(far[start], points[start])
        if here < best:
            best, at = here, point
    if not np.isfinite(best):
        return Nearest(np.array(np.nan), np.full(len(w), np.nan)), -1
    return Nearest(np.array(best), at), search.second(search.asked(at[None])[0])


@dataclass(frozen=True)
class _Search:
    """Looks for weights by which another unit draws level with the first."""

    scores: Scores
    w: Array
    """The given weights."""
    units: int
    first: int
    steps: int
    """In how many steps a way is looked at."""

    def reached(self, targets: Array) -> tuple[Array, Array]:
        """Return how far off another unit draws level on the way to each target (m, k), infinite if none, and where."""
        way = self._crossing(targets)
        points = self.w + way[:, None] * (targets - self.w)
        far = np.abs(points - self.w).sum(axis=1)
        return np.where(np.isnan(far), np.inf, far), points

    def improved(self, here: float, point: Array) -> tuple[float, Array]:
        """Go on from weights at a distance towards the nearest ones of a linear score, until nothing is gained."""
        for _ in range(_ROUNDS):
            towards = self._linear(point)
            if not np.isfinite(towards).all():
                break
            steps = [_beyond(self.w, share * towards + (1 - share) * point) for share in _SHARES]
            nearer, points = self.reached(np.stack(steps))
            lowest = int(nearer.argmin())
            if not nearer[lowest] < here * (1 - 1e-9):
                break
            here, point = nearer[lowest], points[lowest]
        return here, point

    def second(self, found: Array) -> int:
        """Return the best of the other units, by scores (n,)."""
        others = np.where(np.isnan(found), -np.inf, found)
        others[self.first] = -np.inf
        return int(others.argmax())

    def _crossing(self, targets: Array) -> Array:
        """Return which share of the way to each target, (m,), first brings another unit level; NaN where none does."""
        if self._level(self.w[None])[0]:
            return np.zeros(len(targets))
        portion = max(1, _CELLS // (self.steps * len(self.w)))
        parts = [targets[at : at + portion] for at in range(0, len(targets), portion)]
        return np.concatenate([self._first_level(part) for part in parts])

    def _first_level(self, targets: Array) -> Array:
        start = self.w
        way = np.arange(1, self.steps + 1) / self.steps
        grid = start + way[:, None, None] * (targets - start)
        hit = self._level(grid.reshape(-1, len(start))).reshape(self.steps, -1)
        some = hit.any(axis=0)
        high = np.where(some, way[hit.argmax(axis=0)], np.nan)
        low = high - 1 / self.steps
        for _ in range(_HALVINGS if some.any() else 0):
            middle = (low[some] + high[some]) / 2
            there = self._level(start + middle[:, None] * (targets[some] - start))
            high[some] = np.where(there, middle, high[some])
            low[some] = np.where(there, low[some], middle)
        return high

    def asked(self, points: Array) -> Array:
        """Return the scores by weights (m, k), not too many of them at once."""
        step = max(1, _CELLS // self.units)
        return np.concatenate([self.scores(points[at : at + step]) for at in range(0, len(points), step)])

    def _level(self, points: Array) -> npt.NDArray[np.bool_]:
        """Say by which weights (m, k) another unit is level with the first or ahead; never where a score is missing."""
        found = self.asked(points)
        others = np.delete(found, self.first, axis=1)
        best: Array = np.where(np.isnan(others), -np.inf, others).max(axis=1, initial=-np.inf)
        level: npt.NDArray[np.bool_] = best - found[:, self.first] >= 0
        return level

    def _linear(self, point: Array) -> Array:
        """Return the nearest weights by which the unit level at a point would be, were scores linear from there on."""
        count = len(self.w)
        found = self.asked(np.concatenate([point[None], point + _STEP * (np.eye(count) - point)]))
        margins = found[:, self.second(found[0])] - found[:, self.first]
        lead: Array = margins[0] + (margins[1:] - margins[0]) / _STEP
        if not np.isfinite(lead).all() or not np.abs(lead).max() > 0:
            return np.full(count, np.nan)
        towards: Array = nearest_level(lead[None], self.w).weights[0]
        return towards


def _without(w: Array) -> Array:
    """Return the weights (k, k) without one of them, in turn; the weights themselves where nothing would be left."""
    left = np.where(np.eye(len(w), dtype=bool), 0.0, w)
    sums = left.sum(axis=1, keepdims=True)
    with np.errstate(invalid="ignore"):
        return np.where(sums > 0, left / sums, w)


def _beyond(start: Array, point: Array) -> Array:
    """Return the weights at which the way through a point, half as long again, ends, or where a weight reaches 0."""
    step = point - start
    with np.errstate(divide="ignore", invalid="ignore"):
        room = np.where(step < 0, start / -step, np.inf).min(initial=1.5)
    end: Array = np.maximum(start + room * step, 0.0)
    return end
