"""The components of a node as a weighting sees them, where a run has one partition of the rows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any, Literal, Never, TypeVar

import numpy as np

from indicia.defaults import PARTITION_CORRELATION_WEIGHTING, PARTITION_WEIGHTING
from indicia.partitions.component_moments import CompleteMoments, CompleteTriangle, MergeMoments, PairMoments
from indicia.partitions.merge import Collected
from indicia.partitions.partition import NeedsAllRows
from indicia.partitions.rank_correlations import ask_rank_correlations
from indicia.stages.component_values import GroupComponents

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from indicia.methods import Array, RandomNumbers
    from indicia.partitions.partition import Partition

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
