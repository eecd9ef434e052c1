"""A partial order of units: who is ahead of whom on both sides, and who cannot be compared."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from indicia.data import require_columns
from indicia.errors import DataError, join_names
from indicia.tables.noise import without_noise

if TYPE_CHECKING:
    import numpy.typing as npt

    from indicia.methods import Array

    Places = npt.NDArray[np.int64]

_CELLS = 1 << 18
"""Pairs compared at a time."""

_SHOWN = 20
"""The most units of a level that are named."""


@dataclass(frozen=True, repr=False)
class PartialOrder:
    """Units in levels, and how any two of them compare; printed, it lists the levels."""

    units: pl.DataFrame
    """Per unit: `level`, 1 where no other is preferred to it, and how many it is `ahead` of, `behind`, `indifferent` to
    and `incomparable` with."""
    _sides: tuple[Array, Array]

    @cached_property
    def pairs(self) -> pl.DataFrame:
        """Every pair once: `first`, `relation`, `second`; of a preference the preferred unit is the first.

        Holds all pairs at once.
        """
        unit, (positive, negative) = self.units.to_series(0), self._sides
        one, other = np.triu_indices(len(unit), 1)
        ahead, behind = _preferred(one, other, positive, negative), _preferred(other, one, positive, negative)
        first, second = np.where(behind & ~ahead, other, one), np.where(behind & ~ahead, one, other)
        told = np.select([ahead & behind, ahead | behind], [1, 0], 2)
        words = pl.Series("relation", ["preferred to", "indifferent to", "incomparable with"])
        relation = words.gather(told)
        return pl.DataFrame([unit.gather(first).alias("first"), relation, unit.gather(second).alias("second")])

    def __repr__(self) -> str:
        unit = pl.col(self.units.columns[0]).cast(pl.String)
        levels = self.units.group_by("level").agg(unit).sort("level").rows()
        lines = [f"{level}  {join_names(names, _SHOWN)}" for level, names in levels]
        return "\n".join([*lines, f"{self.units['incomparable'].sum() // 2} pair(s) that cannot be compared"])


def partial_order(table: pl.DataFrame, positive: str = "positive", negative: str = "negative") -> PartialOrder:
    """Order units by two sides at once, as PROMETHEE I does with what `result.details()` returns of `promethee`.

    The first column names the units. One is preferred to another where its positive flow is at least as high and its
    negative flow at least as low, indifferent where both are equal, and incomparable otherwise. Ranks serve as well,
    such as the two of ELECTRE III, where the first is turned round. DataError or UnknownColumn where flows are missing.

    Source: Brans & Vincke (1985), Management Science 31(6).

    >>> flows = {"site": ["A", "B", "C"], "positive": [0.6, 0.3, 0.5], "negative": [0.3, 0.5, 0.2]}
    >>> partial_order(pl.DataFrame(flows))
    1  A, C
    2  B
    1 pair(s) that cannot be compared
    """
    up, down = (_places(table, name) for name in (positive, negative))
    counts = np.zeros((3, len(up)), dtype=np.int64)
    everyone = np.arange(len(up))
    step = max(1, _CELLS // max(len(up), 1))
    for start in range(0, len(up), step):
        some = everyone[start : start + step, None]
        ahead, behind = _preferred(some, everyone, up, down), _preferred(everyone, some, up, down)
        both = ahead & behind
        counts[:, start : start + step] = [(ahead & ~both).sum(1), (behind & ~both).sum(1), both.sum(1) - 1]
    names = ["ahead", "behind", "indifferent"]
    columns = [pl.Series("level", _levels(up, down)), *(pl.Series(*one) for one in zip(names, counts, strict=True))]
    incomparable = pl.Series("incomparable", len(up) - 1 - counts.sum(axis=0))
    return PartialOrder(pl.DataFrame([table.to_series(0), *columns, incomparable]), (up, down))


def _places(table: pl.DataFrame, name: str) -> Array:
    """Return the flows, those equal that differ by rounding."""
    require_columns(table, [name])
    values = table[name].cast(pl.Float64)
    known = values.is_not_null() & values.is_finite()
    if not known.all():
        raise DataError(
            f"{name} is missing for {join_names(table.to_series(0).filter(~known))}", remedy="leave these units out"
        )
    return without_noise(values).to_numpy()


def _preferred(one: Places, other: Places, up: Array, down: Array) -> Any:
    """Say where a unit is at least as good as another on both sides."""
    return (up[one] >= up[other]) & (down[one] <= down[other])


def _levels(up: Array, down: Array) -> Places:
    """Return the length of the longest chain of preferences that leads down to each unit."""
    levels = np.ones(len(up), dtype=np.int64)
    lowest: list[float] = []  # of those met so far on each level the lowest negative flow, which rises with the level
    level, before = 0, (np.inf, np.inf)
    for unit in np.lexsort((down, -up)).tolist():
        here = float(up[unit]), float(down[unit])
        if here != before:
            level = bisect_right(lowest, here[1])
            lowest[level : level + 1] = [here[1]]
            before = here
        levels[unit] = level + 1
    return levels
