"""Concordance, credibility and distillation of the ELECTRE methods."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from indicia.methods import Array
    from indicia_methods.arrays import Integers, Mask

    Credibility: TypeAlias = Callable[[Integers, Integers], tuple[Array, Array]]
    Step: TypeAlias = Callable[[float, float, Integers, Integers], None]
    Record: TypeAlias = Callable[[int, float, float, Integers, Integers], None]
    """Takes the number of an extraction, the largest credibility, the next cut, the units and their balances."""


CELLS = 65_536
"""Values compared at a time, so that they fit in the cache of a processor."""

ROUNDING = 1e-12
"""Sums of weights that differ by less are equal."""


def indices(rows: Array, columns: Array, weights: Array) -> tuple[Array, Array, Array]:
    """Return concordance, discordance and balance (weight ahead - behind) of rows (k, m) over columns (k, n)."""
    shape = rows.shape[1], columns.shape[1]
    behind, ahead, discordance = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    for values, column_values, weight in zip(rows, columns, weights, strict=True):
        shortfall = column_values - values[:, None]
        behind += weight * (shortfall > 0)
        ahead += weight * (shortfall < 0)
        np.fmax(discordance, shortfall, out=discordance)
    common = _common_weight(rows, columns, weights)
    with np.errstate(invalid="ignore"):
        return np.nan_to_num((common - behind) / common), discordance, ahead - behind


def _common_weight(rows: Array, columns: Array, weights: Array) -> Array | float:
    """Return the weight of the components that both units have."""
    if not (np.isnan(rows).any() or np.isnan(columns).any()):
        return float(weights.sum())
    common: Array = (~np.isnan(rows) * weights[:, None]).T @ ~np.isnan(columns)
    return common


def credibilities(rows: Array, columns: Array, weights: Array, thresholds: Array) -> Array:
    """Return the credibility that the units of the rows (k, m) outrank those of the columns (k, n)."""
    return _credibilities(rows, columns, weights, thresholds, (1,))[0]


def both_credibilities(rows: Array, columns: Array, weights: Array, thresholds: Array) -> tuple[Array, Array]:
    """Return the credibility that the rows outrank the columns, and that the columns outrank the rows."""
    forward, backward = _credibilities(rows, columns, weights, thresholds, (1, -1))
    return forward, backward


def _credibilities(
    rows: Array, columns: Array, weights: Array, thresholds: Array, signs: tuple[int, ...]
) -> list[Array]:
    matrices = [np.empty((rows.shape[1], columns.shape[1])) for _ in signs]
    step = max(1, CELLS // 2 // max(columns.shape[1], 1))
    for start in range(0, rows.shape[1], step):
        part = slice(start, start + step)
        for matrix, block in zip(
            matrices, _credibility(rows[:, part], columns, weights, thresholds, signs), strict=True
        ):
            matrix[part] = block
    return matrices


@np.errstate(over="ignore", invalid="ignore", divide="ignore")
def _credibility(
    rows: Array, columns: Array, weights: Array, thresholds: Array, signs: tuple[int, ...]
) -> Sequence[Array]:
    """Compute credibilities, a few components at a time, so that arrays fit in the cache of a processor."""
    shape = rows.shape[1], columns.shape[1]
    step = max(1, CELLS // 2 // max(shape[0] * shape[1], 1))
    finite = _all_finite(rows, columns)
    largest_in_rows, largest_in_columns = (np.fmax.reduce(np.abs(values), axis=1) for values in (rows, columns))
    concordances = [np.zeros(shape) for _ in signs]
    for part in (slice(start, start + step) for start in range(0, len(rows), step)):
        (q, p, _), weight = thresholds[:, part, None, None], weights[part, None, None]
        shortfall = columns[part, None, :] - rows[part, :, None]
        steps = np.flatnonzero(p == q)
        noise = ROUNDING * np.fmax(largest_in_rows[part], largest_in_columns[part])[:, None, None]
        for concordance, sign in zip(concordances, signs, strict=True):
            # w (p - (z_b - z_a)) / (p - q), held to 0 and w
            support = p - shortfall if sign > 0 else p + shortfall
            support *= weight / np.where(p > q, p - q, 1.0)
            np.clip(support, 0.0, weight, out=support)
            if len(steps):
                support[steps] = weight[steps] * (sign * shortfall[steps] <= q[steps] + noise[steps])
            if not finite:
                np.copyto(support, 0.0, where=np.isnan(support))
            concordance += support.sum(axis=0)
    common = _common_weight(rows, columns, weights)
    for concordance in concordances:
        concordance /= common
        if not finite:
            np.nan_to_num(concordance, copy=False)
    with_veto = np.flatnonzero(np.isfinite(thresholds[2]))
    scales = [1 / (1 - concordance) for concordance in concordances]
    products = [np.ones(shape) for _ in signs]
    for vetoing in (with_veto[start : start + step] for start in range(0, len(with_veto), step)):
        _, p, v = thresholds[:, vetoing, None, None]
        shortfall = columns[vetoing, None, :] - rows[vetoing, :, None]
        for product, sign, scale in zip(products, signs, scales, strict=True):
            # (1 - d) / (1 - C) with 1 - d = (v - (z_b - z_a)) / (v - p); 1 where d ≤ C
            remaining = v - shortfall if sign > 0 else v + shortfall
            remaining *= 1 / (v - p)
            remaining *= scale
            np.clip(remaining, 0.0, 1.0, out=remaining)
            if not finite:
                np.copyto(remaining, 1.0, where=np.isnan(remaining))
            product *= remaining.prod(axis=0)
    for concordance, product in zip(concordances, products, strict=True):
        # at full concordance no discordance exceeds it
        np.multiply(concordance, product, out=concordance, where=concordance < 1)
    return concordances


def _all_finite(rows: Array, columns: Array) -> bool:
    """Return True if all differences between rows and columns are finite."""
    if not (rows.size and columns.size):
        return True
    ends = [rows.min(), rows.max(), columns.min(), columns.max()]
    return bool(np.isfinite(np.max(ends) - np.min(ends)))


_CELLS = 32_768
"""Pairs computed at a time, so that they fit in the cache of a processor."""

_BLOCKS = 64
"""Blocks of pairs that the threads compute before the next blocks start, which bounds the memory."""

_ROUNDING = 1e-12
"""Credibilities that differ by less are equal."""


def discrimination(credibility: Array | float) -> Array | float:
    """Return the discrimination threshold: the smallest difference by which a credibility counts as larger."""
    return 0.30 - 0.15 * credibility


class Distillation:
    """Repeatedly select the best units, or the worst, of the remaining units.

    `credibility` returns, for units of rows and of columns, the credibility that the rows outrank the columns, and that
    the columns outrank the rows. The matrix of all pairs is not kept. For each unit the object keeps its balance (the
    number of units that it beats less the number that beat it), and upper bounds of the largest credibility in its row
    and of the largest below the cut.
    """

    def __init__(self, credibility: Credibility, units: int) -> None:
        self._credibility = credibility
        self._remaining = np.arange(units)
        self._maxima, self._maxima_below = _RowMaxima(units), _RowMaxima(units)
        self._balance = np.zeros(units, dtype=np.int64)
        self._level = self._cut = 0.0
        for rows, columns, forth, back in self._pairs(self._remaining):
            self._maxima.include(rows, columns, forth, back)
        self._start_level()
        self._initial = self._copy()

    def ranks(self, *, best: bool, record: Record | None = None) -> Integers:
        """Return the rank of each unit, 1 the best, by the descending or the ascending distillation.

        `record` is called with each step in which two units or more are compared.
        """
        self._remaining, self._maxima, self._maxima_below, self._balance, self._level, self._cut = self._initial
        self._initial = self._copy()
        ranks = np.zeros(len(self._remaining), dtype=np.int64)
        rank = 0
        while len(self._remaining):
            rank += 1
            step = partial(record, rank) if record else None
            selected = self._select(best, step)
            ranks[selected] = rank
            self._remove(selected)
        return ranks if best else rank + 1 - ranks

    def _copy(self) -> tuple[Integers, _RowMaxima, _RowMaxima, Integers, float, float]:
        bounds = self._maxima.copy(), self._maxima_below.copy()
        return self._remaining.copy(), *bounds, self._balance.copy(), self._level, self._cut

    def _pairs(self, units: Integers) -> Iterator[tuple[Integers, Integers, Array, Array]]:
        """Yield rows, columns and the credibilities in both directions; pairs within the rows come in both orders."""

        def compare(limits: tuple[int, int]) -> tuple[Integers, Integers, Array, Array]:
            block_rows, block_columns = units[slice(*limits)], units[limits[0] :]
            forth, back = self._credibility(block_rows, block_columns)
            itself = block_rows[:, None] == block_columns
            forth[itself] = back[itself] = 0.0
            return block_rows, block_columns, forth, back

        ranges, start = [], 0
        while start < len(units):
            stop = min(len(units), start + max(1, _CELLS // (len(units) - start)))
            ranges.append((start, stop))
            start = stop
        if len(ranges) == 1:
            yield compare(ranges[0])
            return
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            for first in range(0, len(ranges), _BLOCKS):
                yield from threads.map(compare, ranges[first : first + _BLOCKS])

    def _start_level(self) -> None:
        """Set the cut below the largest credibility of the remaining pairs, and compute the balances."""
        self._level = self._largest()
        self._cut = _cut_below(self._level)
        self._balance[:] = 0
        self._maxima_below = _RowMaxima(len(self._balance))
        for rows, columns, forth, back in self._pairs(self._remaining):
            _add_balance(self._balance, rows, columns, forth, back, self._cut)
            self._maxima_below.include(rows, columns, _keep_below(forth, self._cut), _keep_below(back, self._cut))

    def _largest(self) -> float:
        return self._maxima.largest(self._remaining, self._row)

    def _largest_below(self) -> float:
        return self._maxima_below.largest(self._remaining, lambda unit: _keep_below(self._row(unit), self._cut))

    def _row(self, unit: int) -> Array:
        """Return the credibility that a unit outranks each remaining unit; 0 for itself."""
        credibilities: Array = self._credibility(np.array([unit]), self._remaining)[0][0]
        credibilities[np.searchsorted(self._remaining, unit)] = 0.0
        return credibilities

    def _select(self, best: bool, record: Step | None) -> Integers:
        """Return the units with the best or the worst balance; lower cuts break ties between them."""
        units, balance, cut = self._remaining, self._balance, -1.0
        if record and len(units) > 1:
            record(self._level, self._largest_below(), units, balance[units])
        while True:
            units = units[np.flatnonzero(balance[units] == (balance[units].max() if best else balance[units].min()))]
            if len(units) == 1 or 0 <= cut <= _ROUNDING:
                break
            if cut < 0:
                cut = self._largest_below()
            if cut > _ROUNDING:
                level, limit, cut, balance = cut, _cut_below(cut), 0.0, np.zeros_like(self._balance)
                for rows, columns, forth, back in self._pairs(units):
                    _add_balance(balance, rows, columns, forth, back, limit)
                    cut = max(cut, *(float(_keep_below(block, limit).max()) for block in (forth, back)))
                if record:
                    record(level, cut, units, balance[units])
        return units

    def _remove(self, selected: Integers) -> None:
        leaving = np.zeros(len(self._remaining), dtype=np.bool_)
        leaving[np.searchsorted(self._remaining, selected)] = True
        self._remaining = self._remaining[~leaving]
        for bounds in (self._maxima, self._maxima_below):
            bounds.remaining[selected] = False
        if len(self._remaining) < 2:
            return
        # a lower level changes all balances; at the same level only the selected units leave them
        if self._largest() < self._level - _ROUNDING:
            self._start_level()
            return
        for unit in selected:
            (forth,), (back,) = self._credibility(np.array([unit]), self._remaining)
            self._balance[self._remaining] += _beats(forth, back, self._cut)
            self._balance[self._remaining] -= _beats(back, forth, self._cut)


class _RowMaxima:
    """The largest value of each row and its column; an upper bound after that unit is removed."""

    def __init__(self, units: int) -> None:
        self.values = np.full(units, -1.0)
        self.columns = np.zeros(units, dtype=np.int64)
        self.remaining = np.ones(units, dtype=np.bool_)

    def copy(self) -> _RowMaxima:
        """Return an independent copy."""
        other = _RowMaxima(0)
        other.values, other.columns, other.remaining = self.values.copy(), self.columns.copy(), self.remaining.copy()
        return other

    def include(self, rows: Integers, columns: Integers, forth: Array, back: Array) -> None:
        """Include a block of pairs: `forth` in the rows of `rows`, `back` in the rows of `columns`."""
        self._update(rows, columns, forth)
        self._update(columns, rows, back.T)

    def _update(self, rows: Integers, columns: Integers, block: Array) -> None:
        places = block.argmax(axis=1)
        values = block[np.arange(len(block)), places]
        larger = np.flatnonzero(values > self.values[rows])
        self.values[rows[larger]] = values[larger]
        self.columns[rows[larger]] = columns[places[larger]]

    def largest(self, remaining: Integers, row: Callable[[int], Array]) -> float:
        """Return the largest value of the remaining units; recompute a row whose column has been removed."""
        while True:
            unit = int(remaining[self.values[remaining].argmax()])
            if self.remaining[self.columns[unit]]:
                return float(self.values[unit])
            values = row(unit)
            place = int(values.argmax())
            self.values[unit], self.columns[unit] = values[place], remaining[place]


def _cut_below(credibility: float) -> float:
    """Return the credibility less its discrimination threshold."""
    return float(credibility - discrimination(credibility))


def _keep_below(credibility: Array, cut: float) -> Array:
    """Return the credibilities below the cut, and 0 for the others."""
    return np.where(credibility < cut - _ROUNDING, credibility, 0.0)


def _beats(forth: Array, back: Array, cut: float) -> Mask:
    """Return True where a credibility reaches the cut and exceeds its reverse by the discrimination threshold."""
    beats: Mask = (forth >= cut - _ROUNDING) & (forth > _ROUNDING) & (forth > back + discrimination(forth) + _ROUNDING)
    return beats


def _add_balance(balance: Integers, rows: Integers, columns: Integers, forth: Array, back: Array, cut: float) -> None:
    """Add to the balance of each unit the units that it beats, less the units that beat it."""
    difference = _beats(forth, back, cut).astype(np.int8) - _beats(back, forth, cut).astype(np.int8)
    balance[rows] += difference.sum(axis=1)
    balance[columns[len(rows) :]] -= difference[:, len(rows) :].sum(axis=0)
