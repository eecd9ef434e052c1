"""Linear programmes of many units at once, which share the columns of the peers.

Every step of the revised simplex method is taken for all units together. Column generation keeps the peers few: a unit
starts with itself as its only peer, and the peer that improves a unit most joins the peers in use.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from indicia.methods import Array
    from indicia_methods.arrays import Integers, Mask


_CELLS = 65_536
"""Reduced costs computed at a time, so that they fit in the cache of a processor."""
_MEMORY = 20_000_000
"""Cells of columns and inverses that are held in memory."""
_ROUNDING = 1e-11
"""Reduced costs up to this share of their terms are rounding errors of 0."""
_PRICE_FLOOR = 1e-4
"""Share of the largest price that is added to each price in estimates of rounding errors."""
_TINY = 1e-15
"""Absolute rounding error, for reduced costs whose terms are 0."""
_CLEARLY_POSITIVE = 1e4
"""A gain of this many rounding errors is certainly positive."""
_PIVOT = 1e-9
"""Smallest pivot, as a share of its largest possible size."""
_REFRESH_EVERY = 40
"""Steps after which the inverse is recomputed, since rounding errors add up."""
_STALLED = 60
"""Steps without progress after which Bland's rule takes the first improving column; it never cycles."""
_STEPS = 20_000
"""Limit of all steps, far above the number in any observed programme."""
_NO_SOLUTION = (
    "the linear programme has no solution: units are equal but for last digits, or values have too many orders "
    "of magnitude; round the values, or choose another normalisation"
)


@dataclass(frozen=True)
class Programme:
    """Minimise the costs of non-negative amounts of columns that add up to the right-hand side, for each of n units.

    All units share the columns of the peers. The first basis consists of m of the unit's own columns and is feasible.
    """

    peers: Array
    """Shared columns, shape (p, m)."""
    own_columns: Array
    """Columns of each unit, shape (n, m, q)."""
    costs: Array
    """Costs of the own columns, shape (n, q); peers cost nothing."""
    right: Array
    """Right-hand sides, shape (n, m)."""
    basis: Integers
    """Numbers of the own columns in the first basis, shape (n, m)."""

    def part(self, rows: slice | Integers) -> Programme:
        """Return the programme of these units."""
        return Programme(self.peers, self.own_columns[rows], self.costs[rows], self.right[rows], self.basis[rows])


@dataclass(frozen=True)
class Solution:
    """The optimum of each unit."""

    value: Array
    """The least cost, shape (n,)."""
    amounts: Array
    """Amount of each column of the basis, shape (n, m)."""
    basis: Integers
    """Numbers of the columns of the basis: own columns first, then peers, shape (n, m)."""
    prices: Array
    """The dual solution, shape (n, m)."""


