"""The parts of a design of Saltelli in a table of runs, in whichever order a program lists them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt
    import polars as pl

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


@dataclass(frozen=True, eq=False)
class GivenRuns:
    """The runs of a design that the user brings."""

    name: str
    """The name of the table."""
    table: pl.DataFrame
    names: tuple[str, ...] = ()
    """The inputs, if the runs are a design of Saltelli."""
    layout: SaltelliLayout | None = None
    """The parts of the design of Saltelli, if the runs are one."""


def saltelli_layout(inputs: npt.NDArray[np.generic]) -> SaltelliLayout | None:
    """Return the parts of a design of Saltelli from the inputs of runs, (runs, d); None if the runs are no such design.

    Two orders of the runs are known: one part after the other, A, B, A with a column of B, …; and row by row, as SALib
    lists them: the row of A, those of A with columns of B, those of B with columns of A if there are any, that of B.
    The columns may be mixed in any order.

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
        if count < 2 or runs % parts or runs < 2 * parts:  # with one input, any run of it equals some part
            continue
        by_row = np.arange(runs).reshape(-1, parts).T
        for order in (np.arange(runs).reshape(parts, -1), by_row[[0, parts - 1, *range(1, parts - 1)]]):
            a, b, mixed = inputs[order[0]], inputs[order[1]], inputs[order[2:]]
            if not (a != b).any(axis=0).all():
                continue
            of_b, of_a = _mixed_columns(a, b, mixed[:count]), _mixed_columns(b, a, mixed[count:])
            if sorted(of_b) == list(range(count)) and sorted(of_a) == (list(range(count)) if crossed else []):
                places = [0, 1, *(2 + np.argsort(of_b)), *(2 + count + np.argsort(of_a))]
                return SaltelliLayout(order[places], crossed)
    return None


def _mixed_columns(
    base: npt.NDArray[np.generic], other: npt.NDArray[np.generic], mixed: npt.NDArray[np.generic]
) -> list[int]:
    """Return the only column of each part, (parts, N, d), that comes from the other sample; -1 for no such part."""
    from_base, from_other = (mixed == base).all(axis=1), (mixed == other).all(axis=1)
    column = from_base.argmin(axis=1)
    one = (~from_base).sum(axis=1) == 1
    fits = one & np.take_along_axis(from_other, column[:, None], axis=1)[:, 0] if len(mixed) else one
    return [int(number) for number in np.where(fits, column, -1)]
