"""The components of a node as a weighting sees them, where a run has one partition of the rows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from itertools import combinations
from typing import TYPE_CHECKING, Any, Literal, Never, TypeVar

import numpy as np
import polars as pl

from indicia.defaults import PARTITION_CORRELATION_WEIGHTING, PARTITION_WEIGHTING
from indicia.methods.component_correlations import NO_COMPLETE_UNITS, NO_SHARED_RANKS
from indicia.partitions.component_moments import CompleteMoments, CompleteTriangle, MergeMoments, PairMoments
from indicia.partitions.mergeable import Collected, Total
from indicia.partitions.partition import NeedsAllRows, Partition, for_each
from indicia.partitions.sorted_columns import average_ranks_of
from indicia.stages.component_values import GroupComponents

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from indicia.methods import Array, RandomNumbers

    State = TypeVar("State", CompleteMoments, CompleteTriangle, PairMoments)


@dataclass(frozen=True)
class PartitionComponents(GroupComponents):
    """The components of a node in one group, of whose rows this run has one partition."""

    def correlation(
        self, rows: Literal["pairwise", "complete"] = "pairwise", of: Literal["values", "ranks"] = "values"
    ) -> Array:
        if of == "ranks":
            place = f"{self._values.place_of(self.group)}, {rows} rows"
            return ask_rank_correlations(self._partition, place, self.names, self._matrix(), rows)
        if rows == "complete":
            return self._moments(CompleteMoments, self.names).correlations()
        return self._moments(PairMoments, self.names).correlations()

    def covariance(self, rows: Literal["pairwise", "complete"] = "pairwise") -> Array:
        if rows == "complete":
            return self._moments(CompleteMoments, self.names).covariances()
        return self._moments(PairMoments, self.names).covariances()

    def multiple_correlation(self) -> Array:
        return self._moments(CompleteTriangle, self.names).multiple_correlations()

    def regression(self, column: str) -> Array:
        names, varying = self._varying_names()
        coefficients = np.zeros(len(self.names))
        coefficients[varying] = self._moments(CompleteTriangle, names, column).slopes()
        return coefficients

    def correlation_with(self, column: str) -> Array:
        names, varying = self._varying_names()
        correlations = np.zeros(len(self.names))
        correlations[varying] = self._moments(PairMoments, names, column).correlations_with_last()
        return correlations

    def count_complete(self) -> int:
        return self._moments(CompleteMoments, self.names).count

    def reduce(self, function: Callable[[Array], Array], join: Callable[[Array, Array], Array] | None = None) -> Array:
        values = self._values
        values.reductions[self.group] += 1
        key = f"{values.place_of(self.group)}: figures {values.reductions[self.group]}"
        # a function of a plugin may not be picklable: the figures of partitions are joined here, in each of them
        figures = self._partition.ask(key, Collected(), lambda: (function(self._complete),))
        return reduce(join or np.add, figures)

    def column(self, name: str) -> Array:
        self._refuse(f"the column {name}")

    def matrix(self) -> Array:
        self._refuse("the matrix of values")

    @property
    def random(self) -> RandomNumbers:
        self._refuse("the random numbers of all units")

    @property
    def _partition(self) -> Partition:
        partition = self._values.scope.partition
        assert partition is not None
        return partition

    def _varying_names(self) -> tuple[list[str], Any]:
        varying = self._varying()
        return [name for name, varies in zip(self.names, varying, strict=True) if varies], varying

    def _moments(self, kind: type[State], names: Sequence[str], column: str | None = None) -> State:
        """Return the moments of components, and of a column of the data as the last of them, over all rows."""

        def state() -> State:
            x = self._matrix()[:, [self.names.index(name) for name in names]]
            return kind.of(x if column is None else np.column_stack([x, self._column(column)]))

        subjects = ", ".join([*names, *([] if column is None else [column])])
        key = f"{self._values.place_of(self.group)}: {kind.__name__} of {subjects}"
        return kind(*self._partition.ask(key, MergeMoments(), state))

    def _refuse(self, need: str) -> Never:
        """Refuse a word that needs all rows. The refusal is kept, in case the method goes on without it."""
        refusal = self._needs_all_rows(need)
        self._values.refusals.append(refusal)
        raise refusal

    def _needs_all_rows(self, need: str) -> NeedsAllRows:
        others = f"{PARTITION_WEIGHTING} or {PARTITION_CORRELATION_WEIGHTING}"
        return NeedsAllRows(
            f"{self.method} of {self.node} needs all rows at once ({need}), and the table is read in partitions",
            remedy=f"choose another weighting there, such as {others}, or run the index in memory: --engine memory",
        )


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
