"""Sorted runs: the values of one partition, in ascending order, in a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from indicia.partitions.work_files import ArrayFile, WorkFiles, write_arrays

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy.typing as npt
    import polars as pl

    Floats = npt.NDArray[np.float64]
    Codes = npt.NDArray[np.int32]

SAMPLED = 1_000
"""The number of values in the sample of a run."""

_VALUES, _ROWS, _KEYS = 0, 1, 2
"""The places of arrays in the file of a run."""


@dataclass(frozen=True)
class RunSample:
    """The size of a sorted run, and a regular sample of its values."""

    number: int
    """The number of the partition."""
    count: int
    """The number of present values."""
    values: Floats
    """Every value in `step` of the sorted values, from the lowest on; the highest is the last element."""
    step: int
    codes: tuple[int, ...] = ()
    """For each key, a number above all its codes."""


def write_run(
    values: pl.Series,
    folder: Path,
    name: str,
    number: int,
    keys: Sequence[Codes] = (),
    *,
    sampled: int = SAMPLED,
) -> RunSample:
    """Write the present values of a partition in ascending order, and return a sample of them.

    Equal values stay in the order of their rows, so that a task that is run again writes the same bytes.

    Parameters
    ----------
    values : pl.Series
        The values of all rows of the partition, without NaN; missing values are left out.
    folder, name
        The work folder, and the name of the column in the run.
    number : int
        The number of the partition.
    keys : sequence of int arrays, (rows,)
        For each column of ranks, the code of each row: a small number that partitions agree on, or -1 for a row that
        has no rank there.
    sampled : int
        The number of values in the sample. Buckets may exceed their size by the rows of all partitions divided by it.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    numbers = values.to_numpy()
    rows = _sorted_rows(numbers, len(values) - values.null_count())
    ordered = numbers[rows].astype(np.float64, copy=False)
    sorted_keys = [np.asarray(key, np.int32)[rows] for key in keys]
    write_arrays(WorkFiles(folder, name).path("run", number), [ordered, rows, *sorted_keys])
    step = max(1, -(-len(ordered) // sampled))
    sample = np.append(ordered[::step], ordered[-1:])
    return RunSample(number, len(ordered), sample, step, tuple(int(key.max(initial=-1)) + 1 for key in sorted_keys))


def _sorted_rows(numbers: Floats, present: int) -> npt.NDArray[np.uint32]:
    """Return the rows of present values in ascending order; rows with equal values are in ascending order."""
    rows: npt.NDArray[np.uint32] = np.argsort(numbers)[:present].astype(np.uint32)
    ordered = numbers[rows]
    begins = ordered[1:] != ordered[:-1]
    if begins.all():
        return rows
    # two fast sorts take less time than a stable sort
    place = np.append(np.uint64(0), np.cumsum(begins, dtype=np.uint64))[: len(rows)]
    return np.sort(place << np.uint64(32) | rows).astype(np.uint32)


@dataclass(frozen=True)
class Run:
    """A sorted run in its file."""

    number: int
    file: ArrayFile

    @classmethod
    def open(cls, folder: Path, name: str, number: int) -> Run:
        """Return the run that `write_run` wrote for a partition."""
        return cls(number, ArrayFile.open(WorkFiles(folder, name).path("run", number)))

    @property
    def count(self) -> int:
        """The number of values."""
        return self.file.lengths[_VALUES]

    def places(self, bounds: Floats) -> npt.NDArray[np.int64]:
        """Return the number of values below each bound; bounds are in ascending order."""
        return np.searchsorted(self.file.mapped(_VALUES), bounds).astype(np.int64)

    def values(self, start: int = 0, end: int | None = None) -> Floats:
        """Return sorted values from one place to another."""
        return self.file.read(_VALUES, start, end)

    def rows(self) -> npt.NDArray[np.uint32]:
        """Return the row of each sorted value in the partition."""
        return self.file.read(_ROWS)

    def codes(self, key: int, start: int = 0, end: int | None = None) -> Codes:
        """Return the codes of sorted values for a key, from one place to another."""
        return self.file.read(_KEYS + key, start, end)
