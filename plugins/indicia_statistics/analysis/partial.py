"""A partial order of units by two criteria, with pairs that cannot be compared."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from indicia.arguments import names_its_arguments
from indicia.errors import DataError, join_names, require_columns
from indicia.methods.noise import without_noise

if TYPE_CHECKING:
    import numpy.typing as npt

    from indicia.methods import Array

    Places = npt.NDArray[np.int64]

_CELLS = 1 << 18
"""The largest number of pairs in a batch."""

_MAX_NAMES = 20
"""The number of units of a level that are printed."""


@dataclass(frozen=True, repr=False)
class PartialOrder:
    """Units in levels, with the relation of each pair of units. The printed form lists the levels."""

    units: pl.DataFrame
    """The `level` of each unit, 1 if no other unit is preferred to it, and the number of units in each relation to it:
    it is `ahead` of them, `behind` them, `indifferent` to them, or `incomparable` with them."""
    _sides: tuple[Array, Array]

    @cached_property
    def pairs(self) -> pl.DataFrame:
        """The pairs of units by name: `first`, `relation`, `second`; `first` is the preferred unit.

        The frame has all pairs, and may be large.
        """
        unit, (positive, negative) = self.units.to_series(0), self._sides
        rows, columns = unit.arg_sort().to_numpy()[np.stack(np.triu_indices(len(unit), 1))]
        ahead, behind = _preferred(rows, columns, positive, negative), _preferred(columns, rows, positive, negative)
        first, second = np.where(behind & ~ahead, columns, rows), np.where(behind & ~ahead, rows, columns)
        relation_numbers = np.select([ahead & behind, ahead | behind], [1, 0], 2)
        words = pl.Series("relation", ["preferred to", "indifferent to", "incomparable with"])
        relation = words.gather(relation_numbers)
        return pl.DataFrame([unit.gather(first).alias("first"), relation, unit.gather(second).alias("second")])

    def __repr__(self) -> str:
        unit = pl.col(self.units.columns[0]).cast(pl.String)
        levels = self.units.group_by("level").agg(unit).sort("level").rows()
        lines = [f"{level}  {join_names(names, _MAX_NAMES)}" for level, names in levels]
        return "\n".join([*lines, f"{self.units['incomparable'].sum() // 2} pair(s) that cannot be compared"])


@names_its_arguments
def partial_order(table: pl.DataFrame, positive: str = "positive", negative: str = "negative") -> PartialOrder:
    """Order units by two criteria, as PROMETHEE I does with the flows that `result.details()` returns for `promethee`.

    A unit is preferred to another if its positive flow is at least as high and its negative flow at least as low; they
    are indifferent if both flows are equal, and otherwise incomparable. Two columns of ranks are possible too, such as
    the ranks of ELECTRE III, the first column with the opposite sign.

    Source: Brans & Vincke (1985), Management Science 31(6).

    Parameters
    ----------
    table : polars.DataFrame
        The units in the first column, and the two flows.
    positive, negative : str, default "positive" and "negative"
        The columns of the flows.

    Returns
    -------
    PartialOrder
        The relations of all pairs, and the levels of the order.

    Raises
    ------
    UnknownColumn
        If a column is not in the table.
    DataError
        For missing flows.

    Examples
    --------
    >>> flows = {"site": ["A", "B", "C"], "positive": [0.6, 0.3, 0.5], "negative": [0.3, 0.5, 0.2]}
    >>> partial_order(pl.DataFrame(flows))
    1  A, C
    2  B
    1 pair(s) that cannot be compared
    """
    up, down = (_places(table, name) for name in (positive, negative))
    counts = np.zeros((3, len(up)), dtype=np.int64)
    units = np.arange(len(up))
    step = max(1, _CELLS // max(len(up), 1))
    for start in range(0, len(up), step):
        batch = units[start : start + step, None]
        ahead, behind = _preferred(batch, units, up, down), _preferred(units, batch, up, down)
        both = ahead & behind
        counts[:, start : start + step] = [(ahead & ~both).sum(1), (behind & ~both).sum(1), both.sum(1) - 1]
    names = ["ahead", "behind", "indifferent"]
    columns = [
        pl.Series("level", _levels(up, down)),
        *(pl.Series(*column) for column in zip(names, counts, strict=True)),
    ]
    incomparable = pl.Series("incomparable", len(up) - 1 - counts.sum(axis=0))
    return PartialOrder(pl.DataFrame([table.to_series(0), *columns, incomparable]), (up, down))


def _places(table: pl.DataFrame, name: str) -> Array:
    """Return the flows, equal if they differ by rounding noise only."""
    require_columns(table, [name])
    values = table[name].cast(pl.Float64)
    present = values.is_not_null() & values.is_finite()
    if not present.all():
        raise DataError(
            f"{name} is missing for {join_names(table.to_series(0).filter(~present))}", remedy="leave these units out"
        )
    return without_noise(values).to_numpy()


def _preferred(first: Places, second: Places, up: Array, down: Array) -> Any:
    """Return True for pairs in which the first unit is at least as good as the second by both criteria."""
    return (up[first] >= up[second]) & (down[first] <= down[second])


def _levels(up: Array, down: Array) -> Places:
    """Return the length of the longest chain of preferences that leads down to each unit."""
    levels = np.ones(len(up), dtype=np.int64)
    lowest: list[float] = []  # the lowest negative flow on each level so far; it rises with the level
    level, previous_flows = 0, (np.inf, np.inf)
    for unit in np.lexsort((down, -up)).tolist():
        flows = float(up[unit]), float(down[unit])
        if flows != previous_flows:
            level = bisect_right(lowest, flows[1])
            lowest[level : level + 1] = [flows[1]]
            previous_flows = flows
        levels[unit] = level + 1
    return levels
