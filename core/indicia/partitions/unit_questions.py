"""Questions about units over all partitions: missing and repeated ones.

Are the keys of all rows of a partitioned table different? Partitions write hashes, and tasks compare them.

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
from indicia.partitions.mergeable import Total
from indicia.partitions.sorted_runs import ArrayFile, WorkFiles, write_arrays

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy.typing as npt

    from indicia.partitions.partition import Partition
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


_KEYS, _NAMES = "keys of units", "spellings of units"


def ask_repeated_keys(partition: Partition, keys: pl.DataFrame) -> tuple[int, list[tuple[str, list[str]]]]:
    """Return the number of keys that several rows of all partitions have, and some with the places of their partitions.

    The number is 0 until all partitions have written their hashes; the run goes on meanwhile.

    Parameters
    ----------
    partition : Partition
        The door to the facts of all rows; it has a folder.
    keys : pl.DataFrame
        The unit, and the period if there is one, of the rows of the partition. Types are the same in all partitions.
    """
    folder, number = _folder_of(partition), partition.number
    compared: tuple[int, Hashes] | None = partition.ask_later(
        f"hashes of {_KEYS}", MergeHashes(folder, _KEYS), lambda: (write_hashes(keys, folder, _KEYS, number),)
    )
    if compared is None or not compared[0]:
        return 0, []
    count, hashes = compared
    repeated: list[tuple[str, list[str]]] = partition.ask(
        f"repeated {_KEYS}", MergeRows(), lambda: rows_with_hashes(keys, hashes, partition.where)
    )
    return (count if count > len(hashes) else len(repeated)), repeated


def ask_spellings(partition: Partition, names: pl.Series) -> tuple[str, str] | None:
    """Return two names of all partitions that differ only in white space or in the encoding of accents.

    None if there are no such names, or as long as partitions have not answered; the run goes on meanwhile.
    """
    folder, number = _folder_of(partition), partition.number
    others = partition.ask_later("names of units that are not plain", Total(), lambda: count_not_plain(names))
    if not others:
        return None
    hashes = partition.ask_later(
        f"hashes of {_NAMES}", MergeSpellings(folder, _NAMES), lambda: (write_spellings(names, folder, _NAMES, number),)
    )
    if hashes is None or not len(hashes):
        return None
    pair: tuple[str, ...] = partition.ask(
        f"different {_NAMES}", MergeNames(), lambda: names_with_spellings(names, hashes)
    )
    return (pair[0], pair[1]) if len(pair) == 2 else None


def _folder_of(partition: Partition) -> Path:
    if partition.folder is None:
        raise ValueError("partitions without a folder cannot write hashes")
    return partition.folder


def plain_names(names: pl.Series) -> pl.Series:
    """Return names without white space at their ends, and with accents in one encoding.

    >>> plain_names(pl.Series(["Lima ", "Bogota\\u0301"])).to_list() == ["Lima", "Bogot\\u00e1"]
    True
    """
    return names.str.strip_chars().str.normalize("NFC")


def count_not_plain(names: pl.Series) -> int:
    """Return the number of names of a partition that are not plain."""
    bytes_of_names = names.str.len_bytes()
    has_space = names.str.strip_chars().str.len_bytes() != bytes_of_names
    doubtful = names.filter(has_space | (names.str.len_chars() != bytes_of_names))
    return int((plain_names(doubtful) != doubtful).sum())


def write_spellings(names: pl.Series, folder: Path, name: str, number: int) -> HashRun:
    """Write hashes of the plain names of a partition, each with the hashes of its spellings.

    Parameters are those of `indicia.partitions.unit_questions.write_hashes`.
    """
    pairs = pl.DataFrame({"plain": _hashes(plain_names(names)), "spelling": _hashes(names)}).unique()
    pairs = pairs.sort("plain", "spelling")
    write_arrays(
        WorkFiles(folder, name).path("spellings", number), [pairs[column].to_numpy() for column in pairs.columns]
    )
    return HashRun(number, pairs.height, tuple(hash_rows(PROBE).tolist()))


def _hashes(names: pl.Series) -> pl.Series:
    return pl.Series(hash_rows(names.rename("name").to_frame()), dtype=pl.UInt64)


@dataclass(frozen=True)
class CompareSpellings:
    """The task that finds the plain names of one range that have several spellings."""

    folder: Path
    name: str
    runs: tuple[int, ...]
    """The numbers of the partitions."""
    ranges: int

    def __call__(self, number: int) -> Hashes:
        """Return the hashes of plain names with several spellings, in ascending order."""
        plain, spelling = [np.zeros(0, np.uint64)], [np.zeros(0, np.uint64)]
        for run in self.runs:
            file = ArrayFile.open(WorkFiles(self.folder, self.name).path("spellings", run))
            start, end = range_of(file.mapped(0), number, self.ranges)
            plain.append(file.read(0, start, end))
            spelling.append(file.read(1, start, end))
        pairs = pl.DataFrame({"plain": np.concatenate(plain), "spelling": np.concatenate(spelling)}).unique()
        several = pairs.group_by("plain").len().filter(pl.col("len") > 1)["plain"].sort()
        return several.to_numpy()[:MOST_REPEATED]


@dataclass(frozen=True)
class MergeSpellings:
    """Merges the runs of spellings; the value is the hashes of plain names with several spellings."""

    folder: Path
    name: str
    range_rows: int = RANGE_ROWS

    def join(self, first: tuple[HashRun, ...], second: tuple[HashRun, ...]) -> tuple[HashRun, ...]:
        """Return the runs of both."""
        return (*first, *second)

    def value(self, state: tuple[HashRun, ...]) -> Hashes:
        """Compare all spellings in this process."""
        return self.value_by(map, state)

    def value_by(self, map_tasks: MapTasks, state: tuple[HashRun, ...]) -> Hashes:
        """Compare all spellings, and map the tasks of ranges by an engine."""
        check_probes(state)
        ranges = ranges_for(state, self.range_rows)
        task = CompareSpellings(self.folder, self.name, tuple(run.number for run in state), ranges)
        return np.concatenate([np.zeros(0, np.uint64), *map_tasks(task, range(ranges))])[:MOST_REPEATED]


def names_with_spellings(names: pl.Series, hashes: Hashes) -> pl.DataFrame:
    """Return the different names of a partition whose plain names have these hashes: `name` and `plain`."""
    plain = plain_names(names)
    spelt = pl.DataFrame([names.alias("name"), plain.alias("plain")])
    return spelt.filter(np.isin(_hashes(plain).to_numpy(), hashes)).unique(maintain_order=True)


@dataclass(frozen=True)
class MergeNames:
    """Collects names; the value is two names that differ only in spelling, or none."""

    def join(self, first: pl.DataFrame, second: pl.DataFrame) -> pl.DataFrame:
        """Return the different names of both, in the order of the partitions."""
        return pl.concat([first, second]).unique(maintain_order=True)

    def value(self, state: pl.DataFrame) -> tuple[str, ...]:
        """Return the first two names of the lowest plain name that has several."""
        several = state.filter(pl.col("plain").is_duplicated()).sort("plain", maintain_order=True)
        return tuple(several["name"][:2].to_list())
