"""Draws of weights, uniform within a region: exact where a closed form or a division into simplices exists."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from indicia.errors import DefinitionError, IndiciaError, require_optional
from indicia.methods.numbers import widened
from indicia_robustness.weight_regions.simplices import draw_within, triangulate

if TYPE_CHECKING:
    from indicia.methods import Array
    from indicia_robustness.weight_regions.region import WeightRegion

Route: TypeAlias = Literal["point", "limits", "simplex", "simplices", "hit and run"]
"""The ways to draw weights; all but the last are exact."""

_MOST_DIMENSIONS = 5
"""The largest dimension of a region that is divided into simplices to draw from it."""
_MOST_PIECES = 5_000
_ROUNDING = 1e-9


class RegionDraws:
    """Draws from a region of weights; the route is chosen once.

    Parameters
    ----------
    region : WeightRegion
        The region.

    Notes
    -----
    A region without freedom is a point. Bounds of single weights are drawn by rejection (`weights_in_box`). A complete
    order of the weights, also with ties, ratios and least differences, is a simplex: a Dirichlet distribution of its
    vertices, which for a plain order equals sorted spacings. Other regions of up to six weights are divided into
    simplices. The rest is drawn by `hit_and_run`.
    """

    def __init__(self, region: WeightRegion) -> None:
        self.region = region

    @property
    def route(self) -> Route:
        """The way in which weights are drawn."""
        if not self.region.constraints:
            return "simplex"
        if not self.region.dimension:
            return "point"
        if self.region.box is not None:
            return "limits"
        if self._vertices is not None:
            return "simplex"
        return "hit and run" if self._simplices is None else "simplices"

    def draw(self, draws: int, random: np.random.Generator) -> Array:
        """Return weights, (draws, k), each row with sum 1."""
        region, route = self.region, self.route
        if route == "point":
            return np.tile(region.interior[0], (draws, 1))
        if route == "limits":
            assert region.box is not None
            return weights_in_box(*region.box, draws, random)
        if route == "hit and run":
            return hit_and_run(region, draws, random)
        simplices = np.eye(len(region.names))[None] if not region.constraints else self._simplices
        if route == "simplex" and region.constraints:
            simplices = self._vertices
        assert simplices is not None
        drawn = np.maximum(draw_within(simplices, region.directions, draws, random), 0.0)
        scaled: Array = drawn / drawn.sum(axis=1, keepdims=True)
        return scaled

    @cached_property
    def _vertices(self) -> Array | None:
        """The vertices of a region that is a simplex, (1, dimension + 1, k); else None.

        A region of dimension d is a simplex if d + 1 of its inequalities bound it, and the others follow from these.
        """
        region, size = self.region, self.region.dimension
        rows, bounds = region.facets
        start, basis = region.interior[0], region.directions
        walls, room = np.einsum("mk,kd->md", rows, basis), bounds - rows @ start
        needed = _needed(walls, room, size + 1)
        if len(needed) != size + 1:
            return None
        walls, room = walls[needed], room[needed]
        corners = np.stack(
            [np.linalg.solve(np.delete(walls, wall, axis=0), np.delete(room, wall)) for wall in range(size + 1)]
        )
        vertices: Array = (np.einsum("cd,kd->ck", corners, basis) + start)[None]
        return vertices

    @cached_property
    def _simplices(self) -> Array | None:
        """The simplices into which a region of few dimensions is divided; None for many dimensions or simplices."""
        if self.region.dimension > _MOST_DIMENSIONS:
            return None
        try:
            simplices = triangulate(self.region)
        except IndiciaError:  # too many simplices
            return None
        return simplices if 0 < len(simplices) <= _MOST_PIECES else None


def _needed(walls: Array, room: Array, most: int) -> list[int]:
    """Return the inequalities that do not follow from the others; more than `most` of them need not be complete.

    A linear programme for each: an inequality follows if the others keep its left side below its bound.
    """
    optimize = require_optional("scipy.optimize", "constraints on weights", "scipy")
    kept, needed = list(range(len(walls))), []
    for number in range(len(walls)):
        others = [other for other in kept if other != number]
        programme = optimize.linprog(
            -walls[number], A_ub=walls[others], b_ub=room[others], bounds=(None, None), method="highs"
        )
        if programme.status == 0 and -programme.fun <= room[number] + _ROUNDING:
            kept = others
            continue
        needed.append(number)
        if len(needed) > most:
            break
    return needed


CHAINS = 1024
"""The number of chains that walk at the same time."""
_NEWTON_STEPS = 500
_LEAST_SLACK = 1e-12
_PHASES = 10
"""The number of phases of the burn-in, after each of which directions follow the spread of the chains."""


def hit_and_run(region: WeightRegion, draws: int, random: np.random.Generator) -> Array:
    """Draw weights from a region, (draws, k), by chains that walk within it.

    A step of a chain leaves its point in a random direction, and goes to a point that is uniform on the line through
    the region. A step keeps the uniform distribution, so that chains may share their directions: given the directions,
    they are independent. 1,024 chains start in the analytic centre. In dimension d, the burn-in has ten phases of 2d
    steps; after each, directions are drawn with the covariance of the chains' points, so that a thin region is walked
    like a round one. 20d + 2d² more steps follow, and each further draw of a chain is 16d steps after its last. The
    correlation of successive draws of a chain is below 0.3 in the regions of 6 to 20 weights that were measured, so
    that 10,000 draws estimate a mean as well as some 6,000 independent ones.

    >>> from indicia_robustness.weight_regions.language import read_constraints
    >>> from indicia_robustness.weight_regions.region import WeightRegion
    >>> region = WeightRegion(("a", "b", "c"), read_constraints(["a >= b", "a >= c"]))
    >>> drawn = hit_and_run(region, 2000, np.random.default_rng(1))
    >>> bool((drawn[:, 0] >= drawn[:, 1:].max(axis=1)).all()), drawn.mean(axis=0).round(1).tolist()
    (True, [0.6, 0.2, 0.2])
    """
    start, basis = region.interior[0], region.directions
    dimension = basis.shape[1]
    if not dimension:
        return np.tile(start, (draws, 1))
    rows, bounds = region.facets
    walls = np.einsum("mk,kd->md", rows, basis)
    room = bounds - np.einsum("mk,k->m", rows, start)
    centre, spread = _centre(walls, room)
    points = np.repeat(centre[:, None], CHAINS, axis=1)
    for _ in range(_PHASES):
        _walk(points, walls, room, spread, 2 * dimension, random)
        spread = _spread(points, spread)
    _walk(points, walls, room, spread, 20 * dimension + 2 * dimension**2, random)
    batches = []
    for batch in range(-(-draws // CHAINS)):
        if batch:
            _walk(points, walls, room, spread, 16 * dimension, random)
        batches.append(np.einsum("dc,kd->ck", points, basis) + start)
    drawn = np.maximum(np.concatenate(batches)[:draws], 0.0)
    scaled: Array = drawn / drawn.sum(axis=1, keepdims=True)
    return scaled


def _centre(walls: Array, room: Array) -> tuple[Array, Array]:
    """Return the analytic centre, which maximises Σ log slack, and a matrix of directions that fit the region there.

    Newton's method from the origin; the directions have the covariance H⁻¹, where H is the curvature at the centre.
    """
    point, size = np.zeros(walls.shape[1]), max(float(room.max()), 1.0)
    slack = np.maximum(room, _LEAST_SLACK * size)
    for _ in range(_NEWTON_STEPS):
        curvature = np.einsum("md,me->de", walls / slack[:, None], walls / slack[:, None])
        step = np.linalg.solve(curvature, -np.einsum("md,m->d", walls, 1 / slack))
        speeds = np.einsum("md,d->m", walls, step)
        decrement = float(np.sqrt(np.square(speeds / slack).sum()))
        if decrement < 1e-6:
            break
        # a step of 1 / (1 + decrement) stays inside and improves, whatever the shape
        point = point + step / (1 + decrement)
        slack = np.maximum(slack - speeds / (1 + decrement), _LEAST_SLACK * size)
    return point, np.linalg.cholesky(np.linalg.inv(curvature))


def _walk(points: Array, walls: Array, room: Array, spread: Array, steps: int, random: np.random.Generator) -> None:
    """Move all points, (dimension, chains), by some steps; `room` is the slack of each wall at the origin."""
    slack = np.maximum(room[:, None] - np.einsum("md,dc->mc", walls, points), 0.0)
    reached = np.empty_like(slack)
    directions = np.einsum("de,se->sd", spread, random.standard_normal((steps, len(points))))
    for direction, speeds in zip(directions, np.einsum("sd,md->sm", directions, walls), strict=True):
        ends = []
        for walls_hit in (np.flatnonzero(speeds > 0), np.flatnonzero(speeds < 0)):
            lengths = np.take(slack, walls_hit, axis=0, out=reached[: len(walls_hit)], mode="clip")
            lengths /= np.abs(speeds[walls_hit])[:, None]
            ends.append(np.maximum(lengths.min(axis=0), 0.0))
        length = random.random(points.shape[1]) * (ends[0] + ends[1]) - ends[1]
        points += direction[:, None] * length
        slack -= np.multiply(speeds[:, None], length, out=reached)


def _spread(points: Array, before: Array) -> Array:
    """Return a matrix L whose L Lᵀ is the covariance of the points of all chains; the former one if it has none."""
    centred = points - points.mean(axis=1, keepdims=True)
    covariance = np.einsum("dc,ec->de", centred, centred) / points.shape[1]
    scale = np.sqrt(np.diag(covariance))
    if not (scale > 0).all():
        return before
    correlation = covariance / np.outer(scale, scale) + 1e-9 * np.eye(len(scale))
    factor: Array = scale[:, None] * np.linalg.cholesky(correlation)
    return factor


_BATCH = 1 << 20
"""The largest number of values that are drawn in a batch."""


def weights_in_box(low: Array, high: Array, draws: int, random: np.random.Generator) -> Array:
    """Draw weights within limits, uniform over all such weights that sum to 1.

    `low` and `high` (k,) are the limits of each weight. DefinitionError if no weights within them sum to 1.

    Rejection makes the distribution exact: all weights except the one with the widest range are drawn within their
    limits, the remaining weight makes the sum 1, and the draw is accepted if this weight is within its limits. The
    weights come from exponential distributions truncated at the limits, with one rate for all. This rate brings the
    sum near 1, and the distribution stays uniform, because the density depends only on the sum. So about one draw in
    √(2π k) is accepted at worst, for limits of any width.

    >>> weights_in_box(np.array([0.2, 0.0]), np.array([0.2, 1.0]), 2, np.random.default_rng(1)).tolist()
    [[0.2, 0.8], [0.2, 0.8]]
    """
    low, high = np.asarray(low, dtype=float), np.asarray(high, dtype=float)
    _check_ranges(low, high)
    free = high - low > np.finfo(float).eps  # a range narrower than rounding noise holds one weight
    slack = max(1 - low.sum(), 0.0)
    drawn = np.tile(low, (draws, 1))
    if free.any():
        drawn[:, free] += _divide((high - low)[free], slack, draws, random)
    scaled: Array = drawn / drawn.sum(axis=1, keepdims=True)
    return scaled


def _check_ranges(low: Array, high: Array) -> None:
    for number, (lowest, highest) in enumerate(zip(low, high, strict=True), start=1):
        if not 0 <= lowest <= highest < np.inf:
            raise DefinitionError(
                f"the range [{lowest:g}, {highest:g}] of weight {number} is not valid",
                remedy="[low, high] from 0 up, low first",
            )
    below, above = widened(1, 1)
    if low.sum() > above:
        raise DefinitionError(
            f"the lowest weights sum to {low.sum():g}, so that none can sum to 1", remedy="lower the lower limits"
        )
    if high.sum() < below:
        raise DefinitionError(
            f"the highest weights sum to {high.sum():g}, so that none can sum to 1", remedy="raise the upper limits"
        )


def _divide(room: Array, amount: float, draws: int, random: np.random.Generator) -> Array:
    """Divide an amount at random between k parts, uniformly, none larger than its `room` (k,); shape (draws, k)."""
    amount = min(amount, room.sum())
    if amount <= 1e-12 * room.sum() or len(room) == 1:
        return np.tile(room * (amount / room.sum()), (draws, 1))
    room = np.minimum(room, amount)
    if 2 * amount > room.sum():
        return room - _divide(room, room.sum() - amount, draws, random)
    widest = int(room.argmax())
    others = np.delete(room, widest)
    rate = _rate(room, amount)
    cut = np.expm1(-rate * others)
    filled = np.empty((draws, len(room)))
    done = 0
    while done < draws:
        batch = min(max(8 * (draws - done), 64), max(_BATCH // len(room), 64))
        parts = np.log1p(random.random((batch, len(others))) * cut) / -rate
        rest = amount - parts.sum(axis=1)
        chance = np.where((rest >= 0) & (rest <= room[widest]), np.exp(-rate * np.maximum(rest, 0)), 0.0)
        accepted = np.flatnonzero(random.random(batch) < chance)[: draws - done]
        filled[done : done + len(accepted)] = np.insert(parts[accepted], widest, rest[accepted], axis=1)
        done += len(accepted)
    return filled


def _rate(room: Array, amount: float) -> float:
    """Return the rate at which exponential amounts, truncated at their rooms, have the mean sum `amount`."""
    low, high = 1e-9 / room.max(), 2 * len(room) / amount
    for _ in range(60):
        middle = (low * high) ** 0.5
        x = middle * room
        mean = ((1 - x / np.expm1(np.minimum(x, 700))) / middle).sum()
        low, high = (middle, high) if mean > amount else (low, middle)
    return float(low)
