"""The distillation of ELECTRE III: an order of units out of how credible it is that each outranks each."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TypeAlias

    import numpy.typing as npt

    from indicia.methods import Array

    Places: TypeAlias = npt.NDArray[np.int64]
    Mask: TypeAlias = npt.NDArray[np.bool_]
    Credibility: TypeAlias = Callable[[Places, Places], tuple[Array, Array]]

_CELLS = 32_768
"""Pairs looked at at a time: they fit in the cache of a processor."""

_AT_ONCE = 64
"""Blocks that are worked on together."""

_NOISE = 1e-12
"""Credibilities that differ by less are equal."""


def discrimination(credibility: Array | float) -> Array | float:
    """Return how much a credibility must exceed another one to count as larger."""
    return 0.30 - 0.15 * credibility


class Distillation:
    """Take out the best units, or the worst, of those that are left, again and again.

    `credibility` returns, for units of rows and of columns, how credible it is that the first outrank the second, and
    the second the first. Of all pairs only what the next step needs is kept: per unit, how many it beats less how many
    beat it, and upper bounds of the largest credibility in its row and of the largest below the cut.
    """

    def __init__(self, credibility: Credibility, units: int) -> None:
        self._credibility = credibility
        self._left = np.arange(units)
        self._top, self._below = _Largest(units), _Largest(units)
        self._ahead = np.zeros(units, dtype=np.int64)
        self._highest = self._cut = 0.0
        for some, later, there, back in self._pairs(self._left):
            self._top.see(some, later, there, back)
        self._look()
        self._first = self._copied()

    def ranks(self, *, best: bool) -> Places:
        """Return the rank of each unit, 1 the best, taking out the best first, or the worst."""
        self._left, self._top, self._below, self._ahead, self._highest, self._cut = self._first
        self._first = self._copied()
        found = np.zeros(len(self._left), dtype=np.int64)
        place = 0
        while len(self._left):
            place += 1
            out = self._extract(best)
            found[out] = place
            self._remove(out)
        return found if best else place + 1 - found

    def _copied(self) -> tuple[Places, _Largest, _Largest, Places, float, float]:
        bounds = self._top.copy(), self._below.copy()
        return self._left.copy(), *bounds, self._ahead.copy(), self._highest, self._cut

    def _pairs(self, among: Places) -> Iterator[tuple[Places, Places, Array, Array]]:
        """Yield blocks of pairs there and back, each pair once, or in both orders within the units of the rows."""

        def block(rows: tuple[int, int]) -> tuple[Places, Places, Array, Array]:
            some, later = among[slice(*rows)], among[rows[0] :]
            there, back = self._credibility(some, later)
            itself = some[:, None] == later
            there[itself] = back[itself] = 0.0
            return some, later, there, back

        rows, start = [], 0
        while start < len(among):
            stop = min(len(among), start + max(1, _CELLS // (len(among) - start)))
            rows.append((start, stop))
            start = stop
        if len(rows) == 1:
            yield block(rows[0])
            return
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            for first in range(0, len(rows), _AT_ONCE):
                yield from threads.map(block, rows[first : first + _AT_ONCE])

    def _look(self) -> None:
        """Count who is ahead of whom at the largest credibility of all pairs that are left."""
        self._highest = self._largest()
        self._cut = _below(self._highest)
        self._ahead[:] = 0
        self._below = _Largest(len(self._ahead))
        for some, later, there, back in self._pairs(self._left):
            _count(self._ahead, some, later, there, back, self._cut)
            self._below.see(some, later, _only_below(there, self._cut), _only_below(back, self._cut))

    def _largest(self) -> float:
        return self._top.among(self._left, self._row)

    def _largest_below(self) -> float:
        return self._below.among(self._left, lambda unit: _only_below(self._row(unit), self._cut))

    def _row(self, unit: int) -> Array:
        """Return how credible it is that a unit outranks those that are left, itself 0."""
        found: Array = self._credibility(np.array([unit]), self._left)[0][0]
        found[np.searchsorted(self._left, unit)] = 0.0
        return found

    def _extract(self, best: bool) -> Places:
        """Return the units that come out next: those furthest ahead, and of these those ahead of each other."""
        some, ahead, cut = self._left, self._ahead, -1.0
        while True:
            some = some[np.flatnonzero(ahead[some] == (ahead[some].max() if best else ahead[some].min()))]
            if len(some) == 1 or 0 <= cut <= _NOISE:
                break
            if cut < 0:
                cut = self._largest_below()
            if cut > _NOISE:
                limit, cut, ahead = _below(cut), 0.0, np.zeros_like(self._ahead)
                for rows, later, there, back in self._pairs(some):
                    _count(ahead, rows, later, there, back, limit)
                    cut = max(cut, *(float(_only_below(block, limit).max()) for block in (there, back)))
        return some

    def _remove(self, out: Places) -> None:
        leaving = np.zeros(len(self._left), dtype=np.bool_)
        leaving[np.searchsorted(self._left, out)] = True
        self._left = self._left[~leaving]
        for bounds in (self._top, self._below):
            bounds.left[out] = False
        if len(self._left) < 2:
            return
        if self._largest() < self._highest - _NOISE:
            self._look()
            return
        for unit in out:
            (there,), (back,) = self._credibility(np.array([unit]), self._left)
            self._ahead[self._left] += _beats(there, back, self._cut)
            self._ahead[self._left] -= _beats(back, there, self._cut)


class _Largest:
    """The largest value of each row, and in which column: a bound from above once that unit has left."""

    def __init__(self, units: int) -> None:
        self.values = np.full(units, -1.0)
        self.columns = np.zeros(units, dtype=np.int64)
        self.left = np.ones(units, dtype=np.bool_)

    def copy(self) -> _Largest:
        """Return one that changes on its own."""
        other = _Largest(0)
        other.values, other.columns, other.left = self.values.copy(), self.columns.copy(), self.left.copy()
        return other

    def see(self, some: Places, later: Places, there: Array, back: Array) -> None:
        """Note the largest values of a block of pairs, there in the rows of some, back in those of later."""
        self._note(some, later, there)
        self._note(later, some, back.T)

    def _note(self, rows: Places, columns: Places, block: Array) -> None:
        at = block.argmax(axis=1)
        values = block[np.arange(len(block)), at]
        larger = np.flatnonzero(values > self.values[rows])
        self.values[rows[larger]] = values[larger]
        self.columns[rows[larger]] = columns[at[larger]]

    def among(self, left: Places, row: Callable[[int], Array]) -> float:
        """Return the largest value of all these units, looking at rows again whose column has left."""
        while True:
            unit = int(left[self.values[left].argmax()])
            if self.left[self.columns[unit]]:
                return float(self.values[unit])
            again = row(unit)
            at = int(again.argmax())
            self.values[unit], self.columns[unit] = again[at], left[at]


def _below(credibility: float) -> float:
    """Return the credibility from which on another one is as large, but for the threshold of discrimination."""
    return float(credibility - discrimination(credibility))


def _only_below(credibility: Array, cut: float) -> Array:
    """Return credibilities below the cut, 0 in place of the others."""
    return np.where(credibility < cut - _NOISE, credibility, 0.0)


def _beats(there: Array, back: Array, cut: float) -> Mask:
    """Say where a credibility is not below the cut and larger than the other way round."""
    beats: Mask = (there >= cut - _NOISE) & (there > _NOISE) & (there > back + discrimination(there) + _NOISE)
    return beats


def _count(ahead: Places, some: Places, later: Places, there: Array, back: Array, cut: float) -> None:
    """Add how many units each beats, less how many beat it."""
    won = _beats(there, back, cut).astype(np.int8) - _beats(back, there, cut).astype(np.int8)
    ahead[some] += won.sum(axis=1)
    ahead[later[len(some) :]] -= won[:, len(some) :].sum(axis=0)
