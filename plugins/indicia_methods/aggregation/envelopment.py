"""Distances of units to the frontier of all units, and the peers on it (data envelopment analysis).

All components are outputs, for which a larger value is better; an input is a negative output. A peer whose values are
all zero does not span the frontier.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from indicia_methods.aggregation.simplex import Programme, solve

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.methods import Array
    from indicia_methods.aggregation.simplex import Solution
    from indicia_methods.arrays import Integers, Mask


Returns: TypeAlias = Literal["at most 1", "exactly 1", "any"]
"""Constraint on the sum of the amounts of the peers (returns to scale)."""

_ROUNDING = 1e-10
"""Distances and amounts of peers up to this size are rounding errors of 0."""

_SIGNS: dict[Returns, tuple[float, ...]] = {"at most 1": (1.0,), "exactly 1": (), "any": (1.0, -1.0)}
"""Signs of the slack columns of this constraint."""


@dataclass(frozen=True)
class Envelopment:
    """The solutions of the programmes of all units."""

    value: Array
    """The distance or the ratio, shape (n,)."""
    prices: Array
    """Decrease of the distance for one more of each component of the unit, shape (n, k)."""
    numbers: Integers
    """Numbers of the peers that make up the point on the frontier, negative for other columns, shape (n, m)."""
    amounts: Array
    """Amount of each peer, shape (n, m)."""

    def peers(self, kinds: Integers, units: Sequence[str]) -> list[float | str | None]:
        """Name the peers of each unit with their amounts, the largest amount first.

        Units with equal values are one kind, and `kinds` has the kind of each unit. A peer has the name of the first
        unit of its kind.
        """
        first_unit = np.unique(kinds, return_index=True)[1]
        peers = []
        for numbers, amounts in zip(self.numbers.tolist(), self.amounts.tolist(), strict=True):
            sums: dict[int, float] = {}
            for number, amount in zip(numbers, amounts, strict=True):
                if number >= 0 and amount > _ROUNDING:
                    sums[number] = sums.get(number, 0.0) + amount
            most_first = sorted(sums.items(), key=lambda pair: -pair[1])
            peers.append(", ".join(f"{units[first_unit[number]]} {amount:.3g}" for number, amount in most_first))
        return [peers[number] for number in kinds]


def distance(
    peers: Array,
    units: Array,
    direction: Array,
    *,
    returns: Returns = "at most 1",
    shares: tuple[Array, Array] | None = None,
    weight_shares: tuple[Array, Array] | None = None,
    nudge: Array | None = None,
    ignored: Mask | None = None,
    candidates: Integers | None = None,
) -> Envelopment:
    """Return the largest multiple of a direction that can be added to each unit within the frontier of the peers.

    All arrays have shape (n, k). `shares` are the least and the largest share of each component in the score of a unit;
    a component of value 0 has no share. `weight_shares` are the least and the largest share of each component in the
    sum of the prices of a unit, each as a matrix of shape (n, k, k): row m of column j is the share of j, times the
    worth of one unit of m in units of j. `nudge` shifts units a little, to choose among equally good solutions.
    Components that are `ignored` do not count. `candidates` are the rows of the peers that may be on the frontier.
    """
    # sum(amounts * peers) - slacks - n * direction = unit, and sum(amounts) = 1 but for its slacks; maximise n
    size, width = units.shape
    scales = np.ones_like(units) if shares is None else np.where(units > 0, units, 1.0)
    slack = np.eye(width) * scales[:, None, :]
    lower, upper = (slack, slack) if weight_shares is None else (slack - matrix for matrix in weight_shares)
    columns = [_append_row(units[:, :, None], 1.0), _append_row(-lower), _append_row(-direction[:, :, None])]
    costs: list[Array | float] = [0.0, 0.0 if shares is None else -shares[0], -1.0]
    start = np.broadcast_to(np.arange(width + 1), (size, width + 1)).copy()
    right = units
    if shares is not None:  # upper bounds of shares; the distance may be negative
        columns += [_append_row(slack), _append_row(direction[:, :, None])]
        costs += [shares[1], 1.0]
        if nudge is not None:
            right = units + nudge
            start[:, 1:] += np.where(nudge > 0, width + 1, 0)
    if weight_shares is not None:
        columns, costs = [*columns, _append_row(upper)], [*costs, 0.0]
    columns += [_append_row(np.zeros((size, width, 1)), sign) for sign in _SIGNS[returns]]
    costs += [0.0 for _ in _SIGNS[returns]]
    subset = peers if candidates is None else peers[candidates]
    solution = _solve(subset, columns, costs, np.column_stack([right, np.ones(size)]), start, ignored, candidates)
    prices = solution.prices[:, :width]
    length = -np.einsum("nj,nj->n", prices, units) - solution.prices[:, width]
    return Envelopment(np.where(np.abs(length) > _ROUNDING, length, 0.0), prices, solution.basis, solution.amounts)


def slacks(
    peers: Array, units: Array, costs: Array, gains: Array, *, returns: Returns, ignored: Mask | None = None
) -> Envelopment:
    """Return the smallest ratio (1 - costs of all slacks) / (1 + gains of all slacks), by Tone's linear programme.

    All arrays have shape (n, k); costs and gains are per unit of slack in each component.
    """
    # times t, so that the ratio is linear: sum(amounts * peers) - slacks - t * unit = 0, t + gains * slacks = 1;
    # minimise t - costs * slacks
    size, width = units.shape
    zeros, ones = np.zeros((size, 1, 1)), np.ones((size, 1, 1))
    slack = _append_row(np.broadcast_to(-np.eye(width), (size, width, width)))
    columns = [
        np.concatenate([_append_row(units[:, :, None], 1.0), zeros], axis=1),
        np.concatenate([slack, gains[:, None, :]], axis=1),
        np.concatenate([_append_row(-units[:, :, None], -1.0), ones], axis=1),
        *(_append_row(_append_row(np.zeros((size, width, 1)), sign)) for sign in _SIGNS[returns]),
    ]
    right = np.column_stack([np.zeros((size, width + 1)), np.ones(size)])
    start = np.broadcast_to(np.arange(width + 2), (size, width + 2)).copy()
    costs_of_sum = [0.0 for _ in _SIGNS[returns]]
    solution = _solve(peers, columns, [0.0, -costs, 1.0, *costs_of_sum], right, start, ignored)
    scale = np.where(solution.basis == -2 - (width + 1), solution.amounts, 0.0).sum(axis=1, keepdims=True)
    value = np.where(solution.value > 1 - _ROUNDING, 1.0, solution.value)
    amounts = solution.amounts / np.where(scale > 0, scale, 1.0)
    return Envelopment(value, solution.prices[:, :width], solution.basis, amounts)


def _append_row(columns: Array, amount: float = 0.0) -> Array:
    """Append a row with this amount to columns of shape (n, k, q)."""
    return np.concatenate([columns, np.full((len(columns), 1, columns.shape[2]), amount)], axis=1)


def _solve(
    peers: Array,
    columns: list[Array],
    costs: Sequence[Array | float],
    right: Array,
    start: Integers,
    ignored: Mask | None,
    candidates: Integers | None = None,
) -> Solution:
    """Solve the programmes of all units; the first own column is the unit itself.

    In the solution, the basis has the numbers of peers, and negative numbers for the other columns.
    """
    size, rows = right.shape
    width = peers.shape[1]
    if ignored is not None and ignored.any():
        free_columns = np.zeros((size, rows, width))
        free_columns[:, :width] = np.eye(width) * ignored[:, None, :]
        columns, costs = [*columns, free_columns], [*costs, 0.0]
    shared = np.zeros((len(peers), rows))
    shared[:, :width] = peers
    shared[:, width] = peers.any(axis=1)
    own_columns = np.concatenate(columns, axis=2)
    priced = [np.broadcast_to(cost, (size, block.shape[2])) for cost, block in zip(costs, columns, strict=True)]
    solution = solve(Programme(shared, own_columns, np.concatenate(priced, axis=1), right, start))
    numbers = solution.basis
    unit_itself = np.broadcast_to(np.arange(size)[:, None], numbers.shape)
    rows_of_peers = np.arange(len(peers)) if candidates is None else candidates
    other_columns = np.concatenate([-2 - np.arange(own_columns.shape[2]), rows_of_peers])[numbers]
    return replace(solution, basis=np.where(numbers == 0, unit_itself, other_columns))
