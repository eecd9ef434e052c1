"""Sorted columns of a run over partitions: ranks of all rows, and values without noise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from indicia.partitions.partition import NeedsAllRows
from indicia.partitions.rank_buckets import Ranking
from indicia.partitions.ranks import MergeRuns, read_equalised, read_ranks
from indicia.partitions.running_sums import MergeRunningSums
from indicia.partitions.sorted_runs import write_run

if TYPE_CHECKING:
    from pathlib import Path

    from indicia.partitions.partition import Partition
    from indicia.partitions.rank_buckets import Ties
    from indicia.partitions.sorted_runs import Codes


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
    `indicia.statistics.noise.without_noise`.
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
