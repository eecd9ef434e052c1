"""The smallest changes of weights that make units change places, for a score that is a weighted arithmetic mean.

Weights are those of the k components of a node, by default of the index, and larger values are better. The smallest
change makes two units tie; a larger change makes them change places. `search` is for other aggregations.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from indicia.errors import DataError, DefinitionError, join_names
from indicia.methods.noise import NOISE
from indicia.methods.numbers import widened
from indicia_robustness.rank_distribution import ranks

if TYPE_CHECKING:
    import numpy.typing as npt

    from indicia.methods import Array

    Integers = npt.NDArray[np.int64]


_CELLS = 4_000_000
"""Pairs of units times weights at a time, which bounds the memory for any number of units."""


@dataclass(frozen=True)
class Critical:
    """The smallest relative change of each weight that changes ranks, shape (k,); NaN if no change does."""

    top: Array
    """The change that makes another unit first."""
    top_by: Integers
    """The unit that becomes first; -1 for none."""
    any: Array
    """The change that makes any two units change places."""
    any_by: Integers
    """The two units that change places, shape (k, 2): first the unit that is ahead in the index; -1 for none."""
    first_k: Array
    """The change that alters which units are among the first; NaN if it is not asked for."""


@dataclass(frozen=True)
class Nearest:
    """The weights nearest to the present weights at which each unit draws level with the first unit."""

    distance: Array
    """Σ |change|, shape (n,); NaN for the first unit, and for units that draw level with no weights."""
    weights: Array
    """Shape (n, k)."""


def overtaking(
    values: Array,
    weights: Array,
    ahead: Integers,
    behind: Integers,
    *,
    scores: Array | None = None,
    effect: float = 1.0,
) -> Array:
    """Return the change of each weight at which pairs of units tie, shape (m, k).

    `values` (n, k) are the components of a node; `ahead` and `behind` (m,) are the units of each pair. The change is
    added to one weight, and the others are scaled in proportion so that all sum to 1. The weight stays between 0 and 1;
    NaN if no such change brings a tie. For a node below the index, `scores` (n,) are the scores of the index and
    `effect` is the weight of the node in the index; all nodes above it must be weighted arithmetic means.

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
        low, high = widened(0, 1)
        within = (w + change >= low) & (w + change <= high) & ((w < 1) | (gap == 0))
        return np.where(within, np.clip(change, -w, 1 - w), np.nan)


def relative(change: Array, weights: Array) -> Array:
    """Return the relative change of a weight before scaling, from its change after scaling; shape (…, k).

    -0.25 means: reduce this weight by a quarter, keep the others, then scale all to sum 1. Infinite for a weight of 0,
    and if the weight must become 1.

    Source: Triantaphyllou & Sánchez (1997), Decision Sciences 28(1), whose δ' this is, with the sign of the change.

    >>> relative(np.array([-0.125, 0.125]), np.array([0.5, 0.5])).round(3).tolist()
    [-0.4, 0.667]
    """
    w = np.asarray(weights, dtype=float) / np.sum(weights)
    others = 1 - w - change
    others = np.where(others <= NOISE, 0.0, others)  # a weight of 1 but for rounding
    with np.errstate(divide="ignore", invalid="ignore"):
        unscaled = np.where(change == 0, 0.0, change / others)
        return np.where(unscaled == 0, np.where(np.isnan(change), np.nan, 0.0), unscaled / w)


def critical(values: Array, weights: Array, *, scores: Array | None = None, effect: float = 1.0) -> Critical:
    """Find the smallest relative change of each weight that makes another unit first, or any two change places.

    The component with the smallest change is the most critical. The arguments are those of `overtaking`.

    Source: Triantaphyllou & Sánchez (1997), Decision Sciences 28(1): percent-top and percent-any.

    >>> changes = critical(np.array([[1.0, 0.2], [0.0, 0.8], [0.1, 0.6]]), np.array([0.5, 0.5]))
    >>> changes.top.round(2).tolist(), changes.top_by.tolist(), changes.any.round(2).tolist()
    ([-0.4, 0.67], [1, 1], [-0.4, -0.5])
    """
    z, w = _checked(values, weights)
    order = _order(z, w, scores)
    first, others = np.full(len(order) - 1, order[0]), order[1:]
    top, row = smallest(relative(overtaking(z, w, first, others, scores=scores, effect=effect), w))
    any_change, pair = smallest(relative(overtaking(z, w, order[:-1], others, scores=scores, effect=effect), w))
    # the first units to change places are neighbours in the ranking
    pairs = np.stack([np.append(order[:-1], -1)[pair], np.append(others, -1)[pair]], axis=1)
    return Critical(top, np.append(others, -1)[row], any_change, pairs, np.full(len(w), np.nan))


