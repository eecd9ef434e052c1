"""A search for the smallest change of weights that makes another unit first, for scores that are not linear.

`scores` takes weights (m, k) and returns scores (m, n), larger is better; NaN is a missing score. The search follows
paths in steps, so it misses a change of places that is reversed within one step.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from indicia.errors import DataError
from indicia_robustness.closed_form import Nearest, nearest_level

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from indicia.methods import Array

    Integers = npt.NDArray[np.int64]
    Scores: TypeAlias = Callable[[Array], Array]
    Mask = npt.NDArray[np.bool_]
    Attempt: TypeAlias = "tuple[Mask, Array]"
    """A mask of the points that meet the condition, and margins for predictions: negative where it is not met."""

_CELLS = 1 << 20
"""The largest number of scores that are computed in one call."""
_HALVINGS = 45
_STARTS = 4
"""The number of nearest random weights from which the search continues."""
_ROUNDS = 20
_SHARES = (1.0, 0.5, 0.1)
"""The shares of the path from the nearest weights so far to the solution for a linear score, which a round tests."""
_STEP = 1e-6
"""The step over which slopes are measured."""
_CLEARLY = 1 - 1e-9
"""A distance is clearly smaller than another if it is below this share of it; rounding explains less."""


def nearest_for_any(
    scores: Scores,
    weights: Array,
    random: np.random.Generator,
    *,
    steps: int = 32,
    tries: int = 256,
    side_by_side: bool = True,
) -> tuple[Nearest, int]:
    """Find weights near `weights` at which another unit draws level with the first, and the number of that unit.

    The distance is defined as in `closed_form.nearest_for_each`; it is NaN, and the unit -1, if no weights are found.
    It is an upper bound, since nearer weights may exist. The search follows paths that lead each weight to 1 and to 0,
    and paths to `tries` random weights. From the nearest weights so far it solves the problem for a linear score
    with the slopes at these weights, and repeats this while the distance becomes smaller. `side_by_side` must be False
    if nearly equal draws can change each other's scores.

    >>> z = np.array([[1.0, 0.2], [0.0, 0.8]])
    >>> nearest, unit = nearest_for_any(lambda weights: weights @ z.T, np.array([0.5, 0.5]), np.random.default_rng(1))
    >>> nearest.distance.round(6).item(), unit
    (0.25, 1)
    """
    w = np.asarray(weights, dtype=float) / np.sum(weights)
    present = scores(w[None])[0]
    if np.isnan(present).all():
        raise DataError(
            "no unit has a score with the given weights", remedy="start from weights under which units have scores"
        )
    search = _Search(scores, w, present, int(np.nanargmax(present)), steps, side_by_side)
    targets = np.concatenate([np.eye(len(w)), _leave_one_out(w), random.dirichlet(np.ones(len(w)), tries)])
    distances, points = search.first_level_points(targets, np.zeros(len(targets), dtype=int), nearest=_STARTS)
    starts = np.argsort(distances, kind="stable")[:_STARTS]
    starts = starts[np.isfinite(distances[starts])]
    if not len(starts):
        return Nearest(np.array(np.nan), np.full(len(w), np.nan)), -1
    batches = [starts] if side_by_side else starts[:, None]
    distances, points = map(
        np.concatenate, zip(*(search.improve(distances[batch], points[batch]) for batch in batches), strict=True)
    )
    best = int(distances.argmin())
    return Nearest(np.array(distances[best]), points[best]), search.best_other(
        search.scores_in_batches(points[best][None])[0]
    )


@dataclass(frozen=True)
class _Search:
    """A search for weights at which another unit draws level with the first."""

    scores: Scores
    w: Array
    """The present weights."""
    present: Array
    """The scores with the present weights."""
    first: int
    steps: int
    """The number of steps of a path."""
    side_by_side: bool

    def first_level_points(self, targets: Array, groups: Integers, nearest: int) -> tuple[Array, Array]:
        """Return the distances at which another unit draws level on the paths to targets (m, k), and the weights there.

        A distance is infinite if no unit draws level. The `nearest` smallest distances of each group of targets (m,)
        are exact; the other distances are larger, and approximate.
        """
        shares = self._crossing(targets, groups, nearest)
        points = self.w + shares[:, None] * (targets - self.w)
        distances = np.abs(points - self.w).sum(axis=1)
        return np.where(np.isnan(distances), np.inf, distances), points

    def improve(self, distances: Array, points: Array) -> tuple[Array, Array]:
        """Improve weights (m, k) by solutions for a linear score, while the distance becomes smaller."""
        distances, points, active = distances.copy(), points.copy(), np.arange(len(distances))
        for _ in range(_ROUNDS):
            solutions = self._linear(points[active])
            is_solved = np.isfinite(solutions).all(axis=1)
            active, solutions = active[is_solved], solutions[is_solved]
            if not is_solved.any():
                break
            steps = [
                _extend(self.w, share * end + (1 - share) * point)
                for end, point in zip(solutions, points[active], strict=True)
                for share in _SHARES
            ]
            groups = np.arange(len(steps)) // len(_SHARES)
            new_distances, new_points = self.first_level_points(np.stack(steps), groups, nearest=1)
            lowest = new_distances.reshape(-1, len(_SHARES)).argmin(axis=1) + len(_SHARES) * np.arange(len(active))
            improves = new_distances[lowest] < distances[active] * _CLEARLY
            active, lowest = active[improves], lowest[improves]
            distances[active], points[active] = new_distances[lowest], new_points[lowest]
            if not improves.any():
                break
        return distances, points

    def best_other(self, scores: Array) -> int:
        """Return the number of the best other unit, by scores (n,)."""
        others = np.where(np.isnan(scores), -np.inf, scores)
        others[self.first] = -np.inf
        return int(others.argmax())

    def _crossing(self, targets: Array, groups: Integers, nearest: int) -> Array:
        """Return the share of the path to each target, (m,), at which another unit first draws level; NaN for none."""
        if self._margins(self.present[None])[0] >= 0:
            return np.zeros(len(targets))
        portion = max(1, _CELLS // (self.steps * len(self.w)))
        parts = (slice(start, start + portion) for start in range(0, len(targets), portion))
        return np.concatenate([self._first_level(targets[part], groups[part], nearest) for part in parts])

    def _first_level(self, targets: Array, groups: Integers, nearest: int) -> Array:
        start, m = self.w, len(targets)
        batch_size = max(1, _CELLS // len(self.present)) if self.side_by_side else 1
        step = max(1, batch_size // m) if self.side_by_side else self.steps
        distances = np.abs(targets - start).sum(axis=1)
        grid_shares = np.arange(self.steps + 1) / self.steps
        lead = np.full((self.steps + 1, m), np.nan)
        lead[0] = self._margins(self.present[None])
        active, done = np.arange(m), 0
        while len(active) and done < self.steps:
            steps = np.arange(done + 1, min(done + step, self.steps) + 1)
            grid = start + grid_shares[steps, None, None] * (targets[active] - start)
            lead[steps[:, None], active] = self._lead(grid.reshape(-1, len(start))).reshape(len(steps), -1)
            is_level, done = lead >= 0, int(steps[-1])
            far = np.where(is_level.any(axis=0), grid_shares[is_level.argmax(axis=0)] * distances, np.inf)
            may_be_near = grid_shares[done] * distances * _CLEARLY <= _farthest(far, groups, nearest)
            active = np.flatnonzero(np.isinf(far) & may_be_near)
        (steps,) = np.nonzero(is_level.any(axis=0))
        first_level = is_level.argmax(axis=0)[steps]

        def attempt(numbers: Integers, shares: Array) -> tuple[npt.NDArray[np.bool_], Array]:
            lead = self._lead(start + shares[:, None] * (targets[steps[numbers]] - start))
            return lead >= 0, lead

        def needs_halving(low: Array, high: Array) -> npt.NDArray[np.bool_]:
            far = distances[steps]
            may_be_near: npt.NDArray[np.bool_] = low * far * _CLEARLY <= _farthest(high * far, groups[steps], nearest)
            return may_be_near

        shares_found = np.full(m, np.nan)
        _, shares_found[steps] = bisect_all(
            attempt,
            grid_shares[first_level] - 1 / self.steps,
            grid_shares[first_level],
            np.stack([lead[first_level - 1, steps], lead[first_level, steps]]),
            halvings=_HALVINGS,
            batch_size=batch_size,
            needs_halving=needs_halving if self.side_by_side else None,
        )
        return shares_found

    def scores_in_batches(self, points: Array) -> Array:
        """Return the scores with weights (m, k), in batches."""
        step = max(1, _CELLS // len(self.present))
        return np.concatenate([self.scores(points[start : start + step]) for start in range(0, len(points), step)])

    def _lead(self, points: Array) -> Array:
        """Return the lead of the best other unit with weights (m, k), as `_margins` does."""
        step = max(1, _CELLS // len(self.present))
        parts = (points[start : start + step] for start in range(0, len(points), step))
        return np.concatenate([self._margins(self.scores(part)) for part in parts])

    def _margins(self, scores: Array) -> Array:
        """Return the lead of the best other unit over the first; NaN or infinite for missing scores."""
        others = np.delete(scores, self.first, axis=1)
        best: Array = np.where(np.isnan(others), -np.inf, others).max(axis=1, initial=-np.inf)
        return best - scores[:, self.first]

    def _linear(self, points: Array) -> Array:
        """Return the nearest weights at which the best other unit at each point draws level, as if scores were linear.

        The slopes are those at the point; NaN if no weight changes the lead of the unit.
        """
        count = len(self.w)
        around = points[:, None] + _STEP * (np.eye(count) - points[:, None])
        stencil = np.concatenate([points[:, None], around], axis=1)
        solutions = np.full(points.shape, np.nan)
        for number, scores in enumerate(
            self.scores_in_batches(stencil.reshape(-1, count)).reshape(*stencil.shape[:2], -1)
        ):
            margins = scores[:, self.best_other(scores[0])] - scores[:, self.first]
            lead: Array = margins[0] + (margins[1:] - margins[0]) / _STEP
            if np.isfinite(lead).all() and np.abs(lead).max() > 0:
                solutions[number] = nearest_level(lead[None], self.w).weights[0]
        return solutions


def _farthest(far: Array, groups: Integers, nearest: int) -> Array:
    """Return, for each distance (m,), the largest of the `nearest` smallest distances of its group."""
    result = np.empty(len(far))
    for group in set(groups.tolist()):
        members = groups == group
        result[members] = np.sort(far[members])[:nearest][-1]
    return result


def _leave_one_out(w: Array) -> Array:
    """Return the weights (k, k) with each weight in turn set to 0, or unchanged if nothing would be left."""
    rest = np.where(np.eye(len(w), dtype=bool), 0.0, w)
    sums = rest.sum(axis=1, keepdims=True)
    with np.errstate(invalid="ignore"):
        return np.where(sums > 0, rest / sums, w)


def _extend(start: Array, point: Array) -> Array:
    """Return the end of the path from `start` through `point`, 1.5 times as long or up to a weight of 0."""
    step = point - start
    with np.errstate(divide="ignore", invalid="ignore"):
        room = np.where(step < 0, start / -step, np.inf).min(initial=1.5)
    end: Array = np.maximum(start + room * step, 0.0)
    return end


_DEPTH = 6
"""The number of halvings in the first attempt, before the quality of predictions is known."""


def bisect_all(
    attempt: Callable[[Integers, Array], Attempt],
    low: Array,
    high: Array,
    margins: Array,
    *,
    halvings: int,
    batch_size: int,
    needs_halving: Callable[[Array, Array], Mask] | None = None,
) -> tuple[Array, Array]:
    """Halve intervals (m,) several times, and return their ends; the condition is met at the high end.

    Parameters
    ----------
    attempt
        Tests points; its arguments are the number of the interval of each point, and the points.
    low, high
        The ends of the intervals.
    margins
        The margins at the low and at the high ends, shape (2, m).
    halvings
        The number of times that each interval is halved.
    batch_size
        The number of points that one attempt tests efficiently.
    needs_halving
        Returns a mask of the intervals that are halved further; its arguments are their ends. None for all.

    >>> ends = bisect_all(
    ...     lambda _, x: (x**2 >= 2, x**2 - 2),
    ...     low=np.array([0.0]),
    ...     high=np.array([2.0]),
    ...     margins=np.array([[-2.0], [2.0]]),
    ...     halvings=40,
    ...     batch_size=100,
    ... )
    >>> [end.round(9).tolist() for end in ends]
    [[1.414213562], [1.414213562]]
    """
    ends, margins = np.stack([low, high]), margins.copy()
    halvings_left, depth = np.full(len(low), halvings), _DEPTH
    while len(active := np.flatnonzero(halvings_left)):
        depth = min(depth, max(1, batch_size // len(active)), int(halvings_left.max()))
        middles, predicted = _predicted_path(ends[:, active], margins[:, active], depth)
        is_needed = np.arange(depth)[:, None] < halvings_left[active]
        is_met, margin = np.zeros(is_needed.shape, dtype=bool), np.full(is_needed.shape, np.nan)
        is_met[is_needed], margin[is_needed] = attempt(
            np.broadcast_to(active, is_needed.shape)[is_needed], middles[is_needed]
        )
        # plain bisection reaches a midpoint only if all predictions before it are right
        is_reached = is_needed & np.logical_and.accumulate(
            np.concatenate([is_needed[:1], (is_met == predicted)[:-1]]), axis=0
        )
        for level in range(depth):
            numbers, side = active[is_reached[level]], is_met[level, is_reached[level]].astype(int)
            ends[side, numbers] = middles[level, is_reached[level]]
            margins[side, numbers] = margin[level, is_reached[level]]
        levels_reached = is_reached.sum(axis=0)
        halvings_left[active] -= levels_reached
        if needs_halving is not None:
            halvings_left[~needs_halving(*ends)] = 0
        # near the point, each prediction has about twice as many correct digits as the last
        depth = 2 * round(levels_reached.mean())
    return ends[0], ends[1]


def _predicted_path(ends: Array, margins: Array, depth: int) -> tuple[Array, Mask]:
    """Return the midpoints (depth, m) of bisection for linear margins, and a mask of turns to the low end."""
    (low, high), (below, above) = ends, margins
    with np.errstate(divide="ignore", invalid="ignore"):
        prediction = low - below * (high - low) / (above - below)
    prediction = np.where(np.isfinite(prediction), prediction, (low + high) / 2)
    middles, predicted = np.empty((depth, len(low))), np.empty((depth, len(low)), dtype=bool)
    for level in range(depth):
        middles[level] = (low + high) / 2
        predicted[level] = prediction <= middles[level]
        low, high = np.where(predicted[level], low, middles[level]), np.where(predicted[level], middles[level], high)
    return middles, predicted
