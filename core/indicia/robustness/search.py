"""How little weights must change for units to change places, where only scores for given weights are known.

`scores` takes weights (m, k) and returns scores (m, n), of which larger is better; where it returns NaN nothing is
said. Paths are looked at in steps, so a change of places that is undone within one step goes unseen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from indicia.errors import DataError
from indicia.robustness.bisection import halved
from indicia.robustness.closed_form import Nearest, nearest_level

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from indicia.methods import Array

    Whole = npt.NDArray[np.int64]
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
_NEARLY = 1 - 1e-9
"""Distances that differ by less are equal but for rounding."""


def dethroning(
    scores: Scores,
    weights: Array,
    random: np.random.Generator,
    *,
    steps: int = 32,
    tries: int = 256,
    side_by_side: bool = True,
) -> tuple[Nearest, int]:
    """Find weights near the given ones by which another unit draws level with the first, and the number of that unit.

    The distance, one number, is as in `closed_form.dethroning`; NaN, and -1, where no weights were found. It is an
    upper bound: nearer weights may exist. Every weight is led to 1 and to 0, and `tries` random weights are approached;
    from the nearest found, slopes lead to the nearest weights of a linear score, and so on until nothing is gained.
    Weights that differ by little are not tried `side_by_side` where the scores of some may change those of others.

    >>> z = np.array([[1.0, 0.2], [0.0, 0.8]])
    >>> found, unit = dethroning(lambda weights: weights @ z.T, np.array([0.5, 0.5]), np.random.default_rng(1))
    >>> found.distance.round(6).item(), unit
    (0.25, 1)
    """
    w = np.asarray(weights, dtype=float) / np.sum(weights)
    given = scores(w[None])[0]
    if np.isnan(given).all():
        raise DataError("the given weights lead to no score", remedy="start from weights under which units have scores")
    search = _Search(scores, w, given, int(np.nanargmax(given)), steps, side_by_side)
    targets = np.concatenate([np.eye(len(w)), _without(w), random.dirichlet(np.ones(len(w)), tries)])
    far, points = search.reached(targets, np.zeros(len(targets), dtype=int), nearest=_STARTS)
    starts = np.argsort(far, kind="stable")[:_STARTS]
    starts = starts[np.isfinite(far[starts])]
    if not len(starts):
        return Nearest(np.array(np.nan), np.full(len(w), np.nan)), -1
    together = [starts] if side_by_side else starts[:, None]
    found, points = map(
        np.concatenate, zip(*(search.improved(far[some], points[some]) for some in together), strict=True)
    )
    best = int(found.argmin())
    return Nearest(np.array(found[best]), points[best]), search.second(search.asked(points[best][None])[0])


@dataclass(frozen=True)
class _Search:
    """Looks for weights by which another unit draws level with the first."""

    scores: Scores
    w: Array
    """The given weights."""
    given: Array
    """The scores by these."""
    first: int
    steps: int
    """In how many steps a way is looked at."""
    side_by_side: bool

    def reached(self, targets: Array, groups: Whole, nearest: int) -> tuple[Array, Array]:
        """Return how far off another unit draws level on the way to each target (m, k), infinite if none, and where.

        Exact for so many targets of each group (m,) as are `nearest`; the others are farther off than these.
        """
        way = self._crossing(targets, groups, nearest)
        points = self.w + way[:, None] * (targets - self.w)
        far = np.abs(points - self.w).sum(axis=1)
        return np.where(np.isnan(far), np.inf, far), points

    def improved(self, far: Array, points: Array) -> tuple[Array, Array]:
        """Go on from weights (m, k) at a distance towards the nearest of a linear score, until nothing is gained."""
        far, points, going = far.copy(), points.copy(), np.arange(len(far))
        for _ in range(_ROUNDS):
            towards = self._linear(points[going])
            some = np.isfinite(towards).all(axis=1)
            going, towards = going[some], towards[some]
            if not some.any():
                break
            steps = [
                _beyond(self.w, share * end + (1 - share) * point)
                for end, point in zip(towards, points[going], strict=True)
                for share in _SHARES
            ]
            groups = np.arange(len(steps)) // len(_SHARES)
            nearer, reached = self.reached(np.stack(steps), groups, nearest=1)
            lowest = nearer.reshape(-1, len(_SHARES)).argmin(axis=1) + len(_SHARES) * np.arange(len(going))
            gains = nearer[lowest] < far[going] * _NEARLY
            going, lowest = going[gains], lowest[gains]
            far[going], points[going] = nearer[lowest], reached[lowest]
            if not gains.any():
                break
        return far, points

    def second(self, found: Array) -> int:
        """Return the best of the other units, by scores (n,)."""
        others = np.where(np.isnan(found), -np.inf, found)
        others[self.first] = -np.inf
        return int(others.argmax())

    def _crossing(self, targets: Array, groups: Whole, nearest: int) -> Array:
        """Return which share of the way to each target, (m,), first brings another unit level; NaN where none does."""
        if self._margins(self.given[None])[0] >= 0:
            return np.zeros(len(targets))
        portion = max(1, _CELLS // (self.steps * len(self.w)))
        parts = (slice(at, at + portion) for at in range(0, len(targets), portion))
        return np.concatenate([self._first_level(targets[part], groups[part], nearest) for part in parts])

    def _first_level(self, targets: Array, groups: Whole, nearest: int) -> Array:
        start, m = self.w, len(targets)
        at_once = max(1, _CELLS // len(self.given)) if self.side_by_side else 1
        step = max(1, at_once // m) if self.side_by_side else self.steps
        distances = np.abs(targets - start).sum(axis=1)
        way = np.arange(self.steps + 1) / self.steps
        lead = np.full((self.steps + 1, m), np.nan)
        lead[0] = self._margins(self.given[None])
        going, done = np.arange(m), 0
        while len(going) and done < self.steps:
            some = np.arange(done + 1, min(done + step, self.steps) + 1)
            grid = start + way[some, None, None] * (targets[going] - start)
            lead[some[:, None], going] = self._lead(grid.reshape(-1, len(start))).reshape(len(some), -1)
            hit, done = lead >= 0, int(some[-1])
            far = np.where(hit.any(axis=0), way[hit.argmax(axis=0)] * distances, np.inf)
            may_be_near = way[done] * distances * _NEARLY <= _farthest(far, groups, nearest)
            going = np.flatnonzero(np.isinf(far) & may_be_near)
        (some,) = np.nonzero(hit.any(axis=0))
        at = hit.argmax(axis=0)[some]

        def attempt(numbers: Whole, shares: Array) -> tuple[npt.NDArray[np.bool_], Array]:
            lead = self._lead(start + shares[:, None] * (targets[some[numbers]] - start))
            return lead >= 0, lead

        def matters(low: Array, high: Array) -> npt.NDArray[np.bool_]:
            far = distances[some]
            found: npt.NDArray[np.bool_] = low * far * _NEARLY <= _farthest(high * far, groups[some], nearest)
            return found

        found = np.full(m, np.nan)
        _, found[some] = halved(
            attempt,
            way[at] - 1 / self.steps,
            way[at],
            np.stack([lead[at - 1, some], lead[at, some]]),
            halvings=_HALVINGS,
            at_once=at_once,
            matters=matters if self.side_by_side else None,
        )
        return found

    def asked(self, points: Array) -> Array:
        """Return the scores by weights (m, k), not too many of them at once."""
        step = max(1, _CELLS // len(self.given))
        return np.concatenate([self.scores(points[at : at + step]) for at in range(0, len(points), step)])

    def _lead(self, points: Array) -> Array:
        """Return by how much the best of the other units is ahead by weights (m, k), as `_margins` does."""
        step = max(1, _CELLS // len(self.given))
        parts = (points[at : at + step] for at in range(0, len(points), step))
        return np.concatenate([self._margins(self.scores(part)) for part in parts])

    def _margins(self, found: Array) -> Array:
        """Return by how much the best of the other units is ahead of the first; NaN or infinite for missing scores."""
        others = np.delete(found, self.first, axis=1)
        best: Array = np.where(np.isnan(others), -np.inf, others).max(axis=1, initial=-np.inf)
        return best - found[:, self.first]

    def _linear(self, points: Array) -> Array:
        """Return the nearest weights by which a unit that is level at each point is so, were scores linear from there.

        NaN where no unit is nearer by any weight.
        """
        count = len(self.w)
        around = points[:, None] + _STEP * (np.eye(count) - points[:, None])
        asked = np.concatenate([points[:, None], around], axis=1)
        towards = np.full(points.shape, np.nan)
        for at, found in enumerate(self.asked(asked.reshape(-1, count)).reshape(*asked.shape[:2], -1)):
            margins = found[:, self.second(found[0])] - found[:, self.first]
            lead: Array = margins[0] + (margins[1:] - margins[0]) / _STEP
            if np.isfinite(lead).all() and np.abs(lead).max() > 0:
                towards[at] = nearest_level(lead[None], self.w).weights[0]
        return towards


def _farthest(far: Array, groups: Whole, nearest: int) -> Array:
    """Return how far off the farthest is of so many that are nearest in the group of each, (m,)."""
    found = np.empty(len(far))
    for group in set(groups.tolist()):
        own = groups == group
        found[own] = np.sort(far[own])[:nearest][-1]
    return found


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
