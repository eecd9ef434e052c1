"""Are the keys of all rows of a partitioned table different? Partitions write hashes, and tasks compare them.

1. `write_hashes` writes the hashes of a partition.
2. `find_repeated` compares the hashes of all partitions, in tasks of a range of hashes each.
3. `rows_with_hashes` and `repeated_keys` compare the keys themselves, if any hashes are equal.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.data import hash_rows
from indicia.errors import IndiciaError
from indicia.partitions.work_files import ArrayFile, WorkFiles, write_arrays

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy.typing as npt

    from indicia.partitions.ranks import MapTasks

    Hashes = npt.NDArray[np.uint64]

RANGE_ROWS = 4_000_000
"""The number of hashes that a task compares."""
MOST_REPEATED = 1_000
"""The most repeated hashes whose keys are compared, to limit memory; an error names a few of them."""
ROWS, PARTITION = "\0rows", "\0partition"
"""The names of the columns with the number of rows, and the place of the partition."""

PROBE = pl.DataFrame({"text": ["Bogotá", ""], "number": [7, -1]})
"""Rows that every worker hashes, to show that all compute the same hashes."""


@dataclass(frozen=True)
class HashRun:
    """The number of hashes that a partition wrote, and a sign that all workers compute the same hashes."""

    number: int
    """The number of the partition."""
    hashes: int
    """The number of different hashes."""
    probe: tuple[int, ...]
    """Hashes of the same rows in every partition."""


def write_hashes(keys: pl.DataFrame, folder: Path, name: str, number: int) -> HashRun:
    """Write the hashes of the keys of a partition, sorted and each once, and those that several rows have.

    Parameters
    ----------
    keys : pl.DataFrame
        The columns of the key, of the same types in all partitions.
    folder, name
        The work folder, and the name of the keys in the run.
    number : int
        The number of the partition.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    ordered = np.sort(hash_rows(keys)) if keys.height else np.zeros(0, np.uint64)
    is_first = np.append(True, ordered[1:] != ordered[:-1])[: len(ordered)]
    distinct, repeated = ordered[is_first], np.unique(ordered[~is_first])
    write_arrays(WorkFiles(folder, name).path("hashes", number), [distinct, repeated])
    return HashRun(number, len(distinct), tuple(hash_rows(PROBE).tolist()))


@dataclass(frozen=True)
class CompareHashes:
    """The task that finds the repeated hashes of one range."""

    folder: Path
    name: str
    runs: tuple[int, ...]
    """The numbers of the partitions."""
    ranges: int

    def __call__(self, number: int) -> tuple[int, Hashes]:
        """Return the number of hashes of a range that several rows have, and the lowest `MOST_REPEATED` of them."""
        repeated, hashes = [np.zeros(0, np.uint64)], [np.zeros(0, np.uint64)]
        for run in self.runs:
            file = ArrayFile.open(WorkFiles(self.folder, self.name).path("hashes", run))
            for array, parts in ((0, hashes), (1, repeated)):
                parts.append(file.read(array, *range_of(file.mapped(array), number, self.ranges)))
        ordered = np.sort(np.concatenate(hashes))
        distinct = np.unique(np.concatenate([*repeated, ordered[1:][ordered[1:] == ordered[:-1]]]))
        return len(distinct), distinct[:MOST_REPEATED]


def find_repeated(
    runs: Sequence[HashRun], folder: Path, name: str, map_tasks: MapTasks = map, *, range_rows: int = RANGE_ROWS
) -> tuple[int, Hashes]:
    """Return the number of hashes that several rows of all partitions have, and the lowest `MOST_REPEATED` of them.

    Parameters
    ----------
    runs : sequence of HashRun
        The outcome of `write_hashes` for each partition.
    folder, name
        The work folder, and the name of the keys in the run.
    map_tasks : callable
        Maps the tasks of ranges.
    range_rows : int
        The number of hashes that a task compares.
    """
    check_probes(runs)
    ranges = ranges_for(runs, range_rows)
    task = CompareHashes(folder, name, tuple(run.number for run in runs), ranges)
    counts, repeated = zip(*map_tasks(task, range(ranges)), strict=True)
    return sum(counts), np.concatenate(repeated)[:MOST_REPEATED]


