"""The cheapest point of a box at which a margin is reached: linear programmes in closed form, others by search.

A point is a share of the way to the limit of each variable, from 0 to 1. The cost of a point is the sum of the shares,
each times the cost of its whole way.
"""

from __future__ import annotations

from itertools import combinations
from math import comb
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from indicia.errors import require_optional
from indicia_robustness.value_search import nearest_values

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from indicia.methods import Array

    Integers = npt.NDArray[np.int64]

    Margins: TypeAlias = Callable[[Array], Array]
    """Margins (m,) at points (m, k)."""

_SUBSETS = 600_000
"""The largest number of subsets of variables that are compared."""
_NOTHING = 1e-12
"""The share of a gain that is rounding noise."""
_FREE = 1e-6
"""The distance from 0 and 1 from which a share counts as lying between them."""
_STEP = 1e-3
"""The step of slopes between the limits, where a margin is smooth."""
_NEWTON = 20
ROUNDS = 200
"""The most rounds of a search; in each, the slopes of all variables are computed."""
_MAX_POLISHED = 12
"""The largest number of variables between their limits that are solved to the last digits."""


def greedy(gains: Array, costs: Array, needed: float) -> Array | None:
    """Return the cheapest shares (k,) with a total gain of `needed`, for gains that add up; None if none is enough.

    The variables with the largest gain per cost go first, the last one in part. This solves the linear programme.

    >>> greedy(np.array([4.0, 2.0]), np.array([1.0, 1.0]), 5.0).tolist()
    [1.0, 0.5]
    """
    useful = np.flatnonzero(gains > 0)
    if gains[useful].sum() < needed * (1 - _NOTHING):
        return None
    order = useful[np.argsort(-gains[useful] / costs[useful], kind="stable")]
    shares, left = np.zeros(len(gains)), needed
    for variable in order.tolist():
        if left <= 0:
            break
        shares[variable] = min(1.0, left / gains[variable])
        left -= shares[variable] * gains[variable]
        left = left if left > _NOTHING * needed else 0.0
    return shares


def greedy_at_most(gains: Array, costs: Array, needed: float, most: int) -> Array | None:
    """Return the cheapest shares that change at most so many variables, for gains that add up; None if none is enough.

    Every set of `most` variables is compared: within a set, the greedy solution is the cheapest. ValueError if there
    are too many sets.
    """
    useful = np.flatnonzero(gains > 0)
    most = min(most, len(useful))
    if comb(len(useful), most) > _SUBSETS:
        raise ValueError(f"{len(useful)} indicators have too many sets of {most}")
    order = useful[np.argsort(-gains[useful] / costs[useful], kind="stable")]
    if not most:
        return None
    sets = order[np.array(list(combinations(range(len(order)), most)))]
    left, taken = np.full(len(sets), needed), np.zeros(sets.shape)
    for place in range(most):
        gain = gains[sets[:, place]]
        taken[:, place] = np.clip(left / gain, 0.0, 1.0)
        left = left - taken[:, place] * gain
        left = np.where(left > _NOTHING * needed, left, 0.0)
    total = np.where(left == 0, (taken * costs[sets]).sum(axis=1), np.inf)
    best = int(total.argmin())
    if not np.isfinite(total[best]):
        return None
    shares = np.zeros(len(gains))
    shares[sets[best]] = taken[best]
    return shares


def cheapest_point(margins: Margins, costs: Array, rounds: int = ROUNDS) -> Array | None:
    """Return the cheapest shares (k,) with a margin of 0 or more, by search; None if even the limits miss the goal.

    The search is exact if the margin is concave and `rounds` are enough; otherwise the point may be a local optimum.
    Needs scipy.
    """
    ends = margins(np.stack([np.zeros(len(costs)), np.ones(len(costs))]))
    if ends[1] < 0:
        return None
    size = abs(float(ends[0]))
    start = nearest_values(
        lambda _, shares: margins(np.repeat(shares[:, None], len(costs), axis=1)),
        np.array([0.0]),
        np.array([1.0]),
        np.array([1.0]),
        float(ends[0]),
    )[0]
    if len(costs) == 1:
        return np.array([start])
    optimize = require_optional("scipy.optimize", "the cheapest path of a score that is not linear", "scipy")
    outcome = optimize.minimize(
        lambda shares: float(shares @ costs) / costs.sum(),
        np.full(len(costs), start),
        jac=lambda _: costs / costs.sum(),
        bounds=[(0.0, 1.0)] * len(costs),
        constraints={
            "type": "ineq",
            "fun": lambda shares: margins(shares[None])[0] / size,
            "jac": lambda shares: _slopes(margins, shares, np.arange(len(costs)), 1e-6) / size,
        },
        method="SLSQP",
        options={"ftol": 1e-13, "maxiter": rounds},
    )
    return _polished(margins, costs, np.clip(outcome.x, 0.0, 1.0))


