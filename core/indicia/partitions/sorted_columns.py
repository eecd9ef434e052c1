"""Sorted columns of a run over partitions: ranks of all rows, and values without noise."""

from __future__ import annotations

from dataclasses import dataclass
from math import fsum
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.methods.noise import by_group
from indicia.partitions.partition import NeedsAllRows, Partition
from indicia.partitions.rank_buckets import BUCKET_ROWS, Buckets, Ranking, Ties, splitters
from indicia.partitions.ranks import MapTasks, MergeRuns, read_equalised, read_ranks
from indicia.partitions.sorted_runs import RunSample, write_run

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy.typing as npt

    from indicia.partitions.sorted_runs import Codes, Floats

    Counts = npt.NDArray[np.int64]
    Sums = tuple[Counts, Floats, Floats]


def rank_within(
    partition: Partition, place: str, values: pl.Series, ties: Ties, descending: bool, codes: Codes | None = None
) -> pl.Series:
    """Return the ranks of the values of a partition among those of all rows; only equal values share a rank.

    Parameters
    ----------
    partition, place
        The partition, and the name of the values in the run.
    values : pl.Series
        The values of the partition; missing values have no rank.
    ties, descending
        As those of `rank` in formulas.
    codes : array of int, (rows,), optional
        The number of the group of each row, by which partitions agree; ranks are then those within groups.
    """
    folder, ranking = _folder(partition), Ranking(ties, not descending)
    keys = [codes] if codes is not None else [pl.zeros(len(values), pl.Int32, eager=True).to_numpy()]
    partition.ask(
        f"{place}: ranks of {values.name}",
        MergeRuns(folder, place, ranking, tolerance=0.0),
        lambda: (write_run(values, folder, place, partition.number, keys),),
    )
    (ranks,) = read_ranks(folder, place, partition.number, len(values), ranking, columns=[values.name])
    return ranks.cast(pl.Float64 if ties == "average" else pl.get_index_type())


def average_ranks_of(partition: Partition, place: str, values: pl.Series) -> pl.Series:
    """Return the ranks of the values of a partition among those of all rows; values that differ by noise share ranks.

    `place` is the name of the values in the run. Missing values have no rank.
    """
    folder, ranking = _folder(partition), Ranking("average")
    keys = [pl.zeros(len(values), pl.Int32, eager=True).to_numpy()]
    partition.ask(
        place,
        MergeRuns(folder, place, ranking),
        lambda: (write_run(values, folder, place, partition.number, keys),),
    )
    (ranks,) = read_ranks(folder, place, partition.number, len(values), ranking, columns=["rank"])
    return ranks.cast(pl.Float64)


def running_sums_within(partition: Partition, place: str, values: pl.Series, codes: Codes | None = None) -> list[float]:
    """Return `sort().cum_sum().sum()` of the values of all rows, by code; see `rank_within`."""
    folder = _folder(partition)
    keys = [codes] if codes is not None else [pl.zeros(len(values), pl.Int32, eager=True).to_numpy()]
    sums: list[float] = partition.ask(
        place,
        MergeRunningSums(folder, place),
        lambda: (write_run(values, folder, place, partition.number, keys),),
    )
    return sums


def without_noise_of(partition: Partition, place: str, values: pl.Series, tolerance: float) -> pl.Series | None:
    """Return the values of a partition in which neighbours among all rows that differ by noise are equal.

    Of the values that become equal, the value with the fewest digits replaces the others. None if no values of all rows
    differ by noise.
    """
    return _equalised(partition, place, values, tolerance, Ranking(equal_value="shortest"))


def lowest_of_noise(partition: Partition, place: str, values: pl.Series, tolerance: float | None = None) -> pl.Series:
    """Return the values of a partition in which neighbours that differ by noise have the lowest of their values.

    Without a tolerance, noise is a share of the largest absolute value of all rows; see
    `indicia.methods.noise.without_noise`.
    """
    levelled = _equalised(partition, place, values, tolerance, Ranking(equal_value="lowest"))
    return values if levelled is None else levelled


def _equalised(
    partition: Partition, place: str, values: pl.Series, tolerance: float | None, ranking: Ranking
) -> pl.Series | None:
    folder = _folder(partition)
    facts = partition.ask(
        f"{place}: values of {values.name} that differ by noise",
        MergeRuns(folder, place, ranking, tolerance),
        lambda: (write_run(values, folder, place, partition.number),),
    )
    return read_equalised(folder, place, values) if facts["noisy_levels"] else None


def _folder(partition: Partition) -> Path:
    if partition.folder is None:
        raise NeedsAllRows(
            "a sorted column of a run over partitions needs a work folder, which all workers share",
            remedy="name one, or run the index in memory: --engine memory",
        )
    return partition.folder


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
