"""Linear programmes of many units at once, which share most of their columns: those of the peers.

The revised simplex method, every step of it taken for all units together. Of the peers only those are looked at that
someone needs: a unit starts with itself, and whoever would improve a unit most joins the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from indicia.methods import Array

    Whole = npt.NDArray[np.int64]
    Mask = npt.NDArray[np.bool_]

_CELLS = 65_536
"""Reduced costs computed at a time: so few that one thread does it, in its cache."""
_UNITS = 20_000_000
"""Cells of the columns and inverses that are held at a time."""
_OPTIMAL = 1e-11
"""How far below zero a reduced cost counts as zero, as a share of what it is the difference of."""
_FLOOR = 1e-4
"""The share of the largest price that is added to each, where rounding is judged."""
_TINY = 1e-15
"""Zero of what is made of nothing."""
_CERTAIN = 1e4
"""How many times of what counts as zero is none for certain."""
_PIVOT = 1e-9
"""The smallest share that a pivot may be of the largest that it could be."""
_FRESH = 40
"""Steps after which the inverse is computed anew, since rounding adds up."""
_STALLED = 60
"""Steps without progress after which the first column that improves is taken, not the best: that never goes round."""
_MOST = 20_000
"""Steps in all; far more than any programme of ours has been seen to take."""
_NO_SOLUTION = (
    "no solution was found: units are alike but for the last digits, or values differ by too many orders of magnitude; "
    "round them, or normalise otherwise"
)


@dataclass(frozen=True)
class Programme:
    """Minimise costs of columns that are not negative and add up to a right-hand side, for each of n units.

    The columns that two units do not share are `own`; the first m of the basis are among them, and feasible.
    """

    peers: Array
    """Shared columns, shape (p, m)."""
    own: Array
    """Columns of each unit, shape (n, m, q)."""
    costs: Array
    """Of the own columns, shape (n, q); peers cost nothing."""
    right: Array
    """Shape (n, m)."""
    basis: Whole
    """Numbers of the own columns to start with, shape (n, m)."""

    def part(self, rows: slice | Whole) -> Programme:
        """Return the programme of some of the units."""
        return Programme(self.peers, self.own[rows], self.costs[rows], self.right[rows], self.basis[rows])


@dataclass(frozen=True)
class Solution:
    """What is best for each unit."""

    value: Array
    """The least cost, shape (n,)."""
    amounts: Array
    """How much of each column of the basis is taken, shape (n, m)."""
    basis: Whole
    """Their numbers: own columns first, then peers, shape (n, m)."""
    prices: Array
    """The dual solution, shape (n, m)."""


def solve(programme: Programme) -> Solution:
    """Solve the programme of every unit."""
    units, rows, width = programme.own.shape
    step = max(1, _UNITS // (rows * (rows + width)))
    in_use = np.zeros(0, dtype=np.int64)
    found = []
    for start in range(0, units, step):
        solution, in_use = _solve_block(programme.part(slice(start, start + step)), in_use)
        found.append(solution)
    return Solution(*(np.concatenate(parts) for parts in zip(*(vars(one).values() for one in found), strict=True)))


def _solve_block(programme: Programme, in_use: Whole) -> tuple[Solution, Whole]:
    """Solve with the peers in use, bring in whoever improves a unit most, and so on; return also who is in use."""
    units, _, width = programme.own.shape
    open_units, basis = np.arange(units), programme.basis.copy()
    state = _State.of(programme, basis, programme.peers[in_use])
    while True:
        state.improve(open_units)
        prices = state.prices[open_units]
        worth, entering = _best(prices, programme.peers)
        wanted = worth > _rounding(prices, programme.peers, entering)
        open_units = open_units[wanted]
        new = np.setdiff1d(entering[wanted], in_use)
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


def _best(prices: Array, peers: Array) -> tuple[Array, Whole]:
    """Return, per unit, the largest worth of a peer at the unit's prices, and whose it is; 0 without peers."""
    best, which = np.zeros(len(prices)), np.zeros(len(prices), dtype=np.int64)
    if not len(peers):
        return best, which
    step = max(1, _CELLS // len(peers))
    columns = np.ascontiguousarray(peers.T)
    for start in range(0, len(prices), step):
        rows = slice(start, start + step)
        worth = prices[rows] @ columns
        which[rows] = worth.argmax(axis=1)
        best[rows] = worth[np.arange(len(worth)), which[rows]]
    return best, which


def _rounding(prices: Array, peers: Array, which: Whole | slice) -> Array:
    """Return what counts as zero of the worth of peers."""
    columns = np.abs(peers[which]) if len(peers) else np.zeros_like(prices)
    rounding: Array = _OPTIMAL * (_sizes(prices) * columns).sum(axis=-1) + _TINY
    return rounding


def _sizes(prices: Array) -> Array:
    """Return the sizes of prices, of which small ones are but the rounding of large ones."""
    sizes = np.abs(prices)
    floored: Array = sizes + _FLOOR * sizes.max(axis=-1, keepdims=True)
    return floored


@dataclass
class _State:
    """The bases of all units, and what follows from them."""

    programme: Programme
    peers: Array
    basis: Whole
    inverse: Array
    amounts: Array
    prices: Array

    @classmethod
    def of(cls, programme: Programme, basis: Whole, peers: Array) -> _State:
        units, rows = basis.shape
        state = cls(programme, peers, basis, np.empty((units, rows, rows)), np.empty((units, rows)), np.empty(0))
        state.prices = np.empty((units, rows))
        state.refresh(np.arange(units))
        return state

    def columns(self, which: Whole, units: Whole) -> Array:
        """Return columns by their numbers, one or several per unit, shape (…, m)."""
        width = self.programme.own.shape[2]
        owner = units if which.ndim == 1 else units[:, None]
        found: Array = self.programme.own[owner, :, np.minimum(which, width - 1)]
        shared = which >= width
        found[shared] = self.peers[which[shared] - width]
        return found

    def costs_of_basis(self, units: Whole | slice = slice(None)) -> Array:
        basis, costs = self.basis[units], self.programme.costs[units]
        width = costs.shape[1]
        taken = np.take_along_axis(costs, np.minimum(basis, width - 1), axis=1)
        return np.where(basis < width, taken, 0.0)

    def refresh(self, units: Whole) -> None:
        """Compute the inverse anew."""
        try:
            self.inverse[units] = np.linalg.inv(self.columns(self.basis[units], units).transpose(0, 2, 1))
        except np.linalg.LinAlgError as error:
            raise ValueError(_NO_SOLUTION) from error
        self.amounts[units] = np.einsum("nij,nj->ni", self.inverse[units], self.programme.right[units])
        self.prices[units] = np.einsum("ni,nij->nj", self.costs_of_basis(units), self.inverse[units])

    def improve(self, units: Whole) -> None:
        """Take steps until no column in use improves any of the units.

        What seems best, or without end, may seem so by rounding: it is looked at again with a fresh inverse, each time
        less strictly.
        """
        stalled = np.zeros(len(self.basis), dtype=np.int64)
        stale = np.zeros(len(self.basis), dtype=bool)
        patience = np.ones(len(self.basis))
        for count in range(1, _MOST):
            entering, gain = self.entering(units, stalled[units] > _STALLED)
            improves = gain > patience[units]
            if improves.any():
                moved = self.step(units[improves], entering[improves], stalled)
                endless = units[improves][~moved]
                if (~stale[endless] & (gain[improves][~moved] > _CERTAIN)).any():
                    raise ValueError(_NO_SOLUTION)
                stale[units[improves][moved]] = True
                improves[improves] = moved
            again = units[~improves & stale[units]]
            if len(again):
                self.refresh(again)
                stale[again] = False
                patience[again] *= 2
            units = np.concatenate([units[improves], again])
            if not len(units):
                return
            if count % _FRESH == 0:
                self.refresh(units)
        raise ValueError(_NO_SOLUTION)

    def entering(self, units: Whole, careful: Mask) -> tuple[Whole, Array]:
        """Return the column that each unit takes up, and how much it improves, beside what may be rounding."""
        prices, costs, columns = self.prices[units], self.programme.costs[units], self.programme.own[units]
        width = costs.shape[1]
        sizes = np.einsum("nj,njq->nq", _sizes(prices), np.abs(columns))
        rounding = _OPTIMAL * (np.abs(costs) + sizes) + _TINY
        own_gain = (np.einsum("nj,njq->nq", prices, columns) - costs) / rounding
        own_worth = np.where(own_gain > 1, own_gain * rounding, 0.0)
        own = own_worth.argmax(axis=1)
        rows = np.arange(len(units))
        peer_worth, peer = _best(prices, self.peers)
        peer_gain = peer_worth / _rounding(prices, self.peers, peer)
        chosen = peer_worth * (peer_gain > 1) > own_worth[rows, own]
        entering = np.where(chosen, peer + width, own)
        gain = np.where(chosen, peer_gain, own_gain[rows, own])
        for row in np.flatnonzero(careful & (gain > 1)):
            better = np.concatenate(
                [own_gain[row], self.peers @ prices[row] / _rounding(prices[row], self.peers, slice(None))]
            )
            entering[row] = np.flatnonzero(better > 1)[0]
            gain[row] = better[entering[row]]
        return entering, gain

    def step(self, units: Whole, entering: Whole, stalled: Whole) -> Mask:
        """Exchange a column of each basis for the entering one; say where there is one to exchange."""
        columns = self.columns(entering, units)
        change = np.einsum("nij,nj->ni", self.inverse[units], columns)
        largest = np.abs(self.inverse[units]).max(axis=2) * np.abs(columns).max(axis=1, keepdims=True)
        falls = change > _PIVOT * largest
        moved: Mask = falls.max(axis=1)
        units, entering, change, falls = units[moved], entering[moved], change[moved], falls[moved]
        inverse, amounts = self.inverse[units], self.amounts[units]
        left = np.maximum(amounts, 0.0)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            ratio = np.where(falls, left / change, np.inf)
        length = ratio.min(axis=1)
        tied = ratio <= (length + 1e-12 * (1 + length))[:, None]
        by_number = np.where(tied, -self.basis[units], np.iinfo(np.int64).min).argmax(axis=1)
        by_size = np.where(tied, change, -np.inf).argmax(axis=1)
        leaving = np.where(stalled[units] > _STALLED, by_number, by_size)
        at = np.arange(len(units))
        length = np.maximum(amounts[at, leaving], 0.0) / change[at, leaving]
        stalled[units] = np.where(length > 1e-12, 0, stalled[units] + 1)
        pivot = inverse[at, leaving] / change[at, leaving][:, None]
        amounts -= change * length[:, None]
        amounts[at, leaving] = length
        inverse -= change[:, :, None] * pivot[:, None, :]
        inverse[at, leaving] = pivot
        self.inverse[units], self.amounts[units] = inverse, amounts
        self.basis[units, leaving] = entering
        self.prices[units] = np.einsum("ni,nij->nj", self.costs_of_basis(units), inverse)
        return moved