def check_probes(runs: Sequence[HashRun]) -> None:
    """Refuse hashes of workers that compute different hashes of the same rows."""
    odd = next((run.number for run in runs if run.probe != runs[0].probe), None)
    if odd is not None:
        raise IndiciaError(
            f"the workers of partitions {runs[0].number + 1} and {odd + 1} compute different hashes of the same text",
            remedy="run all workers on the same kind of machine, with the same version of polars",
        )


def ranges_for(runs: Sequence[HashRun], range_rows: int) -> int:
    """Return the number of ranges, given the number of hashes that a task compares."""
    return max(1, -(-sum(run.hashes for run in runs) // range_rows))


def range_of(hashes: Hashes, number: int, ranges: int) -> tuple[int, int]:
    """Return the places where a range of sorted hashes begins and ends; all ranges are equally wide.

    >>> range_of(np.array([5, 2**63, 2**64 - 1], np.uint64), 1, 2)
    (1, 3)
    """
    bounds = [number * 2**64 // ranges, (number + 1) * 2**64 // ranges]
    return int(np.searchsorted(hashes, np.uint64(bounds[0]))), int(
        np.searchsorted(hashes, np.uint64(bounds[1])) if bounds[1] < 2**64 else len(hashes)
    )


@dataclass(frozen=True)
class MergeHashes:
    """Merges the runs of hashes; the value is that of `find_repeated`. A state is a tuple of runs."""

    folder: Path
    name: str
    range_rows: int = RANGE_ROWS

    def join(self, first: tuple[HashRun, ...], second: tuple[HashRun, ...]) -> tuple[HashRun, ...]:
        """Return the runs of both."""
        return (*first, *second)

    def value(self, state: tuple[HashRun, ...]) -> tuple[int, Hashes]:
        """Compare all hashes in this process."""
        return self.value_by(map, state)

    def value_by(self, map_tasks: MapTasks, state: tuple[HashRun, ...]) -> tuple[int, Hashes]:
        """Compare all hashes, and map the tasks of ranges by an engine."""
        return find_repeated(state, self.folder, self.name, map_tasks, range_rows=self.range_rows)


def rows_with_hashes(keys: pl.DataFrame, hashes: Hashes, where: str) -> pl.DataFrame:
    """Return the different keys of a partition whose hashes are among these, with their numbers of rows and place."""
    rows = keys.filter(np.isin(hash_rows(keys), hashes)) if keys.height else keys
    counted = rows.group_by(keys.columns, maintain_order=True).agg(pl.len().cast(pl.Int64).alias(ROWS))
    return counted.with_columns(pl.lit(where).alias(PARTITION))


@dataclass(frozen=True)
class MergeRows:
    """Collects rows of partitions in their order; the value is that of `repeated_keys`."""

    def join(self, first: pl.DataFrame, second: pl.DataFrame) -> pl.DataFrame:
        """Return the rows of both."""
        return pl.concat([first, second])

    def value(self, state: pl.DataFrame) -> list[tuple[str, list[str]]]:
        """Return the repeated keys."""
        return repeated_keys(state)


def repeated_keys(rows: pl.DataFrame) -> list[tuple[str, list[str]]]:
    """Return the keys that several rows have, and the places of their partitions, in the order of the rows.

    Parameters
    ----------
    rows : pl.DataFrame
        The outcomes of `rows_with_hashes` for all partitions.

    Examples
    --------
    >>> rows = {"city": ["Lima", "Oslo", "Lima"], ROWS: [1, 1, 1], PARTITION: ["a.csv", "a.csv", "c.csv"]}
    >>> repeated_keys(pl.DataFrame(rows))
    [('Lima', ['a.csv', 'c.csv'])]
    """
    key = [column for column in rows.columns if column not in (ROWS, PARTITION)]
    counted = rows.group_by(key, maintain_order=True).agg(pl.col(ROWS).sum(), pl.col(PARTITION))
    repeated = counted.filter(pl.col(ROWS) > 1)
    names = [" ".join(map(str, values)) for values in repeated.select(key).iter_rows()]
    return list(zip(names, repeated[PARTITION].to_list(), strict=True))
