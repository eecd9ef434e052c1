"""The difference of two tables, cell by cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import polars as pl

from indicia.data import fingerprint
from indicia.errors import join_names

if TYPE_CHECKING:
    from collections.abc import Sequence

State = Literal["identical", "differs"]


@dataclass(frozen=True)
class TableDifference:
    """The comparison of a table with the packed one."""

    table: str
    state: State
    rows: int | None
    """The number of rows; None if the table cannot be computed any more."""
    packed_rows: int | None
    """The number of packed rows; None if the table was not packed."""
    cells: int | None = None
    """The number of cells that differ; None if the cells cannot be compared."""
    largest: float | None = None
    """The largest difference of two numbers; None if there is none, or a number stands against a missing value."""
    why: str | None = None
    """The reason why cells cannot be compared."""

    def is_within(self, tolerance: float) -> bool:
        """Return True if all bits are the same, or if only numbers differ, and none by more than the tolerance."""
        is_small = self.why is None and self.largest is not None and self.largest <= tolerance
        return self.state == "identical" or is_small


def compare_tables(
    name: str, here: pl.DataFrame, packed: pl.DataFrame | None, sha256: str, rows: int, key: Sequence[str]
) -> TableDifference:
    """Compare a table with the packed one: by its fingerprint, and if this differs, cell by cell.

    Parameters
    ----------
    name
        The name of the table.
    here
        The table of this run.
    packed
        The packed table; None if only its fingerprint is packed.
    sha256, rows
        The fingerprint and the number of rows of the packed table.
    key
        The columns of units and periods.
    """
    if fingerprint(here) == sha256:
        return TableDifference(name, "identical", here.height, rows, 0)
    if packed is None:
        return TableDifference(name, "differs", here.height, rows, why="only its hash is packed")
    if here.columns != packed.columns:
        columns = sorted({*here.columns} ^ {*packed.columns}) or here.columns
        return TableDifference(name, "differs", here.height, rows, why=f"its columns are others: {join_names(columns)}")
    pair = _aligned(here, packed, key)
    if pair is None:
        return TableDifference(name, "differs", here.height, rows, why="its rows are others")
    cells, largest, is_small = _differing(*pair)
    why = None if is_small else "values are missing in one of the two, or texts differ"
    return TableDifference(name, "differs", here.height, rows, cells, largest, why)


def _aligned(here: pl.DataFrame, packed: pl.DataFrame, key: Sequence[str]) -> tuple[pl.DataFrame, pl.DataFrame] | None:
    """Return both tables with the rows in one order; None if they have rows for other units or parts."""
    names = [name for name, kind in here.schema.items() if name in key or not (kind.is_numeric() or kind.is_nested())]
    if here.height != packed.height:
        return None
    if here.select(names).equals(packed.select(names)):
        return here, packed
    keys = [name for name in names if here.schema[name] == packed.schema[name]]
    if keys != names or here.select(keys).is_duplicated().any():
        return None
    here, packed = here.sort(keys), packed.sort(keys)
    return (here, packed) if here.select(keys).equals(packed.select(keys)) else None


def _differing(here: pl.DataFrame, packed: pl.DataFrame) -> tuple[int, float | None, bool]:
    """Return the number of cells that differ, the largest difference, and whether only numbers differ.

    The sign of a zero and the type of a column differ by no cell and by 0.
    """
    cells, largest, only_numbers = 0, 0.0, True
    for mine, theirs in zip(here, packed, strict=True):
        if not (mine.dtype.is_numeric() and theirs.dtype.is_numeric()):
            count = int(mine.cast(pl.String, strict=False).ne_missing(theirs.cast(pl.String, strict=False)).sum())
            cells, only_numbers = cells + count, only_numbers and count == 0
            continue
        a, b = mine.cast(pl.Float64), theirs.cast(pl.Float64)
        unequal = a.ne_missing(b)
        cells += int(unequal.sum())
        distance = (a - b).abs().filter(unequal)
        if distance.null_count() or not distance.is_finite().all():
            only_numbers = False
        largest = max([largest, *distance.drop_nulls().drop_nans().to_list()])
    return cells, largest, only_numbers
