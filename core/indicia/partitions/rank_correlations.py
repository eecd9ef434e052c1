"""Correlations of the ranks of components over partitions."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Literal

import numpy as np
import polars as pl

from indicia.partitions.merge import Total
from indicia.partitions.partition import for_each
from indicia.partitions.sorted_columns import average_ranks_of
from indicia.statistics.component_correlations import NO_COMPLETE_UNITS, NO_SHARED_RANKS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.methods import Array
    from indicia.partitions.partition import Partition


def ask_rank_correlations(
    partition: Partition, place: str, names: Sequence[str], values: Array, rows: Literal["pairwise", "complete"]
) -> Array:
    """Return the correlations of the ranks of all rows, shape (k, k).

    It takes a sort of each component. A component with gaps takes another sort for each component that lacks some of
    its rows, since ranks are those among the rows that have both.

    Parameters
    ----------
    partition, place
        The partition, and the name of the values in the run.
    names : sequence of str
        The names of the k components.
    values : array of float, (n, k)
        The values of the rows of the partition, missing ones as NaN; n may be 0.
    rows : "pairwise" or "complete"
        The rows in which both components are present, or those in which all are.

    Raises
    ------
    ValueError
        If there are fewer than two such rows.
    """
    if rows == "complete":
        values = np.where(np.isnan(values).any(axis=1, keepdims=True), np.nan, values)
    present = (~np.isnan(values)).astype(float)
    counts: Array = partition.ask(f"{place}: rows of pairs", Total(), lambda: present.T @ present)
    if counts.min() < 2:
        raise ValueError(NO_COMPLETE_UNITS if rows == "complete" else NO_SHARED_RANKS)
    pairs = _PairsOfRanks(partition, place, tuple(names), values, counts)
    products, squares = pairs.ask_products()
    lengths = np.sqrt(squares)
    scale = lengths * lengths.T
    correlation: Array = np.divide(products, scale, out=np.zeros_like(products), where=scale > 0)
    np.fill_diagonal(correlation, 1.0)
    return correlation.clip(-1.0, 1.0)


@dataclass(frozen=True)
class _PairsOfRanks:
    partition: Partition
    place: str
    names: tuple[str, ...]
    values: Array
    counts: Array
    """The numbers of all rows that have both components, shape (k, k)."""

    def ask_products(self) -> Array:
        """Return the products of ranks about their means, and the squares of those of the first of each pair."""
        size = len(self.names)
        # the ranks of j beside k are those of j alone if each row with j has k
        needed = dict.fromkeys(self._column(j, k) for j in range(size) for k in range(size) if j != k)
        ranks = for_each(self.partition, needed, lambda column: self._centred_ranks(*column))
        by_column = dict(zip(needed, ranks, strict=True))

        def state() -> Array:
            products = np.zeros((2, size, size))
            for j, k in combinations(range(size), 2):
                first, second = by_column[self._column(j, k)], by_column[self._column(k, j)]
                products[0, j, k] = products[0, k, j] = first @ second
                products[1, j, k], products[1, k, j] = first @ first, second @ second
            return products

        answer: Array = self.partition.ask(f"{self.place}: products of ranks", Total(), state)
        return answer

    def _column(self, j: int, k: int) -> tuple[int, int]:
        """Return the component to rank, and the component whose rows are ranked."""
        return (j, j) if self.counts[j, k] == self.counts[j, j] else (j, k)

    def _centred_ranks(self, j: int, k: int) -> Array:
        """Return the ranks of j about their mean, among the rows that have j and k; 0 for other rows."""
        values = np.where(np.isnan(self.values[:, k]), np.nan, self.values[:, j])
        name = f"{self.place}: ranks of {self.names[j]}" + (f" beside {self.names[k]}" if j != k else "")
        ranks = average_ranks_of(self.partition, name, pl.Series(values, nan_to_null=True))
        centred: Array = (ranks - (self.counts[j, k] + 1) / 2).fill_null(0.0).to_numpy()
        return centred
