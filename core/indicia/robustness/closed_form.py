"""How little weights must change for units to change places, where the score is a weighted arithmetic mean.

Weights are those of the k components of one node, the index itself unless said otherwise, and larger values are better.
A change is given where two units tie: any more of it, and they have changed places. `search` is for other aggregations.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from indicia.errors import DataError, DefinitionError, join_names
from indicia.robustness.rank_distribution import ranks
from indicia.tables.noise import NOISE

if TYPE_CHECKING:
    import numpy.typing as npt

    from indicia.methods import Array

    Whole = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Critical:
    """The smallest relative change of each weight, shape (k,), that changes ranks; NaN where none does."""

    top: Array
    """That makes another unit first."""
    top_by: Whole
    """The unit that it makes first; -1 where none."""
    any: Array
    """That makes any two units change places."""
    any_by: Whole
    """Those units, shape (k, 2), the one that was ahead first; -1 where none."""


@dataclass(frozen=True)
class Nearest:
    """The weights nearest to the given ones by which each unit draws level with the one ahead."""

    distance: Array
    """Shape (n,); NaN for the one ahead itself, and for units that no weights bring level."""
    weights: Array
    """Shape (n, k)."""


def overtaking(
    values: Array,
    weights: Array,
    ahead: Whole,
    behind: Whole,
    *,
    scores: Array | None = None,
    effect: float = 1.0,
) -> Array:
    """Return the change of each weight by which pairs of units tie, shape (m, k).

    `values` (n, k) are the components of a node, `ahead` and `behind` (m,) number units. The change is added to one
    weight, the others are scaled in proportion so that all sum to 1, and the weight stays between 0 and 1; NaN where no
    such change does it. For a node below the top, `scores` (n,) are those of the index and `effect` the weight with
    which the node enters it; all on the way up being weighted arithmetic means.

    With a change δ of weight c, S_i moves by δ (z_ic - S_i) / (1 - w_c), hence
    δ = -(S_i - S_j) (1 - w_c) / ((z_ic - z_jc) - (S_i - S_j)).

    >>> z = np.array([[1.0, 0.2], [0.0, 0.8]])
    >>> overtaking(z, np.array([0.5, 0.5]), np.array([0]), np.array([1])).round(3).tolist()
    [[-0.125, 0.125]]
    """
    z, w = _checked(values, weights)
    node = z @ w
    index = node if scores is None else np.asarray(scores, dtype=float)
    gap = index[ahead] - index[behind]
    gap = np.where(np.abs(gap) <= NOISE * np.abs(index).max(), 0.0, gap)[:, None]
    slope = (z[ahead] - z[behind]) - (node[ahead] - node[behind])[:, None]
    slope = np.where(np.abs(slope) <= NOISE * np.abs(z).max(), 0.0, slope) * effect
    with np.errstate(divide="ignore", invalid="ignore"):
        change = -gap * (1 - w) / slope
        within = (w + change >= -NOISE) & (w + change <= 1 + NOISE) & ((w < 1) | (gap == 0))
        return np.where(within, np.clip(change, -w, 1 - w), np.nan)


def relative(change: Array, weights: Array) -> Array:
    """Return by which share of itself a weight changes before scaling, given its change after; shape (…, k).

    -0.25 says: take a quarter off the weight, leave the others, then scale all to sum 1. Infinite for a weight of 0,
    and where a weight must take all.

    Source: Triantaphyllou & Sánchez (1997), Decision Sciences 28(1), whose δ' this is, with the sign of the change.

    >>> relative(np.array([-0.125, 0.125]), np.array([0.5, 0.5])).round(3).tolist()
    [-0.4, 0.667]
    """
    w = np.asarray(weights, dtype=float) / np.sum(weights)
    with np.errstate(divide="ignore", invalid="ignore"):
        before = np.where(change == 0, 0.0, change / np.maximum(1 - w - change, 0.0))
        return np.where(before == 0, np.where(np.isnan(change), np.nan, 0.0), before / w)


def critical(values: Array, weights: Array, *, scores: Array | None = None, effect: float = 1.0) -> Critical:
    """Find the smallest relative change of each weight that makes another unit first, or any two change places.

    The component with the smallest is the most critical one. Arguments as in `overtaking`.

    Source: Triantaphyllou & Sánchez (1997), Decision Sciences 28(1): percent-top and percent-any.

    >>> found = critical(np.array([[1.0, 0.2], [0.0, 0.8], [0.1, 0.6]]), np.array([0.5, 0.5]))
    >>> found.top.round(2).tolist(), found.top_by.tolist(), found.any.round(2).tolist()
    ([-0.4, 0.67], [1, 1], [-0.4, -0.5])
    """
    z, w = _checked(values, weights)
    order = _order(z, w, scores)
    first, others = np.full(len(order) - 1, order[0]), order[1:]
    top, at = smallest(relative(overtaking(z, w, first, others, scores=scores, effect=effect), w))
    every, pair = smallest(relative(overtaking(z, w, order[:-1], others, scores=scores, effect=effect), w))
    # ranks first change between neighbours
    pairs = np.stack([np.append(order[:-1], -1)[pair], np.append(others, -1)[pair]], axis=1)
    return Critical(top, np.append(others, -1)[at], every, pairs)


def dethroning(values: Array, weights: Array, first: int) -> Nearest:
    """Find, for every unit, the nearest weights by which it draws level with the first, all changing at will.

    Weights stay from 0 up and sum to 1, and the distance is Σ |change|, twice the weight that is moved.

    Source: Rios Insua & French (1991), European Journal of Operational Research 54(2), for nearest competitors.

    >>> z = np.array([[1.0, 0.2], [0.0, 0.8], [0.1, 0.1]])
    >>> found = dethroning(z, np.array([0.5, 0.5]), first=0)
    >>> found.distance.round(3).tolist(), found.weights[1].round(3).tolist()
    ([nan, 0.25, nan], [0.375, 0.625])
    """
    z, w = _checked(values, weights)
    lead = z - z[first]
    lead[first] = np.nan  # which has none to draw level with
    return nearest_level(lead, w)


def nearest_level(lead: Array, weights: Array) -> Nearest:
    """Find the weights nearest to the given ones at which Σ w d is no longer below 0, for each row d of `lead` (m, k).

    >>> nearest_level(np.array([[-1.0, 0.6]]), np.array([0.5, 0.5])).weights.round(3).tolist()
    [[0.375, 0.625]]
    """
    found = np.full(lead.shape, np.nan)
    size = NOISE * np.abs(lead).max(axis=1, initial=0.0)
    able = lead.max(axis=1) >= -size
    level = able & (lead @ weights >= -size)
    found[level] = weights
    able &= ~level
    if able.any():
        found[able] = _moved(lead[able], weights)
    return Nearest(np.abs(found - weights).sum(axis=1), found)


def _moved(lead: Array, weights: Array) -> Array:
    """Move weight from the worst components to the best one until Σ w d is 0, which solves the linear programme."""
    rows = np.arange(len(lead))
    best = lead.argmax(axis=1)
    order = lead.argsort(axis=1)
    gain = np.take_along_axis(lead[rows, best][:, None] - lead, order, axis=1)
    held = weights[order]
    lacking = -(lead @ weights)[:, None]
    gained = (gain * held).cumsum(axis=1)
    still = np.maximum(lacking - (gained - gain * held), 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        taken = np.where(gain > 0, np.minimum(held, still / gain), 0.0)
    found = np.empty(lead.shape)
    np.put_along_axis(found, order, held - taken, axis=1)
    found[rows, best] += taken.sum(axis=1)
    return found


def _checked(values: Array, weights: Array) -> tuple[Array, Array]:
    z, w = np.asarray(values, dtype=float), np.asarray(weights, dtype=float)
    if len(z) < 2:
        raise DataError("one unit has none to change places with", remedy="add units to the data")
    if not np.isfinite(z).all():
        raise DataError(
            "a value is missing, so that weights differ from unit to unit", remedy="impute, or leave it out"
        )
    if not (np.isfinite(w).all() and (w >= 0).all() and w.sum() > 0):
        raise DefinitionError(
            "weights are numbers from 0 up, not all 0",
            where=join_names(f"{one:g}" for one in w),
            remedy="weights = [1, 1, …] weighs all alike",
        )
    return z, w / w.sum()


def _order(z: Array, w: Array, scores: Array | None) -> Whole:
    """Return the units from the best; those that tie come as given."""
    index = z @ w if scores is None else np.asarray(scores, dtype=float)
    return np.argsort(ranks(index[None])[0], kind="stable")


def smallest(changes: Array) -> tuple[Array, Whole]:
    """Return the smallest change of each column, and its row, -1 where there is none."""
    sizes = np.where(np.isfinite(changes), np.abs(changes), np.inf)
    at = sizes.argmin(axis=0)
    some = np.isfinite(sizes.min(axis=0))
    return np.where(some, changes[at, np.arange(changes.shape[1])], np.nan), np.where(some, at, -1)
