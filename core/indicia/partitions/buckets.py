"""Buckets: ranges of values of a sorted column, each small enough for the memory of one task."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, nextafter
from typing import TYPE_CHECKING

import numpy as np

from indicia.partitions.sorted_runs import Run

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import numpy.typing as npt

    from indicia.partitions.sorted_runs import Floats, RunSample

BUCKET_ROWS = 2_000_000
"""The number of rows of a bucket."""


@dataclass(frozen=True)
class Buckets:
    """Ranges of values that cover all numbers, in ascending order.

    A bucket has the values from its lower bound to the one of the next bucket, which is excluded.
    """

    lowest: Floats
    """The lower bound of each bucket; the first is minus infinity."""
    runs: tuple[int, ...]
    """The numbers of the partitions that have values."""

    def __len__(self) -> int:
        return len(self.lowest)

    def has_single_value(self, number: int) -> bool:
        """Return whether a bucket has room for one value only; any number of rows may have this value."""
        lowest = self.lowest[number]
        if number + 1 == len(self):
            return bool(lowest == inf)
        return bool(nextafter(lowest, inf) >= self.lowest[number + 1])

    def slices(self, number: int, folder: Path, name: str) -> Iterator[tuple[Run, int, int]]:
        """Yield each run with the places where the values of a bucket begin and end in it."""
        bounds = self.lowest[number : number + 2]
        for run_number in self.runs:
            run = Run.open(folder, name, run_number)
            places = run.places(bounds)
            yield run, int(places[0]), int(places[1]) if len(bounds) > 1 else run.count


def splitters(samples: Sequence[RunSample], bucket_rows: int = BUCKET_ROWS) -> Buckets:
    """Divide the values of all partitions into buckets.

    A bucket has no more than `bucket_rows` rows and the sum of the steps of all samples, unless all its values are
    equal: many units with the same value need no more memory than their counts.

    Parameters
    ----------
    samples : sequence of RunSample
        The samples of all runs.
    bucket_rows : int
        The number of rows of a bucket.
    """
    runs = tuple(sample.number for sample in samples if sample.count)
    values, rows = _sampled_values(samples)
    lowest, filled = [-inf], 0
    for value, count in zip(values.tolist(), rows.tolist(), strict=True):
        if filled + count > bucket_rows and value > lowest[-1]:
            lowest.append(value)
            filled = 0
        filled += count
        if count > bucket_rows and value < inf:
            lowest.append(nextafter(value, inf))
            filled = 0
    return Buckets(np.array(lowest), runs)


def _sampled_values(samples: Sequence[RunSample]) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Return the distinct values of all samples in ascending order, and the number of rows for which each stands."""
    values = np.concatenate([np.zeros(0), *(sample.values for sample in samples)])
    steps = np.repeat([sample.step for sample in samples], [len(sample.values) for sample in samples])
    order = np.argsort(values, kind="stable")
    values, steps = values[order], steps[order].astype(np.int64)
    first = np.flatnonzero(np.append(True, values[1:] != values[:-1])[: len(values)])
    return values[first], np.add.reduceat(steps, first) if len(first) else steps
