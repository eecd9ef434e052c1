"""How far units can go before they reach the frontier that all of them make, and by whose example.

All components are outputs, of which more is better; an input is an output below zero. A peer whose values are all zero
is an example to nobody.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from indicia_methods.aggregation.simplex import Programme, solve

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from indicia.methods import Array
    from indicia_methods.aggregation.simplex import Solution, Whole

    Mask = npt.NDArray[np.bool_]

Returns: TypeAlias = Literal["at most 1", "exactly 1", "any"]
"""What the amounts of the peers add up to."""

_NOTHING = 1e-10
"""A distance that is not above this is none, and a peer of no more than this is no peer."""

_TURNS: dict[Returns, tuple[float, ...]] = {"at most 1": (1.0,), "exactly 1": (), "any": (1.0, -1.0)}


@dataclass(frozen=True)
class Found:
    """What the programme of each unit finds."""

    value: Array
    """Shape (n,)."""
    prices: Array
    """What one more of each component of the unit would take from the distance, shape (n, k)."""
    numbers: Whole
    """The peers that the point of the frontier is made of, -1 for none, shape (n, m)."""
    amounts: Array
    """And how much of each."""

    def peers(self, kind: Whole, units: Sequence[str]) -> list[float | str | None]:
        """Name the peers of each unit and how much of each, first whom there is most of.

        `kind` says which of the units that differ each of `units` is; a peer goes by the name of the first of its kind.
        """
        first = np.unique(kind, return_index=True)[1]
        told = []
        for numbers, amounts in zip(self.numbers.tolist(), self.amounts.tolist(), strict=True):
            sums: dict[int, float] = {}
            for number, amount in zip(numbers, amounts, strict=True):
                if number >= 0 and amount > _NOTHING:
                    sums[number] = sums.get(number, 0.0) + amount
            most_first = sorted(sums.items(), key=lambda pair: -pair[1])
            told.append(", ".join(f"{units[first[number]]} {amount:.3g}" for number, amount in most_first))
        return [told[number] for number in kind]


def distance(
    peers: Array,
    units: Array,
    direction: Array,
    *,
    returns: Returns = "at most 1",
    shares: tuple[Array, Array] | None = None,
    nudge: Array | None = None,
    free: Mask | None = None,
    among: Whole | None = None,
) -> Found:
    """Return how often a direction can be added to each unit until it is on the frontier of the peers.

    All of shape (n, k). `shares` are the least and the largest share that each component has in the worth of a unit, of
    which components that are zero have none; `nudge` moves units a little, to choose between solutions that are equally
    good; components that are `free` do not count; `among` are the rows of the only peers that need to be looked at.
    """
    size, width = units.shape
    each = np.ones_like(units) if shares is None else np.where(units > 0, units, 1.0)
    slack = np.eye(width) * each[:, None, :]
    columns = [_lifted(units[:, :, None], 1.0), _lifted(-slack), _lifted(-direction[:, :, None])]
    costs: list[Array | float] = [0.0, 0.0 if shares is None else -shares[0], -1.0]
    start = np.broadcast_to(np.arange(width + 1), (size, width + 1)).copy()
    right = units
    if shares is not None:  # no share may be too large either, and a unit may be beyond what is allowed to it
        columns += [_lifted(slack), _lifted(direction[:, :, None])]
        costs += [shares[1], 1.0]
        if nudge is not None:
            right = units + nudge
            start[:, 1:] += np.where(nudge > 0, width + 1, 0)
    columns += [_lifted(np.zeros((size, width, 1)), turn) for turn in _TURNS[returns]]
    costs += [0.0 for _ in _TURNS[returns]]
    some = peers if among is None else peers[among]
    solution = _solved(some, columns, costs, np.column_stack([right, np.ones(size)]), start, free, among)
    prices = solution.prices[:, :width]
    length = -np.einsum("nj,nj->n", prices, units) - solution.prices[:, width]
    return Found(np.where(np.abs(length) > _NOTHING, length, 0.0), prices, solution.basis, solution.amounts)


def slacks(
    peers: Array, units: Array, costs: Array, gains: Array, *, returns: Returns, free: Mask | None = None
) -> Found:
    """Return the least ratio of 1 less the costs of all slacks to 1 more their gains, by Tone's linear programme.

    All of shape (n, k); costs and gains are of one more of each component.
    """
    size, width = units.shape
    zero, one = np.zeros((size, 1, 1)), np.ones((size, 1, 1))
    slack = _lifted(np.broadcast_to(-np.eye(width), (size, width, width)))
    columns = [
        np.concatenate([_lifted(units[:, :, None], 1.0), zero], axis=1),
        np.concatenate([slack, gains[:, None, :]], axis=1),
        np.concatenate([_lifted(-units[:, :, None], -1.0), one], axis=1),
        *(_lifted(_lifted(np.zeros((size, width, 1)), turn)) for turn in _TURNS[returns]),
    ]
    right = np.column_stack([np.zeros((size, width + 1)), np.ones(size)])
    start = np.broadcast_to(np.arange(width + 2), (size, width + 2)).copy()
    turns = [0.0 for _ in _TURNS[returns]]
    solution = _solved(peers, columns, [0.0, -costs, 1.0, *turns], right, start, free)
    scale = np.where(solution.basis == -2 - (width + 1), solution.amounts, 0.0).sum(axis=1, keepdims=True)
    value = np.where(solution.value > 1 - _NOTHING, 1.0, solution.value)
    amounts = solution.amounts / np.where(scale > 0, scale, 1.0)
    return Found(value, solution.prices[:, :width], solution.basis, amounts)


def _lifted(columns: Array, amount: float = 0.0) -> Array:
    """Return columns (n, k, q) with one row more, in which each has this amount."""
    return np.concatenate([columns, np.full((len(columns), 1, columns.shape[2]), amount)], axis=1)


def _solved(
    peers: Array,
    columns: list[Array],
    costs: Sequence[Array | float],
    right: Array,
    start: Whole,
    free: Mask | None,
    among: Whole | None = None,
) -> Solution:
    """Solve for blocks of columns of the units; of what is found, the basis has numbers of peers, others below zero.

    The first column is the unit itself.
    """
    size, rows = right.shape
    width = peers.shape[1]
    if free is not None and free.any():
        either_way = np.zeros((size, rows, width))
        either_way[:, :width] = np.eye(width) * free[:, None, :]
        columns, costs = [*columns, either_way], [*costs, 0.0]
    shared = np.zeros((len(peers), rows))
    shared[:, :width] = peers
    shared[:, width] = peers.any(axis=1)
    own = np.concatenate(columns, axis=2)
    priced = [np.broadcast_to(cost, (size, block.shape[2])) for cost, block in zip(costs, columns, strict=True)]
    solution = solve(Programme(shared, own, np.concatenate(priced, axis=1), right, start))
    number = solution.basis
    itself = np.broadcast_to(np.arange(size)[:, None], number.shape)
    rows_of_peers = np.arange(len(peers)) if among is None else among
    others = np.concatenate([-2 - np.arange(own.shape[2]), rows_of_peers])[number]
    return replace(solution, basis=np.where(number == 0, itself, others))
