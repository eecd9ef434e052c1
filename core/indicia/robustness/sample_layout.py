"""The parts of a design of Saltelli in a table of runs, in whichever order a program lists them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class SaltelliLayout:
    """The runs of each part of a design of Saltelli."""

    order: Integers
    """The numbers of the runs, (parts, N): those of A, of B, of A with each column of B, and of B with columns of A."""
    crossed: bool
    """True if the design has B with each column of A."""

    @property
    def base(self) -> Integers:
        """The runs of A and B, whose choices are independent."""
        return self.order[:2].ravel()


def saltelli_layout(inputs: npt.NDArray[np.generic]) -> SaltelliLayout | None:
    """Return the parts of a design of Saltelli from the inputs of runs, (runs, d); None if the runs are no such design.

    Two orders of the runs are known: one part after the other, A, B, A with column 1 of B, …; and row by row, as SALib
    lists them: the row of A, those of A with columns of B, those of B with columns of A if there are any, that of B.

    >>> a, b = np.array([[1, 2], [3, 4]]), np.array([[5, 6], [7, 8]])
    >>> design = np.vstack([a, b, [[5, 2], [7, 4]], [[1, 6], [3, 8]]])
    >>> saltelli_layout(design).order.tolist()
    [[0, 1], [2, 3], [4, 5], [6, 7]]
    >>> saltelli_layout(design[[0, 2, 1, 3, 4, 5, 6, 7]]) is None
    True
    """
    runs, count = inputs.shape
    for crossed in (False, True):
        parts = (2 * count if crossed else count) + 2
        if count == 0 or runs % parts or runs < 2 * parts:
            continue
        by_row = np.arange(runs).reshape(-1, parts).T
        for order in (np.arange(runs).reshape(parts, -1), by_row[[0, parts - 1, *range(1, parts - 1)]]):
            if _fits(inputs[order], count):
                return SaltelliLayout(order, crossed)
    return None


def _fits(parts: npt.NDArray[np.generic], count: int) -> bool:
    """Return whether all parts, (parts, N, d), mix the columns of the first two, which differ in every column."""
    a, b = parts[:2]
    if not (a != b).any(axis=0).all():
        return False
    for column in range(count):
        from_other = np.arange(count) == column
        if (parts[2 + column] != np.where(from_other, b, a)).any():
            return False
        if len(parts) > count + 2 and (parts[2 + count + column] != np.where(from_other, a, b)).any():
            return False
    return True
