"""The straight lines from the mean of a node to its component of the parent: rescaling, sign, and `as_component`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt
    import polars as pl

    from indicia.definition import Node
    from indicia.methods import Array
    from indicia.run import Scored

    Rows: TypeAlias = npt.NDArray[np.intp]

_STRAIGHT = 1e-9
"""The largest distance from a straight line, as a share of the range of its values, that counts as rounding."""


@dataclass(frozen=True)
class Link:
    """A component of a parent is slope × value + base + rounding; each has the shape (n,)."""

    slope: Array
    base: Array
    rounding: Array
    """The effect of the rounding of the node's score; 0 where the score is not rounded."""


def link_of(scored: Scored, node: Node, value: Array) -> Link | str:
    """Return the link of a node, or the reason why it has none.

    `value` is the weighted mean of the components in each row, missing where the node has no score.
    """
    keys = scored.units.select(scored.scopes.rescaling.key)
    columns = scored.source.columns
    rescaled = columns.unrounded[node.id].to_numpy()
    slope, base = np.ones(len(value)), np.zeros(len(value))
    if node.rescaling is not None:
        line = None if node.rescaling.whole_column else line_of(value, rescaled, keys)
        if line is None:
            return f"{node.rescaling.name}, the rescaling of {node.id}, is no straight line"
        slope, base = line
    if node.id == scored.tree.id:
        return Link(slope, base, np.zeros(len(value)))
    scores = columns.scores[node.id].to_numpy()
    rounding, sign = scores - rescaled, -1.0 if node.turned else 1.0
    slope, base, rounding = sign * slope, sign * base, sign * rounding
    if node.as_component is not None:
        handed = columns.handed[node.id].to_numpy()
        line = None if node.as_component.whole_column else line_of(sign * scores, handed, keys)
        if line is None:
            return f"{node.as_component.name}, as_component of {node.id}, is no straight line"
        slope, base, rounding = line[0] * slope, line[0] * base + line[1], line[0] * rounding
    return Link(slope, base, np.nan_to_num(rounding))


def line_of(x: Array, y: Array, keys: pl.DataFrame) -> tuple[Array, Array] | None:
    """Return the slope and the base of y = slope × x + base in each row; None if the points are on no straight line.

    Each group of rows with equal keys has a line of its own, through its points with the least and the greatest x.

    >>> import polars as pl
    >>> x, y = np.array([1.0, 2.0, 4.0]), np.array([5.0, 7.0, 11.0])
    >>> [values.tolist() for values in line_of(x, y, pl.DataFrame()) or ()]
    [[2.0, 2.0, 2.0], [3.0, 3.0, 3.0]]
    >>> line_of(x, y**2, pl.DataFrame()) is None
    True
    """
    slope, base = np.ones(len(x)), np.zeros(len(x))
    for rows in _groups(keys, len(x)):
        present = rows[~(np.isnan(x[rows]) | np.isnan(y[rows]))]
        if not len(present):
            continue
        low, high = present[np.argmin(x[present])], present[np.argmax(x[present])]
        width = x[high] - x[low]
        slope[rows] = (y[high] - y[low]) / width if width > 0 else 1.0
        base[rows] = y[low] - slope[low] * x[low]
        distance = np.abs(slope[present] * x[present] + base[present] - y[present])
        if distance.max() > _STRAIGHT * max(np.abs(y[present]).max(), np.ptp(y[present])):
            return None
    return slope, base


def _groups(keys: pl.DataFrame, rows: int) -> list[Rows]:
    """Return the row numbers of each group; all rows if there is no key."""
    if not keys.width:
        return [np.arange(rows)]
    numbered = keys.with_row_index("\0row").group_by(keys.columns, maintain_order=True).agg("\0row")
    return [group.to_numpy() for group in numbered["\0row"]]