def critical_top(values: Array, weights: Array, k: int, *, scores: Array | None = None, effect: float = 1.0) -> Array:
    """Find the smallest relative change of each weight at which another unit draws level with one of the first k.

    The rows are in the order of the ranking, and the arguments those of `overtaking`. Before this change, the set of
    the first k units stays the same; NaN if no change of the weight alters it.

    >>> critical_top(np.array([[1.0, 0.2], [0.1, 0.9], [0.0, 0.8]]), np.array([0.6, 0.4]), 2).round(2).tolist()
    [-0.6, 1.5]
    """
    z, w = _checked(values, weights)
    inside, outside = np.divmod(np.arange(k * (len(z) - k)), max(1, len(z) - k))
    step = max(1, _CELLS // len(w))
    changes = [np.full((1, len(w)), np.nan)]
    for start in range(0, len(inside), step):
        ahead, behind = inside[start : start + step], k + outside[start : start + step]
        found, _ = smallest(relative(overtaking(z, w, ahead, behind, scores=scores, effect=effect), w))
        changes.append(found[None])
    return smallest(np.concatenate(changes))[0]


def nearest_for_each(values: Array, weights: Array, first: int) -> Nearest:
    """Find, for each unit, the nearest weights at which it draws level with the first unit.

    All weights may change; they stay at 0 or above and sum to 1. The distance is Σ |change|, twice the moved weight.

    Source: Rios Insua & French (1991), European Journal of Operational Research 54(2), for nearest competitors.

    >>> z = np.array([[1.0, 0.2], [0.0, 0.8], [0.1, 0.1]])
    >>> nearest = nearest_for_each(z, np.array([0.5, 0.5]), first=0)
    >>> nearest.distance.round(3).tolist(), nearest.weights[1].round(3).tolist()
    ([nan, 0.25, nan], [0.375, 0.625])
    """
    z, w = _checked(values, weights)
    lead = z - z[first]
    lead[first] = np.nan  # the first unit needs no change
    return nearest_level(lead, w)


def nearest_level(lead: Array, weights: Array) -> Nearest:
    """Find the weights nearest to `weights` with Σ w d ≥ 0, for each row d of `lead` (m, k).

    >>> nearest_level(np.array([[-1.0, 0.6]]), np.array([0.5, 0.5])).weights.round(3).tolist()
    [[0.375, 0.625]]
    """
    nearest = np.full(lead.shape, np.nan)
    noise = NOISE * np.abs(lead).max(axis=1, initial=0.0)
    can_draw_level = lead.max(axis=1) >= -noise
    is_level = can_draw_level & (lead @ weights >= -noise)
    nearest[is_level] = weights
    can_draw_level &= ~is_level
    if can_draw_level.any():
        nearest[can_draw_level] = _move_weight(lead[can_draw_level], weights)
    return Nearest(np.abs(nearest - weights).sum(axis=1), nearest)


def _move_weight(lead: Array, weights: Array) -> Array:
    """Move weight from the worst components to the best until Σ w d is 0, which solves the linear programme."""
    rows = np.arange(len(lead))
    best = lead.argmax(axis=1)
    order = lead.argsort(axis=1)
    gain = np.take_along_axis(lead[rows, best][:, None] - lead, order, axis=1)
    sorted_weights = weights[order]
    deficit = -(lead @ weights)[:, None]
    total_gain = (gain * sorted_weights).cumsum(axis=1)
    remaining = np.maximum(deficit - (total_gain - gain * sorted_weights), 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        moved = np.where(gain > 0, np.minimum(sorted_weights, remaining / gain), 0.0)
    result = np.empty(lead.shape)
    np.put_along_axis(result, order, sorted_weights - moved, axis=1)
    result[rows, best] += moved.sum(axis=1)
    return result


def _checked(values: Array, weights: Array) -> tuple[Array, Array]:
    z, w = np.asarray(values, dtype=float), np.asarray(weights, dtype=float)
    if len(z) < 2:
        raise DataError("two units are needed for a change of places", remedy="add units to the data")
    if not np.isfinite(z).all():
        raise DataError(
            "a value is missing, so that weights differ from unit to unit", remedy="impute, or leave it out"
        )
    if not (np.isfinite(w).all() and (w >= 0).all() and w.sum() > 0):
        raise DefinitionError(
            "weights are numbers from 0 up, not all 0",
            where=join_names(f"{weight:g}" for weight in w),
            remedy="for equal weights, weights = [1, 1, …]",
        )
    return z, w / w.sum()


def _order(z: Array, w: Array, scores: Array | None) -> Integers:
    """Return the numbers of the units from the best; ties keep their order."""
    index = z @ w if scores is None else np.asarray(scores, dtype=float)
    return np.argsort(ranks(index[None])[0], kind="stable")


def smallest(changes: Array) -> tuple[Array, Integers]:
    """Return the smallest change of each column, and its row, -1 if there is none; of equal changes the first.

    >>> smallest(np.array([[np.nan], [0.1 + 0.2], [-0.3]]))[1].tolist()
    [1]
    """
    sizes = np.where(np.isfinite(changes), np.abs(changes), np.inf)
    least = sizes.min(axis=0)
    row = (sizes <= least + NOISE * np.maximum(1, least)).argmax(axis=0)
    is_finite = np.isfinite(least)
    change = np.copysign(least, changes[row, np.arange(changes.shape[1])])
    return np.where(is_finite, change, np.nan), np.where(is_finite, row, -1)