def solve(programme: Programme) -> Solution:
    """Solve the programme of every unit."""
    units, rows, width = programme.own_columns.shape
    step = max(1, _MEMORY // (rows * (rows + width)))
    in_use = np.zeros(0, dtype=np.int64)
    solutions = []
    for start in range(0, units, step):
        solution, in_use = _solve_block(programme.part(slice(start, start + step)), in_use)
        solutions.append(solution)
    return Solution(
        *(np.concatenate(parts) for parts in zip(*(vars(block).values() for block in solutions), strict=True))
    )


def _solve_block(programme: Programme, in_use: Integers) -> tuple[Solution, Integers]:
    """Solve with the peers in use, and add peers that improve a unit, until none does; return the peers in use too."""
    units, _, width = programme.own_columns.shape
    open_units, basis = np.arange(units), programme.basis.copy()
    state = _State.of(programme, basis, programme.peers[in_use])
    while True:
        state.improve(open_units)
        prices = state.prices[open_units]
        worth, entering = _best(prices, programme.peers)
        improvable = worth > _rounding(prices, programme.peers, entering)
        open_units = open_units[improvable]
        new = np.setdiff1d(entering[improvable], in_use)
        if not len(new):
            break
        in_use = np.concatenate([in_use, new])
        state.peers = programme.peers[in_use]
    numbers = state.basis.copy()
    if len(in_use):
        shared = numbers >= width
        numbers[shared] = in_use[numbers[shared] - width] + width
    value = np.einsum("ni,ni->n", state.costs_of_basis(), state.amounts)
    return Solution(value, state.amounts, numbers, state.prices), in_use


def _best(prices: Array, peers: Array) -> tuple[Array, Integers]:
    """Return, for each unit, the largest worth of a peer at the unit's prices, and the peer; 0 without peers."""
    best, best_peer = np.zeros(len(prices)), np.zeros(len(prices), dtype=np.int64)
    if not len(peers):
        return best, best_peer
    step = max(1, _CELLS // len(peers))
    columns = np.ascontiguousarray(peers.T)
    for start in range(0, len(prices), step):
        rows = slice(start, start + step)
        worth = prices[rows] @ columns
        best_peer[rows] = worth.argmax(axis=1)
        best[rows] = worth[np.arange(len(worth)), best_peer[rows]]
    return best, best_peer


def _rounding(prices: Array, peers: Array, numbers: Integers | slice) -> Array:
    """Return the rounding errors of the worth of peers."""
    columns = np.abs(peers[numbers]) if len(peers) else np.zeros_like(prices)
    rounding: Array = _ROUNDING * (_sizes(prices) * columns).sum(axis=-1) + _TINY
    return rounding


def _sizes(prices: Array) -> Array:
    """Return absolute prices, raised by the rounding errors that large prices leave in small ones."""
    sizes = np.abs(prices)
    floored: Array = sizes + _PRICE_FLOOR * sizes.max(axis=-1, keepdims=True)
    return floored


@dataclass
class _State:
    """The bases of all units, with their inverses, amounts and prices."""

    programme: Programme
    peers: Array
    basis: Integers
    inverse: Array
    amounts: Array
    prices: Array

    @classmethod
    def of(cls, programme: Programme, basis: Integers, peers: Array) -> _State:
        units, rows = basis.shape
        state = cls(programme, peers, basis, np.empty((units, rows, rows)), np.empty((units, rows)), np.empty(0))
        state.prices = np.empty((units, rows))
        state.refresh(np.arange(units))
        return state

    def columns(self, numbers: Integers, units: Integers) -> Array:
        """Return columns by their numbers, one or several for each unit, shape (…, m)."""
        width = self.programme.own_columns.shape[2]
        owner = units if numbers.ndim == 1 else units[:, None]
        columns: Array = self.programme.own_columns[owner, :, np.minimum(numbers, width - 1)]
        shared = numbers >= width
        columns[shared] = self.peers[numbers[shared] - width]
        return columns

    def costs_of_basis(self, units: Integers | slice = slice(None)) -> Array:
        basis, costs = self.basis[units], self.programme.costs[units]
        width = costs.shape[1]
        costs_taken = np.take_along_axis(costs, np.minimum(basis, width - 1), axis=1)
        return np.where(basis < width, costs_taken, 0.0)

    def refresh(self, units: Integers) -> None:
        """Recompute the inverses, amounts and prices."""
        try:
            self.inverse[units] = np.linalg.inv(self.columns(self.basis[units], units).transpose(0, 2, 1))
        except np.linalg.LinAlgError as error:
            raise ValueError(_NO_SOLUTION) from error
        self.amounts[units] = np.einsum("nij,nj->ni", self.inverse[units], self.programme.right[units])
        self.prices[units] = np.einsum("ni,nij->nj", self.costs_of_basis(units), self.inverse[units])

    def improve(self, units: Integers) -> None:
        """Take steps until no column in use improves any of the units.

        Rounding errors may make a unit seem optimal or unbounded. The unit is checked again with a fresh inverse,
        each time with twice the tolerance.
        """
        stalled = np.zeros(len(self.basis), dtype=np.int64)
        stale = np.zeros(len(self.basis), dtype=bool)
        patience = np.ones(len(self.basis))
        for count in range(1, _STEPS):
            entering, gain = self.entering(units, stalled[units] > _STALLED)
            improves = gain > patience[units]
            if improves.any():
                is_moved = self.step(units[improves], entering[improves], stalled)
                unbounded = units[improves][~is_moved]
                if (~stale[unbounded] & (gain[improves][~is_moved] > _CLEARLY_POSITIVE)).any():
                    raise ValueError(_NO_SOLUTION)
                stale[units[improves][is_moved]] = True
                improves[improves] = is_moved
            refreshed = units[~improves & stale[units]]
            if len(refreshed):
                self.refresh(refreshed)
                stale[refreshed] = False
                patience[refreshed] *= 2
            units = np.concatenate([units[improves], refreshed])
            if not len(units):
                return
            if count % _REFRESH_EVERY == 0:
                self.refresh(units)
        raise ValueError(_NO_SOLUTION)

    def entering(self, units: Integers, careful: Mask) -> tuple[Integers, Array]:
        """Return the entering column of each unit, and its gain in multiples of the rounding error."""
        prices, costs, columns = self.prices[units], self.programme.costs[units], self.programme.own_columns[units]
        width = costs.shape[1]
        sizes = np.einsum("nj,njq->nq", _sizes(prices), np.abs(columns))
        rounding = _ROUNDING * (np.abs(costs) + sizes) + _TINY
        own_gain = (np.einsum("nj,njq->nq", prices, columns) - costs) / rounding
        own_worth = np.where(own_gain > 1, own_gain * rounding, 0.0)
        own_column = own_worth.argmax(axis=1)
        rows = np.arange(len(units))
        peer_worth, peer = _best(prices, self.peers)
        peer_gain = peer_worth / _rounding(prices, self.peers, peer)
        chosen = peer_worth * (peer_gain > 1) > own_worth[rows, own_column]
        entering = np.where(chosen, peer + width, own_column)
        gain = np.where(chosen, peer_gain, own_gain[rows, own_column])
        for row in np.flatnonzero(careful & (gain > 1)):
            better = np.concatenate(
                [own_gain[row], self.peers @ prices[row] / _rounding(prices[row], self.peers, slice(None))]
            )
            entering[row] = np.flatnonzero(better > 1)[0]
            gain[row] = better[entering[row]]
        return entering, gain

    def step(self, units: Integers, entering: Integers, stalled: Integers) -> Mask:
        """Exchange a column of each basis for the entering column; return True for units with a column to exchange."""
        columns = self.columns(entering, units)
        change = np.einsum("nij,nj->ni", self.inverse[units], columns)
        largest = np.abs(self.inverse[units]).max(axis=2) * np.abs(columns).max(axis=1, keepdims=True)
        falls = change > _PIVOT * largest
        is_moved: Mask = falls.max(axis=1)
        units, entering, change, falls = units[is_moved], entering[is_moved], change[is_moved], falls[is_moved]
        inverse, amounts = self.inverse[units], self.amounts[units]
        remaining = np.maximum(amounts, 0.0)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            ratio = np.where(falls, remaining / change, np.inf)
        length = ratio.min(axis=1)
        tied = ratio <= (length + 1e-12 * (1 + length))[:, None]
        by_number = np.where(tied, -self.basis[units], np.iinfo(np.int64).min).argmax(axis=1)
        by_size = np.where(tied, change, -np.inf).argmax(axis=1)
        leaving = np.where(stalled[units] > _STALLED, by_number, by_size)
        rows = np.arange(len(units))
        length = np.maximum(amounts[rows, leaving], 0.0) / change[rows, leaving]
        stalled[units] = np.where(length > 1e-12, 0, stalled[units] + 1)
        pivot = inverse[rows, leaving] / change[rows, leaving][:, None]
        amounts -= change * length[:, None]
        amounts[rows, leaving] = length
        inverse -= change[:, :, None] * pivot[:, None, :]
        inverse[rows, leaving] = pivot
        self.inverse[units], self.amounts[units] = inverse, amounts
        self.basis[units, leaving] = entering
        self.prices[units] = np.einsum("ni,nij->nj", self.costs_of_basis(units), inverse)
        return is_moved
