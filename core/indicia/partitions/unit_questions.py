"""Questions about the units of all partitions: which stand in several rows, and which have several spellings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.data import hash_rows
from indicia.partitions.distinct import (
    MOST_REPEATED,
    PROBE,
    RANGE_ROWS,
    HashRun,
    MergeHashes,
    MergeRows,
    check_probes,
    range_of,
    ranges_for,
    rows_with_hashes,
    write_hashes,
)
from indicia.partitions.merge import Total
from indicia.partitions.work_files import ArrayFile, WorkFiles, write_arrays

if TYPE_CHECKING:
    from pathlib import Path

    from indicia.partitions.distinct import Hashes
    from indicia.partitions.partition import Partition
    from indicia.partitions.ranks import MapTasks

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

    Parameters are those of `indicia.partitions.distinct.write_hashes`.
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
