"""Buckets of values over partitions, from which ranks follow."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, nextafter
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import polars as pl

from indicia.methods.noise import by_group
from indicia.partitions.sorted_runs import Run, RunSample, WorkFiles, write_arrays

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    import numpy.typing as npt

    from indicia.partitions.sorted_runs import Codes, Floats

    Counts = npt.NDArray[np.int64]


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


EqualValue = Literal["lowest", "shortest"]
"""Which value stands for values that are equal by noise: the lowest, or the one with the fewest digits."""


@dataclass(frozen=True)
class NoisyLevels:
    """Ranges of values that are equal by noise, in ascending order; each array has one element for each level."""

    lowest: Floats
    highest: Floats
    value: Floats
    """The value that stands for those of the level."""
    rows: npt.NDArray[np.int64]

    @classmethod
    def joined(cls, parts: Iterable[NoisyLevels]) -> NoisyLevels:
        """Return the levels of all parts, in ascending order."""
        parts = [NO_NOISE, *parts]
        levels = cls(
            np.concatenate([part.lowest for part in parts]),
            np.concatenate([part.highest for part in parts]),
            np.concatenate([part.value for part in parts]),
            np.concatenate([part.rows for part in parts]),
        )
        return levels.chosen(np.argsort(levels.lowest, kind="stable"))

    def chosen(self, levels: npt.NDArray[np.bool_] | npt.NDArray[np.intp]) -> NoisyLevels:
        """Return some of the levels, by a mask or by their places."""
        return NoisyLevels(self.lowest[levels], self.highest[levels], self.value[levels], self.rows[levels])

    def __len__(self) -> int:
        return len(self.lowest)

    def arrays(self) -> list[npt.NDArray[np.generic]]:
        """Return the arrays of the levels, in the order of the fields."""
        return [self.lowest, self.highest, self.value, self.rows]

    def equalise(self, values: pl.Series) -> pl.Series:
        """Return a column in which the values of each level are equal.

        >>> noise = NoisyLevels(np.array([0.3]), np.array([0.1 + 0.2]), np.array([0.3]), np.array([2]))
        >>> noise.equalise(pl.Series([0.1 + 0.2, None, 0.4])).to_list()
        [0.3, None, 0.4]
        """
        if not len(self):
            return values
        numbers = values.to_numpy()
        level = np.searchsorted(self.lowest, numbers, "right") - 1
        # a missing value is NaN here, and within no level
        rows = np.flatnonzero((level >= 0) & (numbers <= self.highest[level]))
        return values.clone().scatter(rows, self.value[level[rows]]) if len(rows) else values


NO_NOISE = NoisyLevels(np.zeros(0), np.zeros(0), np.zeros(0), np.zeros(0, np.int64))
"""No levels."""


@dataclass(frozen=True)
class NoiseCounts:
    """The number of levels of several values, and the level with the most rows."""

    levels: int = 0
    rows: int = 0
    """The rows in these levels."""
    longest: tuple[int, float, float] = (0, 0.0, 0.0)
    """The rows of the level that has the most rows, and its lowest and highest value."""

    @classmethod
    def of(cls, noise: NoisyLevels) -> NoiseCounts:
        """Count levels."""
        if not len(noise):
            return cls()
        longest = int(np.argmax(noise.rows))
        figures = int(noise.rows[longest]), float(noise.lowest[longest]), float(noise.highest[longest])
        return cls(len(noise), int(noise.rows.sum()), figures)

    def __add__(self, other: NoiseCounts) -> NoiseCounts:
        longest = max(self.longest, other.longest, key=lambda figures: figures[0])
        return NoiseCounts(self.levels + other.levels, self.rows + other.rows, longest)


NO_COUNTS = NoiseCounts()
"""The counts of no levels."""


def find_noisy_levels(
    ordered: Floats, first: npt.NDArray[np.intp], last: npt.NDArray[np.intp], equal_value: EqualValue
) -> NoisyLevels:
    """Return the levels of several values, given sorted values and the first and the last place of each level."""
    noisy = np.flatnonzero(ordered[last] > ordered[first])
    first, rows = first[noisy], last[noisy] - first[noisy] + 1
    lowest = value = ordered[first]
    if equal_value == "shortest" and len(noisy):
        level = np.repeat(np.arange(len(noisy)), rows)
        place = np.arange(len(level)) + np.repeat(first - (np.cumsum(rows) - rows), rows)
        value = _shortest(level, ordered[place])
    return NoisyLevels(lowest, ordered[last[noisy]], value, rows)


def _shortest(level: npt.NDArray[np.intp], values: Floats) -> Floats:
    """Return the value with the fewest digits of each level, or the lowest of several such values."""
    length = pl.col("value").cast(pl.String).str.len_bytes()
    distinct = pl.DataFrame({"level": level, "value": values}).unique().sort("level", length, "value")
    return distinct.unique("level", keep="first", maintain_order=True)["value"].to_numpy()


def value_for(values: Sequence[float], equal_value: EqualValue) -> float:
    """Return the value that stands for several values in ascending order.

    >>> value_for([0.3, 0.1 + 0.2], "shortest"), value_for([0.29999999999999993, 0.3], "shortest")
    (0.3, 0.3)
    """
    if equal_value == "lowest":
        return values[0]
    return float(_shortest(np.zeros(len(values), np.intp), np.array(values))[0])


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
