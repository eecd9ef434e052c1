"""Ranks over partitions.

Exact ranks of all rows of a partitioned table, with ties by the noise rule (decision 0004).

1. `write_run` writes the sorted values of each partition.
2. `rank_runs` divides the values into buckets, ranks each bucket in a task, and carries the ranks over the boundaries.
3. `read_ranks` returns the ranks of one partition.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import polars as pl

from indicia.methods.noise import NOISE, scatter
from indicia.partitions.rank_buckets import (
    BUCKET_ROWS,
    Buckets,
    BucketSummary,
    NoiseCounts,
    NoisyLevels,
    RankBucket,
    Ranking,
    splitters,
    value_for,
)
from indicia.partitions.sorted_runs import ArrayFile, Run, RunSample, WorkFiles, write_arrays

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    import numpy.typing as npt

    from indicia.partitions.rank_buckets import Counts
    from indicia.partitions.sorted_runs import Codes

    Chain = list["EndLevel"]


@dataclass(frozen=True)
class EndLevel:
    """The lowest or the highest level of a bucket; a bucket of one level has only its lowest."""

    summary: BucketSummary
    is_highest: bool

    @property
    def lowest(self) -> float:
        """The lowest value."""
        return self.summary.ends[2 if self.is_highest else 0]

    @property
    def highest(self) -> float:
        """The highest value."""
        return self.summary.ends[3 if self.is_highest or self.summary.levels == 1 else 1]

    @property
    def rows(self) -> int:
        """The number of rows."""
        return self.summary.level_rows[self.is_highest]

    @property
    def value(self) -> float:
        """The value that stands for those of the level."""
        return self.summary.end_values[self.is_highest]

    def counts(self, key: int) -> Counts:
        """Return the number of rows of each code."""
        counts = self.summary.keys[key]
        return counts.last if self.is_highest else counts.first


def link_levels(summaries: Sequence[BucketSummary], tolerance: float) -> list[Chain]:
    """Join the end levels of buckets that are neighbours within the tolerance; each chain is one level of all rows."""
    filled = [summary for summary in summaries if summary.rows]
    chains: list[Chain] = [[EndLevel(filled[0], is_highest=False)]] if filled else []
    for summary, following in pairwise([*filled, None]):
        if summary is not None and summary.levels > 1:
            chains.append([EndLevel(summary, is_highest=True)])
        if summary is not None and following is not None:
            lowest = EndLevel(following, is_highest=False)
            if following.ends[0] - summary.ends[3] > tolerance:
                chains.append([lowest])
            else:
                chains[-1].append(lowest)
    return chains


def noise_of_chains(chains: Sequence[Chain], ranking: Ranking) -> NoisyLevels:
    """Return the chains that have several values."""
    noisy = [chain for chain in chains if chain[-1].highest > chain[0].lowest]
    return NoisyLevels(
        np.array([chain[0].lowest for chain in noisy], float),
        np.array([chain[-1].highest for chain in noisy], float),
        np.array([value_for([level.value for level in chain], ranking.equal_value) for chain in noisy], float),
        np.array([sum(level.rows for level in chain) for chain in noisy], np.int64),
    )


def noise_counts(summaries: Sequence[BucketSummary], ends: NoisyLevels) -> NoiseCounts:
    """Count the noisy levels of all rows."""
    return sum((summary.noise for summary in summaries), NoiseCounts.of(ends))


@dataclass(frozen=True)
class RankOffsets:
    """The places of one key that buckets cannot tell alone, counted from the lowest value.

    Arrays have the shape (buckets, codes). Places by the average are doubled.
    """

    before: Counts
    """The number that is added to the places of a bucket."""
    lowest: Counts
    """The place of the rows of the lowest level."""
    highest: Counts
    """The place of the rows of the highest level."""
    total: Counts
    """The highest place of each code, not doubled: (codes,)."""


def carry_offsets(
    summaries: Sequence[BucketSummary], chains: Sequence[Chain], key: int, codes: int, ties: str
) -> RankOffsets:
    """Return the offsets of one key.

    Parameters
    ----------
    summaries : sequence of BucketSummary
        The summaries of all buckets, in ascending order.
    chains : sequence of chains
        The levels at the ends of buckets, joined.
    key, codes : int
        The number of the key, and the number of its codes.
    ties : str
        The policy for ties of stored places.
    """
    dense = ties == "dense"
    added = np.zeros((len(summaries), codes), np.int64)
    repeated = np.zeros_like(added)
    for summary in summaries:
        if summary.rows:
            added[summary.number] = summary.keys[key].levels if dense else summary.keys[key].rows
    if dense:
        for chain in chains:
            seen = chain[0].counts(key) > 0
            for level in chain[1:]:
                present = level.counts(key) > 0
                repeated[level.summary.number] = present & seen
                seen = seen | present
    after = np.cumsum(added - repeated, axis=0)
    before = after - added
    lowest, highest = np.zeros_like(added), np.zeros_like(added)
    for chain in chains:
        place = _place_of_chain(chain, key, before, after, ties)
        for level in chain:
            number = level.summary.number
            if level.is_highest or level.summary.levels == 1:
                highest[number] = place
            if not level.is_highest:
                lowest[number] = place
    total = after[-1] if len(after) else np.zeros(codes, np.int64)
    return RankOffsets(before * 2 if ties == "average" else before, lowest, highest, total)


def _place_of_chain(chain: Chain, key: int, before: Counts, after: Counts, ties: str) -> Counts:
    """Return the place of the rows of a chain, by code."""
    start, first = chain[0], chain[0].counts(key)
    number = start.summary.number
    if ties == "dense":
        place: Counts = (after[number] - (first > 0) if start.is_highest else before[number]) + 1
        return place
    below = after[number] - first if start.is_highest else before[number]
    lowest, highest = below + 1, below + sum(level.counts(key) for level in chain)
    of_ties: dict[str, Counts] = {"min": lowest, "max": highest, "average": lowest + highest}
    return of_ties[ties]


class MapTasks(Protocol):
    """Applies a function to items, such as the `map` of an engine or of Python; results are in the order of items."""

    def __call__(self, function: Callable[[int], Any], items: Iterable[int], /) -> Iterable[Any]:
        """Return the results."""


def rank_runs(
    samples: Sequence[RunSample],
    folder: Path,
    name: str,
    ranking: Ranking,
    map_tasks: MapTasks = map,
    *,
    tolerance: float | None = None,
    bucket_rows: int = BUCKET_ROWS,
) -> dict[str, Any]:
    """Rank the rows of all partitions, whose sorted runs are written.

    Parameters
    ----------
    samples : sequence of RunSample
        The outcome of `write_run` for each partition.
    folder, name
        The work folder, and the name of the column in the run.
    ranking : Ranking
        The order of ranks, and the policy for ties.
    map_tasks : callable
        Maps the tasks of buckets.
    tolerance : float or None
        Values share a rank if they differ from a neighbour by no more than this; by default `NOISE` times the largest
        absolute value, and 0 if only equal values share a rank.
    bucket_rows : int
        The number of rows of a bucket.

    Returns
    -------
    dict
        `rows`, the number of values; `tolerance`; `noisy_levels` and `noisy_rows`, the number of levels of several
        values and of their rows; `longest`, the rows, the lowest and the highest value of the longest of these levels.

    Raises
    ------
    OutputError
        If a file cannot be written.
    """
    if tolerance is None:
        tolerance = NOISE * _largest_absolute(samples)
    buckets = splitters(samples, bucket_rows)
    codes = tuple(max(sizes) for sizes in zip(*(sample.codes for sample in samples), strict=True))
    task = RankBucket(folder, name, buckets, ranking, tolerance, codes)
    summaries = list(map_tasks(task, range(len(buckets))))
    chains = link_levels(summaries, tolerance)
    offsets = [carry_offsets(summaries, chains, key, size, ranking.stored) for key, size in enumerate(codes)]
    ends = noise_of_chains(chains, ranking)
    files = WorkFiles(folder, name)
    write_arrays(files.path("end-noise", 0), ends.arrays())
    inner_ends = np.array([summary.ends[1:3] for summary in summaries])
    has_noise = np.array([summary.noise.levels > 0 for summary in summaries])
    _Ranked(buckets, inner_ends[:, 0], inner_ends[:, 1], has_noise, tuple(offsets)).write(files)
    noise = noise_counts(summaries, ends)
    rows = sum(summary.rows for summary in summaries)
    of_noise = {"noisy_levels": noise.levels, "noisy_rows": noise.rows, "longest": noise.longest}
    return {"rows": rows, "tolerance": tolerance, **of_noise}


def _largest_absolute(samples: Sequence[RunSample]) -> float:
    ends = [abs(float(end)) for sample in samples if sample.count for end in sample.values[[0, -1]]]
    return max(ends, default=0.0)


@dataclass(frozen=True)
class MergeRuns:
    """Merges the samples of runs; the value is that of `rank_runs`. A state is a tuple of samples."""

    folder: Path
    name: str
    ranking: Ranking
    tolerance: float | None = None
    bucket_rows: int = BUCKET_ROWS

    def join(self, first: tuple[RunSample, ...], second: tuple[RunSample, ...]) -> tuple[RunSample, ...]:
        """Return the samples of both."""
        return (*first, *second)

    def value(self, state: tuple[RunSample, ...]) -> dict[str, Any]:
        """Rank all rows in this process."""
        return self.value_by(map, state)

    def value_by(self, map_tasks: MapTasks, state: tuple[RunSample, ...]) -> dict[str, Any]:
        """Rank all rows, and map the tasks of buckets by an engine."""
        return rank_runs(
            state,
            self.folder,
            self.name,
            self.ranking,
            map_tasks,
            tolerance=self.tolerance,
            bucket_rows=self.bucket_rows,
        )


@dataclass(frozen=True)
class _Ranked:
    """The facts from which the ranks of a partition follow, beside its run and the places in the buckets."""

    buckets: Buckets
    highest_of_lowest: npt.NDArray[np.float64]
    """The highest value of the lowest level of each bucket."""
    lowest_of_highest: npt.NDArray[np.float64]
    has_noise: npt.NDArray[np.bool_]
    """True for each bucket that has a file of noisy levels."""
    offsets: tuple[RankOffsets, ...]
    """The offsets of each key."""

    def write(self, files: WorkFiles) -> None:
        """Write the file, which `read` reads."""
        of_keys = [
            array.ravel()
            for offsets in self.offsets
            for array in (offsets.before, offsets.lowest, offsets.highest, offsets.total)
        ]
        buckets = self.buckets
        facts = [buckets.lowest, np.array(buckets.runs, np.int64), self.highest_of_lowest, self.lowest_of_highest]
        write_arrays(files.path("ranked", 0), [*facts, self.has_noise, *of_keys])

    @classmethod
    def read(cls, files: WorkFiles) -> _Ranked:
        """Return the facts that `write` wrote."""
        file = ArrayFile.open(files.path("ranked", 0))
        lowest, runs, highest_of_lowest, lowest_of_highest, has_noise, *of_keys = map(file.read, range(len(file.kinds)))
        offsets = []
        for start in range(0, len(of_keys), 4):
            total = of_keys[start + 3]
            shape = len(lowest), len(total)
            before, lowest_place, highest_place = (array.reshape(shape) for array in of_keys[start : start + 3])
            offsets.append(RankOffsets(before, lowest_place, highest_place, total))
        buckets = Buckets(lowest, tuple(runs.tolist()))
        return cls(buckets, highest_of_lowest, lowest_of_highest, has_noise, tuple(offsets))


def read_ranks(
    folder: Path, name: str, number: int, height: int, ranking: Ranking, *, columns: Sequence[str]
) -> pl.DataFrame:
    """Return the ranks of the rows of one partition, within all rows.

    Parameters
    ----------
    folder, name
        The work folder, and the name of the column in the run.
    number, height : int
        The number of the partition, and the number of its rows.
    ranking : Ranking
        The ranking that `rank_runs` was given.
    columns : sequence of str
        A name for the ranks by each key.

    Returns
    -------
    pl.DataFrame
        A column for each key, with whole numbers, or decimals if ties have the average rank; missing for a row without
        a value or without a code.
    """
    ranked, run = _Ranked.read(WorkFiles(folder, name)), Run.open(folder, name, number)
    starts = np.append(run.places(ranked.buckets.lowest), run.count)
    rows = run.rows().astype(np.intp)
    ranks = []
    for key, column in enumerate(columns):
        codes = run.codes(key)
        places = np.zeros(run.count, np.int64)
        for bucket in np.flatnonzero(np.diff(starts)).tolist():
            part = slice(int(starts[bucket]), int(starts[bucket + 1]))
            places[part] = _PlacesOfBucket(ranked, bucket, key, ranking).of_run(run, part, codes[part], folder, name)
        is_ranked = codes >= 0
        rank = _ranks(places[is_ranked], ranked.offsets[key].total[codes[is_ranked]], ranking)
        ranks.append(scatter(column, height, rows[is_ranked], rank))
    return pl.DataFrame(ranks)


@dataclass(frozen=True)
class _PlacesOfBucket:
    ranked: _Ranked
    bucket: int
    key: int
    ranking: Ranking

    def of_run(self, run: Run, part: slice, codes: Codes, folder: Path, name: str) -> Counts:
        """Return the places of the values of a run in this bucket, within all rows."""
        offsets, buckets = self.ranked.offsets[self.key], self.ranked.buckets
        if not len(offsets.total):
            return np.zeros(len(codes), np.int64)
        if buckets.has_single_value(self.bucket):
            place: Counts = offsets.lowest[self.bucket][codes]
            return place
        file = ArrayFile.open(WorkFiles(folder, name).path("places", self.bucket))
        run_place = buckets.runs.index(run.number)
        start, end = file.read(0, run_place, run_place + 2).tolist()
        places: Counts = file.read(1 + self.key, start, end) + offsets.before[self.bucket][codes]
        values = run.values(part.start, part.stop)
        in_lowest = np.searchsorted(values, self.ranked.highest_of_lowest[self.bucket], "right")
        in_highest = np.searchsorted(values, self.ranked.lowest_of_highest[self.bucket], "left")
        places[in_highest:] = offsets.highest[self.bucket][codes[in_highest:]]
        places[:in_lowest] = offsets.lowest[self.bucket][codes[:in_lowest]]
        return places


def _ranks(places: Counts, total: Counts, ranking: Ranking) -> npt.NDArray[np.number]:
    """Turn places, which count from the lowest value, into ranks."""
    if ranking.ties == "average":
        return (places if ranking.lowest_first else 2 * (total + 1) - places) / 2
    return places if ranking.lowest_first else total + 1 - places


def read_equalised(folder: Path, name: str, values: pl.Series) -> pl.Series:
    """Return a column of a partition in which values that differ from neighbours by noise alone are equal.

    Parameters
    ----------
    folder, name
        The work folder, and the name of the column in the run, of which `rank_runs` ranked the values.
    values : pl.Series
        The values of the partition.
    """
    files = WorkFiles(folder, name)
    ranked = _Ranked.read(files)
    values = _read_noise(files, "end-noise", 0).equalise(values)
    for bucket in np.flatnonzero(ranked.has_noise).tolist():
        values = _read_noise(files, "noise", bucket).equalise(values)
    return values


def _read_noise(files: WorkFiles, kind: str, number: int) -> NoisyLevels:
    file = ArrayFile.open(files.path(kind, number))
    return NoisyLevels(*(file.read(array) for array in range(4)))
