"""Weights within limits, uniform over all such weights that sum to 1."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from indicia.errors import DefinitionError
from indicia.methods.rounding import widened

if TYPE_CHECKING:
    from indicia.methods import Array

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
