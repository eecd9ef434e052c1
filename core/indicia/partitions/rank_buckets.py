"""The part of a ranking that one bucket can tell: places within the bucket, and counts for the other buckets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from indicia.partitions.noisy_levels import NO_COUNTS, EqualValue, NoiseCounts, find_noisy_levels
from indicia.partitions.work_files import WorkFiles, write_arrays
from indicia.statistics.ranks import by_group

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

    from indicia.partitions.buckets import Buckets
    from indicia.partitions.noisy_levels import NoisyLevels
    from indicia.partitions.sorted_runs import Codes, Floats

    Counts = npt.NDArray[np.int64]

Ties = Literal["min", "max", "average", "dense"]


@dataclass(frozen=True)
class Ranking:
    """The order of ranks, and the policy for ties."""

    ties: Ties = "min"
    lowest_first: bool = True
    """True if the lowest value has rank 1."""
    equal_value: EqualValue = "lowest"

    @property
    def stored(self) -> str:
        """The policy for ties of the places that buckets store, which count from the lowest value."""
        if self.lowest_first or self.ties in ("average", "dense"):
            return self.ties
        return "max" if self.ties == "min" else "min"


@dataclass(frozen=True)
class KeyCounts:
    """The rows of a bucket for one key, each an array with one number for each code."""

    rows: Counts
    levels: Counts
    """The number of levels that have the code."""
    first: Counts
    """The rows of the lowest level."""
    last: Counts
    """The rows of the highest level."""


@dataclass(frozen=True)
class BucketSummary:
    """A ranked bucket: facts of its lowest and its highest level, which may go on in other buckets.

    A level is a group of neighbours that differ by no more than the tolerance.
    """

    number: int
    rows: int
    ends: tuple[float, float, float, float] = (np.nan, np.nan, np.nan, np.nan)
    """The lowest value, the highest of the lowest level, the lowest of the highest level, and the highest value."""
    level_rows: tuple[int, int] = (0, 0)
    """The rows of the lowest and of the highest level."""
    levels: int = 0
    keys: tuple[KeyCounts, ...] = ()
    noise: NoiseCounts = NO_COUNTS
    """The levels of several values, without the lowest and the highest level of the bucket."""
    end_values: tuple[float, float] = (np.nan, np.nan)
    """The value that stands for those of the lowest level, and of the highest."""


@dataclass(frozen=True)
class RankBucket:
    """The task that ranks the rows of one bucket among themselves."""

    folder: Path
    """The work folder."""
    name: str
    """The name of the column in the run."""
    buckets: Buckets
    ranking: Ranking
    tolerance: float
    """Values share a level if they differ from a neighbour by no more than this."""
    codes: tuple[int, ...]
    """For each key, a number above all its codes."""

    def __call__(self, number: int) -> BucketSummary:
        """Write the places of the rows of a bucket, and return what other buckets need."""
        if self.buckets.has_single_value(number):
            return _count_equal_rows(self, number)
        values, keys, ends_of_runs = _read(self, number)
        if not len(values):
            return BucketSummary(number, 0)
        order = np.argsort(values)
        ordered = values[order]
        with np.errstate(invalid="ignore", over="ignore"):
            begins = np.diff(ordered, prepend=np.nan) > self.tolerance
        begins[0] = True
        level = np.cumsum(begins, dtype=np.uint32) - np.uint32(1)
        stored, counts = [], []
        for key, size in zip(keys, self.codes, strict=True):
            places, key_counts = _places(key[order], level, size, self.ranking.stored)
            unsorted = np.zeros(len(order), np.uint32)
            unsorted[order] = places
            stored.append(unsorted)
            counts.append(key_counts)
        files = WorkFiles(self.folder, self.name)
        write_arrays(files.path("places", number), [ends_of_runs, *stored])
        summary, noise = _summary(number, ordered, np.flatnonzero(begins), tuple(counts), self.ranking)
        if len(noise):
            write_arrays(files.path("noise", number), noise.arrays())
        return summary


def _read(task: RankBucket, number: int) -> tuple[Floats, list[Codes], npt.NDArray[np.int64]]:
    """Return the values of a bucket, their codes, and the place where the values of each run end."""
    values: list[Floats] = []
    codes: list[list[Codes]] = [[] for _ in task.codes]
    for run, start, end in task.buckets.slices(number, task.folder, task.name):
        values.append(run.values(start, end))
        for key, parts in enumerate(codes):
            parts.append(run.codes(key, start, end))
    ends = np.cumsum([0, *map(len, values)])
    return _joined(values, np.float64), [_joined(parts, np.int32) for parts in codes], ends


def _joined(parts: list[npt.NDArray[Any]], kind: type) -> npt.NDArray[Any]:
    return np.concatenate(parts) if parts else np.zeros(0, kind)


def _places(codes: Codes, level: npt.NDArray[np.uint32], size: int, ties: str) -> tuple[npt.NDArray[Any], KeyCounts]:
    """Return the places of sorted rows within their codes, and the counts of each code.

    Places by the average are doubled, so that they are whole numbers. A row without a code has the place 0.
    """
    rows, highest = None, level[-1]
    if size == 1 and (codes == 0).all():
        group = np.zeros(len(codes), np.uint32)
        new = np.append(True, level[1:] != level[:-1])
    else:
        ranked = np.flatnonzero(codes >= 0)
        rows = ranked[by_group(codes[ranked].astype(np.uint32))]
        level, group = level[rows], codes[rows].astype(np.uint32)
        new = np.append(True, (level[1:] != level[:-1]) | (group[1:] != group[:-1]))[: len(rows)]
    first = np.flatnonzero(new)  # the first row of each level of a code
    counts = _counts(group, group[first], level[first], np.diff(first, append=len(group)), size, highest)
    place = _places_of_levels(first, group[first], len(group), counts, ties)
    if len(first) < len(group):
        place = np.repeat(place, np.diff(first, append=len(group)))
    if rows is None:
        return place, counts
    places = np.zeros(len(codes), np.uint32)
    places[rows] = place
    return places, counts


def _counts(
    group: npt.NDArray[np.uint32],
    group_of_level: npt.NDArray[np.uint32],
    level: npt.NDArray[np.uint32],
    rows: npt.NDArray[np.intp],
    size: int,
    highest: np.uint32,
) -> KeyCounts:
    """Count the rows and levels of codes, given each level of a code and its number of rows."""
    ends = []
    for end in (0, highest):
        at_end = level == end
        rows_at_end = np.zeros(size, np.int64)
        rows_at_end[group_of_level[at_end]] = rows[at_end]
        ends.append(rows_at_end)
    of_group, levels = (np.bincount(part, minlength=size).astype(np.int64) for part in (group, group_of_level))
    return KeyCounts(of_group, levels, ends[0], ends[1])


def _places_of_levels(
    first: npt.NDArray[np.intp], group: npt.NDArray[np.uint32], height: int, counts: KeyCounts, ties: str
) -> npt.NDArray[np.uint32]:
    """Return the place of each level within its code, given its first row."""
    if ties == "dense":
        place = np.arange(len(first)) - (np.cumsum(counts.levels) - counts.levels)[group] + 1
        return place.astype(np.uint32)
    start = (np.cumsum(counts.rows) - counts.rows)[group]
    lowest, highest = first - start + 1, np.append(first[1:], height)[: len(first)] - start
    places: dict[str, Counts] = {"min": lowest, "max": highest, "average": lowest + highest}
    return places[ties].astype(np.uint32)


def _summary(
    number: int, ordered: Floats, first: npt.NDArray[np.intp], counts: tuple[KeyCounts, ...], ranking: Ranking
) -> tuple[BucketSummary, NoisyLevels]:
    """Return the summary of a bucket, and its noisy levels except for the lowest and the highest level."""
    last = np.append(first[1:], len(ordered)) - 1
    ends = float(ordered[0]), float(ordered[last[0]]), float(ordered[first[-1]]), float(ordered[-1])
    noise = find_noisy_levels(ordered, first, last, ranking.equal_value)
    values = dict(zip(noise.lowest.tolist(), noise.value.tolist(), strict=True))
    inner = noise.chosen((noise.lowest > ends[1]) & (noise.lowest < ends[2]))
    summary = BucketSummary(
        number,
        len(ordered),
        ends,
        (int(last[0] - first[0] + 1), int(last[-1] - first[-1] + 1)),
        len(first),
        counts,
        NoiseCounts.of(inner),
        (values.get(ends[0], ends[0]), values.get(ends[2], ends[2])),
    )
    return summary, inner


def _count_equal_rows(task: RankBucket, number: int) -> BucketSummary:
    """Return the summary of a bucket whose values are all equal; its places follow from the other buckets."""
    rows, value = 0, float(task.buckets.lowest[number])
    counts = [np.zeros(size, np.int64) for size in task.codes]
    for run, start, end in task.buckets.slices(number, task.folder, task.name):
        rows += end - start
        for key, count in enumerate(counts):
            codes = run.codes(key, start, end)
            count += np.bincount(codes[codes >= 0], minlength=len(count))
    if not rows:
        return BucketSummary(number, 0)
    keys = tuple(KeyCounts(count, (count > 0).astype(np.int64), count, count) for count in counts)
    return BucketSummary(number, rows, (value,) * 4, (rows, rows), 1, keys, NO_COUNTS, (value, value))