def _slopes(margins: Margins, shares: Array, variables: Integers, step: float) -> Array:
    """Return the slopes of the margin in some variables, of second order; at an end of the box they are one-sided."""
    room = np.minimum(shares, 1 - shares)[variables]
    steps = np.where(room > 0, np.minimum(step, room), step)
    inside = np.clip(_points_beside(shares, variables, (1, -1), steps), 0.0, 1.0)
    values = margins(inside).reshape(len(variables), -1)
    changed = inside[np.arange(len(inside)), np.repeat(variables, 2)].reshape(len(variables), -1)
    return np.asarray((values[:, 0] - values[:, 1]) / (changed @ np.array([1.0, -1.0])))


def _fine_slopes(margins: Margins, points: Array, variables: Integers) -> tuple[Array, list[Array]]:
    """Return the margins (m,) at points (m, k) between the ends of the box, and the slopes there, of fourth order.

    All points are one call of `margins`: a call with many points takes hardly longer than a call with one.
    """
    room = np.minimum(points, 1 - points)[:, variables]
    steps = np.where(room > 0, np.minimum(_STEP, room / 2), _STEP)
    beside = [_points_beside(point, variables, (2, 1, -1, -2), step) for point, step in zip(points, steps, strict=True)]
    values = margins(np.clip(np.concatenate([points, *beside]), 0.0, 1.0))
    weights = np.array([-1 / 12, 8 / 12, -8 / 12, 1 / 12])
    tables = values[len(points) :].reshape(len(points), len(variables), 4)
    return values[: len(points)], [table @ weights / step for table, step in zip(tables, steps, strict=True)]


def _points_beside(shares: Array, variables: Integers, offsets: tuple[int, ...], steps: Array) -> Array:
    """Return points (variables × offsets, k) with one variable changed by multiples of its step."""
    points = np.repeat(shares[None], len(offsets) * len(variables), axis=0)
    changes = np.tile(offsets, len(variables)) * np.repeat(steps, len(offsets))
    points[np.arange(len(points)), np.repeat(variables, len(offsets))] += changes
    return points


def _polished(margins: Margins, costs: Array, shares: Array) -> Array:
    """Return the point to the last digits: the slopes per cost are equal for all variables between their limits."""
    free = np.flatnonzero((shares > _FREE) & (shares < 1 - _FREE))
    ends = np.where(shares <= _FREE, 0.0, np.where(shares >= 1 - _FREE, 1.0, shares))
    if 1 < len(free) <= _MAX_POLISHED:
        newton = _newton(margins, costs, ends, free)
        if newton is not None and newton @ costs <= (ends @ costs) * (1 + 1e-6):
            ends = newton
    return _level(margins, costs, ends, free)


def _newton(margins: Margins, costs: Array, shares: Array, free: Integers) -> Array | None:
    """Solve the conditions of first order for the free variables by Newton's method; None if it leaves the box."""
    point, count = shares.copy(), len(free)
    price = None
    for _ in range(_NEWTON):
        steps = 0.5 * np.minimum(2 * _STEP, np.minimum(point, 1 - point)[free])
        moved = np.repeat(point[None], 2 * count, axis=0)
        moved[np.arange(2 * count), np.repeat(free, 2)] += np.tile([1.0, -1.0], count) * np.repeat(steps, 2)
        levels, (slopes, *beside) = _fine_slopes(margins, np.concatenate([point[None], moved]), free)
        if price is None:
            price = float(costs[free] @ slopes / (slopes @ slopes))
        curvature = np.empty((count, count))
        for number, step in enumerate(steps):
            curvature[:, number] = (beside[2 * number] - beside[2 * number + 1]) / (2 * step)
        residual = np.append(costs[free] - price * slopes, levels[0])
        matrix = np.block([[-price * curvature, -slopes[:, None]], [slopes[None], np.zeros((1, 1))]])
        change = np.linalg.lstsq(matrix, -residual, rcond=None)[0]
        point[free] += change[:-1]
        price += float(change[-1])
        if not ((point[free] > 0) & (point[free] < 1)).all():
            return None
        if np.abs(change[:-1]).max() < 1e-13:
            break
    return point


def _level(margins: Margins, costs: Array, shares: Array, free: Integers) -> Array:
    """Move the free variable that costs most until the margin is 0, so that the goal is just reached."""
    if not len(free):
        return shares
    variable = int(free[np.argmax((shares * costs)[free])])

    def of_variable(_: Integers, values: Array) -> Array:
        points = np.repeat(shares[None], len(values), axis=0)
        points[:, variable] = values
        return margins(points)

    at_zero = float(of_variable(free, np.array([0.0]))[0])
    if at_zero >= 0:
        return shares
    level = nearest_values(of_variable, np.array([0.0]), np.array([1.0]), np.array([1.0]), at_zero)[0]
    if np.isnan(level):
        return shares
    result = shares.copy()
    result[variable] = level
    return result
