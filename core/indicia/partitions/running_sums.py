"""The sum of running sums of sorted values over partitions, which the Gini coefficient needs."""

from __future__ import annotations

from dataclasses import dataclass
from math import fsum
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.partitions.buckets import BUCKET_ROWS, Buckets, splitters
from indicia.statistics.ranks import by_group

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy.typing as npt

    from indicia.partitions.ranks import MapTasks
    from indicia.partitions.sorted_runs import Codes, Floats, RunSample

    Counts = npt.NDArray[np.int64]
    Sums = tuple[Counts, Floats, Floats]


@dataclass(frozen=True)
class RunningSumsOfBucket:
    """The task that adds up the running sums of one bucket."""

    folder: Path
    name: str
    buckets: Buckets
    codes: int

    def __call__(self, number: int) -> Sums:
        """Return the number of values, their sum, and the sum of their running sums, by code."""
        if self.buckets.has_single_value(number):
            return self._of_equal_values(number)
        values, codes = [np.zeros(0)], [np.zeros(0, np.int32)]
        for run, start, end in self.buckets.slices(number, self.folder, self.name):
            values.append(run.values(start, end))
            codes.append(run.codes(0, start, end))
        return sums_of_codes(np.concatenate(values), np.concatenate(codes), self.codes)

    def _of_equal_values(self, number: int) -> Sums:
        count = np.zeros(self.codes, np.int64)
        for run, start, end in self.buckets.slices(number, self.folder, self.name):
            codes = run.codes(0, start, end)
            count += np.bincount(codes[codes >= 0], minlength=self.codes)
        value = float(self.buckets.lowest[number])
        pairs = [n * (n + 1) // 2 for n in count.tolist()]
        return count, np.where(count > 0, count * value, 0.0), np.array([n and value * n for n in pairs], float)


def sums_of_codes(values: Floats, codes: Codes, number: int) -> Sums:
    """Return the number of values, their sum, and the sum of the running sums of the sorted values, by code."""
    order = np.argsort(values)
    order = order[codes[order] >= 0]
    values, codes = values[order], codes[order]
    if number > 1:
        grouped = by_group(codes.astype(np.uint32))
        values, codes = values[grouped], codes[grouped]
    count = np.bincount(codes, minlength=number).astype(np.int64)
    ends = np.cumsum(count).tolist()
    sums, running = np.zeros(number), np.zeros(number)
    for code in np.flatnonzero(count).tolist():
        part = values[ends[code] - int(count[code]) : ends[code]]
        # the value at place k from the end stands in k running sums
        sums[code], running[code] = part.sum(), (part * np.arange(len(part), 0, -1)).sum()
    return count, sums, running


@dataclass(frozen=True)
class MergeRunningSums:
    """Merges the samples of runs; the answer is that of `sum_of_running_sums`, as a list."""

    folder: Path
    name: str

    def join(self, first: tuple[RunSample, ...], second: tuple[RunSample, ...]) -> tuple[RunSample, ...]:
        """Return the samples of both."""
        return (*first, *second)

    def value(self, state: tuple[RunSample, ...]) -> list[float]:
        """Return the sums by code, computed in this process."""
        return self.value_by(map, state)

    def value_by(self, map_tasks: MapTasks, state: tuple[RunSample, ...]) -> list[float]:
        """Return the sums by code; an engine maps the tasks of buckets."""
        return sum_of_running_sums(state, self.folder, self.name, map_tasks).to_list()


def sum_of_running_sums(
    samples: Sequence[RunSample],
    folder: Path,
    name: str,
    map_tasks: MapTasks = map,
    *,
    bucket_rows: int = BUCKET_ROWS,
) -> pl.Series:
    """Return `sort().cum_sum().sum()` of the values of all partitions, for each code of the only key of their runs.

    Parameters
    ----------
    samples : sequence of RunSample
        The outcome of `write_run` for each partition.
    folder, name
        The work folder, and the name of the column in the run.
    map_tasks : callable
        Maps the tasks of buckets.
    bucket_rows : int
        The number of rows of a bucket.
    """
    buckets = splitters(samples, bucket_rows)
    codes = max((sample.codes[0] for sample in samples), default=0)
    parts = list(map_tasks(RunningSumsOfBucket(folder, name, buckets, codes), range(len(buckets))))
    count, sums, running = (np.array(field).reshape(len(buckets), codes) for field in zip(*parts, strict=True))
    # the running sums of a bucket begin at the sum of all lower buckets
    raised = (np.cumsum(sums, axis=0) - sums) * count
    totals = [fsum([*running[:, code].tolist(), *raised[:, code].tolist()]) for code in range(codes)]
    return pl.Series(totals, dtype=pl.Float64)
