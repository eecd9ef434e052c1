"""Questions about the units of all partitions: which stand in several rows, and which have several spellings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.partitions.distinct import MergeHashes, MergeRows, rows_with_hashes, write_hashes
from indicia.partitions.merge import Total
from indicia.partitions.spelling import (
    MergeNames,
    MergeSpellings,
    count_not_plain,
    names_with_spellings,
    write_spellings,
)

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

    from indicia.partitions.distinct import Hashes
    from indicia.partitions.partition import Partition

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
